"""Answers with the wrong status, before any work was done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from flask import Response, jsonify

from igny8_flask.sandbox.call import Call
from igny8_flask.sandbox.chat_rules import context_overflow
from igny8_flask.sandbox.faults import QUOTA_CODES
from igny8_flask.sandbox.refusals import Refusal, model_not_found, unsupported_parameter

POLICY_CODE = "content_policy_violation"
_HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"


def answer_http_fault(call: Call) -> Response | None:
    """Return the fault's answer, raise its Refusal, or None when it does not apply."""
    if call.fault is None or call.fault.group != "http":
        return None
    if call.fault.name in QUOTA_CODES:
        raise _quota(call.fault.name)
    return _ANSWERS[call.fault.name](call)


def _rate_limit(call: Call) -> Response:
    args = call.fault.args if call.fault else {}
    headers = {"x-should-retry": "true"}
    seconds = args.get("retry_after", 1)
    if "retry_after_ms" in args:
        headers["retry-after-ms"] = str(args["retry_after_ms"])
    elif args.get("date"):
        moment = datetime.now(UTC) + timedelta(seconds=float(seconds))
        headers["retry-after"] = format_datetime(moment, usegmt=True)
    else:
        headers["retry-after"] = str(seconds)
    headers["x-ratelimit-remaining-requests"] = "0"
    headers["x-ratelimit-reset-requests"] = f"{seconds}s"
    raise _rate(headers)


def _rate(headers: dict[str, str] | None = None) -> Refusal:
    message = "Rate limit reached for requests. Please try again later."
    return Refusal(429, message, code="rate_limit_exceeded", kind="requests", headers=headers)


def _quota(code: str) -> Refusal:
    message = "You exceeded your current quota, please check your plan and billing details."
    return Refusal(429, message, code=code, kind="insufficient_quota")


def _quota_named(call: Call) -> Response:
    code = str(call.fault.args.get("code", QUOTA_CODES[0])) if call.fault else QUOTA_CODES[0]
    raise _quota(code)


def _refuse(refusal: Callable[[], Refusal]) -> Callable[[Call], Response]:
    def answer(_: Call) -> Response:
        raise refusal()

    return answer


def _status(
    status: int, message: str, code: str | None = None, kind: str = "server_error"
) -> Callable[[Call], Response]:
    return _refuse(lambda: Refusal(status, message, code=code, kind=kind))


def _html(status: int, title: str) -> Callable[[Call], Response]:
    page = _HTML.format(f"{status} {title}" if status >= 400 else title)
    return lambda _: Response(page, status, content_type="text/html; charset=utf-8")


def _not_found(call: Call) -> Response:
    raise model_not_found(call.entry.model or "unknown", retired=False)


def _parameter(call: Call) -> Response | None:
    """Refuse one field as long as the request carries it."""
    args = call.fault.args if call.fault else {}
    param = str(args.get("param", "response_format"))
    name = param.split(".", maxsplit=1)[0]
    value = call.body.get(name) if isinstance(call.body, dict) else None
    kind = value.get("type") if isinstance(value, dict) else None
    if value is None or kind != args.get("type", kind):
        return None
    raise unsupported_parameter(param, "")


def _policy(call: Call) -> Response:
    code = str(call.fault.args.get("code", POLICY_CODE)) if call.fault else POLICY_CODE
    raise Refusal(400, "Your request was rejected by the safety system.", code=code)


def _redirect(_: Call) -> Response:
    return Response(status=302, headers={"Location": "/v1/elsewhere"})


def _error_in_200(_: Call) -> Response:
    error = {"code": 502, "message": "Provider returned error", "type": "provider_error"}
    return jsonify({"error": error})


_UNVERIFIED = (
    "Your organization must be verified to use this model. Please go to the organization "
    "settings and click on Verify Organization."
)
_ANSWERS: dict[str, Callable[[Call], Response | None]] = {
    "rate_limit": _rate_limit,
    "rate_limit_no_header": _refuse(_rate),
    "slow_down": _status(
        429, "Slow down: reduce your request rate.", "slow_down", "rate_limit_error"
    ),
    "quota": _quota_named,
    "flex_unavailable": _status(
        429, "Flex resource unavailable.", "resource_unavailable", "rate_limit_error"
    ),
    "auth": _status(401, "Incorrect API key provided.", "invalid_api_key", "invalid_request_error"),
    "unverified": _status(403, _UNVERIFIED, None, "invalid_request_error"),
    "not_found": _not_found,
    "policy": _policy,
    "context": _refuse(lambda: context_overflow(4_096, 5_000)),
    "unsupported_parameter": _parameter,
    "server_500": _status(500, "The server had an error while processing your request."),
    "bad_gateway_html": _html(502, "Bad Gateway"),
    "overloaded_503": _status(
        503,
        "The engine is currently overloaded.",
        "server_is_overloaded",
        "service_unavailable_error",
    ),
    "gateway_504": _html(504, "Gateway Time-out"),
    "status_529": _status(529, "Overloaded", None, "overloaded_error"),
    "status_498": _status(498, "Flex tier capacity exceeded", "capacity_exceeded"),
    "redirect_302": _redirect,
    "error_in_200": _error_in_200,
    "empty_200": lambda _: Response(b"", content_type="application/json"),
    "html_in_200": _html(200, "Welcome"),
}
