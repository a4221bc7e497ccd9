"""The live posts of a site, ours or not, as its plugin tells them page by page."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid6
from sqlalchemy import ColumnElement, delete, func, select

from igny8_flask.db import db, upsert, utcnow
from igny8_flask.models import Site, SitePost
from igny8_flask.rows import Page, PageQuery, page_of
from igny8_flask.site_urls import is_same_host

TOLD = ("url", "title", "slug", "post_type", "headings", "modified_at", "seen_at", "updated_at")


@dataclass(frozen=True)
class Scope:
    """Which posts a report speaks of: the ids above ``after`` up to ``upto``, or single ``ids``."""

    after: int = 0
    upto: int = 0
    ids: tuple[int, ...] = ()

    def holds(self, post_id: int) -> bool:
        """Whether the report may tell of this post."""
        return post_id in self.ids if self.ids else self.after < post_id <= self.upto


def take(site: Site, scope: Scope, posts: Sequence[Mapping[str, Any]]) -> int:
    """Of the posts in ``scope`` these and no others are live; returns how many are known now.

    Telling it again is harmless. Addresses on another server are not taken.
    """
    own = {post["post_id"]: post for post in posts if is_same_host(post["url"], site.url)}
    gone = delete(SitePost).where(
        SitePost.site_id == site.id, _within(scope), SitePost.post_id.not_in(own)
    )
    db.session.execute(gone.execution_options(synchronize_session=False))
    if own:
        _write(site, list(own.values()))
    db.session.commit()
    return size(site.id)


def size(site_id: uuid.UUID) -> int:
    """How many live posts of the site are known."""
    counted = select(func.count()).select_from(SitePost).where(SitePost.site_id == site_id)
    return db.session.scalar(counted) or 0


def told_at(site_id: uuid.UUID) -> datetime | None:
    """When the plugin told of a live post last."""
    return db.session.scalar(select(func.max(SitePost.seen_at)).where(SitePost.site_id == site_id))


def page(site_id: uuid.UUID, query: PageQuery) -> Page:
    """One page of the site's live posts."""
    return page_of(SitePost, site_id, query, (SitePost.title, SitePost.url))


def _within(scope: Scope) -> ColumnElement[bool]:
    if scope.ids:
        return SitePost.post_id.in_(scope.ids)
    return (SitePost.post_id > scope.after) & (SitePost.post_id <= scope.upto)


def _write(site: Site, posts: Sequence[Mapping[str, Any]]) -> None:
    now = utcnow()
    rows = [
        {
            "id": uuid6.uuid7(),
            "account_id": site.account_id,
            "site_id": site.id,
            "created_at": now,
            "updated_at": now,
            "seen_at": now,
            **post,
        }
        for post in posts
    ]
    statement = upsert(SitePost).values(rows)
    fresh = {name: statement.excluded[name] for name in TOLD}
    keys = [SitePost.site_id, SitePost.post_id]
    db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=fresh))
