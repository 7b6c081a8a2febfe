"""A real window over a real ledger; keys are sent to the window itself, as the system does."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_app.i18n import set_language
from pos_app.ledger import queries
from pos_app.services import people
from pos_app.services.context import User
from pos_app.ui.backup_worker import BackupWorker
from pos_app.ui.counter_screens import counter_factories
from pos_app.ui.main_window import MainWindow
from pos_app.ui.scanner import ScannerFilter
from pos_app.ui.screens.sell.screen import SellScreen
from pos_app.ui.screens_registry import office_factories
from pos_app.ui.sounds import Player
from pos_app.ui.status import Status
from pos_app.ui.sync_worker import SyncWorker
from pos_app.ui.theme import Theme
from tests.corner import Corner, add_user

SIZE = (1366, 697)
CASHIER_PIN = "111111"
MANAGER_PIN = "123456"
PATIENCE_MS = 60_000


class Patient(QtBot):
    """Waits long before it gives up: on a busy machine what comes late is not wrong."""

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **options)

    def waitActive(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitActive(widget, timeout=timeout)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return Patient(request)


@dataclass
class Till:
    """The window, its ledger, and the hands of a cashier."""

    window: MainWindow
    corner: Corner
    theme: Theme
    scanner: ScannerFilter

    @property
    def sell(self) -> SellScreen:
        """The Sell screen, shown."""
        screen = self.window.current
        assert isinstance(screen, SellScreen)
        return screen

    def scan(self, code: str, *, terminator: Qt.Key = Qt.Key.Key_Return) -> None:
        """A burst of a scanner, into the window whatever has the focus; 5 ms a key however busy the machine is."""
        handle = self.window.windowHandle()
        keys = [(Qt.Key(ord(character.upper())), character) for character in code] + [(terminator, "\r")]
        at = int(time.monotonic() * 1000)
        for key, text in keys:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
                event.setTimestamp(at)
                QCoreApplication.postEvent(handle, event)
            at += 5
        QApplication.processEvents()

    def type(self, text: str) -> None:
        """What a person types, into whatever has the focus."""
        for character in text:
            widget = self.window.focusWidget()
            assert widget is not None
            QTest.keyClick(widget, character)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key, through the window: shortcuts see it first."""
        QTest.keyClick(self.window.windowHandle(), key, modifier)
        QApplication.processEvents()

    def rest(self) -> None:
        """Until workers have answered."""
        while self.window.workers.busy:
            self.window.workers.finish()
            QApplication.processEvents()

    @property
    def said(self) -> str:
        """What the message strip says."""
        current = self.window.current
        assert current is not None
        return current.strip.text()

    def receive(self, sku: str, quantity: str, expires_on: str | None = None) -> None:
        """A manager takes goods in meanwhile."""
        counter = self.corner.counter
        acting, counter.user = counter.user, next(user for user in people.users(counter) if user.is_manager)
        try:
            self.corner.receive(sku, quantity, expires_on)
        finally:
            counter.user = acting

    def log_in(self, user: User) -> None:
        """The user is in, as after a right PIN."""
        self.corner.counter.user = user
        self.window.unlock()
        QApplication.processEvents()


@pytest.fixture
def cashier(corner: Corner) -> User:
    return add_user(corner, "Sari", CASHIER_PIN, "kasir")


@pytest.fixture
def manager(corner: Corner) -> User:
    return add_user(corner, "Ratna", MANAGER_PIN, "pengelola")


@pytest.fixture
def make_till(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[[Corner], Till]]:
    """Builds a till's window over a corner."""
    made: list[Till] = []

    def make(corner: Corner, *, dark: bool = False, scale: int = 100, size: tuple[int, int] = SIZE) -> Till:
        set_language("id")
        theme = Theme(dark=dark, scale=scale)
        theme.apply(qapp)
        scanner = ScannerFilter(qapp)

        def status() -> Status:
            shift = queries.open_shift(corner.db)
            user = corner.counter.user
            return Status(
                now=corner.clock(),
                shift_opened_at=datetime.fromisoformat(shift.opened_at) if shift else None,
                user=user.name if user else "",
            )

        sync: list[SyncWorker] = []
        backup: list[BackupWorker] = []
        factories = {**counter_factories(), **office_factories(lambda: sync[0], lambda: backup[0], lambda: None)}
        window = MainWindow(corner.counter, theme, scanner, Player(Path("none")), factories, status)
        sync.append(SyncWorker(corner.counter, window.workers, window))
        backup.append(BackupWorker(corner.counter, window.workers, window))
        window.resize(*size)
        window.show()
        window.activateWindow()
        qtbot.waitActive(window)
        scanner.watch(window.windowHandle())
        till = Till(window, corner, theme, scanner)
        made.append(till)
        return till

    yield make
    for till in made:
        till.scanner.stop()
        till.window.close()
        till.window.deleteLater()
        QCoreApplication.sendPostedEvents(till.window, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def till(make_till: Callable[[Corner], Till], open_corner: Corner, cashier: User, manager: User) -> Till:
    """A cashier at an open till with goods on the shelf."""
    made = make_till(open_corner)
    made.log_in(cashier)
    return made
