"""Links to pages of the article's own site: found, and taken out where the page is none."""

import pytest

from igny8_flask.content import own_addresses, without_links

HOME = "https://site.example.com"


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("https://site.example.com/soil/", "https://site.example.com/soil/"),
        ("https://site.example.com/soil?x=1#y", "https://site.example.com/soil"),
        ("/soil/", "https://site.example.com/soil/"),
        ("soil", "https://site.example.com/soil"),
        ("//site.example.com/soil", "https://site.example.com/soil"),
    ],
)
def test_pages_of_the_site_are_found(href: str, address: str) -> None:
    html = f'<p>See <a href="{href}"><strong>soil</strong></a>.</p>'
    assert own_addresses(html, HOME) == [address]
    assert without_links(html, HOME, [address]) == "<p>See <strong>soil</strong>.</p>"


@pytest.mark.parametrize(
    "href",
    [
        "https://other.example.com/soil/",
        "#fn1",
        "mailto:a@site.example.com",
        "https://site.example.com",
        "/",
        "/wp-content/uploads/soil.pdf",
        "https://[broken",
    ],
)
def test_everything_else_is_left_alone(href: str) -> None:
    assert own_addresses(f'<p><a href="{href}">x</a></p>', HOME) == []


def test_only_the_named_links_lose_their_tags() -> None:
    html = '<ul><li><a href="/a/">a</a></li><li><a href="/b/">b</a></li></ul>'
    assert without_links(html, HOME, [f"{HOME}/a/"]) == (
        '<ul><li>a</li><li><a href="/b/">b</a></li></ul>'
    )
