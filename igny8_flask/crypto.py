"""Secrets at rest (AES-256-GCM bound to their row) and keys that are only ever compared."""

import base64
import hashlib
import hmac
import os
import re
import secrets
import string
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from igny8_flask.errors import AuthError, ConfigError
from igny8_flask.log import hide

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
KEY_SHAPE = re.compile(r"(igk_live)_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")
NONCE_BYTES = 12


@dataclass(frozen=True)
class SecretBox:
    """Encrypts and opens stored secrets with a key ring; the first key writes, all read."""

    ring: Mapping[str, bytes]

    def seal(self, plain: str, context: str) -> str:
        """Encrypt ``plain`` for one place; ``context`` names table, column, account and row id."""
        hide(plain)
        key_id, key = next(iter(self.ring.items()))
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, plain.encode(), context.encode())
        return ".".join(("v1", key_id, _b64(nonce), _b64(sealed)))

    def open(self, envelope: str, context: str) -> str:
        """Decrypt; raises ConfigError when the key is gone or the text belongs to another row."""
        try:
            version, key_id, nonce, sealed = envelope.split(".")
            key = self.ring[key_id]
            plain = AESGCM(key).decrypt(_unb64(nonce), _unb64(sealed), context.encode())
        except (ValueError, KeyError, InvalidTag) as error:
            raise ConfigError(
                "A stored secret cannot be opened with the keys in IGNY8_KEYS."
            ) from error
        if version != "v1":
            raise ConfigError("A stored secret has an unknown format.")
        return hide(plain.decode())


@dataclass(frozen=True)
class SiteKeyText:
    """A site key taken apart: the public id may be shown, the rest never."""

    public_id: str
    text: str


def new_site_key() -> SiteKeyText:
    """Make a key: ``igk_live_`` + 12 public + ``_`` + 43 secret + 6 checksum characters."""
    public_id = "".join(secrets.choice(BASE62) for _ in range(12))
    secret = "".join(secrets.choice(BASE62) for _ in range(43))
    body = f"igk_live_{public_id}_{secret}"
    return SiteKeyText(public_id, body + _checksum(body))


def read_site_key(text: str) -> SiteKeyText:
    """Take a presented key apart; raises AuthError ``key_malformed`` before any look-up."""
    match = KEY_SHAPE.fullmatch(text) if len(text) < 128 else None
    if not match or not hmac.compare_digest(_checksum(text[:-6]), match[4]):
        raise AuthError(
            "This is not a valid site key: check it for a typing mistake.", "key_malformed"
        )
    return SiteKeyText(match[2], text)


def key_digest(pepper: str, text: str) -> str:
    """What is stored of a key or code: HMAC-SHA256 under the pepper, hexadecimal."""
    return hmac.new(pepper.encode(), text.encode(), hashlib.sha256).hexdigest()


def same_digest(left: str, right: str) -> bool:
    """Compare two texts in constant time, whatever characters a stranger sent."""
    return hmac.compare_digest(left.encode("utf-8", "replace"), right.encode())


def new_secret() -> str:
    """A random URL-safe text of 43 characters (256 bits)."""
    return secrets.token_urlsafe(32)


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = BASE62[rest] + digits
    return digits


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
