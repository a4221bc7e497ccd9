"""Hosts as network namespaces on one bridge: addresses of their own, cut and healed one by one."""

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.lab.places import REPO, LabError, MissingError
from tests.lab.processes import Process, run

PREFIX = f"ig{os.getpid() % 10_000}"
NET = "10.77.0"
HOME = f"{NET}.1"  # this process's own address on the bridge


class Network:
    """A bridge with hosts; everything of it is gone after ``down``."""

    def __init__(self, names: Sequence[str]) -> None:
        self.bridge = f"{PREFIX}br"
        self.addresses = {name: f"{NET}.{place}" for place, name in enumerate(names, start=11)}
        try:
            _ip("link", "add", self.bridge, "type", "bridge")
        except LabError as error:
            raise MissingError(f"no network namespaces here ({error})") from error
        try:
            _ip("addr", "add", f"{HOME}/24", "dev", self.bridge)
            _ip("link", "set", self.bridge, "up")
            for name in names:
                self._add(name)
        except BaseException:
            self.down()
            raise

    def start(
        self, host: str, name: str, command: Sequence[str], log: Path, env: dict[str, str]
    ) -> Process:
        """A process that lives on that host."""
        inside = ["ip", "netns", "exec", self._space(host), *command]
        return Process(name, inside, log, env=env, cwd=REPO)

    def python(
        self, host: str, name: str, arguments: Sequence[str], log: Path, env: dict[str, str]
    ) -> Process:
        """The same for one of our own programs."""
        return self.start(host, name, [sys.executable, *arguments], log, env)

    def cut(self, host: str) -> None:
        """Pull the host's cable; its processes run on."""
        _ip("link", "set", self._port(host), "down")

    def heal(self, host: str) -> None:
        """Plug it in again."""
        _ip("link", "set", self._port(host), "up")

    def down(self) -> None:
        """Remove hosts and bridge."""
        for host in self.addresses:
            with suppress(LabError):
                _ip("netns", "del", self._space(host))
        with suppress(LabError):
            _ip("link", "del", self.bridge)

    def _add(self, host: str) -> None:
        space, port = self._space(host), self._port(host)
        _ip("netns", "add", space)
        _ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", port, "master", self.bridge, "up")
        _ip("-n", space, "addr", "add", f"{self.addresses[host]}/24", "dev", "eth0")
        _ip("-n", space, "link", "set", "eth0", "up")
        _ip("-n", space, "link", "set", "lo", "up")

    def _space(self, host: str) -> str:
        return f"{PREFIX}-{host}"

    def _port(self, host: str) -> str:
        return f"{PREFIX}{host}"[:15]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.down()


def _ip(*words: str) -> None:
    try:
        run(["ip", *words], f"ip {' '.join(words[:3])}")
    except (FileNotFoundError, subprocess.SubprocessError) as error:
        raise LabError(str(error)) from error
