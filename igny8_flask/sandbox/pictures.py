"""Pictures drawn from a prompt: the same bytes for the same seed, and SANDBOX across them."""

import hashlib
import io
import textwrap
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
MARK = "SANDBOX"
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "jpg": "JPEG", "webp": "WEBP"}


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def draw_picture(
    prompt: str,
    size: tuple[int, int],
    picture_format: str,
    seed: str,
    *,
    quality: int = 85,
    transparent: bool = False,
) -> bytes:
    """Draw a picture of exactly that size in pixels; the format is png, jpeg, jpg or webp."""
    random = Random(hashlib.sha256(f"{seed}|{prompt}".encode()).hexdigest())
    image = _background(random, size)
    _shapes(image, random)
    _caption(image, prompt)
    _mark(image)
    if transparent and picture_format in {"png", "webp"}:
        image = _cut_corners(image)
    return _encode(image, picture_format, quality)


def _background(random: Random, size: tuple[int, int]) -> Image.Image:
    """Blend four colours over the picture."""
    corners = Image.new("RGB", (2, 2))
    corners.putdata([_colour(random, 60, 200) for _ in range(4)])
    return corners.resize(size, Image.Resampling.BICUBIC)


def _colour(random: Random, low: int, high: int) -> Colour:
    return random.randint(low, high), random.randint(low, high), random.randint(low, high)


def _shapes(image: Image.Image, random: Random) -> None:
    width, height = image.size
    draw = ImageDraw.Draw(image)
    for number in range(7):
        radius = random.randint(1, max(2, min(width, height) // 4))
        x, y = random.randint(0, width), random.randint(0, height)
        box = (x - radius, y - radius, x + radius, y + radius)
        colour = _colour(random, 90, 235)
        if number % 3 == 0:
            draw.rectangle(box, outline=colour, width=max(1, radius // 12))
        else:
            draw.ellipse(box, fill=colour)


def _caption(image: Image.Image, prompt: str) -> None:
    """Write the prompt at the bottom when the font has its letters."""
    width, height = image.size
    shown = "".join(letter for letter in prompt if ord(letter) < 0x250 or letter in "“”’–…")
    if len(shown) < len(prompt) * 0.7 or min(width, height) < 96:
        return
    size = max(12, width // 40)
    lines = textwrap.wrap(" ".join(shown.split())[:240], max(16, int(width / size * 1.7)))[:4]
    top = height - int(size * 1.4) * len(lines) - size
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, top - size // 2, width, height), fill=(20, 24, 32))
    for number, line in enumerate(lines):
        place = (size, top + int(size * 1.4) * number)
        draw.text(place, line, font=_font(size), fill=(240, 240, 240))


def _mark(image: Image.Image) -> None:
    width, height = image.size
    size = max(8, min(width // 8, height // 5))
    draw = ImageDraw.Draw(image)
    place = (width // 2, height // 3)
    draw.text(
        place,
        MARK,
        font=_font(size),
        fill=(255, 255, 255),
        anchor="mm",
        stroke_width=max(1, size // 16),
        stroke_fill=(0, 0, 0),
    )


def _cut_corners(image: Image.Image) -> Image.Image:
    mask = Image.new("L", image.size, 0)
    width, height = image.size
    radius = min(width, height) // 8
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), radius, fill=255)
    image.putalpha(mask)
    return image


def _encode(image: Image.Image, picture_format: str, quality: int) -> bytes:
    buffer = io.BytesIO()
    name = _FORMATS[picture_format]
    options = {"PNG": {"compress_level": 6}, "JPEG": {"quality": max(1, quality)}}
    image.save(buffer, name, **options.get(name, {"quality": quality, "method": 2}))
    return buffer.getvalue()
