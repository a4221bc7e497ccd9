"""The backend's API, called with the key the plugin was given."""

from typing import Any

import requests

from tests.lab.places import LabError
from tests.lab.wordpress_site import WordPressSite

CREDENTIALS = (
    "return [ get_option( 'igny8_site_key' ), get_option( 'igny8_site_uuid' ), home_url() ];"
)


class SiteApi:
    """A connected site's access to the backend."""

    def __init__(self, api_url: str, site: WordPressSite) -> None:
        self._base = api_url
        key, uuid, home = site.wp_eval(CREDENTIALS)
        self._http = requests.Session()
        self._http.headers.update(
            {
                "Authorization": f"Bearer {key}",
                "X-Igny8-Site": uuid,
                "X-Igny8-Home": home,
                "Accept": "application/json",
            }
        )

    def raw(self, method: str, path: str, body: object = None, **headers: str) -> requests.Response:
        """One call; underscores in header names are hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._http.request(
            method, f"{self._base}{path}", json=body, headers=named, timeout=30
        )

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """The decoded answer; LabError with the backend's words when it refuses."""
        answer = self.raw(method, path, body, **headers)
        data = answer.json()
        if not answer.ok:
            raise LabError(f"{method} {path}: {data.get('error')} ({data.get('code')})")
        return data

    def publish_at_once(self) -> None:
        """Let posts of this site go live instead of waiting as drafts."""
        self.call("PATCH", "/v1/system/settings/", {"publishing": {"status": "publish"}})
