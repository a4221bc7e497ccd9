"""A worker killed at any point: the run ends by itself, with one post, and nothing paid twice."""

import signal
import time
from collections.abc import Callable

import pytest

from tests.e2e.outcome import calls_on_record, paid_calls, pictures, posts
from tests.lab.processes import children, descendants, signal_all, wait_until
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

pytestmark = [pytest.mark.wp, pytest.mark.process]
PHASES = ("INIT", "PREP", "AI_CALL", "PARSE", "SAVE", "DONE")
RECOVERY_S = 90
WATCH_S = 0.002


def run_reached(stack: Stack, run_id: str, phase: str) -> bool:
    """Whether the run has begun and is in ``phase`` or past it."""
    row = stack.rows("select state, phase from ai_task_log where id = ?", run_id.replace("-", ""))[
        0
    ]
    begun = row["state"] not in ("pending", "queued")
    return bool(begun and PHASES.index(row["phase"]) >= PHASES.index(phase))


def crash(stack: Stack, moment: Callable[[], bool], what: str) -> None:
    """Kill the worker with all its children at a moment, then start a new one."""
    wait_until(moment, 30, what, pause=WATCH_S)
    stack.worker.kill()
    stack.replace_worker()


def assert_done_once(
    stack: Stack, site: WordPressSite, admin: AdminSession, run_id: str, repeats: int = 0
) -> None:
    last = admin.outcome(run_id, RECOVERY_S)
    assert last["state"] == "SUCCESS", last
    assert len(posts(site)) == 1
    assert pictures(site) == 1
    calls = paid_calls(stack)
    assert all(1 <= count <= 1 + repeats for count in calls.values()), calls


@pytest.mark.parametrize("phase", PHASES)
def test_killed_in_a_phase_of_the_article(
    stack: Stack, connected_site: WordPressSite, admin: AdminSession, phase: str
) -> None:
    task = admin.create_task(f"Interrupted in {phase}")
    run_id = admin.generate(task, images=True, publish=True)
    crash(stack, lambda: run_reached(stack, run_id, phase), f"phase {phase}")
    in_air = calls_on_record(stack, run_id)["intent"]
    assert_done_once(stack, connected_site, admin, run_id, repeats=in_air)


def test_a_call_in_the_air_is_repeated_once_and_the_record_says_so(
    stack: Stack, connected_site: WordPressSite, admin: AdminSession
) -> None:
    provider = stack.sandbox_provider
    provider.pace("4.0")
    run_id = admin.generate(admin.create_task("Interrupted in the air"), images=True, publish=True)
    crash(stack, lambda: any(e["stream"] for e in provider.journal()), "the call is in the air")
    provider.pace("test")
    assert_done_once(stack, connected_site, admin, run_id, repeats=1)
    assert calls_on_record(stack, run_id) == {"unknown": 1, "done": 1}


def test_only_the_process_of_the_job_is_killed(
    stack: Stack, connected_site: WordPressSite, admin: AdminSession
) -> None:
    provider = stack.sandbox_provider
    provider.pace("4.0")
    run_id = admin.generate(admin.create_task("Only the job ended"), images=True, publish=True)
    wait_until(lambda: any(e["stream"] for e in provider.journal()), 30, "the call is in the air")
    workers = set(children(stack.worker.pid))
    jobs = [pid for pid in descendants(stack.worker.pid) if pid not in workers]
    assert jobs, "no job runs in a process of its own"
    signal_all(jobs, signal.SIGKILL)
    provider.pace("test")
    assert_done_once(stack, connected_site, admin, run_id, repeats=1)
    assert stack.worker.alive


def test_killed_while_the_picture_is_made(
    stack: Stack, connected_site: WordPressSite, admin: AdminSession
) -> None:
    provider = stack.sandbox_provider
    run_id = admin.generate(
        admin.create_task("Interrupted while drawing"), images=True, publish=True
    )
    provider.pace("3.0")

    def drawing() -> bool:
        return any("images" in entry["path"] for entry in provider.journal())

    crash(stack, drawing, "the picture is being made")
    provider.pace("test")
    assert_done_once(stack, connected_site, admin, run_id, repeats=1)
    assert calls_on_record(stack, run_id) == {"done": 1}


@pytest.mark.parametrize("delay_s", [0.0, 0.1, 0.3])
def test_killed_while_publishing(
    stack: Stack, connected_site: WordPressSite, admin: AdminSession, delay_s: float
) -> None:
    run_id = admin.generate(
        admin.create_task("Interrupted while publishing"), images=True, publish=True
    )
    before = len(stack.rows("select id from delivery"))

    def publishing() -> bool:
        rows = stack.rows("select state from delivery order by created_at")
        return len(rows) > before and rows[-1]["state"] not in ("pending", "queued")

    wait_until(publishing, 30, "a delivery has begun", pause=WATCH_S)
    begun = time.monotonic()
    crash(stack, lambda: time.monotonic() - begun >= delay_s, "the delay is over")
    assert_done_once(stack, connected_site, admin, run_id)
