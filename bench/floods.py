"""How the normalizer's time grows with hostile replies: prints a table, seconds of CPU by size.

Run it from the repository's root: ``python -m bench.floods [sizes in kB] [names…]``.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count, takewhile

from igny8_flask.content import normalize
from igny8_flask.errors import ReplyError

SIZES_KB = "64,256,1000"
MIXED = (
    "## H\n\n- a\n  - b\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n```js\nx\n```\n\n**Text** [x](http://e.com).\n\n"
    "> q\n> - w\n\nA &amp;amp; `c` http://e.com/x <b>q</b>[^1]\n\n1. a\n2. b\n\n"
)
UNITS = {
    "brackets": "[", "images": "![", "declarations": "<![", "stars": "*", "underscores": "_",
    "open bold": "**a ", "nested emphasis": "*a _b ", "ticks": "`a ", "quotes": "> > > a\n",
    "tables": "| a | b |\n|--|--|\n| 1 | 2 |\n\n", "wide rows": "| a " * 50 + "|\n",
    "open fences": "```js\n\n## X\n\n", "one line": "word ", "one word": "a",
    "one note": "a[^1] ", "notes": "[^1]: x\n", "definitions": "a\n: b\n\n",
    "links": "[a](http://e.com/b) ", "references": "[a][b] ",
    "pictures": "![a](http://e.com/i.png) ",
    "entities": "&amp;lt; &nbsp;", "autolinks": "<http://e.com> ", "addresses": "http://e.com/((( ",
    "deep boxes": "<div>", "deep bold": "<b id=a>x", "open paragraphs": "<p>a",
    "open items": "<ul><li>a", "open cells": "<table><tr><td>", "breaks": "a<br><br>",
    "HTML headings": "<h2>a</h2><p>b</p>", "headings": "## a\n", "comments": "<!-- ",
    "scripts": "<script>", "cut attributes": '<a href="', "open code": "<pre>a",
    "details": "<details><summary>a</summary>b", "JSON depth": '[{"a":',
    "JSON text": '{"content":"',
    "maths": "$$a ", "environments": "\\begin{a}", "escapes": "\\*a", "labels": "Title: a\n",
    "tight bullets": "-a\n", "tabs": "a\tb\n", "tight numbers": "1.a\n", "bold lines": "**a**\n\n",
    "typed items": "<p>- a</p>", "made-up elements": "<item>a</item>", "shortcodes": "[gallery] ",
    "callouts": "> [!NOTE]\n> a\n", "ruled tables": "+--+\n|a|\n",
    "fences in items": "- a\n  ```\n  x\n  ```\n",
    "mixed": MIXED,
}  # fmt: skip


def nested_list(size: int) -> str:
    """Items that go ever deeper and come back."""
    return "".join("  " * (number % 200) + "- a\n" for number in range(size // 204))


def many_notes(size: int) -> str:
    """A note of its own for each paragraph."""
    return "".join(f"a[^{number}]\n\n[^{number}]: n\n\n" for number in range(size // 26))


def growing_ticks(size: int) -> str:
    """Runs of backticks of which no two match."""
    runs = takewhile(lambda n: n * n < 2 * size, count(1))
    return "".join("`" * number + "a" for number in runs)


MADE: dict[str, Callable[[int], str]] = {
    "nested list": nested_list, "many notes": many_notes, "growing ticks": growing_ticks,
}  # fmt: skip


def reply(name: str, size: int) -> str:
    """A hostile reply of about that many characters."""
    made = MADE.get(name)
    return made(size) if made else UNITS[name] * (size // len(UNITS[name]))


def seconds(text: str) -> float:
    """The processor's time for one reply."""
    started = time.process_time()
    with suppress(ReplyError):
        normalize(text)
    return time.process_time() - started


def main() -> None:
    """Print one row for each generator; ``growth`` is of the time for each character."""
    sizes = [1000 * int(kb) for kb in (sys.argv[1] if sys.argv[1:] else SIZES_KB).split(",")]
    normalize("warm")
    print(f"{'reply':<18}" + "".join(f"{size // 1000:>8} kB" for size in sizes) + f"{'growth':>9}")
    for name in sys.argv[2:] or [*UNITS, *MADE]:
        took = [seconds(reply(name, size)) for size in sizes]
        growth = took[-1] / sizes[-1] / (took[0] / sizes[0])
        print(f"{name:<18}" + "".join(f"{s:>11.2f}" for s in took) + f"{growth:>9.2f}", flush=True)


if __name__ == "__main__":
    main()
