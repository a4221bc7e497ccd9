"""What a run and a delivery have in common: a life with leases, progress and an end."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from igny8_flask.models.enums import WorkState, stored

LIVE = "state IN ('pending', 'paused', 'queued', 'running')"
INTERACTIVE, BULK = 0, 1


class Work:
    """Mixin of rows that workers execute.

    ``generation`` is the fencing number: each dispatch raises it, and only the job that carries
    the current one may write. ``work_key`` names the work; one live row per site and key.
    ``priority`` is INTERACTIVE or BULK; a paused row waits until it is resumed.
    A batch only gathers the rows that name it as ``batch_id``; it is never executed itself.
    """

    state: Mapped[WorkState] = mapped_column(stored(WorkState), default=WorkState.PENDING)
    generation: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    queued_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(default=INTERACTIVE)
    attempts: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    work_key: Mapped[str] = mapped_column(String(64))
    is_batch: Mapped[bool] = mapped_column(default=False)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    phase: Mapped[str] = mapped_column(String(20), default="INIT")
    percentage: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(Text, default="")
    current: Mapped[int | None]
    total: Mapped[int | None]
    current_item: Mapped[str | None] = mapped_column(Text)
    request_steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    response_steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str | None] = mapped_column(Text)
    error_code: Mapped[str | None] = mapped_column(String(60))


def work_indexes(table: str) -> tuple[Index, ...]:
    """Indexes of a work table: the dispatcher's scans, and one live row per site and work."""
    return (
        Index(f"ix_{table}_state_not_before", "state", "not_before"),
        Index(f"ix_{table}_site_id_work_key", "site_id", "work_key"),
        Index(f"ix_{table}_admission", "site_id", "state", "priority", "id"),
        Index(
            f"uq_{table}_live",
            "site_id",
            "work_key",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
    )
