"""Planning: keywords, clusters and content ideas."""

import unicodedata
import uuid
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from igny8_flask.db import Base, Identified, Timestamped
from igny8_flask.models.tenancy import SiteOwned, parent, site_table

NAME_KEY_CHARS = 600


class Cluster(Identified, Timestamped, SiteOwned, Base):
    """A group of keywords that one page or a few pages answer; named once per site.

    ``name_key`` is the name as it is compared: without regard to case and spaces.
    """

    __tablename__ = "cluster"
    __table_args__ = site_table(UniqueConstraint("site_id", "name_key"))

    name: Mapped[str] = mapped_column(String(300))
    name_key: Mapped[str] = mapped_column(String(NAME_KEY_CHARS))
    description: Mapped[str] = mapped_column(Text, default="")
    sector: Mapped[str | None] = mapped_column(String(200))

    keywords: Mapped[list["Keyword"]] = relationship(
        back_populates="cluster",
        foreign_keys="Keyword.cluster_id",
        primaryjoin="Keyword.cluster_id == Cluster.id",
    )

    @staticmethod
    def key_of(name: str) -> str:
        """What two names share when they are the same to a reader."""
        return " ".join(unicodedata.normalize("NFKC", name).casefold().split())[:NAME_KEY_CHARS]

    @validates("name")
    def _keep_key(self, _column: str, name: str) -> str:
        self.name_key = self.key_of(name)
        return name


class Keyword(Identified, Timestamped, SiteOwned, Base):
    """A search phrase with what is known of it; ``difficulty`` is 0–100."""

    __tablename__ = "keyword"
    __table_args__ = site_table(
        UniqueConstraint("site_id", "keyword"),
        parent("cluster_id", "cluster"),
        Index("ix_keyword_site_id_cluster_id", "site_id", "cluster_id"),
        Index("ix_keyword_newest", "site_id", "created_at", "id"),
    )

    keyword: Mapped[str] = mapped_column(String(500))
    volume: Mapped[int | None]
    difficulty: Mapped[int | None]
    intent: Mapped[str | None] = mapped_column(String(40))
    sector: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(20), default="new")
    cluster_id: Mapped[uuid.UUID | None]

    cluster: Mapped[Cluster | None] = relationship(
        back_populates="keywords",
        foreign_keys="Keyword.cluster_id",
        primaryjoin="Keyword.cluster_id == Cluster.id",
    )

    @validates("cluster_id")
    def _follow_cluster(self, _name: str, cluster_id: uuid.UUID | None) -> uuid.UUID | None:
        self.status = "mapped" if cluster_id else "new"
        return cluster_id


class ContentIdea(Identified, Timestamped, SiteOwned, Base):
    """An article to be written; ``outline`` is a list of ``{"heading", "key_points"}``."""

    __tablename__ = "content_idea"
    __table_args__ = site_table(
        parent("cluster_id", "cluster"),
        Index("ix_content_idea_newest", "site_id", "created_at", "id"),
    )

    cluster_id: Mapped[uuid.UUID | None]
    title: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text, default="")
    content_type: Mapped[str] = mapped_column(String(40), default="article")
    outline: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    target_keywords: Mapped[list[str]] = mapped_column(JSON, default=list)
    word_count: Mapped[int] = mapped_column(default=1000)
    status: Mapped[str] = mapped_column(String(20), default="new")
    near_duplicates: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
