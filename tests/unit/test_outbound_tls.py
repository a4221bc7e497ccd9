"""The pinned connection over TLS: the address is ours, the name and the certificate the site's."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from igny8_flask.errors import CancelledError, OutboundError
from igny8_flask.outbound import Outbound, Policy

FAST = Policy("test", connect_s=0.5, first_byte_s=0.6, idle_s=0.4, total_s=1.5, max_bytes=100_000)
NOW = datetime.datetime.now(datetime.UTC)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        self.cert = (
            self._builder(self.name, self.key.public_key(), NOW + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self.cert.public_bytes(serialization.Encoding.PEM))

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime.datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - datetime.timedelta(days=3))
            .not_valid_after(until)
        )

    def server_context(self, host: str, days: float = 1) -> ssl.SSLContext:
        """Return the TLS set-up of a server that holds a certificate for the host."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        cert = (
            self._builder(subject, key.public_key(), NOW + datetime.timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(identifier, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / f"{host}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + cert.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@dataclass
class TlsServer:
    """Serves one scripted answer per connection and notes what the client asked for."""

    context: ssl.SSLContext | None
    script: Callable[[socket.socket], None]
    names: list[str | None] = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.closing = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        if self.context:
            self.context.sni_callback = lambda _socket, name, _context: self.names.append(name)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while not self.closing.is_set():
            try:
                client, _ = self.socket.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()
            except OSError:
                return

    def _serve(self, client: socket.socket) -> None:
        try:
            if self.context:
                client = self.context.wrap_socket(client, server_side=True)
                self.requests.append(client.recv(65536))
            self.script(client)
            client.close()
        except OSError:
            client.close()

    def close(self) -> None:
        self.closing.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "ca")


@pytest.fixture
def serve() -> Iterator[Callable[..., TlsServer]]:
    running: list[TlsServer] = []

    def start(
        context: ssl.SSLContext | None, script: Callable[[socket.socket], None] | None = None
    ) -> TlsServer:
        running.append(TlsServer(context, script or (lambda client: client.sendall(OK))))
        return running[-1]

    yield start
    for server in running:
        server.close()


def outbound_to(server: TlsServer, ca: Path | None, host: str = "site.example") -> Outbound:
    return Outbound(
        frozenset({f"{host}:{server.port}"}),
        resolver=lambda name, port: ["127.0.0.1"],
        ca_file=str(ca) if ca else None,
    )


def refusal(server: TlsServer, ca: Path | None, host: str = "site.example") -> OutboundError:
    with pytest.raises(OutboundError) as caught:
        outbound_to(server, ca, host).request("GET", f"https://{host}:{server.port}/", FAST)
    return caught.value


def test_the_pinned_connection_asks_for_the_sites_own_name(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    server = serve(authority.server_context("site.example"))
    url = f"https://site.example:{server.port}/a"
    reply = outbound_to(server, authority.file).request("GET", url, FAST)
    assert reply.body == b"hello"
    assert server.names == ["site.example"]
    assert f"Host: site.example:{server.port}\r\n".encode() in server.requests[0]


def test_a_certificate_for_another_name_is_refused_before_anything_is_sent(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    server = serve(authority.server_context("other.example"))
    error = refusal(server, authority.file)
    assert (error.code, error.retryable, error.maybe_delivered) == ("tls_failed", False, False)
    assert not any(server.requests)


def test_a_certificate_of_the_address_does_not_stand_for_the_name(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    assert (
        refusal(serve(authority.server_context("127.0.0.1")), authority.file).code == "tls_failed"
    )


def test_an_unknown_authority_is_refused(
    authority: Authority, serve: Callable[..., TlsServer], tmp_path: Path
) -> None:
    server = serve(authority.server_context("site.example"))
    assert refusal(server, None).code == "tls_failed"
    assert refusal(server, Authority(tmp_path, "stranger").file).code == "tls_failed"
    assert not any(server.requests)


def test_an_expired_certificate_is_refused(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    server = serve(authority.server_context("site.example", days=-1))
    assert refusal(server, authority.file).code == "tls_failed"


def test_a_handshake_that_hangs_ends_at_the_connect_limit(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    server = serve(None, lambda client: None)
    server.script = lambda client: server.closing.wait(5) and None
    started = time.monotonic()
    error = refusal(server, authority.file)
    assert (error.code, error.maybe_delivered) == ("connect_failed", False)
    assert time.monotonic() - started < 1.5


def test_plain_http_on_a_tls_port_is_not_spoken_to(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    server = serve(None)
    error = refusal(server, authority.file)
    assert error.code in ("tls_failed", "connect_failed")
    assert not error.maybe_delivered


def test_a_dripping_body_over_tls_ends_at_the_total_deadline(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    def drip(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.closing.wait(0.1):
            client.sendall(b"x")

    server = serve(authority.server_context("site.example"), drip)
    started = time.monotonic()
    assert refusal(server, authority.file).code == "timed_out"
    assert time.monotonic() - started < 2


def test_a_body_cut_over_tls_is_not_taken_for_a_certificate_fault(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    def cut(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
        client.shutdown(socket.SHUT_RDWR)

    error = refusal(serve(authority.server_context("site.example"), cut), authority.file)
    assert error.code in ("cut_short", "reset")
    assert error.maybe_delivered
    assert error.retryable


def test_a_waiting_stream_over_tls_stops_when_asked_and_reads_on_before(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    def talk(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\nfirst\n")
        server.closing.wait(0.6)
        client.sendall(b"second\n")
        server.closing.wait(5)

    server = serve(authority.server_context("site.example"), talk)
    seen: list[bytes] = []
    policy = Policy("test", first_byte_s=5, idle_s=5, total_s=9, max_bytes=1000)
    url = f"https://site.example:{server.port}/"

    def read_all() -> None:
        with outbound_to(server, authority.file).stream(
            "GET", url, policy, should_stop=lambda: len(seen) == 2
        ) as reply:
            for line in reply.lines():
                seen.append(line)

    with pytest.raises(CancelledError):
        read_all()
    assert seen == [b"first", b"second"]


def test_an_international_name_is_asked_for_in_its_ascii_form(
    authority: Authority, serve: Callable[..., TlsServer]
) -> None:
    server = serve(authority.server_context("xn--mnchen-3ya.example"))
    outbound = outbound_to(server, authority.file, "xn--mnchen-3ya.example")
    assert outbound.request("GET", f"https://münchen.example:{server.port}/", FAST).status == 200
    assert server.names == ["xn--mnchen-3ya.example"]
