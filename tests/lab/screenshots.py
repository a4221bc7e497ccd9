"""Photographs of every screen of the plugin: ``python -m tests.lab.screenshots``."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.lab.admin_screens import AdminScreens, fill_every_list, reading
from tests.lab.browser import Tab, chromium, tab
from tests.lab.places import EXIT_MISSING, PLUGIN, REPO, LabError, MissingError
from tests.lab.post_panel import PostPanel
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

TARGET = REPO / "docs/screenshots"
NEWEST, OLDEST = "7.1", "6.1"
LISTS = ("keywords", "clusters", "ideas", "tasks", "content", "calendar", "images", "activity")
SECTIONS = ("models", "brand", "images", "publishing", "budgets", "prompts", "roles")
SCREENS = {
    "overview": "igny8",
    **{name: f"igny8-{name}" for name in LISTS},
    "settings": "igny8-settings",
    **{f"settings-{name}": f"igny8-settings&section={name}" for name in SECTIONS},
}
ON_OLDEST = ("keywords", "tasks", "settings")
MOMENTS = (
    "review",
    "schedule",
    "editor-panel",
    "editor-receipt",
    "posts",
    "dashboard",
    "site-health",
    "import",
    "progress",
    "rtl-ideas",
    "phone-tasks",
)
PHONE = {"width": 360, "height": 780}


@contextmanager
def connected(version: str, browser: Browser) -> Iterator[tuple[Tab, SiteApi, AdminSession]]:
    """A connected WordPress with rows on every list, and a tab on it."""
    with WordPressSite.up(version, plugin=PLUGIN) as site, Stack.up([site]) as stack:
        admin = AdminSession(site)
        admin.connect(stack.connect_code(site.url))
        api = SiteApi(stack.api_url, site)
        fill_every_list(api, admin)
        with tab(browser, site) as opened:
            opened.login()
            yield opened, api, admin


def photograph(opened: Tab, name: str, address: str) -> None:
    """Open a screen of wp-admin, wait until it is drawn, and keep what is visible."""
    opened.admin(address)
    opened.page.wait_for_load_state("networkidle")
    opened.screenshot(TARGET / f"{name}.png")
    print(f"  {name}", flush=True)


def newest(browser: Browser) -> None:
    """Every screen on the newest WordPress, and some on a phone and from right to left."""
    with connected(NEWEST, browser) as (opened, api, admin):
        for name, page in SCREENS.items():
            photograph(opened, name, f"admin.php?page={page}")
        article = api.call("GET", "/v1/writer/content/")["results"][0]
        review(opened, str(article["id"]))
        editor(opened, int(article["wp_post_id"]))
        in_wordpress(opened)
        import_preview(opened)
        progress(opened, admin)
        with reading(opened.site, "rtl"):
            photograph(opened, "rtl-ideas", "admin.php?page=igny8-ideas")
        opened.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        photograph(opened, "phone-tasks", "admin.php?page=igny8-tasks")


def review(opened: Tab, content_id: str) -> None:
    """An article to read and decide on, and the dialog that gives it a time."""
    photograph(opened, "review", f"admin.php?page=igny8-content&content={content_id}")
    opened.page.get_by_role("button", name="Schedule…").first.click()
    opened.page.locator("dialog[open]").get_by_label("Date").wait_for()
    opened.screenshot(TARGET / "schedule.png")


def editor(opened: Tab, post_id: int) -> None:
    """The panel beside a post, and its receipt."""
    panel = PostPanel(opened, post_id)
    panel.open_block()
    panel.place.get_by_role("heading", name="Text").scroll_into_view_if_needed()
    opened.screenshot(TARGET / "editor-panel.png")
    panel.place.get_by_role("heading", name="Receipt").evaluate("one => one.scrollIntoView()")
    opened.screenshot(TARGET / "editor-receipt.png")


def in_wordpress(opened: Tab) -> None:
    """What stands on WordPress's own screens: row actions of a post, the widget, Site Health."""
    opened.admin("edit.php")
    opened.page.locator("#the-list tr", has=opened.page.get_by_text("IGNY8")).first.hover()
    opened.screenshot(TARGET / "posts.png")
    opened.admin("index.php")
    opened.page.locator("#igny8_dashboard").screenshot(path=TARGET / "dashboard.png")
    opened.admin("site-health.php")
    opened.page.get_by_role("button", name="Passed tests").click()
    health = opened.page.get_by_role("button", name="IGNY8 is connected")
    health.click()
    health.scroll_into_view_if_needed()
    opened.screenshot(TARGET / "site-health.png")


def import_preview(opened: Tab) -> None:
    """Pasted keywords, checked and not added yet."""
    opened.admin("admin.php?page=igny8-keywords")
    opened.page.get_by_role("button", name="Add keywords").first.click()
    opened.page.get_by_label("One keyword a line").fill("worm farm\nleaf mould\ncompost at home\n")
    opened.page.get_by_role("button", name="Check").click()
    opened.page.get_by_text("Nothing has been added yet.").wait_for()
    opened.screenshot(TARGET / "import.png")


def progress(opened: Tab, admin: AdminSession) -> None:
    """The dialog at the end of the main job."""
    screens = AdminScreens(opened)
    title = "Leaf mould for patient gardeners"
    admin.create_task(title, keywords=["leaf mould"])
    screens.open_tasks()
    screens.button(title).click()
    screens.dialog.get_by_role("link", name="View post").wait_for()
    opened.screenshot(TARGET / "progress.png")


def oldest(browser: Browser) -> None:
    """Three screens on the oldest WordPress."""
    with connected(OLDEST, browser) as (opened, _, _):
        for name in ON_OLDEST:
            photograph(opened, f"{OLDEST}-{name}", f"admin.php?page={SCREENS[name]}")


def main() -> int:
    """Renew docs/screenshots."""
    parser = argparse.ArgumentParser(prog="python -m tests.lab.screenshots", description=__doc__)
    parser.parse_args()
    Path(TARGET).mkdir(parents=True, exist_ok=True)
    try:
        with chromium() as browser:
            newest(browser)
            oldest(browser)
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return EXIT_MISSING
    except (LabError, PlaywrightError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
