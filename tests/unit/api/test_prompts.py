"""Prompts over HTTP: versions, rollback, trials; and the operator's own through the CLI."""

import json
import uuid

import pytest
from sqlalchemy import select

from igny8_flask.db import db
from igny8_flask.models import AIPrompt, PaidCall
from igny8_flask.prompt_library import Owner, save
from tests.factories import make_content, make_task

PROMPTS = "/v1/system/prompts/"
TASKS = "/v1/writer/tasks/"
OWN = "Group [IGNY8_KEYWORDS] in {language} next to {existing_clusters}."
TYPES = [
    "auto_cluster",
    "generate_content",
    "generate_ideas",
    "generate_images",
    "image_prompt",
    "negative_prompt",
    "revise_article",
    "revise_section",
]


def save_prompt(plugin, template, prompt_type="auto_cluster"):
    return plugin("POST", PROMPTS, {"prompt_type": prompt_type, "template": template})


def try_prompt(plugin, prompt_type, **body):
    return plugin("POST", f"{PROMPTS}dry_run/", {"prompt_type": prompt_type, **body})


def test_every_prompt_is_listed_with_what_it_may_name(plugin):
    rows = plugin("GET", PROMPTS).json["results"]
    assert [row["prompt_type"] for row in rows] == TYPES
    cluster = rows[0]
    assert cluster["template"] == cluster["default_template"]
    assert cluster["version"] == "default:1"
    keywords = next(one for one in cluster["placeholders"] if one["name"] == "keywords")
    assert keywords["forms"] == ["{keywords}", "[IGNY8_KEYWORDS]"]
    assert keywords["is_data"] is True


def test_saving_adds_a_version_and_leaves_the_older_ones_as_they_were(plugin):
    assert save_prompt(plugin, OWN).status_code == 201
    shown = save_prompt(plugin, OWN + " More.").json["prompt"]
    assert shown["version"] == "site:2"
    assert [(v["version"], v["template"], v["is_active"]) for v in shown["versions"]] == [
        (2, OWN + " More.", True),
        (1, OWN, False),
    ]


def test_a_rollback_activates_an_older_version_and_zero_none(plugin):
    save_prompt(plugin, OWN)
    save_prompt(plugin, OWN + " More.")
    path = f"{PROMPTS}auto_cluster/rollback/"
    assert plugin("POST", path, {"version": 1}).json["prompt"]["template"] == OWN
    assert plugin("POST", path, {"version": 0}).json["prompt"]["version"] == "default:1"
    assert plugin("POST", path, {"version": 3}).status_code == 404
    assert save_prompt(plugin, OWN).json["prompt"]["version"] == "site:3"


def test_the_prompt_of_the_account_applies_where_the_site_has_none(plugin):
    save(Owner(plugin.site.account), "auto_cluster", "Of the account.")
    assert plugin("GET", f"{PROMPTS}auto_cluster/").json["prompt"]["version"] == "account:1"
    assert save_prompt(plugin, OWN).json["prompt"]["version"] == "site:1"


def test_prompts_of_another_site_are_neither_seen_nor_used(plugin, other_plugin):
    save_prompt(other_plugin, OWN)
    shown = plugin("GET", f"{PROMPTS}auto_cluster/").json["prompt"]
    assert (shown["version"], shown["versions"]) == ("default:1", [])
    assert plugin("POST", f"{PROMPTS}auto_cluster/rollback/", {"version": 1}).status_code == 404


@pytest.mark.parametrize(
    ("template", "code", "named"),
    [
        ("Use {tone} here.", "unknown_placeholder", "{tone}"),
        ("Use [IGNY8_SECRETS] here.", "unknown_placeholder", "[IGNY8_SECRETS]"),
        ("Use [IGNY8_KEYWORDS here.", "broken_placeholder", "[IGNY8_KEYWORDS"),
        ("Use {language here.", "broken_placeholder", "{language"),
        ("Use { language }.", "broken_placeholder", "{ language"),
    ],
)
@pytest.mark.parametrize(
    "way", [save_prompt, lambda p, t: try_prompt(p, "auto_cluster", template=t)]
)
def test_a_wrong_placeholder_is_refused_by_its_name(plugin, way, template, code, named):
    answer = way(plugin, template)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert named in answer.json["error"]
    assert "template" in answer.json["fields"]
    assert db.session.scalars(select(AIPrompt)).all() == []


@pytest.mark.parametrize("template", ["", " \n ", "x" * 20_001])
def test_an_empty_or_endless_template_is_refused(plugin, template):
    assert "template" in save_prompt(plugin, template).json["fields"]


def test_braces_that_are_no_placeholder_stay_as_they_are(plugin):
    save_prompt(plugin, 'Answer {"clusters": [{}]} in {Language}, [igny8_keywords] first.')
    system = try_prompt(plugin, "auto_cluster").json["system"]
    assert system.startswith('Answer {"clusters": [{}]} in English, "keywords" of the data first.')


@pytest.mark.parametrize("prompt_type", TYPES)
def test_a_trial_shows_the_prompt_and_its_price_and_calls_nobody(plugin, prompt_type):
    answer = try_prompt(plugin, prompt_type)
    assert answer.status_code == 200
    trial = answer.json
    assert trial["tokens"] > 0
    assert trial["max_cost_usd"] > 0
    assert "{" not in trial["system"]
    assert "[IGNY8" not in trial["system"] + trial["user"]
    assert db.session.scalars(select(PaidCall)).all() == []


def test_a_trial_of_a_template_saves_nothing(plugin):
    trial = try_prompt(plugin, "auto_cluster", template="Only {language}.").json
    assert trial["system"].startswith("Only English.")
    assert trial["version"] == "site:1"
    assert plugin("GET", f"{PROMPTS}auto_cluster/").json["prompt"]["versions"] == []


def test_a_trial_with_rows_shows_the_very_data_that_would_be_sent(plugin):
    made = plugin("POST", "/v1/planner/keywords/", {"items": [{"keyword": "soil", "volume": 7}]})
    keyword = made.json["results"][0]["id"]
    trial = try_prompt(plugin, "auto_cluster", ids=[keyword]).json
    assert json.loads(trial["user"])["keywords"] == [{"keyword": "soil", "volume": 7}]
    task = make_task(plugin.site, title="Of the task")
    make_content(plugin.site, task_id=task.id, title="Of the article")
    for prompt_type, title in (
        ("generate_content", "Of the task"),
        ("generate_images", "Of the article"),
    ):
        trial = try_prompt(plugin, prompt_type, ids=[str(task.id)]).json
        assert json.loads(trial["user"])["title"] == title


def test_a_trial_judges_ids_like_a_run(plugin, other_plugin):
    foreign = str(make_task(other_plugin.site).id)
    assert try_prompt(plugin, "generate_content", ids=[foreign]).status_code == 404
    assert try_prompt(plugin, "auto_cluster", ids=[str(uuid.uuid4())]).status_code == 404
    assert try_prompt(plugin, "image_prompt", ids=[foreign]).status_code == 422


@pytest.mark.parametrize("prompt_type", ["nothing", "auto_generate_ideas", "__class__"])
def test_an_unknown_prompt_is_not_found(plugin, prompt_type):
    assert save_prompt(plugin, "x", prompt_type).status_code == 404
    assert try_prompt(plugin, prompt_type).status_code == 404
    assert plugin("GET", f"{PROMPTS}{prompt_type}/").status_code == 404
    answer = plugin("POST", f"{PROMPTS}{prompt_type}/rollback/", {"version": 0})
    assert answer.status_code == 404


def test_the_template_of_a_task_is_judged_when_it_is_given(plugin):
    wrong = "Write about {nonsense}."
    answer = plugin("POST", TASKS, {"items": [{"title": "x", "prompt_override": wrong}]})
    assert answer.status_code == 422
    assert "{nonsense}" in answer.json["fields"]["items.0.prompt_override"][0]
    task = make_task(plugin.site)
    path = f"{TASKS}{task.id}/"
    assert plugin("PATCH", path, {"prompt_override": wrong}).status_code == 422
    good = {"prompt_override": "Write {word_count} words on [IGNY8_TITLE]."}
    assert plugin("PATCH", path, good).status_code == 200
    trial = try_prompt(plugin, "generate_content", ids=[str(task.id)]).json
    assert trial["system"].startswith('Write 1000 words on "title" of the data.')
    assert trial["version"] == "task"
    assert plugin("PATCH", path, {"prompt_override": None}).status_code == 200
