"""Articles of a wanted length: headings, paragraphs, a list, a table and questions."""

from dataclasses import dataclass, field
from html import escape
from typing import Any

from igny8_flask.sandbox.question import Question
from igny8_flask.sandbox.tokens import count_words
from igny8_flask.sandbox.writer import Writer

PARAGRAPH_SENTENCES = 4


@dataclass
class Part:
    """One block; ``budget`` is the share of open words that a paragraph may take."""

    kind: str
    text: str = ""
    rows: list[list[str]] = field(default_factory=list)
    open: bool = False

    def words(self) -> int:
        """Count the words a reader sees."""
        cells = [cell for row in self.rows for cell in row]
        return sum(map(count_words, [self.text, *cells]))


def plan_sections(question: Question, writer: Writer) -> list[tuple[str, list[str]]]:
    """List headings with their key points: the outline asked for, or one of our own."""
    sections = []
    outline = question.data.get("outline") or question.data.get("sections")
    if isinstance(outline, dict):
        outline = outline.get("sections")
    for item in outline if isinstance(outline, list) else []:
        heading, points = _section(item)
        if heading:
            sections.append((heading, points))
    if sections:
        return sections
    wanted = outline if isinstance(outline, int) else question.word_count // 160
    return [(heading, []) for heading in own_headings(writer, max(1, min(wanted, 10)))]


def own_headings(writer: Writer, count: int) -> list[str]:
    """Invent that many different headings."""
    templates = writer.pack["headings"]
    return [writer.fill(templates[number % len(templates)]) for number in range(count)]


def _section(item: Any) -> tuple[str, list[str]]:
    if isinstance(item, str):
        return item.strip(), []
    if not isinstance(item, dict):
        return "", []
    heading = item.get("heading") or item.get("title") or item.get("subheading") or ""
    points = item.get("key_points") or item.get("points") or item.get("details") or []
    points = [points] if isinstance(points, str) else points
    return str(heading).strip(), [str(point) for point in points if point]


def write_article(question: Question, writer: Writer, with_faq: bool) -> list[Part]:
    """Write an article whose visible words come within 5 % of the wanted number."""
    sections = plan_sections(question, writer)
    parts = [Part("p", writer.line("notice"), open=True)]
    roomy = question.word_count >= 300
    for number, (heading, points) in enumerate(sections):
        parts.append(Part("h2", heading))
        parts.append(Part("p", open=True))
        if roomy and question.word_count // len(sections) >= 60:
            parts.extend(_point_parts(writer, points))
        if roomy and number == 0:
            parts.extend(_list_parts(writer))
        if roomy and number == min(1, len(sections) - 1):
            parts.extend(_table_parts(writer))
    if with_faq and roomy:
        parts.append(Part("h2", writer.line("faq_heading")))
        for asked, answer in write_faq(writer):
            parts.extend([Part("h3", asked), Part("p", answer)])
    _fill_up(parts, writer, question.word_count)
    return [part for part in _split(parts, writer) if part.text or part.rows]


def _point_parts(writer: Writer, points: list[str]) -> list[Part]:
    parts = []
    for point, template in zip(points, writer.pack["points"], strict=False):
        parts.append(Part("p", writer.fill(template, p=point.rstrip(".。"))))
    return parts


def _list_parts(writer: Writer) -> list[Part]:
    keyword = writer.keyword()
    items = [[writer.fill(item, k=keyword)] for item in writer.pack["list_items"]]
    return [Part("p", writer.line("list_intro")), Part("ul", rows=items)]


def _table_parts(writer: Writer) -> list[Part]:
    keyword = writer.keyword()
    rows = [[writer.fill(cell, k=keyword) for cell in row] for row in writer.pack["table"]]
    return [Part("p", writer.line("table_intro")), Part("table", rows=rows)]


def write_faq(writer: Writer) -> list[tuple[str, str]]:
    """Write three questions with their answers."""
    return [(writer.fill(asked), writer.fill(answer)) for asked, answer in writer.pack["faq"]]


def _fill_up(parts: list[Part], writer: Writer, target: int) -> None:
    """Fill the open paragraphs so that the whole reaches the target."""
    open_parts = [part for part in parts if part.open]
    left = target - sum(part.words() for part in parts)
    for number, part in enumerate(open_parts):
        share = left // (len(open_parts) - number)
        before = part.words()
        part.text = writer.join(
            [part.text, *writer.sentences(share)] if part.text else writer.sentences(share)
        )
        left -= part.words() - before
    last = open_parts[-1]
    last.text = writer.join([*filter(None, [last.text]), *writer.padding(left)])


def _split(parts: list[Part], writer: Writer) -> list[Part]:
    """Break filled paragraphs into short ones."""
    split: list[Part] = []
    for part in parts:
        if not part.open:
            split.append(part)
            continue
        stop = "。" if writer.language == "zh" else ". "
        pieces = part.text.replace("। ", "।\0").replace(stop, stop.rstrip() + "\0").split("\0")
        sentences = [piece for piece in pieces if piece]
        for start in range(0, len(sentences), PARAGRAPH_SENTENCES):
            group = sentences[start : start + PARAGRAPH_SENTENCES]
            split.append(Part("p", writer.join(group)))
    return split


def render_html(parts: list[Part]) -> str:
    """Print the article as HTML."""
    return "\n".join(_html(part) for part in parts)


def _html(part: Part) -> str:
    if part.kind == "ul":
        items = "".join(f"<li>{escape(row[0], quote=False)}</li>" for row in part.rows)
        return f"<ul>{items}</ul>"
    if part.kind == "table":
        head, *body = part.rows
        return (
            f"<table><thead>{_row(head, 'th')}</thead>"
            f"<tbody>{''.join(_row(row, 'td') for row in body)}</tbody></table>"
        )
    return f"<{part.kind}>{escape(part.text, quote=False)}</{part.kind}>"


def _row(cells: list[str], tag: str) -> str:
    inner = "".join(f"<{tag}>{escape(cell, quote=False)}</{tag}>" for cell in cells)
    return f"<tr>{inner}</tr>"


def render_markdown(parts: list[Part]) -> str:
    """Print the article as Markdown."""
    return "\n\n".join(_markdown(part) for part in parts)


def _markdown(part: Part) -> str:
    if part.kind == "ul":
        return "\n".join(f"- {row[0]}" for row in part.rows)
    if part.kind == "table":
        head, *body = part.rows
        lines = [head, ["---"] * len(head), *body]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return {"h2": "## ", "h3": "### "}.get(part.kind, "") + part.text
