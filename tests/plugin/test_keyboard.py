"""Without a mouse, without a jump of the layout, and open to all: forms and dialogs too."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.lab.admin_screens import AdminScreens, fill_every_list
from tests.lab.axe import barriers
from tests.lab.browser import Tab
from tests.lab.post_panel import RUN_MS
from tests.lab.screenshots import LISTS, SCREENS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Hedges for small birds"
MOST_TABS = 60
WRITTEN = "select state from ai_task_log where function_name = 'generate_content'"
GOOD_SHIFT = 0.1  # what the web vitals call good
STAND_ON = "(place) => { place.tabIndex = -1; place.focus(); }"
HAS_FOCUS = "(place) => place === document.activeElement || place.contains(document.activeElement)"
WATCH_SHIFTS = """
window.igny8Shifts = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
  if (! entry.hadRecentInput) {
    const moved = entry.sources.map((one) => one.node && (one.node.className || one.node.nodeName));
    window.igny8Shifts.push([entry.value, String(moved)]);
  }
})).observe({ type: 'layout-shift', buffered: true });
"""


def walk_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; by then its press counts."""
    expect(target).to_be_enabled()
    for _ in range(MOST_TABS):
        if target.evaluate(HAS_FOCUS):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {MOST_TABS} tabs")


def reach(page: Page, name: str, place: Locator | None = None) -> None:
    walk_to(page, (place or page).get_by_role("button", name=name).first)


def test_a_task_is_added_and_written_without_a_mouse(admin_tab: Tab) -> None:
    page = admin_tab.page
    screens = AdminScreens(admin_tab)
    screens.open_tasks()
    page.locator(".igny8 h1").evaluate(STAND_ON)
    reach(page, "Add task")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type(TITLE)
    walk_to(page, page.locator("#igny8-keywords"))
    page.keyboard.type("birds")
    page.keyboard.press("Enter")
    expect(screens.row(TITLE)).to_be_visible()
    expect(page.get_by_label("Title")).to_be_focused()

    reach(page, "Edit", screens.row(TITLE))
    expect(screens.row(TITLE).get_by_role("button", name="Edit")).to_be_visible()
    page.keyboard.press("Enter")
    expect(screens.dialog.get_by_label("Title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(screens.dialog).to_have_count(0)
    expect(screens.row(TITLE).get_by_role("button", name="Edit")).to_be_focused()

    walk_to(page, screens.button(TITLE))
    page.keyboard.press("Enter")
    expect(screens.dialog).to_be_visible()
    expect(screens.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert barriers(page, "dialog[open]") == []
    walk_to(page, screens.dialog.get_by_role("button", name="Close"))
    page.keyboard.press("Enter")
    expect(screens.dialog).to_have_count(0)
    expect(screens.row(TITLE).get_by_role("link", name="View post")).to_be_visible()
    expect(screens.row(TITLE).locator(":focus")).to_have_count(1)
    assert admin_tab.complaints == []


def test_the_dialog_is_left_by_escape_and_the_work_goes_on(admin_tab: Tab, stack: Stack) -> None:
    page = admin_tab.page
    screens = AdminScreens(admin_tab)
    screens.add_task(TITLE, "birds")
    stack.sandbox_provider.hold()
    expect(screens.button(TITLE)).to_be_enabled()
    screens.button(TITLE).focus()
    page.keyboard.press("Enter")
    expect(screens.dialog.get_by_role("button", name="Run in background")).to_be_visible()
    page.keyboard.press("Escape")
    expect(screens.dialog).to_have_count(0)
    expect(screens.row(TITLE).get_by_role("button", name="Show progress")).to_be_focused()
    page.keyboard.press("Enter")
    expect(screens.dialog).to_be_visible()
    stack.sandbox_provider.release()
    expect(screens.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert [run["state"] for run in stack.rows(WRITTEN)] == ["success"]


def test_work_that_ends_by_itself_takes_nobodys_focus_away(
    admin_tab: Tab, admin: AdminSession
) -> None:
    admin.create_task(TITLE)
    screens = AdminScreens(admin_tab)
    screens.open_tasks()
    box = admin_tab.page.get_by_label(f"Select “{TITLE}”")
    for place in (screens.row(TITLE).get_by_role("button", name="Edit"), box):
        expect(place).to_be_enabled()
        place.focus()
        admin_tab.redraw_around(place)
        expect(place).to_be_focused()


def test_forms_dialogs_and_the_widget_keep_nobody_out(
    admin_tab: Tab, admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    fill_every_list(SiteApi(stack.api_url, connected_site), admin)
    page = admin_tab.page
    found = {}
    for screen, opener in (("keywords", "Add keywords"), ("tasks", "Add task")):
        admin_tab.admin(f"admin.php?page=igny8-{screen}")
        page.get_by_role("button", name=opener).first.click()
        if screen == "keywords":
            page.get_by_label("One keyword a line").fill("leaf mould\n\nleaf mould\n")
            page.get_by_role("button", name="Check").click()
            expect(page.locator(".igny8-report tbody tr")).to_have_count(2)
        found[opener] = barriers(page)
    for screen, opener in (
        ("keywords", "Edit"),
        ("ideas", "Edit"),
        ("images", "Edit text"),
        ("content", "Schedule…"),
    ):
        admin_tab.admin(f"admin.php?page=igny8-{screen}")
        row = page.locator("#igny8-list [data-id]").first
        row.hover()
        row.get_by_role("button", name=opener).first.click()
        expect(page.locator("dialog[open] form")).to_be_visible()
        found[f"{opener} on {screen}"] = barriers(page, "dialog[open]")
        page.keyboard.press("Escape")
        expect(row.get_by_role("button", name=opener).first).to_be_focused()
    admin_tab.admin("index.php")
    found["the widget"] = barriers(page, "#igny8_dashboard")
    assert {name: list_ for name, list_ in found.items() if list_} == {}
    assert admin_tab.complaints == []


def test_nothing_jumps_while_a_screen_is_drawn(
    admin_tab: Tab, admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    api = SiteApi(stack.api_url, connected_site)
    fill_every_list(api, admin)
    items = [{"title": f"One of many, no {n}"} for n in range(20)]
    api.call("POST", "/v1/writer/tasks/", {"items": items})
    api.call("POST", "/v1/planner/ideas/", {"items": items})
    page = admin_tab.page
    page.add_init_script(WATCH_SHIFTS)
    article = api.call("GET", "/v1/writer/content/")["results"][0]["id"]
    shifts = {}
    screens = {name: SCREENS[name] for name in (*LISTS, "overview", "settings-publishing")}
    for name, address in {**screens, "review": f"igny8-content&content={article}"}.items():
        admin_tab.admin(f"admin.php?page={address}")
        page.wait_for_load_state("networkidle")
        moved = page.evaluate("window.igny8Shifts")
        if sum(value for value, _ in moved) >= GOOD_SHIFT:
            shifts[name] = moved
    assert shifts == {}
