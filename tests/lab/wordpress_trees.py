"""Real WordPress trees and the SQLite drop-in, unpacked into the cache folder.

The trees come from the Debian archive this machine already trusts: packages are downloaded with
their signatures checked and unpacked, nothing is installed. A tree put there by hand
(``.cache/wp/<version>``) is used as it is.
"""

import fcntl
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.lab.places import EXIT_MISSING, LabError, MissingError, cache_dir
from tests.lab.processes import need, run

SOURCES = Path("/etc/apt/sources.list.d")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SPLIT_OFF = ("libjs-cropper", "libjs-underscore", "php-getid3")  # Debian ships these apart
SQLITE_CARRIER = "@wp-playground/cli"  # its npm package carries the drop-in as a zip
SQLITE_ZIP = "package/sqlite-database-integration.zip"


@dataclass(frozen=True)
class Release:
    """A WordPress version, the Debian suite that has it, and the packages that make it whole."""

    suite: str
    packages: tuple[str, ...]


RELEASES = {
    "7.1": Release(
        "sid",
        ("wordpress-theme-twentytwentyfive", "libjs-lodash", "libjs-jquery-ui", "libphp-phpmailer"),
    ),
    "6.8": Release("trixie", ("wordpress-theme-twentytwentyfive", "libjs-lodash")),
    "6.1": Release("bookworm", ("wordpress-theme-twentytwentythree",)),
}


def wordpress_tree(version: str) -> Path:
    """The folder of an unpacked WordPress ``version``, fetched once."""
    if version not in RELEASES:
        raise LabError(f"WordPress {version} is not one of {', '.join(RELEASES)}")
    tree = cache_dir() / "wp" / version
    if not _whole(tree):
        with _alone("wp"):
            if not _whole(tree):
                _fetch_tree(version, tree)
    return tree


def sqlite_drop_in(version: str) -> Path:
    """The folder of the SQLite drop-in that works with a WordPress ``version``, fetched once."""
    folder = cache_dir() / ("sqlite-old" if version < "6.2" else "sqlite")
    if not (folder / "db.copy").is_file():
        with _alone("sqlite"):
            if not (folder / "db.copy").is_file():
                _fetch_sqlite(folder, old=version < "6.2")
    return folder


def _whole(tree: Path) -> bool:
    return (tree / "wp-settings.php").is_file()


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Two runs at the same time fetch once."""
    with (cache_dir() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _workshop(name: str) -> Iterator[Path]:
    folder = cache_dir() / f"{name}.part"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch_tree(version: str, tree: Path) -> None:
    need("apt-get", "dpkg", hint=f"or unpack WordPress {version} into {tree}")
    release = RELEASES[version]
    with _workshop(f"wp-{version}") as shop:
        options = _apt_options(shop, release.suite)
        debs = shop / "debs"
        debs.mkdir()
        run(
            ["apt-get", "-qq", *options, "download", "wordpress", *SPLIT_OFF, *release.packages],
            f"downloading WordPress {version}",
            MissingError,
            cwd=debs,
        )
        for package in sorted(debs.glob("*.deb")):
            run(["dpkg", "-x", str(package), str(shop / "root")], f"unpacking {package.name}")
        unpacked = shop / "root/usr/share/wordpress"
        for glue in (".htaccess", "wp-config.php"):
            (unpacked / glue).unlink(missing_ok=True)
        flat = shop / "flat"
        shutil.copytree(unpacked, flat)  # follows Debian's symlinks into its other folders
        tree.parent.mkdir(parents=True, exist_ok=True)
        flat.rename(tree)


def _apt_options(shop: Path, suite: str) -> list[str]:
    """Options that make apt look at one suite only, with every list and cache inside ``shop``."""
    uri, key = _archive()
    (shop / "lists/partial").mkdir(parents=True)
    (shop / "cache/archives/partial").mkdir(parents=True)
    sources = shop / "sources.list"
    sources.write_text(f"deb [signed-by={key}] {uri} {suite} main\n")
    values = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::Lists": shop / "lists",
        "Dir::Cache": shop / "cache",
        "Acquire::Languages": "none",
    }
    options = [part for name, value in values.items() for part in ("-o", f"{name}={value}")]
    if os.geteuid() == 0:
        options += ["-o", "APT::Sandbox::User=root"]
    run(
        ["apt-get", "-qq", *options, "update"], f"reading the package list of {suite}", MissingError
    )
    return options


def _archive() -> tuple[str, str]:
    """Address and keyring of the Debian archive, as this machine's own sources name them."""
    chosen = os.environ.get("IGNY8_DEBIAN_MIRROR")
    if chosen:
        return chosen, KEYRING
    for sources in sorted(SOURCES.glob("debian*.sources")):
        fields = _first_fields(sources.read_text())
        if "URIs" in fields:
            return fields["URIs"].split()[0], fields.get("Signed-By", KEYRING)
    classic = SOURCES.parent / "sources.list"
    for line in classic.read_text().splitlines() if classic.is_file() else []:
        words = [word for word in line.split() if not word.startswith(("[", "signed-by"))]
        if words[:1] == ["deb"] and words[1].rstrip("/").endswith("/debian"):
            return words[1], KEYRING
    raise MissingError(
        "no Debian archive among this machine's package sources: set IGNY8_DEBIAN_MIRROR to one "
        f"(keyring {KEYRING}) or unpack WordPress into {cache_dir() / 'wp'}/<version>"
    )


def _first_fields(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            fields.setdefault(name.strip(), value.strip())
    return fields


def _fetch_sqlite(folder: Path, *, old: bool) -> None:
    need("npm", hint=f"or unpack the SQLite Database Integration plugin into {folder}")
    with _workshop(folder.name) as shop:
        command = ["npm", "pack", "--silent", SQLITE_CARRIER]
        run(command, "downloading the SQLite drop-in", MissingError, cwd=shop)
        archive = next(shop.glob("*.tgz"), None)
        if archive is None:
            raise LabError("the SQLite drop-in did not arrive")
        shutil.unpack_archive(archive, shop / "npm", filter="data")
        with zipfile.ZipFile(shop / "npm" / SQLITE_ZIP) as plugin:
            plugin.extractall(shop / "plugin")
        unpacked = next((shop / "plugin").glob("*/db.copy")).parent
        if old:  # 6.1 reads this property from outside; the drop-in asks for 6.4 and later
            source = unpacked / "wp-includes/sqlite/class-wp-sqlite-db.php"
            text = source.read_text()
            source.write_text(text.replace("private $allow_unsafe", "public $allow_unsafe"))
        unpacked.rename(folder)


def main() -> int:
    """Fetch the versions named on the command line, or all."""
    try:
        for version in sys.argv[1:] or RELEASES:
            print(version, wordpress_tree(version), sqlite_drop_in(version))
    except MissingError as missing:
        print(missing, file=sys.stderr)
        return EXIT_MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main())
