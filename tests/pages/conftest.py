"""A centre with an officer of each role, and browsers that are signed in."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from litestar.testing import TestClient

from sync.server import accounts
from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from sync.server.dialect import writing
from sync.server.limits import Rate
from sync.server.officers import Role
from tests.pages.support import NAMES, PASSWORD, Page, sign_in
from tests.server.support import Clock, new_centre

UNLIMITED = Rate(burst=10**9, per_second=10**9)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def with_officers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre on SQLite with two corners and an officer of each role, made once: its file."""
    file = tmp_path_factory.mktemp("pages") / "centre.db"
    made = new_centre(f"sqlite:///{file}", Clock())
    with writing(made.engine) as db:
        for role, name in NAMES.items():
            accounts.put_officer(made, db, name, role, PASSWORD)
    made.close()
    return file


@pytest.fixture
def database(with_officers: Path, tmp_path: Path) -> str:
    """The URL of a copy of it that is this test's own."""
    return f"sqlite:///{shutil.copy(with_officers, tmp_path / 'centre.db')}"


@pytest.fixture
def centre(database: str, clock: Clock) -> Iterator[Centre]:
    made = open_centre(database, clock)
    yield made
    made.close()


@pytest.fixture
def app_client(database: str, clock: Clock) -> Iterator[Callable[[], Page]]:
    """Makes browsers that nobody has signed in at, all at one app."""
    rates = {"per_stranger": UNLIMITED, "per_checker": UNLIMITED, "per_login": UNLIMITED}
    app = create_app(database, clock=clock, **rates)
    with ExitStack() as open_ones:
        first = open_ones.enter_context(TestClient(app, raise_server_exceptions=False))

        def another() -> Page:
            return Page(TestClient(app, raise_server_exceptions=False, backend=first.backend))

        yield another


@pytest.fixture
def client(app_client: Callable[[], Page], centre: Centre) -> Callable[[Role | None], Page]:
    """``client(Role.OFFICER)`` is a browser with an officer signed in; ``client(None)`` one with nobody."""

    def signed_in(role: Role | None = Role.OFFICER) -> Page:
        page = app_client()
        if role is not None:
            sign_in(page, centre, role)
        return page

    return signed_in
