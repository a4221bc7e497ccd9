"""Faults inside an answer: its stream, its content, its usage."""

import json
from collections.abc import Callable
from typing import Any

import openai
import pytest
import requests

from igny8_flask.sandbox.faults import GROUPS
from tests.sandbox.conftest import Sandbox, answer_of, question

CLUSTERS = {"keywords": ["tea cup", "tea pot", "yoga mat", "yoga block"]}


def raw_stream(box: Sandbox, name: str, **asked: Any) -> bytes:
    box.fault(name)
    body = {"stream": True, "stream_options": {"include_usage": True}, **asked}
    content: bytes = box.chat(body).content
    return content


def events(content: bytes) -> list[dict[str, Any]]:
    lines = [line[6:] for line in content.split(b"\n") if line.startswith(b"data: {")]
    return [json.loads(line) for line in lines]


def finished(content: bytes) -> bool:
    return any(e["choices"] and e["choices"][0]["finish_reason"] for e in events(content))


def test_a_stream_may_lack_its_done_mark(box: Sandbox) -> None:
    content = raw_stream(box, "no_done")
    assert b"[DONE]" not in content
    assert finished(content)


def test_a_stream_may_stop_half_way_without_a_finish_reason(box: Sandbox) -> None:
    content = raw_stream(box, "cut_stream")
    assert b"[DONE]" not in content
    assert len(events(content)) > 5
    assert not finished(content)


def test_a_stream_may_end_in_an_error(box: Sandbox) -> None:
    box.fault("error_mid_stream")
    with box.client() as client, pytest.raises(openai.APIError, match="server had an error"):
        list(client.chat.completions.create(**question(), stream=True))


def test_a_stream_may_forget_its_usage(box: Sandbox) -> None:
    content = raw_stream(box, "no_usage")
    assert all(not event["usage"] for event in events(content))
    assert content.endswith(b"data: [DONE]\n\n")


def test_comments_keep_a_stream_alive(box: Sandbox) -> None:
    assert raw_stream(box, "keepalive_comments").count(b": keep-alive") > 5


@pytest.mark.parametrize("name", ["keepalive_comments", "split_utf8", "empty_choices"])
def test_harmless_oddities_leave_the_text_whole(box: Sandbox, name: str) -> None:
    asked = question({"title": "如何选择跑步鞋", "keywords": ["跑步鞋"], "word_count": 200})
    box.fault(name)
    with box.client() as client:
        chunks = client.chat.completions.create(**asked, stream=True)
        text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert json.loads(text)["title"] == "如何选择跑步鞋"


def test_split_utf8_cuts_inside_a_character(box: Sandbox) -> None:
    box.fault("split_utf8")
    asked = question({"title": "如何选择跑步鞋", "keywords": ["跑步鞋"], "word_count": 200})
    answer = box.post("/v1/chat/completions", {**asked, "stream": True}, stream=True)
    with pytest.raises(UnicodeDecodeError):  # noqa: PT012 - the first broken piece raises
        for piece in answer.raw.stream(None):
            piece.decode("utf-8")
    answer.close()


def test_empty_choices_appear_between_the_others(box: Sandbox) -> None:
    content = raw_stream(box, "empty_choices")
    assert sum(not event["choices"] for event in events(content)) > 3


def test_one_chunk_may_come_twice(box: Sandbox) -> None:
    whole = answer_of(box.chat())
    found = events(raw_stream(box, "duplicate_chunk"))
    text = "".join(e["choices"][0]["delta"].get("content") or "" for e in found if e["choices"])
    assert len(text) > len(json.dumps(whole, ensure_ascii=False))


def test_a_stream_may_stall_half_way(box: Sandbox) -> None:
    box.fault("stall_mid_stream", args={"seconds": 60})
    answer = box.chat({"stream": True}, stream=True, timeout=0.5)
    with answer, pytest.raises(requests.exceptions.ConnectionError):
        list(answer.iter_content(1024))


def message_of(box: Sandbox, name: str, **rule: Any) -> dict[str, Any]:
    box.fault(name, **rule)
    choice: dict[str, Any] = box.chat().json()["choices"][0]
    return {**choice["message"], "finish": choice["finish_reason"]}


def is_broken(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


TEXTS: dict[str, Callable[[dict[str, Any], dict[str, Any]], bool]] = {
    "length_cut": lambda m, _: m["finish"] == "length" and is_broken(m["content"]),
    "length_empty": lambda m, _: m["finish"] == "length" and m["content"] == "",
    "content_filter": lambda m, _: m["finish"] == "content_filter" and m["content"] == "",
    "refusal_field": lambda m, _: m["content"] is None and "can't help" in m["refusal"],
    "refusal_text": lambda m, _: "can't help" in m["content"],
    "null_content": lambda m, _: m["content"] is None and m["refusal"] is None,
    "empty_content": lambda m, _: m["content"] == "" and m["finish"] == "stop",
    "malformed_json": lambda m, _: is_broken(m["content"]) and "// done" in m["content"],
    "truncated_json": lambda m, _: is_broken(m["content"]) and m["finish"] == "stop",
    "fenced": lambda m, a: json.loads(m["content"][8:-4]) == a,
    "prose_around": lambda m, a: json.dumps(a, ensure_ascii=False) in m["content"],
    "think_tags": lambda m, a: json.loads(m["content"].split("</think>")[1]) == a,
    "wrong_keys": lambda m, _: "Headline" in json.loads(m["content"]),
    "list_root": lambda m, a: json.loads(m["content"]) == [a],
    "double_encoded": lambda m, a: json.loads(json.loads(m["content"])) == a,
    "smart_quotes": lambda m, _: is_broken(m["content"]) and "“title”" in m["content"],
    "html_unescaped": lambda m, _: is_broken(m["content"]) and 'class="more"' in m["content"],
    "repetition": lambda m, _: m["content"].count("applies here again") == 60,
    "injection_echo": lambda m, _: "Ignore all previous" in json.loads(m["content"])["content"],
    "script_in_html": lambda m, _: "<script>" in json.loads(m["content"])["content"],
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_content_fault_does_what_it_says_once(box: Sandbox, name: str) -> None:
    sound = answer_of(box.chat())
    assert TEXTS[name](message_of(box, name), sound)
    assert answer_of(box.chat()) == sound
    assert box.journal()[1]["billed"] is True


def test_an_answer_is_cut_at_the_share_asked_for(box: Sandbox) -> None:
    whole = box.chat().json()["choices"][0]["message"]["content"]
    cut = message_of(box, "length_cut", args={"percent": 25})["content"]
    assert cut == whole[: len(whole) // 4]


def keywords_with(box: Sandbox, name: str) -> list[str]:
    box.fault(name)
    answer = answer_of(box.post("/v1/chat/completions", question(CLUSTERS, "auto_cluster")))
    return [keyword for cluster in answer["clusters"] for keyword in cluster["keywords"]]


def test_keywords_may_be_repeated_invented_or_dropped(box: Sandbox) -> None:
    asked = set(CLUSTERS["keywords"])
    repeated = keywords_with(box, "duplicate_keywords")
    assert set(repeated) == asked
    assert len(repeated) > len(asked)
    assert "a keyword nobody asked for" in keywords_with(box, "unknown_keywords")
    assert set(keywords_with(box, "missing_keywords")) < asked


def test_a_list_may_stand_where_an_object_should(box: Sandbox) -> None:
    box.fault("list_root")
    answer = answer_of(box.post("/v1/chat/completions", question(CLUSTERS, "auto_cluster")))
    assert isinstance(answer, list)
    assert "keywords" in answer[0]


def test_usage_may_be_missing_zero_or_priced(box: Sandbox) -> None:
    box.fault("usage_missing")
    assert "usage" not in box.chat().json()
    box.fault("usage_zero")
    assert box.chat().json()["usage"]["total_tokens"] == 0
    box.fault("cost_field", args={"cost": 0.5})
    assert box.chat().json()["usage"]["cost"] == 0.5


def test_tier_and_model_of_the_reply_may_differ(box: Sandbox) -> None:
    box.fault("tier_downgraded")
    assert box.chat({"service_tier": "priority"}).json()["service_tier"] == "default"
    assert box.chat({"service_tier": "priority"}).json()["service_tier"] == "priority"
    costs = [row["expected_cost_usd"] for row in box.journal()]
    assert costs[1] == pytest.approx(2 * costs[0])
    box.fault("model_alias_in_reply")
    assert box.chat().json()["model"] == "gpt-6-luna-2026-11-01"


def test_every_content_fault_has_its_promise_here() -> None:
    keyword_faults = {"duplicate_keywords", "unknown_keywords", "missing_keywords"}
    assert set(GROUPS["content"]) == TEXTS.keys() | keyword_faults
