"""Stock: what is on the shelves, what runs out or expires; count it and set its price. Widgets only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import _
from pos_app.ui.messages import Message
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.stock.count_card import CountCard
from pos_app.ui.screens.stock.presenter import FILTERS, Filter, StockPresenter
from pos_app.ui.screens.stock.table_model import StockModel
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import AmountField, ScanField, field_row
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.gate import Gate
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import TwoLineTable


class StockScreen(Screen):
    """See the module."""

    name = "stock"

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        theme = self.theme
        self.presenter = StockPresenter(shell.counter)
        self.model = StockModel(self.presenter)
        self.table = TwoLineTable(theme, self.model, empty=_("No items. Record goods in."), empty_icon="warehouse")
        self.table.row_changed.connect(self._on_row_changed)
        self.table.row_activated.connect(self._on_row_activated)
        self.table.clicked.connect(self._on_row_clicked)
        TightColumns(theme, self.table, (3,))
        chips = [("all", _("All")), ("low", _("Low")), ("out", _("Sold out")), ("expiring", _("Expiring"))]
        chips.append(("expired", _("Expired")))
        self.chips = ChipRow(theme, chips)
        self.chips.chosen.connect(self._on_filter)
        self.search = ScanField(theme, _("Scan goods, or type a name or producer"))
        self.search.textEdited.connect(self._on_search)
        self.search.command.connect(self._on_command)
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.search, self.strip, self.chips):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        left.addWidget(self._links())
        self.gate = Gate(theme, shell.counter, self._side())
        self.gate.closed.connect(self.restore_focus)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self.gate)

    def _links(self) -> ActionBar:
        """Where the work about goods goes on."""
        links = (
            (_("Products"), "F3"),
            (_("Stock count"), "F7"),
            (_("Lost or spoiled"), "F8"),
            (_("Near expiry"), "Ctrl+D"),
        )
        acts = (self._open_product, self._open_count, self._open_losses, self._open_expiring)
        buttons = []
        for (words, key), act in zip(links, acts, strict=True):
            button = KeyButton(self.theme, words, key=key)
            button.clicked.connect(act)
            buttons.append(button)
        self.product_button, self.count_button, self.losses_button, self.expiring_button = buttons
        return ActionBar(self.theme, buttons)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=380, compact=350)
        goods, column = padded_card()
        self.name_text = Text(theme, step="row", weight=700)
        self.name_text.setWordWrap(True)
        self.producer_text = Text(theme, step="caption", tone="muted")
        self.producer_text.setWordWrap(True)
        self.facts = Sums(theme)
        column.addWidget(self.name_text)
        column.addWidget(self.producer_text)
        column.addWidget(self.facts)
        self.label_button = KeyButton(theme, _("Labels"), key="F6", icon="barcode-scan")
        self.label_button.clicked.connect(self._label)
        column.addWidget(self.label_button)
        price, column = padded_card()
        self.sell_field = AmountField(theme)
        self.consign_field = AmountField(theme)
        self.price_button = KeyButton(theme, _("Set price"))
        self.price_button.clicked.connect(self._set_price)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(field_row(theme, _("&Sell price"), self.sell_field), 1)
        self._consign_row = field_row(theme, _("&Consign price"), self.consign_field)
        pair.addWidget(self._consign_row, 1)
        column.addLayout(pair)
        column.addWidget(self.price_button)
        self.count_card = CountCard(theme, self.presenter)
        self.count_field = self.count_card.field
        for frame in (goods, self.count_card, price):
            panel.body.addWidget(frame)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Record count"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Stock")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F2", _("Scan field"), self.search.setFocus),
            Command("F3", _("Products"), self._open_product),
            Command("F4", _("Enter a count"), self.count_field.setFocus),
            Command("F5", _("Read anew"), self._show_list),
            Command("F6", _("Labels of these goods"), self._label),
            Command("F7", _("Stock count"), self._open_count),
            Command("F8", _("Lost or spoiled"), self._open_losses),
            Command("Ctrl+D", _("Near expiry"), self._open_expiring),
            Command("Ctrl+F", _("Search"), self.search.setFocus),
        )

    def show_only(self, which: str) -> None:
        self.gate.close_question()
        if which in FILTERS:
            self.presenter.text = ""
            self.search.clear()
            self.chips.choose(which)
            self._on_filter(which)
        elif self.presenter.look_at(which):
            self.chips.choose("all")
            self.search.setText(self.presenter.text)

    def deactivated(self) -> None:
        self.presenter.chosen = ""

    def activated(self) -> None:
        lock = "" if self.shell.counter.is_manager else "lock-outline"
        self.main_button.set_icon(lock)
        self.price_button.set_icon(lock)
        self._show_list()
        if self.table.current_row() < 0:
            self.table.select_row(0)
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.search

    def take_scan(self, code: str) -> None:
        if self.gate.asking:
            self.shell.say(Message("E", _("Finish or cancel the question first, then scan.")))
            return
        message = self.presenter.scan(code)
        if message is not None and message.kind == "E":
            self.shell.say(message)
            return
        self.chips.choose("all")
        self.search.setText(self.presenter.text)
        self._show_rows()
        if message is not None:
            self.shell.say(message)
        else:
            product = self.presenter.product()
            self.shell.say(Message("S", product.name if product is not None else code))

    def escape(self) -> bool:
        if self.gate.asking:
            self.gate.close_question()
            return True
        if self.search.text():
            self.search.clear()
            self._on_search("")
            return True
        return False

    def main_action(self) -> None:
        if self.gate.asking:
            self.gate.accept()
            return
        self._ask_count()

    def _ask_count(self, *, knowingly: bool = False) -> None:
        """``knowingly``: a manager goes on although other tills should be heard of first."""
        product = self.presenter.product()
        if product is None or not self.count_field.text().strip():
            self.shell.say(Message("W", _("Enter what you counted, 0 when the shelf is empty.")))
            self.count_field.setFocus()
            return
        late = self.presenter.unheard(self.count_field.text())
        if late is not None and not knowingly:
            self.shell.say(late.with_action(_("Count anyway"), partial(self._ask_count, knowingly=True)))
            return
        missing = self.presenter.missing(self.count_field.text())
        cost = [words for words, _icon, _tone in self.presenter.cost_of(missing)]
        after = self.count_field.text().strip()
        lines = (product.name, f"{quantity_text(product.in_corner)} → {after}", *cost, *((late.text,) if late else ()))
        asked = _("Record count") if late or (missing is not None and missing.borne_by == "corner") else ""
        do = partial(self._count, knowingly=late is not None)
        self.gate.require("count", Approval(_("Record count"), lines), do, label=asked)

    # What happens --------------------------------------------------------------------------------------------------

    def _count(self, approved_by: str | None, *, knowingly: bool = False) -> None:
        message = self.presenter.count(self.count_field.text(), approved_by, knowingly=knowingly)
        if self.presenter.count_once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._count, approved_by, knowingly=knowingly)))
            return
        if message.kind == "S":
            self.count_card.begin()
        self._show_list()
        self.shell.refresh_state()
        self.shell.say(message)
        self.restore_focus()

    def _set_price(self) -> None:
        product = self.presenter.product()
        sell = self.sell_field.value()
        if product is None or sell is None:
            self.shell.say(Message("E", _("Enter the new sell price.")))
            return
        approval = Approval(_("Set price"), (product.name,), before=rupiah(product.sell_price), after=rupiah(sell))
        self.gate.require("set_price", approval, self._record_price)

    def _record_price(self, approved_by: str | None) -> None:
        product = self.presenter.product()
        uses_consign = product is not None and product.pricing != "komisi"
        consign = self.consign_field.value() if uses_consign else None
        message = self.presenter.set_price(self.sell_field.value(), consign, approved_by)
        if self.presenter.price_once.is_open:
            self.shell.say(message.with_action(_("Try again"), partial(self._record_price, approved_by)))
            return
        self._show_list()
        self.shell.refresh_state()
        self.shell.say(message)

    def _open_product(self) -> None:
        self.shell.go("products", self.presenter.sku)

    def _open_count(self) -> None:
        self.shell.go("stock_count")

    def _open_losses(self) -> None:
        self.shell.go("losses", self.presenter.named())

    def _open_expiring(self) -> None:
        self.shell.go("expiring")

    def _label(self) -> None:
        self.shell.go("labels", self.presenter.sku)

    def _on_filter(self, which: str) -> None:
        self.presenter.filter = cast(Filter, which)
        self._show_rows()
        self.table.select_row(0)

    def _on_search(self, text: str) -> None:
        self.presenter.text = text
        self._show_rows()
        self.table.select_row(0)
        self.presenter.chosen = self.presenter.sku if text.strip() and self.model.rows else ""

    def _on_command(self, name: str) -> None:
        if name in ("Up", "Down"):
            step = 1 if name == "Down" else -1
            self.table.select_row(max(0, min(len(self.model.rows) - 1, self.table.current_row() + step)))
            self.presenter.chosen = self.presenter.sku
        elif name == "Enter":
            text = self.search.text().strip()
            if text.isdigit():
                self.take_scan(text)
            elif self.model.rows:
                self.count_field.setFocus()

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self.model.rows):
            if self.presenter.sku != self.model.rows[row].sku:
                self.gate.close_question()  # it was about other goods
                self.presenter.sku = self.model.rows[row].sku
                self.count_card.begin()
                if self.table.hasFocus():
                    self.presenter.chosen = self.presenter.sku
            self._show_product()

    def _on_row_clicked(self) -> None:
        self.presenter.chosen = self.presenter.sku

    def _on_row_activated(self, _row: int) -> None:
        self.presenter.chosen = self.presenter.sku
        self.count_field.setFocus()

    # What is shown -------------------------------------------------------------------------------------------------

    def _show_list(self) -> None:
        self.chips.show_counts(self.presenter.counts())
        self._show_rows()

    def _show_rows(self) -> None:
        sku = self.presenter.sku
        self.model.set_rows(self.presenter.rows())
        self.table.set_empty(
            _("No items. Record goods in.")
            if self.presenter.filter == "all" and not self.presenter.text
            else _("Nothing found. Change filter or search.")
        )
        place = next((row for row, product in enumerate(self.model.rows) if product.sku == sku), -1)
        if place >= 0:
            self.table.select_row(place)
        self._show_product()

    def _show_product(self) -> None:
        product = self.presenter.product()
        for widget in (self.price_button, self.main_button, self.sell_field, self.consign_field, self.count_field):
            widget.setEnabled(product is not None)
        if product is None:
            return
        self.count_card.show_missing()
        self.name_text.setText(product.name)
        self.producer_text.setText(f"{product.producer_name} · {product.sku}")
        state = self.presenter.state(product)
        rows = [SumRow(_("On hand"), quantity_text(product.in_corner), bold=True)]
        if product.next_door:
            rows += [SumRow(self.presenter.where(product), tone="muted"), SumRow(self.presenter.heard(), tone="muted")]
        rows += [SumRow(when, quantity) for when, quantity in self.presenter.batches()]
        if state.text:
            rows.append(SumRow(state.text, tone=state.tone, icon=state.icon))
        rows.append(SumRow(_("Sell price"), rupiah(product.sell_price), rule=True))
        if product.pricing == "komisi":
            rate = f"{(product.commission_bp or 0) / 100:g} %".replace(".", ",")
            rows.append(SumRow(_("Commission"), rate))
        else:
            rows.append(SumRow(_("Consign price"), rupiah(product.consign_price or 0)))
        self.facts.show_rows(rows)
        if not self.sell_field.hasFocus():
            self.sell_field.set_value(product.sell_price)
        self._consign_row.setVisible(product.pricing != "komisi")
        if not self.consign_field.hasFocus():
            self.consign_field.set_value(product.consign_price)
