"""Every page of the centre in Chromium, filled and narrow: no fault for a screen reader, no pushing sideways."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.registry.producer_links import make_link
from tests.server.figures import fill
from tests.server.pages.browsing import DESKTOP, PHONE, faults, served, sticks_out
from tests.server.pages.conftest import RATES
from tests.server.pages.matrix import ACCESS
from tests.server.pages.support import Page, new_session
from tests.server.pages.test_corner_pages import journal_at, push
from tests.server.pages.test_trust_pages import ask, checked, close, forked
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
def opened(browser: "Browser", with_officers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens a page of a centre with goods, sales, payments and troubles; one that is not there fails."""
    file = shutil.copy(with_officers, tmp_path_factory.mktemp("access") / "centre.db")
    database, clock = f"sqlite:///{file}", Clock()
    centre = open_centre(database, clock)
    fill(centre, corners=2, days=12)
    with TestClient(create_app(database, clock=clock, **RATES)) as client:
        samples = _samples(centre) | _troubles(centre, Page(client))
    windows: dict[tuple[Role | None, tuple[int, int]], Window] = {}
    with served(create_app(database, clock=clock, **RATES)) as address:

        def open_page(path: str, role: Role | None, size: tuple[int, int]) -> "Window":
            if (role, size) not in windows:
                context = browser.new_context(base_url=address, viewport={"width": size[0], "height": size[1]})
                if role is not None:
                    context.add_cookies([{"name": "sesi", "value": new_session(centre, role), "url": address}])
                windows[role, size] = context.new_page()
            window = windows[role, size]
            first = path.split("/")[1]
            for name, value in samples[""].items():
                path = path.replace(f"{{{name}}}", samples.get(first, {}).get(name, value))
            answer = window.goto(path)
            assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
            return window

        yield open_page
        for window in windows.values():
            window.context.close()
    centre.close()


def _samples(centre: Centre) -> dict[str, dict[str, str]]:
    """What stands for the parts of a path, of what the centre really holds, by how the path begins (empty: any)."""
    with reading(centre.engine) as db:
        receipt = db.execute(sa.text("SELECT device, seq FROM papers ORDER BY device, seq LIMIT 1")).one()
        goods = schema.products.c
        rows = db.execute(sa.select(goods.sku, goods.producer).order_by(goods.sku)).all()
    producers = list(dict.fromkeys(row.producer for row in rows))
    with writing(centre.engine) as db:
        token = make_link(centre, db, producers[0], "Adi")
    every = {"device": receipt.device, "seq": str(receipt.seq), "sku": rows[0].sku, "code": producers[0]}
    every |= {"other": producers[1], "corner": "MTR-001", "till": "A", "language": "id", "token": token}
    every |= {"number": "ST-MTR001A-000001", "amount": "1000", "epoch": "1"}
    return {"": every, "pojok": {"code": "MTR-001"}, "C": {"code": "0123-4567-89ab"}}


def _troubles(centre: Centre, page: Page) -> dict[str, dict[str, str]]:
    """A till with two histories, one whose shift does not add up, and one with a document that nobody can read."""
    journal, own = forked(centre, page, corner="MTR-003", ledger_id="3" * 32)
    assert ask(page, journal, own).status_code == 200
    wrong = journal_at(centre, corner="MTR-004", ledger_id="4" * 32).add_moves(3)
    close(wrong, 2_000)
    unread = journal_at(centre, corner="MTR-005", ledger_id="5" * 32).add_moves(0)
    unread.add_bytes(b'{"number": 1')
    for one in (wrong, unread):
        push(page, one)
    checked(centre)
    return {
        "perbaikan": {"corner": "MTR-003"},
        "hitung-ulang": {"device": wrong.device, "seq": str(len(wrong.bodies))},
        "karantina": {"device": unread.device, "seq": str(len(unread.bodies))},
    }


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
