"""Several people on one site: what one starts, changes or leaves undone, the others see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.lab.axe import barriers
from tests.lab.browser import Tab, tab
from tests.lab.post_panel import RUN_MS, PostPanel
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Hedges for birds"
SENDING = f"Send to this site: {TITLE}"
REFUSING = """<?php
add_filter( 'rest_pre_dispatch', static function ( $answer, $server, $request ) {
	$is_post = 0 === strpos( $request->get_route(), '/igny8/v1/content/' );
	$refused = new WP_Error( 'busy', 'Not now.', array( 'status' => 503 ) );
	return $is_post && 'PUT' === $request->get_method() ? $refused : $answer;
}, 10, 3 );
"""
EDIT = "wp_update_post( array( 'ID' => {id}, 'post_content' => '<p>Written by a person.</p>' ) );"
PUBLISHES_ONLY = """
Igny8\\Capabilities::choose( array( 'editor' => array( 'igny8_publish' ) ) );
wp_update_post( array( 'ID' => {id}, 'post_author' => get_user_by( 'login', 'ed' )->ID ) );
"""


@pytest.fixture
def api(stack: Stack, connected_site: WordPressSite) -> SiteApi:
    return SiteApi(stack.api_url, connected_site)


@pytest.fixture
def ed(chromium_browser: Browser, connected_site: WordPressSite) -> Iterator[Tab]:
    """The browser of an editor, beside the administrator's."""
    with tab(chromium_browser, connected_site) as other:
        other.login("ed")
        yield other


@contextmanager
def refusing_posts(site: WordPressSite) -> Iterator[None]:
    """A site that takes no post for a while, so that deliveries wait for their next try."""
    switch = site.root / "wp-content/mu-plugins/refusing.php"
    switch.write_text(REFUSING)
    try:
        yield
    finally:
        switch.unlink()


def written(api: SiteApi, admin: AdminSession, publish: bool) -> dict[str, Any]:
    """An article, with its post as a draft or without one."""
    task = admin.create_task(TITLE, word_count=300)
    admin.outcome(admin.generate(task, images=False, publish=publish))
    found: dict[str, Any] = api.call("GET", "/v1/writer/content/")["results"][0]
    return found


def publish(admin: AdminSession, article: dict[str, Any]) -> str:
    body = {"ids": [article["id"]], "once": "a" * 24}
    return str(admin.call("POST", "publish", body)["task_id"])


def row(page: Page, words: str) -> Locator:
    return page.locator("#igny8-list tbody tr").filter(has_text=words)


def test_a_delivery_of_somebody_else_is_seen_by_its_name(
    ed: Tab, api: SiteApi, admin: AdminSession, connected_site: WordPressSite
) -> None:
    article = written(api, admin, publish=False)
    with refusing_posts(connected_site):
        publish(admin, article)
        ed.admin("index.php")
        expect(ed.page.locator("#wp-admin-bar-igny8")).to_contain_text("1 running")
        ed.admin("admin.php?page=igny8-activity")
        expect(row(ed.page, SENDING)).to_have_count(1)
        badge = ed.page.locator(".igny8-badge")
        badge.locator("summary").click()
        badge.get_by_role("button", name=SENDING).click()
        dialog = ed.page.locator("dialog[open]")
        expect(dialog.get_by_role("heading", name=SENDING)).to_be_visible()
    expect(dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
    assert ed.complaints == []


def test_what_needs_a_person_leads_to_where_it_is_mended(
    ed: Tab, api: SiteApi, admin: AdminSession, connected_site: WordPressSite
) -> None:
    article = written(api, admin, publish=True)
    connected_site.wp_eval(EDIT.format(id=article["wp_post_id"]), "admin")
    assert admin.delivered(publish(admin, article))["code"] == "wp_changed"
    page = ed.page
    ed.admin("admin.php?page=igny8")
    needs = page.locator(".igny8-needs")
    with page.expect_navigation():
        needs.get_by_role("link", name="Posts that somebody changed here").click()
    expect(row(page, SENDING)).to_have_count(1)
    assert barriers(page) == []
    row(page, SENDING).get_by_role("link", name="Compare and decide").click()
    conflict = page.locator("[data-panel=conflict]")
    conflict.get_by_role("button", name="Leave the post as it is").click()
    expect(conflict).to_be_hidden(timeout=RUN_MS)
    ed.admin("admin.php?page=igny8")
    expect(needs.get_by_role("link", name="Posts that somebody changed here")).to_have_count(0)
    assert ed.complaints == []


def test_the_second_of_two_is_told_in_the_small_form_and_nothing_is_lost(
    ed: Tab, admin_tab: Tab, api: SiteApi, admin: AdminSession
) -> None:
    task = admin.create_task(TITLE, description="Old words", keywords=["birds"])
    for one in (admin_tab, ed):
        one.admin("admin.php?page=igny8-tasks")
        row(one.page, TITLE).hover()
        row(one.page, TITLE).get_by_role("button", name="Edit").click()
        expect(one.page.locator("dialog[open]")).to_be_visible()
    first, second = (one.page.locator("dialog[open]") for one in (admin_tab, ed))
    first.get_by_label("Title").fill("By admin")
    first.get_by_label("Keywords").fill("birds, shrubs")
    first.get_by_role("button", name="Save").click()
    expect(first).to_have_count(0)
    second.get_by_label("Title").fill("By Ed")
    second.get_by_label("Description").fill("New words")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("Somebody else changed this")
    expect(second).to_contain_text("By now it reads: By admin")
    assert barriers(ed.page, "dialog[open]") == []
    expect(second.get_by_label("Title")).to_have_value("By Ed")
    expect(second.get_by_label("Keywords")).to_have_value("birds, shrubs")
    stored = api.call("GET", f"/v1/writer/tasks/{task}/")["task"]
    assert (stored["title"], stored["description"]) == ("By admin", "Old words")
    second.get_by_role("button", name="Save over it").click()
    expect(second).to_have_count(0)
    stored = api.call("GET", f"/v1/writer/tasks/{task}/")["task"]
    assert (stored["title"], stored["description"]) == ("By Ed", "New words")
    assert stored["keywords"] == ["birds", "shrubs"]
    assert [one for one in ed.complaints if not one.startswith("409 ")] == []


def test_who_only_publishes_sees_the_receipt_and_nothing_that_spends(
    ed: Tab, api: SiteApi, admin: AdminSession, connected_site: WordPressSite
) -> None:
    article = written(api, admin, publish=True)
    post = int(article["wp_post_id"])
    connected_site.wp_eval(PUBLISHES_ONLY.format(id=post), "admin")
    panel = PostPanel(ed, post)
    panel.unfold()
    expect(panel.place.get_by_role("heading", name="Receipt")).to_be_visible()
    for act in ("Write anew", "Write from this title", "Make images"):
        expect(panel.place.get_by_role("button", name=act)).to_have_count(0)
    panel.press("Send again")
    panel.finish()
    assert [one for one in ed.complaints if "/igny8/" in one] == []


def test_a_link_in_a_row_tells_its_price_and_asks_again(
    admin_tab: Tab, api: SiteApi, admin: AdminSession
) -> None:
    written(api, admin, publish=False)
    page, refuse = admin_tab.page, []

    def estimate(route: Route) -> None:
        refuse.append(1)
        route.abort() if len(refuse) == 1 else route.continue_()

    page.route("**/igny8/v1/estimate*", estimate)
    admin_tab.admin("admin.php?page=igny8-content")
    link = row(page, TITLE).locator(".row-actions")
    link.get_by_role("button", name="Ask again").focus()
    link.get_by_role("button", name="Ask again").press("Enter")
    quote = link.locator(".igny8-quote")
    expect(quote).to_contain_text("5 credits")
    expect(quote).to_contain_text("$")
    expect(link.get_by_role("button", name="Generate images")).to_have_accessible_description(
        quote.inner_text()
    )
