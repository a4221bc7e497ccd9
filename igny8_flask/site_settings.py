"""Settings that owners may change: of an account, and nearer ones of its sites.

Defaults ← account ← site; an empty text or null says nothing. Caps are the exception: those of
the account and of the site both hold, see ``budgets``.
"""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from igny8_flask import publishing_rules
from igny8_flask.ai.settings import MODEL_CONFIG, overlay
from igny8_flask.db import db
from igny8_flask.errors import InputError
from igny8_flask.models import Account, IntegrationSettings, Site

BUDGET = "budget"
DEFAULTS: dict[str, dict[str, Any]] = {
    "openai": {"model": "", "functions": {}},
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
        "author": "",
        "moderation": True,
        "create_terms": False,
        "categories": [],
        "internal_links": 3,
        "approve_first": False,
        "which": "all",
        "content_types": [],
        "daily_max": 0,
        "slots": [],
        "weekdays": [],
        "drip_minutes": 0,
        "paused": False,
    },
    BUDGET: {"run_usd": None, "day_usd": None, "month_usd": None},
}
ACCOUNT_BUDGET = {**DEFAULTS[BUDGET], "unknown_call_usd": None}
CHOICES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("image_generation", "provider"): ("openai", "runware"),
    ("image_generation", "quality"): ("low", "medium", "high"),
    ("image_generation", "in_article_images"): tuple(range(7)),
    ("publishing", "status"): ("draft", "pending", "publish"),
    ("publishing", "which"): ("all", "chosen"),
}
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
TEXT_MAX_CHARS = 2000
MODEL_MAX_CHARS = 120
MAX_CAP_USD = 1_000_000
OUTPUT_TOKENS = (256, 128_000)

Settings = dict[str, dict[str, Any]]


def read(site: Site) -> Settings:
    """Every area as it applies to the site, and its own caps; never a secret."""
    stored = _stored(site.account_id, site.id)
    merged = _laid_over(DEFAULTS, stored[None])
    merged[BUDGET] = dict(DEFAULTS[BUDGET])
    return _laid_over(merged, stored[site.id])


def read_account(account: Account) -> Settings:
    """Every area as it applies to the account's sites, and the account's caps; never a secret."""
    defaults = {**DEFAULTS, BUDGET: ACCOUNT_BUDGET}
    return _laid_over(defaults, _stored(account.id, None)[None])


def update(site: Site, changes: Mapping[str, Any]) -> Settings:
    """Change the given values and keep the others; raises InputError naming each wrong field."""
    _check(changes, DEFAULTS)
    _store(site.account_id, site.id, changes)
    return read(site)


def update_account(account: Account, changes: Mapping[str, Any]) -> Settings:
    """The same for the account."""
    _check(changes, {**DEFAULTS, BUDGET: ACCOUNT_BUDGET})
    _store(account.id, None, changes)
    return read_account(account)


def _stored(account_id: uuid.UUID, site_id: uuid.UUID | None) -> dict[uuid.UUID | None, Settings]:
    """The stored areas of the account (under None) and of the site."""
    rows = db.session.scalars(
        select(IntegrationSettings).where(
            IntegrationSettings.account_id == account_id,
            (IntegrationSettings.site_id.is_(None)) | (IntegrationSettings.site_id == site_id),
        )
    )
    found: dict[uuid.UUID | None, Settings] = {None: {}, site_id: {}}
    for row in rows:
        found[row.site_id][row.integration_type] = row.config
    return found


def _laid_over(under: Settings, over: Settings) -> Settings:
    return {area: overlay(values, over.get(area, {})) for area, values in under.items()}


def _store(account_id: uuid.UUID, site_id: uuid.UUID | None, changes: Mapping[str, Any]) -> None:
    for area, values in changes.items():
        row = db.session.scalars(
            select(IntegrationSettings).where(
                IntegrationSettings.account_id == account_id,
                IntegrationSettings.site_id == site_id,
                IntegrationSettings.integration_type == area,
            )
        ).first()
        if row is None:
            row = IntegrationSettings(
                account_id=account_id, site_id=site_id, integration_type=area, config={}
            )
            db.session.add(row)
        row.config = _changed(row.config, values)
    db.session.commit()


def _changed(config: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values with the changes in them; nothing is inherited here."""
    changed = dict(config)
    for name, value in values.items():
        if isinstance(value, Mapping):
            changed[name] = _changed(changed.get(name) or {}, value)
        else:
            changed[name] = float(value) if isinstance(value, Decimal) else value
    return changed


def _check(changes: Mapping[str, Any], allowed: Settings) -> None:
    problems: dict[str, list[str]] = {}
    for area, values in changes.items():
        if area not in allowed or not isinstance(values, Mapping):
            problems[area] = ["There is no such area of settings."]
            continue
        for name, value in values.items():
            found = _problems(f"{area}.{name}", area, name, value, allowed[area])
            problems |= {path: [words] for path, words in found.items()}
    if problems:
        raise InputError("Some settings cannot be used as they are.", fields=problems)


def _problems(
    path: str, area: str, name: str, value: Any, known: Mapping[str, Any]
) -> dict[str, str]:
    """Paths of wrong values with the reason."""
    if name not in known:
        return {path: "There is no such setting."}
    if (area, name) == ("openai", "functions"):
        return _function_problems(path, value)
    words = _cap_problem(value) if area == BUDGET else _problem(area, name, value)
    return {path: words} if words else {}


def _problem(area: str, name: str, value: Any) -> str | None:
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
    return publishing_rules.problem(name, value) if area == "publishing" else None


def _cap_problem(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return "Must be an amount in US dollars, or null for none."
    return None if 0 <= value <= MAX_CAP_USD else f"Must lie between 0 and {MAX_CAP_USD}."


def _function_problems(path: str, value: Any) -> dict[str, str]:
    """Wrong values in what is chosen for single AI functions."""
    if not isinstance(value, Mapping):
        return {path: "Must be an object of AI functions."}
    problems: dict[str, str] = {}
    for function, choices in value.items():
        if function not in MODEL_CONFIG or not isinstance(choices, Mapping):
            problems[f"{path}.{function}"] = "There is no such AI function."
            continue
        for name, choice in choices.items():
            check = _FUNCTION_CHECKS.get(name)
            words = check(choice) if check else "There is no such setting."
            if words and (choice is not None or not check):
                problems[f"{path}.{function}.{name}"] = words
    return problems


def _wrong_model(value: Any) -> str | None:
    usable = isinstance(value, str) and len(value) <= MODEL_MAX_CHARS
    return None if usable else f"Must be a text of at most {MODEL_MAX_CHARS} characters."


def _wrong_tokens(value: Any) -> str | None:
    low, high = OUTPUT_TOKENS
    usable = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    return None if usable else f"Must be a whole number from {low} to {high}."


def _wrong_temperature(value: Any) -> str | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if number and 0 <= value <= 2 else "Must be a number from 0 to 2."


def _wrong_effort(value: Any) -> str | None:
    return None if value in ("", *EFFORTS) else f"Must be one of {', '.join(EFFORTS)}."


_FUNCTION_CHECKS = {
    "model": _wrong_model,
    "max_tokens": _wrong_tokens,
    "temperature": _wrong_temperature,
    "reasoning_effort": _wrong_effort,
}  # null takes a choice back
_WORDS = {bool: "true or false", str: "a text", int: "a whole number", list: "a list"}
