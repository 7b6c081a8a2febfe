"""Lost and spoiled goods: several on one note, who bears each, what that costs, recorded once. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.notes.page import NotesPage
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.losses.line_card import LineCard
from pos_app.ui.screens.losses.presenter import LossesPresenter
from pos_app.ui.screens.losses.table_model import LinesModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import ScanField, TextField, field_row
from pos_app.ui.widgets.finder import Finder
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.table import TwoLineTable


class LossesScreen(Screen):
    """See the module."""

    name = "losses"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = LossesPresenter(shell.counter)
        self.model = LinesModel(self.presenter)
        empty = _("Scan what got lost or spoiled, or type a name.")
        self.table = TwoLineTable(theme, self.model, empty=empty, empty_icon="barcode-scan")
        self.table.row_changed.connect(self._on_row_changed)
        self.model.dataChanged.connect(self._show_facts)
        TightColumns(theme, self.table, (2, 3), compact_too=True)
        self.search = ScanField(theme, _("Scan goods, or type a name or producer"))
        self.finder = Finder(theme, self.search, self, self._find, empty=_("No goods of this name."))
        self.finder.picked.connect(self._add)
        self.finder.entered.connect(self._on_entered)
        self.notes_page = NotesPage(shell, "write_off", self._back_to_note, _("Back to the note"))
        self.pages = QStackedWidget()
        self.pages.addWidget(self._note_page())
        self.pages.addWidget(self.notes_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for widget in (self.search, self.strip):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)

    def _note_page(self) -> QWidget:
        theme = self.theme
        self.remove_button = KeyButton(theme, _("Remove line"), key="Del")
        self.remove_button.clicked.connect(self.remove)
        self.split_button = KeyButton(theme, _("Another batch"), key="F7")
        self.split_button.clicked.connect(self._split)
        self.notes_button = KeyButton(theme, _("Notes so far"), key="F9")
        self.notes_button.clicked.connect(self._to_notes)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.table, 1)
        self.note_field = TextField(theme, placeholder=_("what happened"))
        self.note_field.setMaxLength(200)
        self.note_field.editingFinished.connect(self._on_remark)
        left.addWidget(field_row(theme, _("Re&mark"), self.note_field))
        left.addWidget(ActionBar(theme, [self.remove_button, self.split_button, self.notes_button]))
        panel = SidePanel(theme, width=390, compact=360)
        self.card = LineCard(theme, self.presenter)
        self.card.changed.connect(self._on_line_changed)
        self.facts_card, column = padded_card()
        self.facts = Facts(theme)
        column.addWidget(self.facts)
        panel.body.addWidget(self.facts_card)
        panel.body.addWidget(self.card)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Write off & print"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        self.gate = Gate(theme, self.shell.counter, panel)
        self.gate.closed.connect(self.restore_focus)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)
        return page

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Lost or spoiled")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Scan field"), self.search.setFocus),
            Command("F4", _("Enter a quantity"), self._edit_quantity),
            Command("F6", _("Reverse note"), self._on_f6),
            Command("F7", _("Another batch"), self._split),
            Command("F8", _("Back to Stock"), partial(self.shell.go, "stock")),
            Command("F9", _("Notes so far"), self._to_notes),
        )

    @property
    def on_notes(self) -> bool:
        """Whether the notes of before are shown."""
        return self.pages.currentWidget() is self.notes_page

    def show_only(self, which: str) -> None:
        self.gate.close_question()
        self.presenter.load()
        sku, *batch = which.split("\t")
        if len(batch) == 2:  # a batch and its state, from the list of what expires
            self.presenter.add_batch(sku, *batch)
        elif sku and not self.presenter.add_refund(sku):
            self.presenter.choose(sku)

    def activated(self) -> None:
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.pages.setCurrentIndex(0)
        if not self.presenter.once.is_open:
            self.presenter.load()
        self._show()
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.notes_page.table if self.on_notes else self.search

    def take_scan(self, code: str) -> None:
        if self.gate.asking or self.notes_page.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        self._back_to_note()
        self.finder.close()
        message = self.presenter.scan(code)
        self._show()
        self.shell.say(message)

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif self.notes_page.gate.asking:
            self.notes_page.gate.close_question()
        elif self.on_notes:
            self._back_to_note()
        elif self.finder.is_open:
            self.finder.close()
        elif self.search.text():
            self.search.clear()
        else:
            self.shell.go("stock")
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self.remove()
            return
        super().keyPressEvent(event)

    def main_action(self) -> None:
        if self.on_notes:
            self.notes_page.main_action()
            return
        if self.gate.asking:
            self.gate.accept()
            return
        if self.presenter.is_left_open:
            self._record(None)  # what was pressed last is looked up before anything else
            return
        self._on_remark()
        obstacle = self.presenter.obstacle()
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        owed = self.presenter.owed()
        title = _("Write off")
        approval = Approval(title, self.presenter.summary(), after=rupiah(owed) if owed else "")
        self.gate.require("write_off", approval, self._record, label=_("Write off & print"))

    # What happens --------------------------------------------------------------------------------------------------

    def remove(self) -> None:
        """Del: the chosen line leaves the note."""
        self.gate.close_question()
        self.presenter.remove(self.table.current_row())
        self._show()

    def _record(self, approved_by: str | None) -> None:
        message = self.presenter.record(approved_by)
        if self.presenter.once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._record, approved_by)))
            return
        self._show()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()

    def _find(self, text: str) -> list[Result]:
        return [
            Result(one.sku, one.name, f"{one.producer_name} · {quantity_text(one.on_hand)}")
            for one in self.presenter.found(text)
        ]

    def _add(self, sku: str) -> None:
        self.gate.close_question()
        message = self.presenter.add(sku)
        self.search.clear()
        self._show()
        self.shell.say(message)

    def _on_entered(self, text: str) -> None:
        self.search.clear()
        self.take_scan(text)

    def _on_remark(self) -> None:
        if not self.presenter.is_left_open:
            self.presenter.set_remark(self.note_field.text())

    def _split(self) -> None:
        self.gate.close_question()
        message = self.presenter.split()
        if message is not None:
            self.shell.say(message)
            return
        self._show()
        self.card.batch_choice.setFocus()

    def _edit_quantity(self) -> None:
        row = self.table.current_row()
        if row >= 0 and not self.on_notes:
            self.table.setFocus()
            self.table.edit(self.model.index(row, LinesModel.QUANTITY))

    def _on_line_changed(self) -> None:
        self.gate.close_question()
        self._show()

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.presenter.lines) and row != self.presenter.selected:
            self.gate.close_question()  # the card is about another line
            self.presenter.selected = row
            self.card.show_line()

    def _on_f6(self) -> None:
        if self.on_notes:
            self.notes_page.reverse()
        else:
            self._to_notes()

    def _to_notes(self) -> None:
        if self.on_notes:
            self.notes_page.main_action()
            return
        self.gate.close_question()
        self.finder.close()
        self.pages.setCurrentWidget(self.notes_page)
        self.notes_page.begin()

    def _back_to_note(self) -> None:
        if self.on_notes:
            self.notes_page.gate.close_question()
            self.pages.setCurrentIndex(0)
            self._show()
            self.restore_focus()

    # What is shown -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.note_field.hasFocus() or not self.presenter.lines:
            self.note_field.setText(self.presenter.remark)
        self.model.set_rows(self.presenter.shown())
        if self.presenter.selected >= 0:
            self.table.select_row(self.presenter.selected)
        self.card.show_line()
        self._show_facts()

    def _show_facts(self) -> None:
        facts = self.presenter.facts()
        self.facts.show_facts(facts)
        self.facts_card.setVisible(bool(facts))
        self.main_button.setEnabled(bool(self.presenter.lines))
