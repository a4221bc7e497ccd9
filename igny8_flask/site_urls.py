"""Addresses of sites in one normal form, so that equal sites compare equal."""

from urllib.parse import urlsplit

from igny8_flask.errors import InputError, OutboundError
from igny8_flask.outbound import parse_url

MAX_URL_CHARS = 500


def normalise(url: str, field: str = "url") -> str:
    """Lower-case host, no default port, no query, no trailing slash; InputError names ``field``."""
    url = url.strip()
    if len(url) > MAX_URL_CHARS:
        raise InputError("The address is too long.", None, {field: ["Too long."]})
    try:
        target = parse_url(url if "://" in url else f"https://{url}")
    except OutboundError as error:
        raise InputError(
            "This is not the address of a website.",
            None,
            {field: ["Write it like https://example.com."]},
        ) from error
    return target.origin + urlsplit(target.url).path.rstrip("/")


def origin(url: str) -> str:
    """``scheme://host[:port]`` of an address."""
    return parse_url(url).origin


def is_same_home(left: str, right: str) -> bool:
    """Whether two addresses name one site; a change between http and https is no move."""
    try:
        return _without_scheme(normalise(left)) == _without_scheme(normalise(right))
    except InputError:
        return False


def is_same_host(left: str, right: str) -> bool:
    """Whether two addresses lead to one server name and port, whatever the path."""
    try:
        return _without_scheme(origin(left)) == _without_scheme(origin(right))
    except OutboundError:
        return False


def _without_scheme(url: str) -> str:
    return url.split("://", 1)[1]
