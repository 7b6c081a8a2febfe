"""Keys after the scans, from an idle Sell screen: every press is counted, a chord (Alt+2) as one."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import Qt

from pos_app.ledger import registry
from pos_app.ui import settings_keys
from tests.ui.conftest import Till
from tests.ui.test_paying import QRIS
from tests.ui.test_selling import ALT, K1, T1, last_sale

B1 = "2000000000039"
DIGITS = {str(digit): Qt.Key(Qt.Key.Key_0.value + digit) for digit in range(10)}


@dataclass
class Hands:
    """Presses keys through the window and counts them."""

    till: Till
    pressed: list[str] = field(default_factory=list)

    def press(self, *names: str) -> None:
        for name in names:
            chord, _plus, key = name.rpartition("+")
            code = DIGITS.get(key) or getattr(Qt.Key, f"Key_{'Return' if key == 'Enter' else key}")
            self.till.press(code, ALT if chord else Qt.KeyboardModifier.NoModifier)
            self.pressed.append(name)


@pytest.fixture
def hands(till: Till) -> Hands:
    """Three items are scanned (Rp 26.500), nothing is pressed yet."""
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.QRIS_STATIC, QRIS)
        registry.set_setting(tx.db, settings_keys.QRIS_DYNAMIC, "1")
    for code in (T1, K1, B1):
        till.scan(code)
    return Hands(till)


def test_three_items_paid_exactly_in_cash_take_two_keys(hands: Hands) -> None:
    hands.press("F12", "Enter")
    sale = last_sale(hands.till)
    assert (len(sale.lines), sale.total, sale.received, sale.change) == (3, 26_500, 26_500, 0)
    assert len(hands.pressed) == 2


def test_three_items_with_fifty_thousand_given_take_three_keys(hands: Hands) -> None:
    hands.press("F12")
    quick = hands.till.sell.side.panels.pay.cash
    assert [button.text() for button in quick.quick if button.isVisible()][3] == "50.000"
    hands.press("Alt+4", "Enter")
    sale = last_sale(hands.till)
    assert (sale.total, sale.received, sale.change) == (26_500, 50_000, 23_500)
    assert len(hands.pressed) == 3


def test_a_split_of_qris_and_cash_takes_nine_keys_of_the_ten_allowed(hands: Hands) -> None:
    hands.press("F12", "S", "Alt+2", "Q", "4", "8", "1", "7", "Enter")
    sale = last_sale(hands.till)
    tenders = [(tender.kind, tender.amount, tender.reference) for tender in sale.tenders]
    assert tenders == [("qris", 16_500, "4817"), ("cash", 10_000, "")]
    assert hands.till.sell.side.is_paid
    assert len(hands.pressed) == 9


def test_qris_alone_takes_seven_keys(hands: Hands) -> None:
    hands.press("F12", "Q", "4", "8", "1", "7", "Enter")
    assert [(tender.kind, tender.amount) for tender in last_sale(hands.till).tenders] == [("qris", 26_500)]
    assert len(hands.pressed) == 7
