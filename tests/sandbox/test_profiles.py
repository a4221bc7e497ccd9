"""Other hosts' accents, and batches."""

import json
import time
from typing import Any

import openai
import pytest

from tests.sandbox.conftest import Sandbox, question

PLAIN = {"model": "any-model", "messages": question()["messages"]}
PREFIXES = {
    "azure": "/azure/openai/v1",
    "openrouter": "/openrouter/api/v1",
    "ollama": "/ollama/v1",
    "groq": "/groq/openai/v1",
    "mistral": "/mistral/v1",
    "gemini": "/gemini/v1beta/openai",
    "llamacpp": "/llamacpp/v1",
}


@pytest.mark.parametrize("host", PREFIXES)
def test_every_host_serves_any_model_under_its_own_base_url(box: Sandbox, host: str) -> None:
    with box.client(prefix=PREFIXES[host]) as client:
        reply = client.chat.completions.create(**PLAIN)
        assert list(client.models.list())
    assert json.loads(reply.choices[0].message.content or "")["title"]
    row = box.journal()[0]
    assert (row["profile"], row["path"]) == (host, f"{PREFIXES[host]}/chat/completions")
    assert row["expected_cost_usd"] is None


def test_local_hosts_take_any_key(box: Sandbox) -> None:
    for host in ("ollama", "llamacpp"):
        assert box.post(f"/{host}/v1/chat/completions", PLAIN, key="whatever").status_code == 200
    assert box.post("/groq/openai/v1/chat/completions", PLAIN, key="whatever").status_code == 401


def failed(box: Sandbox, host: str) -> Any:
    box.fault("server_500")
    answer = box.post(f"{PREFIXES[host]}/chat/completions", PLAIN)
    assert answer.status_code == 500
    return answer.json()


def test_errors_have_each_hosts_shape(box: Sandbox) -> None:
    assert failed(box, "azure")["error"]["type"] == "server_error"
    box.fault("policy", args={"code": "content_filter"})
    filtered = box.post(f"{PREFIXES['azure']}/chat/completions", PLAIN).json()["error"]
    assert filtered["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert failed(box, "openrouter")["error"]["code"] == 500
    assert failed(box, "llamacpp")["error"]["code"] == 500
    assert failed(box, "mistral")["object"] == "error"
    assert failed(box, "gemini")[0]["error"]["code"] == 500


@pytest.mark.parametrize(
    ("host", "change", "status"),
    [
        ("mistral", {"seed": 1}, 422),
        ("mistral", {"max_completion_tokens": 100}, 422),
        ("mistral", {"max_tokens": 100}, 200),
        ("groq", {"logprobs": True}, 400),
        ("groq", {"n": 2}, 400),
        ("groq", {"messages": [{"role": "user", "content": "hi", "name": "bob"}]}, 400),
        ("gemini", {"store": False}, 400),
        ("ollama", {"made_up": True}, 200),
    ],
)
def test_hosts_refuse_what_they_do_not_know(
    box: Sandbox, host: str, change: dict[str, Any], status: int
) -> None:
    answer = box.post(f"{PREFIXES[host]}/chat/completions", {**PLAIN, **change})
    assert answer.status_code == status


def test_openrouter_tells_the_cost_and_sends_comments(box: Sandbox) -> None:
    asked = {**PLAIN, "model": "openai/gpt-6-luna"}
    path = f"{PREFIXES['openrouter']}/chat/completions"
    answer = box.post(path, asked).json()
    assert answer["usage"]["cost"] == box.journal()[-1]["expected_cost_usd"] > 0
    assert box.post(path, {**asked, "stream": True}).content.startswith(b": PROCESSING\n\n")


def test_ollama_cuts_long_prompts_silently(box: Sandbox) -> None:
    long = [{"role": "user", "content": "json words " * 9_000}]
    answer = box.post("/ollama/v1/chat/completions", {**PLAIN, "messages": long})
    assert answer.status_code == 200
    assert answer.json()["usage"]["prompt_tokens"] == 4_096


def test_a_batch_is_answered_after_some_polls_at_half_price(
    ai: openai.OpenAI, box: Sandbox
) -> None:
    asked = question()
    direct = box.chat().json()
    price = box.journal()[-1]["expected_cost_usd"]
    rows = [
        {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}
        for name, body in (("a", asked), ("b", {**asked, "model": "gone"}), ("c", asked))
    ]
    data = "\n".join(json.dumps(row) for row in rows).encode()
    file = ai.files.create(file=("in.jsonl", data), purpose="batch")
    batch = ai.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    seen = [batch.status]
    deadline = time.monotonic() + 10
    while batch.status != "completed" and time.monotonic() < deadline:
        batch = ai.batches.retrieve(batch.id)
        seen.append(batch.status)
    assert seen == ["validating", "in_progress", "finalizing", "completed"]
    assert batch.request_counts
    assert (batch.request_counts.completed, batch.request_counts.failed) == (2, 1)
    good = ai.files.content(batch.output_file_id or "").text.splitlines()
    results = {row["custom_id"]: row["response"] for row in map(json.loads, good)}
    assert results.keys() == {"a", "c"}
    choices = results["a"]["body"]["choices"]
    assert choices[0]["message"] == direct["choices"][0]["message"]
    bad = json.loads(ai.files.content(batch.error_file_id or "").text)
    assert bad["response"]["status_code"] == 404
    costs = [row["expected_cost_usd"] for row in box.journal(method="BATCH", billed="true")]
    assert costs == [pytest.approx(price / 2)] * 2


def test_a_batch_can_be_cancelled(ai: openai.OpenAI) -> None:
    file = ai.files.create(file=("in.jsonl", b""), purpose="batch")
    batch = ai.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    assert ai.batches.cancel(batch.id).status == "cancelled"
    assert ai.batches.retrieve(batch.id).status == "cancelled"
