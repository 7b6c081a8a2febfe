"""A whole day with the keyboard and the scanner alone, as real key events into the real window; at 200 % too.

Row 35 of a day at the counter. Nothing is called, set or clicked: what the hands cannot reach by a key, nobody can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from pos_app.ledger import print_queue, queries, registry
from pos_app.ledger.backup import backups_in
from pos_app.services.context import User
from pos_app.ui import settings_keys
from pos_app.ui.screens.sell import paid_panel
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from tests.corner import Corner
from tests.e2e.support import CentreProcess, centre_process
from tests.ui.conftest import CASHIER_PIN, MANAGER_PIN, Till
from tests.ui.hands import ALT, CONTROL, Hands
from tests.ui.test_paying import QRIS
from tests.ui.test_selling import B1, K1, T1

NEW = "8991234567891"
STAFF_PIN = "2468"
Key = Qt.Key

SitDown = Callable[[Corner, int, tuple[int, int]], Hands]


@pytest.fixture
def hands(make_till: Callable[..., Till], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> SitDown:
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)

    def sit_down(corner: Corner, scale: int, size: tuple[int, int]) -> Hands:
        till = make_till(corner, scale=scale, size=size)
        till.window.go("login")
        return Hands(till, qtbot)

    return sit_down


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[CentreProcess]:
    folder = tmp_path / "centre"
    folder.mkdir()
    with centre_process(folder) as running:
        yield running


def seen(at: Hands, words: str) -> bool:
    """Whether the screen shows or tells these words somewhere."""
    current = at.till.window.current
    assert current is not None
    shown = [one for one in current.findChildren(QWidget) if one.isVisible()]
    texts = [one.text() for one in shown if isinstance(one, QLabel)] + [one.accessibleName() for one in shown]
    return any(words in " ".join(text.split()) for text in texts)


# Steps of a day ------------------------------------------------------------------------------------------------------


def log_in(at: Hands, name: str = "Sari", pin: str = CASHIER_PIN) -> None:
    at.until(lambda: at.screen == "login" and _names(at) > 1)
    at.press(Key.Key_N, ALT)
    at.press(Key.Key_Home)
    at.press(Key.Key_Down if name == "Sari" else Key.Key_Home)
    at.press(Key.Key_P, ALT)
    at.enter(pin)
    user = at.till.corner.counter.user
    assert user is not None
    assert user.name == name


def _names(at: Hands) -> int:
    who = getattr(at.till.window.current, "who", None)
    return who.count() if who is not None else 0


def approve(at: Hands) -> None:
    """A manager comes by and types the PIN."""
    at.enter(MANAGER_PIN)


def open_the_shift(at: Hands) -> None:
    assert at.screen == "shift_open"
    at.type("200000")
    at.press(Key.Key_F12)
    assert at.screen == "sell"


def sell_by_name(at: Hands) -> None:
    at.enter("2*keripik")
    assert at.till.sell.total.amount.text() == "Rp 32.000"
    pay_cash(at, "50000", "Rp 18.000")


def pay_cash(at: Hands, given: str, change: str) -> None:
    """F12, what the buyer hands over, Enter; then the next sale."""
    at.press(Key.Key_F12)
    at.enter(given)
    assert at.till.sell.side.is_paid, at.said
    assert at.till.sell.side.panels.paid.amount.text() == change
    at.press(Key.Key_Return)
    assert at.till.sell.selling


def register_new_goods(at: Hands) -> None:
    """A barcode nobody knows is registered where it was scanned; the line it makes is taken off again."""
    at.scan(NEW)
    assert NEW in at.said
    at.press(Key.Key_Return, CONTROL)
    at.type("Sambal Botol 150 g")
    at.press(Key.Key_Tab)
    at.type("Dua")
    at.tab_to("titip")
    at.type("9000")
    at.tab_to("jual")
    at.type("12000")
    at.press(Key.Key_F12)
    approve(at)
    assert at.till.sell.total.amount.text() == "Rp 12.000", at.said
    at.press(Key.Key_Delete)
    assert at.till.sell.total.amount.text() == "Rp 0"


def receive(at: Hands, *lines: tuple[str, str]) -> None:
    at.screen_key(2)
    assert at.screen == "goods_in"
    for quantity, code in lines:
        at.press(Key.Key_F2)
        at.type(f"{quantity}*")
        at.scan(code)
    at.press(Key.Key_F12)
    approve(at)
    assert at.said.startswith("NT-MTR001A-"), at.said


def give_a_staff_pin(at: Hands) -> None:
    at.screen_key(5)
    at.press(Key.Key_F2)
    at.type("satu")
    at.press(Key.Key_F7)
    at.tab_to("PIN pegawai baru")
    at.type(STAFF_PIN)
    at.press(Key.Key_Tab)
    at.type(STAFF_PIN)
    at.press(Key.Key_F12)
    approve(at)
    at.press(Key.Key_Escape)


def sell_by_scan_search_and_tile(at: Hands) -> None:
    at.screen_key(1)
    at.scan(T1)
    at.enter("lapis")
    at.press(Key.Key_F3)
    tile = at.till.sell.tiles.focused
    assert tile is not None
    at.press(Key.Key_Return)
    at.press(Key.Key_Escape)
    before = at.till.sell.total.amount.text()
    at.press(Key.Key_Z, CONTROL)
    assert at.till.sell.total.amount.text() == "Rp 23.500", before
    at.press(Key.Key_Y, CONTROL)
    assert at.till.sell.total.amount.text() == before
    at.press(Key.Key_F12)
    at.press(Key.Key_Return)
    assert at.till.sell.side.is_paid
    at.press(Key.Key_Return)


def split_with_qris(at: Hands) -> None:
    at.type("2*")
    at.scan(T1)
    at.press(Key.Key_F12)
    at.enter("s10000q4817")
    at.enter("t50000")
    assert at.till.sell.side.is_paid, at.said
    assert at.till.sell.side.panels.paid.amount.text() == "Rp 28.000"
    at.press(Key.Key_Return)


def sell_on_a_tab(at: Hands) -> None:
    at.type("3*")
    at.scan(T1)
    at.press(Key.Key_F12)
    at.type("b")
    at.enter("pegawai satu")
    at.enter(STAFF_PIN)
    assert at.till.sell.side.is_paid, at.said
    at.press(Key.Key_Return)


def sell_with_a_discount(at: Hands) -> None:
    at.scan(T1)
    at.press(Key.Key_F5)
    at.type("10%")
    at.type("c")
    at.tab_to("PIN")
    approve(at)
    assert at.till.sell.total.amount.text() == "Rp 14.400", at.said
    pay_cash(at, "20000", "Rp 5.600")


def park_and_recall(at: Hands) -> None:
    at.scan(K1)
    at.scan(K1)
    at.type("ibu baju biru")
    at.press(Key.Key_F6)
    assert at.till.sell.total.amount.text() == "Rp 0"
    at.scan(B1)
    pay_cash(at, "3000", "Rp 0")
    at.press(Key.Key_F7)
    at.press(Key.Key_Return)
    assert at.till.sell.total.amount.text() == "Rp 15.000"
    pay_cash(at, "15000", "Rp 0")


def refund_by_scan(at: Hands, number: str) -> None:
    at.scan(number)
    at.type("+c")
    at.press(Key.Key_F12)
    approve(at)
    assert "kembalikan Rp 16.000" in at.said, at.said
    assert at.till.sell.selling


def pay_by_the_wrong_method(at: Hands) -> str:
    """The buyer paid by QRIS, the cashier pressed cash: undone and paid anew."""
    at.scan(K1)
    pay_cash(at, "7500", "Rp 0")
    number = newest(at.till.corner, "sale").number
    at.scan(number)
    at.press(Key.Key_F5)
    approve(at)
    assert "Pilih cara bayar yang benar" in at.said
    at.enter("q5555")
    assert at.till.sell.side.is_paid, at.said
    at.press(Key.Key_Return)
    return number


def reprint_the_last(at: Hands) -> None:
    at.press(Key.Key_F9)
    at.press(Key.Key_F9)
    assert "cetak" in at.said.lower(), at.said
    at.press(Key.Key_Escape)


def count_stock(at: Hands) -> None:
    at.screen_key(3)
    at.scan(NEW)
    at.press(Key.Key_F4)
    at.type("19")
    at.press(Key.Key_F12)
    approve(at)
    assert "tadinya 20, kini 19" in at.said, at.said


def print_labels(at: Hands, folder: Path) -> None:
    at.scan(NEW)
    at.press(Key.Key_F6)
    assert at.screen == "labels"
    at.tab_to("Folder")
    at.press(Key.Key_A, CONTROL)
    at.type(str(folder))
    at.press(Key.Key_F12)
    at.told("label di ")
    assert len(list(folder.glob("label-*.pdf"))) == 1


def settle_a_producer(at: Hands) -> None:
    at.screen_key(4)
    at.press(Key.Key_F2)
    at.type("dapur")
    at.press(Key.Key_F12)
    approve(at)
    assert "dibayar" in at.said, at.said


def cash_out_and_in(at: Hands) -> None:
    at.screen_key(7)
    at.press(Key.Key_F7)
    at.type("20000")
    at.tab_to("Catatan")
    at.type("es batu")
    at.press(Key.Key_F12)
    approve(at)
    assert at.said.startswith("KK-MTR001A-"), at.said
    at.press(Key.Key_F7)
    at.choose("Keluar laci", "Masuk laci")
    at.tab_to("Jumlah")
    at.type("50000")
    at.tab_to("Catatan")
    at.type("uang kecil dari brankas")
    at.press(Key.Key_F12)
    approve(at)
    assert at.said.startswith("KK-MTR001A-"), at.said


def repay_a_tab(at: Hands) -> None:
    at.screen_key(5)
    at.press(Key.Key_F2)
    at.press(Key.Key_A, CONTROL)
    at.type("satu")
    at.press(Key.Key_F4)
    at.press(Key.Key_A, CONTROL)
    at.type("16000")
    at.press(Key.Key_F12)
    at.press(Key.Key_F12)
    assert queries.tab(at.till.corner.db, "S1") == 32_000, at.said


def hand_over_the_deduction_list(at: Hands) -> None:
    at.press(Key.Key_F3)
    at.until(lambda: seen(at, "tiga puluh dua ribu rupiah"))
    at.press(Key.Key_F12)
    assert "belum tiba" in at.said, at.said
    at.tab_to("catat")
    at.press(Key.Key_A, CONTROL)
    at.enter("01102026")
    at.until(lambda: press_again_while_it_reads(at))
    approve(at)
    at.told("DP-MTR001A-000001")
    at.press(Key.Key_F3)


def press_again_while_it_reads(at: Hands) -> bool:
    at.press(Key.Key_F12)
    return "Masih membaca" not in at.said


def match_qris(at: Hands) -> None:
    at.screen_key(6)
    at.until(lambda: seen(at, "QRIS belum dicocokkan: Rp 17.500"))
    at.tab_to("QRIS")
    at.press(Key.Key_Space)
    at.until(lambda: at.screen == "qris_match" and seen(at, "Rp 17.500"))
    at.press(Key.Key_F6)
    at.press(Key.Key_F4)
    at.type("17377")
    at.press(Key.Key_F12)
    approve(at)
    at.told("Rp 17.377 sudah ditemukan di bank")


def read_the_board(at: Hands, gross: str) -> None:
    at.screen_key(6)
    at.until(lambda: seen(at, gross))
    at.press(Key.Key_T, CONTROL)
    at.press(Key.Key_T, CONTROL)


def back_up(at: Hands, folder: Path) -> None:
    at.screen_key(9)
    at.choose("Kasir ini", "Keamanan data")
    assert at.screen == "safety"
    at.press(Key.Key_F3)
    at.enter(str(folder))
    if folder.name not in at.said:
        approve(at)
    at.told(str(folder))
    at.press(Key.Key_F12)
    at.told("Dicadangkan dan diperiksa di 1 folder.")


def join_and_send(at: Hands, centre: CentreProcess) -> None:
    at.screen_key(8)
    at.press(Key.Key_A, ALT)
    at.type(centre.url)
    at.tab_to("Kode pendaftaran")
    at.enter(centre.code("MTR-001", "A"))
    if "Bergabung" not in at.said:
        approve(at)
    at.told("Bergabung")
    at.until(lambda: sent_by_f12(at))


def sent_by_f12(at: Hands) -> bool:
    if "terkirim" in at.said:
        return True
    if "Mengirim" not in at.said:  # a round of its own may be under way
        at.press(Key.Key_F12)
    return False


def close_the_shift(at: Hands, cash: int) -> None:
    at.screen_key(7)
    assert at.screen == "close_shift"
    left = cash
    for value in (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 1_000, 500, 200, 100):
        pieces, left = divmod(left, value)
        at.enter(str(pieces))
    at.press(Key.Key_F12)
    at.press(Key.Key_F12)
    at.press(Key.Key_F12)
    assert at.said.startswith("Kasir ditutup"), at.said
    assert queries.open_shift(at.till.corner.db) is None


def log_out(at: Hands) -> None:
    at.press(Key.Key_L, CONTROL)
    assert at.screen == "login"
    assert at.till.corner.counter.user is None


def newest(corner: Corner, kind: str) -> Sale | Refund | Reversal:
    entry = queries.entry_by_seq(corner.db, queries.recent(corner.db, kind, 1)[0].seq)
    assert entry is not None
    assert isinstance(entry.document, Sale | Refund | Reversal)
    return entry.document


# The days ------------------------------------------------------------------------------------------------------------


@pytest.mark.qt_log_ignore("does not support raise", "does not support grabbing the keyboard")
def test_row_35_a_full_day_from_log_in_to_log_out_without_touching_the_mouse(
    hands: SitDown, corner: Corner, cashier: User, manager: User, centre: CentreProcess, tmp_path: Path
) -> None:
    set_up_qris(corner)
    folders = [tmp_path / name for name in ("labels", "stick")]
    for folder in folders:
        folder.mkdir()
    at = hands(corner, 100, (1366, 768))
    log_in(at)
    open_the_shift(at)
    register_new_goods(at)
    receive(at, ("20", T1))
    receive(at, ("20", NEW), ("12", K1), ("10", B1))
    give_a_staff_pin(at)
    sell_by_scan_search_and_tile(at)
    split_with_qris(at)
    split = newest(corner, "sale").number
    sell_on_a_tab(at)
    sell_with_a_discount(at)
    park_and_recall(at)
    refund_by_scan(at, split)
    wrong = pay_by_the_wrong_method(at)
    reprint_the_last(at)
    count_stock(at)
    print_labels(at, folders[0])
    settle_a_producer(at)
    cash_out_and_in(at)
    repay_a_tab(at)
    hand_over_the_deduction_list(at)
    match_qris(at)
    back_up(at, folders[1])
    join_and_send(at, centre)
    read_the_board(at, "Rp 143.400")
    close_the_shift(at, DRAWER)
    at.until(lambda: corner.ledger.head().seq == acked(corner))
    log_out(at)
    the_books_are_right(corner)
    assert corner.verify() > 0
    at.until(lambda: corner.ledger.head().seq in {copy.entries for copy in backups_in(folders[1])})
    assert {**centre.state("MTR-001", "A"), "journal": {}} == {**corner.state, "journal": {}}
    assert reversed_number(corner) == wrong


CASH = 39_500 + 22_000 + 14_400 + 3_000 + 15_000 - 16_000
"""First sale, split less QRIS, discounted, bought meanwhile, recalled; less the refund. The wrong tender is nothing."""
PAID_OUT = 7 * 14_400
"""Seven pieces of T1 at their consign price; the corner bore the discount."""
DRAWER = 200_000 + CASH - PAID_OUT - 20_000 + 50_000 + 16_000
"""Float, sales, producer, ice, change money, repaid tab."""


def the_books_are_right(corner: Corner) -> None:
    """What the paper of the day would say, added up by hand."""
    state = corner.state
    assert state["tenders"] == {"cash": CASH, "qris": 17_500, "tab": 48_000}
    assert (state["sales"], state["refunds"], state["gross"]) == (7, 1, CASH + 17_500 + 48_000)
    assert state["stock"] == {"T1": "13", "K1": "8", "B1": "9", "MTR001A-B001": "19"}
    assert (state["payable"]["P1"], state["tabs"]["S1"], state["drawer"]) == (0, 32_000, 0)
    shift = state["shifts"][0]
    assert (shift["expected"], shift["counted"], shift["difference"]) == (DRAWER, DRAWER, 0)
    books = queries.balances(corner.db)
    assert (books["qris"], books["bank"], books["fees"]) == (0, 17_377 + DRAWER - 200_000, 123)
    kinds = {queries.recent(corner.db, kind, 1)[0].number[:2] for kind in RECORDED}
    assert kinds == {"ST", "PU", "BT", "NT", "BP", "PB", "KK", "SO", "DP", "CQ", "BK", "TK"}
    logged = {row[0] for row in corner.db.execute("SELECT action FROM activity")}
    assert {"line_removed", "approved:discount", "approved:register_goods"} <= logged
    assert print_queue.counts(corner.db)["failed"] == 0


RECORDED = (
    *("sale", "refund", "reversal", "goods_received", "settlement", "tab_payment", "cash_move", "stock_count"),
    *("deduction_list", "qris_matched", "shift_opened", "shift_closed"),
)


def reversed_number(corner: Corner) -> str:
    document = newest(corner, "reversal")
    assert isinstance(document, Reversal)
    return document.original_number


def acked(corner: Corner) -> int:
    return int(corner.state["journal"]["acked"])


def set_up_qris(corner: Corner) -> None:
    """What the first setup asked about the merchant's code."""
    with corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.QRIS_STATIC, QRIS)
        registry.set_setting(tx.db, settings_keys.QRIS_DYNAMIC, "1")


@pytest.mark.parametrize(
    ("scale", "size"), [(100, (1366, 768)), (200, (1366, 768)), (200, (1093, 543))], ids=["100", "200", "200-small"]
)
def test_a_sale_a_refund_and_a_closing_by_keyboard_alone(
    hands: SitDown, corner: Corner, cashier: User, manager: User, scale: int, size: tuple[int, int]
) -> None:
    at = hands(corner, scale, size)
    log_in(at)
    open_the_shift(at)
    receive(at, ("20", T1))
    at.screen_key(1)
    sell_by_name(at)
    refund_by_scan(at, newest(corner, "sale").number)
    close_the_shift(at, 216_000)
    log_out(at)
    state = corner.state
    assert (state["sales"], state["refunds"], state["stock"]["T1"]) == (1, 1, "19")
    assert (state["shifts"][0]["expected"], state["shifts"][0]["difference"]) == (216_000, 0)
    assert corner.verify() > 0
    assert (at.till.window.width(), at.till.window.height()) == size


def test_f12_right_after_the_last_digit_takes_that_digit_too(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(till.scanner._timer, "start", lambda _ms: None)  # a slow machine must not let the digit go
    ticks = iter(range(0, 100_000, 150))
    till.scanner._clock = lambda _event: next(ticks)
    handle = till.window.windowHandle()
    till.type("keripik")
    till.press(Key.Key_Return)
    till.press(Key.Key_F12)
    for digit in "20000":
        QTest.keyClick(handle, digit)
    assert till.scanner.holding
    till.press(Key.Key_F12)
    assert till.sell.side.is_paid
    assert till.sell.side.panels.paid.amount.text() == "Rp 4.000"
