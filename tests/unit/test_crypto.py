"""Secrets at rest, keys and their checksums."""

import pytest

from igny8_flask.crypto import (
    SecretBox,
    key_digest,
    new_secret,
    new_site_key,
    read_site_key,
    same_digest,
)
from igny8_flask.errors import AuthError, ConfigError

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
HERE, THERE = "site.password:a:1", "site.password:b:2"


def test_a_secret_opens_only_in_the_place_it_was_sealed_for():
    box = SecretBox({"1": OLD})
    sealed = box.seal("hunter2 ü", HERE)
    assert "hunter2" not in sealed
    assert box.open(sealed, HERE) == "hunter2 ü"
    with pytest.raises(ConfigError):
        box.open(sealed, THERE)


def test_the_same_secret_never_looks_the_same_twice():
    box = SecretBox({"1": OLD})
    assert box.seal("x", HERE) != box.seal("x", HERE)


def test_a_new_key_writes_and_old_keys_still_read():
    sealed_before = SecretBox({"1": OLD}).seal("old", HERE)
    ring = SecretBox({"2": NEW, "1": OLD})
    assert ring.open(sealed_before, HERE) == "old"
    assert ring.seal("new", HERE).split(".")[1] == "2"
    with pytest.raises(ConfigError):
        SecretBox({"2": NEW}).open(sealed_before, HERE)


@pytest.mark.parametrize("damage", ["", "v1.1.x", "v2.1.AAAA.AAAA", "v1.1.AAAA.AAAA", "v1.9.A.A"])
def test_a_damaged_envelope_is_an_error_never_a_secret(damage):
    with pytest.raises(ConfigError):
        SecretBox({"1": OLD}).open(damage, HERE)


def test_each_changed_character_of_an_envelope_is_noticed():
    box = SecretBox({"1": OLD})
    sealed = box.seal("secret", HERE)
    body = sealed.rindex(".") + 1
    for at in range(body, len(sealed) - 1):  # the last character carries padding bits
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
        with pytest.raises(ConfigError):
            box.open(changed, HERE)


def test_a_key_has_its_documented_shape():
    key = new_site_key()
    assert len(key.text) == 9 + 12 + 1 + 43 + 6
    assert key.text.startswith(f"igk_live_{key.public_id}_")
    assert read_site_key(key.text) == key


def test_every_mistyped_character_of_a_key_is_found():
    key = new_site_key().text
    for at in range(len(key)):
        wrong = key[:at] + ("x" if key[at] != "x" else "y") + key[at + 1 :]
        with pytest.raises(AuthError) as caught:
            read_site_key(wrong)
        assert caught.value.code == "key_malformed"


def test_digests_depend_on_the_pepper_and_compare():
    assert same_digest(key_digest("p", "k"), key_digest("p", "k"))
    assert not same_digest(key_digest("p", "k"), key_digest("q", "k"))


def test_new_secrets_are_256_bits_and_differ():
    assert len(new_secret()) == 43
    assert new_secret() != new_secret()
