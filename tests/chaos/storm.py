"""The storms: kills at named points, a Redis, database, provider and WordPress that fail."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.chaos.case import Case, p95
from tests.chaos.ground import LIVE, Ground
from tests.lab.fault_proxy import FAULTS
from tests.lab.processes import signal_all, wait_until

WEB = "API while it accepts"
KEPT_LIVE = 12  # articles on their way while faults strike
WAIT_S = 6.0  # a point that is not met this long is passed over
PAUSE_S = 0.002
BETWEEN_S = 0.4
LEAD = 1  # kills that a point may be ahead of the others, so that work gets past it
RARELY = 14  # every so many turns a point whose victims take long to start again
ACCEPT_S, STARTED_S, NEVER_STARTED_S = 1.5, 30, 120
CLIENTS, HUNG_S = 50, 15
ASKED = 12  # articles asked for during an outage, about
STRUCK = 4  # connections that each fault of a line shall meet


@dataclass(frozen=True)
class Point:
    """A moment in the life of the work, and what is killed then."""

    name: str
    table: str
    function: str
    phase: str
    kill: Callable[[Ground], int]

    @property
    def moment(self) -> tuple[str, str, str]:
        """What ``Storm`` sees in the database then."""
        return self.table, self.function, self.phase


def _points() -> list[Point]:
    horse, runs = Ground.kill_horses, "ai_task_log"
    of_text = [
        Point(f"article in {phase}", runs, "generate_content", phase, horse)
        for phase in ("INIT", "PREP", "AI_CALL", "PARSE", "SAVE")
    ]
    of_images = [
        Point(f"images in {phase}", runs, "generate_images", phase, horse)
        for phase in ("PREP", "AI_CALL", "SAVE")
    ]
    of_delivery = [
        Point(f"delivery in {phase}", "delivery", "", phase, horse)
        for phase in ("PREP", "AI_CALL", "SAVE")
    ]
    return [
        *of_text,
        *of_images,
        *of_delivery,
        Point("worker during an article", runs, "generate_content", "AI_CALL", Ground.kill_worker),
        Point("worker during images", runs, "generate_images", "AI_CALL", Ground.kill_worker),
        Point("whole host", runs, "generate_content", "AI_CALL", Ground.kill_host),
        Point("dispatcher", runs, "generate_content", "AI_CALL", Ground.kill_dispatcher),
        Point(WEB, runs, "generate_content", "AI_CALL", Ground.kill_api),
    ]


POINTS = _points()
SLOW = ("whole host", "dispatcher", WEB)


@dataclass
class Storm:
    """Counts what struck."""

    ground: Ground
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    accepted_s: list[float] = field(default_factory=list)  # while Redis was away or frozen
    asked_locked: list[tuple[int, float]] = field(default_factory=list)
    starts_s: list[float] = field(default_factory=list)  # from Redis's return to the first start
    ends: Counter[str] = field(default_factory=Counter)  # all work by its last state
    _number: int = 0

    @property
    def killed(self) -> Counter[str]:
        """The kills of what works, without those of the API."""
        return Counter({name: count for name, count in self.kills.items() if name != WEB})

    def note_ends(self) -> None:
        """Count runs and deliveries by their state."""
        for kind, table in (("run", "ai_task_log"), ("delivery", "delivery")):
            sql = f"select state, count(*) as rows from {table} group by state"
            self.ends.update(
                {f"{kind}: {row['state']}": row["rows"] for row in self.ground.rows(sql)}
            )

    def feed(self) -> None:
        """Keep some articles on their way."""
        sql = (
            "select count(*) as live from ai_task_log where function_name = 'generate_content'"
            f" and state in {LIVE}"
        )
        while self.ground.rows(sql)[0]["live"] < KEPT_LIVE:
            self._number += 1
            self.ground.submit(f"Article {self._number} on keeping bees in winter")

    def kill(self, count: int, seconds: float) -> None:
        """Kill so many times, evenly over the points, or until the time is over."""
        end = time.monotonic() + seconds
        turn = 0
        while sum(self.killed.values()) < count and time.monotonic() < end:
            self.feed()
            self.ground.hurry()
            turn += 1
            rare = turn % RARELY == 0
            if rare:
                self.ground.resume_quarantined()
            wanted = [point for point in POINTS if (point.name in SLOW) == rare]
            fair = sum(self.kills[point.name] for point in wanted) / len(wanted) + LEAD
            self._strike([point for point in wanted if self.kills[point.name] <= fair])
            time.sleep(BETWEEN_S)

    def _strike(self, points: list[Point]) -> None:
        """Wait until one of these points is met, and kill at the one that was met least."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            now = self._moments()
            met = [point for point in points if point.moment in now]
            if met:
                point = min(met, key=lambda one: (self.kills[one.name], random.random()))
                self.kills[point.name] += bool(point.kill(self.ground))
                return
            time.sleep(PAUSE_S)

    def _moments(self) -> set[tuple[str, str, str]]:
        found = self.ground.rows(
            "select 'ai_task_log' as place, function_name as what, phase from ai_task_log"
            " where state = 'running' union select 'delivery', '', phase from delivery"
            " where state = 'running'"
        )
        return {(row["place"], row["what"], row["phase"]) for row in found}

    def redis_away(self, seconds: float) -> None:
        """Kill Redis, start it again on its data."""
        self.faults["Redis killed and restarted"] += 1
        self.ground.redis.process.kill()
        self._accept_meanwhile(seconds)
        self.ground.redis.restart()
        self._see_work_start()

    def redis_frozen(self, seconds: float) -> None:
        """SIGSTOP Redis for a while."""
        self.faults["Redis frozen"] += 1
        signal_all([self.ground.redis.process.pid], signal.SIGSTOP)
        self._accept_meanwhile(seconds)
        signal_all([self.ground.redis.process.pid], signal.SIGCONT)
        self._see_work_start()

    def _see_work_start(self) -> None:
        """Wait for the first start of a run from now on."""
        back, begun = datetime.now(UTC), time.monotonic()
        sql = "select max(started_at) as last from ai_task_log"

        def has_started() -> bool:
            last = datetime.fromisoformat(str(self.ground.rows(sql)[0]["last"]))
            return last.replace(tzinfo=UTC) > back

        wait_until(has_started, NEVER_STARTED_S, "work starts after Redis came back")
        self.starts_s.append(time.monotonic() - begun)

    def redis_emptied(self) -> None:
        """FLUSHALL under work."""
        self.faults["Redis emptied"] += 1
        self.feed()
        self.ground.redis.client.flushall()

    def database_locked(self, seconds: float) -> None:
        """Hold the database's write lock."""
        self.faults["database locked"] += 1
        self.feed()
        with ThreadPoolExecutor(CLIENTS + 1) as clients:
            clients.submit(self.ground.database.lock, seconds)
            time.sleep(0.5)
            asked = [clients.submit(self._ask, number) for number in range(CLIENTS)]
        self.asked_locked += [one.result() for one in asked]

    def _ask(self, number: int) -> tuple[int, float]:
        begun = time.monotonic()
        body = {"items": [{"title": f"Asked while it is locked {number}"}]}
        status = self.ground.post("/v1/writer/tasks/", body).status_code
        return status, time.monotonic() - begun

    def bad_line(self, longest: float, to_provider: bool) -> None:
        """Each fault of the proxy in turn on some of the connections, until some were struck."""
        proxy = self.ground.provider if to_provider else self.ground.way
        whom = "provider" if to_provider else "WordPress"
        for fault in FAULTS:
            before, proxy.rate, proxy.fault = proxy.struck, 0.5, fault
            end = time.monotonic() + longest
            while proxy.struck < before + STRUCK and time.monotonic() < end:
                self.feed()
                self.ground.hurry()
                time.sleep(0.2)
            proxy.fault = None
            self.faults[f"{whom}: {fault}"] += proxy.struck - before
            self.ground.hurry()

    def cases(self) -> list[Case]:
        """What was promised for a Redis that is away and a database that is locked."""
        return [
            Case(
                f"Redis killed or frozen, {len(self.starts_s)} times",
                "accepted, p95 under 1.5 s; work starts 30 s after its return at the latest",
                f"{len(self.accepted_s)} accepted, p95 {p95(self.accepted_s):.2f} s, longest"
                f" {max(self.accepted_s):.2f} s;"
                f" longest wait for a start {max(self.starts_s):.1f} s",
                p95(self.accepted_s) < ACCEPT_S and max(self.starts_s) <= STARTED_S,
            ),
            self.locked_case("SQLite"),
        ]

    def locked_case(self, engine: str) -> Case:
        """What was promised for a database that is locked."""
        longest = max(seconds for _, seconds in self.asked_locked)
        statuses = Counter(status for status, _ in self.asked_locked)
        told = ", ".join(f"{count} times {status}" for status, count in sorted(statuses.items()))
        return Case(
            f"{engine} locked, {CLIENTS} clients at once",
            f"done or 503, nobody hangs over {HUNG_S} s",
            f"{told}, longest {longest:.1f} s",
            set(statuses) <= {201, 503} and longest <= HUNG_S,
        )

    def _accept_meanwhile(self, seconds: float) -> None:
        """Ask for work during an outage."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._number += 1
            before = len(self.ground.accepted_s)
            self.ground.submit(f"Article {self._number} on keeping bees without Redis")
            self.accepted_s += self.ground.accepted_s[before:]
            time.sleep(max(0.3, seconds / ASKED))

    def go_on(self, seconds: float) -> None:
        """Let new work come for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.feed()
            time.sleep(0.2)
