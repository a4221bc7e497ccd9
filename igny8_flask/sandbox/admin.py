"""/_sandbox/…: script faults, read the journal, move the clock, change the pace, start afresh."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from igny8_flask.sandbox.faults import GROUPS, parse_rule
from igny8_flask.sandbox.function_names import canonical_name
from igny8_flask.sandbox.journal import FIELDS
from igny8_flask.sandbox.latency import parse_latency
from igny8_flask.sandbox.state import current_sandbox

blueprint = Blueprint("admin", __name__, url_prefix="/_sandbox")


@blueprint.get("/faults")
def list_faults() -> Response:
    """List the scripted faults with their counts, and every name there is."""
    rules = [vars(rule) for rule in current_sandbox().faults.rules]
    return jsonify({"rules": rules, "names": GROUPS})


@blueprint.post("/faults")
def add_faults() -> tuple[Response, int]:
    """Add one rule or a list of them; ``connect_refused`` without a match starts at once."""
    data = request.get_json()
    sandbox = current_sandbox()
    try:
        rules = [parse_rule(item) for item in (data if isinstance(data, list) else [data])]
    except ValueError as error:
        return _wrong(error)
    for rule in rules:
        if rule.fault == "connect_refused" and not rule.match and sandbox.refuse_connections:
            sandbox.refuse_connections(float(rule.args.get("seconds", 1)))
    sandbox.faults.add([rule for rule in rules if rule.fault != "connect_refused" or rule.match])
    return jsonify({"added": len(rules)}), 201


@blueprint.delete("/faults")
def clear_faults() -> Response:
    """Forget all scripted faults."""
    current_sandbox().faults.clear()
    return jsonify({"rules": []})


@blueprint.get("/requests")
def list_requests() -> tuple[Response, int]:
    """List the journal; query parameters filter by field: ``?function=…&billed=true``."""
    wanted = request.args.to_dict()
    unknown = wanted.keys() - FIELDS
    if unknown:
        return _wrong(ValueError(f"no such field: {', '.join(sorted(unknown))}"))
    if "function" in wanted:
        wanted["function"] = canonical_name(wanted["function"])
    rows = current_sandbox().journal.matching(wanted)
    costs = [row["expected_cost_usd"] or 0.0 for row in rows]
    billed = sum(bool(row["billed"]) for row in rows)
    total = round(sum(costs), 9)
    answer = {"count": len(rows), "billed": billed, "expected_cost_usd": total, "requests": rows}
    return jsonify(answer), 200


@blueprint.delete("/requests")
def clear_requests() -> Response:
    """Empty the journal."""
    current_sandbox().journal.clear()
    return jsonify({"count": 0})


@blueprint.post("/reset")
def reset() -> Response:
    """Forget faults, journal, files and tasks; clock and pace as at the start."""
    current_sandbox().reset()
    return jsonify({"reset": True})


@blueprint.route("/clock", methods=["GET", "POST"])
def clock() -> tuple[Response, int]:
    """Tell the sandbox's time, or move it: ``{"advance_s": 60}``."""
    sandbox = current_sandbox()
    if request.method == "POST":
        advance = _fields().get("advance_s")
        if not isinstance(advance, int | float):
            return _wrong(ValueError("advance_s must be a number of seconds"))
        sandbox.shift += timedelta(seconds=advance)
    return jsonify({"now": sandbox.now().isoformat()}), 200


@blueprint.post("/latency")
def latency() -> tuple[Response, int]:
    """Change the pace from now on: ``{"latency": "demo"}`` or ``{"latency": "2.0"}``."""
    try:
        current_sandbox().set_pace(parse_latency(str(_fields().get("latency"))))
    except ValueError as error:
        return _wrong(error)
    return jsonify(_fields()), 200


def _fields() -> dict[str, Any]:
    data = request.get_json(silent=True)
    return data if isinstance(data, dict) else {}


def _wrong(error: ValueError) -> tuple[Response, int]:
    return jsonify({"error": str(error)}), 400
