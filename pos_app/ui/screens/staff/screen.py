"""Staff: tabs and their limits, the history of one, and repaying it; and deduction lists. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import masked_nip, rupiah
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.person.panel import PersonPanel
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.staff.account import AccountPanel
from pos_app.ui.screens.staff.deductions import DeductionsPage
from pos_app.ui.screens.staff.presenter import Filter, StaffPresenter, Tender
from pos_app.ui.screens.staff.statement import StatementPanel
from pos_app.ui.screens.staff.table_model import HistoryModel, StaffModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, TextField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable


class StaffScreen(Screen):
    """See the module."""

    name = "staff"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = StaffPresenter(shell.counter)
        self.model = StaffModel()
        self.table = TwoLineTable(theme, self.model, empty=_("No tabs."), empty_icon="account-cash-outline")
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (2,))
        self.history = HistoryModel()
        self.history_table = TwoLineTable(theme, self.history, empty=_("No tab entries yet."))
        self.history_table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.history_table.setMinimumHeight(theme.px(140))
        TightColumns(theme, self.history_table, (0,))
        self.chips = ChipRow(theme, [("tab", _("With a tab")), ("all", _("All"))])
        self.chips.chosen.connect(self._on_filter)
        self.search = TextField(theme, placeholder=_("Search name, NIP or unit  Ctrl+F"))
        self.search.setAccessibleName(_("Search name, NIP or unit  Ctrl+F"))
        self.search.textChanged.connect(self._on_search)
        left = QVBoxLayout()
        left.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.chips)
        head.addWidget(self.search, 1)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        self.total = Sums(theme)
        left.addWidget(self.total)
        self.person = PersonPanel(shell, "staff", self._require, width=460, compact=400)
        self.person.leaving.connect(self._back_to_side)
        self.person.changed.connect(self._on_person_changed)
        self._build(left)

    def _build(self, left: QVBoxLayout) -> None:
        theme, shell = self.theme, self.shell
        self.account = AccountPanel(shell, width=460, compact=400)
        self.account.leaving.connect(self._back_to_side)
        self.account.changed.connect(self._on_person_changed)
        self.statement = StatementPanel(shell, width=460, compact=400)
        self.statement.leaving.connect(self._back_to_side)
        self.side = QStackedWidget()
        for panel in (self._side(), self.person, self.account, self.statement):
            self.side.addWidget(panel)
        self.gate = Gate(theme, shell.counter, self.side)
        self.gate.closed.connect(self.restore_focus)
        self.account.gate = self.gate
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)
        page = QWidget()
        page.setLayout(row)
        self.lists = DeductionsPage(shell)
        self.pages = QStackedWidget()
        self.pages.addWidget(page)
        self.pages.addWidget(self.lists)
        self.page_chips = ChipRow(theme, [("tabs", _("Tabs")), ("lists", _("Deduction lists"))])
        self.page_chips.chosen.connect(self._on_page)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.page_chips)
        top.addWidget(self.strip, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.pages, 1)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=460, compact=400)
        person, column = padded_card(spacing=4)
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.unit_text = Text(theme, step="caption", tone="muted")
        self.unit_text.setWordWrap(True)
        self.facts = Sums(theme)
        for widget in (self.name_text, self.unit_text, self.facts):
            column.addWidget(widget)
        payment, column = padded_card()
        self.tender_chips = ChipRow(theme, [("cash", _("Cash")), ("qris", _("QRIS")), ("transfer", _("Transfer"))])
        self.tender_chips.chosen.connect(self._on_tender)
        self.amount_field = AmountField(theme)
        self.reference_field = TextField(theme)
        self.reference_field.setMaxLength(4)  # it lies in the document for ever: no room for a name
        self._reference_row = field_row(theme, _("Last 4 digits of &reference"), self.reference_field)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("Repaid &amount"), self.amount_field), 1)
        pair.addWidget(self._reference_row, 1)
        column.addWidget(self.tender_chips)
        column.addLayout(pair)
        panel.body.addWidget(person)
        panel.body.addWidget(payment)
        panel.body.addWidget(self.history_table, 1)
        self.person_button = KeyButton(theme, _("Personal data"), key="F6")
        self.person_button.clicked.connect(self.open_person)
        self.account_button = KeyButton(theme, _("Limit, PIN"), key="F7")
        self.account_button.clicked.connect(self.open_account)
        self.statement_button = KeyButton(theme, _("Statement"), key="Ctrl+P")
        self.statement_button.clicked.connect(self.open_statement)
        panel.foot.addWidget(ActionBar(theme, [self.person_button, self.account_button, self.statement_button]))
        self.main_button = KeyButton(theme, _("Repayment"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Staff")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Search"), self._search),
            Command("F3", _("Tabs or deduction lists"), self._other_page),
            Command("F4", _("Enter the amount, or leave out"), self._on_f4),
            Command("F6", _("Personal data"), self.open_person),
            Command("F7", _("Limit and PIN"), self.open_account),
            Command("F9", _("Print for treasurer"), self._on_f9),
            Command("Ctrl+F", _("Search"), self._search),
            Command("Ctrl+P", _("Statement"), self.open_statement),
        )

    def activated(self) -> None:
        if self.shows_lists:
            self.lists.activated()
            self.restore_focus()
            return
        self.presenter.refresh()
        if self.presenter.filter == "tab" and not self.presenter.rows():
            self._choose_filter("all")
        self._show_list()
        if self.table.current_row() < 0:
            self.table.select_row(0)
        self.restore_focus()

    def deactivated(self) -> None:
        self.lists.left()
        if self.side.currentIndex():
            self._back_to_side()

    def default_focus(self) -> QWidget:
        if self.shows_lists:
            return self.lists.default_focus()
        shown = self.side.currentWidget()
        if shown is self.account:
            return self.account.limit_field
        if shown is self.statement:
            return self.statement.main_button
        return self.person.main_button if self._shows_person else self.table

    def take_scan(self, code: str) -> None:
        if self.gate.asking or self.lists.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        if not self.presenter.find_card(code):
            self.shell.say(Message("E", _("Nobody has the card {code}. Search by name.").format(code=code)))
            return
        self._choose_page("tabs")
        self.chips.choose("all")
        self.search.clear()
        self._show_list()

    def escape(self) -> bool:
        if self.shows_lists:
            if not self.lists.escape():
                self._choose_page("tabs")
            return True
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self.side.currentIndex():
            self._back_to_side()
            return True
        if self.search.text():
            self.search.clear()
            return True
        return False

    def main_action(self) -> None:
        if self.shows_lists:
            self.lists.main_action()
            return
        if self.gate.asking:
            self.gate.accept()
            return
        shown = self.side.currentWidget()
        if isinstance(shown, PersonPanel | AccountPanel | StatementPanel):
            shown.main_action()
            return
        member = self.presenter.member()
        amount = self.amount_field.value()
        if member is None or not amount:
            self.shell.say(self.presenter.repay(amount, ""))
            self.amount_field.setFocus()
            return
        tender = {"cash": _("Cash"), "qris": _("QRIS"), "transfer": _("Transfer")}[self.presenter.tender]
        self.shell.hush()
        self.gate.confirm(
            Approval(_("Tab repayment"), (member.name, tender), after=rupiah(amount)),
            _("Record repayment"),
            self._repay,
        )

    # What happens --------------------------------------------------------------------------------------------------

    def _repay(self, _approved_by: str | None) -> None:
        message = self.presenter.repay(self.amount_field.value(), self.reference_field.text())
        if self.presenter.once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._repay, None)))
            return
        if message.kind == "S":
            self.reference_field.clear()
            self.presenter.tender = "cash"
            self.tender_chips.choose("cash")
        self._show_list()
        self._show_member()
        self.shell.refresh_state()
        self.shell.say(message)

    @property
    def _shows_person(self) -> bool:
        return self.side.currentWidget() is self.person

    def _require(self, action: str, approval: Approval, run: Run) -> None:
        self.gate.require(action, approval, run)

    def open_person(self) -> None:
        """F6: the panel about who is chosen, covered."""
        if self._may_open():
            self.side.setCurrentWidget(self.person)
            self.person.open(self.presenter.code)

    def open_account(self) -> None:
        """F7: limit, PIN and letter of authority of who is chosen."""
        member = self.presenter.member()
        if self._may_open() and member is not None:
            self.account.open(member.code, member.name)
            self.side.setCurrentWidget(self.account)
            self.account.focus_first()

    def open_statement(self) -> None:
        """Ctrl+P: the statement of who is chosen."""
        member = self.presenter.member()
        if self._may_open() and member is not None:
            self.statement.open(member)
            self.side.setCurrentWidget(self.statement)
            self.restore_focus()

    def _may_open(self) -> bool:
        if self.shows_lists or self.gate.asking or not self.presenter.code:
            return False
        if self._shows_person:
            self.person.cover()
        self.shell.hush()
        return True

    @property
    def shows_lists(self) -> bool:
        """Whether the deduction lists are shown."""
        return self.pages.currentWidget() is self.lists

    def _choose_page(self, which: str) -> None:
        self.page_chips.choose(which)
        self._on_page(which)

    def _on_page(self, which: str) -> None:
        if (which == "lists") != self.shows_lists:
            if not self.shows_lists:
                self.gate.close_question()
            self.deactivated()
            self.shell.hush()
            self.pages.setCurrentIndex(int(which == "lists"))
            self.activated()

    def _other_page(self) -> None:
        self._choose_page("tabs" if self.shows_lists else "lists")

    def _search(self) -> None:
        self._choose_page("tabs")
        self.search.setFocus()

    def _on_f4(self) -> None:
        if self.shows_lists:
            self.lists.toggle_left_out()
        else:
            self.amount_field.setFocus()

    def _on_f9(self) -> None:
        if self.shows_lists:
            self.lists.print_lists()

    def _back_to_side(self) -> None:
        self.person.cover()
        self.side.setCurrentIndex(0)
        self.restore_focus()

    def _on_person_changed(self) -> None:
        self.presenter.refresh()
        self._show_list()
        self._show_member()

    def _choose_filter(self, which: Filter) -> None:
        self.presenter.filter = which
        self.chips.choose(which)

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = cast(Filter, which)
        self._show_list()
        self.table.select_row(0)

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show_list()
        self.table.select_row(0)

    def _on_tender(self, tender: str) -> None:
        self.presenter.tender = cast(Tender, tender)
        self._reference_row.setVisible(tender != "cash")

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            if self.presenter.code != self.model.rows[row].code:
                self.gate.close_question()  # it was about somebody else
            self.presenter.code = self.model.rows[row].code
            self._show_member()
            self._show_panel()

    def _show_panel(self) -> None:
        """What lies over the repayment follows who is chosen."""
        member = self.presenter.member()
        shown = self.side.currentWidget()
        if shown is self.person:
            self.person.open(self.presenter.code)
        elif shown is self.account and member is not None:
            self.account.open(member.code, member.name)
        elif shown is self.statement and member is not None:
            self.statement.open(member)

    def _on_row_activated(self, _row: int) -> None:
        self.amount_field.setFocus()
        self.amount_field.selectAll()

    # What is shown -------------------------------------------------------------------------------------------------

    def _show_list(self) -> None:
        code = self.presenter.code
        self.model.set_rows(self.presenter.rows())
        self.chips.show_counts(self.presenter.counts())
        place = next((row for row, one in enumerate(self.model.rows) if one.code == code), -1)
        if place >= 0:
            self.table.select_row(place)
        label = _("Tabs outstanding now")
        rows = [SumRow(label, rupiah(self.presenter.outstanding()), bold=True)]
        heard = self.presenter.heard()
        if heard:
            rows = [
                SumRow(_("Tabs outstanding at this till"), rupiah(self.presenter.outstanding()), bold=True),
                SumRow(_("At the other tills"), rupiah(self.presenter.next_door())),
                SumRow(heard, tone="muted"),
            ]
        self.total.show_rows(rows)

    def _show_member(self) -> None:
        member = self.presenter.member()
        self.main_button.setEnabled(member is not None and member.tab > 0)
        if member is None:
            return
        self.name_text.setText(member.name)
        number = f"NIP {masked_nip(member.nip)}" if member.nip else ""
        self.unit_text.setText(" · ".join(part for part in (number, member.unit) if part))
        left = member.tab_limit - member.owes
        where = self.presenter.where(member)
        self.facts.show_rows(
            [
                SumRow(_("Tab limit"), rupiah(member.tab_limit)),
                SumRow(_("Used"), rupiah(member.owes), bold=True),
                *([SumRow(where, tone="muted")] if where else []),
                SumRow(
                    _("Left"),
                    rupiah(left),
                    tone="danger" if left < 0 else "text",
                    icon="alert-outline" if left < 0 else "",
                    rule=True,
                ),
            ]
        )
        self.amount_field.set_value(max(member.tab, 0) or None)
        self._reference_row.setVisible(self.presenter.tender != "cash")
        self.history.set_rows(self.presenter.history())
