"""Pictures of an article: sizes, providers, refusals, broken bytes and trying again."""

import io
from typing import Any

import pytest
from PIL import Image as Picture
from sqlalchemy import select

from igny8_flask import runs, site_settings
from igny8_flask.ai.functions.generate_images import GenerateImagesFunction
from igny8_flask.db import db
from igny8_flask.errors import ConflictError, InputError
from igny8_flask.models import (
    AITaskLog,
    Content,
    Image,
    ImageFile,
    ImageKind,
    Site,
    Task,
    WorkState,
)
from tests.factories import make_content, make_task
from tests.integration.jobs_by_hand import admit_all, execute, run_next
from tests.lab.services import Sandbox

HTML = (
    "<h2>Why soil matters</h2><p>Roots need air.</p>"
    "<h2>What to buy</h2><p>Compost.</p><h2>When to water</h2><p>At dawn.</p>"
)
PROVIDERS = ["openai", "runware"]
PLAIN = {"images": True, "publish": False}


@pytest.fixture
def article(site: Site) -> Content:
    task = make_task(site, title="Soil for raised beds")
    return make_content(site, task_id=task.id, title="Soil for raised beds", html=HTML)


def choose(site: Site, **settings: Any) -> None:
    site_settings.update(site, {"image_generation": settings})


def draw(site: Site, article: Content) -> AITaskLog:
    assert article.task_id
    runs.submit(site, "generate_images", [article.task_id], PLAIN)
    return next_run()


def next_run() -> AITaskLog:
    done = run_next()
    assert isinstance(done, AITaskLog)
    return done


def slots() -> dict[tuple[str, int], Image]:
    rows = db.session.scalars(select(Image).execution_options(populate_existing=True))
    return {(image.kind.value, image.position): image for image in rows}


def pictures_paid(sandbox: Sandbox) -> int:
    return len([e for e in sandbox.journal() if e["billed"] and "chat" not in e["path"]])


def texts_paid(sandbox: Sandbox) -> int:
    return len([e for e in sandbox.journal() if e["billed"] and "chat" in e["path"]])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_size_that_is_switched_on_is_drawn(
    provider: str, site: Site, article: Content, sandbox: Sandbox
) -> None:
    choose(site, provider=provider, in_article_images=2, mobile_images=True)
    done = draw(site, article)
    assert done.state is WorkState.SUCCESS, done.error
    assert done.result == {
        "content_id": str(article.id),
        "images": 5,
        "failed": 0,
        "warnings": [],
    }
    found = slots()
    assert set(found) == {
        ("featured", 0),
        ("desktop", 1),
        ("mobile", 1),
        ("desktop", 2),
        ("mobile", 2),
    }
    assert found["desktop", 2].heading == found["mobile", 2].heading == "What to buy"
    assert found["featured", 0].alt == "Illustration for the article Soil for raised beds"
    assert all(image.alt and image.alt != image.prompt for image in found.values())
    models = {image.provenance["model"] for image in found.values()}
    assert models == {"gpt-image-2.5-flare" if provider == "openai" else "runware:101@1"}
    assert pictures_paid(sandbox) == 5
    for image in found.values():
        file = db.session.get_one(ImageFile, (site.account_id, image.sha256))
        with Picture.open(io.BytesIO(file.data)) as opened:
            assert opened.format == "WEBP"
            assert (opened.width > opened.height) == (image.kind is not ImageKind.MOBILE)
            assert not opened.getexif()


def test_what_is_switched_off_is_not_drawn(site: Site, article: Content, sandbox: Sandbox) -> None:
    choose(site, featured=False, in_article_images=1)
    assert draw(site, article).state is WorkState.SUCCESS
    assert set(slots()) == {("desktop", 1)}
    assert pictures_paid(sandbox) == 1


def test_nothing_switched_on_is_told_before_money(
    site: Site, article: Content, sandbox: Sandbox
) -> None:
    choose(site, featured=False, in_article_images=0)
    failed = draw(site, article)
    assert (failed.state, failed.error_code) == (WorkState.FAILURE, "images_disabled")
    assert "settings" in str(failed.error)
    assert sandbox.journal() == []


def test_a_task_without_article_gets_no_pictures(site: Site, sandbox: Sandbox) -> None:
    task = make_task(site)
    with pytest.raises(InputError) as caught:
        runs.submit(site, "generate_images", [task.id], PLAIN)
    assert caught.value.code == "task_without_content"
    assert sandbox.journal() == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_refused_prompt_is_softened_once(
    provider: str, site: Site, article: Content, sandbox: Sandbox
) -> None:
    choose(site, provider=provider)
    sandbox.script({"fault": "moderation_blocked", "times": 1})
    assert draw(site, article).state is WorkState.SUCCESS
    (image,) = slots().values()
    assert image.prompt.startswith("A calm, abstract, family-friendly illustration")
    assert image.alt
    assert pictures_paid(sandbox) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_prompt_refused_twice_ends_in_words_and_can_be_tried_again(
    provider: str, site: Site, article: Content, sandbox: Sandbox
) -> None:
    choose(site, provider=provider)
    sandbox.script({"fault": "moderation_blocked", "times": 2})
    failed = draw(site, article)
    assert (failed.state, failed.error_code) == (WorkState.FAILURE, "provider_policy")
    assert pictures_paid(sandbox) == 0
    runs.retry(site, failed.id)
    assert next_run().state is WorkState.SUCCESS
    assert texts_paid(sandbox) == 1


@pytest.mark.parametrize("fault", ["invalid_bytes", "html_as_image", "bomb_pixels"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_one_broken_picture_fails_alone_and_a_retry_draws_it_alone(
    provider: str, fault: str, site: Site, article: Content, sandbox: Sandbox
) -> None:
    choose(site, provider=provider, in_article_images=2)
    sandbox.script({"fault": fault, "times": 1, "match": {"text": "Why soil matters"}})
    done = draw(site, article)
    assert done.state is WorkState.SUCCESS, done.error
    assert done.result
    assert (done.result["images"], done.result["failed"]) == (2, 1)
    assert "desktop image" in done.result["warnings"][0]
    first = slots()
    broken = {place for place, image in first.items() if image.state == "failed"}
    assert broken == {("desktop", 1)}
    assert first["desktop", 1].error
    kept = {place: image.sha256 for place, image in first.items() if place not in broken}
    before = pictures_paid(sandbox)

    runs.retry(site, done.id)
    again = next_run()
    assert again.state is WorkState.SUCCESS
    assert again.result
    assert (again.result["images"], again.result["failed"]) == (3, 0)
    assert pictures_paid(sandbox) - before == 1
    assert texts_paid(sandbox) == 1
    second = slots()
    assert second["desktop", 1].state == "generated"
    assert second["desktop", 1].error is None
    assert {place: second[place].sha256 for place in kept} == kept
    with pytest.raises(ConflictError):
        runs.retry(site, done.id)


def test_a_picture_that_stays_broken_fails_the_run_and_is_drawn_anew(
    site: Site, article: Content, sandbox: Sandbox
) -> None:
    sandbox.script({"fault": "invalid_bytes", "times": 2})
    failed = draw(site, article)
    assert (failed.state, failed.error_code) == (WorkState.FAILURE, "bad_image")
    runs.retry(site, failed.id)
    assert next_run().error_code == "bad_image"
    runs.retry(site, failed.id)
    assert next_run().state is WorkState.SUCCESS
    assert pictures_paid(sandbox) == 3
    assert texts_paid(sandbox) == 1


def test_a_provider_that_goes_away_loses_no_paid_picture(
    site: Site, article: Content, sandbox: Sandbox
) -> None:
    choose(site, in_article_images=2)
    sandbox.script({"fault": "server_500", "times": 9, "match": {"path": "images", "nth": [2, 3]}})
    waiting = draw(site, article)
    assert waiting.state is WorkState.PENDING
    waiting.not_before = None
    db.session.commit()
    while (done := next_run()).state is WorkState.PENDING:
        done.not_before = None
        db.session.commit()
    assert done.state is WorkState.SUCCESS
    assert len(slots()) == 3
    assert pictures_paid(sandbox) == 3
    assert texts_paid(sandbox) == 1


def test_a_section_without_planned_picture_is_told(
    site: Site, article: Content, sandbox: Sandbox
) -> None:
    choose(site, in_article_images=3)
    sandbox.script({"fault": "length_cut", "times": 9, "match": {"function": "image_prompts"}})
    done = draw(site, article)
    assert done.state is WorkState.SUCCESS, done.error
    assert done.result
    assert done.result["images"] < 4
    assert "No picture was planned for" in str(done.result["warnings"])


def test_the_same_bytes_are_stored_once(site: Site, sandbox: Sandbox) -> None:
    for _ in range(2):
        task = make_task(site, title="Twin")
        make_content(site, task_id=task.id, title="Twin", html="<p>Same.</p>")
        runs.submit(site, "generate_images", [task.id], PLAIN)
        next_run()
    hashes = [image.sha256 for image in db.session.scalars(select(Image))]
    files = db.session.scalars(select(ImageFile.sha256)).all()
    assert len(hashes) == 2
    assert set(hashes) == set(files)
    assert len(files) == len(set(hashes))


def test_a_retried_batch_repeats_only_what_failed(site: Site, sandbox: Sandbox) -> None:
    tasks = [make_task(site, title=f"Soil {number}") for number in range(3)]
    for task in tasks:
        make_content(site, task_id=task.id, title=task.title)
    sandbox.script({"fault": "invalid_bytes", "times": 1})
    batch = runs.submit(site, "generate_images", [task.id for task in tasks], PLAIN)
    for ticket in admit_all():
        execute(ticket)
    runs.sweep()
    assert runs.describe(runs.get(site.id, batch.id))["state"] == "FAILURE"
    assert runs.retry(site, batch.id).state is WorkState.RUNNING
    (ticket,) = admit_all()
    execute(ticket)
    runs.sweep()
    status = runs.describe(db.session.get_one(AITaskLog, batch.id, populate_existing=True))
    assert (status["state"], status["message"]) == ("SUCCESS", "3 of 3 done.")
    assert texts_paid(sandbox) == 3
    assert pictures_paid(sandbox) == 4
    with pytest.raises(ConflictError):
        runs.retry(site, batch.id)


def test_an_article_deleted_while_drawing_is_told(
    site: Site, article: Content, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = GenerateImagesFunction.parse_response

    def deleted_meanwhile(self: GenerateImagesFunction, *args: Any, **asked: Any) -> Any:
        db.session.delete(db.session.get_one(Content, article.id))
        db.session.commit()
        return parse(self, *args, **asked)

    monkeypatch.setattr(GenerateImagesFunction, "parse_response", deleted_meanwhile)
    failed = draw(site, article)
    assert (failed.state, failed.error_code) == (WorkState.FAILURE, "not_found")
    assert db.session.scalars(select(Task)).one()
