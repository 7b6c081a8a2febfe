"""What is done with receipts on the Sell screen: found, opened, printed again, refunded, undone, paid anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pos_app.domain.errors import InsufficientCash, NotReversible, PosError, RuleError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.services.context import Recorded
from pos_app.services.goods import find_product
from pos_app.ui.messages import Message, expected, of_error, of_recorded
from pos_app.ui.paper_words import reprinted
from pos_app.ui.screens.sell.elsewhere_acts import ElsewhereActs
from pos_app.ui.screens.sell.payment import method_words
from pos_app.ui.screens.sell.receipts import BackWanted, Receipt, Receipts
from pos_app.ui.screens.sell.void_acts import VoidActs
from pos_app.ui.widgets.pin import Approval
from sync.documents.refund import Refund
from sync.documents.sale import Sale

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.receipt_panel import ReceiptSide
    from pos_app.ui.screens.sell.receipts_panel import ReceiptsPanel
    from pos_app.ui.screens.sell.side_flow import SideFlow

SEARCH_FROM = 3


class ReceiptActs(QObject):
    """Opens the list and the single receipt, and carries out what they decide."""

    def __init__(self, flow: SideFlow) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen
        self.receipts = Receipts(flow.screen.shell.counter)
        self.elsewhere = ElsewhereActs(flow, self._refused)
        self.void = VoidActs(flow, self._refused)
        self._typed = ""

    def wire_list(self, panel: ReceiptsPanel) -> None:
        """Connects the list that was just built."""
        panel.open_wanted.connect(self.open)
        panel.reprint_wanted.connect(self.reprint_receipt)
        panel.search_wanted.connect(self._on_search)

    def wire_receipt(self, side: ReceiptSide) -> None:
        """Connects the panel of one receipt that was just built."""
        side.panel.accepted.connect(self.press_main)
        side.panel.cancelled.connect(self.flow.close)
        side.panel.reverse_wanted.connect(self.reverse)
        side.panel.pay_anew_wanted.connect(self.pay_anew)
        side.panel.reprint_wanted.connect(self.reprint_receipt)

    # Finding ------------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """F9: the list, newest first."""
        panel = self.flow.panels.receipts
        self.screen.shell.hush()
        self.screen.show_side(panel)
        self._typed = ""
        panel.ask(self.receipts.recent(), needs_pin=not self.screen.presenter.is_manager)

    def takes(self, code: str) -> bool:
        """Whether a scanned or typed code names a receipt, which is opened then; or why it cannot be is said."""
        named = self.receipts.read(code)
        if named is None:
            return self._takes_document(code)
        receipt = self.receipts.receipt(named.number) if named.origin != "elsewhere" else None
        if receipt is not None:
            self.open(receipt)
            if not receipt.till:
                self._tell_check(self.receipts.check(code))
        elif named.origin == "own":
            text = _("This till has no receipt {number}. Check the number, or search with F9.")
            message = Message("E", text.format(number=named.number))
            self.screen.shell.say(message.with_action(_("By the paper"), partial(self.elsewhere.open, named)))
        elif named.origin == "sibling":
            self.elsewhere.open(named)
        else:
            text = _("Receipt {number} is not of this corner. Refund it where it was bought.")
            self.screen.shell.say(Message("E", text.format(number=named.number)))
        return True

    def names_paper(self, code: str) -> bool:
        """Whether a code is that of a receipt or of another paper of this till."""
        return self.receipts.read(code) is not None or self.void.document(code) is not None

    def _takes_document(self, code: str) -> bool:
        entry = self.void.document(code)
        if entry is not None:
            self.void.open(entry)
        return entry is not None

    def _tell_check(self, agrees: bool | None) -> None:
        if agrees is None:
            return
        if agrees:
            self.screen.shell.say(Message("S", _("This receipt agrees with the books.")))
        else:
            text = _("This paper does not agree with the books. Keep it and tell Diskoperin.")
            self.screen.shell.say(Message("E", text))

    def open(self, receipt: Receipt) -> None:
        """One receipt with its lines."""
        side = self.flow.panels.receipt
        self.screen.shell.hush()
        self.screen.show_side(side)
        remaining = self.receipts.remaining(receipt.number)
        side.panel.ask(receipt, remaining, needs_pin=not self.screen.presenter.is_manager)

    def take_goods(self, code: str) -> None:
        """A scan while a receipt is open: goods that come back."""
        side = self.flow.panels.receipt
        if side.asking:
            self.screen.shell.say(Message("E", _("Finish or cancel this first, then scan.")))
            return
        try:
            sku = find_product(self.screen.shell.counter.db, code).sku
        except RuleError as error:
            self.screen.fail(error)
            return
        if side.panel.take_back(sku):
            self.screen.shell.hush()
        else:
            self.screen.shell.say(Message("E", _("These goods are not on the receipt, or all of them came back.")))

    def _on_search(self, text: str) -> None:
        self._typed = typed = text.strip()
        panel = self.flow.panels.receipts
        if not typed:
            panel.show_receipts(self.receipts.recent(), empty=_("No sales yet."))
            return
        numbered = self.receipts.by_number(typed)
        panel.show_receipts(numbered, empty=_("No receipt found. Try its date or the goods."))
        if len(typed) < SEARCH_FROM:
            return
        counter = self.screen.shell.counter

        def show(found: list[Receipt]) -> None:
            if self._typed == typed:
                self._add_found(numbered, found)

        def failed(error: Exception) -> None:
            message = expected(error, str(counter.ledger.path))
            if message is None:
                raise error
            self.screen.shell.say(message)

        self.screen.shell.workers.run(self.receipts.searching(typed), show, failed)

    def _add_found(self, numbered: Sequence[Receipt], found: Sequence[Receipt]) -> None:
        known = {receipt.number for receipt in numbered}
        panel = self.flow.panels.receipts
        row = panel.table.current_row()
        rows = [*numbered, *(receipt for receipt in found if receipt.number not in known)]
        panel.show_receipts(rows, empty=_("No receipt found. Try its date or the goods."))
        if row > 0:
            panel.table.select_row(row)

    # Acts ---------------------------------------------------------------------------------------------------------

    def press_main(self) -> None:
        """F12: gives the money back, after one more F12 or a manager's PIN."""
        side = self.flow.panels.receipt
        panel, receipt = side.panel, side.panel.receipt
        if side.asking:
            side.accept()
            return
        wanted = panel.wanted()
        if receipt is None or wanted is None:
            self.screen.shell.say(Message("E", panel.missing()))
            return
        amount = rupiah(panel.amount)
        title = _("Give {amount} back?").format(amount=amount)
        lines = [receipt.number, _("Method: {method}").format(method=method_words(wanted.tender))]
        self._require(
            "refund",
            Approval(title, lines, before=receipt.number, after=amount),
            _("Give money back"),
            lambda by: self._refund(receipt, wanted, amount, by),
        )

    def reverse(self) -> None:
        """F7: undoes the whole receipt by a document of its own."""
        side = self.flow.panels.receipt
        panel, receipt = side.panel, side.panel.receipt
        if receipt is None or side.asking or not panel.reverse_button.isEnabled():
            return
        reason = panel.reason
        if reason is None or panel.missing_reason():
            self.screen.shell.say(Message("E", panel.missing_reason()))
            return
        approval = self._whole(_("Undo the whole receipt {number}?"), receipt)
        note = panel.why
        self._require(
            "reverse",
            approval,
            _("Undo receipt"),
            lambda by: self._undone(receipt, self.receipts.reverse(receipt.number, reason, note, by)),
        )

    def pay_anew(self) -> None:
        """F5: the method was wrong. The sale is undone and its cart offered again, unpaid."""
        side = self.flow.panels.receipt
        receipt = side.panel.receipt
        if receipt is None or side.asking or not side.panel.pay_anew_button.isEnabled():
            return
        if self.screen.presenter.cart.lines:
            self.screen.shell.say(Message("W", _("Hold or finish this cart first, then pay the receipt anew.")))
            return
        approval = self._whole(_("Undo {number} and pay it again by the right method?"), receipt)
        self._require("reverse", approval, _("Undo and pay anew"), lambda by: self._paid_anew(receipt, by))

    def reprint_receipt(self, receipt: Receipt) -> None:
        """F9: the paper of a receipt again."""
        self.reprint(receipt.document_id, receipt.number)

    def reprint(self, document_id: str, number: str) -> None:
        """A paper again; says what becomes of it."""
        try:
            self.receipts.reprint(document_id)
        except PosError as error:
            self.screen.fail(error)
            return
        self.screen.shell.say(reprinted(self.screen.shell.counter, number))

    def _whole(self, title: str, receipt: Receipt) -> Approval:
        kinds = " + ".join(method_words(kind) for kind in receipt.tenders)
        lines = [receipt.goods, f"{receipt.when} · {kinds}"]
        return Approval(title.format(number=receipt.number), lines, before=receipt.number, after=rupiah(receipt.amount))

    def _require(self, action: str, approval: Approval, label: str, act: Callable[[str], None]) -> None:
        presenter = self.screen.presenter

        def run(manager: str | None) -> None:
            approved_by = manager or presenter.approval(action, None, approval.before)
            try:
                act(approved_by)
            except PosError as error:
                self._refused(error)

        self.screen.shell.hush()
        self.flow.panels.receipt.require(action, approval, run, label=label)

    def _refused(self, error: PosError) -> None:
        if isinstance(error, InsufficientCash):
            text = _("The drawer holds only {drawer}; {needed} is needed. Choose another method, or put cash in first.")
            message = Message("E", text.format(drawer=rupiah(error.drawer), needed=rupiah(error.needed)))
        elif isinstance(error, NotReversible) and error.number.startswith(Sale.PREFIX):
            message = Message("E", _("Goods of this receipt came back already. Refund what is left of it instead."))
        else:
            message = of_error(error)
        self.screen.shell.say(message)

    def _refund(self, receipt: Receipt, wanted: BackWanted, amount: str, approved_by: str) -> None:
        recorded = self.receipts.refund(receipt.number, wanted, approved_by)
        self._close()
        text = _("Refund {number} recorded: give back {amount}.").format(number=recorded.number, amount=amount)
        message = of_recorded(recorded, text)
        if isinstance(recorded.document, Refund) and self.receipts.is_unsellable(recorded.document):
            text = f"{message.text} {_('The goods count as stock again: take them off the shelf and write them off.')}"
            go = partial(self.screen.shell.go, "losses", recorded.number)
            message = Message("W", text, action=_("Write off"), run=go)
        self.screen.shell.say(message)

    def _undone(self, receipt: Receipt, recorded: Recorded) -> None:
        self._close()
        text = _("{number} undone by {reversal}: give back {amount}.").format(
            number=receipt.number, reversal=recorded.number, amount=rupiah(receipt.amount)
        )
        self.screen.shell.say(of_recorded(recorded, text))

    def _paid_anew(self, receipt: Receipt, approved_by: str) -> None:
        held = self.screen.held
        cart = self.receipts.cart_of(receipt.number, held, approved_by)
        if cart is None:
            return
        recorded = self.receipts.pay_anew(receipt.number, cart, held, approved_by)
        self._close()
        self.screen.keeper.take_back(cart)
        self.screen.presenter.take_prices_anew()
        self.screen.refresh()
        self.screen.keeper.save()
        self.flow.paying.pay()
        text = _("{number} undone by {reversal}. Choose the right method.").format(
            number=receipt.number, reversal=recorded.number
        )
        if cart.changed:
            goods = ", ".join(cart.changed)
            text = f"{text} " + _("Price changed since: {goods}. Tell the buyer.").format(goods=goods)
        self.screen.shell.say(Message("W", text) if cart.changed else of_recorded(recorded, text))

    def _close(self) -> None:
        self.screen.tiles_changed()
        self.flow.close()
        self.screen.shell.refresh_state()
