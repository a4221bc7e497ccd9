"""The normalizer's speed from 1 kB to 1 MB beside the bare Markdown engine: prints a table.

Run it from the repository's root: ``python -m bench.normalizer [largest size in kB]``.
"""

import sys
import time
from collections.abc import Callable

import markdown
import nh3

from igny8_flask.content import normalize

SIZES_KB = (1, 4, 16, 64, 256, 1000)
ENOUGH_S = 2.0
EXTENSIONS = ["tables", "fenced_code", "footnotes", "def_list", "sane_lists"]
SECTION = """## How to brew number {n}

Good **coffee** needs *fresh* water, `92 °C`, and [a scale](https://example.com/scale-{n}).
It is ready after four minutes:
- grind the beans
  - coarse for the press
  - fine for espresso
- pour the water

| Method | Grams | Minutes |
|--------|------:|--------:|
| Press  |    30 |       4 |
| Filter |    18 |       3 |

1. Warm the cup.
2. Pour slowly.

```python
ratio = {n} / 16
```

> A quote of somebody who knows.

"""


def article(kilobytes: int) -> str:
    """An article of about that size, every section a little different."""
    count = max(1, round(kilobytes * 1000 / len(SECTION)))
    return "# Coffee\n\n" + "".join(SECTION.format(n=number) for number in range(count))


def bare(text: str) -> str:
    """The engine alone."""
    return markdown.markdown(text, extensions=EXTENSIONS)


def bare_and_safe(text: str) -> str:
    """The engine with a sanitizer behind it: no blocks, no repairs, no envelopes."""
    return nh3.clean(bare(text))


def seconds(work: Callable[[str], object], text: str) -> float:
    """The best time of as many runs as fit into a while."""
    best = float("inf")
    begun = time.perf_counter()
    while best == float("inf") or time.perf_counter() - begun < ENOUGH_S:
        started = time.process_time()
        work(text)
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    """Print one row for each size and way."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else SIZES_KB[-1]
    print(f"{'way':<16}{'kB':>6}{'ms':>10}{'per second':>12}{'ms per kB':>11}{'growth':>8}")
    for name, work in (
        ("markdown", bare),
        ("markdown + nh3", bare_and_safe),
        ("normalize", normalize),
    ):
        before = 0.0
        for size in (size for size in SIZES_KB if size <= largest):
            text = article(size)
            took = seconds(work, text)
            per_kb = took / len(text)
            growth = f"{per_kb / before:.2f}" if before else ""
            row = f"{took * 1000:>10.1f}{1 / took:>12.1f}{per_kb * 1e6:>11.2f}{growth:>8}"
            print(f"{name:<16}{len(text) / 1000:>6.0f}{row}")
            before = per_kb


if __name__ == "__main__":
    main()
