"""The main job once, end to end, on a real WordPress: ``make demo``."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError

from tests.lab.admin_screens import AdminScreens
from tests.lab.browser import chromium, tab
from tests.lab.leftovers import sweep
from tests.lab.places import EXIT_MISSING, PLUGIN, REPO, LabError, MissingError
from tests.lab.site_api import SiteApi
from tests.lab.stack import Stack, product_settings
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession, Status

SITE = "The Houseplant Journal"
TITLE = "How to repot a houseplant, step by step"
KEYWORDS = ["repot a houseplant", "potting mix", "root bound plant", "when to repot"]
OPTIONS = {"images": True, "publish": True}
RUN_SECONDS = 600
MIDWAY = 45
BAR = 32
STAGES = {"generate_content": "Article", "generate_images": "Picture", "publish": "Post"}
HERE = REPO / "instance/demo"


class Demo:
    """One demonstration: its folder, its processes, and what it cost so far."""

    def __init__(self, cleanup: ExitStack, folder: Path, pictures: Path) -> None:
        self.pictures = pictures
        self.cost: dict[str, float | None] = {}
        self.sandbox = False
        self.pictured = False
        providers = real_provider(os.environ)
        with step("WordPress 7.1 with the plugin"):
            self.site = cleanup.enter_context(WordPressSite.up(plugin=PLUGIN, title=SITE))
        with step("Redis, database, API, workers" + ("" if providers else ", sandbox provider")):
            options = {"folder": folder, "latency": "demo", "providers": providers}
            self.stack = cleanup.enter_context(Stack.up([self.site], **options))

    def main_job(self, cleanup: ExitStack) -> Status:
        """Connect, create a task, press the button, wait for the post; the last status."""
        screens = self._screens(cleanup)
        code = self.stack.connect_code(self.site.url)
        session = AdminSession(self.site)
        with step(f"Connecting the site {'in wp-admin' if screens else 'over its REST route'}"):
            screens.connect(code) if screens else session.connect(code)
        SiteApi(self.stack.api_url, self.site).publish_at_once()
        task = session.create_task(TITLE, keywords=KEYWORDS)
        print(f"  Generate content: {TITLE}")
        if screens is None:
            return self._watch(session.statuses(session.generate(task, **OPTIONS), RUN_SECONDS))
        return self._press_and_watch(screens, session)

    def report(self, last: Status) -> None:
        """Say where the post is, how to get in, and what it cost."""
        admin = self.site.users["admin"]
        known = [cost for cost in self.cost.values() if cost is not None]
        money = f"${sum(known):.4f}"
        if len(known) < len(self.cost):
            money += " plus calls whose price is unknown"
        if self.sandbox:
            money += " by the price list; the sandbox charged nothing"
        print(f"\n  Post    {last['result']['link']}")
        print(f"  Admin   {self.site.url}/wp-admin/   {admin.login} / {admin.password}")
        print(f"  API     {self.stack.api_url}")
        print(f"  Cost    {money}")
        if self.pictured:
            print(f"  Shots   {self.pictures}")
        print(flush=True)

    def serve(self) -> None:
        """Keep everything up until Ctrl-C; LabError when a part dies."""
        print("  Serving until Ctrl-C.", flush=True)
        parts = [self.site.server, self.stack.api, self.stack.worker, self.stack.redis.process]
        while True:
            for part in parts:
                if part is not None and not part.alive:
                    raise LabError(f"{part.name} ended; its log ends:\n{part.tail()}")
            time.sleep(1)

    def _screens(self, cleanup: ExitStack) -> AdminScreens | None:
        try:
            browser = cleanup.enter_context(chromium())
        except MissingError as missing:
            print(f"  No browser, so no screenshots: {missing}")
            return None
        opened = cleanup.enter_context(tab(browser, self.site))
        opened.login()
        return AdminScreens(opened)

    def _press_and_watch(self, screens: AdminScreens, session: AdminSession) -> Status:
        """The button in the browser, photographed before, midway and after."""
        screens.open_tasks()
        screens.photograph(self.pictures / "demo-tasks.png")
        run = screens.press_generate(TITLE)
        last = self._watch(self._midway(screens, session.statuses(run, RUN_SECONDS, screens.idle)))
        screens.photograph_post(last["result"]["link"], self.pictures / "demo-post.png")
        self.pictured = True
        return last

    def _midway(self, screens: AdminScreens, statuses: Iterator[Status]) -> Iterator[Status]:
        waiting = True
        for status in statuses:
            yield status
            if waiting and status["percentage"] >= MIDWAY:
                screens.photograph(self.pictures / "demo-progress.png")
                waiting = False

    def _watch(self, statuses: Iterable[Status]) -> Status:
        last: Status = {}
        for last in statuses:
            show_progress(last)
            self.sandbox = self.sandbox or bool(last.get("sandbox"))
            if last["function"] != "publish":
                self.cost[last["task_id"]] = last["cost_usd"]
        if sys.stdout.isatty():
            print()
        if last["state"] != "SUCCESS":
            reason = last.get("error") or last.get("message")
            raise LabError(f"no post: {reason} ({last.get('code') or last['state']})")
        return last


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print a step and how long it took."""
    print(f"  {what} ", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("✗", flush=True)
        raise
    print(f"✓ {time.monotonic() - started:.1f} s", flush=True)


def show_progress(status: Status) -> None:
    """Draw the bar: over itself in a terminal, line by line in a log."""
    percentage = int(status.get("percentage") or 0)
    bar = "█" * (percentage * BAR // 100)
    stage = STAGES.get(status["function"], status["function"])
    words = status.get("message") or status["state"]
    line = f"  {stage:8} {bar:░<{BAR}} {percentage:3d} %  {words}"
    if sys.stdout.isatty():
        print(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)
    else:
        print(line, flush=True)


def real_provider(environ: Mapping[str, str]) -> dict[str, str] | None:
    """The caller's settings where they name a provider; None means the sandbox."""
    if not (environ.get("OPENAI_API_KEY") or environ.get("OPENAI_BASE_URL")):
        return None
    settings = product_settings(environ)
    settings.pop("IGNY8_SANDBOX_URL", None)
    address = urlsplit(settings.get("OPENAI_BASE_URL", ""))
    if address.hostname:  # named on purpose, so it may be a machine of one's own
        port = address.port or (443 if address.scheme == "https" else 80)
        allowed = [settings.get("IGNY8_ALLOW_PRIVATE", ""), f"{address.hostname}:{port}"]
        settings["IGNY8_ALLOW_PRIVATE"] = ",".join(filter(None, allowed))
    return settings


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(*, once: bool, pictures: Path) -> None:
    """The whole demonstration; LabError with the reason when there is no post."""
    HERE.mkdir(parents=True, exist_ok=True)
    sweep(HERE.glob("run-*"))
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=HERE))
    try:
        with ExitStack() as cleanup:
            demo = Demo(cleanup, folder, pictures)
            demo.report(demo.main_job(cleanup))
            if not once:
                demo.serve()
    except (LabError, PlaywrightError):
        print(f"  The logs are in {folder}", file=sys.stderr)
        raise
    except KeyboardInterrupt:
        shutil.rmtree(folder)
        raise
    shutil.rmtree(folder)


def main() -> int:
    """Parse the command line, run, and turn failures into one line and an exit code."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="exit when the post stands")
    parser.add_argument("--screenshots", action="store_true", help="renew docs/screenshots")
    chosen = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    pictures = REPO / "docs/screenshots" if chosen.screenshots else HERE / "screenshots"
    try:
        run(once=chosen.once, pictures=pictures)
    except KeyboardInterrupt:
        print("\n  Stopped.")
        return 130 if chosen.once else 0
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return EXIT_MISSING
    except (LabError, PlaywrightError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
