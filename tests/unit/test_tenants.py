"""A session shows and takes the rows of one site only, whichever way it is asked."""

import uuid

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased, selectinload

from igny8_flask.db import Base, db, upsert
from igny8_flask.models import (
    Account,
    BudgetCounter,
    Cluster,
    IntegrationSettings,
    Keyword,
    Site,
    SiteKey,
    Task,
)
from igny8_flask.tenants import Tenant, TenantError, TenantOwned, every_tenant, tenant, within
from tests.factories import make_content, make_site, make_task

TASKS = Task.__table__


@pytest.fixture
def mine(app) -> Site:
    return make_site().site


@pytest.fixture(params=["another account", "the same account"])
def foreign(request, mine) -> Site:
    """A site of somebody else, and one of the same account: equally foreign."""
    same = request.param == "the same account"
    return make_site(mine.account if same else None).site


@pytest.fixture
def task(foreign) -> Task:
    """A foreign task; the session has not loaded it."""
    made = make_task(foreign, title="foreign")
    db.session.expunge_all()
    return made


def owned_by(site: Site) -> dict[str, uuid.UUID]:
    return {"account_id": site.account_id, "site_id": site.id}


def as_tenant(site: Site):
    return tenant(site.account_id, site.id)


READS = {
    "entity": lambda _id: db.session.scalars(sa.select(Task)).all(),
    "column": lambda _id: db.session.scalars(sa.select(Task.title)).all(),
    "by id": lambda row_id: db.session.scalars(sa.select(Task).where(Task.id == row_id)).all(),
    "legacy query": lambda _id: db.session.query(Task).all(),
    "alias": lambda _id: db.session.scalars(sa.select(aliased(Task))).all(),
    "subquery": lambda _id: db.session.execute(sa.select(sa.select(Task.id).subquery().c.id)).all(),
    "common table": lambda _id: db.session.execute(sa.select(sa.select(Task.id).cte().c.id)).all(),
    "union": lambda _id: db.session.execute(
        sa.union_all(sa.select(Task.id), sa.select(Task.id))
    ).all(),
    "exists": lambda _id: db.session.scalars(
        sa.select(Site.id).where(sa.exists().where(Task.title == "foreign"))
    ).all(),
    "in": lambda _id: db.session.scalars(
        sa.select(Site.id).where(Site.id.in_(sa.select(Task.site_id)))
    ).all(),
    "join": lambda _id: db.session.execute(
        sa.select(Task.id).join(Site, Site.id == Task.site_id)
    ).all(),
    "count": lambda _id: [None] * db.session.scalar(sa.select(sa.func.count()).select_from(Task)),
    "count of a subquery": lambda _id: (
        [None]
        * db.session.scalar(sa.select(sa.func.count()).select_from(sa.select(Task).subquery()))
    ),
    "get": lambda row_id: [row for row in [db.session.get(Task, row_id)] if row],
    "get for update": lambda row_id: [
        row for row in [db.session.get(Task, row_id, with_for_update=True)] if row
    ],
    "site": lambda _id: db.session.scalars(sa.select(Site.id)).all()[1:],
    "keys": lambda _id: db.session.scalars(sa.select(SiteKey)).all()[1:],
}


@pytest.mark.parametrize("way", READS)
def test_no_way_of_reading_shows_a_foreign_row(mine, task, way):
    with every_tenant():
        assert READS[way](task.id)
    db.session.expunge_all()
    with as_tenant(mine):
        assert not READS[way](task.id)


@pytest.mark.parametrize("way", READS)
def test_every_way_of_reading_shows_the_tenants_own_rows(mine, way):
    task = make_task(mine, title="foreign")
    db.session.expunge_all()
    with every_tenant():
        seen = len(READS[way](task.id))
    db.session.expunge_all()
    with as_tenant(mine):
        assert len(READS[way](task.id)) == seen


CHANGES = {
    "update": lambda _id: db.session.execute(sa.update(Task).values(title="taken")),
    "update by id": lambda row_id: db.session.execute(
        sa.update(Task).where(Task.id == row_id).values(title="taken")
    ),
    "update without synchronizing": lambda _id: db.session.execute(
        sa.update(Task).values(title="taken").execution_options(synchronize_session=False)
    ),
    "delete": lambda _id: db.session.execute(sa.delete(Task)),
    "legacy update": lambda _id: db.session.query(Task).update({"title": "taken"}),
    "legacy delete": lambda _id: db.session.query(Task).delete(),
}


@pytest.mark.parametrize("way", CHANGES)
def test_no_bulk_change_reaches_a_foreign_row(mine, task, way):
    with as_tenant(mine):
        CHANGES[way](task.id)
        db.session.commit()
    assert db.session.scalars(sa.select(Task.title)).all() == ["foreign"]


ESCAPES = {
    "Core select": lambda _task: db.session.execute(sa.select(TASKS)),
    "Core update": lambda _task: db.session.execute(sa.update(TASKS).values(title="taken")),
    "Core delete": lambda _task: db.session.execute(sa.delete(TASKS)),
    "Core insert": lambda _task: db.session.execute(sa.insert(TASKS).values(id=uuid.uuid4())),
    "text": lambda _task: db.session.execute(sa.text("SELECT title FROM task")),
    "from_statement": lambda _task: db.session.scalars(
        sa.select(Task).from_statement(sa.text("SELECT * FROM task"))
    ),
    "connection": lambda _task: db.session.connection(),
    "bulk_update_mappings": lambda task: db.session.bulk_update_mappings(
        Task, [{"id": task.id, "title": "taken"}]
    ),
    "bulk_insert_mappings": lambda _task: db.session.bulk_insert_mappings(Task, []),
    "bulk_save_objects": lambda task: db.session.bulk_save_objects([task]),
    "update by primary key": lambda task: db.session.execute(
        sa.update(Task), [{"id": task.id, "title": "taken"}]
    ),
    "insert for another": lambda task: db.session.execute(
        sa.insert(Task).values(title="planted", account_id=task.account_id, site_id=task.site_id)
    ),
    "inserts for another": lambda task: db.session.execute(
        sa.insert(Task),
        [{"title": "planted", "account_id": task.account_id, "site_id": task.site_id}],
    ),
    "insert for nobody": lambda _task: db.session.execute(sa.insert(Task).values(title="planted")),
    "upsert for another": lambda task: db.session.execute(
        upsert(BudgetCounter)
        .values(key="x", account_id=task.account_id, site_id=task.site_id, used=1, unpriced=0)
        .on_conflict_do_nothing()
    ),
}


@pytest.mark.parametrize("way", ESCAPES)
def test_what_carries_no_tenant_is_refused(mine, task, way):
    with as_tenant(mine), pytest.raises(TenantError):
        ESCAPES[way](task)
    db.session.rollback()
    assert db.session.scalars(sa.select(Task.title)).all() == ["foreign"]


def test_of_several_rows_at_once_each_must_be_the_tenants(mine, foreign):
    def add(*owners: Site) -> None:
        rows = [{"id": uuid.uuid4(), "title": "x", **owned_by(owner)} for owner in owners]
        db.session.execute(upsert(Task).values(rows).on_conflict_do_nothing())

    with as_tenant(mine):
        add(mine, mine)
        with pytest.raises(TenantError):
            add(mine, foreign)
    assert db.session.scalars(sa.select(Task.site_id)).all() == [mine.id, mine.id]


def test_a_row_that_was_loaded_in_another_scope_is_not_given_out(mine, foreign):
    task = make_task(foreign)
    assert db.session.get(Task, task.id) is task
    with as_tenant(mine):
        assert db.session.get(Task, task.id) is None
        with pytest.raises(sa.exc.NoResultFound):
            db.session.get_one(Task, task.id)


def test_a_foreign_row_cannot_be_refreshed(mine, foreign):
    task = make_task(foreign)
    with as_tenant(mine), pytest.raises(TenantError):
        db.session.refresh(task)
    db.session.rollback()


def test_a_foreign_deferred_column_cannot_be_loaded(mine, foreign):
    content = make_content(foreign)
    db.session.expire(content, ["html"])
    with as_tenant(mine), pytest.raises(TenantError):
        assert content.html
    db.session.rollback()


def change(task: Task) -> None:
    task.title = "taken"


WRITES = {
    "change": change,
    "delete": lambda task: db.session.delete(task),  # noqa: PLW0108 - needs the application
    "add": lambda task: db.session.add(
        Task(title="planted", account_id=task.account_id, site_id=task.site_id)
    ),
    "add for nobody": lambda _task: db.session.add(Task(title="planted")),
}


@pytest.mark.parametrize("way", WRITES)
def test_no_flush_writes_a_foreign_row(mine, foreign, way):
    task = make_task(foreign, title="foreign")
    with as_tenant(mine):
        WRITES[way](task)
        with pytest.raises(TenantError):
            db.session.flush()
    db.session.rollback()
    assert db.session.scalars(sa.select(Task.title)).all() == ["foreign"]


def test_a_row_cannot_be_given_away_nor_taken(mine, foreign):
    own, theirs = make_task(mine), make_task(foreign)
    for task, to in ((own, foreign), (theirs, mine)):
        with as_tenant(mine):
            task.account_id, task.site_id = to.account_id, to.id
            with pytest.raises(TenantError):
                db.session.flush()
        db.session.rollback()


def test_a_foreign_parent_is_refused(mine, foreign):
    cluster = Cluster(name="Theirs", **owned_by(foreign))
    db.session.add(cluster)
    db.session.commit()
    with as_tenant(mine):
        db.session.add(Keyword(keyword="soil", cluster_id=cluster.id, **owned_by(mine)))
        with pytest.raises(sa.exc.IntegrityError, match=r"(?i)foreign key"):
            db.session.flush()
        db.session.rollback()


def test_relations_load_in_the_tenants_scope(mine):
    cluster = Cluster(name="Ours", **owned_by(mine))
    db.session.add(cluster)
    db.session.flush()
    db.session.add(Keyword(keyword="soil", cluster_id=cluster.id, **owned_by(mine)))
    db.session.commit()
    db.session.expunge_all()
    with as_tenant(mine):
        lazy = db.session.scalars(sa.select(Cluster)).one()
        assert [one.keyword for one in lazy.keywords] == ["soil"]
        db.session.expunge_all()
        eager = sa.select(Cluster).options(selectinload(Cluster.keywords))
        assert [one.keyword for one in db.session.scalars(eager).one().keywords] == ["soil"]


def test_a_site_sees_what_stands_for_its_whole_account(mine):
    sister, stranger = make_site(mine.account).site, make_site().site
    rows = [(mine, mine.id), (mine, None), (sister, sister.id), (stranger, None)]
    for site, site_id in rows:
        db.session.add(
            IntegrationSettings(
                account_id=site.account_id, site_id=site_id, integration_type="brand"
            )
        )
    db.session.commit()
    with as_tenant(mine):
        seen = db.session.scalars(sa.select(IntegrationSettings)).all()
    assert {(row.account_id, row.site_id) for row in seen} == {
        (mine.account_id, mine.id),
        (mine.account_id, None),
    }


def test_a_tenant_sees_its_own_account_alone(mine):
    make_site()
    with as_tenant(mine):
        assert db.session.scalars(sa.select(Account.id)).all() == [mine.account_id]


def test_the_same_statement_serves_one_tenant_after_another(mine, foreign):
    statement = sa.select(Task.title)
    make_task(mine, title="mine")
    make_task(foreign, title="foreign")
    for _again in range(3):
        for site, title in ((mine, "mine"), (foreign, "foreign")):
            with as_tenant(site):
                assert db.session.scalars(statement).all() == [title]


@pytest.mark.parametrize("way", [*READS, *CHANGES])
def test_without_a_scope_nothing_is_read_or_changed(mine, way):
    with within(None), pytest.raises(TenantError):
        {**READS, **CHANGES}[way](uuid.uuid4())


def test_without_a_scope_nothing_is_written(mine):
    with within(None):
        db.session.add(Task(title="x", **owned_by(mine)))
        with pytest.raises(TenantError):
            db.session.flush()
    db.session.rollback()


def test_a_request_begins_as_nobody_and_leaves_no_scope_behind(app, plugin):
    def public() -> str:
        db.session.scalars(sa.select(Task)).all()
        return "seen"

    app.view_functions["health.healthz"], kept = public, app.view_functions["health.healthz"]
    try:
        assert plugin("GET", "/healthz").status_code == 500
    finally:
        app.view_functions["health.healthz"] = kept
    with within(Tenant(uuid.uuid4(), uuid.uuid4())):
        assert plugin("GET", "/v1/sites/me/").status_code == 200
        assert db.session.scalars(sa.select(Site)).all() == []


MODELS = sorted((one.class_ for one in Base.registry.mappers), key=lambda model: model.__name__)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_knows_its_owner(app, model):
    """Tables of tenants are covered without being named; one without an owner hangs on nobody."""
    table = model.__table__
    if not issubclass(model, TenantOwned):
        assert not {"account_id", "site_id"} & set(table.c.keys()), "take a mixin of tenancy.py"
        assert not table.foreign_keys, "a part of a tenant's row needs the tenant's columns"
        return
    assert str(model.is_own()) != str(TenantOwned.is_own())
    assert model is Account or not table.c.account_id.nullable
