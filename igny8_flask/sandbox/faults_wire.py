"""Connections that break: resets, silence, drips, wrong lengths and wrong encodings."""

import gzip
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, request

from igny8_flask.sandbox.call import Call
from igny8_flask.sandbox.state import Sandbox

_LET_ARRIVE_S = 0.05  # a reset right behind data may overtake it
_POLL_S = 0.2


def client_socket() -> socket.socket | None:
    """Return the connection under this request; None under a test client."""
    found: socket.socket | None = request.environ.get("werkzeug.socket")
    return found


def has_left(connection: socket.socket | None) -> bool:
    """Tell whether the client has closed its side."""
    if connection is None:
        return False
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def _reset(connection: socket.socket | None) -> None:
    """Make the coming close a reset, and leave the request at once."""
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionResetError("the sandbox resets this connection")


def answer_wire_fault(call: Call, sandbox: Sandbox) -> Response | None:
    """Return the answer of a fault that strikes before any work; None for the others.

    ``after_work`` in the arguments makes ``hang`` and ``reset_before_headers`` strike after it.
    """
    if not call.has_fault("connect_refused", "reset_before_headers", "hang"):
        return None
    args = call.fault.args if call.fault else {}
    if args.get("after_work"):
        return None
    connection = client_socket()
    if call.has_fault("hang"):
        return Response(_silence(connection, float(args.get("seconds", 600))))
    if call.has_fault("connect_refused") and sandbox.refuse_connections:
        sandbox.refuse_connections(float(args.get("seconds", 1)))
    return Response(_broken([], connection))


def _silence(connection: socket.socket | None, seconds: float) -> Iterator[bytes]:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not has_left(connection):
        time.sleep(min(_POLL_S, seconds))
    yield from _broken([], connection)


def _broken(pieces: list[bytes], connection: socket.socket | None) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        time.sleep(_LET_ARRIVE_S)
    _reset(connection)
    yield b""


def spoil_response(response: Response, call: Call) -> Response:
    """Apply a fault that strikes while the finished answer travels."""
    spoil = _SPOILS.get(call.fault.name) if call.fault else None
    struck = call.has_fault("hang", "reset_before_headers") and not call.entry.billed
    if spoil is None or call.fault is None or struck or response.status_code >= 400:
        return response
    return spoil(response, call.fault.args)


def _reset_mid_body(response: Response, args: dict[str, Any]) -> Response:
    share = float(args.get("percent", 50)) / 100
    connection = client_socket()
    if response.is_streamed:
        response.response = _cut_stream(iter(response.iter_encoded()), connection, args)
        return response
    body = response.get_data()
    half = body[: max(1, int(len(body) * share))]
    return _stream(response, _broken([half], connection), len(body))


def _cut_stream(
    chunks: Iterator[bytes], connection: socket.socket | None, args: dict[str, Any]
) -> Iterator[bytes]:
    for number, chunk in enumerate(chunks):
        if number >= int(args.get("events", 20)):
            break
        yield chunk
    time.sleep(_LET_ARRIVE_S)
    _reset(connection)


def _stream(response: Response, chunks: Iterator[bytes], length: int | None) -> Response:
    """Send chunks instead of the body, with a length that may be a lie."""
    response.response = chunks
    response.headers.pop("Content-Length", None)
    if length is not None:
        response.headers["Content-Length"] = str(length)
    return response


def _slow_drip(response: Response, args: dict[str, Any]) -> Response:
    pause_s, size = float(args.get("interval", 0.2)), int(args.get("bytes", 1))
    body = b"".join(response.iter_encoded())

    def drip() -> Iterator[bytes]:
        for at in range(0, len(body), size):
            yield body[at : at + size]
            time.sleep(pause_s)

    return _stream(response, drip(), None if response.is_streamed else len(body))


def _short_length(response: Response, args: dict[str, Any]) -> Response:
    body = b"".join(response.iter_encoded())
    return _stream(response, iter([body]), len(body) + int(args.get("bytes", 100)))


def _huge_body(response: Response, args: dict[str, Any]) -> Response:
    mebibytes = int(args.get("mib", 64))
    body = b"".join(response.iter_encoded())

    def flood() -> Iterator[bytes]:
        for _ in range(mebibytes * 16):
            yield b" " * 65_536
        yield body

    return _stream(response, flood(), None)


def _wrong_type(response: Response, _: dict[str, Any]) -> Response:
    response.headers["Content-Type"] = "text/html; charset=utf-8"
    return response


def _bad_gzip(response: Response, _: dict[str, Any]) -> Response:
    packed = gzip.compress(b"".join(response.iter_encoded()), mtime=0)
    response.headers["Content-Encoding"] = "gzip"
    broken = packed[: len(packed) // 2] + b"\x00" * 32
    return _stream(response, iter([broken]), len(broken))


def _latin1(response: Response, _: dict[str, Any]) -> Response:
    kind = response.headers["Content-Type"].split(";")[0]
    response.headers["Content-Type"] = f"{kind}; charset=iso-8859-1"
    return response


def _not_json(response: Response, _: dict[str, Any]) -> Response:
    body = b"".join(response.iter_encoded())
    broken = body[: len(body) // 2]
    return _stream(response, iter([broken]), len(broken))


def _lose(response: Response, _: dict[str, Any]) -> Response:
    """Do the work, bill it, and reset the connection instead of answering."""
    return _stream(response, _broken([], client_socket()), None)


def _withhold(response: Response, args: dict[str, Any]) -> Response:
    return _stream(response, _silence(client_socket(), float(args.get("seconds", 600))), None)


_SPOILS: dict[str, Callable[[Response, dict[str, Any]], Response]] = {
    "reset_before_headers": _lose,
    "hang": _withhold,
    "reset_mid_body": _reset_mid_body,
    "slow_drip": _slow_drip,
    "short_content_length": _short_length,
    "huge_body": _huge_body,
    "wrong_content_type": _wrong_type,
    "bad_gzip": _bad_gzip,
    "latin1_charset": _latin1,
    "not_json": _not_json,
}
