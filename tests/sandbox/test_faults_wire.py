"""Broken connections, seen from a raw socket."""

import gzip
import json
import socket
import time
from typing import Any

import pytest
import requests

from tests.sandbox.conftest import Sandbox, question


def send_raw(box: Sandbox, body: dict[str, Any], timeout: float = 10) -> socket.socket:
    data = json.dumps(body).encode()
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: sandbox\r\n"
        "Authorization: Bearer sk-sandbox-raw\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", box.port), timeout=timeout)
    connection.sendall(head.encode() + data)
    return connection


def read_all(connection: socket.socket) -> tuple[bytes, bool]:
    """Everything that arrives, and whether the connection was reset."""
    received = b""
    while True:
        try:
            piece = connection.recv(65_536)
        except ConnectionResetError:
            return received, True
        if not piece:
            return received, False
        received += piece


def exchange(box: Sandbox, body: dict[str, Any] | None = None) -> tuple[bytes, bool]:
    with send_raw(box, body or question()) as connection:
        return read_all(connection)


def test_a_sound_answer_closes_without_a_reset(box: Sandbox) -> None:
    received, was_reset = exchange(box)
    assert received.startswith(b"HTTP/1.1 200")
    assert not was_reset


def test_reset_before_headers_sends_no_byte_and_bills_nothing(box: Sandbox) -> None:
    box.fault("reset_before_headers")
    assert exchange(box) == (b"", True)
    row = box.journal()[-1]
    assert (row["status"], row["billed"]) == (None, False)


def test_a_lost_answer_is_billed_although_no_byte_came(box: Sandbox) -> None:
    box.fault("reset_before_headers", args={"after_work": True})
    assert exchange(box) == (b"", True)
    row = box.journal()[-1]
    assert (row["status"], row["billed"]) == (None, True)


def test_reset_mid_body_sends_half_of_the_promised_length(box: Sandbox) -> None:
    box.fault("reset_mid_body")
    received, was_reset = exchange(box)
    head, _, body = received.partition(b"\r\n\r\n")
    promised = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert was_reset
    assert len(body) == pytest.approx(promised / 2, abs=1)


def test_reset_mid_stream_leaves_the_chunks_without_an_end(box: Sandbox) -> None:
    box.fault("reset_mid_body")
    received, was_reset = exchange(box, {**question(), "stream": True})
    assert was_reset
    assert received.count(b"data: ") == 20
    assert b"[DONE]" not in received
    assert not received.endswith(b"0\r\n\r\n")


def test_hang_sends_nothing_until_the_client_leaves(box: Sandbox) -> None:
    box.fault("hang")
    with send_raw(box, question(), timeout=0.5) as connection, pytest.raises(TimeoutError):
        connection.recv(1)
    assert wait_for_end(box)["status"] is None


def wait_for_end(box: Sandbox) -> dict[str, Any]:
    """The newest entry, once the server has let go of its connection."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        row = box.journal()[-1]
        if row["ms"] is not None:
            return row
        time.sleep(0.05)
    raise AssertionError("the request never ended")


def test_hang_ends_by_itself_after_its_time(box: Sandbox) -> None:
    box.fault("hang", args={"seconds": 0.3})
    assert exchange(box) == (b"", True)


def test_slow_drip_sends_byte_by_byte(box: Sandbox) -> None:
    box.fault("slow_drip", args={"interval": 0.02, "bytes": 100})
    started = time.monotonic()
    assert box.chat().json()["choices"]
    assert time.monotonic() - started > 0.2


def test_a_short_body_ends_before_its_promised_length(box: Sandbox) -> None:
    box.fault("short_content_length")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        box.chat()


def test_a_huge_body_is_as_large_as_asked(box: Sandbox) -> None:
    box.fault("huge_body", args={"mib": 3})
    assert len(box.chat().content) > 3 * 1024 * 1024


def test_a_good_body_may_wear_the_wrong_type(box: Sandbox) -> None:
    box.fault("wrong_content_type")
    answer = box.chat()
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.json()["choices"]


def test_a_gzip_body_may_be_broken(box: Sandbox) -> None:
    box.fault("bad_gzip")
    received, _ = exchange(box)
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-encoding: gzip" in head.lower()
    with pytest.raises((OSError, EOFError)):
        gzip.decompress(body)


def test_a_charset_may_lie(box: Sandbox) -> None:
    box.fault("latin1_charset")
    asked = question({"title": "Köln", "keywords": ["Köln"], "word_count": 100})
    answer = box.post("/v1/chat/completions", asked)
    assert answer.encoding == "iso-8859-1"
    assert "Köln" in answer.content.decode("utf-8")


def test_a_body_may_stop_in_the_middle_of_its_json(box: Sandbox) -> None:
    box.fault("not_json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        box.chat().json()


def test_connections_are_refused_for_a_while(box: Sandbox) -> None:
    box.fault("connect_refused", args={"seconds": 0.6})
    assert refusals_until_open(box) > 1
    assert box.chat().status_code == 200


def refusals_until_open(box: Sandbox) -> int:
    """Knock until the port, once closed, is open again; how often it was closed."""
    refused = 0
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", box.port), timeout=1).close()
        except ConnectionRefusedError:
            refused += 1
        else:
            if refused:
                return refused
        time.sleep(0.02)
    raise AssertionError("the port was never closed, or never opened again")


def test_a_matching_request_may_close_the_port(box: Sandbox) -> None:
    box.fault("connect_refused", match={"path": "/chat/"}, args={"seconds": 0.3})
    assert exchange(box) == (b"", True)
    assert refusals_until_open(box) > 1


def test_a_client_that_leaves_a_stream_is_noted(box: Sandbox) -> None:
    body = {**question(), "stream": True}
    body["messages"] = [*body["messages"], {"role": "system", "content": "[[latency:2]]"}]
    with send_raw(box, body) as connection:
        assert connection.recv(1024)
    row = wait_for_end(box)
    assert (row["disconnected"], row["billed"]) == (True, True)
