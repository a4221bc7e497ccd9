"""States and kinds; the values are wire names and never change."""

from enum import StrEnum

from sqlalchemy import Enum


class SiteStatus(StrEnum):
    """Whether a site may call and be called."""

    PENDING = "pending"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"


class KeyScope(StrEnum):
    """What a key may do: everything of its site, or only look."""

    SITE = "site"
    READ = "site:read"


class WorkState(StrEnum):
    """Life of a run or delivery: pending → queued → running → one of the three ends.

    PAUSED is a pending row, or a whole batch, that waits for somebody to resume it.
    """

    PENDING = "pending"
    PAUSED = "paused"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing will happen to the row by itself any more."""
        return self in (WorkState.SUCCESS, WorkState.FAILURE, WorkState.CANCELLED)


class CallState(StrEnum):
    """A paid call: the intent is written first, the outcome after."""

    INTENT = "intent"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class TaskStatus(StrEnum):
    """A writer task."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"


class ContentStatus(StrEnum):
    """An article."""

    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    PUBLISHED = "published"


class ImageKind(StrEnum):
    """Where an image belongs."""

    FEATURED = "featured"
    DESKTOP = "desktop"
    MOBILE = "mobile"


class ImageState(StrEnum):
    """Whether the picture itself exists."""

    PENDING = "pending"
    GENERATED = "generated"
    FAILED = "failed"


class DeliveryKind(StrEnum):
    """What is handed to a site."""

    POST = "post"
    TRASH = "trash"


class PublicationState(StrEnum):
    """An article on its way to the public: without a time, with one, there, late, or taken back.

    STOPPED is a person's decision on the site: only a person ends it.
    """

    WAITING = "waiting"
    SCHEDULED = "scheduled"
    PUBLIC = "public"
    MISSED = "missed"
    STOPPED = "stopped"


class ProposalState(StrEnum):
    """A rewritten article beside the present one."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


class VersionOrigin(StrEnum):
    """How a version of an article came to be."""

    GENERATED = "generated"
    EDITED = "edited"
    REVISED = "revised"
    RESTORED = "restored"


class LedgerKind(StrEnum):
    """Movements of money and credits."""

    RESERVE = "reserve"
    SETTLE = "settle"
    REFUND = "refund"


def stored(kind: type[StrEnum]) -> Enum:
    """Column type that stores the enum's values as text and refuses others."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        validate_strings=True,
        values_callable=lambda members: [member.value for member in members],
    )
