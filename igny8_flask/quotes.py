"""What work would cost, said before it is accepted, from the very prompts that would be sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from sqlalchemy import select

from igny8_flask import budgets, site_settings
from igny8_flask.ai.base import BaseAIFunction
from igny8_flask.ai.constants import DESKTOP_SIZE, FEATURED_SIZE, MOBILE_SIZE
from igny8_flask.ai.engine import batches_of
from igny8_flask.ai.estimates import estimate_image, estimate_text
from igny8_flask.ai.registry import get_function_instance
from igny8_flask.ai.settings import Integration, ModelConfig, get_model_config, load_integration
from igny8_flask.db import db
from igny8_flask.errors import BudgetError
from igny8_flask.jobs import LIVE, work_key
from igny8_flask.ledger import credits_for
from igny8_flask.models import AITaskLog, Site, Task
from igny8_flask.services import current

SAMPLE = 5  # runs of a batch whose prompts are really rendered; the others cost as these do
TOKENS_PER_WORD = 1.4
ANSWER_TOKENS = {"auto_cluster": 15, "generate_ideas": 1200, "generate_images": 250}  # per item
ARTICLE_EXTRA_TOKENS = 500  # titles, terms and questions that come with an article
IMAGE_PROMPT_CHARS = 600


@dataclass(frozen=True)
class Cost:
    """Dollars of some calls: as expected, and at most; ``unpriced`` calls have no known price."""

    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    unpriced: int = 0

    def plus(self, other: "Cost") -> "Cost":
        """Both together."""
        unpriced = self.unpriced + other.unpriced
        return Cost(self.low + other.low, self.high + other.high, unpriced)


@dataclass(frozen=True)
class Quote:
    """The price of a request; ``dearest`` is its dearest single run."""

    function: str
    model: str
    runs: int
    cost: Cost
    dearest: Cost
    credits: int

    def amount(self, site: Site, cost: Cost) -> Decimal:
        """What a cost counts against the caps, at most."""
        return cost.high + cost.unpriced * budgets.unknown_call_usd(site.account_id)

    def check(self, site: Site) -> None:
        """Raise BudgetError when it does not fit what is left."""
        budgets.check(site, self.amount(site, self.cost), self.amount(site, self.dearest))

    def refusal(self, site: Site) -> str | None:
        """Why it would be refused now, or None."""
        try:
            self.check(site)
        except BudgetError as error:
            return error.message
        return None


def quote(
    site: Site, function_name: str, ids: Sequence[uuid.UUID], options: Mapping[str, Any]
) -> Quote:
    """The price of a request with these options; raises InputError and NotFoundError like it."""
    fn = get_function_instance(function_name)
    ids = list(dict.fromkeys(ids))
    fn.validate({"site_id": site.id, "ids": ids, "options": dict(options)}, site.account)
    pricing = _Pricing(site, fn)
    groups = [[one] for one in ids] if fn.get_metadata().per_item else [ids]
    priced = [pricing.run(group, options) for group in groups[:SAMPLE]]
    costs = [cost for cost, _ in priced]
    return Quote(
        fn.get_name(),
        pricing.config.model,
        len(groups),
        _scaled(costs, len(groups)),
        max(costs, key=lambda cost: (cost.high, cost.unpriced)),
        ceil(sum(taken for _, taken in priced) * len(groups) / len(priced)),
    )


def quote_title(site: Site, title: str, options: Mapping[str, Any]) -> Quote:
    """The price of writing an article that only its title is known of; leaves no task behind."""
    task = Task(account_id=site.account_id, site_id=site.id, title=title)
    db.session.add(task)
    db.session.flush()
    try:
        return quote(site, "generate_content", [task.id], options)
    finally:
        db.session.rollback()


def refuse_above_caps(
    site: Site, function_name: str, ids: Sequence[uuid.UUID], options: Mapping[str, Any]
) -> None:
    """Raise BudgetError when what of this is not in work already does not fit the caps."""
    if not budgets.has_caps(site):
        return
    fn = get_function_instance(function_name)
    groups = [[one] for one in ids] if fn.get_metadata().per_item else [list(ids)]
    keys = {work_key(fn.get_name(), group): group for group in groups}
    live = db.session.scalars(
        select(AITaskLog.work_key).where(
            AITaskLog.site_id == site.id,
            AITaskLog.work_key.in_(keys),
            AITaskLog.state.in_(LIVE),
        )
    )
    for key in live:
        del keys[key]
    if fresh := [one for group in keys.values() for one in group]:
        quote(site, function_name, fresh, options).check(site)


class _Pricing:
    """Prices the runs of one function on one site."""

    def __init__(self, site: Site, fn: BaseAIFunction) -> None:
        services = current()
        text = load_integration(site.account_id, site.id, "openai", services.secrets)
        config = get_model_config(fn.get_name(), text)
        model = fn.get_model(site.account) or config.model or services.settings.default_ai_model
        self.site, self.fn = site, fn
        self.config = ModelConfig(config.max_tokens, model=model)
        self._settings = site_settings.read(site)
        image = self._settings["image_generation"]
        self._image_model = Integration(image).image_model(services.settings.default_image_model)

    def run(self, ids: list[uuid.UUID], options: Mapping[str, Any]) -> tuple[Cost, int]:
        """Cost and credits of one run with what follows from it."""
        images = self._settings["image_generation"]
        payload = {"site_id": self.site.id, "ids": ids, "options": options, "round": 0}
        data = self.fn.prepare({**payload, **self._settings["brand"], **images}, self.site.account)
        cost = Cost()
        for batch in batches_of(data, self.fn.get_max_items()):
            prompt = self.fn.build_prompt({**batch, "earlier": ()}, self.site.account)
            answer = _answer_tokens(self.fn.get_name(), batch)
            cost = cost.plus(self._text(prompt.system + prompt.user, answer))
        words = int(data.get("word_count") or 0)
        counted = {"count": len(data["items"]), "word_count": words, "images": 0}
        if self.fn.get_metadata().draws:
            cost = cost.plus(self._pictures(len(data["headings"])))
            counted["images"] = self._count(len(data["headings"]))
        taken = credits_for(self.fn.get_name(), counted)
        if self.fn.get_name() == "generate_content" and options.get("images"):
            cost = cost.plus(self._illustration(words))
            counted["images"] = self._count(images["in_article_images"])
            taken += credits_for("generate_images", counted)
        return cost, taken

    def _illustration(self, words: int) -> Cost:
        """The image run that follows an article of so many words."""
        sections = self._settings["image_generation"]["in_article_images"]
        answer = ANSWER_TOKENS["generate_images"] * (1 + sections)
        return self._text("word " * ceil(words * TOKENS_PER_WORD), answer).plus(
            self._pictures(sections)
        )

    def _text(self, text: str, answer_tokens: int) -> Cost:
        low = estimate_text(self.config.model, text, min(answer_tokens, self.config.max_tokens))
        high = estimate_text(self.config.model, text, self.config.max_tokens)
        return Cost(unpriced=1) if low is None or high is None else Cost(low, high)

    def _pictures(self, sections: int) -> Cost:
        image = self._settings["image_generation"]
        sizes = [FEATURED_SIZE, *[DESKTOP_SIZE] * sections]
        sizes += [MOBILE_SIZE] * (sections if image["mobile_images"] else 0)
        total = Cost()
        for size in sizes:
            prompt = "x" * IMAGE_PROMPT_CHARS
            way = (image["quality"], image["provider"])
            each = estimate_image(self._image_model, prompt, size, *way)
            total = total.plus(Cost(unpriced=1) if each is None else Cost(each, each))
        return total

    def _count(self, sections: int) -> int:
        return 1 + sections * (2 if self._settings["image_generation"]["mobile_images"] else 1)


def _answer_tokens(function_name: str, batch: Mapping[str, Any]) -> int:
    if function_name == "generate_content":
        return ceil(int(batch["word_count"]) * TOKENS_PER_WORD) + ARTICLE_EXTRA_TOKENS
    items: Sequence[Any] = batch["items"]
    return ANSWER_TOKENS.get(function_name, 500) * max(len(items), 1)


def _scaled(costs: Sequence[Cost], runs: int) -> Cost:
    """A sample's costs for all runs: the mean of what is expected, the most of the rest."""
    low = sum((cost.low for cost in costs), Decimal(0)) / len(costs) * runs
    high = max(cost.high for cost in costs) * runs
    return Cost(low, high, max(cost.unpriced for cost in costs) * runs)
