"""Pictures from OpenAI's images endpoint and the servers that copy it."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from igny8_flask.ai.providers.chat_reply import read_cost, read_count
from igny8_flask.ai.providers.endpoint import Endpoint
from igny8_flask.ai.providers.image_fetch import decode_base64, fetch_image, sniff_mime
from igny8_flask.ai.providers.wire import ImageData, ImageReply, ImageRequest, ImageUsage
from igny8_flask.errors import ProviderError
from igny8_flask.outbound import PROVIDER, Outbound, Policy

_PATH = "/images/generations"
_FIXED_SIZES = ((1024, 1024), (1536, 1024), (1024, 1536))
_FIXED_SIZE_MODELS = ("gpt-image-1", "chatgpt-image", "dall-e")
_QUALITY = {"hd": "high", "standard": "medium"}  # names of retired models
_MAX_LONG, _MAX_PIXELS, _MAX_RATIO = 2560, 2560 * 1440, 3.0
IMAGE_POLICY = Policy(
    "provider", first_byte_s=300, idle_s=60, total_s=300, max_bytes=PROVIDER.max_bytes
)


class OpenAIImages:
    """Generates pictures; gives up quality or size where a server refuses them."""

    def __init__(self, outbound: Outbound, base_url: str, api_key: str) -> None:
        self._outbound = outbound
        self._endpoint = Endpoint(outbound, base_url, api_key, IMAGE_POLICY)

    def generate(
        self, request: ImageRequest, should_stop: Callable[[], bool] | None = None
    ) -> ImageReply:
        """Return the pictures, fewer than ``n`` when some of them failed.

        Raises ProviderError, ``maybe_billed`` when pictures may be lost, or CancelledError.
        """
        payload = _payload(request)
        try:
            document, headers = self._endpoint.send(
                "POST", _PATH, payload, request.model, should_stop
            )
        except ProviderError as error:
            plainer = _without_refused(payload, request, error)
            if plainer is None:
                raise
            document, headers = self._endpoint.send(
                "POST", _PATH, plainer, request.model, should_stop
            )
        return self._read(document, headers, request)

    def _read(self, document: Any, headers: Mapping[str, str], request: ImageRequest) -> ImageReply:
        rows = document.get("data") if isinstance(document, dict) else None
        images = [self._image(row) for row in rows or () if isinstance(row, dict)]
        found = tuple(image for image in images if image is not None)
        if not found:
            raise self._endpoint.unreadable(b"{}", headers, request.model)
        usage = document.get("usage")
        return ImageReply(
            images=found,
            cost_usd=read_cost(usage if isinstance(usage, dict) else None),
            usage=_usage(usage),
            model=str(document.get("model") or request.model),
            request_id=headers.get("x-request-id", ""),
        )

    def _image(self, row: dict[str, Any]) -> ImageData | None:
        encoded, url = row.get("b64_json"), row.get("url")
        if isinstance(encoded, str) and encoded:
            data = decode_base64(encoded)
            return ImageData(data, sniff_mime(data)) if data else None
        if isinstance(url, str) and url:
            return fetch_image(self._outbound, url, self._endpoint.provider)
        return None


def _payload(request: ImageRequest) -> dict[str, Any]:
    prompt = request.prompt
    if request.negative_prompt:
        prompt = f"{prompt}\n\nAvoid: {request.negative_prompt}"
    width, height = provider_size(request.model, request.width, request.height)
    return {
        "model": request.model,
        "prompt": prompt,
        "n": request.n,
        "size": f"{width}x{height}",
        "quality": _QUALITY.get(request.quality, request.quality),
    }


def provider_size(model: str, width: int, height: int) -> tuple[int, int]:
    """Return the size to ask for: the wanted shape in steps of 16, within the limits."""
    if model.startswith(_FIXED_SIZE_MODELS):
        return _nearest_fixed(width, height)
    pixels = width * height
    scale = min(1.0, _MAX_LONG / max(width, height), (_MAX_PIXELS / pixels) ** 0.5)
    long = _up_to_16(max(width, height) * scale)
    short = max(_up_to_16(min(width, height) * scale), _up_to_16(long / _MAX_RATIO))
    return (long, short) if width >= height else (short, long)


def _up_to_16(length: float) -> int:
    return max(16, math.ceil(length / 16) * 16)


def _nearest_fixed(width: int, height: int) -> tuple[int, int]:
    return min(_FIXED_SIZES, key=lambda size: abs(size[0] / size[1] - width / height))


def _without_refused(
    payload: dict[str, Any], request: ImageRequest, error: ProviderError
) -> dict[str, Any] | None:
    """Return the order without the field that the server named, or None when it named none."""
    if error.kind not in ("parameter", "request"):
        return None
    if error.parameter == "size" or "size" in error.message:
        width, height = _nearest_fixed(request.width, request.height)
        plainer = {**payload, "size": f"{width}x{height}"}
        return plainer if plainer != payload else None
    if error.parameter == "quality" or "quality" in error.message:
        return {name: value for name, value in payload.items() if name != "quality"}
    return None


def _usage(raw: Any) -> ImageUsage | None:
    if not isinstance(raw, dict):
        return None
    details = raw.get("input_tokens_details")
    details = details if isinstance(details, dict) else {}
    text = read_count(details.get("text_tokens", raw.get("input_tokens")))
    image = read_count(details.get("image_tokens", 0))
    output = read_count(raw.get("output_tokens"))
    if text is None or image is None or output is None or text + image + output == 0:
        return None
    return ImageUsage(text, image, output)
