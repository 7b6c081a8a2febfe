"""The recovery code in large groups, to be written down: print, type one group back, done. Widgets only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.recovery.presenter import RecoveryPresenter, purpose
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, card, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, buddy_label
from pos_app.ui.widgets.side import ScrollArea
from pos_app.ui.worker import Workers

COLUMNS = 3
WIDTH = 760


class RecoveryPage(QWidget):
    """``ready`` tells whether the group is typed back; ``say`` answers after printing."""

    ready = Signal(bool)

    def __init__(
        self, theme: Theme, presenter: RecoveryPresenter, workers: Workers, say: Callable[[Message], None]
    ) -> None:
        super().__init__()
        self.theme = theme
        self.presenter = presenter
        self._workers = workers
        self._say = say
        frame, column = padded_card(spacing=12)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(IconText(theme, "lock-outline", 24, "primary"))
        head.addWidget(Text(theme, _("Recovery code"), step="title", weight=700), 1)
        column.addLayout(head)
        for words in (purpose(), _("It is shown only now and kept nowhere. Keep it on paper, away from the computer.")):
            text = Text(theme, words)
            text.setWordWrap(True)
            column.addWidget(text)
        grid = QGridLayout()
        grid.setSpacing(8)
        self.group_texts: list[Text] = []
        for number in range(6):
            grid.addWidget(self._group(number), number // COLUMNS, number % COLUMNS)
        column.addLayout(grid)
        self.print_button = KeyButton(theme, _("Print the code"), key="Ctrl+P", icon="printer-check")
        self.print_button.clicked.connect(self.print_code)
        column.addWidget(self.print_button)
        column.addWidget(rule())
        self.field = TextField(theme, step="scan")
        self.field.setMaxLength(8)
        self.field.textChanged.connect(self._on_typed)
        self.field_label = buddy_label(theme, "", self.field)
        self.field_label.setWordWrap(True)
        column.addWidget(self.field_label)
        column.addWidget(self.field)
        column.addStretch(1)
        middle = QWidget()
        middle.setMaximumWidth(theme.px(WIDTH))
        inner = QVBoxLayout(middle)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(ScrollArea(frame))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 8)
        row.addStretch(1)

    def _group(self, number: int) -> QWidget:
        frame = card("plain")
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(0)
        column.addWidget(Text(self.theme, str(number + 1), step="caption", tone="muted"))
        text = Text(self.theme, step="change", weight=700)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(text)
        self.group_texts.append(text)
        return frame

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_P and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.print_code()
            return
        super().keyPressEvent(event)

    def begin(self) -> None:
        """Shows the code that was just made."""
        for number, (text, group) in enumerate(zip(self.group_texts, self.presenter.groups, strict=True), start=1):
            text.setText(group)
            text.setAccessibleName(f"{number}: {' '.join(group)}")
        words = _("Written down? &Type group {number} from your paper").format(number=self.presenter.asked + 1)
        self.field_label.setText(words)
        self.field.setAccessibleName(words.replace("&", ""))
        self.field.clear()
        self.ready.emit(False)
        self.field.setFocus()

    def print_code(self) -> None:
        """Ctrl+P."""
        self.print_button.setEnabled(False)
        self._workers.run(self.presenter.print_work(), self._on_printed, self._on_not_printed)

    def _on_printed(self, printed: bool) -> None:
        self.print_button.setEnabled(True)
        self._say(self.presenter.printed(printed))

    def _on_not_printed(self, error: Exception) -> None:
        self.print_button.setEnabled(True)
        self._say(self.presenter.not_printed(error))

    def _on_typed(self, text: str) -> None:
        self.ready.emit(self.presenter.is_typed(text))
