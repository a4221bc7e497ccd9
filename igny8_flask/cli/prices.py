"""``flask prices``: what calls cost, and where that is known from."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from igny8_flask.ai import price_import, price_table, prices
from igny8_flask.ai.price_table import bundled_tables, parse_rate
from igny8_flask.cli.failing import in_words
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError, NotFoundError
from igny8_flask.models import ModelPrice

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
SHOWN = ("input", "cached", "cache_write", "output", "image_input", "image_output", "per_image")


@click.group(name="prices")
def price_commands() -> None:
    """Prices of models, in US dollars per million tokens."""


@price_commands.command(name="import")
@click.argument("file", type=FILE)
@click.option("--valid-from", type=DAY, help="UTC; default: now.")
@click.option("--bundle", is_flag=True, help="Rewrite the table of this package instead.")
@click.option("--source", help="Where the file is from; default: its name.")
@with_appcontext
@in_words
def import_file(file: Path, valid_from: datetime | None, bundle: bool, source: str | None) -> None:
    """Take prices from FILE: litellm's public table, or {"models": {name: prices}}."""
    rows = price_import.read_price_file(file)
    source = (source or file.name)[:200]
    if bundle:
        target = Path(price_table.__file__).parent / "data" / price_table.BUNDLED
        target.write_text(price_import.bundle(rows, source), encoding="utf-8")
        click.echo(f"{len(rows)} prices written to {target}.")
        return
    changed = {name: row for name, row in rows.items() if not _is_known(name, row)}
    for name, row in changed.items():
        _add(name, source, valid_from, rate=row)
    db.session.commit()
    click.echo(f"{len(changed)} prices stored, {len(rows) - len(changed)} were the same already.")


@price_commands.command()
@click.argument("model", required=False)
@with_appcontext
@in_words
def show(model: str | None) -> None:
    """Show the price of MODEL that counts now, or all that the operator set."""
    if model is None:
        for table in bundled_tables():
            click.echo(f"{len(table.rows)} models of {table.snapshot}: {table.source}")
        for row in db.session.scalars(
            select(ModelPrice).order_by(ModelPrice.model, ModelPrice.valid_from)
        ):
            what = f"as {row.alias_of}" if row.alias_of else _words(row.rate or {})
            click.echo(f"{row.model}\tfrom {row.valid_from:%Y-%m-%d}\t{what}\t{row.source}")
        return
    found = prices.find_rate(model) or prices.find_rate(model, "image")
    if found is None:
        raise NotFoundError(f"The price of {model} is not known; set it with `prices set`.")
    shown = {name: getattr(found.rate, name) for name in SHOWN}
    click.echo(f"{found.name}\t{found.rate.kind}\t{_words(shown)}\t{found.source}")
    if found.rate.long:
        long = {name: getattr(found.rate.long, name) for name in ("input", "output")}
        click.echo(f"\tabove {found.rate.long.above:,} tokens\t{_words(long)}")
    if found.rate.ends:
        click.echo(f"\tends on {found.rate.ends}")


@price_commands.command(name="set")
@click.argument("model")
@click.option("--input", "input_", help="Dollars per million tokens.")
@click.option("--output")
@click.option("--cached", help="Of tokens read from the provider's cache; default: as --input.")
@click.option("--cache-write", help="Of tokens written to it; default: as --input.")
@click.option("--image-output", help="Of the tokens of pictures; makes it an image model.")
@click.option("--per-image", help="Dollars per picture; makes it an image model.")
@click.option("--valid-from", type=DAY, help="UTC; default: now. What was booked stays as it is.")
@with_appcontext
@in_words
def set_price(model: str, valid_from: datetime | None, **given: str | None) -> None:
    """Set the price of MODEL."""
    row: dict[str, Any] = {name.rstrip("_"): value for name, value in given.items() if value}
    if "image_output" in row or "per_image" in row:
        row["kind"] = "image"
    parse_rate(model, row)
    _add(model, "set by the operator", valid_from, rate=row)
    db.session.commit()
    click.echo(f"{model}: {_words(row)}")


@price_commands.command()
@click.argument("name")
@click.argument("model")
@click.option("--valid-from", type=DAY, help="UTC; default: now.")
@with_appcontext
@in_words
def alias(name: str, model: str, valid_from: datetime | None) -> None:
    """Say that NAME (a deployment, a local name) costs what MODEL costs."""
    if name == model or not (prices.find_rate(model) or prices.find_rate(model, "image")):
        raise InputError(f"The price of {model} is not known, so {name} cannot follow it.")
    _add(name, "set by the operator", valid_from, alias_of=model)
    db.session.commit()
    click.echo(f"{name} costs what {model} costs.")


def _add(model: str, source: str, valid_from: datetime | None, **what: Any) -> None:
    moment = valid_from.replace(tzinfo=UTC) if valid_from else utcnow()
    taken = select(ModelPrice.id).where(ModelPrice.model == model, ModelPrice.valid_from == moment)
    if db.session.scalar(taken) is not None:
        raise ConflictError(f"{model} has a price from {moment:%Y-%m-%d %H:%M} on already.")
    db.session.add(ModelPrice(model=model, valid_from=moment, source=source, **what))


def _is_known(model: str, row: Mapping[str, Any]) -> bool:
    found = prices.find_rate(model, row.get("kind", "text"))
    return found is not None and found.name == model and found.rate == parse_rate(model, row)


def _words(row: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={row[name]}" for name in SHOWN if row.get(name) is not None)
