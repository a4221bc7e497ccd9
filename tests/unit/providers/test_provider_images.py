"""Pictures from both image APIs of the sandbox, and what their faults end in."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from igny8_flask.ai.pictures import verify_and_encode
from igny8_flask.ai.providers import ImageRequest, OpenAIImages, RunwareImages
from igny8_flask.ai.providers.catalog import COMPATIBLE
from igny8_flask.ai.providers.image_fetch import decode_base64, fetch_image, sniff_mime
from igny8_flask.ai.providers.openai_images import provider_size
from igny8_flask.ai.providers.runware_images import runware_size
from igny8_flask.errors import CancelledError, InputError, ProviderError
from igny8_flask.outbound import Outbound
from igny8_flask.sandbox.faults import parse_rule

KEY = "sk-sandbox-test-key"


def order(**changes: Any) -> ImageRequest:
    values: dict[str, Any] = {
        "prompt": "A red tent in the snow",
        "model": "gpt-image-2.5-flare",
        "width": 1200,
        "height": 630,
        "request_uuid": str(uuid.uuid4()),
        "quality": "low",
        **changes,
    }
    return ImageRequest(**values)


def runware_order(**changes: Any) -> ImageRequest:
    return order(**{"model": "runware:97@1", "width": 512, "height": 320, **changes})


@pytest.fixture
def openai(provider: Any, outbound: Outbound) -> OpenAIImages:
    return OpenAIImages(outbound, provider.base_url, KEY)


class Watch:
    """A clock that a test moves by sleeping on it."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def read(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def runware(provider: Any, outbound: Outbound, watch: Watch) -> RunwareImages:
    return RunwareImages(outbound, provider.base_url, KEY, watch.sleep, watch.read)


def billed(provider: Any) -> int:
    return sum(entry["images"] for entry in provider.journal)


def test_openai_gives_a_picture_of_the_wanted_shape_with_its_tokens(
    openai: OpenAIImages, provider: Any
) -> None:
    reply = openai.generate(order(negative_prompt="people"))
    picture = verify_and_encode(reply.images[0].data, (1200, 630))
    assert reply.images[0].mime == "image/png"
    assert (picture.mime, picture.width, picture.height) == ("image/webp", 1200, 630)
    assert reply.usage
    assert reply.usage.output > 0
    assert reply.request_id == provider.journal[-1]["request_id"]
    assert not provider.journal[-1]["key_leaked"]


def test_openai_gives_several_pictures_and_the_rest_when_one_fails(
    openai: OpenAIImages, provider: Any
) -> None:
    assert len(openai.generate(order(n=3)).images) == 3
    provider.script("partial_batch")
    assert len(openai.generate(order(n=3)).images) == 2


def test_names_of_retired_qualities_are_translated(openai: OpenAIImages) -> None:
    assert openai.generate(order(quality="standard", width=256, height=256)).images
    assert openai.generate(order(quality="hd", width=256, height=256)).images


def test_a_quality_that_the_server_does_not_know_is_given_up(
    openai: OpenAIImages, provider: Any
) -> None:
    assert openai.generate(order(quality="ultra", width=256, height=256)).images
    assert [entry["status"] for entry in provider.journal] == [400, 200]


@pytest.mark.parametrize(
    ("model", "wanted", "size"),
    [
        ("gpt-image-2", (1200, 630), (1200, 640)),
        ("gpt-image-2", (1024, 1024), (1024, 1024)),
        ("gpt-image-2", (4000, 400), (2560, 864)),
        ("gpt-image-2", (100, 1000), (336, 1008)),
        ("gpt-image-2", (3840, 2160), (2560, 1440)),
        ("gpt-image-2", (1009, 336), (1024, 352)),
        ("gpt-image-1-mini", (1792, 1024), (1536, 1024)),
        ("gpt-image-1.5", (600, 900), (1024, 1536)),
        ("gpt-image-1.5", (500, 500), (1024, 1024)),
    ],
)
def test_the_size_asked_for_is_one_that_the_model_can_draw(
    model: str, wanted: tuple[int, int], size: tuple[int, int]
) -> None:
    assert provider_size(model, *wanted) == size


@pytest.mark.parametrize(
    ("fault", "kind", "retryable"),
    [
        ("moderation_blocked", "policy", False),
        ("unverified", "permission", False),
        ("insufficient_quota", "quota", False),
        ("rate_limit", "rate", True),
        ("server_500", "transient", True),
        ("not_found", "model", False),
        ("empty_200", "transient", True),
        ("html_in_200", "transient", True),
        ("bad_base64", "transient", True),
        ("zero_bytes", "transient", True),
    ],
)
def test_an_openai_image_fault_ends_in_its_class(
    fault: str, kind: str, retryable: bool, openai: OpenAIImages, provider: Any
) -> None:
    provider.script(fault)
    with pytest.raises(ProviderError) as caught:
        openai.generate(order(width=256, height=256))
    assert (caught.value.kind, caught.value.retryable) == (kind, retryable)
    assert caught.value.hint


@pytest.mark.parametrize("api", ["openai", "runware"])
@pytest.mark.parametrize("fault", ["invalid_bytes", "html_as_image", "bomb_pixels"])
def test_bytes_that_are_no_picture_are_caught_before_use(
    api: str, fault: str, openai: OpenAIImages, runware: RunwareImages, provider: Any
) -> None:
    provider.script(fault)
    if api == "openai":
        reply = openai.generate(order(width=256, height=256))
    else:
        reply = runware.generate(runware_order())
    with pytest.raises(InputError) as caught:
        verify_and_encode(reply.images[0].data)
    assert caught.value.code == ("image_too_large" if fault == "bomb_pixels" else "bad_image")


@pytest.mark.parametrize("fault", ["wrong_format", "wrong_size"])
def test_a_picture_of_another_format_or_size_is_brought_into_shape(
    fault: str, runware: RunwareImages, provider: Any
) -> None:
    provider.script(fault)
    reply = runware.generate(runware_order())
    picture = verify_and_encode(reply.images[0].data, (512, 320))
    assert picture.width / picture.height == pytest.approx(512 / 320, rel=0.01)


def test_runware_gives_pictures_with_their_exact_cost(
    runware: RunwareImages, provider: Any
) -> None:
    reply = runware.generate(runware_order(n=2, negative_prompt="people"))
    assert len(reply.images) == 2
    assert isinstance(reply.cost_usd, Decimal)
    costs = [entry["expected_cost_usd"] for entry in provider.journal]
    assert float(reply.cost_usd) == pytest.approx(sum(costs))
    assert not reply.nsfw
    assert not any(entry["key_leaked"] for entry in provider.journal)


def test_runware_waits_for_an_order_that_takes_long(
    runware: RunwareImages, provider: Any, watch: Watch
) -> None:
    request = runware_order()
    provider.script("async_never_done")
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        if asked == 4:
            provider.state.runware_tasks.get(request.request_uuid)["never"] = False
        return False

    assert runware.generate(request, stop).images
    assert watch.now > 3
    assert billed(provider) == 1


def test_runware_gives_an_order_up_that_never_ends_and_says_that_it_may_be_paid(
    runware: RunwareImages, provider: Any, watch: Watch
) -> None:
    request = runware_order()
    provider.script("async_never_done")
    with pytest.raises(ProviderError) as caught:
        runware.generate(request)
    assert (caught.value.kind, caught.value.retryable) == ("timeout", True)
    assert caught.value.maybe_billed
    assert 300 <= watch.now < 310
    provider.state.runware_tasks.get(request.request_uuid)["never"] = False
    assert runware.generate(replace(request, resume=True)).images
    assert billed(provider) == 1


@pytest.mark.parametrize("fault", ["empty_200", "html_in_200", "not_json", "short_content_length"])
def test_runware_asks_before_it_pays_again_when_the_answer_was_lost(
    fault: str, runware: RunwareImages, provider: Any
) -> None:
    provider.script(fault)
    request = runware_order()
    if fault in ("not_json", "short_content_length"):
        assert runware.generate(request).images
        assert billed(provider) == 1
        return
    with pytest.raises(ProviderError) as caught:
        runware.generate(request)
    assert (caught.value.kind, caught.value.retryable) == ("transient", True)
    assert not caught.value.maybe_billed
    assert billed(provider) == 0


def test_an_order_given_twice_is_paid_once(runware: RunwareImages, provider: Any) -> None:
    request = runware_order()
    first, second = runware.generate(request), runware.generate(request)
    assert first.images == second.images
    assert billed(provider) == 1


def test_resuming_an_order_that_never_arrived_places_it(
    runware: RunwareImages, provider: Any
) -> None:
    assert runware.generate(runware_order(resume=True)).images
    assert billed(provider) == 1


def test_an_order_that_failed_is_placed_anew_when_resumed(
    runware: RunwareImages, provider: Any
) -> None:
    request = runware_order()
    orders = {"nth": [1, 5]}  # the requests between them only ask
    provider.state.faults.add([parse_rule({"fault": "partial_batch", "times": 0, "match": orders})])
    for resume in (False, True):
        with pytest.raises(ProviderError):
            runware.generate(replace(request, resume=resume))
    assert runware.generate(replace(request, resume=True)).images
    assert runware.generate(replace(request, resume=True)).images
    assert billed(provider) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "retryable"),
    [
        ("moderation_blocked", "policy", False),
        ("auth", "auth", False),
        ("insufficient_quota", "quota", False),
        ("rate_limit", "rate", True),
        ("partial_batch", "transient", True),
        ("unverified", "auth", False),
        ("status_529", "capacity", True),
    ],
)
def test_a_runware_fault_ends_in_its_class(
    fault: str, kind: str, retryable: bool, runware: RunwareImages, provider: Any
) -> None:
    provider.script(fault)
    with pytest.raises(ProviderError) as caught:
        runware.generate(runware_order())
    assert (caught.value.kind, caught.value.retryable) == (kind, retryable)
    assert not caught.value.maybe_billed


@pytest.mark.parametrize("fault", ["server_500", "bad_gateway_html", "overloaded_503"])
def test_a_runware_order_that_failed_halfway_is_asked_for(
    fault: str, runware: RunwareImages, provider: Any
) -> None:
    provider.script(fault)
    with pytest.raises(ProviderError) as caught:
        runware.generate(runware_order())
    assert caught.value.retryable
    assert billed(provider) == 0


def test_runware_keeps_the_pictures_that_came_when_one_failed(
    runware: RunwareImages, provider: Any
) -> None:
    provider.script("partial_batch")
    assert len(runware.generate(runware_order(n=3)).images) == 2


def test_runware_marks_unsafe_pictures_and_unknown_cost(
    runware: RunwareImages, provider: Any
) -> None:
    provider.script("nsfw_flag")
    assert runware.generate(runware_order()).nsfw
    provider.script("cost_missing")
    assert runware.generate(runware_order()).cost_usd is None


def test_a_model_that_runware_does_not_know_is_named(runware: RunwareImages) -> None:
    with pytest.raises(ProviderError) as caught:
        runware.generate(runware_order(model="no-such-model"))
    assert (caught.value.kind, caught.value.retryable) == ("model", False)
    assert "no-such-model" in caught.value.message


def test_a_cancelled_order_stops_the_waiting(runware: RunwareImages, provider: Any) -> None:
    provider.script("async_never_done")
    with pytest.raises(CancelledError):
        runware.generate(runware_order(), lambda: True)


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        ((1200, 630), (1216, 640)),
        ((100, 50), (512, 256)),
        ((5000, 1000), (2048, 448)),
        ((10, 4000), (256, 2048)),
        ((1024, 1024), (1024, 1024)),
    ],
)
def test_runware_sizes_are_steps_of_64_within_its_limits(
    wanted: tuple[int, int], size: tuple[int, int]
) -> None:
    assert runware_size(*wanted) == size


@pytest.mark.parametrize("make", [order, runware_order])
def test_a_linked_picture_is_fetched_under_guard(
    make: Callable[..., ImageRequest], provider: Any, outbound: Outbound
) -> None:
    provider.state.hosted.put("a.png", hosted(b"\x89PNG\r\n\x1a\n", redirect=False))
    url = f"http://{provider.pair}/img/a.png"
    image = fetch_image(outbound, url, COMPATIBLE)
    assert image.mime == "image/png"
    assert provider.journal[-1]["key"] is None


def hosted(data: bytes, redirect: bool) -> dict[str, Any]:
    return {"data": data, "type": "image/png", "expires": None, "redirect": redirect}


@pytest.mark.parametrize("name", ["missing.png", "redirect.png"])
def test_a_linked_picture_that_is_gone_or_leads_elsewhere_is_a_failure(
    name: str, provider: Any, outbound: Outbound
) -> None:
    provider.state.hosted.put("redirect.png", hosted(b"x", redirect=True))
    with pytest.raises(ProviderError) as caught:
        fetch_image(outbound, f"http://{provider.pair}/img/{name}", COMPATIBLE)
    assert caught.value.maybe_billed


@pytest.mark.parametrize("url", ["http://169.254.169.254/a.png", "http://localhost/a", "file:///a"])
def test_a_picture_link_into_a_private_network_is_refused(url: str, outbound: Outbound) -> None:
    with pytest.raises(ProviderError):
        fetch_image(outbound, url, COMPATIBLE)


def test_bytes_tell_their_type_whatever_the_server_says() -> None:
    assert sniff_mime(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
    assert sniff_mime(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert sniff_mime(b"<svg onload=alert(1)>") == "application/octet-stream"
    assert decode_base64("data:image/png;base64,aGVsbG8=") == b"hello"
    assert decode_base64("not base64!") == b""
