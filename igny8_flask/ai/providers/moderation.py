"""Moderation of texts before they are used; the caller decides what a failure means."""

from igny8_flask.ai.providers.endpoint import Endpoint
from igny8_flask.ai.providers.wire import ModerationReply
from igny8_flask.outbound import Outbound

DEFAULT_MODEL = "omni-moderation-latest"


class Moderation:
    """Asks ``POST /moderations``; raises ProviderError when there is no verdict."""

    def __init__(self, outbound: Outbound, base_url: str, api_key: str) -> None:
        self._endpoint = Endpoint(outbound, base_url, api_key)

    def check(self, texts: list[str], model: str = DEFAULT_MODEL) -> ModerationReply:
        """Return one verdict over all texts: flagged when any of them is."""
        payload = {"model": model, "input": texts}
        document, headers = self._endpoint.send("POST", "/moderations", payload, model)
        results = document.get("results") if isinstance(document, dict) else None
        if not isinstance(results, list) or len(results) < 1:
            raise self._endpoint.unreadable(b"{}", headers, model)
        flagged, categories = False, set()
        for result in results:
            if not isinstance(result, dict) or not isinstance(result.get("flagged"), bool):
                raise self._endpoint.unreadable(b"{}", headers, model)
            flagged = flagged or result["flagged"]
            found = result.get("categories")
            if isinstance(found, dict):
                categories |= {str(name) for name, hit in found.items() if hit is True}
        return ModerationReply(flagged, tuple(sorted(categories)))
