"""The journal, the clock, the pace, and a fresh start."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai
import pytest

from igny8_flask.sandbox import create_sandbox
from igny8_flask.sandbox.latency import parse_latency
from tests.sandbox.conftest import Sandbox, answer_of, question, serving
from tests.sandbox.test_faults_wire import exchange


def test_the_journal_tells_what_was_asked_without_the_key(box: Sandbox) -> None:
    usage = box.chat(key="sk-sandbox-secret-abcd").json()["usage"]
    row = box.journal()[0]
    assert row["path"] == "/v1/chat/completions"
    assert (row["function"], row["model"], row["status"]) == ("generate_content", "gpt-6-luna", 200)
    assert (row["prompt_tokens"], row["completion_tokens"]) == (
        usage["prompt_tokens"],
        usage["completion_tokens"],
    )
    expected = usage["prompt_tokens"] * 0.10e-6 + usage["completion_tokens"] * 0.50e-6
    assert row["expected_cost_usd"] == pytest.approx(expected)
    assert row["key"] == "sk-…abcd"
    assert "secret" not in str(row)
    assert row["key_leaked"] is False


def test_the_journal_notes_a_key_in_a_body_or_an_address(box: Sandbox) -> None:
    box.chat({"messages": [{"role": "user", "content": "json sk-sandbox-test"}]})
    box.session.get(
        f"{box.root}/v1/models?key=sk-sandbox-q", headers={"Authorization": "Bearer sk-sandbox-q"}
    )
    assert [row["key_leaked"] for row in box.journal()] == [True, True]


def test_the_journal_is_filtered_and_summed(box: Sandbox) -> None:
    box.chat()
    box.chat(key=None)
    answer = box.session.get(f"{box.root}/_sandbox/requests").json()
    assert (answer["count"], answer["billed"]) == (2, 1)
    assert answer["expected_cost_usd"] == answer["requests"][0]["expected_cost_usd"]
    assert len(box.journal(status="401")) == 1
    wrong = box.session.get(f"{box.root}/_sandbox/requests", params={"colour": "red"})
    assert wrong.status_code == 400


def test_the_same_prompt_has_the_same_hash(box: Sandbox) -> None:
    box.chat()
    box.chat()
    box.chat({"messages": [{"role": "user", "content": "other json"}]})
    first, same, other = (row["prompt_hash"] for row in box.journal())
    assert first == same != other


def test_models_end_on_their_day(ai: openai.OpenAI, box: Sandbox) -> None:
    models = {model.id: model for model in ai.models.list()}
    assert models["gpt-5-nano"].shutdown_date == "2026-12-11"
    assert models["gpt-6-luna"].shutdown_date is None
    assert "dall-e-3" not in models
    assert ai.models.retrieve("gpt-6-luna").owned_by == "sandbox"
    box.session.post(f"{box.root}/_sandbox/clock", json={"advance_s": 86_400 * 365 * 5})
    assert "gpt-5-nano" not in {model.id for model in ai.models.list()}
    with pytest.raises(openai.NotFoundError, match="shut down"):
        ai.chat.completions.create(**{**question(), "model": "gpt-5-nano"})
    with pytest.raises(openai.NotFoundError):
        ai.models.retrieve("gpt-5-nano")


@pytest.mark.parametrize(("text", "flagged"), [("How to brew tea", False), ("I will murder", True)])
def test_moderation_flags_words_of_its_list(ai: openai.OpenAI, text: str, flagged: bool) -> None:
    verdict = ai.moderations.create(input=[text, "fine"], model="omni-moderation-latest")
    assert [result.flagged for result in verdict.results] == [flagged, False]
    assert verdict.results[0].categories.violence is flagged


def test_a_reset_forgets_everything(box: Sandbox) -> None:
    box.fault("server_500", times=0)
    box.session.post(f"{box.root}/_sandbox/latency", json={"latency": "slow"})
    box.chat()
    box.session.post(f"{box.root}/_sandbox/reset")
    started = time.monotonic()
    assert box.chat().status_code == 200
    assert time.monotonic() - started < 2
    assert len(box.journal()) == 1


def test_faults_and_requests_can_be_dropped_alone(box: Sandbox) -> None:
    box.fault("server_500", times=0)
    listed = box.session.get(f"{box.root}/_sandbox/faults").json()
    assert listed["rules"][0]["fault"] == "server_500"
    assert "server_500" in listed["names"]["http"]
    box.session.delete(f"{box.root}/_sandbox/faults")
    assert box.chat().status_code == 200
    box.session.delete(f"{box.root}/_sandbox/requests")
    assert box.journal() == []


@pytest.mark.parametrize("how", ["preset", "header", "prompt", "admin"])
def test_a_reply_takes_as_long_as_asked(box: Sandbox, how: str) -> None:
    def timed(server: Sandbox, **options: Any) -> float:
        started = time.monotonic()
        body: dict[str, Any] = {"stream": True} if how == "header" else {}
        if how == "prompt":
            messages = question()["messages"]
            body["messages"] = [*messages, {"role": "system", "content": "[[latency:0.5]]"}]
        assert server.chat(body, **options).status_code == 200
        return time.monotonic() - started

    if how == "preset":
        with serving("0.5") as slow:
            taken = timed(slow)
    elif how == "header":
        taken = timed(box, headers={"X-Sandbox-Latency": "0.5"})
    else:
        if how == "admin":
            box.session.post(f"{box.root}/_sandbox/latency", json={"latency": "0.5"})
        taken = timed(box)
    assert 0.5 <= taken < 1.5


@pytest.mark.parametrize("release", ["latency", "reset"])
@pytest.mark.parametrize("body", [{}, {"stream": True}])
def test_a_held_reply_goes_out_when_the_pace_is_over(
    box: Sandbox, body: dict[str, Any], release: str
) -> None:
    box.session.post(f"{box.root}/_sandbox/latency", json={"latency": "600"})
    with ThreadPoolExecutor() as pool:
        held = pool.submit(box.chat, body)
        while not box.journal():
            assert not held.done()
        box.session.post(f"{box.root}/_sandbox/{release}", json={"latency": "test"})
        assert held.result(60).status_code == 200


def test_the_demo_pace_streams_an_article_in_six_to_ten_seconds(box: Sandbox) -> None:
    data = {"title": "Tea", "keywords": ["tea"], "word_count": 800}
    usage = box.post("/v1/chat/completions", question(data)).json()["usage"]
    first_s, streaming_s = parse_latency("demo").text(usage["completion_tokens"])
    assert first_s == pytest.approx(0.6)
    assert 6 <= first_s + streaming_s <= 10
    assert 2 <= parse_latency("demo").image() <= 3


@pytest.mark.parametrize("latency", ["", "fast", "-1", "nan", "99999"])
def test_an_unknown_pace_is_an_error(latency: str) -> None:
    with pytest.raises(ValueError, match="latency"):
        create_sandbox(latency)


def test_a_hundred_and_fifty_streams_run_side_by_side() -> None:
    with serving("2") as box, ThreadPoolExecutor(150) as pool:
        started = time.monotonic()
        streams = pool.map(lambda _: exchange(box, {**question(), "stream": True}), range(150))
        answers = [received for received, _ in streams]
        taken = time.monotonic() - started
    assert all(b"data: [DONE]\n\n" in answer for answer in answers)
    assert taken < 20  # one after the other they would take 300 seconds


def test_without_a_port_the_app_works_under_a_test_client() -> None:
    client = create_sandbox().test_client()
    headers = {"Authorization": "Bearer sk-sandbox"}
    answer = client.post("/v1/chat/completions", json=question(), headers=headers)
    assert answer.status_code == 200
    assert answer_of_client(answer)["title"]


def answer_of_client(answer: Any) -> Any:
    class Holder:
        json = staticmethod(answer.get_json)

    return answer_of(Holder)
