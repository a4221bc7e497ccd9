"""Chat completions through the official client: answers, streams, refusals, limits."""

import json
from typing import Any

import openai
import pytest

from tests.sandbox.conftest import TEA, Sandbox, answer_of, question


def test_an_article_comes_back_as_a_typed_completion(ai: openai.OpenAI) -> None:
    reply = ai.chat.completions.create(**question())
    assert reply.object == "chat.completion"
    assert reply.model == "gpt-6-luna"
    assert reply.choices[0].finish_reason == "stop"
    article = json.loads(reply.choices[0].message.content or "")
    assert article["title"] == TEA["title"]
    assert "sandbox" in article["content"]
    assert reply.usage
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens


def test_a_stream_carries_the_same_text_and_usage_as_one_document(ai: openai.OpenAI) -> None:
    whole = ai.chat.completions.create(**question())
    stream = ai.chat.completions.create(
        **question(), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == whole.choices[0].message.content
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage


def test_a_stream_without_include_usage_has_none(ai: openai.OpenAI) -> None:
    stream: Any = ai.chat.completions.create(**question(), stream=True)
    chunks = list(stream)
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)


def test_wide_characters_survive_the_stream(ai: openai.OpenAI) -> None:
    data = {"title": "如何选择跑步鞋", "keywords": ["跑步鞋"], "word_count": 200}
    chunks = ai.chat.completions.create(**question(data), stream=True)
    text = "".join(c.choices[0].delta.content or "" for c in chunks)
    assert json.loads(text)["title"] == "如何选择跑步鞋"


def test_the_same_question_gets_the_same_answer_and_another_seed_another(box: Sandbox) -> None:
    from tests.sandbox.conftest import serving

    first, second = box.chat(), box.chat()
    assert answer_of(first) == answer_of(second)
    with serving(seed=7) as other:
        assert answer_of(other.chat()) != answer_of(first)


REFUSED: list[tuple[dict[str, Any], int, str | None, str | None]] = [
    ({"max_tokens": 5}, 400, "unsupported_parameter", "max_tokens"),
    ({"temperature": 0.7, "reasoning_effort": "low"}, 400, "unsupported_value", "temperature"),
    ({"temperature": 0.7, "reasoning_effort": None}, 400, "unsupported_value", "reasoning_effort"),
    (
        {"model": "gpt-6.1-sol", "reasoning_effort": "none"},
        *(400, "unsupported_value", "reasoning_effort"),
    ),
    ({"model": "gpt-4o", "reasoning_effort": "low"}, 400, "unsupported_parameter", None),
    ({"model": "gpt-9"}, 404, "model_not_found", "model"),
    ({"model": "gpt-3.5-turbo"}, 404, "model_not_found", "model"),
    ({"model": "gpt-image-2"}, 400, None, "model"),
    ({"colour": "blue"}, 400, "unknown_parameter", "colour"),
    ({"service_tier": "gold"}, 400, None, "service_tier"),
    ({"messages": []}, 400, "invalid_value", "messages"),
    ({"messages": [{"role": "user", "content": "hi"}]}, 400, None, "messages"),
    ({"messages": [{"role": "user", "content": "json " * 900_000}]}, 400, None, "messages"),
    ({"stream_options": {"include_usage": True}}, 400, None, "stream_options"),
    ({"max_completion_tokens": 999_999}, 400, "invalid_value", "max_completion_tokens"),
    ({"response_format": {"type": "yaml"}}, 400, "invalid_value", "response_format.type"),
]


@pytest.mark.parametrize(("change", "status", "code", "param"), REFUSED)
def test_wrong_requests_are_refused_as_by_the_real_service(
    box: Sandbox, change: dict[str, Any], status: int, code: str | None, param: str | None
) -> None:
    answer = box.chat(change)
    error = answer.json()["error"]
    assert (answer.status_code, error["param"]) == (status, param or error["param"])
    assert code is None or error["code"] == code
    assert box.journal()[-1]["billed"] is False


def test_context_overflow_has_its_own_code(box: Sandbox) -> None:
    answer = box.chat({"messages": [{"role": "user", "content": "json " * 900_000}]})
    assert answer.json()["error"]["code"] == "context_length_exceeded"


def test_errors_reach_the_official_client_as_its_own_classes(box: Sandbox) -> None:
    with box.client("sk-wrong-1234567890") as stranger:
        with pytest.raises(openai.AuthenticationError) as refused:
            stranger.models.list()
        assert refused.value.code == "invalid_api_key"
        assert "sk-wrong-1234567890" not in str(refused.value)
        assert "7890" in str(refused.value)


def test_a_missing_key_is_refused(box: Sandbox) -> None:
    assert box.chat(key=None).status_code == 401


def test_broken_json_is_refused(box: Sandbox) -> None:
    headers = {"Authorization": "Bearer sk-sandbox", "Content-Type": "application/json"}
    url = f"{box.root}/v1/chat/completions"
    assert box.session.post(url, data=b"{oops", headers=headers).status_code == 400


STRICT_ITEM = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


@pytest.mark.parametrize(
    "schema",
    [
        STRICT_ITEM,
        {**STRICT_ITEM, "additionalProperties": False, "required": []},
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["rows"],
            "properties": {"rows": {"type": "array", "items": STRICT_ITEM}},
        },
    ],
)
def test_strict_schemas_must_be_closed_and_complete(box: Sandbox, schema: dict[str, Any]) -> None:
    chosen = {"name": "x", "schema": schema, "strict": True}
    answer = box.chat({"response_format": {"type": "json_schema", "json_schema": chosen}})
    assert answer.status_code == 400
    assert "Invalid schema" in answer.json()["error"]["message"]


def test_answers_follow_the_schemas_own_names(box: Sandbox) -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["html", "seo_title", "kind", "score", "extra", "faqs"],
        "properties": {
            "html": {"type": "string"},
            "seo_title": {"type": "string", "maxLength": 10},
            "kind": {"enum": ["a", "b"]},
            "score": {"type": "integer"},
            "extra": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "faqs": {"type": "array", "items": {"$ref": "#/$defs/faq"}},
        },
        "$defs": {
            "faq": {
                "type": "object",
                "additionalProperties": False,
                "required": ["question"],
                "properties": {"question": {"type": "string"}},
            }
        },
    }
    chosen = {"name": "generate_content", "schema": schema, "strict": True}
    article = answer_of(
        box.chat({"response_format": {"type": "json_schema", "json_schema": chosen}})
    )
    assert list(article) == list(schema["properties"])
    assert article["html"].startswith("<p>")
    assert len(article["seo_title"]) == 10
    assert (article["kind"], article["score"], article["extra"]) == ("a", 1, None)
    assert all(list(item) == ["question"] for item in article["faqs"])


def test_a_token_limit_cuts_the_answer(ai: openai.OpenAI) -> None:
    reply = ai.chat.completions.create(**question(), max_completion_tokens=50)
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage
    assert reply.usage.completion_tokens == 50


def test_thinking_can_eat_the_whole_budget(ai: openai.OpenAI) -> None:
    asked = {**question(), "reasoning_effort": "high", "max_completion_tokens": 500}
    reply = ai.chat.completions.create(**asked)
    assert reply.choices[0].finish_reason == "length"
    assert reply.choices[0].message.content == ""
    assert reply.usage
    assert reply.usage.completion_tokens_details
    assert reply.usage.completion_tokens_details.reasoning_tokens == 500


@pytest.mark.parametrize("style", ["conversation", "tail in data", "tail in words"])
def test_a_cut_article_is_continued_where_it_ended(box: Sandbox, style: str) -> None:
    plain = [
        {"role": "system", "content": "Write the article.\nIGNY8 function: generate_content"},
        {"role": "user", "content": json.dumps({**TEA, "word_count": 400})},
    ]
    base = {"model": "gpt-6-luna", "reasoning_effort": "none"}

    def send(messages: list[dict[str, str]], **more: Any) -> str:
        answer = box.post("/v1/chat/completions", {**base, "messages": messages, **more})
        return str(answer.json()["choices"][0]["message"]["content"])

    whole = send(plain)
    part = send(plain, max_completion_tokens=200)
    assert whole.startswith(part)
    rest = {
        "conversation": [
            {"role": "assistant", "content": part},
            {"role": "user", "content": "Continue exactly where you stopped."},
        ],
        "tail in data": [{"role": "user", "content": json.dumps({"so_far": part[-300:]})}],
        "tail in words": [
            {"role": "user", "content": f'Please continue after this text:\n\n"""{part[-300:]}"""'}
        ],
    }[style]
    assert part + send([*plain, *rest]) == whole


@pytest.mark.parametrize("json_again", [False, True])
def test_the_article_inside_a_cut_json_answer_is_continued(box: Sandbox, json_again: bool) -> None:
    data = {**TEA, "word_count": 400}
    whole = answer_of(box.post("/v1/chat/completions", question(data)))["content"]
    part = whole[: len(whole) // 2]
    asked = question({**data, "continue_after": part[-300:]})
    if not json_again:
        asked["messages"][0]["content"] = "Plain HTML.\nIGNY8 function: generate_content"
        del asked["response_format"]
    answer = box.post("/v1/chat/completions", asked)
    text = answer.json()["choices"][0]["message"]["content"]
    assert part + (json.loads(text)["content"] if json_again else text) == whole


@pytest.mark.parametrize("title", ["How to write a resume", "Continue after a break: a guide"])
def test_a_title_about_continuing_is_no_continuation(box: Sandbox, title: str) -> None:
    data = {"title": title, "keywords": [title], "word_count": 200}
    article = answer_of(box.post("/v1/chat/completions", question(data)))
    assert article["title"] == title


def test_a_repeated_long_prefix_is_billed_as_cached(box: Sandbox) -> None:
    long = {"role": "system", "content": "JSON rules. " * 500}
    messages = [long, {"role": "user", "content": json.dumps({**TEA, "word_count": 100})}]
    first = box.chat({"messages": messages}).json()["usage"]
    second = box.chat({"messages": messages}).json()["usage"]
    assert first["prompt_tokens_details"]["cached_tokens"] == 0
    assert second["prompt_tokens_details"]["cached_tokens"] >= 1024
    costs = [row["expected_cost_usd"] for row in box.journal()]
    assert costs[1] < costs[0]


def test_the_headers_of_the_real_service_are_there(box: Sandbox) -> None:
    headers = box.chat().headers
    assert headers["x-request-id"].startswith("req_")
    assert headers["x-ratelimit-remaining-requests"].isdigit()
    assert headers["openai-processing-ms"].isdigit()


def test_the_responses_api_gives_the_same_text(ai: openai.OpenAI) -> None:
    asked = question()
    chat = ai.chat.completions.create(**asked)
    reply = ai.responses.create(
        model="gpt-6-luna",
        instructions=asked["messages"][0]["content"],
        input=asked["messages"][1]["content"],
        reasoning={"effort": "none"},
        text={"format": {"type": "json_object"}},
    )
    assert reply.output_text == chat.choices[0].message.content
    assert reply.status == "completed"
    assert reply.usage


def test_the_responses_api_streams(ai: openai.OpenAI) -> None:
    stream = ai.responses.create(model="gpt-6-luna", input="Say something kind.", stream=True)
    events: list[Any] = list(stream)
    text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert events[0].type == "response.created"
    assert events[-1].type == "response.completed"
    assert events[-1].response.output_text == text
