"""The difference, its reason, the deposit, and what becomes of held carts. Widgets only."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _, ngettext
from pos_app.ui.screens.close_shift.presenter import CloseShiftPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.fields import AmountField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea
from pos_app.ui.widgets.sums import SumRow, Sums


class DifferencePage(ScrollArea):
    """The arithmetic at the left, what must be filled in at the right."""

    def __init__(self, theme: Theme, presenter: CloseShiftPresenter) -> None:
        page = QWidget()
        super().__init__(page)
        self.theme = theme
        self._presenter = presenter
        self.figures = Sums(theme)
        self._difference = Sums(theme)
        left, column = padded_card(spacing=4)
        self.lock_text = Text(theme, step="caption", tone="muted")
        self.lock_text.setWordWrap(True)
        column.addWidget(self.lock_text)
        column.addWidget(self.figures)
        column.addWidget(self._difference)
        column.addStretch(1)
        self._row = QHBoxLayout(page)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)
        self._row.addWidget(left, 1)
        self._row.addWidget(self._form(), 1)
        theme.changed.connect(self._arrange)
        self._arrange()

    def _form(self) -> QWidget:
        theme = self.theme
        frame, form = padded_card(spacing=8)
        self.note_field = TextField(theme, placeholder=_("for example: wrong change on receipt 4102"))
        self.note_field.setMaxLength(200)
        self._note_row = field_row(theme, _("Reason for the &difference (required)"), self.note_field)
        self.deposit_field = AmountField(theme)
        self.deposit_field.value_changed.connect(self._on_deposit)
        self.float_field = AmountField(theme)
        self.float_field.value_changed.connect(self._on_float)
        form.addWidget(self._note_row)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Deposit"), self.deposit_field), 1)
        pair.addWidget(field_row(theme, _("Tomorrow's &float"), self.float_field), 1)
        form.addLayout(pair)
        self._add_parked(form)
        self._unsent_text = Text(theme, step="caption", tone="muted")
        self._unsent_text.setWordWrap(True)
        form.addWidget(self._unsent_text)
        form.addStretch(1)
        return frame

    def _add_parked(self, form: QVBoxLayout) -> None:
        self._parked_box, parked = padded_card("warning", 4)
        self.parked_text = Text(self.theme, weight=700)
        self.parked_text.setWordWrap(True)
        chips = [("carry", _("Carry over")), ("cancel", _("Cancel carts"))]
        self.parked_chips = ChipRow(self.theme, chips)
        self.parked_chips.chosen.connect(self._on_parked)
        parked.addWidget(self.parked_text)
        parked.addWidget(self.parked_chips)
        form.addWidget(self._parked_box)

    def begin(self) -> None:
        """An empty reason, and the deposit that leaves the usual float."""
        self.note_field.clear()
        self.note_field.set_wrong(False)
        deposit = self._presenter.usual_deposit()
        self.deposit_field.set_value(deposit)
        self.float_field.set_value(self._presenter.counted - deposit)
        self.parked_chips.choose(self._presenter.parked)

    def show_figures(self) -> None:
        """Reads the arithmetic anew."""
        presenter = self._presenter
        self.lock_text.setText(presenter.lock_words())
        self.figures.show_rows(
            [SumRow(line.label, line.amount, bold=line.result, rule=line.result) for line in presenter.figures()]
        )
        difference = presenter.difference()
        self._difference.show_rows(
            [
                SumRow(
                    _("DIFFERENCE") + f"  {difference.word}",
                    difference.amount,
                    tone=difference.tone,
                    bold=True,
                    icon=difference.icon,
                    rule=True,
                    step="title",
                )
            ]
        )
        self._note_row.setVisible(difference.value != 0)
        parked = presenter.parked_carts()
        self._parked_box.setVisible(bool(parked))
        self.parked_text.setText(_("{count} held carts: {carts}").format(count=len(parked), carts="; ".join(parked)))
        unsent = presenter.unsent()
        text = ngettext(
            "{count} record waits to be sent; closing does not wait for it.",
            "{count} records wait to be sent; closing does not wait for them.",
            unsent,
        ).format(count=unsent)
        self._unsent_text.setText(text if unsent else _("Everything has been sent."))

    def _on_deposit(self) -> None:
        if self.deposit_field.hasFocus():
            self.float_field.set_value(max(self._presenter.counted - (self.deposit_field.value() or 0), 0))

    def _on_float(self) -> None:
        if self.float_field.hasFocus():
            self.deposit_field.set_value(max(self._presenter.counted - (self.float_field.value() or 0), 0))

    def _on_parked(self, choice: str) -> None:
        self._presenter.parked = "cancel" if choice == "cancel" else "carry"

    def _arrange(self) -> None:
        way = QHBoxLayout.Direction
        self._row.setDirection(way.TopToBottom if self.theme.scale > TIGHT_ABOVE else way.LeftToRight)
