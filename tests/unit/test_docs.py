"""The documentation names everything there is."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from igny8_flask import errors
from igny8_flask.ai.registry import list_functions
from igny8_flask.config import Settings
from igny8_flask.site_settings import DEFAULTS
from igny8_flask.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
WITH_KIND = {"ProviderError": "provider_", "ReplyError": "reply_"}


def raised_codes() -> Iterator[str]:
    """Codes given in the product's source where an error is made or its class defined."""
    for path in (ROOT / "igny8_flask").rglob("*.py"):
        if "sandbox" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                name = getattr(node.func, "id", "")
                code = node.args[1]
                if hasattr(errors, name) and isinstance(code, ast.Constant) and code.value:
                    yield WITH_KIND.get(name, "") + str(code.value)
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, errors.Igny8Error):
            yield value.code


@pytest.mark.parametrize("code", sorted(set(raised_codes())))
def test_every_error_code_is_explained(code: str) -> None:
    assert f"`{code}`" in (DOCS / "errors.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", [row[0] for row in Settings.describe()])
def test_every_environment_variable_is_explained(variable: str) -> None:
    assert f"| `{variable}` |" in (DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", [f"{area}.{one}" for area, all_ in DEFAULTS.items() for one in all_]
)
def test_every_site_setting_is_explained(name: str) -> None:
    assert f"`{name}`" in (DOCS / "settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("function", list_functions())
def test_every_ai_function_is_explained(function: str) -> None:
    assert f"| `{function}` |" in (DOCS / "architecture.md").read_text(encoding="utf-8")


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_every_documented_make_target_exists() -> None:
    made = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    pages = [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    named = {
        target
        for page in pages
        for target in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8"))
    }
    assert named <= made


def test_every_window_of_rq_names_a_test_that_exists() -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| .+ \| .+ \| `(.+)::(.+)` \|$", text, re.M)
    assert [int(number) for number, _, _ in rows] == list(range(1, 27))
    for _, path, test in rows:
        assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


def test_service_package_and_plugin_have_one_version() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    plugin = (ROOT / "wp-plugin" / "igny8.php").read_text(encoding="utf-8")
    assert package["version"] == VERSION
    assert re.search(r"Version:\s+(\S+)", plugin).group(1) == VERSION  # type: ignore[union-attr]
