"""The plugin's screens in wp-admin, worked the way a person works them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Response, expect

from tests.lab.browser import Tab
from tests.lab.site_api import SiteApi
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

CONNECT_MS = 60_000
NOTE_BAR = """bar => {
  window.igny8Bar = [];
  const note = () => window.igny8Bar.push(100 * bar.value / bar.max);
  new MutationObserver(note).observe(bar, { attributes: true });
  note();
}"""
CLUSTER = {"name": "Compost", "description": "How kitchen scraps become soil."}
IDEA = {
    "title": "Compost at home, step by step",
    "description": "A calm introduction for people with a small garden.",
    "target_keywords": ["compost at home"],
    "outline": [{"heading": "What goes in", "key_points": ["greens", "browns"]}],
    "word_count": 800,
}


class AdminScreens:
    """Connect, add a task, press Generate content, watch the dialog."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.page = tab.page

    def connect(self, code: str) -> None:
        """Paste the code on the Settings screen, confirm whose it is, wait for the connection."""
        self.tab.admin("admin.php?page=igny8-settings")
        self.page.get_by_label("Connect code").fill(code)
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Connect").click()
        expect(self.page.locator("#igny8-connection")).to_be_visible(timeout=CONNECT_MS)

    def add_task(self, title: str, keywords: str) -> None:
        """Fill in the form for a new task; wait for its row and for the focus back in the form."""
        self.open_tasks()
        self.page.get_by_role("button", name="Add task").first.click()
        form = self.page.locator("#igny8-new-task")
        form.get_by_label("Title").fill(title)
        form.get_by_label("Keywords").fill(keywords)
        form.get_by_role("button", name="Add task").click()
        expect(self.row(title)).to_be_visible()
        expect(form.get_by_label("Title")).to_be_focused()

    def open_tasks(self) -> None:
        """The Tasks screen."""
        self.tab.admin("admin.php?page=igny8-tasks")

    def row(self, title: str) -> Locator:
        """The row of a task."""
        return self.page.locator("tr").filter(has_text=title)

    def button(self, title: str) -> Locator:
        """The button Generate content in a task's row."""
        return self.row(title).locator("button.button", has_text="Generate content")

    def press_generate(self, title: str) -> str:
        """Press Generate content in a task's row; the id of the run that started."""
        with self.page.expect_response(_starts_a_run) as started:
            self.button(title).click()
        answer: dict[str, Any] = started.value.json()
        return str(answer["task_id"])

    @property
    def dialog(self) -> Locator:
        """The open progress dialog."""
        return self.page.locator("dialog[open]")

    def watch_bar(self) -> None:
        """Note wherever the bar of the dialog stands from now on."""
        self.dialog.locator("progress").evaluate(NOTE_BAR)

    def places_of_bar(self) -> list[float]:
        """Where the bar has stood, in percent."""
        places: list[float] = self.page.evaluate("window.igny8Bar")
        return places

    def photograph(self, target: Path) -> None:
        """Photograph what is visible, from the top of the page."""
        self.page.evaluate("window.scrollTo(0, 0)")
        self.tab.screenshot(target)

    def photograph_post(self, link: str, target: Path) -> None:
        """Photograph a post on the front end as a visitor sees it."""
        visitor = self.page.context.browser
        assert visitor is not None
        page = visitor.new_page(viewport={"width": 1280, "height": 1400})
        page.goto(link, wait_until="load")
        target.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=target)
        page.close()

    def idle(self, seconds: float) -> None:
        """Wait while the page goes on living."""
        self.page.wait_for_timeout(seconds * 1000)


def fill_every_list(api: SiteApi, admin: AdminSession) -> None:
    """One row at least on every list: keywords, a cluster, an idea, a task, an article, an image.

    Nothing happens where the lists are filled already.
    """
    if api.call("GET", "/v1/writer/images/")["count"]:
        return
    (cluster,) = api.call("POST", "/v1/planner/clusters/", {"items": [CLUSTER]})["results"]
    keywords = [
        {"keyword": "raised bed soil", "volume": 900, "difficulty": 20, "intent": "informational"},
        {"keyword": "compost at home", "volume": 1200, "cluster_id": cluster["id"]},
    ]
    api.call("POST", "/v1/planner/keywords/", {"items": keywords})
    ideas = [{**IDEA, "cluster_id": cluster["id"]}, {"title": "Worms, and what they do"}]
    made = api.call("POST", "/v1/planner/ideas/", {"items": ideas})["results"]
    tasks = api.call("POST", "/v1/planner/ideas/create_tasks/", {"ids": [made[0]["id"]]})
    admin.outcome(admin.generate(tasks["results"][0]["id"], images=True, publish=True))


@contextmanager
def reading(site: WordPressSite, direction: str) -> Iterator[None]:
    """wp-admin in a language of this direction, without its words."""
    switch = site.root / "wp-content/mu-plugins/direction.php"
    switch.write_text(f"<?php $GLOBALS['text_direction'] = '{direction}';\n")
    try:
        yield
    finally:
        switch.unlink()


def _starts_a_run(response: Response) -> bool:
    path: str = response.url.split("?")[0]
    return path.endswith("/igny8/v1/runs") and response.request.method == "POST"
