"""Rows for tests: each function makes one thing, with whatever it needs around it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask

from igny8_flask import create_app, site_keys
from igny8_flask.config import Settings
from igny8_flask.db import db, utcnow
from igny8_flask.models import Account, Content, Site, SiteStatus, Task
from igny8_flask.tenants import every_tenant

KEY = "test:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
PEPPER = "pepper-of-the-tests-and-of-nothing-else"
_numbers = itertools.count(1)


def make_environ(**changes: str) -> dict[str, str]:
    """Environment variables of a test."""
    return {
        "IGNY8_KEYS": KEY,
        "IGNY8_PEPPER": PEPPER,
        "IGNY8_ENV": "development",
        "DATABASE_URL": "sqlite:///:memory:",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "IGNY8_SITE_WRITES": "60000",
        **changes,
    }


def make_settings(**changes: str) -> Settings:
    """Settings of a test; ``changes`` are environment variables."""
    return Settings.from_env(make_environ(**changes))


@contextmanager
def operating(app: Flask) -> Iterator[None]:
    """The application's context with the rights of its operator."""
    with app.app_context(), every_tenant():
        yield


@contextmanager
def app_on(url: str) -> Iterator[Flask]:
    """An application on this database with empty tables, which go when it ends."""
    app = create_app(make_settings(DATABASE_URL=url))
    with operating(app):
        db.create_all()
        yield app
        db.session.remove()
        db.drop_all()
        db.engine.dispose()


@dataclass(frozen=True)
class ConnectedSite:
    """A site as its plugin knows it."""

    site: Site
    key: str

    @property
    def headers(self) -> dict[str, str]:
        """What the plugin sends with every call."""
        return {
            "Authorization": f"Bearer {self.key}",
            "X-Igny8-Site": str(self.site.site_uuid),
            "X-Igny8-Home": self.site.url,
        }


def make_site(account: Account | None = None, **columns: Any) -> ConnectedSite:
    """A connected site with one key."""
    number = next(_numbers)
    if account is None:
        account = Account(name=f"Account {number}")
        db.session.add(account)
        db.session.flush()
    values = {
        "url": f"https://site{number}.example.com",
        "rest_url": f"https://site{number}.example.com/wp-json/",
        "name": f"Site {number}",
        "site_uuid": f"00000000-0000-4000-8000-{number:012d}",
        "status": SiteStatus.CONNECTED,
        "connected_at": utcnow(),
        **columns,
    }
    site = Site(account_id=account.id, **values)
    db.session.add(site)
    db.session.flush()
    key = site_keys.issue(site)
    db.session.commit()
    return ConnectedSite(site, key)


def make_task(site: Site, **columns: Any) -> Task:
    """A pending writer task."""
    values = {"title": f"Task {next(_numbers)}", "keywords": ["soil"], **columns}
    task = Task(account_id=site.account_id, site_id=site.id, **values)
    db.session.add(task)
    db.session.commit()
    return task


def make_content(site: Site, **columns: Any) -> Content:
    """An article that was not published yet."""
    values = {"title": f"Article {next(_numbers)}", "html": "<p>Words.</p>", **columns}
    content = Content(account_id=site.account_id, site_id=site.id, **values)
    db.session.add(content)
    db.session.commit()
    return content
