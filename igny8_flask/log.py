"""One JSON line per event, with request, run and site ids, and nothing secret in it."""

import logging
import re
import sys
from collections import OrderedDict
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_NAMES = re.compile(
    r"(^|_)(key|token|secret|password|authorization|cookie|pepper)($|_)", re.I
)
SECRET_SHAPES = re.compile(
    r"ig[ka]_[A-Za-z0-9_]{8,}|igny8-[A-Za-z0-9_-]{40,}|sk-[A-Za-z0-9_-]{6,}|whsec_\S+"
    r"|(?i:Bearer)\s+\S+|(?i:Basic)\s+[A-Za-z0-9+/=]{8,}|(?<=[?&]key=)[^&\s]+"
    r"|\b(?:[A-Za-z0-9]{4} ){5,}[A-Za-z0-9]{4}\b"
    r"|\bAIza[A-Za-z0-9_-]{10,}|(?i:\bapi[-_ ]?key[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,]{6,}"
    r"|(?<=://)[^/@\s:]*:[^/@\s]+(?=@)"
)
HIDDEN = "[hidden]"
MAX_TEXT_CHARS = 4000
MIN_SECRET_CHARS = 8  # anything shorter would hide ordinary words
MAX_SECRETS = 1000
BREAKS_A_LINE = re.compile(
    "[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)  # what JSON leaves as it is, and terminals and line readers do not

_own_secrets: set[str] = set()
_secrets: "OrderedDict[str, None]" = OrderedDict()


def hide_always(secret: str) -> None:
    """Keep a secret of the operator out of all logs and stored errors."""
    if len(secret) >= MIN_SECRET_CHARS:
        _own_secrets.add(secret)


def hide(secret: str) -> str:
    """Keep a secret in use out of them, until a thousand others were used since; returns it."""
    if len(secret) >= MIN_SECRET_CHARS:
        _secrets[secret] = None
        _secrets.move_to_end(secret)
        while len(_secrets) > MAX_SECRETS:
            _secrets.popitem(last=False)
    return secret


def redact(text: str) -> str:
    """Replace known secrets and everything that looks like one by a mark."""
    for secret in (*_own_secrets, *_secrets):
        if secret in text:
            text = text.replace(secret, HIDDEN)
    return SECRET_SHAPES.sub(HIDDEN, text)


def _scrub(value: Any, name: str = "") -> Any:
    if SECRET_NAMES.search(name) and isinstance(value, str | bytes):
        return HIDDEN
    if isinstance(value, str):
        return redact(value)[:MAX_TEXT_CHARS]
    if isinstance(value, dict):
        return {redact(str(key)): _scrub(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(item) for item in value]
    return value


def _scrub_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: _scrub(value, key) for key, value in event.items()}


def _one_line(_logger: Any, _method: str, line: Any) -> str:
    """An event stays one line for every reader, and is always valid UTF-8."""
    return BREAKS_A_LINE.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def configure_logging(debug: bool = False) -> None:
    """Route structlog and the standard library through one JSON formatter on stderr."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.format_exc_info,
        _scrub_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
            _one_line,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for noisy in ("urllib3", "PIL", "MARKDOWN", "rq.worker"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(name: str) -> Any:
    """Logger that takes an event name and key-value pairs."""
    return structlog.get_logger(name)


bind = structlog.contextvars.bind_contextvars
unbind = structlog.contextvars.unbind_contextvars
bound = structlog.contextvars.bound_contextvars
