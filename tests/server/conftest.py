"""A centre, and the app over it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from tests.server.support import Caller, Clock, Journal, new_centre


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with two corners, made once."""
    database, centre = new_centre(tmp_path_factory.mktemp("pattern"), Clock())
    centre.close()
    return Path(database.removeprefix("sqlite:///"))


@pytest.fixture
def made(pattern: Path, tmp_path: Path, clock: Clock) -> Iterator[tuple[str, Centre]]:
    database = f"sqlite:///{shutil.copy(pattern, tmp_path / 'centre.db')}"
    centre = open_centre(database, clock)
    yield database, centre
    centre.close()


@pytest.fixture
def centre(made: tuple[str, Centre]) -> Centre:
    return made[1]


@pytest.fixture
def database(made: tuple[str, Centre]) -> str:
    return made[0]


@pytest.fixture
def journal(centre: Centre) -> Journal:
    return Journal().enrol_at(centre)


@pytest.fixture
def caller(database: str, clock: Clock) -> Iterator[Caller]:
    with TestClient(create_app(database, clock=clock), raise_server_exceptions=False) as client:
        yield Caller(client)
