"""Bulk actions that spend: the price before the press, and as many rows as a page holds."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.outcome import paid_calls
from tests.lab.axe import barriers
from tests.lab.browser import Tab
from tests.lab.post_panel import RUN_MS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TASKS = "admin.php?page=igny8-tasks"
TITLES = ("Hedges for small birds", "Ponds in small gardens")
PRICES = "**/igny8/v1/estimate*"
MANY = 120
BUSY = {
    "code": "rate_limited",
    "message": "Too many changes.",
    "data": {"status": 429, "retry_after": "1"},
}
# As a browser restores a form: without telling anybody.
RESTORE = """() => {
  document.getElementById('bulk-action-selector-top').value = 'generate';
  document.querySelectorAll('#the-list input').forEach((box) => { box.checked = true; });
}"""
AS_MANY_ROWS_AS_CAN_BE = "update_user_meta( {user}, 'igny8_per_page', 500 );"
MEMBERS = """select count(distinct batch_id) as batches, count(*) as tasks
from ai_task_log where batch_id is not null"""


@pytest.fixture
def page(admin_tab: Tab, admin: AdminSession) -> Page:
    """The list of two tasks, with their own prices there."""
    for title in TITLES:
        admin.create_task(title)
    admin_tab.admin(TASKS)
    shown = admin_tab.page.locator("#the-list .column-act .igny8-quote")
    for number in range(len(TITLES)):
        expect(shown.nth(number)).to_contain_text("$")
    return admin_tab.page


def apply(page: Page) -> Locator:
    return page.locator("#doaction")


def price(page: Page) -> Locator:
    return page.locator(".igny8-bulk-quote").first


def choose_all(page: Page, act: str) -> None:
    page.locator("#cb-select-all-1").check()
    page.locator("#bulk-action-selector-top").select_option(act)


def test_apply_begins_nothing_before_its_price_stands_there(page: Page, stack: Stack) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(PRICES, hold)
    with page.expect_request(PRICES):
        choose_all(page, "generate")
    for _press in range(2):
        apply(page).press("Enter")
    expect(price(page)).to_have_text("The price is on its way…")
    expect(apply(page)).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#a11y-speak-polite")).to_have_text("The price is on its way…")
    assert barriers(page, ".bulkactions") == []
    for route in held:
        route.continue_()
    expect(price(page)).to_contain_text("2 rows: ")
    expect(price(page)).to_contain_text("$")
    expect(apply(page)).to_be_focused()
    assert stack.rows("select id from ai_task_log") == [], "the presses came too early"
    page.unroute(PRICES)

    apply(page).press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert len(stack.rows("select id from content")) == len(TITLES)


def test_a_choice_that_nobody_saw_made_is_priced_at_the_press(page: Page, stack: Stack) -> None:
    page.evaluate(RESTORE)
    apply(page).press("Enter")
    expect(price(page)).to_contain_text("2 rows: ")
    expect(apply(page)).to_have_attribute("aria-disabled", "false")
    assert stack.rows("select id from ai_task_log") == []


def test_a_price_that_cannot_be_had_says_so_and_is_asked_for_again(page: Page) -> None:
    page.route(PRICES, lambda route: route.abort())
    choose_all(page, "generate")
    expect(price(page)).to_contain_text("The price could not be loaded.")
    page.unroute(PRICES)
    price(page).get_by_role("button", name="Ask again").click()
    expect(price(page)).to_contain_text("2 rows: ")


def test_a_page_of_many_rows_is_one_batch_and_a_limit_is_told_before_the_press(
    admin_tab: Tab, stack: Stack, connected_site: WordPressSite
) -> None:
    api = SiteApi(stack.api_url, connected_site)
    for part in range(0, MANY, 60):
        names = [f"No {part + number:03}" for number in range(60)]
        tasks = [{"title": name} for name in names]
        api.call("POST", "/v1/writer/tasks/", {"items": tasks})
        keywords = [{"keyword": name} for name in names]
        api.call("POST", "/v1/planner/keywords/", {"items": keywords})
    user = connected_site.users["admin"].id
    connected_site.wp_eval(AS_MANY_ROWS_AS_CAN_BE.format(user=user))
    page, said = admin_tab.page, f"{MANY} rows: "

    admin_tab.admin("admin.php?page=igny8-keywords")
    choose_all(page, "cluster")
    expect(price(page)).to_have_text("Choose at most 100 rows.")
    apply(page).click()
    expect(page.locator(".igny8-say")).to_contain_text("Choose at most 100 rows.")

    admin_tab.admin(TASKS)
    choose_all(page, "generate")
    expect(price(page)).to_contain_text(said)
    with page.expect_response(
        lambda one: "/igny8/v1/runs" in one.url and one.request.method == "POST"
    ) as started:
        apply(page).click()
    assert started.value.ok
    assert stack.rows(MEMBERS) == [{"batches": 1, "tasks": MANY}]
    dialog = page.locator("dialog[open]")
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog.get_by_role("button", name="Close")).to_be_visible(timeout=RUN_MS)
    assert paid_calls(stack).total() < MANY
    assert admin_tab.complaints == []


def test_a_pause_that_the_service_asks_for_is_made_and_told(page: Page, stack: Stack) -> None:
    refused: list[str] = []

    def delete(route: Route) -> None:
        if refused:
            route.continue_()
            return
        refused.append(route.request.url)
        route.fulfill(status=429, json=BUSY)

    page.route("**/igny8/v1/tasks/*", delete)
    page.once("dialog", lambda question: question.accept())
    choose_all(page, "delete")
    apply(page).click()
    said = page.locator(".igny8-say")
    expect(said).to_contain_text("only so many changes a minute")
    expect(said).to_contain_text("2 deleted.", timeout=RUN_MS)
    assert stack.rows("select id from task") == []
