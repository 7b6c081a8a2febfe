"""The cash drawer: opened by a sale in cash, and by Ctrl+D with a reason."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import registry
from pos_app.services import drawer
from pos_app.services.context import User
from pos_app.services.printing import print_waiting, printer_settings
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import CONTROL, T1

KICK = b"\x1bp\x00"


@pytest.fixture
def roll(till: Till, tmp_path: Path) -> Path:
    """A printer with a drawer; what it gets lies in a file."""
    path = tmp_path / "roll.bin"
    with till.corner.ledger.write() as tx:
        for name, value in (("device", "file"), ("target", str(path)), ("drawer", "yes")):
            registry.set_setting(tx.db, f"printer.{name}", value)
    return path


def logged(till: Till) -> list[tuple[str, str]]:
    rows = till.corner.db.execute("SELECT action, detail FROM activity WHERE action LIKE '%drawer%' ORDER BY rowid")
    return [(row[0], row[1]) for row in rows]


def test_a_sale_in_cash_opens_the_drawer_with_its_receipt_and_one_by_transfer_does_not(till: Till, roll: Path) -> None:
    counter = till.corner.counter
    counter.prints = True
    for tender, kicks in (("cash", 1), ("transfer", 0)):
        till.corner.do("sale", lines=[{"code": T1, "quantity": "1"}], tenders=[{"kind": tender, "amount": 16_000}])
        print_waiting(till.corner.ledger, counter.vault, printer_settings(till.corner.db), till.corner.clock)
        assert roll.read_bytes().count(KICK) == kicks
        roll.write_bytes(b"")


def test_a_cashier_opens_it_with_a_reason_and_a_managers_pin(till: Till, roll: Path, qtbot: QtBot) -> None:
    till.press(Qt.Key.Key_D, CONTROL)
    panel = till.sell.side.panels.drawer
    assert till.window.focusWidget() is panel.pin
    till.type("000000")
    till.press(Qt.Key.Key_Return)
    assert logged(till) == []
    assert not roll.exists()
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: till.said == "Laci dibuka dan tercatat.")
    assert KICK in roll.read_bytes()
    assert logged(till) == [("approved:drawer_opened", "reason:change"), ("drawer_opened", "change")]
    assert till.sell.selling


def test_a_manager_opens_it_with_a_reason_alone(till: Till, roll: Path, manager: User, qtbot: QtBot) -> None:
    till.corner.counter.user = manager
    till.press(Qt.Key.Key_D, CONTROL)
    till.press(Qt.Key.Key_Down)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: till.said == "Laci dibuka dan tercatat.")
    assert logged(till) == [("drawer_opened", "check")]
    assert roll.read_bytes().endswith(KICK + roll.read_bytes().partition(KICK)[2])


def test_without_a_drawer_it_says_so_and_the_opening_is_logged(till: Till, manager: User, qtbot: QtBot) -> None:
    till.corner.counter.user = manager
    till.press(Qt.Key.Key_D, CONTROL)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: till.said.startswith("Tidak ada laci di printer."))
    assert logged(till) == [("drawer_opened", "change")]


def test_every_reason_has_words() -> None:
    assert all(drawer.REASONS.values())
