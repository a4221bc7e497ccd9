"""The receipt of a delivery held against its document, field by field.

A *problem* is something the site should have done and did not: the delivery is not whole. A
*warning* is a difference that was to be expected and that a person may want to know of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

PUBLIC = ("publish", "future")
DATE_TOLERANCE = timedelta(seconds=60)
KEPT = {
    "status": "the post's state",
    "slug": "its address",
    "date_gmt": "its date",
    "featured": "the featured image",
}
LISTS = {"categories": "categories", "tags": "tags", "seo": "search fields"}


@dataclass(frozen=True)
class Judgement:
    """What a receipt says in words; no problems = the delivery is whole."""

    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def judge(document: Mapping[str, Any], receipt: Mapping[str, Any]) -> Judgement:
    """Compare what was sent with what the site says stands there."""
    judgement = Judgement()
    fields = receipt.get("fields") or {}
    for check in (
        _text,
        _kind,
        _kept,
        _status,
        _slug,
        _terms,
        _featured,
        _images,
        _seo,
        _faq,
        _links,
        _date,
        _dropped,
    ):
        check(judgement, document, receipt, fields)
    return judgement


def state_of(fields: Mapping[str, Any], name: str) -> str | None:
    """The state of a field: applied, altered, kept, ignored, failed, or None when not told."""
    told = fields.get(name)
    state = told.get("state") if isinstance(told, Mapping) else told
    return str(state) if state is not None else None


def is_kept(receipt: Mapping[str, Any], name: str) -> bool:
    """Whether a field was left as a person had set it."""
    return state_of(receipt.get("fields") or {}, name) == "kept"


def _text(
    judgement: Judgement,
    document: Mapping[str, Any],
    receipt: Mapping[str, Any],
    fields: Mapping[str, Any],
) -> None:
    for name, words in (("title", "title"), ("content", "text"), ("excerpt", "excerpt")):
        if not document.get(name):
            continue
        state = state_of(fields, name)
        if state in (None, "failed", "ignored"):
            judgement.problems.append(f"The {words} was not stored: publish again.")
        elif state == "altered" and not (name == "content" and receipt.get("dropped")):
            judgement.warnings.append(f"The site changed the {words} while storing it.")


def _kind(
    judgement: Judgement, document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    if document.get("author") and state_of(fields, "author") == "altered":
        judgement.warnings.append(
            f"“{document['author']}” may not write on the site: the post has another author."
        )
    for name, words in (("author", "The author"), ("post_type", "The post type")):
        if state_of(fields, name) == "ignored":
            judgement.warnings.append(
                f"{words} of the publishing rules needs the IGNY8 plugin on the site."
            )


def _kept(
    judgement: Judgement, _document: Mapping[str, Any], receipt: Mapping[str, Any], fields: Any
) -> None:
    kept = [words for name, words in KEPT.items() if is_kept(receipt, name)]
    for name in ("categories", "tags", "seo"):
        told = fields.get(name)
        if isinstance(told, Mapping) and told.get("kept"):
            kept.append(f"{LISTS[name]} ({', '.join(map(str, told['kept']))})")
    if kept:
        judgement.warnings.append(f"Left as a person set it on the site: {', '.join(kept)}.")


def _status(
    judgement: Judgement, document: Mapping[str, Any], receipt: Mapping[str, Any], _: Any
) -> None:
    asked, got = document["status"], receipt.get("status")
    if got == asked or is_kept(receipt, "status"):
        return
    if got == "publish" and asked == "future":
        if _ahead(document):
            judgement.warnings.append(
                "The post is public before its time: the site's clock runs ahead of ours."
            )
    elif got == "future" and asked == "publish":
        if not document.get("date_gmt"):
            judgement.problems.append(
                "The post waits for a date on the site instead of being public: "
                "clear its date there, or publish with overwrite."
            )
    elif got in (*PUBLIC, "private"):
        judgement.warnings.append(f"The post stays {got!r} on the site, as a person set it.")
    else:
        judgement.problems.append(
            f"The post is {got!r}, not {asked!r} as asked: publish with overwrite."
        )


def _ahead(document: Mapping[str, Any]) -> bool:
    date = document.get("date_gmt")
    return bool(date) and parsed(str(date)) > datetime.now().astimezone() + DATE_TOLERANCE


def parsed(date_gmt: str) -> datetime:
    """An ISO 8601 time as the document carries it."""
    return datetime.fromisoformat(date_gmt.replace("Z", "+00:00"))


def _slug(
    judgement: Judgement, document: Mapping[str, Any], receipt: Mapping[str, Any], _: Any
) -> None:
    asked, got = document.get("slug"), receipt.get("slug")
    if asked and got != asked and not is_kept(receipt, "slug"):
        judgement.warnings.append(f"The address ends in “{got}”; “{asked}” is taken or was kept.")


def _terms(
    judgement: Judgement, document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    for name in ("categories", "tags"):
        told = fields.get(name)
        missing = told.get("ignored", []) if isinstance(told, Mapping) else document.get(name, [])
        if not missing:
            continue
        listed = ", ".join(map(str, missing))
        if document.get("create_terms"):
            judgement.problems.append(f"These {name} were not set: {listed}. Publish again.")
        else:
            judgement.warnings.append(f"These {name} do not exist on the site: {listed}.")


def _featured(
    judgement: Judgement, document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    if document.get("featured") and state_of(fields, "featured") not in ("applied", "kept"):
        judgement.problems.append("The featured image is not set: publish again.")


def _images(
    judgement: Judgement, document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    if not document.get("images"):
        return
    told = fields.get("images")
    if not isinstance(told, Mapping):
        judgement.warnings.append("The site did not tell whether the article's images stand.")
        return
    if told.get("missing"):
        count = len(told["missing"])
        judgement.problems.append(f"{count} of the article's images are missing: publish again.")
    if told.get("without_alt"):
        count = len(told["without_alt"])
        judgement.problems.append(f"{count} images lost their alternative text: publish again.")


def _seo(
    judgement: Judgement, document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    if not document.get("seo"):
        return
    state = state_of(fields, "seo")
    if state == "ignored":
        judgement.warnings.append("Search title and description need the IGNY8 plugin on the site.")
    elif state != "applied":
        judgement.problems.append("The search title and description were not stored.")


def _faq(
    judgement: Judgement, document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    if document.get("faq") and state_of(fields, "faq") == "failed":
        judgement.problems.append("The questions for search engines were not stored.")


def _links(
    judgement: Judgement, _document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    told = fields.get("links")
    gone = told.get("gone") if isinstance(told, Mapping) else None
    if gone:
        judgement.warnings.append(
            f"Internal links were left out because their posts are not public: {len(gone)}."
        )


def _date(
    judgement: Judgement, document: Mapping[str, Any], _: Any, fields: Mapping[str, Any]
) -> None:
    if document.get("date_gmt") and state_of(fields, "date_gmt") not in ("applied", "kept", None):
        judgement.problems.append("The site stored another date: publish again.")


def _dropped(
    judgement: Judgement, _document: Mapping[str, Any], receipt: Mapping[str, Any], _: Any
) -> None:
    dropped = receipt.get("dropped") or []
    if dropped:
        listed = ", ".join(map(str, dropped[:10]))
        judgement.warnings.append(f"The site took these parts out of the text: {listed}.")
