"""Many hosts on one machine: one loses its cable and one dies under load, one API host as well.

PostgreSQL, Redis, two API hosts and four worker hosts, each in a network namespace; the provider
is the sandbox and the WordPress a small server with the plugin's two writing routes.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import requests
from flask import Flask
from sqlalchemy import func, select

from bench import part
from bench.network import HOME, NET, Network
from bench.report import Section
from igny8_flask import create_app
from igny8_flask.config import Settings
from igny8_flask.db import db
from igny8_flask.models import AITaskLog, CallState, Content, Delivery, PaidCall, WorkState
from igny8_flask.services import current
from tests.chaos.fake_site import FakeSite
from tests.factories import ConnectedSite, make_environ, make_site, make_task, operating
from tests.lab.places import REPO, MissingError
from tests.lab.postgresql import INSTALLED
from tests.lab.processes import Process, free_port, reachable, wait_until
from tests.lab.services import FLASK

APIS, WORKERS = ("api1", "api2"), ("work1", "work2", "work3", "work4")
SLOTS, DELAY_S, LEASE_S = 8, 1, 6
LIVE = ("pending", "paused", "queued", "running")
PORT = 8000


class Fleet:
    """All hosts, and what is asked of them."""

    def __init__(self, cleanup: ExitStack) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="igny8-hosts-"))
        cleanup.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.net = cleanup.enter_context(Network(("pg", "redis", *APIS, *WORKERS)))
        self.site = FakeSite(HOME)
        cleanup.callback(self.site.stop)
        self.url = cleanup.enter_context(database(self.net, self.folder))
        self.env = self._settings()
        self._keep(cleanup, self._redis())
        self.app: Flask = create_app(Settings.from_env(self.env))
        cleanup.enter_context(operating(self.app))
        cleanup.callback(db.engine.dispose)
        db.create_all()
        self.plugin = self._connect()
        self.processes = {name: self._host(cleanup, name) for name in (*APIS, *WORKERS)}
        for name in APIS:
            healthy = f"{self._api(name)}/healthz"
            self.processes[name].wait_ready(partial(reachable, healthy))

    def _settings(self) -> dict[str, str]:
        sandbox_port = free_port()
        sandbox = f"http://{HOME}:{sandbox_port}"
        self.sandbox_port = sandbox_port
        return make_environ(
            DATABASE_URL=self.url,
            REDIS_URL=f"redis://{self.net.addresses['redis']}:6379/0",
            OPENAI_API_KEY="sk-sandbox",
            OPENAI_BASE_URL=f"{sandbox}/v1",
            RUNWARE_BASE_URL=f"{sandbox}/v1",
            IGNY8_SANDBOX_URL=sandbox,
            IGNY8_ALLOW_PRIVATE=f"{HOME}:{sandbox_port},{HOME}:{self.site.port}",
            IGNY8_LEASE_S=str(LEASE_S),
            IGNY8_WORKERS="1",
            IGNY8_WORKER_KIND="threads",
            IGNY8_WORKER_SLOTS=str(SLOTS),
            IGNY8_SITE_SLOTS="1000",
            IGNY8_PROVIDER_SLOTS="1000",
            IGNY8_WINDOW="64",
            PYTHON_DOTENV_DISABLED="1",
        )

    def _redis(self) -> Process:
        address = self.net.addresses["redis"]
        command = ["redis-server", "--port", "6379", "--bind", address, "--save", ""]
        command += ["--appendonly", "yes", "--dir", str(self.folder), "--protected-mode", "no"]
        return self.net.start("redis", "Redis", command, self.folder / "redis.log", self._whole())

    def _whole(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    def _connect(self) -> ConnectedSite:
        place = f"http://{HOME}:{self.site.port}"
        connection = {"mode": "push", "site": {}, "checks": []}
        connected = make_site(
            url=place, rest_url=f"{place}/wp-json/", wp_username="igny8", connection=connection
        )
        context = connected.site.seal_context("wp_password_sealed")
        connected.site.wp_password_sealed = current().secrets.seal("a password", context)
        db.session.commit()
        return connected

    def _host(self, cleanup: ExitStack, name: str) -> Process:
        log = self.folder / f"{name}.log"
        if name in APIS:
            server = ["-m", "gunicorn", "--preload", "-k", "gthread", "-w", "1", "--threads", "8"]
            arguments = [*server, "-b", f"{self.net.addresses[name]}:{PORT}", "wsgi:app"]
        else:
            arguments = ["-m", "workers"]
        return self._keep(cleanup, self.net.python(name, name, arguments, log, self._whole()))

    def start_sandbox(self, cleanup: ExitStack) -> None:
        """The provider, reachable from every host."""
        where = ["--host", HOME, "--port", str(self.sandbox_port), "--latency", str(DELAY_S)]
        log = self.folder / "sandbox.log"
        command = [*FLASK, "sandbox", "run", *where]
        sandbox = self._keep(cleanup, Process("sandbox", command, log, env=self._whole(), cwd=REPO))
        sandbox.wait_ready(
            lambda: reachable(f"http://{HOME}:{self.sandbox_port}/_sandbox/requests")
        )

    @staticmethod
    def _keep(cleanup: ExitStack, process: Process) -> Process:
        cleanup.callback(process.stop, 3)
        return process

    def _api(self, name: str) -> str:
        return f"http://{self.net.addresses[name]}:{PORT}"

    def submit(self, number: int) -> str:
        """Ask one API host, or the other where the first does not answer; the host's name."""
        task = make_task(self.plugin.site, title=f"Article {number}", word_count=300)
        body = {"ids": [str(task.id)], "options": {"images": False, "publish": True}}
        headers = {**self.plugin.headers, "Idempotency-Key": f"bench-{number:016d}"}
        first = number % len(APIS)
        for name in (APIS[first], APIS[1 - first]):
            with suppress(requests.RequestException):
                url = f"{self._api(name)}/v1/writer/tasks/auto_generate_content/"
                reply = requests.post(url, json=body, headers=headers, timeout=5)
                if reply.status_code == 202:
                    return name
        raise RuntimeError("no API host accepted")

    def live(self) -> int:
        """How much work is not over."""
        db.session.rollback()
        states = [WorkState(one) for one in LIVE]
        return sum(
            db.session.scalar(select(func.count()).where(model.state.in_(states))) or 0
            for model in (AITaskLog, Delivery)
        )


@contextmanager
def database(net: Network, folder: Path) -> Iterator[str]:
    """A PostgreSQL on its own host."""
    found = sorted(INSTALLED.glob("*/bin/postgres"))
    if not found:
        raise MissingError("PostgreSQL is not installed")
    tools, home = found[-1].parent, folder / "pg"
    home.mkdir()
    folder.chmod(0o755)
    as_nobody = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    if as_nobody:
        shutil.chown(home, "nobody", "nogroup")
    make = [
        str(tools / "initdb"),
        "-D",
        str(home / "data"),
        "-U",
        "igny8",
        "-A",
        "trust",
        "--no-sync",
    ]
    subprocess.run(make, cwd=home, check=True, stdout=subprocess.DEVNULL, **as_nobody)  # type: ignore[call-overload]
    with (home / "data/pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {NET}.0/24 trust\n")
    address = net.addresses["pg"]
    command = [str(tools / "postgres"), "-D", str(home / "data"), "-k", str(home)]
    command += ["-c", f"listen_addresses={address}", "-c", "fsync=off", "-c", "max_connections=200"]
    if as_nobody:
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    server = net.start("pg", "PostgreSQL", command, folder / "pg.log", dict(os.environ))
    try:
        ready = [str(tools / "pg_isready"), "-h", address, "-q"]
        server.wait_ready(lambda: subprocess.run(ready, check=False).returncode == 0, 20)
        yield f"postgresql://igny8@{address}/postgres"
    finally:
        server.stop(5)


def measure(quick: bool) -> Sequence[Section]:
    """Load all hosts, cut and kill, heal, and count what stands at the end."""
    section = Section(
        "Many hosts",
        "PostgreSQL, Redis, two API hosts and four worker hosts (8 threads each, a dispatcher"
        f" each), every host a network namespace of its own; a model of {DELAY_S} s, leases of"
        f" {LEASE_S} s. Under load one worker host loses its cable for a while, another and one"
        " API host are killed.",
        ("counted", "value"),
    )
    try:
        with ExitStack() as cleanup:
            fleet = Fleet(cleanup)
            fleet.start_sandbox(cleanup)
            _storm(section, fleet, 24 if quick else 240)
    except MissingError as missing:
        section.notes.append(f"Not measured on this machine: {missing}.")
    section.notes.append(
        "Not measured: hosts on different machines, a failover of PostgreSQL or Redis."
    )
    return [section]


def _storm(section: Section, fleet: Fleet, count: int) -> None:
    accepted: Counter[str] = Counter()
    begun = time.monotonic()
    for number in range(count):
        accepted[fleet.submit(number)] += 1
        if number == count // 4:
            fleet.net.cut("work1")
        if number == count // 2:
            fleet.processes["work2"].kill()
            fleet.processes["api1"].kill()
    time.sleep(LEASE_S + 2)
    fleet.net.heal("work1")
    wait_until(lambda: fleet.live() == 0, 100, "all work has ended", pause=0.5)
    _audit(section, fleet, count, time.monotonic() - begun, accepted)


def _audit(
    section: Section, fleet: Fleet, count: int, seconds: float, accepted: Counter[str]
) -> None:
    def how_many(model: Any, *where: Any) -> int:
        return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0

    titles = Counter(title for _, title in fleet.site.posts)
    values = {
        "runs accepted": sum(accepted.values()),
        "of them by the API host that lived": accepted["api2"],
        "runs that succeeded": how_many(AITaskLog, AITaskLog.state == WorkState.SUCCESS),
        "deliveries that succeeded": how_many(Delivery, Delivery.state == WorkState.SUCCESS),
        "articles": how_many(Content),
        "posts": len(fleet.site.posts),
        "posts made twice": sum(number - 1 for number in titles.values()),
        "runs dispatched again": how_many(AITaskLog, AITaskLog.generation > 1),
        "calls left in the air by the cut and the kill": how_many(
            PaidCall, PaidCall.state == CallState.UNKNOWN
        ),
        "seconds": round(seconds),
    }
    section.rows += [(name, f"{value:,}") for name, value in values.items()]
    whole = {values[name] for name in ("runs that succeeded", "articles", "posts")} == {count}
    section.goal("nothing is lost", "every article stands" if whole else "see the table", whole)
    twice = values["posts made twice"]
    section.goal("nothing is posted twice", f"{twice} posts", twice == 0)


if __name__ == "__main__":
    part.run(measure)
