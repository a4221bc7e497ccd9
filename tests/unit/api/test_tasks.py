"""Writer tasks over HTTP."""

import uuid

import pytest

from igny8_flask.db import db
from igny8_flask.jobs import work_key
from igny8_flask.models import AITaskLog, Task
from tests.factories import make_content, make_task

TASKS = "/v1/writer/tasks/"


def test_tasks_are_created_all_at_once_and_listed_newest_first(plugin):
    made = plugin("POST", TASKS, {"items": [{"title": "One", "keywords": ["a"]}, {"title": "Two"}]})
    assert made.status_code == 201
    assert [task["title"] for task in made.json["results"]] == ["One", "Two"]

    listed = plugin("GET", TASKS).json
    assert (listed["success"], listed["count"], listed["page"], listed["page_size"]) == (
        True,
        2,
        1,
        20,
    )
    first = listed["results"][0]
    assert first["title"] == "Two"
    assert set(first) == {
        "id",
        "title",
        "description",
        "keywords",
        "outline",
        "status",
        "word_count",
        "content_type",
        "created_at",
        "updated_at",
        "live_run",
        "content",
    }
    assert (first["status"], first["live_run"], first["content"]) == ("pending", None, None)


def test_nothing_is_created_when_one_item_is_wrong(plugin):
    answer = plugin("POST", TASKS, {"items": [{"title": "Good"}, {"title": ""}]})
    assert answer.status_code == 422
    assert answer.json["code"] == "invalid_input"
    assert list(answer.json["fields"]) == ["items.1.title"]
    assert plugin("GET", TASKS).json["count"] == 0


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"title": "x" * 301}, "items.0.title"),
        ({"title": True}, "items.0.title"),
        ({"title": "x", "word_count": True}, "items.0.word_count"),
        ({"title": "x", "word_count": "900"}, "items.0.word_count"),
        ({"title": "x", "word_count": 99}, "items.0.word_count"),
        ({"title": "x", "word_count": 10**30}, "items.0.word_count"),
        ({"title": "x", "keywords": "soil"}, "items.0.keywords"),
        ({"title": "x", "status": "completed"}, "items.0.status"),
        ({"title": "x", "account_id": str(uuid.uuid4())}, "items.0.account_id"),
    ],
)
def test_each_wrong_field_is_named(plugin, item, field):
    answer = plugin("POST", TASKS, {"items": [item]})
    assert answer.status_code == 422
    assert list(answer.json["fields"]) == [field]


def test_pages_never_overlap_even_when_the_sort_column_is_equal(plugin):
    for _ in range(7):
        make_task(plugin.site, title="Same")
    seen = [
        task["id"]
        for page in (1, 2, 3, 4)
        for task in plugin("GET", f"{TASKS}?page={page}&page_size=2&ordering=title").json["results"]
    ]
    assert len(seen) == len(set(seen)) == 7


def test_a_list_can_be_searched_filtered_and_sorted(plugin):
    make_task(plugin.site, title="Compost 100%", status="completed")
    make_task(plugin.site, title="Compost 1000")
    assert plugin("GET", f"{TASKS}?search=100%25").json["count"] == 1
    assert plugin("GET", f"{TASKS}?status=completed").json["count"] == 1
    titles = [task["title"] for task in plugin("GET", f"{TASKS}?ordering=title").json["results"]]
    assert titles == sorted(titles)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page_size=501", "page=x", "ordering=account_id", "status=lost", "unknown=1"],
)
def test_a_wrong_query_is_refused_not_ignored(plugin, query):
    assert plugin("GET", f"{TASKS}?{query}").status_code == 422


def test_a_task_shows_its_live_run_and_its_article(plugin):
    task = make_task(plugin.site)
    run = AITaskLog(
        account_id=task.account_id,
        site_id=task.site_id,
        function_name="generate_content",
        work_key=work_key("generate_content", [task.id]),
    )
    db.session.add(run)
    db.session.commit()
    make_content(plugin.site, task_id=task.id, wp_post_id=7, wp_link="https://x.example/p")
    shown = plugin("GET", f"{TASKS}{task.id}/").json["task"]
    assert shown["live_run"] == str(run.id)
    assert shown["content"]["wp_post_id"] == 7


def test_a_task_is_changed_and_deleted(plugin):
    task = make_task(plugin.site)
    path = f"{TASKS}{task.id}/"
    assert plugin("PATCH", path, {"title": " New "}).json["task"]["title"] == "New"
    assert plugin("PATCH", path, {}).status_code == 422
    assert plugin("DELETE", path).status_code == 200
    assert plugin("GET", path).status_code == 404


def test_a_task_with_an_article_cannot_be_deleted(plugin):
    task = make_task(plugin.site)
    make_content(plugin.site, task_id=task.id)
    answer = plugin("DELETE", f"{TASKS}{task.id}/")
    assert (answer.status_code, answer.json["code"]) == (409, "task_written")
    assert db.session.get(Task, task.id) is not None


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_unknown_and_foreign_tasks_give_the_same_404(plugin, other_plugin, method):
    foreign = make_task(other_plugin.site)
    body = {"title": "x"} if method == "PATCH" else None
    bodies = []
    for task_id in (foreign.id, uuid.uuid4()):
        answer = plugin(method, f"{TASKS}{task_id}/", body)
        assert answer.status_code == 404
        bodies.append({**answer.json, "request_id": ""})
    assert bodies[0] == bodies[1]
