"""The backend goes away in the middle of a person's work, says so, and comes back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import Tab
from tests.lab.fault_proxy import FaultProxy
from tests.lab.post_panel import RUN_MS
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Hedges for small birds"
AWAY = "does not answer"
WRITTEN = "select state from ai_task_log where function_name = 'generate_content'"


@pytest.fixture
def line(stack: Stack, connected_site: WordPressSite) -> Iterator[FaultProxy]:
    """The line between the site and its backend, which can be cut."""
    proxy = FaultProxy(int(stack.api_url.rpartition(":")[2]))
    connected_site.wp_eval(f"update_option( 'igny8_api_url', '{proxy.url}', false );")
    yield proxy
    proxy.stop()


@pytest.fixture
def screens(admin_tab: Tab, line: FaultProxy) -> AdminScreens:
    """The Tasks screen with one task."""
    screens = AdminScreens(admin_tab)
    screens.add_task(TITLE, "birds")
    return screens


def test_a_backend_that_goes_away_during_a_job_is_said_and_found_again(
    screens: AdminScreens, line: FaultProxy, stack: Stack, connected_site: WordPressSite
) -> None:
    stack.sandbox_provider.hold()
    screens.press_generate(TITLE)
    line.fault = "reset"
    expect(screens.dialog.get_by_text(AWAY)).to_be_visible(timeout=RUN_MS)
    other = Tab(screens.page.context.new_page(), connected_site)
    other.admin("admin.php?page=igny8-tasks")
    expect(other.page.get_by_text(AWAY).first).to_be_visible()
    line.fault = None
    stack.sandbox_provider.release()
    expect(screens.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    expect(screens.dialog.get_by_text(AWAY)).to_have_count(0)
    other.page.get_by_role("link", name="Try again").first.click()
    expect(other.page.locator("tr[data-kind=tasks]", has_text=TITLE)).to_be_visible()
    assert [run["state"] for run in stack.rows(WRITTEN)] == ["success"]


def test_a_click_whose_answer_was_lost_is_repeated_without_a_second_run(
    screens: AdminScreens, line: FaultProxy, stack: Stack
) -> None:
    line.fault = "reset"
    screens.button(TITLE).click()
    expect(screens.dialog.get_by_role("alert")).to_contain_text(AWAY, timeout=RUN_MS)
    line.fault = None
    screens.dialog.get_by_role("button", name="Try again").click()
    expect(screens.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert [run["state"] for run in stack.rows(WRITTEN)] == ["success"]


def test_settings_that_could_not_be_saved_stay_in_the_form(
    admin_tab: Tab, line: FaultProxy
) -> None:
    page = admin_tab.page
    admin_tab.admin("admin.php?page=igny8-settings&section=brand")
    tone = page.locator("[name='brand.tone']")
    tone.fill("calm and plain")
    line.fault = "storm_5xx"
    page.get_by_role("button", name="Save changes").click()
    answer = page.locator(".igny8-buttons [role=status]")
    expect(answer).to_contain_text("Something else than the IGNY8 service answered")
    line.fault = None
    page.get_by_role("button", name="Save changes").click()
    expect(answer).to_have_text("Saved.")
    page.reload()
    expect(tone).to_have_value("calm and plain")


def test_rows_left_when_the_backend_went_away_are_not_called_deleted(
    screens: AdminScreens, line: FaultProxy, stack: Stack
) -> None:
    page = screens.page
    page.on("dialog", lambda question: question.accept())
    line.fault = "storm_5xx"
    page.get_by_label(f"Select “{TITLE}”").check()
    page.locator("#bulk-action-selector-top").select_option("delete")
    page.locator("#doaction").click()
    said = page.locator(".igny8-say")
    expect(said).to_contain_text("Something else than the IGNY8 service answered")
    expect(said).not_to_contain_text("deleted")
    assert stack.rows("select count(*) as count from task") == [{"count": 1}]
