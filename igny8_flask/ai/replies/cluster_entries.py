"""The rows of a clustering reply, in whatever words and shapes a model wrote them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from igny8_flask.ai.replies.cuts import is_cut
from igny8_flask.ai.replies.documents import surviving
from igny8_flask.ai.replies.extract import ExtractedJSON
from igny8_flask.ai.replies.matching import KeywordIndex, item_text, split_items, undecorated
from igny8_flask.ai.replies.shapes import RowFinder, fields_of, key_of, pick, words
from igny8_flask.ai.replies.text import folded, one_line

CONTAINERS = (
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


@dataclass
class Entry:
    """A cluster as the reply wrote it; ``leftover`` is its list of what fits nowhere."""

    name: str
    keywords: list[Any] = field(default_factory=list)
    description: str = ""
    leftover: bool = False


def read_entries(extracted: ExtractedJSON | None, index: KeywordIndex, length: bool) -> list[Entry]:
    """Read the whole entries of every document."""
    found: list[tuple[list[Entry], bool]] = []
    for document in extracted.documents if extracted else ():
        rows = [row for row in _find(document.value, index) if not is_cut(row)]
        if length and extracted and extracted.notation != "json":
            rows = rows[:-1]
        entries = [_entry(row, index) for row in rows]
        found.append(([*entries, *_leftover(document.value)], document.cut))
    return surviving(found, _identity)


def _identity(entry: Entry) -> set[str]:
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

    return RowFinder(CONTAINERS, is_row, lambda row: _keyed(row, index)).find(value)


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
        if key_of(name) in _LEFT or key_of(name) in CONTAINERS:
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


def _entry(row: Any, index: KeywordIndex) -> Entry:
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
    return Entry(name, items, words(fields, _ABOUT, 1000), leftover)


def _leftover(value: Any) -> list[Entry]:
    if not isinstance(value, dict):
        return []
    fields = fields_of(value)
    return [
        Entry("", list(split_items(fields[key])), leftover=True) for key in _LEFT if key in fields
    ]
