"""What the lists tell beside the rows themselves, so that a screen needs one call."""

from igny8_flask.db import db
from igny8_flask.models import AITaskLog, Image, Keyword, WorkState
from tests.factories import make_content, make_task


def add_runs(site):
    for state in WorkState:
        run = AITaskLog(
            account_id=site.account_id,
            site_id=site.id,
            function_name="generate_content",
            work_key=state.value,
            state=state,
        )
        db.session.add(run)
    db.session.commit()


def test_live_runs_are_found_in_one_call(plugin):
    add_runs(plugin.site)
    live = plugin("GET", "/v1/system/tasks/?live=true").json
    assert {run["state"] for run in live["results"]} == {"PENDING", "PROGRESS"}
    assert live["count"] == 4
    ended = plugin("GET", "/v1/system/tasks/?live=false").json
    assert {run["state"] for run in ended["results"]} == {"SUCCESS", "FAILURE", "CANCELLED"}


def test_a_task_tells_its_outline_and_whether_its_article_is_a_stand_in(plugin):
    outline = [{"heading": "Soil", "key_points": ["drainage"]}]
    task = make_task(plugin.site, outline=outline)
    make_content(plugin.site, task_id=task.id, provenance={"sandbox": True})
    row = plugin("GET", "/v1/writer/tasks/").json["results"][0]
    assert row["outline"] == outline
    assert row["content"]["sandbox"] is True


def test_keywords_name_their_cluster_and_are_found_by_intent(plugin):
    cluster = plugin("POST", "/v1/planner/clusters/", {"items": [{"name": "Soil"}]}).json
    items = [
        {
            "keyword": "buy soil",
            "intent": "Transactional",
            "cluster_id": cluster["results"][0]["id"],
        },
        {"keyword": "what is soil", "intent": "informational"},
    ]
    plugin("POST", "/v1/planner/keywords/", {"items": items})
    rows = plugin("GET", "/v1/planner/keywords/?intent=transactional").json["results"]
    assert [(row["keyword"], row["cluster_name"]) for row in rows] == [("buy soil", "Soil")]
    others = plugin("GET", "/v1/planner/keywords/?intent=informational").json["results"]
    assert others[0].get("cluster_name") is None


def test_an_image_names_its_article_and_the_task_that_makes_it_anew(plugin):
    task = make_task(plugin.site)
    content = make_content(plugin.site, task_id=task.id, title="On soil")
    owner = {"account_id": plugin.site.account_id, "site_id": plugin.site.id}
    db.session.add(Image(**owner, content_id=content.id, prompt="A spade"))
    db.session.commit()
    row = plugin("GET", "/v1/writer/images/").json["results"][0]
    assert (row["content_title"], row["task_id"]) == ("On soil", str(task.id))


def test_a_quote_is_given_for_all_unclustered_keywords(plugin):
    owner = {"account_id": plugin.site.account_id, "site_id": plugin.site.id}
    db.session.add_all(Keyword(**owner, keyword=f"soil {n}") for n in range(150))
    db.session.commit()
    body = {"function": "auto_cluster", "select": "unclustered"}
    quote = plugin("POST", "/v1/system/estimate/", body)
    assert quote.status_code == 200
    assert quote.json["cost_usd"]["high"] > 0
    body = {"function": "auto_cluster", "select": "without_ideas"}
    assert list(plugin("POST", "/v1/system/estimate/", body).json["fields"]) == ["select"]
