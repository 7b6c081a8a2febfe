"""The day board for producers: what sells, what is left, what to ask for tomorrow, and the request. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.errors import PosError
from pos_app.i18n import _
from pos_app.services.producer_board import Board
from pos_app.ui.messages import Message
from pos_app.ui.reading import Reading
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.producer_board.presenter import ALL, BoardPresenter
from pos_app.ui.screens.producer_board.table_model import DELIVER, BoardModel
from pos_app.ui.send_box import SendBox
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import ScanField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.progress import Progress
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable

TELL_FROM: Final = 20_000
"""Entries that are read faster than anybody would look at a bar."""


class ProducerBoardScreen(Screen):
    """See the module."""

    name = "producer_board"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = BoardPresenter(shell.counter)
        self.model = BoardModel(self.presenter)
        self.model.changed.connect(self._on_asked)
        self.model.refused.connect(self._on_refused)
        self.table = TwoLineTable(theme, self.model, empty=_("Loading …"), empty_icon="warehouse")
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (1, 2))
        self.search = ScanField(theme, _("Scan goods, or type a name or producer"))
        self.search.textEdited.connect(self._on_search)
        self.search.command.connect(self._on_command)
        self.chips = ChipRow(theme, self.presenter.filters())
        self.chips.chosen.connect(self._on_filter)
        self.progress = Progress(theme)
        self.reading = Reading(shell.workers, self.progress, tell_from=TELL_FROM)
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.search, self.strip, self.chips, self.progress):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        self.gate = Gate(theme, shell.counter, self._side())
        self.gate.closed.connect(self.restore_focus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)
        self._show_goods()

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=390, compact=360)
        frame, column = padded_card()
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.facts = Sums(theme)
        self.formula_text = Text(theme, tone="muted")
        self.formula_text.setWordWrap(True)
        for widget in (self.name_text, self.facts, self.formula_text):
            column.addWidget(widget)
        panel.body.addWidget(frame)
        frame, column = padded_card()
        self.producer_text = Text(theme, step="row", weight=700)
        self.producer_text.setWordWrap(True)
        self.producer_facts = Sums(theme)
        self.statement_button = KeyButton(theme, _("Producer's statement"), key="F7")
        self.statement_button.clicked.connect(self._open_statement)
        self.send = SendBox(self.shell, self.presenter.build)
        below: tuple[QWidget, ...] = (self.producer_text, self.producer_facts, self.statement_button, self.send)
        for part in below:
            column.addWidget(part)
        panel.body.addWidget(frame)
        frame, column = padded_card()
        self.target_field = TextField(theme)
        self.target_field.setMaxLength(2)
        self.target_field.returnPressed.connect(self._set_target)
        column.addWidget(field_row(theme, _("Goods should last (&days)"), self.target_field))
        self.target_button = KeyButton(theme, _("Keep"))
        self.target_button.clicked.connect(self._set_target)
        column.addWidget(self.target_button)
        panel.body.addWidget(frame)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print request"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Producers' day board")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Scan field"), self.search.setFocus),
            Command("F4", _("Change what to deliver"), self._edit),
            Command("F5", _("Read anew"), self._read),
            Command("F6", _("Copy picture"), self._copy),
            Command("F7", _("Statement of the producer"), self._open_statement),
            Command("Ctrl+F", _("Search"), self.search.setFocus),
            Command("Ctrl+P", _("Print request"), self._print),
        )

    def show_only(self, which: str) -> None:
        """A filter, else the code of a producer."""
        self.gate.close_question()
        known = which in dict(self.presenter.filters())
        self.presenter.filter = which if known else ALL
        self.presenter.producer = "" if known else which
        self.presenter.text = ""
        self.search.clear()

    def activated(self) -> None:
        self.target_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self._read()
        self.restore_focus()

    def deactivated(self) -> None:
        self.gate.close_question()
        self.reading.stop()

    def default_focus(self) -> QWidget:
        return self.search

    def take_scan(self, code: str) -> None:
        if self.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        message = self.presenter.scan(code)
        self.search.clear()
        self._show()
        line = self.presenter.line()
        self.shell.say(message or Message("S", line.name if line else code))

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
        else:
            self._print()

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif self.search.text() or self.presenter.producer:
            self.search.clear()
            self.presenter.text = self.presenter.producer = ""
            self._show()
        elif not self.search.hasFocus():
            self.restore_focus()
        else:
            self.shell.go("producers")
        return True

    # What happens --------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.reading.begin(self.presenter.today, self.presenter.work(), self._on_loaded, self._on_failed)

    def _on_loaded(self, board: Board) -> None:
        self.presenter.show_board(board)
        if not self.target_field.hasFocus() and not self.gate.asking:  # nobody types, or was asked about, other days
            self.target_field.setText(str(board.target))
        self._show()

    def _on_failed(self, error: Exception) -> None:
        message = self.presenter.failed(error)
        self.shell.say(message.with_action(_("Try again"), self._read) if isinstance(error, PosError) else message)

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = which
        self._show()

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show()

    def _on_command(self, name: str) -> None:
        if name in ("Up", "Down"):
            step = 1 if name == "Down" else -1
            self.table.select_row(max(0, min(len(self.model.rows) - 1, self.table.current_row() + step)))
        elif name == "Enter":
            text = self.search.text().strip()
            if text.isdigit():
                self.take_scan(text)
            else:
                self._edit()

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            self.presenter.sku = self.model.rows[row].sku
            self._show_goods()

    def _on_row_activated(self, _row: int) -> None:
        self._edit()

    def _edit(self) -> None:
        row = self.table.current_row()
        if row >= 0:
            self.table.setFocus()
            self.table.edit(self.model.index(row, DELIVER))

    def _on_asked(self) -> None:
        self.chips.show_counts(self.presenter.counts())
        self._show_goods()

    def _on_refused(self, text: str) -> None:
        self.shell.say(Message("E", _("{text} is no whole number of pieces.").format(text=text)))

    def _set_target(self) -> None:
        days = self.target_field.text().strip()
        approval = Approval(_("Goods should last"), (_("{days} days").format(days=days),))
        self.gate.require("settings", approval, partial(self._keep_target, days))

    def _keep_target(self, days: str, approved_by: str | None) -> None:
        wrong = self.presenter.set_target(days, approved_by)
        if wrong is not None:
            self.shell.say(wrong)
            self.target_field.setFocus()
            return
        self.restore_focus()
        self._read()

    def _open_statement(self) -> None:
        line = self.presenter.line()
        if line is not None and not self.gate.asking:
            self.shell.go("producer_statement", line.producer)

    def _copy(self) -> None:
        if self._asks_for_something():
            self.send.copy_picture()

    def _print(self) -> None:
        if self._asks_for_something():
            self.send.print_it()

    def _asks_for_something(self) -> bool:
        if self.gate.asking:
            return False
        if self.presenter.build() is None:
            self.shell.say(Message("W", _("Nothing to ask of this producer. F4 changes what to deliver.")))
            return False
        return True

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        presenter = self.presenter
        self.chips.choose(presenter.filter)
        self.chips.show_counts(presenter.counts())
        sku = presenter.sku
        self.model.set_rows(presenter.rows())
        everything = presenter.filter == ALL and not presenter.text and not presenter.producer
        empty = _("No goods here. Record goods in.") if everything else _("Nothing found. Change filter or search.")
        self.table.set_empty(empty if presenter.board else _("Loading …"))
        place = next((row for row, line in enumerate(self.model.rows) if line.sku == sku), 0)
        self.table.select_row(place)
        if not self.model.rows:
            presenter.sku = ""
        self._show_goods()

    def _show_goods(self) -> None:
        presenter, line = self.presenter, self.presenter.line()
        self.name_text.setText(line.name if line else "")
        self.producer_text.setText(line.producer_name if line else "")
        self.facts.show_rows([SumRow(words, figure) for words, figure in presenter.facts()])
        self.formula_text.setText("\n".join(presenter.formula()))
        self.producer_facts.show_rows([SumRow(words, figure) for words, figure in presenter.producer_facts()])
        self.statement_button.setEnabled(line is not None)
        ready = presenter.build() is not None
        self.send.set_ready(ready, line.producer_name if line else "")
        self.main_button.setEnabled(ready)
