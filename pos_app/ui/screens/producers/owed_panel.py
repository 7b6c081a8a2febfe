"""The list of producers: whom filter and search leave, what each is owed, and all of it together."""

from __future__ import annotations

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from pos_app.ui.screens.producers.table_model import OwedModel
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.fields import TextField
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable


class OwedPanel(SidePanel):
    """See the module."""

    def __init__(self, theme: Theme, presenter: ProducersPresenter) -> None:
        super().__init__(theme, width=376, compact=330)
        self.presenter = presenter
        self.search = TextField(theme, placeholder=_("Search a producer  Ctrl+F"))
        self.search.setAccessibleName(_("Search a producer  Ctrl+F"))
        self.chips = ChipRow(theme, [("due", _("Due")), ("all", _("All")), ("zero", _("Zero"))])
        self.model = OwedModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing due."), empty_icon="check-circle-outline")
        TightColumns(theme, self.table, (2,))
        self.total = Sums(theme)
        self.body.addWidget(self.search)
        self.body.addWidget(self.chips)
        self.body.addWidget(self.table, 1)
        self.foot.addWidget(self.total)

    def show_list(self) -> None:
        """What the presenter lists, the chosen producer selected where they are in it."""
        presenter, model = self.presenter, self.model
        mark_due = presenter.shown != "due"
        if mark_due != model.mark_due:
            model.set_rows([])
            model.mark_due = mark_due
        model.set_rows(presenter.rows())
        self.chips.show_counts(presenter.counts())
        self.select(next((row for row, owed in enumerate(model.rows) if owed.code == presenter.producer), -1))
        count, amount = presenter.total()
        self.total.show_rows([SumRow(_("{count} producers").format(count=thousands(count)), rupiah(amount), bold=True)])

    def select(self, row: int) -> None:
        """Without a word about it: who calls shows the rest, once."""
        self.table.blockSignals(True)
        self.table.select_row(row)
        self.table.blockSignals(False)

    def code_at(self, row: int) -> str:
        """Who stands in a row; empty where nobody does."""
        return self.model.rows[row].code if 0 <= row < len(self.model.rows) else ""
