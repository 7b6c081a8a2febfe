"""A delivery, a return, a payout, a tab payment or moved cash, by the code on its paper: undone or printed again.

``VoidSide(theme, counter)`` is the panel behind a ``Gate``: a manager's act. Letters choose the reason. Widgets only.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent

from pos_app.i18n import _
from pos_app.printing.papers.receipt import REASONS
from pos_app.services.context import Counter
from pos_app.ui.screens.sell.receipt_panel import chip
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import AmountText, Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import EntryField, field_row
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.question import QuestionPanel
from sync.documents.base import TakeBackReason

REASON_KEYS: Final[dict[str, TakeBackReason]] = {
    "S": "wrong_goods",
    "B": "wrong_tender",
    "C": "damaged",
    "L": "other",
}


class VoidPanel(QuestionPanel):
    """See the module."""

    reprint_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "", main=_("Void"), icon="undo-variant", key="F12")
        self.number = ""
        self.document_id = ""
        self._facts = Text(theme)
        self._facts.setWordWrap(True)
        self._amount = AmountText(theme, ("change", "received", "button"))
        self.note = EntryField(theme, placeholder=_("What went wrong"))
        self.reasons = {code: chip(theme, _(REASONS[code]), key) for key, code in REASON_KEYS.items()}
        for code, button in self.reasons.items():
            button.clicked.connect(lambda _checked=False, code=code: self.choose_reason(code))
        reprint = KeyButton(theme, _("Reprint"), key="F9", icon="printer")
        reprint.clicked.connect(self.reprint_wanted)
        self.body.addWidget(self._facts)
        self.body.addWidget(self._amount)
        self.body.addWidget(ActionBar(theme, list(self.reasons.values())))
        self.body.addWidget(field_row(theme, _("N&ote"), self.note))
        self.body.addWidget(reprint)
        self.body.addStretch(1)
        self.note.textChanged.connect(self.look_again)

    def ask(self, number: str, document_id: str, facts: str, amount: str) -> None:
        """Shows the document."""
        self.number, self.document_id = number, document_id
        self.title.setText(number)
        self._facts.setText(facts)
        self._amount.setText(amount)
        for button in self.reasons.values():
            button.setChecked(False)
        self.note.clear()
        self.show_error("")
        self.look_again()
        self.reasons["wrong_goods"].setFocus()

    @property
    def reason(self) -> TakeBackReason | None:
        """The chosen reason."""
        return next((code for code, button in self.reasons.items() if button.isChecked()), None)

    @property
    def why(self) -> str:
        """The free note."""
        return self.note.text().strip()

    def missing(self) -> str:
        """What must be filled in yet, as a sentence; empty when nothing."""
        if self.reason is None:
            return _("Choose the reason by its letter.")
        return _("Write the reason.") if self.reason == "other" and not self.why else ""

    def choose_reason(self, code: TakeBackReason) -> None:
        """Chooses a reason; another one than those listed is written down."""
        for each, button in self.reasons.items():
            button.setChecked(each == code)
        if code == "other":
            self.note.setFocus()
        self.look_again()

    def look_again(self) -> None:
        """The main button after a change."""
        self.set_ready(not self.missing())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().upper()
        if letter in REASON_KEYS:
            self.choose_reason(REASON_KEYS[letter])
        else:
            super().keyPressEvent(event)


class VoidSide(Gate):
    """The panel, and the question before money or goods move."""

    def __init__(self, theme: Theme, counter: Counter) -> None:
        self.panel = VoidPanel(theme)
        super().__init__(theme, counter, self.panel)
        self.closed.connect(self.panel.reasons["wrong_goods"].setFocus)
