"""Own prompts of accounts and sites: saved as versions, rolled back, tried before they are used.

A version never changes. Which one applies is a flag: saving activates the new version, a rollback
moves the flag to an older one, or takes it away so that the next outer prompt applies again
(site → account → default).
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError

from igny8_flask import site_settings
from igny8_flask.ai.base import BaseAIFunction
from igny8_flask.ai.constants import FEATURED_SIZE
from igny8_flask.ai.estimates import count_tokens, estimate_image, estimate_text
from igny8_flask.ai.functions import revision
from igny8_flask.ai.prompts import Placeholder, PromptRegistry, Template
from igny8_flask.ai.registry import get_function, get_function_instance, list_functions
from igny8_flask.ai.settings import Integration, get_model_config, load_integration
from igny8_flask.ai.types import Prompt
from igny8_flask.db import db
from igny8_flask.errors import ConflictError, InputError, NotFoundError
from igny8_flask.models import Account, AIPrompt, Site
from igny8_flask.services import current

NO_OWN = 0  # the version to roll back to when no own prompt shall apply


@dataclass(frozen=True)
class Owner:
    """Whose prompts: an account's own (``site_id`` None), or those of one of its sites."""

    account: Account
    site_id: uuid.UUID | None = None

    @classmethod
    def of(cls, site: Site) -> "Owner":
        """The site as owner."""
        return cls(site.account, site.id)


@dataclass(frozen=True)
class PromptView:
    """One prompt type as an owner sees it; ``applies`` is the template in use."""

    prompt_type: str
    applies: Template
    default: Template
    placeholders: tuple[Placeholder, ...]
    versions: Sequence[AIPrompt] = ()


@dataclass(frozen=True)
class Trial:
    """A rendered prompt that was sent to nobody; ``cost_usd`` is at most, None = unknown price."""

    prompt: Prompt
    model: str
    tokens: int
    cost_usd: Decimal | None


def list_types() -> list[str]:
    """Every prompt type, in alphabetical order."""
    for name in list_functions():
        get_function(name)
    return sorted(PromptRegistry.DEFAULT_PROMPTS)


def view(owner: Owner, prompt_type: str) -> PromptView:
    """A prompt type with all versions of the owner, newest first; raises NotFoundError."""
    _require_type(prompt_type)
    return PromptView(
        prompt_type,
        PromptRegistry.find(prompt_type, owner.account, None, owner.site_id),
        PromptRegistry.DEFAULT_PROMPTS[prompt_type],
        PromptRegistry.PLACEHOLDERS[prompt_type],
        db.session.scalars(_versions(owner, prompt_type).order_by(AIPrompt.version.desc())).all(),
    )


def save(owner: Owner, prompt_type: str, template: str) -> AIPrompt:
    """Add a version and activate it; raises InputError naming what is wrong with the template."""
    _require_type(prompt_type)
    PromptRegistry.check(prompt_type, template)
    try:
        saved = _add_version(owner, prompt_type, template)
    except IntegrityError as error:
        db.session.rollback()
        raise ConflictError("Somebody saved this prompt just now. Look at it again.") from error
    db.session.commit()
    return saved


def rollback(owner: Owner, prompt_type: str, version: int) -> Template:
    """Activate an older version, or with version 0 none; returns the template that applies now."""
    _require_type(prompt_type)
    chosen = db.session.scalar(_versions(owner, prompt_type).where(AIPrompt.version == version))
    if chosen is None and version != NO_OWN:
        raise NotFoundError(f"There is no version {version} of this prompt.")
    _deactivate(owner, prompt_type)
    if chosen is not None:
        chosen.is_active = True
    db.session.commit()
    return PromptRegistry.find(prompt_type, owner.account, None, owner.site_id)


def check_override(template: str | None) -> None:
    """Raise InputError unless a writer task may use this template instead of the site's."""
    if template:
        _require_type("generate_content")
        PromptRegistry.check("generate_content", template)


def dry_run(site: Site, prompt_type: str, template: str | None, ids: Sequence[uuid.UUID]) -> Trial:
    """Render what would be sent, with real rows or else with examples; calls no provider.

    Raises InputError for a template that cannot be saved and for ids that cannot be worked on.
    """
    _require_type(prompt_type)
    with _as_if_saved(Owner.of(site), prompt_type, template):
        if prompt_type in list_functions():
            return _try_function(site, get_function_instance(prompt_type), list(ids))
        if ids:
            words = "This prompt is shown with examples; send no ids."
            raise InputError(words, fields={"ids": [words]})
        if prompt_type in revision.PROMPT_TYPES:
            return _priced(site, get_function_instance("generate_content"), prompt_type)
        return _try_image_text(site, prompt_type)


@contextmanager
def _as_if_saved(owner: Owner, prompt_type: str, template: str | None) -> Iterator[None]:
    """The template counts as saved for as long as this lasts, then was never there."""
    try:
        if template is not None:
            PromptRegistry.check(prompt_type, template)
            _add_version(owner, prompt_type, template)
        yield
    finally:
        db.session.rollback()


def _try_function(site: Site, fn: BaseAIFunction, ids: list[uuid.UUID]) -> Trial:
    """The first prompt that a run of these ids would send."""
    return _priced(site, fn, fn.get_name(), _rendered(site, fn, ids) if ids else None)


def _priced(
    site: Site, fn: BaseAIFunction, prompt_type: str, prompt: Prompt | None = None
) -> Trial:
    """A prompt of a text model with its price; without one, it is shown with examples."""
    if prompt is None:
        invented = PromptRegistry.examples(prompt_type)
        prompt = PromptRegistry.get_prompt(prompt_type, site.account, None, invented, site.id)
    text = load_integration(site.account_id, site.id, "openai", current().secrets)
    config = get_model_config(fn.get_name(), text)
    model = fn.get_model(site.account) or config.model or current().settings.default_ai_model
    words = f"{prompt.system} {prompt.user}"
    cost = estimate_text(model, words, config.max_tokens)
    return Trial(prompt, model, count_tokens(words), cost)


def _rendered(site: Site, fn: BaseAIFunction, ids: list[uuid.UUID]) -> Prompt:
    settings = site_settings.read(site)
    payload = {
        "site_id": site.id,
        "ids": ids,
        "options": {},
        **settings["brand"],
        **settings["image_generation"],
    }
    fn.validate(payload, site.account)
    data = fn.prepare(payload, site.account)
    first = data["items"][: fn.get_max_items()]
    return fn.build_prompt({**data, "items": first, "earlier": ()}, site.account)


def _try_image_text(site: Site, prompt_type: str) -> Trial:
    """The prompts of the image model belong to no rows; they are shown with examples."""
    found = PromptRegistry.find(prompt_type, site.account, None, site.id)
    text = PromptRegistry.get_negative_prompt(site.account, site.id)
    if prompt_type == "image_prompt":
        values = PromptRegistry.examples(prompt_type)["values"]
        text = PromptRegistry.get_image_prompt(**values, account=site.account, site_id=site.id)
    image = site_settings.read(site)["image_generation"]
    model = Integration(image).image_model(current().settings.default_image_model)
    cost = estimate_image(model, text, FEATURED_SIZE, image["quality"], image["provider"])
    return Trial(Prompt("", text, found.version), model, count_tokens(text), cost)


def _require_type(prompt_type: str) -> None:
    if prompt_type not in list_types():
        raise NotFoundError(f"There is no prompt named {prompt_type!r}.")


def _versions(owner: Owner, prompt_type: str) -> Select[AIPrompt]:
    return select(AIPrompt).where(*_of(owner, prompt_type))


def _of(owner: Owner, prompt_type: str) -> tuple[Any, ...]:
    return (
        AIPrompt.account_id == owner.account.id,
        AIPrompt.site_id == owner.site_id,
        AIPrompt.prompt_type == prompt_type,
    )


def _deactivate(owner: Owner, prompt_type: str) -> None:
    db.session.execute(update(AIPrompt).where(*_of(owner, prompt_type)).values(is_active=False))


def _add_version(owner: Owner, prompt_type: str, template: str) -> AIPrompt:
    newest = db.session.scalar(select(func.max(AIPrompt.version)).where(*_of(owner, prompt_type)))
    _deactivate(owner, prompt_type)
    row = AIPrompt(
        account_id=owner.account.id,
        site_id=owner.site_id,
        prompt_type=prompt_type,
        version=(newest or 0) + 1,
        template=template.strip(),
    )
    db.session.add(row)
    db.session.flush()
    return row
