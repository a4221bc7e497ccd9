"""What people change on the settings screens, and a post they overwrite after a chain of work."""

import pytest
from playwright.sync_api import expect

from tests.e2e.outcome import paid_calls
from tests.lab.axe import barriers
from tests.lab.browser import Tab
from tests.lab.post_panel import RUN_MS
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Ponds for small gardens"
EDIT = "wp_update_post( array( 'ID' => %d, 'post_content' => 'Mine now.' ) ); return true;"
SETTINGS = "admin.php?page=igny8-settings&section="


def test_a_setting_is_saved_and_stays(
    admin_tab: Tab, stack: Stack, connected_site: WordPressSite
) -> None:
    admin_tab.admin(f"{SETTINGS}brand")
    field = admin_tab.page.locator("[name='brand.tone']")
    field.fill("calm and plain")
    admin_tab.page.get_by_role("button", name="Save").click()
    expect(admin_tab.page.get_by_text("Saved.")).to_be_visible()
    settings = SiteApi(stack.api_url, connected_site).call("GET", "/v1/system/settings/")
    assert settings["settings"]["brand"]["tone"] == "calm and plain"
    admin_tab.page.reload()
    expect(field).to_have_value("calm and plain")
    admin_tab.page.get_by_role("button", name="Save").click()
    expect(admin_tab.page.get_by_text("Nothing was changed.")).to_be_visible()
    assert admin_tab.complaints == []


def test_a_prompt_is_tried_without_paying(admin_tab: Tab, stack: Stack) -> None:
    admin_tab.admin(f"{SETTINGS}prompts")
    admin_tab.page.get_by_role("button", name="Try without paying").click()
    trial = admin_tab.page.locator(".igny8-trial")
    expect(trial).to_be_visible()
    expect(trial.locator("pre")).not_to_be_empty()
    assert paid_calls(stack) == {}
    assert admin_tab.complaints == []


def test_a_chain_that_meets_an_edited_post_offers_to_overwrite_it(
    admin_tab: Tab, admin: AdminSession, connected_site: WordPressSite
) -> None:
    run = admin.generate(admin.create_task(TITLE), images=False, publish=True)
    post_id = admin.outcome(run)["result"]["post_id"]
    connected_site.wp_eval(EDIT % post_id, "admin")
    admin_tab.admin("admin.php?page=igny8-content")
    row = admin_tab.page.locator("tr[data-kind=contents]", has_text=TITLE)
    row.hover()
    row.locator("[data-igny8-act=images]").first.click()
    dialog = admin_tab.page.locator("dialog[open]")
    overwrite = dialog.get_by_role("button", name="Overwrite the post")
    expect(overwrite).to_be_visible(timeout=RUN_MS)
    read = f"return get_post( {post_id} )->post_content;"
    assert connected_site.wp_eval(read) == "Mine now."
    assert barriers(admin_tab.page, "dialog[open]") == []
    overwrite.click()
    expect(dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert connected_site.wp_eval(read) != "Mine now."
