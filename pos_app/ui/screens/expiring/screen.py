"""Goods near expiry: batch by batch, sold cheaper, returned or written off; the list on paper. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import _
from pos_app.services import expiring
from pos_app.services.expiring import Expiring
from pos_app.ui.messages import Message
from pos_app.ui.reading import Reading
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.expiring.days_card import DaysCard
from pos_app.ui.screens.expiring.presenter import ExpiringPresenter, Filter
from pos_app.ui.screens.expiring.price_card import PriceCard
from pos_app.ui.screens.expiring.table_model import ExpiringModel
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable
from sync.documents.base import Bearer


class ExpiringScreen(Screen):
    """See the module."""

    name = "expiring"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = ExpiringPresenter(shell.counter)
        self.model = ExpiringModel(self.presenter)
        self.reading = Reading(shell.workers)
        self.table = TwoLineTable(theme, self.model, empty=_("Loading …"), empty_icon="check-circle-outline")
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        TightColumns(theme, self.table, (3,))
        chips = [("all", _("All")), ("expired", _("Expired")), ("today", _("Today")), ("soon", _("Soon"))]
        self.chips = ChipRow(theme, [*chips, ("tasks", _("Tasks"))])
        self.chips.chosen.connect(self._on_filter)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.strip)
        left.addWidget(self.chips)
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
        panel = self.panel = SidePanel(theme, width=390, compact=360)
        goods, column = padded_card()
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.facts = Sums(theme)
        self.advice = Facts(theme)
        self.return_button = KeyButton(theme, _("To be returned"), key="F6")
        self.return_button.clicked.connect(self.turn_return)
        self.loss_button = KeyButton(theme, _("Write off"), key="F7")
        self.loss_button.clicked.connect(self.write_off)
        for widget in (self.name_text, self.facts, self.advice, self.return_button, self.loss_button):
            column.addWidget(widget)
        panel.body.addWidget(goods)
        self.price_card = PriceCard(theme, self.presenter)
        self.price_card.wanted.connect(self.set_price)
        self.price_card.full_wanted.connect(self.end_price)
        panel.body.addWidget(self.price_card)
        self.days_card = DaysCard(theme)
        self.days_card.wanted.connect(self.set_days)
        panel.body.addWidget(self.days_card)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print list"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Near expiry")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("The list"), self.table.setFocus),
            Command("F4", _("Sell this batch cheaper"), self._to_price),
            Command("F5", _("Read anew"), self._read),
            Command("F6", _("To be returned"), self.turn_return),
            Command("F7", _("Write off"), self.write_off),
            Command("F8", _("Back to Stock"), partial(self.shell.go, "stock")),
            Command("Ctrl+P", _("Print list"), self._print),
        )

    def show_only(self, which: str) -> None:
        self.gate.close_question()
        if which in ("all", "expired", "today", "soon", "tasks"):
            self.presenter.filter = cast(Filter, which)
        else:
            self.presenter.wanted = which
        self.chips.choose(self.presenter.filter)

    def activated(self) -> None:
        lock = "" if self.shell.counter.is_manager else "lock-outline"
        self.price_card.set_lock(lock)
        self.days_card.button.set_icon(lock)
        self.days_card.show_days(*expiring.days_before(self.shell.counter.db))
        self._show()
        self._read()
        self.restore_focus()

    def deactivated(self) -> None:
        self.reading.stop()

    def default_focus(self) -> QWidget:
        return self.table

    def take_scan(self, code: str) -> None:
        if self.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        message = self.presenter.find(code)
        if message is not None:
            self.shell.say(message)
            return
        self.chips.choose("all")
        self._show()
        one = self.presenter.chosen()
        self.shell.say(Message("S", one.batch.name if one is not None else code))

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
        elif not self.table.hasFocus():
            self.table.setFocus()
        else:
            self.shell.go("stock")
        return True

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        self._print()

    # What happens --------------------------------------------------------------------------------------------------

    def set_price(self) -> None:
        """A lower price for the batch, after a manager's approval."""
        price, bearer = self.price_card.price_field.value(), self.price_card.bearer
        one, product = self.presenter.chosen(), self.presenter.product()
        if one is None or product is None or not price or price >= product.sell_price:
            self.shell.say(Message("W", self.presenter.effect(price, bearer)[0]))
            self.price_card.begin()
            return
        lines = self.presenter.approval_lines(price, bearer)
        title = _("Sell this batch cheaper")
        approval = Approval(title, lines, before=rupiah(product.sell_price), after=rupiah(price))
        self.gate.require("price_down", approval, partial(self._set_price, price, bearer), label=title)

    def end_price(self) -> None:
        """The full price again."""
        one = self.presenter.chosen()
        if one is not None and one.price_down is not None:
            approval = Approval(_("Full price again"), (one.batch.name,))
            self.gate.require("price_down", approval, self._end_price)

    def turn_return(self) -> None:
        """F6: goes back to its producer, or need not."""
        self.gate.close_question()
        self._after(self.presenter.turn_return())

    def write_off(self) -> None:
        """F7: to the write-off of this batch."""
        one = self.presenter.chosen()
        if one is not None:
            self.shell.go("losses", f"{one.batch.sku}\t{one.batch.batch}\t{one.state}")

    def set_days(self) -> None:
        """Other days, after a manager's approval."""
        fresh, dry = self.days_card.fresh_field.text(), self.days_card.dry_field.text()
        self.gate.require("settings", Approval(_("Keep days"), (f"{fresh} · {dry}",)), partial(self._days, fresh, dry))

    def _days(self, fresh: str, dry: str, approved_by: str | None) -> None:
        self._after(self.presenter.set_days(fresh, dry, approved_by))

    def _set_price(self, price: int, bearer: Bearer, approved_by: str | None) -> None:
        self._after(self.presenter.set_price(price, bearer, approved_by))

    def _end_price(self, approved_by: str | None) -> None:
        self._after(self.presenter.end_price(approved_by))

    def _after(self, message: Message) -> None:
        self._show()
        self.shell.say(message)
        self.restore_focus()

    def _print(self) -> None:
        self.shell.workers.run(self.presenter.print_work(), self._on_printed, self._on_failed)

    def _on_printed(self, printed: bool) -> None:
        self.shell.say(self.presenter.printed(printed=printed))

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(self.presenter.failed(error))

    def _to_price(self) -> None:
        if self.price_card.isVisible():
            self.price_card.begin()
            self.panel.area.ensureWidgetVisible(self.price_card.effect)
            self.panel.area.ensureWidgetVisible(self.price_card.price_field)

    def _on_filter(self, which: str) -> None:
        self.gate.close_question()
        self.presenter.filter = cast(Filter, which)
        self._show()

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            batch = self.model.rows[row].batch
            if self.presenter.key != (batch.sku, batch.batch):
                self.gate.close_question()  # it was about another batch
                self.presenter.key = (batch.sku, batch.batch)
                self._show_batch()

    def _on_row_activated(self, _row: int) -> None:
        self._to_price()

    # What is shown -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        self.reading.begin(self.presenter.wanted, self.presenter.work(), self._on_read, self._on_failed)

    def _on_read(self, found: list[Expiring]) -> None:
        self.presenter.take(found)
        self.chips.choose(self.presenter.filter)
        self.table.set_empty(_("Nothing is near its last day. Sell on."))
        self._show(typing=self.price_card.price_field.hasFocus())

    def _show(self, *, typing: bool = False) -> None:
        """What is listed; a price that somebody types is left alone while it is about the same batch."""
        presenter = self.presenter
        self.chips.show_counts(presenter.counts())
        key = presenter.key
        rows = presenter.rows()
        self.model.set_rows(rows)
        place = next((row for row, one in enumerate(rows) if (one.batch.sku, one.batch.batch) == key), 0)
        if rows:
            batch = rows[place].batch
            presenter.key = (batch.sku, batch.batch)
            self.table.select_row(place)
        else:
            presenter.key = ("", "")
        self._show_batch(typing=typing and presenter.key == key)

    def _show_batch(self, *, typing: bool = False) -> None:
        presenter, one, product = self.presenter, self.presenter.chosen(), self.presenter.product()
        for widget in (self.return_button, self.loss_button):
            widget.setEnabled(one is not None)
        self.price_card.setVisible(one is not None and one.state != "expired")
        if one is None or product is None:
            self.name_text.setText(_("No batch is chosen."))
            self.facts.show_rows([])
            self.advice.show_facts([])
            return
        self.name_text.setText(one.batch.name)
        unit = "" if one.batch.unit == "pcs" else f" {one.batch.unit}"
        rows = [
            SumRow(one.batch.producer_name),
            SumRow(_("In this batch"), f"{quantity_text(one.batch.quantity)}{unit}", bold=True),
            SumRow(_("On hand in all"), f"{quantity_text(product.on_hand)}{unit}"),
            SumRow(_("Came on"), presenter.since(one)),
            SumRow(_("Sell price"), rupiah(product.sell_price)),
            SumRow(_("Cost") if product.pricing == "putus" else _("Producer's share"), rupiah(one.worth)),
        ]
        self.facts.show_rows(rows)
        self.advice.show_facts([presenter.advice(one)])
        self.return_button.setText(_("Need not be returned") if one.to_return else _("To be returned"))
        if not typing:
            self.price_card.show_batch(one, product)
