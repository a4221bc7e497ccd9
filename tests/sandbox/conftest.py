"""A sandbox on a real port, and clients for it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import openai
import pytest
import requests

from igny8_flask.sandbox import SandboxServer, create_sandbox, make_sandbox_server

TEA = {"title": "How to brew green tea", "keywords": ["green tea", "tea kettle"]}


class Sandbox:
    """A running sandbox with shortcuts for what tests do all the time."""

    def __init__(self, server: SandboxServer) -> None:
        self.port = server.port
        self.root = f"http://127.0.0.1:{server.port}"
        self.session = requests.Session()

    def client(self, key: str = "sk-sandbox-test", prefix: str = "/v1") -> openai.OpenAI:
        return openai.OpenAI(base_url=self.root + prefix, api_key=key, max_retries=0, timeout=20)

    def post(
        self, path: str, body: Any, key: str | None = "sk-sandbox-test", **options: Any
    ) -> Any:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        headers.update(options.pop("headers", {}))
        options.setdefault("timeout", 20)
        return self.session.post(self.root + path, json=body, headers=headers, **options)

    def chat(self, body: dict[str, Any] | None = None, **options: Any) -> Any:
        return self.post("/v1/chat/completions", {**question(), **(body or {})}, **options)

    def fault(self, name: str, **rule: Any) -> None:
        answer = self.session.post(f"{self.root}/_sandbox/faults", json={"fault": name, **rule})
        assert answer.status_code == 201, answer.text

    def journal(self, **wanted: str) -> list[dict[str, Any]]:
        answer = self.session.get(f"{self.root}/_sandbox/requests", params=wanted)
        rows: list[dict[str, Any]] = answer.json()["requests"]
        return rows


def question(
    data: dict[str, Any] | None = None, function: str = "generate_content"
) -> dict[str, Any]:
    """A chat request as the product sends it in JSON mode."""
    return {
        "model": "gpt-6-luna",
        "reasoning_effort": "none",
        "response_format": {"type": "json_object"},
        "messages": [
            {"role": "system", "content": f"Answer with JSON.\nIGNY8 function: {function}"},
            {"role": "user", "content": json.dumps(data or {**TEA, "word_count": 200})},
        ],
    }


def answer_of(response: Any) -> Any:
    """The JSON document inside a chat answer."""
    return json.loads(response.json()["choices"][0]["message"]["content"])


@contextmanager
def serving(latency: str = "test", seed: int = 0) -> Iterator[Sandbox]:
    server = make_sandbox_server(create_sandbox(latency, seed))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    running = Sandbox(server)
    try:
        yield running
    finally:
        running.session.close()
        server.shutdown()
        thread.join(5)


@pytest.fixture(scope="package")
def _running() -> Iterator[Sandbox]:
    with serving() as running:
        yield running


@pytest.fixture
def box(_running: Sandbox) -> Sandbox:
    """The shared sandbox, as if freshly started."""
    _running.session.post(f"{_running.root}/_sandbox/reset")
    return _running


@pytest.fixture
def ai(box: Sandbox) -> Iterator[openai.OpenAI]:
    with box.client() as client:
        yield client


@pytest.fixture
def ask(box: Sandbox) -> Callable[..., Any]:
    """Ask a function with data; the parsed answer."""

    def send(function: str, data: dict[str, Any], **body: Any) -> Any:
        return answer_of(box.post("/v1/chat/completions", {**question(data, function), **body}))

    return send
