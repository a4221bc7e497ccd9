"""Overhead: from the click to the published post, against a script that makes the same two calls.

Both use the sandbox provider and a real WordPress through the plugin's route. The script has no
queue, no database and no checks: one request to the model, the normalizer, one request to the site.
"""

import itertools
import json
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import requests

from bench import part
from bench.report import Section, Spread
from igny8_flask import create_app, documents, site_settings
from igny8_flask.ai.functions.generate_content import SCHEMA
from igny8_flask.ai.registry import get_function_instance
from igny8_flask.config import Settings
from igny8_flask.content import normalize
from igny8_flask.db import db
from igny8_flask.models import Account, Content, Site, Task
from igny8_flask.services import current
from tests.factories import operating
from tests.lab.places import PLUGIN
from tests.lab.processes import wait_until
from tests.lab.site_api import SiteApi
from tests.lab.stack import SANDBOX_KEY, Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

TITLE = "How to prune an apple tree, number {n}"
WORDS = 600
KINDS = ("fork", "threads")
NUMBERS = itertools.count(1)
GOALS = {0: 1.3, 2: 1.05}
ENDED = "select state, error, finished_at from delivery order by id desc limit 1"
STAGES = """
select r.created_at as accepted, r.queued_at as run_queued, r.started_at as run_started,
       r.finished_at as run_ended, d.queued_at as post_queued, d.started_at as post_started,
       d.finished_at as post_ended
from ai_task_log r join delivery d on d.id = r.next_id order by r.id desc limit 1
"""
NAMES = {
    "accept": ("clicked", "accepted"),
    "run waits for the dispatcher": ("accepted", "run_queued"),
    "run waits for a worker": ("run_queued", "run_started"),
    "run (provider, parse, save)": ("run_started", "run_ended"),
    "post waits for the dispatcher": ("run_ended", "post_queued"),
    "post waits for a worker": ("post_queued", "post_started"),
    "post (WordPress, receipt)": ("post_started", "post_ended"),
}


class Click:
    """The product: one POST to the API; the rest is its own doing."""

    def __init__(self, stack: Stack, site: WordPressSite) -> None:
        self.stack = stack
        self.api = SiteApi(stack.api_url, site)
        rules = {"status": "publish", "moderation": False}
        self.api.call("PATCH", "/v1/system/settings/", {"publishing": rules})
        self.stages: list[dict[str, float]] = []

    def __call__(self, number: int) -> float:
        """Seconds from the click to the end of the delivery, by its own time stamps."""
        item = {"title": TITLE.format(n=number), "word_count": WORDS}
        task = self.api.call("POST", "/v1/writer/tasks/", {"items": [item]})["results"][0]
        body = {"ids": [task["id"]], "options": {"images": False, "publish": True}}
        known = self._count()
        clicked = time.time()
        self.api.call("POST", "/v1/writer/tasks/auto_generate_content/", body)
        wait_until(lambda: self._count() > known, 30, "a delivery", pause=0.05)
        wait_until(lambda: self._last()["state"] in ("success", "failure"), 30, "a post", 0.05)
        last = self._last()
        if last["state"] != "success":
            raise RuntimeError(f"no post: {last['error']}")
        return self._note(clicked)

    def _count(self) -> int:
        return int(self.stack.rows("select count(*) as n from delivery")[0]["n"])

    def _last(self) -> dict[str, Any]:
        return self.stack.rows(ENDED)[0]

    def _note(self, clicked: float) -> float:
        moments = {name: _unix(text) for name, text in self.stack.rows(STAGES)[0].items()}
        moments["clicked"] = clicked
        self.stages.append({name: moments[b] - moments[a] for name, (a, b) in NAMES.items()})
        return moments["post_ended"] - clicked


class Script:
    """The straight way: the same prompt, the same document, nothing else."""

    def __init__(self, stack: Stack) -> None:
        self.base = stack.env["OPENAI_BASE_URL"]
        app = create_app(Settings.from_env(stack.env))
        with operating(app):
            site = db.session.query(Site).one()
            secret = current().secrets.open(
                site.wp_password_sealed or "", site.seal_context("wp_password_sealed")
            )
            self.login = (str(site.wp_username), secret)
            self.rest = str(site.rest_url)
            self.rules = site_settings.read(site)["publishing"]
            self.abilities = (site.connection or {}).get("site", {})
            self.model = current().settings.default_ai_model
            self.messages = self._messages(site)
            db.engine.dispose()
        self.http = requests.Session()

    def _messages(self, site: Site) -> list[dict[str, str]]:
        """The prompt that the product would send for the same task."""
        fn = get_function_instance("generate_content")
        owner = {"account_id": site.account_id, "site_id": site.id}
        task = Task(**owner, title=TITLE, word_count=WORDS)
        db.session.add(task)
        db.session.commit()
        account = db.session.get_one(Account, site.account_id)
        asked = {"site_id": site.id, "ids": [task.id], "options": {}}
        prompt = fn.build_prompt(fn.prepare(asked, account), account)
        return [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]

    def __call__(self, number: int) -> float:
        """Seconds from nothing to the published post."""
        begun = time.perf_counter()
        article = json.loads(self._ask(number))
        clean = normalize(article["content"])
        content = Content(
            title=article["title"],
            html=clean.html,
            excerpt=article["excerpt"],
            terms={"categories": article["categories"], "tags": article["tags"]},
            seo={},
            provenance={},
        )
        document = documents.build(content, [], {}, self.rules, self.abilities)
        url = f"{self.rest}igny8/v1/content/{uuid.uuid4()}"
        reply = self.http.put(url, json=document, auth=self.login, timeout=60)
        reply.raise_for_status()
        return time.perf_counter() - begun

    def _ask(self, number: int) -> str:
        schema = {"name": "generate_content", "schema": SCHEMA, "strict": True}
        body = {
            "model": self.model,
            "messages": [
                {**message, "content": message["content"].replace("{n}", str(number))}
                for message in self.messages
            ],
            "max_completion_tokens": 16_000,
            "stream": True,
            "response_format": {"type": "json_schema", "json_schema": schema},
        }
        headers = {"Authorization": f"Bearer {SANDBOX_KEY}"}
        url = f"{self.base}/chat/completions"
        with self.http.post(url, json=body, headers=headers, stream=True, timeout=60) as reply:
            reply.raise_for_status()
            pieces = []
            for line in reply.iter_lines(chunk_size=65_536):
                if line.startswith(b"data: {"):
                    choices = json.loads(line[6:])["choices"]
                    pieces += [choice["delta"].get("content") or "" for choice in choices]
        return "".join(pieces)


def measure(quick: bool) -> Sequence[Section]:
    """Both ways in turn, so that whatever else the machine does meets both."""
    section = Section(
        "Overhead: click to published post",
        "From the POST of *Generate content* to the end of the delivery (real WordPress 7.1 on the"
        " SQLite drop-in, Redis, API, dispatcher, 2 workers, SQLite), against a script that"
        " calls the same provider and the same plugin route. Both publish an article of"
        f" {WORDS} words without pictures; the two ways take turns.",
        ("provider's delay", "workers", "product, s", "script, s", "ratio", "rounds"),
    )
    with ExitStack() as cleanup:
        site = cleanup.enter_context(WordPressSite.up(plugin=PLUGIN))
        stack = cleanup.enter_context(Stack.up([site], settings={"IGNY8_SITE_SLOTS": "10"}))
        AdminSession(site).connect(stack.connect_code(site.url))
        click, script = Click(stack, site), Script(stack)
        for kind in KINDS[:1] if quick else KINDS:
            stack.env["IGNY8_WORKER_KIND"] = kind
            stack.replace_worker()
            for delay, rounds in ((0, 3 if quick else 15), (2, 1 if quick else 6)):
                stack.sandbox_provider.pace(str(delay) if delay else "test")
                _warm(click, script)
                click.stages.clear()
                _compare(section, kind, delay, rounds, click, script)
                if delay == 0:
                    section.notes += _where(kind, click.stages)
    section.notes.append(
        "Not measured: a site far away, pictures, the provider's moderation (switched off here),"
        " PostgreSQL."
    )
    return [section]


def _warm(*ways: Callable[[int], float]) -> None:
    for way in ways:
        way(next(NUMBERS))


def _compare(
    section: Section, kind: str, delay: int, rounds: int, click: Click, script: Script
) -> None:
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(script(next(NUMBERS)))
        ours.append(click(next(NUMBERS)))
    ratio = Spread.of(ours).median / Spread.of(theirs).median
    told = (str(Spread.of(ours)), str(Spread.of(theirs)), f"{ratio:.2f}", str(rounds))
    section.rows.append((f"{delay} s", kind, *told))
    words = f"at {delay} s at most {GOALS[delay]} ×, {kind}"
    section.goal(words, f"{ratio:.2f} ×", ratio <= GOALS[delay])


def _where(kind: str, stages: Sequence[dict[str, float]]) -> list[str]:
    """Where the time of the product went at no delay, by the rows' own time stamps."""
    told = [
        f"{name} {Spread.of(stage[name] for stage in stages).median * 1000:.0f} ms"
        for name in NAMES
    ]
    return [f"At 0 s with {kind}, median of each stage: " + "; ".join(told) + "."]


def _unix(text: str) -> float:
    return datetime.fromisoformat(f"{text}+00:00").timestamp()


if __name__ == "__main__":
    part.run(measure)
