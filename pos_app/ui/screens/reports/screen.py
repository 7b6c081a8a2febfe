"""Reports: a period's figures, sales per hour, tenders, best sellers, what needs action. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.services.wording import describe
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.reports.presenter import BarLine, Loaded, Period, ReportsPresenter, Todo
from pos_app.ui.screens.reports.table_model import SellersModel
from pos_app.ui.widgets.basic import IconText, Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.charts import Bar, Bars, StatCard
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea, SidePanel, TightColumns
from pos_app.ui.widgets.table import TwoLineTable

TODAY: Final = "today"


class ReportsScreen(Screen):
    """See the module."""

    name = "reports"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = ReportsPresenter(shell.counter)
        self.model = SellersModel()
        self.sellers = TwoLineTable(theme, self.model, empty=_("No sales in this period."), row_height=32)
        self.sellers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.sellers.setMinimumHeight(theme.px(180))
        TightColumns(theme, self.sellers, (0,))
        self.chips = ChipRow(theme, self.presenter.periods())
        self.chips.chosen.connect(self._on_period)
        self.hours = Bars(theme, empty=_("No sales in this period."))
        self.tenders = Bars(theme, empty=_("No sales in this period."))
        self.tenders.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build()
        theme.changed.connect(self._arrange)
        self._arrange()

    def _build(self) -> None:
        theme = self.theme
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.strip)
        left.addWidget(self.chips)
        inner = QWidget()
        body = QVBoxLayout(inner)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        self._tiles = QGridLayout()
        self._tiles.setSpacing(8)
        self.stats = {
            "gross": StatCard(theme, _("Sales total")),
            "sales": StatCard(theme, _("Sales count")),
            "average": StatCard(theme, _("Average")),
            "commission": StatCard(theme, _("Commission")),
        }
        body.addLayout(self._tiles)
        chart, column = padded_card()
        column.addWidget(Text(theme, _("Sales per hour (thousand rupiah)"), step="row", weight=700))
        column.addWidget(self.hours, 1)
        body.addWidget(chart, 1)
        left.addWidget(ScrollArea(inner), 1)
        self.share_text = Text(theme, weight=700)
        self.share_text.setWordWrap(True)
        left.addWidget(self.share_text)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        self.gate = Gate(theme, self.shell.counter, self._side())
        self.gate.closed.connect(self._on_gate_closed)
        row.addWidget(self.gate)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=460, compact=420)
        tenders, column = padded_card()
        column.addWidget(Text(theme, _("Payment method"), step="row", weight=700))
        column.addWidget(self.tenders)
        todo, self._todo_column = padded_card(spacing=4)
        self._todo_column.addWidget(Text(theme, _("Needs action"), step="row", weight=700))
        self._todo_rows: list[QWidget] = []
        panel.body.addWidget(tenders)
        panel.body.addWidget(self.sellers, 1)
        panel.body.addWidget(todo)
        self.main_button = KeyButton(theme, _("Read anew"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    def _arrange(self) -> None:
        columns = 2 if self.theme.scale > TIGHT_ABOVE or self.theme.small_window else 4
        for number, tile in enumerate(self.stats.values()):
            self._tiles.addWidget(tile, number // columns, number % columns)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Reports")

    def commands(self) -> Sequence[Command]:
        return (Command("F5", _("Read anew"), self._read),)

    def activated(self) -> None:
        if self.gate.asking:
            self.gate.close_question()
        manager = self.presenter.is_manager
        if not manager:
            self._show_period(TODAY)
        for code, _words in self.presenter.periods():
            self.chips.set_icon(code, "" if manager or code == TODAY else "lock-outline")
        self._read()
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.chips.button(self.presenter.period)

    def take_scan(self, code: str) -> None:
        text = _("Barcode {code} read; nothing is scanned here. Press Ctrl+1 to sell.")
        self.shell.say(Message("W", text.format(code=code)))

    def main_action(self) -> None:
        if not self.gate.asking:
            self._read()

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        return False

    # What happens --------------------------------------------------------------------------------------------------

    def _on_period(self, period: str) -> None:
        """A cashier sees today; other periods need a manager, each time."""
        if period == TODAY:
            self._show_period(TODAY)
            self._read()
            return
        words = dict(self.presenter.periods())[cast(Period, period)]
        approval = Approval(_("Report of a period"), (words,))
        self.gate.require("report", approval, lambda _by: self._open_period(period))

    def _open_period(self, period: str) -> None:
        self._show_period(period)
        self._read()

    def _show_period(self, period: str) -> None:
        self.presenter.period = cast(Period, period)
        self.chips.choose(period)

    def _on_gate_closed(self) -> None:
        self.chips.choose(self.presenter.period)
        self.restore_focus()

    def _read(self) -> None:
        self.shell.workers.run(self.presenter.work(), self._show, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, PosError):
            raise error
        self.strip.show_message(Message("E", describe(error)))

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self, loaded: Loaded) -> None:
        presenter, report = self.presenter, loaded.report
        if (report.first, report.last) != presenter.dates():
            return
        presenter.report = report
        for name, stat in presenter.stats(report).items():
            self.stats[name].show_figure(stat.figure, stat.remark or presenter.period_text())
        self.hours.show_bars([_bar(line) for line in presenter.hours(report)])
        self.tenders.show_bars([_bar(line) for line in presenter.tenders(report)])
        self.model.set_rows(presenter.sellers(report))
        self.share_text.setText(presenter.share_text(report))
        self._show_todos(loaded.todos)

    def _show_todos(self, todos: Sequence[Todo]) -> None:
        for old in self._todo_rows:
            self._todo_column.removeWidget(old)
            old.deleteLater()
        self._todo_rows = []
        for todo in todos:
            row = QWidget()
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            tone = "warning" if todo.screen else "success"
            icon = "alert-outline" if todo.screen else "check-circle-outline"
            line.addWidget(IconText(self.theme, icon, 18, tone))
            line.addWidget(Text(self.theme, todo.text), 1)
            if todo.screen:
                button = KeyButton(self.theme, _("View"), kind="link")
                button.setProperty("screen", todo.screen)
                button.clicked.connect(self._on_view)
                line.addWidget(button)
            self._todo_column.addWidget(row)
            self._todo_rows.append(row)

    def _on_view(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton):
            self.shell.go(str(button.property("screen")))


def _bar(line: BarLine) -> Bar:
    return Bar(line.label, line.value, line.figure, line.remark)
