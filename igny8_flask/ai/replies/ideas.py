"""Parsing of a reply with content ideas."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from igny8_flask.ai.replies.asked import AskedClusters
from igny8_flask.ai.replies.cuts import is_cut
from igny8_flask.ai.replies.documents import surviving
from igny8_flask.ai.replies.extract import ExtractedJSON, extract_json
from igny8_flask.ai.replies.matching import KeywordIndex, item_text, split_items
from igny8_flask.ai.replies.outlines import read_outline
from igny8_flask.ai.replies.results import ClusterRef, IdeaRow, IdeasReply, OutlineSection, listed
from igny8_flask.ai.replies.shapes import decoded, fields_of, key_of, pick, words
from igny8_flask.ai.replies.text import one_line
from igny8_flask.ai.replies.verdicts import (
    broke_off,
    fault,
    verdict_after,
    verdict_before,
    was_cut,
)
from igny8_flask.errors import ReplyError

_CONTAINERS = (
    "ideas", "contentideas", "articleideas", "blogideas", "postideas", "articles", "posts",
    "blogposts", "suggestions", "titles", "contentplan", "idea", "topics", "contents", "results",
    "items", "data", "clusters", "content", "newideas", "generatedideas", "contentsuggestions",
)  # fmt: skip
_TITLE = (
    "title", "ideatitle", "headline", "contenttitle", "articletitle", "posttitle", "blogtitle",
    "workingtitle", "suggestedtitle", "h1", "name", "idea", "ideaname", "heading", "topic",
    "subject",
    "seotitle", "metatitle",
)  # fmt: skip
_ABOUT = ("description", "summary", "excerpt", "brief", "overview", "angle", "about", "intro",
          "metadescription", "abstract", "desc", "rationale")  # fmt: skip
_TYPE = ("contenttype", "type", "format", "contentformat", "articletype", "posttype",
         "contentstructure", "kind")  # fmt: skip
_OUTLINE = ("outline", "contentoutline", "articleoutline", "sections", "structure", "headings",
            "h2", "h2s", "subheadings", "articlestructure", "tableofcontents", "toc",
            "mainsections", "contentsections", "items")  # fmt: skip
_KEYWORDS = (
    "primarykeyword", "focuskeyword", "focuskeyphrase", "mainkeyword", "targetkeyword",
    "targetkeywords", "keywords", "coveredkeywords", "relatedkeywords", "secondarykeywords",
    "seokeywords", "keywordlist", "keyword", "keywordscovered", "keywordids", "terms", "kws",
)  # fmt: skip
_LENGTH = (
    "wordcount", "estimatedwordcount", "targetwordcount", "length", "words", "targetlength",
    "recommendedwordcount", "suggestedwordcount", "approxwordcount", "estimatedlength",
    "wordlength",
)  # fmt: skip
_CLUSTER_ID = ("clusterid", "clusterids", "cid", "clusternumber", "clusterindex")
_CLUSTER = ("cluster", "clustername", "clustertitle", "topiccluster", "keywordcluster", "group",
            "groupname", "pillar", "parentcluster", "category", "topic")  # fmt: skip
_LEAD = re.compile(
    r"^\s*(?:[-*•]\s+|\d{1,3}[.)]\s+|(?:idea|title|article|post)\s*\d*\s*[:.\-–]\s+)+",
    re.IGNORECASE,
)


def parse_ideas(
    text: str | None,
    *,
    clusters: Iterable[Any] | None = None,
    keywords: Iterable[Any] | None = None,
    wanted: int | None = None,
    finish_reason: str | None = None,
) -> IdeasReply:
    """Turn a reply into content ideas of the asked clusters.

    ``clusters`` are :class:`ClusterRef`, dicts with ``id``, ``name`` and perhaps ``keywords``, or
    names. Only asked keywords are kept; without any, the reply's own words count.
    """
    asked = AskedClusters(clusters, keywords)
    error = verdict_before(text, finish_reason)
    if error is not None or text is None:
        return IdeasReply(unassigned=asked.names(), error=error)
    extracted = extract_json(text)
    length = was_cut(finish_reason)
    entries = _entries(extracted, asked, length)
    reply = _reply(entries, asked, wanted, broke_off(extracted, finish_reason))
    repeats = len(entries) - len(reply.rows)
    stuck = repeats >= 8 and repeats > 3 * len(reply.rows) and len(reply.rows) < (wanted or 2)
    if reply.rows and not stuck:
        return reply
    error = fault("degenerate") if reply.rows else _verdict(text, extracted, reply.partial)
    return IdeasReply(unassigned=asked.names(), warnings=reply.warnings, error=error)


def _verdict(text: str, extracted: ExtractedJSON | None, partial: bool) -> ReplyError:
    value = extracted.value if extracted else None
    fields = fields_of(value) if isinstance(value, dict) else {}
    return verdict_after(
        text,
        value,
        recognised=any(fields.get(key) == [] for key in _CONTAINERS),
        cut=partial or bool(extracted and extracted.cut),
        found_json=bool(extracted and extracted.notation == "json"),
    )


@dataclass
class _Entry:
    fields: dict[str, Any]
    hint: ClusterRef | None

    @property
    def title(self) -> str:
        return _LEAD.sub("", words(self.fields, _TITLE, 300)).strip(' "“”«»')


def _entries(extracted: ExtractedJSON | None, asked: AskedClusters, length: bool) -> list[_Entry]:
    if extracted is None:
        return []
    found: list[tuple[list[_Entry], bool]] = []
    for document in extracted.documents:
        entries = list(_walk(document.value, asked, None, 0))
        if length and extracted.notation != "json":
            entries = entries[:-1]
        found.append((entries, document.cut))
    return surviving(found, lambda entry: {item_text(entry.title).casefold()})


def _walk(
    value: Any, asked: AskedClusters, hint: ClusterRef | None, depth: int
) -> Iterator[_Entry]:
    """Yield the whole ideas of a value, with the cluster that they stand under."""
    value = decoded(value)
    if depth > 8:
        return
    if isinstance(value, list):
        for item in value:
            if isinstance(item, str) and not is_cut(item) and decoded(item) is item:
                if 8 <= len(item) <= 300:
                    yield _Entry({"title": item}, hint)
            else:
                yield from _walk(item, asked, hint, depth + 1)
    elif isinstance(value, dict):
        yield from _walk_object(value, asked, hint, depth)


def _walk_object(
    value: dict[Any, Any], asked: AskedClusters, hint: ClusterRef | None, depth: int
) -> Iterator[_Entry]:
    fields = fields_of(value)
    inner = next((fields[key] for key in _CONTAINERS if _holds_ideas(fields.get(key))), None)
    if inner is None and key_of(words(fields, _TITLE)) in _CONTAINERS:
        inner = pick(fields, ("items",))
    titled = bool(words(fields, _TITLE)) and not any(key in fields for key in ("error", "refusal"))
    if inner is not None:
        named = pick(fields, (*_CLUSTER_ID, "id", *_CLUSTER, "name", "title"))
        yield from _walk(inner, asked, asked.cluster(named) or hint, depth + 1)
    elif titled:
        if not is_cut(value):
            yield _Entry(fields, hint)
    else:
        for key, item in value.items():
            if isinstance(item, dict) and not is_cut(item) and not words(fields_of(item), _TITLE):
                inside = fields_of(item)
                if depth < 4 and any(name in inside for name in (*_OUTLINE, *_ABOUT)):
                    yield _Entry({"title": key, **inside}, hint)
                    continue
            if isinstance(item, list | dict | str):
                yield from _walk(item, asked, asked.cluster(str(key)) or hint, depth + 1)


def _holds_ideas(value: Any) -> bool:
    value = decoded(value)
    if isinstance(value, dict):
        return any(isinstance(item, dict | list) for item in value.values())
    return isinstance(value, list) and any(
        isinstance(item, dict) and bool(words(fields_of(item), _TITLE) or _nested(item))
        for item in value
    )


def _nested(item: dict[Any, Any]) -> bool:
    return any(key in _CONTAINERS for key in map(key_of, item))


def _reply(
    entries: list[_Entry], asked: AskedClusters, wanted: int | None, partial: bool
) -> IdeasReply:
    rows: dict[str, IdeaRow] = {}
    twice: list[str] = []
    unknown: list[str] = []
    strangers: list[str] = []
    for entry in entries:
        row = _row(entry, asked, unknown)
        key = item_text(row.title).casefold()
        if not key:
            continue
        if key in rows:
            twice.append(row.title)
            continue
        rows[key] = row
        if asked.clusters and row.cluster_id is None and not row.cluster_name:
            strangers.append(row.title)
    kept = list(rows.values())
    extra = kept[wanted:] if wanted and wanted > 0 else []
    kept = kept[: len(kept) - len(extra)]
    served = {row.cluster_name for row in kept}
    left = tuple(name for name in asked.names() if name not in served)
    warnings = [
        listed(label, dict.fromkeys(items))
        for label, items in (
            ("Not among the asked keywords, dropped", unknown),
            ("Same title twice, kept once", twice),
            ("Without an asked cluster", strangers),
            ("More ideas than asked for, dropped", [row.title for row in extra]),
            ("No idea for", left),
        )
        if items
    ]
    if wanted and len(kept) < wanted:
        warnings.append(f"{len(kept)} of {wanted} ideas came back.")
    return IdeasReply(tuple(kept), left, tuple(warnings), partial)


def _row(entry: _Entry, asked: AskedClusters, unknown: list[str]) -> IdeaRow:
    fields = entry.fields
    keywords = _keywords(fields, asked.keywords, unknown)
    cluster = asked.cluster(pick(fields, _CLUSTER_ID)) or asked.cluster(pick(fields, _CLUSTER))
    cluster = cluster or entry.hint or asked.owner(keywords)
    outline = _outline(fields)
    return IdeaRow(
        title=entry.title,
        description=words(fields, _ABOUT, 4000),
        content_type=words(fields, _TYPE, 60),
        outline=outline,
        keywords=keywords,
        cluster_id=cluster.id if cluster else None,
        cluster_name=cluster.name if cluster else "",
        word_count=_number(pick(fields, _LENGTH)),
    )


def _outline(fields: Mapping[str, Any]) -> tuple[OutlineSection, ...]:
    written = decoded(pick(fields, _OUTLINE))
    if written is None:
        described = decoded(fields.get("description"))
        written = described if isinstance(described, dict | list) else None
    return read_outline(written)


def _keywords(
    fields: Mapping[str, Any], index: KeywordIndex, unknown: list[str]
) -> tuple[str, ...]:
    kept: dict[str, None] = {}
    for alias in _KEYWORDS:
        for item in split_items(fields.get(alias), index):
            if not len(index):
                kept.setdefault(item_text(item))
                continue
            found = index.resolve(item, 1)
            if found is None:
                unknown.append(item_text(item) or str(item))
            else:
                kept.setdefault(index.texts[found])
    kept.pop("", None)
    return tuple(kept)


def _number(written: Any) -> int | None:
    """Read a length like ``1500``, ``"1,500 words"`` or ``"1200-1500"`` (its first figure)."""
    if isinstance(written, dict):
        written = next(iter(written.values()), None)
    figure = re.search(r"\d{1,3}(?:[,. ]\d{3})+|\d{2,6}", one_line(written))
    number = int(re.sub(r"\D", "", figure[0])) if figure else 0
    return number if 50 <= number <= 100_000 else None
