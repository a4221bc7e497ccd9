"""Pictures over OpenAI's images API: bytes, bills, refusals and spoiled bytes."""

import base64
import io
from typing import Any

import openai
import pytest
from PIL import Image

from tests.sandbox.conftest import Sandbox

PATH = "/v1/images/generations"
ASKED: dict[str, Any] = {
    "model": "gpt-image-2.5-flare",
    "prompt": "A cup of tea",
    "size": "512x512",
}


def picture(answer: Any, number: int = 0) -> bytes:
    return base64.b64decode(answer.json()["data"][number]["b64_json"])


@pytest.mark.parametrize("picture_format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("size", ["1024x1024", "1536x1024", "64x128"])
def test_a_picture_has_the_exact_size_and_format(
    ai: openai.OpenAI, picture_format: Any, size: str
) -> None:
    reply = ai.images.generate(
        model="gpt-image-2", prompt="Tea", size=size, output_format=picture_format
    )
    assert reply.data
    data = base64.b64decode(reply.data[0].b64_json or "")
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format or "").lower() == picture_format
        assert f"{image.width}x{image.height}" == size
        image.verify()


def test_the_same_prompt_gives_the_same_bytes_and_each_of_n_is_another(box: Sandbox) -> None:
    first, second = box.post(PATH, {**ASKED, "n": 2}), box.post(PATH, ASKED)
    assert picture(first) == picture(second)
    assert picture(first, 0) != picture(first, 1)
    assert picture(box.post(PATH, {**ASKED, "prompt": "A mug"})) != picture(second)


@pytest.mark.parametrize(("quality", "tokens"), [("low", 196), ("medium", 439), ("high", 1756)])
def test_usage_follows_size_and_quality(box: Sandbox, quality: str, tokens: int) -> None:
    asked = {**ASKED, "size": "1024x1024", "quality": quality, "n": 2}
    usage = box.post(PATH, asked).json()["usage"]
    assert usage["output_tokens"] == 2 * tokens
    row = box.journal()[-1]
    assert row["images"] == 2
    assert row["expected_cost_usd"] == pytest.approx((3 * 5 + 2 * tokens * 30) / 1e6)


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"response_format": "url"}, "response_format"),
        ({"style": "vivid"}, "style"),
        ({"size": "1000x1000"}, "size"),
        ({"size": "1024x256"}, "size"),
        ({"size": "big"}, "size"),
        ({"quality": "hd"}, "quality"),
        ({"output_format": "bmp"}, "output_format"),
        ({"n": 11}, "n"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 32_001}, "prompt"),
        ({"background": "transparent", "output_format": "jpeg"}, "background"),
        ({"output_compression": 50}, "output_compression"),
        ({"model": "dall-e-3"}, "model"),
        ({"model": "gpt-6-luna"}, "model"),
    ],
)
def test_wrong_requests_are_refused(box: Sandbox, change: dict[str, Any], param: str) -> None:
    answer = box.post(PATH, {**ASKED, **change})
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]["param"] == param


def test_an_unverified_organization_may_not_draw(box: Sandbox) -> None:
    refused = pytest.raises(openai.PermissionDeniedError, match="must be verified")
    with box.client("sk-sandbox-unverified") as client, refused:
        client.images.generate(model="gpt-image-2", prompt="Tea")


def spoiled(box: Sandbox, name: str, **asked: Any) -> Any:
    box.fault(name)
    return box.post(PATH, {**ASKED, **asked})


@pytest.mark.parametrize("name", ["invalid_bytes", "zero_bytes", "html_as_image"])
def test_bytes_that_are_no_picture(box: Sandbox, name: str) -> None:
    data = picture(spoiled(box, name))
    with pytest.raises((OSError, SyntaxError)), Image.open(io.BytesIO(data)) as image:
        image.load()


def test_a_picture_of_another_format_or_size(box: Sandbox) -> None:
    with Image.open(io.BytesIO(picture(spoiled(box, "wrong_format")))) as image:
        assert image.format == "JPEG"
    with Image.open(io.BytesIO(picture(spoiled(box, "wrong_size")))) as image:
        assert image.size == (256, 256)


def test_a_small_file_that_claims_900_million_pixels(box: Sandbox) -> None:
    data = picture(spoiled(box, "bomb_pixels"))
    assert len(data) < 1_000_000
    with pytest.raises(Image.DecompressionBombError):
        Image.open(io.BytesIO(data))


def test_base64_that_cannot_be_decoded(box: Sandbox) -> None:
    text = spoiled(box, "bad_base64").json()["data"][0]["b64_json"]
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(text, validate=True)


def test_a_blocked_prompt_is_not_billed(box: Sandbox) -> None:
    answer = spoiled(box, "moderation_blocked")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "moderation_blocked"
    assert box.journal()[-1]["billed"] is False


def test_one_of_three_may_be_missing_and_usage_too(box: Sandbox) -> None:
    assert len(spoiled(box, "partial_batch", n=3).json()["data"]) == 2
    assert "usage" not in spoiled(box, "cost_missing").json()
