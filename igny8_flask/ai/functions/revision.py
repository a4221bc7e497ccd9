"""An article, or one section of it, written again as an editor wishes."""

from dataclasses import dataclass
from typing import Any

from igny8_flask.ai.functions.invented_links import without_invented
from igny8_flask.ai.prompts import LANGUAGE, PromptRegistry, data_field, value
from igny8_flask.ai.replies import ArticleReply
from igny8_flask.ai.types import Prompt
from igny8_flask.content import (
    SectionSpan,
    find_section,
    normalize,
    replace_section,
    section_spans,
)
from igny8_flask.errors import InputError
from igny8_flask.models import Account, Content, ContentProposal, Task

ARTICLE, SECTION = "revise_article", "revise_section"
PROMPT_TYPES = (ARTICLE, SECTION)
MIN_WORDS = 60
KEPT = ("title", "excerpt", "seo", "terms", "faq")
TONE = value("tone", "Voice and audience of the site.", "clear and friendly")
WISH = data_field("instruction", "What the editor wants changed.", "Shorter, with an example.")
PromptRegistry.register_default(
    ARTICLE,
    """
You revise articles for a website, in {language}. Voice and audience: {tone}.
[IGNY8_ARTICLE] holds the present article as HTML. Write it again so that the wish of the site's
editor in [IGNY8_INSTRUCTION] is met, as far as that is a wish about this article. Keep what the
wish does not touch: facts, links, the order of the sections and their headings.
Answer with one JSON object of the same form as for a new article: "title"; "content", the whole
article as clean HTML (h2, h3, p, ul, ol, table, blockquote, pre; no h1, no style, no script, no
images); "excerpt"; "meta_title"; "meta_description"; "focus_keyphrase"; "categories"; "tags";
"faq", a list of objects with "question" and "answer".
""",
    LANGUAGE,
    TONE,
    data_field("title", "Title of the article.", "Soil for raised beds"),
    data_field("article", "The present article as HTML.", "<h2>Why soil matters</h2><p>…</p>"),
    data_field("keywords", "Phrases that the article targets.", ["raised bed soil"]),
    WISH,
)
PromptRegistry.register_default(
    SECTION,
    """
You revise one section of an article for a website, in {language}. Voice and audience: {tone}.
[IGNY8_SECTION] holds the text under the heading in [IGNY8_HEADING] as HTML; [IGNY8_TITLE] and
[IGNY8_HEADINGS] tell what the rest of the article is about. Write this section's text again so
that the wish of the site's editor in [IGNY8_INSTRUCTION] is met, as far as that is a wish about
this section. Do not repeat the heading and do not write about what other sections cover.
Answer with one JSON object: "content", the new text of the section as clean HTML (h3, p, ul, ol,
table, blockquote, pre; no style, no script, no images).
""",
    LANGUAGE,
    TONE,
    data_field("title", "Title of the article.", "Soil for raised beds"),
    data_field("headings", "All headings of the article.", ["Why soil matters", "Mixing it"]),
    data_field("heading", "Heading of the section.", "Why soil matters"),
    data_field("section", "The section's present text as HTML.", "<p>Soil holds water.</p>"),
    data_field("keywords", "Phrases that the article targets.", ["raised bed soil"]),
    WISH,
)
SECTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["content"],
    "properties": {"content": {"type": "string"}},
}
DEFAULT_WISH = "Write it better: clearer, more useful, up to date."


@dataclass(frozen=True)
class Revision:
    """What is written again, and how the editor wants it."""

    html: str
    instruction: str
    section: SectionSpan | None

    @property
    def word_count(self) -> int:
        """How long the new text will be, roughly."""
        part = self.section
        text = self.html[part.body : part.end] if part else self.html
        return max(MIN_WORDS, len(text.split()))


def wanted(content: Content | None, options: dict[str, Any]) -> Revision | None:
    """The revision that the options ask for; None where the article is to be written from its task.

    Raises InputError ``unknown_section`` for a section that the article does not have.
    """
    instruction, section_id = options.get("instruction"), options.get("section")
    if content is None or not (instruction or section_id):
        return None
    section = find_section(content.html, section_id) if section_id else None
    if section_id and section is None:
        words = "This article has no such section any more. Load the page again."
        raise InputError(words, "unknown_section", {"section": [words]})
    return Revision(content.html, instruction or DEFAULT_WISH, section)


def prompt_of(revision: Revision, data: dict[str, Any], account: Account | None) -> Prompt:
    """The prompt; article and wish travel as data."""
    task: Task = data["items"][0]
    given: dict[str, Any] = {
        "title": data["title"],
        "keywords": task.keywords,
        "instruction": revision.instruction,
        "language": data["language"],
        "word_count": revision.word_count,
    }
    part = revision.section
    if part:
        given["heading"] = part.heading
        given["headings"] = [one.heading for one in section_spans(revision.html)]
        given["section"] = revision.html[part.body : part.end].strip()
    else:
        given["article"] = revision.html
    return PromptRegistry.get_prompt(
        SECTION if part else ARTICLE,
        account,
        None,
        {"values": {"language": data["language"], "tone": data["tone"]}, "data": given},
        data["site_id"],
        SECTION_SCHEMA if part else None,
    )


def put_section(
    target: Content | ContentProposal, content: Content, reply: ArticleReply, section_id: str
) -> int:
    """Fill a proposal with the article as it is but for one section; returns that one's words."""
    section = find_section(content.html, section_id)
    if section is None:
        words = "The section was removed from the article while it was being written."
        raise InputError(words, "unknown_section")
    clean = normalize(reply.rows[0].body)
    for name in KEPT:
        setattr(target, name, getattr(content, name))
    html, invented = without_invented(clean.html, content.site_id)
    target.html = replace_section(content.html, section, html)
    target.word_count = normalize(target.html).word_count
    target.warnings = [*reply.warnings, *clean.warnings, *invented]
    return clean.word_count
