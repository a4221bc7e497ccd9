"""Names that are kept with articles: told, and forgotten."""

import json

from igny8_flask.db import db, utcnow
from igny8_flask.models import Content, ContentVersion, Delivery, VersionOrigin, WorkState
from tests.factories import make_content

PEOPLE = "/v1/sites/me/people/"
ANNA = "Anna O'Neil"


def mention(site, name, title="On soil"):
    content = make_content(
        site,
        title=title,
        version_author=name,
        version_at=utcnow(),
        wp_changed_by=name,
        wp_changed_at=utcnow(),
    )
    owner = {"account_id": site.account_id, "site_id": site.id, "content_id": content.id}
    version = {"number": 1, "origin": VersionOrigin.EDITED, "made_at": utcnow()}
    db.session.add(ContentVersion(**owner, **version, author=name, title="Old", html="<p>x</p>"))
    choice = {"reason": "wp_changed", "who": name}
    db.session.add(
        Delivery(
            **owner,
            state=WorkState.FAILURE,
            work_key=title,
            error="Somebody changed it.",
            error_code="wp_changed",
            result={"choice": choice},
            receipt={"theirs": {"content": "x", "modified_by": name}},
            finished_at=utcnow(),
        )
    )
    db.session.commit()


def told(plugin, name, page=1):
    answer = plugin("POST", PEOPLE, {"name": name, "page": page})
    assert answer.status_code == 200
    return answer.json


def everything_kept():
    db.session.expire_all()
    kept = []
    for model in (Content, ContentVersion, Delivery):
        for row in db.session.scalars(db.select(model)):
            kept.append({name.key: str(getattr(row, name.key)) for name in model.__mapper__.attrs})
    return json.dumps(kept)


def test_a_person_reads_where_their_name_stands(plugin):
    mention(plugin.site, ANNA)
    mention(plugin.site, "Anna", "On sand")
    found = told(plugin, ANNA)
    assert found["count"] == 4
    assert sorted(row["what"] for row in found["results"]) == [
        "delivery",
        "post",
        "version",
        "version",
    ]
    assert {row["title"] for row in found["results"]} == {"On soil"}
    assert all(row["at"] for row in found["results"])


def test_a_forgotten_name_stands_nowhere_and_others_stay(plugin, other_plugin):
    mention(plugin.site, ANNA)
    mention(plugin.site, "Bob", "On sand")
    mention(other_plugin.site, ANNA, "Elsewhere")
    assert plugin("POST", f"{PEOPLE}forget/", {"name": ANNA}).json["removed"] == 4
    assert told(plugin, ANNA)["count"] == 0
    assert told(plugin, "Bob")["count"] == 4
    assert told(other_plugin, ANNA)["count"] == 4
    assert plugin("POST", f"{PEOPLE}forget/", {"name": ANNA}).json["removed"] == 0
    other_plugin("POST", f"{PEOPLE}forget/", {"name": ANNA})
    assert ANNA not in everything_kept()
    assert "wp_changed" in everything_kept()


def test_many_places_come_by_the_hundred(plugin):
    for number in range(30):
        mention(plugin.site, ANNA, f"On soil {number:02}")
    pages = [told(plugin, ANNA, page)["results"] for page in (1, 2)]
    assert [len(page) for page in pages] == [100, 20]
    assert len({tuple(row.items()) for page in pages for row in page}) == 120


def test_a_name_is_needed(plugin):
    for body in ({}, {"name": ""}, {"name": " "}, {"name": 7}):
        assert plugin("POST", PEOPLE, body).status_code == 422
        assert plugin("POST", f"{PEOPLE}forget/", body).status_code == 422
