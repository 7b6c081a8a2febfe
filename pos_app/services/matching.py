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
    kind ``cancelled`` with its reversal: ``seqs`` holds both, the amount is 0.
    """

    seq: int
    number: str
    kind: Kind
    at: datetime
    amount: int
    reference: str
    seqs: tuple[int, ...]


def unmatched_total(db: Connection) -> int:
    """All unmatched QRIS money, in rupiah; for the Z, the X and the day board."""
    return qris_money.total(db)


def unmatched(db: Connection) -> list[Unmatched]:
    """What is not matched yet, oldest first. Its cost follows from what is unmatched, not from history."""
    amounts = dict(qris_money.open_entries(db))
    found: dict[str, Unmatched] = {}
    for entry in qris_money.entries(db, amounts):
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
    """Record that the bank shows ``received`` rupiah for the chosen entries (``Unmatched.seqs``). A manager's act.

    Raises ``EmptyDocument``, ``NotUnmatched``, ``FeeBelowZero`` when more came than they make, and
    ``TooManyUnmatched`` when too many older ones would be left: the older ones come first.
    """
    counter.require_manager("match_qris", approved_by)
    if not chosen:
        raise EmptyDocument
    matched = sorted(set(chosen))
    with counter.record() as now:
        unsettled = dict(qris_money.open_entries(now.db))
        missing = next((seq for seq in matched if seq not in unsettled), None)
        if missing is not None:
            raise NotUnmatched(missing)
        last = qris_money.newest(now.db)
        through = max(matched[-1], last.through_seq if last else 0)
        left = tuple(one for one in unsettled.items() if one[0] <= through and one[0] not in set(matched))
        if len(matched) > MOST or len(left) > MOST:
            raise TooManyUnmatched(MOST)
        gross = sum(unsettled[seq] for seq in matched)
        if not 0 <= received <= gross:
            raise FeeBelowZero(gross)
        numbers = qris_money.numbers(now.db, matched)
        now.append(
            QrisMatched(
                number=now.number(QrisMatched.PREFIX),
                note=now.note(note),
                approved_by=approved_by,
                through_seq=through,
                lines=tuple(MatchedEntry(seq=seq, number=numbers[seq], amount=unsettled[seq]) for seq in matched),
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
    return Unmatched(
        seq=entry.seq,
        number=document.number,
        kind=_kind(document),
        at=datetime.fromisoformat(entry.envelope.at),
        amount=amount,
        reference=reference_of(document),
        seqs=(entry.seq,),
    )


def _cancelled(original: Unmatched, reversal: Unmatched) -> Unmatched:
    return Unmatched(
        seq=original.seq,
        number=original.number,
        kind="cancelled",
        at=original.at,
        amount=original.amount + reversal.amount,
        reference=original.reference,
        seqs=(*original.seqs, *reversal.seqs),
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
