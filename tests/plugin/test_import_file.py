"""Keyword files as people have them, through the form's own file field, and back as an export."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.lab.browser import Tab
from tests.lab.stack import Stack

pytestmark = [pytest.mark.wp, pytest.mark.browser, pytest.mark.process]
TABLE = "keyword;volume;intent\r\ngärtnerei über münchen;1200;commercial\r\n„hügel“ – café;80;\r\n"
UMLAUTS = ["gärtnerei über münchen", "„hügel“ – café"]
PLANNER = (
    "Keyword Stats 2026-11-01\r\nKeyword\tCurrency\tAvg. monthly searches\r\nbeet\tEUR\t90\r\n"
)
FILES = {
    "utf-8.csv": (TABLE.encode(), UMLAUTS),
    "utf-8-marked.csv": (TABLE.encode("utf-8-sig"), UMLAUTS),
    "excel.csv": (TABLE.encode("cp1252"), UMLAUTS),
    "utf-16-marked.txt": (TABLE.encode("utf-16"), UMLAUTS),
    "utf-16-big.txt": (b"\xfe\xff" + TABLE.encode("utf-16-be"), UMLAUTS),
    "utf-16-bare.txt": (TABLE.encode("utf-16-le"), UMLAUTS),
    "planner.csv": (PLANNER.encode("utf-16"), ["Keyword Stats 2026-11-01", "beet"]),
}
ODD = (
    "Keyword,Volume,Difficulty\n"
    '"=HYPERLINK(""http://x"",1)",5,1\n'
    "<script>alert(1)</script>,6,2\n"
    '"שתילה, באביב 🌱",7,3\n'
    "much,a lot,4\n"
    ",8,5\n"
)
# WordPress makes pictures of emoji; their words are the emoji.
READ_LINES = """(lines) => lines.map((line) => Array.from(line.cells, (cell) => {
  cell.querySelectorAll('img').forEach((image) => image.replaceWith(image.alt));
  return cell.textContent;
}))"""
REPORT = [
    ["5", "much", "Refused: volume is not a whole number up to 1000000000."],
    ["6", "", "Refused: The keyword is missing or too long."],
    ["2", '=HYPERLINK("http://x",1)', "New"],
    ["3", "<script>alert(1)</script>", "New"],
    ["4", "שתילה, באביב 🌱", "New"],
]


@pytest.fixture
def page(admin_tab: Tab) -> Page:
    """The Keywords screen with its form open."""
    admin_tab.admin("admin.php?page=igny8-keywords")
    admin_tab.page.get_by_role("button", name="Add keywords").first.click()
    return admin_tab.page


def offer(page: Page, name: str, body: bytes) -> None:
    """Choose a file; the form checks it by itself."""
    file = FilePayload(name=name, mimeType="text/csv", buffer=body)
    with page.expect_response("**/keywords/import**"):
        page.get_by_label("Or choose a file").set_input_files(file)
    expect(page.locator("#igny8-import [type=submit]").first).to_be_enabled()  # The report stands.


def report(page: Page) -> list[list[str]]:
    lines: list[list[str]] = page.locator(".igny8-report tbody tr").evaluate_all(READ_LINES)
    return lines


def told(page: Page, words: str) -> None:
    expect(page.locator("#igny8-import [role=status]")).to_have_text(words)


def test_a_file_is_read_whatever_program_wrote_it(page: Page, admin_tab: Tab, stack: Stack) -> None:
    for name, (body, keywords) in FILES.items():
        offer(page, name, body)
        first = page.locator(".igny8-report tbody tr").first
        expect(first, name).to_contain_text(keywords[0])
        assert [line[1] for line in report(page)] == keywords, name
    told(page, "1 to add, 0 known already, 1 refused. Nothing has been added yet.")
    page.get_by_label("Or choose a file").set_input_files(
        FilePayload(name="huge.csv", mimeType="text/csv", buffer=b"k\n" * 2_621_441)
    )
    expect(page.locator("#igny8-import").get_by_role("alert")).to_contain_text("larger than 5 MB")
    assert stack.rows("select count(*) as count from keyword") == [{"count": 0}]
    assert admin_tab.complaints == []


def test_odd_lines_are_told_and_an_export_comes_back_as_known(
    page: Page, admin_tab: Tab, tmp_path: Path
) -> None:
    offer(page, "odd.csv", ODD.encode())
    told(page, "3 to add, 0 known already, 2 refused. Nothing has been added yet.")
    assert report(page) == REPORT
    page.locator("#igny8-import").get_by_role("button", name="Add keywords").click()
    told(page, "3 added, 0 known already, 2 refused.")
    row = page.locator("tr[data-kind=keywords]", has_text="<script>")
    expect(row).to_contain_text("<script>alert(1)</script>")

    with page.expect_download() as started:
        page.get_by_role("link", name="Export CSV").click()
    file = tmp_path / "keywords.csv"
    started.value.save_as(file)
    assert started.value.suggested_filename.startswith("igny8-keywords-20")
    body = file.read_bytes()
    assert body.startswith(b"\xef\xbb\xbf")
    listed = {
        line["keyword"]: line for line in csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    }
    assert set(listed) == {"'" + REPORT[2][1], REPORT[3][1], REPORT[4][1]}
    assert listed[REPORT[4][1]]["volume"] == "7"

    offer(page, "again.csv", body)
    told(page, "0 to add, 3 known already, 0 refused. Nothing has been added yet.")
    assert admin_tab.complaints == []
