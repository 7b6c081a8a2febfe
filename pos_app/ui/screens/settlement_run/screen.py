"""Paying all producers who are due at once: ticks, sums, one confirmation, the run itself, its papers. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.services.context import Recorded
from pos_app.services.settlement_run import Plan
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure
from pos_app.ui.paper_words import queued
from pos_app.ui.reading import Reading
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.settlement_run.done_page import DonePage
from pos_app.ui.screens.settlement_run.presenter import Run, RunPresenter
from pos_app.ui.screens.settlement_run.table_model import RunModel
from pos_app.ui.screens.settlement_run.transfer_page import TransferPage
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import buddy_label
from pos_app.ui.widgets.forms import ChipRow, DateField
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable
from pos_app.ui.worker import Stopped, Task

_DONE = 2
"""The page after a run."""


class SettlementRunScreen(Screen):
    """See the module."""

    name = "settlement_run"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = RunPresenter(shell.counter)
        self._paying: Task | None = None
        self.model = RunModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing due."), empty_icon="check-circle-outline")
        self.table.ticked = True
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (3,))
        self.chips = ChipRow(theme, [("due", _("Due")), ("owed", _("All owed")), ("out", _("Cannot be paid"))])
        self.chips.chosen.connect(self._on_filter)
        self.through = DateField(theme, lambda: self.presenter.today)
        self.through.editingFinished.connect(self._on_through)
        self.buttons = {
            "F6": KeyButton(theme, _("All or none of them"), key="F6"),
            "F7": KeyButton(theme, _("Cash or transfer"), key="F7", icon="cash"),
            "F8": KeyButton(theme, _("Transfer list"), key="F8", icon="file-document-outline"),
        }
        for key, button in self.buttons.items():
            button.clicked.connect(self._runs()[key])
        self.transfer = TransferPage(shell)
        self.transfer.left.connect(self._leave_list)
        self.whole = QStackedWidget()
        self.whole.addWidget(self._run_page())
        self.whole.addWidget(self.transfer)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        outer.addWidget(self.strip)
        outer.addWidget(self.whole, 1)

    def _run_page(self) -> QWidget:
        theme = self.theme
        self.done_page = DonePage(self.shell, self.presenter)
        self.done_page.left.connect(self._next_run)
        self.done_page.wants_list.connect(self._open_list)
        self.done_page.wants_paper.connect(self._print_all)
        self.pages = QStackedWidget()
        for page in (self._side(), self._progress_page(), self.done_page):
            self.pages.addWidget(page)
        self.gate = Gate(theme, self.shell.counter, self.pages)
        self.gate.closed.connect(self.restore_focus)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.chips, 1)
        head.addWidget(buddy_label(theme, _("Cut-&off"), self.through))
        head.addWidget(self.through)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        left.addWidget(ActionBar(theme, list(self.buttons.values())))
        page = QWidget()
        columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(12)
        columns.addLayout(left, 1)
        columns.addWidget(self.gate)
        return page

    def _side(self) -> QWidget:
        panel = SidePanel(self.theme, width=420, compact=360)
        frame, column = padded_card()
        self.sums = Sums(self.theme)
        column.addWidget(self.sums)
        bar = Progress(self.theme)
        self.reading = Reading(self.shell.workers, bar, _("Working out what is owed …"))
        column.addWidget(bar)
        panel.body.addWidget(frame)
        hint = Text(self.theme, _("All who are ticked are paid at once, or nobody is."), step="caption", tone="muted")
        hint.setWordWrap(True)
        panel.body.addWidget(hint)
        panel.body.addStretch(1)
        self.main_button = KeyButton(self.theme, _("Pay producers"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    def _progress_page(self) -> QWidget:
        panel = SidePanel(self.theme, width=420, compact=360)
        frame, column = padded_card()
        self.progress = Progress(self.theme)
        column.addWidget(self.progress)
        panel.body.addWidget(frame)
        panel.body.addStretch(1)
        self.stop_button = KeyButton(self.theme, _("Stop: nothing is recorded"), key="Esc", icon="close")
        self.stop_button.clicked.connect(self._stop)
        panel.foot.addWidget(self.stop_button)
        return panel

    # The window ------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Pay all that are due")

    def commands(self) -> Sequence[Command]:
        runs = self._runs()
        return (
            Command("F4", _("Cut-off"), self.through.setFocus),
            Command("F6", _("All or none of them"), runs["F6"]),
            Command("F7", _("Cash or transfer"), runs["F7"]),
            Command("F8", _("Transfer list"), runs["F8"]),
            Command("F9", _("Print all slips"), self._print_all),
        )

    def _runs(self) -> dict[str, Callable[[], None]]:
        return {"F6": self._toggle_all, "F7": self._other_tender, "F8": self._open_list}

    def activated(self) -> None:
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.through.set_value(self.presenter.through)
        if self._lists:
            self.transfer.load()
        if self._shows(0):
            self._read()
        self.restore_focus()

    def deactivated(self) -> None:
        told = self.strip.message
        if told is not None and told.kind == "S":  # of this visit alone
            self.shell.hush()
        self.reading.stop()
        self.transfer.reading.stop()

    def default_focus(self) -> QWidget:
        if self._lists:
            return self.transfer.table
        return self.stop_button if self._shows(1) else self.done_page.main_button if self._shows(2) else self.table

    def escape(self) -> bool:
        if self._lists:
            if not self.transfer.escape():
                self._leave_list()
        elif self.gate.asking:
            self.gate.close_question()
        elif self._shows(1):
            self._stop()
        elif self._shows(2):
            self._next_run()
        elif self.through.hasFocus():
            self.table.setFocus()
        else:
            self.shell.go("producers")
        return True

    def main_action(self) -> None:
        if self._lists:
            self.transfer.main_action()
        elif self.gate.asking:
            self.gate.accept()
        elif self._shows(2):
            self._next_run()
        elif self._shows(0):
            self._ask()

    def _ask(self) -> None:
        obstacle = self.presenter.obstacle()
        if obstacle is not None:
            if self.presenter.lacks_accounts:
                obstacle = obstacle.with_action(_("Pay them in cash"), self._cash_without_account)
            self.shell.say(obstacle)
            return
        run = self.presenter.run()
        amount = rupiah(run.amount)
        approval = Approval(_("Pay producers"), self.presenter.question(run.plan), before=_("Pays"), after=amount)
        self.shell.hush()
        label = _("Pay {amount}").format(amount=amount)
        self.gate.require("settle", approval, partial(self._start, run), label=label)

    # The run ---------------------------------------------------------------------------------------------------------

    def _start(self, run: Run, approved_by: str | None) -> None:
        try:
            earlier = self.presenter.before(run)
        except PosError as error:
            self.shell.say(Message("E", describe(error)))
            return
        if earlier is not None:
            self._on_done(run, earlier)
            return
        left_open = self.shell.counter.left_open
        self._show_page(1)
        self._on_progress(0, len(run.orders))
        work = self.presenter.run_work(run, approved_by)
        done, failed = partial(self._on_done, run), partial(self._on_failed, run, approved_by, left_open)
        self._paying = self.shell.workers.run_told(work, self._on_progress, done, failed)

    def _on_progress(self, done: int, total: int) -> None:
        self.progress.show_progress(_("Paying …"), done, total, counted=True)

    def _stop(self) -> None:
        if self._paying is not None:
            self._paying.stop()

    def _on_done(self, run: Run, recorded: Recorded) -> None:
        self._paying = None
        message = self.presenter.finished(run, recorded)
        self.done_page.open()
        self._show_page(2)
        self.shell.refresh_state()
        self.shell.say(message)
        self._read()
        self.restore_focus()

    def _on_failed(self, run: Run, approved_by: str | None, left_open: str, error: Exception) -> None:
        self._paying = None
        self._show_page(0)
        self.restore_focus()
        if isinstance(error, Stopped):
            self.shell.say(Message("I", _("Stopped. Nothing was recorded.")))
            return
        message = self.presenter.failed(run, error, left_open)
        if self.presenter.once.is_open:
            message = message.with_action(_("Try again"), partial(self._start, run, approved_by))
        else:
            self._read()
        self.shell.say(message)

    def _next_run(self) -> None:
        self.presenter.done = None
        self._show_page(0)
        if self.presenter.plan is None and not self.reading.busy:  # it was left meanwhile
            self._read()
        self._show()
        self.restore_focus()

    def _print_all(self) -> None:
        if not self._shows(2) or self._lists:
            return
        count = self.presenter.print_all()
        text = _("{count} slips are in the print queue.").format(count=thousands(count))
        self.shell.say(Message("S", queued(self.shell.counter, text, sheet=True)))
        self.shell.refresh_state()

    # The list for the bank -------------------------------------------------------------------------------------------

    @property
    def _lists(self) -> bool:
        return self.whole.currentWidget() is self.transfer

    def _open_list(self) -> None:
        if self.gate.asking or self._shows(1) or self._lists:
            return
        self.shell.hush()
        self.whole.setCurrentWidget(self.transfer)
        self.transfer.open(self.presenter.done)
        self.restore_focus()

    def _leave_list(self) -> None:
        self.whole.setCurrentIndex(0)
        self.restore_focus()

    # What happens ----------------------------------------------------------------------------------------------------

    def _on_row_activated(self, row: int) -> None:
        if 0 <= row < len(self.model.rows) and self._shows(0):
            self.gate.close_question()  # it was about other sums
            self.presenter.toggle(self.model.rows[row].code)
            self._show()

    def _toggle_all(self) -> None:
        if self._may_choose:
            self.presenter.toggle_all()
            self._show()

    def _other_tender(self) -> None:
        row = self.table.current_row()
        if self._may_choose and 0 <= row < len(self.model.rows):
            self.presenter.other_tender(self.model.rows[row].code)
            self._show()

    def _cash_without_account(self) -> None:
        self.presenter.cash_without_account()
        self.shell.hush()
        self._show()
        self.restore_focus()

    @property
    def _may_choose(self) -> bool:
        return self._shows(0) and not self.gate.asking and not self._lists

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = which  # type: ignore[assignment]
        self._show()
        self.table.select_row(0)

    def _on_through(self) -> None:
        day = self.through.value()
        if day is None or day > self.presenter.today:
            self.through.set_value(self.presenter.through)
            self.shell.say(Message("W", _("The cut-off is a date up to today.")))
        elif day != self.presenter.through:
            self.presenter.through = day
            self._read()

    # What is shown ---------------------------------------------------------------------------------------------------

    def _shows(self, page: int) -> bool:
        return self.pages.currentIndex() == page

    def _show_page(self, page: int) -> None:
        self.pages.setCurrentIndex(page)
        for widget in (self.table, self.through, self.chips):
            widget.setEnabled(page == 0)
        for key in ("F6", "F7"):
            self.buttons[key].setEnabled(page == 0)
        self.buttons["F8"].setVisible(page != _DONE)  # that page has it

    def _read(self) -> None:
        self.gate.close_question()  # it was about the plan of before
        chosen = max(self.table.current_row(), 0)
        work = self.presenter.plan_work()
        self._show()
        self.reading.begin(self.presenter.through, work, partial(self._on_plan, chosen), self._on_unread)

    def _on_plan(self, chosen: int, plan: Plan) -> None:
        self.presenter.take(plan)
        self._show()
        self.table.select_row(min(chosen, len(self.model.rows) - 1))

    def _on_unread(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))

    def _show(self) -> None:
        self.model.set_rows(self.presenter.rows())
        self.chips.show_counts(self.presenter.counts())
        sums, plan = self.presenter.sums(), self.presenter.plan
        drawer = plan.drawer if plan and self.shell.counter.is_manager else None  # a cashier counts it blind
        short = plan is not None and sums.cash > (plan.drawer or 0)
        rows = [
            SumRow(_("{count} producers").format(count=thousands(sums.count)), rupiah(sums.total), bold=True),
            SumRow(_("Cash from the drawer"), rupiah(sums.cash), tone="danger" if short else "text"),
        ]
        if drawer is not None:
            rows.append(SumRow(_("Cash in drawer"), rupiah(drawer)))
        rows.append(SumRow(_("Transfer"), rupiah(sums.transfer)))
        if sums.left_out:
            rows.append(SumRow(_("Due, but left out"), thousands(sums.left_out), tone="warning"))
        self.sums.show_rows(rows)
        self.main_button.setEnabled(sums.count > 0)
