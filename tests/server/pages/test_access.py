"""Every page of the centre in Chromium, filled and narrow: no fault for a screen reader, no pushing sideways."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from litestar.testing import TestClient

from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.centre import open_centre
from tests.server.pages.browsing import DESKTOP, PHONE, faults, served, sticks_out
from tests.server.pages.conftest import RATES, copied
from tests.server.pages.filled import address_of, filled
from tests.server.pages.matrix import ACCESS
from tests.server.pages.support import Page, new_session
from tests.server.support import Clock

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Window

FILES = ("/static/", ".json", ".csv", ".xml", ".txt", "/dokumen/", "/stik/", "/katalog/{sku}/", "/p/{token}/")
"""What a browser gets of us that is no page."""
PAGES = [
    (call.removeprefix("GET "), role)
    for call, role in ACCESS.items()
    if call.startswith("GET ") and not any(one in call for one in FILES)
]
MORE = [
    ("/produsen/{code}/gabung?kode={other}", Role.OFFICER),
    ("/jejak?halaman=2", Role.ADMIN),
    ("/pojok/MTR-009/hapus", Role.ADMIN),
]
"""Pages that show something else when they are asked more."""
ANSWERS = [("/produsen/{other}", "/tautan"), ("/pojok/MTR-002", "/kode")]
"""Where forms stand whose answer is a page that is shown once, and what their addresses end with."""
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
Open = Callable[[str, Role | None, tuple[int, int]], "Window"]


@pytest.fixture(scope="module")
def opened(browser: "Browser", with_officers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens a page of a centre with goods, sales, payments and troubles; one that is not there fails."""
    with copied(with_officers, tmp_path_factory.mktemp("access")) as database:
        yield from _opened(browser, database)


def _opened(browser: "Browser", database: str) -> Iterator[Open]:
    clock = Clock()
    centre = open_centre(database, clock)
    with TestClient(create_app(database, clock=clock, **RATES)) as client:
        samples = filled(centre, Page(client))
    windows: dict[tuple[Role | None, tuple[int, int]], Window] = {}
    with served(create_app(database, clock=clock, **RATES)) as address:

        def open_page(path: str, role: Role | None, size: tuple[int, int]) -> "Window":
            if (role, size) not in windows:
                context = browser.new_context(base_url=address, viewport={"width": size[0], "height": size[1]})
                if role is not None:
                    context.add_cookies([{"name": "sesi", "value": new_session(centre, role), "url": address}])
                windows[role, size] = context.new_page()
            window = windows[role, size]
            answer = window.goto(address_of(path, samples))
            assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
            return window

        yield open_page
        for window in windows.values():
            window.context.close()
    centre.close()


def sound(window: "Window") -> None:
    """Nothing of it is wrong by day or by night."""
    for scheme in ("light", "dark"):
        window.emulate_media(color_scheme=scheme)
        assert faults(window) == [], scheme
    assert not sticks_out(window)
    assert window.locator("h1").count() == 1
    assert window.locator("a.skip").count() == 1


@SIZES
@pytest.mark.parametrize(("path", "role"), [*PAGES, *MORE], ids=[path for path, _role in (*PAGES, *MORE)])
def test_a_page_has_no_fault_and_fits_its_window(opened, path, role, size):
    sound(opened(path, role, size))


@SIZES
@pytest.mark.parametrize(("path", "ending"), ANSWERS)
def test_what_a_form_shows_once_has_no_fault_and_fits_its_window(opened, path, ending, size):
    window = opened(path, Role.OFFICER, size)
    with window.expect_navigation() as answer:
        window.locator(f'form[action$="{ending}"]').first.evaluate("form => form.requestSubmit()")
    assert (answer.value.status, answer.value.request.method) == (200, "POST")
    sound(window)
