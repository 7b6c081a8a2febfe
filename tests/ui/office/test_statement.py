"""A producer asks what was sold and what is owed: the statement at the real window."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pos_app.services import printing
from pos_app.services.printing import PrinterSettings
from pos_app.ui import send_box
from pos_app.ui.screens.producer_statement.presenter import Loaded
from pos_app.ui.screens.producer_statement.screen import ProducerStatementScreen
from tests.corner import Corner
from tests.ui.conftest import Till


@pytest.fixture
def sold(open_corner: Corner) -> Corner:
    """Three T1 sold, one came back, 14.400 paid later on."""
    open_corner.sell("T1", "3")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    return open_corner


def opened(office: Till, qtbot: QtBot, which: str = "P1") -> ProducerStatementScreen:
    office.window.go("producer_statement", which)
    screen = office.window.current
    assert isinstance(screen, ProducerStatementScreen)
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    return screen


def sums(screen: ProducerStatementScreen) -> dict[str, str]:
    return {row.label: row.amount for row in screen.sums.rows}


def test_it_tells_what_was_owed_sold_and_brought_back(sold: Corner, office: Till, qtbot: QtBot) -> None:
    screen = opened(office, qtbot)
    assert sums(screen) == {
        "Belum dibayar sebelumnya": "Rp 0",
        "Hak dari penjualan": "Rp 43.200",
        "Dikembalikan pembeli": "-Rp 14.400",
        "Belum dibayar": "Rp 28.800",
    }
    assert sold.payable("P1") == 28_800
    goods = {screen.model.cell(row, 0).text: row for row in range(len(screen.model.rows))}
    row = goods["Keripik Pisang 200 g"]
    assert [screen.model.cell(row, column).text for column in range(1, 8)] == ["0", "20", "2", "0", "0", "18", "28.800"]


def test_a_payment_starts_it_anew_and_this_month_shows_its_slip(sold: Corner, office: Till, qtbot: QtBot) -> None:
    sold.do("settle", producer="P1", tender="cash", deductions=[{"reason": "labels", "amount": 800}])
    screen = opened(office, qtbot)
    assert sums(screen) == {"Belum dibayar sebelumnya": "Rp 0", "Belum dibayar": "Rp 0"}
    screen.chips.button("month").click()
    qtbot.waitUntil(lambda: bool(screen.slips.rows))
    assert [(row.label, row.amount) for row in screen.slips.rows] == [("BP-MTR001A-000001 · 01/10/2026", "Rp 28.000")]
    assert sums(screen)["Potongan"] == "-Rp 800"


def test_another_producer_is_picked_by_name(sold: Corner, office: Till, qtbot: QtBot) -> None:
    screen = opened(office, qtbot)
    office.press(Qt.Key.Key_F8)
    office.type("dua")
    qtbot.waitUntil(lambda: screen.finder.is_open)
    office.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    assert screen.name_text.text() == "Dua"
    assert sums(screen)["Belum dibayar"] == "Rp 20.000"


def test_it_begins_with_whom_is_owed_most(sold: Corner, office: Till, qtbot: QtBot) -> None:
    assert opened(office, qtbot, "").presenter.producer == "P1"


def test_any_range_of_days_by_keyboard(sold: Corner, office: Till, qtbot: QtBot) -> None:
    screen = opened(office, qtbot)
    screen.chips.button("range").click()
    screen.first_field.setText("1/9/2026")
    screen.last_field.setText("30/9/2026")
    screen.last_field.setFocus()
    office.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    assert sums(screen) == {"Belum dibayar sebelumnya": "Rp 0", "Belum dibayar": "Rp 0"}
    screen.first_field.setText("1/10/2026")
    screen.first_field.setFocus()
    office.press(Qt.Key.Key_Return)
    assert office.said == "Tanggal awal sesudah tanggal akhir."


def test_it_is_saved_as_one_page_and_one_picture_for_this_user_alone(
    sold: Corner, office: Till, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_box, "default_folder", lambda: tmp_path / "Pojok")
    screen = opened(office, qtbot)
    with qtbot.waitSignal(screen.send.box.saved):
        screen.send.box.button.click()
    files = sorted((tmp_path / "Pojok").iterdir())
    assert [path.name for path in files] == ["rekap-dapur-satu-2026-10-01.pdf", "rekap-dapur-satu-2026-10-01.png"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    with Image.open(files[1]) as picture:
        assert picture.width == 1080
    assert files[1].stat().st_size < 300_000
    assert files[0].read_bytes().count(b"/Type /Page\n") == 1


def test_with_every_document_there_is_a_second_file(sold: Corner, office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    screen = opened(office, qtbot)
    screen.full_tick.setChecked(True)
    screen.send.box.folder.field.setText(str(tmp_path))
    with qtbot.waitSignal(screen.send.box.saved):
        screen.send.box.button.click()
    assert "rekap-dapur-satu-2026-10-01-lengkap.pdf" in {path.name for path in tmp_path.iterdir()}


def test_f6_copies_the_picture(sold: Corner, office: Till, qtbot: QtBot) -> None:
    opened(office, qtbot)
    office.press(Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: "Gambar untuk Dapur Satu disalin" in office.said)
    assert QGuiApplication.clipboard().image().width() == 1080


def test_that_a_picture_is_copied_is_not_told_beside_another_producer(sold: Corner, office: Till, qtbot: QtBot) -> None:
    opened(office, qtbot)
    office.press(Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: "Gambar untuk Dapur Satu disalin" in office.said)
    office.press(Qt.Key.Key_F5)
    assert "Dapur Satu" in office.said, "the same producer: it stays"
    assert opened(office, qtbot, "P2").name_text.text() == "Dua"
    assert office.said == ""


def test_f12_prints_it_on_the_roll(sold: Corner, office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    printing.save_printer_settings(sold.ledger, PrinterSettings("file", str(tmp_path / "roll.bin")))
    opened(office, qtbot)
    office.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Tercetak." in office.said)
    printed = (tmp_path / "roll.bin").read_bytes()
    assert b"REKAP TITIP JUAL" in printed
    assert b"Rp 28.800" in printed


def test_a_statement_that_does_not_agree_is_told(sold: Corner, office: Till, qtbot: QtBot) -> None:
    with sold.ledger.write() as tx:
        tx.db.execute("UPDATE products SET pricing = 'putus' WHERE sku = 'T1'")
    sold.do("count", lines=[{"sku": "T1", "counted": "99"}])
    opened(office, qtbot)
    assert "tidak cocok dengan buku (T1)" in office.said


def test_the_page_names_the_business_and_nobody(sold: Corner, office: Till, qtbot: QtBot) -> None:
    screen = opened(office, qtbot)
    build = screen.presenter.build()
    assert build is not None
    paper = build(sold.ledger).roll
    words = repr(paper)
    assert "Dapur Satu" in words
    assert "Ratna" not in words


def test_a_folder_that_cannot_be_made_is_a_sentence(
    sold: Corner, office: Till, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(send_box, "default_folder", lambda: tmp_path / "file" / "Pojok")
    screen = opened(office, qtbot)
    screen.send.box.button.click()
    assert office.said
    assert screen.send.box.facts.text() == ""
    assert screen.send.box.button.isEnabled()


def test_without_a_printer_it_says_so(sold: Corner, office: Till, qtbot: QtBot) -> None:
    opened(office, qtbot)
    office.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Belum ada printer" in office.said)


def test_no_figures_stand_under_another_producers_name(sold: Corner, office: Till, qtbot: QtBot) -> None:
    screen = opened(office, qtbot)
    screen.finder.picked.emit("P2")
    assert (screen.name_text.text(), sums(screen), screen.model.rows) == ("Dua", {}, [])
    assert screen.picture.isHidden()
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    assert sums(screen)["Belum dibayar"] == "Rp 20.000"


def test_nor_under_another_period(sold: Corner, office: Till, qtbot: QtBot) -> None:
    screen = opened(office, qtbot)
    screen.chips.button("week").click()
    assert sums(screen) == {}
    qtbot.waitUntil(lambda: bool(sums(screen)))


def test_only_the_failure_of_what_is_asked_for_now_is_told(
    sold: Corner, office: Till, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = opened(office, qtbot)

    def fail(_tell: object) -> Loaded:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(screen.presenter, "work", lambda: fail)
    screen.chips.button("week").click()
    monkeypatch.undo()
    screen.chips.button("month").click()
    qtbot.waitUntil(lambda: not office.window.workers.busy)
    assert (office.said, screen.presenter.period) == ("", "month")
    assert sums(screen)
