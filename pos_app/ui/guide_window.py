"""A window of its own before the till opens: a title, cards that scroll, slow work, and one main button (F12).

``shown_for(path, make, begin)`` shows it and waits. A subclass fills ``body``, ``progress`` included, and answers
``main_action``; what is slow it gives to ``run``, and says in ``failed`` why that was not done.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QEventLoop, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ledger.salvage import damaged
from pos_app.ui.application import qt_application, theme_from
from pos_app.ui.messages import Message
from pos_app.ui.text_size import bind_sizes
from pos_app.ui.theme import MINIMUM, Theme
from pos_app.ui.widgets.basic import IconText, Text, card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.scroll import Scrolling
from pos_app.ui.widgets.strip import MessageStrip
from pos_app.ui.worker import Stopped, Task, Tell, Workers

WIDTH = 860


class GuideWindow(QWidget):
    """See the module; ``closed`` comes when it goes away."""

    closed = Signal()

    def __init__(self, theme: Theme, title: str, icon: str) -> None:
        super().__init__()
        self.theme = theme
        self.workers = Workers(self)
        self.setWindowTitle("Pojok UMKM")
        self.setMinimumSize(*MINIMUM)
        bind_sizes(self, theme)
        self._task: Task | None = None
        self._words = ""
        self.strip = MessageStrip(theme)
        self.progress = Progress(theme)
        inner = QWidget()
        self.body = QVBoxLayout(inner)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(8)
        self.area = Scrolling(inner)
        self.back_button = KeyButton(theme, _("Close"), key="Esc", icon="close")
        self.back_button.clicked.connect(self.close)
        self.main_button = KeyButton(theme, "", key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back_button, 1)
        foot.addWidget(self.main_button, 2)
        middle = QWidget()
        middle.setMaximumWidth(theme.px(WIDTH))
        column = QVBoxLayout(middle)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.strip)
        column.addWidget(self.area, 1)
        column.addLayout(foot)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(middle, 8)
        row.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._bar(title, icon))
        outer.addLayout(row, 1)
        theme.changed.connect(self._arrange)
        self._arrange()

    def _bar(self, title: str, icon: str) -> QWidget:
        bar = card("bar")
        bar.setFixedHeight(self.theme.px(48))
        row = QHBoxLayout(bar)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(IconText(self.theme, icon, 24, "primary"))
        row.addWidget(Text(self.theme, title, step="title", weight=700), 1)
        return bar

    def main_action(self) -> None:
        """F12."""
        raise NotImplementedError

    def failed(self, error: Exception) -> Message:
        """Why slow work was not done."""
        raise NotImplementedError

    def run(
        self,
        words: str,
        work: Callable[[Tell], Any],
        on_done: Callable[[Any], None],
        *,
        may_stop: bool = False,
    ) -> None:
        """Starts slow work, under ``words``; closing the window stops what ``may_stop``, and else has to wait."""
        self._words = words
        self.strip.clear()
        self.main_button.setEnabled(False)
        self.back_button.setEnabled(may_stop)
        self.progress.show_progress(words)
        self._task = self.workers.run_told(work, self._on_progress, on_done, self._on_failed)

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(self._words, done, total)

    def _on_failed(self, error: Exception) -> None:
        message = None if isinstance(error, Stopped) else self.failed(error)
        self._ended()
        if message is not None:
            self.say(message)

    def _ended(self) -> None:
        """Slow work is over, in whatever way."""
        self.progress.hide()
        self.back_button.setEnabled(True)
        self.main_button.setEnabled(True)

    def say(self, message: Message) -> None:
        """Shows a message in the strip."""
        self.strip.show_message(message)

    def sizeHint(self) -> QSize:
        return QSize(1366, 697)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.theme.fit_window(event.size().width(), event.size().height())
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F12 and self.main_button.isEnabled():
            self.main_action()
        elif event.key() == Qt.Key.Key_Escape and self.back_button.isEnabled():
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.back_button.isEnabled():
            event.ignore()  # a repair under way is not left half done
            return
        if self._task is not None:
            self._task.stop()
        self.workers.finish()
        super().closeEvent(event)
        self.closed.emit()

    def _arrange(self) -> None:
        self.back_button.setFixedHeight(self.theme.px(72))


def theme_for(path: Path) -> Theme:
    """The look that a ledger asks for, as far as the file can still be read; sets the language too."""
    with damaged(path) as left:
        told = {row["key"]: row["value"] for row in left.table("settings") or []}
    return theme_from(lambda key, default: str(told.get(key, default)))


Guide = TypeVar("Guide", bound=GuideWindow)


def shown_for(path: Path, make: Callable[[Theme], Guide], begin: Callable[[Guide], None], *, after: int = 0) -> Guide:
    """The window in the look of the ledger ``path``, once it is closed again.

    ``begin`` is called at once; the window appears ``after`` so many milliseconds.
    """
    app = qt_application()
    theme = theme_for(path)
    theme.apply(app)
    window = make(theme)
    loop = QEventLoop()
    window.closed.connect(loop.quit)
    showing = QTimer(window)
    showing.setSingleShot(True)
    showing.timeout.connect(window.showMaximized)
    showing.start(after)
    QTimer.singleShot(0, window, lambda: begin(window))
    loop.exec()
    showing.stop()
    window.deleteLater()
    return window
