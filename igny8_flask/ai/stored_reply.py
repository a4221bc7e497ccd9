"""The stored form of a text reply, so that a paid call can be read again after a crash."""

import json
from dataclasses import asdict
from decimal import Decimal

from igny8_flask.ai.providers.wire import TextReply, Usage


def to_bytes(reply: TextReply) -> bytes:
    """The reply as it is kept."""
    return json.dumps(asdict(reply), default=str, ensure_ascii=False).encode()


def from_bytes(data: bytes) -> TextReply:
    """The reply as it was."""
    values = json.loads(data)
    if values["usage"]:
        values["usage"] = Usage(**values["usage"])
    if values["cost_usd"] is not None:
        values["cost_usd"] = Decimal(values["cost_usd"])
    return TextReply(**values)
