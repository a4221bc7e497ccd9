"""Pictures from Runware's task API: ordered once under our own UUID, then asked for until done."""

import math
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from igny8_flask.ai.providers.catalog import RUNWARE
from igny8_flask.ai.providers.chat_reply import read_usd
from igny8_flask.ai.providers.endpoint import Endpoint, read_json
from igny8_flask.ai.providers.errors import build_error
from igny8_flask.ai.providers.image_fetch import decode_base64, fetch_image, sniff_mime
from igny8_flask.ai.providers.runware_errors import (
    classify_runware,
    is_duplicate_task,
    is_unknown_task,
)
from igny8_flask.ai.providers.wire import ImageData, ImageReply, ImageRequest
from igny8_flask.errors import CancelledError, ProviderError
from igny8_flask.outbound import Outbound, Policy

_STEP, _SHORTEST, _LONGEST = 64, 256, 2048  # pixels
_FIRST_WAIT_S, _WAIT_FACTOR, _LONGEST_WAIT_S = 1.0, 1.3, 5.0
_TOTAL_S = 300.0
_MAX_TRIES = 10  # failed tries of one order that are asked for
_MAX_FAILED_ASKS = 5  # in a row; then the work goes back to the queue
_UNCERTAIN = frozenset({"transient", "timeout"})  # the order may have been taken up all the same
CALL_POLICY = Policy("provider", first_byte_s=60, idle_s=30, total_s=90, max_bytes=64 * 1024 * 1024)


@dataclass(frozen=True)
class _Answer:
    """What one call said about our task; an empty one means that nothing is known of it."""

    results: tuple[Mapping[str, Any], ...]
    errors: tuple[Mapping[str, Any], ...]
    headers: Mapping[str, str]

    @property
    def pictures(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(item for item in self.results if _picture_source(item))

    def is_complete(self, wanted: int) -> bool:
        return len(self.pictures) + len(self.errors) >= wanted


class RunwareImages:
    """Orders pictures; asking again with the same ``request_uuid`` never pays twice."""

    def __init__(
        self,
        outbound: Outbound,
        base_url: str,
        api_key: str,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._outbound = outbound
        self._endpoint = Endpoint(
            outbound, base_url, api_key, CALL_POLICY, RUNWARE, classify_runware
        )
        self._sleep = sleep
        self._clock = clock

    def generate(
        self, request: ImageRequest, should_stop: Callable[[], bool] | None = None
    ) -> ImageReply:
        """Return the pictures of one order, fewer than ``n`` when some of them failed.

        Raises ProviderError, ``maybe_billed`` when the order may be running still, or
        CancelledError.
        """
        stop = should_stop or _never
        if request.resume:
            earlier, request = self._earlier(request, stop)
            if earlier is not None:
                return self._reply(earlier, request)
        answer = self._order(request)
        if answer is None or not answer.is_complete(request.n):
            answer = self._collect(request, stop)
        if answer is None:
            raise build_error("transient", RUNWARE, detail="the order was not taken up")
        return self._reply(answer, request)

    def _earlier(
        self, request: ImageRequest, stop: Callable[[], bool]
    ) -> tuple[_Answer | None, ImageRequest]:
        """Return the earlier try that bore pictures, or the order to place where none did.

        A try that failed keeps its UUID for good, so each next one has a UUID made from it.
        """
        for _ in range(_MAX_TRIES):
            answer = self._collect(request, stop)
            if answer is None or answer.pictures:
                return answer, request
            following = uuid.uuid5(uuid.UUID(request.request_uuid), "again")
            request = replace(request, request_uuid=str(following))
        return answer, request

    def _order(self, request: ImageRequest) -> _Answer | None:
        """Place the order; None when only asking can tell what became of it."""
        try:
            answer = self._call(_order_task(request), request)
        except ProviderError as error:
            if error.maybe_billed or error.kind in _UNCERTAIN:
                return None
            raise
        refused = [error for error in answer.errors if not is_duplicate_task(error)]
        if refused and not answer.results:
            raise self._failure(refused[0], answer.headers, request)
        return None if len(refused) < len(answer.errors) else answer

    def _collect(self, request: ImageRequest, stop: Callable[[], bool]) -> _Answer | None:
        """Ask until the order is done; None when the provider knows nothing of it."""
        task = {"taskType": "getResponse", "taskUUID": request.request_uuid}
        until = self._clock() + _TOTAL_S
        wait, failures = _FIRST_WAIT_S, 0
        while self._clock() < until:
            if stop():
                raise CancelledError("The work was cancelled.")
            try:
                answer = self._call(task, request)
            except ProviderError as error:
                failures += 1
                if not error.retryable or failures >= _MAX_FAILED_ASKS:
                    error.maybe_billed = True
                    raise
            else:
                failures = 0
                if any(is_unknown_task(error) for error in answer.errors):
                    return None
                if answer.is_complete(request.n):
                    return answer
            self._sleep(wait)
            wait = min(wait * _WAIT_FACTOR, _LONGEST_WAIT_S)
        raise build_error("timeout", RUNWARE, model=request.model, maybe_billed=True)

    def _call(self, task: dict[str, Any], request: ImageRequest) -> _Answer:
        reply = self._endpoint.exchange("POST", "", [task], request.model)
        document = read_json(reply.body)
        errors = _rows(document, "errors") or _rows(document, "error")
        results = _rows(document, "data")
        ours = tuple(row for row in results if _uuid(row) == request.request_uuid.lower())
        failed = tuple(row for row in ours if row.get("status") == "error")
        own_errors = tuple(
            row for row in errors if _uuid(row) in (request.request_uuid.lower(), "")
        )
        if not ours and not own_errors:
            if 200 <= reply.status < 300 and document is None:
                raise self._endpoint.unreadable(reply.body, reply.headers, request.model)
            if not 200 <= reply.status < 300:
                raise self._failure(reply.body, reply.headers, request, reply.status)
        if reply.status in (401, 402, 403, 429) or reply.status >= 500:
            raise self._failure(reply.body, reply.headers, request, reply.status)
        return _Answer(ours, own_errors + failed, reply.headers)

    def _failure(
        self, body: Any, headers: Mapping[str, str], request: ImageRequest, status: int = 400
    ) -> ProviderError:
        return self._endpoint.failure(status, body, headers, request.model)

    def _reply(self, answer: _Answer, request: ImageRequest) -> ImageReply:
        pictures = answer.pictures
        if not pictures:
            raise self._failure(answer.errors[0], answer.headers, request)
        costs = [read_usd(item.get("cost")) for item in pictures]
        known = [cost for cost in costs if cost is not None]
        return ImageReply(
            images=tuple(self._image(item) for item in pictures),
            cost_usd=sum(known, Decimal(0)) if len(known) == len(costs) else None,
            usage=None,
            model=request.model,
            request_id=answer.headers.get("x-request-id", "") or request.request_uuid,
            nsfw=any(item.get("NSFWContent") is True for item in pictures),
        )

    def _image(self, item: Mapping[str, Any]) -> ImageData:
        source = _picture_source(item)
        if source.startswith(("http://", "https://")):
            return fetch_image(self._outbound, source, RUNWARE)
        data = decode_base64(source)
        return ImageData(data, sniff_mime(data))


def _uuid(row: Mapping[str, Any]) -> str:
    return str(row.get("taskUUID") or "").lower()


def _never() -> bool:
    return False


def _picture_source(item: Mapping[str, Any]) -> str:
    names = ("imageBase64Data", "imageDataURI", "imageURL")
    return next((item[name] for name in names if isinstance(item.get(name), str)), "")


def _rows(document: Any, name: str) -> list[dict[str, Any]]:
    """Return the rows under a name; a bare list stands for ``data``."""
    found = document.get(name) if isinstance(document, dict) else document
    if isinstance(document, list) and name != "data":
        return []
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, dict)]


def _order_task(request: ImageRequest) -> dict[str, Any]:
    width, height = runware_size(request.width, request.height)
    task: dict[str, Any] = {
        "taskType": "imageInference",
        "taskUUID": request.request_uuid,
        "model": request.model,
        "positivePrompt": request.prompt,
        "width": width,
        "height": height,
        "numberResults": request.n,
        "outputType": "base64Data",
        "outputFormat": "PNG",
        "includeCost": True,
        "deliveryMethod": "async",
        "safety": {"checkContent": True},
    }
    if request.negative_prompt:
        task["negativePrompt"] = request.negative_prompt
    return task


def runware_size(width: int, height: int) -> tuple[int, int]:
    """Return the wanted shape in steps of 64 between 256 and 2048 pixels."""
    scale = max(1.0, _SHORTEST / min(width, height))
    scale = min(scale, _LONGEST / max(width, height))
    return _to_step(width * scale), _to_step(height * scale)


def _to_step(length: float) -> int:
    return min(max(math.ceil(length / _STEP) * _STEP, _SHORTEST), _LONGEST)
