"""The window: navigation, top bar and keys that mean the same everywhere. It knows no rules of the counter.

Screens are registered as factories and built when first shown. A scan anywhere goes to the current screen; F-keys and
Ctrl-keys are bound once and handed to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.dates import bar_date, in_wib, time_text
from pos_app.i18n import _, language
from pos_app.ledger import queries
from pos_app.services.context import Counter
from pos_app.ui import settings_keys
from pos_app.ui.ahead import WorkAhead
from pos_app.ui.counter_screens import Factory, import_screen, import_sell, import_words
from pos_app.ui.messages import DAMAGED, Message
from pos_app.ui.scanner import ScannerFilter
from pos_app.ui.screen import Screen
from pos_app.ui.sounds import Player, Sound
from pos_app.ui.status import Status
from pos_app.ui.text_size import bind_sizes
from pos_app.ui.theme import MINIMUM, Theme
from pos_app.ui.widgets.rail import Rail, RailItem
from pos_app.ui.widgets.topbar import TopBar
from pos_app.ui.worker import Workers

if TYPE_CHECKING:
    from pos_app.ui.help_pane import HelpPane
    from pos_app.ui.notices import Notices


SELL: Final = "sell"
"""The screen that is built before it is shown, and whose cart outlives a change of the language."""
IDLE_LOCK_MINUTES: Final = 10
"""The usual time; the setting of the till may be 1 to 60."""
PREPARE_MS: Final = 120
READ_SECONDS: Final[dict[str, float]] = {"S": 3, "I": 3, "W": 10, "E": 20}
"""How long a message of each kind stays before a notice may take its place."""
_SOUND_OF: Final[dict[str, Sound]] = {"E": "error", "W": "caution", "S": "accepted"}
AHEAD: Final = ("goods_in", "stock", "producers", "close_shift")
"""Screens beside the counter that are built before somebody first opens them: those of every day."""
IMPORTED_AHEAD: Final = (
    *("expiring", "products", "stock_count", "losses", "producer_data", "certificates", "settlement_run"),
    *("producer_board", "ageing", "producer_statement", "staff", "reports", "settings"),
)
"""Screens that are imported then and built when they are opened: that takes a third of the memory."""
_RAIL_OF: Final = {
    "safety": "settings",
    "setup": "settings",
    "opening": "settings",
    "qris_match": "reports",
    "producer_statement": "producers",
    "producer_board": "producers",
    "ageing": "producers",
    "papers_queue": "settings",
    "labels": "stock",
    "products": "stock",
    "stock_count": "stock",
    "expiring": "stock",
    "losses": "stock",
    "activity": "reports",
    "producer_data": "producers",
    "certificates": "producers",
    "settlement_run": "producers",
}
"""Screens that are a part of another one in the rail."""
_FORWARDED: Final = (
    *(f"F{number}" for number in (2, 3, 4, 5, 6, 7, 8)),
    *("Ctrl+D", "Ctrl+Z", "Ctrl+Y", "Ctrl+F", "Ctrl+T", "Ctrl+P", "Ctrl+Del"),
)


def rail_items() -> list[RailItem]:
    """The nine screens in the order of Ctrl+1 to Ctrl+9."""
    return [
        RailItem("sell", _("&Sell").replace("&", ""), "cash-register", "Ctrl+1"),
        RailItem("goods_in", _("Goods In"), "tray-arrow-down", "Ctrl+2"),
        RailItem("stock", _("Stock"), "warehouse", "Ctrl+3"),
        RailItem("producers", _("Producers"), "store-outline", "Ctrl+4"),
        RailItem("staff", _("Staff"), "account-group-outline", "Ctrl+5"),
        RailItem("reports", _("Reports"), "chart-bar", "Ctrl+6"),
        RailItem("close_shift", _("Close Shift"), "cash-lock", "Ctrl+7", lower=True),
        RailItem("sync", _("Sync"), "sync", "Ctrl+8", lower=True),
        RailItem("settings", _("Settings"), "cog-outline", "Ctrl+9", lower=True),
    ]


class MainWindow(QMainWindow):
    """Implements ``Shell``. ``factories`` maps screen names to what builds them; ``login`` is one of them."""

    def __init__(
        self,
        counter: Counter,
        theme: Theme,
        scanner: ScannerFilter,
        sounds: Player,
        factories: Mapping[str, Factory],
        status: Callable[[], Status],
    ) -> None:
        super().__init__()
        self.counter = counter
        self.theme = theme
        self.sounds = sounds
        self.scanner = scanner
        self.workers = Workers(self)
        self.notices: Notices | None = None
        self.may_close: Callable[[], bool] | None = None
        self.missing: Message | None = None
        """Said where a screen is asked for that this window has not."""
        self._to_the_end = False
        self._factories = dict(factories)
        self._status = status
        self._screens: dict[str, Screen] = {}
        self._current: Screen | None = None
        self._before_lock = "sell"
        self._came_from: dict[str, str] = {}
        """Screens that are a part of another one, and where somebody opened them."""
        self._prepared = False
        self.ahead = WorkAhead(lambda: scanner.last_input, lambda: counter.user is not None, self)
        self.setWindowTitle("Pojok UMKM")
        self.setMinimumSize(*MINIMUM)
        self._build()
        self._bind_keys()
        scanner.scanned.connect(self._on_scanned)
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._on_tick)
        self._clock.start(1000)

    def _build(self) -> None:
        self.rail = Rail(self.theme, rail_items())
        self.rail.chosen.connect(self.go)
        self.top_bar = TopBar(self.theme)
        self.top_bar.chip_clicked.connect(self._on_chip_clicked)
        self._loading_delay = QTimer(self)
        self._loading_delay.setSingleShot(True)
        self._loading_delay.setInterval(150)
        self._loading_delay.timeout.connect(self._on_loading_due)
        self.workers.busy_changed.connect(self._on_busy_changed)
        self._stack = QStackedWidget()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.top_bar)
        right.addWidget(self._stack, 1)
        self._middle = QWidget()
        row = self._row = QHBoxLayout(self._middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._middle)
        self.setCentralWidget(self._pages)
        self.overlay: HelpPane | None = None

    def _bind_keys(self) -> None:
        bind_sizes(self, self.theme)
        bound: dict[str, Callable[[], None]] = {
            "F1": self._toggle_keys,
            "F9": self._on_paper_key,
            "F11": self._toggle_full_screen,
            "F12": self._on_main_key,
            "Ctrl+L": self.lock,
            "Ctrl+Return": self._on_strip_key,
            "Ctrl+Enter": self._on_strip_key,
        }
        for number, item in enumerate(rail_items(), start=1):
            bound[f"Ctrl+{number}"] = partial(self.go, item.name)
        for key in _FORWARDED:
            bound[key] = partial(self._forward, key)
        for key, run in bound.items():
            action = QAction(self)
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.setAutoRepeat(False)
            action.triggered.connect(partial(self._on_key, run))
            self.addAction(action)

    def _on_key(self, run: Callable[[], None]) -> None:
        """A bound key acts after what was typed before it; while a page covers the screens, only the page's own."""
        self.scanner.flush()
        if not self.covered:
            run()
        elif run == self._on_main_key and not self._to_the_end:
            self.uncover()

    # What screens use -------------------------------------------------------------------------------------------

    def say(self, message: Message) -> None:
        """Shows a message on the current screen, with the sound of its kind."""
        if message.number == DAMAGED and message.run is None and self.counter.user is not None:
            message = message.with_action(_("Repair …"), partial(self.go, "safety"))
        if self._current is not None:
            self._current.strip.show_message(message)
        sound = _SOUND_OF.get(message.kind)
        if sound is not None:
            self.sounds.play(sound)

    def tell_notices(self) -> None:
        """Tells what must be told beside the work, once the strip is free for it."""
        if self.notices is None or self._current is None or self.counter.user is None:
            return
        if not (self._current.takes_notices and self._strip_is_free()):
            return
        notice = self.notices.due()
        if notice is not None:
            self.notices.told(notice)
            self.say(notice.message())

    def _strip_is_free(self) -> bool:
        """Whether what the strip says has been there long enough to be read."""
        strip = self._current.strip if self._current is not None else None
        if strip is None or strip.message is None:
            return True
        return time.monotonic() - strip.shown_at >= READ_SECONDS[strip.message.kind]

    def hush(self) -> None:
        """Empties the message strip."""
        if self._current is not None:
            self._current.strip.clear()

    def go(self, name: str, which: str = "") -> None:
        """Shows a screen, building it first when needed; without a user only the login is shown.

        ``which`` names a filter of the screen, as the links of the day board do.
        """
        if self.counter.user is None and name != "training":
            name = "login"
        if name not in self._factories:
            if self.missing is not None:
                self.say(self.missing)
            return
        self._hide_keys()
        screen = self.open_screen(name)
        if self._current is not None and self._current is not screen:
            self._remember_way(self._current.name, name)
            self._current.deactivated()
        self._current = screen
        signed_in = self.counter.user is not None
        self.rail.setVisible(signed_in)
        self._stack.setCurrentWidget(screen)
        self.rail.set_current(_RAIL_OF.get(name, name))
        if signed_in or self._prepared:
            self.refresh_state()
        else:  # the states of the top bar wait until the first screen is there
            self.top_bar.set_title(screen.title())
            self._show_clock()
        if which and signed_in:
            screen.show_only(which)
        screen.activated()
        if not signed_in and not self._prepared:
            QTimer.singleShot(PREPARE_MS, self, self._prepare)

    def refresh_state(self) -> None:
        """Reads the states of the top bar anew."""
        status = self._status()
        for chip in status.chips():
            self.top_bar.set_chip(chip.name, chip.text, chip.icon, chip.tone)
        place = f"Pojok UMKM {self.counter.ledger.identity.corner_name}"
        if status.demo:
            place = _("Demo · {place}").format(place=place)
        self.setWindowTitle(place)
        title = self._current.title() if self._current is not None else ""
        self.top_bar.set_title(title, place)
        self._show_clock()

    def cover(self, page: QWidget, *, to_the_end: bool = False) -> None:
        """Lets a page take the place of everything; no scan reaches a screen. F12 goes on, unless ``to_the_end``."""
        self._to_the_end = to_the_end
        self._hide_keys()
        if self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page)

    def uncover(self) -> None:
        """Back to the screens."""
        self._pages.setCurrentWidget(self._middle)
        if self._current is not None:
            self._current.restore_focus()

    @property
    def covered(self) -> bool:
        """Whether a page covers the screens."""
        return self._pages.currentWidget() is not self._middle

    # Navigation ---------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Screen | None:
        """The screen shown now."""
        return self._current

    def open_screen(self, name: str) -> Screen:
        """A screen, built when it is not yet there."""
        found = self._screens.get(name)
        if found is None:
            found = self._screens[name] = self._factories[name](self)
            self._stack.addWidget(found)
        return found

    def _remember_way(self, left: str, opened: str) -> None:
        """Where Esc leads from a screen that is a part of another one; never round in a circle."""
        if opened in _RAIL_OF and left != "login" and self._came_from.get(left) != opened:
            self._came_from[opened] = left

    def _way_back(self, name: str) -> str:
        return self._came_from.get(name, _RAIL_OF[name]) if name in _RAIL_OF else SELL

    def _prepare(self) -> None:
        """Builds the Sell screen ahead of time, while the cashier is still typing the PIN."""
        self._prepared = True
        self.refresh_state()
        self.ahead.begin(self._pieces(), self._office_pieces())

    def _pieces(self) -> Iterator[None]:
        if SELL not in self._factories:
            return
        if SELL not in self._screens:
            for _module in import_sell():
                yield
        self.open_screen(SELL)
        yield
        while self.open_screen(SELL).prepare():
            yield

    def _office_pieces(self) -> Iterator[None]:
        """Imports what somebody opens next and builds what is of every day, when nobody did anything for a while."""
        for name in (name for name in AHEAD if name in self._factories):
            for _module in import_screen(name):
                yield
            self.open_screen(name)
            yield
        yield from import_words()
        for later in IMPORTED_AHEAD:
            yield from import_screen(later)

    def rebuild(self) -> None:
        """Builds every screen anew, after the language changed."""
        name = next((key for key, value in self._screens.items() if value is self._current), "login")
        self._current = None
        former = dict(self._screens)
        self._screens.clear()
        if SELL in former and SELL in self._factories:
            self.open_screen(SELL).carry_over(former[SELL])
        for screen in former.values():
            self._stack.removeWidget(screen)
            screen.deleteLater()
        if self._prepared:
            self.ahead.begin(self._pieces(), self._office_pieces())
        self.rail.deleteLater()
        self.rail = Rail(self.theme, rail_items())
        self.rail.chosen.connect(self.go)
        self._row.insertWidget(0, self.rail)
        if self.overlay is not None:
            self.overlay.deleteLater()
            self.overlay = None
        self.go(name)

    def lock(self) -> None:
        """Asks for the PIN again; carts and drafts stay."""
        if self.counter.user is None:
            return
        self._before_lock = next((key for key, value in self._screens.items() if value is self._current), "sell")
        self.counter.user = None
        self.go("login")

    def begin_with(self, name: str) -> None:
        """The screen that the first log-in leads to."""
        self._before_lock = name

    def unlock(self) -> None:
        """Back to where the window was locked; called by the login screen."""
        user = self.counter.user
        if self._before_lock == "setup" and (user is None or not user.is_manager):
            self.go("sell")  # the guided set-up waits for a manager
            return
        self.go(self._before_lock)

    # Events -------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.theme.fit_window(event.size().width(), event.size().height())
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self._current is not None and not self._current.escape():
                if self._current.name not in ("sell", "login"):
                    self.go(self._way_back(self._current.name))
                else:
                    self._current.restore_focus()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close is not None and not self.may_close():
            event.ignore()
            return
        self._clock.stop()
        self.ahead.stop()
        if self._current is not None:
            self._current.deactivated()
        self.workers.finish()
        super().closeEvent(event)

    def _on_scanned(self, code: str) -> None:
        if self.covered:
            self.sounds.play("error")
        elif self._current is not None and self.isActiveWindow():
            self._hide_keys()
            self._current.take_scan(code)

    def _on_main_key(self) -> None:
        if self._current is not None:
            self._current.main_action()

    def _on_paper_key(self) -> None:
        """F9 answers the strip, else wakes a printer in trouble, else is the screen's own."""
        if self._current is None or self._current.strip.press("F9"):
            return
        if self.notices is None or self.counter.user is None or not self.notices.retry_printing():
            self._forward("F9")

    def _on_strip_key(self) -> None:
        if self._current is not None:
            self._current.strip.run_action()

    def _forward(self, key: str) -> None:
        if self._current is None:
            return
        for command in self._current.commands():
            if command.key == key:
                command.run()
                return

    def _toggle_keys(self) -> None:
        from pos_app.ui.help_pane import HelpPane

        if self.overlay is None:
            self.overlay = HelpPane(self.theme, self._middle)
        if self.overlay.isVisible():
            self.overlay.hide()
        elif self._current is not None:
            own = [(command.key, command.label) for command in self._current.commands()]
            self.overlay.show_help(own + HelpPane.window_keys(), self._current.name)

    def _hide_keys(self) -> None:
        if self.overlay is not None:
            self.overlay.hide()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _on_chip_clicked(self, name: str) -> None:
        if name == "user":
            self.lock()
            return
        self.go({"unsent": "sync", "backup": "safety", "shift": "close_shift", "printer": "papers_queue"}[name])
        about = self.notices.about_papers() if self.notices is not None and name == "printer" else None
        if about is not None:
            self.say(about)

    def _on_tick(self) -> None:
        self._show_clock()
        self.tell_notices()
        if self.counter.user is not None and time.monotonic() - self.scanner.last_input > self._idle_seconds():
            self.lock()

    def _idle_seconds(self) -> int:
        minutes = queries.setting(self.counter.db, settings_keys.LOCK_MINUTES, "")
        return 60 * (int(minutes) if minutes.isdecimal() else IDLE_LOCK_MINUTES)

    def _show_clock(self) -> None:
        now = in_wib(self.counter.clock())
        self.top_bar.set_clock(f"{bar_date(now.date(), language())}  {time_text(now, language())}")

    def _on_busy_changed(self, busy: bool) -> None:
        if busy:
            self._loading_delay.start()
        else:
            self._loading_delay.stop()
            self.top_bar.set_loading(False)

    def _on_loading_due(self) -> None:
        self.top_bar.set_loading(True)
