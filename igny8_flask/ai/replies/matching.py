"""Recognising the caller's own strings in what a model wrote."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from igny8_flask.ai.replies.text import folded, one_line, visible

_QUOTES = str.maketrans(dict.fromkeys("\"'“”„‟‘’‚‛`´«»‹›", " "))
_DASHES = re.compile(r"[\-‐‑‒–—―_/·.,;:!?()\[\]{}|*~<>=\s]+")
_LEAD = re.compile(
    r"^\s*(?:[-*•‣▪●–—→>]+\s+|[\[(]?#?\d{1,5}[\])]?\s*[.):\-–]\s*|[\[(#]\d{1,5}[\])]?\s+|[a-z][.)]\s+"
    r"|\[[ x]\]\s+|(?:keyword|kw|keyphrase|term)\s*\d*\s*[:=]\s*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:[\[(][^\[\]()]{0,80}[\])]|(?:\||–|—|-|:|,|/|→|=)\s*(?:(?:vol(?:ume)?|kd|sv|"
    r"search volume|"
    r"difficulty|intent|priority|id)\b[^|]{0,60}|[\d.,]+\s*[kKmM]?(?:/mo(?:nth)?)?))\s*$",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*(?:[,;\n|、，；•]|\s/\s)\s*")
_ID = re.compile(r"^\s*(?:id|kw|k|#|\[)?[\s_:#=-]*(\d{1,18})\]?\s*$", re.IGNORECASE)
_ID_KEYS = ("id", "keyword_id", "kw_id", "index", "number", "no", "idx", "n")
_TEXT_KEYS = (
    "keyword", "name", "text", "term", "phrase", "value", "query", "title", "keyphrase", "kw",
    "label", "key_word", "search_term",
)  # fmt: skip


def spelled(text: str) -> str:
    """Reduce a string to its letters, digits and signs of meaning (+, #, &, %, $)."""
    return _DASHES.sub(" ", folded(text).translate(_QUOTES)).strip()


def unaccented(text: str) -> str:
    """Reduce further: without accents and blanks."""
    marks = unicodedata.normalize("NFKD", spelled(text))
    return "".join(char for char in marks if not unicodedata.combining(char) and char != " ")


def undecorated(text: str) -> str:
    """Strip numbering, bullets, emphasis, quotes and trailing figures off an item."""
    text = _LEAD.sub("", " ".join(text[:2000].split()).strip("*_` ")).strip().strip("*_` ")
    return _TAIL.sub("", text).strip(" \"'“”„‘’«».,;:*_`")


_RULES: tuple[Callable[[str], str], ...] = (str, folded, spelled, unaccented)


class KeywordIndex:
    """The caller's keywords, found again by text, spelling, id or number."""

    def __init__(self, keywords: Iterable[Any] | None, ids: Sequence[Any] = ()) -> None:
        self.texts: list[str] = []
        self.ids: list[Any] = []
        for keyword in keywords or ():
            self._add(keyword)
        if ids and len(ids) == len(self.texts) and not any(i is not None for i in self.ids):
            self.ids = list(ids)
        self._by_id = {str(known): at for at, known in enumerate(self.ids) if known is not None}
        self._tiers = [(rule, self._tier(rule)) for rule in _RULES]

    def __len__(self) -> int:
        return len(self.texts)

    def _add(self, keyword: Any) -> None:
        identity = None
        if isinstance(keyword, Mapping):
            identity = next((keyword[key] for key in _ID_KEYS if key in keyword), None)
            keyword = next((keyword[key] for key in _TEXT_KEYS if keyword.get(key)), "")
        elif isinstance(keyword, tuple | list) and len(keyword) == 2:
            identity, keyword = keyword
        elif not isinstance(keyword, str):
            identity = getattr(keyword, "id", None)
            keyword = getattr(keyword, "keyword", None) or getattr(keyword, "name", keyword)
        if str(keyword).strip():
            self.texts.append(str(keyword))
            self.ids.append(identity)

    def _tier(self, rule: Callable[[str], str]) -> dict[str, list[int]]:
        tier: dict[str, list[int]] = {}
        for at, text in enumerate(self.texts):
            tier.setdefault(rule(text), []).append(at)
        tier.pop("", None)
        return tier

    def find(self, written: str, taken: Iterable[int] = ()) -> int | None:
        """Find the keyword that a text stands for; looser tiers only where they are unambiguous."""
        used = set(taken)
        for text in dict.fromkeys((written, undecorated(written))):
            for level, (rule, tier) in enumerate(self._tiers):
                found = tier.get(rule(text), [])
                if found and (level < 2 or len({folded(self.texts[at]) for at in found}) == 1):
                    return next((at for at in found if at not in used), found[0])
        return self._shortened(written)

    def _shortened(self, written: str) -> int | None:
        """Find a long keyword that the model wrote with an ellipsis."""
        match = re.fullmatch(r"(.{20,}?)\s*(?:…|\.\.\.)", written.strip(), re.DOTALL)
        start = folded(match[1]) if match else ""
        found = [
            at for at, text in enumerate(self.texts) if start and folded(text).startswith(start)
        ]
        return found[0] if len(found) == 1 else None

    def by_number(self, number: Any, base: int = 1) -> int | None:
        """Find a keyword by the caller's id or, where ids are unknown, by its place in the list."""
        if isinstance(number, bool) or number is None:
            return None
        if self._by_id:
            return self._by_id.get(str(number).strip())
        digits = _ID.match(str(number))
        at = int(digits[1]) - base if digits else -1
        return at if 0 <= at < len(self.texts) else None

    def resolve(self, raw: Any, base: int, taken: Iterable[int] = ()) -> int | None:
        """Find the keyword that one answered item means: text, number or object."""
        if isinstance(raw, Mapping):
            return self._resolve_object(raw, base, taken)
        if isinstance(raw, str):
            found = self.find(visible(raw), taken)
            if found is None and _ID.match(raw):
                digits = _ID.match(raw)
                found = self.by_number(digits[1] if digits else None, base)
            return found
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            number = int(raw) if float(raw).is_integer() else raw
            found = self.by_number(number, base)
            return self.find(str(number), taken) if found is None else found
        return None

    def _resolve_object(
        self, raw: Mapping[Any, Any], base: int, taken: Iterable[int]
    ) -> int | None:
        fields = {str(key).lower().replace(" ", "_"): value for key, value in raw.items()}
        for key in _TEXT_KEYS:
            if isinstance(fields.get(key), str):
                found = self.find(fields[key], taken)
                if found is not None:
                    return found
        for key in _ID_KEYS:
            if isinstance(fields.get(key), str | int):
                found = self.by_number(fields[key], base)
                if found is not None:
                    return found
        return None


def item_text(raw: Any) -> str:
    """The words of one answered item, for warnings and for replies to open questions."""
    if isinstance(raw, Mapping):
        fields = {str(key).lower(): value for key, value in raw.items()}
        raw = next((fields[key] for key in _TEXT_KEYS if isinstance(fields.get(key), str)), "")
    return undecorated(one_line(raw)) or one_line(raw)


def split_items(raw: Any, index: KeywordIndex | None = None) -> Iterator[Any]:
    """Yield the items of a list, of an object's values, or of a text with separators.

    A text that is a known keyword as a whole, or in adjacent parts, stays in one piece.
    """
    if isinstance(raw, Mapping):
        known = any(
            str(key).lower() in (*_TEXT_KEYS, *_ID_KEYS) and isinstance(value, str | int)
            for key, value in raw.items()
        )
        yield from [raw] if known else _spread(list(raw.values()), index)
    elif isinstance(raw, list | tuple):
        yield from _spread(raw, index)
    elif isinstance(raw, str):
        yield from _split_text(raw, index)
    elif raw is not None:
        yield raw


def _spread(items: Sequence[Any], index: KeywordIndex | None) -> Iterator[Any]:
    for item in items:
        if isinstance(item, list | tuple):
            yield from _spread(item, index)
        elif isinstance(item, str) and index is not None and len(index):
            yield from _split_text(item, index) if index.find(item) is None else [item]
        elif item is not None:
            yield item


def _split_text(text: str, index: KeywordIndex | None) -> Iterator[str]:
    parts = [part for part in _PARTS.split(re.sub(r"[ \t]+", " ", text)) if part.strip()]
    if index is None or not len(index):
        yield from parts
        return
    at = 0
    while at < len(parts):
        end = min(len(parts), at + 8)
        while end > at + 1 and index.find(", ".join(parts[at:end])) is None:
            end -= 1
        yield ", ".join(parts[at:end])
        at = end
