"""The examples of docs/extending.md, executed as they stand there."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from igny8_flask import prompt_library, runs
from igny8_flask.ai import registry
from igny8_flask.ai.prompts import PromptRegistry
from igny8_flask.ai.providers import catalog
from igny8_flask.cli import install_commands
from igny8_flask.models import AITaskLog, Site, WorkState
from igny8_flask.services import EXTENSION, current
from tests.factories import make_task
from tests.integration.jobs_by_hand import run_next, submit_article
from tests.lab.places import REPO
from tests.lab.services import Sandbox

PAGE = (REPO / "docs" / "extending.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```python title=(\S+)\n(.*?)^```$", PAGE, re.M | re.S))


@pytest.fixture
def titles_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The example function, registered for one test."""
    (tmp_path / "suggest_titles.py").write_text(BLOCKS["suggest_titles.py"], encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "suggest_titles", raising=False)
    prompt_library.list_types()  # the product's own functions register before the copies are made
    for owner, table in (
        (registry, "_FUNCTIONS"),
        (PromptRegistry, "DEFAULT_PROMPTS"),
        (PromptRegistry, "PLACEHOLDERS"),
    ):
        monkeypatch.setattr(owner, table, dict(getattr(owner, table)))
    registry.register_function("suggest_titles", "suggest_titles:SuggestTitlesFunction")
    return "suggest_titles"


def test_the_row_names_the_class_of_the_example() -> None:
    name, target = re.findall(r'"([^"]+)"', BLOCKS["row"])
    assert target == f"igny8_flask.ai.functions.{name}:SuggestTitlesFunction"
    assert "class SuggestTitlesFunction" in BLOCKS[f"{name}.py"]


def test_a_new_function_runs_like_the_others(
    app: Flask, site: Site, sandbox: Sandbox, titles_function: str
) -> None:
    task = make_task(site, title="Soil")
    run = runs.submit(site, titles_function, [task.id], {})
    assert runs.submit(site, titles_function, [task.id], {}).id == run.id
    done = run_next()
    assert isinstance(done, AITaskLog)
    assert done.state is WorkState.SUCCESS, done.error
    assert done.result
    assert len(done.result["titles"]) == 5
    assert done.cost_usd
    assert len([entry for entry in sandbox.journal() if entry["billed"]]) == 1

    trial = prompt_library.dry_run(site, titles_function, "Give {wanted} for {title}.", [task.id])
    assert trial.prompt.system.startswith('Give 5 for "title" of the data.')
    install_commands(app)
    listed = app.test_cli_runner().invoke(args=["functions", "list"]).output
    assert "suggest_titles\tSuggests titles.\tone run an item" in listed


def test_a_new_function_names_the_fault_of_junk(
    site: Site, sandbox: Sandbox, titles_function: str
) -> None:
    sandbox.script({"fault": "list_root", "times": 9})
    runs.submit(site, titles_function, [make_task(site).id], {})
    failed = run_next()
    assert (failed.state, failed.error_code) == (WorkState.FAILURE, "reply_wrong_shape")


def test_a_new_provider_is_one_row(
    app: Flask, site: Site, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = eval(BLOCKS["provider"], {"Provider": catalog.Provider})
    base_url = f"{sandbox.url}/openrouter/v1"
    row = replace(row, base_url=base_url)
    monkeypatch.setattr(catalog, "PROVIDERS", (*catalog.PROVIDERS, row))
    settings = replace(current().settings, openai_base_url=base_url)
    monkeypatch.setitem(app.extensions, EXTENSION, replace(current(), settings=settings))
    submit_article(site)
    assert run_next().state is WorkState.SUCCESS
    sandbox.script({"fault": "quota", "times": 9, "match": {"path": "chat"}})
    submit_article(site)
    failed = run_next()
    assert failed.state is WorkState.FAILURE
    assert "Acme AI" in str(failed.error)


def test_the_table_of_placeholders_is_true() -> None:
    table = re.findall(r"^\| `(\w+)` \|([^|\n]*)\|$", PAGE, re.M)
    assert [name for name, _ in table] == prompt_library.list_types()
    for prompt_type, names in table:
        written = re.findall(r"`(\w+)`(\*?)", names)
        known = PromptRegistry.PLACEHOLDERS[prompt_type]
        assert written == [(one.name, "*" if one.is_data else "") for one in known]
