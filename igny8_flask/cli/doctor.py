"""``flask doctor``: everything that has to be right, looked at once, worst first."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from igny8_flask import clocks, rotation
from igny8_flask.ai.providers.base_url import normalize_base_url
from igny8_flask.api.health import database_checks
from igny8_flask.cli.failing import in_words
from igny8_flask.cli.queue import disagreements
from igny8_flask.cli.settings import warnings as settings_warnings
from igny8_flask.db import db
from igny8_flask.models import IntegrationSettings, ModelListing, Site, SiteStatus
from igny8_flask.queue import JobQueue
from igny8_flask.row_security import IS_ABOVE_POLICIES
from igny8_flask.services import current
from igny8_flask.waiting import SILENT_S

Finding = tuple[str, str]  # ok, warning or error; words
MIN_REDIS = (6, 2)


@click.command()
@with_appcontext
@in_words
def doctor() -> None:
    """Look at everything from the settings and clocks to the sites; exit 1 on an error."""
    worst = "ok"
    for name, check in CHECKS.items():
        for level, words in check():
            click.echo(f"{level}\t{name}\t{words}")
            worst = "error" if level == "error" else worst
    if worst == "error":
        raise SystemExit(1)


def _settings() -> Iterator[Finding]:
    found = settings_warnings()
    yield from (("warning", words) for words in found)
    if not found:
        yield "ok", "Nothing to remark."


def _database() -> Iterator[Finding]:
    checks = database_checks()
    if not checks["database"]:
        yield "error", "It does not answer: look at DATABASE_URL and at the server."
    elif not checks["migrations"]:
        yield "error", "Tables are not of this release: run `flask --app wsgi db upgrade`."
    else:
        yield "ok", f"{db.engine.dialect.name} answers, its tables are of this release."
        if db.engine.dialect.name == "postgresql" and db.session.scalar(IS_ABOVE_POLICIES):
            yield "warning", "This role is above row-level security: see docs/operations.md."


def _redis() -> Iterator[Finding]:
    redis = current().cache.redis
    try:
        info = redis.info()
    except RedisError as error:
        yield "error", f"It does not answer ({error}): work is accepted, but not started."
        return
    version = tuple(int(part) for part in info["redis_version"].split(".")[:2])
    if version < MIN_REDIS:
        yield "error", f"Version {info['redis_version']} is too old: 6.2 or later."
    if not info.get("aof_enabled"):
        yield "warning", "appendonly is off: a restart costs a sweep. Set `appendonly yes`."
    if info.get("maxmemory_policy", "noeviction") != "noeviction":
        yield "error", "It may evict jobs: set `maxmemory-policy noeviction`."
    yield "ok", f"Version {info['redis_version']} answers, {info['used_memory_human']} in use."


def _clock() -> Iterator[Finding]:
    askers = {"the database": _database_time, "Redis": _redis_time}
    skews = {name: clocks.skew_s(ask) for name, ask in askers.items()}
    told = {name: skew for name, skew in skews.items() if skew is not None}
    for name, skew in told.items():
        if clocks.is_off(skew):
            words = clocks.in_words(skew, "this host's")
            fix = "set both by NTP (`timedatectl set-ntp true`)."
            yield "warning", f"The clock of {name} is {words}: {fix}"
    for site in db.session.scalars(sa.select(Site).where(Site.status == SiteStatus.CONNECTED)):
        for check in (site.connection or {}).get("checks", []):
            if check["name"] == "clock" and not check["ok"]:
                yield "warning", f"{site.url}: {check['message']} {check['fix']}"
    if not told:
        yield "ok", "There is none but this host's: SQLite runs by it, and Redis is away."
    elif not any(map(clocks.is_off, told.values())):
        most = max(map(abs, told.values()))
        yield "ok", f"This host, {' and '.join(told)} agree within {most:.1f} s."


def _database_time() -> datetime | None:
    """By PostgreSQL's clock; SQLite has none but this host's."""
    if db.engine.dialect.name != "postgresql":
        return None
    return db.session.scalar(sa.select(sa.func.clock_timestamp()))


def _redis_time() -> datetime | None:
    try:
        seconds, micros = current().cache.redis.time()
    except RedisError:
        return None
    return datetime.fromtimestamp(seconds + micros / 1e6, UTC)


def _workers() -> Iterator[Finding]:
    cache = current().cache
    try:
        queue = JobQueue("", cache.redis)
        count, differing = queue.workers(), list(disagreements(queue))
    except RedisError:
        yield "error", "Nobody knows while Redis is away."
        return
    yield from (("warning", words) for words in differing)
    seen = cache.dispatcher()
    settings = current().settings
    slots = count * (settings.worker_slots if settings.worker_kind == "threads" else 1)
    if 0 < slots <= settings.site_slots:
        words = f"{slots} run(s) at once, and one site may have {settings.site_slots}"
        yield "warning", f"{words}: it can delay the others. Raise IGNY8_WORKERS."
    yield ("ok", f"{count} live.") if count else ("error", "None: start `python -m workers`.")
    if seen is None or time.time() - seen.at > SILENT_S:
        yield "error", "No dispatcher makes passes: start `python -m workers` on one host."
    else:
        yield "ok", f"The dispatcher made a pass {time.time() - seen.at:.1f} s ago."


def _secrets() -> Iterator[Finding]:
    ring = current().secrets.ring
    for key_id, count in sorted(rotation.key_ids().items()):
        if key_id not in ring:
            yield "error", f"{count} sealed with key {key_id}, which IGNY8_KEYS lacks."
        elif key_id != next(iter(ring)):
            yield "warning", f"{count} sealed with key {key_id}: run `flask secrets rotate`."
        else:
            yield "ok", f"{count} sealed with key {key_id}."


def _providers() -> Iterator[Finding]:
    settings = current().settings
    for kind, key in (("openai", settings.openai_api_key), ("runware", settings.runware_api_key)):
        own = db.session.scalar(
            sa.select(sa.func.count())
            .select_from(IntegrationSettings)
            .where(IntegrationSettings.integration_type == kind)
            .where(IntegrationSettings.secret_sealed.is_not(None))
        )
        common = "a key for all" if key else "no key for all"
        level = "ok" if key or own or kind == "runware" else "error"
        yield level, f"{kind}: {common}, {own} of accounts or sites."


def _models() -> Iterator[Finding]:
    settings = current().settings
    listing = db.session.get(ModelListing, normalize_base_url(settings.openai_base_url))
    if listing is None or listing.read_at is None:
        yield "warning", "The provider's list was never read: run `flask models list`."
        return
    for name in (settings.default_ai_model, settings.default_image_model):
        last = listing.models.get(name)
        if name not in listing.models:
            yield "error", f"{name} is not offered by the provider."
        elif last:
            level = "error" if date.fromisoformat(last) <= date.today() else "warning"  # noqa: DTZ011
            yield level, f"{name} ends on {last}."
        else:
            yield "ok", f"{name} is offered, no end announced."


def _sites() -> Iterator[Finding]:
    sites = db.session.scalars(sa.select(Site).order_by(Site.url)).all()
    connected = [site for site in sites if site.status is SiteStatus.CONNECTED]
    for site in connected:
        if (site.connection or {}).get("mode", "none") == "none":
            yield "warning", f"{site.url} was never tested: press Test on its settings page."
        if site.moved_to:
            yield "warning", f"{site.url} calls from {site.moved_to}: `flask sites move` if right."
    yield "ok", f"{len(connected)} of {len(sites)} connected."


def _safely(check: Callable[[], Iterator[Finding]]) -> Callable[[], Iterator[Finding]]:
    """The findings of a check, or that the database keeps it from being made."""

    def made() -> Iterator[Finding]:
        try:
            yield from check()
        except SQLAlchemyError:
            db.session.rollback()
            yield "error", "Cannot be looked at without the database."

    return made


CHECKS = {
    "settings": _settings,
    "database": _database,
    "redis": _redis,
    "clock": _safely(_clock),
    "workers": _safely(_workers),
    "secrets": _safely(_secrets),
    "providers": _safely(_providers),
    "models": _safely(_models),
    "sites": _safely(_sites),
}
