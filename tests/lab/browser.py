"""Headless Chromium on a lab WordPress: log in, open screens, look into the block editor."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Response,
    expect,
    sync_playwright,
)

from tests.lab.places import MissingError
from tests.lab.wordpress_site import WordPressSite

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
SETTLE_MS = 30_000
CLOSE_GUIDES = """() => {
  const preferences = wp.data.dispatch('core/preferences');
  preferences.set('core/edit-post', 'welcomeGuide', false);
  preferences.set('core/edit-post', 'fullscreenMode', false);
  preferences.set('core', 'enableChoosePatternModal', false);
}"""
MOVE = """(old) => {
  old.dataset.old = 'yes';
  document.dispatchEvent(new CustomEvent('igny8:changed'));
}"""
EDITOR_DRAWN = """() => {
  const canvas = document.querySelector('iframe[name=editor-canvas]');
  const page = canvas ? canvas.contentDocument : document;
  const count = wp.data.select('core/block-editor').getBlockCount();
  return page && page.querySelectorAll('[data-block]').length >= count;
}"""
EDITOR_READY = """() => window.wp && wp.data && wp.data.select('core/editor')
  && wp.data.select('core/editor').getCurrentPostId()
  && wp.data.select('core/block-editor').getBlockCount() > 0"""
READ_BLOCKS = """() => {
  const flat = (blocks) => blocks.flatMap((b) => [
    { name: b.name, valid: b.isValid }, ...flat(b.innerBlocks) ]);
  const saved = wp.data.select('core/editor').getCurrentPost().content;
  const raw = typeof saved === 'string' ? saved : saved.raw;
  return {
    blocks: flat(wp.data.select('core/block-editor').getBlocks()),
    unchanged: wp.blocks.serialize(wp.blocks.parse(raw)) === raw,
  };
}"""


class Tab:
    """One browser tab on a site; ``complaints`` collects script errors and failed answers."""

    def __init__(self, page: Page, site: WordPressSite) -> None:
        self.page = page
        self.site = site
        self.complaints: list[str] = []
        page.set_default_timeout(SETTLE_MS)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._on_console)
        page.on("response", self._on_response)

    def login(self, user: str = "admin") -> None:
        """Log in through WordPress's own form."""
        self.page.goto(f"{self.site.url}/wp-login.php", wait_until="domcontentloaded")
        expect(self.page.locator("#user_login")).to_be_focused()  # By a script, a while later.
        self.page.fill("#user_login", user)
        self.page.fill("#user_pass", self.site.users[user].password)
        self.page.click("#wp-submit")
        self.page.wait_for_url("**/wp-admin/**")

    def admin(self, path: str) -> None:
        """Open a screen below /wp-admin/."""
        self.page.goto(f"{self.site.url}/wp-admin/{path}", wait_until="load")

    def edit_post(self, post_id: int) -> None:
        """Open a post in the block editor and close what covers it."""
        self.admin(f"post.php?post={post_id}&action=edit")
        self.page.wait_for_function(EDITOR_READY)
        self.page.evaluate(CLOSE_GUIDES)

    def redraw_around(self, element: Locator) -> None:
        """Tell the page that work has moved, and wait until this element was drawn anew."""
        element.evaluate(MOVE)
        expect(element).not_to_have_attribute("data-old", "yes")

    def blocks(self) -> tuple[list[dict[str, Any]], bool]:
        """Every block of the open editor, and whether saving would leave the markup unchanged."""
        seen = self.page.evaluate(READ_BLOCKS)
        return seen["blocks"], seen["unchanged"]

    def warnings_in_editor(self) -> int:
        """How many "unexpected or invalid content" boxes the editor shows, in any frame."""
        self.page.wait_for_function(EDITOR_DRAWN)
        return sum(frame.locator(".block-editor-warning").count() for frame in self.page.frames)

    def screenshot(self, target: Path) -> Path:
        """Photograph what is visible."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=target)
        return target

    def _on_console(self, message: ConsoleMessage) -> None:
        # A failed answer is told by its response, with its address.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status} {response.url}")


def chromium_path() -> str:
    """The browser's path; MissingError where there is none."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise MissingError("missing on this machine: chromium (run `make setup` as root)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, for the length of a block, that reaches nothing but this machine."""
    path = chromium_path()
    expect.set_options(timeout=SETTLE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab(browser: Browser, site: WordPressSite) -> Iterator[Tab]:
    """A tab with cookies of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        yield Tab(context.new_page(), site)
    finally:
        context.close()
