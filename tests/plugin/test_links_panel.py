"""Internal links as a person meets them: seen, chosen, published, taken back."""

from pathlib import Path
from typing import Any

import pytest
import requests
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from tests.lab.admin_screens import AdminScreens, fill_every_list
from tests.lab.axe import barriers
from tests.lab.browser import Tab
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
HTML = "<p>Good soil care pays.</p><h2>Colour</h2><p>So do red roses.</p>"
POSTS = """
foreach ( array( 'Soil care', 'Red roses' ) as $title ) {
    $post = array( 'post_title' => $title, 'post_content' => 'x', 'post_status' => 'publish' );
    wp_insert_post( $post );
}
Igny8\\Sync::run();
"""
SHOWN_MS = 60_000


@pytest.fixture
def article(stack: Stack, connected_site: WordPressSite, admin: AdminSession) -> dict[str, Any]:
    """An article with words that name two other posts of its site."""
    api = SiteApi(stack.api_url, connected_site)
    fill_every_list(api, admin)
    api.publish_at_once()
    connected_site.wp_eval(POSTS)
    found: dict[str, Any] = api.call("GET", "/v1/writer/content/")["results"][0]
    api.call("PATCH", f"/v1/writer/content/{found['id']}/", {"html": HTML, "status": "approved"})
    return found


def post_address(site: WordPressSite) -> str:
    """Where the article's public post is."""
    ours = "return get_permalink( get_posts( array( 'meta_key' => '_igny8_content_id' ) )[0] );"
    return str(site.wp_eval(ours))


def links_of(site: WordPressSite) -> list[str]:
    """Addresses inside the public post, as a visitor gets them."""
    soup = BeautifulSoup(requests.get(post_address(site), timeout=30).text, "html.parser")
    inside = soup.select(".entry-content p a, .wp-block-post-content p a")
    return [str(a["href"]).removeprefix(site.url) for a in inside]


def wait_until_done(screens: AdminScreens) -> None:
    expect(screens.dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=SHOWN_MS)
    screens.dialog.get_by_role("button", name="Close").first.click()


def test_links_are_seen_chosen_published_and_taken_back(
    admin_tab: Tab, connected_site: WordPressSite, article: dict[str, Any], tmp_path: Path
) -> None:
    screens, page = AdminScreens(admin_tab), admin_tab.page
    admin_tab.admin(f"admin.php?page=igny8-content&content={article['id']}")
    panel = page.locator("#igny8-links")
    expect(panel.get_by_label("“soil care” →")).to_be_checked()
    expect(panel.get_by_role("link", name="Red roses")).to_have_attribute(
        "href", f"{connected_site.url}/red-roses/"
    )
    panel.scroll_into_view_if_needed()
    admin_tab.screenshot(tmp_path / "panel.png")
    assert barriers(page) == []

    panel.get_by_label("“red roses” →").uncheck()
    expect(panel.get_by_role("status")).to_contain_text("Kept.")
    expect(panel.get_by_label("“red roses” →")).not_to_be_checked()
    page.get_by_role("button", name="Save and").click()
    wait_until_done(screens)
    assert links_of(connected_site) == ["/soil-care/"]
    screens.photograph_post(post_address(connected_site), tmp_path / "post.png")

    admin_tab.admin("admin.php?page=igny8-content")
    page.locator("#igny8-list tbody input[type=checkbox]").first.check()
    page.locator("#bulk-action-selector-top").select_option(label="Remove internal links")
    page.locator("#doaction").click()
    wait_until_done(screens)
    assert links_of(connected_site) == []
    assert admin_tab.complaints == []
