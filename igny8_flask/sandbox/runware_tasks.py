"""Picture orders of Runware's task API: checks, price, pictures, and what is kept of them."""

import base64
import re
import uuid as uuids
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request

from igny8_flask.sandbox.call import Call
from igny8_flask.sandbox.faults_image import spoil_picture
from igny8_flask.sandbox.pictures import draw_picture
from igny8_flask.sandbox.state import Sandbox

PRICES_USD = {  # one picture of 1024 x 1024; source: the model pages, 2026-11-22
    "runware:97@1": 0.009,
    "runware:97@3": 0.0032,
    "runware:100@1": 0.0013,
    "runware:101@1": 0.0038,
    "runware:400@1": 0.012,
    "runware:400@5": 0.0019,
}
OTHER_PRICE_USD = 0.005
_AIR = re.compile(r"[a-z0-9_.-]+:[a-z0-9_.-]+@[a-z0-9_.-]+", re.IGNORECASE)
_FORMATS = {"JPG": "jpeg", "PNG": "png", "WEBP": "webp"}
_NAMESPACE = uuids.UUID("3d0e9c52-6f0f-4b0e-9a41-5a9d0b1f8c77")


class TaskError(Exception):
    """One task that failed, in Runware's words."""

    def __init__(self, code: str, message: str, parameter: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.parameter, self.status = code, message, parameter, status

    def document(self, task: dict[str, Any]) -> dict[str, Any]:
        """Shape the error as a row of ``errors``."""
        return {
            "code": self.code,
            "message": self.message,
            "parameter": self.parameter,
            "taskType": task.get("taskType"),
            "taskUUID": task.get("taskUUID"),
            "documentation": "https://runware.ai/docs/platform/errors",
            "_status": self.status,
        }


@dataclass(frozen=True)
class Order:
    """A checked imageInference task."""

    uuid: str
    model: str
    prompt: str
    size: tuple[int, int]
    count: int
    output_type: str
    extension: str
    quality: int
    seed: int
    asynchronous: bool
    with_cost: bool
    ttl_s: int | None

    @property
    def picture_format(self) -> str:
        """Name the format as the drawing code does."""
        return _FORMATS[self.extension]


def read_order(task: dict[str, Any]) -> Order:
    """Check a task; raises TaskError."""
    uuid = _uuid(task)
    model = task.get("model")
    if not model:
        raise TaskError("missingModel", "Required parameter 'model' is missing.", "model")
    if not _AIR.fullmatch(str(model)):
        raise TaskError("invalidModel", f"Invalid model identifier '{model}'.", "model")
    prompt = task.get("positivePrompt")
    if not isinstance(prompt, str) or not 2 <= len(prompt) <= 32_000:
        message = "Required parameter 'positivePrompt' must hold 2 to 32000 characters."
        raise TaskError("invalidPositivePrompt", message, "positivePrompt")
    seed = task.get("seed")
    return Order(
        uuid=uuid,
        model=str(model),
        prompt=prompt,
        size=(_side(task, "width"), _side(task, "height")),
        count=_number(task, "numberResults", 1, 1, 20),
        output_type=_choice(task, "outputType", ("URL", "base64Data", "dataURI")),
        extension=_choice(task, "outputFormat", ("JPG", "PNG", "WEBP")),
        quality=_number(task, "outputQuality", 95, 20, 99),
        seed=seed if isinstance(seed, int) else int(uuids.uuid5(_NAMESPACE, prompt)) % 2**31,
        asynchronous=_choice(task, "deliveryMethod", ("sync", "async")) == "async",
        with_cost=task.get("includeCost") is True,
        ttl_s=task.get("ttl") if isinstance(task.get("ttl"), int) else None,
    )


def _uuid(task: dict[str, Any]) -> str:
    text = task.get("taskUUID")
    if not text:
        raise TaskError("missingTaskUUID", "Required parameter 'taskUUID' is missing.", "taskUUID")
    try:
        return str(uuids.UUID(str(text)))
    except ValueError:
        message = "Invalid 'taskUUID': expected a UUID v4."
        raise TaskError("invalidTaskUUID", message, "taskUUID") from None


def _side(task: dict[str, Any], name: str) -> int:
    side = task.get(name)
    if side is None:
        message = f"Required parameter '{name}' is missing."
        raise TaskError(f"missing{name.title()}", message, name)
    if not isinstance(side, int) or not 256 <= side <= 2048 or side % 64:
        message = f"Invalid value for '{name}': a multiple of 64 from 256 to 2048 is expected."
        raise TaskError(f"invalid{name.title()}", message, name)
    return side


def _number(task: dict[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = task.get(name, default)
    if not isinstance(value, int) or not low <= value <= high:
        code = f"invalid{name[0].upper()}{name[1:]}"
        raise TaskError(code, f"Invalid value for '{name}': {low} to {high} is expected.", name)
    return value


def _choice(task: dict[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value = task.get(name, allowed[0])
    if value not in allowed:
        code = f"invalid{name[0].upper()}{name[1:]}"
        raise TaskError(code, f"'{name}' must be one of: {', '.join(allowed)}.", name)
    return str(value)


def price_of(order: Order) -> float:
    """Price one picture of an order in USD."""
    share = order.size[0] * order.size[1] / (1024 * 1024)
    return round(PRICES_USD.get(order.model, OTHER_PRICE_USD) * share, 6)


def order_pictures(
    task: dict[str, Any], call: Call, sandbox: Sandbox, is_last: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw the pictures of a task, bill them and keep the answer under its UUID."""
    order = read_order(task)
    record: dict[str, Any] = {
        "request": task,
        "data": [],
        "errors": [],
        "ready_at": sandbox.now() + timedelta(seconds=call.latency.image()),
        "never": call.has_fault("async_never_done"),
    }
    if not sandbox.runware_tasks.add(order.uuid, record):
        message = f"Duplicate taskUUID: a task with UUID '{order.uuid}' already exists."
        raise TaskError("duplicateTaskUUID", message, "taskUUID")
    if call.has_fault("moderation_blocked"):
        error = TaskError("contentPolicyViolation", "The prompt was blocked.", "positivePrompt")
        record["errors"].append(_without_status(error.document(task)))
        raise error
    failed = 1 if call.has_fault("partial_batch") and (order.count > 1 or is_last) else 0
    made = order.count - failed
    record["data"] = [_row(order, number, call, sandbox) for number in range(made)]
    if failed:
        error = TaskError("providerError", "One of the pictures failed.", "numberResults", 500)
        record["errors"].append(_without_status(error.document(task)))
    _bill(call, order, made)
    if order.asynchronous or record["never"]:
        return [{"taskType": task["taskType"], "taskUUID": order.uuid}], []
    return list(record["data"]), [dict(error) for error in record["errors"]]


def _without_status(document: dict[str, Any]) -> dict[str, Any]:
    document.pop("_status")
    return document


def _bill(call: Call, order: Order, made: int) -> None:
    entry = call.entry
    entry.images += made
    entry.billed = entry.billed or made > 0
    entry.expected_cost_usd = round((entry.expected_cost_usd or 0) + price_of(order) * made, 6)


def _row(order: Order, number: int, call: Call, sandbox: Sandbox) -> dict[str, Any]:
    data = draw_picture(
        order.prompt,
        order.size,
        order.picture_format,
        f"{sandbox.seed}:{order.seed}:{number}",
        quality=order.quality,
    )
    if call.fault is not None:
        data = spoil_picture(data, order.size, order.picture_format, call.fault)
    row = {
        "taskType": "imageInference",
        "taskUUID": order.uuid,
        "imageUUID": str(uuids.uuid5(_NAMESPACE, f"{order.uuid}:{number}")),
        "seed": order.seed + number,
        "NSFWContent": call.has_fault("nsfw_flag"),
    }
    if order.with_cost and not call.has_fault("cost_missing"):
        row["cost"] = price_of(order)
    return {**row, **_delivery(order, row["imageUUID"], data, call, sandbox)}


def _delivery(
    order: Order, image_uuid: Any, data: bytes, call: Call, sandbox: Sandbox
) -> dict[str, str]:
    """Hand the bytes over as asked: at an address, as base64, or as a data URI."""
    if order.output_type == "URL":
        name = f"{image_uuid}.{order.extension.lower()}"
        if not call.has_fault("url_404"):
            expires = sandbox.now() + timedelta(seconds=order.ttl_s) if order.ttl_s else None
            kind = "text/html" if call.has_fault("html_as_image") else None
            hosted = {
                "data": data,
                "type": kind or f"image/{order.picture_format}",
                "expires": expires,
                "redirect": call.has_fault("url_redirect_private"),
            }
            sandbox.hosted.put(name, hosted)
        return {"imageURL": f"{request.host_url}img/{name}"}
    text = base64.b64encode(data).decode()
    if call.has_fault("bad_base64"):
        text = f"{text[:-3]}*!"
    if order.output_type == "base64Data":
        return {"imageBase64Data": text}
    return {"imageDataURI": f"data:image/{order.picture_format};base64,{text}"}
