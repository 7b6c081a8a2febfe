"""A purchase on a staff tab at the real window: confirmed by the buyer's PIN, or signed."""

import pytest
from PySide6.QtCore import Qt

from pos_app.services import tabs
from pos_app.services.context import User
from pos_app.services.papers import document_paper
from tests.ui.conftest import Till
from tests.ui.test_selling import T1, last_sale

PIN = "2468"


@pytest.fixture
def with_pin(till: Till, manager: User) -> Till:
    """Pegawai Satu has chosen a PIN; the sale is on the tab page with the name chosen."""
    counter = till.corner.counter
    acting, counter.user = counter.user, manager
    tabs.set_staff_pin(counter, "S1", PIN)
    counter.user = acting
    choose_tab(till)
    return till


def choose_tab(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("b")
    till.type("pegawai satu")
    till.press(Qt.Key.Key_Return)


def receipt(till: Till) -> str:
    sale = till.sell.side.last
    assert sale is not None
    return str(document_paper(till.corner.ledger, till.corner.counter.vault, sale.id).blocks)


def test_nothing_can_be_recorded_until_a_buyer_is_chosen(till: Till) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("b")
    panel = till.sell.side.panels.pay
    for typed in ("p", "e", "g"):
        till.type(typed)
        assert not panel.main.isEnabled()
    till.press(Qt.Key.Key_Escape)
    assert not panel.main.isEnabled()
    till.type("a")
    till.press(Qt.Key.Key_Return)
    assert panel.main.isEnabled()


def test_the_buyer_confirms_by_the_pin_and_signs_nothing(with_pin: Till) -> None:
    page = with_pin.sell.side.panels.pay.tab
    assert with_pin.window.focusWidget() is page.pin
    with_pin.press(Qt.Key.Key_Return)
    assert with_pin.said == "Pembeli mengisi PIN, atau tanda tangan (G)."
    with_pin.type(PIN)
    with_pin.press(Qt.Key.Key_Return)
    tender = last_sale(with_pin).tenders[0]
    assert (tender.kind, tender.staff, tender.authorised) == ("tab", "S1", "pin")
    assert "Signatures" not in receipt(with_pin)


def test_a_wrong_pin_records_nothing_and_tells_the_tries_left(with_pin: Till) -> None:
    with_pin.type("1111")
    with_pin.press(Qt.Key.Key_Return)
    assert with_pin.said == "PIN salah. Sisa 4 percobaan."
    assert with_pin.corner.state["sales"] == 0
    with_pin.type(PIN)
    with_pin.press(Qt.Key.Key_Return)
    assert last_sale(with_pin).tenders[0].authorised == "pin"


def test_who_forgot_the_pin_signs_the_receipt(with_pin: Till) -> None:
    with_pin.type("g")
    assert not with_pin.sell.side.panels.pay.tab.pin.isVisible()
    with_pin.press(Qt.Key.Key_Return)
    assert last_sale(with_pin).tenders[0].authorised == "signature"
    assert "Signatures" in receipt(with_pin)


def test_who_has_no_pin_signs_the_receipt(till: Till) -> None:
    choose_tab(till)
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).tenders[0].authorised == "signature"
    assert "Signatures" in receipt(till)


def test_the_pin_confirms_a_part_on_the_tab_too(with_pin: Till) -> None:
    with_pin.press(Qt.Key.Key_Escape)
    with_pin.press(Qt.Key.Key_F12)
    with_pin.type("s6000")
    with_pin.type("b")
    with_pin.type("pegawai satu")
    with_pin.press(Qt.Key.Key_Return)
    with_pin.type(PIN)
    with_pin.press(Qt.Key.Key_Return)
    with_pin.press(Qt.Key.Key_Return)
    tenders = [(tender.kind, tender.amount, tender.authorised) for tender in last_sale(with_pin).tenders]
    assert tenders == [("tab", 6_000, "pin"), ("cash", 10_000, None)]
