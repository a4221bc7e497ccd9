"""Caps on spending: per run, day and month (UTC), of a site and of its account.

A call holds its estimate of every counter it falls under before it is made, and gives back or
adds the difference to its real cost afterwards. Holding is one conditional write per counter, so
that no number of workers can pass a cap together. A call whose price nobody knows counts with the
account's ``unknown_call_usd``; in the ledger its amount stays unknown.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from sqlalchemy import case, delete, func, select, update

from igny8_flask.db import db, has_row_locks, upsert, utcnow
from igny8_flask.errors import BudgetError
from igny8_flask.models import (
    BudgetCounter,
    BudgetHold,
    IntegrationSettings,
    PaidCall,
    Site,
)
from igny8_flask.site_settings import BUDGET

UNITS_PER_USD = 100_000_000
UNLIMITED = 2**62
UNKNOWN_CALL_USD = Decimal("0.05")
SCOPES = ("account", "site")
PERIODS = ("run", "day", "month")
_OWNERS = {"account": "account's", "site": "site's"}


@dataclass(frozen=True)
class Cap:
    """One cap and how far it is used; amounts in US dollars, None = no cap. A run's is per run."""

    scope: str
    period: str
    cap_usd: Decimal | None
    used_usd: Decimal
    unpriced_usd: Decimal
    resets_at: datetime | None

    @property
    def left_usd(self) -> Decimal | None:
        """What may still be spent."""
        return None if self.cap_usd is None else max(self.cap_usd - self.used_usd, Decimal(0))

    def exceeded_by(self, amount: Decimal) -> BudgetError:
        """The refusal of an amount."""
        remedy = (
            f"It starts anew at {self.resets_at:%Y-%m-%d %H:%M} UTC. Raise the cap or wait."
            if self.resets_at
            else "It starts anew with each run. Raise the cap."
        )
        return BudgetError(
            f"The {_OWNERS[self.scope]} cap of {_usd(self.cap_usd or 0)} per {self.period} would be"
            f" exceeded: {_usd(self.used_usd)} are spent or reserved, and this may cost up to"
            f" {_usd(amount)}. {remedy}"
        )


def hold(call: PaidCall, estimate: Decimal | None) -> Decimal:
    """Hold the estimate of a call that is about to be made; the caller commits.

    Returns what is held. Raises BudgetError, after which the caller must roll back.
    """
    config = _config(call.account_id, call.site_id)
    guess = estimate if estimate is not None else config.unknown_call
    amount = _units(guess)
    today = utcnow().date()
    counters = _counters(call, today)
    limits = {key: config.limit(cap.scope, cap.period) for key, cap in counters.items()}
    wanted = {
        key: cap
        for key, cap in sorted(counters.items())
        if cap.period != "run" or limits[key] is not None
    }
    taken = _take(call, wanted, amount, limits)
    for key, cap in wanted.items():
        if key not in taken:
            raise _refusal(key, cap, limits[key] or 0, guess)
    db.session.add(
        BudgetHold(
            account_id=call.account_id,
            site_id=call.site_id,
            call_id=call.id,
            day=today,
            amount=amount,
        )
    )
    return guess


def settle(call: PaidCall, cost: Decimal | None) -> None:
    """Replace what a call holds by what it cost; None keeps the hold as the best guess."""
    held = db.session.execute(
        delete(BudgetHold)
        .where(BudgetHold.call_id == call.id)
        .returning(BudgetHold.day, BudgetHold.amount)
        .execution_options(synchronize_session=False)
    ).first()
    if held is None:
        return
    change = _units(cost) - held.amount if cost is not None else 0
    unpriced = held.amount if cost is None else 0
    table = BudgetCounter
    counters = table.key.in_(_counters(call, held.day))
    if has_row_locks():
        # in the order in which they are held, so that no two writers wait for each other
        locked = select(table.key).where(counters).order_by(table.key).with_for_update()
        db.session.execute(locked)
    db.session.execute(
        update(table)
        .where(counters)
        .values(used=table.used + change, unpriced=table.unpriced + unpriced)
        .execution_options(synchronize_session=False)
    )


def standing(account_id: uuid.UUID, site_id: uuid.UUID | None) -> list[Cap]:
    """Every cap of an account and, when given, of a site, with what is used of it now."""
    config = _config(account_id, site_id)
    today = utcnow().date()
    owners = {"account": account_id} | ({"site": site_id} if site_id else {})
    keys = {
        (scope, period): _key(scope, owner, period, _which(period, today))
        for scope, owner in owners.items()
        for period in PERIODS
    }
    table = BudgetCounter
    rows = db.session.execute(
        select(table.key, table.used, table.unpriced).where(table.key.in_(keys.values()))
    )
    spent = {key: (used, unpriced) for key, used, unpriced in rows}
    caps = []
    for (scope, period), key in keys.items():
        used, unpriced = spent.get(key, (0, 0))
        limit = config.limit(scope, period)
        cap_usd = None if limit is None else _dollars(limit)
        amounts = (cap_usd, _dollars(used), _dollars(unpriced))
        caps.append(Cap(scope, period, *amounts, resets_at(period, today)))
    return caps


def check(site: Site, total: Decimal, dearest: Decimal) -> None:
    """Refuse work before it is accepted: all of it together, and its dearest single run.

    Raises BudgetError naming the first cap that would be exceeded.
    """
    for cap in standing(site.account_id, site.id):
        amount = dearest if cap.period == "run" else total
        if cap.left_usd is not None and amount > cap.left_usd:
            raise cap.exceeded_by(amount)


def has_caps(site: Site) -> bool:
    """Whether anything limits this site."""
    config = _config(site.account_id, site.id)
    return any(config.limit(scope, period) is not None for scope in SCOPES for period in PERIODS)


def unknown_call_usd(account_id: uuid.UUID) -> Decimal:
    """What a call of unknown price counts against the caps."""
    return _config(account_id, None).unknown_call


def resets_at(period: str, day: date) -> datetime | None:
    """When a period ends, UTC; None for a run."""
    if period == "run":
        return None
    first = day + timedelta(days=1)
    if period == "month":
        first = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return datetime(first.year, first.month, first.day, tzinfo=UTC)


@dataclass(frozen=True)
class _Config:
    """Stored caps by scope, in dollars."""

    rows: Mapping[str, Mapping[str, Any]]

    def limit(self, scope: str, period: str) -> int | None:
        value = self.rows.get(scope, {}).get(f"{period}_usd")
        return None if value is None else _units(Decimal(str(value)))

    @property
    def unknown_call(self) -> Decimal:
        value = self.rows.get("account", {}).get("unknown_call_usd")
        return UNKNOWN_CALL_USD if value is None else Decimal(str(value))


def _config(account_id: uuid.UUID, site_id: uuid.UUID | None) -> _Config:
    rows = db.session.execute(
        select(IntegrationSettings.site_id, IntegrationSettings.config).where(
            IntegrationSettings.account_id == account_id,
            IntegrationSettings.integration_type == BUDGET,
            (IntegrationSettings.site_id.is_(None)) | (IntegrationSettings.site_id == site_id),
        )
    )
    return _Config({"site" if row.site_id else "account": row.config for row in rows})


def _counters(call: PaidCall, day: date) -> dict[str, Cap]:
    """The counters a call falls under on that day, by key."""
    found = {}
    for scope, owner in (("account", call.account_id), ("site", call.site_id)):
        for period in PERIODS:
            which = str(call.run_id) if period == "run" else _which(period, day)
            cap = Cap(scope, period, None, Decimal(0), Decimal(0), resets_at(period, day))
            found[_key(scope, owner, period, which)] = cap
    return found


def _take(
    call: PaidCall, counters: Mapping[str, Cap], amount: int, limits: Mapping[str, int | None]
) -> set[str]:
    """Add an amount to each counter that it does not bring above its limit; tells which.

    One statement decides about all, and locks them in the order given.
    """
    rows = []
    for key, cap in counters.items():
        first = amount + (_spent_in_run(call.run_id) if cap.period == "run" else 0)
        limit = limits[key]
        if limit is None or first <= limit:
            owner = call.site_id if cap.scope == "site" else None
            values = {"account_id": call.account_id, "site_id": owner, "used": first, "unpriced": 0}
            rows.append({"key": key, **values})
    if not rows:
        return set()
    table = BudgetCounter
    capped = {key: limit for key, limit in limits.items() if limit is not None}
    used = table.used + amount
    within = used <= case(capped, value=table.key, else_=UNLIMITED) if capped else None
    statement = (
        upsert(table)
        .on_conflict_do_update(
            index_elements=[table.key],
            set_={"used": used, "updated_at": utcnow()},
            where=within,
        )
        .returning(table.key)
        .execution_options(render_nulls=True)  # or the account's rows were a statement of their own
    )
    return set(db.session.scalars(statement, rows))


def _spent_in_run(run_id: uuid.UUID) -> int:
    cost = select(func.sum(PaidCall.cost_usd)).where(PaidCall.run_id == run_id)
    return _units(db.session.scalar(cost) or Decimal(0))


def _refusal(key: str, cap: Cap, limit: int, amount: Decimal) -> BudgetError:
    used = db.session.scalar(select(BudgetCounter.used).where(BudgetCounter.key == key)) or 0
    full = Cap(cap.scope, cap.period, _dollars(limit), _dollars(used), Decimal(0), cap.resets_at)
    return full.exceeded_by(amount)


def _key(scope: str, owner: uuid.UUID | None, period: str, which: str) -> str:
    return f"{scope}:{owner}:{period}:{which}"


def _which(period: str, day: date) -> str:
    return {"run": "-", "day": f"{day:%Y-%m-%d}", "month": f"{day:%Y-%m}"}[period]


def _units(amount: Decimal) -> int:
    return int((amount * UNITS_PER_USD).to_integral_value(ROUND_UP))


def _dollars(units: int) -> Decimal:
    return Decimal(units) / UNITS_PER_USD


def _usd(amount: Decimal | int) -> str:
    places = 2 if amount >= 1 or amount == 0 else 4
    return f"${amount:.{places}f}"
