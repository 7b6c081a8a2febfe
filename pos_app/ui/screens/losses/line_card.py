"""The card about one line of a write-off: which batch, why, and who bears it. Widgets only."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.losses.presenter import BEARERS, REASONS, LossesPresenter, Reason
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import ChipRow, Choice
from sync.documents.base import Bearer


class LineCard(QWidget):
    """Changes the chosen line of the presenter at once, and tells it."""

    changed = Signal()

    def __init__(self, theme: Theme, presenter: LossesPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        frame, column = padded_card()
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.batch_choice = Choice(theme)
        self.batch_choice.chosen.connect(self._on_batch)
        self.reason_choice = Choice(theme, [(code, _(words)) for code, words in REASONS.items()])
        self.reason_choice.chosen.connect(self._on_reason)
        self.rule_text = Text(theme, step="caption", tone="muted")
        self.rule_text.setWordWrap(True)
        self.bearer_chips = ChipRow(theme, [(code, _(words)) for code, words in BEARERS.items()])
        self.bearer_chips.chosen.connect(self._on_bearer)
        column.addWidget(self.name_text)
        column.addWidget(field_row(theme, _("&Batch"), self.batch_choice))
        column.addWidget(field_row(theme, _("&Reason"), self.reason_choice))
        column.addWidget(Text(theme, _("Who bears it"), step="caption", weight=700))
        column.addWidget(self.bearer_chips)
        column.addWidget(self.rule_text)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)

    def show_line(self) -> None:
        """Shows the chosen line; nothing while there is none."""
        shown = self.presenter.shown()
        place = self.presenter.selected
        self.setVisible(0 <= place < len(shown))
        if not 0 <= place < len(shown):
            return
        one = shown[place]
        self.name_text.setText(one.product.name)
        self.batch_choice.set_options(self.presenter.batches())
        self.batch_choice.choose("" if one.line.batch is None else f"={one.line.batch}")
        self.reason_choice.choose(one.line.reason)
        self.bearer_chips.choose(one.bearer)
        self.bearer_chips.setEnabled(one.product.pricing != "putus")
        self.rule_text.setText(self.presenter.rule_words())

    def _on_batch(self, code: str) -> None:
        self.presenter.set_batch(code[1:] if code else None)
        self.changed.emit()

    def _on_reason(self, code: str) -> None:
        self.presenter.set_reason(cast(Reason, code))
        self.changed.emit()

    def _on_bearer(self, code: str) -> None:
        self.presenter.set_bearer(cast(Bearer, code))
        self.changed.emit()
