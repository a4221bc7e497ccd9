"""Servers that answer as badly as they can: every call ends in time, in memory, in one error."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from igny8_flask.ai.providers import image_fetch
from igny8_flask.ai.providers.catalog import provider_for
from igny8_flask.ai.providers.endpoint import Endpoint
from igny8_flask.errors import Igny8Error
from igny8_flask.outbound import IMAGE, PROVIDER, WORDPRESS, Outbound
from igny8_flask.wordpress.client import WordPressClient
from tests.security.conftest import Teller

TOTAL_S = 1.5
SLACK_S = 5.0
MIB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
Send = Callable[[bytes], None]


def endless(send: Send, first: bytes, more: bytes) -> None:
    send(first)
    while True:
        send(more)


def drip(send: Send, first: bytes, more: bytes) -> None:
    send(first)
    while True:
        send(more)
        time.sleep(0.2)


def plain(body: bytes, headers: bytes = b"") -> Callable[[Send], None]:
    length = b"Content-Length: %d\r\n" % len(body)
    return lambda send: send(OK + headers + length + b"\r\n" + body)


BOMB = gzip.compress(b" " * 200 * MIB, 9)
ANSWERS: dict[str, Callable[[Send], None]] = {
    "endless body": lambda send: endless(send, OK + b"\r\n", b" " * 65_536),
    "endless chunks": lambda send: endless(
        send, OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b" " * 4096 + b"\r\n"
    ),
    "dripping body": lambda send: drip(send, OK + b"\r\n", b" "),
    "dripping header": lambda send: drip(send, OK + b"X-A: ", b"a"),
    "dripping status line": lambda send: drip(send, b"HTTP/1.1 ", b"2"),
    "silence": lambda _send: time.sleep(TOTAL_S + 1),
    "endless header line": lambda send: endless(send, OK + b"X-A: ", b"a" * 65_536),
    "ten thousand headers": lambda send: endless(send, OK, b"X-A: a\r\n" * 500),
    "endless interim answers": lambda send: endless(
        send, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50
    ),
    "gzip bomb": plain(BOMB, b"Content-Encoding: gzip\r\n"),
    "deflate bomb": plain(zlib.compress(b" " * 200 * MIB, 9), b"Content-Encoding: deflate\r\n"),
    "bomb in a bomb": plain(gzip.compress(BOMB), b"Content-Encoding: gzip, gzip\r\n"),
    "broken gzip": plain(b"\x1f\x8b\x08\x00nonsense", b"Content-Encoding: gzip\r\n"),
    "length too large": lambda send: send(OK + b"Content-Length: 999999999999\r\n\r\n{}"),
    "length too small": lambda send: send(OK + b"Content-Length: 1\r\n\r\n{}" + b" " * 9000),
    "length of nonsense": lambda send: send(OK + b"Content-Length: -5\r\n\r\n{}"),
    "chunk of nonsense": lambda send: send(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
    "no HTTP": lambda send: send(b"SSH-2.0-OpenSSH_9.9\r\n" * 100),
    "closed at once": lambda _send: None,
    "redirect home": lambda send: send(
        b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    ),
    "deep JSON": plain(b'{"data":' + b"[" * 2 * MIB),
    "dense JSON": plain(b'{"data":[' + b"[]," * MIB + b"1]}"),
    "dense objects": plain(b'{"a":{' + b'"":{},' * (MIB // 2) + b'"x":1}}'),
    "a number without end": plain(b'{"data":' + b"9" * MIB + b"}"),
}


@contextmanager
def serving(answer: Callable[[Send], None]) -> Iterator[int]:
    """A server on this host that answers everybody in the same bad way."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, answer), daemon=True).start()
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, answer: Callable[[Send], None]) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            with client, suppress(OSError):
                client.settimeout(TOTAL_S + SLACK_S)
                client.recv(65_536)
                answer(client.sendall)


def outbound(port: int) -> Outbound:
    return Outbound(allow_private=frozenset({f"127.0.0.1:{port}"}))


def provider(port: int, url: str) -> None:
    policy = replace(PROVIDER, total_s=TOTAL_S, first_byte_s=TOTAL_S, idle_s=TOTAL_S)
    endpoint = Endpoint(outbound(port), url, "sk-of-nobody", policy)
    endpoint.send("POST", "/chat/completions", {})


def wordpress(port: int, url: str) -> None:
    policy = replace(WORDPRESS, total_s=TOTAL_S, first_byte_s=TOTAL_S, idle_s=TOTAL_S)
    WordPressClient(outbound(port), url + "/wp-json/", "igny8", "secret words", policy).whoami()


def image(port: int, url: str) -> None:
    image_fetch.fetch_image(outbound(port), url, provider_for("https://api.openai.com/v1"))


DOORS = {"provider": provider, "wordpress": wordpress, "image": image}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = replace(IMAGE, total_s=TOTAL_S, first_byte_s=TOTAL_S, idle_s=TOTAL_S)
    monkeypatch.setattr(image_fetch, "IMAGE", policy)


@pytest.mark.parametrize("door", DOORS)
def test_every_bad_answer_ends_in_time_and_in_memory(door: str, full: bool, tell: Teller) -> None:
    names = list(ANSWERS) if full else list(ANSWERS)[list(DOORS).index(door) :: 3]
    slowest = heaviest = 0.0
    for name in names:
        with serving(ANSWERS[name]) as port:
            tracemalloc.start()
            started = time.monotonic()
            with suppress(Igny8Error):
                DOORS[door](port, f"http://127.0.0.1:{port}")
            took = time.monotonic() - started
            peak = tracemalloc.get_traced_memory()[1] / MIB
            tracemalloc.stop()
        assert took < TOTAL_S + SLACK_S, name
        assert peak < 64, f"{name}: {peak:.0f} MiB"
        slowest, heaviest = max(slowest, took), max(heaviest, peak)
    tell(
        f"T13 bad answers of a {door}: slowest, heaviest",
        f"{slowest:.1f} s (deadline {TOTAL_S} s), {heaviest:.0f} MiB; {len(names)} forms",
    )
