"""Two people who change the same row: the second is told, and nothing is lost."""

import threading

import pytest

from igny8_flask.db import db
from igny8_flask.models import Cluster, ContentIdea, Image, Keyword
from tests.factories import make_content, make_task

KINDS = {
    "/v1/planner/keywords/": ("intent", "buy", "learn", {"volume": 7}),
    "/v1/planner/clusters/": ("name", "Beds", "Soil", {"description": "All of it."}),
    "/v1/planner/ideas/": ("target_keywords", ["bed"], ["soil"], {"word_count": 900}),
    "/v1/writer/tasks/": ("title", "Mulch", "Compost", {"keywords": ["mulch"]}),
    "/v1/writer/images/": ("alt", "A spade", "A fork", {"caption": "In the shed"}),
}


def add_one(site, path):
    owner = {"account_id": site.account_id, "site_id": site.id}
    if "tasks" in path:
        return make_task(site).id
    if "images" in path:
        row = Image(**owner, content_id=make_content(site).id)
    elif "keywords" in path:
        row = Keyword(**owner, keyword="raised bed")
    else:
        row = Cluster(**owner, name="A") if "clusters" in path else ContentIdea(**owner, title="A")
    db.session.add(row)
    db.session.commit()
    return row.id


def one_of(answer):
    return next(value for value in answer.json.values() if isinstance(value, dict))


@pytest.mark.parametrize("path", KINDS)
def test_the_second_of_two_is_told_and_the_first_stays(plugin, path):
    name, first, second, other = KINDS[path]
    address = f"{path}{add_one(plugin.site, path)}/"
    seen = {name: one_of(plugin("GET", address))[name]}
    assert plugin("PATCH", address, {name: first, "seen": seen}).status_code == 200
    refused = plugin("PATCH", address, {name: second, "seen": seen})
    assert (refused.status_code, refused.json["code"]) == (409, "row_stale")
    assert list(refused.json["fields"]) == [name]
    assert one_of(plugin("GET", address))[name] == first
    beside = {part: one_of(plugin("GET", address))[part] for part in other}
    assert plugin("PATCH", address, {**other, "seen": {**beside, **seen}}).status_code == 200
    kept = one_of(plugin("GET", address))
    assert {part: kept[part] for part in (name, *other)} == {name: first, **other}
    assert plugin("PATCH", address, {name: second, "seen": {name: first}}).status_code == 200


@pytest.mark.parametrize("path", KINDS)
def test_what_was_seen_alone_changes_nothing_and_is_no_part_of_a_new_row(plugin, path):
    address = f"{path}{add_one(plugin.site, path)}/"
    assert plugin("PATCH", address, {"seen": {}}).status_code == 422
    assert plugin("PATCH", address, {"seen": {"site_id": "x"}}).status_code == 422
    if "images" not in path:
        item = {"title": "x", "name": "x", "keyword": "x", "seen": {}}
        assert plugin("POST", path, {"items": [item]}).status_code == 422


def test_of_many_at_once_one_gets_through(plugin):
    address = f"/v1/writer/tasks/{add_one(plugin.site, '/v1/writer/tasks/')}/"
    seen = {"title": one_of(plugin("GET", address))["title"]}
    start, states = threading.Barrier(6), []

    def save(number):
        start.wait()
        states.append(plugin("PATCH", address, {"title": f"By {number}", "seen": seen}).status_code)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == [200, *[409] * 5]
