"""The locked packages: versions, hashes, and the licences of what is installed of them."""

import re
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tests.lab.places import REPO

PIN = re.compile(
    r"^([A-Za-z0-9._-]+)==([^ \\;]+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}[ \\]*)*)", re.M
)
PAGE = REPO / "docs" / "licences.md"
HEAD = """# Licences of third-party packages

Written by `make licences` from the metadata of the installed packages; a test compares it with the
lock. The backend imports them, it does not ship them; the plugin uses none.

| package | version | licence | needed by |
| --- | --- | --- | --- |
"""
# Names that packages give instead of an SPDX expression.
SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "PSFL": "PSF-2.0",
}
ALLOWED = frozenset(
    {
        *("MIT", "MIT-0", "MIT-CMU", "BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"),
        *("PSF-2.0", "MPL-2.0", "LGPL-3.0-only", "Unlicense", "Zlib", "0BSD", "CC0-1.0"),
    }
)


def pinned(lock: Path) -> dict[str, str]:
    """Name and version of each package in a lock."""
    rows = PIN.findall(lock.read_text(encoding="utf-8"))
    return {canonicalize_name(name): version for name, version, _hashes in rows}


def unhashed(lock: Path) -> list[str]:
    """Packages of a lock without a hash."""
    rows = PIN.findall(lock.read_text(encoding="utf-8"))
    return [name for name, _version, hashes in rows if "--hash=" not in hashes]


def licence_of(package: Distribution) -> str:
    """What the metadata says: the expression, else the classifiers, else the free text."""
    metadata: Any = package.metadata
    if expression := metadata.get("License-Expression"):
        return str(expression)
    kinds = [kind.split(" :: ") for kind in metadata.get_all("Classifier") or []]
    names = [kind[-1] for kind in kinds if kind[0] == "License" and len(kind) > 2]
    if names:
        return " OR ".join(SPDX.get(name, name) for name in names)
    text = (metadata.get("License") or "").strip().split("\n")[0]
    return SPDX.get(text, text)


def is_allowed(licence: str) -> bool:
    """Whether every part that applies is on the list; of alternatives one is enough."""
    return any(
        all(part.strip("() ") in ALLOWED for part in choice.split(" AND "))
        for choice in licence.split(" OR ")
    )


def licences() -> dict[str, str]:
    """The licence of each installed package."""
    return {canonicalize_name(one.metadata["Name"]): licence_of(one) for one in distributions()}


def page() -> str:
    """The page of all locked packages."""
    product, everything = pinned(REPO / "requirements.txt"), pinned(REPO / "requirements-dev.txt")
    known = licences()
    rows = [
        f"| {name} | {version} | {known.get(name, 'not installed')} | "
        f"{'the product' if name in product else 'tests and tools'} |"
        for name, version in sorted(everything.items())
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
