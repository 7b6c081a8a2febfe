"""Corners and tills with a real browser and real tills: who went silent, enrolling a till, approving a repair."""

import csv
import re
from datetime import datetime
from pathlib import Path

import pytest

from pos_app.domain.dates import WIB
from pos_app.ledger.backup import back_up, restore
from pos_app.services import exchange
from pos_app.services.exchange import ExchangeFailed
from sync.server.access.officers import Role
from sync.server.centre import Centre
from sync.server.corners.changing import save_corner
from sync.server.database.dialect import writing
from tests.e2e.support import Till
from tests.server.figures import DEMO, fill
from tests.server.pages.browsing import PHONE, faults, sticks_out
from tests.server.support import Caller, Journal

SILENT = ("MTR-004", "MTR-009", "MTR-017", "MTR-021", "MTR-030")


def with_corners(centre: Centre, client, clock) -> None:
    """Thirty corners of the demo with a till each; ``SILENT`` stopped calling one after the other."""
    rows = import_rows()
    with writing(centre.engine) as db:
        for facts in rows[:30]:
            save_corner(centre, db, facts, "Rahma", new=facts["corner_code"] not in ("MTR-001", "MTR-002"))
    codes = [row["corner_code"] for row in rows[:30]]
    tills = [Journal(corner=code, ledger_id=f"{n:032x}", prefix=f"{n}-") for n, code in enumerate(codes)]
    caller = Caller(client(None).client)
    for till in tills:
        till.enrol_at(centre).add_moves(1)
    for code in (*SILENT, ""):
        for till in tills:
            if till.corner == code or not (code or till.corner in SILENT):
                assert caller.push(till, at=clock.now.isoformat()).status_code == 200
        clock.pass_(days=6 if code == SILENT[-1] else 0, hours=5)


def import_rows() -> list[dict[str, str]]:
    """The corners of the demo as a form sends them."""
    with (DEMO / "corners.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_officer_sees_which_five_corners_went_silent_and_since_when(window, centre, client, clock):
    with_corners(centre, client, clock)
    page = window(Role.VIEWER)
    page.goto("/pojok")
    lines = page.locator(".silent li")
    assert lines.count() == 5
    notes = lines.locator(".note").all_inner_texts()
    assert tuple(note for note in notes if note.startswith("MTR")) == SILENT
    assert "sejak 1 Okt 2026, 08.00 WIB" in lines.first.inner_text()
    assert page.locator("tbody tr").first.get_attribute("data-corner") == SILENT[0]
    assert page.locator(".place h3").all_inner_texts() == sorted(page.locator(".place h3").all_inner_texts())
    page.click("text=Diam (5)")
    page.wait_for_url("**/pojok?tampil=silent*")
    assert page.locator("tbody tr").count() == 5
    assert faults(page) == []
    small = window(Role.VIEWER, size=PHONE, dark=True)
    small.goto("/pojok")
    assert not sticks_out(small)
    assert faults(small) == []


@pytest.fixture
def till(tmp_path: Path):
    till = Till(tmp_path / "till")
    yield till
    till.ledger.close()


def test_a_till_joins_with_the_code_of_the_page_and_the_board_hears_of_it(window, address, till):
    page = window(Role.OFFICER)
    page.goto("/pojok/MTR-001")
    page.click("button:has-text('Buat kode')")
    code = page.locator("#kode").inner_text()
    assert page.locator("svg.segno, .enrol svg").count() == 1
    assert page.locator("[data-print]").is_visible()
    assert faults(page) == []
    exchange.enrol(till.ledger, till.vault, till.client, address, code)
    till.move_cash(3)
    assert till.sync()["acked"] == 3
    page.click("text=Ke pojok")
    page.wait_for_url("**/pojok/MTR-001")
    assert page.locator("#kasir-A").count() == 1
    assert "Belum ada cadangan" in page.locator("main .chip").all_inner_texts()
    assert faults(page) == []
    page.click("a:has-text('Semua pojok')")
    page.wait_for_url("**/pojok")
    assert page.locator("tr[data-corner='MTR-001']").count() == 1


def test_a_code_is_used_up_by_the_till_that_joins(window, address, till, tmp_path):
    page = window(Role.OFFICER)
    page.goto("/pojok/MTR-001")
    page.click("button:has-text('Buat kode')")
    code = page.locator("#kode").inner_text()
    exchange.enrol(till.ledger, till.vault, till.client, address, code)
    other = Till(tmp_path / "other")
    try:
        with pytest.raises(ExchangeFailed):
            exchange.enrol(other.ledger, other.vault, other.client, address, code)
    finally:
        other.ledger.close()


def test_an_officer_approves_a_repair_after_seeing_both_histories(window, address, centre, till, tmp_path):
    page = window(Role.OFFICER)
    page.goto("/pojok/MTR-001")
    page.click("button:has-text('Buat kode')")
    exchange.enrol(till.ledger, till.vault, till.client, address, page.locator("#kode").inner_text())
    till.move_cash(5)
    copy = back_up(till.ledger, tmp_path, datetime(2026, 10, 1, 12, 0, tzinfo=WIB))
    till.move_cash(3)
    till.sync()
    till.ledger.close()
    till.ledger = restore(copy, copy.with_name("again.db"))
    till.move_cash(4)
    with pytest.raises(ExchangeFailed) as waiting:
        till.sync()
    assert waiting.value.reason == "repair_waiting"
    page.goto("/kepercayaan")
    assert re.search(r"MTR-001 A.*perbaikan menunggu keputusan", page.locator("main").inner_text())
    page.click("dl div:has-text('Perbaikan') a")
    page.wait_for_url("**/perbaikan")
    told = page.locator("main").inner_text()
    assert "Di pusat: 3 dokumen" in told
    assert "Di kasir: 4 dokumen" in told
    page.click("summary:has-text('Dokumen di pusat sejak saat itu')")
    assert "KK-MTR001A-000004" in page.locator("main").inner_text()
    assert faults(page) == []
    page.click("a:has-text('Setujui')")
    page.wait_for_url("**/setujui")
    assert faults(page) == []
    page.click("button:has-text('Setujui')")
    page.wait_for_selector("p.said")
    assert "MTR-001 A boleh menyatukan riwayatnya" in page.locator("p.said").inner_text()
    with pytest.raises(ExchangeFailed) as approved:
        till.sync()
    assert approved.value.reason == "repair_approved"


def test_the_board_fits_a_usual_screen_and_stacks_on_a_telephone(window, centre, client, clock):
    with_corners(centre, client, clock)
    page = window(Role.OFFICER)
    page.goto("/pojok")
    headings = page.locator("table.corners thead th").all_inner_texts()
    told = ["Kontak terakhir", "Belum terkirim", "Ditahan", "Jam", "Cadangan dan ruang", "Buka sejak", "Versi"]
    assert headings == ["Pojok", "Status", *told, "Penjualan hari ini"]
    assert page.locator(".frame").evaluate("one => one.scrollWidth <= one.clientWidth")
    tile = page.locator(".figures > div").filter(has_text="Diam").bounding_box()
    page.mouse.click(tile["x"] + tile["width"] - 8, tile["y"] + tile["height"] - 8)
    page.wait_for_url("**/pojok?tampil=silent*")
    small = window(Role.OFFICER, size=PHONE)
    small.goto("/pojok?tampil=silent")
    row = small.locator(f"tr[data-corner={SILENT[0]}]").bounding_box()
    for cell in small.locator(f"tr[data-corner={SILENT[0]}] > *").all():
        box = cell.bounding_box()
        assert box["x"] >= row["x"]
        assert box["x"] + box["width"] <= row["x"] + row["width"]


def test_the_page_of_a_corner_leads_to_its_figures_and_to_the_papers_of_a_day(window, centre, clock):
    clock.pass_(days=27)
    fill(centre, corners=1, days=5, sales=3)
    page = window(Role.VIEWER)
    page.goto("/pojok/MTR-001")
    page.click("text=Penjualan bulan ini, dan untuk dinas")
    page.wait_for_url("**/program?pojok=MTR-001")
    page.go_back()
    row = page.locator("[aria-labelledby=hari] tbody tr").first
    count = int(row.locator("td").first.inner_text())
    row.locator("a").click()
    page.wait_for_url(re.compile(r"/program/nota\?dari=(.*)&sampai=\1&pojok=MTR-001"))
    assert page.locator("main tbody tr").filter(has_text="ST-MTR001").count() == count
