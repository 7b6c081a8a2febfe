"""A centre with an officer of each role, and browsers that are signed in."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from sync.server.access import accounts
from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from sync.server.database.dialect import POSTGRES, writing
from sync.server.limits import Rate
from tests.postgres import made_from
from tests.server.conftest import app_without_centre, own_copy, with_centre
from tests.server.pages.browsing import DESKTOP, chromium, need, served
from tests.server.pages.support import NAMES, PASSWORD, Page, new_session, sign_in
from tests.server.support import Clock, new_centre

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Window

UNLIMITED = Rate(burst=10**9, per_second=10**9)
ENGINE = os.environ.get("POJOK_TEST_ENGINE", "sqlite")
"""What the pages of these tests stand on: ``postgresql`` where POJOK_TEST_ENGINE says so."""
ON_SQLITE = pytest.mark.skipif(ENGINE != "sqlite", reason="of SQLite alone")
RATES = {"per_stranger": UNLIMITED, "per_checker": UNLIMITED, "per_login": UNLIMITED, "per_reader": UNLIMITED}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def with_officers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A centre on ``ENGINE`` with two corners and an officer of each role, made once: its URL."""
    if ENGINE == POSTGRES:
        database = made_from(request.getfixturevalue("postgres"), "template0")
    else:
        database = f"sqlite:///{tmp_path_factory.mktemp('pages') / 'centre.db'}"
    return put_officers(database)


def put_officers(database: str) -> str:
    """Make a centre with two corners and an officer of each role at this URL."""
    made = new_centre(database, Clock())
    with writing(made.engine) as db:
        for role, name in NAMES.items():
            accounts.put_officer(made, db, name, role, PASSWORD)
    made.close()
    return database


copied = contextmanager(own_copy)


@pytest.fixture
def database(with_officers: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a copy of it that is this test's own."""
    yield from own_copy(with_officers, tmp_path)


@pytest.fixture
def centre(database: str, clock: Clock) -> Iterator[Centre]:
    made = open_centre(database, clock)
    yield made
    made.close()


@pytest.fixture(scope="session")
def one_app(with_officers: str) -> Iterator[Litestar]:
    """An app that is put together once, which takes longer than most tests; ``app_client`` gives it its centre."""
    yield from app_without_centre(with_officers, **RATES)


@pytest.fixture
def app_client(one_app: Litestar, database: str, clock: Clock) -> Iterator[Callable[[], Page]]:
    """Makes browsers that nobody has signed in at, all at one app."""
    with with_centre(one_app, database, clock):
        yield lambda: Page(TestClient(one_app, raise_server_exceptions=False))


@pytest.fixture
def client(app_client: Callable[[], Page], centre: Centre) -> Callable[[Role | None], Page]:
    """``client(Role.OFFICER)`` is a browser with an officer signed in; ``client(None)`` one with nobody."""

    def signed_in(role: Role | None = Role.OFFICER) -> Page:
        page = app_client()
        if role is not None:
            sign_in(page, centre, role)
        return page

    return signed_in


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Chromium without a window, one for the whole run."""
    need(chromium(), "Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def address(database: str, clock: Clock) -> Iterator[str]:
    """Where the centre answers over a real socket."""
    with served(create_app(database, clock=clock, **RATES)) as found:
        yield found


@pytest.fixture
def window(browser: "Browser", address: str, centre: Centre) -> Iterator[Callable[..., "Window"]]:
    """``window(Role.OFFICER, size=PHONE, dark=True, language="en")`` is a page of Chromium with an officer signed in.

    Paths are those of the centre: ``window(None).goto("/masuk")``. A page whose script fails, or that the browser
    refuses a part of, fails the test.
    """
    complaints: list[str] = []
    with ExitStack() as open_ones:

        def opened(
            role: Role | None = Role.OFFICER,
            *,
            size: tuple[int, int] = DESKTOP,
            dark: bool = False,
            language: str = "id",
        ) -> "Window":
            context = browser.new_context(
                base_url=address,
                viewport={"width": size[0], "height": size[1]},
                color_scheme="dark" if dark else "light",
                locale="id-ID",
                timezone_id="Asia/Jakarta",
            )
            open_ones.callback(context.close)
            cookies = {"bahasa": language} | ({"sesi": new_session(centre, role)} if role is not None else {})
            context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda told: complaints.append(told.text) if "Refused to" in told.text else None)
            page.set_default_timeout(60_000)
            return page

        yield opened
    assert complaints == []
