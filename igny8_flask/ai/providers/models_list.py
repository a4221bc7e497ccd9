"""Which models a base URL offers, and when they end."""

from datetime import UTC, date, datetime
from typing import Any

from igny8_flask.ai.providers.endpoint import Endpoint
from igny8_flask.ai.providers.wire import ModelInfo
from igny8_flask.outbound import Outbound, Policy

LISTING = Policy("provider", first_byte_s=10, idle_s=10, total_s=20, max_bytes=8 * 1024**2)


def list_models(outbound: Outbound, base_url: str, api_key: str) -> tuple[ModelInfo, ...]:
    """Return the models of ``GET /models`` in the order given; raises ProviderError."""
    endpoint = Endpoint(outbound, base_url, api_key, LISTING)
    document, headers = endpoint.send("GET", "/models")
    rows = document.get("data") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise endpoint.unreadable(b"{}", headers)
    return tuple(
        ModelInfo(row["id"], read_date(row.get("shutdown_date")))
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("id"), str)
    )


def read_date(value: Any) -> date | None:
    """Return a day given as ISO text or seconds since 1970, or None."""
    try:
        if isinstance(value, str):
            return date.fromisoformat(value[:10])
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None
