"""The plugin's browser routes, called the way wp-admin calls them: cookie and nonce."""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import requests

from tests.lab.places import LabError
from tests.lab.wordpress_site import WordPressSite

Status = dict[str, Any]
FINAL = {"SUCCESS", "FAILURE", "CANCELLED"}
FOLDERS = {"run": "runs", "delivery": "deliveries"}
POLL_S = 0.25


class AdminSession:
    """A logged-in user of wp-admin without a browser."""

    def __init__(self, site: WordPressSite, user: str = "admin") -> None:
        self.site = site
        self._http = requests.Session()
        self._http.get(f"{site.url}/wp-login.php", timeout=20)
        form = {"log": user, "pwd": site.users[user].password, "testcookie": "1"}
        self._http.post(f"{site.url}/wp-login.php", data=form, timeout=20)
        nonce = self._http.get(
            f"{site.url}/wp-admin/admin-ajax.php", params={"action": "rest-nonce"}, timeout=20
        )
        if nonce.status_code != 200:
            raise LabError(f"{user} could not log in at {site.url}")
        self._http.headers.update({"X-WP-Nonce": nonce.text, "Accept": "application/json"})

    def call(self, method: str, path: str, body: object = None, **query: str) -> Any:
        """Call ``igny8/v1/<path>``; the decoded answer, LabError with its words when refused."""
        answer = self.raw(method, path, body, **query)
        try:
            data = answer.json()
        except ValueError:
            data = {"message": answer.text[:300]}
        if not answer.ok:
            words = data.get("message") or data.get("error") or answer.text[:300]
            raise LabError(f"{method} {path} answered {answer.status_code}: {words}")
        return data

    def raw(self, method: str, path: str, body: object = None, **query: str) -> requests.Response:
        """The same call with its answer as it is."""
        url = f"{self.site.rest}/igny8/v1/{path}"
        return self._http.request(method, url, json=body, params=query, timeout=90)

    def screen(self, address: str) -> str:
        """The HTML of a screen below /wp-admin/; LabError where this person may not see it."""
        answer = self._http.get(f"{self.site.url}/wp-admin/{address}", timeout=30)
        if answer.status_code != 200:
            raise LabError(f"{address} answered {answer.status_code}")
        return answer.text

    def connect(self, code: str) -> Any:
        """What the Connect screen does."""
        return self.call("POST", "connect", {"code": code, "confirm": True})

    def create_task(self, title: str, **fields: object) -> str:
        """Create a writer task and return its id."""
        made = self.call("POST", "tasks", {"title": title, **fields})
        return str(made["results"][0]["id"])

    def generate(self, task_id: str, **options: bool) -> str:
        """Press Generate content; the run's id."""
        return str(self.call("POST", "runs", press(task_id, **options))["task_id"])

    def statuses(
        self, run_id: str, seconds: float = 120, pause: Callable[[float], None] = time.sleep
    ) -> Iterator[Status]:
        """Each new status from the run over whatever comes next to the very end."""
        yield from self._follow(f"runs/{run_id}", seconds, pause)

    def delivered(self, delivery_id: str, seconds: float = 120) -> Status:
        """The last status of a delivery."""
        *_, last = self._follow(f"deliveries/{delivery_id}", seconds, time.sleep)
        return last

    def _follow(
        self, path: str, seconds: float, pause: Callable[[float], None]
    ) -> Iterator[Status]:
        last: Status = {}
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            now: Status = self.call("GET", path)
            if _face(now) != _face(last):
                yield now
                last = now
            following = now.get("next")
            if now["state"] == "SUCCESS" and following:
                path = f"{FOLDERS[following['kind']]}/{following['id']}"
            elif now["state"] in FINAL:
                return
            else:
                pause(POLL_S)
        raise LabError(f"{path} did not end in {seconds:g} s; last: {last.get('message')}")

    def outcome(self, run_id: str, seconds: float = 120) -> Status:
        """The last status of all."""
        *_, last = self.statuses(run_id, seconds)
        return last


def press(task_id: str, **options: bool) -> dict[str, object]:
    """What one press of Generate content sends."""
    return {
        "function": "auto_generate_content",
        "ids": [task_id],
        "options": options,
        "once": secrets.token_urlsafe(24),
    }


def _face(status: Status) -> tuple[Any, ...]:
    """What makes two statuses different to a person."""
    return tuple(status.get(name) for name in ("task_id", "state", "phase", "percentage"))
