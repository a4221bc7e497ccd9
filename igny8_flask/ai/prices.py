"""What a call costs: operator's price → hand-kept table → bundled table → unknown, never 0.

A name is looked up as it is, without its date, without its vendor, and as that provider's own.
What the provider itself reports comes before all of this and is the caller's to prefer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from igny8_flask.ai.price_table import Rate, bundled_tables, parse_rate
from igny8_flask.ai.providers.wire import ImageUsage, Usage
from igny8_flask.db import db, utcnow
from igny8_flask.models import ModelPrice

MILLION = Decimal(1_000_000)
CENTS = Decimal("0.00000001")  # the ledger's finest unit
_DATE = re.compile(r"[-@](?:\d{4}-\d{2}-\d{2}|20\d{6})$")


@dataclass(frozen=True)
class Found:
    """A price, under which name it was found, and who says so."""

    name: str
    rate: Rate
    source: str


def find_rate(
    model: str, kind: str = "text", provider: str = "", at: datetime | None = None
) -> Found | None:
    """The price of a model at a moment (default: now); None when nobody knows it.

    What the operator set wins under every form of the name, be it a price or another name.
    """
    found = _own_price(model, provider, at or utcnow()) or _bundled_price(model, provider)
    return found if found and found.rate.kind == kind else None


def names_of(model: str, provider: str = "") -> Iterator[str]:
    """The forms under which a model may be listed, the most exact first."""
    dateless = _DATE.sub("", model)
    bare = dateless.rpartition("/")[2]
    forms = [model, dateless, model.rpartition("/")[2], bare]
    if provider:
        forms += [f"{provider}/{form}" for form in (model, dateless, bare)]
    yield from dict.fromkeys(forms)


def price_of(
    model: str,
    usage: Usage | ImageUsage | None,
    kind: str = "text",
    tier: str = "",
    provider: str = "",
    pixels: int = 0,
) -> Decimal | None:
    """Cost of one call in US dollars; None when price or usage are unknown.

    ``tier`` is the service tier that the reply names; ``pixels`` of the picture serve models
    that are billed by the image.
    """
    found = find_rate(model, kind, provider)
    if found is None or found.rate.estimate_only:
        return None
    rate = found.rate
    if kind == "text":
        return text_cost(rate, usage, tier) if isinstance(usage, Usage) else None
    if rate.image_output is not None:
        billed = isinstance(usage, ImageUsage) and usage.output > 0
        return image_cost(rate, usage, tier) if billed else None  # type: ignore[arg-type]
    return picture_cost(rate, pixels)


def text_cost(rate: Rate, usage: Usage, tier: str = "") -> Decimal:
    """Dollars of a text call; a prompt above the threshold makes the whole request dearer."""
    fresh = max(usage.input - usage.cached - usage.cache_write, 0)
    row = rate.long if rate.long and usage.input > rate.long.above else rate
    price_in = row.input or Decimal(0)
    price_out = row.output if row.output is not None else rate.output
    parts = (
        (fresh, price_in),
        (usage.cached, price_in if row.cached is None else row.cached),
        (usage.cache_write, price_in if row.cache_write is None else row.cache_write),
        (usage.output, price_out or Decimal(0)),
    )
    return _money(parts, rate.factor(tier))


def image_cost(rate: Rate, usage: ImageUsage, tier: str = "") -> Decimal:
    """Dollars of a picture that is billed in tokens."""
    text_in = rate.input or Decimal(0)
    parts = (
        (usage.text_input, text_in),
        (usage.image_input, text_in if rate.image_input is None else rate.image_input),
        (usage.output, rate.image_output or Decimal(0)),
    )
    return _money(parts, rate.factor(tier))


def picture_cost(rate: Rate, pixels: int) -> Decimal | None:
    """Dollars of a picture that is billed as such."""
    if rate.per_image is not None:
        return rate.per_image
    if rate.per_pixel is not None and pixels:
        return (rate.per_pixel * pixels).quantize(CENTS)
    return None


def _money(parts: tuple[tuple[int, Decimal], ...], factor: Decimal) -> Decimal:
    total = sum((tokens * price for tokens, price in parts), Decimal(0))
    return (total * factor / MILLION).quantize(CENTS)


def _bundled_price(model: str, provider: str) -> Found | None:
    for name in names_of(model, provider):
        for table in bundled_tables():
            rate = table.find(name)
            if rate is not None:
                return Found(name, rate, f"table of {table.snapshot}")
    return None


def _own_price(model: str, provider: str, at: datetime) -> Found | None:
    names = list(names_of(model, provider))
    rows = db.session.scalars(
        select(ModelPrice)
        .where(ModelPrice.model.in_(names), ModelPrice.valid_from <= at)
        .order_by(ModelPrice.valid_from)
    )
    latest = {row.model: row for row in rows}
    for name in names:
        row = latest.get(name)
        if row is None:
            continue
        if row.rate is not None:
            return Found(name, parse_rate(name, row.rate), f"operator, {row.source}")
        return _aliased(str(row.alias_of), at)
    return None


def _aliased(target: str, at: datetime) -> Found | None:
    """The price of what an alias names; an alias of an alias counts for nothing."""
    row = db.session.scalars(
        select(ModelPrice)
        .where(ModelPrice.model == target, ModelPrice.valid_from <= at)
        .where(ModelPrice.rate.is_not(None))
        .order_by(ModelPrice.valid_from.desc())
    ).first()
    if row is not None and row.rate is not None:
        return Found(target, parse_rate(target, row.rate), f"operator, {row.source}")
    return _bundled_price(target, "")
