"""Links from an article's own words to other posts of the same site."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

from bs4 import NavigableString, Tag

from igny8_flask.content.blocks import video_address
from igny8_flask.content.nodes import attribute, new, plain_text
from igny8_flask.content.writer import read_blocks, write_blocks

MAX_PHRASE_WORDS = 10
_SHORTEST_WIDE = 4  # characters of a phrase in a script without spaces
_SHORTEST_KEYWORD = 4  # letters of a keyword of one word
_INLINE = frozenset({"strong", "em", "b", "i"})
_WIDE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
# Vowel signs, accents and joiners belong to their word, but are no word characters to re.
_MARKS = "\u200c\u200d" + "".join(
    chr(code) for code in range(0x300, 0x1E00) if unicodedata.category(chr(code))[0] == "M"
)
_TOKEN = re.compile(rf"[{_WIDE}]|(?:(?![{_WIDE}])[\w{_MARKS}])+")
_ASCII_WORD = re.compile(r"\w+", re.A)
_GLUE_BEFORE = re.compile(r"\w[-‐‑'’./@#:+]\Z")
_GLUE_AFTER = re.compile(r"[-‐‑'’./@#:+]\w")
_PARTS = re.compile(r"\s[-–—|·]\s|[:：|?？!()（）]")


class Source(IntEnum):
    """What of a post a phrase was taken from; the lower, the more telling."""

    KEYWORD = 0
    TITLE = 1
    SLUG = 2
    HEADING = 3


@dataclass(frozen=True)
class LinkTarget:
    """A live post of the site; the lower its ``rank``, the sooner it is linked to."""

    post_id: int
    url: str
    title: str
    rank: int = 0
    keywords: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    slug: str = ""


@dataclass(frozen=True)
class PlacedLink:
    """A link that was put in: these words of the article lead to that post."""

    post_id: int
    url: str
    title: str
    phrase: str


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    word: str


@dataclass(frozen=True)
class _Match:
    target: LinkTarget
    source: Source
    words: int
    paragraph: int
    node: NavigableString
    start: int
    end: int


Phrase = tuple[str, ...]
Phrases = Mapping[Phrase, tuple[LinkTarget, Source]]


def link_posts(
    html: str,
    targets: Sequence[LinkTarget],
    limit: int,
    questions: Collection[str] = (),
    topics: Collection[str] = (),
) -> tuple[str, list[PlacedLink]]:
    """Return the article with up to ``limit`` links to ``targets``, and those links in order.

    ``html`` is the normalizer's. Only words of plain paragraphs become links: one a paragraph, one
    a target, the first place where they stand. Paragraphs that ask one of ``questions``, posts that
    the article links to already, and phrases that it is about itself (``topics``) are left alone.
    """
    if limit <= 0 or not targets:
        return html, []
    blocks = read_blocks(html)
    linked = {_address(attribute(a, "href")) for block in blocks for a in block.find_all("a")}
    paragraphs = {
        number: block
        for number, block in enumerate(blocks)
        if block.name == "p" and not _asks(block, questions) and not video_address(block)
    }
    vocabulary = {word for block in paragraphs.values() for word in _words(block.get_text(" "))}
    phrases = _phrases([one for one in targets if _address(one.url) not in linked], vocabulary)
    own = {_words(topic) for topic in topics}
    phrases = {phrase: one for phrase, one in phrases.items() if phrase not in own}
    matches = [
        match for number, block in paragraphs.items() for match in _matches(block, number, phrases)
    ]
    chosen = _choose(matches, limit)
    placed = [_place(match) for match in chosen]
    return (write_blocks(blocks), placed) if placed else (html, [])


def _address(url: str) -> str:
    return re.sub(r"^https?:", "", url).partition("#")[0].rstrip("/")


def _asks(block: Tag, questions: Collection[str]) -> bool:
    text = plain_text(block) if questions else ""
    return any(question in text for question in questions)


def _phrases(targets: Sequence[LinkTarget], vocabulary: set[str]) -> Phrases:
    """The best target of each phrase of these words; a heading of several posts leads nowhere."""
    found: dict[Phrase, tuple[LinkTarget, Source]] = {}
    shared: set[Phrase] = set()
    for target in targets:
        for source, text in _texts(target):
            phrase = _words(text)
            if not (vocabulary.issuperset(phrase) and _is_telling(phrase, source)):
                continue
            known, known_source = found.setdefault(phrase, (target, source))
            if known.post_id == target.post_id:
                continue
            if source is known_source is Source.HEADING:
                shared.add(phrase)
            elif (target.rank, source) < (known.rank, known_source):
                found[phrase] = (target, source)
    return {
        phrase: one
        for phrase, one in found.items()
        if one[1] is not Source.HEADING or phrase not in shared
    }


def _texts(target: LinkTarget) -> Iterator[tuple[Source, str]]:
    for keyword in target.keywords:
        yield Source.KEYWORD, keyword
    yield Source.TITLE, target.title
    yield from ((Source.TITLE, part) for part in _PARTS.split(target.title))
    yield Source.SLUG, target.slug
    yield from ((Source.HEADING, heading) for heading in target.headings)


def _is_telling(phrase: Phrase, source: Source) -> bool:
    if not 0 < len(phrase) <= MAX_PHRASE_WORDS:
        return False
    if all(re.match(f"[{_WIDE}]", word) for word in phrase):
        return len(phrase) >= _SHORTEST_WIDE
    if all(word.isdigit() for word in phrase):
        return False
    return len(phrase) > 1 or (source is Source.KEYWORD and len(phrase[0]) >= _SHORTEST_KEYWORD)


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(match.start(), match.end(), _folded(match[0])) for match in _TOKEN.finditer(text)
    ]


def _words(text: str) -> Phrase:
    """The same as the words of ``_tokens``, in a fraction of the time for plain English."""
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(token.word for token in _tokens(text))


def _folded(word: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).casefold())


def _matches(block: Tag, paragraph: int, phrases: Phrases) -> Iterator[_Match]:
    for node in list(block.find_all(string=True)):
        if type(node) is NavigableString and _is_plain(node, block):
            yield from _matches_in(node, paragraph, phrases)


def _is_plain(node: NavigableString, block: Tag) -> bool:
    """Whether nothing but emphasis stands between the text and its paragraph."""
    for parent in node.parents:
        if parent is block:
            return True
        if parent.name not in _INLINE:
            return False
    return False


def _matches_in(node: NavigableString, paragraph: int, phrases: Phrases) -> Iterator[_Match]:
    text = str(node)
    tokens = _tokens(text)
    joined = [_is_joined(text[a.end : b.start]) for a, b in pairwise(tokens)]
    for first in range(len(tokens)):
        words: list[str] = []
        for last in range(first, min(first + MAX_PHRASE_WORDS, len(tokens))):
            if last > first and not joined[last - 1]:
                break
            words.append(tokens[last].word)
            found = phrases.get(tuple(words))
            span = tokens[first].start, tokens[last].end
            if found and _stands_alone(text, *span):
                yield _Match(*found, len(words), paragraph, node, *span)


def _is_joined(gap: str) -> bool:
    """Whether words on both sides of the gap may belong to one phrase."""
    return len(gap) <= 3 and not gap.strip(" \u00a0\n-‐‑'’&")


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether the words are not part of a longer compound or an address."""
    return not _GLUE_BEFORE.search(text, max(0, start - 2), start) and not _GLUE_AFTER.match(
        text, end
    )


def _choose(matches: Sequence[_Match], limit: int) -> list[_Match]:
    """The best targets first, each at its longest phrase and first free paragraph."""
    order = sorted(matches, key=lambda one: (one.target.rank, one.source, -one.words))
    chosen: list[_Match] = []
    posts: set[int] = set()
    paragraphs: set[int] = set()
    for match in order:
        if len(chosen) == limit:
            break
        if match.target.post_id not in posts and match.paragraph not in paragraphs:
            chosen.append(match)
            posts.add(match.target.post_id)
            paragraphs.add(match.paragraph)
    return sorted(chosen, key=lambda one: one.paragraph)


def _place(match: _Match) -> PlacedLink:
    text = str(match.node)
    phrase = text[match.start : match.end]
    before, after = text[: match.start], text[match.end :]
    link = new("a", phrase, href=match.target.url)
    match.node.replace_with(link)
    if before:
        link.insert_before(NavigableString(before))
    if after:
        link.insert_after(NavigableString(after))
    return PlacedLink(match.target.post_id, match.target.url, match.target.title, phrase)
