"""A site whose every row says something hostile, as if nothing had ever cleaned it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from igny8_flask.db import db, utcnow
from igny8_flask.models import (
    AITaskLog,
    Cluster,
    Content,
    ContentIdea,
    ContentProposal,
    ContentVersion,
    Delivery,
    Image,
    Keyword,
    Publication,
    Site,
    Task,
    VersionOrigin,
    WorkState,
)
from igny8_flask.models.enums import ImageState, PublicationState

TITLE_CHARS = 300


def packed(attacks: Sequence[str], size: int = TITLE_CHARS) -> list[str]:
    """The attacks in as few texts of this length as hold them all, in their order."""
    texts = [""]
    for attack in attacks:
        if texts[-1] and len(texts[-1]) + len(attack) >= size:
            texts.append("")
        texts[-1] += attack + " "
    return [text.strip() for text in texts]


def plant(site: Site, texts: Sequence[str]) -> None:
    """One row of each kind for each text, the text in every field that takes one."""
    for number, text in enumerate(texts):
        _plan(site, f"{text[:290]} {number}")
        _write(site, text)
        _fail(site, text)
    db.session.commit()


def _own(site: Site) -> dict[str, Any]:
    return {"account_id": site.account_id, "site_id": site.id}


def _plan(site: Site, text: str) -> None:
    owner, short = _own(site), {"intent": text[:40], "sector": text[:200]}
    cluster = Cluster(name=text, description=text, sector=text[:200], **owner)
    db.session.add(cluster)
    db.session.flush()
    similar = [{"id": str(cluster.id), "kind": "idea", "title": text}]
    words: dict[str, Any] = {"description": text, "outline": _outline(text), "title": text}
    db.session.add_all(
        [
            Keyword(keyword=text, cluster_id=cluster.id, **short, **owner),
            ContentIdea(
                cluster_id=cluster.id,
                target_keywords=[text],
                near_duplicates=similar,
                content_type=text[:40],
                **words,
                **owner,
            ),
            Task(keywords=[text], content_type=text[:40], **words, **owner),
        ]
    )


def _outline(text: str) -> list[dict[str, Any]]:
    return [{"heading": text, "key_points": [text]}]


def article(site: Site, title: str, html: str) -> Content:
    """An article with a proposal, an older version and a person's change, all of these words."""
    owner = _own(site)
    words: dict[str, Any] = {
        "title": title,
        "html": html,
        "excerpt": title,
        "seo": {"title": title, "description": title, "focus": title},
        "terms": {"categories": [title], "tags": [title]},
        "faq": [{"question": title, "answer": title}],
        "warnings": [title],
        "provenance": {"model": title, "prompt": title},
    }
    link = {"post_id": 1, "url": "javascript:alert(1)", "title": title, "phrase": title}
    task = Task(title=title, outline=_outline(title), **owner)
    db.session.add(task)
    db.session.flush()
    content = Content(
        task_id=task.id,
        wp_post_id=1,
        wp_link=f"javascript:alert(1)//{title}",
        wp_edit_link=f"javascript:alert(1)//{title}",
        wp_status=title[:20],
        wp_changed_by=title,
        wp_changed_at=utcnow(),
        version=2,
        version_author=title[:250],
        links={"placed": [link]},
        **words,
        **owner,
    )
    db.session.add(content)
    db.session.flush()
    old = {"origin": VersionOrigin.EDITED, "author": title[:250], "made_at": utcnow()}
    other = {**words, "title": f"Older {title}"[:TITLE_CHARS], "html": f"<p>Older</p>{html}"}
    db.session.add_all(
        [
            ContentProposal(content_id=content.id, **other, **owner),
            ContentVersion(content_id=content.id, number=1, **old, **other, **owner),
        ]
    )
    return content


def _write(site: Site, text: str) -> None:
    owner, content = _own(site), article(site, text, f"<p>{text}</p>")
    told = {"reason": "wp_changed", "who": text, "when": text, "changed": [text], "decided": ""}
    links = {"edit_link": "javascript:alert(1)", "link": "javascript:alert(1)"}
    db.session.add_all(
        [
            Image(
                content_id=content.id,
                heading=text[:TITLE_CHARS],
                prompt=text,
                alt=text,
                caption=text,
                error=text,
                state=ImageState.FAILED,
                **owner,
            ),
            Delivery(
                content_id=content.id,
                error_code="wp_changed",
                result={"choice": {**told, **links}, **links, "problems": [text]},
                **_failure(text),
                **owner,
            ),
            Publication(
                content_id=content.id,
                state=PublicationState.MISSED,
                publish_at=utcnow() + timedelta(minutes=5),
                zone="UTC",
                message=text,
                **owner,
            ),
        ]
    )


def _failure(text: str) -> dict[str, Any]:
    step = {"stepNumber": 1, "stepName": text, "status": "error", "message": text, "error": text}
    return {
        "work_key": "x" * 64,
        "state": WorkState.FAILURE,
        "phase": text[:20],
        "message": text,
        "current_item": text,
        "error": text,
        "request_steps": [step],
        "response_steps": [step],
        "started_at": utcnow(),
        "finished_at": utcnow(),
    }


def _fail(site: Site, text: str) -> None:
    """A run that failed, and one whose end leads to an address that is a script."""
    told = {"failed": 1, "errors": [text], "link": "javascript:alert(1)"}
    words = {"model": text[:120], "error_code": text[:60], "result": told}
    failed = AITaskLog(function_name=text[:60], **words, **_failure(text), **_own(site))
    ended = {**_failure(text), "state": WorkState.SUCCESS, "error": None}
    done = AITaskLog(function_name="generate_content", **words, **ended, **_own(site))
    db.session.add_all([failed, done])
