"""Recent receipts (F9): reprint one, or give money back for some of its goods. Rules without Qt.

A refund is limited to what remains of each line; cash leaves today's drawer; a manager approves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pos_app.domain.dates import short_moment
from pos_app.domain.errors import NotRefundable
from pos_app.i18n import _, language
from pos_app.ledger import queries
from pos_app.services import refunding
from pos_app.services.context import Counter, Recorded
from pos_app.services.once import Once
from pos_app.services.refunding import Back, Remaining
from sync.documents.base import TenderKind
from sync.documents.sale import Sale

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Receipt:
    """One sale in the list: amount in rupiah, when, and what its first goods were."""

    number: str
    document_id: str
    amount: int
    when: str
    goods: str
    tenders: tuple[TenderKind, ...]


class Receipts:
    """The newest sales of this till."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The refund that is typed."""

    def recent(self) -> list[Receipt]:
        """Newest first."""
        found = (
            queries.entry_by_seq(self.counter.db, row.seq) for row in queries.recent(self.counter.db, "sale", SHOWN)
        )
        return [
            _receipt(entry.document, entry.id, entry.envelope.at)
            for entry in found
            if entry is not None and isinstance(entry.document, Sale)
        ]

    def reprint(self, document_id: str) -> None:
        """Puts the receipt into the print queue once more."""
        from pos_app.services import printing  # late: it brings the whole print room

        printing.reprint(self.counter.ledger, document_id, self.counter.clock())

    def remaining(self, number: str) -> list[Remaining]:
        """What can still be given back of each line; empty when nothing can."""
        try:
            return refunding.refundable(self.counter.db, number)
        except NotRefundable:
            return []

    def refund(
        self, number: str, pieces: dict[int, int], tender: TenderKind, *, approved_by: str | None, note: str
    ) -> Recorded:
        """Gives money back for ``pieces`` (line to thousandths). Raises what forbids it."""
        back = [Back(line, quantity) for line, quantity in sorted(pieces.items()) if quantity]
        return self.once.record(
            (number, back, tender),
            lambda: refunding.refund(self.counter, number, back, tender, approved_by=approved_by, note=note or None),
        )


def _receipt(sale: Sale, document_id: str, at: str) -> Receipt:
    more = len(sale.lines) - 1
    goods = sale.lines[0].name + (_(" +{count} more").format(count=more) if more else "")
    when = short_moment(datetime.fromisoformat(at), language())
    tenders = tuple(dict.fromkeys(tender.kind for tender in sale.tenders))
    return Receipt(sale.number, document_id, sale.total + sale.rounding, when, goods, tenders)
