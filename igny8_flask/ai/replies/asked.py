"""The clusters and keywords that ideas were asked for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from igny8_flask.ai.replies.matching import KeywordIndex
from igny8_flask.ai.replies.results import ClusterRef


class AskedClusters:
    """The clusters and keywords of the question."""

    def __init__(self, clusters: Iterable[Any] | None, keywords: Iterable[Any] | None) -> None:
        self.clusters = [_cluster(cluster) for cluster in clusters or ()]
        self._index = KeywordIndex(
            [{"id": cluster.id, "name": cluster.name} for cluster in self.clusters]
        )
        own = [keyword for cluster in self.clusters for keyword in cluster.keywords]
        self.keywords = KeywordIndex([*(keywords or ()), *own])
        self._owner = {
            keyword: cluster for cluster in reversed(self.clusters) for keyword in cluster.keywords
        }

    def names(self) -> tuple[str, ...]:
        """The names of the asked clusters."""
        return tuple(cluster.name for cluster in self.clusters)

    def cluster(self, written: Any) -> ClusterRef | None:
        """The asked cluster that an id, a name or an object means."""
        if isinstance(written, list) and len(written) == 1:
            written = written[0]
        found = self._index.resolve(written, 1)
        return None if found is None else self.clusters[found]

    def owner(self, keywords: Sequence[str]) -> ClusterRef | None:
        """The one cluster that all of these keywords come from."""
        if len(self.clusters) == 1:
            return self.clusters[0]
        owners = {id(c): c for c in map(self._owner.get, keywords) if c is not None}
        return next(iter(owners.values())) if len(owners) == 1 else None


def _cluster(given: Any) -> ClusterRef:
    if isinstance(given, ClusterRef):
        return given
    if isinstance(given, Mapping):
        known = KeywordIndex(given.get("keywords") or ())
        name = str(given.get("name") or given.get("cluster") or given.get("title") or "")
        return ClusterRef(given.get("id", given.get("cluster_id")), name, tuple(known.texts))
    if isinstance(given, tuple) and len(given) == 2:
        return ClusterRef(given[0], str(given[1]))
    return ClusterRef(getattr(given, "id", None), str(getattr(given, "name", given)))
