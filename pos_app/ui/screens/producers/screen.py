"""Producers & settlement: who is owed what, the goods behind it, the slip, and paying. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.person.panel import PersonPanel
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.producers.deductions import DeductionsPanel
from pos_app.ui.screens.producers.more_panel import Link, MorePanel
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from pos_app.ui.screens.producers.slips_panel import SlipsPanel
from pos_app.ui.screens.producers.slips_presenter import checked
from pos_app.ui.screens.producers.table_model import GoodsModel, OwedModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import NameText, Text, card, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import TextField, buddy_label
from pos_app.ui.widgets.forms import ChipRow, DateField
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import TIGHT_ABOVE, ScrollArea, SidePanel, TightColumns
from pos_app.ui.widgets.slip import Slip
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable
from pos_app.ui.widgets.tabs import Tabs

_SUMS, _GOODS, _SLIP = range(3)


class ProducersScreen(Screen):
    """See the module."""

    name = "producers"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = ProducersPresenter(shell.counter)
        self.model = OwedModel()
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing due."), empty_icon="check-circle-outline")
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (2,))
        self.goods = GoodsModel()
        self.goods_table = TwoLineTable(theme, self.goods, empty=_("No goods moved in this period."), row_height=40)
        self.goods_table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.search = TextField(theme, placeholder=_("Search a producer  Ctrl+F"))
        self.search.setAccessibleName(_("Search a producer  Ctrl+F"))
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._on_entered)
        self.chips = ChipRow(theme, [("due", _("Due")), ("all", _("All")), ("zero", _("Zero"))])
        self.chips.chosen.connect(self._on_filter)
        self.through = DateField(theme, lambda: self.presenter.today)
        self.through.editingFinished.connect(self._on_through)
        self.slip = Slip(theme)
        self._build()
        theme.changed.connect(self._arrange)

    def _build(self) -> None:
        self.person = PersonPanel(self.shell, "producer", self._require)
        self.person.leaving.connect(self._leave_person)
        self.person.changed.connect(self._on_person_changed)
        self.deductions = DeductionsPanel(self.shell, self.presenter)
        self.deductions.changed.connect(self._show_due)
        self.deductions.left.connect(self._to_payment)
        self.slips = SlipsPanel(self.shell, self._require_labelled)
        self.slips.changed.connect(self._on_person_changed)
        self.slips.left.connect(self._to_payment)
        self.more = MorePanel(self.theme, self._links())
        self.more.left.connect(self._to_payment)
        self.pages = QStackedWidget()
        for page in (self._middle(), self.person, self.deductions, self.slips, self.more):
            self.pages.addWidget(page)
        self.gate = Gate(self.theme, self.shell.counter, self.pages)
        self.gate.closed.connect(self.restore_focus)
        self._slip_card = self._paper()
        self._columns = QHBoxLayout()
        self._columns.setSpacing(12)
        self._columns.addWidget(self._left())
        self._columns.addWidget(self.gate, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        outer.addWidget(self.strip)
        outer.addLayout(self._columns, 1)
        self._arrange()

    def _left(self) -> QWidget:
        panel = SidePanel(self.theme, width=376, compact=330)
        panel.body.addWidget(self.search)
        panel.body.addWidget(self.chips)
        panel.body.addWidget(self.table, 1)
        self.total = Sums(self.theme)
        panel.foot.addWidget(self.total)
        return panel

    def _middle(self) -> QWidget:
        theme = self.theme
        box = QWidget()
        column = self._body = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.name_text = NameText(theme, step="title", weight=700)
        self.name_text.setMinimumWidth(60)
        self.from_text = Text(theme, tone="muted")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name_text, 1)
        head.addWidget(self.from_text)
        head.addWidget(buddy_label(theme, _("&to"), self.through))
        head.addWidget(self.through)
        column.addLayout(head)
        self.tabs = Tabs(theme, [_("Sums"), _("Goods"), _("Slip")])
        self.tabs.chosen.connect(self._arrange)
        column.addWidget(self.tabs)
        column.addWidget(self.goods_table, 1)
        self._sums_card, sums_column = padded_card(spacing=2)
        self.sums = Sums(theme)
        self.to_pay = Sums(theme)
        self._sums_area = ScrollArea(self.sums)
        sums_column.addWidget(self._sums_area, 1)
        sums_column.addWidget(self.to_pay)
        column.addWidget(self._sums_card)
        column.addLayout(self._method_row())
        self._more_bar = self._more_row()
        column.addWidget(self._more_bar)
        self.main_button = KeyButton(theme, _("Pay producer"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        column.addWidget(self.main_button)
        return box

    def _method_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.tender_chips = ChipRow(self.theme, [("cash", _("Cash")), ("transfer", _("Transfer"))])
        self.tender_chips.setAccessibleName(_("Method"))
        self.tender_chips.chosen.connect(self._on_tender)
        self.drawer_text = Text(self.theme, weight=700)
        self.drawer_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.more_button = KeyButton(self.theme, _("More"), key="F8", kind="link")
        self.more_button.clicked.connect(self._open_more)
        row.addWidget(self.tender_chips)
        row.addWidget(self.more_button)
        row.addWidget(self.drawer_text, 1)
        return row

    def _more_row(self) -> QWidget:
        buttons = []
        for key, words, run in (
            ("F4", _("Deductions"), self._open_deductions),
            ("F5", _("Slips"), self._open_slips),
            ("F6", _("Personal data"), self._open_person),
            ("F8", _("More"), self._open_more),
        ):
            button = KeyButton(self.theme, words, key=key)
            button.clicked.connect(run)
            buttons.append(button)
        return ActionBar(self.theme, buttons)

    def _links(self) -> Sequence[Link]:
        def to(name: str) -> Callable[[], None]:
            return lambda: self.shell.go(name)

        def to_chosen(name: str) -> Callable[[], None]:
            def go() -> None:
                if self._somebody():
                    self.shell.go(name, self.presenter.producer)

            return go

        return (
            Link("F4", _("Deductions"), "minus", self._open_deductions),
            Link("F5", _("Slips"), "file-document-outline", self._open_slips),
            Link("F6", _("Personal data"), "lock-outline", self._open_person),
            Link("F3", _("Pay all that are due"), "cash", to("settlement_run")),
            Link("F7", _("Statement"), "file-document-outline", to_chosen("producer_statement")),
            Link("Ctrl+D", _("Data of the producer"), "account-group-outline", to_chosen("producer_data")),
            Link("Ctrl+T", _("Certificates"), "calendar-alert", to("certificates")),
            Link("", _("Day board of producers"), "chart-bar", to("producer_board")),
            Link("", _("How long producers wait"), "clock-alert-outline", to("ageing")),
        )

    def _paper(self) -> QWidget:
        frame = card()
        column = QVBoxLayout(frame)
        column.setContentsMargins(12, 8, 12, 12)
        head = QHBoxLayout()
        head.addWidget(Text(self.theme, _("Slip preview (32 columns)"), step="caption", weight=700, tone="muted"), 1)
        self.reprint_button = KeyButton(self.theme, _("Reprint"), key="F9", kind="link")
        self.reprint_button.clicked.connect(self._reprint)
        head.addWidget(self.reprint_button)
        column.addLayout(head)
        column.addWidget(self.slip, 1)
        return frame

    def _arrange(self) -> None:
        """Wide: goods, sums and slip at once. Compact: one of them at a time."""
        compact = self.theme.compact
        if compact:
            self._body.insertWidget(2, self._slip_card, 1)
            self._slip_card.setMinimumWidth(0)
            self._slip_card.setMaximumWidth(16_777_215)
        else:
            self._columns.addWidget(self._slip_card)
            self._slip_card.setFixedWidth(330)
        page = self.tabs.current()
        self.tabs.setVisible(compact)
        self._more_bar.setVisible(not compact)
        self.more_button.setVisible(compact)
        self.goods_table.setVisible(not compact or page == _GOODS)
        self._sums_card.setVisible(not compact or page == _SUMS)
        self._slip_card.setVisible(page == _SLIP if compact else self.pages.currentWidget() is not self.slips)
        self._body.setStretchFactor(self._sums_card, 1 if compact else 0)
        self._sums_area.setMinimumHeight(0 if compact else self.sums.sizeHint().height())
        self.to_pay.show_rows([replace(row, step=self._pay_step) for row in self.to_pay.rows])

    @property
    def _pay_step(self) -> str:
        """What is to be paid stays whole where enlarged text leaves little room."""
        return "row" if self.theme.scale > TIGHT_ABOVE else "received"

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Producers")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Search"), self.search.setFocus),
            Command("Ctrl+F", _("Search"), self.search.setFocus),
            *(Command(link.key, link.words, link.go) for link in self._links() if link.key),
            Command("F8", _("More"), self._on_f8),
            Command("F9", _("Reprint"), self._reprint),
            Command("Ctrl+P", _("Slip preview"), self._toggle_slip),
        )

    def show_only(self, which: str) -> None:
        self.gate.close_question()
        self.presenter.text = ""
        self.search.clear()
        self.presenter.refresh()
        if which in ("due", "all", "zero"):
            self.chips.choose(which)
            self._on_filter(which)
        elif which:
            self.presenter.choose(which)
            self.chips.choose("all")
            self.presenter.filter = "all"

    def activated(self) -> None:
        self.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
        self.presenter.refresh()
        if self.presenter.shown == "due" and not self.presenter.rows():
            self.presenter.filter = "all"
            self.chips.choose("all")
        self._show_first(keep=True)
        self.restore_focus()

    def deactivated(self) -> None:
        if self._shows_person:
            self._leave_person()
        self._to_payment()

    def default_focus(self) -> QWidget:
        page = self.pages.currentWidget()
        if page is self.person:
            return self.person.main_button
        if page is self.deductions:
            return self.deductions.amount
        return self.slips.table if page is self.slips else self.table

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self._shows_person:
            self._leave_person()
            return True
        if self.pages.currentIndex():
            self._to_payment()
            return True
        if self.search.text():
            self.search.clear()
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        if self._shows_person:
            self.person.main_action()
            return
        if self._panel is not None:
            self._panel()
            return
        due = self.presenter.due()
        if due is not None and self.presenter.debt(due):
            self._ask_debt(due.producer_name, self.presenter.debt(due))
            return
        obstacle = self.presenter.obstacle()
        if obstacle is not None or due is None:
            self.shell.say(obstacle or Message("W", _("Choose a producer in the list.")))
            return
        expected = self.presenter.amount(due)
        amount = rupiah(expected)
        approval = Approval(_("Pay producer"), self.presenter.question(due), before=_("Pays"), after=amount)
        self.shell.hush()
        pay = partial(self._pay, expected)
        self.gate.require("settle", approval, pay, label=_("Pay {amount}").format(amount=amount))

    def _ask_debt(self, name: str, debt: int) -> None:
        obstacle = self.presenter.debt_obstacle()
        if obstacle is not None:
            self.shell.say(obstacle)
            return
        approval = Approval(_("Take what the producer owes"), (name, _("Cash into the drawer")), after=rupiah(debt))
        self.shell.hush()
        label = _("Take {amount}").format(amount=rupiah(debt))
        self.gate.require("cash_move", approval, partial(self._take_debt, debt), label=label)

    # What happens --------------------------------------------------------------------------------------------------

    def _take_debt(self, debt: int, approved_by: str | None) -> None:
        self._after(self.presenter.take_debt(debt, approved_by), partial(self._take_debt, debt, approved_by))

    def _pay(self, expected: int, approved_by: str | None) -> None:
        self._after(self.presenter.pay(expected, approved_by), partial(self._pay, expected, approved_by))

    def _after(self, message: Message, again: Callable[[], None]) -> None:
        if self.presenter.once.is_open:
            self.shell.say(message.with_action(_("Try again"), again))
            return
        self._show_list()
        self._show_due()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()

    @property
    def _panel(self) -> Callable[[], None] | None:
        """What F12 does in the panel that is shown in the place of the payment."""
        page = self.pages.currentWidget()
        if page is self.slips:
            return self.slips.main_action
        return self._to_payment if page in (self.deductions, self.more) else None

    def _somebody(self) -> bool:
        """Whether a producer is chosen; says so where none is."""
        if not self.presenter.producer:
            self.shell.say(Message("W", _("Choose a producer in the list.")))
        return bool(self.presenter.producer)

    def _open(self, panel: QWidget) -> bool:
        """Shows a panel in the place of the payment; False where a question is open, or nobody is chosen."""
        if self.gate.asking or not self._somebody():
            return False
        if self._shows_person:
            self._leave_person()
        self.shell.hush()
        self.pages.setCurrentWidget(panel)
        self._arrange()
        return True

    def _open_deductions(self) -> None:
        if self._open(self.deductions):
            self.deductions.open()

    def _open_slips(self) -> None:
        if self._open(self.slips):
            due = self.presenter.due()
            self.slips.open(self.presenter.producer, due.producer_name if due else "")
            self.restore_focus()

    def _open_more(self) -> None:
        if self._open(self.more):
            self.more.open()

    def _on_f8(self) -> None:
        if self.pages.currentWidget() is self.deductions:
            self.deductions.remove()
        else:
            self._open_more()

    def _to_payment(self) -> None:
        if self.pages.currentIndex():
            self.pages.setCurrentIndex(0)
            self._arrange()
            self._show_due()
            self.restore_focus()

    def _require_labelled(self, action: str, approval: Approval, run: Run, label: str) -> None:
        self.gate.require(action, approval, run, label=label)

    @property
    def _shows_person(self) -> bool:
        return self.pages.currentWidget() is self.person

    def _require(self, action: str, approval: Approval, run: Run) -> None:
        self.gate.require(action, approval, run)

    def _open_person(self) -> None:
        if self.gate.asking or not self._somebody():
            return
        self.shell.hush()
        self.pages.setCurrentWidget(self.person)
        self.person.open(self.presenter.producer)

    def _leave_person(self) -> None:
        self.person.cover()
        self.pages.setCurrentIndex(0)
        self._arrange()
        self.restore_focus()

    def _on_person_changed(self) -> None:
        self.presenter.refresh()
        self._show_list()
        self._show_due()

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self.chips.choose(self.presenter.shown)
        self._show_first(keep=not text)

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = which  # type: ignore[assignment]
        if self.search.text():
            self.search.clear()
        else:
            self._show_first()

    def _show_first(self, *, keep: bool = False) -> None:
        """Another list, and the first of it, or who is chosen where they are in it; nobody where it is empty."""
        self._show_list()
        if not keep or self.table.current_row() < 0:
            self._select(0)
        self._on_row_changed(self.table.current_row())

    def _select(self, row: int) -> None:
        """Without a word about it: who calls shows the rest, once."""
        self.table.blockSignals(True)
        self.table.select_row(row)
        self.table.blockSignals(False)

    def _on_row_changed(self, row: int) -> None:
        code = self.model.rows[row].code if 0 <= row < len(self.model.rows) else ""
        self.gate.close_question()  # it was about another producer
        same = self.presenter.producer == code
        self.presenter.choose(code)
        if self._shows_person and not same and code:
            self.person.open(code)
        elif not same:
            self.person.cover()
            self.pages.setCurrentIndex(0)
            self._arrange()
        self._show_due()

    def _on_row_activated(self, row: int) -> None:  # noqa: ARG002
        self.through.setFocus()

    def _on_through(self) -> None:
        day = self.through.value()
        if day is None or day > self.presenter.today:
            self.through.set_value(self.presenter.through)
            self.shell.say(Message("W", _("The cut-off is a date up to today.")))
            return
        self.presenter.through = day
        self._show_due()

    def _on_tender(self, tender: str) -> None:
        self.presenter.tender = tender  # type: ignore[assignment]
        self._show_due()

    def take_scan(self, code: str) -> None:
        message = checked(self.shell.counter, code)
        if message is None:
            super().take_scan(code)
        else:
            self.shell.say(message)

    def _on_entered(self) -> None:
        message = checked(self.shell.counter, self.search.text())
        if message is not None:
            self.search.clear()
            self.shell.say(message)

    def _reprint(self) -> None:
        if self.pages.currentWidget() is self.slips:
            self.slips.reprint()
            return
        self.shell.say(self.presenter.reprint())
        self.shell.refresh_state()

    def _toggle_slip(self) -> None:
        if self.theme.compact:
            self.tabs.choose(_SUMS if self.tabs.current() == _SLIP else _SLIP)

    # What is shown -------------------------------------------------------------------------------------------------

    def _show_list(self) -> None:
        chosen = self.presenter.producer
        mark_due = self.presenter.shown != "due"
        if mark_due != self.model.mark_due:
            self.model.set_rows([])
            self.model.mark_due = mark_due
        self.model.set_rows(self.presenter.rows())
        self.chips.show_counts(self.presenter.counts())
        place = next((row for row, owed in enumerate(self.model.rows) if owed.code == chosen), -1)
        self._select(place)
        count, amount = self.presenter.total()
        self.total.show_rows([SumRow(_("{count} producers").format(count=thousands(count)), rupiah(amount), bold=True)])

    def _show_nobody(self) -> None:
        self.name_text.setText("")
        self.from_text.setText("")
        self.goods.set_rows([])
        for sums in (self.sums, self.to_pay):
            sums.show_rows([])
        self.slip.show_lines([_("Choose a producer in the list.")], 32)
        self.main_button.setText(_("Pay producer"))
        self.main_button.setEnabled(False)

    def _show_due(self) -> None:
        presenter = self.presenter
        due = presenter.due()
        if due is None:
            self._show_nobody()
            return
        first, _last = presenter.period(due)
        self.name_text.setText(due.producer_name)
        self.from_text.setText(first or _("from the beginning"))
        self.through.set_value(presenter.through)
        self.goods.set_rows(list(due.goods))
        self.sums.show_rows(
            [SumRow(line.label, line.amount, bold=line.strong, rule=line.strong) for line in presenter.sums(due)]
        )
        self._sums_area.setMinimumHeight(0 if self.theme.compact else self.sums.sizeHint().height())
        amount = presenter.amount(due)
        self.to_pay.show_rows([SumRow(_("TO PAY"), rupiah(amount), bold=True, rule=True, step=self._pay_step)])
        self.slip.show_lines(presenter.slip(due) or [_("Nothing to pay.")], 32)
        drawer = presenter.drawer()
        short = presenter.tender == "cash" and amount > drawer
        blind = not self.shell.counter.is_manager  # who counts the drawer at closing must not read it here
        self.drawer_text.setText("" if blind else _("Cash in drawer {amount}").format(amount=thousands(drawer)))
        self.drawer_text.set_tone("danger" if short else "text")
        debt = presenter.debt(due)
        self.main_button.setText(_("Take what is owed") if debt else _("Pay producer"))
        self.main_button.setEnabled(presenter.pays(due) or debt > 0)
