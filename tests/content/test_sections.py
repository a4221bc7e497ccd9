"""One section is replaced and every other byte stays."""

import pytest

from igny8_flask.content import normalize, replace_section, section_spans
from igny8_flask.content.sections import find_section

ARTICLE = normalize(
    "<p>Start.</p><h2>Soil &amp; sand</h2><p>About soil.</p><h3>Depth</h3><p>Deep.</p>"
    "<pre><code>&lt;h2&gt;no heading\n\n&lt;/h2&gt;</code></pre>"
    "<blockquote><h2>Quoted</h2><p>Words.</p></blockquote>"
    "<h2>Water</h2><ul><li>Rain<br>and wells</li></ul><h2>Water</h2><p>Again.</p>"
).html


def names(html: str) -> list[str]:
    return [section.id for section in section_spans(html)]


def test_sections_have_the_ids_of_the_outline() -> None:
    assert names(ARTICLE) == [section.id for section in normalize(ARTICLE).sections]
    assert names(ARTICLE) == ["soil-sand", "depth", "water", "water-2"]


@pytest.mark.parametrize("name", ["soil-sand", "depth", "water", "water-2"])
def test_all_else_stays_byte_for_byte(name: str) -> None:
    section = find_section(ARTICLE, name)
    assert section is not None
    changed = replace_section(ARTICLE, section, "<p>New.</p>")
    assert changed.startswith(ARTICLE[: section.body])
    rest = ARTICLE[section.end :]
    assert changed.endswith(rest or "<p>New.</p>")
    assert changed[section.body : len(changed) - len(rest)].strip() == "<p>New.</p>"
    assert normalize(changed).html == changed


def test_the_same_text_gives_the_same_article() -> None:
    for section in section_spans(ARTICLE):
        same = ARTICLE[section.body : section.end]
        assert replace_section(ARTICLE, section, same) == ARTICLE


def test_a_repeated_heading_is_dropped_and_subheadings_go_below() -> None:
    section = find_section(ARTICLE, "depth")
    assert section is not None
    written = "<h2>Depth</h2>\n<p>Deeper.</p>\n<h2>Roots</h2>\n<p>Long.</p>"
    changed = replace_section(ARTICLE, section, written)
    assert "<h3>Depth</h3>\n<p>Deeper.</p>\n<h4>Roots</h4>\n<p>Long.</p>\n<h2>" in changed


def test_an_article_without_lines_has_the_same_sections() -> None:
    html = "<p>Start.</p><h2>Soil</h2><p>About soil.</p><h2>Water</h2><p>About water.</p>"
    soil = section_spans(html)[0]
    assert html[soil.start : soil.end] == "<h2>Soil</h2><p>About soil.</p>"
    assert names("<p>None.</p>") == []
