"""The card that says how many days ahead goods are told. Widgets only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, field_row


class DaysCard(QWidget):
    """Two fields and a button; ``wanted`` tells that they are to be kept."""

    wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        frame, column = padded_card()
        words = Text(theme, _("Told when a third of the shelf life is left, at most so many days before:"))
        words.setWordWrap(True)
        self.fresh_field = TextField(theme)
        self.dry_field = TextField(theme)
        self.button = KeyButton(theme, _("Keep days"))
        self.button.clicked.connect(self.wanted)
        column.addWidget(words)
        column.addWidget(field_row(theme, _("Keeps to &14 days"), self.fresh_field))
        column.addWidget(field_row(theme, _("Keeps lon&ger"), self.dry_field))
        column.addWidget(self.button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def show_days(self, fresh: int, dry: int) -> None:
        """The days as they are kept."""
        self.fresh_field.setText(str(fresh))
        self.dry_field.setText(str(dry))
