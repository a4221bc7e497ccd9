"""The plugin's panel beside a post, worked the way a person works it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from tests.lab.browser import Tab
from tests.lab.wordpress_site import WordPressSite

RUN_MS = 90_000
CLASSIC = "<?php add_filter( 'use_block_editor_for_post', '__return_false' );\n"


@contextmanager
def classic(site: WordPressSite) -> Iterator[None]:
    """The editor of before the blocks."""
    switch = site.root / "wp-content/mu-plugins/classic.php"
    switch.write_text(CLASSIC)
    try:
        yield
    finally:
        switch.unlink()


class PostPanel:
    """The panel as a person uses it, whichever editor it stands in."""

    def __init__(self, tab: Tab, post_id: int) -> None:
        self.tab = tab
        self.page: Page = tab.page
        self.post_id = post_id

    @property
    def place(self) -> Locator:
        return self.page.locator(".igny8-panel")

    def open_block(self) -> None:
        self.unfold()
        expect(self.place.get_by_role("heading", name="Text")).to_be_visible()

    def unfold(self) -> None:
        """Open the post in the block editor and press the button in its head."""
        self.tab.edit_post(self.post_id)
        head = self.page.locator(".interface-pinned-items")
        head.get_by_role("button", name="IGNY8", exact=True).click()

    def open_classic(self) -> None:
        self.tab.admin(f"post.php?post={self.post_id}&action=edit")
        expect(self.place.get_by_role("heading", name="Text")).to_be_visible()

    def open_from_list(self, title: str, words: str) -> None:
        """Follow the action in the row of the list of posts; the panel is there and focused."""
        self.tab.admin("edit.php")
        row = self.page.locator("#the-list tr", has_text=title)
        row.hover()
        with self.page.expect_navigation():
            row.get_by_role("link", name=f"{words}: {title}").click()
        expect(self.place.locator(".igny8-panel-part button").first).to_be_focused()

    def press(self, name: str) -> None:
        self.place.get_by_role("button", name=name, exact=True).click()

    def quoted(self, act: str) -> str:
        """Ask for an act; its price."""
        self.press(act)
        quote = self.place.locator(".igny8-quote")
        expect(quote).to_contain_text("credit")
        return quote.inner_text()

    def finish(self) -> None:
        """Wait in the dialog for the end and close it."""
        dialog = self.page.locator("dialog[open]")
        expect(dialog.get_by_text("Finished", exact=True)).to_be_visible(timeout=RUN_MS)
        dialog.get_by_role("button", name="Close").click()

    def work(self, act: str) -> None:
        """Have an act done to its end."""
        self.quoted(act)
        self.press("Start")
        self.finish()

    def take(self) -> None:
        """Put the offered text into the post; the editor comes back with it."""
        self.press("Put into this post")
        with self.page.expect_navigation():
            self.finish()
