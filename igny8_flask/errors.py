"""Every deliberate error of the product.

Igny8Error
├── ConfigError            the operator's configuration
├── InputError             422, the caller's data (``fields`` names them)
│   └── BadRequestError    400, the request itself cannot be read
├── AuthError              401, key missing, wrong, revoked, expired
│   └── ForbiddenError     403
├── NotFoundError          404, unknown and foreign ids alike
├── ConflictError          409
├── RateLimitedError       429, the caller's own limit
├── BudgetError            402, a cap on spending would be exceeded
├── UnavailableError       503, ours, passing
├── ProviderError          an AI provider failed; ``kind`` tells how
├── ReplyError             a provider's reply cannot be used; ``kind`` tells why
├── WordPressError         a site's WordPress failed or refused
└── OutboundError          the network below providers and sites

``code`` is stable and lower_snake, ``message`` is safe to show to a site owner.
"""

from collections.abc import Mapping
from typing import Any


class Igny8Error(Exception):
    """Root of all deliberate errors: stable ``code``, words, status, and if a retry can help."""

    code = "error"
    http_status = 500
    retryable = False

    def __init__(
        self,
        message: str,
        code: str | None = None,
        fields: Mapping[str, Any] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, code, fields, retry_after_s)
        self.message = message
        self.code = code or type(self).code
        self.fields = dict(fields) if fields else None
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return self.message


class ConfigError(Igny8Error):
    """The environment is incomplete or contradictory; the process must not start."""

    code = "bad_configuration"


class InputError(Igny8Error):
    """The data is readable but wrong; ``fields`` maps a field to its messages."""

    code = "invalid_input"
    http_status = 422


class BadRequestError(InputError):
    """The request cannot be read: not JSON, too deep, wrong encoding."""

    code = "bad_request"
    http_status = 400


class AuthError(Igny8Error):
    """The caller is not known: ``key_missing``, ``_malformed``, ``_unknown`` or ``_revoked``."""

    code = "unauthorized"
    http_status = 401


class ForbiddenError(AuthError):
    """The caller is known but may not do this."""

    code = "forbidden"
    http_status = 403


class NotFoundError(Igny8Error):
    """There is no such thing for this caller."""

    code = "not_found"
    http_status = 404
    words = "There is nothing under this address or id."

    def __init__(self, message: str = words, code: str | None = None) -> None:
        super().__init__(message, code)


class ConflictError(Igny8Error):
    """The state of things forbids the request now."""

    code = "conflict"
    http_status = 409


class RateLimitedError(Igny8Error):
    """The caller used up its own limit."""

    code = "rate_limited"
    http_status = 429
    retryable = True


class BudgetError(Igny8Error):
    """A cap on spending would be exceeded; the words name it and say when it starts anew."""

    code = "budget_exceeded"
    http_status = 402


class UnavailableError(Igny8Error):
    """A part of the service is away for the moment."""

    code = "unavailable"
    http_status = 503
    retryable = True


class OutboundError(Igny8Error):
    """The network failed below HTTP; ``maybe_delivered`` when the request may have been acted on.

    Codes: ``connect_failed``, ``timed_out``, ``reset``, ``cut_short``, ``too_large``,
    ``address_forbidden``, ``bad_url``, ``redirected``, ``tls_failed``,
    ``malformed_reply``, ``outbound_failed``.
    """

    code = "outbound_failed"
    http_status = 502
    retryable = True

    def __init__(
        self,
        message: str,
        code: str | None = None,
        retryable: bool = True,
        maybe_delivered: bool = False,
    ) -> None:
        super().__init__(message, code)
        self.args = (message, code, retryable, maybe_delivered)
        self.retryable = retryable
        self.maybe_delivered = maybe_delivered


class ProviderError(Igny8Error):
    """An AI provider failed or refused.

    ``kind`` is one of auth, permission, quota, rate, capacity, transient, timeout, model, context,
    parameter, policy, request, config, or waiting (our own gate: no call was made). ``hint`` tells
    the site owner what to do.
    """

    code = "provider_failed"
    http_status = 502

    def __init__(
        self,
        message: str,
        kind: str,
        retryable: bool = False,
        retry_after_s: float | None = None,
        request_id: str | None = None,
        hint: str = "",
        maybe_billed: bool = False,
        parameter: str | None = None,
    ) -> None:
        super().__init__(message, f"provider_{kind}", None, retry_after_s)
        self.args = (
            message,
            kind,
            retryable,
            retry_after_s,
            request_id,
            hint,
            maybe_billed,
            parameter,
        )
        self.kind = kind
        self.retryable = retryable
        self.request_id = request_id
        self.hint = hint
        self.maybe_billed = maybe_billed
        self.parameter = parameter


class ReplyError(Igny8Error):
    """A provider's reply cannot be used.

    ``kind`` is one of empty, truncated, unparseable, wrong_shape, no_results, refusal,
    content_filter, degenerate.
    """

    http_status = 502
    code_prefix = "reply_"

    def __init__(self, message: str, kind: str, retryable: bool) -> None:
        super().__init__(message, self.code_prefix + kind)
        self.args = (message, kind, retryable)
        self.kind = kind
        self.retryable = retryable


class WordPressError(Igny8Error):
    """A site's WordPress failed or refused; ``code`` names the cause.

    ``details`` holds what the plugin told of it.

    Codes: ``wp_unreachable``, ``wp_auth``, ``wp_forbidden``, ``wp_blocked``, ``wp_rest_blocked``,
    ``wp_moved``, ``wp_maintenance``, ``wp_too_large``, ``wp_changed``, ``wp_locked``,
    ``wp_trashed``, ``wp_other_site``, ``wp_busy``, ``wp_upload_damaged``, ``wp_waiting``,
    ``wp_rejected``, ``wp_error``, ``wp_bad_reply``.
    """

    code = "wp_error"
    http_status = 502

    def __init__(
        self,
        message: str,
        code: str,
        retryable: bool = False,
        retry_after_s: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code, None, retry_after_s)
        self.args = (message, code, retryable, retry_after_s, details)
        self.retryable = retryable
        self.details = dict(details or {})


class LeaseLostError(Igny8Error):
    """Another worker owns this row now; whoever sees this steps aside without writing."""

    code = "lease_lost"


class CancelledError(Igny8Error):
    """The user cancelled the run; whoever sees this stops at once."""

    code = "cancelled"
    http_status = 409
