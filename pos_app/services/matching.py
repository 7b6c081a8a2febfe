"""Match QRIS sales to the bank: what came is money at the bank, what the provider kept is a fee (field lesson 8)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pos_app.domain.errors import EmptyDocument, FeeBelowZero, NotUnmatched, TooManyUnmatched
from pos_app.ledger import qris_money
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from pos_app.services.context import Counter, Recorded, done
from sync.documents.base import Document
from sync.documents.money import TabPayment
from sync.documents.qris_matched import MOST, MatchedEntry, QrisMatched
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale

Kind = Literal["sale", "tab_payment", "refund", "reversal", "cancelled"]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """QRIS money of one document that no bank statement was matched to.

    ``amount`` in rupiah is negative for refunds. A document that was reversed before it was matched is one item of
    kind ``cancelled`` with its reversal: ``lines`` holds both, the amount is 0.
    """

    seq: int
    number: str
    kind: Kind
    at: datetime
    amount: int
    reference: str
    lines: tuple[MatchedEntry, ...]


def unmatched_total(db: Connection) -> int:
    """All unmatched QRIS money, in rupiah; for the Z, the X and the day board."""
    return qris_money.total(db)


def unmatched(db: Connection) -> list[Unmatched]:
    """What is not matched yet, oldest first. Its cost follows from what is unmatched, not from history."""
    amounts = dict(qris_money.open_entries(db))
    found: dict[str, Unmatched] = {}
    for entry in qris_money.entries(db, list(amounts)):
        item = _item(entry, amounts[entry.seq])
        document = entry.document
        original = found.get(document.original_id) if isinstance(document, Reversal) else None
        if original is not None and isinstance(document, Reversal):
            found[document.original_id] = _cancelled(original, item)
        else:
            found[entry.id] = item
    return list(found.values())


def match(
    counter: Counter,
    chosen: Collection[int],
    received: int,
    *,
    reference: str = "",
    note: str | None = None,
    approved_by: str | None = None,
) -> Recorded:
    """Record that the bank shows ``received`` rupiah for the items whose ``seq`` is chosen. A manager's act.

    Raises ``EmptyDocument``, ``NotUnmatched``, ``FeeBelowZero`` when more came than they make, and
    ``TooManyUnmatched`` when too many older ones would be left: the older ones come first.
    """
    counter.require_manager("match_qris", approved_by)
    if not chosen:
        raise EmptyDocument
    with counter.record() as now:
        items = {item.seq: item for item in unmatched(now.db)}
        missing = sorted(set(chosen) - set(items))
        if missing:
            raise NotUnmatched(missing[0])
        lines = sorted((line for seq in chosen for line in items[seq].lines), key=lambda line: line.seq)
        last = qris_money.newest(now.db)
        through = max(lines[-1].seq, last.through_seq if last else 0)
        matched = {line.seq for line in lines}
        left = tuple(one for one in qris_money.open_entries(now.db) if one[0] <= through and one[0] not in matched)
        if len(lines) > MOST or len(left) > MOST:
            raise TooManyUnmatched(MOST)
        gross = sum(line.amount for line in lines)
        if not 0 <= received <= gross:
            raise FeeBelowZero(gross)
        now.append(
            QrisMatched(
                number=now.number(QrisMatched.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                through_seq=through,
                lines=tuple(lines),
                left=left,
                gross=gross,
                received=received,
                fee=gross - received,
                reference=reference,
            )
        )
    return done(now)


def is_newest(db: Connection, entry: Entry) -> bool:
    """Whether a match may be reversed: only the newest that stands, since the next one counts on it."""
    last = qris_money.newest(db)
    return last is not None and last.id == entry.id


def _item(entry: Entry, amount: int) -> Unmatched:
    document = entry.document
    line = MatchedEntry(seq=entry.seq, number=document.number, amount=amount)
    return Unmatched(
        seq=entry.seq,
        number=document.number,
        kind=_kind(document),
        at=datetime.fromisoformat(entry.envelope.at),
        amount=amount,
        reference=reference_of(document),
        lines=(line,),
    )


def _cancelled(original: Unmatched, reversal: Unmatched) -> Unmatched:
    return Unmatched(
        seq=original.seq,
        number=original.number,
        kind="cancelled",
        at=original.at,
        amount=original.amount + reversal.amount,
        reference=original.reference,
        lines=(*original.lines, *reversal.lines),
    )


def _kind(document: Document) -> Kind:
    match document:
        case TabPayment():
            return "tab_payment"
        case Refund():
            return "refund"
        case Reversal():
            return "reversal"
        case _:
            return "sale"


def reference_of(document: Document) -> str:
    """The last digits of the buyer's reference, as the cashier typed them; empty where there is none."""
    match document:
        case Sale():
            return ", ".join(t.reference for t in document.tenders if t.kind == "qris" and t.reference)
        case TabPayment():
            return document.reference
        case _:
            return ""
