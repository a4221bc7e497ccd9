"""Schemathesis over the product's own OpenAPI document, with the keys of two sites."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import CacheConfig, ProjectConfig, SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.schemas import BaseSchema

from tests.factories import ConnectedSite
from tests.security.ground import TRACES, Ground, Reviving, revive

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
)


@dataclass
class Outcome:
    """What many generated calls came to; ``faults`` counts by kind and operation."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    undocumented: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    @property
    def server_errors(self) -> int:
        """How many answers were faults of ours."""
        return sum(number for status, number in self.statuses.items() if status >= 500)


TAKES_ANY_TEXT = "POST /v1/planner/keywords/import/"  # every text is a list of something
PHASES = ("examples", "coverage", "fuzzing")


def attack(
    place: Ground,
    site: ConnectedSite,
    examples: int,
    seed: int,
    phases: Sequence[str] = PHASES,
) -> Outcome:
    """Call every operation many times as one site, with its own and foreign ids among others."""
    outcome = Outcome()
    schema = _schema(place, site, examples, seed, phases)
    documented = _documented(schema.raw_schema)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(event, documented, outcome)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            outcome.faults["schemathesis itself"] += 1
            outcome.examples["schemathesis itself"] = str(getattr(event, "info", event))[:500]
    revive(place.app)
    return outcome


def _schema(
    place: Ground, site: ConnectedSite, examples: int, seed: int, phases: Sequence[str]
) -> BaseSchema:
    config = SchemathesisConfig(seed=seed, cache=CacheConfig(enabled=False))
    project: ProjectConfig = config.projects.default
    project.update(headers=site.headers, continue_on_failure=True)
    project.generation.max_examples = examples
    project.generation.no_shrink = True
    project.generation.exclude_header_characters = "\r\n\0"
    project.checks.update(included_check_names=list(CHECKS), excluded_check_names=[])
    project.phases.update(phases=list(phases))
    schema = schemathesis.openapi.from_wsgi("/openapi.json", Reviving(place.app), config=config)

    @schema.hook
    def map_path_parameters(_context: Any, path_parameters: Any) -> Any:
        return _with_known_ids(path_parameters, place)

    return schema


def _with_known_ids(parameters: Any, place: Ground) -> Any:
    """Half of the ids that may stand in a path are those of rows, our own and foreign ones."""
    if not isinstance(parameters, dict):
        return parameters
    changed = dict(parameters)
    for name, value in parameters.items():
        number = sum(str(value).encode("utf-8", "replace"))
        if name.endswith("_id") and number % 2:
            changed[name] = str(place.ids[number % len(place.ids)])
    return changed


def _documented(document: dict[str, Any]) -> dict[str, set[str]]:
    """The status codes that each operation names; ``default`` names none."""
    return {
        f"{method.upper()} {path}": set(operation["responses"]) - {"default"}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    }


def _note(
    event: events.ScenarioFinished, documented: dict[str, set[str]], outcome: Outcome
) -> None:
    for case_id, interaction in event.recorder.interactions.items():
        if interaction.response is None:
            continue
        outcome.cases += 1
        status = interaction.response.status_code
        outcome.statuses[status] += 1
        case = event.recorder.cases[case_id].value
        label = case.operation.label
        if status >= 400 and TRACES.search(interaction.response.text):
            outcome.faults[f"words of the inside at {label}"] += 1
            outcome.examples[label] = interaction.response.text[:300]
        named = documented.get(label, set())
        if case.method.upper() == label.split(" ")[0] and str(status) not in named:
            outcome.undocumented[f"{label}: {status}"] += 1
            outcome.examples[f"{label}: {status}"] = interaction.response.text[:300]
    for case_id, checks in event.recorder.checks.items():
        case = event.recorder.cases[case_id].value
        for check in checks:
            is_any_text = case.operation.label == TAKES_ANY_TEXT and "data" in check.name
            if check.failure_info is not None and not is_any_text:
                label = f"{check.name} at {case.operation.label}"
                outcome.faults[label] += 1
                told = f"{check.failure_info.failure.message}\n{case.as_curl_command()}"
                outcome.examples[label] = told[:1000]
