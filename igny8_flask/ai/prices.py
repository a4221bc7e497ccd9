"""Prices of models: a dated table that is data, and the arithmetic on it."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from igny8_flask.ai.providers.wire import Usage

MILLION = Decimal(1_000_000)
DATE_SUFFIX = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@cache
def price_table() -> Mapping[str, Any]:
    """The bundled table: ``text`` and ``image`` map a model to US dollars per million tokens."""
    text = files("igny8_flask.ai").joinpath("data/prices.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


def find_rate(model: str, model_type: str) -> Mapping[str, str] | None:
    """The row of a model: exact, without its date suffix, without its vendor prefix; or None."""
    rates: Mapping[str, Mapping[str, str]] = price_table()[model_type]
    bare = DATE_SUFFIX.sub("", model)
    for name in (model, bare, bare.rpartition("/")[2]):
        if name in rates:
            return rates[name]
    return None


def price_of(model: str, usage: Usage, model_type: str = "text") -> Decimal | None:
    """Cost of one call in US dollars; None when the model has no known price."""
    rate = find_rate(model, model_type)
    if rate is None:
        return None
    fresh = max(usage.input - usage.cached - usage.cache_write, 0)
    parts = (
        (fresh, rate["input"]),
        (usage.cached, rate["cached"]),
        (usage.cache_write, rate["cache_write"]),
        (usage.output, rate["output"]),
    )
    return sum((Decimal(tokens) * Decimal(price) for tokens, price in parts), Decimal(0)) / MILLION
