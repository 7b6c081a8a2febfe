"""What needs action now, told on the Reports screen. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pos_app.domain.formats import rupiah
from pos_app.domain.terms import is_due
from pos_app.i18n import _
from pos_app.ledger import listing, reports, settlements, tasks, waiting
from pos_app.ledger.sqlite import Connection
from pos_app.services import certificate_board, expiring, producer_board
from pos_app.services.matching import unmatched_total


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that needs action, the screen where it is found, and which of its things (``Shell.go``).

    ``screen`` is empty when all is well.
    """

    text: str
    screen: str = ""
    which: str = ""

    @property
    def place(self) -> str:
        """``stock:out``: where its link leads."""
        return f"{self.screen}:{self.which}" if self.which else self.screen


def todos(db: Connection, today: date) -> list[Todo]:
    """What needs action; that yesterday's cash was right is told, too."""
    counts = listing.stock_counts(db, today.isoformat())
    found = []
    if counts["out"]:
        found.append(Todo(_("{count} items sold out").format(count=counts["out"]), "stock", "out"))
    found += _near_expiry(db, today)
    due = _producers_due(db, today)
    if due:
        found.append(Todo(_("{count} producers due").format(count=due), "producers", "due"))
    wanted = producer_board.to_deliver(db, today)
    if wanted:
        words = _("{count} goods to be delivered tomorrow").format(count=wanted)
        found.append(Todo(words, "producer_board", "deliver"))
    certificates = certificate_board.urgent(db, today)
    if certificates:
        found.append(Todo(_("{count} certificates to see to").format(count=certificates), "certificates"))
    unmatched = unmatched_total(db)
    if unmatched:
        found.append(Todo(_("QRIS not matched: {amount}").format(amount=rupiah(unmatched)), "qris_match"))
    yesterday = (today - timedelta(days=1)).isoformat()
    difference = reports.figures(db, yesterday, yesterday).over_short
    if difference:
        words = _("Cash difference yesterday: {amount}").format(amount=rupiah(difference))
        found.append(Todo(words, "reports", "yesterday"))
    else:
        found.append(Todo(_("No cash difference yesterday")))
    return found


def _near_expiry(db: Connection, today: date) -> Iterator[Todo]:
    near = expiring.counts(db, today)
    if near.expired:
        yield Todo(_("{count} expired, set aside to give back").format(count=near.expired), "expiring", "expired")
    if near.today:
        yield Todo(_("{count} have their last day today").format(count=near.today), "expiring", "today")
    if near.soon:
        yield Todo(_("{count} expiring soon").format(count=near.soon), "expiring", "soon")
    back = tasks.count(db, "return")
    if back:
        yield Todo(_("{count} to be returned").format(count=back), "expiring", "tasks")


def _producers_due(db: Connection, today: date) -> int:
    rows = settlements.payables(db)
    since = waiting.since(db, rows)
    return sum(is_due(row.amount, row.payout_terms, since.get(row.producer), today) for row in rows)
