"""Which models a provider still offers: read at most daily, so that nobody learns it by failing."""

import difflib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import update

from igny8_flask.ai.price_table import bundled_tables
from igny8_flask.ai.prices import find_rate, names_of
from igny8_flask.ai.providers import list_models, normalize_base_url, provider_for
from igny8_flask.ai.settings import get_model_config, load_integration
from igny8_flask.ai.types import CallIntent
from igny8_flask.db import db, upsert, utcnow
from igny8_flask.errors import ProviderError
from igny8_flask.log import get_logger
from igny8_flask.models import ModelListing, Site
from igny8_flask.services import Services

log = get_logger(__name__)

FRESH = timedelta(days=1)
AFTER_FAILURE = timedelta(hours=1)
SIMILAR = 0.85  # likeness of names, 0–1, above which a wrong one is taken for a slip
WITHOUT_LIST = frozenset({"runware"})
UNLISTED = frozenset({"azure"})  # hosts whose callers give models names of their own


@dataclass(frozen=True)
class Offer:
    """What is known of a model: its last day, and whether its provider still lists it."""

    model: str
    ends: date | None
    is_live: bool


def refresh(services: Services, base_url: str, api_key: str) -> ModelListing:
    """Ask the provider now and keep the answer; raises ProviderError."""
    address = normalize_base_url(base_url)
    try:
        models = list_models(services.outbound, address, api_key)
    except ProviderError as error:
        _keep(address, error=error.message)
        raise
    days = {model.id: _iso(model.shutdown_date) for model in models}
    _keep(address, models=days, read_at=utcnow(), error=None)
    return db.session.get_one(ModelListing, address, populate_existing=True)


def refresh_if_due(services: Services, base_url: str, api_key: str) -> None:
    """The same once a day; a failure is noted and tried again in an hour."""
    address = normalize_base_url(base_url)
    if provider_for(address).name in WITHOUT_LIST or not _claim(address):
        return
    try:
        refresh(services, address, api_key)
    except ProviderError as error:
        log.warning("models_not_listed", base_url=address, error=error.message)


def offer(model: str, base_url: str) -> Offer:
    """What the last listing and the price tables say of a model."""
    address = normalize_base_url(base_url)
    listing = db.session.get(ModelListing, address)
    listed = dict(listing.models) if listing else {}
    names = list(names_of(model))
    found = next((name for name in names if name in listed), None)
    ends = date.fromisoformat(listed[found] or "") if found and listed[found] else None
    ends = ends or _end_by_table(model)
    is_gone = ends is not None and ends <= utcnow().date()
    is_missing = bool(listed) and found is None and provider_for(address).name not in UNLISTED
    return Offer(model, ends, not is_gone and not is_missing)


def replacement(model: str, base_url: str, default: str = "") -> str | None:
    """A live model to use instead: a name nearly the same, the advised successor, the default."""
    listing = db.session.get(ModelListing, normalize_base_url(base_url))
    listed = [name for name in (listing.models if listing else {}) if name != model]
    near = difflib.get_close_matches(model, listed, 3, SIMILAR)
    advised = [
        table.replaced_by[name]
        for name in names_of(model)
        for table in bundled_tables()
        if name in table.replaced_by
    ]
    for name in (*advised, *near, default):
        if name and name != model and offer(name, base_url).is_live:
            return name
    return None


def in_words(
    services: Services, error: ProviderError, intent: CallIntent, base_url: str, api_key: str
) -> ProviderError:
    """A failed call's error; where the model is gone, it names one to choose instead."""
    if error.kind != "model":
        return error
    refresh_if_due(services, base_url, api_key)
    is_image = intent.step.startswith("image")
    settings = services.settings
    default = settings.default_image_model if is_image else settings.default_ai_model
    instead = replacement(intent.model, base_url, default)
    advice = f"Choose {instead} instead." if instead else "Choose another model in the settings."
    return ProviderError(
        f"{error.message} {advice}",
        error.kind,
        request_id=error.request_id,
        hint=advice,
        maybe_billed=error.maybe_billed,
        parameter=error.parameter,
    )


def warnings(services: Services, site: Site) -> list[str]:
    """What the owner of a site should know of the models it uses, in words."""
    settings = services.settings
    text = load_integration(site.account_id, site.id, "openai", services.secrets)
    image = load_integration(site.account_id, site.id, "image_generation", services.secrets)
    functions = text.config.get("functions") or {}
    names = {get_model_config(name, text).model for name in ("", *functions)}
    used = {(name or settings.default_ai_model, settings.default_ai_model) for name in names}
    if image.config.get("provider", "openai") == "openai":
        chosen = str(image.config.get("model") or settings.default_image_model)
        used.add((chosen, settings.default_image_model))
    found = (_warning(name, settings.openai_base_url, default) for name, default in sorted(used))
    return [words for words in found if words]


def _warning(model: str, base_url: str, default: str) -> str | None:
    known = offer(model, base_url)
    if known.is_live and known.ends is None:
        return None
    instead = replacement(model, base_url, default)
    advice = f" Choose {instead} instead." if instead else " Choose another model."
    if known.is_live:
        return f"The model {model} ends on {known.ends}.{advice}"
    if known.ends:
        return f"The model {model} ended on {known.ends}.{advice}"
    return f"The provider does not list the model {model}.{advice}"


def _end_by_table(model: str) -> date | None:
    for kind in ("text", "image"):
        found = find_rate(model, kind)
        if found is not None:
            return found.rate.ends
    return None


def _claim(address: str) -> bool:
    """Whether it is time, and nobody else has taken the turn."""
    now = utcnow()
    listing = db.session.get(ModelListing, address, populate_existing=True)
    wait = AFTER_FAILURE if listing is not None and listing.error else FRESH
    if listing is not None and listing.tried_at is not None and listing.tried_at >= now - wait:
        db.session.commit()
        return False
    statement = (
        upsert(ModelListing)
        .values(base_url=address, tried_at=now, models={})
        .on_conflict_do_update(
            index_elements=[ModelListing.base_url],
            set_={"tried_at": now},
            where=ModelListing.tried_at < now - wait,
        )
        .returning(ModelListing.base_url)
    )
    is_ours = db.session.execute(statement).first() is not None
    db.session.commit()
    return is_ours


def _keep(address: str, **values: Any) -> None:
    now = utcnow()
    db.session.execute(
        upsert(ModelListing)
        .values(base_url=address, tried_at=now, models={})
        .on_conflict_do_nothing(index_elements=[ModelListing.base_url])
    )
    db.session.execute(
        update(ModelListing)
        .where(ModelListing.base_url == address)
        .values(tried_at=now, **values)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
