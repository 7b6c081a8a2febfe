"""Printers in Settings: found, tried, kept; and the printer that is only a window."""

import os
import select
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.printing import discovery, virtual
from pos_app.printing.discovery import Found
from pos_app.services import printing
from pos_app.services.papers import CHECK_CODE, LOGO
from pos_app.ui.screens.settings.printer_card import PrinterCard
from pos_app.ui.screens.settings.screen import SettingsScreen
from pos_app.ui.virtual_printer.window import VirtualPrinterWindow
from tests.ui.conftest import Till

CONTROL = Qt.KeyboardModifier.ControlModifier


def card(till: Till) -> PrinterCard:
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    return screen.cards.printer


def choose(printer: PrinterCard, device: str) -> None:
    printer.device_choice.choose(device)
    printer.device_choice.chosen.emit(device)


def virtual_window(till: Till) -> VirtualPrinterWindow:
    (window,) = till.window.findChildren(VirtualPrinterWindow)
    return window


def test_printers_at_this_computer_are_found_and_the_first_is_filled_in(
    bring: Callable[[str], Till], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        Found("file", "/dev/usb/lp0", "USB"),
        Found("serial", "COM5", "Bluetooth"),
        Found("system", "Epson", "CUPS"),
    ]
    monkeypatch.setattr(discovery, "attached", lambda: found)
    till = bring("settings")
    printer = card(till)
    printer.find_button.click()
    qtbot.waitUntil(lambda: till.said == "3 calon printer ditemukan. Pilih, lalu tes.")
    assert (printer.settings().device, printer.settings().target) == ("file", "/dev/usb/lp0")
    assert not printer.baud_row.isVisibleTo(printer)
    printer.found_choice.setCurrentIndex(1)
    printer.found_choice.activated.emit(1)
    printer.baud_choice.choose("19200")
    assert printer.baud_row.isVisibleTo(printer)
    till.press(Qt.Key.Key_F12)
    kept = printing.printer_settings(till.corner.db)
    assert (kept.device, kept.target, kept.baud) == ("serial", "COM5", 19200)


def test_no_printer_at_this_computer_is_said(
    bring: Callable[[str], Till], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "attached", list)
    till = bring("settings")
    card(till).find_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Tidak ada printer di komputer ini"))
    assert card(till).find_button.isEnabled()


def test_the_network_is_asked_on_request_only_and_can_be_stopped(
    bring: Callable[[str], Till], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()
    go_on = threading.Event()

    def neighbours(_address: str) -> list[str]:
        asked.set()
        go_on.wait(60)
        return ["127.0.0.1"]

    monkeypatch.setattr(discovery, "own_address", lambda: "127.0.0.9")
    monkeypatch.setattr(discovery, "neighbours", neighbours)
    till = bring("settings")
    assert not asked.is_set()
    card(till).network_button.click()
    assert asked.wait(60)
    assert card(till).network_button.text() == "Hentikan pencarian"
    card(till).network_button.click()
    go_on.set()
    qtbot.waitUntil(lambda: till.said == "Pencarian dihentikan.")
    assert card(till).network_button.text() == "Cari di jaringan"


def test_a_printer_on_the_network_is_found(
    bring: Callable[[str], Till], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(discovery, "own_address", lambda: "127.0.0.9")
        monkeypatch.setattr(discovery, "neighbours", lambda _address: ["127.0.0.1"])
        real = discovery.network_printers
        monkeypatch.setattr(discovery, "network_printers", lambda hosts, tell: real(hosts, tell, port=port))
        till = bring("settings")
        card(till).network_button.click()
        qtbot.waitUntil(lambda: "1 calon printer" in till.said)
    assert (card(till).settings().device, card(till).settings().target) == ("network", f"127.0.0.1:{port}")


def test_the_answer_to_the_test_page_sets_the_columns(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("settings")
    printer = card(till)
    choose(printer, "file")
    printer.target_field.setText(str(tmp_path / "roll.bin"))
    assert not printer.read_chips.isVisibleTo(printer)
    printer.test_print_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Halaman tes dikirim."))
    assert printer.read_chips.isVisibleTo(printer)
    printer.read_chips.button("42").click()
    assert till.said == "42 kolom. Simpan dengan F12."
    till.press(Qt.Key.Key_F12)
    assert printing.printer_settings(till.corner.db).columns == 42
    printer.read_chips.button("no").click()
    assert "Periksa kabel" in till.said


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal pair")
def test_a_test_page_reaches_a_printer_on_a_serial_line(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)
    got = bytearray()

    def read() -> None:
        while select.select([ours], [], [], 60)[0]:
            got.extend(os.read(ours, 4096))
            if got.startswith(b"\x10\x04\x04") and len(got) == 3:
                os.write(ours, b"\x12")
            if got.endswith(b"\x1dr\x01"):
                os.write(ours, b"\x00")
                return

    thread = threading.Thread(target=read)
    thread.start()
    till = bring("settings")
    printer = card(till)
    choose(printer, "serial")
    printer.target_field.setText(os.ttyname(theirs))
    printer.baud_choice.choose("115200")
    printer.test_print_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Halaman tes dikirim."))
    thread.join()
    os.close(ours)
    os.close(theirs)
    assert b"TES PRINTER" in got


def test_the_virtual_printer_shows_the_test_page_and_saves_it_as_a_picture(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("settings")
    printer = card(till)
    choose(printer, "virtual")
    assert not printer.target_field.isVisibleTo(printer)
    printer.test_print_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Halaman tes dikirim."))
    window = virtual_window(till)
    qtbot.waitUntil(lambda: len(window.shown()) == 1)
    assert window.shown() == ["000001-TEST.bin"]
    window.choose_file = lambda: str(tmp_path / "strip.png")
    window.save_button.click()
    qtbot.waitUntil(lambda: (tmp_path / "strip.png").exists() and "strip.png" in window.hint.text())
    with Image.open(tmp_path / "strip.png") as picture:
        assert picture.width == 384 + 48
    window.clear_button.click()
    qtbot.waitUntil(lambda: window.shown() == [])
    assert virtual.papers(virtual.folder_beside(till.corner.ledger.path)) == []
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    printer.look_button.click()
    assert till.window.findChildren(VirtualPrinterWindow) == [window]
    assert window.isVisible()
    printer.look_button.click()
    assert not window.isVisible(), "the window takes no keys, so its button closes it"


def test_the_virtual_printer_never_takes_the_focus_and_the_question_after_the_page_is_in_sight(
    bring: Callable[[str], Till], qtbot: QtBot
) -> None:
    till = bring("settings")
    till.window.resize(1366, 697)
    printer = card(till)
    choose(printer, "virtual")
    printer.test_print_button.setFocus()
    printer.test_print_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Halaman tes dikirim."))
    window = virtual_window(till)
    assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert "dibuang saat kasir dibuka lagi" in " ".join(one.text() for one in window.findChildren(QLabel))
    assert printer.read_chips.isAncestorOf(till.window.focusWidget())
    qtbot.waitUntil(lambda: not printer.read_chips.visibleRegion().isEmpty())
    window.close()


def test_taking_the_paper_out_of_the_virtual_printer_is_practised(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("settings")
    printer = card(till)
    choose(printer, "virtual")
    printer.open_virtual()
    window = virtual_window(till)
    window.paper_tick.click()
    printer.test_print_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Kertas printer habis."))
    window.paper_tick.click()
    printer.test_print_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Halaman tes dikirim."))
    window.close()


def test_logo_two_last_lines_and_the_check_code_are_kept(
    bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("settings")
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    paper = screen.cards.paper
    Image.linear_gradient("L").save(tmp_path / "logo.png")
    (tmp_path / "letter.png").write_text("Yang terhormat")
    paper.choose_file = lambda: str(tmp_path / "letter.png")
    paper.logo_button.click()
    qtbot.waitUntil(lambda: till.said.startswith("Gambar ini tidak terbaca"))
    paper.choose_file = lambda: str(tmp_path / "logo.png")
    paper.logo_button.click()
    qtbot.waitUntil(lambda: bool(paper.logo))
    paper.footer_field.setText("Terima kasih")
    paper.second_field.setText("Senin sampai Jumat")
    paper.check_tick.click()
    till.press(Qt.Key.Key_F12)
    assert till.said == "Pengaturan disimpan."
    assert queries.setting(till.corner.db, "receipt.footer", "") == "Terima kasih\nSenin sampai Jumat"
    assert queries.setting(till.corner.db, CHECK_CODE, "") == "1"
    assert queries.setting(till.corner.db, LOGO, "")
    paper.no_logo_button.click()
    till.press(Qt.Key.Key_F12)
    assert queries.setting(till.corner.db, LOGO, "") == ""
