"""generate_images: an article gets its pictures; the prompts are drawn from its text by AI."""

from collections.abc import Sequence
from typing import Any

from bs4 import BeautifulSoup
from sqlalchemy import select

from igny8_flask.ai.base import BaseAIFunction, known, owned_ids
from igny8_flask.ai.constants import PROMPT_DATA_MAX_CHARS
from igny8_flask.ai.illustrate import Drawn
from igny8_flask.ai.pictures import Picture
from igny8_flask.ai.prompts import LANGUAGE, PromptRegistry, data_field
from igny8_flask.ai.replies import ImagePromptsReply, parse_image_prompts
from igny8_flask.ai.replies.results import listed
from igny8_flask.ai.tracker import ProgressTracker, StepTracker
from igny8_flask.ai.types import FunctionMetadata, Prompt
from igny8_flask.ai.validators import MAX_TASKS, validate_ids, validate_tasks_exist
from igny8_flask.db import db
from igny8_flask.errors import InputError, NotFoundError, ReplyError
from igny8_flask.models import Account, Content, Image, ImageFile, ImageKind
from igny8_flask.models.enums import ImageState

DEFAULT_PROMPT = """
You plan the pictures of an article. From [IGNY8_TITLE] and [IGNY8_TEXT] write one description for
the featured picture and, for each of [IGNY8_HEADINGS], one for the picture of that section: what
is seen, where, in which light; concrete, without any text, logo or named person. Also write an
alternative text for each in {language}, at most 125 characters, that says what the picture shows.
Answer with one JSON object: "featured_prompt", "featured_alt", and "in_article", a list of objects
with "heading", "prompt" and "alt".
"""
PromptRegistry.register_default(
    "generate_images",
    DEFAULT_PROMPT,
    LANGUAGE,
    data_field("title", "Title of the article.", "Soil for raised beds"),
    data_field("text", "Text of the article.", "Good soil drains well and feeds the plants."),
    data_field("headings", "Sections that shall get a picture.", ["Why soil matters"]),
    data_field("count", "How many sections shall get a picture.", 1),
)

_TEXT = {"type": "string"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["featured_prompt", "featured_alt", "in_article"],
    "properties": {
        "featured_prompt": _TEXT,
        "featured_alt": _TEXT,
        "in_article": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["heading", "prompt", "alt"],
                "properties": {"heading": _TEXT, "prompt": _TEXT, "alt": _TEXT},
            },
        },
    },
}


class GenerateImagesFunction(BaseAIFunction):
    """Makes the featured image of a task's article, and those of its sections as enabled."""

    def get_name(self) -> str:
        """The registered name."""
        return "generate_images"

    def get_metadata(self) -> FunctionMetadata:
        """One run an article; its reply is a plan of images that are then made."""
        return FunctionMetadata(
            "Generate images", "Makes an article's images.", SCHEMA, per_item=True, draws=True
        )

    def validate(self, payload: dict[str, Any], account: Account | None = None) -> None:
        """The task must exist and have an article."""
        site_id, _ = owned_ids({**payload, "ids": []})
        ids = validate_ids(payload, MAX_TASKS)
        validate_tasks_exist(site_id, ids)
        written = set(db.session.scalars(select(Content.task_id).where(Content.task_id.in_(ids))))
        if len(written) != len(ids):
            raise InputError("Write the article before its images.", "task_without_content")

    def prepare(self, payload: dict[str, Any], account: Account | None = None) -> dict[str, Any]:
        """Read the article; ``headings`` are the sections that shall get an image."""
        site_id, ids = owned_ids(payload)
        content = db.session.scalars(
            select(Content).where(Content.site_id == site_id, Content.task_id == ids[0])
        ).first()
        if content is None:
            raise NotFoundError("The article was deleted meanwhile.")
        soup = BeautifulSoup(content.html, "html.parser")
        wanted = int(payload.get("in_article_images") or 0)
        featured = bool(payload.get("featured", True))
        if not (featured or wanted):
            raise InputError("All images are switched off in the settings.", "images_disabled")
        redraw = int(payload.get("redraw") or 0)
        headings = [h.get_text(" ", strip=True) for h in soup.find_all("h2")][:wanted]
        return {
            "items": [content],
            "site_id": site_id,
            "title": content.title,
            "text": soup.get_text(" ", strip=True)[:PROMPT_DATA_MAX_CHARS],
            "headings": headings,
            "language": payload.get("language") or "English",
            "featured": featured,
            "mobile": bool(payload.get("mobile_images")),
            "redraw": redraw,
            "made": _made(content) if redraw else {},
        }

    def build_prompt(self, data: dict[str, Any], account: Account | None = None) -> Prompt:
        """Title, text and headings travel as data."""
        return PromptRegistry.get_prompt(
            self.get_name(),
            account,
            None,
            {
                "values": {"language": data["language"]},
                "data": {
                    "title": data["title"],
                    "headings": data["headings"],
                    "count": len(data["headings"]),
                    "text": data["text"],
                },
            },
            data["site_id"],
        )

    def parse_response(
        self, response: str, step_tracker: StepTracker | None = None, **asked: Any
    ) -> ImagePromptsReply:
        """Any reply → image descriptions or a named error."""
        asked = {**asked, "count": asked.get("count", asked.get("wanted"))}
        return parse_image_prompts(response, **known(asked, "headings", "count", "finish_reason"))

    def save_output(
        self,
        parsed: Sequence[Any],
        original_data: dict[str, Any],
        account: Account | None = None,
        progress_tracker: ProgressTracker | None = None,
        step_tracker: StepTracker | None = None,
    ) -> dict[str, Any]:
        """Store each picture once by hash and fill the article's image slots.

        ``original_data["drawn"]`` is the list of drawn slots that the engine made of ``parsed``.
        """
        content = db.session.get(Content, original_data["items"][0].id)
        if content is None:
            raise NotFoundError("The article was deleted while its images were being made.")
        drawn: list[Drawn] = original_data["drawn"]
        failures = [one.failure for one in drawn if one.failure is not None]
        if not drawn:
            raise ReplyError("The answer plans no picture that was asked for.", "no_results", False)
        if len(failures) == len(drawn):
            raise failures[0]
        for one in drawn:
            if one.picture is not None or one.failure is not None:
                _fill_slot(content, one, original_data["provenance"])
        db.session.flush()
        warnings = [warning for reply in parsed for warning in reply.warnings]
        left = [heading for reply in parsed for heading in reply.unassigned]
        if left:
            warnings.append(listed("No picture was planned for", left))
        warnings += [f"{d.slot.kind} image: {d.failure.message}" for d in drawn if d.failure]
        return {
            "content_id": str(content.id),
            "images": len(drawn) - len(failures),
            "failed": len(failures),
            "warnings": warnings,
        }


def _made(content: Content) -> dict[tuple[ImageKind, int], str]:
    """The prompts of the pictures that the article has."""
    return {
        (image.kind, image.position): image.prompt
        for image in content.images
        if image.state is ImageState.GENERATED
    }


def _fill_slot(content: Content, drawn: Drawn, provenance: dict[str, Any]) -> None:
    slot = drawn.slot
    places = {(image.kind, image.position): image for image in content.images}
    image = places.get((slot.kind, slot.position))
    if image is None:
        owner = {"account_id": content.account_id, "site_id": content.site_id}
        image = Image(**owner, kind=slot.kind, position=slot.position)
        content.images.append(image)
    image.heading, image.prompt, image.alt = slot.heading, drawn.prompt, slot.alt
    image.provenance = {**provenance, **drawn.made_by}
    image.error = drawn.failure.message if drawn.failure else None
    image.state = ImageState.FAILED
    if drawn.picture is not None:
        _store_file(content, drawn.picture)
        image.sha256, image.state = drawn.picture.sha256, ImageState.GENERATED
        image.wp_media_id = None


def _store_file(content: Content, picture: Picture) -> None:
    row = ImageFile(
        account_id=content.account_id,
        sha256=picture.sha256,
        mime=picture.mime,
        width=picture.width,
        height=picture.height,
        data=picture.data,
    )
    db.session.merge(row)
    db.session.flush()
