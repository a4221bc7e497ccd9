"""The one gate between a model's words and a site: nh3 with a short allow list."""

import re
from functools import lru_cache

import nh3

from igny8_flask.content.characters import without_entities, without_unwanted

_TAGS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "caption",
        "blockquote",
        "cite",
        "q",
        "pre",
        "code",
        "kbd",
        "samp",
        "var",
        "strong",
        "b",
        "em",
        "i",
        "u",
        "s",
        "del",
        "ins",
        "mark",
        "sub",
        "sup",
        "small",
        "abbr",
        "dfn",
        "a",
        "img",
        "figure",
        "figcaption",
        "hr",
        "br",
        "details",
        "summary",
        "div",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "main",
        "nav",
        "address",
        "span",
        "bdo",
        "ruby",
        "rt",
        "rp",
    ]
)
_DROPPED_WITH_TEXT = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "noscript",
        "template",
        "svg",
        "math",
        "title",
        "textarea",
        "select",
        "video",
        "audio",
        "canvas",
        "xmp",
    ]
)
_ATTRIBUTES = {
    "*": {"id", "dir", "lang"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start", "reversed", "type"},
    "td": {"colspan", "rowspan", "class", "data-align"},
    "th": {"colspan", "rowspan", "class", "data-align", "scope"},
    "abbr": {"title"},
    "dfn": {"title"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "li": {"value"},
    "code": {"class"},
    "pre": {"class"},
    "p": {"class"},
    "hr": {"class"},
}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"`\\]+\Z", re.I)
_PATH = re.compile(r"(?!//|\()(?=[^/.?]*[/.?])[^\s:<>\"`\\]+\Z")
_DOUBLED_AMPERSAND = re.compile(r"&(?:amp;)*(?:amp|#0*38|#[xX]0*26);")
_ID = re.compile(r"[^\s\"'<>&\[\]=`/\\]{1,120}\Z")
_NUMBER = re.compile(r"\d{1,5}\Z")
_PATTERNS = {
    "id": _ID,
    "dir": re.compile(r"(?:ltr|rtl|auto)\Z", re.I),
    "lang": re.compile(r"[A-Za-z0-9-]{2,35}\Z"),
    "start": re.compile(r"-?\d{1,6}\Z"),
    "value": re.compile(r"-?\d{1,6}\Z"),
    "type": re.compile(r"[1aAiI]\Z"),
    "colspan": _NUMBER,
    "rowspan": _NUMBER,
    "scope": re.compile(r"(?:col|row|colgroup|rowgroup)\Z"),
    "data-align": re.compile(r"(?:left|center|right)\Z"),
    "src": _WEB_ADDRESS,
    "cite": _WEB_ADDRESS,
}
_CLASSES = {
    "td": re.compile(r"has-text-align-(?:left|center|right)\Z"),
    "th": re.compile(r"has-text-align-(?:left|center|right)\Z"),
    "p": re.compile(r"item-[1-6]\Z"),
    "hr": re.compile(r"more\Z"),
    "code": re.compile(r"language-[A-Za-z0-9_+#.-]{1,40}\Z"),
    "pre": re.compile(r"language-[A-Za-z0-9_+#.-]{1,40}\Z"),
}


def sanitize(html: str) -> str:
    """Return ``html`` as a well-formed tree of allowed tags, attributes and addresses."""
    return without_unwanted(_cleaner().clean(html))


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_TEXT),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter,
        url_schemes=set(_SCHEMES),
        link_rel=None,
    )


def _filter(tag: str, attribute: str, value: str) -> str | None:
    value = _repaired(attribute, value.strip())
    if attribute == "class":
        classes = [name for name in value.split() if _CLASSES[tag].match(name)]
        return classes[0] if classes else None
    if attribute == "href":
        return safe_address(value)
    pattern = _PATTERNS.get(attribute)
    return value if pattern is None or pattern.match(value) else None


def _repaired(attribute: str, value: str) -> str:
    """Undo entities that were encoded twice, in an address those of its ampersands."""
    if attribute in {"alt", "title"}:
        return " ".join(without_entities(value).split())
    return _DOUBLED_AMPERSAND.sub("&", value)


def safe_address(value: str) -> str | None:
    """Return where a link may go: the web, a mail address, a phone, this site or this page."""
    scheme, mark, rest = value.replace(" ", "%20").partition(":")
    value = scheme.lower() + mark + rest if mark else scheme
    if value.lower().startswith("www."):
        value = f"https://{value}"
    known = value.startswith(("#", "mailto:", "tel:")) or _WEB_ADDRESS.match(value)
    return value if (known and value != "#") or _PATH.match(value) else None
