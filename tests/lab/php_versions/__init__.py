"""Real PHP 7.4 and 8.5 as WebAssembly, fetched once into the cache folder, to compile files."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.lab.places import MissingError, cache_dir
from tests.lab.processes import need, run

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "compile.mjs")


def complaints(files: Sequence[Path]) -> dict[str, dict[str, str]]:
    """What each version says of these files: by version, by file; silent files are left out."""
    command = ["node", "compile.mjs", *(str(file.resolve()) for file in files)]
    found: dict[str, dict[str, str]] = json.loads(run(command, "compiling PHP", cwd=_folder()))
    return found


def _folder() -> Path:
    folder = cache_dir() / "php-versions"
    folder.mkdir(exist_ok=True)
    lock = folder / "package-lock.json"
    wanted = (HERE / "package-lock.json").read_bytes()
    is_whole = lock.is_file() and lock.read_bytes() == wanted and (folder / ".whole").is_file()
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    if not is_whole:
        need("npm", hint=f"or unpack the packages of {lock} into {folder}")
        (folder / ".whole").unlink(missing_ok=True)
        command = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
        run(command, "downloading PHP 7.4 and 8.5", MissingError, cwd=folder)
        (folder / ".whole").touch()
    return folder
