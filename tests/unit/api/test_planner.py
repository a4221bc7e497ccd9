"""Keywords, clusters and ideas over HTTP."""

import uuid

import pytest

from igny8_flask.db import db
from igny8_flask.models import Keyword

KEYWORDS = "/v1/planner/keywords/"
CLUSTERS = "/v1/planner/clusters/"
IDEAS = "/v1/planner/ideas/"


def add_keywords(plugin, *keywords):
    items = [{"keyword": keyword} for keyword in keywords]
    return plugin("POST", KEYWORDS, {"items": items})


def import_text(plugin, text, query=""):
    data = text if isinstance(text, bytes) else text.encode()
    return plugin("POST", f"{KEYWORDS}import/{query}", data=data, content_type="text/csv")


def test_keywords_are_added_once(plugin):
    first = add_keywords(plugin, "soil ph", "  soil   ph ", "compost")
    assert first.status_code == 201
    assert [row["keyword"] for row in first.json["results"]] == ["soil ph", "compost"]
    second = add_keywords(plugin, "compost", "mulch")
    assert [row["keyword"] for row in second.json["results"]] == ["mulch"]
    assert second.json["known"] == ["compost"]
    assert plugin("GET", KEYWORDS).json["count"] == 3


def test_two_sites_may_have_the_same_keyword(plugin, other_plugin):
    assert add_keywords(plugin, "soil").status_code == 201
    assert len(add_keywords(other_plugin, "soil").json["results"]) == 1


def test_a_pasted_list_is_imported_with_a_report_a_line(plugin):
    add_keywords(plugin, "old")
    answer = import_text(plugin, "new one\n\nold\nnew one\n" + "x" * 501 + "\n").json
    assert [(line["line"], line["state"]) for line in answer["lines"]] == [
        (1, "added"),
        (3, "known"),
        (4, "known"),
        (5, "refused"),
    ]
    assert (answer["added"], answer["known"], answer["refused"]) == (1, 2, 1)
    assert plugin("GET", KEYWORDS).json["count"] == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_an_export_of_a_keyword_tool_is_understood(plugin, delimiter):
    head = delimiter.join(["Keyword", "Trend", "Search Volume", "KD %", "Intent"])
    good = delimiter.join(
        ['"soil, ph"' if delimiter == "," else "soil, ph", "up", "1'200", "35", "x"]
    )
    bad = delimiter.join(["mulch", "up", "5", "101", ""])
    answer = import_text(plugin, f"\ufeff{head}\r\n{good}\r\n{bad}\r\n").json
    assert [line["state"] for line in answer["lines"]] == ["added", "refused"]
    assert "difficulty" in answer["lines"][1]["message"]
    row = plugin("GET", KEYWORDS).json["results"][0]
    assert (row["keyword"], row["volume"], row["difficulty"]) == ("soil, ph", 1200, 35)


def test_the_titles_above_the_names_of_columns_are_told_and_not_added(plugin):
    titles = "Keyword Stats 2026-11-01\nNovember 1, 2025 - October 31, 2026\n"
    table = "Keyword\tCurrency\tAvg. monthly searches\nsoil ph\tEUR\t5000\n"
    answer = import_text(plugin, titles + table).json
    told = [(line["line"], line["state"]) for line in answer["lines"]]
    assert told == [(1, "refused"), (2, "refused"), (4, "added")]
    (row,) = plugin("GET", KEYWORDS).json["results"]
    assert (row["keyword"], row["volume"]) == ("soil ph", 5000)


@pytest.mark.parametrize("text", ["seo\nkeyword\nads\n", "seo;5\nkeyword;volume\nads;7\n"])
def test_words_that_could_name_columns_are_keywords_below_other_keywords(plugin, text):
    import_text(plugin, text)
    listed = {row["keyword"] for row in plugin("GET", KEYWORDS).json["results"]}
    assert {"seo", "ads"} <= listed


def test_a_preview_writes_nothing(plugin):
    assert import_text(plugin, "a\nb", "?preview=1").json["added"] == 2
    assert plugin("GET", KEYWORDS).json["count"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"\xff\xfe\x00", 400),
        (b"a\x00b", 400),
        (b"a\n" * 10_001, 422),
        ((b"k" * 140_000), 422),
        (b'"never closed', 200),
        (b"", 200),
    ],
)
def test_a_file_that_is_none_never_ends_in_a_fault(plugin, body, status):
    assert import_text(plugin, body).status_code == status


def test_formulas_stay_texts(plugin):
    import_text(plugin, "=1+1\n@sum\n+x\n-y")
    listed = {row["keyword"] for row in plugin("GET", KEYWORDS).json["results"]}
    assert listed == {"=1+1", "@sum", "+x", "-y"}


def test_a_formula_that_an_export_disarmed_is_known_again(plugin):
    add_keywords(plugin, "=1+1", "'tis the season")
    answer = import_text(plugin, '"\'=1+1","5"\r\n"\'tis the season",""\r\n').json
    assert (answer["known"], answer["added"]) == (2, 0)


def test_a_keyword_moves_between_clusters_of_its_own_site_only(plugin, other_plugin):
    own = plugin("POST", CLUSTERS, {"items": [{"name": "Soil"}]}).json["results"][0]["id"]
    foreign = other_plugin("POST", CLUSTERS, {"items": [{"name": "Soil"}]}).json["results"][0]["id"]
    keyword = add_keywords(plugin, "soil ph").json["results"][0]["id"]
    path = f"{KEYWORDS}{keyword}/"
    assert plugin("PATCH", path, {"cluster_id": own}).json["keyword"]["cluster_id"] == own
    assert plugin("PATCH", path, {"cluster_id": foreign}).status_code == 404
    assert plugin("GET", f"{CLUSTERS}{own}/").json["cluster"]["keyword_count"] == 1
    assert plugin("GET", f"{KEYWORDS}?cluster_id={own}").json["count"] == 1
    assert plugin("DELETE", f"{CLUSTERS}{own}/").status_code == 200
    assert plugin("GET", path).json["keyword"]["cluster_id"] is None


def test_a_cluster_name_is_taken_once_per_site(plugin):
    assert plugin("POST", CLUSTERS, {"items": [{"name": "Soil"}]}).status_code == 201
    again = plugin("POST", CLUSTERS, {"items": [{"name": "Other"}, {"name": "Soil"}]})
    assert (again.status_code, again.json["code"]) == (409, "cluster_taken")
    assert plugin("POST", CLUSTERS, {"items": [{"name": "sOIL"}]}).status_code == 409
    listed = plugin("GET", CLUSTERS).json
    assert listed["count"] == 1, "all or none"
    other = plugin("POST", CLUSTERS, {"items": [{"name": "Mulch"}]}).json["results"][0]["id"]
    renamed = plugin("PATCH", f"{CLUSTERS}{other}/", {"name": "SOIL"})
    assert (renamed.status_code, renamed.json["code"]) == (409, "cluster_taken")


def test_an_idea_becomes_one_task_however_often_it_is_pressed(plugin):
    outline = [{"heading": "Why", "key_points": ["a", "b"]}]
    item = {"title": "Soil for roses", "outline": outline, "target_keywords": ["soil"]}
    idea = plugin("POST", IDEAS, {"items": [item]}).json["results"][0]["id"]
    first = plugin("POST", f"{IDEAS}create_tasks/", {"ids": [idea]})
    assert first.status_code == 201
    assert first.json["results"][0]["title"] == "Soil for roses"
    assert first.json["results"][0]["keywords"] == ["soil"]
    second = plugin("POST", f"{IDEAS}create_tasks/", {"ids": [idea]})
    assert second.json["results"][0]["id"] == first.json["results"][0]["id"]
    assert plugin("GET", f"{IDEAS}{idea}/").json["idea"]["status"] == "used"
    assert plugin("DELETE", f"{IDEAS}{idea}/").status_code == 200
    assert plugin("GET", "/v1/writer/tasks/").json["count"] == 1


def test_ideas_of_unknown_ids_become_nothing(plugin):
    idea = plugin("POST", IDEAS, {"items": [{"title": "x"}]}).json["results"][0]["id"]
    answer = plugin("POST", f"{IDEAS}create_tasks/", {"ids": [idea, str(uuid.uuid4())]})
    assert answer.status_code == 404
    assert plugin("GET", "/v1/writer/tasks/").json["count"] == 0


@pytest.mark.parametrize("path", [KEYWORDS, CLUSTERS, IDEAS])
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_foreign_rows_do_not_exist(plugin, other_plugin, path, method):
    name = {KEYWORDS: "keyword", CLUSTERS: "name", IDEAS: "title"}[path]
    foreign = other_plugin("POST", path, {"items": [{name: "x"}]}).json["results"][0]["id"]
    change = {"sector": "s"} if path != IDEAS else {"title": "s"}
    body = change if method == "PATCH" else None
    bodies = []
    for row_id in (foreign, uuid.uuid4()):
        answer = plugin(method, f"{path}{row_id}/", body)
        assert answer.status_code == 404
        bodies.append({**answer.json, "request_id": ""})
    assert bodies[0] == bodies[1]
    assert plugin("GET", path).json["count"] == 0


def test_a_keyword_is_deleted(plugin):
    keyword = add_keywords(plugin, "x").json["results"][0]["id"]
    assert plugin("DELETE", f"{KEYWORDS}{keyword}/").status_code == 200
    assert db.session.scalars(db.select(Keyword)).all() == []


def test_a_keyword_given_to_a_cluster_is_mapped_and_free_again_without(plugin):
    cluster = plugin("POST", CLUSTERS, {"items": [{"name": "Soil"}]}).json["results"][0]["id"]
    item = {"keyword": "garden soil", "cluster_id": cluster}
    row = plugin("POST", KEYWORDS, {"items": [item]}).json["results"][0]
    assert row["status"] == "mapped"
    row = plugin("PATCH", f"{KEYWORDS}{row['id']}/", {"cluster_id": None}).json["keyword"]
    assert row["status"] == "new"
