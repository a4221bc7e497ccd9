"""``make profile``: where the time of the main job goes, in this process, by cProfile.

One article is submitted, written by the sandbox at no delay, and stored; no WordPress.
"""

import argparse
import cProfile
import pstats
import time

from bench.backend import Backend
from bench.shares import in_words, shares
from igny8_flask import runs
from igny8_flask.db import db
from igny8_flask.leases import admit
from igny8_flask.models import AITaskLog, Site
from tests.factories import make_task

WARM_UP = 3


def one_run(backend: Backend) -> None:
    """Submit, admit and execute one article, as API, dispatcher and worker do."""
    site = db.session.get_one(Site, backend.sites[0].site.id)
    task = make_task(site, title="How to prune an apple tree", word_count=300)
    runs.submit(site, "generate_content", [task.id], {"images": False, "publish": False})
    for ticket in admit(AITaskLog, 10, 10):
        runs.execute(ticket.id, ticket.generation)
    db.session.remove()


def main() -> None:
    """Print the costliest functions of some runs."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--top", type=int, default=35)
    parser.add_argument("--sort", choices=("cumulative", "tottime"), default="cumulative")
    asked = parser.parse_args()
    with Backend() as backend:
        for _ in range(WARM_UP):
            one_run(backend)
        profiler = cProfile.Profile()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(asked.runs):
            one_run(backend)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        profiler.enable()
        for _ in range(asked.runs):
            one_run(backend)
        profiler.disable()
        print(
            f"{wall / asked.runs * 1000:.1f} ms a run, {cpu / asked.runs * 1000:.1f} ms of it CPU"
        )
        print(in_words(shares(lambda: one_run(backend))))
        pstats.Stats(profiler).strip_dirs().sort_stats(asked.sort).print_stats(asked.top)


if __name__ == "__main__":
    main()
