"""The dispatcher: turns due rows into RQ jobs, fairly over sites, and sweeps up what was left.

The database is the truth. Each pass (a) takes runs and deliveries back whose worker fell silent,
(b) takes rows back that Redis lost, (c) admits due rows and sends them. A second dispatcher is
harmless: every move is a compare-and-set.
"""

import random
import threading
import time

from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from igny8_flask import heartbeats, pauses, publishing, retention, runs, scheduling
from igny8_flask.api.idempotency import forget_expired
from igny8_flask.cache import BELL, connect
from igny8_flask.handshake import forget_old_codes
from igny8_flask.leases import WORK, Ticket, admit
from igny8_flask.log import get_logger
from igny8_flask.queue import JobQueue
from igny8_flask.reconciliation import send_lost_again, strike_out_strays
from igny8_flask.recovery import back_to_pending
from igny8_flask.services import current
from igny8_flask.tenants import every_tenant

log = get_logger(__name__)

PASS_S = 0.5  # longest pause between two passes; the bell shortens it
GAP_S = 0.03  # between two passes at least, so that many bells make few passes
LOOK_S = 1.0
SWEEP_S = 5.0
RECONCILE_S = 60.0
TIDY_S = 3600.0
DAY_S = 86_400.0


class Dispatcher:
    """One loop; stop it by setting ``stop``."""

    def __init__(self, app: Flask, redis_url: str, stop: threading.Event) -> None:
        self.app = app
        self.stop = stop
        self.queue = JobQueue(redis_url)
        self._bell = connect(redis_url).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._swept_at = self._tidy_at = self._looked_at = self._passed_at = 0.0
        self._reconciled_at = 0.0
        self._workers = 0
        self._forget_at = time.monotonic() + TIDY_S * random.random()

    def run(self) -> None:
        """Pass after pass until stopped; a failing pass is logged and tried again."""
        while not self.stop.is_set():
            try:
                with self.app.app_context(), every_tenant():
                    self.run_pass()
                self._passed_at = time.monotonic()
            except (SQLAlchemyError, RedisError) as error:
                log.warning("dispatch_failed", error=str(error))
                self.stop.wait(PASS_S)
            self._wait()

    def run_pass(self) -> int:
        """Sweep when it is time, admit and send; returns how many jobs were sent."""
        if time.monotonic() - self._swept_at > SWEEP_S:
            heartbeats.beat()
            runs.sweep()
            publishing.sweep()
            scheduling.run_due()
            self._swept_at = time.monotonic()
        if time.monotonic() > self._tidy_at:
            forget_expired()
            forget_old_codes()
            self._tidy_at = time.monotonic() + TIDY_S
        if time.monotonic() > self._forget_at:
            log.info("forgotten", **retention.forget_old())
            self._forget_at = time.monotonic() + DAY_S
        try:
            self._look_around()
        except RedisError:
            return 0
        pauses.hold_members()
        sent = 0
        for model in WORK.values():
            for ticket in admit(model, current().settings.site_slots, self._window()):
                sent += self._send(ticket)
        return sent

    def _look_around(self) -> None:
        """Every second: say that this dispatcher lives, count the workers, find lost jobs.

        Every minute: strike jobs out of RQ's registries that belong to no row.
        """
        if time.monotonic() - self._looked_at > LOOK_S:
            self._workers = self.queue.workers()
            current().cache.note_dispatcher(self._workers)
            send_lost_again(self.queue)
            self._looked_at = time.monotonic()
        if time.monotonic() - self._reconciled_at > RECONCILE_S:
            strike_out_strays(self.queue)
            self._reconciled_at = time.monotonic()

    def _window(self) -> int:
        """How many rows may be queued or in work: as set, or enough for all that live."""
        settings = current().settings
        slots = settings.worker_slots if settings.worker_kind == "threads" else 1
        return max(settings.window, 2 * self._workers * slots)

    def _send(self, ticket: Ticket) -> int:
        try:
            self.queue.send(ticket)
        except RedisError:
            back_to_pending(ticket)
            return 0
        return 1

    def _wait(self) -> None:
        """Sleep until the bell rings or the pause is over."""
        try:
            if not self._bell.subscribed:
                self._bell.subscribe(BELL)
            if self._bell.get_message(timeout=PASS_S):
                self.stop.wait(max(self._passed_at + GAP_S - time.monotonic(), 0))
                while self._bell.get_message():
                    pass
        except RedisError:
            self.stop.wait(PASS_S)
