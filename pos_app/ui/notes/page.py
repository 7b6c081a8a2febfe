"""The newest notes of a kind: printed again, or reversed with a reason. Widgets only."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.printing.papers.receipt import REASONS as REASON_WORDS
from pos_app.ui.notes.presenter import REASONS, Kind, NotesPresenter
from pos_app.ui.notes.table_model import NotesModel
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable
from sync.documents.base import TakeBackReason


class NotesPage(QWidget):
    """See the module; ``back``, told by ``back_words``, leads to where one came from."""

    def __init__(self, shell: Shell, kind: Kind, back: Callable[[], None], back_words: str) -> None:
        super().__init__()
        self.shell = shell
        self.presenter = NotesPresenter(shell.counter, kind)
        theme = shell.theme
        self.model = NotesModel()
        empty = self.presenter.none_yet()
        self.table = TwoLineTable(theme, self.model, empty=empty, empty_icon="information-outline")
        self.table.row_changed.connect(self._on_row_changed)
        TightColumns(theme, self.table, (2,))
        panel = SidePanel(theme, width=390, compact=360)
        frame, column = padded_card()
        self.number_text = Text(theme, step="row", weight=700)
        self.facts = Sums(theme)
        self.reasons = ChipRow(theme, [(code, _(REASON_WORDS[code])) for code in REASONS])
        self.reasons.choose(REASONS[0])
        self.reasons.chosen.connect(self.closing_question)
        self.remark_field = TextField(theme, placeholder=_("What went wrong"))
        self.remark_field.textEdited.connect(self.closing_question)
        self.reverse_button = KeyButton(theme, _("Reverse note"), key="F6", kind="danger")
        self.reverse_button.clicked.connect(self.reverse)
        self.back_button = KeyButton(theme, back_words, key="Esc", icon="arrow-left")
        self.back_button.clicked.connect(back)
        remark_row = field_row(theme, _("N&ote"), self.remark_field)
        for widget in (self.number_text, self.facts, self.reasons, remark_row):
            column.addWidget(widget)
        column.addWidget(self.reverse_button)
        panel.body.addWidget(frame)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print again"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.back_button)
        panel.foot.addWidget(self.main_button)
        self.gate = Gate(theme, shell.counter, panel)
        self.gate.closed.connect(self.table.setFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = QVBoxLayout()
        left.addWidget(self.table, 1)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def begin(self) -> None:
        """Reads the notes and gives the list the focus."""
        self.reverse_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.presenter.read()
        self._show()
        self.table.setFocus()

    def main_action(self) -> None:
        """F12: the paper again, or the answer to the question."""
        if self.gate.asking:
            self.gate.accept()
            return
        self.shell.say(self.presenter.reprint())

    @property
    def reason(self) -> TakeBackReason:
        """The chosen reason."""
        return next(code for code in REASONS if code == self.reasons.code())

    def closing_question(self) -> None:
        """Another reason is another question."""
        self.gate.close_question()

    def reverse(self) -> None:
        """F6: undone, after a manager's approval."""
        code, remark = self.reason, self.remark_field.text().strip()
        obstacle = self.presenter.obstacle(code, remark)
        note = self.presenter.chosen()
        if obstacle is not None or note is None:
            if obstacle is not None:
                self.shell.say(obstacle)
            if code == "other" and not remark:
                self.remark_field.setFocus()
            return
        self.shell.hush()
        lines = [note.number, note.goods, " · ".join(words for words in (_(REASON_WORDS[code]), remark) if words)]
        approval = Approval(_("Reverse note"), lines, after=rupiah(note.owed) if note.owed else "")
        self.gate.require("reverse", approval, partial(self._reverse, code, remark), label=_("Reverse note"))

    def _reverse(self, code: TakeBackReason, remark: str, approved_by: str | None) -> None:
        message = self.presenter.reverse(code, remark, approved_by)
        if self.presenter.once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._reverse, code, remark, approved_by)))
            return
        if message.kind == "S":
            self.remark_field.clear()
            self.reasons.choose(REASONS[0])
        self._show()
        self.shell.refresh_state()
        self.shell.say(message)
        self.table.setFocus()

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.model.rows) and self.presenter.number != self.model.rows[row].number:
            self.gate.close_question()  # it was about another note
            self.presenter.number = self.model.rows[row].number
            self._show_note()

    def _show(self) -> None:
        notes = self.presenter.notes
        self.model.set_rows(notes)
        place = next((row for row, note in enumerate(notes) if note.number == self.presenter.number), 0)
        self.presenter.number = notes[place].number if notes else ""
        if notes:
            self.table.select_row(place)
        self._show_note()

    def _show_note(self) -> None:
        note = self.presenter.chosen()
        for widget in (self.main_button, self.reverse_button, self.reasons, self.remark_field):
            widget.setEnabled(note is not None and (widget is self.main_button or not note.is_reversed))
        self.number_text.setText(note.number if note is not None else self.presenter.none_yet())
        rows = []
        if note is not None:
            rows = [SumRow(note.goods), SumRow(_("Owed to producers"), rupiah(note.owed))]
            rows.append(SumRow(_("Cost of bought goods"), rupiah(note.cost)))
        self.facts.show_rows(rows)
