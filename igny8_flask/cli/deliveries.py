"""``flask deliveries``: list, show, retry and cancel what is handed to sites."""

import json
import uuid

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from igny8_flask import publishing, sites
from igny8_flask.cli.failing import in_words
from igny8_flask.db import db
from igny8_flask.errors import NotFoundError
from igny8_flask.jobs import request_cancel
from igny8_flask.models import Delivery, Site, WorkState
from igny8_flask.work_status import describe

DELIVERY_ID = click.argument("delivery_id", type=click.UUID)


@click.group(name="deliveries")
def delivery_commands() -> None:
    """Articles on their way to sites."""


@delivery_commands.command(name="list")
@click.option("--site", help="Address of a site; default: all.")
@click.option("--state", type=click.Choice([state.value for state in WorkState]))
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@with_appcontext
@in_words
def list_deliveries(site: str | None, state: str | None, limit: int) -> None:
    """List the newest deliveries."""
    wanted = select(Delivery).order_by(Delivery.id.desc()).limit(limit)
    if site:
        wanted = wanted.where(Delivery.site_id == sites.find_by_url(site).id)
    if state:
        wanted = wanted.where(Delivery.state == WorkState(state))
    for delivery in db.session.scalars(wanted):
        begun = f"{delivery.created_at:%Y-%m-%d %H:%M}"
        click.echo(f"{begun}\t{delivery.id}\t{_line(delivery)}")


@delivery_commands.command()
@DELIVERY_ID
@with_appcontext
@in_words
def show(delivery_id: uuid.UUID) -> None:
    """Print the whole status of a delivery, with the site's receipt, as JSON."""
    delivery = _find(delivery_id)
    status = {**describe(delivery), "receipt": delivery.receipt}
    click.echo(json.dumps(status, indent=2, ensure_ascii=False))


@delivery_commands.command()
@DELIVERY_ID
@with_appcontext
@in_words
def retry(delivery_id: uuid.UUID) -> None:
    """Send a failed or cancelled delivery again."""
    delivery = _find(delivery_id)
    site = db.session.get_one(Site, delivery.site_id)
    click.echo(_line(publishing.retry(site, delivery.id)))


@delivery_commands.command()
@DELIVERY_ID
@with_appcontext
@in_words
def cancel(delivery_id: uuid.UUID) -> None:
    """Stop a delivery at the next possible moment; what stands on the site stays."""
    delivery = _find(delivery_id)
    if not delivery.state.is_final:
        request_cancel(delivery)
    click.echo(_line(_find(delivery_id)))


def _find(delivery_id: uuid.UUID) -> Delivery:
    delivery = db.session.get(Delivery, delivery_id, populate_existing=True)
    if delivery is None:
        raise NotFoundError("There is no such delivery.")
    return delivery


def _line(delivery: Delivery) -> str:
    post = f"post {delivery.wp_id}" if delivery.wp_id else "no post yet"
    words = delivery.error or delivery.message
    return f"{delivery.state.value}\t{delivery.attempts} attempts\t{post}\t{words}"
