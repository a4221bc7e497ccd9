"""Text from any server that speaks OpenAI's chat completions."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from typing import Any

from igny8_flask.ai.providers.chat_reply import ReplyBuilder
from igny8_flask.ai.providers.endpoint import Endpoint
from igny8_flask.ai.providers.errors import from_outbound
from igny8_flask.ai.providers.faults import read_fault
from igny8_flask.ai.providers.payload import build_payload
from igny8_flask.ai.providers.profiles import (
    MAX_COMPLETION_TOKENS,
    MemoryProfiles,
    Profile,
    ProfileStore,
    learn,
    plainest,
)
from igny8_flask.ai.providers.sse import DONE, is_event_line, read_events
from igny8_flask.ai.providers.wire import TextReply, TextRequest
from igny8_flask.errors import OutboundError, ProviderError
from igny8_flask.outbound import PROVIDER, Outbound, Policy, StreamReply

_PATH = "/chat/completions"
_LONG_THINKING = frozenset({"medium", "high", "xhigh", "max"})
_THINKING_S = 300.0  # silence that a thinking model may keep
_THINKING_MODEL = re.compile(r"gpt-[5-9]|o\d")  # refuse max_tokens wherever they are served
_MAX_ATTEMPTS = 9  # each lesson gives one field up; there are seven to give
_FORM_STATUSES = frozenset({400, 403, 422})
_FORM_KINDS = frozenset({"parameter", "request", "permission"})


class _RefusedFormError(Exception):
    """The server refuses how the request is written, not what it asks."""

    def __init__(self, failure: ProviderError, lesson: Profile) -> None:
        super().__init__(failure, lesson)
        self.failure = failure
        self.lesson = lesson


class OpenAICompatText:
    """Completes text at one base URL; learns per model which request form it accepts."""

    def __init__(
        self,
        outbound: Outbound,
        base_url: str,
        api_key: str,
        profiles: ProfileStore | None = None,
        policy: Policy = PROVIDER,
    ) -> None:
        self._endpoint = Endpoint(outbound, base_url, api_key, policy)
        self._profiles = profiles or MemoryProfiles()

    def complete(
        self,
        request: TextRequest,
        on_text: Callable[[str], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> TextReply:
        """Return the whole answer, handing each new piece of text to ``on_text`` on the way.

        Raises ProviderError, or CancelledError when ``should_stop`` said so. A stream that broke
        off after some text is a reply with ``truncated_stream``, because it has been paid for.
        """
        known = profile = self._known_profile(request.model)
        for attempt in range(1, _MAX_ATTEMPTS + 1):
            try:
                reply = self._attempt(request, profile, on_text or _ignore, should_stop)
            except _RefusedFormError as refusal:
                if attempt == _MAX_ATTEMPTS:
                    raise refusal.failure from None
                profile = refusal.lesson
            else:
                break
        if profile != known:
            self._profiles.put(self._endpoint.base_url, request.model, profile)
        return replace(reply, attempts=attempt)

    def _known_profile(self, model: str) -> Profile:
        known = self._profiles.get(self._endpoint.base_url, model)
        if known:
            return known
        thinks = bool(_THINKING_MODEL.match(model.rpartition("/")[2].rpartition(":")[2]))
        field = MAX_COMPLETION_TOKENS if thinks else self._endpoint.provider.token_field
        return Profile(token_field=field)

    def _attempt(
        self,
        request: TextRequest,
        profile: Profile,
        on_text: Callable[[str], None],
        should_stop: Callable[[], bool] | None,
    ) -> TextReply:
        payload = build_payload(request, profile, self._endpoint.provider)
        policy = self._policy(request)
        with self._endpoint.open(_PATH, payload, policy, should_stop) as reply:
            if reply.status != 200:
                raise self._refused(reply, profile, payload)
            lines = reply.lines()
            head = next(filter(bytes.strip, lines), b"")
            if is_event_line(head):
                return self._read_stream(chain([head], lines), reply, request.model, on_text)
            body = b"\n".join(chain([head], lines))
            return self._read_whole(body, reply, request.model, on_text)

    def _policy(self, request: TextRequest) -> Policy:
        policy = self._endpoint.policy
        if request.reasoning_effort not in _LONG_THINKING:
            return policy
        first, idle = max(policy.first_byte_s, _THINKING_S), max(policy.idle_s, _THINKING_S)
        return replace(policy, first_byte_s=first, idle_s=idle)

    def _refused(self, reply: StreamReply, profile: Profile, payload: dict[str, Any]) -> Exception:
        """Return what to raise for a failed answer: a lesson where there is one, else the error."""
        body = reply.read()
        failure = self._endpoint.failure(reply.status, body, reply.headers, payload["model"])
        if reply.status not in _FORM_STATUSES or failure.kind not in _FORM_KINDS:
            return failure
        lesson = learn(profile, read_fault(body), payload)
        if lesson is None and failure.kind == "parameter":
            lesson = plainest(profile)
        return _RefusedFormError(failure, lesson) if lesson else failure

    def _read_stream(
        self,
        lines: Iterable[bytes],
        reply: StreamReply,
        model: str,
        on_text: Callable[[str], None],
    ) -> TextReply:
        builder = ReplyBuilder(model, reply.headers)
        ended = False
        try:
            for document in read_events(lines):
                ended = document == DONE
                if isinstance(document, dict) and document.get("error"):
                    raise self._broken(document, reply, model, builder)
                if text := builder.add(document):
                    on_text(text)
        except OutboundError as error:
            if not builder.has_text:
                raise from_outbound(error, self._endpoint.provider, model) from error
        if not builder.is_answer:
            raise self._endpoint.unreadable(b"", reply.headers, model)
        return builder.build(broken_off=not ended)

    def _broken(
        self, document: Any, reply: StreamReply, model: str, builder: ReplyBuilder
    ) -> ProviderError:
        """Return the failure that a server reports in the middle of its answer."""
        failure = self._endpoint.failure(200, document, reply.headers, model)
        failure.maybe_billed = builder.is_answer
        return failure

    def _read_whole(
        self, body: bytes, reply: StreamReply, model: str, on_text: Callable[[str], None]
    ) -> TextReply:
        """Read an answer that came in one piece, also when a stream was asked for."""
        document = self._endpoint.document(body, reply.headers, model)
        builder = ReplyBuilder(model, reply.headers)
        text = builder.add(document)
        if not builder.is_answer:
            raise self._endpoint.unreadable(body, reply.headers, model)
        on_text(text)
        return builder.build()


def _ignore(text: str) -> None:
    """Take a piece of text that nobody waits for."""
