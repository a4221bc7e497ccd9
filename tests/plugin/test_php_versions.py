"""The plugin compiles, without a word, on the oldest and the newest PHP it is said to run on."""

from pathlib import Path

import pytest

from tests.conftest import machine_permitting
from tests.lab.php_versions import complaints
from tests.lab.places import PLUGIN

pytestmark = pytest.mark.process
TOO_NEW = {
    "match": "$a = match( 1 ) { 1 => 2 };",
    "nullsafe": "$a = $b?->c;",
    "named": "f( a: 1 );",
    "enum": "enum Suit { case Hearts; }",
    "readonly": "class A { public readonly int $b; }",
    "promotion": "class A { public function __construct( private int $b ) {} }",
    "union": "function f( int|string $a ) {}",
    "trailing": "function f( $a, ) {}",
    "static": "class A { function f(): static {} }",
    "throw": "$a = $b ?? throw new Exception();",
    "first_class": "$a = strlen( ... );",
    "typed_constant": "class A { const int B = 1; }",
}
ON_ITS_WAY_OUT = {
    "nullable": "function f( int $a = null ) {}",
    "cast": "$a = (integer) $b;",
    "backtick": "$a = `ls`;",
}


def test_every_shipped_file_compiles_on_php_7_4_and_8_5_without_a_word() -> None:
    shipped = [
        file for file in PLUGIN.rglob("*.php") if file.relative_to(PLUGIN).parts[0] != "tests"
    ]
    assert len(shipped) > 60
    with machine_permitting():
        found = complaints(shipped)
    assert found == {"7.4": {}, "8.5": {}}


def test_newer_syntax_and_deprecated_forms_would_be_found(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.php" for name in (*TOO_NEW, *ON_ITS_WAY_OUT)}
    for name, code in {**TOO_NEW, **ON_ITS_WAY_OUT}.items():
        files[name].write_text(f"<?php\ndefined( 'ABSPATH' ) || exit;\n{code}\n")
    with machine_permitting():
        found = complaints(list(files.values()))
    assert {Path(file).stem for file in found["7.4"]} == set(TOO_NEW)
    assert {Path(file).stem for file in found["8.5"]} == set(ON_ITS_WAY_OUT)
