"""A centre, and the app over it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from tests.postgres import drop, made_from, named
from tests.server.support import Caller, Clock, Journal, new_centre


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def pattern(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with two corners, made once on each engine: its URL."""
    if request.param == "sqlite":
        database = f"sqlite:///{tmp_path_factory.mktemp('pattern') / 'centre.db'}"
    else:
        database = made_from(request.getfixturevalue("postgres"), "template0")
    new_centre(database, Clock()).close()
    return database


@pytest.fixture
def empty_database(pattern: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of ``pattern`` that is this test's own."""
    yield from own_copy(pattern, tmp_path)


def own_copy(pattern: str, folder: Path) -> Iterator[str]:
    """The URL of a copy of ``pattern``, gone afterwards; a file lies in ``folder``."""
    if pattern.startswith("sqlite"):
        yield f"sqlite:///{shutil.copy(pattern.removeprefix('sqlite:///'), folder / 'centre.db')}"
    else:
        database = made_from(named(pattern, "postgres"), pattern.rpartition("/")[2])
        yield database
        drop(database)


@pytest.fixture
def made(empty_database: str, clock: Clock) -> Iterator[tuple[str, Centre]]:
    centre = open_centre(empty_database, clock)
    yield empty_database, centre
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
