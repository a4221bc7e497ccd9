"""What a parsed reply is: rows, what was left over, and at most one named error."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Generic, TypeVar

from igny8_flask.errors import ReplyError

Row = TypeVar("Row")


def plain(value: Any) -> Any:
    """Turn dataclasses and tuples into dicts and lists that JSON can carry."""
    if isinstance(value, ReplyError):
        return {
            "kind": value.kind,
            "code": value.code,
            "message": value.message,
            "retryable": value.retryable,
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True)
class Reply(Generic[Row]):
    """The outcome of parsing one reply: usable rows, or ``error``; never both.

    ``partial`` says that the reply was cut and only its whole items (for an article: the text so
    far) are here. ``warnings`` are sentences for the site owner.
    """

    rows: tuple[Row, ...] = ()
    unassigned: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    partial: bool = False
    error: ReplyError | None = None
    shortfall: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give the reply as plain dicts and lists."""
        result: dict[str, Any] = plain(self)
        return result


@dataclass(frozen=True)
class ClusterRow:
    """One cluster of the caller's own keyword strings, with their ids where those are known."""

    name: str
    keywords: tuple[str, ...]
    keyword_ids: tuple[Any, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class ClusterReply(Reply[ClusterRow]):
    """Clusters; ``unassigned`` lists the asked keywords that no cluster took."""


@dataclass(frozen=True)
class ClusterRef:
    """A cluster that ideas were asked for."""

    id: Any
    name: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class OutlineSection:
    """One planned section of an article."""

    heading: str
    key_points: tuple[str, ...] = ()


@dataclass(frozen=True)
class IdeaRow:
    """One content idea; ``cluster_id`` is ``None`` where the reply names no asked cluster."""

    title: str
    description: str = ""
    content_type: str = ""
    outline: tuple[OutlineSection, ...] = ()
    keywords: tuple[str, ...] = ()
    cluster_id: Any = None
    cluster_name: str = ""
    word_count: int | None = None


@dataclass(frozen=True)
class IdeasReply(Reply[IdeaRow]):
    """Ideas; ``unassigned`` lists the asked clusters that got none."""


@dataclass(frozen=True)
class FaqEntry:
    """One question with its answer."""

    question: str
    answer: str


@dataclass(frozen=True)
class ArticleRow:
    """One article; ``body`` is what ``body_format`` says: html, markdown or text.

    ``body_complete`` is false where the reply broke off inside the body, not only behind it.
    """

    title: str
    body: str
    body_format: str
    excerpt: str = ""
    meta_title: str = ""
    meta_description: str = ""
    focus_keyphrase: str = ""
    secondary_keywords: tuple[str, ...] = ()
    slug: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    faq: tuple[FaqEntry, ...] = ()
    missing_sections: tuple[str, ...] = ()
    word_count: int = 0
    body_complete: bool = True


@dataclass(frozen=True)
class ArticleReply(Reply[ArticleRow]):
    """At most one article; ``unassigned`` repeats the outline headings that it lacks."""

    @property
    def article(self) -> ArticleRow | None:
        """The article, if there is one."""
        return self.rows[0] if self.rows else None


@dataclass(frozen=True)
class ImagePromptRow:
    """One image to make; ``role`` is ``featured`` or ``in_article``, ``position`` counts from 1."""

    prompt: str
    role: str = "in_article"
    position: int = 1
    heading: str = ""
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True)
class ImagePromptsReply(Reply[ImagePromptRow]):
    """Image prompts; ``unassigned`` lists the asked headings that got none."""


def listed(label: str, items: Iterable[str], limit: int = 10) -> str:
    """Write ``label`` with the first few items and the number of the others."""
    names = list(items)
    shown = ", ".join(f"“{name[:80]}”" for name in names[:limit])
    rest = len(names) - limit
    return f"{label}: {shown}" + (f" and {rest} more" if rest > 0 else "")
