"""Where a request may go: strict URL parsing, one resolution, every answer judged.

A URL that two parsers could read differently is refused, a name is resolved once, and the judged
address is the one dialled, so a second answer of the name server changes nothing.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import idna

from igny8_flask.errors import OutboundError

Resolver = Callable[[str, int], Sequence[str]]
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = frozenset({80, 443, 8080, 8443})
_SCHEME_PORTS = {"http": 80, "https": 443}
_MAX_URL_CHARS = 8192
_MAX_ADDRESSES = 4  # dialled in turn; each has its own connect time

_URL = re.compile(
    r"(https?)://([^/?#]+)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE
)  # scheme, authority, path, query
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:@%\[\]]+)(?::([1-9][0-9]{0,4}))?")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def _networks(*texts: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# Never dialled, whatever the operator allows: cloud metadata and link-local addresses.
_METADATA = _networks(
    "169.254.0.0/16",
    "168.63.129.16/32",
    "100.100.100.200/32",
    "192.0.0.192/32",
    "fe80::/10",
    "fd00:ec2::/32",
    "fd00:c1::/32",
    "fd20:ce::/32",
    "fd00:42::42/128",
)
# Dialled only for a host:port pair that the operator allows.
_PRIVATE = _networks(
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
# Source: IANA special-purpose address registries (2026-11); transition ranges are refused whole.
_SPECIAL = _networks(
    "0.0.0.0/8",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})  # upper half of the interface identifier


@dataclass(frozen=True)
class Target:
    """A parsed URL: ``host`` in ASCII (IPv6 without brackets), ``url`` rebuilt from the parts."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Return host and, where it is not the scheme's own, port: the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _SCHEME_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Return ``scheme://host[:port]``."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def pair(self) -> str:
        """Return ``host:port``, the form in which an operator allows a private destination."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the URL without fragment."""
        return self.origin + self.path


def bad_url(reason: str) -> OutboundError:
    """Return the error for an address that can't be used as written."""
    return OutboundError(f"The web address is not usable: {reason}.", "bad_url", retryable=False)


def forbidden(reason: str) -> OutboundError:
    """Return the error for a destination that must not be dialled."""
    return OutboundError(
        f"The web address may not be used: {reason}.", "address_forbidden", retryable=False
    )


def parse_url(url: str) -> Target:
    """Read a URL in the one strict way; raise ``bad_url`` for anything ambiguous."""
    if not isinstance(url, str) or len(url) > _MAX_URL_CHARS:
        raise bad_url("it is too long or not text")
    if " " in url or "\\" in url or not url.isprintable():
        raise bad_url("it holds blanks, backslashes or invisible characters")
    match = _URL.fullmatch(url)
    authority = match and _AUTHORITY.fullmatch(match[2])
    if not match or not authority:
        raise bad_url("expected http(s)://host[:port]/path without user name")
    scheme = match[1].lower()
    port = int(authority[2]) if authority[2] else _SCHEME_PORTS[scheme]
    if port > 65535:
        raise bad_url("the port is out of range")
    host = _parse_host(authority[1])
    path = match[3] or "/"
    return Target(scheme, host, port, path + (match[4] or ""))


def _parse_host(text: str) -> str:
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError as error:
            raise bad_url("the IPv6 address is malformed") from error
    host = text.lower().removesuffix(".")
    if not host.isascii():
        host = _to_ascii(host)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise bad_url("the host name is malformed")
    if _NUMBER.fullmatch(labels[-1]):
        return _parse_dotted_quad(host)
    return host


def _to_ascii(host: str) -> str:
    try:
        return idna.encode(host, strict=True).decode("ascii")
    except idna.IDNAError as error:
        raise bad_url("the host name is not a valid international name") from error


def _parse_dotted_quad(host: str) -> str:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as error:
        raise bad_url("a numeric host must be four plain decimal numbers") from error


def judge(text: str, *, may_be_private: bool = False) -> str:
    """Return the address to dial for one answer, or raise ``address_forbidden``."""
    try:
        address: IPAddress = ipaddress.ip_address(text)
    except ValueError as error:
        raise forbidden("its name leads to no proper address") from error
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    if not _is_permitted(address, may_be_private):
        raise forbidden("it leads into a private or reserved network")
    return str(address)


def _is_permitted(address: IPAddress, may_be_private: bool) -> bool:
    if _inside(address, _METADATA):
        return False
    if _inside(address, _PRIVATE):
        return may_be_private
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return _is_permitted(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF), False)
        if address not in _GLOBAL_V6 or address.scope_id is not None or _is_isatap(address):
            return False
    return not _inside(address, _SPECIAL)


def _inside(
    address: IPAddress, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]
) -> bool:
    return any(address in network for network in networks)


def _is_isatap(address: ipaddress.IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP


def is_literal(host: str) -> bool:
    """Return whether the parsed host is an address, not a name."""
    return ":" in host or host.replace(".", "").isdigit()


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the operating system for all addresses of a name, in its order of preference."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def resolve(target: Target, resolver: Resolver, timeout_s: float, *, private: bool) -> list[str]:
    """Return the judged addresses of a target, best first; one forbidden answer refuses all."""
    if is_literal(target.host):
        return [judge(target.host, may_be_private=private)]
    answers = _ask(resolver, target, timeout_s)
    return [judge(answer, may_be_private=private) for answer in answers][:_MAX_ADDRESSES]


def _ask(resolver: Resolver, target: Target, timeout_s: float) -> list[str]:
    """Run the resolver, which knows no deadline, in a thread that may be left behind."""
    outcome: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put(list(resolver(target.host, target.port)))
        except (OSError, UnicodeError) as error:
            outcome.put(error)

    threading.Thread(target=run, name="igny8-resolve", daemon=True).start()
    try:
        answers = outcome.get(timeout=timeout_s)
    except Empty:
        raise _not_found(target.host) from None
    if isinstance(answers, Exception) or not answers:
        raise _not_found(target.host)
    return answers


def _not_found(host: str) -> OutboundError:
    return OutboundError(f"The server name {host} could not be found.", "connect_failed")
