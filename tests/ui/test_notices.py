"""What the till tells beside the work: printer, papers in doubt, disk, backup, clock; each once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.domain.errors import DamagedLedger, DiskFull, NoBackupSpace, PosError
from pos_app.domain.tendering import Offer
from pos_app.ledger import print_queue, recovery, registry
from pos_app.ledger.sqlite import Error
from pos_app.ledger.vault import Vault
from pos_app.services import backing_up, checkout, counting, expiring
from pos_app.services.context import User
from pos_app.services.printing import PrinterSettings, save_printer_settings
from pos_app.ui.application import Application
from pos_app.ui.messages import Message, expected
from pos_app.ui.notices import HOUR, MINUTE, Notices
from tests.corner import Corner
from tests.ui.conftest import Till
from tests.ui.test_selling import CONTROL, T1


class Printer:
    """A print worker as notices see it."""

    def __init__(self) -> None:
        self.reason = ""
        self.retries = 0

    def fault(self) -> str:
        return self.reason

    def retry(self) -> None:
        self.reason = ""
        self.retries += 1


class Backups:
    """A backup worker as notices see it."""

    def __init__(self) -> None:
        self.failed: list[PosError] = []

    def faults(self) -> list[PosError]:
        return self.failed


class Surroundings:
    """Disk and time that a test moves, and what was said."""

    def __init__(self, corner: Corner) -> None:
        self.printer = Printer()
        self.backups = Backups()
        self.free = 10_000_000_000
        self.seconds = 100.0
        self.said: list[str] = []
        self.gone: list[str] = []
        self.notices = Notices(
            corner.counter,
            self.printer,
            self.backups,
            go=self.gone.append,
            say=lambda message: self.said.append(message.text),
            refresh=lambda: None,
            space=lambda path: self.free,
            ticks=lambda: self.seconds,
        )

    def next(self) -> Message | None:
        notice = self.notices.due()
        if notice is None:
            return None
        self.notices.told(notice)
        return notice.message()

    def text(self) -> str:
        message = self.next()
        return message.text if message is not None else ""


@pytest.fixture
def around(open_corner: Corner) -> Surroundings:
    for job in print_queue.waiting(open_corner.db):
        print_queue.cancel(open_corner.db, job.id)
    return Surroundings(open_corner)


def doubtful_receipt(corner: Corner) -> tuple[int, str]:
    answer = corner.sell("T1")
    job = print_queue.claim(corner.db)
    assert job is not None
    assert job.document_id == answer["id"]
    print_queue.recover(corner.db)
    return job.id, str(answer["number"])


def test_nothing_is_told_while_all_is_well(around: Surroundings) -> None:
    assert around.next() is None


def test_a_printer_fault_is_told_once_and_again_after_a_retry(around: Surroundings) -> None:
    around.printer.reason = "out_of_paper"
    message = around.next()
    assert message is not None
    assert (message.number, message.action, message.key) == (7, "Coba lagi", "F9")
    assert around.next() is None
    assert around.notices.retry_printing()
    assert around.printer.retries == 1
    around.printer.reason = "out_of_paper"
    assert around.text() == "Kertas printer habis. Ganti, lalu F9. Penjualan tersimpan."


def test_a_silent_printer_is_message_8(around: Surroundings) -> None:
    around.printer.reason = "offline"
    assert around.text() == "Printer tidak menjawab. Periksa kabel. Penjualan tetap bisa."


def test_a_receipt_in_doubt_is_asked_about_until_it_is_answered(around: Surroundings, open_corner: Corner) -> None:
    job_id, number = doubtful_receipt(open_corner)
    question = around.next()
    assert question is not None
    assert question.text == f"Struk {number} sudah tercetak?"
    assert (question.action, question.other, question.other_key) == ("Ya", "Cetak lagi", "F9")
    assert around.next() is None
    around.seconds += MINUTE
    assert around.text() == question.text
    assert question.run is not None
    question.run()
    job = print_queue.job(open_corner.db, job_id)
    assert job is not None
    assert job.state == "done"
    around.seconds += MINUTE
    assert around.next() is None


def test_print_again_puts_the_receipt_back_into_the_queue(around: Surroundings, open_corner: Corner) -> None:
    job_id, _number = doubtful_receipt(open_corner)
    question = around.next()
    assert question is not None
    assert question.other_run is not None
    question.other_run()
    assert [job.id for job in print_queue.waiting(open_corner.db)] == [job_id]
    assert around.printer.retries == 1


def test_a_paper_that_cannot_be_made_says_why(around: Surroundings, open_corner: Corner) -> None:
    _job_id, number = doubtful_receipt(open_corner)
    open_corner.db.execute("UPDATE print_jobs SET state = 'failed', error = 'refused' WHERE state = 'unsure'")
    text = around.text()
    assert text.startswith(f"Struk {number} tidak dapat dicetak. ")
    assert "Pengaturan" in text or "pengaturan" in text
    assert around.next() is None


def test_little_disk_is_told_once_an_hour(around: Surroundings) -> None:
    around.free = 400_000_000
    assert around.text() == "Disk tinggal 400 MB. Kosongkan Recycle Bin."
    around.seconds += HOUR - 1
    assert around.next() is None
    around.seconds += 1
    assert around.text() != ""


def back_up_today(corner: Corner) -> None:
    with corner.ledger.write() as tx:
        registry.set_setting(tx.db, backing_up.AT, corner.clock().isoformat())


def test_no_backup_is_told_once_the_first_day_is_over_and_leads_to_one(
    around: Surroundings, open_corner: Corner
) -> None:
    assert around.next() is None
    open_corner.clock.pass_by(days=1)
    message = around.next()
    assert message is not None
    assert message.text == "Belum ada cadangan. Pasang USB, lalu Cadangkan."
    assert message.run is not None
    message.run()
    assert around.gone == ["safety"]


def test_two_days_without_a_backup_are_told_with_their_number(
    around: Surroundings, open_corner: Corner, cashier: User
) -> None:
    open_corner.counter.user = cashier
    back_up_today(open_corner)
    open_corner.clock.pass_by(days=1)
    assert around.next() is None
    open_corner.clock.pass_by(days=1)
    message = around.next()
    assert message is not None
    assert (message.number, message.text) == (20, "2 hari tanpa cadangan. Pasang USB, lalu Cadangkan.")
    back_up_today(open_corner)
    around.seconds += 24 * HOUR
    assert around.next() is None


def test_a_backup_that_failed_is_told_with_its_reason(around: Surroundings) -> None:
    around.backups.failed = [NoBackupSpace("/media/usb", 120, 7)]
    message = around.next()
    assert message is not None
    assert message.text.startswith("Pencadangan tidak berhasil. ")
    assert "7" in message.text
    assert around.next() is None
    around.backups.failed = [DamagedLedger(12, "hash")]
    damaged = around.next()
    assert damaged is not None
    assert (damaged.number, damaged.action) == (19, "Perbaiki …")


def test_a_manager_is_told_that_backups_lack_a_recovery_code(
    around: Surroundings, open_corner: Corner, manager: User, cashier: User
) -> None:
    back_up_today(open_corner)
    open_corner.counter.user = cashier
    assert around.next() is None
    open_corner.counter.user = manager
    message = around.next()
    assert message is not None
    assert "kode pemulihan" in message.text
    assert around.next() is None


def test_a_manager_is_told_that_names_wait_for_the_code_and_not_that_there_is_none(
    around: Surroundings, open_corner: Corner, manager: User, tmp_path: Path
) -> None:
    recovery.make(open_corner.ledger, Vault(tmp_path / "old-keys"))
    back_up_today(open_corner)
    open_corner.counter.user = manager
    message = around.next()
    assert message is not None
    assert message.text == "Nama tetap berupa kode sampai kode pemulihan dari kertas dimasukkan."
    assert around.next() is None


def test_a_clock_that_went_back_is_told_once_and_anew_when_it_happens_again(
    around: Surroundings, open_corner: Corner
) -> None:
    open_corner.clock.pass_by(hours=-3)
    assert around.text() == "Jam komputer mundur 3 jam. Betulkan jam Windows; urutan penjualan aman."
    assert around.next() is None
    open_corner.clock.pass_by(hours=3)
    assert around.next() is None
    open_corner.clock.pass_by(days=-1)
    assert "mundur 24 jam" in around.text()


def test_a_clock_that_is_years_ahead_is_told_with_its_date(around: Surroundings, open_corner: Corner) -> None:
    open_corner.clock.pass_by(days=900)
    assert "(19/03/2029 08.00)" in around.text()


def test_a_notice_waits_until_the_strip_is_free(till: Till, open_corner: Corner) -> None:
    around = Surroundings(open_corner)
    till.window.notices = around.notices
    till.scan("8991234567891")
    around.free = 100_000_000
    till.window.tell_notices()
    assert till.sell.strip.message is not None
    assert till.sell.strip.message.number == 1
    till.window.hush()
    till.window.tell_notices()
    assert till.sell.strip.message.number == 17
    assert till.window.focusWidget() is till.sell.field


def test_a_full_disk_refuses_the_sale_and_try_again_makes_it(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    with monkeypatch.context() as patch:

        def full(*_arguments: object, **_named: object) -> None:
            raise DiskFull("till.db")

        patch.setattr(checkout, "sell", full)
        till.press(Qt.Key.Key_Return)
        assert till.said == "Disk penuh, penjualan dihentikan. Kosongkan Recycle Bin, lalu Coba lagi."
        assert not till.sell.side.is_paid
    till.press(Qt.Key.Key_Return, CONTROL)
    assert till.sell.side.is_paid


def test_bad_luck_that_no_screen_expected_is_a_sentence_and_a_bug_is_not() -> None:
    damaged = expected(DamagedLedger(4102, "hash"), "till.db")
    assert damaged is not None
    assert (damaged.kind, damaged.number) == ("E", 19)
    assert "4102" in damaged.text
    for text, number in (("database disk image is malformed", 19), ("database or disk is full", 18)):
        message = expected(Error(text), "till.db")
        assert message is not None
        assert message.number == number
    assert expected(ZeroDivisionError(), "till.db") is None
    assert expected(Error("no such column: prise"), "till.db") is None


@pytest.fixture
def application(qtbot: QtBot, qapp: QApplication, open_corner: Corner, cashier: User) -> Iterator[Application]:
    """The whole application over a corner, with nothing started."""
    for job in print_queue.waiting(open_corner.db):
        print_queue.cancel(open_corner.db, job.id)
    made = Application(qapp, open_corner.counter)
    made.window.resize(1366, 697)
    made.window.show()
    made.window.activateWindow()
    qtbot.waitActive(made.window)
    made.scanner.watch(made.window.windowHandle())
    open_corner.counter.user = cashier
    made.window.unlock()
    made.watch()
    yield made
    made.stop()
    made.scanner.stop()
    made.window.close()
    made.window.deleteLater()
    QCoreApplication.sendPostedEvents(made.window, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def press(application: Application) -> Callable[[Qt.Key], None]:
    till = Till(application.window, Corner.__new__(Corner), application.theme, application.scanner)
    return till.press


def test_a_dead_printer_is_told_and_f9_prints_what_waits(
    application: Application, press: Callable[[Qt.Key], None], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "port"
    save_printer_settings(open_corner.ledger, PrinterSettings("file", str(folder / "lp0")))
    window = application.window
    sold = checkout.sell(open_corner.counter, [checkout.Wanted("T1", 1000)], [Offer("cash", 16_000)])
    with qtbot.waitSignal(application.printer.changed):
        application.printer.start()
    window.tell_notices()
    assert window.current is not None
    assert window.current.strip.text() == "Printer tidak menjawab. Periksa kabel. Penjualan tetap bisa."
    assert window.top_bar.chip("printer").text() == "Printer tidak menjawab"
    folder.mkdir()
    press(Qt.Key.Key_F9)
    qtbot.waitUntil((folder / "lp0").exists)
    qtbot.waitUntil(lambda: window.top_bar.chip("printer").text() == "Printer siap")
    assert sold.number.encode() in (folder / "lp0").read_bytes()


def test_the_printers_chip_asks_about_a_receipt_in_doubt(application: Application, open_corner: Corner) -> None:
    save_printer_settings(open_corner.ledger, PrinterSettings("file", "/nowhere/lp0"))
    _job_id, number = doubtful_receipt(open_corner)
    window = application.window
    window.refresh_state()
    chip = window.top_bar.chip("printer")
    assert chip.text() == "1 tercetak?"
    chip.click()
    assert window.current is not None
    assert window.current.strip.text() == f"Struk {number} sudah tercetak?"
    window.current.strip.run_action()
    assert chip.text() == "Printer siap"


def test_goods_near_expiry_are_told_once_a_day(open_corner: Corner) -> None:
    open_corner.receive("K1", "4", "2026-09-30")
    open_corner.receive("T1", "5", "2026-10-01")
    around = Surroundings(open_corner)
    words = "Kedaluwarsa: 1 sudah lewat, 1 hari terakhir."
    assert (around.text(), around.text()) == (words, "")
    assert Surroundings(open_corner).text() == ""  # started again on the same day
    open_corner.clock.pass_by(days=1)
    assert "Kedaluwarsa: 2 sudah lewat." in [around.text(), around.text()]  # a backup is missing, too
    notice = Surroundings(open_corner).notices._expiring_message(expiring.Counts(1, 0, 0))
    assert notice.run is not None
    assert notice.action == "Lihat"


def test_goods_near_expiry_are_not_told_while_the_clock_cannot_be_believed(open_corner: Corner) -> None:
    open_corner.receive("K1", "4", "2026-09-30")
    open_corner.clock.pass_by(days=-3)
    around = Surroundings(open_corner)
    assert "mundur" in around.text()
    assert around.text() == ""


def test_a_stock_count_that_was_left_open_is_told_once_at_the_next_start(
    around: Surroundings, open_corner: Corner
) -> None:
    assert around.next() is None
    counting.begin(open_corner.counter, counting.Scope())
    assert around.next() is None
    after_a_start = Surroundings(open_corner)
    message = after_a_start.next()
    assert message is not None
    assert message.text.startswith("Stok opname belum selesai; terakhir dihitung 01/10/2026 08.00.")
    assert message.run is not None
    message.run()
    assert after_a_start.gone == ["stock_count"]
    assert after_a_start.next() is None


@pytest.fixture
def cakes(open_corner: Corner) -> None:
    """Yesterday's, still on the shelf."""
    open_corner.receive("K1", "4", "2026-09-30")


def test_the_strip_tells_goods_near_expiry_in_the_morning_and_leads_to_them(
    cakes: None,
    application: Application,
) -> None:
    window = application.window
    window.tell_notices()
    assert window.current is not None
    assert window.current.strip.text() == "Kedaluwarsa: 1 sudah lewat."
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return, CONTROL)
    assert window.current.name == "expiring"
    window.go("sell")
    window.hush()
    window.tell_notices()
    assert window.current.strip.text() == ""
