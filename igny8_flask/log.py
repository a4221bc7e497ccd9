"""One JSON line per event, with request, run and site ids, and nothing secret in it."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_NAMES = re.compile(
    r"(^|_)(key|token|secret|password|authorization|cookie|pepper)($|_)", re.I
)
SECRET_SHAPES = re.compile(
    r"ig[ka]_[A-Za-z0-9_]{8,}|igny8-[A-Za-z0-9_-]{40,}|sk-[A-Za-z0-9_-]{6,}|whsec_\S+"
    r"|Bearer\s+\S+|Basic\s+[A-Za-z0-9+/=]{8,}|(?<=[?&]key=)[^&\s]+"
    r"|\b(?:[A-Za-z0-9]{4} ){5}[A-Za-z0-9]{4}\b"
)
HIDDEN = "[hidden]"
MAX_TEXT_CHARS = 4000


def redact(text: str) -> str:
    """Replace everything that looks like a secret by a mark."""
    return SECRET_SHAPES.sub(HIDDEN, text)


def _scrub(value: Any, name: str = "") -> Any:
    if SECRET_NAMES.search(name) and isinstance(value, str | bytes):
        return HIDDEN
    if isinstance(value, str):
        return redact(value[:MAX_TEXT_CHARS])
    if isinstance(value, dict):
        return {key: _scrub(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(item) for item in value]
    return value


def _scrub_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: _scrub(value, key) for key, value in event.items()}


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
