"""Reports: the day and longer periods as figures and charts, what needs action, on paper and in files. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, cast

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.ui.export_page import ExportPage
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.reports.board import Board, TodoCard
from pos_app.ui.screens.reports.presenter import Loaded, Period, ReportsPresenter
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import ChipRow, DateField
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea, SidePanel
from pos_app.ui.worker import Stopped, Task

TODAY: Final = "today"
RANGE: Final = "range"
TELL_FROM: Final = 20_000
"""Entries that are read faster than anybody would look at a bar."""


class ReportsScreen(Screen):
    """See the module."""

    name = "reports"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = ReportsPresenter(shell.counter)
        self.board = Board(theme, self.presenter)
        self.stats = self.board.stats.cards
        self.hours, self.tenders = self.board.hours, self.board.tenders
        self.model = self.board.sellers_model
        self.chips = ChipRow(theme, self.presenter.periods())
        self.chips.chosen.connect(self._on_period)
        self._reading = 0
        self._task: Task | None = None
        self._build()

    def _build(self) -> None:
        theme = self.theme
        left = self._left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.strip)
        left.addWidget(self.chips)
        left.addWidget(self._range_row())
        left.addWidget(self._progress_row())
        inner = QWidget()
        body = self._body = QVBoxLayout(inner)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        body.addWidget(self.board.stats)
        for card in self.board.left:
            body.addWidget(card, 1)
        self.share_text = Text(theme, weight=700)
        self.share_text.setWordWrap(True)
        body.addWidget(self.share_text)
        left.addWidget(ScrollArea(inner), 1)
        self._bar = self._actions()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        self.side = QStackedWidget()
        self.export_page = ExportPage(theme, self.shell.workers, self._save_work, width=460, compact=420)
        self.export_page.left.connect(self.escape)
        self.side.addWidget(self._side())
        self.side.addWidget(self.export_page)
        self.gate = Gate(theme, self.shell.counter, self.side)
        self.gate.closed.connect(self._on_gate_closed)
        row.addWidget(self.gate)
        theme.changed.connect(self._arrange)
        self._arrange()

    def _range_row(self) -> QWidget:
        theme = self.theme
        self.range_row = QWidget()
        line = QHBoxLayout(self.range_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self.first_field = DateField(theme, lambda: self.presenter.today)
        self.last_field = DateField(theme, lambda: self.presenter.today)
        show = KeyButton(theme, _("Show"), key="Enter", icon="chart-bar")
        show.clicked.connect(self._on_range)
        for field in (self.first_field, self.last_field):
            field.returnPressed.connect(self._on_range)
        line.addWidget(field_row(theme, _("&From"), self.first_field), 1)
        line.addWidget(field_row(theme, _("&To"), self.last_field), 1)
        line.addWidget(show)
        self.range_row.hide()
        return self.range_row

    def _progress_row(self) -> QWidget:
        self.progress_row = QWidget()
        line = QHBoxLayout(self.progress_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        self.progress = Progress(self.theme)
        self.stop_button = KeyButton(self.theme, _("Stop"), key="Esc")
        self.stop_button.clicked.connect(self._stop)
        line.addWidget(self.progress, 1)
        line.addWidget(self.stop_button)
        self.progress_row.hide()
        return self.progress_row

    def _actions(self) -> QWidget:
        theme = self.theme
        self.table_button = KeyButton(theme, _("Table"), key="Ctrl+T")
        self.table_button.clicked.connect(self._turn)
        self.excel_button = KeyButton(theme, _("Export Excel"))
        self.excel_button.clicked.connect(partial(self._export, "xlsx"))
        self.pdf_button = KeyButton(theme, _("Export PDF"))
        self.pdf_button.clicked.connect(partial(self._export, "pdf"))
        self.log_button = KeyButton(theme, _("Log of events"), key="F7")
        self.log_button.clicked.connect(self._open_log)
        return ActionBar(theme, [self.table_button, self.excel_button, self.pdf_button, self.log_button])

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=460, compact=420)
        self.todo = TodoCard(theme, self._on_view)
        panel.body.addWidget(self.todo)
        for card in self.board.right:
            panel.body.addWidget(card)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print summary"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    def _arrange(self) -> None:
        """Enlarged text needs the room of the buttons for the figures: they scroll with them."""
        (self._body if self.theme.scale > TIGHT_ABOVE else self._left).addWidget(self._bar)

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Reports")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F5", _("Read anew"), self._read),
            Command("F7", _("Log of events"), self._open_log),
            Command("Ctrl+T", _("Tables instead of charts"), self._turn),
            Command("Ctrl+P", _("Print summary"), self._print),
        )

    def activated(self) -> None:
        self.gate.close_question()
        manager = self.presenter.is_manager
        if not manager:
            self._show_period(TODAY)
        for code, _words in self.presenter.periods():
            self.chips.set_icon(code, "" if manager or code == TODAY else "lock-outline")
        self.log_button.set_icon("" if manager else "lock-outline")
        self.side.setCurrentIndex(0)
        self._read()
        self.restore_focus()

    def deactivated(self) -> None:
        self._stop()

    def default_focus(self) -> QWidget:
        return self.chips.button(self.presenter.period)

    def main_action(self) -> None:
        if self.gate.asking:
            return
        if self.side.currentWidget() is self.export_page:
            self.export_page.box.start()
        else:
            self._print()

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif self.side.currentWidget() is self.export_page:
            self.side.setCurrentIndex(0)
            self.restore_focus()
        elif self._task is not None:
            self._stop()
            self.shell.say(Message("I", _("Stopped. The figures shown before stay.")))
        else:
            return False
        return True

    # Periods -------------------------------------------------------------------------------------------------------

    def _on_period(self, period: str) -> None:
        """A cashier sees today; other periods need a manager, each time."""
        if period == TODAY:
            self._open_period(TODAY)
            return
        words = dict(self.presenter.periods())[cast(Period, period)]
        approval = Approval(_("Report of a period"), (words,))
        self.gate.require("report", approval, lambda _by: self._open_period(period))

    def _open_period(self, period: str) -> None:
        self._show_period(period)
        if period == RANGE:
            self.first_field.set_value(self.presenter.range[0])
            self.last_field.set_value(self.presenter.range[1])
            self.first_field.setFocus()
            self.first_field.selectAll()
            return
        self._read()

    def _on_range(self) -> None:
        wrong = self.presenter.set_range(self.first_field.value(), self.last_field.value())
        if wrong is not None:
            self.shell.say(wrong)
            return
        self.shell.hush()
        self._read()

    def _show_period(self, period: str) -> None:
        self.presenter.period = cast(Period, period)
        self.chips.choose(period)
        self.range_row.setVisible(period == RANGE)

    def _on_gate_closed(self) -> None:
        self.chips.choose(self.presenter.period)
        self.restore_focus()

    def _on_view(self, screen: str, which: str) -> None:
        if screen == self.name:
            self._on_period(which)
        else:
            self.shell.go(screen, which)

    def _open_log(self) -> None:
        if not self.gate.asking:
            self.shell.go("activity")

    # Reading -------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self._stop()
        self._reading += 1
        number = self._reading
        self._task = self.shell.workers.run_told(
            self.presenter.work(), self._on_progress, partial(self._on_loaded, number), partial(self._on_failed, number)
        )

    def _stop(self) -> None:
        if self._task is not None:
            self._task.stop()
            self._task = None
            self._reading += 1  # what it still says is nobody's
            self.progress_row.hide()

    def _on_progress(self, done: int, total: int) -> None:
        if self._task is not None and total > TELL_FROM:
            self.progress.show_progress(_("Loading …"), done, total, counted=True)
            self.progress_row.show()

    def _on_loaded(self, number: int, loaded: Loaded) -> None:
        if number != self._reading:
            return
        self._task = None
        self.progress_row.hide()
        if (loaded.report.first, loaded.report.last) != self.presenter.dates():
            return
        self.presenter.report = loaded.report
        self.board.show_report(loaded.report)
        self.share_text.setText(self.presenter.share_text(loaded.report))
        self.todo.show_todos(loaded.todos)

    def _on_failed(self, number: int, error: Exception) -> None:
        if number != self._reading or isinstance(error, Stopped):
            return
        self._task = None
        self.progress_row.hide()
        self._say_failed(error)

    def _say_failed(self, error: Exception) -> None:
        message = self.presenter.failed(error)
        self.shell.say(message.with_action(_("Try again"), self._read) if isinstance(error, PosError) else message)

    # Elsewhere -----------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        self.board.turn()
        self.table_button.setText(_("Charts") if self.board.tables else _("Table"))

    def _print(self) -> None:
        if self.gate.asking or self.presenter.report is None:
            return
        work = self.presenter.print_work(self.presenter.report)
        self.shell.workers.run(work, self._on_printed, self._on_print_failed)

    def _on_printed(self, printed: bool) -> None:
        self.shell.say(self.presenter.printed(printed=printed))

    def _on_print_failed(self, error: Exception) -> None:
        self.shell.say(self.presenter.failed(error))

    def _export(self, kind: str) -> None:
        if self.gate.asking or self.presenter.report is None:
            return
        self.export_page.open(kind, self.presenter.period_text())
        self.side.setCurrentWidget(self.export_page)

    def _save_work(self, kind: str, folder: Path) -> Callable[[], Path]:
        report = self.presenter.report
        if report is None:
            raise AssertionError("saved before anything was read")
        return self.presenter.save_work(report, kind, folder)
