"""Pictures and lists that are bombs, disguises or formulas."""

import io
import json
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from PIL import Image

from igny8_flask.ai.pictures import PICTURE_FAULTS, Picture, verify_and_encode
from igny8_flask.content import normalize
from igny8_flask.errors import InputError, ReplyError
from igny8_flask.keyword_csv import read_lines
from tests.security.conftest import Teller
from tests.security.ground import Ground

MIB = 1024 * 1024
LIVE = (b"<?php", b"<script", b"<svg", b"onload", b"#!/bin/sh", b"<html", b"eval(", b"MZ\x90")
PAYLOADS = (
    *(b"<?php system($_GET[0]); ?>", b"<script>alert(1)</script>", b"#!/bin/sh\nid\n"),
    *(b'<svg onload="alert(1)"/>', b"<html><body onload=alert(1)>", b"MZ\x90\x00", b"eval(1)//"),
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, extra: bytes = b"", pixels: bytes = b"\0" * 1000) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), extra, chunk(b"IDAT", zlib.compress(pixels)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def drawn(kind: str, mode: str = "RGB", size: tuple[int, int] = (24, 16), **more: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **more)
    return buffer.getvalue()


TEXT_BOMB = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * 100 * MIB))
BOMBS = (
    *(png(side, side) for side in (6400, 8000, 10_000, 20_000, 30_000, 65_535, 2**31 - 1)),
    *(png(40_000_000, 1), png(1, 40_000_000), png(16_385, 2), png(100, 100, TEXT_BOMB)),
    png(100, 100, chunk(b"iCCP", b"k\0\0" + zlib.compress(b"a" * 100 * MIB))),
)


def polyglots() -> list[bytes]:
    """Pictures with something else in them, and something else dressed as a picture."""
    found = [drawn(kind) + payload for kind in ("PNG", "JPEG", "WEBP") for payload in PAYLOADS]
    found += [png(24, 16, chunk(b"tEXt", b"k\0" + payload)) for payload in PAYLOADS]
    found += [drawn("JPEG", comment=payload) for payload in PAYLOADS]
    found += [b"GIF89a" + payload for payload in PAYLOADS] + list(PAYLOADS)
    found += [payload + drawn("PNG") for payload in PAYLOADS]
    found += [drawn(kind) for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM", "PDF", "EPS")]
    return [*found, b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x10\0\0\0WEBP", png(0, 0)]


def drawn_anew(row: bytes) -> Picture | None:
    """The picture that would be stored, or None where it is refused in words."""
    try:
        return verify_and_encode(row, (1200, 630))
    except InputError as error:
        if error.code not in PICTURE_FAULTS:
            raise
        return None


def test_a_picture_is_drawn_anew_or_refused(tell: Teller) -> None:
    rows, refused = polyglots(), 0
    assert len(rows) >= 40
    for row in rows:
        picture = drawn_anew(row)
        if picture is None:
            refused += 1
            continue
        assert picture.data != row
        assert picture.data[:4] == b"RIFF"
        assert not any(mark in picture.data for mark in LIVE)
    tell("T17 polyglots stored as they came", f"0 of {len(rows)} ({refused} refused)")


def test_a_pixel_bomb_is_refused_by_its_size(tell: Teller) -> None:
    tracemalloc.start()
    for bomb in BOMBS:
        with pytest.raises(InputError) as caught:
            verify_and_encode(bomb)
        assert caught.value.code in PICTURE_FAULTS
    peak = tracemalloc.get_traced_memory()[1] / MIB
    tracemalloc.stop()
    assert peak < 64
    tell("T18 pixel bombs, all refused", f"{len(BOMBS)}, at most {peak:.0f} MiB")


UNITS = (
    *(
        "[",
        "![",
        "<![",
        "[a](",
        "*a **b ",
        "`a ",
        "```a\n",
        "> > > a\n",
        "- a\n",
        "  - a\n   ",
        "_a",
    ),
    *("| a | b |\n|--|--|\n", '<a "', "<b id=1><p>x", "<table><tr><td>", "<!--", "<", "&#", "a\\"),
    *('{"content":"', '[{"a":', ": a\n", "[a][b] ", "==a", "\\begin{a}", "+--+\n", ":::a\n", "^a^"),
    *("<div>" * 50, "</p>", "<li><ul>", "\u202e", "a\u0301", "<details><summary>", "~~a", "$$"),
)
SIZES = (4_000, 16_000, 64_000)
LIMIT_S = 10.0  # seconds of a processor on a busy machine; measured 4


def cpu_seconds(work: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    with suppress(ReplyError, InputError):
        work(text)
    return time.process_time() - started


def test_no_flood_of_marks_takes_longer_than_its_size(full: bool, tell: Teller) -> None:
    assert len(set(UNITS)) >= 30
    slowest = 0.0
    for unit in UNITS:
        for size in SIZES if full else SIZES[:1]:
            text = unit * (size // len(unit))
            took = cpu_seconds(normalize, text)
            assert took < LIMIT_S, f"{unit!r} x {size}: {took:.1f} s"
            slowest = max(slowest, took)
    tell("T19 floods of Markdown and HTML, slowest", f"{len(UNITS)} kinds, {slowest:.1f} s")


LISTS = (
    *("," * 5 * MIB, "\n" * 5 * MIB, "a," * 2 * MIB, '"' * 100_000, '"' + "a" * 200_000 + '"'),
    *(
        "k\n" * 10_001,
        "a\rb",
        '"a""' * 100_000,
        "\t" * MIB,
        ("x" * 3000 + "\n") * 1000,
        '"' + "\n" * MIB,
    ),
)


def test_no_list_takes_long(tell: Teller) -> None:
    slowest = max(cpu_seconds(read_lines, text) for text in LISTS)
    assert slowest < LIMIT_S
    tell("T19 hostile lists, slowest", f"{len(LISTS)} kinds, {slowest:.1f} s")


def test_a_list_has_an_end() -> None:
    for text in ("k\n" * 10_001, "\n" * 100_001 + "k"):
        with pytest.raises(InputError) as caught:
            read_lines(text)
        assert caught.value.code == "csv_too_long"


def test_only_text_is_taken_for_a_list(place: Ground) -> None:
    client = place.app.test_client()
    for kind in ("application/json", "multipart/form-data; boundary=b", "text/html", "image/png"):
        answer = client.post(
            "/v1/planner/keywords/import/",
            data=b'{"a": 1}',
            content_type=kind,
            headers=place.ours.headers,
        )
        assert (answer.status_code, json.loads(answer.text)["code"]) == (400, "bad_csv")
