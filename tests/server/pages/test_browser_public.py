"""What everybody may see, in a real browser: is slip Z genuine, what does the city sell, what is owed to me."""

import re

import pytest
import sqlalchemy as sa

from sync.server.access.officers import Role
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_reports import paid
from sync.server.registry.producer_links import make_link
from tests.server.figures import fill
from tests.server.pages.browsing import DESKTOP, PHONE, faults, sticks_out
from tests.server.pages.support import NAMES

BOTH = pytest.mark.parametrize(("size", "dark"), [(PHONE, False), (DESKTOP, True)], ids=["phone", "desktop, dark"])


@pytest.fixture
def tills(centre, clock):
    clock.pass_(days=27)
    return fill(centre, corners=3, days=30, sales=6)


@pytest.fixture
def slip(centre, tills):
    """The newest slip as it is on paper: its row, with the check code."""
    with reading(centre.engine) as db:
        row = db.execute(sa.select(paid).order_by(paid.c.date.desc(), paid.c.number).limit(1)).one()
        entries = schema.entries
        digest = db.execute(sa.select(entries.c.hash).where(entries.c.device == row.device, entries.c.seq == row.seq))
        code = bytes(digest.scalar_one()).hex()[:12]
    return row, f"{code[:4]}-{code[4:8]}-{code[8:]}"


@BOTH
def test_whoever_holds_a_slip_learns_whether_it_is_genuine(window, slip, size, dark) -> None:
    row, code = slip
    page = window(None, size=size, dark=dark)
    page.goto("/")
    assert not sticks_out(page)
    page.get_by_role("link", name="Periksa struk atau slip").click()
    page.get_by_role("heading", name="Periksa kertas", level=1).wait_for()
    assert faults(page) == []
    page.get_by_label("Nomor").fill(row.number.lower())
    page.get_by_label("Kode periksa").fill(code)
    page.get_by_role("button", name="Periksa", exact=True).press("Enter")
    page.get_by_role("heading", name="Asli", exact=True).wait_for()
    amount = f"Rp\u00a0{row.amount:,}".replace(",", ".")
    assert page.locator(".largest dd").inner_text() == amount
    assert not sticks_out(page)
    assert faults(page) == []
    page.get_by_label("Kode periksa").fill("0000-0000-0000")
    page.get_by_role("button", name="Periksa", exact=True).click()
    page.get_by_role("heading", name="Tidak dikenal").wait_for()
    assert faults(page) == []


def test_a_code_on_paper_leads_to_the_answer_at_once(window, slip) -> None:
    row, code = slip
    page = window(None, size=PHONE)
    page.goto(f"/periksa?n={row.number}&k={code.replace('-', '')}")
    page.get_by_role("heading", name="Asli", exact=True).wait_for()


@BOTH
def test_a_buyer_finds_goods_and_where_to_get_them(window, tills, size, dark) -> None:
    page = window(None, size=size, dark=dark)
    page.goto("/periksa")
    page.get_by_role("link", name="Katalog").click()
    page.wait_for_url("**/katalog")
    assert faults(page) == []
    assert not sticks_out(page)
    page.get_by_label("Cari barang atau pembuatnya").fill("keripik")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=keripik"))
    page.get_by_role("link", name="Ada sekarang").click()
    first = page.locator(".good a").first
    name = first.locator(".name").inner_text()
    first.click()
    page.get_by_role("heading", name=name, exact=True, level=1).wait_for()
    assert page.locator(".places li").count() >= 1
    assert not sticks_out(page)
    assert faults(page) == []


@BOTH
def test_a_producer_reads_its_own_page(window, centre, slip, size, dark) -> None:
    row, _code = slip
    with writing(centre.engine) as db:
        token = make_link(centre, db, row.producer, NAMES[Role.OFFICER])
    page = window(None, size=size, dark=dark)
    page.goto(f"/p/{token}")
    assert row.number in page.locator("main").inner_text()
    assert not sticks_out(page)
    assert faults(page) == []
    with page.expect_download() as got:
        page.get_by_role("link", name="Okt 2026").click()
    assert got.value.suggested_filename == f"rekap-{row.producer}-2026-10.pdf"


def test_the_public_pages_need_no_script(browser, address, tills) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/katalog?q=kopi")
    page.locator(".good a").first.click()
    assert page.locator("h1").inner_text()
    page.goto("/periksa")
    page.get_by_label("Nomor").fill("ST MTR001A 000001")
    page.get_by_label("Kode periksa").fill("0000-0000-0000")
    page.get_by_role("button", name="Periksa", exact=True).click()
    assert page.get_by_role("heading", name="Tidak dikenal").is_visible()
    context.close()
