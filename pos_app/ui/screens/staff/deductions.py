"""Deduction lists: who owes what at the month's end, the list for the treasurer, and what was deducted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import cast

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.dates import business_date
from pos_app.domain.formats import rupiah
from pos_app.domain.terbilang import terbilang
from pos_app.i18n import _
from pos_app.printing.papers.deductions import REASONS
from pos_app.services.deductions import DeductionTender
from pos_app.ui.messages import Message, failure
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.screens.staff.deductions_presenter import GIVEN_REASONS, DeductionsPresenter, Loaded
from pos_app.ui.screens.staff.table_model import DeductionModel
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import TextField, field_row
from pos_app.ui.widgets.forms import ChipRow, Choice, DateField
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable
from sync.documents.deductions import LeftOutReason

STAGES = ("draft", "handed_over", "collected")


class DeductionsPage(QWidget):
    """See the module."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        theme = shell.theme
        self.shell = shell
        self.theme = theme
        self.presenter = DeductionsPresenter(shell.counter)
        self._asked = 0
        self.loading = False
        self.model = DeductionModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing to deduct."), empty_icon="account-cash-outline")
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (2, 3), compact_too=True)
        self.month_choice = Choice(theme, self.presenter.months())
        self.month_choice.chosen.connect(self._on_month)
        self.unit_choice = Choice(theme, self.presenter.units())
        self.unit_choice.chosen.connect(self._on_unit)
        self.cut_off_field = DateField(theme, self._today)
        self.cut_off_field.editingFinished.connect(self._on_cut_off)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(field_row(theme, _("&Month"), self.month_choice), 2)
        head.addWidget(field_row(theme, _("&Unit"), self.unit_choice), 3)
        head.addWidget(field_row(theme, _("Cut-&off"), self.cut_off_field), 1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        self.sums = Sums(theme)
        left.addWidget(self.sums)
        self.words = Text(theme, step="caption", tone="muted")
        self.words.setWordWrap(True)
        left.addWidget(self.words)
        self.gate = Gate(theme, shell.counter, self._side())
        self.gate.closed.connect(self.table.setFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=440, compact=400)
        card, column = padded_card()
        column.addWidget(Text(theme, _("Status"), step="row", weight=700))
        self.stages = Facts(theme)
        self.facts = Facts(theme)
        column.addWidget(self.stages)
        column.addWidget(self.facts)
        panel.body.addWidget(card)
        files, column = padded_card()
        self.sheet_box = SaveBox(theme, self.shell.workers, _("Export Excel"), self.presenter.sheet_work)
        self.sheet_box.ask = self._ask_sheet
        self.pdf_button = KeyButton(theme, _("Save as PDF"), icon="file-document-outline")
        self.pdf_button.clicked.connect(self._save_pdfs)
        column.addWidget(self.pdf_button)
        column.addWidget(self.sheet_box)
        panel.body.addWidget(files)
        panel.body.addWidget(self._collecting_card())
        panel.body.addWidget(self._undo_card())
        panel.body.addStretch(1)
        self.print_button = KeyButton(theme, _("Print for treasurer"), key="F9", icon="printer")
        self.print_button.clicked.connect(self.print_lists)
        panel.foot.addWidget(self.print_button)
        self.main_button = KeyButton(theme, _("Hand over"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    def _collecting_card(self) -> QWidget:
        theme = self.theme
        self.collecting, column = padded_card()
        self.tender_chips = ChipRow(theme, [("transfer", _("Transfer")), ("cash", _("Cash"))])
        self.tender_chips.chosen.connect(self._on_tender)
        self.reason_choice = Choice(theme, [(code, _(REASONS[code])) for code in GIVEN_REASONS])
        self.reason_choice.chosen.connect(self._on_reason)
        self.leave_out_button = KeyButton(theme, _("Not deducted"), key="F4", icon="account-outline")
        self.leave_out_button.clicked.connect(self.toggle_left_out)
        column.addWidget(Text(theme, _("How the money came"), step="row", weight=700))
        column.addWidget(self.tender_chips)
        column.addWidget(field_row(theme, _("&Reason why somebody is left out"), self.reason_choice))
        column.addWidget(self.leave_out_button)
        return self.collecting

    def _undo_card(self) -> QWidget:
        self.undoing, column = padded_card()
        self.why_field = TextField(self.theme)
        self.why_field.setMaxLength(120)
        self.undo_button = KeyButton(self.theme, _("Undo the last step"), icon="undo-variant")
        self.undo_button.clicked.connect(self._ask_undo)
        column.addWidget(field_row(self.theme, _("&Why it is undone"), self.why_field))
        column.addWidget(self.undo_button)
        return self.undoing

    # What the screen asks for ----------------------------------------------------------------------------------------

    def activated(self) -> None:
        """Shown: everything is read anew."""
        self.month_choice.set_options(self.presenter.months())
        self.month_choice.choose(self.presenter.month)
        self.cut_off_field.set_value(self.presenter.cut_off)
        self._load()

    def left(self) -> None:
        """Another list or screen is shown: what was saved here is told no longer."""
        self.sheet_box.clear()

    def escape(self) -> bool:
        """One step back."""
        if self.gate.asking:
            self.gate.close_question()
            return True
        return False

    def main_action(self) -> None:
        """F12: the next step of what is chosen."""
        if self.gate.asking:
            self.gate.accept()
            return
        self._on_cut_off()
        if self.loading:
            self.shell.say(Message("I", _("Still reading. Press again in a moment.")))
            return
        obstacle = self.presenter.obstacle()
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        self.shell.hush()
        if self.presenter.stage() == "draft":
            lines = [one.unit or "-" for one in self.presenter.chosen()]
            approval = Approval(_("Hand to treasurer"), lines, after=rupiah(self.presenter.total()))
            self.gate.require("deduction_list", approval, self._hand_over, label=_("Hand over"))
        else:
            lines = [self.presenter.numbers(), self._tender_words()]
            approval = Approval(_("Deducted"), lines, after=rupiah(self.presenter.collectible()))
            self.gate.require("deduction_collected", approval, self._collect, label=_("Deducted"))

    def print_lists(self) -> None:
        """F9: on paper for the treasurer, by the printer for sheets."""
        if self.presenter.chosen() and not self.gate.asking and not self.loading:
            self._hand_out(_("Print for treasurer"), self._print)

    def toggle_left_out(self) -> None:
        """F4: who is marked in the list was not deducted from, or was after all."""
        self._on_row_activated(self.table.current_row())

    # What happens --------------------------------------------------------------------------------------------------

    def _hand_out(self, title: str, run: Callable[[], None]) -> None:
        """Papers and files tell employee numbers: a manager's, and kept like every look."""

        def allowed(approved_by: str | None) -> None:
            self.presenter.looked(approved_by)
            run()

        lines = [one.number or one.unit or "-" for one in self.presenter.chosen()]
        self.gate.require("deduction_list", Approval(title, lines), allowed)

    def _print(self) -> None:
        self.print_button.setEnabled(False)
        self.shell.workers.run(self.presenter.print_work(), self._on_printed, self._on_failed)

    def _ask_sheet(self) -> None:
        if self._has_folder():
            self._hand_out(_("Export Excel"), self.sheet_box.start)

    def _has_folder(self) -> bool:
        """Whether a folder is named that is there; the box says what is missing."""
        folder = self.sheet_box.folder.path()
        if folder is None or not folder.is_dir():
            self.sheet_box.start()
            return False
        return bool(self.presenter.chosen())

    def _hand_over(self, approved_by: str | None) -> None:
        self._after(self.presenter.hand_over(approved_by), partial(self._hand_over, approved_by))

    def _collect(self, approved_by: str | None) -> None:
        self._after(self.presenter.collect(approved_by), partial(self._collect, approved_by))

    def _ask_undo(self) -> None:
        why = self.why_field.text().strip()
        obstacle = self.presenter.undo_obstacle(why)
        if obstacle is not None:
            self.shell.say(obstacle)
            self.why_field.setFocus()
            return
        approval = Approval(_("Undo the last step"), (self.presenter.numbers(), why))
        self.gate.require("reverse", approval, self._undo, label=_("Undo"))

    def _undo(self, approved_by: str | None) -> None:
        message = self.presenter.undo(self.why_field.text().strip(), approved_by)
        if message.kind == "S":
            self.why_field.clear()
        self._after(message, partial(self._undo, approved_by))

    def _after(self, message: Message, again: Callable[[], None]) -> None:
        if self.presenter.once.is_open:  # the disk hides what would be shown, too
            self.shell.say(message.with_action(_("Try again"), again))
            return
        self.shell.refresh_state()
        self.shell.say(message)
        self._load()

    def _load(self) -> None:
        self._asked += 1
        self.loading = True
        self.main_button.setEnabled(False)
        self.shell.workers.run(self.presenter.load_work(), partial(self._on_loaded, self._asked), self._on_failed)

    def _on_loaded(self, asked: int, loaded: Loaded) -> None:
        if asked == self._asked:
            self.loading = False
            self.presenter.take(loaded)
            self._show()

    def _save_pdfs(self) -> None:
        if self._has_folder():
            self._hand_out(_("Save as PDF"), self._write_pdfs)

    def _write_pdfs(self) -> None:
        folder = self.sheet_box.folder.path()
        if folder is not None:
            self.pdf_button.setEnabled(False)
            self.shell.workers.run(self.presenter.pdfs_work(folder), self._on_saved, self._on_failed)

    def _on_saved(self, path: object) -> None:
        self.pdf_button.setEnabled(True)
        self.shell.say(Message("S", _("Saved: {path}").format(path=path)))

    def _on_printed(self, printed: bool) -> None:
        self.print_button.setEnabled(True)
        if printed:
            self.shell.say(Message("S", _("The list is at the printer.")))
        else:
            self.shell.say(Message("W", _("There is no printer for sheets. Save the list as PDF and print it there.")))
            self.sheet_box.folder.field.setFocus()

    def _on_failed(self, error: Exception) -> None:
        self.loading = False
        self.print_button.setEnabled(True)
        self.pdf_button.setEnabled(True)
        self.shell.say(failure(error, str(self.sheet_box.folder.path() or self.shell.counter.ledger.path)))

    def _on_month(self, month: str) -> None:
        self.gate.close_question()
        self.presenter.choose_month(month)
        self.cut_off_field.set_value(self.presenter.cut_off)
        self._load()

    def _on_unit(self, unit: str) -> None:
        self.gate.close_question()
        self.presenter.choose_unit(unit)
        self._show()

    def _on_cut_off(self) -> None:
        day = self.cut_off_field.value()
        if day is not None and day != self.presenter.cut_off:
            self.gate.close_question()
            self.presenter.cut_off = day
            self._load()

    def _on_tender(self, tender: str) -> None:
        self.presenter.tender = cast(DeductionTender, tender)

    def _on_reason(self, reason: str) -> None:
        self.presenter.reason = cast(LeftOutReason, reason)

    def _on_row_activated(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            self.gate.close_question()
            message = self.presenter.toggle_left_out(self.model.rows[row].code)
            if message is not None:
                self.shell.say(message)
            self._show()

    def _today(self) -> date:
        return business_date(self.shell.counter.clock())

    def _tender_words(self) -> str:
        return _("Cash") if self.presenter.tender == "cash" else _("Transfer")

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        presenter = self.presenter
        self.unit_choice.set_options(presenter.units())
        self.unit_choice.choose(presenter.unit)
        place = self.table.current_row()
        self.model.set_rows(presenter.rows())
        self.table.set_empty(presenter.nothing_words())
        if self.model.rows:
            self.table.select_row(min(max(place, 0), len(self.model.rows) - 1))
        stage = presenter.stage()
        rows = [SumRow(_("{count} staff").format(count=len(self.model.rows)), rupiah(presenter.total()), bold=True)]
        if stage == "handed_over":
            rows.append(SumRow(_("Can be deducted now"), rupiah(presenter.collectible())))
        rows.append(SumRow(_("Tabs outstanding now"), rupiah(presenter.loaded.outstanding)))
        self.sums.show_rows(rows)
        self.words.setText(_("In words: {words}").format(words=terbilang(presenter.total())))
        self._show_status(stage)
        self.collecting.setVisible(stage == "handed_over")
        self.undoing.setVisible(stage in ("handed_over", "collected") and len(presenter.chosen()) == 1)
        self.cut_off_field.setEnabled(stage in ("draft", "mixed", "nothing"))
        self.main_button.setText(_("Hand over") if stage in ("draft", "nothing") else _("Deducted"))
        self.main_button.setEnabled(stage in ("draft", "handed_over", "mixed"))
        for button in (self.print_button, self.pdf_button, self.sheet_box.button):
            button.setEnabled(bool(presenter.chosen()))

    def _show_status(self, stage: str) -> None:
        words = {"draft": _("Draft"), "handed_over": _("Handed to treasurer"), "collected": _("Deducted")}
        marks = {True: ("check-circle-outline", "primary"), False: ("circle-outline", "muted")}
        self.stages.show_facts([(words[one], *marks[one == stage]) for one in STAGES])
        facts = []
        if numbers := self.presenter.numbers():
            facts.append((numbers, "file-document-outline", "text"))
        if stage == "mixed":
            facts.append((_("Units differ. Choose one."), "information-outline", "muted"))
        if missing := self.presenter.without_letter():
            text = _("{count} letters of authority are not here yet").format(count=missing)
            facts.append((text, "alert-outline", "warning"))
        note = _("Tabs of this till. Another till of the corner makes its own list.")
        facts.append((note, "information-outline", "muted"))
        self.facts.show_facts(facts)

    def default_focus(self) -> QWidget:
        """Where work goes on."""
        return self.table
