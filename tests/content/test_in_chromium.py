"""Every attack published on a real site and looked at by a real browser."""

import json
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Browser

from tests.conftest import machine_permitting
from tests.content.test_attacks import ATTACKS, normalized, replies_with
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.timeout(600)]

PARTS = 6
RUNS = '<img src=x onerror="alert(1)"><script>alert(1)</script><svg onload="alert(1)"></svg>'


@pytest.fixture(scope="module")
def site() -> Iterator[WordPressSite]:
    with machine_permitting():
        running = WordPressSite.up()
    with running:
        yield running


def published(site: WordPressSite, content: str) -> str:
    """The address of a post whose content an administrator stored: WordPress filters nothing."""
    answer = requests.post(
        f"{site.rest}/wp/v2/posts",
        data=json.dumps({"title": "x", "status": "publish", "content": content}),
        headers={"Content-Type": "application/json"},
        auth=site.users["admin"].basic,
        timeout=120,
    )
    return str(answer.json()["link"])


def alerts(browser: Browser, address: str) -> tuple[list[str], list[str]]:
    """What the page said by itself, and what it asked of other sites, images aside."""
    said: list[str] = []
    asked: list[str] = []
    page = browser.new_page()
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on(
        "request",
        lambda request: (
            asked.append(request.url)
            if request.resource_type != "image"
            and not request.url.removeprefix("blob:").startswith("http://127.0.0.1")
            else None
        ),
    )
    page.goto(address, wait_until="load")
    page.mouse.move(200, 200)
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    page.close()
    return said, asked


def test_the_browser_would_tell_when_something_runs(
    site: WordPressSite, chromium_browser: Browser
) -> None:
    said, _ = alerts(chromium_browser, published(site, RUNS))
    assert said


def test_nothing_of_the_attacks_runs_or_calls_out_from_the_published_posts(
    site: WordPressSite, chromium_browser: Browser
) -> None:
    articles = [
        article
        for attack in ATTACKS
        for reply in replies_with(attack)
        if (article := normalized(reply)) is not None
    ]
    for markups in ([a.blocks for a in articles], [a.html for a in articles]):
        size = len(markups) // PARTS + 1
        for start in range(0, len(markups), size):
            address = published(site, "\n\n".join(markups[start : start + size]))
            assert alerts(chromium_browser, address) == ([], [])
