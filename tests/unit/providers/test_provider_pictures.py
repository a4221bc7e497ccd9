"""Picture verification: hostile bytes never get through, good ones come out clean."""

import hashlib
import io
import struct
import tracemalloc
import zlib

import pytest
from PIL import Image

from igny8_flask.ai.pictures import MAX_LONG_SIDE, verify_and_encode
from igny8_flask.errors import InputError


def encoded(form: str = "PNG", size: tuple[int, int] = (300, 200), mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, 100 if mode in ("L", "P", "I;16") else None).save(buffer, form)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    data = b"IDAT" + zlib.compress(b"\0" * 100)
    return head + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_each_known_format_becomes_webp_named_by_its_hash(form: str) -> None:
    picture = verify_and_encode(encoded(form))
    assert (picture.mime, picture.width, picture.height) == ("image/webp", 300, 200)
    assert picture.sha256 == hashlib.sha256(picture.data).hexdigest()
    assert Image.open(io.BytesIO(picture.data)).format == "WEBP"


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA", "I;16"])
def test_every_pixel_form_is_converted(mode: str) -> None:
    assert verify_and_encode(encoded("PNG", mode=mode)).width == 300


def test_transparency_survives() -> None:
    picture = verify_and_encode(encoded("PNG", mode="RGBA"))
    assert Image.open(io.BytesIO(picture.data)).mode == "RGBA"


def test_the_wanted_shape_is_cut_from_the_centre_without_enlarging() -> None:
    wide = verify_and_encode(encoded(size=(1536, 1024)), (1200, 630))
    assert (wide.width, wide.height) == (1200, 630)
    small = verify_and_encode(encoded(size=(400, 400)), (1200, 600))
    assert (small.width, small.height) == (400, 200)


def test_no_side_is_longer_than_the_limit() -> None:
    picture = verify_and_encode(encoded(size=(5000, 1000)))
    assert (picture.width, picture.height) == (MAX_LONG_SIDE, 512)


def test_metadata_is_dropped_and_rotation_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "secret description"
    exif[0x8825] = {1: "N"}
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200)).save(buffer, "JPEG", exif=exif, comment=b"secret comment")
    picture = verify_and_encode(buffer.getvalue())
    clean = Image.open(io.BytesIO(picture.data))
    assert (picture.width, picture.height) == (200, 300)
    assert not dict(clean.getexif())
    assert b"secret" not in picture.data
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(clean.info)


def test_what_is_appended_to_a_picture_does_not_get_through() -> None:
    picture = verify_and_encode(encoded() + b"<?php system($_GET[0]); ?>")
    assert b"<?php" not in picture.data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<!doctype html><html>",
        b"GIF89a" + b"\0" * 50,
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        encoded()[:80],
        encoded("JPEG")[:200],
        encoded("WEBP")[:30],
        encoded("GIF"),
        encoded("BMP"),
        encoded("TIFF"),
        encoded("ICO"),
        b"8BPS" + b"\0" * 30,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
        png_header(0, 100),
    ],
)
def test_anything_but_a_whole_png_jpeg_or_webp_is_refused(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        verify_and_encode(data)
    assert caught.value.code == "bad_image"


@pytest.mark.parametrize(
    "size", [(6400, 6300), (10_000, 10_000), (30_000, 30_000), (2**31 - 1, 1), (65_000, 65_000)]
)
def test_too_many_pixels_are_refused_before_they_are_unpacked(size: tuple[int, int]) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(InputError) as caught:
            verify_and_encode(png_header(*size))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.code == "image_too_large"
