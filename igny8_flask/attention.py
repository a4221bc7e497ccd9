"""What waits for a person: failures that nothing newer made up for, decisions, pauses."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Exists, exists, not_
from sqlalchemy.orm import aliased

from igny8_flask.db import utcnow
from igny8_flask.deliveries import CHOICES
from igny8_flask.jobs import LIVE
from igny8_flask.leases import WorkRow
from igny8_flask.models import (
    AITaskLog,
    Content,
    ContentProposal,
    Delivery,
    ProposalState,
    WorkState,
)

RECENT = timedelta(days=30)  # an older failed run is history, an article not delivered is not


@dataclass(frozen=True)
class Need:
    """One reason to call a person: rows of ``model`` that fulfil all ``conditions``."""

    model: WorkRow
    conditions: tuple[ColumnElement[bool], ...]


def needs() -> dict[str, Need]:
    """The reasons by name, as the API knows them.

    ``retry``: runs that failed lately; ``redelivery``: articles that did not reach the site;
    ``decision``: posts that a person changed while an article was on its way; ``resume``: work
    that somebody, or a cap, paused.
    """
    undecided = (*_failed(Delivery), Delivery.error_code.in_(CHOICES), _is_undecided())
    is_fault = Delivery.error_code.is_(None) | Delivery.error_code.not_in(CHOICES)
    undelivered = (*_failed(Delivery), is_fault)
    lately = (AITaskLog.is_batch.is_(False), AITaskLog.created_at >= utcnow() - RECENT)
    paused = (AITaskLog.state == WorkState.PAUSED, stands_alone(AITaskLog))
    return {
        "retry": Need(AITaskLog, (*_failed(AITaskLog), *lately)),
        "redelivery": Need(Delivery, undelivered),
        "decision": Need(Delivery, undecided),
        "resume": Need(AITaskLog, paused),
    }


def with_proposal() -> ColumnElement[bool]:
    """Articles beside which a rewritten text waits."""
    return exists().where(
        ContentProposal.site_id == Content.site_id,
        ContentProposal.content_id == Content.id,
        ContentProposal.state == ProposalState.OPEN,
    )


def live(model: WorkRow) -> tuple[ColumnElement[bool], ...]:
    """Work that is not over; a batch stands for its members."""
    return (model.state.in_(LIVE), stands_alone(model))


def stands_alone(model: WorkRow) -> ColumnElement[bool]:
    """Whether no batch that is under way stands for the row."""
    batch = aliased(AITaskLog)
    return model.batch_id.is_(None) | not_(
        exists().where(batch.id == model.batch_id, batch.state.in_(LIVE))
    )


def _failed(model: WorkRow) -> tuple[ColumnElement[bool], Exists | ColumnElement[bool]]:
    """Failed, and never asked for again."""
    newer: Any = aliased(model)
    again = exists().where(
        newer.site_id == model.site_id, newer.work_key == model.work_key, newer.id > model.id
    )
    return model.state == WorkState.FAILURE, not_(again)


def _is_undecided() -> Any:
    return Delivery.result["choice", "decided"].as_string().is_(None)
