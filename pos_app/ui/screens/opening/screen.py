"""Balances from the paper book: typed line by line, compared, recorded once before the first sale. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.services import first_steps
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.opening.presenter import OpeningPresenter, Typed
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import AmountField, field_row
from pos_app.ui.widgets.finder import Finder, PickField
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.results import Result
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from sync.documents.money import Opening


class LinesModel(RowsModel[Typed]):
    """Who, which side, how much."""

    def __init__(self) -> None:
        super().__init__(
            [Column(_("Name")), Column(_("Owed to producer"), 150, "right"), Column(_("Tab"), 130, "right")]
        )

    def cells(self, row: Typed) -> Sequence[Cell]:
        amount = Cell(thousands(row.amount))
        who = Cell(row.name, row.code)
        return (who, amount, Cell()) if row.side == "producer" else (who, Cell(), amount)


class OpeningScreen(Screen):
    """See the module."""

    name = "opening"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = OpeningPresenter(shell.counter)
        self.model = LinesModel()
        self.table = TwoLineTable(
            theme,
            self.model,
            empty=_("Type a name from the paper book, then the amount."),
            empty_icon="account-cash-outline",
        )
        self.facts = Facts(theme)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.strip)
        left.addWidget(self.facts)
        left.addWidget(self.table, 1)
        self.gate = Gate(theme, shell.counter, self._side())
        self.gate.closed.connect(self.restore_focus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=380, compact=350)
        frame, column = padded_card()
        self.who_field = PickField(theme, placeholder=_("Producer or staff: name or code"))
        self.finder = Finder(theme, self.who_field, self, self._find, empty=_("Nobody has this name."))
        self.finder.picked.connect(self._on_picked)
        self.amount_field = AmountField(theme)
        column.addWidget(field_row(theme, _("&Who"), self.who_field))
        column.addWidget(field_row(theme, _("&Amount in the paper book"), self.amount_field))
        self.add_button = KeyButton(theme, _("Add to the list"), key="Enter", icon="plus")
        self.add_button.clicked.connect(self.add)
        self.remove_button = KeyButton(theme, _("Remove the line"), key="Del")
        self.remove_button.clicked.connect(self.remove)
        column.addWidget(self.add_button)
        column.addWidget(self.remove_button)
        panel.body.addWidget(frame)
        totals, column = padded_card()
        self.sums = Sums(theme)
        column.addWidget(self.sums)
        note = Text(theme, _("No cash moves. A signed paper is printed."), step="caption", tone="muted")
        note.setWordWrap(True)
        column.addWidget(note)
        self.reverse_button = KeyButton(theme, _("Reverse what was taken over"), kind="danger")
        self.reverse_button.clicked.connect(self.reverse)
        column.addWidget(self.reverse_button)
        self.count_button = KeyButton(theme, _("Count the stock"), icon="warehouse")
        self.count_button.clicked.connect(self._to_stock)
        column.addWidget(self.count_button)
        panel.body.addWidget(totals)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Take over & print"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Balances from the paper book")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F8", _("Pick producer or staff"), self.who_field.setFocus),
            Command("Ctrl+F", _("Search"), self.who_field.setFocus),
        )

    def activated(self) -> None:
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.presenter.load()
        self._show()
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.who_field

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.amount_field.hasFocus():
            self.add()
        elif key == Qt.Key.Key_Delete and self.table.hasFocus():
            self.remove()
        else:
            super().keyPressEvent(event)

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif self.finder.is_open:
            self.finder.close()
        elif self.who_field.text() or self.amount_field.text():
            self._clear()
        else:
            self.shell.go("setup" if first_steps.standing(self.shell.counter.db).at else "settings")
        return True

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        obstacle = self.presenter.obstacle()
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        approval = Approval(_("Take over balances"), self.presenter.summary())
        self.gate.require("opening", approval, self._record, label=_("Take over & print"))

    # What happens --------------------------------------------------------------------------------------------------

    def add(self) -> None:
        """Enter in the amount: on the list, and to the next name."""
        self.gate.close_question()
        message = self.presenter.add(self.amount_field.value())
        if message is not None:
            self.shell.say(message)
            if message.kind == "W":
                (self.amount_field if self.presenter.chosen is not None else self.who_field).setFocus()
                return
        else:
            self.shell.hush()
        self._clear()
        self._show()
        self.table.select_row(len(self.presenter.lines) - 1)

    def remove(self) -> None:
        """Del: the chosen line leaves the list."""
        self.gate.close_question()
        self.presenter.remove(self.table.current_row())
        self._show()

    def reverse(self) -> None:
        """The newest opening is undone, with a manager."""
        document = self.presenter.taken_over()[-1].document
        if isinstance(document, Opening):
            approval = Approval(_("Reverse the opening balances"), (document.number,))
            self.gate.require("reverse", approval, partial(self._reverse, document), label=_("Reverse"))

    def _find(self, text: str) -> list[Result]:
        return [
            Result(f"{one.side}:{one.code}", one.name, f"{one.code} · {one.remark}")
            for one in self.presenter.find(text)
        ]

    def _on_picked(self, key: str) -> None:
        self.presenter.choose(key)
        if self.presenter.chosen is not None:
            self.who_field.setText(self.presenter.chosen.name)
            self.amount_field.setFocus()

    def _record(self, approved_by: str | None) -> None:
        message = self.presenter.record(approved_by)
        if message.kind == "S":
            message = message.with_action(_("Count the stock"), self._to_stock)
        self._after(message, partial(self._record, approved_by))

    def _reverse(self, document: Opening, approved_by: str | None) -> None:
        self._after(self.presenter.reverse(document, approved_by), partial(self._reverse, document, approved_by))

    def _after(self, message: Message, again: Callable[[], None]) -> None:
        if self.presenter.once.is_open:  # the disk hides what would be shown, too
            self.shell.say(message.with_action(_("Try again"), again))
            return
        self._show()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()

    def _to_stock(self) -> None:
        self.shell.go("stock")

    def _clear(self) -> None:
        self.presenter.chosen = None
        self.who_field.clear()
        self.amount_field.set_value(None)
        self.who_field.setFocus()

    def _show(self) -> None:
        presenter = self.presenter
        self.model.set_rows(list(presenter.lines))
        self.facts.show_facts(presenter.facts())
        self.sums.show_rows(
            [
                SumRow(_("Producers are owed"), rupiah(presenter.total("producer"))),
                SumRow(_("Owed by staff (tabs)"), rupiah(presenter.total("staff"))),
                SumRow(_("People"), thousands(len(presenter.lines)), rule=True),
            ]
        )
        for widget in (self.who_field, self.amount_field, self.add_button):
            widget.setEnabled(not presenter.too_late)
        self.reverse_button.setVisible(presenter.may_reverse)
        self.main_button.setEnabled(not presenter.too_late)
