"""Review in wp-admin: wishes, proposals, versions, two editors, a post that somebody changed."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.lab.axe import barriers
from tests.lab.browser import Tab, tab
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
RUN_MS = 60_000
TEXT = "return get_post( {id} )->post_content;"
EDIT = """
update_post_meta( {id}, '_edit_last', get_user_by( 'login', 'ed' )->ID );
wp_update_post( array( 'ID' => {id}, 'post_content' => '<p>Written by Ed.</p>' ) );
"""
OUTLINE = [
    {"heading": "Which hedge", "key_points": ["size"]},
    {"heading": "Planting time", "key_points": ["autumn"]},
]


@pytest.fixture
def api(stack: Stack, connected_site: WordPressSite) -> SiteApi:
    return SiteApi(stack.api_url, connected_site)


@pytest.fixture
def article(api: SiteApi, admin: AdminSession) -> dict[str, Any]:
    """A written article whose post waits as a draft."""
    item = {"title": "Hedges for birds", "outline": OUTLINE, "word_count": 300}
    task = api.call("POST", "/v1/writer/tasks/", {"items": [item]})["results"][0]
    admin.outcome(admin.generate(task["id"], images=False, publish=True))
    newest = api.call("GET", "/v1/writer/content/?ordering=-created_at&page_size=1")
    found: dict[str, Any] = newest["results"][0]
    return found


def review(tab: Tab, article: dict[str, Any]) -> Page:
    tab.admin(f"admin.php?page=igny8-content&content={article['id']}")
    return tab.page


def button(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name)


def finish(page: Page) -> None:
    """Wait for the end of the work and close its dialog."""
    dialog = page.locator("dialog.igny8-progress[open]")
    expect(dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    button(dialog, "Close").click()


def test_a_wish_becomes_a_proposal_that_a_person_takes(
    admin_tab: Tab, article: dict[str, Any], connected_site: WordPressSite
) -> None:
    page = review(admin_tab, article)
    wish = page.locator(".igny8-wish")
    wish.get_by_label("Part").select_option(label="Planting time")
    wish.get_by_label("What shall change?").fill("Warn of frost, shorter.")
    expect(wish.get_by_role("status")).to_contain_text("credit", timeout=RUN_MS)
    button(wish, "Write a proposal").click()
    finish(page)
    proposal = page.locator("[data-panel=proposal]")
    expect(proposal.locator("ins")).to_contain_text(["Warn of frost"], timeout=RUN_MS)
    assert barriers(page) == []
    post = TEXT.format(id=article["wp_post_id"])
    assert "Warn of frost" not in connected_site.wp_eval(post)
    button(proposal, "Take it and update the post").click()
    with page.expect_navigation():
        finish(page)
    versions = page.locator("[data-panel=versions]")
    expect(versions.get_by_text("proposal taken")).to_be_visible(timeout=RUN_MS)
    assert "Warn of frost" in connected_site.wp_eval(post)
    expect(proposal).to_be_hidden()

    versions.get_by_text("Show what differs").click()
    expect(versions.locator("ins")).to_contain_text(["Warn of frost"], timeout=RUN_MS)
    assert barriers(page) == []
    with page.expect_navigation():
        button(versions, "Bring back").click()
    expect(versions.get_by_text("brought back")).to_be_visible(timeout=RUN_MS)
    page.get_by_text("Edit the text as HTML").click()
    expect(page.get_by_label("Text as HTML")).not_to_have_value(re.compile("Warn of frost"))
    assert admin_tab.complaints == []
    assert connected_site.php_log() == ""


def test_a_proposal_is_dropped(admin_tab: Tab, article: dict[str, Any]) -> None:
    page = review(admin_tab, article)
    button(page.locator(".igny8-wish"), "Write a proposal").click()
    finish(page)
    proposal = page.locator("[data-panel=proposal]")
    button(proposal, "Drop it").click()
    said = page.locator(".igny8-say")
    expect(said).to_contain_text("The proposal was dropped", timeout=RUN_MS)
    expect(proposal).to_be_hidden()
    assert admin_tab.complaints == []


def test_a_post_that_somebody_changed_is_shown_with_a_choice_also_later(
    admin_tab: Tab, article: dict[str, Any], connected_site: WordPressSite
) -> None:
    connected_site.wp_eval(EDIT.format(id=article["wp_post_id"]))
    page = review(admin_tab, article)
    page.get_by_text("Edit the text as HTML").click()
    page.get_by_label("Text as HTML").fill("<p>Ours.</p>")
    button(page, "Save and update post").click()
    dialog = page.locator("dialog.igny8-progress[open]")
    expect(button(dialog, "Overwrite the post")).to_be_visible(timeout=RUN_MS)

    review(admin_tab, article)
    conflict = page.locator("[data-panel=conflict]")
    expect(conflict).to_contain_text("ed changed it on this site")
    conflict.get_by_text("Show what differs").click()
    expect(conflict.locator("del")).to_contain_text(["Written by Ed."], timeout=RUN_MS)
    expect(conflict.locator("ins")).to_contain_text(["Ours."])
    assert barriers(page) == []
    with page.expect_navigation():
        button(conflict, "Take its text into IGNY8").click()
    preview = page.frame_locator(".igny8-preview")
    expect(preview.get_by_text("Written by Ed.")).to_be_visible(timeout=RUN_MS)
    expect(conflict).to_be_hidden()
    button(page, "Save and update post").click()
    finish(page)
    text = connected_site.wp_eval(TEXT.format(id=article["wp_post_id"]))
    assert "Written by Ed." in text
    assert admin_tab.complaints == []


def test_the_second_of_two_editors_is_told_and_keeps_the_text(
    admin_tab: Tab,
    article: dict[str, Any],
    chromium_browser: Browser,
    connected_site: WordPressSite,
    api: SiteApi,
) -> None:
    page = review(admin_tab, article)
    with tab(chromium_browser, connected_site) as other:
        other.login("ed")
        second = review(other, article)
        for one, title in ((page, "By admin"), (second, "By Ed")):
            one.get_by_label("Title", exact=True).fill(title)
        button(page, "Save").first.click()
        expect(page.get_by_text("Saved.")).to_be_visible(timeout=RUN_MS)
        button(second, "Save").first.click()
        told = second.locator("#igny8-review .igny8-form-answer").first
        expect(told).to_contain_text("Somebody changed this article", timeout=RUN_MS)
        expect(second.get_by_label("Title", exact=True)).to_have_value("By Ed")
        stored = api.call("GET", f"/v1/writer/content/{article['id']}/")["content"]
        assert stored["title"] == "By admin"
        button(second, "Save").first.click()
        expect(told).to_contain_text("Saved.", timeout=RUN_MS)
        assert [one for one in other.complaints if not one.startswith("409 ")] == []
    rows = api.call("GET", f"/v1/writer/content/{article['id']}/versions/")["results"]
    assert [row["author"] for row in rows] == ["ed", "admin", None]
