"""One provider's HTTP door: base URL, key, error translation; used by every provider class."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from igny8_flask.ai.providers.base_url import normalize_base_url
from igny8_flask.ai.providers.catalog import Provider, provider_for
from igny8_flask.ai.providers.errors import build_error, classify, from_outbound
from igny8_flask.errors import OutboundError, ProviderError
from igny8_flask.outbound import (
    PROVIDER,
    Outbound,
    Policy,
    Reply,
    StreamReply,
    is_too_dense,
)

Classifier = Callable[[int, Any, Mapping[str, str], Provider, str, str], ProviderError]


class Endpoint:
    """Sends JSON to one base URL with one key; raises only ProviderError."""

    def __init__(
        self,
        outbound: Outbound,
        base_url: str,
        api_key: str,
        policy: Policy = PROVIDER,
        provider: Provider | None = None,
        classifier: Classifier = classify,
    ) -> None:
        self.base_url = normalize_base_url(base_url)
        self.provider = provider or provider_for(self.base_url)
        self.policy = policy
        self._outbound = outbound
        self._classify = classifier
        self._key = api_key.strip()
        if not self._key and self.provider.needs_key:
            raise build_error("auth", self.provider, detail="no key is set")
        if not self._key.isascii() or not self._key.isprintable() or " " in self._key:
            raise build_error("auth", self.provider, detail="the key holds improper characters")

    def headers(self) -> dict[str, str]:
        """Return the headers of every request; servers without keys still want one."""
        return {"Authorization": f"Bearer {self._key or 'none'}", "Accept": "application/json"}

    def send(
        self,
        method: str,
        path: str,
        payload: Any = None,
        model: str = "",
        should_stop: Callable[[], bool] | None = None,
    ) -> tuple[Any, Mapping[str, str]]:
        """Send and return (document, headers) of a 2xx answer that is JSON without error."""
        reply = self.exchange(method, path, payload, model, should_stop)
        if not 200 <= reply.status < 300:
            raise self.failure(reply.status, reply.body, reply.headers, model)
        return self.document(reply.body, reply.headers, model), reply.headers

    def exchange(
        self,
        method: str,
        path: str,
        payload: Any = None,
        model: str = "",
        should_stop: Callable[[], bool] | None = None,
    ) -> Reply:
        """Send and return any answer; only failures below HTTP raise."""
        try:
            return self._outbound.request(
                method,
                self.base_url + path,
                self.policy,
                headers=self.headers(),
                json=payload,
                should_stop=should_stop,
            )
        except OutboundError as error:
            raise from_outbound(error, self.provider, model) from error

    def document(self, body: bytes, headers: Mapping[str, str], model: str = "") -> Any:
        """Parse the body of a 2xx answer; an error in it or no JSON at all is a failure."""
        document = read_json(body)
        if document is None:
            raise self.unreadable(body, headers, model)
        if isinstance(document, dict) and document.get("error"):
            raise self.failure(200, document, headers, model)
        return document

    def unreadable(self, body: bytes, headers: Mapping[str, str], model: str = "") -> ProviderError:
        """Return the failure for a 2xx answer that is not what the API promises."""
        start = body.lstrip()[:200].lower()
        if not start:
            detail = "the answer was empty"
        elif start.startswith((b"<!doctype", b"<html", b"<")):
            detail = "the answer was a web page"
        else:
            detail = "the answer was not readable"
        return build_error(
            "transient",
            self.provider,
            detail=detail,
            model=model,
            request_id=headers.get("x-request-id"),
            maybe_billed=True,
        )

    def failure(
        self, status: int, body: Any, headers: Mapping[str, str], model: str = ""
    ) -> ProviderError:
        """Return the ProviderError of a failed answer."""
        return self._classify(status, body, headers, self.provider, self._key, model)

    @contextmanager
    def open(
        self,
        path: str,
        payload: Any,
        policy: Policy,
        should_stop: Callable[[], bool] | None,
    ) -> Iterator[StreamReply]:
        """Open a streamed POST; failures below HTTP become ProviderError."""
        try:
            with self._outbound.stream(
                "POST",
                self.base_url + path,
                policy,
                headers={**self.headers(), "Accept": "text/event-stream, application/json"},
                json=payload,
                should_stop=should_stop,
            ) as reply:
                yield reply
        except OutboundError as error:
            raise from_outbound(error, self.provider) from error


def read_json(body: bytes) -> Any:
    """Return the JSON document of a body, or None when it is not JSON, or too much of it."""
    if is_too_dense(body):
        return None
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
