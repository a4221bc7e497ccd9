"""AI functions accepted over HTTP, and the status of their runs."""

import uuid
from datetime import timedelta

import pytest
import uuid6
from sqlalchemy import func, insert, select, update

from igny8_flask.ai.validators import MAX_TASKS
from igny8_flask.db import db, utcnow
from igny8_flask.models import (
    AITaskLog,
    Cluster,
    Content,
    Delivery,
    Keyword,
    Task,
    TaskStatus,
    WorkState,
)
from tests.factories import make_content, make_task
from tests.statements import asked

GENERATE = "/v1/writer/tasks/auto_generate_content/"
RUNS = "/v1/system/tasks/"
PUBLISH = "/v1/publisher/publish/"


def make_run(site, **columns):
    values = {"function_name": "generate_content", "work_key": uuid.uuid4().hex, **columns}
    run = AITaskLog(account_id=site.account_id, site_id=site.id, **values)
    db.session.add(run)
    db.session.commit()
    return run


def test_a_click_is_accepted_without_redis_and_can_be_followed(plugin):
    task = make_task(plugin.site)
    answer = plugin("POST", GENERATE, {"ids": [str(task.id)]})
    assert answer.status_code == 202
    assert set(answer.json) == {"success", "task_id", "message", "status_url", "deferred"}
    assert answer.json["deferred"] is True
    assert "start late" in answer.json["message"]
    status = plugin("GET", answer.json["status_url"])
    assert status.status_code == 200
    assert status.json["task_id"] == answer.json["task_id"]
    assert status.json["state"] == "PENDING"
    assert status.json["poll_after_ms"] > 0
    shown = plugin("GET", f"/v1/writer/tasks/{task.id}/").json["task"]
    assert shown["live_run"] == answer.json["task_id"]


def test_a_second_press_gives_the_live_run(plugin):
    task = make_task(plugin.site)
    first = plugin("POST", GENERATE, {"ids": [str(task.id)]}).json
    second = plugin("POST", GENERATE, {"ids": [str(task.id), str(task.id)]}).json
    assert second["task_id"] == first["task_id"]


def many_tasks(site, count):
    owner = {"account_id": site.account_id, "site_id": site.id}
    rows = [{**owner, "id": uuid6.uuid7(), "title": f"Task {n}"} for n in range(count)]
    db.session.execute(insert(Task), rows)
    db.session.commit()
    return [str(row["id"]) for row in rows]


def test_a_thousand_ids_become_one_batch_by_some_dozen_statements(plugin):
    ids = many_tasks(plugin.site, MAX_TASKS)
    body = {"ids": ids, "options": {"images": False, "publish": False}}
    answers = []
    statements, _ = asked(lambda: answers.append(plugin("POST", GENERATE, body)))
    (answer,) = answers
    assert answer.status_code == 202, answer.json
    assert len(statements) <= 60, "\n".join(statements)
    status = plugin("GET", answer.json["status_url"]).json
    assert (status["total"], status["message"]) == (1000, "0 of 1000 done.")
    assert (
        db.session.scalar(select(func.count(AITaskLog.id)).where(AITaskLog.batch_id.is_not(None)))
        == 1000
    )
    begun = select(func.count(Task.id)).where(Task.status == TaskStatus.IN_PROGRESS)
    assert db.session.scalar(begun) == 1000
    again = plugin("POST", GENERATE, {**body, "ids": ids[:1]}).json
    assert again["task_id"] in {item["id"] for item in status["items"]}, "nothing is begun twice"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        (GENERATE, "1,000"),
        ("/v1/writer/tasks/auto_generate_images/", "1,000"),
        ("/v1/planner/keywords/auto_cluster/", "100"),
        (PUBLISH, "100"),
    ],
)
def test_ids_above_the_cap_are_counted_in_the_refusal(plugin, path, most):
    count = int(most.replace(",", "")) + 1
    refused = plugin("POST", path, {"ids": [str(uuid.uuid4()) for _ in range(count)]})
    assert refused.status_code == 422
    assert refused.json["fields"]["ids"] == [
        f"At most {most} ids in one request; these are {count:,}."
    ]
    assert db.session.scalar(select(func.count(AITaskLog.id))) == 0


def test_one_of_a_thousand_that_is_no_task_of_the_site_begins_none(plugin, other_plugin):
    ids = many_tasks(plugin.site, 20) + many_tasks(other_plugin.site, 1)
    assert plugin("POST", GENERATE, {"ids": ids}).status_code == 404
    assert db.session.scalar(select(func.count(AITaskLog.id))) == 0


@pytest.mark.parametrize(
    ("count", "waiting_since", "status"),
    [
        (9_999, timedelta(0), 202),
        (10_000, timedelta(0), 503),
        (1, timedelta(minutes=14), 202),
        (1, timedelta(minutes=16), 503),
    ],
)
def test_without_redis_only_so_much_may_wait(plugin, count, waiting_since, status):
    run = make_run(plugin.site)
    same = {name: getattr(run, name) for name in ("account_id", "site_id", "function_name")}
    rows = [{**same, "id": uuid.uuid4(), "work_key": str(n)} for n in range(1, count)]
    if rows:
        db.session.execute(insert(AITaskLog), rows)
    db.session.execute(update(AITaskLog).values(updated_at=utcnow() - waiting_since))
    db.session.commit()
    answer = plugin("POST", GENERATE, {"ids": [str(make_task(plugin.site).id)]})
    assert answer.status_code == status
    if status == 503:
        assert answer.json["code"] == "busy"
        assert answer.headers["Retry-After"] == "60"
        assert db.session.scalar(select(func.count()).select_from(AITaskLog)) == count


def test_a_run_that_waits_for_its_next_try_is_no_backlog(plugin):
    make_run(plugin.site, not_before=utcnow() + timedelta(hours=1))
    db.session.execute(update(AITaskLog).values(updated_at=utcnow() - timedelta(hours=2)))
    db.session.commit()
    answer = plugin("POST", GENERATE, {"ids": [str(make_task(plugin.site).id)]})
    assert answer.status_code == 202


def test_several_tasks_are_followed_as_one(plugin):
    ids = [str(make_task(plugin.site).id) for _ in range(3)]
    answer = plugin("POST", GENERATE, {"ids": ids}).json
    assert plugin("GET", answer["status_url"]).json["total"] == 3


@pytest.mark.parametrize(
    "ids",
    [
        [],
        [str(uuid.uuid4()) for _ in range(MAX_TASKS + 1)],
        ["1"],
        [1],
        [None],
        [True],
        "x",
        None,
        {"a": 1},
        [["x"]],
        [uuid.uuid4().hex],
        ["{" + str(uuid.uuid4()) + "}"],
    ],
)
@pytest.mark.parametrize("path", [GENERATE, PUBLISH])
def test_ids_that_are_none_are_refused_under_their_name(plugin, path, ids):
    answer = plugin("POST", path, {"ids": ids})
    assert answer.status_code == 422
    assert next(iter(answer.json["fields"])).split(".")[0] == "ids"


def test_a_missing_list_of_ids_is_named(plugin):
    assert "ids" in plugin("POST", GENERATE, {}).json["fields"]
    assert (
        "more" in plugin("POST", GENERATE, {"ids": [str(uuid.uuid4())], "more": 1}).json["fields"]
    )


@pytest.mark.parametrize("path", [GENERATE, "/v1/writer/tasks/auto_generate_images/"])
def test_unknown_and_foreign_tasks_give_the_same_404(plugin, other_plugin, path):
    foreign = make_task(other_plugin.site)
    bodies = []
    for task_id in (foreign.id, uuid.uuid4()):
        answer = plugin("POST", path, {"ids": [str(task_id)]})
        assert answer.status_code == 404
        bodies.append({**answer.json, "request_id": ""})
    assert bodies[0] == bodies[1]
    assert db.session.scalars(db.select(AITaskLog)).all() == []


def test_an_unchanged_status_is_a_304_without_a_body(plugin):
    run = make_run(plugin.site)
    path = f"{RUNS}{run.id}/status/"
    first = plugin("GET", path)
    again = plugin("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    run.percentage = 40
    db.session.commit()
    changed = plugin("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json["percentage"] == 40


@pytest.mark.parametrize(
    ("method", "action"), [("GET", "status/"), ("POST", "cancel/"), ("POST", "retry/")]
)
def test_unknown_and_foreign_runs_give_the_same_404(plugin, other_plugin, method, action):
    foreign = make_run(other_plugin.site)
    bodies = []
    for run_id in (foreign.id, uuid.uuid4()):
        answer = plugin(method, f"{RUNS}{run_id}/{action}")
        assert answer.status_code == 404
        bodies.append({**answer.json, "request_id": ""})
    assert bodies[0] == bodies[1]


def test_runs_are_listed_by_state_and_function(plugin, other_plugin):
    make_run(plugin.site, state=WorkState.QUEUED)
    make_run(plugin.site, state=WorkState.FAILURE, error="No.", error_code="x", function_name="f")
    make_run(other_plugin.site)
    assert plugin("GET", RUNS).json["count"] == 2
    failed = plugin("GET", f"{RUNS}?state=FAILURE").json["results"]
    assert [(row["error"], row["code"], row["function"]) for row in failed] == [("No.", "x", "f")]
    assert plugin("GET", f"{RUNS}?function=generate_content").json["count"] == 1
    assert plugin("GET", f"{RUNS}?state=LOST").status_code == 422


def test_a_list_tells_which_finished_runs_lack_a_part(plugin):
    lacking = make_run(plugin.site, state=WorkState.SUCCESS, result={"failed": 2})
    rows = plugin("GET", "/v1/system/tasks/").json["results"]
    assert [row["failed"] for row in rows if row["task_id"] == str(lacking.id)] == [2]
    whole = make_run(plugin.site, state=WorkState.SUCCESS, result={"count": 2})
    rows = plugin("GET", "/v1/system/tasks/").json["results"]
    assert [row["failed"] for row in rows if row["task_id"] == str(whole.id)] == [0]


def test_a_waiting_run_is_cancelled_and_can_be_retried(plugin):
    run = make_run(plugin.site)
    assert plugin("POST", f"{RUNS}{run.id}/cancel/").status_code == 202
    assert plugin("GET", f"{RUNS}{run.id}/status/").json["state"] == "CANCELLED"
    assert plugin("POST", f"{RUNS}{run.id}/retry/").status_code == 202
    assert plugin("GET", f"{RUNS}{run.id}/status/").json["state"] == "PENDING"
    answer = plugin("POST", f"{RUNS}{run.id}/retry/")
    assert (answer.status_code, answer.json["code"]) == (409, "not_retryable")


def test_an_article_is_sent_once_and_followed(plugin):
    content = make_content(plugin.site)
    first = plugin("POST", PUBLISH, {"ids": [str(content.id)]})
    assert first.status_code == 202
    assert plugin("POST", PUBLISH, {"ids": [str(content.id)]}).json == first.json
    status = plugin("GET", first.json["status_url"]).json
    assert (status["function"], status["state"]) == ("publish", "PENDING")
    assert status["content_id"] == str(content.id)
    listed = plugin("GET", "/v1/publisher/deliveries/").json["results"]
    assert [row["content_id"] for row in listed] == [str(content.id)]
    shown = plugin("GET", f"/v1/writer/content/{content.id}/").json["content"]
    assert shown["delivery"]["id"] == first.json["task_id"]


def test_several_articles_are_followed_as_one(plugin):
    ids = [str(make_content(plugin.site).id) for _ in range(2)]
    answer = plugin("POST", PUBLISH, {"ids": ids}).json
    assert plugin("GET", answer["status_url"]).json["total"] == 2
    assert len(db.session.scalars(db.select(Delivery)).all()) == 2


def test_a_foreign_article_is_not_sent(plugin, other_plugin):
    foreign = make_content(other_plugin.site)
    answer = plugin("POST", PUBLISH, {"ids": [str(foreign.id)]})
    assert answer.status_code == 404
    assert db.session.scalars(db.select(Delivery)).all() == []


def test_an_article_is_listed_read_changed_and_deleted(plugin):
    content = make_content(plugin.site, html="<h2>One</h2><p>Two words</p>")
    path = f"/v1/writer/content/{content.id}/"
    listed = plugin("GET", "/v1/writer/content/").json["results"][0]
    assert "html" not in listed
    assert (listed["sandbox"], listed["delivery"], listed["featured_image"]) == (False, None, None)
    shown = plugin("GET", path).json["content"]
    assert shown["html"].startswith("<h2>")
    assert "<!-- wp:heading" in shown["blocks"]

    dirty = '<h2 onclick="x()">New</h2><p>three new words<script>bad()</script></p>'
    changed = plugin("PATCH", path, {"html": dirty, "status": "approved"}).json["content"]
    assert "onclick" not in changed["html"]
    assert "script" not in changed["html"]
    assert "three new words" in changed["html"]
    assert changed["status"] == "approved"
    assert plugin("PATCH", path, {"status": "published"}).status_code == 422
    assert plugin("DELETE", path).status_code == 200
    assert db.session.get(Content, content.id) is None


def test_an_article_on_its_way_cannot_be_deleted(plugin):
    content = make_content(plugin.site)
    plugin("POST", PUBLISH, {"ids": [str(content.id)]})
    answer = plugin("DELETE", f"/v1/writer/content/{content.id}/")
    assert (answer.status_code, answer.json["code"]) == (409, "content_delivered")


def test_usage_sums_runs_and_admits_unknown_prices(plugin):
    make_run(plugin.site, credits=3, tokens=100, cost_usd="0.5", state=WorkState.SUCCESS)
    make_run(plugin.site, function_name="generate_images", tokens=5, state=WorkState.SUCCESS)
    usage = plugin("GET", "/v1/system/usage/").json
    assert usage["total"] == {"runs": 2, "credits": 3, "tokens": 105, "cost_usd": None}
    assert usage["functions"][0]["cost_usd"] == 0.5


CLUSTER = "/v1/planner/keywords/auto_cluster/"
PLAN = "/v1/planner/clusters/auto_generate_ideas/"


def add_keywords(site, count, **columns):
    owner = {"account_id": site.account_id, "site_id": site.id, **columns}
    rows = [Keyword(**owner, keyword=f"keyword {uuid.uuid4()}") for _ in range(count)]
    db.session.add_all(rows)
    db.session.commit()


def add_cluster(site):
    cluster = Cluster(account_id=site.account_id, site_id=site.id, name=uuid.uuid4().hex)
    db.session.add(cluster)
    db.session.commit()
    add_keywords(site, 1, cluster_id=cluster.id)
    return cluster


def test_all_keywords_without_cluster_are_taken_by_one_word(plugin, other_plugin):
    add_keywords(plugin.site, 150)
    add_cluster(plugin.site)
    add_keywords(other_plugin.site, 3)
    answer = plugin("POST", CLUSTER, {"select": "unclustered"})
    assert answer.status_code == 202
    run = db.session.get(AITaskLog, uuid.UUID(answer.json["task_id"]))
    assert len(run.payload["ids"]) == 150
    assert plugin("POST", CLUSTER, {"select": "unclustered"}).json["task_id"] == str(run.id)


def test_all_clusters_without_ideas_are_taken_by_one_word(plugin):
    planned, fresh = add_cluster(plugin.site), add_cluster(plugin.site)
    idea = {"title": "x", "cluster_id": str(planned.id)}
    plugin("POST", "/v1/planner/ideas/", {"items": [idea]})
    plugin("POST", "/v1/planner/clusters/", {"items": [{"name": "Without keywords"}]})
    options = {"ideas_per_cluster": 5}
    answer = plugin("POST", PLAN, {"select": "without_ideas", "options": options})
    run = db.session.get(AITaskLog, uuid.UUID(answer.json["task_id"]))
    assert run.payload["ids"] == [str(fresh.id)]
    assert run.payload["options"]["ideas_per_cluster"] == 5


@pytest.mark.parametrize(("count", "code"), [(0, "nothing_selected"), (5001, "too_many_selected")])
def test_a_selection_of_nothing_or_far_too_much_is_refused(plugin, count, code):
    add_keywords(plugin.site, count)
    answer = plugin("POST", CLUSTER, {"select": "unclustered"})
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert "select" in answer.json["fields"]
    assert db.session.scalars(db.select(AITaskLog)).all() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ids"),
        ({"select": "everything"}, "select"),
        ({"select": ["unclustered"]}, "select"),
        ({"select": None}, "select"),
        ({"ids": [str(uuid.uuid4()) for _ in range(101)]}, "ids"),
    ],
)
@pytest.mark.parametrize("path", [CLUSTER, PLAN])
def test_a_request_names_ids_or_its_own_selection(plugin, path, body, field):
    answer = plugin("POST", path, body)
    assert answer.status_code == 422
    assert field in answer.json["fields"]


def test_ids_and_a_selection_together_are_refused(plugin):
    answer = plugin("POST", CLUSTER, {"ids": [str(uuid.uuid4())], "select": "unclustered"})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["ids"])


def test_ten_thousand_ids_are_refused_at_the_door(plugin):
    answer = plugin("POST", CLUSTER, {"ids": [str(uuid.uuid4()) for _ in range(10_000)]})
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["ids"])
