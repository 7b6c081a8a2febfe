"""Puts the window together: theme and language from the settings, screens, and what works beside them.

The first screen comes first: printing, exchange and notices are imported and begun after it is shown.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from pos_app.i18n import set_language
from pos_app.ledger import queries
from pos_app.paths import asset
from pos_app.services.context import Counter
from pos_app.ui import settings_keys as keys
from pos_app.ui.counter_screens import counter_factories
from pos_app.ui.main_window import Factory, MainWindow
from pos_app.ui.messages import unexpected
from pos_app.ui.scanner import ScannerFilter
from pos_app.ui.screens_registry import office_factories
from pos_app.ui.sounds import Player, Sound
from pos_app.ui.status import Status
from pos_app.ui.theme import Theme

if TYPE_CHECKING:
    from pos_app.ui.print_worker import PrintWorker
    from pos_app.ui.sync_worker import SyncWorker

RAISE_LOOK_MS: Final = 500
BEGIN_MS: Final = 60
"""What the first screen does not need begins this long after it."""


def qt_application(arguments: list[str] | None = None) -> QApplication:
    """The one QApplication of the process."""
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(arguments or ["pojok"])
    app.setApplicationName("Pojok POS")
    return app


def theme_of(counter: Counter) -> Theme:
    """The look that the settings ask for; sets the language too."""
    set_language("en" if queries.setting(counter.db, keys.LANGUAGE, "id") == "en" else "id")
    scale = queries.setting(counter.db, keys.TEXT_SCALE, "100")
    dark = queries.setting(counter.db, keys.DARK, "") == "1"
    return Theme(dark=dark, scale=int(scale) if scale.isdigit() else 100)


class Application(QObject):
    """The window of one till with its printing and its exchange."""

    def __init__(self, app: QApplication, counter: Counter) -> None:
        super().__init__()
        self.counter = counter
        self.theme = theme_of(counter)
        self.theme.apply(app)
        self.scanner = ScannerFilter(app)
        enabled: set[Sound] = {"caution", "error", "paid"}
        if queries.setting(counter.db, keys.SOUND_ACCEPTED, "") == "1":
            enabled.add("accepted")
        sounds = Player(asset("sounds"), frozenset(enabled))
        self.window = MainWindow(counter, self.theme, self.scanner, sounds, self._factories(), self.status)

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

    def start(self) -> None:
        """Show the first screen; printing and exchanging begin once it is there."""
        self.window.go("login")
        QTimer.singleShot(BEGIN_MS, self, self.begin)

    def begin(self) -> None:
        """Begin printing and exchanging."""
        self.watch()
        self.printer.start()
        self.sync.start()
        self.window.refresh_state()

    def watch(self) -> None:
        """From now on the window tells what must be told beside the work."""
        from pos_app.ui.notices import Notices

        window = self.window
        window.notices = Notices(self.counter, self.printer, go=window.go, say=window.say, refresh=window.refresh_state)

    def stop(self) -> None:
        """Begin nothing more; what is under way ends within its bounds."""
        self.printer.stop()
        self.sync.stop()
        self.window.workers.finish()

    def status(self) -> Status:
        """The states of the top bar, read from the ledger."""
        from pos_app.ledger import print_queue

        db = self.counter.db
        exchange = self.sync.state()
        jobs = print_queue.counts(db)
        shift = queries.open_shift(db)
        backup_at = queries.setting(db, keys.BACKUP_AT, "")
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
            backup_at=datetime.fromisoformat(backup_at) if backup_at else None,
            shift_opened_at=datetime.fromisoformat(shift.opened_at) if shift else None,
            user=user.name if user else "",
            demo=queries.setting(db, keys.DEMO, "") == "1",
        )

    def on_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What no screen expected: said in one sentence; a bug leaves its trace beside the keys, without any data."""
        traceback.print_exception(kind, error, trace)
        with suppress(OSError):
            folder = self.counter.vault.folder
            folder.mkdir(parents=True, exist_ok=True)
            frames = "".join(traceback.format_tb(trace))
            with (folder / "crash.log").open("a", encoding="utf-8") as file:
                file.write(f"{self.counter.clock().isoformat()} {kind.__name__}\n{frames}\n")
        self.window.say(unexpected(error, str(self.counter.ledger.path)))

    def _factories(self) -> Mapping[str, Factory]:
        return {**counter_factories(), **office_factories(lambda: self.sync)}


def run(counter: Counter, raise_request: Path) -> int:
    """Show the till until it is closed; returns the exit status.

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
    status = app.exec()
    application.stop()
    return status


def _come_forward(window: MainWindow, request: Path) -> None:
    """To the front when a second start asks for it, as large as before it was minimised."""
    if request.exists():
        request.unlink(missing_ok=True)
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
