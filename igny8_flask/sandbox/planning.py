"""Clusters, ideas and image prompts, made from the request's own keywords."""

import re
from collections import Counter
from typing import Any

from igny8_flask.sandbox.question import Question
from igny8_flask.sandbox.writer import Writer

_STOPWORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are at best by can do for from how in is it of on or the to vs what when which "
        "why with your der die das und für mit wie im am el la los las de del en para con y",
    )
)
_IDEOGRAPH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def stems(keyword: str) -> set[str]:
    """Return the stems that two keywords may share."""
    found: set[str] = set()
    for word in re.findall(r"[^\W_]+", keyword.lower()):
        if _IDEOGRAPH.search(word):
            found.update(word[at : at + 2] for at in range(len(word) - 1))
        elif word not in _STOPWORDS and not word.isdigit():
            found.add(re.sub(r"(?:ing|ers|er|es|s|en)$", "", word) if len(word) > 4 else word)
    return found


def _group(keywords: list[str]) -> list[list[str]]:
    """Group keywords by the most shared stem first; each keyword lands in one group."""
    of = {keyword: stems(keyword) for keyword in keywords}
    left = list(dict.fromkeys(keywords))
    groups = []
    while left:
        counts = Counter(stem for keyword in left for stem in sorted(of[keyword]))
        common = len(left) if len(left) < 4 else len(left) * 0.7
        useful = [(n, len(s), s) for s, n in counts.items() if 2 <= n <= common]
        stem = max(useful)[2] if useful else None
        taken = [keyword for keyword in left if stem in of[keyword]] if stem else left[:1]
        groups.append(taken)
        left = [keyword for keyword in left if keyword not in taken]
    return groups


def cluster(question: Question, writer: Writer) -> dict[str, Any]:
    """Group the request's own keywords; known clusters are joined by name."""
    ids = _ids(question.data.get("keywords"))
    existing = [_name(item) for item in question.data.get("existing_clusters") or []]
    clusters: dict[str, dict[str, Any]] = {}
    for keywords in _group(question.keywords):
        name = _cluster_name(keywords, existing)
        found = clusters.setdefault(
            name.casefold(),
            {
                "name": name,
                "description": writer.line("cluster", k=name.lower()),
                "keywords": [],
                "keyword_ids": [],
            },
        )
        found["keywords"].extend(keywords)
        found["keyword_ids"].extend(ids[keyword] for keyword in keywords if keyword in ids)
    return {"clusters": list(clusters.values()), "unassigned": []}


def _ids(items: Any) -> dict[str, Any]:
    known = {}
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and "id" in item:
            known[str(item.get("keyword", item.get("name")))] = item["id"]
    return known


def _name(item: Any) -> str:
    return str(item.get("name", "")) if isinstance(item, dict) else str(item)


def _cluster_name(keywords: list[str], existing: list[str]) -> str:
    shared = set.intersection(*(stems(keyword) for keyword in keywords))
    for name in existing:
        if shared & stems(name):
            return name
    shortest = min(keywords, key=lambda keyword: (len(keyword), keyword))
    words = [word for word in shortest.split() if stems(word) & shared] or [shortest]
    return " ".join(words)[:80].capitalize()


def ideas(question: Question, writer: Writer) -> dict[str, Any]:
    """Write three to five ideas for each cluster of the request."""
    clusters = question.data.get("clusters")
    if not isinstance(clusters, list) or not clusters:
        clusters = [{"id": None, "name": question.title, "keywords": question.keywords}]
    wanted = question.data.get("ideas_per_cluster", question.data.get("count"))
    found = []
    for item in clusters:
        each = item if isinstance(item, dict) else {"name": item}
        count = wanted if isinstance(wanted, int) and wanted > 0 else writer.random.randint(3, 5)
        found.extend(_cluster_ideas(each, count, question, writer))
    return {"ideas": found}


def _cluster_ideas(
    item: dict[str, Any], count: int, question: Question, writer: Writer
) -> list[dict[str, Any]]:
    name = str(item.get("name") or question.title)
    raw = item.get("keywords") or []
    keywords = [_keyword(entry) for entry in raw] if isinstance(raw, list) else [str(raw)]
    own = Writer(f"{question.title}:{name}", name, keywords or [name], question.language)
    templates = own.pack["idea_titles"]
    found = []
    for number in range(count):
        keyword = own.keywords[number % len(own.keywords)]
        title = own.fill(templates[number % len(templates)], k=keyword)
        if number >= len(templates):
            title = f"{title} ({number // len(templates) + 1})"
        found.append(
            {
                "cluster_id": item.get("id"),
                "cluster_name": name,
                "title": title,
                "content_type": ("guide", "article", "list", "comparison")[number % 4],
                "description": own.line("idea", k=keyword),
                "outline": _outline(own, keyword),
                "keywords": [keyword, *(k for k in own.keywords if k != keyword)][:4],
                "word_count": 900 + 150 * writer.random.randint(0, 6),
            }
        )
    return found


def _keyword(entry: Any) -> str:
    return (
        str(entry.get("keyword", entry.get("name", ""))) if isinstance(entry, dict) else str(entry)
    )


def _outline(writer: Writer, keyword: str) -> list[dict[str, Any]]:
    start = writer.random.randrange(len(writer.pack["headings"]))
    points = writer.pack["idea_points"]
    templates = writer.pack["headings"]
    return [
        {
            "heading": writer.fill(templates[(start + number) % len(templates)], k=keyword),
            "key_points": [points[number % len(points)], points[(number + 1) % len(points)]],
        }
        for number in range(4)
    ]


def image_prompts(question: Question, writer: Writer) -> dict[str, Any]:
    """Describe a featured picture and one for each of the first headings."""
    headings = [_heading(item) for item in question.data.get("headings") or []]
    count = question.data.get("count", question.data.get("max_images"))
    if not isinstance(count, int):
        count = len(headings)
    in_article = [
        {
            "heading": heading,
            "prompt": writer.line("section_image", h=heading),
            "alt": writer.line("section_alt", h=heading)[:120],
        }
        for heading in headings[: max(count, 0)]
    ]
    return {
        "featured_prompt": writer.line("image"),
        "featured_alt": writer.line("image_alt")[:120],
        "in_article": in_article,
    }


def _heading(item: Any) -> str:
    if isinstance(item, dict):
        return str(item.get("heading") or item.get("text") or item.get("title") or "")
    return str(item)
