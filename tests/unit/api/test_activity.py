"""Runs and deliveries in one list, with words for people."""

import uuid

from igny8_flask.db import db
from igny8_flask.models import AITaskLog, Cluster, Delivery, DeliveryKind, Keyword, WorkState
from tests.factories import make_content, make_task
from tests.statements import asked

ACTIVITY = "/v1/system/activity/"


def add_run(site, function, ids, state=WorkState.SUCCESS, **columns):
    values = {
        "payload": {"ids": [str(one) for one in ids], "options": columns.pop("options", {})},
        "work_key": uuid.uuid4().hex,
        **columns,
    }
    run = AITaskLog(
        account_id=site.account_id, site_id=site.id, function_name=function, state=state, **values
    )
    db.session.add(run)
    db.session.commit()
    return run


def add_delivery(site, content, state=WorkState.SUCCESS, **columns):
    delivery = Delivery(
        account_id=site.account_id,
        site_id=site.id,
        content_id=content.id,
        state=state,
        work_key=str(content.id),
        **columns,
    )
    db.session.add(delivery)
    db.session.commit()
    return delivery


def listed(plugin, query=""):
    return plugin("GET", ACTIVITY + query).json["results"]


def test_all_work_is_named_after_what_it_is_about(plugin):
    site = plugin.site
    owner = {"account_id": site.account_id, "site_id": site.id}
    task, content = make_task(site, title="Mulch"), make_content(site, title="On soil")
    cluster, keyword = Cluster(**owner, name="Beds"), Keyword(**owner, keyword="raised bed")
    db.session.add_all([cluster, keyword])
    db.session.commit()
    add_run(site, "generate_content", [task.id])
    add_run(site, "generate_content", [task.id], options={"proposal": True})
    add_run(site, "generate_images", [task.id])
    add_run(site, "generate_ideas", [cluster.id])
    add_run(site, "auto_cluster", [keyword.id])
    add_run(site, "auto_cluster", [keyword.id, cluster.id])
    add_run(site, "publish", [content.id], is_batch=True)
    add_delivery(site, content)
    add_delivery(site, content, kind=DeliveryKind.TRASH)
    rows = [
        (row["kind"], row["function"], row["title"], row["count"], row["proposal"])
        for row in listed(plugin)
    ]
    assert rows == [
        ("delivery", "trash", "On soil", 1, False),
        ("delivery", "publish", "On soil", 1, False),
        ("run", "publish", "", 1, False),
        ("run", "auto_cluster", "", 2, False),
        ("run", "auto_cluster", "raised bed", 1, False),
        ("run", "generate_ideas", "Beds", 1, False),
        ("run", "generate_images", "Mulch", 1, False),
        ("run", "generate_content", "Mulch", 1, True),
        ("run", "generate_content", "Mulch", 1, False),
    ]


def test_each_row_leads_to_its_status_and_a_delivery_to_its_article(plugin):
    site = plugin.site
    content = make_content(site)
    add_run(site, "auto_cluster", [])
    add_delivery(site, content, WorkState.FAILURE, error="No.", error_code="wp_auth")
    delivery, run = listed(plugin)
    assert plugin("GET", delivery["status_url"]).json["code"] == "wp_auth"
    assert plugin("GET", run["status_url"]).json["function"] == "auto_cluster"
    assert (delivery["content_id"], delivery["error"]) == (str(content.id), "No.")
    assert "content_id" not in run


def test_pages_cover_both_kinds_once_and_in_order(plugin):
    site = plugin.site
    wanted = []
    for _ in range(4):
        wanted.append(str(add_run(site, "auto_cluster", [make_task(site).id]).id))
        wanted.append(str(add_delivery(site, make_content(site)).id))
    found = []
    for page in (1, 2, 3):
        answer = plugin("GET", f"{ACTIVITY}?page_size=3&page={page}&ordering=created_at").json
        assert answer["count"] == 8
        found += [row["task_id"] for row in answer["results"]]
    assert found == wanted


def test_filters_narrow_the_list(plugin):
    site = plugin.site
    content = make_content(site, title="On soil")
    batch = add_run(site, "publish", [content.id], WorkState.RUNNING, is_batch=True)
    add_delivery(site, content, WorkState.PENDING, batch_id=batch.id)
    add_run(site, "auto_cluster", [], WorkState.FAILURE, error="No.")
    other = make_content(site, title="On sand")
    add_delivery(site, other, WorkState.FAILURE, error_code="wp_changed", result={"choice": {}})

    def names(query):
        return [(row["kind"], row["function"]) for row in listed(plugin, query)]

    assert names("?live=true") == [("run", "publish")]
    assert names("?live=false") == [("delivery", "publish"), ("run", "auto_cluster")]
    assert names("?state=PENDING") == [("delivery", "publish")]
    assert names("?function=publish&kind=run") == [("run", "publish")]
    assert names("?function=auto_cluster") == [("run", "auto_cluster")]
    assert names("?needs=retry") == [("run", "auto_cluster")]
    assert names("?needs=decision") == [("delivery", "publish")]
    assert names("?needs=redelivery") == []
    assert names("?search=sand") == [("delivery", "publish")]
    assert plugin("GET", f"{ACTIVITY}?needs=love").status_code == 422


def test_nothing_of_another_site_is_listed_or_named(plugin, other_plugin):
    theirs = make_task(other_plugin.site, title="Secret")
    add_run(other_plugin.site, "generate_content", [theirs.id])
    add_delivery(other_plugin.site, make_content(other_plugin.site))
    assert listed(plugin) == []
    add_run(plugin.site, "generate_content", [theirs.id])  # as after the task was deleted
    assert [row["title"] for row in listed(plugin)] == [""]


def test_a_page_takes_few_statements_however_long_it_is(plugin):
    for _ in range(10):
        add_run(plugin.site, "generate_content", [make_task(plugin.site).id])
        add_run(plugin.site, "auto_cluster", [make_task(plugin.site).id])
        add_delivery(plugin.site, make_content(plugin.site))
    listed(plugin)  # a key notes its use once an hour
    statements, _ = asked(lambda: listed(plugin, "?page_size=100"))
    assert len(statements) <= 8, "\n".join(statements)
