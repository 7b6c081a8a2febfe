"""What a manager does at the window, one method a step, by keys and scans: the one place that knows the screens' keys.

Every method does the step and reads back what the screen says of it; amounts are rupiah, quantities texts as
in a script (``0.375``). Goods are scanned by the barcodes that ``codes`` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt

from pos_app.ui.screens.goods_in.screen import GoodsInScreen
from pos_app.ui.screens.losses.screen import LossesScreen
from pos_app.ui.screens.opening.screen import OpeningScreen
from pos_app.ui.screens.producers.screen import ProducersScreen
from pos_app.ui.screens.reports.screen import ReportsScreen
from pos_app.ui.screens.settings.money_presenter import CASH_STEPS
from pos_app.ui.screens.staff.screen import StaffScreen
from pos_app.ui.screens.stock.screen import StockScreen
from pos_app.ui.screens.stock_count.screen import StockCountScreen
from pos_app.ui.widgets.forms import ChipRow
from tests.ui.hands import CONTROL, Hands

Key = Qt.Key
NOTES: Final = (100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 1_000, 500, 200, 100)
"""The fields of the count, in their order; one thousand is a note and a coin."""
TENDER_KEYS: Final = {"cash": "t", "qris": "q", "tab": "b", "transfer": "r"}


def money(amount: int) -> str:
    """As the screens write it."""
    sign, digits = ("-" if amount < 0 else ""), f"{abs(amount):,}".replace(",", ".")
    return f"{sign}Rp {digits}"


def typed(quantity: str) -> str:
    """A quantity as it is typed: with a comma."""
    return quantity.replace(".", ",")


METHODS: Final = {"cash": "Tunai", "transfer": "Transfer"}
MOST_TABS: Final = 80
BEARERS: Final = {"corner": "Pojok", "producer": "Produsen"}


class CounterPages:
    """A manager at the window."""

    def __init__(self, hands: Hands, codes: Mapping[str, str]) -> None:
        self.at = hands
        self.codes = codes

    # Selling ---------------------------------------------------------------------------------------------------------

    def open_shift(self, opening_float: int) -> None:
        self.at.screen_key(1)
        assert self.at.screen == "shift_open"
        self.at.type(str(opening_float))
        self.at.press(Key.Key_F12)
        assert self.at.screen == "sell", self.at.said

    def fill_cart(self, lines: Sequence[Mapping[str, Any]]) -> int:
        """Scans the lines with their discounts; the total that the screen shows."""
        at = self.at
        at.screen_key(1)
        for line in lines:
            at.type(f"{typed(line['quantity'])}*")
            at.scan(self.codes[line["code"]])
            if line.get("discount"):
                self.discount(line["discount"], line.get("borne_by", "corner"))
        return self.total()

    def total(self) -> int:
        return _amount(self.at.till.sell.total.amount.text())

    def discount(self, amount: int, borne_by: str) -> None:
        at = self.at
        at.press(Key.Key_F5)
        at.type(str(amount))
        at.type("p")
        at.type("u" if borne_by == "producer" else "j")
        at.press(Key.Key_Return)

    def pay(self, tenders: Sequence[Mapping[str, Any]]) -> int:
        """The change that the screen shows."""
        at = self.at
        at.press(Key.Key_F12)
        *parts, last = tenders
        for part in parts:
            at.type(f"s{part['amount']}")
            self._tender(part, alone=True)
        self._tender(last, alone=not parts)
        assert at.till.sell.side.is_paid, at.said
        given = last["kind"] == "cash" and last["amount"]  # nothing is told of no change for no cash
        change = _amount(at.till.sell.side.panels.paid.amount.text()) if given else 0
        at.press(Key.Key_Return)
        assert at.till.sell.selling
        return change

    def _tender(self, tender: Mapping[str, Any], *, alone: bool) -> None:
        at = self.at
        match tender["kind"]:
            case "cash":
                at.enter(f"{'' if alone else 't'}{tender['amount']}")
            case "tab":
                at.type("b")
                at.enter(str(tender["staff_name"]))
                at.press(Key.Key_Return)
            case kind:
                at.enter(f"{TENDER_KEYS[kind]}{tender.get('reference', '0001')}")

    def refund(self, number: str, lines: Sequence[Mapping[str, Any]], tender: str) -> int:
        """The rupiah that the screen said to give back."""
        at = self.at
        at.screen_key(1)
        at.scan(number)
        panel = at.till.sell.side.panels.receipt.panel
        at.press(Key.Key_Up, times=5)
        for line in lines:
            row = next(n for n, one in enumerate(panel.table.model().rows) if one.line == line["line"])
            at.press(Key.Key_Up, times=5)
            at.press(Key.Key_Down, times=row)
            at.enter(typed(line["quantity"]))
        at.type("j")
        at.type(TENDER_KEYS[tender])
        shown = panel.amount
        assert panel.total.text() == money(shown)
        at.press(Key.Key_F12)
        at.press(Key.Key_F12)
        assert f"kembalikan {money(shown)}" in at.said, at.said
        return shown

    # Goods -----------------------------------------------------------------------------------------------------------

    def receive(self, lines: Sequence[Mapping[str, Any]]) -> None:
        screen = self._goods_in(lines)
        self.at.press(Key.Key_F12)
        assert self.at.said.startswith("NT-MTR001A-"), self.at.said
        assert screen.model.rows == []

    def give_back(self, lines: Sequence[Mapping[str, Any]]) -> None:
        self._goods_in(lines, back=True)
        self.at.press(Key.Key_F12)
        assert self.at.said.startswith("NR-MTR001A-"), self.at.said
        self.at.press(Key.Key_F6)

    def _goods_in(self, lines: Sequence[Mapping[str, Any]], *, back: bool = False) -> GoodsInScreen:
        at = self.at
        at.screen_key(2)
        if back:
            at.press(Key.Key_F6)
        for line in lines:
            at.press(Key.Key_F2)
            at.type(f"{typed(line['quantity'])}*")
            at.scan(self.codes[line["sku"]])
        screen = at.till.window.current
        assert isinstance(screen, GoodsInScreen)
        assert [screen.model.cell(row, 2).text for row in range(len(lines))] == [
            typed(line["quantity"]) for line in lines
        ]
        return screen

    def write_off(self, lines: Sequence[Mapping[str, Any]]) -> bool:
        """Whether it was recorded. The first goods are brought along from Stock."""
        at = self.at
        self._stock_of(lines[0]["sku"])
        at.press(Key.Key_F8)
        screen = at.till.window.current
        assert isinstance(screen, LossesScreen)
        for place, line in enumerate(lines):
            if place:
                at.press(Key.Key_F2)
                at.scan(self.codes[line["sku"]])
            at.press(Key.Key_F4)
            at.press(Key.Key_A, CONTROL)
            at.enter(typed(line["quantity"]))
            if line.get("borne_by"):
                self._bearer(screen.card.bearer_chips, line["borne_by"])
        before = at.till.corner.ledger.head().seq
        at.press(Key.Key_F12)
        at.press(Key.Key_F12)
        return at.till.corner.ledger.head().seq > before

    def _bearer(self, chips: ChipRow, borne_by: str) -> None:
        if chips.code() != borne_by:
            self._chip(tuple(BEARERS.values()), BEARERS[borne_by])
        assert chips.code() == borne_by

    def _chip(self, row: Sequence[str], wanted: str) -> None:
        """Tab to the row of chips with these words, arrows to the wanted one, Space."""
        self._tab_to(row)
        for way in (Key.Key_Right, Key.Key_Left):
            for _step in row:
                if self._focused() == wanted:
                    self.at.type(" ")
                    return
                self.at.press(way)
        raise AssertionError(f"no arrow leads to {wanted!r}")

    def _tab_to(self, names: Sequence[str]) -> None:
        """Tab until the focus is on what is named exactly so."""
        for _tab in range(MOST_TABS):
            if self._focused() in names:
                return
            self.at.press(Key.Key_Tab)
        raise AssertionError(f"no Tab leads to {names} on {self.at.screen}")

    def _focused(self) -> str:
        focused = self.at.till.window.focusWidget()
        return focused.accessibleName() if focused is not None else ""

    def count(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Everything is counted; what the lines do not name is left out."""
        at = self.at
        at.screen_key(3)
        at.press(Key.Key_F7)
        screen = at.till.window.current
        assert isinstance(screen, StockCountScreen)
        self._idle()
        at.press(Key.Key_F12)
        self._idle()
        assert screen.page == "count", at.said
        for line in lines:
            at.type("0*")
            at.scan(self.codes[line["sku"]])
            at.press(Key.Key_F4)
            at.press(Key.Key_A, CONTROL)
            at.enter(typed(line["counted"]))
        at.press(Key.Key_F12)
        self._idle()
        if screen.page == "count":
            at.press(Key.Key_F5)
            self._idle()
        assert screen.page == "differences", at.said
        page = screen.difference_page
        for line in lines:
            if line.get("borne_by") and any(one.row.sku == line["sku"] for one in page.model.rows):
                page.table.setFocus()
                at.press(Key.Key_Home)
                at.press(Key.Key_Down, times=[one.row.sku for one in page.model.rows].index(line["sku"]))
                self._bearer(page.bearer_chips, line["borne_by"])
        at.press(Key.Key_F12)
        at.press(Key.Key_F12)
        at.until(lambda: screen.page == "done")
        assert "SO-MTR001A-" in at.said, at.said

    def _idle(self) -> None:
        self.at.until(lambda: not self.at.till.window.workers.busy)

    def set_price(self, sku: str, sell_price: int, consign_price: int | None) -> None:
        at = self.at
        screen = self._stock_of(sku)
        for name, amount in (("Harga jual", sell_price), ("Harga titip", consign_price)):
            if amount is not None:
                self._tab_to([name])
                at.press(Key.Key_A, CONTROL)
                at.type(str(amount))
        self._tab_to(["Ubah harga"])
        at.type(" ")
        assert screen.sell_field.value() == sell_price

    def stock(self, sku: str) -> str:
        """What the Stock screen says is on the shelf."""
        screen = self._stock_of(sku)
        return next(
            screen.model.cell(row, 2).text.removesuffix(" kg").replace(",", ".")
            for row in range(screen.model.rowCount())
            if screen.model.rows[row].sku == sku
        )

    def _stock_of(self, sku: str) -> StockScreen:
        self.at.screen_key(3)
        self.at.press(Key.Key_F2)
        self.at.scan(self.codes[sku])
        screen = self.at.till.window.current
        assert isinstance(screen, StockScreen)
        return screen

    # Money -----------------------------------------------------------------------------------------------------------

    def producer(self, name: str) -> ProducersScreen:
        """Producers, with this one chosen, due or not."""
        at = self.at
        at.screen_key(4)
        at.press(Key.Key_F2)
        at.press(Key.Key_A, CONTROL)
        at.type(name)
        screen = at.till.window.current
        assert isinstance(screen, ProducersScreen)
        assert screen.payment.name_text.text() == name
        return screen

    def owed(self, name: str) -> int:
        """What the list of producers says that this one is owed."""
        screen = self.producer(name)
        return next(row.amount for row in screen.model.rows if row.name == name)

    def tab(self, name: str) -> int:
        """What the list of staff says that this one has on the tab."""
        at = self.at
        at.screen_key(5)
        at.press(Key.Key_F2)
        at.press(Key.Key_A, CONTROL)
        at.type(name)
        screen = at.till.window.current
        assert isinstance(screen, StaffScreen)
        (row,) = [row for row, member in enumerate(screen.model.rows) if member.name == name]
        return _amount(screen.model.cell(row, 1).text)

    def commission(self) -> int:
        """The corner's commission of the day, as the board of the reports tells it."""
        self.at.screen_key(6)
        screen = self.at.till.window.current
        assert isinstance(screen, ReportsScreen)
        self._idle()
        return _amount(screen.stats["commission"].figure.text())

    def round_cash_to(self, step: int) -> None:
        """The step of cash rounding, in Settings: 100 rupiah at first."""
        at = self.at
        at.screen_key(9)
        self._tab_to(["Tunai dibulatkan ke"])
        at.press(Key.Key_Down, times=CASH_STEPS.index(step) - CASH_STEPS.index(100))
        at.press(Key.Key_F12)

    def settle(self, name: str, tender: str) -> tuple[int, str]:
        """What the screen says it will pay, and its slip; then it is paid, where there is something to pay."""
        at = self.at
        payment = self.producer(name).payment
        if payment.tender_chips.code() != tender:
            self._chip(tuple(METHODS.values()), METHODS[tender])
        shown = next(row.amount for row in payment.to_pay.rows if row.label == "AKAN DIBAYAR")
        slip = " ".join(payment.slip.text.text().split())
        if _amount(shown):
            at.press(Key.Key_F12)
            at.press(Key.Key_F12)
            assert f"{shown} dibayar" in at.said, at.said
        return _amount(shown), slip

    def pay_tab(self, name: str, amount: int) -> None:
        at = self.at
        at.screen_key(5)
        at.press(Key.Key_F2)
        at.press(Key.Key_A, CONTROL)
        at.type(name)
        at.press(Key.Key_F4)
        at.press(Key.Key_A, CONTROL)
        at.type(str(amount))
        at.press(Key.Key_F12)
        at.press(Key.Key_F12)
        assert "PB-MTR001A-" in at.said or money(amount) in at.said, at.said

    def move_cash(self, direction: str, amount: int, reason: str) -> None:
        at = self.at
        at.screen_key(7)
        at.press(Key.Key_F7)
        if direction == "in":
            at.choose("Keluar laci", "Masuk laci")
            at.tab_to("Jumlah")
        at.type(str(amount))
        at.tab_to("Catatan")
        at.type(reason)
        at.press(Key.Key_F12)
        at.press(Key.Key_F12)
        assert at.said.startswith("KK-MTR001A-"), at.said

    def close_shift(self, counted: int, note: str) -> None:
        at = self.at
        at.screen_key(7)
        assert at.screen == "close_shift"
        left = counted
        for value in NOTES:
            pieces, left = divmod(left, value)
            at.enter(str(pieces))
        assert not left
        at.press(Key.Key_F12)
        if note:
            at.tab_to("Catatan")
            at.type(note)
        at.press(Key.Key_F12, times=2)
        assert at.said.startswith("Kasir ditutup"), at.said

    def take_over(self, lines: Sequence[tuple[str, int]]) -> list[str]:
        """The balances of the paper book; the sums that the screen shows before they are recorded."""
        at = self.at
        at.screen_key(9)
        self._tab_to(["Saldo awal"])
        at.type(" ")
        screen = at.till.window.current
        assert isinstance(screen, OpeningScreen)
        for name, amount in lines:
            at.enter(name)
            at.enter(str(amount))
        sums = [row.amount for row in screen.sums.rows]
        at.press(Key.Key_F12, times=2)
        return sums

    def leave_panel(self) -> None:
        """Esc, as often as it takes to stand at an empty cart."""
        self.at.press(Key.Key_Escape, times=2)


def _amount(text: str) -> int:
    """``Rp 12.500`` as a number."""
    digits = "".join(one for one in text if one.isdigit())
    return int(digits or 0) * (-1 if text.startswith("-") else 1)
