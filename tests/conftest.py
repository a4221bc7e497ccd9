"""Shared fixtures: a real WordPress, Redis, sandbox, browser and the whole stack."""

import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.lab.browser import Tab, chromium, tab
from tests.lab.places import PLUGIN, MissingError
from tests.lab.processes import free_port
from tests.lab.services import Redis, Sandbox
from tests.lab.stack import Stack
from tests.lab.wordpress_site import WordPressSite
from tests.lab.wp_admin import AdminSession

QUICK_RECOVERY = {"IGNY8_LEASE_S": "6"}  # how long a dead worker's run waits for the next one

EMPTY_TRASH = """
foreach ( get_posts( array( 'post_status' => 'trash', 'posts_per_page' => -1 ) ) as $post ) {
	wp_delete_post( $post->ID, true );
}
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="security: the long form of everything")


@contextmanager
def machine_permitting() -> Iterator[None]:
    """A machine that lacks something skips the test with the reason; in CI it fails."""
    try:
        yield
    except MissingError as lacking:
        if os.environ.get("CI") == "true":
            pytest.fail(str(lacking), pytrace=False)
        pytest.skip(str(lacking))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """A failure on the running stack shows what its processes said last."""
    report = yield
    if report.failed:
        given = getattr(item, "funcargs", {}).values()
        parts = [
            part for value in given for part in (value if isinstance(value, tuple) else [value])
        ]
        for running in {part for part in parts if isinstance(part, Stack)}:
            report.sections.append(("last words of the stack", running.last_words()))
    return report


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Tests reach this machine and nothing else."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_local(str(address[0])):
            raise PermissionError(f"tests may not leave this machine: {address}")
        connect(self, address)

    def guarded_resolve(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and not _is_local(name) and not _is_address(name):
            raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no names: {name}")
        return resolve(host, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


@pytest.fixture(scope="session")
def lab_site() -> Iterator[WordPressSite]:
    """WordPress 7.1 with the plugin active, not connected."""
    with ExitStack() as cleanup:
        with machine_permitting():
            site = cleanup.enter_context(WordPressSite.up(plugin=PLUGIN))
        yield site


@pytest.fixture
def wp(lab_site: WordPressSite) -> WordPressSite:
    """The same WordPress, put back to how it was right after its installation."""
    lab_site.reset()
    return lab_site


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with machine_permitting():
        server = Redis(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def redis_url(_redis: Redis) -> str:
    """The URL of a real and empty Redis."""
    _redis.client.flushall()
    return _redis.url


@pytest.fixture(scope="session")
def _sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    with machine_permitting():
        provider = Sandbox(folder, Stack(folder=folder).env, "test", free_port())
    yield provider
    provider.stop()


@pytest.fixture
def sandbox(_sandbox_process: Sandbox) -> Sandbox:
    """The sandbox provider with an empty journal and no faults, answering at once."""
    _sandbox_process.reset()
    return _sandbox_process


@pytest.fixture(scope="session")
def _connected() -> Iterator[tuple[Stack, WordPressSite]]:
    """Everything running, with a WordPress whose plugin is connected."""
    with ExitStack() as cleanup:
        with machine_permitting():
            site = cleanup.enter_context(WordPressSite.up(plugin=PLUGIN))
            running = cleanup.enter_context(Stack.up([site], settings=QUICK_RECOVERY))
            AdminSession(site).connect(running.connect_code(site.url))
            site.wp_eval(EMPTY_TRASH)
            site.snapshot()
        yield running, site


@pytest.fixture
def stack(_connected: tuple[Stack, WordPressSite]) -> Stack:
    """The running backend as after connecting, its sandbox forgetful and fast."""
    running, site = _connected
    running.sandbox_provider.reset()
    running.settle()
    running.forget()
    running.sandbox_provider.reset()
    site.reset()
    return running


@pytest.fixture
def connected_site(stack: Stack, _connected: tuple[Stack, WordPressSite]) -> WordPressSite:
    """The WordPress connected to ``stack``, without posts of earlier tests."""
    return _connected[1]


@pytest.fixture
def admin(connected_site: WordPressSite) -> AdminSession:
    """An administrator of the connected WordPress, without a browser."""
    return AdminSession(connected_site)


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """One headless Chromium."""
    with ExitStack() as cleanup:
        with machine_permitting():
            browser = cleanup.enter_context(chromium())
        yield browser


@pytest.fixture
def admin_tab(chromium_browser: Browser, connected_site: WordPressSite) -> Iterator[Tab]:
    """A tab logged in as administrator of the connected WordPress."""
    with tab(chromium_browser, connected_site) as opened:
        opened.login()
        yield opened
