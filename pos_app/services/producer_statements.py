"""The statement of a producer: what was sold, what is left, what is owed and what was paid in a period.

Read from the thread of the producer's payable and of the producer's goods, so that it costs what happened to this
producer in the period (and since), not what the corner sold. What it says is compared with the ledger while it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pos_app.domain.errors import UnknownProducer
from pos_app.ledger import owed, paper_facts, queries, registry, settlements
from pos_app.ledger.settlements import CAUSES, Cause
from pos_app.services.settled_goods import goods_between
from sync.documents.money import SettledGoods, Settlement

if TYPE_CHECKING:
    from pos_app.ledger.owed import Moved, Recorded
    from pos_app.ledger.sqlite import Connection

Period = Literal["week", "month", "payment", "range"]
What = Cause | Literal["deducted"]
"""Why a payable changed; ``deducted`` is what was kept of payments."""


@dataclass(frozen=True, slots=True)
class Span:
    """The entries ``after`` < seq <= ``through`` and their days.

    ``payment`` is the slip that it goes on from. That stands in entry ``paid``, which may be later than its cut-off
    ``after``: payments up to there belong to what was before.
    """

    first: date | None
    last: date
    after: int
    through: int
    payment: str = ""
    paid: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """A slip: what was handed over, and what the corner kept of it for which reasons. ``undoes`` for a reversal."""

    number: str
    date: str
    tender: str
    amount: int
    deductions: tuple[tuple[str, int], ...] = ()
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class ProducerStatement:
    """Amounts in rupiah, quantities in thousandths.

    ``changes`` and ``opening`` make ``closing``. ``goods`` has a line for each product that moved or is there; pieces
    and money are net of what came back. ``faults`` names what does not agree with the ledger; it should be empty.
    """

    producer: str
    name: str
    span: Span
    opening: int
    closing: int
    changes: dict[What, int]
    goods: tuple[SettledGoods, ...]
    payments: tuple[Payment, ...]
    documents: tuple[tuple[Recorded, int], ...]
    faults: tuple[str, ...] = ()

    @property
    def gross(self) -> int:
        """What buyers paid."""
        return sum(line.gross for line in self.goods)

    @property
    def share(self) -> int:
        """What of it is the producer's."""
        return sum(line.share for line in self.goods)


def span_of(
    db: Connection,
    producer: str,
    period: Period,
    today: date,
    head: int,
    first: date | None = None,
    last: date | None = None,
) -> Span:
    """The entries of a period; ``head`` is the journal's last one. ``range`` takes its days from the caller.

    Days are turned into entries, as a settlement does it: the order of the journal decides, not the clock.
    """
    if period == "payment":
        paid = settlements.last(db, producer)
        entry = queries.entry_by_seq(db, paid.seq) if paid else None
        if paid is None or entry is None:
            return Span(None, today, 0, head)
        day = date.fromisoformat(owed.documents(db, [paid.seq])[0].date)
        return Span(day, today, paid.through_seq, head, entry.document.number, paid.seq)
    if period == "week":
        first, last = today - timedelta(days=today.weekday()), today
    elif period == "month":
        first, last = today.replace(day=1), today
    end = last or today
    after = min(settlements.seq_at_end_of(db, first - timedelta(days=1)), head) if first else 0
    through = head if end >= today else min(settlements.seq_at_end_of(db, end), head)
    return Span(first, end, after, max(after, through))


def statement(db: Connection, producer: str, span: Span) -> ProducerStatement:
    """The statement of a producer. Raises ``UnknownProducer``."""
    name = registry.producer_name(db, producer)
    if name is None:
        raise UnknownProducer(producer)
    every = owed.moves(db, producer, span.after, span.through)
    before = [one for one in every if one.seq <= span.paid and _what(one) == "paid"]
    moved = [one for one in every if one not in before]
    account = f"payable:{producer}"
    changes, payments = _changes(db, moved)
    found = ProducerStatement(
        producer=producer,
        name=name,
        span=span,
        opening=sum(one.amount for one in before) - paper_facts.balance_after(db, account, span.after),
        closing=-paper_facts.balance_after(db, account, span.through),
        changes=changes,
        goods=_goods(db, producer, span),
        payments=payments,
        documents=_documents(db, producer, span, moved),
    )
    return replace(found, faults=tuple(_faults(db, found)))


def _changes(db: Connection, moved: list[Moved]) -> tuple[dict[What, int], tuple[Payment, ...]]:
    """Why the payable changed, by reason, and the slips."""
    sums: dict[What, int] = {}
    payments = []
    for one in moved:
        what = _what(one)
        change = one.amount
        if what == "paid":
            slip = _payment(db, one)
            payments.append(slip)
            kept = -sum(amount for _reason, amount in slip.deductions)
            if kept:
                sums["deducted"] = sums.get("deducted", 0) + kept
            change -= kept
        sums[what] = sums.get(what, 0) + change
    return sums, tuple(payments)


def _what(moved: Moved) -> Cause:
    """Why an entry changed the payable; a reversal for the reason of what it undoes."""
    return CAUSES[(moved.party if moved.kind == "reversal" else moved.number)[:2]]


def _payment(db: Connection, moved: Moved) -> Payment:
    """The slip of an entry; of a reversal with its amounts below zero."""
    undoes = moved.party if moved.kind == "reversal" else ""
    entry = queries.entry_by_number(db, undoes) if undoes else queries.entry_by_seq(db, moved.seq)
    if entry is None or not isinstance(entry.document, Settlement):
        raise AssertionError("an entry of the journal is gone")
    sign = -1 if undoes else 1
    slip = entry.document
    kept = tuple((one.reason, sign * one.amount) for one in slip.deductions)
    return Payment(moved.number, moved.date, slip.tender, sign * slip.amount, kept, undoes)


def _goods(db: Connection, producer: str, span: Span) -> tuple[SettledGoods, ...]:
    """One line for each consigned product that moved in the period, or lay there without moving."""
    moved = goods_between(db, producer, span.after, span.through)
    known = {line.sku for line in moved}
    others = {
        one.sku: one for one in queries.products_of(db, producer) if one.sku not in known and one.pricing != "putus"
    }
    there = settlements.stock_before(db, list(others), span.through)
    still = (
        SettledGoods(sku=sku, name=others[sku].name, unit=others[sku].unit, start=quantity)
        for sku, quantity in there.items()
        if quantity
    )
    return tuple(sorted((*moved, *still), key=lambda line: (-line.share, line.name, line.sku)))


def _documents(db: Connection, producer: str, span: Span, moved: list[Moved]) -> tuple[tuple[Recorded, int], ...]:
    """Every document that moved the producer's money or goods, with what it changed of the payable."""
    amounts = {one.seq: one.amount for one in moved}
    seqs = {*amounts, *settlements.entries_of(db, producer, span.after, span.through)}
    return tuple((one, amounts.get(one.seq, 0)) for one in owed.documents(db, seqs))


def _faults(db: Connection, found: ProducerStatement) -> list[str]:
    """What does not add up: ``payable``, ``shares``, or the SKU of goods."""
    faults = []
    if found.opening + sum(found.changes.values()) != found.closing:
        faults.append("payable")
    if found.share != found.changes.get("sold", 0) + found.changes.get("refunded", 0):
        faults.append("shares")
    left = settlements.stock_before(db, [line.sku for line in found.goods], found.span.through)
    return faults + [line.sku for line in found.goods if line.left != left[line.sku]]
