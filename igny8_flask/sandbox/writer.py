"""Readable sentences about given keywords, in the language of the title."""

import json
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from igny8_flask.sandbox.tokens import count_words

_FOLDER = Path(__file__).parent / "languages"
_SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_HABITS = {
    "de": re.compile(
        r"[äöüß]|\b(?:und|für|der|die|das|mit|wie|auf|eine?|ist|von|im|zum|zur)\b", re.IGNORECASE
    ),
    "es": re.compile(
        r"[ñ¿¡áéíóú]|\b(?:para|con|el|la|los|las|cómo|como|del|una|guía|mejores|qué)\b",
        re.IGNORECASE,
    ),
}
_NAMES = {
    "german": "de",
    "deutsch": "de",
    "spanish": "es",
    "español": "es",
    "arabic": "ar",
    "chinese": "zh",
    "hindi": "hi",
}
_ATTEMPTS = 40


@cache
def language_pack(language: str) -> dict[str, Any]:
    """Load the templates of one language."""
    pack: dict[str, Any] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return pack


def choose_language(text: str, asked: str = "") -> str:
    """Pick a language by the text's script, then by what was asked, then by its words."""
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    known = _NAMES.get(asked.strip().lower(), asked.strip().lower()[:2])
    if known in _NAMES.values():
        return known
    hits = {language: len(habit.findall(text)) for language, habit in _HABITS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] else "en"


class Writer:
    """Writes about a title and its keywords without repeating a sentence."""

    def __init__(self, seed: str, title: str, keywords: list[str], language: str = "") -> None:
        self.title = title
        self.keywords = keywords or [title]
        self.language = choose_language(f"{title} {' '.join(self.keywords[:5])}", language)
        self.pack = language_pack(self.language)
        self.random = Random(seed)
        self._used: set[str] = set()
        self._next_keyword = 0

    def fill(self, template: str, **slots: str) -> str:
        """Put the title, a keyword and words of the pack into a template."""
        values = {"t": self.title, "k": self.keyword(), **slots}
        for name, choices in self.pack["slots"].items():
            values.setdefault(name, self.random.choice(choices))
        text = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), template)
        return text[:1].upper() + text[1:]

    def keyword(self) -> str:
        """Return the keywords in turn."""
        keyword = self.keywords[self._next_keyword % len(self.keywords)]
        self._next_keyword += 1
        return keyword

    def line(self, name: str, **slots: str) -> str:
        """Fill the pack's single template of that name."""
        return self.fill(self.pack[name], **slots)

    def sentence(self) -> str:
        """Write one new sentence."""
        text = ""
        for _ in range(_ATTEMPTS):
            text = self.fill(self.random.choice(self.pack["sentences"]))
            if text not in self._used:
                break
        self._used.add(text)
        return text

    def sentences(self, words: int) -> list[str]:
        """Write sentences of together about that many words."""
        written: list[str] = []
        left = words
        while left > 0:
            sentence = self.sentence()
            size = count_words(sentence)
            if size > left + size // 2:
                break
            written.append(sentence)
            left -= size
        return written

    def padding(self, words: int) -> list[str]:
        """Choose short sentences whose lengths add up to that many words, or just under."""
        chosen: list[str] = []
        by_length = sorted(self.pack["short"], key=count_words, reverse=True)
        for sentence in by_length:
            size = count_words(sentence)
            if size <= words and sentence not in self._used:
                chosen.append(sentence)
                self._used.add(sentence)
                words -= size
        return chosen

    def join(self, sentences: list[str]) -> str:
        """Join sentences into a paragraph."""
        joiner: str = self.pack["joiner"]
        return joiner.join(sentences)
