"""Pictures out of a provider's answer: encoded in it, or linked and downloaded under guard."""

import base64
import binascii

from igny8_flask.ai.providers.catalog import Provider
from igny8_flask.ai.providers.errors import build_error, from_outbound
from igny8_flask.ai.providers.wire import ImageData
from igny8_flask.errors import OutboundError
from igny8_flask.outbound import IMAGE, Outbound

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)


def sniff_mime(data: bytes) -> str:
    """Return the type that the first bytes tell, or ``application/octet-stream``."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next(
        (mime for magic, mime in _SIGNATURES if data.startswith(magic)),
        "application/octet-stream",
    )


def decode_base64(text: str) -> bytes:
    """Return the bytes of base64 text or a data URI, empty when it is neither."""
    body = text.partition(",")[2] if text.startswith("data:") else text
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def fetch_image(outbound: Outbound, url: str, provider: Provider) -> ImageData:
    """Download without key or redirect; the picture is paid for, so failures say so."""
    try:
        reply = outbound.request("GET", url, IMAGE)
    except OutboundError as error:
        failure = from_outbound(error, provider)
        failure.maybe_billed = True
        raise failure from error
    if reply.status != 200 or not reply.body:
        raise build_error(
            "transient",
            provider,
            detail=f"its picture could not be downloaded, status {reply.status}",
            maybe_billed=True,
        )
    return ImageData(reply.body, sniff_mime(reply.body))
