"""The small questions at the right of the Sell screen: quantity, discount, buyer, held carts, registering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from pos_app.domain.errors import WrongPin
from pos_app.domain.formats import parse_quantity_typed
from pos_app.i18n import _
from pos_app.ledger import queries, receipts
from pos_app.services.wording import describe
from pos_app.ui.messages import Message
from pos_app.ui.screens.sell.presenter import ONE
from pos_app.ui.widgets.question import QuestionPanel

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.register_side import RegisterSide
    from pos_app.ui.screens.sell.side_flow import SideFlow


class Questions(QObject):
    """Opens the small panels of a side and carries out what they answer."""

    def __init__(self, flow: SideFlow) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen

    def wire(self, panel: QuestionPanel) -> None:
        """Connects a panel that was just built."""
        panels = self.flow.panels
        accepted = {
            "quantity": self._on_quantity,
            "discount": self._on_discount,
            "buyer": self._on_buyer,
        }
        for name, act in accepted.items():
            if panel is panels.built(name):
                panel.accepted.connect(act)
        if panel is panels.built("held"):
            panels.held.recalled.connect(self._on_recalled)

    def wire_register(self, side: RegisterSide) -> None:
        """Connects the form about goods that was just built."""
        side.panel.registered.connect(self._on_registered)
        side.panel.leaving.connect(self.flow.close)

    def _open(self, panel: QWidget) -> None:
        """Shows a small panel; what the strip said before is over."""
        self.screen.shell.hush()
        self.screen.show_side(panel)

    def ask_quantity(self) -> None:
        """F4."""
        cart = self.screen.presenter.cart
        panel = self.flow.panels.quantity
        self._open(panel)
        panel.ask(cart.lines[cart.selected])

    def ask_discount(self) -> None:
        """F5."""
        presenter = self.screen.presenter
        panel = self.flow.panels.discount
        self._open(panel)
        line = presenter.cart.lines[presenter.cart.selected]
        panel.ask(line, presenter.gross, presenter.discount_of, needs_pin=not presenter.is_manager)

    def ask_buyer(self) -> None:
        """F8."""
        panel = self.flow.panels.buyer
        self._open(panel)
        panel.ask(self.screen.presenter.buyer, receipts.office_units(self.screen.shell.counter.db))

    def ask_recall(self) -> None:
        """F7."""
        if self.screen.presenter.cart.lines:
            self.screen.shell.say(Message("W", _("Hold or finish this cart first, then recall.")))
            return
        if not self.screen.held.count():
            self.screen.shell.say(Message("I", _("No held carts.")))
            return
        panel = self.flow.panels.held
        self._open(panel)
        panel.show_carts(self.screen.held.listed())

    def ask_register(self, barcode: str) -> None:
        """The button of message 1: a manager names the goods."""
        if not self.screen.selling:
            self.flow.close()
        side = self.flow.panels.register
        self._open(side)
        side.panel.begin_new(barcode)

    def _on_quantity(self) -> None:
        presenter = self.screen.presenter
        try:
            quantity = parse_quantity_typed(self.flow.panels.quantity.field.text())
        except ValueError:
            self.flow.panels.quantity.show_error(_("Enter a quantity from 1 to 999."))
            return
        outcome = presenter.set_quantity(presenter.cart.selected, quantity)
        if outcome.message is not None and outcome.message.kind == "E":
            self.flow.panels.quantity.show_error(outcome.message.text)
            return
        self.flow.close()
        self.screen.say(outcome)

    def _on_discount(self) -> None:
        panel, presenter = self.flow.panels.discount, self.screen.presenter
        amount = panel.amount
        if amount is None:
            return
        pin = panel.pin.text() if panel.needs_pin else None
        try:
            outcome = presenter.discount(panel.scope, amount, panel.borne_by, panel.reason, pin)
        except WrongPin as error:
            panel.pin.clear()
            panel.show_error(describe(error))
            panel.pin.setFocus()
            return
        self.flow.close()
        self.screen.say(outcome)

    def _on_registered(self, sku: str) -> None:
        """What was named is sold at once."""
        product = queries.product(self.screen.shell.counter.db, sku)
        self.screen.tiles_changed()
        self.flow.close()
        if product is not None:
            self.screen.say(self.screen.presenter.add(product, ONE))

    def _on_buyer(self) -> None:
        self.screen.presenter.buyer = self.flow.panels.buyer.buyer()
        self.flow.close()

    def _on_recalled(self, slot: str) -> None:
        recalled = self.screen.held.recall(slot)
        self.flow.close()
        if recalled is not None:
            self.screen.shell.hush()
            self.screen.keeper.take_back(recalled)
            self.screen.keeper.save()
