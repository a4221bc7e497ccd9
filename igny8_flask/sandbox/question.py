"""What a conversation asks for: the data in it, the wanted form, and whether to continue."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

_KNOWN = frozenset(
    ("title", "keywords", "clusters", "headings", "outline", "word_count", "count", "sections")
)
_LINE = re.compile(r"^\W*(title|topic|keywords?|word[ _]count|language)\W*:\s*(.+)$", re.I | re.M)
_WORDS = re.compile(r"(\d[\d,.]{1,6})\s*(?:-\s*)?words?\b", re.IGNORECASE)
_CONTINUE = re.compile(
    r"(?:^|[.!?:\n])\W*(?:please |now |bitte )?(?:continue|carry on|go on|resume|fahre|continúa)\b",
    re.IGNORECASE,
)
_GIVEN = ("continue_after", "continue_from", "so_far", "text_so_far", "written", "partial", "tail")
_NOT_MARKDOWN = re.compile(r"\b(?:no|not|without|never|instead of)\b[^.\n]{0,20}markdown", re.I)
_AS_MARKDOWN = re.compile(r"\b(?:in|as|use|using|write|return|valid)\b[^.\n]{0,30}markdown", re.I)
_MARKS = re.compile(r"\[\[(?:fault|latency):[^\]]*\]\]")


@dataclass(frozen=True)
class Message:
    """One message of a conversation."""

    role: str
    text: str


@dataclass
class Question:
    """A conversation boiled down to what the answer depends on.

    ``continues`` holds texts to go on after; ``continues_reply`` says that they are earlier
    replies, to be continued as they stand, and not the article inside of them.
    """

    function: str | None
    data: dict[str, Any]
    schema: dict[str, Any] | None
    wants_json: bool
    markdown: bool
    title: str
    keywords: list[str]
    word_count: int
    language: str
    continues: list[str] = field(default_factory=list)
    continues_reply: bool = False


def read_messages(value: Any) -> list[Message]:
    """Flatten messages of either API into role and text."""
    if isinstance(value, str):
        return [Message("user", value)]
    messages = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            messages.append(Message(str(item.get("role", "user")), _text(item.get("content"))))
    return messages


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def read_question(
    messages: list[Message],
    function: str | None,
    schema: dict[str, Any] | None,
    json_mode: bool,
) -> Question:
    """Find out what a conversation asks for."""
    users = [message.text for message in messages if message.role == "user"] or [""]
    rules = "\n".join(message.text for message in messages if message.role != "assistant")
    data = _find_data(users)
    title, keywords = _title(data, users[0]), _keyword_names(data.get("keywords"))
    markdown = "markdown" in rules.lower() and not _NOT_MARKDOWN.search(rules)
    if markdown and "html" in rules.lower():
        markdown = bool(_AS_MARKDOWN.search(rules))
    return Question(
        function=function,
        data=data,
        schema=schema,
        wants_json=json_mode or schema is not None or "json" in rules.lower(),
        markdown=markdown,
        title=title or (keywords[0] if keywords else "This topic"),
        keywords=keywords or ([title] if title else []),
        word_count=_word_count(data, users[0]),
        language=str(data.get("language") or ""),
        continues=_given_text(messages, users, data),
        continues_reply=any(message.role == "assistant" for message in messages),
    )


def _find_data(users: list[str]) -> dict[str, Any]:
    """Merge the JSON objects of the user messages, the first one winning."""
    data: dict[str, Any] = {}
    for text in users:
        for found in _json_values(text):
            fields = _unwrap(found) if isinstance(found, dict) else {"keywords": found}
            for name, value in fields.items():
                data.setdefault(name, value)
    if not _KNOWN & data.keys():
        for name, value in _LINE.findall(_MARKS.sub("", users[0])):
            data.setdefault(_line_name(name), value.strip())
    return data


def _line_name(name: str) -> str:
    name = name.lower().replace(" ", "_")
    return {"keyword": "keywords", "topic": "title"}.get(name, name)


def _unwrap(found: dict[str, Any]) -> dict[str, Any]:
    """Return the object itself, or the first one inside it that carries known fields."""
    if _KNOWN & found.keys():
        return found
    inner = [value for value in found.values() if isinstance(value, dict)]
    return next((value for value in inner if _KNOWN & value.keys()), found)


def _json_values(text: str) -> list[Any]:
    decoder, values, at = json.JSONDecoder(strict=False), [], 0
    for match in re.finditer(r"[\[{]", text):
        if match.start() < at or text.startswith("[[", match.start()):
            continue
        try:
            value, at = decoder.raw_decode(text, match.start())
        except ValueError:
            continue
        if value and isinstance(value, dict | list):
            values.append(value)
    return values


def _title(data: dict[str, Any], first: str) -> str:
    for name in ("title", "topic", "name", "heading", "prompt"):
        if isinstance(data.get(name), str) and data[name].strip():
            return " ".join(_MARKS.sub("", data[name]).split())
    if data.get("keywords") or data.get("clusters"):
        return ""
    lines = [line.strip(" #*\"'") for line in _MARKS.sub("", first).splitlines()]
    return next((line for line in lines if line and line[0] not in "{["), "")[:120]


def _keyword_names(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[,;\n،，]", value) if part.strip()]
    names = []
    for item in value if isinstance(value, list) else []:
        name = item.get("keyword", item.get("name")) if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip():
            names.append(name)
    return names


def _word_count(data: dict[str, Any], text: str) -> int:
    for name in ("word_count", "target_word_count", "words", "length"):
        digits = re.sub(r"\D", "", str(data.get(name) or ""))
        if digits:
            return max(20, min(int(digits), 20_000))
    match = _WORDS.search(text)
    return max(20, min(int(re.sub(r"\D", "", match[1])), 20_000)) if match else 800


def _given_text(messages: list[Message], users: list[str], data: dict[str, Any]) -> list[str]:
    """Return the texts to continue after, or an empty list when the question is a new one."""
    given = [data[name] for name in _GIVEN if isinstance(data.get(name), str)]
    last = users[-1]
    if _CONTINUE.search(_without_json(last)):
        given.extend(message.text for message in messages if message.role == "assistant")
        given.extend(reversed(re.split(r"\n{2,}|[<\"`“”]{3,}|\"", last)))
    return [text for text in given if len(text.strip()) >= 20]


def _without_json(text: str) -> str:
    """Return the words around a message's JSON data, which is never an instruction."""
    start, end = text.find("{"), text.rfind("}")
    return text[:start] + text[end + 1 :] if 0 <= start < end else text
