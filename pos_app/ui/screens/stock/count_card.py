"""The card in which one product is counted: what is on the shelf, and who bears what is missing. Widgets only."""

from __future__ import annotations

from typing import cast

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.ui.screens.stock.presenter import StockPresenter
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from sync.documents.base import Bearer


class CountCard(QWidget):
    """Asks who bears what is missing as soon as less is typed than there should be."""

    def __init__(self, theme: Theme, presenter: StockPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        frame, column = padded_card()
        self.field = TextField(theme, placeholder=_("what is on the shelf"))
        self.field.textChanged.connect(self.show_missing)
        self.bearer_label = Text(theme, _("Who bears what is missing"), step="caption", weight=700)
        self.bearer_label.setWordWrap(True)
        self.bearer_chips = ChipRow(theme, [("producer", _("The producer")), ("corner", _("The corner"))])
        self.bearer_chips.setAccessibleName(_("Who bears what is missing"))
        self.bearer_chips.chosen.connect(self._on_bearer)
        self.facts = Facts(theme)
        column.addWidget(field_row(theme, _("C&ounted"), self.field))
        for widget in (self.bearer_label, self.bearer_chips, self.facts):
            column.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        self.show_missing()

    def begin(self) -> None:
        """For other goods: nothing is counted, and the rule says who bears what is missing."""
        self.presenter.bearer = None
        self.field.clear()
        self.show_missing()

    def show_missing(self) -> None:
        """Who bears what is missing and what that costs; nothing where nothing is missing."""
        missing = self.presenter.missing(self.field.text())
        for widget in (self.bearer_label, self.bearer_chips):
            widget.setVisible(missing is not None)
        self.facts.show_facts(self.presenter.cost_of(missing))
        if missing is not None:
            self.bearer_chips.choose(missing.borne_by)
            self.bearer_chips.setEnabled(self.presenter.may_choose_bearer)

    def _on_bearer(self, bearer: str) -> None:
        self.presenter.bearer = cast(Bearer, bearer)
        self.show_missing()
