"""The benchmarks' own machinery: tables, the page, the sizing model."""

from pathlib import Path

import pytest

from bench import sizing
from bench.__main__ import PARTS
from bench.report import Curve, Plot, Section, Spread, lines_of, load, page, save, table
from bench.shares import part_of, shares
from igny8_flask.content import normalize
from tests.lab.places import REPO

CONSTANTS = dict.fromkeys(sizing.NEEDED, 1.0)


def section() -> Section:
    made = Section("Speed", "What was done.", ("way", "ms"), notes=["Not measured: nothing."])
    made.rows.append(("ours", str(Spread.of([3, 1, 2]))))
    made.goal("below 5 ms", "2 ms", True)
    made.goal("below 1 ms", "2 ms", False)
    made.plots.append(Plot("speed", "Speed", "kB", "ms", [Curve("ours", [1, 2], [1, 2])]))
    return made


def test_a_spread_tells_median_and_range() -> None:
    assert str(Spread.of([3, 1, 2])) == "2.00 (1.00–3.00)"
    assert str(Spread.of([1234.5])) == "1,234"


def test_a_table_has_one_line_for_each_row_and_even_columns() -> None:
    lines = table(("a", "longer"), [("1", "2"), ("three", "4")])
    assert len(lines) == 4
    assert len({len(line) for line in lines}) == 1


def test_a_goal_that_is_missed_stands_out() -> None:
    text = "\n".join(lines_of(section()))
    assert "**no**" in text
    assert "![Speed](benchmarks/speed.svg)" in text


def test_sections_survive_the_way_between_processes(tmp_path: Path) -> None:
    save([section()], tmp_path / "kept.json")
    (read,) = load(tmp_path / "kept.json")
    assert lines_of(read) == lines_of(section())
    assert read.plots[0].curves[0].name == "ours"


def test_the_page_names_machine_versions_and_goals() -> None:
    text = page([section()], 90)
    assert "1 of 2 goals are met" in text
    assert "cores" in text
    assert "Python 3" in text
    assert "## Speed" in text


def test_the_sizing_is_renewed_between_its_marks_only() -> None:
    present = f"before\n{sizing.BEGIN}\nold\n{sizing.END}\nafter\n"
    text = sizing.scaling_page(CONSTANTS, present) or ""
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "10,000" in text
    assert sizing.scaling_page({}, present) is None


def test_more_sites_never_need_less() -> None:
    worker_processes = [int(sizing.row(sites, CONSTANTS)[3]) for sites in sizing.SITES]
    assert worker_processes == sorted(worker_processes)


def test_the_scaling_page_has_the_marks() -> None:
    text = (REPO / "docs/scaling.md").read_text(encoding="utf-8")
    assert text.count(sizing.BEGIN) == text.count(sizing.END) == 1


@pytest.mark.parametrize("part", [part.name for part in PARTS])
def test_each_part_can_be_run(part: str) -> None:
    source = (REPO / "bench" / f"{part}.py").read_text(encoding="utf-8")
    assert "part.run(measure)" in source
    compile(source, part, "exec")


def test_all_parts_together_stay_below_half_an_hour() -> None:
    assert sum(part.limit_s for part in PARTS) <= 1800
    assert sum(part.quick_s for part in PARTS) <= 360


def test_the_shares_of_a_profile_name_the_part_and_sum_to_one() -> None:
    normalize("Once, so that nothing is imported on the way.")
    found = shares(lambda: normalize("# Title\n\n" + "Some words.\n\n" * 200))
    assert sum(found.values()) == pytest.approx(1)
    assert next(iter(found)) == "reading and cleaning the article"
    assert part_of("/x/site-packages/sqlalchemy/orm/session.py") == "SQL statements"
