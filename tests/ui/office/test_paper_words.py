"""Nobody is told of a paper that no printer will print."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from pos_app.ledger import registry
from pos_app.ui import settings_keys as keys
from pos_app.ui.paper_words import queued, reprinted
from tests.corner import Corner
from tests.ui.conftest import Till


def set_device(corner: Corner, key: str) -> None:
    with corner.ledger.write() as tx:
        registry.set_setting(tx.db, key, "folder")


def test_without_a_printer_it_says_what_to_do(corner: Corner) -> None:
    corner.counter.prints = True
    assert queued(corner.counter, "Dua lembar", sheet=True).startswith("Belum ada printer")
    message = reprinted(corner.counter, "ST-1")
    assert message.kind == "W"
    assert message.text == "Belum ada printer: ST-1 tidak dicetak. Atur printer di Pengaturan, lalu F9."


@pytest.mark.parametrize(("key", "roll"), [(keys.PRINTER_DEVICE, True), (keys.PRINTER_SHEETS, False)])
def test_a_printer_for_slips_prints_slips_alone(corner: Corner, key: str, roll: bool) -> None:
    corner.counter.prints = True
    set_device(corner, key)
    assert queued(corner.counter, "Dua lembar", sheet=True) == "Dua lembar"
    assert (queued(corner.counter, "Laporan") == "Laporan") is roll
    assert (reprinted(corner.counter, "ST-1").text == "ST-1 dicetak ulang.") is roll


def test_goods_in_promises_no_copies_without_a_printer(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    till.scan("2000000000015")
    till.press(Qt.Key.Key_F12)
    assert "tercatat. Belum ada printer: tidak dicetak." in till.said
