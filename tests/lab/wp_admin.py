"""The plugin's browser routes, called the way wp-admin calls them: cookie and nonce."""

import time
from collections.abc import Mapping
from typing import Any

import requests

from tests.lab.places import LabError
from tests.lab.wordpress_site import WordPressSite

FINAL = {"SUCCESS", "FAILURE", "CANCELLED"}


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

    def connect(self, code: str) -> Any:
        """What the Connect screen does."""
        return self.call("POST", "connect", {"code": code, "confirm": True})

    def create_task(self, title: str, **fields: object) -> str:
        """Create a writer task and return its id."""
        made = self.call("POST", "tasks", {"items": [{"title": title, **fields}]})
        return str(made["results"][0]["id"])

    def generate(self, task_id: str, **options: bool) -> str:
        """Press Generate content; the run's id."""
        body = {"function": "auto_generate_content", "ids": [task_id], "options": options}
        return str(self.call("POST", "runs", body)["task_id"])

    def status(self, kind: str, ident: str) -> dict[str, Any]:
        """The status of a run or a delivery."""
        found: dict[str, Any] = self.call("GET", f"{_folder(kind)}/{ident}")
        return found

    def follow(self, run_id: str, seconds: float = 120) -> list[dict[str, Any]]:
        """Poll from the run over what comes next to the end; every status that was seen."""
        kind, ident = "run", run_id
        seen: list[dict[str, Any]] = []
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            now = self.status(kind, ident)
            if not seen or _face(seen[-1]) != _face(now):
                seen.append(now)
            following: Mapping[str, Any] | None = now.get("next")
            if now["state"] == "SUCCESS" and following:
                kind, ident = following["kind"], following["id"]
            elif now["state"] in FINAL:
                return seen
            else:
                time.sleep(min(now.get("poll_after_ms", 400), 400) / 1000)
        last = seen[-1] if seen else {}
        raise LabError(f"the run did not end in {seconds:g} s; last: {last.get('message')}")


def _folder(kind: str) -> str:
    return "deliveries" if kind == "delivery" else "runs"


def _face(status: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(status.get(name) for name in ("task_id", "state", "phase", "percentage", "next"))
