"""Rows 25 and 26 of a day at the counter at the window: five days without the centre, and two tills of one corner."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.ledger.ledger import Identity
from pos_app.printing.preview import preview
from pos_app.services import exchange, people
from pos_app.services.papers import document_paper
from pos_app.ui.screens.sync.screen import SyncScreen
from sync.client.till import CentreClient
from tests.corner import MORNING, PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register
from tests.e2e.support import CentreProcess, centre_process
from tests.ui.conftest import Till
from tests.ui.office.test_closing_the_day import pieces_for, shown
from tests.ui.test_selling import T1

DAYS = 5


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreProcess]:
    folder = tmp_path / "centre"
    folder.mkdir()
    with centre_process(folder) as running:
        yield running


def sell_and_close(till: Till, pieces: int) -> None:
    """A day at the window: goods scanned, paid exactly, the drawer counted right, the shift closed."""
    till.window.go("sell")
    till.type(f"{pieces}*")
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    till.sell.side.new_sale()
    till.window.go("close_shift")
    for text in pieces_for(queries.balance(till.corner.db, "cash")):
        till.type(text)
        till.press(Qt.Key.Key_Return)
    for _step in range(3):
        till.press(Qt.Key.Key_F12)


def paper_gross(corner: Corner, seq: int) -> int:
    """Net sales as the Z paper tells them."""
    entry = queries.entry_by_seq(corner.db, seq)
    assert entry is not None
    lines = [shown(line) for line in preview(document_paper(corner.ledger, corner.counter.vault, entry.id), 48)]
    told = next(line for line in lines if line.startswith("Penjualan bersih"))
    return int(told.removeprefix("Penjualan bersih Rp ").replace(".", ""))


def test_row_25_five_days_offline_arrive_in_order_once_with_their_dates_and_totals(
    till: Till, centre: CentreProcess, qtbot: QtBot
) -> None:
    corner = till.corner
    for day in range(DAYS):
        if day:
            corner.clock.pass_by(days=1)
            till.window.go("sell")
            till.type("200000")
            till.press(Qt.Key.Key_F12)
        sell_and_close(till, day + 1)
    closings = sorted(queries.recent(corner.db, "shift_closed"), key=lambda one: one.seq)
    assert [one.date for one in closings] == [(MORNING.date() + timedelta(days=day)).isoformat() for day in range(DAYS)]
    assert [paper_gross(corner, one.seq) for one in closings] == [16_000 * (day + 1) for day in range(DAYS)]
    exchange.enrol(corner.ledger, corner.counter.vault, CentreClient(), centre.url, centre.code("MTR-001", "A"))
    till.window.go("sync")
    screen = till.window.current
    assert isinstance(screen, SyncScreen)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "catatan terkirim" in till.said)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not screen.sync.running)
    theirs = centre.state("MTR-001", "A")
    assert {**theirs, "journal": {}} == {**corner.state, "journal": {}}
    assert theirs["journal"]["entries"] == corner.ledger.head().seq
    assert theirs["gross"] == sum(paper_gross(corner, one.seq) for one in closings)
    assert [shift["opened_at"] for shift in theirs["shifts"]] == [
        shift["opened_at"] for shift in corner.state["shifts"]
    ]


def test_row_26_two_tills_have_numbers_and_drawers_of_their_own_and_the_corner_is_their_sum(
    till: Till, centre: CentreProcess, tmp_path: Path
) -> None:
    first = till.corner
    folder = tmp_path / "second"
    folder.mkdir()
    second = new_corner(folder, Identity("f" * 32, "MTR-001", "Dinas Koperasi", "B"))
    register(second, folder, PRODUCERS, PRODUCTS, STAFF)
    second.counter.user = people.add_user(
        second.ledger, second.counter.vault, name="Ratna", pin="123456", role="pengelola", now=MORNING
    )
    second.do("open_shift", float=100_000)
    first.sell("K1", "11")
    till.scan("2000000000022")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    second.sell("K1", "1")
    assert [sale.number for sale in queries.recent(first.db, "sale", 1)] == ["ST-MTR001A-000002"]
    assert [sale.number for sale in queries.recent(second.db, "sale", 1)] == ["ST-MTR001B-000001"]
    assert (first.state["drawer"], second.state["drawer"]) == (200_000 + 90_000, 100_000 + 7_500)
    for corner in (first, second):
        client = CentreClient()
        who = corner.ledger.identity
        code = centre.code(who.corner, who.till)
        exchange.enrol(corner.ledger, corner.counter.vault, client, centre.url, code)
        exchange.sync(corner.ledger, corner.counter.vault, client)
    both = centre.state("MTR-001")
    assert both["gross"] == first.state["gross"] + second.state["gross"]
    assert both["sales"] == 3
    assert both["stock"]["K1"] == "-1"
