"""The panel that asks for a manager's PIN, in place of the right panel: never a dialog.

``PinPanel(theme)``; ``ask(Approval("Diskon 10 %", ["Abon Lele 100 g"], before="28.000", after="25.200",
reasons=[("damaged", "Kemasan rusak")]))``; signals ``approved(pin, reason_code)`` and ``cancelled()``;
``show_error(text)`` keeps the panel open and empties the PIN. Enter approves, Esc cancels. A scan never answers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import IconText, Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import PinField, field_row
from pos_app.ui.widgets.scroll import Scrolling


@dataclass(frozen=True, slots=True)
class Approval:
    """What is asked for: a title, lines, figures before and after, and reasons as (code, words)."""

    title: str
    lines: Sequence[str] = ()
    before: str = ""
    after: str = ""
    reasons: Sequence[tuple[str, str]] = ()


class PinPanel(QWidget):
    """See the module."""

    approved = Signal(str, str)
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._title = Text(theme, step="row", weight=700)
        self._title.setWordWrap(True)
        self._lines = Text(theme)
        self._lines.setWordWrap(True)
        self._figures = Text(theme, step="row", weight=700)
        self._figures.setWordWrap(True)
        self._figures.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._reason = QComboBox()
        self._reason.setFixedHeight(theme.px(40))
        self._pin = PinField(theme)
        self._reason_row = field_row(theme, _("&Reason"), self._reason)
        self._error = Text(theme, tone="danger", weight=700)
        self._error.setWordWrap(True)
        self._build()

    def _build(self) -> None:
        theme = self.theme
        frame, outer_column = padded_card("plain")
        outer_column.setContentsMargins(4, 4, 4, 4)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(12, 8, 12, 8)
        outer_column.addWidget(Scrolling(inner))
        head = QHBoxLayout()
        head.addWidget(IconText(theme, "lock-outline", 22, "warning"))
        head.addWidget(Text(theme, _("Manager PIN needed"), step="title", weight=700), 1)
        column.addLayout(head)
        column.addWidget(rule())
        for widget in (self._title, self._lines, self._figures, self._reason_row):
            column.addWidget(widget)
        column.addWidget(field_row(theme, _("Manager's &PIN"), self._pin))
        column.addWidget(self._error)
        column.addStretch(1)
        column.addWidget(Text(theme, _("Valid once and logged"), step="caption", tone="muted"))
        back = KeyButton(theme, _("Cancel"), key="Esc", kind="plain", icon="arrow-left")
        back.setFixedHeight(theme.px(72))
        back.clicked.connect(self.cancelled)
        self._approve = KeyButton(theme, _("Approve"), key="Enter", kind="main")
        self._approve.clicked.connect(self._on_approve)
        self._pin.textChanged.connect(self._on_typed)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(back)
        foot.addWidget(self._approve, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(frame, 1)
        outer.addLayout(foot)

    def ask(self, approval: Approval) -> None:
        """Shows the question and puts the focus into the PIN field."""
        self._title.setText(approval.title)
        self._lines.setText("\n".join(approval.lines))
        self._lines.setVisible(bool(approval.lines))
        self._figures.setText(f"{approval.before}  →  {approval.after}" if approval.after else "")
        self._figures.setVisible(bool(approval.after))
        self._reason.clear()
        for code, words in approval.reasons:
            self._reason.addItem(words, code)
        self._reason_row.setVisible(bool(approval.reasons))
        self._pin.clear()
        self._error.setText("")
        self._approve.setEnabled(False)
        self._pin.setFocus()

    def show_error(self, text: str) -> None:
        """Says why it was refused; the PIN is typed again."""
        self._pin.clear()
        self._error.setText(text)
        self._pin.setFocus()

    @property
    def pin_field(self) -> PinField:
        """The field that takes the PIN."""
        return self._pin

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_approve()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _on_typed(self, text: str) -> None:
        self._approve.setEnabled(len(text) >= 4)

    def _on_approve(self) -> None:
        if self._approve.isEnabled():
            self.approved.emit(self._pin.text(), str(self._reason.currentData() or ""))
