"""POST /v1: Runware's task API, an array of tasks in, data and errors out."""

from typing import Any

from flask import Blueprint, Response, request

from igny8_flask.sandbox.call import Call, current_call
from igny8_flask.sandbox.chat import print_json
from igny8_flask.sandbox.refusals import Refusal
from igny8_flask.sandbox.runware_tasks import TaskError, order_pictures, price_of, read_order
from igny8_flask.sandbox.state import Sandbox, current_sandbox

blueprint = Blueprint("runware", __name__)

DRY_RUN_HEADER = "X-Runware-Dry-Run"
_CODES = {
    401: "invalidApiKey",
    402: "insufficientCredits",
    403: "unauthorizedAccess",
    404: "invalidModel",
    429: "rateLimitExceeded",
    500: "internalServerError",
    503: "noAvailableServer",
    504: "timeoutProvider",
}


@blueprint.post("/v1")
def run_tasks() -> Response:
    """Run each task on its own: some may fail while others succeed."""
    call, sandbox = current_call(), current_sandbox()
    if not isinstance(call.body, list) or not call.body:
        message = "Invalid request body: expected a non-empty array of task objects."
        raise Refusal(400, message, code="invalidRequestBody")
    data: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    waits = False
    for number, task in enumerate(call.body):
        try:
            rows, failed = _run(task, call, sandbox, is_last=number == len(call.body) - 1)
        except TaskError as error:
            rows, failed = [], [error.document(task if isinstance(task, dict) else {})]
        data.extend(rows)
        errors.extend(failed)
        waits = waits or any("seed" in row for row in rows)
    if waits and not _asks(call.body):
        call.wait(call.latency.image())
    answer = {name: rows for name, rows in (("data", data), ("errors", errors)) if rows}
    status = 200 if data else errors[0].pop("_status", 400)
    for failed_row in errors:
        failed_row.pop("_status", None)
    return Response(print_json(answer), status, content_type="application/json")


def _asks(tasks: list[Any]) -> bool:
    return all(isinstance(task, dict) and task.get("taskType") in _READERS for task in tasks)


Outcome = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def _run(task: Any, call: Call, sandbox: Sandbox, is_last: bool) -> Outcome:
    kind = task.get("taskType") if isinstance(task, dict) else None
    if not isinstance(task, dict) or not kind:
        raise TaskError("missingTaskType", "Each task needs a 'taskType'.", "taskType")
    if kind == "authentication":
        return [{"taskType": kind, "connectionSessionUUID": call.entry.request_id}], []
    if kind in _READERS:
        return _READERS[kind](task, sandbox)
    if kind != "imageInference":
        raise TaskError("invalidTaskType", f"Unknown taskType '{kind}'.", "taskType")
    if request.headers.get(DRY_RUN_HEADER) == "1":
        order = read_order(task)
        cost = round(price_of(order) * order.count, 6)
        return [{"taskType": kind, "taskUUID": order.uuid, "dryRun": True, "cost": cost}], []
    return order_pictures(task, call, sandbox, is_last)


def _find(task: dict[str, Any], sandbox: Sandbox) -> dict[str, Any]:
    uuid = str(task.get("taskUUID", ""))
    record: dict[str, Any] | None = sandbox.runware_tasks.get(uuid)
    if record is None:
        raise TaskError("taskNotFound", f"Task with UUID '{uuid}' was not found.", "taskUUID", 404)
    return record


def _get_response(task: dict[str, Any], sandbox: Sandbox) -> Outcome:
    record = _find(task, sandbox)
    if record["never"] or sandbox.now() < record["ready_at"]:
        kind, uuid = record["request"]["taskType"], record["request"]["taskUUID"]
        return [{"taskType": kind, "taskUUID": uuid, "status": "processing"}], []
    rows = [{**row, "status": "success"} for row in record["data"]]
    return rows, [{**row, "status": "error"} for row in record["errors"]]


def _get_details(task: dict[str, Any], sandbox: Sandbox) -> Outcome:
    record = _find(task, sandbox)
    done = not record["never"] and sandbox.now() >= record["ready_at"]
    response = {"data": record["data"], "errors": record["errors"]} if done else {}
    row = {"taskType": "getTaskDetails", "taskUUID": task["taskUUID"]}
    return [{**row, "request": record["request"], "response": response}], []


_READERS = {"getResponse": _get_response, "getTaskDetails": _get_details}


def refusal_body(refusal: Refusal) -> tuple[dict[str, Any], int]:
    """Word a refusal as Runware does; lacking money is 402 there."""
    quota = refusal.kind == "insufficient_quota"
    status = 402 if quota else refusal.status
    own = refusal.code if refusal.code and refusal.code.startswith("invalidRequest") else None
    error = {
        "code": own or _CODES.get(status, "invalidRequest"),
        "message": "Insufficient credits: top up your balance." if quota else refusal.message,
        "parameter": refusal.param,
        "taskType": None,
        "documentation": "https://runware.ai/docs/platform/errors",
    }
    return {"errors": [error]}, status
