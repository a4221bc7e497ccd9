"""Settings: built once from the environment, frozen, strict, handed on as an argument."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from igny8_flask.errors import ConfigError

MIN_SECRET_CHARS = 32
INSTANCE = Path(__file__).resolve().parent.parent / "instance"
DEFAULT_REDIS_URL = f"unix://{INSTANCE}/redis.sock"  # the workers start this one themselves
_EXAMPLES = {"changeme", "secret", "example"}


def _text(raw: str) -> str:
    return raw.strip()


def _url(raw: str) -> str:
    url = raw.strip().rstrip("/")
    if not re.match(r"https?://[^\s/]+", url):
        raise ValueError("must start with http:// or https://")
    return url


def _positive(raw: str) -> int:
    number = int(raw)
    if number < 1:
        raise ValueError("must be 1 or more")
    return number


def _count(raw: str) -> int:
    number = int(raw)
    if number < 0:
        raise ValueError("must be 0 or more")
    return number


def _flag(raw: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if raw.strip().lower() not in words:
        raise ValueError("must be true or false")
    return words[raw.strip().lower()]


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw.strip() not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return raw.strip()

    return parse


def _secret(raw: str) -> str:
    value = raw.strip()
    if len(value) < MIN_SECRET_CHARS or value.lower().startswith(tuple(_EXAMPLES)):
        raise ValueError(f"must be a random text of at least {MIN_SECRET_CHARS} characters")
    return value


def _key_ring(raw: str) -> Mapping[str, bytes]:
    """Parse ``2:<base64>,1:<base64>`` into key id → 32 bytes; the first one writes."""
    ring: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in raw.split(","))):
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError("each key is <id>:<base64 of 32 bytes>") from error
        if not re.fullmatch(r"[a-z0-9]{1,8}", key_id) or len(key) != 32 or len(set(key)) < 8:
            raise ValueError("each key is <id>:<base64 of 32 random bytes>")
        if key_id in ring or key in ring.values():
            raise ValueError("a key or key id stands twice")
        ring[key_id] = key
    if not ring:
        raise ValueError("must hold at least one key")
    return ring


def _pairs(raw: str) -> frozenset[str]:
    pairs = frozenset(filter(None, (part.strip().lower() for part in raw.split(","))))
    for pair in pairs:
        if not re.fullmatch(r"(\[[0-9a-f:]+\]|[a-z0-9.-]+):\d{1,5}", pair):
            raise ValueError(f"{pair!r} is not host:port")
    return pairs


def _row(env: str, parse: Callable[[str], Any], default: Any = None, help_text: str = "") -> Any:
    """One setting: its variable, parser, default (None with no default = required).

    An address may hold a password, so that it is not shown in repr.
    """
    meta, shown = {"env": env, "parse": parse, "help": help_text}, not env.endswith("_URL")
    if default is None:
        return field(metadata=meta, repr=shown)
    return field(default=default, metadata=meta, repr=shown)


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides; see docs/settings.md. Secrets are hidden in repr."""

    keys: Mapping[str, bytes] = field(
        repr=False,
        metadata={
            "env": "IGNY8_KEYS",
            "parse": _key_ring,
            "help": "Key ring that encrypts stored secrets: id:base64, first writes.",
        },
    )
    pepper: str = field(
        repr=False,
        metadata={
            "env": "IGNY8_PEPPER",
            "parse": _secret,
            "help": "Random text mixed into the hashes of site keys.",
        },
    )
    env: str = _row(
        "IGNY8_ENV", _one_of("production", "development"), "production", "Where this runs."
    )
    debug: bool = _row("IGNY8_DEBUG", _flag, False, "Print the console steps of each run.")
    database_url: str = _row(
        "DATABASE_URL", _text, "sqlite:///igny8.db", "SQLite path or PostgreSQL URL."
    )
    redis_url: str = _row(
        "REDIS_URL", _text, DEFAULT_REDIS_URL, "Redis that wakes the workers; default: an own one."
    )
    public_url: str = _row(
        "IGNY8_PUBLIC_URL",
        _url,
        "http://127.0.0.1:5000",
        "Address under which WordPress sites reach this API; part of each connect code.",
    )
    openai_api_key: str = field(
        default="",
        repr=False,
        metadata={
            "env": "OPENAI_API_KEY",
            "parse": _text,
            "help": "Provider key used where an account or site has none of its own.",
        },
    )
    openai_base_url: str = _row(
        "OPENAI_BASE_URL",
        _url,
        "https://api.openai.com/v1",
        "Any OpenAI-compatible base URL (Ollama: http://127.0.0.1:11434/v1).",
    )
    runware_api_key: str = field(
        default="",
        repr=False,
        metadata={"env": "RUNWARE_API_KEY", "parse": _text, "help": "Runware key for images."},
    )
    runware_base_url: str = _row(
        "RUNWARE_BASE_URL", _url, "https://api.runware.ai/v1", "Runware task API."
    )
    default_ai_model: str = _row(
        "DEFAULT_AI_MODEL", _text, "gpt-6-luna", "Text model where nothing else is chosen."
    )
    default_image_model: str = _row(
        "DEFAULT_IMAGE_MODEL", _text, "gpt-image-2.5-flare", "Image model likewise."
    )
    sandbox_url: str = _row(
        "IGNY8_SANDBOX_URL",
        _url,
        "http://127.0.0.1:8901",
        "Base URL of the sandbox provider; what is made there is marked as sandbox.",
    )
    allow_private: frozenset[str] = _row(
        "IGNY8_ALLOW_PRIVATE",
        _pairs,
        frozenset(),
        "Exact host:port pairs that may be dialled although they are private.",
    )
    workers: int = _row("IGNY8_WORKERS", _positive, 4, "Worker processes per host.")
    worker_kind: str = _row(
        "IGNY8_WORKER_KIND", _one_of("fork", "threads"), "fork", "A process or a thread per job."
    )
    worker_slots: int = _row(
        "IGNY8_WORKER_SLOTS", _positive, 50, "Jobs at the same time in a threading worker."
    )
    worker_jobs: int = _row(
        "IGNY8_WORKER_JOBS",
        _count,
        0,
        "Jobs after which a threading worker makes room for a fresh one; 0 = never.",
    )
    worker_mb: int = _row(
        "IGNY8_WORKER_MB", _count, 1024, "MB above which it does likewise; 0 = never."
    )
    site_slots: int = _row("IGNY8_SITE_SLOTS", _positive, 3, "Runs of one site at the same time.")
    provider_slots: int = _row(
        "IGNY8_PROVIDER_SLOTS", _positive, 16, "Calls at the same time per provider key."
    )
    window: int = _row(
        "IGNY8_WINDOW", _positive, 32, "Queued and running jobs over all sites at most."
    )
    site_writes: int = _row(
        "IGNY8_SITE_WRITES", _positive, 60, "Writing requests of one site per minute."
    )
    proxies: int = _row(
        "IGNY8_PROXIES", _count, 0, "Reverse proxies before the API whose headers are trusted."
    )
    metrics_token: str = field(
        default="",
        repr=False,
        metadata={
            "env": "IGNY8_METRICS_TOKEN",
            "parse": _secret,
            "help": "Bearer token that opens /metrics to other hosts.",
        },
    )
    keep_replies_days: int = _row(
        "IGNY8_KEEP_REPLIES_DAYS", _positive, 90, "Days a finished run keeps the raw replies."
    )
    keep_steps_days: int = _row(
        "IGNY8_KEEP_STEPS_DAYS", _positive, 365, "Days a finished run keeps its steps."
    )
    keep_versions: int = _row(
        "IGNY8_KEEP_VERSIONS", _positive, 20, "Earlier versions of an article that are kept."
    )
    lease_s: int = _row("IGNY8_LEASE_S", _positive, 60, "Seconds a silent worker keeps its run.")

    def __post_init__(self) -> None:
        if self.env == "production" and self.allow_private:
            raise ConfigError("IGNY8_ALLOW_PRIVATE may only be set when IGNY8_ENV is development.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Build from an environment mapping.

        A variable ``NAME`` may also be given as ``NAME_FILE`` (path of a file that holds it).
        Raises ConfigError naming every variable that is missing or wrong.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for name, spec in cls.__dataclass_fields__.items():
            env = spec.metadata["env"]
            raw = _read(environ, env)
            if raw is None:
                if spec.default is spec.default_factory:
                    problems.append(f"{env} is not set: {spec.metadata['help']}")
                continue
            try:
                values[name] = spec.metadata["parse"](raw)
            except ValueError as error:
                problems.append(f"{env}: {error}")
        if problems:
            raise ConfigError(" ".join(problems))
        return cls(**values)

    def secrets(self) -> tuple[str, ...]:
        """Every text here that no log may show."""
        urls = (urlsplit(self.database_url), urlsplit(self.redis_url))
        given = (self.pepper, self.openai_api_key, self.runware_api_key, self.metrics_token)
        ring = (base64.b64encode(key).decode() for key in self.keys.values())
        return (*given, *ring, *(unquote(url.password) for url in urls if url.password))

    @classmethod
    def describe(cls) -> list[tuple[str, str, str]]:
        """Rows of (variable, default, help) for docs and checks."""
        rows = []
        for spec in cls.__dataclass_fields__.values():
            required = spec.default is spec.default_factory
            default = "required" if required else str(spec.default or "")
            rows.append((spec.metadata["env"], default, spec.metadata["help"]))
        return rows


def _read(environ: Mapping[str, str], env: str) -> str | None:
    if environ.get(env, "").strip():
        return environ[env]
    path = environ.get(f"{env}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{env}_FILE cannot be read: {error.strerror}.") from error
    return None
