"""The mark of a training: an orange frame around the window, and a stripe with its name and the tasks.

``frame_window(window, theme, read)`` takes the window's content into the frame, so that nothing is ever covered.
``MarkOthers(app, theme)`` lays a stripe over every other window, such as the buyer's display.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QMainWindow, QSizePolicy, QVBoxLayout, QWidget

from pos_app.i18n import N_, _
from pos_app.ui.step_state import State
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.steps import StepBar

EDGE: Final = 6
STRIPE: Final = 34
SLACK: Final = 40
"""Taken off the height when the text size is chosen: the edge, and what large text needs more in a lower room."""
END_KEY: Final = "Ctrl+Q"
LOOK_MS: Final = 700
"""How often the tasks are looked at; they are told by documents."""
WORDS: Final = {
    "open": N_("Open the shift"),
    "three": N_("Sell 3 items"),
    "cash": N_("Take cash"),
    "refund": N_("Refund one (F9)"),
    "close": N_("Close the shift"),
}


class Banner(QWidget):
    """The word in dark letters on orange."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setAccessibleName(_("TRAINING"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(self.theme.metrics("row", 700).horizontalAdvance(_("TRAINING")) + 24, self.theme.px(STRIPE))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setPen(self.theme.color("rail"))
        painter.setFont(self.theme.font("row", 700))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, _("TRAINING"))


class TrainingFrame(QWidget):
    """See the module; ``read`` gives each task and whether it is done."""

    def __init__(
        self, theme: Theme, inner: QWidget, read: Callable[[], Mapping[str, bool]], end: Callable[[], object]
    ) -> None:
        super().__init__()
        self.theme = theme
        self._read = read
        self.tasks = StepBar(theme)
        self.end_button = KeyButton(theme, _("End the training"), key=END_KEY, kind="chip")
        self.end_button.setCheckable(False)
        self.end_button.clicked.connect(end)
        ending = QAction(self)
        ending.setShortcut(QKeySequence(END_KEY))
        ending.triggered.connect(end)
        self.addAction(ending)
        self.over_text = Text(theme, _("Training done. End it: the real till is as it was."), step="row", weight=700)
        self.over_text.hide()
        self._box = QWidget()
        self._box.setAutoFillBackground(True)
        stripe = QHBoxLayout()
        stripe.setContentsMargins(0, 0, 4, 0)
        stripe.setSpacing(8)
        stripe.addWidget(Banner(theme))
        room = QHBoxLayout(self._box)
        room.setContentsMargins(8, 0, 8, 0)
        room.addWidget(self.tasks, 1)
        room.addWidget(self.over_text, 1)
        room.addWidget(self.end_button)
        stripe.addWidget(self._box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE, 0, EDGE, EDGE)
        column.setSpacing(0)
        column.addLayout(stripe)
        inner.setAutoFillBackground(True)
        column.addWidget(inner, 1)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self.look)
        self._looking.start(LOOK_MS)
        self.look()

    def look(self) -> None:
        """Ticks what is done; the first that is not comes next."""
        done = self._read()
        following = next((task for task in WORDS if not done.get(task)), "")
        shown: list[tuple[str, State]] = []
        for task, words in WORDS.items():
            state: State = "done" if done.get(task) else "now" if task == following else "open"
            shown.append((_(words), state))
        self.tasks.show_steps(shown)
        self.tasks.setVisible(bool(following))
        self.over_text.setVisible(not following)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        """The text has the room inside the frame; the window itself reckons with all of it."""
        height = self.height() - self._box.sizeHint().height() - SLACK
        self.theme.fit_window(self.width() - 2 * EDGE, height)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        QPainter(self).fillRect(self.rect(), self.theme.color("accent"))


class Stripe(QWidget):
    """Over the top of a window that is not the till's; clicks go through it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.theme = theme
        self._over = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setObjectName("training_stripe")
        self.setAccessibleName(_("TRAINING"))
        window.installEventFilter(self)
        self._fit()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._over:
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.color("accent"))
        painter.setPen(self.theme.color("rail"))
        painter.setFont(self.theme.font("row", 700))
        painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, _("TRAINING"))

    def _fit(self) -> None:
        self.setGeometry(0, 0, self._over.width(), self.theme.px(STRIPE))
        self.raise_()


class MarkOthers(QObject):
    """Marks every window that is shown beside the till's."""

    def __init__(self, app: QApplication, theme: Theme, window: QMainWindow) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._app = app
        app.installEventFilter(self)

    def stop(self) -> None:
        """Later windows are real again."""
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            other = watched is not self._window and not isinstance(watched, QDialog)
            plain = watched.windowType() == Qt.WindowType.Window
            if other and plain and watched.findChild(Stripe) is None:
                Stripe(self._theme, watched)
        return False


def frame_window(
    window: QMainWindow, theme: Theme, read: Callable[[], Mapping[str, bool]], end: Callable[[], object]
) -> TrainingFrame:
    """Takes the content of the window into the frame."""
    inner = window.takeCentralWidget() or QWidget()
    frame = TrainingFrame(theme, inner, read, end)
    window.setCentralWidget(frame)
    return frame
