"""``Outbound``: judged, pinned, paced and capped HTTP requests."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import urllib3.exceptions
from urllib3 import HTTPResponse

from igny8_flask.errors import OutboundError
from igny8_flask.outbound import addresses
from igny8_flask.outbound.addresses import Resolver, Target, parse_url, system_resolver
from igny8_flask.outbound.pacing import Pace
from igny8_flask.outbound.policy import Policy
from igny8_flask.outbound.session import Call, PinnedSession, current_call
from igny8_flask.outbound.translation import outbound_error, translate

_READ_BYTES = 64 * 1024
_FOREIGN = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


@dataclass(frozen=True)
class Reply:
    """A whole answer; ``headers`` look up without regard to case, ``body`` is decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed_ms: int


class StreamReply:
    """An answer whose body is read as it arrives, by ``lines`` or ``read``, once."""

    def __init__(self, response: requests.Response, call: Call) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._raw: HTTPResponse = response.raw
        self._call = call

    @property
    def elapsed_ms(self) -> int:
        """Return the age of the request in milliseconds."""
        return self._call.pace.elapsed_ms

    def chunks(self) -> Iterator[bytes]:
        """Yield decoded bytes as they arrive; raise ``too_large`` past the policy's cap."""
        pace, host = self._call.pace, self._call.target.host
        left = pace.policy.max_bytes
        if (self._raw.length_remaining or 0) > left:
            raise outbound_error("too_large", host, sent=True)
        try:
            while chunk := self._raw.read1(_READ_BYTES, decode_content=True):
                pace.body_started()
                left -= len(chunk)
                if left < 0:
                    raise outbound_error("too_large", host, sent=True)
                yield chunk
        except _FOREIGN as error:
            raise translate(error, host, sent=True) from error

    def read(self) -> bytes:
        """Return the whole body."""
        return b"".join(self.chunks())

    def lines(self) -> Iterator[bytes]:
        r"""Yield lines without their ``\n``; nothing else ends a line."""
        parts: list[bytes] = []
        for chunk in self.chunks():
            *complete, rest = chunk.split(b"\n")
            for line in complete:
                yield b"".join([*parts, line])
                parts.clear()
            parts.append(rest)
        if last := b"".join(parts):
            yield last


class Outbound:
    """The door: ``allow_private`` holds ``host:port`` pairs that may lead to private addresses.

    Thread-safe and safe across forks: each thread of each process has its own session.
    """

    def __init__(
        self,
        allow_private: frozenset[str] = frozenset(),
        extra_ports: frozenset[int] = frozenset(),
        resolver: Resolver = system_resolver,
        ca_file: str | None = None,
    ) -> None:
        self._allow_private = frozenset(pair.lower() for pair in allow_private)
        self._ports = addresses.DEFAULT_PORTS | extra_ports
        self._resolver = resolver
        self._ca_file = ca_file
        self._local = threading.local()

    def request(
        self,
        method: str,
        url: str,
        policy: Policy,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: bytes | Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Reply:
        """Send one request and read the whole answer; a redirect is returned, never followed.

        Raises OutboundError, or CancelledError soon after ``should_stop`` said so.
        """
        body = {"params": params, "json": json, "data": data, "auth": auth}
        with self._open(method, url, Pace(policy, should_stop), headers, body) as reply:
            content = reply.read()
            return Reply(reply.status, reply.headers, content, reply.elapsed_ms)

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        policy: Policy,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Iterator[StreamReply]:
        """Open an answer for reading as it arrives; ``should_stop`` ends it with CancelledError."""
        headers = {"Accept-Encoding": "identity", **(headers or {})}
        pace = Pace(policy, should_stop)
        with self._open(method, url, pace, headers, {"json": json}) as reply:
            yield reply

    def check(self, url: str, policy: Policy) -> Target:
        """Parse a URL and hold it against ports and the policy; resolves nothing."""
        target = parse_url(url)
        if policy.origins is not None and target.origin not in _origins(policy.origins):
            raise addresses.forbidden("it is not one of the agreed servers")
        if target.pair in self._allow_private:
            return target
        if target.port not in self._ports:
            raise addresses.forbidden(f"port {target.port} is not allowed")
        if not addresses.is_literal(target.host) and "." not in target.host:
            raise addresses.forbidden("a server name needs a dot")
        return target

    @contextmanager
    def _open(
        self,
        method: str,
        url: str,
        pace: Pace,
        headers: Mapping[str, str] | None,
        body: Mapping[str, Any],
    ) -> Iterator[StreamReply]:
        target = self.check(url, pace.policy)
        private = target.pair in self._allow_private
        dials = addresses.resolve(target, self._resolver, pace.connect_s(), private=private)
        call = Call(target, pace)
        prepared = self._prepare(method, target, headers, body)
        response = self._dial(prepared, call, dials)
        try:
            yield StreamReply(response, call)
        finally:
            response.close()

    def _prepare(
        self,
        method: str,
        target: Target,
        headers: Mapping[str, str] | None,
        body: Mapping[str, Any],
    ) -> requests.PreparedRequest:
        auth = body.get("auth")
        encoded = (auth[0].encode(), auth[1].encode()) if auth else None
        given = {"User-Agent": "IGNY8", **(headers or {}), "Host": target.netloc}
        request = requests.Request(method, target.url, given, **{**body, "auth": encoded})
        try:
            prepared = self._session().prepare_request(request)
            if parse_url(prepared.url or "").origin != target.origin:
                raise addresses.bad_url("it can be read in two ways")
        except requests.RequestException as error:
            raise translate(error, target.host, sent=False) from error
        return prepared

    def _dial(
        self, prepared: requests.PreparedRequest, call: Call, dials: list[str]
    ) -> requests.Response:
        """Try the judged addresses in turn until one accepts the connection."""
        failure: OutboundError | None = None
        for address in dials:
            call.address = address
            try:
                return self._send(prepared, call)
            except OutboundError as error:
                failure = error
                if error.code != "connect_failed":
                    break
        raise failure or outbound_error("connect_failed", call.target.host, sent=False)

    def _send(self, prepared: requests.PreparedRequest, call: Call) -> requests.Response:
        token = current_call.set(call)
        try:
            timeout = call.pace.connect_s()
            return self._session().send(
                prepared, stream=True, timeout=(timeout, timeout), allow_redirects=False
            )
        except _FOREIGN as error:
            raise translate(error, call.target.host, call.pace.sent) from error
        finally:
            current_call.reset(token)

    def _session(self) -> PinnedSession:
        owner = os.getpid()
        if getattr(self._local, "owner", None) != owner:
            self._local.session = PinnedSession(self._ca_file)
            self._local.owner = owner
        session: PinnedSession = self._local.session
        return session


def _origins(allowed: frozenset[str]) -> frozenset[str]:
    return frozenset(parse_url(origin).origin for origin in allowed)
