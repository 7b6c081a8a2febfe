"""Refunding a receipt of the other till, or one that was lost with a disk: by its paper and a manager's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.domain.errors import PosError, RuleError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.services import refunding
from pos_app.services.goods import find_product
from pos_app.services.once import Once
from pos_app.services.receipts import Named
from pos_app.ui.messages import Message, of_recorded
from pos_app.ui.screens.sell.payment import method_words
from pos_app.ui.widgets.pin import Approval

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.elsewhere_panel import ElsewhereSide
    from pos_app.ui.screens.sell.side_flow import SideFlow


class ElsewhereActs(QObject):
    """Opens the panel and carries out what it decides; ``refused`` says what forbids it."""

    def __init__(self, flow: SideFlow, refused: Callable[[PosError], None]) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen
        self._refused = refused
        self.once = Once(flow.screen.shell.counter)

    def wire(self, side: ElsewhereSide) -> None:
        """Connects the panel that was just built."""
        side.panel.accepted.connect(self.press_main)
        side.panel.cancelled.connect(self.flow.close)
        side.panel.wanted.connect(self.take_goods)

    def open(self, named: Named) -> None:
        """A receipt that this till does not have."""
        db = self.screen.shell.counter.db
        side = self.flow.panels.elsewhere
        self.screen.shell.hush()
        self.screen.show_side(side)
        if named.origin == "sibling":
            words = _(
                "A receipt of this corner's other till. What was on it and what came back there is not known here."
            )
        else:
            words = _("This till no longer has this receipt. What was on it and what came back is not known.")
        words += " " + _("Go by the paper.")
        before = refunding.refunded_before(db, named.number)
        if before:
            words += " " + _("Given back here already: {amount}.").format(amount=rupiah(before))
        side.panel.ask(named.number, words)

    def take_goods(self, code: str) -> None:
        """Goods that come back, scanned or typed; says why there are none."""
        side = self.flow.panels.elsewhere
        if side.asking:
            self.screen.shell.say(Message("E", _("Finish or cancel this first, then scan.")))
            return
        try:
            product = find_product(self.screen.shell.counter.db, code)
        except RuleError as error:
            self.screen.fail(error)
            return
        self.screen.shell.hush()
        side.panel.add(product)

    def press_main(self) -> None:
        """F12: gives the money back, after one more F12 or a manager's PIN."""
        side = self.flow.panels.elsewhere
        panel = side.panel
        if side.asking:
            side.accept()
            return
        if panel.missing():
            self.screen.shell.say(Message("E", panel.missing()))
            return
        amount = rupiah(panel.amount)
        title = _("Give {amount} back?").format(amount=amount)
        lines = [panel.number, _("Method: {method}").format(method=method_words(panel.tender))]
        self.screen.shell.hush()
        approval = Approval(title, lines, before=panel.number, after=amount)
        side.require("refund_elsewhere", approval, self._refund, label=_("Give money back"))

    def _refund(self, manager: str | None) -> None:
        panel, counter = self.flow.panels.elsewhere.panel, self.screen.shell.counter
        number, goods, tender, reason = panel.number, panel.goods(), panel.tender, panel.reason
        amount = rupiah(panel.amount)
        approved_by = manager or self.screen.presenter.approval("refund_elsewhere", None, number)
        try:
            recorded = self.once.record(
                (number, goods, tender),
                lambda: refunding.refund_elsewhere(
                    counter, number, goods, tender, reason=reason, approved_by=approved_by
                ),
            )
        except PosError as error:
            self._refused(error)
            return
        self.screen.tiles_changed()
        self.flow.close()
        text = _("Refund {number} recorded: give back {amount}.").format(number=recorded.number, amount=amount)
        self.screen.shell.say(of_recorded(recorded, text))
        self.screen.shell.refresh_state()
