"""The lists: search, order, filters, pages, columns, bulk actions, and what is over budget."""

import re
from typing import Any

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.e2e.outcome import paid_calls
from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import Tab
from tests.lab.post_panel import RUN_MS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
KEYWORDS = "admin.php?page=igny8-keywords"
ODD = "<b>bold</b> עברית 🌱 100%_sure"


@pytest.fixture
def api(stack: Stack, connected_site: WordPressSite) -> SiteApi:
    return SiteApi(stack.api_url, connected_site)


@pytest.fixture
def planned(api: SiteApi) -> SiteApi:
    """Twenty-six keywords: two in a cluster, one odd, a few about bees."""
    made = api.call("POST", "/v1/planner/clusters/", {"items": [{"name": "Bees"}]})
    cluster = made["results"][0]["id"]
    items: list[dict[str, Any]] = [
        {"keyword": f"plant no {n:02}", "volume": n, "difficulty": 90 - n, "intent": "commercial"}
        for n in range(21)
    ]
    items += [{"keyword": f"bee plant {n}", "volume": 500 - n} for n in range(2)]
    items += [
        {"keyword": f"bee hive {n}", "cluster_id": cluster, "intent": "informational"}
        for n in range(2)
    ]
    items.append({"keyword": ODD})
    api.call("POST", "/v1/planner/keywords/", {"items": items})
    return api


def rows(page: Page) -> Locator:
    return page.locator("#the-list tr[data-id]")


def cells(page: Page, column: str) -> list[str]:
    return page.locator(f"#the-list td.column-{column}").all_inner_texts()


def titles(page: Page) -> list[str | None]:
    return [row.get_attribute("data-title") for row in rows(page).all()]


def search(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    with page.expect_navigation():
        page.get_by_role("button", name="Search keywords").click()


def choose(page: Page, act: str, *names: str) -> None:
    """Tick rows and press Apply with an action above the list."""
    for name in names:
        page.get_by_label(f"Select “{name}”").check()
    page.locator("#bulk-action-selector-top").select_option(act)
    page.locator("#doaction").click()


def test_a_list_is_searched_ordered_filtered_and_turned(admin_tab: Tab, planned: SiteApi) -> None:
    page = admin_tab.page
    admin_tab.admin(KEYWORDS)
    total = page.locator(".displaying-num").first
    expect(total).to_have_text("26 items")
    expect(rows(page)).to_have_count(20)
    page.locator(".next-page").first.click()
    expect(page.locator("#current-page-selector")).to_have_value("2")
    expect(rows(page)).to_have_count(6)

    search(page, "bee")
    expect(total).to_have_text("4 items")
    assert "_wp" not in page.url
    with page.expect_navigation():
        page.get_by_role("link", name="Volume").first.click()
    expect(page.get_by_role("searchbox")).to_have_value("bee")
    assert cells(page, "volume")[:2] == ["500", "499"]
    with page.expect_navigation():
        page.get_by_role("link", name="Volume").first.click()
    assert [one for one in cells(page, "volume") if one != "—"] == ["499", "500"]
    expect(page.locator("th#volume")).to_have_attribute("aria-sort", "ascending")

    for words in ("100%_", "<b>", "עברית", "🌱"):
        search(page, words)
        assert titles(page) == [ODD]
    search(page, "nothing of the kind")
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    assert admin_tab.complaints == []


def test_the_states_and_filters_of_a_list_go_together(admin_tab: Tab, planned: SiteApi) -> None:
    page = admin_tab.page
    total = page.locator(".displaying-num").first
    admin_tab.admin(KEYWORDS)
    view = page.locator(".subsubsub").get_by_role("link", name="Without a cluster")
    view.click()
    expect(view).to_have_attribute("aria-current", "page")
    expect(total).to_have_text("24 items")
    page.get_by_label("Any intent").select_option("commercial")
    page.get_by_role("button", name="Filter").click()
    expect(total).to_have_text("21 items")
    expect(view).to_have_attribute("aria-current", "page")
    with page.expect_navigation():
        page.get_by_role("link", name="Difficulty").first.click()
    with page.expect_navigation():
        page.locator(".next-page").first.click()
    assert cells(page, "difficulty") == ["90"]

    page.locator(".subsubsub").get_by_role("link", name="In a cluster").click()
    expect(total).to_have_text("2 items")
    rows(page).first.get_by_role("link", name="Bees").click()
    expect(page.get_by_label("Any cluster")).to_have_value(re.compile("[0-9a-f-]{36}"))
    expect(total).to_have_text("2 items")
    assert admin_tab.complaints == []


def test_rows_a_page_and_columns_are_kept_by_person(admin_tab: Tab, planned: SiteApi) -> None:
    page = admin_tab.page
    admin_tab.admin(KEYWORDS)
    page.get_by_role("button", name="Screen Options").click()
    with page.expect_response("**/admin-ajax.php"):
        page.locator("#intent-hide").uncheck()
    expect(page.locator("th#intent")).to_be_hidden()
    page.get_by_label("Number of items per page").fill("7")
    with page.expect_navigation():
        page.locator("#screen-options-apply").click()
    expect(rows(page)).to_have_count(7)
    expect(page.locator("th#intent")).to_be_hidden()
    expect(page.locator("th#volume")).to_be_visible()
    page.get_by_role("button", name="Screen Options").click()
    page.get_by_label("Number of items per page").fill("999")
    page.locator("#screen-options-apply").click()
    expect(rows(page)).to_have_count(26)
    assert admin_tab.complaints == []


def test_rows_are_deleted_together_after_a_question(
    admin_tab: Tab, planned: SiteApi, stack: Stack
) -> None:
    page = admin_tab.page
    asked: list[str] = []
    admin_tab.admin(f"{KEYWORDS}&s=bee")
    said = page.locator(".igny8-say")
    choose(page, "-1")
    expect(said).to_contain_text("Choose an action first.")
    choose(page, "delete")
    expect(said).to_contain_text("Tick at least one row first.")

    def decline(question: Dialog) -> None:
        asked.append(question.message)
        question.dismiss()

    page.once("dialog", decline)
    choose(page, "delete", "bee hive 0", "bee hive 1")
    expect(page.locator("#doaction")).to_be_focused()
    assert asked == ["Delete 2 rows?"]
    expect(page.locator("#the-list input:checked")).to_have_count(2)

    gone = page.locator("tr[data-title='bee plant 0']").get_attribute("data-id")
    planned.call("DELETE", f"/v1/planner/keywords/{gone}/")
    page.on("dialog", lambda question: question.accept())
    choose(page, "delete", "bee hive 0", "bee hive 1", "bee plant 0")
    expect(said).to_contain_text("2 deleted.", timeout=RUN_MS)
    expect(said).to_contain_text("bee plant 0:")
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#doaction")).to_be_focused()
    assert stack.rows("select count(*) as count from keyword") == [{"count": 23}]
    assert [one for one in admin_tab.complaints if not one.startswith("404 ")] == []


def test_articles_are_approved_together_and_public_ones_left_alone(
    admin_tab: Tab, admin: AdminSession, api: SiteApi, stack: Stack
) -> None:
    admin.outcome(admin.generate(admin.create_task("Waits"), images=False, publish=False))
    api.publish_at_once()
    admin.outcome(admin.generate(admin.create_task("Stands"), images=False, publish=True))
    page = admin_tab.page
    admin_tab.admin("admin.php?page=igny8-content")
    said = page.locator(".igny8-say")
    choose(page, "approve", "Stands")
    expect(said).to_contain_text("None of the chosen rows is ready for this.")
    choose(page, "approve", "Waits")
    expect(said).to_contain_text("1 approved.", timeout=RUN_MS)
    expect(page.locator("tr[data-title=Waits] .igny8-status").first).to_have_text("Approved")
    expect(page.locator("tr[data-title=Stands] .igny8-status").first).to_have_text("Published")
    states = {row["title"]: row["status"] for row in stack.rows("select * from content")}
    assert states == {"Waits": "approved", "Stands": "published"}
    assert admin_tab.complaints == []


def test_what_is_over_budget_says_so_before_and_after_the_click(
    admin_tab: Tab, api: SiteApi, stack: Stack
) -> None:
    api.call("PATCH", "/v1/system/settings/", {"budget": {"run_usd": 0.0001}})
    screens = AdminScreens(admin_tab)
    screens.add_task("Hedges", "birds")
    screens.open_tasks()
    page = admin_tab.page
    expect(screens.row("Hedges").locator(".column-act .igny8-quote.is-over")).to_contain_text(
        "over budget"
    )
    expect(page.locator(".igny8-say")).to_contain_text("$")
    page.get_by_label("Select “Hedges”").check()
    page.locator("#bulk-action-selector-top").select_option("generate")
    expect(page.locator(".igny8-bulk-quote").first).to_contain_text("over budget")
    screens.button("Hedges").click()
    expect(screens.dialog.get_by_role("alert")).to_contain_text("$", timeout=RUN_MS)
    screens.dialog.get_by_role("button", name="Close").click()
    expect(screens.button("Hedges")).to_be_enabled()
    assert paid_calls(stack) == {}
