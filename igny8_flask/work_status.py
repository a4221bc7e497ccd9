"""How the life of a run or delivery is told to the outside: one shape for both."""

from datetime import datetime
from typing import Any

from igny8_flask.cache import Cache, StatusBody
from igny8_flask.db import utcnow
from igny8_flask.models import AITaskLog, Delivery, DeliveryKind, WorkState

API_STATE = {
    WorkState.PENDING: "PENDING",
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


def describe(work: AITaskLog | Delivery) -> dict[str, Any]:
    """The status of a run or delivery as the API gives it."""
    status: dict[str, Any] = {
        "success": True,
        "task_id": str(work.id),
        "function": work.function_name if isinstance(work, AITaskLog) else _verb(work),
        "state": API_STATE[work.state],
        "phase": work.phase,
        "percentage": work.percentage,
        "message": _words(work),
        "current": work.current,
        "total": work.total,
        "current_item": work.current_item,
        "request_steps": work.request_steps,
        "response_steps": work.response_steps,
        "cost_usd": None,
        "credits": 0,
        "tokens": 0,
        "sandbox": False,
        "attempts": work.attempts,
        "started_at": _iso(work.started_at),
        "finished_at": _iso(work.finished_at),
        "poll_after_ms": _poll_after(work),
    }
    if work.result is not None:
        status["result"] = work.result
    if work.error:
        status["error"], status["code"] = work.error, work.error_code
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
    body = StatusBody.of(describe(work))
    cache.put_status(work.site_id, work.id, body, work.state.is_final)
    return body


def _words(work: AITaskLog | Delivery) -> str:
    if work.state in (WorkState.PENDING, WorkState.QUEUED):
        if work.not_before and work.not_before > utcnow():
            return f"{work.message} Next try at {work.not_before:%H:%M:%S} UTC.".strip()
        return work.message or "Waiting for a free worker…"
    return work.message


def _poll_after(work: AITaskLog | Delivery) -> int:
    if work.state.is_final:
        return 0
    return POLL_LIVE_MS if work.state is WorkState.RUNNING else POLL_WAITING_MS


def _iso(time: datetime | None) -> str | None:
    return time.isoformat(timespec="milliseconds") if time else None
