"""Streams that go wrong between the first byte and ``[DONE]``."""

import json
import time
from collections.abc import Iterator
from typing import Any

from igny8_flask.sandbox.faults import Fault

DONE = b"data: [DONE]\n\n"


def spoil_stream(events: list[dict[str, Any]], fault: Fault) -> Iterator[bytes]:
    """Print the events with the fault in them."""
    lines = [_print(event) for event in events]
    half = max(1, int(len(lines) * float(fault.args.get("percent", 50)) / 100))
    if fault.name == "no_done":
        yield from lines
    elif fault.name == "cut_stream":
        yield from lines[:half]
    elif fault.name == "error_mid_stream":
        yield from lines[:half]
        error = {"message": "The server had an error.", "type": "server_error", "code": None}
        yield _print({"error": {**error, "param": None}})
    elif fault.name == "stall_mid_stream":
        yield from lines[:half]
        time.sleep(float(fault.args.get("seconds", 300)))
    else:
        yield from _CHANGES[fault.name](events, lines)
        yield DONE


def _print(event: dict[str, Any]) -> bytes:
    name = f"event: {event['type']}\n" if "type" in event else ""
    return f"{name}data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _no_usage(events: list[dict[str, Any]], lines: list[bytes]) -> Iterator[bytes]:
    for event, line in zip(events, lines, strict=True):
        if not event.get("usage"):
            yield line


def _comments(_: list[dict[str, Any]], lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield b": keep-alive\n\n"
        yield line


def _split_bytes(_: list[dict[str, Any]], lines: list[bytes]) -> Iterator[bytes]:
    """Cut inside characters and lines: 7 bytes at a time, and two bytes of every wide one."""
    for line in lines:
        wide = next((at for at, byte in enumerate(line) if byte >= 0x80), None)
        cuts = range(7, len(line), 7) if wide is None else (wide + 1,)
        start = 0
        for cut in cuts:
            yield line[start:cut]
            start = cut
        yield line[start:]


def _empty_choices(events: list[dict[str, Any]], lines: list[bytes]) -> Iterator[bytes]:
    empty = _print({**events[0], "choices": []})
    yield empty
    for number, line in enumerate(lines):
        yield line
        if number % 3 == 0:
            yield empty


def _duplicate(_: list[dict[str, Any]], lines: list[bytes]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        yield line
        if number == len(lines) // 2:
            yield line


_CHANGES = {
    "no_usage": _no_usage,
    "keepalive_comments": _comments,
    "split_utf8": _split_bytes,
    "empty_choices": _empty_choices,
    "duplicate_chunk": _duplicate,
}
