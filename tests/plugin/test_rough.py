"""The screens under rough conditions: old nonces, lost logins, deleted rows, strange services."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import Tab
from tests.lab.post_panel import RUN_MS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Hedges for small birds"
MANY = 10_000
ODD_TITLE = "<img src=x onerror=alert(1)> عنوان & “quoted”"
SCREENS = ("igny8", "igny8-keywords", "igny8-tasks", "igny8-content", "igny8-settings")
WRITTEN = "select state from ai_task_log where function_name = 'generate_content'"
LOOK = "window.dispatchEvent(new Event('focus'))"
MAY_SEE = "get_user_by( 'login', 'admin' )->add_cap( 'igny8_see', {} );"
OLD_NONCE = "wp.apiFetch.nonceMiddleware.nonce = 'expired0'"


class Nonsense(BaseHTTPRequestHandler):
    """A captive portal: a page for every question, in good spirits."""

    def do_GET(self) -> None:
        """Answer any question with a page."""
        page = b"<html><body>Welcome to our free WLAN</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_POST = do_GET  # noqa: N815 -- named by the library

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by the library
        """Say nothing."""


@pytest.fixture
def portal() -> Iterator[str]:
    """Address of a server that is not the service."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Nonsense)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def screens(admin_tab: Tab) -> AdminScreens:
    return AdminScreens(admin_tab)


@pytest.fixture
def writing(screens: AdminScreens, stack: Stack) -> AdminScreens:
    """The dialog of an article that is being written until the test lets it end."""
    screens.add_task(TITLE, "birds")
    stack.sandbox_provider.hold()
    screens.press_generate(TITLE)
    return screens


def test_an_expired_nonce_is_renewed_and_the_click_counts_once(
    screens: AdminScreens, stack: Stack
) -> None:
    screens.add_task(TITLE, "birds")
    screens.page.evaluate(OLD_NONCE)
    screens.button(TITLE).click()
    expect(screens.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert [run["state"] for run in stack.rows(WRITTEN)] == ["success"]


def test_a_lost_login_is_said_and_the_work_goes_on(
    writing: AdminScreens, stack: Stack, admin_tab: Tab
) -> None:
    admin_tab.page.context.clear_cookies()
    said = writing.dialog.get_by_text("You have been logged out", exact=True)
    expect(said).to_be_visible(timeout=RUN_MS)
    expect(writing.dialog.get_by_role("link", name="Log in again")).to_be_visible()
    stack.sandbox_provider.release()
    stack.settle()
    assert [run["state"] for run in stack.rows(WRITTEN)] == ["success"]


def test_after_logging_in_again_in_another_tab_the_dialog_goes_on_by_itself(
    writing: AdminScreens, stack: Stack, admin_tab: Tab, connected_site: WordPressSite
) -> None:
    context = admin_tab.page.context
    context.clear_cookies()
    expect(writing.dialog.get_by_text("You have been logged out")).to_be_visible(timeout=RUN_MS)
    Tab(context.new_page(), connected_site).login()
    stack.sandbox_provider.release()
    writing.page.evaluate(LOOK)
    expect(writing.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert [run["state"] for run in stack.rows(WRITTEN)] == ["success"]


def test_a_right_that_was_taken_away_is_told_from_a_lost_login(
    writing: AdminScreens, stack: Stack, connected_site: WordPressSite
) -> None:
    connected_site.wp_eval(MAY_SEE.format("false"))
    said = writing.dialog.get_by_text("You may not see this any more")
    expect(said).to_be_visible(timeout=RUN_MS)
    expect(writing.dialog.get_by_role("link", name="Log in again")).to_have_count(0)
    connected_site.wp_eval(MAY_SEE.format("true"))
    stack.sandbox_provider.release()
    writing.page.evaluate(LOOK)
    expect(writing.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert [run["state"] for run in stack.rows(WRITTEN)] == ["success"]


def test_a_row_deleted_elsewhere_is_said_so(
    screens: AdminScreens, stack: Stack, connected_site: WordPressSite
) -> None:
    screens.add_task(TITLE, "birds")
    api = SiteApi(stack.api_url, connected_site)
    (task,) = api.call("GET", "/v1/writer/tasks/")["results"]
    api.call("DELETE", f"/v1/writer/tasks/{task['id']}/")
    screens.button(TITLE).click()
    expect(screens.dialog).to_contain_text("This did not work", timeout=RUN_MS)
    expect(screens.dialog).to_contain_text("does not exist any more")
    assert stack.rows(WRITTEN) == []


def test_many_keywords_are_pasted_at_once(screens: AdminScreens, admin_tab: Tab) -> None:
    admin_tab.admin("admin.php?page=igny8-keywords")
    page = admin_tab.page
    page.get_by_role("button", name="Add keywords").first.click()
    text = "\n".join(f"plant no {n}" for n in range(MANY))
    page.get_by_label("One keyword a line").evaluate("(box, text) => { box.value = text; }", text)
    page.locator("#igny8-import").get_by_role("button", name="Add keywords").click()
    expect(page.locator(".displaying-num").first).to_contain_text("10,000", timeout=RUN_MS)
    refused = [one for one in admin_tab.complaints if "/estimate" not in one]
    assert refused == [], "only the quote for clustering more than one run takes"


def test_titles_with_markup_right_to_left_words_and_pictures_stay_words(
    screens: AdminScreens, admin: AdminSession, connected_site: WordPressSite, admin_tab: Tab
) -> None:
    task = admin.create_task(f"{ODD_TITLE} 🌱")
    screens.open_tasks()
    expect(screens.row("عنوان")).to_contain_text(ODD_TITLE)
    post = admin.outcome(admin.generate(task, images=False, publish=True))["result"]["post_id"]
    shown = connected_site.wp_eval(f"return get_post( {post} )->post_title;")
    assert "🌱" in shown
    assert "<img" not in shown
    assert admin_tab.complaints == []


def test_another_server_in_place_of_the_service_is_said_on_every_screen(
    admin_tab: Tab, connected_site: WordPressSite, portal: str
) -> None:
    connected_site.wp_eval(f"update_option( 'igny8_api_url', '{portal}', false );")
    for screen in SCREENS:
        admin_tab.admin(f"admin.php?page={screen}")
        said = admin_tab.page.get_by_text("Something else than the IGNY8 service answered")
        expect(said.first).to_be_visible(timeout=RUN_MS)
    assert connected_site.php_log() == ""
