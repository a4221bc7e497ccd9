"""AIEngine: runs any AI function through the six phases.

| phase   | %      | calls                              | rule                                    |
| ------- | ------ | ---------------------------------- | --------------------------------------- |
| INIT    | 0–10   | ``validate``                       | input errors end here, before money     |
| PREP    | 10–25  | ``prepare``, ``build_prompt``      | the only phase that reads domain rows   |
| AI_CALL | 25–70  | ``run_ai_request``, ``generate_image`` | no database session is held open    |
| PARSE   | 70–85  | ``parse_response``                 | pure; one repair pass at most           |
| SAVE    | 85–98  | ``save_output``                    | one transaction with the run's end      |
| DONE    | 98–100 | the run's log                      | follow-up work starts after the commit  |

Errors leave as they are, after ``_handle_error`` wrote them into the steps; the life of the run
decides what becomes of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from igny8_flask.ai.ai_core import AICore
from igny8_flask.ai.base import BaseAIFunction
from igny8_flask.ai.constants import TEXT_SHARE_OF_DRAWING
from igny8_flask.ai.dialogue import Dialogue, Question
from igny8_flask.ai.illustrate import Drawn, draw_all, plan
from igny8_flask.ai.tracker import ConsoleStepTracker, CostTracker, ProgressTracker, StepTracker
from igny8_flask.ai.types import AITaskResult, ParsedReply, Prompt, RunContext
from igny8_flask.db import db, utcnow
from igny8_flask.errors import Igny8Error
from igny8_flask.services import Services

MAX_EXTRA_BATCHES = 3  # for items that cut answers left over


class AIEngine:
    """Executes one run."""

    def __init__(self, services: Services, context: RunContext, function_name: str) -> None:
        self.context = context
        self.steps = StepTracker(function_name)
        self.costs = CostTracker()
        self.console = ConsoleStepTracker(function_name, services.settings.debug)
        self.progress = ProgressTracker(context.report, self.steps)
        self.core = AICore(services, context, self.steps, self.costs, self.console)

    def execute(self, fn: BaseAIFunction, payload: dict[str, Any]) -> AITaskResult:
        """Run the six phases; raises whatever ended them early, an Igny8Error as a rule."""
        try:
            self._init(fn, payload)
            data = self._prep(fn, payload)
            parsed = self._call_and_parse(fn, data)
            result = self._save(fn, parsed, data)
            self.console.done()
            self.core.look_at_models()
        except Igny8Error as error:
            self._handle_error(error)
            raise
        return AITaskResult(
            fn.get_name(), result, self.costs.get_total(), self.costs.get_total_tokens()
        )

    def _init(self, fn: BaseAIFunction, payload: dict[str, Any]) -> None:
        self.console.init(f"{len(payload['ids'])} item(s)")
        self.progress.set_phase("INIT", "Checking the request…")
        fn.validate(payload, self.context.account)
        self.steps.add_request_step("Validate", message=f"{len(payload['ids'])} item(s) accepted")

    def _prep(self, fn: BaseAIFunction, payload: dict[str, Any]) -> dict[str, Any]:
        self.progress.set_phase("PREP", "Gathering what the model needs…")
        data = {**fn.prepare(payload, self.context.account), "round": payload.get("round", 0)}
        items = len(data["items"])
        self.console.prep(f"{items} item(s)")
        self.steps.add_request_step("Prepare", message=f"{items} item(s) loaded")
        return data

    def _call_and_parse(self, fn: BaseAIFunction, data: dict[str, Any]) -> list[Any]:
        batches = list(batches_of(data, fn.get_max_items()))
        limit = len(batches) + MAX_EXTRA_BATCHES
        config = self.core.get_config(fn.get_name())
        model = fn.get_model(self.context.account) or self.core.get_model("openai", fn.get_name())
        suffix = f":r{data['round']}" if data["round"] else ""
        parsed: list[ParsedReply] = []
        dialogue = Dialogue(self.context, self.core, self.steps, self.progress, self.console)
        for number, batch in enumerate(batches, start=1):
            batch["earlier"] = tuple(parsed)
            prompt = fn.build_prompt(batch, self.context.account)
            data.setdefault("provenance", self._provenance(model, prompt))
            db.session.close()
            position = (number, len(batches))
            call = Question(fn, batch, prompt, replace(config, model=model), position, suffix)
            parsed.append(dialogue.ask(call))
            rest = _left_over(batch, parsed[-1])
            if rest and len(batches) < limit:
                batches.append({**batch, "items": rest})
        if fn.get_metadata().draws:
            data["drawn"] = list(self._draw(parsed, data))
        return parsed

    def _provenance(self, model: str, prompt: Prompt) -> dict[str, Any]:
        return {
            "model": model,
            "prompt_version": prompt.version,
            "run": str(self.context.task_id),
            "provider": "sandbox" if self.core.is_sandbox() else "openai",
            "sandbox": self.core.is_sandbox(),
            "generated_at": utcnow().isoformat(timespec="seconds"),
        }

    def _draw(self, parsed: Sequence[Any], data: dict[str, Any]) -> Iterator[Drawn]:
        slots = plan([row for reply in parsed for row in reply.rows], data)
        context = self.context
        drawn = draw_all(self.core, slots, data, context.account, context.task_id)
        for number, slot in enumerate(slots):
            share = TEXT_SHARE_OF_DRAWING + (1 - TEXT_SHARE_OF_DRAWING) * number / len(slots)
            words = f"Drawing image {number + 1} of {len(slots)}…"
            self.progress.set_phase("AI_CALL", words, share)
            context.check()
            yield next(drawn)
            self.steps.add_response_step("Image", message=f"{slot.kind} {slot.position}")

    def _save(
        self, fn: BaseAIFunction, parsed: Sequence[Any], data: dict[str, Any]
    ) -> dict[str, Any]:
        self.context.check()
        self.console.save("one transaction")
        self.progress.set_phase("SAVE", "Saving…")

        def save() -> dict[str, Any]:
            result = fn.save_output(parsed, data, self.context.account, self.progress, self.steps)
            self.steps.add_response_step("Save", message="Saved")
            return {**result, "steps": self.steps.get_meta(), "provenance": data["provenance"]}

        return self.context.complete(save)

    def _handle_error(self, error: Igny8Error) -> None:
        self.console.error(error.code, error.message)
        self.steps.add_response_step("Error", "error", error.message, error.code)


def _left_over(batch: dict[str, Any], parsed: ParsedReply) -> list[Any]:
    """Items that a cut answer did not reach; they are asked for again."""
    label = batch.get("label")
    if label is None or not parsed.partial:
        return []
    names = set(parsed.unassigned)
    return [item for item in batch["items"] if label(item) in names]


def batches_of(data: dict[str, Any], size: int | None) -> Iterator[dict[str, Any]]:
    """The prepared data once for each request to the model, ``size`` items each."""
    items = data["items"]
    for start in range(0, len(items), size or len(items) or 1):
        yield {**data, "items": items[start : start + (size or len(items))]}
