"""Rows 21 and 22 of a day: printers that fail at the real window, and the list of papers that outlives them.

The printers are real sockets; each does one wrong thing.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.domain.tendering import Offer
from pos_app.ledger import print_queue, queries
from pos_app.ledger.ledger import Ledger
from pos_app.printing import virtual
from pos_app.printing.devices import ASK_PAPER, ASK_PRINTED, Network
from pos_app.printing.strip import strip_text
from pos_app.services import checkout, printing
from pos_app.services.printing import PrinterSettings, save_printer_settings
from pos_app.ui.screens.papers_queue.screen import PapersQueueScreen
from tests.ui.papers.conftest import PrintingTill
from tests.ui.test_selling import T1

OPEN = {"waiting": 0, "printing": 0, "unsure": 0, "failed": 0}


class SocketPrinter:
    """A printer on a real socket. ``mood``: prints, hangs (takes nothing), dies (midway) or has no paper."""

    def __init__(self, mood: str) -> None:
        self.mood = mood
        self.papers: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.05)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def target(self) -> str:
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                connection, _address = self._server.accept()
            except OSError:
                continue
            with connection:
                connection.settimeout(60)
                try:
                    self._take(connection)
                except OSError:
                    continue

    def _take(self, connection: socket.socket) -> None:
        assert connection.recv(3) == ASK_PAPER
        connection.sendall(b"\x72" if self.mood == "no paper" else b"\x12")
        if self.mood == "no paper":
            return
        if self.mood == "dies":
            connection.recv(100)
            return
        got = b""
        while not got.endswith(ASK_PRINTED):
            more = connection.recv(65536)
            if not more:
                return
            got += more
        if self.mood == "hangs":
            self._over.wait()
            return
        self.papers.append(got.removesuffix(ASK_PRINTED))
        connection.sendall(b"\x00")


@pytest.fixture
def socket_printer() -> Iterator[Callable[[str], SocketPrinter]]:
    made: list[SocketPrinter] = []

    def make(mood: str) -> SocketPrinter:
        made.append(SocketPrinter(mood))
        return made[-1]

    yield make
    for printer in made:
        printer.close()


def set_printer(till: PrintingTill, target: str) -> None:
    save_printer_settings(till.corner.ledger, PrinterSettings("network", target, 48, drawer=True))


def counts(till: PrintingTill) -> dict[str, int]:
    return print_queue.counts(till.corner.db)


def chip(till: PrintingTill) -> str:
    return till.window.top_bar.chip("printer").text()


def sell_by_keys(till: PrintingTill) -> str:
    """Scan, pay exactly, and the number that the ledger holds."""
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    entry = queries.entry_by_seq(till.corner.db, till.corner.ledger.head().seq)
    assert entry is not None
    assert entry.document.KIND == "sale"
    return entry.document.number


def queue_screen(till: PrintingTill) -> PapersQueueScreen:
    till.window.top_bar.chip("printer").click()
    screen = till.window.current
    assert isinstance(screen, PapersQueueScreen)
    return screen


@pytest.mark.parametrize("mood", ["hangs", "dies", "no paper"])
def test_row_21_a_printer_in_trouble_never_stops_a_sale(
    papers: PrintingTill,
    socket_printer: Callable[[str], SocketPrinter],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    mood: str,
) -> None:
    if mood == "hangs":
        monkeypatch.setattr(printing, "Network", partial(Network, seconds=0.3, status_seconds=0.3))
    printer = socket_printer(mood)
    set_printer(papers, printer.target)
    number = sell_by_keys(papers)
    qtbot.waitUntil(
        lambda: counts(papers)["waiting"] + counts(papers)["unsure"] == 1 and not counts(papers)["printing"]
    )
    papers.press(Qt.Key.Key_Return)
    second = sell_by_keys(papers)
    assert second != number
    assert papers.corner.state["stock"]["T1"] is not None
    assert printer.papers == []
    papers.corner.verify()


def test_row_21_out_of_paper_the_sale_is_paid_the_job_waits_and_a_reprint_says_salinan(
    papers: PrintingTill, socket_printer: Callable[[str], SocketPrinter], qtbot: QtBot
) -> None:
    printer = socket_printer("no paper")
    set_printer(papers, printer.target)
    number = sell_by_keys(papers)
    qtbot.waitUntil(lambda: chip(papers) == "Kertas habis")
    assert counts(papers) == {**OPEN, "waiting": 1}
    screen = queue_screen(papers)
    assert "Kertas printer habis. Ganti, lalu F9. Penjualan tersimpan." in screen.facts.text()
    printer.mood = "prints"
    papers.press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: len(printer.papers) == 1)
    qtbot.waitUntil(lambda: chip(papers) == "Printer siap")
    assert not any("SALINAN" in line for line in strip_text(printer.papers[0], 48))
    papers.press(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert screen.row() is not None
    assert screen.row().number == number
    papers.press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: len(printer.papers) == 2)
    copy = strip_text(printer.papers[1], 48)
    assert any("*** SALINAN ***" in line for line in copy)
    assert any(number in line for line in copy)
    assert b"\x1bp" in printer.papers[0]
    assert b"\x1bp" not in printer.papers[1]


def test_a_printer_that_died_midway_is_asked_about_and_no_prints_it_again(
    papers: PrintingTill, socket_printer: Callable[[str], SocketPrinter], qtbot: QtBot
) -> None:
    printer = socket_printer("dies")
    set_printer(papers, printer.target)
    number = sell_by_keys(papers)
    qtbot.waitUntil(lambda: counts(papers)["unsure"] == 1)
    qtbot.waitUntil(lambda: chip(papers) == "1 tercetak?")
    screen = queue_screen(papers)
    assert papers.said == f"Struk {number} sudah tercetak?"
    assert screen.buttons["yes"].isVisibleTo(screen)
    printer.mood = "prints"
    papers.press(Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: len(printer.papers) == 1)
    qtbot.waitUntil(lambda: counts(papers) == OPEN)
    assert any(number in line for line in strip_text(printer.papers[0], 48))


def test_yes_it_is_printed_ends_the_doubt_and_prints_nothing(
    papers: PrintingTill, socket_printer: Callable[[str], SocketPrinter], qtbot: QtBot
) -> None:
    printer = socket_printer("dies")
    set_printer(papers, printer.target)
    sell_by_keys(papers)
    qtbot.waitUntil(lambda: counts(papers)["unsure"] == 1)
    queue_screen(papers)
    printer.mood = "prints"
    papers.press(Qt.Key.Key_F5)
    assert papers.said == "Dicatat: sudah tercetak."
    assert counts(papers) == OPEN
    assert printer.papers == []


def test_a_paper_nobody_wants_is_taken_off_and_can_be_had_later(
    papers: PrintingTill, socket_printer: Callable[[str], SocketPrinter], qtbot: QtBot
) -> None:
    printer = socket_printer("no paper")
    set_printer(papers, printer.target)
    number = sell_by_keys(papers)
    qtbot.waitUntil(lambda: chip(papers) == "Kertas habis")
    screen = queue_screen(papers)
    papers.press(Qt.Key.Key_Delete)
    assert papers.said == f"{number} tidak dicetak. Dokumennya tetap ada."
    assert counts(papers) == OPEN
    assert screen.model.rows == []
    printer.mood = "prints"
    papers.press(Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    screen.buttons["again"].click()
    qtbot.waitUntil(lambda: len(printer.papers) == 1)
    assert not any("SALINAN" in line for line in strip_text(printer.papers[0], 48)), "it never came out before"


def test_row_22_a_power_cut_after_the_sale_and_before_its_paper_asks_on_the_next_start(
    papers: PrintingTill, qtbot: QtBot
) -> None:
    papers.application.printer.stop()
    folder = virtual.folder_beside(papers.corner.ledger.path)
    save_printer_settings(papers.corner.ledger, PrinterSettings("virtual", str(folder)))
    sold = checkout.sell(papers.corner.counter, [checkout.Wanted("T1", 1000)], [Offer("cash", 16_000)])
    other = Ledger.open(papers.corner.ledger.path)  # what the dead process had claimed is all that is left of it
    assert print_queue.claim(other.db) is not None
    other.close()
    papers.application.printer.start()
    papers.window.refresh_state()
    assert chip(papers) == "1 tercetak?"
    screen = queue_screen(papers)
    assert "Pencetakan terhenti" in screen.facts.text()
    assert [row.number for row in screen.model.rows] == [sold.number]
    papers.press(Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: len(virtual.papers(folder)) == 1)
    assert any(sold.number in line for line in strip_text(virtual.papers(folder)[0].read_bytes(), 32))
    assert len(print_queue.jobs_of(papers.corner.db, sold.id)) == 1


def test_a_scan_of_a_receipts_code_finds_its_paper_in_the_list(
    papers: PrintingTill, socket_printer: Callable[[str], SocketPrinter], qtbot: QtBot
) -> None:
    printer = socket_printer("no paper")
    set_printer(papers, printer.target)
    numbers = [sell_by_keys(papers)]
    papers.press(Qt.Key.Key_Return)
    numbers.append(sell_by_keys(papers))
    qtbot.waitUntil(lambda: chip(papers) == "Kertas habis")
    screen = queue_screen(papers)
    screen.take_scan(numbers[1])
    assert screen.row() is not None
    assert screen.row().number == numbers[1]
    screen.take_scan("ST-NOWHERE")
    assert papers.said == "ST-NOWHERE tidak ada di daftar ini."


def test_the_chosen_paper_is_shown_as_it_would_come_out(papers: PrintingTill, qtbot: QtBot, tmp_path: Path) -> None:
    papers.application.printer.stop()
    save_printer_settings(papers.corner.ledger, PrinterSettings("file", str(tmp_path / "none" / "lp0")))
    sell_by_keys(papers)
    screen = queue_screen(papers)
    qtbot.waitUntil(lambda: screen.area.isVisibleTo(screen))
    assert screen.picture.height() > 300


def test_without_a_printer_the_list_says_so(papers: PrintingTill) -> None:
    queue_screen(papers)
    papers.press(Qt.Key.Key_F12)
    assert papers.said.startswith("Belum ada printer")


def test_papers_of_the_virtual_printer_last_until_the_next_start(papers: PrintingTill, qtbot: QtBot) -> None:
    folder = virtual.folder_beside(papers.corner.ledger.path)
    save_printer_settings(papers.corner.ledger, PrinterSettings("virtual", str(folder)))
    sell_by_keys(papers)
    qtbot.waitUntil(lambda: len(virtual.papers(folder)) == 1)
    papers.application.printer.stop()
    assert virtual.papers(folder)[0].stat().st_mode & 0o077 == 0
    papers.application.printer.start()
    assert virtual.papers(folder) == []
