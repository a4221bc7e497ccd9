"""Every screen of the plugin: open to all people, quiet, narrow enough, quick without a backend."""

import select
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.lab.admin_screens import fill_every_list, reading
from tests.lab.axe import barriers
from tests.lab.browser import Tab
from tests.lab.screenshots import SCREENS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
REVIEW = "igny8-content&content=11111111-2222-4333-8444-555555555555"
AWAY = "does not answer"
STAYS_AWAY = "return set_transient( Igny8\\Client::AWAY, 1, HOUR_IN_SECONDS );"
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


def test_every_row_of_work_unfolds_on_a_phone(full: Tab) -> None:
    full.page.set_viewport_size({"width": 360, "height": 780})
    full.admin("admin.php?page=igny8-activity")
    rows = full.page.locator("#the-list tr[data-id]")
    expect(rows).not_to_have_count(0)
    for row in rows.all():
        expect(row.locator(".column-status")).to_be_hidden()
        row.locator(".toggle-row").click()
        expect(row.locator(".column-status")).to_be_visible()


def test_pages_knock_once_and_wait_no_more_while_the_backend_is_known_to_be_away(
    admin: AdminSession, connected_site: WordPressSite
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        connected_site.wp_eval(f"update_option( 'igny8_api_url', '{address}', false );")
        assert AWAY in admin.screen("admin.php?page=igny8")
        assert knocks(silent) == 1
        assert connected_site.wp_eval(STAYS_AWAY)
        pages = {
            name: admin.screen(f"admin.php?page={name}") for name in (*SCREENS.values(), REVIEW)
        }
        assert knocks(silent) == 0
    silent_ones = [name for name, page in pages.items() if AWAY not in page]
    assert silent_ones == ["igny8-settings&section=roles"], "needs no backend"


def knocks(silent: socket.socket) -> int:
    """How often somebody has called since the last look."""
    count = 0
    while select.select([silent], [], [], 0)[0]:
        silent.accept()[0].close()
        count += 1
    return count
