"""The window of a start that failed: one sentence with its next step, and a button that closes it."""

from __future__ import annotations

from PySide6.QtCore import QEventLoop, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.application import qt_application
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton

WIDTH = 560


class FaultWindow(QWidget):
    """Enter, Esc, F12 and the button close it."""

    closed = Signal()

    def __init__(self, theme: Theme, sentence: str) -> None:
        super().__init__()
        self.setWindowTitle("Pojok UMKM")
        frame, column = padded_card(spacing=16)
        column.setContentsMargins(24, 20, 24, 20)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(IconText(theme, "alert-circle-outline", 32, "danger"))
        head.addWidget(Text(theme, _("The till cannot open"), step="title", weight=700), 1)
        self.sentence = Text(theme, sentence, step="row")
        self.sentence.setWordWrap(True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sentence.setFixedWidth(theme.px(WIDTH))
        self.button = KeyButton(theme, _("Close"), key="Enter", kind="main")
        self.button.clicked.connect(self.close)
        column.addLayout(head)
        column.addWidget(self.sentence)
        column.addWidget(self.button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addWidget(frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_F12):
            self.close()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()


def show(sentence: str) -> None:
    """Shows why the till cannot open, until the person closes it."""
    app = qt_application()
    theme = Theme()
    theme.apply(app)
    window = FaultWindow(theme, sentence)
    loop = QEventLoop()
    window.closed.connect(loop.quit)
    window.show()
    window.activateWindow()
    loop.exec()
    window.deleteLater()
