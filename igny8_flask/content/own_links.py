"""Links of an article to pages of its own site: found, and taken out where the page is none."""

from collections.abc import Collection, Iterator
from urllib.parse import urljoin, urlsplit

from bs4 import Tag

from igny8_flask.content.nodes import attribute
from igny8_flask.content.writer import read_blocks, write_blocks


def own_addresses(html: str, home: str) -> list[str]:
    """Full addresses of the pages of the site at ``home`` that the article links to, each once.

    Its home page and files (anything with an ending) are none of them.
    """
    found = (address for block in read_blocks(html) for _, address in _own(block, home))
    return list(dict.fromkeys(found))


def without_links(html: str, home: str, addresses: Collection[str]) -> str:
    """Return the article without its links to these addresses; their words stay."""
    blocks = read_blocks(html)
    for block in blocks:
        for link, address in list(_own(block, home)):
            if address in addresses:
                link.unwrap()
    return write_blocks(blocks)


def _own(block: Tag, home: str) -> Iterator[tuple[Tag, str]]:
    host = urlsplit(home).netloc
    for link in block.find_all("a"):
        href = attribute(link, "href")
        try:
            parts = urlsplit(urljoin(f"{home}/", href))
        except ValueError:
            continue
        is_page = parts.path.strip("/") and "." not in parts.path.rpartition("/")[2]
        if not href.startswith("#") and parts.netloc == host and is_page:
            yield link, f"{parts.scheme}://{parts.netloc}{parts.path}"
