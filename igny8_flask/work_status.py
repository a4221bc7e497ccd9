"""How the life of a run or delivery is told to the outside: one shape for both."""

from datetime import datetime
from typing import Any

from igny8_flask.cache import Cache, StatusBody
from igny8_flask.db import utcnow
from igny8_flask.models import AITaskLog, Delivery, DeliveryKind, WorkState
from igny8_flask.waiting import WAITING, Outlook, outlook

API_STATE = {
    WorkState.PENDING: "PENDING",
    WorkState.PAUSED: "PENDING",
    WorkState.QUEUED: "PENDING",
    WorkState.RUNNING: "PROGRESS",
    WorkState.SUCCESS: "SUCCESS",
    WorkState.FAILURE: "FAILURE",
    WorkState.CANCELLED: "CANCELLED",
}
POLL_LIVE_MS = 1000
POLL_WAITING_MS = 3000


def run_url(run_id: Any) -> str:
    """Path of a run's status."""
    return f"/v1/system/tasks/{run_id}/status/"


def delivery_url(delivery_id: Any) -> str:
    """Path of a delivery's status."""
    return f"/v1/publisher/deliveries/{delivery_id}/status/"


def describe(work: AITaskLog | Delivery, ahead: Outlook | None = None) -> dict[str, Any]:
    """The status of a run or delivery as the API gives it; ``ahead`` tells what it waits for."""
    status: dict[str, Any] = {
        "success": True,
        "task_id": str(work.id),
        "function": work.function_name if isinstance(work, AITaskLog) else _verb(work),
        "state": API_STATE[work.state],
        "phase": work.phase,
        "percentage": work.percentage,
        "message": _words(work, ahead),
        "current": work.current,
        "total": work.total,
        "current_item": work.current_item,
        "request_steps": work.request_steps,
        "response_steps": work.response_steps,
        "cost_usd": None,
        "credits": 0,
        "tokens": 0,
        "sandbox": False,
        "paused": work.state is WorkState.PAUSED,
        "attempts": work.attempts,
        "started_at": _iso(work.started_at),
        "finished_at": _iso(work.finished_at),
        "poll_after_ms": _poll_after(work),
    }
    if ahead is not None:
        status["queue_position"], status["starts_in_s"] = ahead.position, ahead.starts_in_s
    if work.result is not None:
        status["result"] = work.result
    if work.error:
        status["error"], status["code"] = work.error, work.error_code
    if isinstance(work, Delivery):
        status["content_id"] = str(work.content_id)
    if isinstance(work, AITaskLog):
        status["cost_usd"] = float(work.cost_usd) if work.cost_usd is not None else None
        status["credits"], status["tokens"], status["sandbox"] = (
            work.credits,
            work.tokens,
            work.sandbox,
        )
        if work.next_id is not None:
            link = run_url if work.next_kind == "run" else delivery_url
            status["next"] = {
                "kind": work.next_kind,
                "id": str(work.next_id),
                "status_url": link(work.next_id),
            }
    return status


def _verb(delivery: Delivery) -> str:
    return "trash" if delivery.kind is DeliveryKind.TRASH else "publish"


def share(cache: Cache, work: AITaskLog | Delivery) -> StatusBody:
    """Put the status where pollers find it; returns the same body."""
    pulled = isinstance(work, Delivery) and work.by_pull
    ahead = outlook(work) if work.state in WAITING and not pulled else None
    body = StatusBody.of(describe(work, ahead))
    cache.put_status(work.site_id, work.id, body, work.state.is_final)
    return body


def _words(work: AITaskLog | Delivery, ahead: Outlook | None) -> str:
    if work.state not in WAITING:
        return work.message
    if work.not_before and work.not_before > utcnow():
        return f"{work.message} Next try at {work.not_before:%H:%M:%S} UTC.".strip()
    if ahead is None:
        return work.message or "Waiting for a free worker…"
    if ahead.workers_away:
        return f"{work.message} It starts as soon as the workers are back.".strip()
    if ahead.position == 1:
        return work.message or "Waiting for a free worker…"
    place = f"Number {ahead.position} of this site's queue"
    return f"{work.message} {place}{_in_time(ahead.starts_in_s)}.".strip()


def _in_time(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    return f", starts in about {minutes} min" if minutes else ", starts within a minute"


def _poll_after(work: AITaskLog | Delivery) -> int:
    if work.state.is_final:
        return 0
    return POLL_LIVE_MS if work.state is WorkState.RUNNING else POLL_WAITING_MS


def _iso(time: datetime | None) -> str | None:
    return time.isoformat(timespec="milliseconds") if time else None
