"""Headers that are not the site's key, in every form that a door could mistake for it."""

import base64
from collections.abc import Iterator

from igny8_flask.crypto import new_site_key
from tests.factories import ConnectedSite

BLANKS = ("\t", "\u00a0", "\x0b", "\x0c", "\x1c", "\x85")
WORDS = (
    *(
        "null",
        "undefined",
        "None",
        "false",
        "true",
        "0",
        "[]",
        "{}",
        "*",
        "%",
        "' OR 1=1 --",
        "${x}",
    ),
    *("admin", "password", "Array", "connection-denied", "denied", "pending", "disconnected"),
    *("igk_live_", "igk_test_", "iga_live_", "igk__", "igk_live__", "igk_live_" + "0" * 62),
    *("../../etc/passwd", "%00", "\\x00", "{{7*7}}", "<script>", "0x1", "-1", "1e9", "NaN"),
)
SCHEMES = ("Basic", "Digest", "Token", "Negotiate", "ApiKey", "Bearer2", "Bear", "BearerBearer")


def forms(site: ConnectedSite) -> Iterator[str]:
    """Values of the Authorization header, none of which may open anything."""
    key = site.key
    yield from (
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Bearer\t",
        "Bearer  ",
        "bearer",
        ":",
        ",",
        "Bearer ,",
    )
    yield from (f"Bearer {word}" for word in WORDS)
    yield from WORDS
    yield from (f"{scheme} {key}" for scheme in SCHEMES)
    yield from (f"Bearer{mark}{key}" for mark in ("", ":", "=", "_", ",", "/", ";"))
    yield from (f"Bearer {mark}{key}" for mark in ('"', "'", "<", "Bearer", "Bearer ", "=", "b'"))
    yield from (
        f"Bearer {key}{mark}" for mark in ("x", ",", ";", "\x00", "=", '"', "%00", " x", "/")
    )
    yield from (f"Bearer {key[:5]}{blank}{key[5:]}" for blank in BLANKS)
    yield from (key, key.lower(), f"Bearer {key.lower()}", f"Bearer {key.upper()}")
    yield from (f"Bearer {key[:length]}" for length in (1, 9, 21, 22, 40, 64, 70))
    yield from (f"Bearer {key * 2}", f"Bearer {key}, Bearer {key}", f"Bearer {key[::-1]}")
    yield from (_changed(key, place) for place in range(9, len(key), 4))
    yield from (f"Bearer {key[:21]}{new_site_key().text[21:]}" for _ in range(2))
    yield from (f"Bearer {new_site_key().text}" for _ in range(3))
    yield f"Bearer {base64.b64encode(key.encode()).decode()}"
    yield f"Basic {base64.b64encode(f'x:{key}'.encode()).decode()}"
    yield from ("Bearer " + "k" * size for size in (127, 128, 4000, 60_000))
    yield from (f"Bearer igk_live_{sign * 61}" for sign in ("\u00e9", "\u0660", "\u00ff", "_", "-"))
    yield f"Bearer {key.replace('igk', 'iga')}"
    yield f"Bearer {key.replace('live', 'test')}"


def _changed(key: str, place: int) -> str:
    """The key with one character changed, the checksum left as it was."""
    return f"Bearer {key[:place]}{'a' if key[place] != 'a' else 'b'}{key[place + 1 :]}"
