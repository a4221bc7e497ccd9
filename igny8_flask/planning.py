"""Keywords, clusters and ideas as rows: added once, imported, changed, turned into tasks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from igny8_flask.ai.validators import MAX_IDS, MAX_KEYWORDS, MAX_TASKS
from igny8_flask.db import db
from igny8_flask.errors import ConflictError, InputError
from igny8_flask.keyword_csv import read_lines
from igny8_flask.models import Cluster, ContentIdea, Keyword, Site, Task, TaskStatus
from igny8_flask.rows import change, find, find_all

LOOK_UP_AT_ONCE = 500
SELECTIONS = {
    "auto_cluster": "unclustered",
    "generate_ideas": "without_ideas",
    "generate_content": "pending",
}
IDEA_USED = "used"
WITH_KEYWORD_IDS = selectinload(Cluster.keywords).load_only(Keyword.id)


@dataclass(frozen=True)
class LineReport:
    """What became of one line of an import: ``added``, ``known`` or ``refused``."""

    line: int
    keyword: str
    state: str
    message: str = ""


def add_keywords(site: Site, items: Sequence[dict[str, Any]]) -> tuple[list[Keyword], list[str]]:
    """Add the keywords the site does not have; returns (added, already known)."""
    wanted = {item["keyword"]: item for item in items}
    for cluster_id in {item["cluster_id"] for item in items if item.get("cluster_id")}:
        find(Cluster, site.id, cluster_id)
    known = _known_keywords(site.id, list(wanted))
    added = [
        Keyword(account_id=site.account_id, site_id=site.id, **item)
        for keyword, item in wanted.items()
        if keyword not in known
    ]
    db.session.add_all(added)
    _flush("Somebody added the same keyword just now. Try again.", "keyword_taken")
    return added, [keyword for keyword in wanted if keyword in known]


def import_keywords(site: Site, text: str, preview: bool) -> list[LineReport]:
    """Read a pasted list or CSV and add what is new; ``preview`` only reports."""
    lines = read_lines(text)
    good = {line.values["keyword"]: line.values for line in lines if not line.problem}
    known = _known_keywords(site.id, list(good))
    if not preview:
        add_keywords(site, [values for keyword, values in good.items() if keyword not in known])
    reports = []
    for line in lines:
        keyword = line.values.get("keyword", "")
        if line.problem:
            reports.append(LineReport(line.number, keyword, "refused", line.problem))
        elif keyword in known:
            reports.append(LineReport(line.number, keyword, "known", "Already in the list."))
        else:
            reports.append(LineReport(line.number, keyword, "added"))
            known.add(keyword)
    return reports


def select_ids(site: Site, selection: str) -> list[uuid.UUID]:
    """All ids a selection of ``SELECTIONS`` stands for; raises InputError for none or too many."""
    if selection == "unclustered":
        loose = (Keyword.site_id == site.id, Keyword.cluster_id.is_(None))
        return _some(Keyword, loose, "keywords without a cluster", MAX_KEYWORDS)
    if selection == "pending":
        return _oldest_pending_tasks(site)
    unplanned = (
        Cluster.site_id == site.id,
        exists().where(Keyword.site_id == site.id, Keyword.cluster_id == Cluster.id),
        ~exists().where(ContentIdea.site_id == site.id, ContentIdea.cluster_id == Cluster.id),
    )
    return _some(Cluster, unplanned, "clusters with keywords and without ideas", MAX_IDS)


def _oldest_pending_tasks(site: Site) -> list[uuid.UUID]:
    pending = select(Task.id).where(Task.site_id == site.id, Task.status == TaskStatus.PENDING)
    ids = list(db.session.scalars(pending.order_by(Task.id).limit(MAX_TASKS)))
    if not ids:
        words = "The site has no pending tasks."
        raise InputError(words, "nothing_selected", {"select": ["Empty."]})
    return ids


def add_clusters(site: Site, items: Sequence[dict[str, Any]]) -> list[Cluster]:
    """Add clusters; ConflictError when a name is taken."""
    clusters = [Cluster(account_id=site.account_id, site_id=site.id, **item) for item in items]
    db.session.add_all(clusters)
    _flush_clusters()
    return clusters


def change_cluster(cluster: Cluster, changes: dict[str, Any]) -> None:
    """Change a cluster; ConflictError when the new name is taken. The caller commits."""
    change(cluster, changes)
    _flush_clusters()


def delete_cluster(site: Site, cluster_id: uuid.UUID) -> None:
    """Delete a cluster; its keywords and ideas stay, without one."""
    cluster = find(Cluster, site.id, cluster_id)
    for model in (Keyword, ContentIdea):
        db.session.execute(
            update(model)
            .where(model.site_id == site.id, model.cluster_id == cluster.id)
            .values(cluster_id=None)
        )
    db.session.delete(cluster)
    db.session.flush()


def add_ideas(site: Site, items: Sequence[dict[str, Any]]) -> list[ContentIdea]:
    """Add article ideas."""
    for cluster_id in {item["cluster_id"] for item in items if item.get("cluster_id")}:
        find(Cluster, site.id, cluster_id)
    ideas = [ContentIdea(account_id=site.account_id, site_id=site.id, **item) for item in items]
    db.session.add_all(ideas)
    db.session.flush()
    return ideas


def delete_idea(site: Site, idea_id: uuid.UUID) -> None:
    """Delete an idea; tasks that came from it stay."""
    idea = find(ContentIdea, site.id, idea_id)
    db.session.execute(
        update(Task).where(Task.site_id == site.id, Task.idea_id == idea.id).values(idea_id=None)
    )
    db.session.delete(idea)
    db.session.flush()


def create_tasks(site: Site, idea_ids: Sequence[uuid.UUID]) -> list[Task]:
    """One writer task per idea; an idea that has one already gives that one."""
    ideas = find_all(ContentIdea, site.id, idea_ids)
    existing = {
        task.idea_id: task
        for task in db.session.scalars(
            select(Task).where(Task.site_id == site.id, Task.idea_id.in_(idea_ids))
        )
    }
    tasks = [existing.get(idea.id) or _task_of(idea) for idea in ideas]
    for idea in ideas:
        idea.status = IDEA_USED
    db.session.add_all(tasks)
    db.session.flush()
    return tasks


def _some(
    model: type[Keyword] | type[Cluster],
    conditions: Sequence[ColumnElement[bool]],
    what: str,
    limit: int,
) -> list[uuid.UUID]:
    found = select(model.id).where(*conditions).order_by(model.id).limit(limit + 1)
    ids = list(db.session.scalars(found))
    if not ids:
        raise InputError(f"The site has no {what}.", "nothing_selected", {"select": ["Empty."]})
    if len(ids) > limit:
        words = f"The site has more than {limit:,} {what}. Choose some of them."
        raise InputError(words, "too_many_selected", {"select": [words]})
    return ids


def _flush_clusters() -> None:
    _flush("The site has a cluster of this name already.", "cluster_taken")


def _flush(words: str, code: str) -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise ConflictError(words, code) from error


def _task_of(idea: ContentIdea) -> Task:
    return Task(
        account_id=idea.account_id,
        site_id=idea.site_id,
        idea_id=idea.id,
        title=idea.title,
        description=idea.description,
        keywords=idea.target_keywords,
        outline=idea.outline,
        content_type=idea.content_type,
        word_count=idea.word_count,
    )


def _known_keywords(site_id: uuid.UUID, keywords: Sequence[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(keywords), LOOK_UP_AT_ONCE):
        part = keywords[start : start + LOOK_UP_AT_ONCE]
        known.update(
            db.session.scalars(
                select(Keyword.keyword).where(Keyword.site_id == site_id, Keyword.keyword.in_(part))
            )
        )
    return known
