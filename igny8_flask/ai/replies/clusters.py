"""Parsing of a clustering reply."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from igny8_flask.ai.replies.documents import surviving
from igny8_flask.ai.replies.extract import ExtractedJSON, extract_json
from igny8_flask.ai.replies.matching import KeywordIndex, item_text, split_items, undecorated
from igny8_flask.ai.replies.reader import is_cut
from igny8_flask.ai.replies.results import ClusterReply, ClusterRow, listed
from igny8_flask.ai.replies.shapes import RowFinder, fields_of, key_of, pick, words
from igny8_flask.ai.replies.text import folded, one_line
from igny8_flask.ai.replies.verdicts import (
    broke_off,
    fault,
    verdict_after,
    verdict_before,
    was_cut,
)
from igny8_flask.errors import ReplyError

_CONTAINERS = (
    "clusters", "cluster", "keywordclusters", "groups", "keywordgroups", "topics", "topicclusters",
    "categories", "semanticclusters", "clusterlist", "clustering", "themes", "segments", "buckets",
    "newclusters", "keywordgroupings", "groupings", "topicgroups", "clusteredkeywords",
)  # fmt: skip
_NAME = (
    "name", "clustername", "cluster", "topic", "title", "label", "group", "groupname", "theme",
    "clustertitle", "topicname", "category", "categoryname", "clusterlabel", "heading", "pillar",
    "clustertopic", "segment", "maintopic", "parenttopic", "headterm",
)  # fmt: skip
_KEYWORDS = (
    "keywords", "keywordlist", "keywordids", "terms", "items", "members", "keyword", "queries",
    "phrases", "keyphrases", "searchterms", "relatedkeywords", "kws", "ids", "values", "list",
    "clusterkeywords", "assignedkeywords", "keywordsids", "searchqueries", "keywordindexes",
    "keywordindices", "indices", "indexes", "content", "children", "entries", "elements", "words",
    "supportingkeywords", "secondarykeywords", "kw",
)  # fmt: skip
_PRIMARY = ("primarykeyword", "mainkeyword", "seedkeyword", "headkeyword", "pillarkeyword")
_ABOUT = ("description", "summary", "about", "rationale", "explanation", "reason", "desc", "intro")
_LEFT = {
    "unassigned", "unclustered", "ungrouped", "uncategorized", "uncategorised",
    "unassignedkeywords",
    "unclusteredkeywords", "ungroupedkeywords", "leftover", "leftovers", "outliers", "noise",
    "notclustered", "unmatched", "unmatchedkeywords", "remainingkeywords", "excluded", "skipped",
    "notassigned", "discarded",
}  # fmt: skip

_LINE = re.compile(r"(.{1,150}?)\s*(?::|=>|→|–|—|\s-\s)[\s*]*(.+)$", re.DOTALL)
_NUMBERED = re.compile(
    r"^\s*(?:\d{1,3}[.)]\s+)?[*_]*(?:(?:keyword )?(?:cluster|group|topic)(?: name)?"
    r"\s*#?(?:\d{1,3}|[A-Z])?"
    r"\s*[:.\-–—)]\s*(?=\S))?",
    re.IGNORECASE,
)


def parse_clusters(
    text: str | None,
    *,
    keywords: Iterable[Any] | None = None,
    finish_reason: str | None = None,
    existing: Iterable[str] = (),
    ids: Sequence[Any] = (),
) -> ClusterReply:
    """Turn a clustering reply into clusters of the caller's own keywords.

    ``keywords`` are strings or ``{"id", "keyword"}``; without any, the reply's own words count.
    ``existing`` are names of the site's clusters, given back in the site's spelling.
    """
    index = KeywordIndex(keywords, ids)
    error = verdict_before(text, finish_reason)
    if error is not None or text is None:
        return ClusterReply(unassigned=tuple(index.texts), error=error)
    extracted = extract_json(text)
    entries = _entries(extracted, index, was_cut(finish_reason))
    builder = _Builder(index, existing, entries)
    for entry in entries:
        builder.add(entry)
    reply = builder.reply(partial=broke_off(extracted, finish_reason))
    if reply.rows and not _stuck(reply, entries):
        return reply
    error = fault("degenerate") if reply.rows else _verdict(text, extracted, bool(entries), reply)
    return ClusterReply(unassigned=tuple(index.texts), warnings=reply.warnings, error=error)


def _verdict(
    text: str, extracted: ExtractedJSON | None, entries: bool, reply: ClusterReply
) -> ReplyError:
    value = extracted.value if extracted else None
    fields = fields_of(value) if isinstance(value, dict) else {}
    return verdict_after(
        text,
        value,
        recognised=entries or any(fields.get(key) in ([], {}) for key in _CONTAINERS),
        cut=reply.partial or bool(extracted and extracted.cut),
        found_json=bool(extracted and extracted.notation == "json"),
    )


def _stuck(reply: ClusterReply, entries: list["_Entry"]) -> bool:
    """Whether the model repeated one cluster instead of going on to the others."""
    repeats = len(entries) - len(reply.rows)
    return bool(reply.unassigned) and repeats >= 8 and repeats > 3 * len(reply.rows)


@dataclass
class _Entry:
    name: str
    keywords: list[Any] = field(default_factory=list)
    description: str = ""
    leftover: bool = False


def _entries(extracted: ExtractedJSON | None, index: KeywordIndex, length: bool) -> list[_Entry]:
    """Read the whole entries of every document."""
    found: list[tuple[list[_Entry], bool]] = []
    for document in extracted.documents if extracted else ():
        rows = [row for row in _find(document.value, index) if not is_cut(row)]
        if length and extracted and extracted.notation != "json":
            rows = rows[:-1]
        entries = [_entry(row, index) for row in rows]
        found.append(([*entries, *_leftover(document.value)], document.cut))
    return surviving(found, _identity)


def _identity(entry: _Entry) -> set[str]:
    keys = {"k:" + folded(item_text(item) or str(item)) for item in entry.keywords}
    return keys | ({"n:" + folded(entry.name)} if entry.name else set())


def _find(value: Any, index: KeywordIndex) -> list[Any]:
    def is_row(row: Any) -> bool:
        if isinstance(row, str):
            return bool(_line(row, index))
        if not isinstance(row, dict):
            return False
        fields = fields_of(row)
        inside = pick(fields, _KEYWORDS)
        if isinstance(inside, list) and any(is_row(item) for item in inside[:3]):
            return False
        named = any(isinstance(fields.get(key), str | int | float) for key in _NAME)
        return (named and any(key in fields for key in (*_KEYWORDS, *_PRIMARY))) or (
            is_cut(row) and named and not any(isinstance(v, dict) for v in row.values())
        )

    return RowFinder(_CONTAINERS, is_row, lambda row: _keyed(row, index)).find(value)


def _line(written: str, index: KeywordIndex) -> dict[str, Any] | None:
    """Read a line like ``Name: keyword, keyword`` that holds at least one asked keyword."""
    line = _LINE.match(undecorated(written))
    if line is None or not len(index) or index.find(written) is not None:
        return None
    items = list(split_items(line[2], index))
    known = any(isinstance(item, str) and index.find(item) is not None for item in items)
    return {"name": line[1], "keywords": items} if known else None


def _keyed(value: Mapping[Any, Any], index: KeywordIndex) -> list[Any] | None:
    """Read ``{name: [keywords]}``, ``{name: {keywords}}`` and ``{keyword: name}``."""
    rows: list[Any] = []
    cut = is_cut(value)
    last = len(value) - 1
    if len(value) >= 1 and all(isinstance(item, str) for item in value.values()):
        return _assigned(value, index)
    for at, (name, item) in enumerate(value.items()):
        if key_of(name) in _LEFT or key_of(name) in _CONTAINERS:
            continue
        if cut and at == last and is_cut(item):
            continue
        if isinstance(item, list) and item and all(isinstance(i, str | int) for i in item):
            rows.append({"name": name, "keywords": item})
        elif isinstance(item, dict) and set(fields_of(item)) & {*_KEYWORDS, *_PRIMARY}:
            rows.append(item if words(fields_of(item), _NAME) else {"name": name, **item})
    return rows or None


def _assigned(value: Mapping[Any, Any], index: KeywordIndex) -> list[Any] | None:
    """Read an object that gives each keyword its cluster, or each cluster its keywords as text."""
    items = list(value.items())
    if is_cut(value):
        items = items[:-1]
    if not len(index) or not items:
        return None
    by_keyword = sum(index.resolve(str(key), 1) is not None for key, _ in items)
    if by_keyword * 2 > len(items):
        return [{"name": name, "keywords": [key]} for key, name in items if one_line(name)]
    rows = [{"name": key, "keywords": text} for key, text in items]
    known = [
        row
        for row in rows
        if any(index.resolve(item, 1) is not None for item in split_items(row["keywords"], index))
    ]
    return known or None


def _entry(row: Any, index: KeywordIndex) -> _Entry:
    fields = fields_of((_line(row, index) or {}) if isinstance(row, str) else row)
    name_key = next(
        (
            key
            for key in _NAME
            if isinstance(fields.get(key), str | int | float) and fields[key] != ""
        ),
        "",
    )
    name = _NUMBERED.sub("", one_line(fields.get(name_key), 200)).strip("*_` :")
    raw = pick({k: v for k, v in fields.items() if k != name_key}, _KEYWORDS)
    primary = pick(fields, _PRIMARY)
    items = [*split_items(primary, index), *split_items(raw, index)]
    leftover = key_of(name) in _LEFT
    return _Entry(name, items, words(fields, _ABOUT, 1000), leftover)


def _leftover(value: Any) -> list[_Entry]:
    if not isinstance(value, dict):
        return []
    fields = fields_of(value)
    return [
        _Entry("", list(split_items(fields[key])), leftover=True) for key in _LEFT if key in fields
    ]


class _Builder:
    """Collects entries into clusters: one keyword in one cluster, one cluster a name."""

    def __init__(
        self, index: KeywordIndex, existing: Iterable[str], entries: Sequence[_Entry]
    ) -> None:
        self._index = index
        self._existing = {folded(str(name)): str(name) for name in existing}
        self._names: dict[str, str] = {}
        self._about: dict[str, str] = {}
        self._members: dict[str, list[Any]] = {}
        self._taken: set[Any] = set()
        self._unknown: list[str] = []
        self._twice: list[str] = []
        self._nameless: list[str] = []
        numbers = (item for entry in entries for item in entry.keywords)
        self._base = 0 if any(item in (0, "0") for item in numbers) else 1

    def add(self, entry: _Entry) -> None:
        """Take one entry in; what is unknown, taken or nameless is remembered for the warnings."""
        key = folded(entry.name)
        for item in entry.keywords:
            member = self._member(item)
            if member is None or entry.leftover:
                continue
            if not key:
                self._nameless.append(str(member))
            elif member in self._taken:
                if member not in self._members.get(key, []):
                    self._twice.append(self._text(member))
            else:
                self._taken.add(member)
                self._names.setdefault(key, self._existing.get(key, entry.name))
                self._about.setdefault(key, entry.description)
                self._members.setdefault(key, []).append(member)

    def _member(self, item: Any) -> Any:
        if not len(self._index):
            return item_text(item) or None
        found = self._index.resolve(item, self._base, self._taken)
        if found is None:
            self._unknown.append(item_text(item) or str(item))
        return found

    def _ids(self, members: list[Any]) -> tuple[Any, ...]:
        ids = [self._index.ids[member] for member in members if isinstance(member, int)]
        return tuple(ids) if any(known is not None for known in ids) else ()

    def _text(self, member: Any) -> str:
        return self._index.texts[member] if isinstance(member, int) else str(member)

    def reply(self, partial: bool) -> ClusterReply:
        """Give the clusters, the asked keywords that none took, and the warnings."""
        rows = tuple(
            ClusterRow(
                self._names[key],
                tuple(self._text(member) for member in members),
                self._ids(members),
                self._about[key],
            )
            for key, members in self._members.items()
        )
        left = [text for at, text in enumerate(self._index.texts) if at not in self._taken]
        warnings = [
            listed(label, dict.fromkeys(items))
            for label, items in (
                ("Not among the asked keywords, dropped", self._unknown),
                ("In more than one cluster, kept in the first", self._twice),
                ("In a cluster without a name, left unassigned", self._nameless),
                ("Not assigned to any cluster", left),
            )
            if items
        ]
        return ClusterReply(rows, tuple(left), tuple(warnings), partial)
