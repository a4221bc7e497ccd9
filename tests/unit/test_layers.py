"""Imports go downward only, never in a circle, and each edge has one door."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Top first. A module belongs to the line with the longest name that begins its own.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("wsgi", "workers", "igny8_flask.cli"),
    ("igny8_flask",),
    ("igny8_flask.api",),
    ("igny8_flask.auth",),
    (
        "igny8_flask.activity",
        "igny8_flask.attention",
        "igny8_flask.backlog",
        "igny8_flask.batches",
        "igny8_flask.budgets",
        "igny8_flask.chains",
        "igny8_flask.choices",
        "igny8_flask.confirmations",
        "igny8_flask.core_sites",
        "igny8_flask.deliveries",
        "igny8_flask.handshake",
        "igny8_flask.internal_links",
        "igny8_flask.jobs",
        "igny8_flask.ledger",
        "igny8_flask.metrics",
        "igny8_flask.overview",
        "igny8_flask.people",
        "igny8_flask.pauses",
        "igny8_flask.planning",
        "igny8_flask.prompt_library",
        "igny8_flask.publishing",
        "igny8_flask.quotes",
        "igny8_flask.retention",
        "igny8_flask.retries",
        "igny8_flask.rotation",
        "igny8_flask.runs",
        "igny8_flask.pull",
        "igny8_flask.refresh",
        "igny8_flask.scheduling",
        "igny8_flask.site_keys",
        "igny8_flask.site_media",
        "igny8_flask.site_posts",
        "igny8_flask.site_settings",
        "igny8_flask.site_state",
        "igny8_flask.sites",
        "igny8_flask.timetable",
        "igny8_flask.unlinking",
        "igny8_flask.usage",
        "igny8_flask.withdrawals",
        "igny8_flask.writing",
    ),
    (
        "igny8_flask.ai",
        "igny8_flask.content",
        "igny8_flask.differences",
        "igny8_flask.documents",
        "igny8_flask.keyword_csv",
        "igny8_flask.publishing_rules",
        "igny8_flask.receipts",
        "igny8_flask.rows",
        "igny8_flask.site_urls",
        "igny8_flask.versions",
        "igny8_flask.waiting",
        "igny8_flask.wordpress",
        "igny8_flask.work_status",
    ),
    ("igny8_flask.services",),
    (
        "igny8_flask.breakers",
        "igny8_flask.cache",
        "igny8_flask.clocks",
        "igny8_flask.crypto",
        "igny8_flask.gates",
        "igny8_flask.heartbeats",
        "igny8_flask.leases",
        "igny8_flask.limits",
        "igny8_flask.models",
        "igny8_flask.outbound",
        "igny8_flask.queue",
        "igny8_flask.reconciliation",
        "igny8_flask.recovery",
    ),
    (
        "igny8_flask.config",
        "igny8_flask.db",
        "igny8_flask.entities",
        "igny8_flask.errors",
        "igny8_flask.log",
        "igny8_flask.row_security",
        "igny8_flask.tenant_session",
        "igny8_flask.tenants",
        "igny8_flask.version",
    ),
)
SANDBOX = "igny8_flask.sandbox"
LAYER_OF = {name: number for number, names in enumerate(LAYERS) for name in names}

# Foreign package → the only places that may import it.
DOORS = {
    "requests": ("igny8_flask.outbound",),
    "urllib3": ("igny8_flask.outbound",),
    "http.client": ("igny8_flask.outbound",),
    "urllib.request": (),
    "socket": ("igny8_flask.outbound", "workers"),
    "rq": ("igny8_flask.queue", "workers"),
    "redis": (
        "igny8_flask.breakers",
        "igny8_flask.cache",
        "igny8_flask.cli",
        "igny8_flask.gates",
        "igny8_flask.limits",
        "igny8_flask.metrics",
        "igny8_flask.queue",
        "workers",
    ),
    "nh3": ("igny8_flask.content",),
    "pickle": (),
}
ENVIRONMENT_READERS = {"wsgi", "workers.__main__"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    name_of(path): path
    for path in (
        ROOT / "wsgi.py",
        *sorted((ROOT / "igny8_flask").rglob("*.py")),
        *sorted((ROOT / "workers").rglob("*.py")),
    )
}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(tree):
        if not is_for_types(child):
            yield child
            yield from nodes(child)


def imports(name: str) -> set[str]:
    """What a module imports, as full names; ``from a import b`` is a.b where b is a module."""
    found: set[str] = set()
    for node in nodes(TREES[name]):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = inner & FILES.keys()
            found.update(modules)
            if modules != inner:
                found.add(str(node.module))
    return found


def lies_in(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


def layer_of(name: str) -> int:
    fitting = [place for place in LAYER_OF if lies_in(name, (place,))]
    longest = max(fitting, key=len)
    assert longest != "igny8_flask" or name == longest, f"{name} has no layer: add it to LAYERS"
    return LAYER_OF[longest]


PRODUCT = [name for name in FILES if not lies_in(name, (SANDBOX,))]


@pytest.mark.parametrize("name", PRODUCT)
def test_a_module_imports_nothing_from_above_it(name):
    ours = {other for other in imports(name) & FILES.keys() if not lies_in(other, (SANDBOX,))}
    upward = {other for other in ours if layer_of(other) < layer_of(name)}
    assert upward == set()


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: imports(name) & FILES.keys() - {name} for name in FILES}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(FILES)


def test_the_sandbox_stands_alone():
    for name in FILES:
        inside = lies_in(name, (SANDBOX,))
        for other in imports(name) & FILES.keys():
            if inside:
                assert lies_in(other, (SANDBOX,)), f"{name} imports {other}"
            elif lies_in(other, (SANDBOX,)):
                assert lies_in(name, ("igny8_flask.cli",)), f"{name} imports {other}"


@pytest.mark.parametrize("package", DOORS)
def test_an_outside_door_is_used_in_its_own_place_only(package):
    users = {
        name for name in PRODUCT if any(lies_in(imported, (package,)) for imported in imports(name))
    }
    assert {name for name in users if not lies_in(name, DOORS[package])} == set()


def test_the_environment_is_read_at_the_entry_only():
    readers = {
        name
        for name in PRODUCT
        for node in nodes(TREES[name])
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    }
    assert readers - ENVIRONMENT_READERS == set()


def test_a_module_stays_under_300_lines():
    long = {
        name: lines
        for name, path in FILES.items()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) >= 300
    }
    assert long == {}


def test_an_upward_import_would_be_noticed(monkeypatch):
    monkeypatch.setitem(TREES, "igny8_flask.errors", ast.parse("from igny8_flask import runs"))
    with pytest.raises(AssertionError):
        test_a_module_imports_nothing_from_above_it("igny8_flask.errors")
    with pytest.raises(graphlib.CycleError):
        test_no_modules_import_each_other_in_a_circle()
