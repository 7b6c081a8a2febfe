"""A window of its own before the till opens: a title, cards that scroll, and one main button (F12).

``show_until_closed(window)`` shows it and waits; a subclass fills ``body`` and answers ``main_action``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ledger.salvage import damaged
from pos_app.ui.application import theme_from
from pos_app.ui.messages import Message
from pos_app.ui.text_size import bind_sizes
from pos_app.ui.theme import MINIMUM, Theme
from pos_app.ui.widgets.basic import IconText, Text, card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.scroll import Scrolling
from pos_app.ui.widgets.strip import MessageStrip
from pos_app.ui.worker import Workers

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
        self.strip = MessageStrip(theme)
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


def show_until_closed(window: GuideWindow, begin: Callable[[], None], *, after: int = 0) -> None:
    """Calls ``begin``, shows the window ``after`` so many milliseconds, and comes back when it is closed."""
    loop = QEventLoop()
    window.closed.connect(loop.quit)
    showing = QTimer(window)
    showing.setSingleShot(True)
    showing.timeout.connect(window.showMaximized)
    showing.start(after)
    QTimer.singleShot(0, window, begin)
    loop.exec()
    showing.stop()
    window.deleteLater()
