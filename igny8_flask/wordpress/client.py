"""Calls to the plugin's routes on a site's WordPress: whoami, media and content."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from igny8_flask.clocks import http_date, skew_s
from igny8_flask.errors import OutboundError
from igny8_flask.outbound import WORDPRESS, Outbound, Policy, Reply, parse_url
from igny8_flask.wordpress.replies import read, unreachable, whole

NAMESPACE = "igny8/v1"
RECEIPT_PARTS = frozenset({"id", "status", "link", "edit_link", "slug", "sha", "fields"})
MEDIA_PARTS = frozenset({"id", "source_url"})
_HEADERS = {"Accept": "application/json", "User-Agent": "IGNY8/1.0"}


@dataclass(frozen=True)
class Addressee:
    """The installation that is meant; the plugin of any other one refuses to write."""

    site_uuid: str
    home_url: str

    def as_headers(self) -> dict[str, str]:
        """The names by which the plugin itself introduces every call."""
        return {"X-Igny8-Site": self.site_uuid, "X-Igny8-Home": self.home_url}


class WordPressClient:
    """One site's REST API, spoken to as its publishing user.

    ``rest_url`` is the base the site told: ``https://host/wp-json/`` or, with plain permalinks,
    ``https://host/index.php?rest_route=/``. Every failure is a WordPressError.
    """

    def __init__(
        self,
        outbound: Outbound,
        rest_url: str,
        username: str,
        password: str,
        policy: Policy = WORDPRESS,
        addressee: Addressee | None = None,
    ) -> None:
        self._outbound = outbound
        self._rest_url = rest_url
        self._auth = (username, password)
        self._addressee = addressee
        try:
            origin = parse_url(rest_url).origin
        except OutboundError as error:
            raise unreachable(error) from error
        self._base = urlsplit(rest_url)
        self._policy = replace(policy, origins=frozenset({origin}))

    @property
    def is_plain_http(self) -> bool:
        """Whether the site is spoken to without encryption."""
        return self._base.scheme == "http"

    def within(self, seconds: float) -> "WordPressClient":
        """The same client with less patience per call."""
        policy = _shorter(self._policy, seconds)
        return WordPressClient(self._outbound, self._rest_url, *self._auth, policy, self._addressee)

    def whoami(self) -> dict[str, Any]:
        """Versions, abilities and identity of the site; ``user`` is 0 when not logged in."""
        return self.call("GET", "whoami")

    def put_media(
        self, sha256: str, data: bytes, mime: str, filename: str, alt: str, title: str, caption: str
    ) -> dict[str, Any]:
        """Store a file under its hash; known files are not stored again."""
        query = {"filename": filename, "alt": alt, "title": title, "caption": caption}
        told = self.call(
            "PUT", f"media/{sha256}", query=query, data=data, headers={"Content-Type": mime}
        )
        return whole(told, MEDIA_PARTS)

    def put_content(self, content_id: uuid.UUID, document: Mapping[str, Any]) -> dict[str, Any]:
        """Make or update the one post of this content; returns the plugin's receipt."""
        return whole(self.call("PUT", f"content/{content_id}", json=dict(document)), RECEIPT_PARTS)

    def get_content(self, content_id: uuid.UUID) -> dict[str, Any]:
        """The post of this content as it stands; ``wp_rejected`` when there is none."""
        return whole(self.call("GET", f"content/{content_id}"), RECEIPT_PARTS)

    def delete_content(self, content_id: uuid.UUID) -> dict[str, Any]:
        """Move the post of this content to the trash."""
        return whole(self.call("DELETE", f"content/{content_id}"), RECEIPT_PARTS)

    def delete_draft(self, content_id: uuid.UUID) -> None:
        """Remove the self-test's draft for good; the plugin refuses that for any other post."""
        self.call("DELETE", f"content/{content_id}", {"force": "true"})

    @property
    def home(self) -> str:
        """Where the site's WordPress lies, by its REST base."""
        path = self._base.path.removesuffix("/").removesuffix("/wp-json")
        return f"{self._base.scheme}://{self._base.netloc}{path.removesuffix('/index.php')}"

    def url(
        self, path: str, query: Mapping[str, str] | None = None, namespace: str = NAMESPACE
    ) -> str:
        """Address of a route under the site's REST base."""
        pairs = parse_qsl(self._base.query, keep_blank_values=True)
        route = f"{namespace}/{path}".strip("/")
        if any(name == "rest_route" for name, _ in pairs):
            pairs = [(name, "/" + route if name == "rest_route" else text) for name, text in pairs]
            base = self._base.path
        else:
            base = f"{self._base.path.rstrip('/')}/{route}"
        pairs += [(name, text) for name, text in (query or {}).items() if text]
        return urlunsplit((self._base.scheme, self._base.netloc, base, urlencode(pairs), ""))

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | None = None,
        namespace: str = NAMESPACE,
    ) -> dict[str, Any]:
        """One call to a route; the object it answers."""
        return read(self._exchange(method, path, query, headers, json, data, namespace))

    def clock_skew_s(self) -> float | None:
        """How far the site's clock is ahead of ours, by the date of its answer; None if untold."""
        return skew_s(lambda: http_date(self._exchange("GET", "whoami").headers))

    def _exchange(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | None = None,
        namespace: str = NAMESPACE,
    ) -> Reply:
        named = self._addressee.as_headers() if self._addressee and namespace == NAMESPACE else {}
        try:
            return self._outbound.request(
                method,
                self.url(path, query, namespace),
                self._policy,
                headers={**_HEADERS, **named, **(headers or {})},
                json=json,
                data=data,
                auth=self._auth,
            )
        except OutboundError as error:
            raise unreachable(error) from error


def _shorter(policy: Policy, seconds: float) -> Policy:
    return replace(
        policy,
        connect_s=min(policy.connect_s, seconds),
        first_byte_s=min(policy.first_byte_s, seconds),
        idle_s=min(policy.idle_s, seconds),
        total_s=min(policy.total_s, seconds),
    )
