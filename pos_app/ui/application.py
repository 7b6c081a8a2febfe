"""Puts the window together: theme and language from the settings, screens, and what works beside them.

The first screen comes first: printing, exchange and notices are imported and begun after it is shown.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from pos_app import logbook
from pos_app.domain.errors import PosError
from pos_app.i18n import _, language, set_language
from pos_app.ledger import queries, registry
from pos_app.paths import asset
from pos_app.services import first_steps
from pos_app.services.context import Counter
from pos_app.ui import scanner_settings
from pos_app.ui import settings_keys as keys
from pos_app.ui.counter_screens import Factory, counter_factories
from pos_app.ui.main_window import MainWindow
from pos_app.ui.messages import Message, expected
from pos_app.ui.scanner import ScannerFilter
from pos_app.ui.screen import Screen, Shell
from pos_app.ui.screens_registry import office_factories
from pos_app.ui.sounds import Player, Sound
from pos_app.ui.status import Status
from pos_app.ui.theme import FUSION, Theme, system_is_dark

if TYPE_CHECKING:
    from pos_app.ui.backup_worker import BackupWorker
    from pos_app.ui.closing_page import ClosingPage
    from pos_app.ui.crash_page import CrashPage
    from pos_app.ui.print_worker import PrintWorker
    from pos_app.ui.sync_worker import SyncWorker

RAISE_LOOK_MS: Final = 500
BEGIN_MS: Final = 60
"""What the first screen does not need begins this long after it."""
CLOSE_MS: Final = 400
"""Work that is over before that is not worth a page when the window is closed."""
END_MS: Final = 5_000
"""How long the process waits for work when its window is gone by other ways, such as the end of the session."""
LOG_MS: Final = 1_500
"""The log's file is opened when nobody waits any more: its libraries cost 14 ms."""


UNTRAINED: Final = ("sync", "safety", "setup", "opening", "labels")
"""Screens that a training has not: what they do would be real, as are labels with numbers that no real till knows."""
SETTLE_MS: Final = 5_000
COLLECT: Final = (700, 10, 10)
"""Python's own thresholds; the start raises them."""


def qt_application(arguments: list[str] | None = None) -> QApplication:
    """The one QApplication of the process."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        app = found
    else:
        app = QApplication([*(arguments or ["pojok"]), "-style", "fusion"])
        app.setProperty(FUSION, True)
    app.setApplicationName("Pojok POS")
    return app


def theme_of(counter: Counter) -> Theme:
    """The look that the settings ask for; sets the language too."""
    return theme_from(partial(queries.setting, counter.db))


def theme_from(setting: Callable[[str, str], str]) -> Theme:
    """The same, of settings that are read otherwise: ``setting(key, default)``."""
    set_language("en" if setting(keys.LANGUAGE, "id") == "en" else "id")
    scale = setting(keys.TEXT_SCALE, "100")
    dark = setting(keys.DARK, "")
    return Theme(dark=dark == "1" if dark else system_is_dark(), scale=int(scale) if scale.isdecimal() else 100)


class Application(QObject):
    """The window of one till with its printing and its exchange."""

    def __init__(self, app: QApplication, counter: Counter) -> None:
        super().__init__()
        self.counter = counter
        self.repair_wanted = False
        self.training_wanted = False
        self.is_training = queries.setting(counter.db, keys.TRAINING, "") == "1"
        self._backing_up = False
        self._closing: ClosingPage | None = None
        self._beginnings: Iterator[Callable[[], object]] = iter(())
        self.theme = theme_of(counter)
        self.theme.apply(app)
        self.scanner = ScannerFilter(app)
        self.scanner.configure(scanner_settings.read(counter.db))
        self.log = ExitStack()
        enabled: set[Sound] = {"caution", "error", "paid"}
        if queries.setting(counter.db, keys.SOUND_ACCEPTED, "") == "1":
            enabled.add("accepted")
        sounds = Player(asset("sounds"), frozenset(enabled))
        self.theme.sized.connect(self._keep_text_size)
        self.window = MainWindow(counter, self.theme, self.scanner, sounds, self._factories(), self.status)
        self.window.may_close = self._may_close
        if self.is_training:
            self._mark(app)

    def _mark(self, app: QApplication) -> None:
        """A training cannot be mistaken: a frame, a stripe with its tasks, and a stripe on every other window."""
        from pos_app.services import training
        from pos_app.ui.training_frame import MarkOthers, frame_window

        window = self.window
        self.frame = frame_window(window, self.theme, lambda: training.progress(self.counter.db), window.close)
        self.marks = MarkOthers(app, self.theme, window)
        window.missing = Message("W", _("The training has no such page: nothing of it is sent, backed up or labelled."))

    @cached_property
    def printer(self) -> PrintWorker:
        """Prints what waits."""
        from pos_app.ui.print_worker import PrintWorker

        worker = PrintWorker(self.counter, self.window.workers, self)
        worker.changed.connect(self.window.refresh_state)
        return worker

    @cached_property
    def sync(self) -> SyncWorker:
        """Exchanges with the centre."""
        from pos_app.ui.sync_worker import SyncWorker

        worker = SyncWorker(self.counter, self.window.workers, self)
        worker.changed.connect(self.window.refresh_state)
        return worker

    @cached_property
    def backup(self) -> BackupWorker:
        """Backs up after closings and once a day."""
        from pos_app.ui.backup_worker import BackupWorker

        worker = BackupWorker(self.counter, self.window.workers, self)
        worker.changed.connect(self._on_backup_changed)
        return worker

    @cached_property
    def crash_page(self) -> CrashPage:
        """What is shown after a mistake of the program."""
        from pos_app.ui.crash_page import CrashPage
        from pos_app.ui.support import report_saver

        page = CrashPage(self.theme, self.window.workers, report_saver(self.counter))
        page.going_on.connect(self.window.uncover)
        page.closing.connect(self.window.close)
        return page

    def start(self) -> None:
        """Show the first screen; printing and exchanging begin once it is there."""
        if first_steps.guides(self.counter.db):
            self.window.begin_with("setup")
        self.window.go("login")
        self._beginnings = self._all_beginnings()
        QTimer.singleShot(BEGIN_MS, self, self._begin_next)

    def begin(self) -> None:
        """Begin printing and exchanging."""
        for begin in self._all_beginnings():
            begin()

    def _begin_next(self) -> None:
        """The next of them, and the keys that came meanwhile before the one after it."""
        begin = next(self._beginnings, None)
        if begin is not None:
            begin()
            QTimer.singleShot(0, self, self._begin_next)

    def _all_beginnings(self) -> Iterator[Callable[[], object]]:
        yield lambda: self.printer
        if self.is_training:  # nothing of it leaves the computer, and nothing is missing from a backup
            yield self.printer.start
            yield self.window.refresh_state
            return
        yield lambda: self.backup
        yield self.watch
        yield self.printer.start
        yield lambda: self.sync
        yield self.sync.start
        yield self.backup.start
        yield self._finish_erasing
        yield self.window.refresh_state

    def _finish_erasing(self) -> None:
        """Do what a power cut or a full disk left of anonymising somebody."""
        from pos_app.ledger import persons

        if not persons.rewrite_due(self.counter.db):
            return

        def work() -> bool:
            from pos_app.services import privacy

            with closing(self.counter.ledger.another()) as own:
                return privacy.finish(own)

        def failed(error: Exception) -> None:
            if not isinstance(error, PosError):
                raise error
            logbook.note("rewrite_failed", kind=error.name)  # it stays due

        self.window.workers.run(work, lambda done: logbook.note("rewritten", complete=int(done)), failed)

    def begin_log(self) -> None:
        """Write the log from now on, and let threads and hard crashes leave reports."""
        from pos_app.services import diagnostics

        self.log.enter_context(diagnostics.watching(self.counter.ledger))

    def watch(self) -> None:
        """From now on the window tells what must be told beside the work."""
        from pos_app.ui.notices import Notices

        window = self.window
        window.notices = Notices(
            self.counter, self.printer, self.backup, go=window.go, say=window.say, refresh=window.refresh_state
        )

    def _may_close(self) -> bool:
        """What is under way holds the window until it is done or given up; selling is over by then."""
        self._begin_nothing()
        workers = self.window.workers
        workers.stop_told()
        backing_up = "backup" in self.__dict__ and self.backup.running
        if workers.abandoned or (not backing_up and workers.finish(CLOSE_MS)):
            return True
        from pos_app.ui.closing_page import ClosingPage

        if self._closing is None:
            self._closing = ClosingPage(self.theme, workers, self.backup, to_the_end=self.repair_wanted)
            self._closing.finished.connect(self.window.close, Qt.ConnectionType.QueuedConnection)
        self.window.cover(self._closing, to_the_end=True)
        self._closing.setFocus()
        return False

    def _begin_nothing(self) -> None:
        self._beginnings = iter(())
        for worker in ("printer", "sync", "backup"):
            if worker in self.__dict__:
                getattr(self, worker).stop()

    def stop(self) -> bool:
        """Begin nothing more; whether everything is over. Before a repair nothing may hold the ledger, so it is."""
        self._begin_nothing()
        self.window.workers.stop_told()
        return self.window.workers.finish(-1 if self.repair_wanted or self.is_training else END_MS)

    def end(self) -> None:
        """Let go of what outlives a window: another one may follow in this process."""
        self.scanner.stop()
        self.scanner.deleteLater()
        if self.is_training:
            self.marks.stop()
        self.window.deleteLater()

    def train(self) -> None:
        """End the window; whoever runs it begins the training and comes back after it."""
        self.training_wanted = True
        self.window.close()

    def repair(self) -> None:
        """End the window; whoever runs it begins the guided repair, or joins a till again that may (``start``)."""
        self.repair_wanted = True
        self.window.close()

    def _on_backup_changed(self) -> None:
        """The top bar tells of a backup that began or ended, not of its progress."""
        if self._backing_up != self.backup.running:
            self._backing_up = self.backup.running
            self.window.refresh_state()

    def _keep_text_size(self, scale: int) -> None:
        with self.counter.ledger.write() as tx:
            registry.set_setting(tx.db, keys.TEXT_SCALE, str(scale))

    def status(self) -> Status:
        """The states of the top bar, read from the ledger."""
        from pos_app.ledger import print_queue
        from pos_app.services import backing_up

        db = self.counter.db
        exchange = self.sync.state()
        jobs = print_queue.counts(db)
        shift = queries.open_shift(db)
        user = self.counter.user
        return Status(
            now=self.counter.clock(),
            unsent=exchange.unsent,
            offline=bool(exchange.problem),
            joined=exchange.enrolled,
            flagged=exchange.quarantined,
            printer=self.printer.state(),
            waiting_papers=jobs["waiting"] + jobs["failed"],
            unsure_papers=jobs["unsure"],
            backup_at=backing_up.last_good(db),
            backup_failed="backup" in self.__dict__ and bool(self.backup.faults()),
            shift_opened_at=datetime.fromisoformat(shift.opened_at) if shift else None,
            user=user.name if user else "",
            training=self.is_training,
            demo=queries.setting(db, keys.DEMO, "") == "1",
        )

    def on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What no screen expected: bad luck is a sentence in the strip; a bug leaves a report and gets its own page."""
        print(kind.__name__, file=sys.stderr)  # noqa: T201  not its message: it may name somebody, and the desktop logs this
        traceback.print_tb(trace)
        message = expected(error, str(self.counter.ledger.path))
        if message is not None:
            logbook.note("fault", kind=kind.__name__)
            self.window.say(message)
            return
        from pos_app.services import diagnostics  # late: there is seldom a bug

        diagnostics.record_crash(error, self.counter.ledger)
        last = queries.entry_by_seq(self.counter.db, self.counter.ledger.head().seq)
        if self.crash_page.language != language():
            self.crash_page.deleteLater()
            del self.crash_page
        self.crash_page.show_last(last.document.number if last is not None else "")
        self.window.cover(self.crash_page)

    def _factories(self) -> Mapping[str, Factory]:
        office = office_factories(
            lambda: self.sync, lambda: self.backup, self.repair, lambda: self.printer, rejoin=self.repair
        )
        made: dict[str, Factory] = {**counter_factories(), **office}
        if self.is_training:
            made["close_shift"] = _training_close
            return {name: factory for name, factory in made.items() if name not in UNTRAINED}
        return {**made, "training": self._training_screen}

    def _training_screen(self, shell: Shell) -> Screen:
        from pos_app.ui.screens.training.screen import TrainingScreen

        return TrainingScreen(shell, self.train)


def _training_close(shell: Shell) -> Screen:
    from pos_app.ui.screens.close_shift.screen import CloseShiftScreen

    return CloseShiftScreen(shell)


def settle() -> None:
    """From now on Python looks for garbage among what comes and goes, never again through what stays: that search
    would hold a scan for several frames."""
    gc.freeze()
    gc.set_threshold(*COLLECT)


def run(counter: Counter, raise_request: Path) -> int | Literal["training"] | None:
    """Show the till until it is closed; returns the exit status, None where the ledger is to be repaired.

    ``training`` where a training is to come first, and this till again after it.

    A second start leaves the file ``raise_request`` behind, and this window comes to the front.
    """
    app = qt_application(sys.argv[:1])
    application = Application(app, counter)
    sys.excepthook = application.on_error
    application.window.showMaximized()
    application.start()
    looking = QTimer(application)
    looking.timeout.connect(lambda: _come_forward(application.window, raise_request))
    looking.start(RAISE_LOOK_MS)
    if not application.is_training:
        QTimer.singleShot(LOG_MS, application, application.begin_log)
    QTimer.singleShot(SETTLE_MS, application, settle)
    status = app.exec()
    over = application.stop()
    application.log.close()
    application.end()
    if not over:  # nobody would see a process that goes on, and it would keep the ledger's lock
        os._exit(status)
    if application.training_wanted:
        return "training"
    return None if application.repair_wanted else status


def _come_forward(window: MainWindow, request: Path) -> None:
    """To the front when a second start asks for it, as large as before it was minimised."""
    if request.exists():
        request.unlink(missing_ok=True)
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
