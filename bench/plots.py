"""Draws the curves of a report; needs matplotlib (see ``bench/requirements.txt``)."""

import sys
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

from bench.report import Plot, Section, load


def draw_all(sections: Sequence[Section], folder: Path) -> None:
    """One SVG for each plot."""
    mpl.use("svg")
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "igny8", "font.size": 10})
    folder.mkdir(parents=True, exist_ok=True)
    for section in sections:
        for plot in section.plots:
            draw(plot, folder / f"{plot.stem}.svg")


def draw(plot: Plot, file: Path) -> None:
    """One picture."""
    drawing, axes = pyplot.subplots(figsize=(7, 3.5), layout="constrained")
    for curve in plot.curves:
        axes.plot(curve.x, curve.y, marker="o", label=curve.name)
    if plot.log:
        axes.set_xscale("log")
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set(title=plot.title, xlabel=plot.x, ylabel=plot.y)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    drawing.savefig(file, metadata={"Date": None})
    pyplot.close(drawing)


if __name__ == "__main__":
    draw_all(load(Path(sys.argv[1])), Path(sys.argv[2]))
