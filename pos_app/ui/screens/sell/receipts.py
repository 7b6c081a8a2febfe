"""Receipts that are looked at again (F9 or a scan): finding, reprinting, giving money back, undoing. Rules without Qt.

A refund is limited to what remains of each line; cash leaves today's drawer; a manager approves. The original stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from pos_app.domain.dates import business_date, short_moment
from pos_app.domain.errors import NotRefundable
from pos_app.i18n import _, language
from pos_app.ledger import corner_sales, neighbours, queries
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from pos_app.services import receipts, refunding
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.receipts import Named
from pos_app.services.refunding import Back, Remaining
from pos_app.ui.screens.sell.held import CURRENT, HeldCarts, Recalled
from sync.documents.base import TakeBackReason, TenderKind
from sync.documents.paper_code import read_paper_code
from sync.documents.refund import Refund
from sync.documents.sale import Sale

SHOWN: Final = 30
State = Literal["", "refunded", "reversed"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sale in the list: amount in rupiah, when, what its first goods were, and what became of it since.

    ``till`` is the other till of the corner that recorded it, empty for an own one. ``excess`` is what two tills gave
    back too much, in rupiah.
    """

    number: str
    document_id: str
    amount: int
    when: str
    goods: str
    tenders: tuple[TenderKind, ...]
    state: State = ""
    till: str = ""
    excess: int = 0


@dataclass(frozen=True, slots=True)
class BackWanted:
    """What comes back of a receipt: thousandths by line, how the money goes, why, and a free note."""

    pieces: dict[int, int]
    tender: TenderKind
    reason: TakeBackReason
    note: str = ""


class Receipts:
    """The sales of this till."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The refund that is typed."""

    # Finding ------------------------------------------------------------------------------------------------------

    def read(self, code: str) -> Named | None:
        """The receipt that a scanned or typed code names; None for the code of goods.

        The check code of a receipt holds its number among other things.
        """
        scanned = read_paper_code(code)
        words = [scanned.number] if scanned else code.strip().upper().split()
        named = next((word for word in words if word.startswith(Sale.PREFIX)), "")
        return receipts.read_number(self.counter.ledger.identity, named) if named else None

    def check(self, code: str) -> bool | None:
        """Whether a scanned check code agrees with the books; None for another code."""
        scanned = read_paper_code(code)
        if scanned is None or not scanned.number.startswith(f"{Sale.PREFIX}-"):
            return None
        entry = queries.entry_by_number(self.counter.db, scanned.number)
        if entry is None or not isinstance(entry.document, Sale):
            return False
        total = entry.document.total + entry.document.rounding
        return scanned.agrees(total, entry.hash.hex())

    def recent(self) -> list[Receipt]:
        """Newest first."""
        found = (
            queries.entry_by_seq(self.counter.db, row.seq) for row in queries.recent(self.counter.db, "sale", SHOWN)
        )
        return list(_listed(self.counter.db, found))

    def by_number(self, text: str) -> list[Receipt]:
        """Those whose number is typed: whole, without its zeros, or the last digits of today's."""
        counter = self.counter
        today = business_date(counter.clock())
        named = receipts.read_number(counter.ledger.identity, text)
        if named is not None and named.origin == "sibling":
            receipt = self.receipt(named.number)
            return [receipt] if receipt is not None else []
        return _named(counter.db, receipts.by_number(counter.db, counter.ledger.identity, text, today))

    def searching(self, text: str) -> Callable[[], list[Receipt]]:
        """Work for another thread: receipts by day, amount and goods."""
        ledger, today = self.counter.ledger, business_date(self.counter.clock())

        def work() -> list[Receipt]:
            with closing(ledger.another()) as own:
                return _named(own.db, receipts.search(own.db, text, today))

        return work

    def receipt(self, number: str) -> Receipt | None:
        """The receipt of that number, of this till or of another one whose sale is known here."""
        found = corner_sales.find(self.counter.db, number)
        if found is None:
            return None
        receipt = _receipt(self.counter.db, found.entry, found.sale)
        if found.own:
            return replace(receipt, excess=found.excess)
        named = receipts.read_number(self.counter.ledger.identity, number)
        state: State = "reversed" if found.undone else "refunded" if found.came_back else ""
        return replace(receipt, state=state, till=named.till if named is not None else "", excess=found.excess)

    def remaining(self, number: str) -> list[Remaining]:
        """What can still be given back of each line; empty when nothing can."""
        try:
            return refunding.refundable(self.counter.db, number)
        except NotRefundable:
            return []

    # Acts ---------------------------------------------------------------------------------------------------------

    def reprint(self, document_id: str) -> None:
        """Puts the receipt into the print queue once more."""
        from pos_app.services import reprints  # late: it brings the whole print room

        reprints.reprint(self.counter, document_id)

    def refund(self, number: str, wanted: BackWanted, approved_by: str | None) -> Recorded:
        """Gives money back for what is wanted. Raises what forbids it."""
        back = [Back(line, quantity) for line, quantity in sorted(wanted.pieces.items()) if quantity]
        return self.once.record(
            (number, back, wanted.tender),
            lambda: refunding.refund(
                self.counter,
                number,
                back,
                wanted.tender,
                reason=wanted.reason,
                note=wanted.note or None,
                approved_by=approved_by,
            ),
        )

    def is_unsellable(self, refund: Refund) -> bool:
        """Whether what came back should not be sold again: it is damaged, or of a batch whose last day is over."""
        today = business_date(self.counter.clock()).isoformat()
        over = {
            (line.sku, lot.batch)
            for line in refund.lines
            for lot in queries.lots(self.counter.db, line.sku)
            if lot.expires_on is not None and lot.expires_on < today
        }
        back = {(line.sku, take.batch) for line in refund.lines for take in line.takes}
        return refund.reason in ("damaged", "expired") or bool(back & over)

    def reverse(self, number: str, code: TakeBackReason, note: str, approved_by: str | None) -> Recorded:
        """Undoes the whole sale. Raises what forbids it."""
        return self.once.record(
            (number, code),
            lambda: refunding.reverse(self.counter, number, reason=note or None, code=code, approved_by=approved_by),
        )

    def cart_of(self, number: str, held: HeldCarts, approved_by: str) -> Recalled | None:
        """The goods of a sale as a cart, at today's prices; a manager lets it be paid anew."""
        entry = queries.entry_by_number(self.counter.db, number)
        if entry is None or not isinstance(entry.document, Sale):
            return None
        return held.cart_of(entry.document, approved_by)

    def pay_anew(self, number: str, cart: Recalled, held: HeldCarts, approved_by: str | None) -> Recorded:
        """Undoes a sale that was paid by the wrong method; its cart is the current one from the same moment on."""
        body = held.body(cart.lines, cart.buyer)
        return self.once.record(
            (number, "wrong_tender"),
            lambda: refunding.reverse(
                self.counter, number, code="wrong_tender", approved_by=approved_by, keep=(CURRENT, body)
            ),
        )


def _named(db: Connection, numbers: Iterable[str]) -> list[Receipt]:
    return list(_listed(db, (queries.entry_by_number(db, number) for number in numbers)))


def _listed(db: Connection, entries: Iterable[Entry | None]) -> Iterable[Receipt]:
    for entry in entries:
        if entry is not None and isinstance(entry.document, Sale):
            yield _receipt(db, entry, entry.document)


def _receipt(db: Connection, entry: Entry, sale: Sale) -> Receipt:
    more = len(sale.lines) - 1
    goods = sale.lines[0].name + (_(" +{count} more").format(count=more) if more else "")
    when = short_moment(datetime.fromisoformat(entry.envelope.at), language())
    tenders = tuple(dict.fromkeys(tender.kind for tender in sale.tenders))
    state: State = "reversed" if queries.is_reversed(db, entry.id) else ""
    if not state and (queries.refunded(db, entry.seq) or neighbours.entries_about(db, sale.number)):
        state = "refunded"
    return Receipt(sale.number, entry.id, sale.total + sale.rounding, when, goods, tenders, state)
