"""The statement of one tab beside the list: since a day, on paper from the printer or as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from pos_app.domain.dates import business_date
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ledger.registry import StaffMember
from pos_app.services import tab_statements
from pos_app.ui.messages import Message, failure
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.screens.staff.table_model import HistoryModel
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import DateField
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable


class StatementPanel(SidePanel):
    """``leaving`` tells the screen; F12 prints."""

    leaving = Signal()

    def __init__(self, shell: Shell, *, width: int, compact: int) -> None:
        super().__init__(shell.theme, width=width, compact=compact)
        theme = self.theme
        self.shell = shell
        self._code = ""
        self.title = Text(theme, step="row", weight=700)
        self.title.setWordWrap(True)
        self.since_field = DateField(theme, self._today)
        self.since_field.editingFinished.connect(self._show)
        self.model = HistoryModel()
        self.table = TwoLineTable(theme, self.model, empty=_("No tab entries yet."))
        self.table.setMinimumHeight(theme.px(160))
        TightColumns(theme, self.table, (0,))
        self.sums = Sums(theme)
        self.save_box = SaveBox(theme, shell.workers, _("Save as PDF"), self._save_work)
        frame, column = padded_card()
        column.addWidget(self.title)
        column.addWidget(field_row(theme, _("&Since"), self.since_field))
        column.addWidget(self.sums)
        self.body.addWidget(frame)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.save_box)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.leaving)
        self.main_button = KeyButton(theme, _("Print statement"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        self.foot.addWidget(back)
        self.foot.addWidget(self.main_button)

    def open(self, member: StaffMember) -> None:
        """Another tab, since the first of this month."""
        self._code = member.code
        self.title.setText(member.name)
        self.since_field.set_value(self._today().replace(day=1))
        self.save_box.clear()
        self._show()

    def main_action(self) -> None:
        """F12: to the printer, past the queue: it is asked for, printed or not."""
        work = self._on_own(self._since())
        self.main_button.setEnabled(False)
        self.shell.workers.run(work.print_it, self._on_printed, self._on_failed)

    def _show(self) -> None:
        found = tab_statements.lines_since(self.shell.counter.db, self._code, self._since())
        self.model.set_rows(list(reversed(found.lines)))
        self.sums.show_rows(
            [
                SumRow(_("Carried over"), rupiah(found.carried_over)),
                SumRow(_("On the tab"), rupiah(found.balance), bold=True, rule=True),
            ]
        )

    def _save_work(self, folder: Path) -> Callable[[], Path]:
        return partial(self._on_own(self._since()).save, folder)

    def _on_own(self, since: date) -> tab_statements.Issuer:
        return tab_statements.Issuer(self.shell.counter, self._code, since)

    def _on_printed(self, printed: bool) -> None:
        self.main_button.setEnabled(True)
        if printed:
            self.shell.say(Message("S", _("The statement is printed.")))
        else:
            self.shell.say(Message("W", _("There is no printer. Save the statement as PDF.")))

    def _on_failed(self, error: Exception) -> None:
        self.main_button.setEnabled(True)
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))

    def _since(self) -> date:
        return self.since_field.value() or self._today().replace(day=1)

    def _today(self) -> date:
        return business_date(self.shell.counter.clock())
