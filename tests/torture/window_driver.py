"""The real window of ``pojok run`` with a cashier inside: logs in, scans, pays, closes the shift, and tells each step.

    LEDGER SEED

The window runs its own event loop; the cashier is a timer in it that presses keys. One JSON object a line says what
the screen showed: ``cart`` (what a start brought back), ``scanned``, ``saved`` (the cart is kept for a power cut),
``paying``, ``paid``, ``closing``, ``closed``.
"""

import json
import os
import random
import sys
import traceback
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from pos_app import cli
from pos_app.ui.application import qt_application
from pos_app.ui.main_window import MainWindow
from pos_app.ui.screens.sell import paid_panel
from tests.corner import PRODUCTS
from tests.torture.till import PIN

CODES = [str(row["barcode"]) for row in PRODUCTS if row.get("unit") != "kg"]
MOST = 999
STEP_MS = 1
PATIENCE = 5_000
"""Steps that the window may let the cashier wait."""
STUCK = 3
"""Exit status of a cashier who cannot go on."""

MODULES = (
    "tests.torture.window_driver",
    "pos_app.ui.application",
    "pos_app.ui.notices",
    "pos_app.ui.print_worker",
    "pos_app.ui.sync_worker",
    "pos_app.ui.screens.sell.screen",
    "pos_app.ui.screens.close_shift.screen",
    "pos_app.ui.screens.shift_open.screen",
    "pos_app.services.people",
    "argon2",
)
"""What the parent of such processes has imported."""


def main(arguments: list[str]) -> int:
    """Open the window on a ledger and work until the process is killed."""
    ledger, seed = arguments
    qt_application()
    paid_panel.DEAF_SECONDS = 0.0  # type: ignore[misc]  # nobody waits who is killed anyway
    cashier = Cashier(random.Random(int(seed)))
    timer = QTimer()
    timer.timeout.connect(cashier.step)
    timer.start(STEP_MS)
    return cli.main(["run", "--ledger", ledger])


def say(**told: Any) -> None:
    """Tell a step; it is out before the next one begins."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def amount_in(text: str) -> int:
    """What a screen writes as ``Rp 12.500``."""
    return int("".join(filter(str.isdigit, text)))


class Cashier:
    """Presses a key at each step, when the window is ready for it."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.pieces = rng.sample(range(2, MOST + 1), MOST - 1)
        self._work = self._day()

    def step(self) -> None:
        """The next thing to do; a cashier who cannot go on ends the process."""
        try:
            next(self._work)
        except BaseException:  # noqa: BLE001 - the window's own hook would say it on the screen and stay
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(STUCK)

    @property
    def window(self) -> Any:
        return next((one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)), None)

    @property
    def screen(self) -> Any:
        return self.window.current

    def _until(self, ready: Any) -> Iterator[None]:
        for _step in range(PATIENCE):
            if ready():
                return
            yield
        raise TimeoutError(f"the window stays at {self.screen.name}: {self.screen.strip.text()}")

    def _press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.windowHandle(), key, modifier)

    def _type(self, widget: Any, character: str) -> None:
        press: Any = QTest.keyClick  # its stubs know keys, not characters
        press(widget, character)

    def _day(self) -> Iterator[None]:
        yield from self._until(lambda: self.window is not None and self.screen is not None)
        yield from self._until(lambda: self.screen.name == "login" and self.screen.pin.hasFocus())
        self.screen.pin.setText(PIN)
        self._press(Qt.Key.Key_Return)
        yield from self._until(lambda: self.screen.name in ("sell", "shift_open"))
        yield from self._open_shift()
        say(cart=self._cart())
        while True:
            if self._cart():  # what a power cut left: the buyer still waits
                yield from self._pay()
            for code in self.rng.sample(CODES, self.rng.randint(1, len(CODES))):
                yield from self._scan(code)
            if self.rng.random() < 0.2:
                yield from self._until(lambda: not self.screen.keeper.timer.isActive())
                say(saved=self._cart())
            yield from self._pay()
            if self.rng.random() < 0.15:
                yield from self._close_shift()
                yield from self._open_shift()

    def _open_shift(self) -> Iterator[None]:
        if self.screen.name == "shift_open":
            for digit in "200000":
                self._type(self.window.focusWidget(), digit)
            self._press(Qt.Key.Key_F12)
            yield from self._until(lambda: self.screen.name == "sell")

    def _cart(self) -> list[list[Any]]:
        return [[line.product.sku, line.quantity] for line in self.screen.presenter.cart.lines]

    def _scan(self, code: str) -> Iterator[None]:
        """A number of pieces by hand, none twice, then the scanner's burst: no two carts of one life are alike."""
        before = self._cart()
        for character in f"{self.pieces.pop()}*":
            self._type(self.screen.field, character)
        at = self.rng.randrange(10**6)
        keys = [*((Qt.Key(ord(digit)), digit) for digit in code), (Qt.Key.Key_Return, "\r")]
        for number, (key, text) in enumerate(keys):
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
                event.setTimestamp(at + 5 * number)
                QCoreApplication.postEvent(self.window.windowHandle(), event)
        yield from self._until(lambda: self._cart() != before)
        say(scanned=self._cart())

    def _pay(self) -> Iterator[None]:
        """F12, exact cash or a quick amount, F12. Told when the screen says LUNAS, and not before."""
        cart, total = self._cart(), amount_in(self.screen.total.amount.text())
        self._press(Qt.Key.Key_F12)
        yield from self._until(lambda: not self.screen.selling)
        page = self.screen.side.panels.pay.cash
        if self.rng.random() < 0.5:
            page.choose_quick(self.rng.randint(1, 4))
        received = page.field.value()
        say(paying=cart, total=total, received=page.payment.cash_due if received is None else received)
        self._press(Qt.Key.Key_F12)
        yield from self._until(lambda: self.screen.side.is_paid)
        change = amount_in(self.screen.side.panels.paid.amount.text())
        say(paid=cart, number=self.screen.side.last.number, change=change)
        self._press(Qt.Key.Key_F12)
        yield from self._until(lambda: self.screen.selling and not self._cart())

    def _close_shift(self) -> Iterator[None]:
        self._press(Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
        yield from self._until(lambda: self.screen.name == "close_shift")
        if self.screen.presenter.step == "count":  # one that was locked stays so through a power cut
            self.screen.enter({(100_000, False): 2}, "selisih")
            self._press(Qt.Key.Key_F12)
            yield from self._until(lambda: self.screen.presenter.step == "difference")
        self.screen.enter({}, "selisih")
        self._press(Qt.Key.Key_F12)
        yield from self._until(lambda: self.screen.gate.asking)
        say(closing=True)
        self._press(Qt.Key.Key_F12)
        yield from self._until(lambda: self.screen.presenter.step == "done")
        say(closed=True)
        self._press(Qt.Key.Key_F12)
        yield from self._until(lambda: self.screen.name == "shift_open")
