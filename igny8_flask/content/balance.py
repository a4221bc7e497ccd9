"""Makes the tags of a reply well-formed before they are parsed.

Closes what was left open, drops what closes nothing, bounds depth and number, and turns the ways
in which office programs write bold, lists and alignment into plain tags.
"""

import re

from igny8_flask.content.tag_names import BLOCK_TAGS, DROPPED_WITH_TEXT, INLINE_TAGS, VOID_TAGS
from igny8_flask.content.tags import Tag, rewrite_tags, write_tag

MAX_DEPTH = 40
MAX_INLINE_DEPTH = 10
MAX_TAGS = 15_000
_KEPT_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdo",
        "br",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "i",
        "img",
        "ins",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
    ]
)
_RENAMED = {
    "strike": "s", "tt": "code", "acronym": "abbr", "center": "div", "dir": "ul", "menu": "ul",
    "form": "div", "fieldset": "div", "legend": "p", "hgroup": "div", "b": "strong", "i": "em",
}  # fmt: skip
_SELF_CLOSING = frozenset(
    ["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "caption", "rp", "rt"]
)
_CONTROLS = frozenset(["button", "input", "label", "output"])
_SKIPPED = frozenset(["html", "body", "col", "colgroup"])
_KEPT_ATTRIBUTES = {
    "a": ("href", "title"), "img": ("src", "alt", "title"), "ol": ("start", "reversed", "type"),
    "td": ("colspan", "rowspan", "data-align"), "th": ("colspan", "rowspan", "scope", "data-align"),
    "abbr": ("title",), "dfn": ("title",), "blockquote": ("cite",), "q": ("cite",),
    "li": ("value",), "code": ("class",), "pre": ("class",), "hr": ("class",),
}  # fmt: skip
_LATE_SOURCES = ("data-src", "data-lazy-src", "data-original")
_GLOBAL_ATTRIBUTES = ("id", "dir", "lang")
_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.I)
_NOT_BOLD = re.compile(r"font-weight\s*:\s*(?:normal|[1-5]00)", re.I)
_ITALIC = re.compile(r"font-style\s*:\s*(?:italic|oblique)", re.I)
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.I)
_ALIGN = re.compile(r"text-align\s*:\s*(left|center|right)", re.I)
_RTL = re.compile(r"direction\s*:\s*rtl", re.I)
_OFFICE_LEVEL = re.compile(r"mso-list\s*:[^;]*level(\d)", re.I)


class _Balancer:
    def __init__(self) -> None:
        self.open: list[tuple[str, str]] = []  # (name as written, name as emitted)
        self.inline_depth = 0
        self.count = 0

    def __call__(self, tag: Tag) -> str:
        self.count += 1
        name = _RENAMED.get(tag.name, tag.name)
        if self._is_unwanted(name):
            return " " if name in BLOCK_TAGS or name in _CONTROLS else ""
        boundary = self._close_inline() if name in BLOCK_TAGS else ""
        if tag.closing:
            return boundary + self._close(tag.name, name)
        emitted, attributes = _reshape(name, tag.attributes)
        if not emitted:
            self._push(tag.name, "")
            return boundary
        return boundary + self._emit(tag.name, emitted, attributes)

    def _is_unwanted(self, name: str) -> bool:
        if name in _SKIPPED or name in DROPPED_WITH_TEXT:
            return True
        if self.count > MAX_TAGS:
            return True
        return name not in _KEPT_INLINE and name not in BLOCK_TAGS

    def _emit(self, written: str, emitted: str, attributes: dict[str, str]) -> str:
        if emitted not in VOID_TAGS and emitted not in _SELF_CLOSING:
            limit = MAX_INLINE_DEPTH if emitted in INLINE_TAGS else MAX_DEPTH
            depth = self.inline_depth if emitted in INLINE_TAGS else len(self.open)
            if depth >= limit:
                return " " if emitted in BLOCK_TAGS else ""
            self._push(written, emitted)
        return write_tag(emitted, attributes)

    def _push(self, written: str, emitted: str) -> None:
        if len(self.open) < MAX_DEPTH + MAX_INLINE_DEPTH:
            self.open.append((written, emitted))
            self.inline_depth += written in INLINE_TAGS

    def _pop(self) -> str:
        written, emitted = self.open.pop()
        self.inline_depth -= written in INLINE_TAGS
        return f"</{emitted}>" if emitted else ""

    def _close_inline(self) -> str:
        closed = ""
        while self.open and self.open[-1][0] in INLINE_TAGS and self.open[-1][0] != "a":
            closed += self._pop()
        return closed

    def _close(self, written: str, name: str) -> str:
        if name in VOID_TAGS:
            return "<br>" if name == "br" else ""
        if name in _SELF_CLOSING:
            return f"</{name}>"
        if not self._is_open(written):
            return ""
        closed = ""
        while self.open[-1][0] != written:
            closed += self._pop()
        return closed + self._pop()

    def _is_open(self, written: str) -> bool:
        for name, _ in reversed(self.open):
            if name == written:
                return True
            if name == "table":
                return False
        return False

    def finish(self) -> str:
        closed = ""
        while self.open:
            closed += self._pop()
        return closed


def balance(html: str) -> str:
    """Return ``html`` with known tags only, each closed, in bounded depth and number."""
    balancer = _Balancer()
    return rewrite_tags(html, balancer, "&lt;") + balancer.finish()


def _reshape(name: str, given: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return the tag's name and attributes as we write them; an empty name keeps only the text."""
    style = given.get("style", "")
    kept = _kept(name, given)
    if _RTL.search(style):
        kept["dir"] = "rtl"
    if name in {"td", "th"}:
        _align(given, style, kept)
    elif name == "p":
        _office_item(given, style, kept)
    elif name == "img":
        late = next((given[key] for key in _LATE_SOURCES if given.get(key)), "")
        kept = {"src": late or kept.get("src", ""), **{k: v for k, v in kept.items() if k != "src"}}
    elif name == "a" and "name" in given and "id" not in kept:
        kept["id"] = given["name"]
    if name in {"strong", "span"}:
        name = _emphasis(name, style)
    if name == "span" and not kept:
        return "", {}
    return name, kept


def _kept(name: str, given: dict[str, str]) -> dict[str, str]:
    allowed = _KEPT_ATTRIBUTES.get(name, ()) + _GLOBAL_ATTRIBUTES
    return {key: given[key] for key in allowed if key in given}


def _align(given: dict[str, str], style: str, kept: dict[str, str]) -> None:
    found = _ALIGN.search(style)
    align = (found[1] if found else given.get("align", kept.get("data-align", ""))).lower()
    kept.pop("data-align", None)
    if align in {"left", "center", "right"}:
        kept["class"] = f"has-text-align-{align}"
        kept["data-align"] = align


def _office_item(given: dict[str, str], style: str, kept: dict[str, str]) -> None:
    level = _OFFICE_LEVEL.search(style)
    if level or "MsoListParagraph" in given.get("class", ""):
        kept["class"] = f"item-{min(int(level[1]) if level else 1, 6) or 1}"


def _emphasis(name: str, style: str) -> str:
    if name == "strong":
        return "span" if _NOT_BOLD.search(style) else name
    if _BOLD.search(style):
        return "strong"
    if _ITALIC.search(style):
        return "em"
    return "s" if _STRUCK.search(style) else name
