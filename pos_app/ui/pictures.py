"""Pictures of the real window without a display: every screen through the day, at the size of an old office screen.

Needs ``QT_QPA_PLATFORM=offscreen`` where there is no display. Nothing is printed or exchanged while it runs, and the
only document it records is one sale, the one that shows the paid page.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from pos_app.services.context import Counter
from pos_app.ui.application import Application, qt_application
from pos_app.ui.screens.close_shift.screen import CloseShiftScreen
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.screens.sell.screen import SellScreen
from pos_app.ui.screens.staff.screen import StaffScreen

SIZE = (1366, 768)
SMALL = (1093, 543)
FIRST_SCREEN_MS = 200
"""Names and states come a moment after the first screen."""
OFFICE = ("goods_in", "stock", "producers", "staff", "reports", "sync", "settings", "safety")


@contextmanager
def taking_pictures(counter: Counter, folder: Path) -> Iterator[Pictures]:
    """The window of ``counter``, to be pictured into ``folder``; closed at the end."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder.mkdir(parents=True, exist_ok=True)
    pictures = Pictures(qt_application(), counter, folder)
    try:
        yield pictures
    finally:
        pictures.close()


class Pictures:
    """Takes the pictures; each call leaves the window as it found it."""

    def __init__(self, app: QApplication, counter: Counter, folder: Path) -> None:
        self._app = app
        self._folder = folder
        self._counter = counter
        self._application = Application(app, counter)
        self._window = self._application.window
        self._window.resize(*SIZE)
        self._window.show()
        self._window.activateWindow()
        self._number = 0

    def close(self) -> None:
        """The window goes away."""
        self._application.stop()
        self._window.close()
        self._window.deleteLater()
        self._settle()

    def before_opening(self, setup: FirstRunPresenter) -> None:
        """The first start, a restore, the log-in, and the float."""
        window = FirstRunWindow(setup, self._application.theme)
        window.resize(*SIZE)
        window.show()
        self._take("first-run", window)
        window.mode_chips.button("restore").click()
        self._take("restore", window)
        window.hide()
        window.deleteLater()
        self._window.activateWindow()
        user, self._counter.user = self._counter.user, None
        self._window.go("login")
        self._take("login", after=FIRST_SCREEN_MS)
        self._counter.user = user
        self._window.go("sell")
        self._take("shift-open")

    def in_the_middle(self, codes: Sequence[str], staff: str) -> None:
        """Selling and every way of paying; then the office screens; dark, small and English at the end."""
        sell = self._selling(codes)
        self._take("sell")
        sell.main_action()
        for method in ("cash", "qris", "tab", "split"):
            sell.side.panels.pay.choose(method)
            if method == "cash":
                sell.side.panels.pay.cash.choose_quick(3)
            if method == "tab":
                sell.side.panels.pay.tab.choose(staff)
            self._take(f"pay-{method}")
        sell.side.panels.pay.choose("cash")
        sell.side.panels.pay.cash.choose_quick(3)
        sell.side.panels.pay.finish()
        self._take("paid")
        sell.side.new_sale()
        sell.take_scan("2001872000012")
        self._take("sell-misread")
        for name in OFFICE:
            self._show(name)
        self._persons_and_mistakes()
        self._variants(codes)

    def close_shift(self, pieces: Mapping[tuple[int, bool], int], note: str) -> None:
        """Close the shift at the screen: count (notes and coins by value), difference with its reason, done."""
        self._window.go("close_shift")
        screen = self._window.current
        if not isinstance(screen, CloseShiftScreen):
            raise TypeError("the Close Shift screen is not shown")
        screen.enter(pieces)
        self._take("close-1-count")
        screen.main_action()
        screen.enter({}, note)
        self._take("close-2-difference")
        screen.main_action()
        self._take("close-2-confirm")
        screen.main_action()
        self._take("close-3-done")

    def after_closing(self) -> None:
        """Everything sent."""
        self._show("sync", "sync-sent")

    def _persons_and_mistakes(self) -> None:
        """The panel about a person, covered, and the page after a mistake of the program."""
        self._window.go("staff")
        screen = self._window.current
        if isinstance(screen, StaffScreen):
            screen.open_person()
            self._take("staff-person")
            screen.escape()
        page = self._application.crash_page
        page.show_last("")
        self._window.cover(page)
        self._take("mistake")
        self._window.uncover()

    def _variants(self, codes: Sequence[str]) -> None:
        theme = self._application.theme
        sell = self._selling(codes)
        theme.set_dark(True)
        self._take("sell-dark")
        theme.set_dark(False)
        self._window.resize(*SMALL)
        self._take("sell-small")
        self._window.resize(*SIZE)
        next(command for command in sell.commands() if command.key == "Ctrl+Del").run()

    def _selling(self, codes: Sequence[str]) -> SellScreen:
        self._window.go("sell")
        screen = self._window.current
        if not isinstance(screen, SellScreen):
            raise TypeError("the Sell screen is not shown")
        for code in codes:
            screen.take_scan(code)
        return screen

    def _show(self, name: str, picture: str = "") -> None:
        self._window.go(name)
        self._take(picture or name.replace("_", "-"))

    def _take(self, name: str, window: QWidget | None = None, *, after: int = 0) -> None:
        if after:
            loop = QEventLoop()
            QTimer.singleShot(after, loop.quit)
            loop.exec()
        self._settle()
        self._number += 1
        (window or self._window).grab().save(str(self._folder / f"{self._number:02d}-{name}.png"))

    def _settle(self) -> None:
        """Let the screen finish what it began, work on other threads included."""
        for _round in range(3):
            self._app.processEvents()
            self._window.workers.finish(3000)
        self._app.processEvents()
