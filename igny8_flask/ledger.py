"""Money: paid calls with their checkpoints, and the append-only ledger behind them."""

import math
import uuid
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from igny8_flask import budgets
from igny8_flask.ai.constants import CREDITS
from igny8_flask.ai.types import CallIntent, CallOutcome, OpenCall, StoredCall
from igny8_flask.db import db, utcnow
from igny8_flask.errors import BudgetError
from igny8_flask.models import AITaskLog, CallState, LedgerEntry, LedgerKind, PaidCall

_COUNTED = {"100 words": ("word_count", 100), "image": ("images", 1), "item": ("count", 1)}
IN_THE_AIR = "The worker stopped during this call; the provider may have billed it."


class PaidCalls:
    """The call store of one run (see ``ai.types.CallStore``); every method commits."""

    def __init__(self, run: AITaskLog) -> None:
        self._run_id = run.id
        self._generation = run.generation
        self._owner = {"account_id": run.account_id, "site_id": run.site_id}
        self._open: dict[uuid.UUID, PaidCall] = {}  # held here, or the session would forget them
        self._reserved: dict[uuid.UUID, Decimal | None] = {}
        self._attempts: dict[tuple[str, str, str], int] = {}
        self._cost: tuple[Decimal | None, int] | None = None

    def cost(self) -> tuple[Decimal | None, int]:
        """What the run's answered calls cost so far; read again after each that ended."""
        if self._cost is None:
            self._cost = run_cost(self._run_id)
        return self._cost

    def find(self, intent: CallIntent) -> StoredCall | None:
        """The stored reply of the same call; one left in the air is closed as unknown."""
        calls = db.session.scalars(
            select(PaidCall)
            .where(PaidCall.run_id == self._run_id, PaidCall.step == intent.step)
            .where(PaidCall.prompt_hash == intent.prompt_hash, PaidCall.model == intent.model)
            .order_by(PaidCall.attempt)
        ).all()
        self._attempts[intent.key] = len(calls)
        found = None
        for call in calls:
            if call.state is CallState.DONE and call.reply is not None:
                usage = call.usage or {}
                tokens = usage.get("input", 0) + usage.get("output", 0)
                found = StoredCall(call.reply, call.cost_usd, tokens)
            elif call.state is CallState.INTENT:
                self._close(call, CallState.UNKNOWN, "interrupted", IN_THE_AIR)
        db.session.commit()
        return found

    def intend(self, intent: CallIntent) -> OpenCall:
        """Write the intent, after ``find``, and reserve its estimate; BudgetError above a cap."""
        call = PaidCall(
            **self._owner,
            run_id=self._run_id,
            step=intent.step,
            prompt_hash=intent.prompt_hash,
            model=intent.model,
            provider=intent.provider,
            attempt=self._attempts.get(intent.key, 0) + 1,
            generation=self._generation,
        )
        db.session.add(call)
        db.session.flush()
        try:
            held = budgets.hold(call, intent.estimate_usd)
        except BudgetError:
            db.session.rollback()
            raise
        words = f"{intent.step}: price unknown, {held} USD counted for the caps"
        reason = intent.step if intent.estimate_usd is not None else words
        self._book(call, LedgerKind.RESERVE, intent.estimate_usd, reason)
        db.session.commit()
        self._open[call.id], self._reserved[call.id] = call, intent.estimate_usd
        return OpenCall(call.id, call.attempt)

    def settle(self, call_id: uuid.UUID, outcome: CallOutcome) -> None:
        """Store the reply and replace the reservation by the real cost."""
        call = db.session.get_one(PaidCall, call_id)
        call.state = CallState.DONE
        call.reply = outcome.reply
        call.usage = outcome.usage
        call.cost_usd = outcome.cost_usd
        call.cost_source = outcome.cost_source if outcome.cost_usd is not None else "unknown"
        call.request_id = outcome.request_id
        call.finished_at = utcnow()
        self._release(call)
        self._book(call, LedgerKind.SETTLE, outcome.cost_usd, call.step)
        budgets.settle(call, outcome.cost_usd)
        db.session.commit()
        self._forget(call_id)

    def fail(self, call_id: uuid.UUID, code: str, maybe_billed: bool) -> None:
        """Close a call without an answer; its reservation is given back."""
        call = db.session.get_one(PaidCall, call_id)
        if maybe_billed:
            words = "No answer arrived; the provider may have billed this call."
            self._close(call, CallState.UNKNOWN, code, words)
        else:
            self._close(call, CallState.FAILED, code, f"{call.step}: {code}")
        db.session.commit()
        self._forget(call_id)

    def _close(self, call: PaidCall, state: CallState, code: str, words: str) -> None:
        call.state, call.error_code, call.finished_at = state, code, utcnow()
        self._release(call, words)
        if state is CallState.UNKNOWN:
            self._book(call, LedgerKind.SETTLE, None, words)
        budgets.settle(call, None if state is CallState.UNKNOWN else Decimal(0))

    def _forget(self, call_id: uuid.UUID) -> None:
        self._open.pop(call_id, None)
        self._reserved.pop(call_id, None)
        self._cost = None

    def _release(self, call: PaidCall, reason: str = "") -> None:
        reserved = self._reserved[call.id] if call.id in self._reserved else _reserved(call)
        back = -reserved if reserved is not None else None
        self._book(call, LedgerKind.REFUND, back, reason or f"{call.step}: reservation")

    def _book(self, call: PaidCall, kind: LedgerKind, amount: Decimal | None, reason: str) -> None:
        db.session.add(
            LedgerEntry(
                **self._owner,
                run_id=self._run_id,
                call_id=call.id,
                kind=kind,
                amount_usd=amount,
                reason=reason[:200],
            )
        )


def _reserved(call: PaidCall) -> Decimal | None:
    """What was reserved for a call of an earlier attempt."""
    booked = LedgerEntry.call_id == call.id, LedgerEntry.kind == LedgerKind.RESERVE
    return db.session.scalar(select(LedgerEntry.amount_usd).where(*booked))


def run_cost(run_id: uuid.UUID) -> tuple[Decimal | None, int]:
    """Cost of a run's answered calls in US dollars (None = a price is unknown), and tokens."""
    total, tokens = Decimal(0), 0
    known = True
    calls = db.session.execute(
        select(PaidCall.cost_usd, PaidCall.usage).where(
            PaidCall.run_id == run_id, PaidCall.state == CallState.DONE
        )
    )
    for cost, usage in calls:
        known = known and cost is not None
        total += cost or 0
        tokens += (usage or {}).get("input", 0) + (usage or {}).get("output", 0)
    return (total if known else None), tokens


def credits_for(function_name: str, result: dict[str, Any]) -> int:
    """Credits that a finished run takes by the rules in ``CREDITS``, rounded up."""
    unit, rate = CREDITS.get(function_name, ("item", 0))
    field, per = _COUNTED[unit]
    counted: int = result.get(field, 0)
    return math.ceil(counted / per * rate)
