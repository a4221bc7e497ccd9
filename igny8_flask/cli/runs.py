"""``flask runs``: start, follow, list, cancel and retry runs of AI functions."""

import json
import sys
import time
import uuid
from collections.abc import Sequence
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from igny8_flask import planning, runs, sites
from igny8_flask.ai.registry import get_function_instance
from igny8_flask.cli.failing import in_words
from igny8_flask.db import db
from igny8_flask.errors import InputError, NotFoundError
from igny8_flask.models import AITaskLog, Site
from igny8_flask.work_status import API_STATE

STATES = click.Choice(sorted(set(API_STATE.values())))
OVER = ("SUCCESS", "FAILURE", "CANCELLED")
RUN_ID = click.argument("run_id", type=click.UUID)


@click.group(name="runs")
def run_commands() -> None:
    """Runs of AI functions."""


@run_commands.command(name="list")
@click.option("--site", help="Address of a site; default: all.")
@click.option("--state", type=STATES)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
@with_appcontext
@in_words
def list_runs(site: str | None, state: str | None, limit: int) -> None:
    """List the newest runs."""
    wanted = select(AITaskLog).order_by(AITaskLog.id.desc()).limit(limit)
    if site:
        wanted = wanted.where(AITaskLog.site_id == sites.find_by_url(site).id)
    if state:
        states = [one for one, name in API_STATE.items() if name == state]
        wanted = wanted.where(AITaskLog.state.in_(states))
    for run in db.session.scalars(wanted):
        status = runs.describe(run)
        begun = f"{run.created_at:%Y-%m-%d %H:%M}"
        click.echo("\t".join([begun, str(run.id), run.function_name, _line(status), _cost(status)]))


@run_commands.command()
@RUN_ID
@with_appcontext
@in_words
def show(run_id: uuid.UUID) -> None:
    """Print the whole status of a run as JSON."""
    click.echo(json.dumps(runs.describe(_find(run_id)), indent=2, ensure_ascii=False))


@run_commands.command()
@RUN_ID
@with_appcontext
@in_words
def cancel(run_id: uuid.UUID) -> None:
    """Stop a run at the next possible moment; what was paid stays stored."""
    run = _find(run_id)
    status = runs.describe(runs.cancel(_site_of(run), run.id))
    click.echo(_line(status))


@run_commands.command()
@RUN_ID
@click.option("--wait/--no-wait", default=True, help="Follow it to its end.")
@with_appcontext
@in_words
def retry(run_id: uuid.UUID, wait: bool) -> None:
    """Run again from the last paid step what failed or was cancelled."""
    run = _find(run_id)
    _go_on(runs.retry(_site_of(run), run.id), wait)


@run_commands.command()
@click.argument("function")
@click.option("--site", required=True, help="Address of the site.")
@click.option("--ids", multiple=True, help="Ids to work on, with commas between them.")
@click.option("--select", "selection", help="A selection of the site's rows instead of ids.")
@click.option("--images/--no-images", default=None, help="Default: the site's setting.")
@click.option("--publish/--no-publish", default=None, help="Default: the site's setting.")
@click.option("--wait/--no-wait", default=True, help="Follow it to its end.")
@with_appcontext
@in_words
def start(
    function: str,
    site: str,
    ids: Sequence[str],
    selection: str | None,
    wait: bool,
    **choices: bool | None,
) -> None:
    """Start FUNCTION for a site's rows; a worker executes it."""
    name = get_function_instance(function).get_name()
    found = sites.find_by_url(site)
    chosen = _selected(found, name, selection) if selection else _parsed(ids)
    options = {option: value for option, value in choices.items() if value is not None}
    _go_on(runs.submit(found, name, chosen, options), wait)


def _parsed(ids: Sequence[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(one.strip()) for part in ids for one in part.split(",") if one.strip()]
    except ValueError as error:
        raise InputError("--ids: an id is not valid.") from error


def _selected(site: Site, name: str, selection: str) -> list[uuid.UUID]:
    if planning.SELECTIONS.get(name) != selection:
        known = planning.SELECTIONS.get(name, "nothing")
        raise InputError(f"--select: {name} knows {known}.")
    return planning.select_ids(site, selection)


def _find(run_id: uuid.UUID) -> AITaskLog:
    run = db.session.get(AITaskLog, run_id)
    if run is None:
        raise NotFoundError("There is no such run.")
    return run


def _site_of(run: AITaskLog) -> Site:
    return db.session.get_one(Site, run.site_id)


def _go_on(run: AITaskLog, wait: bool) -> None:
    """Print the run's id, and follow it if asked to; its failure is the command's."""
    click.echo(run.id)
    if not wait:
        return
    status = _follow(run.site_id, run.id)
    if status["state"] != "SUCCESS":
        raise click.ClickException(status.get("error") or status["message"] or status["state"])
    click.echo(json.dumps(status.get("result") or {}, indent=2, ensure_ascii=False))
    if "next" in status:
        click.echo(f"It goes on: {status['next']['kind']} {status['next']['id']}", err=True)


def _follow(site_id: uuid.UUID, run_id: uuid.UUID) -> dict[str, Any]:
    """Show one line of progress until the end; Ctrl-C leaves the run going."""
    shown = ""
    terminal = sys.stderr.isatty()
    while True:
        body = runs.read_status(site_id, run_id)
        db.session.close()
        if body is None:
            raise NotFoundError("The run was deleted.")
        status: dict[str, Any] = json.loads(body.body)
        line = _line(status)
        if line != shown:
            click.echo(f"\r\x1b[K{line}" if terminal else line, nl=not terminal, err=True)
            shown = line
        if status["state"] in OVER:
            click.echo("", nl=terminal, err=True)
            return status
        time.sleep(status["poll_after_ms"] / 1000)


def _line(status: dict[str, Any]) -> str:
    words = status.get("error") or status["message"]
    return f"{status['state']}\t{status['percentage']:3d} %\t{words}"


def _cost(status: dict[str, Any]) -> str:
    cost = status["cost_usd"]
    return "cost unknown" if cost is None else f"{cost:.4f} USD"
