"""Markdown to HTML: the repair pre-pass, then Python-Markdown, in bounded portions."""

import re
from collections.abc import Iterator

import markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.tables import TableExtension
from pymdownx.betterem import BetterEmExtension
from pymdownx.tilde import DeleteSubExtension

from igny8_flask.content.fences import stash_fences
from igny8_flask.content.forms import stash_code
from igny8_flask.content.html_blocks import stash_html_blocks
from igny8_flask.content.idioms import rewrite_idioms
from igny8_flask.content.lines import canonical
from igny8_flask.content.links import resolve_links
from igny8_flask.content.protect import (
    bold_to_tags,
    limit_marks,
    marks_to_tags,
    protect_code,
    protect_inline,
)
from igny8_flask.content.stash import EMPTY_TOKEN, Stash
from igny8_flask.content.tags import strip_unwanted

MAX_BLOCK_CHARS = 20_000
MAX_BLOCKS = 6_000
_PORTION = 400
_CHECKBOX = re.compile(r"(?m)^([ \t>]*(?:[-*+•]|\d+[.)])[ \t]+)\[([ xX])\](?=[ \t])")
_NOTE = re.compile(r"\[\^[^\]]{1,80}\]")


def render_markdown(text: str, warnings: list[str]) -> str:
    """Return the HTML of Markdown (or Markdown mixed with HTML); not yet safe, not yet tidy."""
    stash = Stash()
    text = stash_fences(text, stash)
    text = stash_code(protect_code(text, stash), stash)
    text = strip_unwanted(text, warnings.append)
    text = rewrite_idioms(text)
    text = stash_html_blocks(text, stash)
    text = protect_inline(text, stash)
    text = resolve_links(_CHECKBOX.sub(_checkbox, text), stash)
    text = limit_marks(marks_to_tags(bold_to_tags(text, stash), stash), stash)
    blocks = canonical(text, lambda name: stash.inline(f'<a id="{name}"></a>'))
    return stash.restore(_render(_bounded(blocks), _engine())).replace("\u2060", "")


def _checkbox(match: re.Match[str]) -> str:
    return f"{match[1]}{'☐' if match[2] == ' ' else '☑'}"


def _bounded(blocks: list[str]) -> list[str]:
    if len(blocks) > MAX_BLOCKS:
        rest = blocks[MAX_BLOCKS:]
        blocks = [*blocks[:MAX_BLOCKS], " ".join(rest)]
    return [part for block in blocks for part in _portions_of(block)]


def _portions_of(block: str) -> list[str]:
    """Cut a paragraph that no author wrote, at white space, so that no step copies it often."""
    if len(block) <= MAX_BLOCK_CHARS or block.startswith(("|", "- ", "> ", "1. ")):
        return [block]
    parts: list[str] = []
    position = 0
    while position < len(block):
        end = position + MAX_BLOCK_CHARS
        if end < len(block):
            space = max(block.rfind(" ", position, end), block.rfind("\n", position, end))
            end = space if space > position else end
        parts.append(block[position:end].strip())
        position = end
    return [part for part in parts if part]


def _render(blocks: list[str], engine: markdown.Markdown) -> str:
    if any(_NOTE.search(block) for block in blocks[:MAX_BLOCKS]) and len(blocks) <= MAX_BLOCKS:
        return _convert(blocks, engine)
    portions: list[str] = []
    start = 0
    while start < len(blocks):
        end = min(start + _PORTION, len(blocks))
        while end < len(blocks) and _belongs_to_list(blocks[end]):
            end += 1
        portions.append(_convert(blocks[start:end], engine))
        start = end
    return "\n".join(portions)


def _belongs_to_list(block: str) -> bool:
    return block.startswith(("- ", "    ", ":")) or bool(re.match(r"\d+\. ", block))


def _convert(blocks: list[str], engine: markdown.Markdown) -> str:
    engine.reset()
    return engine.convert("\n\n".join(_parted(blocks)))


def _parted(blocks: list[str]) -> Iterator[str]:
    """The engine joins neighbouring quotes into one; an empty token keeps them apart."""
    before = ""
    for block in blocks:
        if block.startswith(">") and before.startswith(">"):
            yield EMPTY_TOKEN
        yield block
        before = block


def _engine() -> markdown.Markdown:
    engine = markdown.Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            FootnoteExtension(SEPARATOR="-", BACKLINK_TEXT="↩"),
            "def_list",
            "sane_lists",
            BetterEmExtension(),
            DeleteSubExtension(subscript=False),
        ],
        output_format="html",
    )
    engine.preprocessors.deregister("html_block")
    for name in ("code", "reference", "setextheader"):
        engine.parser.blockprocessors.deregister(name)
    unused = ("backtick", "reference", "link", "image_link", "image_reference", "short_reference",
              "short_image_ref", "autolink", "automail", "html", "linebreak")  # fmt: skip
    for name in unused:
        engine.inlinePatterns.deregister(name)
    return engine
