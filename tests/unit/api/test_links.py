"""Internal links of an article: preview, choice, and taking them back."""

from typing import Any

import pytest

from igny8_flask import publishing, site_settings
from igny8_flask.db import db, utcnow
from igny8_flask.models import Cluster, Content, ContentIdea, Delivery, Site, SitePost
from tests.factories import make_content, make_task
from tests.unit.conftest import Caller

HTML = "<p>Good soil care pays.</p><p>So do red roses.</p><p>And garden beds.</p>"


def add(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def owner(site: Site) -> dict[str, Any]:
    return {"account_id": site.account_id, "site_id": site.id}


def live_post(site: Site, number: int, title: str, **more: Any) -> SitePost:
    url = f"{site.url}/{number}/"
    row = SitePost(
        **owner(site), post_id=number, url=url, title=title, seen_at=utcnow(), headings=[], **more
    )
    return add(row)  # type: ignore[no-any-return]


def published(site: Site, number: int, focus: str, **columns: Any) -> Content:
    link = f"{site.url}/{number}/"
    values = {"wp_post_id": number, "wp_link": link, "wp_status": "publish", **columns}
    return make_content(site, seo={"focus": focus}, **values)


def in_cluster(site: Site, cluster: Cluster, kind: str = "article") -> Any:
    idea = add(ContentIdea(**owner(site), title="Idea", cluster_id=cluster.id))
    return make_task(site, idea_id=idea.id, content_type=kind, keywords=[])


def links(plugin: Caller, content: Content) -> Any:
    return plugin("GET", f"/v1/writer/content/{content.id}/links/").json


def pairs(told: Any, name: str = "links") -> list[tuple[str, int]]:
    return [(link["phrase"], link["post_id"]) for link in told[name]]


def test_the_preview_is_what_the_document_holds(plugin: Caller) -> None:
    site = plugin.site
    live_post(site, 1, "Soil care")
    live_post(site, 2, "Garden Beds")
    content = make_content(site, html=HTML)
    told = links(plugin, content)
    assert pairs(told) == [("soil care", 1), ("garden beds", 2)]
    assert (told["enabled"], told["limit"], told["known_posts"]) == (True, 3, 2)
    document = publishing.document_of(site, content, site_settings.read(site)["publishing"])
    assert document["links"] == told["links"]
    assert f'<a href="{site.url}/1/">soil care</a>' in document["content"]


def test_no_limit_is_exceeded_and_zero_is_off(plugin: Caller) -> None:
    for number, title in enumerate(("Soil care", "Red roses", "Garden beds"), start=1):
        live_post(plugin.site, number, title)
    content = make_content(plugin.site, html=HTML)
    for limit in (0, 2):
        plugin("PATCH", "/v1/system/settings/", {"publishing": {"internal_links": limit}})
        assert len(links(plugin, content)["links"]) == limit
    too_many = {"publishing": {"internal_links": 11}}
    assert plugin("PATCH", "/v1/system/settings/", too_many).status_code == 422


def test_pillar_and_cluster_come_before_other_posts(plugin: Caller) -> None:
    site = plugin.site
    cluster = add(Cluster(**owner(site), name="Gardens"))
    live_post(site, 1, "Soil care")
    published(site, 2, "red roses")
    published(site, 3, "garden beds", task_id=in_cluster(site, cluster).id)
    pillar = in_cluster(site, cluster, "guide")
    html = HTML + "<p>Read on about lawn mowing.</p>"
    published(site, 4, "lawn mowing", task_id=pillar.id)
    content = make_content(site, html=html, task_id=in_cluster(site, cluster).id)
    order = []
    for limit in (1, 2, 3, 4):
        plugin("PATCH", "/v1/system/settings/", {"publishing": {"internal_links": limit}})
        order += [one for _, one in pairs(links(plugin, content)) if one not in order]
    assert order == [4, 3, 2, 1]


def test_only_live_posts_other_than_itself(plugin: Caller) -> None:
    site = plugin.site
    published(site, 1, "soil care", wp_status="trash")
    published(site, 2, "red roses", wp_status="draft")
    live_post(site, 3, "Garden beds")
    content = make_content(site, html=HTML, wp_post_id=3)
    assert links(plugin, content)["links"] == []


def test_single_links_and_all_of_them_can_be_left_out(plugin: Caller) -> None:
    site = plugin.site
    live_post(site, 1, "Soil care")
    live_post(site, 2, "Garden beds")
    content = make_content(site, html=HTML)
    route = f"/v1/writer/content/{content.id}/links/"
    told = plugin("PATCH", route, {"skip": [1, 99]}).json
    assert pairs(told) == [("garden beds", 2)]
    assert pairs(told, "skipped") == [("soil care", 1)]
    assert pairs(plugin("PATCH", route, {"skip": []}).json)[0] == ("soil care", 1)
    off = plugin("PATCH", route, {"enabled": False}).json
    assert (off["enabled"], off["links"]) == (False, [])
    assert plugin("PATCH", route, {"enabled": True}).json["links"] != []


def placed(number: int) -> dict[str, Any]:
    return {"placed": [{"post_id": number, "url": "u", "title": "t", "phrase": "p"}]}


def test_removal_sends_posts_anew_and_spares_what_people_changed(plugin: Caller) -> None:
    site = plugin.site
    held = published(site, 1, "a", links=placed(9))
    edited = published(
        site, 2, "b", links=placed(9), wp_changed_at=utcnow(), wp_changed_by="Ed", title="Edited"
    )
    bare = published(site, 3, "c")
    gone = published(site, 4, "d", links=placed(9), wp_status="trash")
    ids = [str(one.id) for one in (held, edited, bare, gone)]
    answer = plugin("POST", "/v1/publisher/links/remove/", {"ids": ids})
    assert answer.status_code == 202
    assert (answer.json["sent"], answer.json["left"]) == (1, 0)
    (told,) = answer.json["changed"]
    assert (told["title"], told["wp_changed_by"]) == ("Edited", "Ed")
    (delivery,) = db.session.query(Delivery).all()
    assert (delivery.content_id, delivery.options) == (
        held.id,
        {"status": "publish", "status_asked": False},
    )
    assert answer.json["status_url"].endswith(f"/deliveries/{delivery.id}/status/")
    assert all(one.links["off"] for one in (held, edited, bare, gone))


def test_removal_from_the_whole_site_takes_those_with_links(plugin: Caller) -> None:
    site = plugin.site
    for number in (1, 2):
        published(site, number, "a", links=placed(9))
    bare = published(site, 3, "c")
    answer = plugin("POST", "/v1/publisher/links/remove/", {"select": "all"}).json
    assert (answer["sent"], bare.links) == (2, {})
    assert "/v1/system/tasks/" in answer["status_url"], "one batch to follow"
    again = plugin("POST", "/v1/publisher/links/remove/", {"select": "all"}).json
    assert (again["sent"], again["task_id"]) == (0, None)


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"select": "some"}, {"select": "all", "ids": 1}])
def test_unclear_removals_are_refused(plugin: Caller, body: dict[str, Any]) -> None:
    assert plugin("POST", "/v1/publisher/links/remove/", body).status_code == 422


def test_foreign_articles_are_not_found(plugin: Caller, app: Any) -> None:
    from tests.factories import make_site

    content = make_content(make_site().site, html=HTML)
    route = f"/v1/writer/content/{content.id}/links/"
    assert plugin("GET", route).status_code == 404
    assert plugin("PATCH", route, {"enabled": False}).status_code == 404
    assert (
        plugin("POST", "/v1/publisher/links/remove/", {"ids": [str(content.id)]}).status_code == 404
    )
