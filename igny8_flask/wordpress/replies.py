"""One reading of what WordPress answers: tolerant of noise, every failure a WordPressError."""

import json
import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from igny8_flask.errors import OutboundError, WordPressError
from igny8_flask.log import redact
from igny8_flask.outbound import Reply, is_too_dense

MAX_RETRY_AFTER_S = 24 * 3600.0
PAGE_BYTES = 65_536  # as much of a page as is looked at for its kind
MAX_STARTS = 20  # braces tried before a body counts as no JSON

_DAMAGED = ("wp_upload_damaged", "A picture arrived damaged at the site; it will be sent again.")
_WORDS = {
    "igny8_changed": ("wp_changed", "Somebody edited this post since it was last published."),
    "igny8_locked": ("wp_locked", "Somebody is editing this post right now."),
    "igny8_trashed": ("wp_trashed", "This post lies in the trash of the site."),
    "igny8_other_site": (
        "wp_other_site",
        "Another WordPress answers at this site's address: a copy of it, or the site has moved. "
        "Nothing was written there.",
    ),
    "igny8_busy": ("wp_busy", "The site is busy with the same post; it will be tried again."),
    "igny8_hash_mismatch": _DAMAGED,
    "rest_upload_hash_mismatch": _DAMAGED,
}
_PASSING = frozenset({"wp_busy", "wp_upload_damaged"})
_NOBODY = "rest_"  # begins what a REST route says to strangers; a wrong password is told by name
_NO_ROUTE = frozenset({"rest_no_route"})


def read(reply: Reply) -> dict[str, Any]:
    """The JSON object of a good answer; raises WordPressError for everything else."""
    if 300 <= reply.status < 400:
        raise WordPressError(
            f"The site sends requests on to {reply.headers.get('Location', 'another address')}. "
            "Connect it again under that address.",
            "wp_moved",
        )
    data = parse_json(reply.body)
    if data is None and _broke_off(reply):
        raise WordPressError("The site's answer broke off.", "wp_bad_reply", retryable=True)
    if reply.status >= 400:
        raise _failure(reply, data)
    if data is None:
        raise WordPressError(_not_data(reply), "wp_rest_blocked")
    return data


def _broke_off(reply: Reply) -> bool:
    """Whether an answer was meant to be data and lacks its end: servers may not tell its length."""
    kind = reply.headers.get("Content-Type", "")
    return "json" in kind or (reply.status < 300 and not reply.body.strip())


def _not_data(reply: Reply) -> str:
    page = reply.body[:PAGE_BYTES].lower()
    if b"wp-login" in page or b'type="password"' in page:
        return (
            "The site answers with a login page instead of data: a plugin hides it from visitors. "
            "Exempt /wp-json/igny8/ from that."
        )
    return "The site's REST API does not answer with data: a plugin or the web server blocks it."


def whole(data: dict[str, Any], parts: frozenset[str]) -> dict[str, Any]:
    """The answer, when it has all its parts; noise before a broken one can hide what it lacks."""
    if not parts <= data.keys():
        raise WordPressError("The site's answer is not complete.", "wp_bad_reply", retryable=True)
    return data


def refusal(told: Mapping[str, Any]) -> WordPressError:
    """The error that WordPress made of something, as its plugin told it: code, message, data."""
    details = told.get("data")
    status = details.get("status") if isinstance(details, Mapping) else None
    known = isinstance(status, int) and 400 <= status < 600
    return _failure(Reply(status if known and status else 500, {}, b"", 0), dict(told))


def parse_json(body: bytes) -> dict[str, Any] | None:
    """The first JSON object of a body that may begin with a BOM or PHP notices, or None."""
    if is_too_dense(body):
        return None
    text = body.decode("utf-8-sig", "replace")
    decoder = json.JSONDecoder()
    # where nothing stands before the first brace, a later one is a part of a broken whole
    starts = 1 if text.lstrip().startswith("{") else MAX_STARTS
    for match in islice(re.finditer(r"\{", text), starts):
        try:
            data, _end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            return data
    return None


def unreachable(error: OutboundError) -> WordPressError:
    """What a failure of the network means for the owner of the site."""
    if error.code in ("address_forbidden", "bad_url"):
        words = f"The site's address cannot be called from here: {error.message}"
        return WordPressError(words, "wp_unreachable")
    if error.code == "too_large":
        return WordPressError("The site answered with far too much data.", "wp_bad_reply")
    if error.code == "tls_failed":
        words = "The site's certificate is not valid: renew it, or correct the address."
        return WordPressError(words, "wp_unreachable")
    words = f"The site cannot be reached: {error.message}"
    details = {"maybe_delivered": error.maybe_delivered}
    return WordPressError(words, "wp_unreachable", error.retryable, details=details)


def _failure(reply: Reply, data: dict[str, Any] | None) -> WordPressError:
    known = data or {}
    wp_code, told = str(known.get("code", "")), redact(str(known.get("message", "")))[:500]
    details = known.get("data") if isinstance(known.get("data"), dict) else {}
    details = {**(details or {}), "wp_code": wp_code, "http_status": reply.status}
    if wp_code in _WORDS:
        code, words = _WORDS[wp_code]
    else:
        code, words = _by_status(reply, wp_code, told, data is not None)
    retryable = code in _PASSING or code == "wp_maintenance" or _is_passing(reply.status)
    return WordPressError(words, code, retryable, retry_after_s(reply.headers), details)


def _by_status(reply: Reply, wp_code: str, told: str, is_json: bool) -> tuple[str, str]:
    status = reply.status
    if status in (401, 403):
        return _refusal(reply, wp_code, told, is_json)
    if status == 404 and (wp_code in _NO_ROUTE or not is_json):
        return "wp_rest_blocked", (
            "The IGNY8 plugin does not answer at this site's REST address: "
            "it is switched off there, or the REST API is blocked."
        )
    if status == 413:
        return "wp_too_large", "The site refuses files of this size: raise its upload limit."
    if status == 503 and ("maintenance" in told.lower() or "retry-after" in reply.headers):
        return "wp_maintenance", "The site is in maintenance; it will be tried again."
    if status in (408, 425, 429) or status >= 500:
        return "wp_error", f"The site answered with an error ({status}): {told or 'no details'}"
    return "wp_rejected", f"The site refused this: {told or f'status {status}'}"


def _refusal(reply: Reply, wp_code: str, told: str, is_json: bool) -> tuple[str, str]:
    if not is_json:
        by = reply.headers.get("Server", "the web server or a security plugin")
        return "wp_blocked", (
            f"A firewall in front of the site refused the request ({by}). "
            "Allow requests to /wp-json/igny8/."
        )
    if reply.status == 401 and wp_code.startswith(_NOBODY):
        return "wp_auth", (
            "The site saw no application password: the web server removes the Authorization "
            "header, or the REST API is closed. Run the connection test."
        )
    if reply.status == 401:
        return "wp_auth", (
            "The site did not accept the publishing user's application password. "
            "Connect the site again."
        )
    return "wp_forbidden", f"The publishing user may not do this: {told or 'forbidden'}"


def _is_passing(status: int) -> bool:
    return status in (408, 425, 429) or (status >= 500 and status not in (501, 505))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds of a Retry-After header; a date or nonsense counts as not given."""
    raw = headers.get("Retry-After", "").strip()
    if not re.fullmatch(r"\d{1,9}", raw):
        return None
    return min(float(raw), MAX_RETRY_AFTER_S)
