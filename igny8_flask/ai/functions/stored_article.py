"""The rows of an article: found, made fresh, filled from a reply."""

from dataclasses import asdict

from sqlalchemy import select, update

from igny8_flask import versions
from igny8_flask.ai.functions.invented_links import without_invented
from igny8_flask.ai.replies import ArticleReply
from igny8_flask.content import normalize
from igny8_flask.db import db
from igny8_flask.models import Content, ContentProposal, ProposalState, Task, VersionOrigin

TITLE_MAX_CHARS = 300


def article_of(task: Task) -> Content | None:
    """The article of a task."""
    return db.session.scalars(select(Content).where(Content.task_id == task.id)).first()


def fresh_content(task: Task, content: Content | None) -> Content:
    """The row that the article is written into; a text that stands there is kept as a version."""
    if content is None:
        content = Content(account_id=task.account_id, site_id=task.site_id, task_id=task.id)
    else:
        versions.keep(content, VersionOrigin.GENERATED)
    content.moderation = None
    return content


def put_article(target: Content | ContentProposal, task: Task, reply: ArticleReply) -> None:
    """Fill an article or proposal from a reply."""
    article = reply.rows[0]
    clean = normalize(article.body)
    html, invented = without_invented(clean.html, task.site_id)
    target.title = (article.title or clean.title or task.title)[:TITLE_MAX_CHARS]
    target.html = html
    target.excerpt = article.excerpt or clean.excerpt
    target.word_count = clean.word_count
    target.seo = {
        "title": article.meta_title or target.title,
        "description": article.meta_description or target.excerpt[:155],
        "focus": article.focus_keyphrase or (task.keywords[0] if task.keywords else ""),
    }
    target.terms = {"categories": list(article.categories), "tags": list(article.tags)}
    target.faq = [asdict(entry) for entry in article.faq]
    target.warnings = [*reply.warnings, *clean.warnings, *invented, *_remarks(reply)]


def fresh_proposal(content: Content) -> ContentProposal:
    """A new proposal beside an article; one that waited unread gives way to it."""
    mine = (
        ContentProposal.site_id == content.site_id,
        ContentProposal.content_id == content.id,
        ContentProposal.state == ProposalState.OPEN,
    )
    db.session.execute(update(ContentProposal).where(*mine).values(state=ProposalState.DISCARDED))
    owner = {"account_id": content.account_id, "site_id": content.site_id}
    return ContentProposal(**owner, content_id=content.id)


def _remarks(reply: ArticleReply) -> list[str]:
    remarks = [reply.shortfall] if reply.shortfall else []
    if reply.partial:
        remarks.append("The model stopped before the end; this article is not complete.")
    return remarks
