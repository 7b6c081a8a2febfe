"""The list for the bank: which transfers, what is left out, and saving it after a manager's approval."""

from __future__ import annotations

from functools import partial
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.services.transfer_list import Line, Separator
from pos_app.ui.messages import Message, failure
from pos_app.ui.reading import Reading
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.screens.settlement_run.presenter import Done
from pos_app.ui.screens.settlement_run.table_model import TransferModel
from pos_app.ui.screens.settlement_run.transfer_presenter import TransferPresenter
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import ChipRow, DateField, Tick
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.table import TwoLineTable


class TransferPage(QWidget):
    """See the module; ``left`` when it is left."""

    left = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        theme = shell.theme
        self.shell = shell
        self.presenter = TransferPresenter(shell.counter)
        self.reading = Reading(shell.workers)
        self.model = TransferModel()
        self.table = TwoLineTable(theme, self.model, empty=_("No transfers here."))
        self.period = Text(theme, step="title", weight=700)
        self.first = DateField(theme, lambda: self.presenter.today)
        self.last = DateField(theme, lambda: self.presenter.today)
        for field in (self.first, self.last):
            field.editingFinished.connect(self._on_days)
        self.days = QWidget()
        head = QHBoxLayout(self.days)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(field_row(theme, _("&From"), self.first))
        head.addWidget(field_row(theme, _("&to"), self.last))
        head.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.period)
        left.addWidget(self.days)
        left.addWidget(self.table, 1)
        self.gate = Gate(theme, shell.counter, self._side())
        self.gate.closed.connect(self.restore_focus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def _side(self) -> QWidget:
        theme = self.shell.theme
        panel = SidePanel(theme, width=420, compact=360)
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Transfer list for the bank"), step="row", weight=700))
        self.facts = Facts(theme)
        self.again = Tick(theme, _("List slips again"))
        self.again.toggled.connect(self._on_again)
        self.marks = ChipRow(theme, [(";", _("CSV  ;")), (",", _("CSV  ,")), ("xlsx", _("Excel"))])
        self.marks.setAccessibleName(_("Kind of file"))
        self.marks.chosen.connect(self._on_mark)
        self.box = SaveBox(theme, self.shell.workers, _("Save the file"), self.presenter.write_work)
        self.box.ask = self.main_action
        self.box.saved.connect(self._on_saved)
        self.box.failed.connect(self.load)
        for widget in (self.facts, self.again, self.marks, self.box):
            column.addWidget(widget)
        panel.body.addWidget(frame)
        panel.body.addStretch(1)
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.left)
        self.main_button = KeyButton(theme, _("Save the list"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(back)
        panel.foot.addWidget(self.main_button)
        return panel

    def open(self, run: Done | None) -> None:
        """Shows the transfers of a run, or those of the last days."""
        self.presenter.open(run)
        self.again.setChecked(False)
        self.marks.choose(self.presenter.separator())
        self.box.clear()
        self.days.setVisible(run is None)
        self.first.set_value(self.presenter.first)
        self.last.set_value(self.presenter.last)
        self.load()

    def restore_focus(self) -> None:
        """Where work goes on."""
        (self.box.folder.field if self.presenter.chosen() else self.table).setFocus()

    def escape(self) -> bool:
        """One step back; False when the page itself is left."""
        if self.gate.asking:
            self.gate.close_question()
            return True
        return False

    def main_action(self) -> None:
        """Asks for a manager, then saves."""
        if self.gate.asking:
            self.gate.accept()
            return
        obstacle = self.presenter.obstacle(reading=self.reading.busy)
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        title = _("Transfer list for the bank")
        approval = Approval(title, self.presenter.question(), after=self.presenter.amount)
        self.shell.hush()
        save = partial(self._save, self.presenter.chosen())
        self.gate.require("transfer_list", approval, save, label=_("Save the list"))

    def _save(self, lines: list[Line], approved_by: str | None) -> None:
        self.presenter.confirm(lines, approved_by)
        self.box.start()

    def _on_saved(self, _path: object) -> None:
        self.shell.say(Message("S", _("The list is saved. Give it to the bank, then delete the file.")))
        self.load()

    def _on_again(self, checked: bool) -> None:
        self.presenter.again = checked
        self._show()

    def _on_mark(self, mark: str) -> None:
        self.presenter.set_separator(cast(Separator, mark))

    def _on_days(self) -> None:
        first, last = self.first.value(), self.last.value()
        if first is None or last is None or (first, last) == (self.presenter.first, self.presenter.last):
            return
        self.presenter.first, self.presenter.last = first, last
        self.load()

    def load(self) -> None:
        """Reads anew what could be listed, also where the page was left and is shown again."""
        self.gate.close_question()  # it was about the lines of before
        work = self.presenter.load_work()
        days = (self.presenter.first, self.presenter.last)
        self.reading.begin(days, work, self._on_loaded, self._on_failed)
        self._show()

    def _on_loaded(self, lines: list[Line]) -> None:
        self.presenter.lines = lines
        self._show()
        self.restore_focus()

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))

    def _show(self) -> None:
        self.model.set_rows(self.presenter.lines)
        self.period.setText(self.presenter.period())
        self.facts.show_facts([] if self.reading.busy else self.presenter.facts())
        self.again.setVisible(self.presenter.listed_before())
