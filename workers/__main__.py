"""``python -m workers``: start workers and the dispatcher of this host."""

import argparse
import os
import sys
from dataclasses import replace

from dotenv import load_dotenv

from igny8_flask import create_app
from igny8_flask.config import Settings
from igny8_flask.errors import ConfigError
from workers.embedded_redis import redis_for
from workers.supervisor import Supervisor


def main() -> int:
    """Parse the command line and run until stopped."""
    arguments = command_line().parse_args()
    load_dotenv()
    try:
        settings = Settings.from_env(os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    workers = 0 if arguments.dispatcher else arguments.workers
    if workers is not None:
        settings = replace(settings, workers=workers)
    app = create_app(settings)
    try:
        with redis_for(settings.redis_url):
            Supervisor(app, settings, not arguments.no_dispatcher).run()
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def command_line() -> argparse.ArgumentParser:
    """What may be asked for."""
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    parser.add_argument("--workers", type=int, help="worker processes (default: IGNY8_WORKERS)")
    apart = parser.add_mutually_exclusive_group()
    apart.add_argument(
        "--no-dispatcher", action="store_true", help="only workers; a dispatcher runs elsewhere"
    )
    apart.add_argument(
        "--dispatcher", action="store_true", help="only the dispatcher; workers run elsewhere"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
