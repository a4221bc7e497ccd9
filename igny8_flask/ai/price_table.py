"""The bundled price tables, and the form of one model's price.

``data/prices.json`` is cut from a public table (docs/operations.md says how it is renewed),
``data/prices_own.json`` is kept by hand for what that table lacks and wins over it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import Any

from igny8_flask.errors import InputError

BUNDLED, OWN = "prices.json", "prices_own.json"
KINDS = ("text", "image")
TIER_FACTORS = {"flex": Decimal("0.5"), "batch": Decimal("0.5"), "priority": Decimal(2)}
TIER_NAMES = {"fast": "priority"}  # other names of a tier in replies
_PER_MILLION = ("input", "cached", "cache_write", "output", "image_input", "image_output")
_EACH = ("per_image", "per_pixel")
_LONG = ("input", "cached", "cache_write", "output")
_OTHER = ("kind", "long", "tiers", "ends", "estimate_only", "note")
MAX_PRICE = Decimal(10_000)  # dollars per million tokens; more is a mistake of units


@dataclass(frozen=True)
class LongRate:
    """Prices of a whole request whose prompt is longer than ``above`` tokens."""

    above: int
    input: Decimal
    cached: Decimal | None = None
    cache_write: Decimal | None = None
    output: Decimal | None = None


@dataclass(frozen=True)
class Rate:
    """Price of one model in US dollars: per million tokens, per image or per pixel.

    ``tiers`` maps a service tier to its factor where it is not the usual one. ``estimate_only``:
    the price moves, so it serves quotes and never a booking.
    """

    kind: str = "text"
    input: Decimal | None = None
    cached: Decimal | None = None
    cache_write: Decimal | None = None
    output: Decimal | None = None
    image_input: Decimal | None = None
    image_output: Decimal | None = None
    per_image: Decimal | None = None
    per_pixel: Decimal | None = None
    long: LongRate | None = None
    tiers: Mapping[str, Decimal] = field(default_factory=dict)
    ends: date | None = None
    estimate_only: bool = False

    def factor(self, tier: str) -> Decimal:
        """What a service tier multiplies the price with."""
        name = TIER_NAMES.get(tier, tier)
        return self.tiers.get(name, TIER_FACTORS.get(name, Decimal(1)))


@dataclass(frozen=True)
class Table:
    """One price table; ``rows`` are parsed when they are asked for."""

    snapshot: str
    source: str
    rows: Mapping[str, Mapping[str, Any]]
    image_tokens: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    replaced_by: Mapping[str, str] = field(default_factory=dict)

    def find(self, model: str) -> Rate | None:
        """The row of exactly that name."""
        row = self.rows.get(model)
        return parse_rate(model, row) if row is not None else None


def parse_rate(model: str, row: Any) -> Rate:
    """Read and check one row; raises InputError that names the model and the field."""
    if not isinstance(row, Mapping):
        raise _wrong(model, "row", "must be an object")
    unknown = sorted(set(row) - {*_PER_MILLION, *_EACH, *_OTHER})
    if unknown:
        raise _wrong(model, unknown[0], "is not known")
    kind = row.get("kind", "text")
    if kind not in KINDS:
        raise _wrong(model, "kind", f"must be one of {', '.join(KINDS)}")
    prices = {name: _price(model, name, row.get(name)) for name in (*_PER_MILLION, *_EACH)}
    if kind == "text" and (prices["input"] is None or prices["output"] is None):
        raise _wrong(model, "input", "and output must both be given")
    if kind == "image" and not any(prices[name] is not None for name in ("image_output", *_EACH)):
        raise _wrong(model, "image_output", "per_image or per_pixel must be given")
    tiers = {name: _price(model, name, value) for name, value in row.get("tiers", {}).items()}
    return Rate(
        kind=kind,
        **prices,
        long=_long(model, row.get("long")),
        tiers={name: value for name, value in tiers.items() if value is not None},
        ends=_day(model, row.get("ends")),
        estimate_only=row.get("estimate_only") is True,
    )


def _long(model: str, row: Any) -> LongRate | None:
    if row is None:
        return None
    if not isinstance(row, Mapping) or not isinstance(row.get("above"), int):
        raise _wrong(model, "long", "must have 'above', a number of tokens")
    prices = {name: _price(model, f"long.{name}", row.get(name)) for name in _LONG}
    if prices["input"] is None:
        raise _wrong(model, "long.input", "must be given")
    return LongRate(above=row["above"], **prices)  # type: ignore[arg-type]


def _price(model: str, name: str, value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        price = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        price = Decimal("NaN")
    if not price.is_finite() or not 0 <= price <= MAX_PRICE:
        raise _wrong(model, name, f"must be a decimal text from 0 to {MAX_PRICE}")
    return price


def _day(model: str, value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise _wrong(model, "ends", "must be a day, YYYY-MM-DD") from error


def _wrong(model: str, name: str, words: str) -> InputError:
    text = f"{name} {words}."
    return InputError(f"The price of {model!r} cannot be used: {text}", None, {model: [text]})


@cache
def bundled_tables() -> tuple[Table, ...]:
    """The tables of this package, the nearest first."""
    return tuple(_read(name) for name in (OWN, BUNDLED))


def _read(name: str) -> Table:
    text = files("igny8_flask.ai").joinpath("data", name).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return Table(
        snapshot=document["snapshot"],
        source=document["source"],
        rows=document["models"],
        image_tokens=document.get("image_tokens", {}),
        replaced_by=document.get("replaced_by", {}),
    )
