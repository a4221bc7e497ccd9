"""Drawing: from image descriptions to verified pictures, each slot its own unit."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from igny8_flask.ai.ai_core import AICore
from igny8_flask.ai.constants import DESKTOP_SIZE, FEATURED_SIZE, MOBILE_SIZE
from igny8_flask.ai.pictures import Picture, verify_and_encode
from igny8_flask.ai.prompts import PromptRegistry
from igny8_flask.ai.replies import ImagePromptRow
from igny8_flask.errors import InputError, ProviderError
from igny8_flask.models import Account, ImageKind

SOFTER = "A calm, abstract, family-friendly illustration about: {title}"


@dataclass(frozen=True)
class Slot:
    """One image to be made; ``heading`` None = the featured one."""

    kind: ImageKind
    position: int
    description: str
    alt: str
    heading: str | None
    size: tuple[int, int]


@dataclass(frozen=True)
class Drawn:
    """What came of a slot: a picture, or the words of its failure."""

    slot: Slot
    prompt: str
    picture: Picture | None
    error: str | None


def plan(rows: Sequence[ImagePromptRow], data: Mapping[str, Any]) -> list[Slot]:
    """Slots of an article: the featured one, and each section's in the enabled sizes."""
    slots = []
    for row in rows:
        alt = row.alt or row.prompt[:125]
        if row.role == "featured":
            slots.append(Slot(ImageKind.FEATURED, 0, row.prompt, alt, None, FEATURED_SIZE))
        elif row.heading in data["headings"]:
            where = (row.position, row.prompt, alt, row.heading)
            slots.append(Slot(ImageKind.DESKTOP, *where, DESKTOP_SIZE))
            if data["mobile"]:
                slots.append(Slot(ImageKind.MOBILE, *where, MOBILE_SIZE))
    return slots


def draw_all(
    core: AICore, slots: Sequence[Slot], data: Mapping[str, Any], account: Account, run: uuid.UUID
) -> Iterator[Drawn]:
    """Draw slot by slot; a refused or broken one yields its error and the others go on.

    Raises ProviderError where it concerns every slot (key, quota, provider away).
    """
    site_id = data["site_id"]
    negative = PromptRegistry.get_negative_prompt(account, site_id)
    for slot in slots:
        prompt = PromptRegistry.get_image_prompt(slot.description, data["title"], account, site_id)
        yield _draw(core, slot, prompt, SOFTER.format(title=data["title"]), negative, run)


def _draw(
    core: AICore, slot: Slot, prompt: str, softer: str, negative: str, run: uuid.UUID
) -> Drawn:
    error: ProviderError | None = None
    for attempt, words in enumerate((prompt, softer)):
        name = f"image:{slot.kind}:{slot.position}:{attempt}"
        try:
            raw = core.generate_image(
                words,
                provider=str(core.image_settings()["provider"]),
                size=slot.size,
                negative_prompt=negative,
                request_uuid=str(_uuid4_from(run, name)),
                step=name,
            )
            return Drawn(slot, words, verify_and_encode(raw, slot.size), None)
        except ProviderError as failure:
            if failure.kind != "policy":
                raise
            error = failure
        except InputError as failure:
            return Drawn(slot, words, None, failure.message)
    return Drawn(slot, softer, None, error.message if error else "")


def _uuid4_from(run: uuid.UUID, name: str) -> uuid.UUID:
    """The same UUID v4 for the same picture of a run, so that asking again is not paying again."""
    return uuid.UUID(bytes=uuid.uuid5(run, name).bytes, version=4)
