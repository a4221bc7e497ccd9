"""generate_content: a writer task becomes an article."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from igny8_flask.ai import validators
from igny8_flask.ai.base import BaseAIFunction, known, owned_ids
from igny8_flask.ai.functions import revision
from igny8_flask.ai.functions.stored_article import (
    article_of,
    fresh_content,
    fresh_proposal,
    put_article,
)
from igny8_flask.ai.prompts import LANGUAGE, PromptRegistry, data_field, value
from igny8_flask.ai.replies import ArticleReply, parse_article
from igny8_flask.ai.replies.text import folded
from igny8_flask.ai.tracker import ProgressTracker, StepTracker
from igny8_flask.ai.types import FunctionMetadata, Prompt
from igny8_flask.db import db
from igny8_flask.errors import InputError, NotFoundError
from igny8_flask.models import Account, Content, ContentProposal, ContentStatus, Task, TaskStatus

LENGTH_TOLERANCE = 0.15  # share of the asked length that an article may miss unrepaired
DEFAULT_PROMPT = """
You write articles for a website. Write one complete, useful, factual article in {language}
for the title in [IGNY8_TITLE]. Voice and audience: {tone}.
Follow [IGNY8_OUTLINE] when it has sections: every section must appear, in that order, under its
own h2 heading. Use the phrases of [IGNY8_KEYWORDS] naturally. Consider [IGNY8_DESCRIPTION].
Length: about {word_count} words.
Answer with one JSON object: "title"; "content", the article as clean HTML (h2, h3, p, ul, ol,
table, blockquote, pre; no h1, no style, no script, no images); "excerpt" of at most 300
characters; "meta_title" of at most 60 and "meta_description" of at most 155 characters;
"focus_keyphrase"; "categories" and "tags", lists of a few short terms; "faq", a list of objects
with "question" and "answer".
"""
PromptRegistry.register_default(
    "generate_content",
    DEFAULT_PROMPT,
    LANGUAGE,
    value("tone", "Voice and audience of the site.", "clear and friendly"),
    value("word_count", "How many words the article shall have.", 1000),
    data_field("title", "Title of the task.", "Soil for raised beds"),
    data_field("description", "Description of the task.", "Which soil suits which bed."),
    data_field("keywords", "Phrases that the article targets.", ["raised bed soil"]),
    data_field(
        "outline",
        "Sections with heading and key points.",
        [{"heading": "Why soil matters", "key_points": ["drainage", "nutrients"]}],
    ),
)

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        "title",
        "content",
        "excerpt",
        "meta_title",
        "meta_description",
        "focus_keyphrase",
        "categories",
        "tags",
        "faq",
    ],
    "properties": {
        "title": _TEXT,
        "content": _TEXT,
        "excerpt": _TEXT,
        "meta_title": _TEXT,
        "meta_description": _TEXT,
        "focus_keyphrase": _TEXT,
        "categories": _TEXTS,
        "tags": _TEXTS,
        "faq": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["question", "answer"],
                "properties": {"question": _TEXT, "answer": _TEXT},
            },
        },
    },
}


class GenerateContentFunction(BaseAIFunction):
    """Writes the article of one task and stores it as the task's content."""

    def get_name(self) -> str:
        """The registered name."""
        return "generate_content"

    def get_metadata(self) -> FunctionMetadata:
        """One run a task."""
        return FunctionMetadata(
            "Generate content",
            "Writes the article of a task.",
            SCHEMA,
            per_item=True,
            continues=True,
        )

    def validate(self, payload: dict[str, Any], account: Account | None = None) -> None:
        """The task must exist and have a title; what stands on the site is only refreshed."""
        site_id, _ = owned_ids({**payload, "ids": []})
        ids = validators.validate_ids(payload, validators.MAX_TASKS)
        titles = validators.validate_tasks_exist(site_id, ids)
        if not all(folded(title) for title in titles):
            raise InputError("Give the task a title first.", "task_without_title")
        if not payload.get("options", {}).get("proposal"):
            validators.validate_not_posted(ids)

    def prepare(self, payload: dict[str, Any], account: Account | None = None) -> dict[str, Any]:
        """Read the task; ``items`` holds that one task."""
        site_id, ids = owned_ids(payload)
        task = db.session.scalars(
            select(Task).where(Task.site_id == site_id, Task.id == ids[0])
        ).first()
        if task is None:
            raise NotFoundError("The task was deleted meanwhile.")
        options = payload.get("options", {})
        wish = revision.wanted(article_of(task), options) if options.get("proposal") else None
        return {
            "items": [task],
            "title": task.title,
            "outline": task.outline,
            "word_count": wish.word_count if wish else task.word_count,
            "proposal": bool(options.get("proposal")),
            "revision": wish,
            "site_id": site_id,
            "language": payload.get("language") or "English",
            "tone": _voice(payload),
        }

    def build_prompt(self, data: dict[str, Any], account: Account | None = None) -> Prompt:
        """Title, keywords and outline travel as data."""
        if data["revision"]:
            return revision.prompt_of(data["revision"], data, account)
        task: Task = data["items"][0]
        return PromptRegistry.get_prompt(
            self.get_name(),
            account,
            task,
            {
                "values": {
                    "language": data["language"],
                    "tone": data["tone"],
                    "word_count": task.word_count,
                },
                "data": {
                    "title": task.title,
                    "description": task.description,
                    "keywords": task.keywords,
                    "outline": task.outline,
                    "word_count": task.word_count,
                    "language": data["language"],
                },
            },
            data["site_id"],
        )

    def parse_response(
        self, response: str, step_tracker: StepTracker | None = None, **asked: Any
    ) -> ArticleReply:
        """Any reply → an article or a named error; a wish may change outline and length."""
        if asked.get("revision"):
            return parse_article(response, **known(asked, "title", "finish_reason"))
        reply = parse_article(
            response, **known(asked, "title", "outline", "finish_reason", "word_count")
        )
        return replace(reply, shortfall=_shortfall(reply, asked.get("word_count")))

    def save_output(
        self,
        parsed: Sequence[ArticleReply],
        original_data: dict[str, Any],
        account: Account | None = None,
        progress_tracker: ProgressTracker | None = None,
        step_tracker: StepTracker | None = None,
    ) -> dict[str, Any]:
        """Store the article; a second run of the same task keeps the first one's text as a version.

        A refresh, and the text for an article that stands on the site by now, is stored beside
        the present one instead, see ``refresh``.
        """
        reply = parsed[0]
        task = db.session.get(Task, original_data["items"][0].id)
        if task is None:
            raise NotFoundError("The task was deleted while its article was being written.")
        content = article_of(task)
        words = None
        if content is not None and (original_data.get("proposal") or content.wp_post_id):
            target: Content | ContentProposal = fresh_proposal(content)
            wish = original_data["revision"]
            if wish and wish.section:
                words = revision.put_section(target, content, reply, wish.section.id)
        else:
            target = content = fresh_content(task, content)
            content.status = ContentStatus.DRAFT if reply.partial else ContentStatus.REVIEW
        if words is None:
            put_article(target, task, reply)
        target.provenance = original_data["provenance"]
        task.status = TaskStatus.COMPLETED
        db.session.add(target)
        db.session.flush()
        return {
            "content_id": str(content.id),
            "title": target.title,
            "word_count": target.word_count if words is None else words,
            "warnings": target.warnings,
            "incomplete": reply.partial,
        }


def _voice(payload: dict[str, Any]) -> str:
    """Tone and audience in one phrase, as the site's owner set them."""
    tone = payload.get("tone") or "clear, friendly and expert"
    return f"{tone}, for {payload.get('audience') or 'the readers of this site'}"


def _shortfall(reply: ArticleReply, words_asked: int | None) -> str:
    """What the article lacks of the order: sections of the outline, or length."""
    if not reply.rows or reply.partial:
        return ""
    article, parts = reply.rows[0], []
    if article.missing_sections:
        parts.append("These sections are missing: " + "; ".join(article.missing_sections) + ".")
    if words_asked and abs(article.word_count - words_asked) > LENGTH_TOLERANCE * words_asked:
        parts.append(f"It has {article.word_count} words; about {words_asked} were asked for.")
    return " ".join(parts)
