"""Internal links of an article: where they may lead, a preview, and what is unwanted."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Row, select

from igny8_flask import documents, site_posts, site_settings
from igny8_flask.content import LinkTarget
from igny8_flask.db import db
from igny8_flask.models import Cluster, Content, ContentIdea, Site, SitePost, Task
from igny8_flask.rows import find

MAX_TARGETS = 20_000
PILLARS = ("pillar", "hub", "guide")
OWN_PILLAR, OWN_CLUSTER, OTHER_PILLAR, OWN, FOREIGN = range(5)


@dataclass(frozen=True)
class _Article:
    """One of our own live posts, as far as links care."""

    url: str
    title: str
    keywords: tuple[str, ...]
    cluster_id: uuid.UUID | None
    is_pillar: bool


def targets_for(site: Site, content: Content) -> list[LinkTarget]:
    """The live posts that the article may link to: pillar and cluster before the rest.

    Links that stand in the post already come first among equals, so that they stay.
    """
    if content.links.get("off"):
        return []
    unwanted = {link["post_id"] for link in content.links.get("skip", [])}
    placed = {link["post_id"] for link in content.links.get("placed", [])}
    cluster_id = _cluster_of(content)
    articles = _own_articles(site.id, content.id)
    targets = _indexed(site.id, articles)
    for post_id, article in articles.items():
        if post_id not in targets:
            targets[post_id] = LinkTarget(post_id, article.url, article.title)
    unwanted.add(content.wp_post_id)
    return [
        _ranked(target, articles.get(post_id), cluster_id, post_id in placed)
        for post_id, target in targets.items()
        if post_id not in unwanted
    ]


def preview(site: Site, content_id: uuid.UUID) -> dict[str, Any]:
    """Which words would lead to which posts if the article went out now."""
    content = find(Content, site.id, content_id)
    rules = site_settings.read(site)["publishing"]
    placed = documents.link(content, rules, targets_for(site, content))[1]
    return {
        "enabled": not content.links.get("off", False),
        "limit": rules["internal_links"],
        "links": [asdict(link) for link in placed],
        "skipped": content.links.get("skip", []),
        "placed": content.links.get("placed", []),
        "known_posts": site_posts.size(site.id),
    }


def change(site: Site, content_id: uuid.UUID, changes: Mapping[str, Any]) -> None:
    """Switch the links of one article on or off, or say which posts it shall not link to."""
    content = find(Content, site.id, content_id)
    links = dict(content.links)
    if "enabled" in changes:
        links["off"] = not changes["enabled"]
    if "skip" in changes:
        shown = preview(site, content_id)
        known = {one["post_id"]: one for name in ("links", "skipped") for one in shown[name]}
        links["skip"] = [known[post_id] for post_id in changes["skip"] if post_id in known]
    content.links = links
    db.session.commit()


def _ranked(
    target: LinkTarget, article: _Article | None, cluster_id: uuid.UUID | None, is_placed: bool
) -> LinkTarget:
    rank = FOREIGN
    if article is not None:
        is_near = cluster_id is not None and article.cluster_id == cluster_id
        if is_near:
            rank = OWN_PILLAR if article.is_pillar else OWN_CLUSTER
        else:
            rank = OTHER_PILLAR if article.is_pillar else OWN
    keywords = article.keywords if article else ()
    return LinkTarget(
        target.post_id,
        target.url,
        target.title,
        2 * rank + (0 if is_placed else 1),
        keywords,
        target.headings,
        target.slug,
    )


def _indexed(site_id: uuid.UUID, articles: Mapping[int, _Article]) -> dict[int, LinkTarget]:
    rows = db.session.execute(
        select(SitePost.post_id, SitePost.url, SitePost.title, SitePost.headings, SitePost.slug)
        .where(SitePost.site_id == site_id)
        .order_by(SitePost.post_id.desc())
        .limit(MAX_TARGETS)
    )
    return {
        row.post_id: LinkTarget(
            row.post_id,
            row.url,
            row.title,
            headings=tuple(row.headings),
            slug=row.slug.replace("-", " "),
        )
        for row in rows
    }


def _own_articles(site_id: uuid.UUID, but: uuid.UUID) -> dict[int, _Article]:
    rows = db.session.execute(
        select(
            Content.wp_post_id,
            Content.wp_link,
            Content.title,
            Content.seo,
            Task.keywords,
            Task.content_type,
            ContentIdea.cluster_id,
            Cluster.name,
        )
        .outerjoin(Task, (Task.site_id == Content.site_id) & (Task.id == Content.task_id))
        .outerjoin(
            ContentIdea, (ContentIdea.site_id == Task.site_id) & (ContentIdea.id == Task.idea_id)
        )
        .outerjoin(
            Cluster,
            (Cluster.site_id == ContentIdea.site_id) & (Cluster.id == ContentIdea.cluster_id),
        )
        .where(Content.site_id == site_id, Content.id != but, Content.wp_status == "publish")
        .where(Content.wp_post_id.is_not(None), Content.wp_link.is_not(None))
        .limit(MAX_TARGETS)
    )
    return {row.wp_post_id: _article(row) for row in rows}


def _article(row: Row[Any]) -> _Article:
    focus = str(row.seo.get("focus") or "")
    keywords = tuple(dict.fromkeys(filter(None, (focus, *(row.keywords or ())))))
    kind = (row.content_type or "").lower()
    names = {Cluster.key_of(words) for words in (focus, row.title)}
    is_pillar = kind.startswith(PILLARS) or bool(row.name and Cluster.key_of(row.name) in names)
    return _Article(row.wp_link, row.title, keywords, row.cluster_id, is_pillar)


def _cluster_of(content: Content) -> uuid.UUID | None:
    if content.task_id is None:
        return None
    return db.session.scalar(
        select(ContentIdea.cluster_id)
        .join(Task, (Task.site_id == ContentIdea.site_id) & (Task.idea_id == ContentIdea.id))
        .where(Task.site_id == content.site_id, Task.id == content.task_id)
    )
