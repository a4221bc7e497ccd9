"""JSON bodies that a careless door takes, trips over, or half obeys."""

import json
from collections.abc import Iterator

DEPTH = 33
UUID = "0190b5a0-0000-7000-8000-000000000000"
NUMBERS = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "01", "+1", ".5", "1.", "0x1"),
    *("9" * 5000, "-" + "9" * 400, "9223372036854775808", "1.7976931348623157e308", "-0", "1e5"),
)
CHARACTERS = (
    *(f"\\u{code:04x}" for code in (0, 1, 7, 8, 0xB, 0xC, 0xE, 0x1B, 0x1F, 0x7F)),
    *("\\ud800", "\\udfff", "\\ud800\\ud800", "\\udc00\\ud800", "\\ud800x"),
)
VALUES = (
    *("null", "true", "false", "0", "-1", "1.5", '""', '" "', "[]", "{}", "[[]]", "[null]", "[{}]"),
    *('"x"', '{"$ne": 1}', '{"__proto__": 1}', '["a", 1, null]', '"' + "x" * 30_000 + '"'),
    *(
        "[1, 1, 1]",
        "[true, false]",
        '{"0": "x"}',
        "[[[[[[[]]]]]]]",
        f'["{UUID}"]',
        f'["{UUID}", 1]',
    ),
    *(f'"{UUID.upper()}"', f'["{UUID}\\n"]', '"%00"', '"\\u202e"', '"\' OR 1=1 --"', '"{{7*7}}"'),
)
FIELDS = ("items", "ids", "title", "keyword", "options", "status", "lease")
HIDDEN = (
    *("account_id", "site_id", "id", "is_admin", "created_at", "wp_post_id", "generation", "state"),
    *("cost_usd", "digest", "__class__", "constructor", "role", "_method"),
)
RAW = (
    *(b"", b" ", b"\n", b"\x00", b"{", b"}", b"[", b"{}", b"[]", b"null", b"true", b"1", b'"x"'),
    *(b"{'a': 1}", b'{"a": 1,}', b'{"a" 1}', b"{a: 1}", b'{"a": 1}{"a": 1}', b"{} x", b"/**/{}"),
    *(
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"\x00{\x00}",
        b'{"a": "\xff"}',
        b'{"a": "\xc0\xaf"}',
    ),
    *(
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\n"}',
        b'{"a": "\t"}',
        b'{"a": "\\x41"}',
        b'{"a": "\\u12"}',
    ),
    *(b"<xml/>", b"a=b&c=d", b"--b\r\n\r\n", b"%7B%7D", b"{" * 5000, b"[" * 100_000, b'{"a":' * 50),
    *(b"[" * DEPTH + b"]" * DEPTH, b'{"a":' * DEPTH + b"1" + b"}" * DEPTH, b'{"a": 1, "a": 2}'),
    *(b'{"ids": [], "ids": []}', b'{"items": [{"title": "a", "title": "b"}]}', b'"' * 9999),
    *(b'{"items": [' + b"{}," * 101 + b"{}]}", b'{"ids": [' + b"1," * 101 + b"1]}"),
    *(b'{"items": "' + b"x" * 1_100_000 + b'"}', b"[" + b"1," * 200_000 + b"1]"),
    *(b'{"' + b"k" * 100_000 + b'": 1}', b'{"\\ud800": 1}', b'{"\\u0000": 1}', b'{"": 1}'),
)


def forms() -> Iterator[bytes]:
    """Bodies of which none may do anything but be refused, or be read as what they say."""
    yield from RAW
    yield from (f'{{"items": [{{"title": {one}}}]}}'.encode() for one in NUMBERS)
    yield from (f'{{"items": [{{"title": "a{one}b"}}]}}'.encode() for one in CHARACTERS)
    yield from (f'{{"{name}": {one}}}'.encode() for name in FIELDS[:3] for one in VALUES)
    yield from (f'{{"{name}": {{"a": 1}}, "x": 1}}'.encode() for name in FIELDS)
    for name in HIDDEN:
        yield json.dumps(
            {"items": [{"title": "t", "keyword": "k", "name": "n", name: UUID}]}
        ).encode()
        yield json.dumps({name: UUID, "title": "t"}).encode()
