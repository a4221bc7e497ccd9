"""Planning in wp-admin: a time for an article, the month, moving, taking back, pausing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.lab.axe import barriers
from tests.lab.browser import Tab
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
RUN_MS = 60_000
ON_TIME = "return get_post( {id} )->post_date;"


@pytest.fixture
def api(stack: Stack, connected_site: WordPressSite) -> SiteApi:
    return SiteApi(stack.api_url, connected_site)


@pytest.fixture
def article(api: SiteApi, admin: AdminSession) -> dict[str, Any]:
    """A written article whose post waits as a draft."""
    admin.outcome(admin.generate(admin.create_task("Hedges for birds"), images=False, publish=True))
    found: dict[str, Any] = api.call("GET", "/v1/writer/content/?ordering=-created_at")["results"][
        0
    ]
    return found


def button(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name)


def open_dialog(page: Page, opener: Locator) -> Locator:
    expect(opener).to_be_enabled(timeout=RUN_MS)
    opener.click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("Date")).to_be_visible()
    return dialog


def finish(page: Page, words: str) -> None:
    """Wait for the end of the delivery and close its dialog."""
    dialog = page.locator("dialog.igny8-progress[open]")
    expect(dialog.get_by_text(words)).to_be_visible(timeout=RUN_MS)
    button(dialog, "Close").click()


def test_a_time_is_set_moved_and_taken_back_on_the_review_page(
    admin_tab: Tab, article: dict[str, Any], connected_site: WordPressSite
) -> None:
    page = admin_tab.page
    admin_tab.admin(f"admin.php?page=igny8-content&content={article['id']}")
    panel = page.locator("[data-panel=schedule]")
    dialog = open_dialog(page, button(panel, "Schedule…"))
    expect(dialog.get_by_label("Time")).to_have_value("09:00")
    dialog.get_by_label("Date").fill("2020-01-01")
    button(dialog, "Schedule").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This time has passed")
    assert barriers(page, "dialog[open]") == []
    day = datetime.now(UTC).date() + timedelta(days=40)
    dialog.get_by_label("Date").fill(day.isoformat())
    dialog.get_by_label("Time").fill("17:45")
    button(dialog, "Schedule").click()
    finish(page, "The post is scheduled.")
    post = ON_TIME.format(id=article["wp_post_id"])
    assert connected_site.wp_eval(post) == f"{day} 17:45:00"

    expect(panel.get_by_text("Goes public on")).to_be_visible()
    dialog = open_dialog(page, button(panel, "Move…"))
    expect(dialog.get_by_label("Date")).to_have_value(day.isoformat())
    dialog.get_by_label("Time").fill("08:15")
    button(dialog, "Move").click()
    finish(page, "The post is scheduled.")
    assert connected_site.wp_eval(post) == f"{day} 08:15:00"

    button(panel, "Unschedule").click()
    finish(page, "The post waits as a draft.")
    expect(panel.get_by_text("Not scheduled.")).to_be_visible()
    expected = [one for one in admin_tab.complaints if not one.startswith("422 ")]
    assert expected == []
    assert connected_site.php_log() == ""


def test_the_month_shows_plans_and_moves_them(
    admin_tab: Tab, article: dict[str, Any], api: SiteApi, stack: Stack
) -> None:
    page = admin_tab.page
    body = {"content_id": article["id"], "publish_at": "2031-07-09T10:30:00"}
    api.call("POST", "/v1/publisher/schedule/", body)
    stack.settle()
    admin_tab.admin("admin.php?page=igny8-calendar&month=2031-07")
    month = page.get_by_role("table")
    expect(month.locator("caption")).to_contain_text("July 2031")
    cell = month.locator("td", has=page.locator("time[datetime='2031-07-09']"))
    expect(cell).to_contain_text("10:30")
    expect(cell.get_by_role("link", name=article["title"])).to_be_visible()
    assert barriers(page) == []
    dialog = open_dialog(page, button(cell, "Move…"))
    dialog.get_by_label("Date").fill("2031-07-24")
    button(dialog, "Move").press("Enter")
    finish(page, "The post is scheduled.")
    moved = month.locator("td", has=page.locator("time[datetime='2031-07-24']"))
    expect(moved.get_by_role("link", name=article["title"])).to_be_visible()
    expect(button(moved, "Move…")).to_be_focused()
    assert admin_tab.complaints == []


def test_several_articles_get_the_next_free_times(
    admin_tab: Tab, article: dict[str, Any], api: SiteApi, admin: AdminSession, stack: Stack
) -> None:
    admin.outcome(admin.generate(admin.create_task("Hedges for bees"), images=False, publish=True))
    page = admin_tab.page
    admin_tab.admin("admin.php?page=igny8-content&s=Hedges")
    for box in page.locator("tr[data-kind=contents] input[type=checkbox]").all():
        box.check()
    page.locator("#bulk-action-selector-top").select_option("schedule")
    page.locator("#doaction").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("next free time")
    button(dialog, "Schedule").click()
    expect(page.locator(".igny8-say")).to_contain_text("articles scheduled", timeout=RUN_MS)
    stack.settle()
    plans = api.call("GET", "/v1/publisher/calendar/")["results"]
    times = [plan["local"] for plan in plans if plan["title"].startswith("Hedges")]
    assert len(times) == len(set(times)) >= 2
    assert admin_tab.complaints == []


def test_publishing_is_paused_with_a_banner_and_resumed(
    admin_tab: Tab, article: dict[str, Any], api: SiteApi
) -> None:
    page = admin_tab.page
    admin_tab.admin("admin.php?page=igny8-calendar")
    page.on("dialog", lambda question: question.accept())
    button(page, "Pause publishing").click()
    banner = page.get_by_text("Publishing is paused:")
    expect(banner).to_be_visible(timeout=RUN_MS)
    assert api.call("GET", "/v1/publisher/calendar/")["paused"] is True
    button(page, "Resume publishing").click()
    expect(banner).to_be_hidden(timeout=RUN_MS)
    assert api.call("GET", "/v1/publisher/calendar/")["paused"] is False
    assert admin_tab.complaints == []
