"""The real window over a world, as a picture wants it: one font, a clock and a caret that stand still."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Literal

from PIL import Image
from PySide6.QtCore import QBuffer, QCoreApplication, QEvent, QIODevice
from PySide6.QtGui import QFontDatabase, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget

from pos_app.domain.errors import DiskFull
from pos_app.i18n import set_language
from pos_app.ledger import print_queue, queries, registry
from pos_app.ledger.ledger import Ledger
from pos_app.services import exchange, labels
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from pos_app.ui import settings_keys as keys
from pos_app.ui import theme as theme_module
from pos_app.ui.application import Application
from pos_app.ui.messages import of_error
from pos_app.ui.screen import Screen
from pos_app.ui.screens.labels import screen as label_screen
from pos_app.ui.screens.login.screen import LoginScreen
from pos_app.ui.screens.papers_queue import screen as papers_queue
from pos_app.ui.screens.sell import pay_qris
from pos_app.ui.worker import Task
from tests.pictures import worlds

State = Literal["normal", "loading", "error", "offline"]
FONT: Final = "Noto Sans"
"""From Debian's fonts-noto-core, which ``make install`` brings."""
FULL: Final = (1366, 697)
COMPACT: Final = (1093, 543)
ROUNDS: Final = 4
FREE_BYTES: Final = 120_000_000_000
"""Left on the disk, on whatever machine the pictures are taken."""
NEVER_MS: Final = 10**8
NEXT_ROUND: Final = 285
"""Seconds to the next exchange: four minutes on the screen, however long the picture takes."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the window looks."""

    name: str
    dark: bool = False
    scale: int = 100
    size: tuple[int, int] = FULL
    language: str = "id"


LIGHT: Final = Look("light")
DARK: Final = Look("dark", dark=True)
LARGE: Final = Look("200", scale=200)
SMALL: Final = Look("compact", size=COMPACT)
DARK_LARGE: Final = Look("dark-200", dark=True, scale=200)
ENGLISH: Final = replace(LIGHT, name="english", language="en")


def has_font() -> bool:
    """Whether the pictures' font is here: without it no picture can be compared."""
    return FONT in QFontDatabase.families()


@dataclass(slots=True)
class Studio:
    """A window to be arranged and pictured."""

    application: Application
    folder: Path

    @property
    def counter(self) -> Counter:
        """The till at work."""
        return self.application.counter

    @property
    def screen(self) -> Screen:
        """What is shown."""
        found = self.application.window.current
        assert found is not None
        return found

    def go(self, name: str) -> Screen:
        """Shows a screen and lets it finish what it began."""
        self.application.window.go(name)
        self.settle()
        return self.screen

    def at(self, name: str) -> Studio:
        """Shows a screen; the studio again."""
        self.go(name)
        return self

    def lock(self) -> None:
        """The log-in, as it is in the morning, with its names."""
        self.application.window.lock()
        screen = self.screen
        if isinstance(screen, LoginScreen):
            screen.fill()
        self.settle()

    def scan(self, *codes: str) -> None:
        """Barcodes or codes of goods, as a scanner hands them to the screen."""
        for code in codes:
            self.screen.take_scan(code)
            self.settle()

    def press(self, *keys: str) -> None:
        """Keys by name (``F12``, ``Ctrl+F``), through the window."""
        for key in keys:
            both = QKeySequence(key)[0]
            QTest.keyClick(self.application.window.windowHandle(), both.key(), both.keyboardModifiers())
            self.application.scanner.flush()
            self.settle()

    def type(self, text: str) -> None:
        """Letters and digits into whatever has the focus."""
        for character in text:
            widget = self.application.window.focusWidget()
            assert widget is not None
            QTest.keyClick(widget, character)
        self.settle()

    def queue_papers(self) -> None:
        """One paper nobody knows of whether it came out, and two that wait."""
        with self.counter.ledger.write() as tx:
            ids = [queries.document_id(tx.db, self.counter.ledger.head().seq - back) for back in range(3)]
            for document_id in ids:
                print_queue.enqueue(tx.db, document_id, "receipt", 1, worlds.NOON.isoformat())
            job = print_queue.claim(tx.db)
            if job is not None:
                print_queue.doubt(tx.db, job.id, "silent")

    def printed(self) -> None:
        """What waits has come out of the printer."""
        with self.counter.ledger.write() as tx:
            while (job := print_queue.claim(tx.db)) is not None:
                print_queue.finish(tx.db, job.id, worlds.NOON.isoformat())
        self.application.window.refresh_state()

    def settle(self) -> None:
        """Lets the window finish what it began, work on other threads included."""
        for _round in range(ROUNDS):
            QApplication.processEvents()
            self.application.window.workers.finish(5_000)
        QApplication.processEvents()

    def picture(self, widget: QWidget | None = None) -> Image.Image:
        """What is seen now. No picture tells where it was taken."""
        self.settle()
        for one in self.application.window.findChildren(QLabel) + self.application.window.findChildren(QLineEdit):
            assert not one.isVisible() or str(self.folder.parent) not in one.text(), one.text()
        return grabbed(widget or self.application.window)


def grabbed(widget: QWidget) -> Image.Image:
    """A widget as a picture."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    widget.grab().save(buffer, "BMP")
    return Image.open(BytesIO(bytes(buffer.data().data()))).convert("RGB")


@contextmanager
def standing_still(app: QApplication) -> Iterator[None]:
    """One font for every letter, a caret that does not blink, a buyer who has just begun to pay, no paper or label
    looked at for so long that it is drawn, room on the disk."""
    families, flashing, clock = list(theme_module.FAMILIES), app.cursorFlashTime(), pay_qris.time
    drawn_after = papers_queue.DRAW_MS, label_screen.DRAW_MS
    papers_queue.DRAW_MS = label_screen.DRAW_MS = NEVER_MS
    free = exchange.free_bytes
    exchange.free_bytes = lambda _ledger: FREE_BYTES
    theme_module.FAMILIES[:] = [FONT]
    app.setCursorFlashTime(0)
    pay_qris.time = SimpleNamespace(monotonic=lambda: 0.0)  # type: ignore[assignment]
    try:
        yield
    finally:
        theme_module.FAMILIES[:] = families
        app.setCursorFlashTime(flashing)
        pay_qris.time = clock
        papers_queue.DRAW_MS, label_screen.DRAW_MS = drawn_after
        exchange.free_bytes = free


@contextmanager
def studio(
    app: QApplication, folder: Path, look: Look, state: State = "normal", *, cashier: bool = False
) -> Iterator[Studio]:
    """The window of the world in ``folder``, logged in; closed at the end."""
    if state == "offline":
        worlds.go_offline(folder)
    with standing_still(app):
        ledger = Ledger.open(folder / worlds.LEDGER)
        _ask_for(ledger, look)
        counter = Counter(ledger, worlds.vault_of(folder), lambda: worlds.NOON, uuid7)
        counter.user = worlds.cashier_of(counter) if cashier else worlds.manager_of(counter)
        application = Application(app, counter)
        window = application.window
        window.resize(*look.size)
        window.show()
        window.activateWindow()
        QApplication.processEvents()
        application.scanner.watch(window.windowHandle())
        window.go("sell")
        QApplication.processEvents()
        application.sync._next = time.monotonic() + NEXT_ROUND
        if state == "loading":
            _hold(application)
        elif state == "error":
            _break(application)
        try:
            yield Studio(application, folder)
        finally:
            _close(application)
            ledger.close()
            set_language("id")


def _ask_for(ledger: Ledger, look: Look) -> None:
    with ledger.write() as tx:
        for key, value in (
            (keys.LANGUAGE, look.language),
            (keys.DARK, "1" if look.dark else "0"),
            (keys.TEXT_SCALE, str(look.scale)),
            (labels.FOLDER, "D:/Label"),
        ):
            registry.set_setting(tx.db, key, value)


def _close(application: Application) -> None:
    application.stop()
    application.scanner.stop()
    application.window.may_close = None
    application.window.close()
    application.window.deleteLater()
    application.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QApplication.processEvents()


def _hold(application: Application) -> None:
    """Whatever a screen begins is still under way."""

    def run(work: Callable[[], Any], on_done: Callable[[Any], None], on_failed: Any = None) -> None:
        """Never done."""

    def run_told(work: Callable[..., Any], *heard: Any, to_the_end: bool = False) -> Task:
        return Task(None)  # type: ignore[arg-type]

    application.window.workers.run = run  # type: ignore[method-assign]
    application.window.workers.run_told = run_told  # type: ignore[method-assign]
    application.window.top_bar.set_loading(True)


def _break(application: Application) -> None:
    """Whatever a screen begins fails, for the disk does; each screen that does not tell so itself is told to."""
    fault = DiskFull("till.db")
    window = application.window

    def run(work: Callable[[], Any], on_done: Callable[[Any], None], on_failed: Any = None) -> None:
        if on_failed is not None:
            on_failed(fault)

    def run_told(work: Callable[..., Any], *heard: Any, to_the_end: bool = False) -> Task:
        heard[-1](fault)
        return Task(None)  # type: ignore[arg-type]

    window.workers.run_told = run_told  # type: ignore[method-assign]
    window.workers.run = run  # type: ignore[method-assign]
    go = window.go

    def going(name: str) -> None:
        go(name)
        if window.current is not None and window.current.strip.message is None:
            window.say(of_error(fault))

    window.go = going  # type: ignore[method-assign]
