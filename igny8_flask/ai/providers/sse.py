"""Server-sent events of chat completions, as servers really send them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from igny8_flask.outbound import is_too_dense

DONE = "[DONE]"
_MAX_EVENT_LINES = 64  # a single event over more lines than this is not JSON of ours


def read_events(lines: Iterable[bytes]) -> Iterator[Any]:
    """Yield the parsed data of each event, None where it is not JSON; ``[DONE]`` comes last.

    Accepts comments, missing blank lines, data over several lines, bare JSON lines and a byte
    order mark. An event named ``error`` whose data has no ``error`` key gets one.
    """
    pending: list[str] = []
    event = ""
    for raw in lines:
        line = raw.decode("utf-8", "replace").rstrip("\r").lstrip("\ufeff")
        if not line:
            if pending:
                yield None
            pending, event = [], ""
            continue
        name, data = _field(line)
        if name == "event":
            event = data
        if name != "data":
            continue
        if data == DONE:
            yield DONE
            return
        pending.append(data)
        document = _parse("\n".join(pending))
        if document is not None:
            yield _marked(document, event)
            pending = []
        elif len(pending) >= _MAX_EVENT_LINES:
            yield None
            pending = []
    if pending:
        yield None


def is_event_line(line: bytes) -> bool:
    """Return whether a body that starts with this line is an event stream."""
    return line.lstrip(b"\xef\xbb\xbf").startswith((b"data:", b"event:", b"id:", b"retry:", b":"))


def _field(line: str) -> tuple[str, str]:
    if line.startswith(("{", "[{")):
        return "data", line
    name, _, value = line.partition(":")
    return name, value.strip()


def _parse(text: str) -> Any:
    if is_too_dense(text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _marked(document: Any, event: str) -> Any:
    if event == "error" and not (isinstance(document, dict) and "error" in document):
        return {"error": document}
    return document
