"""QRIS money and the bank: what is unmatched, what of it the bank shows, the fee, and recording it. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.services.bank_statement import Statement
from pos_app.services.matching import Unmatched
from pos_app.ui.dialog_folders import remembered, start_in
from pos_app.ui.messages import Message, failure
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.qris_match.columns_page import ColumnsPage
from pos_app.ui.screens.qris_match.presenter import QrisMatchPresenter
from pos_app.ui.screens.qris_match.table_model import MatchModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card, rule
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, buddy_label
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable


class QrisMatchScreen(Screen):
    """See the module."""

    name = "qris_match"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = QrisMatchPresenter(shell.counter)
        self.choose_file: Callable[[], str] = self._ask_file
        self.model = MatchModel()
        empty = _("Everything is matched.")
        self.table = TwoLineTable(theme, self.model, empty=empty, empty_icon="check-circle-outline")
        self.table.ticked = True
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (2, 3))
        self.buttons = {
            "F6": KeyButton(theme, _("All or none of them"), key="F6"),
            "F7": KeyButton(theme, _("Bank statement"), key="F7", icon="tray-arrow-down"),
            "F8": KeyButton(theme, _("Undo the last"), key="F8", icon="undo-variant"),
        }
        for key, button in self.buttons.items():
            button.clicked.connect(self._runs()[key])
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.table, 1)
        left.addWidget(ActionBar(theme, list(self.buttons.values())))
        self.columns_page = ColumnsPage(theme)
        self.columns_page.accepted.connect(self._on_columns)
        self.columns_page.cancelled.connect(self._leave_columns)
        self.columns_page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._side())
        self.pages.addWidget(self.columns_page)
        self.gate = Gate(theme, shell.counter, self.pages)
        self.gate.closed.connect(self.restore_focus)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addLayout(left, 1)
        columns.addWidget(self.gate)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        outer.addWidget(self.strip)
        outer.addLayout(columns, 1)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=400, compact=350)
        frame, column = padded_card()
        self.sums = Sums(theme)
        column.addWidget(self.sums)
        column.addWidget(rule())
        self.field = AmountField(theme, large=True)
        self.field.value_changed.connect(self._on_received)
        self.field.returnPressed.connect(self.main_action)
        column.addWidget(buddy_label(theme, _("Received at the &bank"), self.field))
        column.addWidget(self.field)
        self.fee = Sums(theme)
        column.addWidget(self.fee)
        hint = Text(theme, _("The fee is the corner's expense, never the buyer's."), step="caption", tone="muted")
        hint.setWordWrap(True)
        column.addWidget(hint)
        panel.body.addWidget(frame)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Record"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ---------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("QRIS matching")

    def commands(self) -> Sequence[Command]:
        runs = self._runs()
        return (
            Command("F4", _("Received at the bank"), self.field.setFocus),
            Command("F6", _("All or none of them"), runs["F6"]),
            Command("F7", _("Bank statement"), runs["F7"]),
            Command("F8", _("Undo the last"), runs["F8"]),
        )

    def _runs(self) -> dict[str, Callable[[], None]]:
        return {"F6": self._toggle_all, "F7": self._open_statement, "F8": self._ask_take_back}

    def activated(self) -> None:
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self._reload()
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.columns_page.day if self._asks_columns else self.table

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self._asks_columns:
            self._leave_columns()
            return True
        if self.field.hasFocus():
            self.table.setFocus()
            return True
        self.shell.go("reports")
        return True

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        if self._asks_columns:
            self._on_columns()
            return
        obstacle = self.presenter.obstacle()
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        amount = rupiah(self.presenter.at_bank)
        approval = Approval(_("QRIS matching"), self.presenter.question(), before=_("Received"), after=amount)
        self.shell.hush()
        self.gate.require("match_qris", approval, self._record, label=_("Record {amount}").format(amount=amount))

    def _reload(self) -> None:
        """Reads the list beside the counter's work: it may hold the sales of months."""
        self.shell.workers.run(self.presenter.read_items, self._on_items, self._on_unread)

    def _on_items(self, items: list[Unmatched]) -> None:
        self.presenter.take(items)
        self._show()
        if self.table.current_row() < 0:
            self.table.select_row(0)

    # What happens -------------------------------------------------------------------------------------------------

    def _record(self, approved_by: str | None) -> None:
        self._after(self.presenter.record(approved_by), partial(self._record, approved_by))

    def _ask_take_back(self) -> None:
        number = self.presenter.newest()
        if self.gate.asking or self._asks_columns:
            return
        if not number:
            self.shell.say(Message("I", _("Nothing was matched yet.")))
            return
        lines = [number, _("Its entries are unmatched again.")]
        approval = Approval(_("Undo the last"), lines)
        self.gate.require("reverse", approval, partial(self._take_back, number), label=_("Undo"))

    def _take_back(self, number: str, approved_by: str | None) -> None:
        self._after(self.presenter.take_back(number, approved_by), partial(self._take_back, number, approved_by))

    def _after(self, message: Message, again: Callable[[], None]) -> None:
        if self.presenter.once.is_open:  # the disk hides what would be shown, too
            self.shell.say(message.with_action(_("Try again"), again))
            return
        self._show()
        self._reload()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()

    def _on_row_activated(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            self.gate.close_question()  # it was about another sum
            self.presenter.toggle(self.model.rows[row].seq)
            self._show()

    def _toggle_all(self) -> None:
        if not self.gate.asking:
            self.presenter.toggle_all()
            self._show()

    def _on_received(self) -> None:
        self.presenter.received = self.field.value()
        self._show_sums()

    def _open_statement(self) -> None:
        chosen = "" if self.gate.asking else self.choose_file()
        if chosen:
            path = Path(chosen)
            self.shell.workers.run(
                lambda: self.presenter.read(path), partial(self._on_read, path.name), self._on_unread
            )

    def _on_read(self, name: str, statement: Statement) -> None:
        self.presenter.statement, self.presenter.file_name = statement, name[:100]
        self.pages.setCurrentWidget(self.columns_page)
        self.columns_page.ask(statement)

    def _on_unread(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))

    def _on_columns(self) -> None:
        message = self.presenter.propose(self.columns_page.columns())
        self._leave_columns()
        self._show()
        self.shell.say(message)

    @property
    def _asks_columns(self) -> bool:
        return self.pages.currentWidget() is self.columns_page

    def _leave_columns(self) -> None:
        self.pages.setCurrentIndex(0)
        self.restore_focus()

    def _ask_file(self) -> str:
        return remembered(QFileDialog.getOpenFileName(self, _("Bank statement"), start_in(), "*.csv *.xlsx")[0])

    # What is shown ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        self.model.set_rows(self.presenter.rows())
        self.field.blockSignals(True)
        self.field.set_value(self.presenter.received)
        self.field.blockSignals(False)
        self.buttons["F8"].setEnabled(bool(self.presenter.newest()))
        self._show_sums()

    def _show_sums(self) -> None:
        presenter = self.presenter
        count = _("{count} chosen of {all}").format(count=len(presenter.chosen), all=len(presenter.items))
        self.sums.show_rows(
            [
                SumRow(_("Not matched yet"), rupiah(presenter.total)),
                SumRow(count, rupiah(presenter.gross), bold=True, step="row"),
            ]
        )
        self.field.setPlaceholderText(thousands(presenter.gross))
        wrong = presenter.fee < 0
        self.fee.show_rows(
            [SumRow(_("Fee (MDR)"), presenter.fee_text(), tone="danger" if wrong else "text", bold=True)]
        )
        self.field.set_wrong(wrong)
