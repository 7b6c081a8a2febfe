"""What is typed at the counter: the scan field, the multiplier before it, and the list of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pos_app.domain.formats import quantity_text, split_multiplier, thousands
from pos_app.domain.product import Product
from pos_app.i18n import _
from pos_app.ui.screens.sell.multiplier import MultiplierChip
from pos_app.ui.screens.sell.presenter import ONE
from pos_app.ui.widgets.fields import ScanField
from pos_app.ui.widgets.results import Result, ResultList

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.screen import SellScreen

SEARCH_FROM: Final = 2
MOVES: Final = {"Up": -1, "Down": 1, "PageUp": -6, "PageDown": 6}


class Entry:
    """Turns what is typed into acts of the screen; typing finds, only Enter adds."""

    def __init__(self, screen: SellScreen) -> None:
        self.screen = screen
        theme = screen.theme
        self.multiplier = MultiplierChip(theme)
        self.field = ScanField(theme, _("Scan a barcode or type a name"))
        self.field.setAccessibleName(_("Scan a barcode or type a name") + " (F2)")
        self.field.textEdited.connect(self._on_typed)
        self.field.command.connect(self._on_command)
        self.results = ResultList(theme, screen, empty=_("Nothing found. Try fewer letters."))
        self.results.picked.connect(self._on_result_picked)

    def typed(self) -> tuple[int | None, str]:
        """Quantity before the ``*``, and the rest."""
        return split_multiplier(self.field.text())

    def take_multiplier(self) -> int | None:
        """The quantity that was typed; one that stands alone is used up by it."""
        quantity, rest = self.typed()
        if quantity is not None and not rest:
            self.clear()
        return quantity

    def take_label(self) -> str:
        """The typed text as the name of a held cart; a multiplier stays what it is."""
        quantity, rest = self.typed()
        if quantity is not None or not rest:
            return ""
        self.results.hide()
        self.clear()
        return rest

    def clear(self) -> None:
        """Nothing typed, no multiplier."""
        self.field.clear()
        self.multiplier.show_quantity(None)

    def open_results(self, products: Sequence[Product]) -> None:
        """Lists goods under the field."""
        self.results.place_under(self.field)
        self.results.show_results([result_of(product) for product in products])

    def close_results(self) -> bool:
        """Esc: the list goes first; False when there was nothing in it to leave."""
        if not self.results.isVisible():
            return False
        self.results.hide()
        return bool(self.results.count())

    def step_back(self) -> bool:
        """Esc: what is typed goes, then its multiplier; False when nothing is there."""
        quantity, rest = self.typed()
        if not self.field.text():
            return False
        keep = quantity is not None and bool(rest)
        self.field.setText(f"{quantity_text(quantity or ONE)}*" if keep else "")
        self.multiplier.show_quantity(quantity if keep else None)
        return True

    def _on_typed(self, text: str) -> None:
        quantity, rest = split_multiplier(text)
        self.multiplier.show_quantity(quantity)
        if len(rest) < SEARCH_FROM or rest.isdigit():
            self.results.hide()
            return
        self.open_results(self.screen.presenter.search(rest))

    def _on_command(self, command: str) -> None:
        if command in MOVES:
            if self.results.isVisible():
                self.results.move_by(MOVES[command])
            else:
                self.screen.move_selection(MOVES[command])
        elif command in ("Enter", "Shift+Enter"):
            self._enter(keep_list=command == "Shift+Enter")
        elif command == "Delete":
            self.screen.remove_selected()
        else:
            self.screen.step_selected(1 if command == "+" else -1)

    def _enter(self, *, keep_list: bool) -> None:
        quantity, rest = self.typed()
        if self.screen.side.takes_receipt(rest):
            self.clear()
            return
        if self.results.isVisible():
            key = self.results.current_key()
            if key:
                self._add_found(key, quantity, keep_list=keep_list)
            return
        presenter = self.screen.presenter
        if not rest:
            if quantity is not None and presenter.cart.selected >= 0:
                self.clear()
                self.screen.say(presenter.set_quantity(presenter.cart.selected, quantity))
            return
        outcome = presenter.scan(rest, quantity)
        if outcome.message is not None and outcome.message.kind != "E":
            self.clear()
        elif outcome.register:
            self.field.selectAll()
        self.screen.say(outcome, quantity)

    def _add_found(self, sku: str, quantity: int | None, *, keep_list: bool) -> None:
        outcome = self.screen.presenter.add_sku(sku, quantity)
        if not keep_list:
            self.results.hide()
            self.clear()
        self.screen.say(outcome, quantity)

    def _on_result_picked(self, sku: str) -> None:
        quantity, _rest = self.typed()
        self._add_found(sku, quantity, keep_list=False)
        self.screen.restore_focus()


def result_of(product: Product) -> Result:
    """Goods as a hit: whose they are, what is left, and their price."""
    left = _("{quantity} left").format(quantity=quantity_text(product.in_corner))
    tone = "muted" if product.in_corner > 0 else "danger"
    return Result(product.sku, product.name, f"{product.producer_name} · {left}", thousands(product.sell_price), tone)
