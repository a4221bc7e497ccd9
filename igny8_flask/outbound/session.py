"""A requests session that dials only the judged address and never follows a redirect.

The pool is keyed by the pinned address; the certificate is checked against the URL's own host.
"""

import contextvars
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from igny8_flask.outbound.addresses import Target
from igny8_flask.outbound.pacing import Pace, PacedSocket


@dataclass
class Call:
    """One request on its way: what was asked, the address to dial now, and its pace."""

    target: Target
    pace: Pace
    address: str = ""


current_call: contextvars.ContextVar[Call] = contextvars.ContextVar("outbound_call")


def _adopt(connection: HTTPConnection) -> None:
    """Put a fresh or reused connection under the pace of the current call."""
    pace = current_call.get().pace
    sock = cast(Any, connection.sock)
    if isinstance(sock, PacedSocket):
        sock.pace = pace
    elif sock is not None:
        connection.sock = cast(Any, PacedSocket(sock, pace))


class _PacedConnection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _adopt(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _adopt(self)
        super().request(*args, **kwargs)


class _PacedTlsConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _adopt(self)

    def request(self, *args: Any, **kwargs: Any) -> None:
        _adopt(self)
        super().request(*args, **kwargs)


class _PacedPool(HTTPConnectionPool):
    ConnectionCls = _PacedConnection


class _PacedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PacedTlsConnection


class PinnedAdapter(HTTPAdapter):
    """Transport that connects to the current call's address under the URL's name."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make pools whose connections keep the pace."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PacedPool, "https": _PacedTlsPool}

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        """Point the pool at the judged address, and TLS at the URL's own name."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        call = current_call.get()
        pool: dict[str, Any] = {**tls}
        if host["scheme"] == "https":
            pool["server_hostname"] = call.target.host
            pool["assert_hostname"] = call.target.host
        return {**host, "host": call.address}, pool


class PinnedSession(requests.Session):
    """Session without environment, cookies or redirects."""

    def __init__(self, ca_file: str | None) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = ca_file or True
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.mount("http://", PinnedAdapter(max_retries=0))
        self.mount("https://", PinnedAdapter(max_retries=0))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Never offer a redirect, so that no code path can follow or buffer one."""
        return None
