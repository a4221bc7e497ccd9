"""``Idempotency-Key``: the same write sent twice happens once and is answered the same.

The record is reserved first, the marker WRITTEN rides in the transaction of the write itself, and
the answer is saved after it. So a process that dies before the write leaves a reservation that
expires soon, and one that dies after it leaves the marker: the write is never done a second time.
The marker is set last in that transaction, so that reading and checking hold no lock.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from sqlalchemy import delete, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from igny8_flask.auth import principal
from igny8_flask.db import db, utcnow
from igny8_flask.errors import ConflictError, InputError
from igny8_flask.models import IdempotencyRecord

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
RESERVED = timedelta(seconds=60)  # a reservation older than any request is a dead process
WRITTEN = 0  # status of a record whose write is done but whose answer was not saved
_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 16, "maxLength": 64},
    "description": "Sending the same key and body again within 24 hours gives the first answer.",
}
_SHAPE = re.compile(r"[A-Za-z0-9_.:-]{16,64}")


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """Make a writing view honour the header; the view's transaction is committed here."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            response = view(*args, **kwargs)
            db.session.commit()
            return response
        if not _SHAPE.fullmatch(key):
            words = "Must be 16 to 64 letters, digits or _.:-"
            raise InputError(f"{HEADER}: {words}", None, {HEADER: [words]})
        record = _reserve(key)
        if record is None:
            saved = _saved_answer(key)
            if saved is not None:
                return saved
            record = _reserve(key)
        if record is None:
            raise _in_flight()
        return _answer_once(record, lambda: view(*args, **kwargs))

    return cast(Callable[..., Response], Blueprint.doc(parameters=[_PARAMETER])(wrapper))


def forget_expired() -> None:
    """Delete records nobody may ask for any more; run it now and then."""
    db.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.expires_at <= utcnow()))
    db.session.commit()


def _answer_once(record: IdempotencyRecord, write: Callable[[], Response]) -> Response:
    try:
        with _marked_by_a_commit(record):
            response = write()
        db.session.flush()
    except Exception:
        db.session.rollback()
        if record.status is None:
            _forget(record.id)
        raise
    record.status, record.body = response.status_code, response.get_json()
    record.expires_at = utcnow() + KEPT
    db.session.commit()
    return response


@contextmanager
def _marked_by_a_commit(record: IdempotencyRecord) -> Iterator[None]:
    """Whatever is committed meanwhile takes the marker along."""

    def mark(_session: Session) -> None:
        if record.status is None:
            record.status, record.expires_at = WRITTEN, utcnow() + KEPT

    session = db.session()
    event.listen(session, "before_commit", mark)
    try:
        yield
    finally:
        event.remove(session, "before_commit", mark)


def _saved_answer(key: str) -> Response | None:
    """The answer of an earlier request with this key; None when there is none any more."""
    record = _record(key)
    if record is None:
        return None
    if record.expires_at <= utcnow():
        _forget(record.id)
        return None
    if record.request_hash != _request_hash():
        raise InputError(
            "This Idempotency-Key was used for another request.", "idempotency_key_reused"
        )
    if record.status is None:
        raise _in_flight()
    if record.status == WRITTEN or record.body is None:
        raise ConflictError(
            "This request was carried out, but its answer is lost. Look at the list.",
            "idempotency_answer_lost",
        )
    response = jsonify(record.body)
    response.status_code = record.status
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _reserve(key: str) -> IdempotencyRecord | None:
    """A new record of this key; None when there is one."""
    caller = principal()
    record = IdempotencyRecord(
        account_id=caller.account_id,
        site_id=caller.site_id,
        key=key,
        request_hash=_request_hash(),
        expires_at=utcnow() + RESERVED,
    )
    db.session.add(record)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return None
    return record


def _record(key: str) -> IdempotencyRecord | None:
    return db.session.scalar(
        select(IdempotencyRecord).where(
            IdempotencyRecord.site_id == principal().site_id, IdempotencyRecord.key == key
        )
    )


def _forget(record_id: uuid.UUID) -> None:
    db.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.id == record_id))
    db.session.commit()


def _request_hash() -> str:
    parts = (request.method.encode(), request.path.rstrip("/").encode(), request.get_data())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _in_flight() -> ConflictError:
    return ConflictError(
        "The same request is being carried out right now.", "idempotency_in_flight"
    )
