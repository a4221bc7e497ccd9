"""The browser sees what a person would see, and says when the editor refuses a block."""

from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser, Error

from tests.lab.browser import Tab, tab
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
GOOD = "<!-- wp:paragraph -->\n<p>Kept.</p>\n<!-- /wp:paragraph -->"
BROKEN = (
    '<!-- wp:heading {"level":3} -->\n<h2 class="wp-block-heading">x</h2>\n<!-- /wp:heading -->'
)


@pytest.fixture(scope="module")
def site() -> Iterator[WordPressSite]:
    with WordPressSite.up() as running:
        yield running


@pytest.fixture
def opened(chromium_browser: Browser, site: WordPressSite) -> Iterator[Tab]:
    with tab(chromium_browser, site) as fresh:
        fresh.login()
        yield fresh


def post(site: WordPressSite, content: str) -> int:
    made = requests.post(
        f"{site.rest}/wp/v2/posts",
        auth=site.users["admin"].basic,
        json={"title": "Looked at", "content": content},
        timeout=10,
    )
    return int(made.json()["id"])


def test_a_sound_post_opens_without_warnings(opened: Tab, site: WordPressSite) -> None:
    opened.edit_post(post(site, GOOD))
    blocks, unchanged = opened.blocks()
    assert blocks == [{"name": "core/paragraph", "valid": True}]
    assert unchanged
    assert opened.warnings_in_editor() == 0
    assert opened.complaints == []


def test_a_broken_block_is_seen_as_invalid(opened: Tab, site: WordPressSite) -> None:
    opened.edit_post(post(site, BROKEN))
    blocks, _ = opened.blocks()
    assert [block["valid"] for block in blocks] == [False]
    assert opened.warnings_in_editor() == 1


def test_the_tab_reaches_this_machine_only(opened: Tab) -> None:
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        opened.page.goto("http://example.test/")
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        opened.page.goto("http://192.0.2.1/")


def test_a_missing_page_is_on_record(opened: Tab, site: WordPressSite) -> None:
    opened.page.goto(f"{site.url}/not-there/")
    assert opened.complaints == [f"404 {site.url}/not-there/"]
