"""Pictures that are not what they should be."""

import struct
import zlib

from igny8_flask.sandbox.faults import Fault
from igny8_flask.sandbox.pictures import draw_picture

HTML_PAGE = b"<!DOCTYPE html><html><body><h1>Access denied</h1></body></html>"
BOMB_SIDE = 30_000


def spoil_picture(data: bytes, size: tuple[int, int], picture_format: str, fault: Fault) -> bytes:
    """Return the bytes that the fault sends instead; other faults change nothing here."""
    if fault.name == "wrong_format":
        other = "png" if picture_format != "png" else "jpeg"
        return draw_picture("wrong format", size, other, "fault")
    if fault.name == "wrong_size":
        smaller = (max(16, size[0] // 2), max(16, size[1] // 2))
        return draw_picture("wrong size", smaller, picture_format, "fault")
    if fault.name == "bomb_pixels":
        return bomb_png()
    instead = {
        "invalid_bytes": data[:64] + b"\x00\xff" * 512,
        "zero_bytes": b"",
        "html_as_image": HTML_PAGE,
    }
    return instead.get(fault.name, data)


def bomb_png() -> bytes:
    """Make a small PNG that unpacks to 900 million pixels."""
    header = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 1, 0, 0, 0, 0)
    row = b"\x00" + b"\x00" * (BOMB_SIDE // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(row * 100) for _ in range(BOMB_SIDE // 100)) + packer.flush()
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)
