"""Which column of the bank's statement holds what: guessed, shown with the first row, and confirmed. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.bank_statement import Columns, Statement
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import buddy_label
from pos_app.ui.widgets.forms import Choice

NONE = "-"


class ColumnsPage(QWidget):
    """``ask(statement)``; signals ``accepted()`` and ``cancelled()``; ``columns()`` is what was chosen."""

    accepted = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Columns of the statement"), step="title", weight=700))
        hint = Text(theme, _("Guessed from the names. Check them against the first row."), tone="muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        self.day, self.amount, self.reference = Choice(theme), Choice(theme), Choice(theme)
        words = {_("&Date"): self.day, _("Money &in"): self.amount, _("&Reference"): self.reference}
        for label, choice in words.items():
            column.addWidget(buddy_label(theme, label, choice))
            column.addWidget(choice)
        column.addStretch(1)
        back = KeyButton(theme, _("Cancel"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.cancelled)
        self.main = KeyButton(theme, _("Find matches"), key="F12", kind="main")
        self.main.clicked.connect(self.accepted)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(frame, 1)
        outer.addWidget(back)
        outer.addWidget(self.main)

    def ask(self, statement: Statement) -> None:
        """Shows the guess; the focus is in the date."""
        first = statement.rows[0][1] if statement.rows else ()
        options = [
            (str(place), f"{name} · {first[place]}" if place < len(first) and first[place] else name)
            for place, name in enumerate(statement.header)
        ]
        guess = statement.guess
        for choice, place in ((self.day, guess.day), (self.amount, guess.amount)):
            choice.set_options(options)
            choice.choose(str(place))
        self.reference.set_options([(NONE, _("none")), *options])
        self.reference.choose(NONE if guess.reference is None else str(guess.reference))
        self.day.setFocus()

    def columns(self) -> Columns:
        """What the person left chosen."""
        reference = self.reference.code()
        return Columns(int(self.day.code()), int(self.amount.code()), None if reference == NONE else int(reference))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        else:
            super().keyPressEvent(event)
