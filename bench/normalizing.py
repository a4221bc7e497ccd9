"""The normalizer from 1 kB to 1 MB beside the bare Markdown library: table, growth, curve."""

from collections.abc import Sequence

from bench import part
from bench.normalizer import SIZES_KB, article, bare, bare_and_safe, seconds
from bench.report import Curve, Plot, Section, figure
from igny8_flask.content import normalize

WAYS = {"markdown": bare, "markdown + nh3": bare_and_safe, "normalize": normalize}
LINEAR = 2.0  # cost per kB at the largest size over the cost at 4 kB


def measure(quick: bool) -> Sequence[Section]:
    """Every way at every size; the best of as many runs as fit into two seconds."""
    sizes = [size for size in SIZES_KB if size <= (16 if quick else SIZES_KB[-1])]
    section = Section(
        "Normalizer",
        "CPU time of one article, the best of several runs: the Markdown library alone, with a"
        " sanitizer behind it, and the normalizer (repairs, blocks, sections, excerpt).",
        ("way", *(f"{size} kB, ms" for size in sizes), "articles/s at 4 kB", "growth per kB"),
    )
    curves = []
    for name, work in WAYS.items():
        took = [seconds(work, article(size)) * 1000 for size in sizes]
        per_kb = [ms / len(article(size)) for ms, size in zip(took, sizes, strict=True)]
        growth = per_kb[-1] / per_kb[1]
        told = [figure(ms) for ms in took]
        section.rows.append((name, *told, figure(1000 / took[1]), f"{growth:.2f} ×"))
        curves.append(Curve(name, sizes, took))
    words = f"linear: cost per kB at {sizes[-1]} kB at most {LINEAR:g} × the cost at {sizes[1]} kB"
    section.goal(words, f"{growth:.2f} ×", growth <= LINEAR)
    title = "CPU time by size of the article"
    section.plots.append(Plot("normalizer", title, "kB", "ms", curves, log=True))
    section.notes.append("Hostile inputs are not in this table; see the tests of `tests/content/`.")
    return [section]


if __name__ == "__main__":
    part.run(measure)
