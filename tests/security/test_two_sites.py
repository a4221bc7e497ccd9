"""Two sites do whatever comes to mind, in any order: neither ever meets a row of the other.

Hypothesis chooses the steps. After each of them the rows of the site that did nothing are the same
as before, and both sites' lists show and count their own rows and no others.
"""

import uuid
from collections.abc import Callable, Iterator
from contextvars import Context
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import bindparam, select, update

from igny8_flask import site_keys
from igny8_flask.crypto import read_site_key
from igny8_flask.db import Base, db, utcnow
from igny8_flask.models import (
    AITaskLog,
    Cluster,
    Content,
    ContentIdea,
    Delivery,
    Keyword,
    Site,
    SiteKey,
    SiteStatus,
    Task,
    WorkState,
)
from tests.factories import make_content, make_site
from tests.lab.services import Redis
from tests.security.conftest import Teller
from tests.security.ground import Ground, ground

pytestmark = [pytest.mark.redis, pytest.mark.timeout(900)]

SHORT, LONG = (5, 25), (35, 100)  # how many stories, of how many steps
ENDED = {"key_revoked", "key_expired"}

KINDS: dict[str, tuple[type[Any], str]] = {
    "keyword": (Keyword, "/v1/planner/keywords/"),
    "cluster": (Cluster, "/v1/planner/clusters/"),
    "idea": (ContentIdea, "/v1/planner/ideas/"),
    "task": (Task, "/v1/writer/tasks/"),
    "article": (Content, "/v1/writer/content/"),
    "run": (AITaskLog, "/v1/system/tasks/"),
    "delivery": (Delivery, "/v1/publisher/deliveries/"),
}
# What can be done to one row of a kind: method, end of the address, body.
ACTS: dict[str, tuple[tuple[str, str, Any], ...]] = {
    "keyword": (("GET", "", None), ("PATCH", "", {"sector": "Soil"}), ("DELETE", "", None)),
    "cluster": (("GET", "", None), ("PATCH", "", {"sector": "Soil"}), ("DELETE", "", None)),
    "idea": (("GET", "", None), ("PATCH", "", {"word_count": 700}), ("DELETE", "", None)),
    "task": (("GET", "", None), ("PATCH", "", {"word_count": 700}), ("DELETE", "", None)),
    "article": (
        *(("GET", "", None), ("PATCH", "", {"html": "<p>Other words.</p>"}), ("DELETE", "", None)),
        *(("GET", "links/", None), ("PATCH", "links/", {"enabled": False})),
        *(("GET", "versions/", None), ("POST", "versions/1/restore/", None)),
        *(("GET", "proposal/", None), ("POST", "proposal/accept/", {})),
        *(("POST", "refresh/quote/", {}), ("POST", "refresh/", {"instruction": "Shorter."})),
    ),
    "run": (
        ("GET", "status/", None),
        *(("POST", f"{act}/", None) for act in ("cancel", "pause", "resume", "retry")),
    ),
    "delivery": (
        *(("GET", "status/", None), ("GET", "diff/", None), ("POST", "retry/", None)),
        ("POST", "choose/", {"choice": "keep"}),
        ("POST", "receipt/", {"lease": 1, "error": {"code": "x"}}),
        ("POST", "media/", {"lease": 1, "media": []}),
    ),
}
# Where rows are chosen by ids in a body.
CHOICES: dict[str, tuple[tuple[str, Callable[[list[str]], Any]], ...]] = {
    "keyword": (("/v1/planner/keywords/auto_cluster/", lambda ids: {"ids": ids}),),
    "cluster": (
        ("/v1/planner/clusters/auto_generate_ideas/", lambda ids: {"ids": ids}),
        (
            "/v1/planner/ideas/",
            lambda ids: {"items": [{"title": "x", "cluster_id": one} for one in ids]},
        ),
        (
            "/v1/planner/keywords/",
            lambda ids: {"items": [{"keyword": one, "cluster_id": one} for one in ids]},
        ),
    ),
    "idea": (("/v1/planner/ideas/create_tasks/", lambda ids: {"ids": ids}),),
    "task": (
        ("/v1/writer/tasks/auto_generate_content/", lambda ids: {"ids": ids}),
        ("/v1/writer/tasks/auto_generate_images/", lambda ids: {"ids": ids}),
        ("/v1/system/estimate/", lambda ids: {"function": "generate_content", "ids": ids}),
    ),
    "article": (
        ("/v1/publisher/publish/", lambda ids: {"ids": ids}),
        ("/v1/publisher/trash/", lambda ids: {"ids": ids}),
        ("/v1/publisher/links/remove/", lambda ids: {"ids": ids}),
        (
            "/v1/publisher/schedule/",
            lambda ids: {"content_id": ids[-1], "publish_at": "2031-01-01T10:00:00"},
        ),
    ),
}
NEW: dict[str, Callable[[str], dict[str, Any]]] = {
    "keyword": lambda words: {"keyword": words},
    "cluster": lambda words: {"name": words},
    "idea": lambda words: {"title": words},
    "task": lambda words: {"title": words},
}
ROWS = [
    (table, select(table).where(table.c.site_id == bindparam("site")))
    for table in Base.metadata.sorted_tables
    if "site_id" in table.c
]
WORDS = st.sampled_from(["soil", "compost", "worms"])
WHO = st.integers(0, 1)
NUMBER = st.integers(0, 11)


@dataclass(frozen=True)
class Row:
    """A row that exists, or did."""

    owner: int
    kind: str
    id: str

    def address(self, row_id: str | None = None) -> str:
        return f"{KINDS[self.kind][1]}{row_id or self.id}/"


@dataclass
class Side:
    """One site, its keys that work and those that have ended, and everything it had last."""

    site: Site
    live: list[str]
    ended: list[str] = field(default_factory=list)
    rows: dict[str, dict[str, str]] = field(default_factory=dict)

    def ids(self, kind: str) -> set[str]:
        return set(self.rows[KINDS[kind][0].__tablename__])


class TwoSites(RuleBasedStateMachine):
    """Each rule ends with ``_after``, which keeps what the site that acted has now."""

    place: Ground
    steps = 0
    number = 0
    rows = Bundle("rows")

    @initialize(target=rows, sisters=st.booleans())
    def begin(self, sisters: bool) -> Any:
        """Both sites have a row of each kind."""
        first = make_site()
        second = make_site(first.site.account if sisters else None)
        self.sides = [Side(one.site, [one.key]) for one in (first, second)]
        for who, side in enumerate(self.sides):
            self._use_key(who)
            for kind, item in NEW.items():
                self.ask(who, "POST", KINDS[kind][1], {"items": [item("first")]})
            ids = {"ids": [str(make_content(side.site, title="first").id)]}
            self.ask(who, "POST", "/v1/publisher/publish/", ids)
            task = rows_of(side.site)["task"]
            self.ask(who, "POST", "/v1/writer/tasks/auto_generate_content/", {"ids": [*task]})
        return multiple(*(row for who in range(2) for row in self._after(who).values))

    def ask(
        self, who: int, method: str, path: str, body: Any = None, *, key: str = "", **more: str
    ) -> Any:
        side = self.sides[who]
        headers = {
            "Authorization": f"Bearer {key or side.live[-1]}",
            "X-Igny8-Site": str(side.site.site_uuid),
            "X-Igny8-Home": side.site.url,
            "X-Request-ID": "the-same-for-all",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        client = self.place.app.test_client()
        answer = Context().run(client.open, path, method=method, json=body, headers=headers)
        assert answer.status_code < 500, f"{method} {path}: {answer.text}"
        return answer

    @rule(target=rows, who=WHO, kind=st.sampled_from(sorted(NEW)), words=WORDS)
    def add(self, who: int, kind: str, words: str) -> Any:
        """Both sites use the same words and the same Idempotency-Key: each has rows of its own."""
        body = {"items": [NEW[kind](words)]}
        key = f"the-same-key-of-both-{kind}-{words}"
        self.ask(who, "POST", KINDS[kind][1], body, Idempotency_Key=key)
        return self._after(who)

    @rule(target=rows, who=WHO, words=WORDS)
    def write(self, who: int, words: str) -> Any:
        make_content(self.sides[who].site, title=words)
        return self._after(who)

    @rule(target=rows, who=WHO, row=rows, number=NUMBER)
    def act(self, who: int, row: Row, number: int) -> Any:
        """One row by its address: the own one, a foreign one, or one that is gone."""
        method, end, body = ACTS[row.kind][number % len(ACTS[row.kind])]
        is_own = row.id in self.sides[who].ids(row.kind)
        answer = self.ask(who, method, row.address() + end, body)
        if not is_own:
            never = self.ask(who, method, row.address(str(uuid.uuid4())) + end, body)
            assert told(answer) == told(never)
            assert answer.json["code"] == "not_found"
        elif method in ("PATCH", "GET") and not end:
            assert answer.status_code == 200, answer.text
        return self._after(who)

    @rule(target=rows, who=WHO, row=rows, others=st.lists(rows, max_size=2), number=NUMBER)
    def choose(self, who: int, row: Row, others: list[Row], number: int) -> Any:
        """Rows by ids in a body, foreign ones among own ones."""
        places = CHOICES.get(row.kind)
        if places is None:
            return multiple()
        path, body_of = places[number % len(places)]
        own = self.sides[who].ids(row.kind)
        ids = list(dict.fromkeys(one.id for one in (*others, row) if one.kind == row.kind))
        answer = self.ask(who, "POST", path, body_of(ids))
        known = own.issuperset(ids[-1:] if "schedule" in path else ids)
        if not known:
            never = [one if one in own else str(uuid.uuid4()) for one in ids]
            assert told(answer) == told(self.ask(who, "POST", path, body_of(never)))
            assert answer.status_code >= 400
        return self._after(who)

    @rule(who=WHO, row=rows, number=NUMBER)
    def poll(self, who: int, row: Row, number: int) -> None:
        """With the ETag that the owner knows: most such polls are answered from Redis alone."""
        if row.kind not in ("run", "delivery") or row.id not in self.sides[row.owner].ids(row.kind):
            return
        end = "status/"
        etag = self.ask(row.owner, "GET", row.address() + end).headers["ETag"]
        known = {"If_None_Match": etag}
        answer = self.ask(who, "GET", row.address() + end, **known)
        if who == row.owner:
            assert answer.status_code == 304
        else:
            never = self.ask(who, "GET", row.address(str(uuid.uuid4())) + end, **known)
            assert told(answer) == told(never)
        for key in self.sides[row.owner].ended[-number:]:
            refused = self.ask(row.owner, "GET", row.address() + end, key=key, **known)
            assert refused.status_code == 401

    @rule(row=rows)
    def fail(self, row: Row) -> None:
        """A run or a delivery ends badly, so that it can be tried again."""
        if row.kind in ("run", "delivery"):
            model, owner = KINDS[row.kind][0], self.sides[row.owner].site
            where = (model.id == uuid.UUID(row.id), model.site_id == owner.id)
            db.session.execute(update(model).where(*where).values(state=WorkState.FAILURE))
            db.session.commit()
        self._after(row.owner)

    @rule(who=WHO, number=NUMBER)
    def rotate(self, who: int, number: int) -> None:
        """The key that asked and the new one go on, all others end."""
        side = self.sides[who]
        presented = side.live[number % len(side.live)]
        answer = self.ask(who, "POST", "/v1/sites/rotate_key/", key=presented)
        assert answer.status_code == 200, answer.text
        side.ended += [key for key in side.live if key != presented]
        side.live = [presented, answer.json["site_key"]]
        self._use_key(who)
        self._after(who)

    @rule(who=WHO, number=NUMBER, expires=st.booleans())
    def end(self, who: int, number: int, expires: bool) -> None:
        """The operator revokes a key, or its time is over."""
        side = self.sides[who]
        key = side.live.pop(number % len(side.live))
        public_id = read_site_key(key).public_id
        if expires:
            past = utcnow() - timedelta(seconds=1)
            one = SiteKey.public_id == public_id
            db.session.execute(update(SiteKey).where(one).values(expires_at=past))
            db.session.commit()
            self.place.app.extensions["igny8"].cache.drop_callers([public_id])
        else:
            site_keys.revoke(public_id)
        side.ended.append(key)
        self._renew(who)

    @rule(who=WHO)
    def disconnect(self, who: int) -> None:
        side = self.sides[who]
        assert self.ask(who, "DELETE", "/v1/sites/me/").status_code == 200
        side.ended += side.live
        side.live = []
        self._renew(who)

    @rule(who=WHO, row=rows, number=NUMBER)
    def knock(self, who: int, row: Row, number: int) -> None:
        """A key that has ended opens nothing, whosever the row is."""
        ended = self.sides[who].ended
        if ended:
            method, end, body = ACTS[row.kind][number % len(ACTS[row.kind])]
            key = ended[number % len(ended)]
            answer = self.ask(who, method, row.address() + end, body, key=key)
            assert (answer.status_code, answer.json["code"] in ENDED) == (401, True), answer.text
        self._same(self.sides[who])

    @invariant()
    def nobody_meets_the_other(self) -> None:
        """The site that rested has what it had; lists show and count own rows and no others."""
        type(self).steps += 1
        self.number += 1
        self._same(self.sides[1 - self.acting])
        kind = list(KINDS)[self.number % len(KINDS)]
        for who, side in enumerate(self.sides):
            answer = self.ask(who, "GET", f"{KINDS[kind][1]}?page_size=100").json
            shown = {str(row.get("id") or row["task_id"]) for row in answer["results"]}
            assert shown <= side.ids(kind)
            assert answer["count"] == len(side.ids(kind))

    def _same(self, side: Side) -> None:
        assert rows_of(side.site) == side.rows

    def _use_key(self, who: int) -> None:
        """The first use of a key is noted, later ones are not."""
        assert self.ask(who, "GET", "/v1/sites/me/").status_code == 200

    def _renew(self, who: int) -> None:
        """The operator gives a site that has no key left a new one."""
        side = self.sides[who]
        if not side.live:
            side.site.status = SiteStatus.CONNECTED
            side.live = [site_keys.issue(side.site)]
            db.session.commit()
            self._use_key(who)
        self._after(who)

    def _after(self, who: int) -> Any:
        """Look at what the site has now; the rows that are new are for later steps."""
        side, self.acting = self.sides[who], who
        before, side.rows = side.rows, rows_of(side.site)
        tables = {kind: model.__tablename__ for kind, (model, _) in KINDS.items()}
        return multiple(
            *(
                Row(who, kind, one)
                for kind, table in tables.items()
                for one in sorted(side.rows[table].keys() - before.get(table, {}).keys())
            )
        )


def rows_of(site: Site) -> dict[str, dict[str, str]]:
    """Everything that a site has: table, id, row."""
    with db.engine.connect() as connection:
        return {
            table.name: {
                str(getattr(row, "id", row)): repr(row)
                for row in connection.execute(rows, {"site": site.id})
            }
            for table, rows in ROWS
        }


def told(answer: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything that an answer says."""
    return answer.status_code, answer.data, sorted(answer.headers)


def play(place: Ground, stories: int, steps: int, anew: bool) -> int:
    """So many stories of so many steps, new ones or always the same; how many were checked."""
    machine = type("TwoSitesHere", (TwoSites,), {"place": place, "steps": 0})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=not anew,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink)[: 1 + anew],  # a short story needs no shrinking
        ),
    )
    return int(machine.steps)  # type: ignore[attr-defined]


@pytest.fixture
def meeting(redis_server: Redis) -> Iterator[Ground]:
    """An application with a real Redis, so that remembered callers and statuses are met too."""
    redis_server.client.flushall()
    with ground(IGNY8_SITE_WRITES="1000000000", REDIS_URL=redis_server.url) as made:
        yield made


def test_no_site_ever_meets_a_row_of_the_other(meeting: Ground, full: bool, tell: Teller) -> None:
    steps = play(meeting, *(LONG if full else SHORT), anew=full)
    assert steps > (2000 if full else 60)
    tell("T9 steps of two sites, 0 foreign rows met", f"{steps:,}")
