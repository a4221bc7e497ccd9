"""Replies without any row name their fault, in every function alike."""

from collections.abc import Callable
from typing import Any

import pytest

from igny8_flask.ai.replies import (
    Reply,
    parse_article,
    parse_clusters,
    parse_ideas,
    parse_image_prompts,
)

PARSERS: dict[str, Callable[..., Reply[Any]]] = {
    "clusters": lambda text, **asked: parse_clusters(text, keywords=["running shoes"], **asked),
    "ideas": lambda text, **asked: parse_ideas(text, clusters=["Shoes"], **asked),
    "article": parse_article,
    "images": parse_image_prompts,
}
REFUSALS = {
    "english": "I'm sorry, but I can't assist with that request.",
    "english curly": "I’m sorry, but I can’t help with that.",
    "english cannot": "I cannot fulfill this request as it violates our policy.",
    "english unable": "I'm unable to generate content about this topic.",
    "english as a model": "As an AI language model, I can't create this content.",
    "english formal": "I must decline to provide assistance with this request.",
    "german": "Es tut mir leid, aber dabei kann ich nicht helfen.",
    "german short": "Ich kann diese Anfrage leider nicht erfüllen.",
    "french": "Je suis désolé, mais je ne peux pas vous aider avec cette demande.",
    "spanish": "Lo siento, pero no puedo ayudarte con eso.",
    "italian": "Mi dispiace, ma non posso aiutarti con questa richiesta.",
    "portuguese": "Desculpe, mas não posso ajudar com esse pedido.",
    "dutch": "Het spijt me, maar ik kan je daar niet bij helpen.",
    "polish": "Przykro mi, ale nie mogę pomóc w tej sprawie.",
    "swedish": "Tyvärr kan jag inte hjälpa till med det.",
    "turkish": "Üzgünüm, bu konuda yardımcı olamam.",
    "russian": "Извините, но я не могу помочь с этим запросом.",
    "ukrainian": "Вибачте, але я не можу допомогти з цим.",
    "chinese": "抱歉，我无法协助处理这个请求。",
    "chinese traditional": "很抱歉，我無法提供這方面的協助。",
    "japanese": "申し訳ありませんが、そのご要望にはお応えできません。",
    "korean": "죄송하지만 해당 요청은 도와드릴 수 없습니다.",
    "arabic": "عذراً، لا أستطيع المساعدة في هذا الطلب.",
    "hebrew": "מצטער, אני לא יכול לעזור בבקשה הזאת.",
    "persian": "متأسفم، نمی‌توانم در این مورد کمک کنم.",
    "hindi": "क्षमा करें, मैं इस अनुरोध में सहायता नहीं कर सकता।",
    "indonesian": "Maaf, saya tidak dapat membantu permintaan ini.",
    "vietnamese": "Xin lỗi, tôi không thể giúp bạn với yêu cầu này.",
    "thai": "ขออภัย ฉันไม่สามารถช่วยเรื่องนี้ได้",
    "in json": '{"error":"I cannot help with that request."}',
    "in a refusal field": '{"refusal":"I\'m sorry, I can\'t assist with that."}',
    "fenced": "```\nI'm sorry, but I can't help with that.\n```",
}
KINDS = {
    "": "empty",
    "  \n\t ": "empty",
    "\ufeff\u200b": "empty",
    '""': "empty",
    "null": "empty",
    "<think>I will think about it.</think>": "empty",
    "[]": "no_results",
    "true": "wrong_shape",
    '{"status":"ok"}': "wrong_shape",
    "Sure thing!": "unparseable",
    "blocked by the content filter": "content_filter",
    "shoes " * 200: "degenerate",
    "a" * 3000: "degenerate",
    "跑鞋跑鞋" * 300: "degenerate",
}


@pytest.mark.parametrize("function", PARSERS)
@pytest.mark.parametrize("language", REFUSALS)
def test_a_refusal_is_named_and_not_tried_again(function: str, language: str) -> None:
    error = PARSERS[function](REFUSALS[language]).error
    assert error is not None
    assert (error.kind, error.retryable) == ("refusal", False)


@pytest.mark.parametrize("function", PARSERS)
@pytest.mark.parametrize("text", KINDS, ids=lambda text: repr(text[:20]))
def test_a_reply_without_rows_names_its_fault(function: str, text: str) -> None:
    reply = PARSERS[function](text)
    assert reply.error is not None
    assert (reply.error.kind, reply.rows) == (KINDS[text], ())
    assert reply.error.retryable == (KINDS[text] not in {"refusal", "content_filter"})
    assert reply.error.message


@pytest.mark.parametrize("function", PARSERS)
@pytest.mark.parametrize("reason", ["length", "MAX_TOKENS", "max_output_tokens"])
def test_a_reply_that_thinking_used_up_is_truncated(function: str, reason: str) -> None:
    for text in (None, "", "<think>Let me see", "Sure, here is"):
        error = PARSERS[function](text, finish_reason=reason).error
        assert error is not None
        assert error.kind == "truncated"


@pytest.mark.parametrize("function", PARSERS)
def test_a_missing_text_is_empty_and_any_filter_reason_ends_the_reply(function: str) -> None:
    empty = PARSERS[function](None).error
    filtered = PARSERS[function]("anything", finish_reason="content_filter").error
    assert empty is not None
    assert empty.kind == "empty"
    assert filtered is not None
    assert (filtered.kind, filtered.retryable) == ("content_filter", False)


def test_a_reply_becomes_plain_data_with_its_error() -> None:
    good = parse_clusters('{"A":["x"]}', keywords=[{"id": 5, "keyword": "x"}]).to_dict()
    bad = parse_clusters("").to_dict()
    assert good["rows"] == [{"name": "A", "keywords": ["x"], "keyword_ids": [5], "description": ""}]
    assert good["error"] is None
    assert (bad["error"]["kind"], bad["error"]["retryable"]) == ("empty", True)
