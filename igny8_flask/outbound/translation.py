"""Foreign network exceptions to ``OutboundError``: one table, one function."""

import http.client
from collections.abc import Iterator

import requests.exceptions as rq
import urllib3.exceptions as u3

from igny8_flask.errors import OutboundError

CODES: dict[type[Exception], str] = {
    TimeoutError: "timed_out",
    OSError: "reset",
    rq.RequestException: "outbound_failed",
    rq.InvalidJSONError: "malformed_reply",
    rq.JSONDecodeError: "malformed_reply",
    rq.HTTPError: "malformed_reply",
    rq.ConnectionError: "reset",
    rq.ProxyError: "connect_failed",
    rq.SSLError: "tls_failed",
    rq.Timeout: "timed_out",
    rq.ConnectTimeout: "connect_failed",
    rq.ReadTimeout: "timed_out",
    rq.URLRequired: "bad_url",
    rq.TooManyRedirects: "redirected",
    rq.MissingSchema: "bad_url",
    rq.InvalidSchema: "bad_url",
    rq.InvalidURL: "bad_url",
    rq.InvalidHeader: "malformed_reply",
    rq.InvalidProxyURL: "bad_url",
    rq.ChunkedEncodingError: "cut_short",
    rq.ContentDecodingError: "malformed_reply",
    rq.StreamConsumedError: "cut_short",
    rq.RetryError: "reset",
    rq.UnrewindableBodyError: "outbound_failed",
    u3.HTTPError: "outbound_failed",
    u3.ProtocolError: "reset",
    u3.IncompleteRead: "cut_short",
    u3.InvalidChunkLength: "malformed_reply",
    u3.ReadTimeoutError: "timed_out",
    u3.ConnectTimeoutError: "connect_failed",
    u3.SSLError: "tls_failed",
    u3.DecodeError: "malformed_reply",
    u3.LocationValueError: "bad_url",
    u3.InvalidHeader: "malformed_reply",
    http.client.IncompleteRead: "cut_short",
    http.client.BadStatusLine: "malformed_reply",
    http.client.RemoteDisconnected: "reset",
    http.client.LineTooLong: "too_large",
}

_WORDS = {
    "connect_failed": "No connection to {host} could be made.",
    "timed_out": "{host} did not answer in time.",
    "reset": "{host} closed the connection before it answered.",
    "cut_short": "The answer of {host} broke off.",
    "too_large": "The answer of {host} is too large.",
    "tls_failed": "No secure connection to {host} could be made: its certificate is not valid.",
    "malformed_reply": "The answer of {host} is not proper HTTP.",
    "bad_url": "The web address is not usable.",
    "redirected": "{host} sent the request on to another address.",
    "outbound_failed": "The request to {host} failed.",
}
_FINAL = frozenset({"bad_url", "redirected", "tls_failed", "too_large"})


def outbound_error(code: str, host: str, sent: bool) -> OutboundError:
    """Return the error for a code, in words for a site owner."""
    words = _WORDS[code].format(host=host)
    return OutboundError(words, code, retryable=code not in _FINAL, maybe_delivered=sent)


def translate(error: Exception, host: str, sent: bool) -> OutboundError:
    """Translate any exception of requests, urllib3, http.client or the socket layer."""
    code = _code(error)
    if not sent and code in {"reset", "timed_out", "outbound_failed", "cut_short"}:
        code = "connect_failed"
    if sent and code == "tls_failed":
        code = "reset"  # the handshake was over: the secure channel broke
    return outbound_error(code, host, sent)


def _code(error: Exception) -> str:
    codes = [_own_code(item) for item in _chain(error)]
    telling = [code for code in codes if code not in {"reset", "outbound_failed"}]
    return telling[-1] if telling else codes[0]


def _own_code(error: BaseException) -> str:
    if type(error) is http.client.HTTPException:  # only raised for too many headers
        return "too_large"
    return next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), "outbound_failed")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and those it carries as arguments or reason, outermost first."""
    yield error
    carried = [getattr(error, "reason", None), *error.args]
    for item in carried:
        if isinstance(item, BaseException):
            yield from _chain(item)
            return
