"""Every page of the centre in Chromium, filled and narrow: no fault for a screen reader, no pushing sideways."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from sync.server import schema
from sync.server.app import create_app
from sync.server.centre import open_centre
from sync.server.dialect import reading, writing
from sync.server.producer_links import make_link
from tests.pages.browsing import DESKTOP, PHONE, faults, served, sticks_out
from tests.pages.conftest import RATES
from tests.pages.figures import fill
from tests.pages.matrix import ACCESS, Call
from tests.pages.support import new_session
from tests.server.support import Clock

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Window

LOOKS = [(DESKTOP, False), (PHONE, True)]
PAGES = [Call(*call.split()) for call in ACCESS if call.startswith("GET ")]
NO_PAGE = ("/static/", ".json", ".csv", ".xml", ".txt")
"""What a browser does not show as a page of ours."""
Open = Callable[[Call, tuple[int, int], bool], "Window | None"]


@pytest.fixture(scope="module")
def opened(browser: "Browser", with_officers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens a page of a centre with goods, sales and payments, as whoever it is open to at least."""
    file = shutil.copy(with_officers, tmp_path_factory.mktemp("access") / "centre.db")
    database, clock = f"sqlite:///{file}", Clock()
    centre = open_centre(database, clock)
    fill(centre, corners=2, days=12)
    samples = _samples(centre)
    windows = {}
    with served(create_app(database, clock=clock, **RATES)) as address:

        def open_page(call: Call, size: tuple[int, int], dark: bool) -> "Window | None":
            role = ACCESS[str(call)]
            if (role, size) not in windows:
                scheme = "dark" if dark else "light"
                context = browser.new_context(
                    base_url=address, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
                )
                if role is not None:
                    context.add_cookies([{"name": "sesi", "value": new_session(centre, role), "url": address}])
                windows[role, size] = context.new_page()
            window, path = windows[role, size], call.path
            for name, value in samples(call.path).items():
                path = path.replace(f"{{{name}}}", value)
            answer = window.request.get(path)
            assert answer.status < 500, path
            if not answer.headers.get("content-type", "").startswith("text/html"):
                return None
            window.goto(path)
            return window

        yield open_page
        for window in windows.values():
            window.context.close()
    centre.close()


def _samples(centre) -> Callable[[str], dict[str, str]]:
    """What stands for the parts of a path, of what the centre really holds."""
    with reading(centre.engine) as db:
        receipt = db.execute(sa.text("SELECT device, seq FROM papers ORDER BY device, seq LIMIT 1")).one_or_none()
        device = db.execute(sa.select(schema.devices.c.device).order_by(schema.devices.c.corner)).scalars().first()
        row = db.execute(sa.select(schema.products.c.sku, schema.products.c.producer).order_by("sku")).first()
    with writing(centre.engine) as db:
        token = make_link(centre, db, row.producer, "Adi")
    known = {"device": device, "seq": str(receipt.seq) if receipt else "3", "sku": row.sku, "epoch": "1", "till": "A"}
    known |= {"corner": "MTR-001", "language": "id", "name": "1", "token": token, "month": "2026-09"}
    if receipt:
        known["device"] = receipt.device

    def of(path: str) -> dict[str, str]:
        return known | {"code": row.producer if "produsen" in path else "MTR-001"}

    return of


@pytest.mark.parametrize(("size", "dark"), LOOKS, ids=["desktop, light", "phone, dark"])
@pytest.mark.parametrize("call", [call for call in PAGES if not any(one in call.path for one in NO_PAGE)], ids=str)
def test_a_page_has_no_fault_and_fits_its_window(opened, call, size, dark):
    window = opened(call, size, dark)
    if window is not None:
        assert faults(window) == []
        assert not sticks_out(window)
        assert window.locator("h1").count() == 1
        assert window.locator("a.skip").count() == 1
