"""One question to a model until there is a usable answer: ask, continue, repair.

A reply that was cut is continued at most twice; a reply that cannot be used, or that falls short
of what was asked, gets one repair pass. Whatever is better then is the answer.
"""

from dataclasses import dataclass
from typing import Any

from igny8_flask.ai.ai_core import AICore
from igny8_flask.ai.base import BaseAIFunction
from igny8_flask.ai.constants import TEXT_SHARE_OF_DRAWING
from igny8_flask.ai.providers import TextReply
from igny8_flask.ai.settings import ModelConfig
from igny8_flask.ai.tracker import ConsoleStepTracker, ProgressTracker, StepTracker
from igny8_flask.ai.types import ParsedReply, Prompt, RunContext
from igny8_flask.errors import ReplyError

MAX_CONTINUATIONS = 2
OVERLAP_CHARS = 400  # how far back a continuation may repeat what stands already
MIN_OVERLAP_CHARS = 8
CONTINUE = (
    "Continue exactly where you stopped, in the same form. Write only what is missing, without"
    " repeating anything."
)
REPAIR = (
    "That answer cannot be used: {reason} Answer again, complete, as exactly one JSON object of the"
    " described form and nothing else."
)
REVISE = "That answer falls short: {reason} Write the whole answer again with this mended."


@dataclass(frozen=True)
class Question:
    """What is asked: one batch of a run. ``position`` is (number, of how many), from 1."""

    fn: BaseAIFunction
    batch: dict[str, Any]
    prompt: Prompt
    config: ModelConfig
    position: tuple[int, int]
    suffix: str

    def asked(self) -> dict[str, Any]:
        """What the question was about, for the parser."""
        return {key: value for key, value in self.batch.items() if key not in _NOT_ASKED}

    def expected_chars(self) -> int:
        """How long an answer will be, roughly, so that the bar can follow the stream."""
        words = sum(getattr(item, "word_count", 0) or 0 for item in self.batch["items"])
        return int(words * 8) or 2000

    def step(self, name: str) -> str:
        """Name of one call of this question, stable over retries of the run."""
        return f"text:{self.position[0]}{name}{self.suffix}"


_NOT_ASKED = {
    "site_id",
    "provenance",
    "language",
    "tone",
    "drawn",
    "mobile",
    "text",
    "round",
    "label",
}


class Dialogue:
    """Asks questions on behalf of one run."""

    def __init__(
        self,
        context: RunContext,
        core: AICore,
        steps: StepTracker,
        progress: ProgressTracker,
        console: ConsoleStepTracker,
    ) -> None:
        self._context, self._core = context, core
        self._steps, self._progress, self._console = steps, progress, console

    def ask(self, question: Question) -> ParsedReply:
        """The best usable reply; raises ReplyError when there is none."""
        text, parsed = self._answer(question, question.prompt, "")
        reason = self._complaint(parsed)
        if reason:
            self._console.retry(2, 2, reason)
            words = (REPAIR if parsed.error else REVISE).format(reason=reason)
            prompt = question.prompt.after(text, words)
            _, second = self._answer(question, prompt, ":repair")
            parsed = _better(parsed, second)
        if parsed.error is not None:
            # Asked twice already: the stored answers would only be read once more.
            raise ReplyError(parsed.error.message, parsed.error.kind, retryable=False)
        return parsed

    @staticmethod
    def _complaint(parsed: ParsedReply) -> str:
        if parsed.error is not None:
            return parsed.error.message if parsed.error.retryable else ""
        return parsed.shortfall

    def _answer(self, question: Question, prompt: Prompt, name: str) -> tuple[str, ParsedReply]:
        """One reply, continued while it is cut."""
        schema = question.prompt.schema or question.fn.get_metadata().schema
        reply = self._request(question, prompt, question.step(name), schema)
        text, parsed = reply.text, self._parse(question, reply.text, reply)
        for number in range(1, MAX_CONTINUATIONS + 1):
            if not (parsed.partial and question.fn.get_metadata().continues):
                break
            step = question.step(f"{name}:more{number}")
            reply = self._request(question, prompt.after(text, CONTINUE), step, None)
            text = join(text, reply.text)
            parsed = self._parse(question, text, reply)
        return text, parsed

    def _request(
        self, question: Question, prompt: Prompt, step: str, schema: dict[str, Any] | None
    ) -> TextReply:
        self._context.check()
        self._console.ai_call(f"{step} → {question.config.model}")
        number, total = question.position
        end = TEXT_SHARE_OF_DRAWING if question.fn.get_metadata().draws else 1.0
        expected, seen = question.expected_chars(), 0

        def on_text(piece: str) -> None:
            nonlocal seen
            seen += len(piece)
            if self._progress.is_fresh():
                return
            done = (number - 1 + min(seen / expected, 1.0)) / total
            words = f"The model is writing… {seen:,} characters"
            self._progress.set_phase("AI_CALL", words, done * end)

        waiting = "Waiting for the model…" if total == 1 else f"Asking part {number} of {total}…"
        self._progress.set_phase("AI_CALL", waiting, (number - 1) / total * end)
        return self._core.run_ai_request(
            prompt,
            model=question.config.model,
            max_tokens=question.config.max_tokens,
            temperature=question.config.temperature,
            reasoning_effort=question.config.reasoning_effort,
            response_format=schema,
            function_name=question.fn.get_name(),
            step=step,
            on_text=on_text,
        )

    def _parse(self, question: Question, text: str, reply: TextReply) -> ParsedReply:
        number, total = question.position
        if number == total and not question.fn.get_metadata().draws:
            self._progress.set_phase("PARSE", "Reading the answer…")
        finish = "length" if reply.truncated_stream else reply.finish_reason
        self._console.parse(f"{len(text)} characters, finish_reason {finish!r}")
        parsed = question.fn.parse_response(
            reply.refusal or text, self._steps, finish_reason=finish, **question.asked()
        )
        if parsed.error is not None:
            self._console.malformed_json(parsed.error.message)
            self._steps.add_response_step("Parse", "error", parsed.error.message, parsed.error.code)
        else:
            words = "cut off, its whole part kept" if parsed.partial else "understood"
            self._steps.add_response_step("Parse", message=f"{len(text)} characters {words}")
        return parsed


def join(text: str, rest: str) -> str:
    """A cut text and its continuation, without what the continuation repeats."""
    for size in range(min(OVERLAP_CHARS, len(rest)), MIN_OVERLAP_CHARS - 1, -1):
        if text.endswith(rest[:size]):
            return text + rest[size:]
    return text + rest


def _better(first: ParsedReply, second: ParsedReply) -> ParsedReply:
    def rank(reply: ParsedReply) -> tuple[bool, bool, bool]:
        return reply.error is None, not reply.partial, not reply.shortfall

    return second if rank(second) >= rank(first) else first
