"""A sandbox provider on a real loopback port, and clients that talk to it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from igny8_flask.ai.providers import Message, ReplySchema, TextRequest
from igny8_flask.outbound import Outbound
from igny8_flask.sandbox import SandboxServer, create_sandbox, make_sandbox_server
from igny8_flask.sandbox.faults import parse_rule
from igny8_flask.sandbox.state import Sandbox, sandbox_of

Entry = dict[str, Any]


@dataclass
class Provider:
    """The running sandbox as tests see it."""

    server: SandboxServer
    state: Sandbox

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def base_url(self) -> str:
        return f"http://{self.pair}/v1"

    @property
    def journal(self) -> list[Entry]:
        """Every request so far, oldest first."""
        return self.state.journal.matching({})

    def script(self, fault: str, times: int = 1, **args: Any) -> None:
        """Make the next requests fail."""
        self.state.faults.add([parse_rule({"fault": fault, "times": times, "args": args})])


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Provider]:
    app = create_sandbox("test")
    server = make_sandbox_server(app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Provider(server, sandbox_of(app))
    server.shutdown()


@pytest.fixture
def provider(running_sandbox: Provider) -> Provider:
    running_sandbox.state.reset()
    return running_sandbox


@pytest.fixture
def outbound(provider: Provider) -> Outbound:
    return Outbound(frozenset({provider.pair}))


@pytest.fixture
def make_request() -> Callable[..., TextRequest]:
    def make(text: str = "Write an article: Tents in winter", **changes: Any) -> TextRequest:
        system = Message("system", "You write for a blog. function: generate_content")
        values: dict[str, Any] = {
            "model": "gpt-6-luna",
            "messages": (system, Message("user", text)),
            "max_tokens": 16000,
            **changes,
        }
        return TextRequest(**values)

    return make


@pytest.fixture
def cluster_schema() -> ReplySchema:
    cluster = {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "keywords"],
        "properties": {
            "name": {"type": "string"},
            "keywords": {"type": "array", "items": {"type": "string"}},
        },
    }
    return ReplySchema(
        "auto_cluster",
        {
            "type": "object",
            "additionalProperties": False,
            "required": ["clusters"],
            "properties": {"clusters": {"type": "array", "items": cluster}},
        },
    )
