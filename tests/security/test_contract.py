"""The product keeps to its own OpenAPI document, whatever is sent."""

import json
import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.security.conftest import Teller
from tests.security.contract import Outcome, attack
from tests.security.ground import Ground, ground

CASES = 20_000
EXAMPLES = 130  # of each operation and site; with the cases of the edges they pass CASES


def attack_as(number: int) -> Outcome:
    """One of the two sites, in a process of its own."""
    logging.disable(logging.CRITICAL)
    with ground(IGNY8_SITE_WRITES="1000000000") as place:
        return attack(place, (place.ours, place.theirs)[number], EXAMPLES, seed=7 + number)


@pytest.mark.timeout(2400)  # the long form takes minutes on both cores
def test_generated_calls_meet_the_document(place: Ground, full: bool, tell: Teller) -> None:
    if full:
        with ProcessPoolExecutor(2, get_context("spawn")) as pool:
            outcomes = list(pool.map(attack_as, range(2)))
    else:
        outcomes = [attack(place, place.ours, 1, seed=7, phases=("fuzzing",))]
    for outcome in outcomes:
        assert not outcome.undocumented, outcome.examples
        assert not outcome.faults, outcome.examples
        assert outcome.server_errors == 0, outcome.statuses
    cases = sum(outcome.cases for outcome in outcomes)
    assert cases >= (CASES if full else 70)
    tell("Schemathesis cases, 0 5xx, 0 undocumented codes", f"{cases:,}")


def test_every_route_stands_in_the_document_and_nothing_else(place: Ground) -> None:
    document = json.loads(place.app.test_client().get("/openapi.json").text)
    documented = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
        if method in ("get", "post", "put", "patch", "delete")
    }
    served = {
        (method, _as_documented(rule.rule))
        for rule in place.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == documented


def test_each_operation_names_its_refusals(place: Ground) -> None:
    document = json.loads(place.app.test_client().get("/openapi.json").text)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            named = set(operation["responses"])
            assert "500" not in named
            if operation.get("security") != []:
                assert "401" in named, f"{method} {path}"
            if method in ("post", "put", "patch"):
                assert {"400", "409", "422", "429"} <= named, f"{method} {path}"


def _as_documented(rule: str) -> str:
    return "/".join(
        "{" + part.strip("<>").split(":")[-1] + "}" if part.startswith("<") else part
        for part in rule.split("/")
    )
