"""A centre, and the app over it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from litestar import Litestar
from litestar.testing import TestClient
from prometheus_client.metrics import MetricWrapperBase

from sync.server.access import passwords
from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from sync.server.limits import Limiter, Rate
from tests.postgres import drop, made_from, named
from tests.server.support import Caller, Clock, Journal, new_centre

LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Hashes that take no time; what real ones take is tested where ``real_passwords`` is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: LIGHT)
        yield


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes as the centre makes them."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher)


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


def app_without_centre(database: str, **rates: Rate) -> Iterator[Litestar]:
    """An app to which ``with_centre`` gives one after the other: to put it together takes longer than most tests."""
    app = create_app(database, clock=Clock(), **rates)
    app.state.centre.close()
    with TestClient(app):
        yield app


@contextmanager
def with_centre(app: Litestar, database: str, clock: Clock) -> Iterator[None]:
    """``app`` serves this centre as if it had just started: nobody has asked it anything."""
    state = app.state
    state.update({name: Limiter(kept._rate) for name, kept in state.dict().items() if isinstance(kept, Limiter)})
    for figure in vars(state.metrics).values():
        if isinstance(figure, MetricWrapperBase):
            figure.clear()
    state.centre = open_centre(database, clock)
    try:
        yield
    finally:
        state.centre.close()


@pytest.fixture(scope="session")
def app_of_callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Litestar]:
    database = f"sqlite:///{tmp_path_factory.mktemp('app') / 'centre.db'}"
    new_centre(database, Clock()).close()
    yield from app_without_centre(database)


@pytest.fixture
def caller(app_of_callers: Litestar, database: str, clock: Clock) -> Iterator[Caller]:
    with with_centre(app_of_callers, database, clock):
        yield Caller(TestClient(app_of_callers, raise_server_exceptions=False))
