"""``--full`` runs the whole programme; every test may tell a figure, the table comes last."""

from collections.abc import Callable, Iterator

import pytest

from tests.lab.services import Redis
from tests.security.ground import Ground, ground

FIGURES = pytest.StashKey[list[tuple[str, str]]]()
Teller = Callable[[str, object], None]


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the collections are run whole; otherwise a part of each."""
    return bool(request.config.getoption("--full"))


@pytest.fixture(scope="session")
def tell(request: pytest.FixtureRequest) -> Teller:
    """Add a line to the table at the end."""
    lines = request.config.stash.setdefault(FIGURES, [])
    return lambda name, value: lines.append((name, str(value)))


@pytest.fixture
def redis_server(_redis: Redis) -> Redis:
    """A real Redis."""
    return _redis


@pytest.fixture(scope="module")
def place() -> Iterator[Ground]:
    """An application with two sites, whose outbound calls find nobody."""
    with ground(IGNY8_SITE_WRITES="1000000000") as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of figures of the long run."""
    config = terminalreporter.config
    if not config.getoption("--full", default=False):
        return
    terminalreporter.section("security figures")
    for name, value in config.stash.get(FIGURES, []):
        terminalreporter.write_line(f"{name:<58} {value}")
