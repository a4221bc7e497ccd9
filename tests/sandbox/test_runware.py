"""Runware's task API: one array in, rows and errors out, each order paid once."""

import base64
import io
import uuid
from typing import Any

import pytest
from PIL import Image

from tests.sandbox.conftest import Sandbox, serving


def order(**change: Any) -> dict[str, Any]:
    task = {
        "taskType": "imageInference",
        "taskUUID": str(uuid.uuid4()),
        "model": "runware:97@1",
        "positivePrompt": "A cup of tea",
        "width": 512,
        "height": 256,
        "includeCost": True,
    }
    return {**task, **change}


def ask(kind: str, task: dict[str, Any]) -> dict[str, Any]:
    return {"taskType": kind, "taskUUID": task["taskUUID"]}


def test_a_picture_is_delivered_at_an_address_with_its_cost(box: Sandbox) -> None:
    task = order()
    row = box.post("/v1", [task]).json()["data"][0]
    assert row["taskUUID"] == task["taskUUID"]
    assert row["cost"] == pytest.approx(0.009 * 512 * 256 / 1024**2)
    assert row["NSFWContent"] is False
    fetched = box.session.get(row["imageURL"])
    assert fetched.headers["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(fetched.content)) as image:
        assert (image.format, image.size) == ("JPEG", (512, 256))
    paid = box.journal(billed="true")
    assert [(line["images"], line["expected_cost_usd"]) for line in paid] == [(1, row["cost"])]


@pytest.mark.parametrize(
    ("output_type", "field"), [("base64Data", "imageBase64Data"), ("dataURI", "imageDataURI")]
)
def test_bytes_come_inline_when_asked_for(box: Sandbox, output_type: str, field: str) -> None:
    task = order(outputType=output_type, outputFormat="PNG")
    text = box.post("/v1", [task]).json()["data"][0][field]
    data = base64.b64decode(text.removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"


def test_the_same_seed_gives_the_same_bytes(box: Sandbox) -> None:
    rows = [
        box.post("/v1", [order(seed=seed, outputType="base64Data")]).json()["data"][0]
        for seed in (5, 5, 6)
    ]
    first, same, other = (row["imageBase64Data"] for row in rows)
    assert first == same != other


def test_the_key_may_come_as_the_first_task(box: Sandbox) -> None:
    tasks = [{"taskType": "authentication", "apiKey": "sk-sandbox-x"}, order()]
    answer = box.post("/v1", tasks, key=None)
    assert [row["taskType"] for row in answer.json()["data"]] == [
        "authentication",
        "imageInference",
    ]
    assert box.journal()[-1]["key"] == "sk-…ox-x"


def test_a_wrong_key_is_refused_in_runwares_words(box: Sandbox) -> None:
    answer = box.post("/v1", [order()], key="wrong-key-12345")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "invalidApiKey"


@pytest.mark.parametrize(
    ("change", "code", "parameter"),
    [
        ({"width": 500}, "invalidWidth", "width"),
        ({"height": 4096}, "invalidHeight", "height"),
        ({"width": None}, "missingWidth", "width"),
        ({"model": "hidream"}, "invalidModel", "model"),
        ({"model": None}, "missingModel", "model"),
        ({"positivePrompt": ""}, "invalidPositivePrompt", "positivePrompt"),
        ({"numberResults": 21}, "invalidNumberResults", "numberResults"),
        ({"outputFormat": "GIF"}, "invalidOutputFormat", "outputFormat"),
        ({"taskUUID": "7"}, "invalidTaskUUID", "taskUUID"),
        ({"taskType": "paint"}, "invalidTaskType", "taskType"),
    ],
)
def test_wrong_tasks_are_refused_by_field(
    box: Sandbox, change: dict[str, Any], code: str, parameter: str
) -> None:
    answer = box.post("/v1", [order(**change)])
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"], error["parameter"]) == (400, code, parameter)
    assert box.journal()[-1]["billed"] is False


def test_a_body_that_is_no_array_is_refused(box: Sandbox) -> None:
    assert box.post("/v1", order()).status_code == 400


def test_one_bad_task_does_not_spoil_the_others(box: Sandbox) -> None:
    good, bad = order(), order(width=1)
    answer = box.post("/v1", [bad, good])
    assert answer.status_code == 200
    assert [row["taskUUID"] for row in answer.json()["data"]] == [good["taskUUID"]]
    assert [row["taskUUID"] for row in answer.json()["errors"]] == [bad["taskUUID"]]


def test_a_used_uuid_is_refused_and_not_paid_again(box: Sandbox) -> None:
    task = order()
    box.post("/v1", [task])
    again = box.post("/v1", [task])
    assert again.json()["errors"][0]["code"] == "duplicateTaskUUID"
    assert len(box.journal(billed="true")) == 1


def test_an_asynchronous_order_is_polled_until_it_is_done() -> None:
    with serving(latency="60") as box:
        task = order(deliveryMethod="async")
        accepted = box.post("/v1", [task]).json()["data"][0]
        assert accepted == {"taskType": "imageInference", "taskUUID": task["taskUUID"]}
        polled = box.post("/v1", [ask("getResponse", task)]).json()["data"][0]
        assert polled["status"] == "processing"
        box.session.post(f"{box.root}/_sandbox/clock", json={"advance_s": 61})
        done = box.post("/v1", [ask("getResponse", task)]).json()["data"][0]
        assert done["status"] == "success"
        assert box.session.get(done["imageURL"]).status_code == 200


def test_an_order_whose_answer_was_lost_can_be_recovered(box: Sandbox) -> None:
    box.fault("reset_before_headers", args={"after_work": True})
    task = order()
    with pytest.raises(OSError, match="onnection"):
        box.post("/v1", [task])
    details = box.post("/v1", [ask("getTaskDetails", task)]).json()["data"][0]
    assert details["request"] == task
    assert details["response"]["data"][0]["imageURL"]
    assert len(box.journal(billed="true")) == 1


def test_an_unknown_task_is_not_found(box: Sandbox) -> None:
    answer = box.post("/v1", [ask("getResponse", order())])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "taskNotFound")


def test_a_dry_run_prices_without_paying(box: Sandbox) -> None:
    headers = {"X-Runware-Dry-Run": "1"}
    answer = box.post("/v1", [order(numberResults=2)], headers=headers).json()["data"][0]
    assert answer["cost"] == pytest.approx(2 * 0.009 * 512 * 256 / 1024**2)
    assert "imageURL" not in answer
    assert box.journal(billed="true") == []


def test_a_picture_expires_after_its_ttl(box: Sandbox) -> None:
    row = box.post("/v1", [order(ttl=60)]).json()["data"][0]
    assert box.session.get(row["imageURL"]).status_code == 200
    box.session.post(f"{box.root}/_sandbox/clock", json={"advance_s": 61})
    assert box.session.get(row["imageURL"]).status_code == 404


def test_addresses_may_lie(box: Sandbox) -> None:
    box.fault("url_404")
    row = box.post("/v1", [order()]).json()["data"][0]
    assert box.session.get(row["imageURL"]).status_code == 404
    box.fault("url_redirect_private")
    row = box.post("/v1", [order()]).json()["data"][0]
    answer = box.session.get(row["imageURL"], allow_redirects=False)
    assert answer.status_code == 302
    assert "169.254" in answer.headers["Location"]


def test_a_page_in_place_of_a_picture(box: Sandbox) -> None:
    box.fault("html_as_image")
    row = box.post("/v1", [order()]).json()["data"][0]
    assert box.session.get(row["imageURL"]).headers["Content-Type"].startswith("text/html")


def test_flags_costs_blocks_and_partial_failures(box: Sandbox) -> None:
    box.fault("nsfw_flag")
    assert box.post("/v1", [order()]).json()["data"][0]["NSFWContent"] is True
    box.fault("cost_missing")
    assert "cost" not in box.post("/v1", [order()]).json()["data"][0]
    box.fault("moderation_blocked")
    blocked = box.post("/v1", [order()])
    assert blocked.json()["errors"][0]["code"] == "contentPolicyViolation"
    box.fault("partial_batch")
    partial = box.post("/v1", [order(numberResults=3)]).json()
    assert (len(partial["data"]), len(partial["errors"])) == (2, 1)


def test_an_order_may_never_be_done(box: Sandbox) -> None:
    box.fault("async_never_done")
    task = order()
    box.post("/v1", [task])
    box.session.post(f"{box.root}/_sandbox/clock", json={"advance_s": 9999})
    polled = box.post("/v1", [ask("getResponse", task)]).json()["data"][0]
    assert polled["status"] == "processing"


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("quota", 402, "insufficientCredits"),
        ("rate_limit", 429, "rateLimitExceeded"),
        ("server_500", 500, "internalServerError"),
        ("overloaded_503", 503, "noAvailableServer"),
    ],
)
def test_http_faults_speak_runware_too(box: Sandbox, fault: str, status: int, code: str) -> None:
    box.fault(fault)
    answer = box.post("/v1", [order()])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
