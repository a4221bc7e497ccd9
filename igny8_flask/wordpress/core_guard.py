"""What a person did to a post on a site without the plugin, told apart by our last receipt.

The receipt's ``base`` notes what stood after a delivery: a field that differs now is a person's.
Words that a person changed are a refusal; what they set beside the words is kept.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from igny8_flask.wordpress.replies import refusal

WORDS = ("content", "title", "excerpt")
TAKEN_BACK = ("draft", "pending", "private")
NOTED = ("status", "slug", "featured_media", "date_gmt", "categories", "tags")
NAMES = {"featured_media": "featured"}


def raw(value: Any) -> Any:
    """The stored text of a field that core answers in two forms."""
    return value.get("raw", "") if isinstance(value, Mapping) else value


def sha(text: Any) -> str:
    """Fingerprint of a text."""
    return hashlib.sha256(str(text or "").encode()).hexdigest()


def refuse(
    post: Mapping[str, Any], document: Mapping[str, Any], base: Mapping[str, Any], edit_link: str
) -> None:
    """Raise what the plugin would answer; core tells neither locks nor names."""
    if document.get("force"):
        return
    about = {"id": post["id"], "edit_link": edit_link, "status": 409}
    if post["status"] == "trash":
        raise refusal({"code": "igny8_trashed", "message": "", "data": about})
    changed = changes(post, document, base)
    if changed:
        data = {
            **about,
            "changed": changed,
            "modified_gmt": post.get("modified_gmt"),
            "theirs": {name: raw(post.get(name)) for name in WORDS},
        }
        raise refusal({"code": "igny8_changed", "message": "", "data": data})


def changes(
    post: Mapping[str, Any], document: Mapping[str, Any], base: Mapping[str, Any]
) -> list[str]:
    """Words that differ from our last delivery and from what is to stand there now.

    Without any delivery the post was made empty: a text in it is somebody's. A sender that names
    the present text in ``base_sha`` has seen it.
    """
    text = sha(raw(post.get("content")))
    seen, ours = document.get("base_sha"), base.get("content")
    if seen == text and ours not in (None, text):
        return []
    stood = {**base, "content": ours or seen or sha("")}
    now = {name: sha(raw(post.get(name))) for name in WORDS}
    return [
        name
        for name in WORDS
        if stood.get(name) not in (None, now[name]) and now[name] != sha(document.get(name, ""))
    ]


def keep(
    wanted: dict[str, Any],
    post: Mapping[str, Any],
    document: Mapping[str, Any],
    base: Mapping[str, Any],
) -> list[str]:
    """Take out of ``wanted`` what a person set otherwise; returns the names of those fields."""
    if document.get("force") or not base:
        return []
    other = {name for name in NOTED if name in base and base[name] != post.get(name)}
    kept: list[str] = [name for name in ("slug", "featured_media") if name in other & wanted.keys()]
    is_anew = not post.get("featured_media") and wanted.get("featured_media") != base.get(
        "featured_media"
    )
    if is_anew and "featured_media" in kept:  # ours was lost from the library and sent again
        kept.remove("featured_media")
    if not document.get("status_asked"):
        if "date_gmt" in other & wanted.keys() and base.get("status") == "future":
            kept.append("date_gmt")
        if "status" in other and post["status"] in TAKEN_BACK:
            kept.append("status")
    kept = [name for name in kept if wanted[name] != post.get(name)]
    for name in kept:
        del wanted[name]
    return kept


def is_time_taken_back(
    post: Mapping[str, Any], document: Mapping[str, Any], base: Mapping[str, Any]
) -> bool:
    """Whether a time that we set holds no more: a draft again, or public at once by a wish."""
    ours = post["status"] == base.get("status") == "future"
    ended = document["status"] in TAKEN_BACK or bool(document.get("status_asked"))
    return ours and ended and not document.get("date_gmt")


def taken_off(name: str, post: Mapping[str, Any], base: Mapping[str, Any]) -> set[int]:
    """Numbers of the terms that stood after our last delivery and that a person took off."""
    return set(base.get(name, ())) - set(post.get(name, ()))


def noted(
    post: Mapping[str, Any],
    base: Mapping[str, Any],
    kept: list[str],
    off: Mapping[str, set[int]],
) -> dict[str, Any]:
    """The base of the next comparison; for what was kept ours of last time stays."""
    now: dict[str, Any] = {name: post.get(name) for name in NOTED}
    words = {name: sha(raw(post.get(name))) for name in WORDS}
    ours = {name: base[name] for name in kept}
    terms = {name: sorted({*post.get(name, []), *gone}) for name, gone in off.items()}
    return {**now, **words, **ours, **terms}


def without(
    terms: Mapping[str, dict[str, int]], off: Mapping[str, set[int]]
) -> dict[str, dict[str, int]]:
    """The terms that no person took off the post."""
    return {
        name: {term: number for term, number in found.items() if number not in off[name]}
        for name, found in terms.items()
    }


def tell_kept(
    fields: dict[str, Any],
    kept: Sequence[str],
    terms: Mapping[str, dict[str, int]],
    off: Mapping[str, set[int]],
) -> None:
    """Name in a receipt what was left as a person set it."""
    fields.update({NAMES.get(name, name): "kept" for name in kept})
    for name, found in terms.items():
        gone = [term for term, number in found.items() if number in off[name]]
        if gone:
            told = fields[name]
            left = [term for term in told["ignored"] if term not in gone]
            fields[name] = {**told, "ignored": left, "kept": gone}
