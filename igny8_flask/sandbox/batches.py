"""Files and batches: requests in a JSONL file, answered when the batch is polled to its end."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from igny8_flask.sandbox.call import Call, current_call, prompt_text
from igny8_flask.sandbox.chat import answer_chat, chat_document, print_json
from igny8_flask.sandbox.function_names import find_function
from igny8_flask.sandbox.journal import mask_key
from igny8_flask.sandbox.profiles import error_body
from igny8_flask.sandbox.refusals import Refusal, invalid_value, missing_parameter
from igny8_flask.sandbox.state import Sandbox, current_sandbox

blueprint = Blueprint("batches", __name__)

MAX_LINES = 50_000
ENDPOINTS = ("/v1/chat/completions",)
_NEXT = {"validating": "in_progress", "in_progress": "finalizing", "finalizing": "completed"}


@blueprint.post("/v1/files")
def upload() -> Response:
    """Keep an uploaded file."""
    file, purpose = request.files.get("file"), request.form.get("purpose")
    if file is None:
        raise missing_parameter("file")
    if purpose != "batch":
        raise invalid_value("purpose", f"Invalid purpose '{purpose}': the sandbox takes 'batch'.")
    name = f"file-{current_call().entry.request_id[4:]}"
    return jsonify(_keep(name, file.read(), file.filename or "batch.jsonl", purpose))


def _keep(name: str, data: bytes, filename: str, purpose: str) -> dict[str, Any]:
    sandbox = current_sandbox()
    document = {
        "id": name,
        "object": "file",
        "bytes": len(data),
        "created_at": int(sandbox.now().timestamp()),
        "filename": filename,
        "purpose": purpose,
        "status": "processed",
    }
    sandbox.files.put(name, {"document": document, "data": data})
    return document


@blueprint.get("/v1/files/<name>")
def describe(name: str) -> Response:
    """Describe a file."""
    return jsonify(_file(name)["document"])


@blueprint.get("/v1/files/<name>/content")
def download(name: str) -> Response:
    """Return a file's bytes."""
    return Response(_file(name)["data"], content_type="application/octet-stream")


def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = current_sandbox().files.get(name)
    if found is None:
        raise Refusal(404, f"No such File object: {name}", param="id")
    return found


@blueprint.post("/v1/batches")
def create() -> Response:
    """Start a batch on an uploaded file."""
    body = current_call().body if isinstance(current_call().body, dict) else {}
    for field in ("input_file_id", "endpoint", "completion_window"):
        if not body.get(field):
            raise missing_parameter(field)
    if body["endpoint"] not in ENDPOINTS:
        raise invalid_value("endpoint", f"Invalid value: '{body['endpoint']}'.")
    lines = _file(body["input_file_id"])["data"].splitlines()
    if len(lines) > MAX_LINES:
        raise invalid_value("input_file_id", f"A batch holds at most {MAX_LINES} requests.")
    sandbox = current_sandbox()
    name = f"batch_{current_call().entry.request_id[4:]}"
    batch = {
        "id": name,
        "object": "batch",
        "endpoint": body["endpoint"],
        "errors": None,
        "input_file_id": body["input_file_id"],
        "completion_window": body["completion_window"],
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": int(sandbox.now().timestamp()),
        "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
        "metadata": body.get("metadata"),
    }
    sandbox.batches.put(name, batch)
    return jsonify(batch)


@blueprint.get("/v1/batches/<name>")
def poll(name: str) -> Response:
    """Describe a batch; each poll moves it one state on."""
    batch = _batch(name)
    with current_sandbox().batches.lock:
        batch["status"] = _NEXT.get(batch["status"], batch["status"])
        if batch["status"] == "finalizing":
            _answer(batch, current_call(), current_sandbox())
        elif batch["status"] == "completed":
            batch["completed_at"] = int(current_sandbox().now().timestamp())
    return jsonify(batch)


@blueprint.post("/v1/batches/<name>/cancel")
def cancel(name: str) -> Response:
    """Stop a batch that has not been answered yet."""
    batch = _batch(name)
    if batch["status"] in {"completed", "cancelled"}:
        raise Refusal(409, f"Cannot cancel a batch with status '{batch['status']}'.")
    batch["status"] = "cancelled"
    return jsonify(batch)


def _batch(name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = current_sandbox().batches.get(name)
    if found is None:
        raise Refusal(404, f"No batch found with id '{name}'.", param="id")
    return found


def _answer(batch: dict[str, Any], call: Call, sandbox: Sandbox) -> None:
    """Answer every line, in reverse order: the real service keeps no order either."""
    good: list[str] = []
    bad: list[str] = []
    for line in reversed(_file(batch["input_file_id"])["data"].splitlines()):
        row = _answer_line(line, call, sandbox)
        succeeded = row["response"]["status_code"] == 200
        (good if succeeded else bad).append(print_json(row))
    for rows, field, kind in ((good, "output_file_id", "output"), (bad, "error_file_id", "error")):
        if rows:
            name = f"{batch['id'].replace('batch_', 'file-')}-{kind}"
            _keep(name, "\n".join(rows).encode(), f"{name}.jsonl", "batch_output")
            batch[field] = name
    batch["request_counts"].update(completed=len(good), failed=len(bad))


def _answer_line(line: bytes, call: Call, sandbox: Sandbox) -> dict[str, Any]:
    """Answer one line; it is journalled as a request of its own, at the batch price."""
    asked = json.loads(line)
    body = asked.get("body") or {}
    text = prompt_text(body)
    entry = sandbox.journal.start(sandbox.now(), "BATCH", asked["url"], call.profile.name)
    entry.key, entry.model = mask_key(call.key), str(body.get("model"))
    entry.function, entry.status = find_function(body, text), 200
    inner = Call(call.profile, entry, call.latency, call.key, body, text)
    try:
        reply = answer_chat({**body, "service_tier": "flex"}, inner, sandbox)
    except Refusal as refusal:
        entry.status = refusal.status
        document: Any = error_body(refusal, call.profile)
    else:
        document = chat_document(reply)
    response = {"status_code": entry.status, "request_id": entry.request_id, "body": document}
    custom_id = asked.get("custom_id")
    return {"id": entry.request_id, "custom_id": custom_id, "response": response, "error": None}
