"""The error answers of each operation in the OpenAPI document, from what the operation takes."""

from typing import Any

from apispec import BasePlugin

REFUSAL = "DEFAULT_ERROR"  # the name of the error answer among the document's components
READS_A_BODY = frozenset({"post", "put", "patch"})
ALWAYS_ANSWER = ("/healthz", "/openapi.json")
WRITES = READS_A_BODY | {"delete"}


class Refusals(BasePlugin):
    """Names every status with which an operation may refuse; 500 is never one of them."""

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **_more: Any
    ) -> None:
        """Add the refusals to the operations of a path."""
        for method, operation in (operations or {}).items():
            if path in ALWAYS_ANSWER:
                continue
            responses = operation.setdefault("responses", {})
            named = {str(status) for status in responses}
            for status in sorted(_statuses(path or "", method, operation) - named):
                responses[status] = REFUSAL


def _statuses(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    parameters = operation.get("parameters", [])
    found = {"503"}
    if 202 in operation["responses"] and not path.startswith("/v1/publisher/"):
        found.add("402")
    if operation.get("security") != []:
        found.add("401")
    if any(isinstance(one, dict) and one.get("in") == "query" for one in parameters):
        found |= {"400", "422"}
    if "{" in path:
        found.add("404")
    if method in WRITES:
        found |= {"400", "404", "409", "422", "429"}
    if method in READS_A_BODY:
        found.add("413")
    return found
