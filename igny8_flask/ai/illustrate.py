"""Drawing: from image descriptions to verified pictures, each slot its own unit."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from igny8_flask.ai.ai_core import AICore
from igny8_flask.ai.constants import DESKTOP_SIZE, FEATURED_SIZE, MOBILE_SIZE
from igny8_flask.ai.pictures import Picture, verify_and_encode
from igny8_flask.ai.prompts import PromptRegistry
from igny8_flask.ai.replies import ImagePromptRow
from igny8_flask.errors import Igny8Error, InputError, ProviderError
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
    """What came of a slot: a picture, its failure, or neither where an earlier one stays.

    ``made_by`` is the provenance of the picture, as far as it differs from that of its plan.
    """

    slot: Slot
    prompt: str
    picture: Picture | None = None
    failure: Igny8Error | None = None
    made_by: Mapping[str, Any] = field(default_factory=dict)


def plan(rows: Sequence[ImagePromptRow], data: Mapping[str, Any]) -> list[Slot]:
    """Slots of an article: the featured one and each section's, as enabled."""
    slots = []
    for row in rows:
        alt = row.alt or row.prompt[:125]
        if row.role == "featured" and data["featured"]:
            slots.append(Slot(ImageKind.FEATURED, 0, row.prompt, alt, None, FEATURED_SIZE))
        elif row.role != "featured" and row.heading in data["headings"]:
            where = (row.position, row.prompt, alt, row.heading)
            slots.append(Slot(ImageKind.DESKTOP, *where, DESKTOP_SIZE))
            if data["mobile"]:
                slots.append(Slot(ImageKind.MOBILE, *where, MOBILE_SIZE))
    return slots


def draw_all(
    core: AICore, slots: Sequence[Slot], data: Mapping[str, Any], account: Account, run: uuid.UUID
) -> Iterator[Drawn]:
    """Draw slot by slot; a refused or broken one yields its failure and the others go on.

    ``data["made"]`` maps (kind, position) to the prompt of a picture that stays where the prompt
    is the same; ``data["redraw"]`` counts how often the broken ones were asked for anew. Raises
    ProviderError where it concerns every slot (key, quota, provider away).
    """
    site_id, title = data["site_id"], data["title"]
    negative = PromptRegistry.get_negative_prompt(account, site_id)
    provider = str(core.image_settings()["provider"])
    made_by = {
        "model": core.get_model("image_generation"),
        "provider": "sandbox" if core.is_sandbox(provider) else provider,
        "sandbox": core.is_sandbox(provider),
    }
    suffix = f":d{data['redraw']}" if data["redraw"] else ""
    for slot in slots:
        prompt = PromptRegistry.get_image_prompt(slot.description, title, account, site_id)
        wordings = (prompt, SOFTER.format(title=title))
        earlier = data["made"].get((slot.kind, slot.position))
        if earlier in wordings:
            yield Drawn(slot, earlier)
        else:
            drawn = _draw(core, slot, wordings, provider, negative, run, suffix)
            yield replace(drawn, made_by=made_by)


def _draw(
    core: AICore,
    slot: Slot,
    wordings: tuple[str, str],
    provider: str,
    negative: str,
    run: uuid.UUID,
    suffix: str,
) -> Drawn:
    refusal: ProviderError | None = None
    for attempt, words in enumerate(wordings):
        name = f"image:{slot.kind}:{slot.position}:{attempt}{suffix}"
        try:
            raw = core.generate_image(
                words,
                provider=provider,
                size=slot.size,
                negative_prompt=negative,
                request_uuid=str(_uuid4_from(run, name)),
                step=name,
            )
            return Drawn(slot, words, verify_and_encode(raw, slot.size))
        except ProviderError as failure:
            if failure.kind != "policy":
                raise
            refusal = failure
        except InputError as failure:
            return Drawn(slot, words, failure=failure)
    return Drawn(slot, wordings[-1], failure=refusal)


def _uuid4_from(run: uuid.UUID, name: str) -> uuid.UUID:
    """The same UUID v4 for the same picture of a run, so that asking again is not paying again."""
    return uuid.UUID(bytes=uuid.uuid5(run, name).bytes, version=4)
