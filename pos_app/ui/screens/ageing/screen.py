"""The age of what is owed to producers: who waits, since when, what is overdue. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.errors import PosError
from pos_app.domain.formats import thousands
from pos_app.i18n import _
from pos_app.services.ageing import Ageing
from pos_app.ui.export_page import ExportPage
from pos_app.ui.reading import Reading
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.ageing.presenter import ALL, AgeingPresenter
from pos_app.ui.screens.ageing.table_model import AgeingModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.charts import Bar, BarsModel, ChartCard
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import TIGHT_ABOVE, SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import Column, TwoLineTable

TELL_FROM: Final = 2_000
"""Producers that are read faster than anybody would look at a bar."""


class AgeingScreen(Screen):
    """See the module."""

    name = "ageing"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = AgeingPresenter(shell.counter)
        self.model = AgeingModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Loading …"))
        self.table.row_activated.connect(self._on_row)
        TightColumns(theme, self.table, (1, 2, 3))
        self.chips = ChipRow(theme, self.presenter.filters())
        self.chips.chosen.connect(self._on_filter)
        self.statement_button = KeyButton(theme, _("Producer's statement"), key="F6")
        self.statement_button.clicked.connect(self._open_statement)
        self.table_button = KeyButton(theme, _("Table"), key="Ctrl+T")
        self.table_button.clicked.connect(self._turn)
        exports = []
        for kind, words in (("xlsx", _("Export Excel")), ("csv", _("Export CSV")), ("pdf", _("Export PDF"))):
            button = KeyButton(theme, words)
            button.clicked.connect(partial(self._export, kind))
            exports.append(button)
        left = QVBoxLayout()
        left.setSpacing(8)
        self.progress = Progress(theme)
        self.reading = Reading(shell.workers, self.progress, tell_from=TELL_FROM)
        for widget in (self.strip, self.chips, self.progress):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        left.addWidget(ActionBar(theme, [self.statement_button, self.table_button, *exports]))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        self.export_page = ExportPage(theme, shell.workers, self._save_work, width=380, compact=320)
        self.export_page.left.connect(self.escape)
        self.side = QStackedWidget()
        self.side.addWidget(self._side())
        self.side.addWidget(self.export_page)
        row.addWidget(self.side)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=380, compact=320)
        frame, column = padded_card()
        self.sums, self.check = Sums(theme), Facts(theme)
        column.addWidget(self.sums)
        column.addWidget(self.check)
        panel.body.addWidget(frame)
        columns = [Column(_("Age")), Column(_("Rupiah"), 110, "right"), Column(_("Share"), 64, "right")]
        self.chart = ChartCard(theme, _("Owed by age (Rp)"), BarsModel(columns), empty=_("Nobody is owed anything."))
        panel.body.addWidget(self.chart)
        how = Text(theme, _("Age in days since it was earned. Payments clear the oldest first."), tone="muted")
        how.setWordWrap(True)
        panel.body.addWidget(how)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print list"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Age of payables")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F5", _("Read anew"), self._read),
            Command("F6", _("Statement of the producer"), self._open_statement),
            Command("Ctrl+T", _("Tables instead of charts"), self._turn),
            Command("Ctrl+P", _("Print list"), self._print),
        )

    def show_only(self, which: str) -> None:
        self.presenter.filter = which if which in dict(self.presenter.filters()) else ALL
        self.chips.choose(self.presenter.filter)

    def activated(self) -> None:
        self.side.setCurrentIndex(0)
        self._read()
        self.restore_focus()

    def deactivated(self) -> None:
        self.reading.stop()

    def default_focus(self) -> QWidget:
        return self.table

    def main_action(self) -> None:
        if self.side.currentWidget() is self.export_page:
            self.export_page.box.start()
        else:
            self._print()

    def escape(self) -> bool:
        if self.side.currentWidget() is self.export_page:
            self.side.setCurrentIndex(0)
            self.restore_focus()
        else:
            self.shell.go("producers")
        return True

    # What happens --------------------------------------------------------------------------------------------------

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = which
        self.model.set_rows(self.presenter.rows())
        self.table.select_row(0)

    def _on_row(self, _row: int) -> None:
        self._open_statement()

    def _open_statement(self) -> None:
        row = self.table.current_row()
        if 0 <= row < len(self.model.rows):
            self.shell.go("producer_statement", self.model.rows[row].producer)

    def _turn(self) -> None:
        tables = self.chart.table.isHidden()
        self.chart.show_table(tables)
        self.table_button.setText(_("Charts") if tables else _("Table"))

    def _read(self) -> None:
        self.reading.begin(self.presenter.today, self.presenter.work(), self._on_loaded, self._on_failed)

    def _on_loaded(self, found: Ageing) -> None:
        self.presenter.found = found
        self._show()

    def _on_failed(self, error: Exception) -> None:
        message = self.presenter.failed(error)
        self.shell.say(message.with_action(_("Try again"), self._read) if isinstance(error, PosError) else message)

    def _show(self) -> None:
        presenter = self.presenter
        self.chips.choose(presenter.filter)
        self.chips.show_counts(presenter.counts())
        self.table.set_empty(_("Nobody is owed anything."))
        self.model.set_rows(presenter.rows())
        if self.table.current_row() < 0:
            self.table.select_row(0)
        rows = [SumRow(words, amount) for words, amount in presenter.sums()]
        if rows:
            rows[-2] = SumRow(rows[-2].label, rows[-2].amount, bold=True, rule=True)
            overdue = presenter.found is not None and presenter.found.overdue > 0
            rows[-1] = SumRow(rows[-1].label, rows[-1].amount, tone="danger" if overdue else "text", bold=overdue)
        self.sums.show_rows(rows)
        self.check.show_facts([presenter.agrees()])
        tight = self.theme.scale > TIGHT_ABOVE
        self.chart.show_bars(
            [
                Bar(words, amount, thousands(amount), "" if tight else share, 2 if place == 3 else 1)
                for place, (words, amount, share) in enumerate(presenter.spans())
            ]
        )

    def _print(self) -> None:
        if self.presenter.found is not None:
            self.shell.workers.run(self.presenter.print_work(self.presenter.found), self._on_printed, self._on_undone)

    def _on_printed(self, printed: bool) -> None:
        self.shell.say(self.presenter.printed(printed=printed))

    def _on_undone(self, error: Exception) -> None:
        self.shell.say(self.presenter.failed(error))

    def _export(self, kind: str) -> None:
        if self.presenter.found is not None:
            self.export_page.open(kind, self.presenter.day_text())
            self.side.setCurrentWidget(self.export_page)

    def _save_work(self, kind: str, folder: Path) -> Callable[[], Path]:
        if self.presenter.found is None:
            raise AssertionError("saved before anything was read")
        return self.presenter.save_work(self.presenter.found, kind, folder)
