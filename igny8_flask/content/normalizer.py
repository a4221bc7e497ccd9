"""From any reply to one clean article: the order of the steps."""

import re
from typing import Any

from bs4 import Tag

from igny8_flask.content.balance import balance
from igny8_flask.content.blocks import count_blocks, join_blocks
from igny8_flask.content.characters import clean_characters
from igny8_flask.content.engine import render_markdown
from igny8_flask.content.envelope import unwrap
from igny8_flask.content.faq import find_questions
from igny8_flask.content.flow import blocks_of
from igny8_flask.content.forms import Form, form_of, prepare_html
from igny8_flask.content.model import NormalizedContent, Section
from igny8_flask.content.nodes import HEADINGS, attribute, new, parse, plain_text, text_of
from igny8_flask.content.outline import (
    plain_headings,
    raise_bold_lines,
    repair_ids,
    repair_levels,
    slug_of,
    take_title,
)
from igny8_flask.content.sanitizer import sanitize
from igny8_flask.content.text_repair import link_addresses, merge_marks, repair_text
from igny8_flask.content.typed_lists import join_typed_items, raise_typed_headings
from igny8_flask.content.writer import write_blocks
from igny8_flask.errors import ReplyError

_EXCERPT_CHARS = 300
_WORD = re.compile(r"[^\W_](?:[\w'’.-]*[^\W_])?")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


def normalize(raw: str) -> NormalizedContent:
    """Return the article in a model's reply, clean and safe, whatever form the reply has.

    Raises ReplyError: kind ``empty`` when nothing readable is left, ``degenerate`` above 1 MiB.
    """
    warnings: list[str] = []
    body, meta = unwrap(clean_characters(raw))
    form = form_of(body)
    html = prepare_html(body, warnings) if form is Form.HTML else render_markdown(body, warnings)
    root = parse(sanitize(balance(html)))
    repair_text(root, marks=form is not Form.MARKDOWN, emphasis=form is Form.MIXED)
    merge_marks(root, warnings)
    blocks = blocks_of(root)
    if form is not Form.MARKDOWN:
        raise_typed_headings(blocks)
        blocks = join_typed_items(blocks)
    title, blocks = take_title(blocks, meta.pop("title", ""))
    raise_bold_lines(blocks)
    plain_headings(blocks)
    repair_levels(blocks)
    return finish(new("div", *blocks), title, meta, warnings)


def finish(root: Tag, title: str, meta: dict[str, Any], warnings: list[str]) -> NormalizedContent:
    """Return the article whose tidy blocks are the children of ``root``."""
    blocks = [child for child in root.children if isinstance(child, Tag)]
    repair_ids(root, blocks)
    link_addresses(root)
    if not blocks and not title:
        raise ReplyError("The reply holds no text.", "empty", True)
    return NormalizedContent(
        title=title,
        html=write_blocks(blocks),
        blocks=join_blocks(blocks),
        sections=find_sections(blocks),
        excerpt=_excerpt(blocks),
        faq=(*find_questions(blocks), *meta.pop("faq", ())),
        word_count=count_words(text_of(root)),
        warnings=tuple(dict.fromkeys(warnings)),
        meta=meta,
    )


def count_words(text: str) -> int:
    """Count words; in Chinese and Japanese each character counts, as editors there do."""
    wide = len(_WIDE.findall(text))
    return wide + len(_WORD.findall(_WIDE.sub(" ", text)))


def find_sections(blocks: list[Tag]) -> tuple[Section, ...]:
    """Return the headings of the article's top-level blocks."""
    found: list[Section] = []
    seen: dict[str, int] = {}
    index = 0
    for block in blocks:
        if block.name in HEADINGS:
            text = plain_text(block)
            name = _unique(attribute(block, "id") or slug_of(text) or "section", seen)
            found.append(Section(text, int(block.name[1]), name, index))
        index += count_blocks(block)
    return tuple(found)


def _unique(name: str, seen: dict[str, int]) -> str:
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def _excerpt(blocks: list[Tag]) -> str:
    text = next((plain_text(block) for block in blocks if block.name == "p"), "")
    if len(text) <= _EXCERPT_CHARS:
        return text
    cut = text[:_EXCERPT_CHARS]
    return cut[: cut.rfind(" ") if " " in cut[100:] else _EXCERPT_CHARS].rstrip(" ,;:–—-") + "…"
