"""Judging a reply as a whole: refusals, filters, loops, and the naming of faults."""

import re
import zlib
from collections import Counter
from typing import Any

from igny8_flask.ai.replies.extract import ExtractedJSON
from igny8_flask.ai.replies.refusals import FILTERED, REFUSED
from igny8_flask.ai.replies.text import clean_reply, folded
from igny8_flask.errors import ReplyError

_WORDS = {
    "empty": "The AI returned an empty reply.",
    "truncated": "The AI's reply was cut off before anything usable was complete.",
    "unparseable": "The AI's reply could not be read.",
    "wrong_shape": "The AI's reply does not have the expected form.",
    "no_results": "The AI's reply contains no usable result.",
    "refusal": "The AI declined to answer this request.",
    "content_filter": "The provider's content filter stopped the reply.",
    "degenerate": "The AI got stuck repeating itself.",
}
_FINAL = {"refusal", "content_filter"}
_LENGTH = {"length", "maxtokens", "maxoutputtokens", "modellength", "incomplete", "tokenlimit"}
_FILTER = {"contentfilter", "safety", "prohibitedcontent", "blocklist", "spii", "recitation"}
_SENTENCE = re.compile(r"[^.!?。！？\n]{12,}")
_LONG_REFUSAL = 900


def fault(kind: str, detail: str = "") -> ReplyError:
    """Name what is wrong with a reply; all but refusals and filters are worth another try."""
    message = f"{_WORDS[kind]} {detail}".strip()
    return ReplyError(message, kind, retryable=kind not in _FINAL)


def _reason(finish_reason: str | None) -> str:
    return re.sub(r"[^a-z]", "", str(finish_reason or "").lower())


def was_cut(finish_reason: str | None) -> bool:
    """Whether the provider says that the reply ran into its length limit."""
    return _reason(finish_reason) in _LENGTH


def broke_off(extracted: ExtractedJSON | None, finish_reason: str | None) -> bool:
    """Whether a reply ends too early.

    Closing brackets that are missing behind whole items do not count where the provider says that
    the model had finished.
    """
    if was_cut(finish_reason) or extracted is None:
        return was_cut(finish_reason)
    finished = _reason(finish_reason) in {"stop", "endturn", "eos", "completed"}
    return extracted.ends_half or (extracted.cut and not finished)


def verdict_before(text: object, finish_reason: str | None) -> ReplyError | None:
    """Name the fault of a reply that needs no parsing to be judged."""
    reason = _reason(finish_reason)
    if reason in _FILTER:
        return fault("content_filter")
    if reason == "refusal":
        return fault("refusal")
    if not isinstance(text, str) or not text.strip("\ufeff\u200b\u2060 \t\r\n"):
        return fault("truncated") if reason in _LENGTH else fault("empty")
    cleaned = clean_reply(text)
    if not cleaned.text:
        return fault("truncated" if cleaned.unfinished or reason in _LENGTH else "empty")
    return None


def is_refusal(text: str) -> bool:
    """Whether a short text declines to answer, in one of the languages that we know."""
    start = folded(text[:_LONG_REFUSAL]).replace("’", "'")
    found = REFUSED.search(start) if len(text) <= _LONG_REFUSAL else None
    return found is not None and found.start() < 250


def is_filtered(text: str) -> bool:
    """Whether a short text is a provider's notice that its filter stopped the reply."""
    return len(text) <= _LONG_REFUSAL and FILTERED.search(folded(text)) is not None


def is_loop(text: str, variety: float = 0.12) -> bool:
    """Whether most of a text is the same few words over and over.

    ``variety`` is the share of different runs of three words below which it is.
    """
    data = text.encode("utf-8", "replace")
    if len(data) >= 160 and len(zlib.compress(data[:400_000], 6)) < len(data[:400_000]) * 0.06:
        return True
    words = folded(text[:200_000]).split()
    if len(words) >= 20:
        triples = {tuple(words[i : i + 3]) for i in range(len(words) - 2)}
        if len(triples) <= len(words) * variety:
            return True
    return _repeats_sentence(text)


def _repeats_sentence(text: str) -> bool:
    sentences = [found.strip().lower() for found in _SENTENCE.findall(text[:400_000])]
    if len(sentences) < 10:
        return False
    sentence, count = Counter(sentences).most_common(1)[0]
    share = count * len(sentence) / max(1, sum(map(len, sentences)))
    return (count >= 10 and share >= 0.5) or (count >= 25 and share >= 0.3)


def verdict_after(
    text: str, value: Any, *, recognised: bool, cut: bool, found_json: bool
) -> ReplyError:
    """Name why a reply yielded no row.

    ``recognised`` says that the expected container was there, ``cut`` that the reply broke off.
    """
    spoken = " ".join(_speech(value)) if found_json else text
    verdicts = (
        (is_filtered(spoken) or is_filtered(text), "content_filter"),
        (is_refusal(spoken) or is_refusal(text), "refusal"),
        (is_loop(text, variety=0.3), "degenerate"),
        (cut, "truncated"),
        (recognised, "no_results"),
        (not found_json, "unparseable"),
        (value is None or value == "", "empty"),
        (value in ([], {}), "no_results"),
    )
    return fault(next((kind for holds, kind in verdicts if holds), "wrong_shape"))


def _speech(value: Any, depth: int = 0) -> list[str]:
    """Collect the strings of a small value: where a refusal inside JSON would stand."""
    if isinstance(value, str):
        return [value]
    if depth > 4 or not isinstance(value, dict | list):
        return []
    items = list(value.values()) if isinstance(value, dict) else value
    return [text for item in items[:20] for text in _speech(item, depth + 1)]
