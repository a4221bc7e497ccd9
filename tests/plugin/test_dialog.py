"""The progress dialog: background, reload, other tabs and people, stop, try again, a lost line."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import Tab, tab
from tests.lab.post_panel import RUN_MS
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Hedges for small birds"
JOB = f"Generate content: {TITLE}"
STATUS = re.compile(r"/igny8/v1/(runs|deliveries)/[0-9a-f-]{36}(\?|$)")
STATES = "select state from ai_task_log where function_name = 'generate_content'"
HIDE = """hidden => {
  Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}"""
LONG_MS = 120_000


@pytest.fixture
def screens(admin_tab: Tab) -> AdminScreens:
    """The Tasks screen with one task."""
    screens = AdminScreens(admin_tab)
    screens.add_task(TITLE, "birds")
    return screens


def badge(page: Page) -> Locator:
    return page.locator(".igny8-badge")


def finished(screens: AdminScreens) -> Locator:
    return screens.dialog.get_by_text("Finished", exact=True)


def states(stack: Stack) -> list[str]:
    return [run["state"] for run in stack.rows(STATES)]


def test_work_in_the_background_is_found_after_a_reload_and_in_other_tabs(
    screens: AdminScreens, stack: Stack, connected_site: WordPressSite
) -> None:
    open_before = Tab(screens.page.context.new_page(), connected_site)
    open_before.admin("admin.php?page=igny8")
    stack.sandbox_provider.hold()
    screens.press_generate(TITLE)
    screens.dialog.get_by_role("button", name="Run in background").click()
    expect(screens.dialog).to_have_count(0)
    expect(badge(screens.page)).to_have_text(re.compile("1 running"))
    expect(badge(open_before.page)).to_have_text(re.compile("1 running"))
    screens.page.reload()
    expect(screens.page.locator("#wp-admin-bar-igny8")).to_contain_text("1 running")
    badge(screens.page).locator("summary").click()
    badge(screens.page).get_by_role("button", name=JOB).click()
    expect(screens.dialog.get_by_role("heading", name=JOB)).to_be_visible()
    stack.sandbox_provider.release()
    expect(finished(screens)).to_be_visible(timeout=RUN_MS)
    assert states(stack) == ["success"]
    notice = open_before.page.locator(".notice", has_text=f"Finished: {JOB}")
    expect(notice).to_be_visible(timeout=RUN_MS)
    expect(badge(open_before.page)).to_have_count(0)


def test_another_person_finds_the_running_work(
    screens: AdminScreens, stack: Stack, connected_site: WordPressSite, chromium_browser: Browser
) -> None:
    stack.sandbox_provider.hold()
    with tab(chromium_browser, connected_site) as editor:
        editor.login("ed")
        screens.press_generate(TITLE)
        editor.admin("admin.php?page=igny8-tasks")
        badge(editor.page).locator("summary").click()
        badge(editor.page).get_by_role("button", name=JOB).click()
        theirs = AdminScreens(editor)
        expect(theirs.dialog.get_by_role("heading", name=JOB)).to_be_visible()
        stack.sandbox_provider.release()
        expect(finished(theirs)).to_be_visible(timeout=RUN_MS)


def test_stopped_work_is_said_to_be_stopped(screens: AdminScreens, stack: Stack) -> None:
    stack.sandbox_provider.hold()
    screens.press_generate(TITLE)
    screens.dialog.get_by_role("button", name="Stop").click()
    expect(screens.dialog.get_by_text("Stopped", exact=True)).to_be_visible(timeout=RUN_MS)
    assert states(stack) == ["cancelled"]
    screens.dialog.get_by_role("button", name="Close").click()
    expect(screens.button(TITLE)).to_be_enabled()


def test_what_failed_is_tried_again_in_the_same_dialog(screens: AdminScreens, stack: Stack) -> None:
    stack.sandbox_provider.script({"fault": "content_filter", "times": 9})
    screens.press_generate(TITLE)
    expect(screens.dialog).to_contain_text("This did not work", timeout=RUN_MS)
    expect(screens.dialog.get_by_role("alert")).not_to_be_empty()
    assert states(stack) == ["failure"]
    stack.sandbox_provider.reset()
    screens.dialog.get_by_role("button", name="Try again").click()
    expect(finished(screens)).to_be_visible(timeout=RUN_MS)
    assert states(stack) == ["success"]


def test_a_lost_connection_is_said_and_comes_back(screens: AdminScreens, stack: Stack) -> None:
    def cut(route: Route) -> None:
        route.abort("connectionreset")

    screens.page.route(STATUS, cut)
    screens.press_generate(TITLE)
    expect(screens.dialog.get_by_text("Connection lost")).to_be_visible(timeout=RUN_MS)
    screens.page.unroute(STATUS, cut)
    expect(finished(screens)).to_be_visible(timeout=RUN_MS)
    expect(screens.dialog.get_by_text("Connection lost")).to_have_count(0)
    assert states(stack) == ["success"]


def test_the_steps_and_what_they_cost_can_be_read(screens: AdminScreens, stack: Stack) -> None:
    screens.press_generate(TITLE)
    expect(finished(screens)).to_be_visible(timeout=RUN_MS)
    facts = screens.dialog.locator(".igny8-facts")
    expect(facts).to_contain_text("$")
    expect(facts).to_contain_text("nothing was paid")
    screens.dialog.locator(".igny8-steps summary").click()
    expect(screens.dialog.locator(".igny8-steps li").first).to_be_visible()
    assert states(stack) == ["success"]


def test_a_hidden_page_asks_nothing_and_goes_on_when_it_is_seen(
    screens: AdminScreens, stack: Stack
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if STATUS.search(request.url):
            asked.append(request.url)

    stack.sandbox_provider.hold()
    screens.page.clock.install()
    screens.press_generate(TITLE)
    screens.page.evaluate(HIDE, True)
    screens.page.on("request", note)
    screens.page.clock.run_for(LONG_MS)
    assert asked == []
    stack.sandbox_provider.release()
    screens.page.evaluate(HIDE, False)
    expect(finished(screens)).to_be_visible(timeout=RUN_MS)
    assert asked
