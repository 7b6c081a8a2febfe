"""The cart of the Sell screen against power cuts and interruptions: kept while it is rung up, held, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from pos_app.domain.cart import CartLine
from pos_app.domain.errors import EnvironmentFault
from pos_app.i18n import _
from pos_app.ui.messages import Message, numbered, of_error
from pos_app.ui.screens.sell.held import HeldCarts, Recalled
from sync.documents.sale import Buyer

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.screen import SellScreen

SAVE_DELAY_MS: Final = 400


class CartKeeper(QObject):
    """Keeps the current cart a moment after it changed. ``kept`` is what lies on the disk, None until it was read."""

    def __init__(self, screen: SellScreen) -> None:
        super().__init__(screen)
        self.screen = screen
        self.held = HeldCarts(screen.shell.counter)
        self.kept: tuple[tuple[CartLine, ...], Buyer] | None = None
        self._unkept = False
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SAVE_DELAY_MS)
        self.timer.timeout.connect(self.save)

    def look(self) -> None:
        """The cart may have changed: it is kept in a moment."""
        if self.kept is not None and self.kept != self._to_keep():
            self.timer.start()

    def save(self) -> None:
        """Keeps the cart, so that a power cut does not lose it; until the kept one is back, nothing replaces it.

        Nor while the disk hides whether the cart was sold: the sale has emptied the slot, or it is not there. A disk
        that takes nothing is told once.
        """
        self.timer.stop()
        if self.screen.presenter.once.is_open:
            return
        now = self._to_keep()
        if self.kept is not None and self.kept != now:
            try:
                self.held.save_current(*now)
            except EnvironmentFault:
                if not self._unkept:
                    text = _("The disk takes nothing: a power cut would lose this cart. Make room, then go on.")
                    self.screen.shell.say(Message("W", text))
                self._unkept = True
                return
            self.kept, self._unkept = now, False

    def restore(self) -> None:
        """The cart that was being rung up when the program stopped comes back, once."""
        if self.kept is not None:
            return
        recalled = self.held.restore_current()
        self.kept = (recalled.lines, recalled.buyer) if recalled is not None else ((), Buyer())
        if recalled is not None and recalled.lines:
            self.take_back(recalled)
            if not recalled.changed:
                self.screen.shell.say(numbered(23, count=self.screen.presenter.cart.pieces))

    def hold(self) -> None:
        """F6: the cart waits, under the typed name where there is one; the next buyer."""
        screen = self.screen
        presenter = screen.presenter
        label = screen.entry.take_label()
        try:
            self.held.hold(presenter.cart.lines, presenter.buyer, label)
        except EnvironmentFault as fault:
            screen.shell.say(of_error(fault))
            return
        presenter.new_buyer()
        screen.refresh()
        self.save()
        screen.shell.say(Message("I", _("Cart held. F7 recalls it.")))
        screen.restore_focus()

    def take_back(self, recalled: Recalled) -> None:
        """A held or saved cart becomes the current one; asks where a price is another now."""
        screen = self.screen
        screen.presenter.cart.restore(recalled.lines)
        screen.presenter.buyer = recalled.buyer
        screen.presenter.mark_down()
        screen.refresh()
        if recalled.changed:
            text = _("Price changed since: {goods}. Take the new price?").format(goods=", ".join(recalled.changed))
            ask = Message("W", text).with_action(_("Take it"), screen.shell.hush)
            screen.shell.say(ask.with_other(_("Hold again"), self.hold, "F6"))

    def _to_keep(self) -> tuple[tuple[CartLine, ...], Buyer]:
        """The cart as a power cut must leave it; a paid one is over."""
        presenter = self.screen.presenter
        return ((), Buyer()) if self.screen.side.is_paid else (presenter.cart.lines, presenter.buyer)
