"""axe-core, fetched once into the cache folder, which finds what keeps people out of a screen."""

import base64
import hashlib
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.lab.places import LabError, MissingError, cache_dir
from tests.lab.processes import need, run

PACKAGE = "axe-core@4.11.0"
INTEGRITY = (
    "ilYanEU8vxxBexpJd8cWM4ElSQq4QctCLKih0TSfjIfCQTeyH/6zVrmIJfLPrKTKJRbiG+cfnZbQIjAlJmF1jQ=="
)
GRAVE = ("serious", "critical")
RUN = "place => axe.run(place, { resultTypes: ['violations'] }).then(found => found.violations)"


def barriers(page: Page, place: str = ".igny8") -> list[str]:
    """Serious and critical violations inside ``place``, each with its first element."""
    page.add_script_tag(path=_script())
    found: list[dict[str, Any]] = page.evaluate(RUN, place)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in GRAVE
    ]


def _script() -> Path:
    script = cache_dir() / "axe" / "package" / "axe.min.js"
    if not script.is_file():
        _fetch(script.parent.parent)
    return script


def _fetch(folder: Path) -> None:
    need("npm", hint=f"or unpack {PACKAGE} into {folder}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run(["npm", "pack", "--silent", PACKAGE], f"downloading {PACKAGE}", MissingError, cwd=folder)
    (archive,) = folder.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != INTEGRITY:
        raise LabError(f"{PACKAGE} is not what it was")
    shutil.unpack_archive(archive, folder, filter="data")
