"""IGNY8: an AI content pipeline for WordPress. ``create_app`` builds the web application."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from igny8_flask.config import Settings

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
MAX_REQUEST_BYTES = 5 * 1024 * 1024  # the CSV import; JSON has its own smaller limit
POOL_WAIT_S = 5
STATEMENT_TIMEOUT_MS = 10_000


def create_app(settings: "Settings") -> Flask:
    """Build the application for these settings; opens no connection.

    Imports late: importing one module of the package must not load all the others.
    """
    from werkzeug.middleware.proxy_fix import ProxyFix

    from igny8_flask import api
    from igny8_flask.db import db, migrate
    from igny8_flask.log import configure_logging, hide_always
    from igny8_flask.services import EXTENSION, Services

    configure_logging(settings.debug)
    for secret in settings.secrets():
        hide_always(secret)
    app = Flask(__name__, static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.config.update(MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES, **_database(settings))
    app.json.sort_keys = False  # type: ignore[attr-defined]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.extensions[EXTENSION] = Services.build(settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    api.install(app)
    return app


def _database(settings: "Settings") -> dict[str, Any]:
    """Flask-SQLAlchemy's configuration: a connection for every job of a threading worker."""
    url = settings.database_url
    pool: dict[str, Any] = {"pool_timeout": POOL_WAIT_S, "max_overflow": settings.worker_slots}
    if not url.startswith("sqlite"):
        url = f"postgresql+psycopg://{url.split('://', 1)[1]}"
        options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
        pool["pool_pre_ping"] = True
        pool["connect_args"] = {"connect_timeout": POOL_WAIT_S, "options": options}
    elif ":memory:" in url:
        pool = {}
    return {"SQLALCHEMY_DATABASE_URI": url, "SQLALCHEMY_ENGINE_OPTIONS": pool}
