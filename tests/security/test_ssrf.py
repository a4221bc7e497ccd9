"""The list of addresses at each of the three doors, counted at the socket."""

import ipaddress
import socket
from collections.abc import Callable

import pytest

from igny8_flask.ai.providers.catalog import provider_for
from igny8_flask.ai.providers.endpoint import Endpoint
from igny8_flask.ai.providers.image_fetch import fetch_image
from igny8_flask.errors import Igny8Error
from igny8_flask.outbound import Outbound, addresses
from igny8_flask.wordpress.client import WordPressClient
from tests.security.conftest import Teller
from tests.unit.test_outbound_addresses import (
    FORBIDDEN_ANSWERS,
    FORBIDDEN_LITERALS,
    MALFORMED,
    PUBLIC,
    PUBLIC_FORMS,
)

FIXED_ANSWERS = {f"rebind{number}.example": row for number, row in enumerate(FORBIDDEN_ANSWERS)}
HOSTILE = [*MALFORMED, *FORBIDDEN_LITERALS, *(f"http://{name}/" for name in FIXED_ANSWERS)]
FRIENDLY = {url: address for url, _answer, address in PUBLIC_FORMS}
EXPECTED = frozenset(FRIENDLY.values())
LOCAL_NAMES = ("localhost", "redis", "metadata", "intranet")


def system_like(host: str, _port: int) -> list[str]:
    """Answers as an operating system would: also to numbers in strange clothes."""
    if host in FIXED_ANSWERS:
        return list(FIXED_ANSWERS[host])
    if host.strip(".").lower() in LOCAL_NAMES:
        return ["127.0.0.1"]
    known = {url.split("/")[2].partition(":")[0].lower(): to for url, to, _ in PUBLIC_FORMS if to}
    if host in known:
        return [known[host]]
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return [PUBLIC]


def provider(url: str) -> None:
    Endpoint(Outbound(resolver=system_like), url, "sk-of-nobody").send("POST", "/chat", {})


def wordpress(url: str) -> None:
    WordPressClient(Outbound(resolver=system_like), url, "igny8", "secret words").whoami()


def image(url: str) -> None:
    fetch_image(Outbound(resolver=system_like), url, provider_for("https://api.openai.com/v1"))


DOORS: dict[str, Callable[[str], None]] = {
    "provider": provider,
    "wordpress": wordpress,
    "image": image,
}


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    dials: list[str] = []

    def refuse(address: tuple[str, int], *_more: object, **_options: object) -> None:
        dials.append(address[0].strip("[]"))
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    return dials


def knock(door: str, urls: list[str]) -> None:
    for url in urls:
        with pytest.raises((Igny8Error, UnicodeError)):
            DOORS[door](url)


def forbidden(dials: list[str]) -> list[str]:
    return [one for one in dials if one not in EXPECTED and not _is_public(one)]


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network("93.184.215.0/24")


@pytest.mark.parametrize("door", DOORS)
def test_no_hostile_address_is_dialled(door: str, dialled: list[str], tell: Teller) -> None:
    assert len(set(HOSTILE)) >= 190
    knock(door, HOSTILE)
    assert forbidden(dialled) == []
    tell(f"T12 forbidden dials at the {door} door", f"0 of {len(HOSTILE)}")


@pytest.mark.parametrize("door", DOORS)
def test_no_public_address_is_refused(door: str, dialled: list[str], tell: Teller) -> None:
    refused = []
    for url, address in FRIENDLY.items():
        dialled.clear()
        knock(door, [url])
        if dialled[:1] != [address]:
            refused.append(url)
    assert refused == []
    tell(f"T12 false refusals at the {door} door", f"0 of {len(FRIENDLY)}")


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_is_permitted", lambda _address, _private: True)


@pytest.mark.usefixtures("unguarded")
def test_without_the_guard_they_are_dialled(dialled: list[str], tell: Teller) -> None:
    knock("image", HOSTILE)
    assert len(forbidden(dialled)) >= 60
    tell("T12 control: forbidden dials without the guard", len(forbidden(dialled)))
