"""Fields and shapes that all resources share; strict about types, frugal with words."""

import re
import unicodedata
import uuid
from functools import cache
from typing import Any

from marshmallow import (
    EXCLUDE,
    Schema,
    ValidationError,
    fields,
    pre_dump,
    validate,
    validates_schema,
)

from igny8_flask.rows import PageQuery
from igny8_flask.services import current

MAX_IDS = 100
MAX_PAGE_SIZE = 500
MAX_TITLE_CHARS = 300
MAX_TEXT_CHARS = 20_000
LATE = "It will start late: a part of this service is away."
POST_STATUSES = ("draft", "pending", "publish")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


class Id(fields.Field[uuid.UUID]):
    """A UUID written in its usual form."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_more: Any) -> uuid.UUID:
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise ValidationError("Must be a UUID.")
        return uuid.UUID(value)

    def _serialize(self, value: Any, attr: Any, obj: Any, **_more: Any) -> str | None:
        return None if value is None else str(value)


class Text(fields.String):
    """A text, trimmed and in one Unicode form."""

    def __init__(self, longest: int = MAX_TEXT_CHARS, shortest: int = 0, **more: Any) -> None:
        self._length = validate.Length(min=shortest, max=longest)
        super().__init__(validate=self._length, **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> str:
        text = super()._deserialize(value, attr, data, **more)
        return unicodedata.normalize("NFC", text or "").strip()


class Int(fields.Integer):
    """A whole number within bounds; true, 1.0 and "1" are none."""

    def __init__(self, lowest: int, highest: int, **more: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(lowest, highest), **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("Must be a whole number.")
        return super()._deserialize(value, attr, data, **more) or 0


class Flag(fields.Boolean):
    """true or false and nothing that resembles them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Time(fields.DateTime):
    """An ISO 8601 time in UTC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", **more)


class Ids(fields.List[Any]):
    """1 to 100 UUIDs, or to another ``most``, each counted once."""

    def __init__(self, most: int = MAX_IDS, **more: Any) -> None:
        bounds = {"minItems": 1, "maxItems": most}
        super().__init__(Id(), **{"required": True, "metadata": bounds, **more})
        self._most = most

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise ValidationError(f"Must be a list of 1 to {self._most:,} ids.")
        if len(value) > self._most:
            raise ValidationError(
                f"At most {self._most:,} ids in one request; these are {len(value):,}."
            )
        return list(dict.fromkeys(super()._deserialize(value, attr, data, **more) or []))


class Answer(Schema):
    """Every good answer."""

    class Meta:
        """Answers may be built from richer objects."""

        unknown = EXCLUDE

    success = fields.Constant(True)


class Patch(Schema):
    """A change that changes something."""

    @validates_schema
    def needs_something(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse a patch without a field."""
        if not data.keys() - {"seen"}:
            raise ValidationError("Name at least one field to change.")


class Seen(Schema):
    """What the caller had before the change: 409 ``row_stale`` where that is no longer true."""

    seen = fields.Dict(keys=fields.String())


class Problem(Schema):
    """Every error answer."""

    success = fields.Constant(False)
    error = fields.String(required=True)
    code = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), data_key="fields"
    )
    request_id = fields.String(required=True)


class ListQuery(Schema):
    """Paging of every list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    page_size = fields.Integer(load_default=20, validate=validate.Range(1, MAX_PAGE_SIZE))
    search = Text(200, load_default="")


def list_query(orderings: tuple[str, ...], **filters: fields.Field[Any]) -> type[Schema]:
    """Query schema of a list: its sort columns (both ways) and its own filters."""
    allowed = [sign + name for name in orderings for sign in ("", "-")]
    ordering = fields.String(load_default="-created_at", validate=validate.OneOf(allowed))
    return type("Query", (ListQuery,), {"ordering": ordering, **filters})


def page_query(args: dict[str, Any]) -> PageQuery:
    """The paging part of parsed query arguments."""
    return PageQuery(args["page"], args["page_size"], args["search"], args["ordering"])


@cache
def page_schema(row: type[Schema]) -> type[Schema]:
    """Answer schema of a list."""
    name = row.__name__.removesuffix("Out") + "Page"
    parts = {
        "count": fields.Integer(),
        "page": fields.Integer(),
        "page_size": fields.Integer(),
        "results": fields.List(fields.Nested(row)),
    }
    return type(name, (Answer,), parts)


@cache
def rows_schema(row: type[Schema]) -> type[Schema]:
    """Answer schema of rows that were just made."""
    name = row.__name__.removesuffix("Out") + "Rows"
    return type(name, (Answer,), {"results": fields.List(fields.Nested(row))})


class Accepted(Answer):
    """202: the work was accepted and is followed under ``status_url``.

    ``deferred`` stands there only when it starts late, because Redis is away.
    """

    task_id = Id()
    message = fields.String()
    status_url = fields.String()
    deferred = fields.Boolean()

    @pre_dump
    def say_if_deferred(self, accepted: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Say so when nothing can start now."""
        if not current().cache.is_away():
            return accepted
        return {**accepted, "deferred": True, "message": f"{accepted['message']} {LATE}"}
