"""Posts in WordPress's own list, and what people with one right alone find on the screens."""

import html
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.lab.admin_screens import fill_every_list
from tests.lab.browser import Tab
from tests.lab.places import LabError
from tests.lab.post_panel import PostPanel, classic
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
OURS, FOREIGN = "Mulch for beginners", "A post by hand"
MAKE_POST = (
    f"return wp_insert_post( array( 'post_title' => '{FOREIGN}', 'post_status' => 'draft' ) );"
)
SHARED = {"plan": "ed", "generate": "auth", "publish": "contrib"}
ROLES = {"editor": ["igny8_plan"], "author": ["igny8_generate"], "contributor": ["igny8_publish"]}
SCREENS = ("keywords", "clusters", "ideas", "tasks", "content", "images", "calendar", "activity")
# Right → screen → acts: what the buttons and the bulk actions offer, beyond looking.
OFFERS: dict[str, dict[str, set[str]]] = {
    "plan": {
        "keywords": {"edit", "delete"},
        "clusters": {"edit", "delete"},
        "ideas": {"edit", "delete", "create_tasks"},
        "tasks": {"edit", "delete"},
    },
    "generate": {
        "keywords": {"cluster", "cluster_all"},
        "clusters": {"ideas", "ideas_all"},
        "tasks": {"generate", "images"},
        "content": {"images"},
        "images": {"images"},
    },
    "publish": {
        "tasks": {"publish"},
        "content": {"publish", "schedule", "unlink", "approve", "delete"},
        "images": {"edit"},
        "calendar": {"pause_publishing"},
    },
}
ACT = re.compile(r'<button[^>]* data-igny8-act="(\w+)"')
BULK = re.compile(r'<select name="action" .*?</select>', re.S)
CHOICE = re.compile(r'<option value="(\w+)"')
BUTTON = re.compile(r"<button[^>]*>([^<]+)")
REVIEW = {
    "plan": set(),
    "generate": {"Write a proposal"},
    "publish": {"Save", "Approve", "Save and update post", "Schedule…"},
}
# How a person left the box of the classic editor.
BOX = {
    "open": "",
    "folded": "update_user_meta( {user}, 'closedpostboxes_post', array( 'igny8-panel' ) );",
    "switched off": "update_user_meta( {user}, 'metaboxhidden_post', array( 'igny8-panel' ) );",
}


def row(page: Page, title: str) -> Locator:
    return page.locator("#the-list tr", has_text=title)


def test_posts_of_ours_are_opened_and_updated_from_the_list_of_posts(
    admin_tab: Tab, admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    run = admin.generate(admin.create_task(OURS), images=False, publish=True)
    admin.outcome(run)
    connected_site.wp_eval(MAKE_POST, "admin")
    page = admin_tab.page
    admin_tab.admin("edit.php")
    row(page, FOREIGN).hover()
    assert row(page, FOREIGN).get_by_role("link", name="Update from IGNY8").count() == 0
    row(page, OURS).hover()
    with page.expect_navigation():
        row(page, OURS).get_by_role("link", name="Update from IGNY8").click()
    notice = page.locator(".notice.is-dismissible")
    expect(notice).to_contain_text("1 post is on its way from IGNY8.")
    stack.settle()

    page.locator("#cb-select-all-1").check()
    page.locator("#bulk-action-selector-top").select_option("igny8_send")
    with page.expect_navigation():
        page.locator("#doaction").click()
    expect(notice).to_contain_text("1 post is on its way from IGNY8.")
    stack.settle()
    row(page, FOREIGN).locator("input[type=checkbox]").check()
    page.locator("#bulk-action-selector-top").select_option("igny8_send")
    with page.expect_navigation():
        page.locator("#doaction").click()
    expect(notice).to_contain_text("None of the chosen posts came from IGNY8.")
    delivered = stack.rows("select state from delivery")
    assert [one["state"] for one in delivered] == ["success"] * 3

    row(page, OURS).hover()
    row(page, OURS).get_by_role("link", name="Open in IGNY8").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value(OURS)
    assert admin_tab.complaints == []
    assert connected_site.php_log() == ""


def test_the_list_of_posts_leads_to_the_open_panel_in_the_block_editor(
    admin_tab: Tab, admin: AdminSession, stack: Stack, connected_site: WordPressSite
) -> None:
    ours = admin.outcome(admin.generate(admin.create_task(OURS), images=False, publish=True))[
        "result"
    ]["post_id"]
    connected_site.wp_eval(MAKE_POST, "admin")
    panel = PostPanel(admin_tab, ours)
    admin_tab.edit_post(ours)  # The welcome of the editor was read; the panel is not open.
    expect(panel.place).to_have_count(0)
    panel.open_from_list(OURS, "Refresh with IGNY8")
    expect(panel.place.get_by_role("button", name="Write anew")).to_be_focused()
    panel.work("Write anew")
    expect(panel.place.get_by_text("A rewritten text waits for you.")).to_be_visible()

    panel.open_from_list(FOREIGN, "Write with IGNY8")
    expect(panel.place.get_by_role("button", name="Write from this title")).to_be_focused()
    assert admin_tab.complaints == []
    assert connected_site.php_log() == ""


@pytest.mark.parametrize("state", BOX)
def test_the_list_of_posts_leads_to_the_box_of_the_classic_editor(
    admin_tab: Tab, connected_site: WordPressSite, state: str
) -> None:
    panel = PostPanel(admin_tab, connected_site.wp_eval(MAKE_POST, "admin"))
    connected_site.wp_eval(BOX[state].format(user=connected_site.users["admin"].id))
    with classic(connected_site):
        panel.open_from_list(FOREIGN, "Write with IGNY8")
        button = panel.place.get_by_role("button", name="Write from this title")
        expect(button).to_be_focused()
        expect(button).to_be_in_viewport()
    assert admin_tab.complaints == []


@pytest.fixture
def people(
    stack: Stack, admin: AdminSession, connected_site: WordPressSite
) -> dict[str, AdminSession]:
    """Three people, each with one of the rights, on a site whose lists have rows."""
    fill_every_list(SiteApi(stack.api_url, connected_site), admin)
    admin.call("POST", "tasks", {"title": "Not written yet"})
    admin.call("POST", "roles", {"roles": ROLES})
    return {right: AdminSession(connected_site, login) for right, login in SHARED.items()}


def offered(page: str) -> set[str]:
    """Acts of the buttons and of the bulk actions of a list, beyond looking at work."""
    bulk = BULK.search(page)
    acts = ACT.findall(page) + CHOICE.findall(bulk.group() if bulk else "")
    return set(acts) - {"follow"}


def test_each_right_alone_shows_its_own_buttons(
    people: dict[str, AdminSession], admin: AdminSession, connected_site: WordPressSite
) -> None:
    for login in SHARED.values():
        connected_site.wp_eval(MAKE_POST, login)  # One of their own, that they may edit.
    article = admin.call("GET", "contents")["results"][0]["id"]
    for right, person in people.items():
        found = {name: offered(person.screen(f"admin.php?page=igny8-{name}")) for name in SCREENS}
        assert {name: acts for name, acts in found.items() if acts} == OFFERS[right], right
        review = person.screen(f"admin.php?page=igny8-content&content={article}")
        buttons = {html.unescape(words).strip() for words in BUTTON.findall(review)}
        assert buttons & set().union(*REVIEW.values()) == REVIEW[right], right
        assert ("igny8-wish" in review) is (right == "generate"), right
        with pytest.raises(LabError, match="403"):
            person.screen("admin.php?page=igny8-settings")
        assert ("igny8=panel" in person.screen("edit.php")) is (right == "generate"), right
    assert connected_site.php_log() == ""
