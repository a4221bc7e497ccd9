"""generate_ideas: clusters become article ideas with outlines."""

import uuid
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from rapidfuzz import fuzz, process, utils
from sqlalchemy import select

from igny8_flask.ai.base import BaseAIFunction, known, owned_ids
from igny8_flask.ai.prompts import LANGUAGE, PromptRegistry, data_field, value
from igny8_flask.ai.replies import ClusterRef, IdeasReply, parse_ideas
from igny8_flask.ai.replies.results import listed
from igny8_flask.ai.tracker import ProgressTracker, StepTracker
from igny8_flask.ai.types import FunctionMetadata, Prompt
from igny8_flask.ai.validators import validate_clusters_exist, validate_ids
from igny8_flask.db import db
from igny8_flask.errors import InputError
from igny8_flask.models import Account, Cluster, Content, ContentIdea, Keyword

CLUSTERS_PER_REQUEST = 10
IDEAS_PER_CLUSTER = 3
KEYWORDS_SHOWN = 60  # per cluster
NEAR_DUPLICATE = 88  # token-set similarity of titles, 0–100, above which an idea is flagged
DEFAULT_WORDS = 1000
WORDS_RANGE = (150, 6000)

DEFAULT_PROMPT = """
You plan articles for a website. For each cluster of [IGNY8_CLUSTERS] propose
{ideas_per_cluster} articles in {language} that together answer its keywords without repeating
each other. Each has: "cluster_id" as given; "title"; "content_type" (guide, how-to, list,
comparison, review, faq or article); "description" in two sentences; "outline", four to eight
sections, each with "heading" and two to four "key_points"; "keywords", those of the cluster that
the article targets, exactly as written; "word_count".
Answer with one JSON object: "ideas", the list of all of them.
"""
PromptRegistry.register_default(
    "generate_ideas",
    DEFAULT_PROMPT,
    LANGUAGE,
    value("ideas_per_cluster", "How many ideas each cluster shall get.", IDEAS_PER_CLUSTER),
    data_field(
        "clusters",
        "The clusters with id, name and keywords.",
        [{"id": "1", "name": "Composting", "keywords": ["compost for beginners"]}],
    ),
)

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


_IDEA = _object(
    cluster_id=_TEXT,
    title=_TEXT,
    content_type=_TEXT,
    description=_TEXT,
    outline={"type": "array", "items": _object(heading=_TEXT, key_points=_TEXTS)},
    keywords=_TEXTS,
    word_count={"type": "integer"},
)
SCHEMA: dict[str, Any] = _object(ideas={"type": "array", "items": _IDEA})


class GenerateIdeasFunction(BaseAIFunction):
    """Proposes articles for clusters and flags those that the site nearly has."""

    def get_name(self) -> str:
        """The registered name."""
        return "generate_ideas"

    def get_metadata(self) -> FunctionMetadata:
        """One run for all clusters, asked in batches."""
        return FunctionMetadata("Generate ideas", "Plans articles for clusters.", SCHEMA)

    def validate(self, payload: dict[str, Any], account: Account | None = None) -> None:
        """Every cluster must exist and hold keywords."""
        site_id, _ = owned_ids({**payload, "ids": []})
        ids = validate_ids(payload)
        validate_clusters_exist(site_id, ids)
        filled = set(
            db.session.scalars(select(Keyword.cluster_id).where(Keyword.cluster_id.in_(ids)))
        )
        if len(filled) != len(ids):
            words = "One of the chosen clusters has no keywords."
            raise InputError(words, "cluster_without_keywords", {"ids": [words]})

    def get_max_items(self) -> int | None:
        """As many clusters as one answer has room for."""
        return CLUSTERS_PER_REQUEST

    def prepare(self, payload: dict[str, Any], account: Account | None = None) -> dict[str, Any]:
        """Read the clusters with their keywords and the titles the site has already."""
        site_id, ids = owned_ids(payload)
        clusters = db.session.scalars(
            select(Cluster)
            .where(Cluster.site_id == site_id, Cluster.id.in_(ids))
            .order_by(Cluster.id)
        )
        items = [
            ClusterRef(str(cluster.id), cluster.name, tuple(k.keyword for k in cluster.keywords))
            for cluster in clusters
        ]
        return {
            "items": items,
            "taken": _titles(site_id),
            "label": attrgetter("name"),
            "site_id": site_id,
            "language": payload.get("language") or "English",
            "per_cluster": int(payload["options"].get("ideas_per_cluster") or IDEAS_PER_CLUSTER),
        }

    def build_prompt(self, data: dict[str, Any], account: Account | None = None) -> Prompt:
        """Clusters and keywords travel as data."""
        clusters = [
            {"id": item.id, "name": item.name, "keywords": item.keywords[:KEYWORDS_SHOWN]}
            for item in data["items"]
        ]
        return PromptRegistry.get_prompt(
            self.get_name(),
            account,
            None,
            {
                "values": {
                    "language": data["language"],
                    "ideas_per_cluster": data["per_cluster"],
                },
                "data": {"clusters": clusters, "ideas_per_cluster": data["per_cluster"]},
            },
            data["site_id"],
        )

    def parse_response(
        self, response: str, step_tracker: StepTracker | None = None, **asked: Any
    ) -> IdeasReply:
        """Any reply → ideas for the asked clusters, or a named error."""
        asked = {
            **asked,
            "clusters": _named(asked.get("clusters") or asked.get("items"), asked.get("ids")),
            "wanted": asked.get("wanted", asked.get("count")),
        }
        return parse_ideas(
            response, **known(asked, "clusters", "keywords", "wanted", "finish_reason")
        )

    def save_output(
        self,
        parsed: Sequence[IdeasReply],
        original_data: dict[str, Any],
        account: Account | None = None,
        progress_tracker: ProgressTracker | None = None,
        step_tracker: StepTracker | None = None,
    ) -> dict[str, Any]:
        """Store the ideas, each with the titles that it nearly repeats."""
        assert account is not None  # noqa: S101 - narrows the type
        site_id: uuid.UUID = original_data["site_id"]
        taken: list[dict[str, str]] = list(original_data["taken"])
        there = _existing(site_id, [item.id for item in original_data["items"]])
        made = []
        for row in (row for reply in parsed for row in reply.rows):
            idea = ContentIdea(
                account_id=account.id,
                site_id=site_id,
                cluster_id=there.get(row.cluster_id),
                title=row.title[:300],
                description=row.description,
                content_type=(row.content_type or "article")[:40],
                outline=[
                    {"heading": part.heading, "key_points": list(part.key_points)}
                    for part in row.outline
                ],
                target_keywords=list(row.keywords),
                word_count=_sensible_length(row.word_count),
                near_duplicates=near_duplicates(row.title, taken),
            )
            db.session.add(idea)
            db.session.flush()
            taken.append({"id": str(idea.id), "kind": "idea", "title": idea.title})
            made.append(idea)
        warnings = [text for reply in parsed for text in reply.warnings]
        gone = [item.name for item in original_data["items"] if item.id not in there]
        if gone:
            warnings.append(listed("Deleted meanwhile, ideas kept without cluster", gone))
        return {
            "count": len(original_data["items"]),
            "ideas": len(made),
            "near_duplicates": sum(bool(idea.near_duplicates) for idea in made),
            "unassigned": [text for reply in parsed for text in reply.unassigned],
            "warnings": warnings,
        }


def _named(clusters: Sequence[Any] | None, ids: Sequence[Any] | None) -> Sequence[Any] | None:
    """Clusters with their ids, where names and ids came apart."""
    if not clusters or not ids or len(ids) != len(clusters):
        return clusters or ids
    if not all(isinstance(name, str) for name in clusters):
        return clusters
    return [ClusterRef(one, name) for one, name in zip(ids, clusters, strict=True)]


def near_duplicates(title: str, taken: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Those of ``taken`` (``{"id", "kind", "title"}``) whose title says nearly the same."""
    entries = list(taken)
    found = process.extract(
        title,
        [entry["title"] for entry in entries],
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=NEAR_DUPLICATE,
        limit=5,
    )
    return [entries[position] for _, _, position in found]


def _titles(site_id: uuid.UUID) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for kind, model in (("idea", ContentIdea), ("content", Content)):
        found = db.session.execute(select(model.id, model.title).where(model.site_id == site_id))
        rows += [{"id": str(row.id), "kind": kind, "title": row.title} for row in found]
    return rows


def _existing(site_id: uuid.UUID, ids: Iterable[str]) -> dict[str, uuid.UUID]:
    """Those of the clusters that were not deleted meanwhile."""
    wanted = [uuid.UUID(one) for one in ids]
    found = db.session.scalars(
        select(Cluster.id).where(Cluster.site_id == site_id, Cluster.id.in_(wanted))
    )
    return {str(one): one for one in found}


def _sensible_length(words: int | None) -> int:
    low, high = WORDS_RANGE
    return min(max(words or DEFAULT_WORDS, low), high)
