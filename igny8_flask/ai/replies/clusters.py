"""Parsing of a clustering reply."""

from collections.abc import Iterable, Sequence
from typing import Any

from igny8_flask.ai.replies.cluster_entries import CONTAINERS, Entry, read_entries
from igny8_flask.ai.replies.extract import ExtractedJSON, extract_json
from igny8_flask.ai.replies.matching import KeywordIndex, item_text
from igny8_flask.ai.replies.results import ClusterReply, ClusterRow, listed
from igny8_flask.ai.replies.shapes import fields_of
from igny8_flask.ai.replies.text import folded
from igny8_flask.ai.replies.verdicts import (
    broke_off,
    fault,
    verdict_after,
    verdict_before,
    was_cut,
)
from igny8_flask.errors import ReplyError


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
    entries = read_entries(extracted, index, was_cut(finish_reason))
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
        recognised=entries or any(fields.get(key) in ([], {}) for key in CONTAINERS),
        cut=reply.partial or bool(extracted and extracted.cut),
        found_json=bool(extracted and extracted.notation == "json"),
    )


def _stuck(reply: ClusterReply, entries: list[Entry]) -> bool:
    """Whether the model repeated one cluster instead of going on to the others."""
    repeats = len(entries) - len(reply.rows)
    return bool(reply.unassigned) and repeats >= 8 and repeats > 3 * len(reply.rows)


class _Builder:
    """Collects entries into clusters: one keyword in one cluster, one cluster a name."""

    def __init__(
        self, index: KeywordIndex, existing: Iterable[str], entries: Sequence[Entry]
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

    def add(self, entry: Entry) -> None:
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
