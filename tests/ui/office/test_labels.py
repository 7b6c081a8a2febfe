"""Labels at the window: from Stock, after a delivery, by scan and by name; a scan of the label finds the goods."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import registry
from pos_app.printing import virtual
from pos_app.printing.escpos_reader import Dots, read
from pos_app.services import labels
from pos_app.services.labels import Line
from pos_app.services.printing import PrinterSettings, save_printer_settings
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.screens.goods_in.recording import LabelWish
from pos_app.ui.screens.labels.screen import LabelsScreen
from sync.documents.identifiers import in_store_ean13
from tests.ui.conftest import Till
from tests.ui.test_selling import T1

CONTROL = Qt.KeyboardModifier.ControlModifier


def screen_of(till: Till) -> LabelsScreen:
    screen = till.window.current
    assert isinstance(screen, LabelsScreen)
    return screen


def test_scans_and_names_make_the_list_and_f12_a_pdf(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("labels")
    screen = screen_of(till)
    till.scan(T1)
    till.scan(T1)
    assert till.said == "Keripik Pisang 200 g +1"
    till.type("lapis")
    till.press(Qt.Key.Key_Return)
    assert [(row.product.sku, row.count) for row in screen.model.rows] == [("T1", 2), ("K1", 1)]
    assert screen.main_button.text() == "Cetak 3 label"
    qtbot.waitUntil(lambda: screen.picture.isVisibleTo(screen))
    screen.place_field.setText(str(tmp_path))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said.startswith("3 label di "))
    (pdf,) = tmp_path.glob("label-*.pdf")
    assert pdf.read_bytes().count(b"/MediaBox") == 3
    assert labels.places(till.corner.counter).folder == str(tmp_path)


def test_goods_without_a_barcode_get_one_and_its_scan_sells_them(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("labels")
    with till.corner.ledger.write() as tx:
        tx.db.execute("DELETE FROM barcodes WHERE sku = 'T1'")
    labels.add(till.corner.counter, [Line("T1", 1)])
    till.window.go("stock")
    till.window.go("labels")
    screen = screen_of(till)
    assert screen.model.cell(0, 2).text == "akan diberi"
    screen.place_field.setText(str(tmp_path))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said.startswith("1 label di "))
    code = in_store_ean13(1_100_001)
    assert screen.model.cell(0, 2).text == code
    till.window.go("sell")
    till.scan(code)
    assert [line.product.sku for line in till.sell.presenter.cart.lines] == ["T1"]


def test_stock_puts_its_goods_on_the_list(bring: Callable[[str], Till]) -> None:
    till = bring("stock")
    till.scan(T1)
    till.press(Qt.Key.Key_F6)
    assert [(row.product.sku, row.count) for row in screen_of(till).model.rows] == [("T1", 1)]


def test_row_14_a_delivery_offers_a_label_for_each_piece(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("goods_in")
    screen = till.window.current
    assert screen is not None
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "NT-" in till.said)
    assert screen.strip.message is not None
    assert screen.strip.message.action.startswith("Cetak label barcode (")
    till.press(Qt.Key.Key_Return, CONTROL)
    assert [row.product.sku for row in screen_of(till).model.rows] == ["T1"]


def test_a_used_sheet_begins_at_its_first_free_label_and_sheets_are_pdf(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("labels")
    screen = screen_of(till)
    till.press(Qt.Key.Key_F6)
    assert till.said.startswith("Barang masuk terakhir: ")
    screen.stock_choice.choose("a4-24")
    screen.stock_choice.chosen.emit("a4-24")
    assert not screen.output_choice.isEnabled()
    screen.start_choice.choose("24")
    screen.start_choice.chosen.emit("24")
    screen.presenter.wish.lines = [Line("T1", 2)]
    screen.place_field.setText(str(tmp_path))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said.startswith("2 label di "))
    (pdf,) = tmp_path.glob("label-*.pdf")
    assert pdf.read_bytes().count(b"/MediaBox") == 2
    qtbot.waitUntil(lambda: screen.picture.isVisibleTo(screen) and screen.picture.height() > 300)


def test_labels_come_out_of_the_receipt_printer(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("labels")
    screen = screen_of(till)
    till.scan(T1)
    screen.output_choice.choose("receipt")
    screen.output_choice.chosen.emit("receipt")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Belum ada printer struk. Atur di Pengaturan, atau pilih PDF."
    folder = virtual.folder_beside(till.corner.ledger.path)
    save_printer_settings(till.corner.ledger, PrinterSettings("virtual", str(folder)))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said == "1 label tercetak.")
    (paper,) = virtual.papers(folder)
    assert any(isinstance(one, Dots) for one in read(paper.read_bytes()))


def test_a_label_printer_that_is_not_there_says_so_and_the_list_stays(
    bring: Callable[[str], Till], qtbot: QtBot
) -> None:
    till = bring("labels")
    screen = screen_of(till)
    till.scan(T1)
    screen.output_choice.choose("label")
    screen.output_choice.chosen.emit("label")
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("Isi letak printer label")
    screen.place_field.setText("127.0.0.1:9")
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said.startswith("Printer tidak menjawab"))
    assert len(screen.model.rows) == 1
    assert screen.main_button.isEnabled()


def test_counts_are_typed_rows_are_removed_and_the_list_is_emptied(bring: Callable[[str], Till]) -> None:
    till = bring("labels")
    screen = screen_of(till)
    till.scan(T1)
    till.scan("2000000000022")
    assert screen.model.edit(0, 3, "36")
    assert screen.main_button.text() == "Cetak 37 label"
    assert not screen.model.edit(0, 3, "many")
    assert not screen.model.edit(0, 3, "2001")
    screen.table.select_row(1)
    screen.table.setFocus()
    till.press(Qt.Key.Key_Delete)
    assert [(row.product.sku, row.count) for row in screen.model.rows] == [("T1", 36)]
    till.press(Qt.Key.Key_Delete, CONTROL)
    assert screen.model.rows == []
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("Pilih barang dulu")


@pytest.mark.parametrize(
    ("code", "words"), [("2000000000016", "salah baca"), (in_store_ean13(99_999), "belum terdaftar")]
)
def test_a_scan_that_finds_nothing_is_said(bring: Callable[[str], Till], code: str, words: str) -> None:
    till = bring("labels")
    till.scan(code)
    assert words in till.said
    assert screen_of(till).model.rows == []


def test_a_shared_barcode_asks_for_the_name(bring: Callable[[str], Till]) -> None:
    till = bring("labels")
    with till.corner.ledger.write() as tx:
        registry.add_barcode(tx.db, "K1", T1)
    till.scan(T1)
    assert till.said.startswith("Beberapa produsen memakai barcode ini")


def test_a_look_at_a_label_does_not_stay_on_the_list(bring: Callable[[str], Till]) -> None:
    till = bring("products")
    till.scan(T1)
    till.press(Qt.Key.Key_F6)
    assert [(row.product.sku, row.count) for row in screen_of(till).model.rows] == [("T1", 1)]
    till.window.go("stock")
    till.press(Qt.Key.Key_F6)
    (row,) = screen_of(till).model.rows
    assert row.count == 1
    till.window.go("stock")
    assert labels.wish(till.corner.db).lines == []


def test_a_look_that_becomes_a_list_stays(bring: Callable[[str], Till]) -> None:
    till = bring("products")
    till.scan(T1)
    till.press(Qt.Key.Key_F6)
    screen = screen_of(till)
    assert screen.model.setData(screen.model.index(0, 1), "4") or screen.presenter.set_count("T1", "4")
    till.window.go("stock")
    assert labels.wish(till.corner.db).lines == [Line("T1", 4)]
    till.scan(T1)
    till.press(Qt.Key.Key_F6)
    till.window.go("stock")
    assert labels.wish(till.corner.db).lines == [Line("T1", 4)]


def test_what_was_printed_is_over_once_the_screen_is_left(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("labels")
    till.scan(T1)
    screen_of(till).place_field.setText(str(tmp_path))
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: till.said.startswith("1 label di "))
    assert len(screen_of(till).model.rows) == 1, "a misprint is printed again from here"
    till.window.go("stock")
    till.window.go("labels")
    assert screen_of(till).model.rows == []


def test_labels_of_a_delivery_are_told_apart_from_those_before(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    recorder = GoodsInPresenter(till.corner.counter).recorder
    labels.add(till.corner.counter, [Line("K1", 1)])
    assert recorder.list_labels([LabelWish("T1", 6, None)]).text == (
        "Kiriman menambah 6 label. 1 sudah ada di daftar sebelumnya."
    )
