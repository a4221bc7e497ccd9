"""The main job in a real browser: connect, press Generate content, watch, open the post."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import Tab, tab
from tests.lab.places import PLUGIN
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
STAGES = ("text", "pictures", "post")
TITLE = "Choosing a bicycle for the daily commute"
NOT_BLOCKS = {"core/freeform", "core/missing", "core/html"}


@pytest.fixture(scope="module")
def fresh() -> Iterator[tuple[Stack, WordPressSite]]:
    """A backend and a WordPress that do not know each other yet."""
    with WordPressSite.up(plugin=PLUGIN) as site, Stack.up([site], latency="demo") as stack:
        yield stack, site


@pytest.fixture(scope="module")
def opened(chromium_browser: Browser, fresh: tuple[Stack, WordPressSite]) -> Iterator[Tab]:
    with tab(chromium_browser, fresh[1]) as page:
        page.login()
        yield page


@pytest.fixture(scope="module")
def connected(opened: Tab, fresh: tuple[Stack, WordPressSite]) -> AdminScreens:
    """The site connected through the Settings screen, posts going live at once."""
    stack, site = fresh
    screens = AdminScreens(opened)
    screens.connect(stack.connect_code(site.url))
    SiteApi(stack.api_url, site).publish_at_once()
    return screens


@pytest.fixture(scope="module")
def post(connected: AdminScreens, fresh: tuple[Stack, WordPressSite]) -> dict[str, object]:
    """What one press of the button left behind, with the percentages the dialog showed."""
    connected.add_task(TITLE, "commuter bicycle, city bike")
    run = connected.press_generate(TITLE)
    expect(connected.dialog).to_be_visible()
    connected.watch_bar()
    *_, last = AdminSession(fresh[1]).statuses(run, 120, connected.idle)
    assert last["state"] == "SUCCESS", last
    link = connected.dialog.get_by_role("link", name="View post")
    expect(link).to_be_visible()
    shown = connected.places_of_bar()
    return {**last["result"], "shown": shown, "dialog_link": link.get_attribute("href")}


def test_connecting_in_wp_admin_passes_the_self_test(connected: AdminScreens) -> None:
    connected.tab.admin("admin.php?page=igny8-settings")
    expect(connected.page.locator(".igny8-check.is-bad")).to_have_count(0)
    expect(connected.page.locator(".igny8-check.is-ok").first).to_be_visible()


def test_the_bar_moves_forward_and_begins_anew_with_each_stage(post: dict[str, object]) -> None:
    shown = post["shown"]
    assert isinstance(shown, list)
    assert len(set(shown)) >= 4
    falls = [later for earlier, later in pairwise(shown) if later < earlier]
    assert len(falls) <= len(STAGES) - 1


def test_the_dialog_ends_with_a_link_to_the_post(post: dict[str, object]) -> None:
    assert post["dialog_link"] == post["link"]


def test_a_visitor_sees_the_post_with_its_picture(
    post: dict[str, object], fresh: tuple[Stack, WordPressSite]
) -> None:
    site = fresh[1]
    page = requests.get(str(post["link"]), timeout=20)
    assert page.status_code == 200
    assert site.wp_eval(f"return get_the_title( {post['post_id']} );") == TITLE
    picture = site.wp_eval(f"return get_the_post_thumbnail_url( {post['post_id']} );")
    assert requests.get(picture, timeout=20).headers["Content-Type"].startswith("image/")
    assert site.wp_eval(
        f"return get_post_meta( get_post_thumbnail_id( {post['post_id']} ),"
        " '_wp_attachment_image_alt', true );"
    )


def test_the_block_editor_finds_every_block_valid(post: dict[str, object], opened: Tab) -> None:
    opened.edit_post(int(str(post["post_id"])))
    blocks, unchanged = opened.blocks()
    assert len(blocks) > 5
    assert [block for block in blocks if not block["valid"]] == []
    assert {block["name"] for block in blocks} & NOT_BLOCKS == set()
    assert unchanged
    assert opened.warnings_in_editor() == 0


def test_nothing_complains_and_no_secret_reaches_the_browser(
    post: dict[str, object], opened: Tab, fresh: tuple[Stack, WordPressSite]
) -> None:
    site = fresh[1]
    secrets = site.wp_eval(
        "return [ get_option( 'igny8_site_key' ), get_option( 'igny8_webhook_secret' ) ];"
    )
    assert all(secrets)
    for screen in ("igny8", "igny8-tasks", "igny8-content", "igny8-settings"):
        opened.admin(f"admin.php?page={screen}")
        html = opened.page.content()
        assert [secret for secret in secrets if secret in html] == []
    assert opened.complaints == []
    assert site.php_log() == ""
