"""What goes on beside the cart: the code on paper, the buyer's display, the cash drawer."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.domain.errors import PosError, WrongPin
from pos_app.i18n import _
from pos_app.ledger import queries, registry
from pos_app.services.wording import describe
from pos_app.ui import settings_keys
from pos_app.ui.buyer_display import presenter
from pos_app.ui.messages import Message, failure, of_error
from sync.documents.sale import Sale

if TYPE_CHECKING:
    from pos_app.ui.buyer_display.window import BuyerDisplay
    from pos_app.ui.screens.sell.drawer_panel import DrawerPanel
    from pos_app.ui.screens.sell.pay_panel import PayPanel
    from pos_app.ui.screens.sell.side_flow import SideFlow


class Beside(QObject):
    """Belongs to the side of one Sell screen; ``follow`` shows the buyer what the cashier sees."""

    def __init__(self, flow: SideFlow) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen
        self.shell = flow.screen.shell
        self.display: BuyerDisplay | None = None
        self._wanted = self._is_set()
        self._printing = False

    def wire_pay(self, panel: PayPanel) -> None:
        """Connects the Pay panel that was just built."""
        panel.qris.print_wanted.connect(self._print_code)
        panel.qris.display_wanted.connect(self.toggle_display)
        panel.stepped.connect(self.follow)

    def wire_drawer(self, panel: DrawerPanel) -> None:
        """Connects the question about the drawer that was just built."""
        panel.accepted.connect(self._on_drawer)

    # The code on paper --------------------------------------------------------------------------------------------

    def _print_code(self, payload: str, amount: int) -> None:
        """Prints past the queue: the buyer waits for it, and it belongs to no document."""
        if self._printing:
            return
        self._printing = True
        counter = self.shell.counter
        at = counter.clock()

        def work() -> bool:
            from pos_app.services.qris_slips import print_qr

            with closing(counter.ledger.another()) as own:
                return print_qr(own, payload, amount, at)

        self.shell.workers.run(work, self._on_printed, self._on_not_printed)

    def _on_printed(self, printed: bool) -> None:
        self._printing = False
        text = _("The QR code is on paper.") if printed else _("No printer is chosen; nothing was printed.")
        self.shell.say(Message("S" if printed else "W", text))

    def _on_not_printed(self, error: Exception) -> None:
        self._printing = False
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))

    # The buyer's display ------------------------------------------------------------------------------------------

    def toggle_display(self) -> None:
        """On or off; kept for the next start."""
        self._set_wanted(not self._wanted)
        words = _("Buyer display on.") if self._wanted else _("Buyer display off.")
        self.shell.say(Message("I", words))

    def _set_wanted(self, wanted: bool) -> None:
        self._wanted = wanted
        with self.shell.counter.ledger.write() as tx:
            registry.set_setting(tx.db, settings_keys.BUYER_DISPLAY, "1" if wanted else "")
        self.follow()

    def wake(self) -> None:
        """The screen is shown: the settings may say otherwise by now."""
        self._wanted = self._is_set()
        self.follow()

    def _is_set(self) -> bool:
        return queries.setting(self.shell.counter.db, settings_keys.BUYER_DISPLAY, "") == "1"

    def follow(self) -> None:
        """Shows the buyer where the sale stands."""
        if not self._wanted:
            self.close_display()
            return
        if not self.screen.isVisible() and self.display is None:
            return
        if self.display is None:
            from pos_app.ui.buyer_display.window import BuyerDisplay

            self.display = BuyerDisplay(self.screen.theme, self.shell.counter.ledger.identity.corner_name)
            self.display.closed.connect(self._on_closed)
            self.screen.destroyed.connect(self.display.deleteLater)
            self.display.show_near(self.screen.window())
        shown = self._picture()
        if shown != self.display.shown:
            self.display.show_picture(shown)

    def close_display(self) -> None:
        """The display goes; the setting stays."""
        display, self.display = self.display, None
        if display is not None:
            display.closed.disconnect(self._on_closed)
            display.close()
            display.deleteLater()

    def _on_closed(self) -> None:
        """Somebody closed the window by its own button: it is off."""
        self.display = None
        self._set_wanted(False)

    def _picture(self) -> presenter.Shown:
        flow, cart = self.flow, self.screen.presenter.cart
        if flow.is_paid and flow.last is not None and isinstance(flow.last.document, Sale):
            return presenter.paid(flow.last.document)
        if not cart.lines:
            return presenter.idle(self.shell.counter.ledger.identity.corner_name)
        payment = flow.payment
        if payment is not None and payment.method == "qris":
            shown = flow.panels.pay.qris.shown
            if shown.payload:
                typed = bool(shown.amount_to_type)
                return presenter.qris(payment.asked, shown.payload, shown.caption, type_amount=typed)
        return presenter.cart(cart.lines, cart.total)

    # The cash drawer ----------------------------------------------------------------------------------------------

    def ask_drawer(self) -> None:
        """Ctrl+D: the drawer without a sale, with a reason."""
        panel = self.flow.panels.drawer
        self.shell.hush()
        self.screen.show_side(panel)
        panel.ask(needs_pin=not self.screen.presenter.is_manager)

    def _on_drawer(self) -> None:
        from pos_app.services import drawer

        panel, counter = self.flow.panels.drawer, self.shell.counter
        try:
            drawer.allow(counter, panel.reason, panel.pin.text() if panel.needs_pin else None)
        except WrongPin as error:
            panel.pin.clear()
            panel.show_error(describe(error))
            panel.pin.setFocus()
            return
        except PosError as error:
            self.shell.say(of_error(error))
            return
        self.flow.close()

        def work() -> bool:
            with closing(counter.ledger.another()) as own:
                return drawer.kick(own)

        self.shell.workers.run(work, self._on_kicked, self._on_not_printed)

    def _on_kicked(self, opened: bool) -> None:
        if opened:
            self.shell.say(Message("S", _("The drawer is open; it is logged.")))
        else:
            text = _("No drawer hangs on the printer. Open it with its key; it is logged.")
            self.shell.say(Message("W", text))
