"""Hostile image bytes to a clean picture: verified, cropped to shape, re-encoded, no metadata."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageOps

from igny8_flask.errors import InputError

MAX_PIXELS = 40_000_000
MAX_SIDE = 16_384  # a strip of one pixel takes seconds to scale
MAX_LONG_SIDE = 2560
_FORMATS = ("PNG", "JPEG", "WEBP")
_QUALITY = 85
BAD_IMAGE, TOO_LARGE = "bad_image", "image_too_large"
PICTURE_FAULTS = (BAD_IMAGE, TOO_LARGE)


@dataclass(frozen=True)
class Picture:
    """A picture that is safe to hand on; ``sha256`` is the hex digest of ``data``."""

    data: bytes
    mime: str
    width: int
    height: int
    sha256: str


def verify_and_encode(data: bytes, want: tuple[int, int] | None = None) -> Picture:
    """Return the picture as WebP (JPEG where WebP fails), at most 2560 pixels long.

    ``want`` (width, height) gives the shape: the centre is kept, nothing is enlarged.
    Raises InputError with code ``bad_image`` or ``image_too_large``.
    """
    image = _decode(data)
    if want:
        image = ImageOps.fit(image, _shape(image.size, want), Image.Resampling.LANCZOS)
    image.thumbnail((MAX_LONG_SIDE, MAX_LONG_SIDE), Image.Resampling.LANCZOS)
    encoded, mime = _encode(image)
    digest = hashlib.sha256(encoded).hexdigest()
    return Picture(encoded, mime, image.width, image.height, digest)


def _decode(data: bytes) -> Image.Image:
    """Open by magic bytes, refuse by size before decoding, and return bare pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
                raise _too_large()
            image.load()
            return _plain(ImageOps.exif_transpose(image))
    except InputError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:
        raise InputError(
            "The data is not a proper PNG, JPEG or WebP picture.", BAD_IMAGE
        ) from error


def _too_large() -> InputError:
    return InputError("The picture has too many pixels.", TOO_LARGE)


def _plain(image: Image.Image) -> Image.Image:
    """Copy the pixels alone into RGB or RGBA."""
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    pixels = image.convert("RGBA" if has_alpha else "RGB")
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return bare


def _shape(size: tuple[int, int], want: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the wanted shape that needs no enlarging."""
    scale = min(1.0, size[0] / want[0], size[1] / want[1])
    return max(1, round(want[0] * scale)), max(1, round(want[1] * scale))


def _encode(image: Image.Image) -> tuple[bytes, str]:
    buffer = io.BytesIO()
    try:
        image.save(buffer, "WEBP", quality=_QUALITY, method=4)
    except (OSError, KeyError):
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=_QUALITY, optimize=True)
        return buffer.getvalue(), "image/jpeg"
    return buffer.getvalue(), "image/webp"
