"""What an officer finds in Chromium without help: what an office sold and bought for itself, what a producer is owed
where."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from sync.documents.refund import Refund
from sync.documents.sale import Sale
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.pages.frame import rupiah
from sync.server.reports import receipts
from sync.server.trust.figures import state
from tests.server.pages.browsing import PHONE, faults, sticks_out
from tests.server.pages.test_program import database as database_of_traded
from tests.server.pages.test_program import traded  # noqa: F401 - a fixture

database = database_of_traded
PAGES = (
    "/program?masa=lalu",
    "/program/terjual?menurut=produsen&masa=90",
    "/program/terjual?menurut=waktu&masa=90",
    "/program/pembayaran?masa=90",
    "/program/hak",
    "/program/barang?masa=90",
    "/program/sertifikat?kurang=halal&masa=90",
    "/program/nota?dari=2026-09-30&sampai=2026-09-30",
    "/program/produsen/P001?masa=90",
)


def by_hand(centre: Centre, corner: str, month: str) -> tuple[int, int]:
    """What the corner's own documents say was sold in a month, and how much of it for the office."""
    from sync.server.projecting.projection import envelope_of

    entries, devices, sold, office, buyers = schema.entries, schema.devices, 0, 0, {}
    with reading(centre.engine) as db:
        query = sa.select(entries.c.body).join(devices, devices.c.device == entries.c.device)
        bodies = db.execute(query.where(devices.c.corner == corner).order_by(entries.c.seq)).scalars().all()
    undone = {}
    for body in bodies:
        envelope = envelope_of(body)
        document = envelope.document()
        sign, said = 1, document
        if document.KIND == "reversal":
            sign, said = -1, undone.get(document.original_id)
        undone[envelope.id] = document
        if isinstance(said, Sale):
            buyers[envelope.id] = said.buyer.kind
            amount, buyer = said.total, said.buyer.kind
        elif isinstance(said, Refund):
            amount, buyer = -said.total, buyers[said.sale_id]
        else:
            continue
        if envelope.date.startswith(month):
            sold += sign * amount
            office += sign * amount if buyer == "office" else 0
    return sold, office


def test_how_much_an_office_sold_this_month_and_how_much_of_it_it_bought_itself(window: Callable, centre: Centre):
    page = window()
    page.goto("/program")
    page.select_option("#pojok", label="Sekretariat Daerah")
    page.select_option("#masa", label="Bulan lalu")
    page.get_by_role("button", name="Tampilkan").click()

    sold, office = by_hand(centre, "MTR-001", "2026-09")
    tiles = page.locator("dl.figures")
    assert office > 0
    assert tiles.locator("div", has=page.get_by_text("Terjual", exact=True)).locator("a").inner_text() == rupiah(sold)
    bought = tiles.locator("div", has=page.get_by_text("Dibeli untuk dinas", exact=True)).locator("a")
    assert bought.inner_text() == rupiah(office)

    bought.click()  # by the units that bought
    page.get_by_role("heading", name="Penjualan: Bagian yang membeli").wait_for()
    assert page.locator("#terjual").inner_text() == rupiah(office)
    assert "pojok=MTR-001" in page.url


def test_what_a_producer_is_owed_where(window: Callable, centre: Centre):
    page = window()
    page.goto("/program")
    tile = page.locator("dl.figures div", has=page.get_by_text("Hak produsen belum dibayar", exact=True))
    tile.locator("a").click()
    page.locator("main").get_by_role("link", name="Produsen", exact=True).click()
    name = page.locator("tbody tr").first.locator("a").inner_text()
    page.get_by_role("link", name=name, exact=True).click()

    page.get_by_role("heading", name="Hak sekarang").wait_for()
    code = page.url.rpartition("/")[2]
    owed = {}
    for row in page.locator("[aria-labelledby=hak] tbody tr").all():
        owed[row.locator("th .note").inner_text().split()[0]] = row.locator("td").first.inner_text()
    assert owed
    assert owed == {corner: rupiah(state(centre, corner)["payable"][code]) for corner in owed}


def test_a_column_of_the_plot_leads_to_the_papers_of_its_day_with_the_keyboard_too(window: Callable, centre: Centre):
    page = window()
    page.goto("/program?dari=2026-09-28&sampai=2026-09-30&pojok=MTR-001")
    page.locator("svg.plot a").nth(2).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Nota 30 Sep 2026").wait_for()
    page.locator("tbody tr a").first.click()
    page.get_by_role("heading", name="Asal dokumen").wait_for()


def test_a_plot_is_one_stop_of_the_tab_key_and_arrows_lead_through_it(window: Callable):
    page = window()
    page.goto("/program/terjual?menurut=waktu&masa=lalu")
    columns = page.locator("svg.plot a")
    page.locator(".choices a").last.focus()
    page.keyboard.press("Tab")
    for key, place in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 29), ("Home", 0)):
        page.keyboard.press(key)
        assert columns.nth(place).evaluate("(link) => link === document.activeElement"), key
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('svg')")


def test_figures_that_the_form_no_longer_asks_for_are_greyed_until_it_is_sent(window: Callable):
    page = window()
    page.goto("/program")
    told, body = page.locator(".press"), page.locator("body")
    page.select_option("#pojok", label="Sekretariat Daerah")
    assert told.inner_text() == "Tekan “Tampilkan” untuk angka ini."
    assert body.get_attribute("class") == "stale"
    page.select_option("#pojok", label="Semua")
    assert (told.inner_text(), body.get_attribute("class")) == ("", "")
    page.select_option("#pojok", label="Sekretariat Daerah")
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_text("Pojok: Sekretariat Daerah").wait_for()
    assert told.inner_text() == ""


def test_other_dates_open_their_fields_and_days_that_are_typed_count(window: Callable):
    page = window()
    page.goto("/program")
    assert not page.locator("#dari").is_visible()
    page.select_option("#masa", label="Tanggal lain")
    assert page.locator("#dari").is_visible()
    page.select_option("#masa", label="Bulan lalu")
    page.fill("#dari", "2026-09-07")
    page.fill("#sampai", "2026-09-11")
    assert page.locator("#masa").input_value() == "lain"
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_text("7 Sep 2026 s.d. 11 Sep 2026", exact=True).wait_for()
    page.select_option("#masa", label="Bulan lalu")
    assert page.locator("#dari").input_value() == ""
    page.get_by_role("button", name="Tampilkan").click()
    page.get_by_text("1 Sep 2026 s.d. 30 Sep 2026", exact=True).wait_for()


OUTSIDE = """() => [...document.querySelectorAll(".frame td, .frame th, .bars td")].filter((cell) => {
    const at = cell.getBoundingClientRect();
    return cell.checkVisibility() && at.width && !cell.closest("thead") && (at.right > innerWidth || at.left < 0);
}).map((cell) => cell.textContent)"""


def test_on_a_telephone_every_figure_of_a_table_is_on_the_screen(window: Callable, centre: Centre):
    with reading(centre.engine) as db:
        device, seq = receipts.found_by_number(db, "ST-MTR001A-000005")
    page = window(size=PHONE)
    for address in (*PAGES, f"/program/nota/{device}/{seq}"):
        page.goto(address)
        for details in page.locator("main details").all():
            details.evaluate("(one) => { one.open = true; }")
        assert page.evaluate(OUTSIDE) == [], address


def test_sums_of_a_large_office_and_long_names_fit_a_desktop(window: Callable):
    page = window()
    for by in ("pojok", "barang"):
        page.goto(f"/program/terjual?menurut={by}&masa=90")
        page.evaluate("""() => {
            for (const cell of document.querySelectorAll("td.number")) cell.textContent = "Rp\\u00a0999.999.999";
            for (const cell of document.querySelectorAll("tbody th"))
                cell.textContent = "Dinas Koperasi, Usaha Kecil dan Menengah Kota Metro MTR-001";
        }""")
        frame = page.locator(".frame")
        assert frame.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0, by


def test_a_file_of_the_table_is_what_it_shows(window: Callable):
    page = window()
    page.goto("/program/terjual?menurut=produsen&masa=lalu")
    with page.expect_download() as told:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(Path(told.value.path()).read_text("utf-8-sig").splitlines()))

    shown = [row.locator("td.number").first.inner_text() for row in page.locator("tbody tr").all()]
    assert [rupiah(int(row["Terjual"])) for row in rows][: len(shown)] == shown


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_pages_of_the_programme_have_no_fault_and_fit_a_telephone(window: Callable, centre: Centre, dark: bool):
    with reading(centre.engine) as db:
        device, seq = receipts.found_by_number(db, "ST-MTR001A-000005")
    page = window(size=PHONE, dark=dark)
    for address in (*PAGES, f"/program/nota/{device}/{seq}"):
        page.goto(address)
        assert faults(page) == [], address
        assert not sticks_out(page), address
