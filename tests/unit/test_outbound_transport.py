"""What hostile and broken servers can do to the outbound door: real sockets on the loopback."""

import contextlib
import gzip
import json
import os
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import requests.exceptions

from igny8_flask.errors import CancelledError, OutboundError
from igny8_flask.outbound import Outbound, Policy
from igny8_flask.outbound.translation import CODES, translate

FAST = Policy("test", connect_s=1, first_byte_s=0.6, idle_s=0.4, total_s=1.5, max_bytes=100_000)
Handler = Callable[[socket.socket], None]


class Server:
    """Accepts on a free loopback port and hands each connection to the script of the test."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections = 0
        self.closing = threading.Event()
        self.script: Handler = lambda client: None
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                self.script(client)
            except OSError:
                return

    def read_request(self, client: socket.socket) -> bytes:
        """Read one request with its body; empty at the end of the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = client.recv(65536)
            if not part:
                return b""
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ]
        while len(body) < sum(lengths):
            body += client.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def answers(self, *parts: bytes, pause_s: float = 0.0, hold: bool = False) -> None:
        """Answer each request with these parts, pausing between them."""

        def script(client: socket.socket) -> None:
            if self.read_request(client):
                for part in parts:
                    client.sendall(part)
                    self.closing.wait(pause_s)
                if hold:
                    self.closing.wait(5)

        self.script = script

    def close(self) -> None:
        """Stop listening at once."""
        self.closing.set()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def outbound(server: Server) -> Outbound:
    pairs = frozenset({f"127.0.0.1:{server.port}", f"site.example:{server.port}"})
    return Outbound(pairs, resolver=lambda host, port: ["127.0.0.1"])


def response(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def failing(outbound: Outbound, server: Server, policy: Policy = FAST) -> OutboundError:
    started = time.monotonic()
    with pytest.raises(OutboundError) as caught:
        outbound.request("POST", server.url, policy, json={"a": 1})
    assert time.monotonic() - started < policy.total_s + 1
    return caught.value


def forever(server: Server, head: bytes, part: bytes, pause_s: float) -> None:
    def script(client: socket.socket) -> None:
        server.read_request(client)
        client.sendall(head)
        while not server.closing.wait(pause_s):
            client.sendall(part)

    server.script = script


def test_a_request_carries_its_method_body_and_headers(server: Server, outbound: Outbound) -> None:
    server.answers(response(b'{"ok":true}', "X-Request-Id: r1"))
    url = f"http://site.example:{server.port}/a"
    reply = outbound.request(
        "PUT", url, FAST, json={"ü": 1}, params={"q": "ä b"}, auth=("jo", "pä ss")
    )
    assert (reply.status, reply.body) == (200, b'{"ok":true}')
    assert reply.headers["x-REQUEST-id"] == "r1"
    sent = server.requests[0].decode()
    assert sent.startswith("PUT /a?q=%C3%A4+b HTTP/1.1\r\n")
    assert f"Host: site.example:{server.port}\r\n" in sent
    assert "Authorization: Basic am86cMOkIHNz\r\n" in sent
    assert json.loads(sent.partition("\r\n\r\n")[2]) == {"ü": 1}


def test_a_caller_cannot_send_another_host_name(server: Server, outbound: Outbound) -> None:
    server.answers(response(b""))
    outbound.request("GET", server.url, FAST, headers={"Host": "internal.example"})
    assert b"internal.example" not in server.requests[0]


def test_connections_are_reused_in_a_thread_and_not_shared_between_threads(
    server: Server, outbound: Outbound
) -> None:
    def script(client: socket.socket) -> None:
        while server.read_request(client):
            client.sendall(response(b"x"))

    server.script = script
    for _ in range(3):
        outbound.request("GET", server.url, FAST)
    assert server.connections == 1
    other = threading.Thread(target=lambda: outbound.request("GET", server.url, FAST))
    other.start()
    other.join()
    assert server.connections == 2


def test_a_forked_process_does_not_use_its_parents_connection(
    server: Server, outbound: Outbound
) -> None:
    def script(client: socket.socket) -> None:
        while server.read_request(client):
            client.sendall(response(b"x"))

    server.script = script
    outbound.request("GET", server.url, FAST)
    child = os.fork()
    if child == 0:
        try:
            outbound.request("GET", server.url, FAST)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    outbound.request("GET", server.url, FAST)
    assert server.connections == 2


def test_a_connection_that_the_server_closed_meanwhile_is_replaced(
    server: Server, outbound: Outbound
) -> None:
    closed = threading.Event()

    def script(client: socket.socket) -> None:
        server.read_request(client)
        client.sendall(response(b"x"))
        client.close()
        closed.set()

    server.script = script
    for _ in range(3):
        assert outbound.request("POST", server.url, FAST, data=b"1").body == b"x"
        closed.wait(5)
        closed.clear()
    assert server.connections == 3


def test_netrc_and_proxies_of_the_environment_have_no_say(
    server: Server, outbound: Outbound, monkeypatch: pytest.MonkeyPatch, tmp_path: os.PathLike[str]
) -> None:
    netrc = os.path.join(tmp_path, "netrc")
    with open(netrc, "w") as file:
        file.write("machine 127.0.0.1 login thief password stolen\n")
    monkeypatch.setenv("NETRC", netrc)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    server.answers(response(b""))
    outbound.request("GET", server.url, FAST, headers={"Authorization": "Bearer key"})
    assert b"Authorization: Bearer key" in server.requests[0]


def test_cookies_are_not_kept(server: Server, outbound: Outbound) -> None:
    server.answers(response(b"", "Set-Cookie: a=b", "Connection: close"))
    outbound.request("GET", server.url, FAST)
    outbound.request("GET", server.url, FAST)
    assert b"cookie" not in server.requests[1].lower()


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 T", "308 P"])
def test_a_redirect_is_an_answer_and_is_never_followed(
    status: str, server: Server, outbound: Outbound
) -> None:
    server.answers(response(b"go", "Location: http://169.254.169.254/", status=status))
    reply = outbound.request("POST", server.url, FAST, json={})
    assert reply.status == int(status[:3])
    assert reply.headers["location"] == "http://169.254.169.254/"
    assert len(server.requests) == 1


def test_the_body_of_a_redirect_is_capped_too(server: Server, outbound: Outbound) -> None:
    server.answers(response(b"x" * 200_000, "Location: /else", status="302 Found"))
    assert failing(outbound, server).code == "too_large"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n",
    ],
)
def test_a_dripping_body_ends_at_the_total_deadline(
    head: bytes, server: Server, outbound: Outbound
) -> None:
    forever(server, head, b"x", 0.1)
    error = failing(outbound, server)
    assert (error.code, error.maybe_delivered, error.retryable) == ("timed_out", True, True)


def test_dripping_chunks_end_at_the_total_deadline(server: Server, outbound: Outbound) -> None:
    forever(server, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.1)
    assert failing(outbound, server).code == "timed_out"


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5", b""),
    ],
)
def test_slow_headers_and_a_late_body_end_at_the_first_byte_deadline(
    head: bytes, part: bytes, server: Server, outbound: Outbound
) -> None:
    forever(server, head, part, 0.1)
    started = time.monotonic()
    assert failing(outbound, server).code == "timed_out"
    assert time.monotonic() - started < 1.2


def test_silence_after_the_first_bytes_ends_at_the_idle_limit(
    server: Server, outbound: Outbound
) -> None:
    server.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", hold=True)
    started = time.monotonic()
    assert failing(outbound, server, replace(FAST, total_s=30)).code == "timed_out"
    assert time.monotonic() - started < 1.2


def test_a_server_that_never_reads_does_not_hold_the_writer(
    server: Server, outbound: Outbound
) -> None:
    server.script = lambda client: server.closing.wait(5) and None
    policy = replace(FAST, connect_s=8, total_s=10)
    started = time.monotonic()
    with pytest.raises(OutboundError) as caught:
        outbound.request("POST", server.url, policy, data=b"x" * 30_000_000)
    assert time.monotonic() - started < 4
    assert (caught.value.code, caught.value.maybe_delivered) == ("timed_out", True)


def test_a_refused_connection_was_surely_not_delivered(outbound: Outbound, server: Server) -> None:
    server.close()
    error = failing(outbound, server)
    assert (error.code, error.maybe_delivered, error.retryable) == ("connect_failed", False, True)


def test_a_name_server_that_hangs_is_left_behind(server: Server) -> None:
    waiting = threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        waiting.wait(10)
        return []

    with pytest.raises(OutboundError) as caught:
        Outbound(resolver=hanging).request("GET", "http://a.example/", replace(FAST, connect_s=0.2))
    waiting.set()
    assert caught.value.code == "connect_failed"


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@pytest.mark.parametrize("part", [b"", b"HTTP/1.1 20"])
def test_a_reset_before_the_headers_may_have_been_delivered(
    part: bytes, server: Server, outbound: Outbound
) -> None:
    def script(client: socket.socket) -> None:
        server.read_request(client)
        client.sendall(part)
        if not part:
            reset(client)

    server.script = script
    error = failing(outbound, server)
    assert error.maybe_delivered
    assert error.code in ("reset", "cut_short", "malformed_reply")


@pytest.mark.parametrize(
    "body",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello",
    ],
)
def test_a_short_body_is_never_taken_for_a_whole_one(
    body: bytes, server: Server, outbound: Outbound
) -> None:
    server.answers(body)
    error = failing(outbound, server)
    assert (error.code, error.maybe_delivered, error.retryable) == ("cut_short", True, True)


@pytest.mark.parametrize(
    "answer",
    [
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        response(b"this is no gzip", "Content-Encoding: gzip"),
        response(b"this is no deflate", "Content-Encoding: deflate"),
    ],
)
def test_an_answer_that_is_not_proper_http_says_so(
    answer: bytes, server: Server, outbound: Outbound
) -> None:
    server.answers(answer)
    error = failing(outbound, server)
    assert error.code in ("malformed_reply", "cut_short")
    assert error.maybe_delivered


@pytest.mark.parametrize(
    "headers",
    [
        [f"X-{n}: y" for n in range(150)],
        ["X-Huge: " + "y" * 70_000],
    ],
)
def test_huge_headers_are_refused(headers: list[str], server: Server, outbound: Outbound) -> None:
    server.answers(response(b"ok", *headers))
    error = failing(outbound, server)
    assert (error.code, error.retryable) == ("too_large", False)


def chained(times: int, size: int) -> bytes:
    data = b"\0" * size
    for _ in range(times):
        data = gzip.compress(data)
    return data


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (chained(1, 200_000_000), "gzip"),
        (chained(2, 200_000_000), "gzip, gzip"),
        (zlib.compress(b"\0" * 200_000_000), "deflate"),
    ],
)
def test_a_compressed_bomb_costs_no_memory(
    body: bytes, encoding: str, server: Server, outbound: Outbound
) -> None:
    server.answers(response(body, f"Content-Encoding: {encoding}"))
    policy = replace(FAST, total_s=20, max_bytes=1_000_000)
    tracemalloc.start()
    try:
        error = failing(outbound, server, policy)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert error.code == "too_large"
    assert peak < 16_000_000


def test_a_body_over_the_cap_is_refused_by_length_or_by_count(
    server: Server, outbound: Outbound
) -> None:
    server.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx", hold=True)
    assert failing(outbound, server).code == "too_large"
    server.answers(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_001)
    assert failing(outbound, server).code == "too_large"
    server.answers(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000)
    assert len(outbound.request("GET", server.url, FAST).body) == 100_000


def test_a_compressed_answer_is_decoded(server: Server, outbound: Outbound) -> None:
    server.answers(response(gzip.compress(b"hello"), "Content-Encoding: gzip"))
    assert outbound.request("GET", server.url, FAST).body == b"hello"


def test_lines_are_split_on_newlines_alone_and_arrive_as_sent(
    server: Server, outbound: Outbound
) -> None:
    text = "a\u2028b\x85c\x0bd\r\n\nünï".encode()
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    server.answers(head, *[bytes([byte]) for byte in text], pause_s=0.005)
    with outbound.stream("POST", server.url, FAST, json={}) as reply:
        lines = list(reply.lines())
    assert lines == ["a\u2028b\x85c\x0bd\r".encode(), b"", "ünï".encode()]


def test_a_streamed_line_is_handed_on_before_the_next_one_is_sent(
    server: Server, outbound: Outbound
) -> None:
    go_on = threading.Event()

    def script(client: socket.socket) -> None:
        server.read_request(client)
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\nfirst\n")
        go_on.wait(5)
        client.sendall(b"second\n")

    server.script = script
    with outbound.stream("GET", server.url, replace(FAST, total_s=10, idle_s=5)) as reply:
        lines = reply.lines()
        assert next(lines) == b"first"
        go_on.set()
        assert list(lines) == [b"second"]


def test_a_long_unbroken_line_is_read_in_linear_time(server: Server, outbound: Outbound) -> None:
    server.answers(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 20_000_000)
    policy = replace(FAST, max_bytes=30_000_000, total_s=20)
    started = time.monotonic()
    with outbound.stream("GET", server.url, policy) as reply:
        assert [len(line) for line in reply.lines()] == [20_000_000]
    assert time.monotonic() - started < 5


def test_two_streams_of_one_thread_keep_their_own_deadlines(
    server: Server, outbound: Outbound
) -> None:
    server.answers(b"HTTP/1.1 200 OK\r\n\r\n", b"a\n", b"b\n", pause_s=0.3)
    short, long = replace(FAST, idle_s=0.1, first_byte_s=5), replace(FAST, idle_s=5, total_s=9)
    with (
        outbound.stream("GET", server.url, long) as patient,
        outbound.stream("GET", server.url, short) as hasty,
    ):
        with pytest.raises(OutboundError):
            list(hasty.lines())
        assert list(patient.lines()) == [b"a", b"b"]


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\ntext\n"])
def test_a_stream_stops_soon_after_it_is_asked_to(
    head: bytes, server: Server, outbound: Outbound
) -> None:
    server.answers(head, hold=True)
    stop_at = time.monotonic() + 0.3
    patient = replace(FAST, first_byte_s=30, idle_s=30, total_s=30)
    with (
        pytest.raises(CancelledError),
        outbound.stream(
            "GET", server.url, patient, should_stop=lambda: time.monotonic() > stop_at
        ) as reply,
    ):
        list(reply.lines())
    assert time.monotonic() - stop_at < 1


def test_a_connection_left_in_mid_stream_is_not_used_again(
    server: Server, outbound: Outbound
) -> None:
    server.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nfirst\n", b"second\n", hold=True)
    with outbound.stream("GET", server.url, FAST) as reply:
        assert next(reply.lines()) == b"first"
    server.answers(response(b"fresh"))
    assert outbound.request("GET", server.url, FAST).body == b"fresh"
    assert server.connections == 2


def test_every_exception_of_requests_is_mapped() -> None:
    kinds = {
        kind
        for kind in vars(requests.exceptions).values()
        if isinstance(kind, type)
        and issubclass(kind, requests.exceptions.RequestException)
        and not issubclass(kind, Warning)
    }
    assert len(kinds) > 20
    assert kinds - set(CODES) == set()


@pytest.mark.parametrize("kind", sorted(CODES, key=str))
def test_every_mapped_exception_gives_words_without_its_own_text(kind: type[Exception]) -> None:
    error = kind.__new__(kind)
    error.args = ("secret detail sk-123",)
    for sent in (False, True):
        translated = translate(error, "a.example", sent)
        assert "secret" not in translated.message
        assert translated.maybe_delivered is sent
