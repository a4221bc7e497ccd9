"""A throw-away WordPress on 127.0.0.1: installed, served, reset between tests, gone afterwards."""

import json
import os
import secrets
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.lab.leftovers import claim, sweep
from tests.lab.mariadb import MariaDB
from tests.lab.places import PHP, LabError, MissingError, cache_dir
from tests.lab.processes import Process, free_port, need, reachable, run
from tests.lab.wordpress_trees import sqlite_drop_in, wordpress_tree

ROLES = {"admin": "administrator", "ed": "editor", "auth": "author", "contrib": "contributor"}
EXTENSIONS = ("curl", "gd", "intl", "mbstring", "mysqli", "pdo_sqlite", "xml", "zip")
SALTS = [
    f"{use}_{kind}"
    for use in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE")
    for kind in ("KEY", "SALT")
]
PHP_SETTINGS = {
    "memory_limit": "256M",
    "upload_max_filesize": "32M",
    "post_max_size": "40M",
    "display_errors": "0",
    "opcache.enable_cli": "1",
    "opcache.revalidate_freq": "0",  # an edited plugin file counts at the next request
}
PHP_COMMAND = ["php", *(f"-d{name}={value}" for name, value in PHP_SETTINGS.items())]


@dataclass(frozen=True)
class User:
    """An account: ``app_password`` is for HTTP Basic, ``password`` for the login form."""

    login: str
    role: str
    id: int
    password: str
    app_password: str

    @property
    def basic(self) -> tuple[str, str]:
        return self.login, self.app_password


@dataclass
class WordPressSite:
    """A running WordPress; make one with ``up`` and end it with ``down``."""

    version: str
    db: str
    url: str
    folder: Path
    users: dict[str, User] = field(default_factory=dict)
    server: Process | None = None
    mariadb: MariaDB | None = None

    @classmethod
    def up(
        cls,
        version: str = "7.1",
        db: str = "sqlite",
        plugin: Path | None = None,
        *,
        plain: bool = False,
        env: str = "local",
        workers: int = 6,
        title: str = "IGNY8 lab",
    ) -> Self:
        """Install and serve; ``plain`` leaves permalinks off, ``plugin`` is activated."""
        need_php()
        parent = cache_dir() / "sites"
        parent.mkdir(exist_ok=True)
        sweep(parent.iterdir())
        folder = Path(tempfile.mkdtemp(prefix=f"wp-{version}-", dir=parent))
        claim(folder)
        site = cls(version, db, f"http://127.0.0.1:{free_port()}", folder)
        try:
            site._lay_out(env)
            site._install(title, plugin, plain=plain)
            site._serve(workers)
            site.snapshot()
        except BaseException:
            site.down()
            raise
        return site

    @property
    def root(self) -> Path:
        """The folder with wp-config.php."""
        return self.folder / "root"

    @property
    def debug_log(self) -> Path:
        """PHP notices, warnings and errors of the site; absent while there were none."""
        return self.folder / "debug.log"

    @property
    def database(self) -> Path:
        return self.folder / "db/wp.sqlite"

    @property
    def rest(self) -> str:
        """The REST base, in the form that works with and without permalinks."""
        return f"{self.url}/index.php?rest_route="

    @property
    def host_port(self) -> str:
        return self.url.removeprefix("http://")

    def php_log(self) -> str:
        """The debug log's text."""
        return self.debug_log.read_text(errors="replace") if self.debug_log.exists() else ""

    def wp_eval(self, php: str, user: str = "") -> Any:
        """Run PHP inside this WordPress: the value it returns, else the text it prints."""
        answer = self._php(["eval.php", str(self.root), self.url, user], php, "running PHP")
        return answer["output"] if answer["value"] is None else answer["value"]

    def snapshot(self) -> None:
        """Remember database and uploads for ``reset``."""
        self._copy_database(back=False)
        _mirror(self.root / "wp-content/uploads", self.folder / "snapshot-uploads")

    def reset(self) -> None:
        """Put database and uploads back as ``snapshot`` saw them and empty the debug log."""
        self._copy_database(back=True)
        _mirror(self.folder / "snapshot-uploads", self.root / "wp-content/uploads")
        self.debug_log.unlink(missing_ok=True)

    def down(self) -> None:
        """End the servers of this site and remove its files."""
        if self.server is not None:
            self.server.stop()
        if self.mariadb is not None:
            self.mariadb.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def _lay_out(self, env: str) -> None:
        shutil.copytree(wordpress_tree(self.version), self.root, copy_function=_link_or_copy)
        content = self.root / "wp-content"
        for name in ("uploads", "mu-plugins"):
            (content / name).mkdir(exist_ok=True)
        shutil.copy(PHP / "mu-plugin.php", content / "mu-plugins/lab.php")
        host = "localhost"
        if self.db == "sqlite":
            drop_in = sqlite_drop_in(self.version)
            source = (drop_in / "db.copy").read_text()
            placed = source.replace("{SQLITE_IMPLEMENTATION_FOLDER_PATH}", str(drop_in))
            (content / "db.php").write_text(placed)
        else:
            self.mariadb = MariaDB(self.folder)
            host = f"localhost:{self.mariadb.socket}"
        salts = "\n".join(f"define( '{name}', '{secrets.token_hex(32)}' );" for name in SALTS)
        values = {
            "db_host": host,
            "folder": self.folder,
            "salts": salts,
            "url": self.url,
            "env": env,
        }
        config = (PHP / "wp-config.php.txt").read_text()
        for name, value in values.items():
            config = config.replace("{" + name + "}", str(value))
        (self.root / "wp-config.php").write_text(config)

    def _install(self, title: str, plugin: Path | None, *, plain: bool) -> None:
        passwords = {login: secrets.token_urlsafe(9) for login in ROLES}
        wanted = {
            "root": str(self.root),
            "url": self.url,
            "title": title,
            "permalinks": "" if plain else "/%postname%/",
            "options": {"show_avatars": 0},
            "users": {
                login: {"role": role, "password": passwords[login]} for login, role in ROLES.items()
            },
            "plugins": [self._link_plugin(plugin)] if plugin else [],
        }
        made = self._php(
            ["install.php"], json.dumps(wanted), f"installing WordPress {self.version}"
        )
        for name, state in made["plugins"].items():
            if state != "active":
                raise LabError(f"the plugin {name} cannot be activated: {state}")
        self.users = {
            login: User(login, role, password=passwords[login], **made["users"][login])
            for login, role in ROLES.items()
        }

    def _link_plugin(self, source: Path) -> str:
        mains = [p for p in source.glob("*.php") if b"Plugin Name:" in p.read_bytes()[:8192]]
        if len(mains) != 1:
            raise LabError(f"{source} has no single plugin file")
        slug = mains[0].stem
        (self.root / "wp-content/plugins" / slug).symlink_to(source.resolve())
        return f"{slug}/{mains[0].name}"

    def _php(self, script: list[str], stdin: str, what: str) -> Any:
        command = [*PHP_COMMAND, str(PHP / script[0]), *script[1:]]
        lines = run(command, what, input=stdin).strip().splitlines()
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError):
            detail = " | ".join(lines[-6:] + self.php_log().splitlines()[-4:])
            raise LabError(f"{what} failed: {detail}") from None

    def _serve(self, workers: int) -> None:
        self.server = Process(
            f"WordPress {self.version}",
            [*PHP_COMMAND, "-S", self.host_port, "-t", str(self.root), str(PHP / "router.php")],
            self.folder / "web.log",
            env={**os.environ, "PHP_CLI_SERVER_WORKERS": str(workers)},
        )
        self.server.wait_ready(lambda: reachable(f"{self.url}/wp-includes/images/blank.gif"))

    def _copy_database(self, *, back: bool) -> None:
        if self.mariadb is not None:
            dump = self.folder / "snapshot.sql"
            (self.mariadb.load if back else self.mariadb.dump)(dump)
            return
        pair = [self.database, self.folder / "snapshot.sqlite"]
        source, target = reversed(pair) if back else pair
        with (
            closing(sqlite3.connect(source, timeout=20)) as old,
            closing(sqlite3.connect(target, timeout=20)) as new,
        ):
            old.backup(new)


def need_php() -> None:
    """Raise MissingError unless PHP with every extension WordPress needs here is installed."""
    need("php")
    have = run(["php", "-m"], "asking PHP for its modules").lower().split()
    missing = [name for name in EXTENSIONS if name not in have]
    if missing:
        raise MissingError(f"PHP lacks {', '.join(missing)} (run `make setup` as root)")


def _link_or_copy(source: str, target: str) -> None:
    """Hard links save time and space; another file system gets copies."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _mirror(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)
