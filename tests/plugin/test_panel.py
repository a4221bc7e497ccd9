"""IGNY8 beside a post, in the block editor and in the classic one."""

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.e2e.outcome import paid_calls, posts
from tests.lab.axe import barriers
from tests.lab.browser import Tab, tab
from tests.lab.post_panel import PostPanel, classic
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TITLE = "Mulching beds before winter"
OWN_WORDS = "These words are mine."
MAKE_POST = """
return wp_insert_post( array(
	'post_title' => '%s', 'post_content' => '<!-- wp:paragraph --><p>%s</p><!-- /wp:paragraph -->',
	'post_status' => '%s', 'post_author' => 1,
) );
"""
READ_POST = """
$post = get_post( %d );
$older = wp_get_post_revisions( $post->ID );
return array(
	'title' => $post->post_title, 'text' => $post->post_content, 'status' => $post->post_status,
	'name' => $post->post_name, 'older' => implode( '', wp_list_pluck( $older, 'post_content' ) ),
	'picture' => get_post_thumbnail_id( $post ),
	'seo' => get_post_meta( $post->ID, '_igny8_seo_title', true ),
);
"""
ONE_MORE_PICTURE = """(before) => wp.data.select('core/block-editor').getBlocks()
  .filter((block) => 'core/image' === block.name).length === before + 1"""
EDITED_PICTURE = "() => wp.data.select('core/editor').getEditedPostAttribute('featured_media')"


def own_post(site: WordPressSite, status: str = "draft") -> int:
    """A post that a person began."""
    return int(site.wp_eval(MAKE_POST % (TITLE, OWN_WORDS, status), "admin"))


def test_a_post_is_written_from_its_title_compared_and_only_then_replaced(
    admin_tab: Tab, stack: Stack, connected_site: WordPressSite
) -> None:
    post_id = own_post(connected_site, "publish")
    address = connected_site.wp_eval(READ_POST % post_id)["name"]
    panel = PostPanel(admin_tab, post_id)
    panel.open_block()
    assert "$" in panel.quoted("Write from this title")
    assert paid_calls(stack) == {}
    panel.press("Start")
    panel.finish()

    expect(panel.place.get_by_text("IGNY8 has another text for this post.")).to_be_visible()
    panel.place.get_by_text("Compare with this post").click()
    expect(panel.place.locator("del")).to_contain_text([OWN_WORDS])
    assert OWN_WORDS in connected_site.wp_eval(READ_POST % post_id)["text"]
    assert barriers(panel.page, ".igny8-panel") == []

    panel.take()
    admin_tab.page.wait_for_function("() => window.wp && wp.data.select('core/editor')")
    after = connected_site.wp_eval(READ_POST % post_id)
    assert OWN_WORDS not in after["text"]
    assert OWN_WORDS in after["older"]
    assert (after["title"], after["status"], after["name"]) == (TITLE, "publish", address)
    assert [one["id"] for one in posts(connected_site)] == [post_id]
    panel.open_block()
    expect(panel.place.get_by_role("heading", name="Receipt")).to_be_visible()
    expect(panel.place.get_by_text("Text: as sent")).to_be_visible()
    for label in ("Model", "Prompt", "Cost"):
        expect(panel.place.locator(f"dt:text-is('{label}') + dd")).not_to_be_empty()
    expect(panel.place.get_by_text("Internal links: as sent")).to_be_visible()
    assert admin_tab.complaints == []
    assert connected_site.php_log() == ""


def test_a_refresh_waits_as_a_proposal_and_pictures_and_search_fields_are_put_by_hand(
    admin_tab: Tab, admin: AdminSession, connected_site: WordPressSite
) -> None:
    task = admin.create_task(TITLE, keywords=["mulch"])
    post_id = admin.outcome(admin.generate(task, images=True, publish=True))["result"]["post_id"]
    delivered = connected_site.wp_eval(READ_POST % post_id)["text"]
    connected_site.wp_eval(f"delete_post_thumbnail( {post_id} );")
    panel = PostPanel(admin_tab, post_id)
    panel.open_block()
    panel.work("Write anew")
    expect(panel.place.get_by_text("A rewritten text waits for you.")).to_be_visible()
    assert connected_site.wp_eval(READ_POST % post_id)["text"] == delivered
    panel.press("Drop it")
    expect(panel.place.get_by_role("button", name="Send again")).to_be_visible()

    panel.place.get_by_role("button", name="Set as featured image").last.click()
    expect(panel.place.get_by_text("Save the post to keep it.")).to_be_visible()
    panel.place.get_by_role("button", name="Insert").first.click()
    admin_tab.page.wait_for_function(ONE_MORE_PICTURE, arg=delivered.count("<!-- wp:image"))
    assert admin_tab.page.evaluate(EDITED_PICTURE) > 0
    assert connected_site.wp_eval(READ_POST % post_id)["picture"] == 0, "not saved yet"

    panel.place.get_by_label("Title for search engines").fill("Mulch, at last")
    panel.press("Save search fields")
    expect(panel.place.get_by_text("The search fields are saved.")).to_be_visible()
    assert connected_site.wp_eval(READ_POST % post_id)["seo"] == "Mulch, at last"
    assert admin_tab.complaints == []


def test_words_that_are_not_saved_yet_stay_while_the_panel_is_drawn_anew(
    admin_tab: Tab, admin: AdminSession
) -> None:
    run = admin.generate(admin.create_task(TITLE), images=False, publish=True)
    panel = PostPanel(admin_tab, admin.outcome(run)["result"]["post_id"])
    panel.open_block()
    field = panel.place.get_by_label("Title for search engines")
    field.fill("Mulch, at")
    admin_tab.redraw_around(field)
    expect(field).to_have_value("Mulch, at")
    expect(field).to_be_focused()
    admin_tab.page.keyboard.type(" last")
    panel.press("Save search fields")
    expect(panel.place.get_by_text("The search fields are saved.")).to_be_visible()
    expect(field).to_have_value("Mulch, at last")


def test_the_classic_editor_has_the_same_in_a_box(
    admin_tab: Tab, connected_site: WordPressSite
) -> None:
    post_id = own_post(connected_site)
    panel = PostPanel(admin_tab, post_id)
    with classic(connected_site):
        panel.open_classic()
        panel.work("Write from this title")
        assert barriers(panel.page, ".igny8-panel") == []
        panel.take()
        expect(panel.place.get_by_role("heading", name="Receipt")).to_be_visible()
        after = connected_site.wp_eval(READ_POST % post_id)
        assert OWN_WORDS not in after["text"]
        assert OWN_WORDS in after["older"]
        assert (after["title"], after["status"]) == (TITLE, "draft")
        panel.place.get_by_role("button", name="Insert").first.click()
        expect(panel.place.get_by_text("Save the post to keep it.")).to_be_visible()
        html = admin_tab.page.evaluate("() => document.getElementById('content').value")
        rich = admin_tab.page.evaluate("() => window.tinymce?.activeEditor?.getContent() || ''")
        assert "wp-image-" in html + rich
    assert admin_tab.complaints == []
    assert connected_site.php_log() == ""


def test_nothing_of_it_loads_for_visitors_or_people_without_the_right(
    chromium_browser: Browser, stack: Stack, connected_site: WordPressSite
) -> None:
    post_id = own_post(connected_site, "publish")
    page = requests.get(f"{connected_site.url}/?p={post_id}", timeout=20)
    assert page.status_code == 200
    assert "igny8-" not in page.text
    connected_site.wp_eval(
        f"wp_update_post( array( 'ID' => {post_id}, 'post_author' => "
        f"{connected_site.users['auth'].id} ) );",
        "admin",
    )
    with tab(chromium_browser, connected_site) as opened:
        opened.login("auth")
        opened.edit_post(post_id)
        assert "igny8-" not in opened.page.content()
