"""Rows 13, 15, 16, 17 and 37 of a day at the counter: what producers are paid, on the screen and in the ledger."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.services.context import User
from pos_app.ui.screens.sell import paid_panel
from sync.documents.money import Settlement
from sync.documents.sale import Sale
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.hands import Hands
from tests.ui.test_selling import K1, T1

Key = Qt.Key


@pytest.fixture
def hands(till: Till, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Hands:
    """A cashier at an open till; a manager comes by where a PIN is asked for."""
    monkeypatch.setattr(paid_panel, "DEAF_SECONDS", 0.0)
    return Hands(till, qtbot)


def sell(at: Hands, code: str, pieces: int) -> str:
    at.screen_key(1)
    at.type(f"{pieces}*")
    at.scan(code)
    at.press(Key.Key_F12)
    at.press(Key.Key_Return)
    assert at.till.sell.side.is_paid, at.said
    at.press(Key.Key_Return)
    return queries.recent(at.till.corner.db, "sale", 1)[0].number


def look_at(at: Hands, producer: str) -> None:
    """The producer with this name, due or not."""
    at.screen_key(4)
    at.press(Key.Key_F2)
    at.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    at.type(producer)


def pay(at: Hands, producer: str) -> None:
    look_at(at, producer)
    at.press(Key.Key_F12)
    at.enter(MANAGER_PIN)


def slip(at: Hands) -> str:
    """The slip as the screen shows it before it is paid."""
    return " ".join(at.till.window.current.payment.slip.text.text().split())  # type: ignore[union-attr]


def settlements(at: Hands) -> list[Settlement]:
    db = at.till.corner.db
    entries = [queries.entry_by_seq(db, row.seq) for row in reversed(queries.recent(db, "settlement"))]
    return [entry.document for entry in entries if entry is not None and isinstance(entry.document, Settlement)]


def test_row_13_a_refund_after_the_payout_is_netted_on_the_next_slip_and_seen_there(hands: Hands) -> None:
    corner = hands.till.corner
    number = sell(hands, T1, 2)
    pay(hands, "dapur")
    assert corner.payable("P1") == 0
    hands.screen_key(1)
    hands.scan(number)
    hands.type("+c")
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    assert corner.payable("P1") == -14_400
    sell(hands, T1, 3)
    look_at(hands, "dapur")
    assert "Termasuk kembali, dulu dibayar -Rp 14.400" in slip(hands)
    assert "Hak produsen Rp 28.800" in slip(hands)
    pay(hands, "dapur")
    first, second = settlements(hands)
    assert (first.amount, second.amount) == (28_800, 28_800)
    assert corner.payable("P1") == 0
    assert corner.verify() > 0


def test_row_40_a_producer_who_owes_pays_in_cash(hands: Hands, manager: User) -> None:
    corner = hands.till.corner
    number = sell(hands, T1, 2)
    pay(hands, "dapur")
    hands.screen_key(1)
    hands.scan(number)
    hands.type("+c")
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    drawer = corner.state["drawer"]
    assert corner.payable("P1") == -14_400
    look_at(hands, "dapur")
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    assert hands.said.startswith("KK-MTR001A-000001: Rp 14.400 tercatat. Belum ada printer")
    assert (corner.payable("P1"), corner.state["drawer"]) == (0, drawer + 14_400)
    before = corner.ledger.head().seq
    hands.press(Key.Key_F12)
    assert corner.ledger.head().seq == before
    corner.counter.user = manager
    assert corner.refused("cash_move", direction="in", amount=1, producer="P1") == "nothing_payable"
    assert corner.verify() == before


def test_row_15_goods_taken_back_are_never_more_than_on_hand(hands: Hands) -> None:
    corner = hands.till.corner
    before = corner.ledger.head().seq
    hands.screen_key(2)
    hands.press(Key.Key_F6)
    hands.press(Key.Key_F2)
    hands.type("21*")
    hands.scan(T1)
    hands.press(Key.Key_F12)
    if "20" not in hands.said:
        hands.enter(MANAGER_PIN)
    assert "20" in hands.said, hands.said
    assert (corner.ledger.head().seq, corner.state["stock"]["T1"]) == (before, "20")
    hands.press(Key.Key_F4)
    hands.enter("20")
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    assert hands.said.startswith("NR-MTR001A-"), hands.said
    assert corner.state["stock"].get("T1", "0") == "0"
    assert corner.payable("P1") == 0
    assert corner.verify() > 0


def test_row_16_whole_hundreds_are_paid_the_rest_is_carried_over_and_a_second_payment_is_nothing(hands: Hands) -> None:
    corner = hands.till.corner
    sell(hands, K1, 1)
    owed, drawer = corner.payable("P2"), corner.state["drawer"]
    assert owed % 100, "K1 leaves a share that is no whole hundred"
    pay(hands, "dua")
    (paid,) = settlements(hands)
    assert (paid.amount, paid.remaining) == (owed // 100 * 100, owed % 100)
    assert f"Rp {paid.amount:,}".replace(",", ".") in hands.said
    assert (corner.payable("P2"), corner.state["drawer"]) == (owed % 100, drawer - paid.amount)
    before = corner.ledger.head().seq
    hands.press(Key.Key_F12)
    assert "Tidak ada yang dibayar kepada Dua" in hands.said
    assert corner.ledger.head().seq == before
    sell(hands, K1, 1)
    look_at(hands, "dua")
    assert "Sisa periode lalu" in slip(hands)
    pay(hands, "dua")
    second = settlements(hands)[1]
    assert second.carried_over == paid.remaining
    assert corner.verify() > 0


def test_row_16_an_earlier_cut_off_pays_what_was_sold_until_then(hands: Hands, manager: User) -> None:
    till, corner = hands.till, hands.till.corner
    sell(hands, T1, 2)
    cashier, corner.counter.user = corner.counter.user, manager
    corner.do("close_shift", counted=232_000)
    corner.clock.pass_by(days=1)
    corner.do("open_shift", float=200_000)
    corner.counter.user = cashier
    till.window.go("sell")
    sell(hands, T1, 1)
    look_at(hands, "dapur")
    assert "DIBAYAR Rp 43.200" in slip(hands)
    hands.tab_to("s.d.")
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.enter("01102026")
    assert "DIBAYAR Rp 28.800" in slip(hands)
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    (paid,) = settlements(hands)
    assert (paid.amount, paid.through_date, corner.payable("P1")) == (28_800, "2026-10-01", 14_400)
    assert corner.verify() > 0


def test_row_17_a_payment_larger_than_the_drawer_is_refused_with_the_figure(hands: Hands) -> None:
    corner = hands.till.corner
    sell(hands, T1, 20)
    hands.screen_key(7)
    hands.press(Key.Key_F6)
    hands.type("500000")
    hands.press(Key.Key_F12)
    hands.enter(MANAGER_PIN)
    before = corner.ledger.head().seq
    look_at(hands, "dapur")
    hands.press(Key.Key_F12)
    assert hands.said == "Kas laci Rp 20.000 tidak cukup. Pilih transfer atau batas tanggal lebih awal."
    assert (corner.ledger.head().seq, corner.payable("P1"), corner.state["drawer"]) == (before, 288_000, 20_000)


def test_row_37_a_slip_is_recomputed_from_the_sales_of_the_journal(hands: Hands) -> None:
    db = hands.till.corner.db
    for pieces in (2, 3):
        sell(hands, T1, pieces)
    sell(hands, K1, 1)
    pay(hands, "dapur")
    (paid,) = settlements(hands)
    share = gross = pieces_sold = 0
    for seq in range(paid.from_seq + 1, paid.through_seq + 1):
        entry = queries.entry_by_seq(db, seq)
        if entry is not None and isinstance(entry.document, Sale):
            lines = [line for line in entry.document.lines if line.producer == "P1"]
            share += sum(line.share for line in lines)
            gross += sum(line.total for line in lines)
            pieces_sold += sum(line.quantity for line in lines)
    assert (paid.earned, paid.gross) == (share, gross) == (72_000, 80_000)
    assert sum(goods.sold for goods in paid.goods) == pieces_sold == 5_000
