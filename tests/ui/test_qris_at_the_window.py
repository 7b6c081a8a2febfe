"""QRIS at the real window and on paper: the code is what the payload says, dot by dot."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.domain import qris
from pos_app.ledger import registry
from pos_app.printing.escpos import Roll, to_escpos
from pos_app.printing.papers.common import Letterhead
from pos_app.printing.papers.qris_slip import qris_slip
from pos_app.services import matching
from pos_app.services.context import User
from pos_app.ui import settings_keys
from pos_app.ui.widgets.qr import QUIET, QrCode, qr_matrix
from tests.corner import Corner
from tests.ui.conftest import Till
from tests.ui.test_paying import QRIS
from tests.ui.test_selling import T1, last_sale

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "qris.json").read_text(encoding="utf-8"))
GS_V_0 = b"\x1dv0\x00"
HEAD = Letterhead("Dinas Koperasi", "MTR-001", "A", "", "")


def set_code(till: Till, payload: str, *, agreed: bool) -> None:
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.QRIS_STATIC, payload)
        registry.set_setting(tx.db, settings_keys.QRIS_DYNAMIC, "1" if agreed else "")


def show_code(till: Till) -> QrCode:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("q")
    return till.sell.side.panels.pay.qris.qr


def modules(image: QImage, side: int, pixels: int) -> list[bytes]:
    """Reads a drawn code back: every pixel of a module must be of one colour, and the border white."""
    left, top = (image.width() - side * pixels) // 2, (image.height() - side * pixels) // 2
    read = []
    for row in range(side):
        line = []
        for column in range(side):
            colours = {
                image.pixel(left + column * pixels + x, top + row * pixels + y) & 0xFFFFFF
                for x in range(pixels)
                for y in range(pixels)
            }
            assert colours in ({0x000000}, {0xFFFFFF})
            line.append(int(colours == {0x000000}))
        read.append(bytes(line))
    assert not any(map(any, (*read[:QUIET], *read[-QUIET:])))
    assert not any(any(line[:QUIET]) or any(line[-QUIET:]) for line in read)
    return [line[QUIET:-QUIET] for line in read[QUIET:-QUIET]]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['id']} {case['note']}")
def test_every_vector_is_drawn_as_its_payload_says(qtbot: QtBot, case: dict[str, str]) -> None:
    code = QrCode()
    qtbot.addWidget(code)
    code.show_text(case["dynamic"])
    code.resize(420, 400)
    matrix = qr_matrix(case["dynamic"])
    assert code.module_pixels >= 4
    assert modules(code.grab().toImage(), len(matrix) + 2 * QUIET, code.module_pixels) == matrix


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_code_on_the_screen_is_black_on_white_with_the_amount_in_it(till: Till, dark: bool) -> None:
    set_code(till, QRIS, agreed=True)
    till.theme.set_dark(dark)
    code = show_code(till)
    shown = till.sell.side.panels.pay.qris.shown
    assert dict(qris.parse(shown.payload))["54"] == "16000"
    matrix = qr_matrix(shown.payload)
    assert code.module_pixels >= 4
    assert modules(code.grab().toImage(), len(matrix) + 2 * QUIET, code.module_pixels) == matrix


def test_in_compact_the_code_takes_the_carts_place(till: Till) -> None:
    set_code(till, QRIS, agreed=True)
    till.window.resize(1093, 543)
    show_code(till)
    code = till.sell.big_qr
    assert code.isVisible()
    matrix = qr_matrix(till.sell.side.panels.pay.qris.shown.payload)
    assert modules(code.grab().toImage(), len(matrix) + 2 * QUIET, code.module_pixels) == matrix


def test_beside_recorded_parts_the_code_stays_whole(till: Till) -> None:
    set_code(till, QRIS, agreed=True)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("9000q")
    QApplication.processEvents()
    page = till.sell.side.panels.pay.qris
    code = page.qr if page.qr.isVisible() else till.sell.big_qr
    matrix = qr_matrix(page.shown.payload)
    assert modules(code.grab().toImage(), len(matrix) + 2 * QUIET, code.module_pixels) == matrix
    till.press(Qt.Key.Key_Escape)
    assert till.sell.table.isVisible()


def test_until_the_provider_agreed_the_static_code_is_shown_with_the_amount_to_type(till: Till) -> None:
    set_code(till, QRIS, agreed=False)
    show_code(till)
    page = till.sell.side.panels.pay.qris
    assert page.shown.payload == QRIS
    assert page.typed.text() == "Pembeli mengetik Rp 16.000"
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).tenders[0].reference == "4817"


@pytest.mark.parametrize("code", ["", QRIS[:-1] + "0"], ids=["none", "damaged"])
def test_when_the_code_fails_the_printed_one_and_the_reference_go_on(till: Till, code: str) -> None:
    set_code(till, code, agreed=True)
    show_code(till)
    assert till.said == "QR gagal dibuat. Pakai QR cetak, lalu isi referensi."
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    assert [(tender.kind, tender.reference) for tender in last_sale(till).tenders] == [("qris", "4817")]


def test_the_clock_tells_how_long_the_buyer_is_waited_for(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    set_code(till, QRIS, agreed=True)
    show_code(till)
    page = till.sell.side.panels.pay.qris
    assert page.waiting.text() == "Menunggu pembeli membayar · 00.00"
    page.since -= 72
    page.show_waiting()
    assert page.waiting.text() == "Menunggu pembeli membayar · 01.12"


def test_three_digits_are_no_reference(till: Till) -> None:
    set_code(till, QRIS, agreed=True)
    show_code(till)
    till.type("481")
    till.press(Qt.Key.Key_Return)
    assert till.said == "Isi 4 digit akhir referensi pembeli."
    assert till.corner.state["sales"] == 0


def test_what_was_paid_by_qris_waits_to_be_found_at_the_bank(till: Till) -> None:
    set_code(till, QRIS, agreed=True)
    show_code(till)
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    [item] = matching.unmatched(till.corner.db)
    assert (item.number, item.amount, item.reference) == (last_sale(till).number, 16_000, "4817")


# On paper -------------------------------------------------------------------------------------------------------------


def raster(content: bytes) -> list[bytes]:
    """The bands of the picture among the bytes (GS v 0), a byte a dot."""
    dots, at = [], content.index(GS_V_0)
    while content[at : at + 4] == GS_V_0:
        across, rows = (int.from_bytes(content[at + start : at + start + 2], "little") for start in (4, 6))
        data = content[at + 8 : at + 8 + across * rows]
        lines = (data[row * across : (row + 1) * across] for row in range(rows))
        dots += [bytes(byte >> 7 - bit & 1 for byte in line for bit in range(8)) for line in lines]
        at += 8 + across * rows
    return dots


@pytest.mark.parametrize("columns", [32, 48])
def test_the_code_on_paper_is_the_same_dot_by_dot(columns: int) -> None:
    payload = VECTORS["cases"][0]["dynamic"]
    dots = raster(to_escpos(qris_slip(payload, 12_500, "2026-10-01T08:00:00+07:00", HEAD), Roll(columns)))
    matrix = qr_matrix(payload)
    first = next(row for row, line in enumerate(dots) if any(line))
    left = next(column for column in range(len(dots[first])) if dots[first][column])
    finder = next(width for width in range(1, 100) if not dots[first][left + width])
    pixels = finder // 7
    assert pixels >= 4
    read = [
        bytes(dots[first + row * pixels][left + column * pixels] for column in range(len(matrix)))
        for row in range(len(matrix))
    ]
    assert read == matrix


def test_the_slip_tells_the_amount_and_that_it_is_no_receipt() -> None:
    static = str(qris_slip(QRIS, 12_500, "2026-10-01T08:00:00+07:00", HEAD).blocks)
    dynamic = str(qris_slip(VECTORS["cases"][0]["dynamic"], 12_500, "2026-10-01T08:00:00+07:00", HEAD).blocks)
    for text in (static, dynamic):
        assert "Rp 12.500" in text
        assert "Bukan struk" in text
        assert "ID1000000000001" in text
    assert "Ketik sendiri jumlahnya: Rp 12.500." in static
    assert "Ketik sendiri" not in dynamic


def test_p_prints_the_code_at_once_and_leaves_the_payment_open(till: Till, tmp_path: Path, qtbot: QtBot) -> None:
    set_code(till, QRIS, agreed=True)
    roll = tmp_path / "roll.bin"
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, "printer.device", "file")
        registry.set_setting(tx.db, "printer.target", str(roll))
    show_code(till)
    till.type("p")
    qtbot.waitUntil(lambda: till.said == "QR sudah tercetak.")
    assert b"Rp 16.000" in roll.read_bytes()
    assert till.corner.state["sales"] == 0
    till.type("4817")
    till.press(Qt.Key.Key_Return)
    assert last_sale(till).total == 16_000


def test_a_printer_that_is_not_there_is_told_and_the_payment_stays(till: Till, qtbot: QtBot) -> None:
    set_code(till, QRIS, agreed=True)
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, "printer.device", "file")
        registry.set_setting(tx.db, "printer.target", "/dev/pojok-no-such-printer")
    show_code(till)
    till.type("p")
    qtbot.waitUntil(lambda: till.said == "Printer tidak menjawab. Periksa kabel. Penjualan tetap bisa.")
    assert not till.sell.selling


def test_the_reference_is_in_view_at_200_percent_in_a_small_window(
    make_till: Callable[..., Till], open_corner: Corner, manager: User, qtbot: QtBot
) -> None:
    with open_corner.ledger.write() as tx:
        registry.set_setting(tx.db, settings_keys.QRIS_STATIC, QRIS)
    till = make_till(open_corner, size=(1093, 543))
    till.theme.set_scale(200)
    till.log_in(manager)
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.type("q")
    page = till.sell.side.panels.pay.qris
    view = page.parentWidget()
    assert view is not None

    def whole() -> None:
        top = page.field.mapTo(view, page.field.rect().topLeft()).y()
        assert 0 <= top <= view.height() - page.field.height()

    qtbot.waitUntil(whole)
