"""Every error a provider is known to answer with ends in its class; no key gets through."""

import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from igny8_flask.ai.providers import classify, normalize_base_url, provider_for
from igny8_flask.ai.providers.catalog import OPENAI, PROVIDERS, RUNWARE
from igny8_flask.ai.providers.faults import read_fault, read_retry_after
from igny8_flask.ai.providers.redaction import redact
from igny8_flask.ai.providers.runware_errors import (
    classify_runware,
    is_duplicate_task,
    is_unknown_task,
)
from igny8_flask.errors import ProviderError


def openai(
    message: str = "", code: str | None = None, kind: str = "", param: str | None = None
) -> Any:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


TABLE = [
    (400, openai("x", "context_length_exceeded"), "context"),
    (400, openai("This model's maximum context length is 8192 tokens"), "context"),
    (400, {"error": {"code": 400, "message": "exceeds the available context size"}}, "context"),
    (413, openai("Request Entity Too Large"), "context"),
    (429, openai("Request too large for gpt-4 on tokens per min", kind="tokens"), "context"),
    (400, openai("Unsupported parameter: 'max_tokens'", "unsupported_parameter"), "parameter"),
    (400, openai("x", "unsupported_value", param="temperature"), "parameter"),
    (400, openai("x", "unknown_parameter"), "parameter"),
    (400, openai("Unrecognized request argument supplied: foo"), "parameter"),
    (422, {"object": "error", "message": {"detail": [{"loc": ["body", "x"]}]}}, "parameter"),
    (422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"]}]}, "parameter"),
    (400, openai("Failed to validate JSON", "json_validate_failed"), "parameter"),
    (400, openai("x", "invalid_prompt"), "policy"),
    (400, openai("x", "content_filter"), "policy"),
    (400, openai("x", "moderation_blocked", "image_generation_user_error"), "policy"),
    (400, openai("x", "content_policy_violation"), "policy"),
    (400, {"error": {"innererror": {"code": "ResponsibleAIPolicyViolation"}}}, "policy"),
    (400, openai("The response was filtered due to the content management policy"), "policy"),
    (400, openai("The model has been retired", param="model"), "model"),
    (400, openai("Invalid service_tier argument"), "config"),
    (400, openai("you must provide a model parameter"), "request"),
    (401, openai("Incorrect API key provided", "invalid_api_key"), "auth"),
    (401, openai("You must be a member of an organization"), "auth"),
    (401, b"", "auth"),
    (400, [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",
                      "status": "INVALID_ARGUMENT"}}], "auth"),
    (403, openai("Country, region, or territory not supported"), "permission"),
    (403, openai("Your organization must be verified to use the model"), "permission"),
    (400, openai("Your organization must be verified to stream this model"), "permission"),
    (403, b"<html>Forbidden</html>", "permission"),
    (404, openai("The model `x` does not exist", "model_not_found"), "model"),
    (404, openai("model 'llama9' not found, try pulling it first"), "model"),
    (404, b"404 page not found", "config"),
    (405, b"", "config"),
    (408, b"", "transient"),
    (409, openai("lock timeout"), "transient"),
    (425, b"", "transient"),
    (429, openai("Rate limit reached", "rate_limit_exceeded", "requests"), "rate"),
    (429, openai("x", "slow_down", "rate_limit_error"), "rate"),
    (429, b"", "rate"),
    (429, [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}], "rate"),
    (429, openai("x", "credit_balance_exhausted", "insufficient_quota"), "quota"),
    (429, openai("x", "organization_spend_limit_exceeded", "insufficient_quota"), "quota"),
    (429, openai("x", "project_spend_limit_exceeded", "insufficient_quota"), "quota"),
    (429, openai("x", "organization_usage_limit_exceeded", "insufficient_quota"), "quota"),
    (429, openai("You exceeded your current quota", "insufficient_quota"), "quota"),
    (429, openai("x", None, "insufficient_quota"), "quota"),
    (402, {"error": {"code": 402, "message": "Insufficient credits"}}, "quota"),
    (400, openai("Your credit balance is too low to access the API"), "quota"),
    (429, openai("Flex resource unavailable", "resource_unavailable"), "capacity"),
    (498, openai("Flex tier capacity exceeded"), "capacity"),
    (529, openai("Overloaded", kind="overloaded_error"), "capacity"),
    (500, openai("The server had an error", kind="server_error"), "transient"),
    (502, b"<html><h1>502 Bad Gateway</h1></html>", "transient"),
    (503, openai("x", "server_is_overloaded", "service_unavailable_error"), "transient"),
    (503, {"error": {"code": 503, "message": "Loading model"}}, "transient"),
    (504, b"", "transient"),
    (520, b"", "transient"),
    (302, b"", "config"),
    (308, b"", "config"),
    (200, {"error": {"code": 502, "message": "Provider returned error"}}, "transient"),
    (200, {"error": {"code": 429, "message": "slow"}}, "rate"),
    (200, {"error": {"code": 402, "message": "x"}}, "quota"),
    (200, {"error": "something odd"}, "transient"),
    (422, {"error": "model is required"}, "parameter"),
    (418, b"\xff\xfe\x00", "request"),
    (400, b"[" * 100_000, "request"),
    (400, [], "request"),
    (500, {"error": None}, "transient"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "kind"), TABLE)
def test_an_error_answer_ends_in_its_class(status: int, body: Any, kind: str) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    error = classify(status, raw, {}, OPENAI, model="gpt-x")
    assert error.kind == kind
    assert error.retryable is (kind in {"rate", "capacity", "transient", "timeout"})
    assert error.message.startswith(("OpenAI", "The "))
    assert error.hint
    assert "{" not in error.message.partition("(")[0] + error.hint


RUNWARE_TABLE = [
    (402, "insufficientCredits", "quota"),
    (400, "quotaExceeded", "quota"),
    (400, "balanceTooLow", "quota"),
    (401, "invalidApiKey", "auth"),
    (401, "missingApiKey", "auth"),
    (403, "unauthorizedAccess", "auth"),
    (400, "timeoutProvider", "timeout"),
    (504, "inferenceTimeout", "timeout"),
    (400, "contentPolicyViolation", "policy"),
    (400, "nsfwContentDetected", "policy"),
    (400, "providerError", "transient"),
    (400, "providerRateLimitExceeded", "rate"),
    (400, "noAvailableServer", "capacity"),
    (400, "modelUnavailable", "capacity"),
    (400, "invalidModel", "model"),
    (400, "unsupportedModelArchitecture", "model"),
    (400, "invalidWidth", "request"),
    (400, "missingPositivePrompt", "request"),
    (400, "unsupportedParameter", "request"),
    (429, "somethingNew", "rate"),
    (503, "somethingNew", "transient"),
]


@pytest.mark.parametrize(("status", "code", "kind"), RUNWARE_TABLE)
@pytest.mark.parametrize("shape", ["errors", "error", "bare"])
def test_a_runware_error_ends_in_its_class_in_every_shape(
    status: int, code: str, kind: str, shape: str
) -> None:
    row = {"code": code, "message": "words", "taskUUID": None}
    body = {"errors": {"errors": [row]}, "error": {"error": row}, "bare": [row]}[shape]
    error = classify_runware(status, json.dumps(body).encode(), {})
    assert error.kind == kind
    assert "Runware" in error.message
    assert "RUNWARE_" in error.hint or kind not in ("auth", "config")


def test_runware_says_whether_it_knows_a_task() -> None:
    assert is_unknown_task({"code": "taskNotFound", "message": "x"})
    assert is_unknown_task({"code": "x", "message": "No such task UUID"})
    assert not is_unknown_task({"code": "providerError", "message": "failed"})
    assert is_duplicate_task({"code": "duplicateTaskUUID", "message": "x"})
    assert not is_duplicate_task({"code": "invalidTaskUUID", "message": "not a UUID"})


NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "20"}, 20),
        ({"retry-after": "1.5"}, 1.5),
        ({"Retry-After-Ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": "Sun, 22 Nov 2026 12:01:30 GMT"}, 90),
        ({"Retry-After": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"Retry-After": "99999999"}, 86400),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": ""}, None),
        ({}, None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "12ms"}, 0.012),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1h2m3.5s"}, 3723.5),
        ({"x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "9s"}, None),
        ({"x-ratelimit-remaining-requests": "-1", "x-ratelimit-reset-requests": "0"}, None),
    ],
)
def test_the_wait_is_read_from_every_header_form(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert read_retry_after(CaseInsensitiveDict(headers), NOW) == seconds


def test_a_server_can_forbid_the_retry() -> None:
    assert not classify(503, b"", CaseInsensitiveDict({"X-Should-Retry": "false"})).retryable


def test_request_id_and_parameter_are_kept_for_the_log() -> None:
    headers = CaseInsensitiveDict({"X-Request-ID": "req_1"})
    error = classify(400, openai("x", "unsupported_value", param="temperature"), headers)
    assert (error.request_id, error.parameter) == ("req_1", "temperature")
    assert isinstance(pickle.loads(pickle.dumps(error)), ProviderError)


KEYS = [
    "sk-proj-AbCdEf0123456789AbCdEf0123456789",
    "sk-or-v1-0123456789abcdef",
    "gsk_AbCdEf0123456789",
    "AIzaSyA-0123456789abcdef",
    "0123456789abcdef0123456789abcdef",
]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "template",
    [
        "Incorrect API key provided: {}. You can find yours at the website.",
        "Authorization: Bearer {}",
        '{{"apiKey": "{}"}}',
        "GET https://a.example/v1?key={}&x=1",
        "<p>{}</p>",
    ],
)
def test_a_key_that_a_provider_echoes_never_reaches_the_message(key: str, template: str) -> None:
    for body in (openai(template.format(key)), template.format(key)):
        error = classify(401, body, {}, OPENAI, secret=key)
        assert key not in error.message + error.hint + repr(error)


@pytest.mark.parametrize("key", KEYS[:4])
def test_key_shapes_are_hidden_even_when_they_are_not_ours(key: str) -> None:
    assert key[6:] not in redact(f"another key {key} was used")


def test_partly_masked_keys_and_encoded_data_are_hidden_and_lines_kept_short() -> None:
    assert "wxyz" not in redact("Incorrect API key provided: sk-pr********wxyz.")
    assert len(redact("x " * 5000)) == 300
    assert redact("data " + "QUJD" * 100) == "data [hidden]"
    assert redact("two\nlines\x1b[31m\x00 <b>bold</b>") == "two lines [31m bold"


def test_an_error_body_is_read_in_every_shape() -> None:
    assert read_fault(b'{"error":{"code":429,"message":"m"}}').status == 429
    assert read_fault(b'{"object":"error","message":"m","code":"c"}').code == "c"
    assert read_fault(b'{"detail":[{"loc":["body","seed"],"msg":"m"}]}').param == "seed"
    assert read_fault(b'{"error":"plain"}').message == "plain"
    assert read_fault(b'{"error":{"metadata":{"code":"c","param":"p"}}}').code == "c"
    assert read_fault(b'"text"').message == "text"
    assert read_fault(b"{}").message == ""
    assert read_fault(b"null").message == ""


@pytest.mark.parametrize(
    ("pasted", "clean"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("  https://api.openai.com  ", "https://api.openai.com/v1"),
        ("api.openai.com", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1//", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/responses", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/models", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/images/generations", "https://api.openai.com/v1"),
        ("https://API.OpenAI.com:443/v1?x=1#y", "https://api.openai.com/v1"),
        ('"https://api.openai.com/v1"', "https://api.openai.com/v1"),
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("localhost:11434", "http://localhost:11434/v1"),
        ("127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1"),
        ("ollama:11434", "http://ollama:11434/v1"),
        ("https://openrouter.ai/api", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1"),
        ("https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1"),
        ("https://r.openai.azure.com/openai/v1/", "https://r.openai.azure.com/openai/v1"),
        ("https://r.openai.azure.com/openai", "https://r.openai.azure.com/openai/v1"),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1beta/openai",
        ),
        ("https://api.runware.ai/v1", "https://api.runware.ai/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
    ],
)
def test_a_pasted_base_url_comes_out_in_its_one_form(pasted: str, clean: str) -> None:
    assert normalize_base_url(pasted) == clean
    assert normalize_base_url(clean) == clean


@pytest.mark.parametrize(
    "pasted", ["", " ", "ftp://a.example", "https://", "https://user:pw@a.example/v1", "not a url",
               "https://127.1/v1", "javascript:alert(1)"]
)  # fmt: skip
def test_a_base_url_that_is_none_is_a_fault_of_the_settings(pasted: str) -> None:
    with pytest.raises(ProviderError) as caught:
        normalize_base_url(pasted)
    assert caught.value.kind == "config"


def test_every_row_of_the_catalog_is_found_by_its_base_url() -> None:
    for row in PROVIDERS:
        url = row.base_url.replace("*", "my-resource")
        assert provider_for(normalize_base_url(url)) is row
    assert provider_for("http://127.0.0.1:11434/v1").name == "compatible"
    assert provider_for(RUNWARE.base_url) is RUNWARE
