"""auto_cluster: keywords are grouped; each group is what one page or a few pages can answer."""

import uuid
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from igny8_flask.ai.base import BaseAIFunction, known, owned_ids
from igny8_flask.ai.prompts import LANGUAGE, PromptRegistry, data_field
from igny8_flask.ai.replies import ClusterReply, ClusterRow, parse_clusters
from igny8_flask.ai.replies.results import listed
from igny8_flask.ai.tracker import ProgressTracker, StepTracker
from igny8_flask.ai.types import FunctionMetadata, Prompt
from igny8_flask.ai.validators import MAX_KEYWORDS, validate_ids, validate_keywords_exist
from igny8_flask.db import db
from igny8_flask.models import Account, Cluster, Keyword

KEYWORDS_PER_REQUEST = 120
EXISTING_SHOWN = 300  # names of clusters that travel with a request
NAME_MAX_CHARS = 300

DEFAULT_PROMPT = """
You group search keywords for a website. Put the keywords of [IGNY8_KEYWORDS] into clusters of
phrases that mean the same need, so that one page can answer each cluster. Judge by meaning and
intent, not by shared words. Where a keyword belongs to one of [IGNY8_EXISTING_CLUSTERS], use
exactly that name. Give each new cluster a short telling name in {language}. Use every keyword at
most once and exactly as written; leave those that fit nowhere out of the clusters and list them
in "unassigned". Invent no keywords.
Answer with one JSON object: "clusters", a list of objects with "name", "description" (one
sentence) and "keywords"; and "unassigned", a list of keywords.
"""
PromptRegistry.register_default(
    "auto_cluster",
    DEFAULT_PROMPT,
    LANGUAGE,
    data_field(
        "keywords",
        "The keywords, with volume, difficulty, intent and sector where they are known.",
        [{"keyword": "raised bed soil", "volume": 320}, {"keyword": "compost for beginners"}],
    ),
    data_field("existing_clusters", "Names of the site's clusters.", ["Composting"]),
)

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["clusters", "unassigned"],
    "properties": {
        "clusters": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "description", "keywords"],
                "properties": {"name": _TEXT, "description": _TEXT, "keywords": _TEXTS},
            },
        },
        "unassigned": _TEXTS,
    },
}


class AutoClusterFunction(BaseAIFunction):
    """Groups keywords into new and existing clusters of the site."""

    def get_name(self) -> str:
        """The registered name."""
        return "auto_cluster"

    def get_metadata(self) -> FunctionMetadata:
        """One run for all keywords, asked in batches."""
        return FunctionMetadata("Cluster keywords", "Groups keywords by meaning.", SCHEMA)

    def validate(self, payload: dict[str, Any], account: Account | None = None) -> None:
        """Every keyword must exist."""
        site_id, _ = owned_ids({**payload, "ids": []})
        validate_keywords_exist(site_id, validate_ids(payload, MAX_KEYWORDS))

    def get_max_items(self) -> int | None:
        """As many as a model handles well in one answer."""
        return KEYWORDS_PER_REQUEST

    def prepare(self, payload: dict[str, Any], account: Account | None = None) -> dict[str, Any]:
        """Read the keywords and the names of the site's clusters."""
        site_id, ids = owned_ids(payload)
        keywords = db.session.scalars(
            select(Keyword)
            .where(Keyword.site_id == site_id, Keyword.id.in_(ids))
            .order_by(Keyword.sector, Keyword.id)
        )
        names = db.session.scalars(
            select(Cluster.name).where(Cluster.site_id == site_id).order_by(Cluster.id.desc())
        )
        return {
            "items": [_as_data(keyword) for keyword in keywords],
            "existing": list(names),
            "label": itemgetter("keyword"),
            "site_id": site_id,
            "language": payload.get("language") or "English",
        }

    def build_prompt(self, data: dict[str, Any], account: Account | None = None) -> Prompt:
        """Keywords and cluster names travel as data; clusters found before count as existing."""
        return PromptRegistry.get_prompt(
            self.get_name(),
            account,
            None,
            {
                "values": {"language": data["language"]},
                "data": {
                    "keywords": [{k: v for k, v in i.items() if k != "id"} for i in data["items"]],
                    "existing_clusters": _likely_names(data),
                },
            },
            data["site_id"],
        )

    def parse_response(
        self, response: str, step_tracker: StepTracker | None = None, **asked: Any
    ) -> ClusterReply:
        """Any reply → clusters of the asked keywords, or a named error."""
        asked = {**asked, "keywords": asked.get("keywords") or asked.get("items")}
        if "earlier" in asked:
            asked["existing"] = _known_names(asked)
        return parse_clusters(
            response, **known(asked, "keywords", "finish_reason", "existing", "ids")
        )

    def save_output(
        self,
        parsed: Sequence[ClusterReply],
        original_data: dict[str, Any],
        account: Account | None = None,
        progress_tracker: ProgressTracker | None = None,
        step_tracker: StepTracker | None = None,
    ) -> dict[str, Any]:
        """Make the new clusters and assign the keywords; what no cluster took is listed."""
        assert account is not None  # noqa: S101 - narrows the type
        site_id: uuid.UUID = original_data["site_id"]
        clusters = _Clusters(account.id, site_id)
        ids = {item["keyword"]: item["id"] for item in original_data["items"]}
        keywords = _keywords_of(site_id, list(ids.values()))
        taken: set[str] = set()
        for row in (row for reply in parsed for row in reply.rows):
            members = [text for text in row.keywords if ids[text] in keywords]
            if not members:
                continue
            cluster = clusters.named(row)
            for text in members:
                keyword = keywords[ids[text]]
                keyword.cluster_id = cluster.id
            taken.update(members)
        warnings = [text for reply in parsed for text in reply.warnings]
        gone = [text for text, keyword_id in ids.items() if keyword_id not in keywords]
        if gone:
            warnings.append(listed("Deleted meanwhile", gone))
        return {
            "count": len(original_data["items"]),
            "clusters_created": clusters.created,
            "clusters_joined": clusters.joined,
            "keywords_assigned": len(taken),
            "unassigned": sorted(ids.keys() - taken - set(gone)),
            "warnings": warnings,
        }


class _Clusters:
    """The site's clusters, found by name or made; also beside another run that makes the same."""

    def __init__(self, account_id: uuid.UUID, site_id: uuid.UUID) -> None:
        self._owner = {"account_id": account_id, "site_id": site_id}
        found = db.session.scalars(select(Cluster).where(Cluster.site_id == site_id))
        self._by_key = {cluster.name_key: cluster for cluster in found}
        self.created: list[str] = []
        self.joined: list[str] = []

    def named(self, row: ClusterRow) -> Cluster:
        """The cluster of this name."""
        name = row.name.strip()[:NAME_MAX_CHARS]
        key = Cluster.key_of(name)
        known = self._by_key.get(key)
        if known is None:
            known = self._by_key[key] = self._made(name, key, row.description)
        elif known.name not in (*self.created, *self.joined):
            self.joined.append(known.name)
        return known

    def _made(self, name: str, key: str, description: str) -> Cluster:
        cluster = Cluster(**self._owner, name=name, description=description)
        try:
            with db.session.begin_nested():
                db.session.add(cluster)
                db.session.flush()
        except IntegrityError:
            other = db.session.scalars(
                select(Cluster).where(
                    Cluster.site_id == self._owner["site_id"], Cluster.name_key == key
                )
            ).first()
            if other is None:
                raise
            self.joined.append(other.name)
            return other
        self.created.append(name)
        return cluster


def _keywords_of(site_id: uuid.UUID, ids: list[uuid.UUID]) -> dict[uuid.UUID, Keyword]:
    found = db.session.scalars(
        select(Keyword).where(Keyword.site_id == site_id, Keyword.id.in_(ids))
    )
    return {keyword.id: keyword for keyword in found}


def _as_data(keyword: Keyword) -> dict[str, Any]:
    fields = {
        "id": keyword.id,
        "keyword": keyword.keyword,
        "volume": keyword.volume,
        "difficulty": keyword.difficulty,
        "intent": keyword.intent,
        "sector": keyword.sector,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _known_names(data: dict[str, Any]) -> list[str]:
    found = [row.name for reply in data.get("earlier", ()) for row in reply.rows]
    return list(dict.fromkeys([*found, *data["existing"]]))


def _likely_names(data: dict[str, Any]) -> list[str]:
    """Known names, those first that share words with the keywords; as many as may travel."""
    words = {word for item in data["items"] for word in item["keyword"].casefold().split()}
    names = _known_names(data)
    names.sort(key=lambda name: -len(words & set(name.casefold().split())))
    return names[:EXISTING_SHOWN]
