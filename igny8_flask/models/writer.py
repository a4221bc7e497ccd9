"""Writing: tasks, articles, and images with their bytes apart."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.enums import (
    ContentStatus,
    ImageKind,
    ImageState,
    ProposalState,
    TaskStatus,
    VersionOrigin,
    stored,
)
from igny8_flask.models.tenancy import AccountOwned, SiteOwned, parent, site_table


class Task(Identified, Timestamped, SiteOwned, Base):
    """A writer task: what one article shall be about."""

    __tablename__ = "task"
    __table_args__ = site_table(
        parent("idea_id", "content_idea"),
        Index("ix_task_site_id_created_at", "site_id", "created_at"),
    )

    idea_id: Mapped[uuid.UUID | None]
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    outline: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    content_type: Mapped[str] = mapped_column(String(40), default="article")
    word_count: Mapped[int] = mapped_column(default=1000)
    prompt_override: Mapped[str | None] = mapped_column(Text)
    status: Mapped[TaskStatus] = mapped_column(stored(TaskStatus), default=TaskStatus.PENDING)

    content: Mapped["Content | None"] = relationship(
        back_populates="task",
        foreign_keys="Content.task_id",
        primaryjoin="Content.task_id == Task.id",
    )


class ArticleText:
    """What makes up an article's text, as it stands, is proposed or stood.

    ``seo`` is ``{"title", "description", "focus"}``; ``terms`` is ``{"categories", "tags"}``;
    ``provenance`` says which model and prompt made it and whether that was the sandbox.
    """

    title: Mapped[str] = mapped_column(String(300))
    html: Mapped[str] = mapped_column(Text, deferred=True)
    excerpt: Mapped[str] = mapped_column(Text, default="")
    word_count: Mapped[int] = mapped_column(default=0)
    seo: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    faq: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Content(Identified, Timestamped, SiteOwned, ArticleText, Base):
    """An article: clean HTML, and what is known of its post on the site.

    ``links`` is ``{"off", "skip", "placed"}``: internal links unwanted here, single ones unwanted,
    and those that stand in the post;
    ``wp_changed_at`` and ``_by`` tell of a person's edit on the site since our last delivery.
    ``moderation`` is the provider's verdict on this very text, None while there is none.
    ``version`` counts the changes of its text; what stood before is a ``ContentVersion``.
    """

    __tablename__ = "content"
    __table_args__ = site_table(
        parent("task_id", "task"),
        UniqueConstraint("task_id"),
        Index("ix_content_site_id_created_at", "site_id", "created_at"),
    )

    task_id: Mapped[uuid.UUID | None]
    status: Mapped[ContentStatus] = mapped_column(
        stored(ContentStatus), default=ContentStatus.DRAFT
    )
    moderation: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    links: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    version_origin: Mapped[VersionOrigin] = mapped_column(
        stored(VersionOrigin), default=VersionOrigin.GENERATED
    )
    version_author: Mapped[str | None] = mapped_column(String(250))
    version_at: Mapped[datetime | None]
    wp_post_id: Mapped[int | None] = mapped_column(BigInteger)
    wp_status: Mapped[str | None] = mapped_column(String(20))
    wp_link: Mapped[str | None] = mapped_column(String(1000))
    wp_edit_link: Mapped[str | None] = mapped_column(String(1000))
    wp_sha: Mapped[str | None] = mapped_column(String(64))
    wp_changed_at: Mapped[datetime | None]
    wp_changed_by: Mapped[str | None] = mapped_column(String(250))

    task: Mapped[Task | None] = relationship(
        back_populates="content",
        foreign_keys="Content.task_id",
        primaryjoin="Content.task_id == Task.id",
    )
    images: Mapped[list["Image"]] = relationship(
        back_populates="content",
        foreign_keys="Image.content_id",
        primaryjoin="Image.content_id == Content.id",
        order_by="Image.position",
    )


class ContentProposal(Identified, Timestamped, SiteOwned, ArticleText, Base):
    """A rewritten article beside the present one, until a person takes or drops it."""

    __tablename__ = "content_proposal"
    __table_args__ = site_table(
        parent("content_id", "content"),
        Index("ix_content_proposal_site_id_content_id", "site_id", "content_id"),
    )

    content_id: Mapped[uuid.UUID]
    state: Mapped[ProposalState] = mapped_column(stored(ProposalState), default=ProposalState.OPEN)


class ContentVersion(Identified, Timestamped, SiteOwned, ArticleText, Base):
    """An article as it stood before a change."""

    __tablename__ = "content_version"
    __table_args__ = site_table(
        parent("content_id", "content"), UniqueConstraint("content_id", "number")
    )

    content_id: Mapped[uuid.UUID]
    number: Mapped[int]
    origin: Mapped[VersionOrigin] = mapped_column(stored(VersionOrigin))
    author: Mapped[str | None] = mapped_column(String(250))
    made_at: Mapped[datetime]


class ImageFile(AccountOwned, Base):
    """The bytes of a picture, stored once per account under their SHA-256."""

    __tablename__ = "image_file"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    mime: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Image(Identified, Timestamped, SiteOwned, Base):
    """One image slot of an article; ``heading`` names the section it stands in, None = featured."""

    __tablename__ = "image"
    __table_args__ = site_table(
        parent("content_id", "content"),
        UniqueConstraint("content_id", "kind", "position"),
        Index("ix_image_newest", "site_id", "created_at", "id"),
    )

    content_id: Mapped[uuid.UUID]
    kind: Mapped[ImageKind] = mapped_column(stored(ImageKind), default=ImageKind.FEATURED)
    position: Mapped[int] = mapped_column(default=0)
    heading: Mapped[str | None] = mapped_column(String(300))
    prompt: Mapped[str] = mapped_column(Text, default="")
    alt: Mapped[str] = mapped_column(Text, default="")
    caption: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[ImageState] = mapped_column(stored(ImageState), default=ImageState.PENDING)
    error: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(String(64))
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    wp_media_id: Mapped[int | None] = mapped_column(BigInteger)

    content: Mapped[Content] = relationship(
        back_populates="images",
        foreign_keys="Image.content_id",
        primaryjoin="Image.content_id == Content.id",
    )
