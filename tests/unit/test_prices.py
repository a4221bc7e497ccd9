"""Prices: names, arithmetic by hand, and what stays unknown."""

import json
from decimal import Decimal
from importlib.resources import files

import pytest
from flask import Flask

from igny8_flask.ai.estimates import count_tokens, estimate_image, estimate_text
from igny8_flask.ai.price_table import bundled_tables, parse_rate
from igny8_flask.ai.prices import find_rate, price_of
from igny8_flask.ai.providers import ImageUsage, Usage
from igny8_flask.sandbox.catalog import MODELS, image_cost, text_cost
from igny8_flask.sandbox.tokens import count_tokens as tokens_billed

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize(
    ("asked", "provider", "found"),
    [
        ("gpt-6-luna", "", "gpt-6-luna"),
        ("gpt-6-luna-2026-09-01", "", "gpt-6-luna"),
        ("openai/gpt-6-luna", "openrouter", "gpt-6-luna"),
        ("openai/gpt-6-luna-2026-09-01", "", "gpt-6-luna"),
        ("mistral-small-latest", "mistral", "mistral/mistral-small-latest"),
        ("gemini-3.8-flash", "gemini", "gemini/gemini-3.8-flash"),
        ("gpt-6.2-astra", "", "gpt-6.2-astra"),
    ],
)
def test_a_model_is_found_under_the_forms_of_its_name(
    asked: str, provider: str, found: str
) -> None:
    price = find_rate(asked, provider=provider)
    assert price
    assert price.name == found


@pytest.mark.parametrize("asked", ["gpt-6-lunar", "", "luna", "gpt-image-2.5-flare", "llama3.2"])
def test_what_is_not_listed_as_text_has_no_price(asked: str) -> None:
    assert find_rate(asked) is None
    assert price_of(asked, Usage(10, 0, 0, 10, 0)) is None


@pytest.mark.parametrize(
    ("model", "usage", "tier", "dollars"),
    [
        # 1000 × 0.10 + 500 × 0.50
        ("gpt-6-luna", Usage(1000, 0, 0, 500, 0), "", "0.00035"),
        # 600 × 0.10 + 300 × 0.01 + 100 × 0.125 + 500 × 0.50; reasoning is inside the 500
        ("gpt-6-luna", Usage(1000, 300, 100, 500, 400), "default", "0.0003255"),
        # the same halved and doubled
        ("gpt-6-luna", Usage(1000, 300, 100, 500, 400), "flex", "0.00016275"),
        ("gpt-6-luna", Usage(1000, 300, 100, 500, 400), "priority", "0.000651"),
        ("gpt-6-luna", Usage(1000, 300, 100, 500, 400), "fast", "0.000651"),
        # gpt-4o's own factor for priority is 1.7: (1000 × 2.50 + 1000 × 10) × 1.7
        ("gpt-4o", Usage(1000, 0, 0, 1000, 0), "priority", "0.02125"),
        # 272,000 is not above the threshold: 272000 × 2 + 1000 × 10
        ("gpt-6.1-sol", Usage(272_000, 0, 0, 1000, 0), "", "0.554"),
        # above it all of the request is dearer: 200000 × 4 + 100000 × 0.2 + 1000 × 15
        ("gpt-6.1-sol", Usage(300_000, 100_000, 0, 1000, 0), "", "0.835"),
        # no price of its own for cached tokens' writing: as fresh ones
        ("gpt-5.4-mini", Usage(1000, 0, 400, 0, 0), "", "0.00075"),
        # more cached than sent is a provider's slip and never a negative price
        ("gpt-6-luna", Usage(100, 200, 0, 0, 0), "", "0.000002"),
    ],
)
def test_text_costs_what_a_hand_computes(model: str, usage: Usage, tier: str, dollars: str) -> None:
    assert price_of(model, usage, tier=tier) == Decimal(dollars)


def test_pictures_cost_their_tokens() -> None:
    # 50 × 5 + 100 × 8 + 1756 × 30
    usage = ImageUsage(50, 100, 1756)
    assert price_of("gpt-image-2.5-flare", usage, "image") == Decimal("0.05373")


def test_a_picture_without_usage_is_of_unknown_price_where_tokens_are_billed() -> None:
    assert price_of("gpt-image-2.5-flare", None, "image", pixels=1024 * 1024) is None
    assert price_of("gpt-image-2.5-flare", ImageUsage(5, 0, 0), "image") is None


def test_a_price_that_moves_serves_estimates_only() -> None:
    assert price_of("runware:97@1", None, "image", pixels=1024 * 1024) is None
    estimate = estimate_image("runware:97@1", "a tree", (1024, 1024), "medium", "runware")
    assert estimate == pytest.approx(Decimal("0.009"), rel=Decimal("0.01"))


def test_an_unknown_model_has_no_estimate_either() -> None:
    assert estimate_text("gpt-6-lunar", "words", 100) is None
    assert estimate_image("dream-7", "a tree", (1024, 1024), "medium") is None


@pytest.mark.parametrize("quality", ["low", "medium", "high", "unheard-of"])
@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024)])
@pytest.mark.parametrize("model", ["gpt-image-2.5-flare", "gpt-image-2.6-flare", "gpt-image-1.5"])
def test_an_estimate_of_a_picture_is_not_below_its_bill(
    model: str, size: tuple[int, int], quality: str
) -> None:
    tokens = {"low": 196, "medium": 439, "high": 1756}.get(quality, 439)
    if model.startswith("gpt-image-2.6"):
        tokens = round(tokens * 3.5)
    output = round(tokens * size[0] * size[1] / 1024**2)
    bill = price_of(model, ImageUsage(100, 0, output), "image")
    estimate = estimate_image(model, "many words " * 37, size, quality)
    assert bill
    assert estimate
    assert bill <= estimate


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog.",
        '{"keywords": ["how to prune an apple tree", "apple tree care"]}',
        "如何修剪苹果树",
        "Как обрезать яблоню весной",
        "1234567890",
    ],
)
def test_tokens_are_counted_rather_too_many(text: str) -> None:
    assert tokens_billed(text) <= count_tokens(text) <= 2.5 * tokens_billed(text)


@pytest.mark.parametrize("name", [name for name, m in MODELS.items() if m.price_out])
def test_the_tables_agree_with_the_sandbox(name: str) -> None:
    model = MODELS[name]
    if model.kind == "text":
        bill = text_cost(model, {"prompt": 10_000, "cached": 3000, "completion": 2000})
        ours = price_of(name, Usage(10_000, 3000, 0, 2000, 0))
    else:
        bill = image_cost(model, 120, 2000)
        ours = price_of(name, ImageUsage(120, 0, 2000), "image")
    assert ours == pytest.approx(Decimal(str(bill)), abs=Decimal("0.00000001"))


def test_every_bundled_row_can_be_read_and_the_table_is_small(app: Flask) -> None:
    for table in bundled_tables():
        assert table.snapshot >= "2026-11-22"
        for name, row in table.rows.items():
            assert parse_rate(name, row)
    data = files("igny8_flask.ai").joinpath("data")
    text = data.joinpath("prices.json").read_text(encoding="utf-8")
    assert len(text.encode()) < 300_000
    assert "MIT License" in json.loads(text)["notice"]
    assert "MIT License" in data.joinpath("LICENSE-litellm.txt").read_text(encoding="utf-8")
