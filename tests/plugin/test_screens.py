"""Every screen of the plugin: open to all people, quiet, narrow enough, quick without a backend."""

import socket
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.lab.admin_screens import fill_every_list, reading
from tests.lab.axe import barriers
from tests.lab.browser import Tab
from tests.lab.screenshots import LISTS, SCREENS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
FIRST_PAGE_S = 5.0
KNOWN_AWAY_S = 1.0
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def full(admin_tab: Tab, admin: AdminSession, stack: Stack, connected_site: WordPressSite) -> Tab:
    """The browser of an administrator whose lists have rows."""
    fill_every_list(SiteApi(stack.api_url, connected_site), admin)
    return admin_tab


def open_screens(full: Tab, admin: AdminSession) -> Iterator[str]:
    """Each screen in turn, opened and drawn to its end."""
    article = admin.call("GET", "contents")["results"][0]["id"]
    for name, address in {**SCREENS, "review": f"igny8-content&content={article}"}.items():
        full.admin(f"admin.php?page={address}")
        full.page.wait_for_load_state("networkidle")
        yield name


def test_nothing_keeps_anybody_out_and_nothing_complains(
    full: Tab, admin: AdminSession, connected_site: WordPressSite
) -> None:
    found = {name: barriers(full.page) for name in open_screens(full, admin)}
    assert {name: list_ for name, list_ in found.items() if list_} == {}
    assert full.complaints == []
    assert connected_site.php_log() == ""


def test_a_picture_without_words_would_have_been_found(full: Tab) -> None:
    full.admin("admin.php?page=igny8")
    spoil = "document.querySelector('.igny8').insertAdjacentHTML('beforeend', '<img src=\"#\">')"
    full.page.evaluate(spoil)
    assert [one.split(":")[0] for one in barriers(full.page)] == ["image-alt"]


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_screen_is_wider_than_a_phone(
    full: Tab, admin: AdminSession, connected_site: WordPressSite, direction: str
) -> None:
    full.page.set_viewport_size({"width": 360, "height": 780})
    with reading(connected_site, direction):
        wide = [name for name in open_screens(full, admin) if full.page.evaluate(OVERFLOW) > 0]
        assert full.page.evaluate("document.documentElement.dir || 'ltr'") == direction
    assert wide == []


def test_pages_are_quick_while_the_backend_is_known_to_be_away(
    admin_tab: Tab, connected_site: WordPressSite
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        connected_site.wp_eval(f"update_option( 'igny8_api_url', '{address}', false );")
        assert opening_s(admin_tab, "igny8") < FIRST_PAGE_S + KNOWN_AWAY_S
        expect(admin_tab.page.get_by_text("does not answer").first).to_be_visible()
        times = [opening_s(admin_tab, f"igny8-{name}") for name in LISTS]
    assert min(times) < KNOWN_AWAY_S
    assert max(times) < FIRST_PAGE_S


def opening_s(tab: Tab, screen: str) -> float:
    """Seconds until the server has sent a screen."""
    started = time.monotonic()
    tab.page.goto(f"{tab.site.url}/wp-admin/admin.php?page={screen}", wait_until="commit")
    return time.monotonic() - started
