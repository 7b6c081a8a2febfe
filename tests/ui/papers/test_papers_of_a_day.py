"""Rows 7, 14, 15 and 16 of a day as far as they are paper: done at the window, read from the printer's strip."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import print_queue, queries, registry
from pos_app.printing import virtual
from pos_app.printing.escpos_reader import Drawer, Drawn, read
from pos_app.printing.strip import strip_text
from pos_app.services import prices, printing
from pos_app.services.context import User
from pos_app.services.papers import CHECK_CODE, PAPERS
from pos_app.services.printing import PrinterSettings, save_printer_settings
from pos_app.ui.screens.goods_in.screen import GoodsInScreen
from pos_app.ui.screens.goods_in.table_model import EXPIRY, QUANTITY
from pos_app.ui.screens.producers.screen import ProducersScreen
from tests.ui.papers.conftest import PrintingTill
from tests.ui.test_selling import T1


@pytest.fixture
def till(papers: PrintingTill, manager: User) -> PrintingTill:
    """A manager, and a virtual printer of 32 columns with a drawer."""
    papers.corner.counter.user = manager
    folder = virtual.folder_beside(papers.corner.ledger.path)
    save_printer_settings(papers.corner.ledger, PrinterSettings("virtual", str(folder), 32, cutter=True, drawer=True))
    return papers


def files(till: PrintingTill) -> list[Path]:
    return virtual.papers(virtual.folder_beside(till.corner.ledger.path))


def printed(till: PrintingTill, qtbot: QtBot, count: int) -> list[str]:
    """The lines of the newest of ``count`` papers, blanks made one."""
    qtbot.waitUntil(lambda: len(files(till)) == count)
    lines = strip_text(files(till)[-1].read_bytes(), 32)
    assert all(len(line) <= 32 for line in lines)
    return [" ".join(line.split()) for line in lines]


def test_row_7_the_rounding_line_is_on_the_receipt_and_the_drawer_agrees(till: PrintingTill, qtbot: QtBot) -> None:
    prices.set_price(till.corner.counter, "T1", 12_340, consign_price=10_000)
    before = till.corner.state["drawer"]
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    shown = printed(till, qtbot, 1)
    assert "Pembulatan -40" in shown
    assert any(line == "TOTAL Rp 12.300" for line in shown)
    assert till.corner.state["drawer"] - before == 12_300
    assert Drawer() in read(files(till)[0].read_bytes())
    till.corner.do("close_shift", counted=till.corner.state["drawer"])
    closing = printed(till, qtbot, 2)
    assert "Pembulatan -40" in closing
    assert any(line.startswith("Kas seharusnya Rp") for line in closing)


def test_row_14_receiving_prints_two_slips_with_quantity_both_prices_expiry_and_two_signatures(
    till: PrintingTill, qtbot: QtBot
) -> None:
    till.window.go("goods_in")
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    till.scan(T1)
    assert screen.model.setData(screen.model.index(0, QUANTITY), "24")
    assert screen.model.setData(screen.model.index(0, EXPIRY), "28/02/2027")
    till.press(Qt.Key.Key_F12)
    shown = printed(till, qtbot, 1)
    assert shown.count("NOTA TITIP BARANG") == 2, "one for the producer, one for the corner"
    assert shown.count("Keripik Pisang 200 g") == 2
    text = " ".join(shown)
    assert text.count("24 14.400 16.000") == 2
    assert text.count("28/02/2027") == 2
    assert text.count("Penitip") == 2
    assert text.count("Penerima") == 2
    assert text.count("NT-MTR001A-") >= 4
    assert not any("SALINAN" in line for line in shown)


def test_row_15_a_return_prints_two_slips_to_sign_and_never_more_than_on_hand(till: PrintingTill, qtbot: QtBot) -> None:
    till.window.go("goods_in")
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    till.press(Qt.Key.Key_F6)
    till.scan(T1)
    assert screen.model.setData(screen.model.index(0, QUANTITY), "21")
    till.press(Qt.Key.Key_F12)
    assert "tersedia" in till.said.lower() or "hanya" in till.said.lower()
    assert screen.model.setData(screen.model.index(0, QUANTITY), "2")
    till.press(Qt.Key.Key_F12)
    shown = printed(till, qtbot, 1)
    text = " ".join(shown)
    assert text.count("NOTA RETUR") == 2
    assert text.count("tidak laku") == 2
    assert text.count("NR-MTR001A-") >= 4


def pay(till: PrintingTill, producer: str) -> None:
    till.window.go("producers")
    screen = till.window.current
    assert isinstance(screen, ProducersScreen)
    screen.presenter.filter = "all"
    screen.presenter.choose(producer)
    screen.activated()
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)


def test_row_16_a_payment_prints_two_slips_with_goods_words_and_signatures(till: PrintingTill, qtbot: QtBot) -> None:
    till.corner.sell("T1", "2")
    qtbot.waitUntil(lambda: len(files(till)) == 1)
    pay(till, "P1")
    shown = printed(till, qtbot, 2)
    text = " ".join(shown)
    assert text.count("BUKTI PEMBAYARAN PRODUSEN") == 2
    assert text.count("DIBAYAR Rp 28.800") == 2
    assert text.count("dua puluh delapan ribu delapan ratus rupiah") == 2
    assert text.count("BP-MTR001A-") >= 4
    assert text.count("Pengelola") >= 2
    assert "Meterai" not in text
    assert read(files(till)[-1].read_bytes()).count(Drawer()) == 1, "the second copy opens no drawer"


def test_row_16_above_five_million_there_is_room_for_the_duty_stamp(till: PrintingTill, qtbot: QtBot) -> None:
    prices.set_price(till.corner.counter, "T1", 3_000_000, consign_price=2_600_000)
    till.corner.sell("T1", "2", cash=6_000_000)
    qtbot.waitUntil(lambda: len(files(till)) == 1)
    pay(till, "P1")
    text = " ".join(printed(till, qtbot, 2))
    assert text.count("Meterai Rp 10.000") == 2
    assert "lima juta dua ratus ribu rupiah" in text


def test_every_kind_of_paper_that_a_day_made_says_salinan_when_printed_again(till: PrintingTill, qtbot: QtBot) -> None:
    corner = till.corner
    corner.sell("T1", "2")
    corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    corner.receive("T1", "5")
    corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "1", "reason": "unsold"}])
    corner.do("write_off", lines=[{"sku": "T1", "quantity": "1", "reason": "damaged"}])
    corner.do("cash_move", direction="in", amount=100_000, reason="change_money")
    corner.do("settle", producer="P1", tender="cash")
    corner.do("close_shift", counted=corner.state["drawer"])
    seqs = range(1, corner.ledger.head().seq + 1)
    entries = [entry for seq in seqs if (entry := queries.entry_by_seq(corner.db, seq)) is not None]
    newest = {entry.document.KIND: entry for entry in entries if entry.document.KIND in PAPERS}
    assert len(newest) >= 8
    qtbot.waitUntil(lambda: print_queue.counts(corner.db)["waiting"] + print_queue.counts(corner.db)["printing"] == 0)
    for kind, entry in newest.items():
        before = len(files(till))
        printing.reprint(corner.ledger, entry.id, corner.clock())
        shown = printed(till, qtbot, before + 1)
        assert shown.count("*** SALINAN ***") == 1, kind
        assert Drawer() not in read(files(till)[-1].read_bytes()), kind


def test_the_code_to_check_a_receipt_is_compared_with_the_books(till: PrintingTill, qtbot: QtBot) -> None:
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, CHECK_CODE, "1")
    save_printer_settings(
        till.corner.ledger, replace(printing.printer_settings(till.corner.db), columns=48, codes="native")
    )
    till.corner.sell("T1", "2")
    qtbot.waitUntil(lambda: len(files(till)) == 1)
    codes = [one for one in read(files(till)[0].read_bytes()) if isinstance(one, Drawn)]
    assert [one.kind for one in codes] == ["code128", "qr"]
    entry = queries.entry_by_seq(till.corner.db, till.corner.ledger.head().seq)
    assert entry is not None
    assert codes[1].payload == f"POJOK-S {entry.document.number} 32000 {entry.hash.hex()}"
    till.scan(codes[1].payload)
    assert till.said == "Struk ini cocok dengan catatan."
