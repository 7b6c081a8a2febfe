"""Producers & settlement: who is owed what, the goods behind it, the slip, and paying. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.person.panel import PersonPanel
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.producers.deductions import DeductionsPanel
from pos_app.ui.screens.producers.more_panel import Link, MorePanel
from pos_app.ui.screens.producers.owed_panel import OwedPanel
from pos_app.ui.screens.producers.payment_panel import Act, PaymentPanel
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from pos_app.ui.screens.producers.slips_panel import SlipsPanel
from pos_app.ui.screens.producers.slips_presenter import checked
from pos_app.ui.widgets.gate import Gate, Run
from pos_app.ui.widgets.pin import Approval


class ProducersScreen(Screen):
    """See the module."""

    name = "producers"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.presenter = ProducersPresenter(shell.counter)
        self.list = OwedPanel(self.theme, self.presenter)
        self.table, self.model = self.list.table, self.list.model
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        self.search = self.list.search
        self.search.textChanged.connect(self._on_search)
        self.search.returnPressed.connect(self._on_entered)
        self.chips = self.list.chips
        self.chips.chosen.connect(self._on_filter)
        self._build()
        self.theme.changed.connect(self._arrange)

    def _build(self) -> None:
        self.payment = PaymentPanel(self.shell, self.presenter, self._acts())
        self.payment.arranged.connect(self._arrange)
        self.payment.wants_payment.connect(self.main_action)
        self.payment.wants_paper.connect(self._reprint)
        self.person = PersonPanel(self.shell, "producer", self._require)
        self.person.leaving.connect(self._leave_person)
        self.person.changed.connect(self._on_person_changed)
        self.deductions = DeductionsPanel(self.shell, self.presenter)
        self.deductions.changed.connect(self.payment.show_due)
        self.deductions.left.connect(self._to_payment)
        self.slips = SlipsPanel(self.shell, self._require_labelled)
        self.slips.changed.connect(self._on_person_changed)
        self.slips.left.connect(self._to_payment)
        self.more = MorePanel(self.theme, self._links())
        self.more.left.connect(self._to_payment)
        self.pages = QStackedWidget()
        for page in (self.payment, self.person, self.deductions, self.slips, self.more):
            self.pages.addWidget(page)
        self.gate = Gate(self.theme, self.shell.counter, self.pages)
        self.gate.closed.connect(self.restore_focus)
        self._columns = QHBoxLayout()
        self._columns.setSpacing(12)
        self._columns.addWidget(self.list)
        self._columns.addWidget(self.gate, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(8)
        outer.addWidget(self.strip)
        outer.addLayout(self._columns, 1)
        self._arrange()

    def _acts(self) -> Sequence[Act]:
        return (
            ("F4", _("Deductions"), self._open_deductions),
            ("F5", _("Slips"), self._open_slips),
            ("F6", _("Personal data"), self._open_person),
            ("F8", _("More"), self._open_more),
        )

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
            Link("F7", _("Producer's statement"), "file-document-outline", to_chosen("producer_statement")),
            Link("Ctrl+D", _("Producer data"), "account-group-outline", to_chosen("producer_data")),
            Link("Ctrl+T", _("Certificates"), "calendar-alert", to("certificates")),
            Link("", _("Producers' day board"), "chart-bar", to("producer_board")),
            Link("", _("Age of payables"), "clock-alert-outline", to("ageing")),
        )

    def _arrange(self) -> None:
        self.payment.arrange(self._columns, beside=self.pages.currentWidget() is not self.slips)

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
            Command("Ctrl+P", _("Slip preview"), self.payment.toggle_slip),
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
        self.payment.main_button.set_icon("" if self.shell.counter.is_manager else "lock-outline")
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
        self.list.show_list()
        self.payment.show_due()
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
            self.payment.show_due()
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
        self.list.show_list()
        self.payment.show_due()

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
        self.list.show_list()
        if not keep or self.table.current_row() < 0:
            self.list.select(0)
        self._on_row_changed(self.table.current_row())

    def _on_row_changed(self, row: int) -> None:
        code = self.list.code_at(row)
        self.gate.close_question()  # it was about another producer
        same = self.presenter.producer == code
        self.presenter.choose(code)
        if self._shows_person and not same and code:
            self.person.open(code)
        elif not same:
            self.person.cover()
            self.pages.setCurrentIndex(0)
            self._arrange()
        self.payment.show_due()
        if not same and (told := self.presenter.told()):
            self.shell.say(told)

    def _on_row_activated(self, row: int) -> None:  # noqa: ARG002
        self.payment.through.setFocus()

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
