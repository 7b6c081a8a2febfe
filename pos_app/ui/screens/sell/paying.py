"""From F12 to the paid page: the sale is recorded, or what forbids it is said."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.domain.errors import (
    DiscountTooLarge,
    EnvironmentFault,
    PosError,
    PriceChanged,
    RecordedAfterAll,
    RuleError,
)
from pos_app.domain.tendering import Offer
from pos_app.i18n import _
from pos_app.ledger.sqlite import Error
from pos_app.services.context import Recorded
from pos_app.services.wording import warning
from pos_app.ui.messages import Message, of_error
from pos_app.ui.paper_words import has_printer
from pos_app.ui.screens.sell.payment import Payment, paid_view

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.side_flow import SideFlow


class Paying(QObject):
    """Opens the Pay panel of a side and carries the sale through."""

    def __init__(self, flow: SideFlow) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen

    def pay(self) -> None:
        """Opens the Pay panel for the cart."""
        presenter = self.screen.presenter
        self.screen.shell.hush()
        payment = self.flow.payment = Payment(presenter.once, presenter.cart, presenter.buyer)
        panel = self.flow.panels.pay
        self.screen.show_side(panel)
        panel.start(payment)

    def finish(self, offer: Offer | None) -> None:
        """Records the sale with this tender, and shows it paid; else says why not."""
        payment = self.flow.payment
        if payment is None:
            return
        with suppress(PosError, Error):  # a disk that fails now is told of by the sale
            self.screen.keeper.save()
        try:
            recorded = payment.finish(offer)
        except (PriceChanged, DiscountTooLarge) as error:
            self.screen.presenter.take_prices_anew()
            self.screen.refresh()
            self.flow.panels.pay.begin_again()
            self.screen.fail(error)
            return
        except (RuleError, RecordedAfterAll) as error:
            self.screen.fail(error)
            return
        except EnvironmentFault as error:
            retry = partial(self.finish, offer)
            self.screen.shell.say(of_error(error).with_action(_("Try again"), retry))
            return
        self._show_paid(recorded)

    def look_again(self) -> None:
        """The screen is shown: a sale of which the disk hid whether it was recorded is looked up before all else."""
        self.flow.beside.wake()
        if self.screen.presenter.once.is_open:
            if self.screen.selling:
                self.pay()
            self.settle()

    def settle(self) -> bool:
        """Whether the cart may change or be left: no sale of it is left open.

        One that is recorded after all is shown as paid; of one that cannot be looked up the strip tells.
        """
        once = self.screen.presenter.once
        if not once.is_open:
            return True
        try:
            recorded = once.settled()
        except EnvironmentFault as error:
            self.screen.shell.say(of_error(error).with_action(_("Try again"), self.look_again))
            return False
        if recorded is not None:
            self._show_paid(recorded)
            return False
        self.screen.shell.hush()
        return True

    def _show_paid(self, recorded: Recorded) -> None:
        self.flow.last = recorded
        counter = self.screen.shell.counter
        self.flow.panels.pay.leave()
        self.screen.show_big_qr("")
        panel = self.flow.panels.paid
        self.screen.show_side(panel)
        panel.show_paid(paid_view(recorded, prints=counter.prints and has_printer(counter)))
        self.screen.keeper.save()
        self.screen.shell.sounds.play("paid")
        text = _("Receipt {number} done. Scan for the next buyer.").format(number=recorded.number)
        doubts = [warning(name, detail) for name, detail in recorded.warnings if name != "below_stock"]
        self.screen.strip.show_message(Message("W", doubts[0]) if doubts else Message("S", text))
        self.screen.shell.refresh_state()
