"""One request to a provider route: who asks, for what, and which fault it meets."""

import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any, cast

from flask import g, request

from igny8_flask.sandbox.faults import Fault, Occasion
from igny8_flask.sandbox.function_names import find_function
from igny8_flask.sandbox.journal import Entry, hash_prompt, mask_key
from igny8_flask.sandbox.latency import Latency, parse_latency
from igny8_flask.sandbox.profiles import PROFILES, Profile
from igny8_flask.sandbox.refusals import Refusal
from igny8_flask.sandbox.state import current_sandbox

_TEXT_PATHS = ("/v1/chat/completions", "/v1/responses")
_LATENCY_MARK = re.compile(r"\[\[latency:([a-z0-9.]+)\]\]")
KEY_PREFIX = "sk-sandbox"


@dataclass
class Call:
    """What the handlers need to know about the request under way."""

    profile: Profile
    entry: Entry
    latency: Latency
    key: str
    body: Any = None
    text: str = ""
    fault: Fault | None = None
    started: float = 0.0
    pace_over: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float) -> None:
        """Wait until so many seconds have passed since the request came in, or the pace is over."""
        left = self.started + seconds - time.monotonic()
        if left > 0:
            self.pace_over.wait(left)

    def has_fault(self, *names: str) -> bool:
        """Tell whether one of these faults fires on this request."""
        return self.fault is not None and self.fault.name in names


def current_call() -> Call:
    """Return the request under way."""
    return cast(Call, g.call)


def open_call() -> Call:
    """Journal the request and read it; raises Refusal when it cannot be served at all."""
    sandbox = current_sandbox()
    profile = PROFILES[request.environ.get("sandbox.profile", "openai")]
    path = request.environ.get("sandbox.path", request.path)
    entry = sandbox.journal.start(sandbox.now(), request.method, path, profile.name)
    pace_over = sandbox.pace_over  # Read before the latency: a pace that ends meanwhile is over.
    call = Call(profile, entry, sandbox.latency, _key())
    call.started, call.pace_over = time.monotonic(), pace_over
    g.call = call
    _check_content_type()
    raw = request.get_data(cache=True)
    call.body = _read_json(raw)
    _describe(call, raw)
    _check_key(call)
    call.latency = _asked_latency(call)
    call.fault = sandbox.faults.pick(_occasion(call))
    entry.fault = call.fault.name if call.fault else None
    return call


def _key() -> str:
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return request.headers.get("api-key", "").strip()


def _check_content_type() -> None:
    known = request.is_json or request.files or request.form
    if request.method == "POST" and not known and request.get_data(cache=True):
        raise Refusal(400, "Invalid Content-Type header: expected 'application/json'.")


def _read_json(raw: bytes) -> Any:
    if not request.is_json or not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        message = "We could not parse the JSON body of your request."
        raise Refusal(400, message) from None


def _describe(call: Call, raw: bytes) -> None:
    """Fill the journal's entry from the body."""
    entry, body = call.entry, call.body
    tasks = body if isinstance(body, list) else []
    fields = body if isinstance(body, dict) else (tasks[-1] if tasks else {})
    fields = fields if isinstance(fields, dict) else {}
    call.text = prompt_text(body)
    entry.key = mask_key(call.key) if call.key else None
    address = request.full_path.encode()
    entry.key_leaked = bool(call.key) and (call.key.encode() in raw or call.key.encode() in address)
    model = fields.get("model")
    entry.model = model if isinstance(model, str) else None
    entry.stream = fields.get("stream") is True
    entry.prompt_hash = hash_prompt(call.text) if call.text else None
    entry.function = find_function(fields, call.text)


def prompt_text(body: Any) -> str:
    """Join every text that a body carries for a model, in order."""
    if isinstance(body, list):
        return "\n".join(filter(None, map(prompt_text, body)))
    if not isinstance(body, dict):
        return ""
    parts: list[str] = []
    for name in ("instructions", "messages", "input", "prompt", "positivePrompt"):
        parts.extend(_strings(body.get(name)))
    return "\n".join(parts)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    if isinstance(value, dict):
        return _strings(value.get("content", value.get("text")))
    return []


def _check_key(call: Call) -> None:
    if not call.profile.checks_key or request.path.startswith("/img/"):
        return
    if request.path == "/v1" and not call.key:
        call.key = _key_in_tasks(call.body)
        call.entry.key = mask_key(call.key) if call.key else None
    if call.key.startswith(KEY_PREFIX):
        return
    if not call.key:
        message = "You didn't provide an API key. Provide it in an Authorization header."
        raise Refusal(401, message, code=None)
    shown = call.key[:3] + "*" * 8 + call.key[-4:] if len(call.key) > 8 else "*" * 8
    message = f"Incorrect API key provided: {shown}. The sandbox accepts any key {KEY_PREFIX}…"
    raise Refusal(401, message, code="invalid_api_key")


def _key_in_tasks(body: Any) -> str:
    first = body[0] if isinstance(body, list) and body else None
    if isinstance(first, dict) and first.get("taskType") == "authentication":
        return str(first.get("apiKey", ""))
    return ""


def _asked_latency(call: Call) -> Latency:
    """Prefer the request's own latency: a header, or a mark in the prompt."""
    mark = _LATENCY_MARK.search(call.text)
    asked = request.headers.get("X-Sandbox-Latency") or (mark[1] if mark else None)
    if asked is None:
        return call.latency
    try:
        return parse_latency(asked)
    except ValueError as error:
        raise Refusal(400, str(error)) from error


def _occasion(call: Call) -> Occasion:
    entry = call.entry
    if request.path in _TEXT_PATHS:
        kind = "text"
    elif request.path.startswith(("/v1/images/", "/img/")) or request.path == "/v1":
        kind = "image"
    else:
        kind = "other"
    return Occasion(
        entry.path, entry.function, entry.model, call.text, call.key, kind, entry.stream
    )
