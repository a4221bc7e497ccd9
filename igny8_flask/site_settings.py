"""Settings of a site that its owner may change, with their defaults and limits."""

from typing import Any

from sqlalchemy import select

from igny8_flask.db import db
from igny8_flask.errors import InputError
from igny8_flask.models import IntegrationSettings, Site

DEFAULTS: dict[str, dict[str, Any]] = {
    "openai": {"model": ""},
    "image_generation": {
        "provider": "openai",
        "model": "",
        "quality": "medium",
        "featured": True,
        "in_article_images": 0,
        "mobile_images": False,
    },
    "brand": {"language": "English", "tone": "", "audience": ""},
    "publishing": {
        "auto": True,
        "status": "draft",
        "post_type": "post",
        "create_terms": False,
        "moderation": True,
        "categories": [],
    },
}
CHOICES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("image_generation", "provider"): ("openai", "runware"),
    ("image_generation", "quality"): ("low", "medium", "high"),
    ("image_generation", "in_article_images"): tuple(range(7)),
    ("publishing", "status"): ("draft", "pending", "publish"),
}
TEXT_MAX_CHARS = 2000


def read(site: Site) -> dict[str, dict[str, Any]]:
    """Every area of the site's settings, defaults filled in; never a secret."""
    rows = db.session.scalars(
        select(IntegrationSettings).where(IntegrationSettings.site_id == site.id)
    )
    stored = {row.integration_type: row.config for row in rows}
    return {area: {**defaults, **stored.get(area, {})} for area, defaults in DEFAULTS.items()}


def update(site: Site, changes: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Change the given values and keep the others; raises InputError naming each wrong field."""
    problems: dict[str, list[str]] = {}
    for area, values in changes.items():
        if area not in DEFAULTS or not isinstance(values, dict):
            problems[area] = ["There is no such area of settings."]
            continue
        for name, value in values.items():
            problem = _problem(area, name, value)
            if problem:
                problems[f"{area}.{name}"] = [problem]
    if problems:
        raise InputError("Some settings cannot be used as they are.", fields=problems)
    for area, values in changes.items():
        row = db.session.scalars(
            select(IntegrationSettings).where(
                IntegrationSettings.site_id == site.id,
                IntegrationSettings.integration_type == area,
            )
        ).first()
        if row is None:
            row = IntegrationSettings(
                account_id=site.account_id, site_id=site.id, integration_type=area, config={}
            )
            db.session.add(row)
        row.config = {**row.config, **values}
    db.session.commit()
    return read(site)


def _problem(area: str, name: str, value: Any) -> str | None:
    if name not in DEFAULTS[area]:
        return "There is no such setting."
    default = DEFAULTS[area][name]
    if type(value) is not type(default):
        return f"Must be {_WORDS[type(default)]}."
    allowed = CHOICES.get((area, name))
    if allowed and value not in allowed:
        return f"Must be one of {', '.join(map(str, allowed))}."
    if isinstance(value, str) and len(value) > TEXT_MAX_CHARS:
        return f"At most {TEXT_MAX_CHARS} characters."
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        return "Must be a list of texts."
    return None


_WORDS = {bool: "true or false", str: "a text", int: "a whole number", list: "a list"}
