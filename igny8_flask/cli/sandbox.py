"""``flask sandbox``: a stand-in for the AI providers, for demos and tests."""

import click

from igny8_flask.sandbox import run_sandbox


@click.group()
def sandbox() -> None:
    """The sandbox provider."""


@sandbox.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8901, show_default=True, help="0 takes a free one.")
@click.option("--latency", default="demo", show_default=True, help="A preset, or seconds.")
def run(host: str, port: int, latency: str) -> None:
    """Serve until Ctrl-C."""
    run_sandbox(host, port, latency)
