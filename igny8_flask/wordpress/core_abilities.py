"""What a site without our plugin tells of itself over WordPress's own routes."""

from typing import Any

from igny8_flask.entities import unescape
from igny8_flask.errors import WordPressError
from igny8_flask.wordpress.client import WordPressClient

CORE = "wp/v2"
BLOCKS = ("details", "accordion")
UNKNOWN_BLOCK = "rest_block_type_invalid"


def read_abilities(rest: WordPressClient) -> dict[str, Any]:
    """The site's name and its abilities, in the shape of the plugin's own introduction.

    Core does not tell which editor people use there: blocks are right for both.
    """
    about = {"_fields": "name,timezone_string,gmt_offset"}
    index = rest.call("GET", "", about, namespace="")
    return {
        "name": unescape(str(index.get("name") or "")),
        "timezone": str(index.get("timezone_string") or _offset(index.get("gmt_offset"))),
        "editor": "block",
        "blocks": {name: _has_block(rest, name) for name in BLOCKS},
        "seo": "none",
    }


def _has_block(rest: WordPressClient, name: str) -> bool:
    try:
        rest.call("GET", f"block-types/core/{name}", namespace=CORE)
    except WordPressError as error:
        if error.details.get("wp_code") != UNKNOWN_BLOCK:
            raise
        return False
    return True


def _offset(hours: Any) -> str:
    """A distance from UTC in hours in the form ``+05:30``; UTC for nonsense."""
    try:
        minutes = round(float(hours or 0) * 60)
    except (TypeError, ValueError, OverflowError):
        minutes = 0
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
