"""Reading foreign price files: litellm's public table, or a file in our own form."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from igny8_flask.ai.price_table import TIER_FACTORS, parse_rate
from igny8_flask.db import utcnow
from igny8_flask.errors import InputError

HOSTS = frozenset(
    ("openai", "azure", "gemini", "anthropic", "groq", "mistral", "xai", "deepseek", "cerebras")
) | {"together_ai", "openrouter"}
MODES = {"chat": "text", "responses": "text", "image_generation": "image"}
MAX_BYTES = 32 * 1024 * 1024
MILLION = 1_000_000
MAX_NAME_CHARS = 200
NOTICE = (
    "Prices cut from model_prices_and_context_window.json of LiteLLM, MIT License, Copyright (c)"
    " 2023 Berri AI; the licence text stands in LICENSE-litellm.txt beside this file."
)
_LONG = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_TOKENS = {
    "input": "input_cost_per_token",
    "cached": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "output": "output_cost_per_token",
}
_IMAGES = {
    "image_input": "input_cost_per_image_token",
    "image_output": "output_cost_per_image_token",
}
_EACH = {
    "per_image": ("output_cost_per_image", "input_cost_per_image"),
    "per_pixel": ("output_cost_per_pixel", "input_cost_per_pixel"),
}


def read_price_file(path: Path) -> dict[str, dict[str, Any]]:
    """Rows of a price file by model, each checked; raises InputError for what cannot be used."""
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{path.name} is larger than {MAX_BYTES // 1024**2} MiB.")
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise InputError(f"{path.name} must hold one JSON object.")
    own = document.get("models")
    rows = own if isinstance(own, dict) else _from_litellm(document)
    if not rows:
        raise InputError(f"{path.name} holds no prices that we understand.")
    for model, row in rows.items():
        if not 0 < len(model) <= MAX_NAME_CHARS:
            raise InputError(f"The model name {model[:50]!r} is too long.")
        parse_rate(model, row)
    return rows


def bundle(rows: Mapping[str, Any], source: str) -> str:
    """The text of a bundled table: one line a model, so that changes can be read."""
    head = {"snapshot": utcnow().date().isoformat(), "source": source, "notice": NOTICE}
    lines = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in head.items()]
    models = [f"    {json.dumps(name)}: {json.dumps(rows[name])}" for name in sorted(rows)]
    return "\n".join(["{", *lines, '  "models": {', ",\n".join(models), "  }", "}"]) + "\n"


def _from_litellm(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for model, source in document.items():
        if not isinstance(source, dict) or source.get("litellm_provider") not in HOSTS:
            continue
        kind = MODES.get(str(source.get("mode")))
        row = _text_row(source) if kind == "text" else _image_row(source) if kind else None
        if row is not None:
            rows[model] = row
    return rows


def _text_row(source: Mapping[str, Any]) -> dict[str, Any] | None:
    row = {name: _per_million(source.get(key)) for name, key in _TOKENS.items()}
    if row["input"] is None or row["output"] is None or row["input"] == row["output"] == "0":
        return None
    return _without_none({**row, "long": _long(source), "tiers": _tiers(source), **_ends(source)})


def _image_row(source: Mapping[str, Any]) -> dict[str, Any] | None:
    row: dict[str, Any] = {"kind": "image"}
    for name, key in {**_TOKENS, **_IMAGES}.items():
        row[name] = _per_million(source.get(key))
    row["image_output"] = row["image_output"] or row["output"]
    for name, keys in _EACH.items():
        found = [source[key] for key in keys if source.get(key)]
        row[name] = _plain(Decimal(found[0])) if found else None
    if not any(row[name] for name in ("image_output", "per_image", "per_pixel")):
        return None
    return _without_none({**row, **_ends(source)})


def _long(source: Mapping[str, Any]) -> dict[str, Any] | None:
    """The first threshold above which the whole request costs more."""
    found = sorted(int(match[1]) for key in source if (match := _LONG.fullmatch(key)))
    if not found:
        return None
    suffix = f"_above_{found[0]}k_tokens"
    prices = {name: _per_million(source.get(key + suffix)) for name, key in _TOKENS.items()}
    return _without_none({"above": found[0] * 1000, **prices})


def _tiers(source: Mapping[str, Any]) -> dict[str, str] | None:
    """Factors of tiers that differ from the usual ones; the dearest part of a price decides."""
    factors = {}
    for tier in ("flex", "priority"):
        pairs = [(source.get(f"{key}_{tier}"), source.get(key)) for key in _TOKENS.values()]
        known = [Decimal(dear) / Decimal(plain) for dear, plain in pairs if dear and plain]
        if known and max(known) != TIER_FACTORS[tier]:
            factors[tier] = _plain(max(known).quantize(Decimal("0.001")))
    return factors or None


def _ends(source: Mapping[str, Any]) -> dict[str, str | None]:
    day = str(source.get("deprecation_date") or "")
    return {"ends": day if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else None}


def _per_million(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        return None
    return _plain(Decimal(value) * MILLION)


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _without_none(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}
