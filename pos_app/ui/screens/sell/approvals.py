"""What a manager allows while something is sold: a tab over its limit, expired goods. Once, and logged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from pos_app.domain.errors import PosError, WrongPin
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ledger import queries
from pos_app.services.wording import describe
from pos_app.ui.screens.sell.payment import TabView
from pos_app.ui.widgets.pin import Approval

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.side_flow import SideFlow

OVER_LIMIT: Final = 13
"""Number of the message that a manager answers."""


class Approvals(QObject):
    """Asks for a manager's PIN in the place of the open panel."""

    def __init__(self, flow: SideFlow) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen
        self._approve: Callable[[str, str], None] | None = None
        self._after_pin: QWidget | None = None

    def ask_tab(self, view: TabView) -> None:
        """A tab over its limit: a manager says so, or types the PIN."""
        payment = self.flow.payment
        if payment is None:
            return
        message = payment.over_limit(view)
        if message is None:
            return
        if self.screen.presenter.is_manager:
            allow = partial(self._allow_tab, view, None)
            self.screen.shell.say(message.with_action(_("Approve"), allow))
            return
        self.screen.shell.say(message)
        lines = [
            view.member.name,
            _("Tab limit {limit}, after this {after}").format(
                limit=rupiah(view.member.tab_limit), after=rupiah(view.after)
            ),
        ]
        title = _("Tab over its limit by {amount}").format(amount=rupiah(view.excess))
        self.ask_pin(Approval(title, lines), partial(self._tab_approved, view))

    def withdraw(self) -> None:
        """A tab over its limit is no longer asked about."""
        message = self.screen.strip.message
        if message is not None and message.number == OVER_LIMIT:
            self.screen.shell.hush()

    def _tab_approved(self, view: TabView, pin: str, reason: str) -> None:  # noqa: ARG002
        self._allow_tab(view, pin)

    def _allow_tab(self, view: TabView, pin: str | None) -> None:
        self.withdraw()
        if self.flow.payment is None or self.flow.payment.method != "tab":
            return
        detail = f"{view.member.code} {view.excess}"
        self.flow.payment.allow_tab(view, self.screen.presenter.approval("tab_over_limit", pin, detail))
        self.screen.show_side(self.flow.panels.pay)
        self.flow.panels.pay.finish()

    def ask_pin(self, approval: Approval, approve: Callable[[str, str], None]) -> None:
        """Asks for a manager's PIN; ``approve(pin, reason)`` runs when it is typed and may raise ``WrongPin``."""
        self._approve = approve
        self._after_pin = self.screen.right_stack.currentWidget()
        panel = self.flow.panels.pin
        self.screen.show_side(panel)
        panel.ask(approval)

    def ask_expired(self, sku: str, quantity: int) -> None:
        """A manager may let expired goods be sold."""
        product = queries.product(self.screen.shell.counter.db, sku)
        if product is None:
            return
        if self.screen.presenter.is_manager:
            self.screen.say(self.screen.presenter.allow_expired(sku, None, quantity))
            return
        approval = Approval(_("Sell expired goods"), [product.name, product.producer_name])
        self.ask_pin(approval, partial(self._expired_approved, sku, quantity))

    def _expired_approved(self, sku: str, quantity: int, pin: str, reason: str) -> None:  # noqa: ARG002
        outcome = self.screen.presenter.allow_expired(sku, pin, quantity)
        self.flow.close()
        self.screen.say(outcome)

    def try_pin(self, pin: str, reason: str) -> None:
        """A PIN was typed."""
        if self._approve is None:
            return
        try:
            self._approve(pin, reason)
        except WrongPin as error:
            self.screen.shell.sounds.play("error")
            self.flow.panels.pin.show_error(describe(error))
        except PosError as error:
            self.screen.fail(error)
            self.cancel()

    def cancel(self) -> None:
        """Nobody allows it: back to what was open before."""
        self._approve = None
        before = self._after_pin
        self._after_pin = None
        if before is None or before is self.screen.tile_page:
            self.flow.close()
        else:
            self.withdraw()
            self.screen.show_side(before)
            self.flow.restore_focus()
