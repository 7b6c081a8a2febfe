"""Slips of producers, read back: what stands behind their sums, and the same sums computed anew from the journal.

    found = recomputed(db, entry)       # the document as the sales, refunds and losses make it today
    differences(entry.document, found)  # nothing, unless somebody changed the file or a rule

Every field follows from the entries between the slip before and the cut-off, so any slip can be checked at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pos_app.ledger import queries, settlements
from pos_app.ledger.settlements import CAUSES
from pos_app.printing.papers.common import SHORT_HASH
from pos_app.printing.papers.settlement import Explained
from pos_app.services.settled_goods import came_back
from pos_app.services.settling import Due, due_after, settlement
from sync.documents.money import Settlement
from sync.documents.paper_code import read_paper_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pos_app.ledger.settlements import Cause, LastSettlement
    from pos_app.ledger.sqlite import Connection

TAKEN_BACK = {"PU", "ST"}
"""Prefixes of what buyers brought back, and of sales that were reversed."""
RECOMPUTED = (
    *("from_seq", "through_seq", "from_date", "goods", "gross", "commission", "earned", "other", "carried_over"),
    "remaining",
)
"""Fields of a slip that follow from the journal; the others say whom, how and how much of it was paid."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a slip that the journal does not bear out."""

    field: str
    recorded: object
    recomputed: object


def explained(db: Connection, seq: int, paid: Settlement) -> Explained:
    """What stands behind the sums of the slip in entry ``seq``."""
    last = settlements.last_before(db, paid.producer, seq)
    return _explained(db, paid.producer, paid.from_seq, paid.through_seq, paid.carried_over, last)


def explained_due(db: Connection, due: Due) -> Explained:
    """The same for what is about to be paid."""
    last = settlements.last(db, due.producer)
    return _explained(db, due.producer, due.from_seq, due.through_seq, due.carried_over, last)


def _explained(
    db: Connection, producer: str, from_seq: int, through_seq: int, carried_over: int, last: LastSettlement | None
) -> Explained:
    causes = settlements.changes_by_cause(db, producer, from_seq, through_seq)
    left = settlements.remaining_after(db, last.seq) if last else 0

    def by(cause: Cause) -> int:
        return sum(amount for prefix, amount in causes.items() if CAUSES.get(prefix) == cause)

    return Explained(
        came_back=came_back(db, producer, from_seq, through_seq) if causes.keys() & TAKEN_BACK else 0,
        taken_back=carried_over - left,
        losses=by("lost"),
        bought=by("bought"),
        opening=by("opening"),
        debts_paid=by("debt"),
    )


def recomputed(db: Connection, seq: int, paid: Settlement) -> Settlement:
    """The slip in entry ``seq`` as the journal makes it: the entries between the slip before it and its cut-off."""
    head = settlements.last_change(db, paid.producer)
    before = queries.payable(db, paid.producer) - settlements.payable_change(db, paid.producer, seq - 1, head)
    due = due_after(
        db,
        paid.producer,
        paid.producer_name,
        settlements.last_before(db, paid.producer, seq),
        paid.through_seq,
        date.fromisoformat(paid.through_date),
        payable=before,
        head=seq - 1,
    )
    return settlement(
        due,
        paid.tender,
        paid.amount,
        number=paid.number,
        deductions=paid.deductions,
        note=paid.note,
        approved_by=paid.approved_by,
    )


def differences(paid: Settlement, found: Settlement) -> tuple[Difference, ...]:
    """The fields in which a slip and what the journal makes of it differ; empty where it is right."""
    return tuple(
        Difference(name, getattr(paid, name), getattr(found, name))
        for name in RECOMPUTED
        if getattr(paid, name) != getattr(found, name)
    )


def check(db: Connection, number: str) -> tuple[Difference, ...] | None:
    """What differs in the slip of this number; None where there is none."""
    entry = queries.entry_by_number(db, number)
    if entry is None or not isinstance(entry.document, Settlement):
        return None
    return differences(entry.document, recomputed(db, entry.seq, entry.document))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the books say of a slip on paper. ``genuine`` is None where only a number was given."""

    number: str
    known: bool
    genuine: bool | None = None
    reversed: bool = False
    producer: str = ""
    amount: int = 0
    date: str = ""


def verdict(db: Connection, text: str) -> Verdict | None:
    """What is behind a scanned code, a number, or a number with the check code of the paper; None for anything else."""
    scanned = read_paper_code(text)
    words = [scanned.number, str(scanned.amount), scanned.digest] if scanned else text.strip().upper().split()
    if not words or not words[0].startswith(f"{Settlement.PREFIX}-"):
        return None
    number, claims = words[0], words[1:]
    entry = queries.entry_by_number(db, number)
    if entry is None or not isinstance(entry.document, Settlement):
        return Verdict(number, known=False)
    paid = entry.document
    return Verdict(
        number,
        known=True,
        genuine=_agrees(paid.amount, entry.hash.hex(), claims) if claims else None,
        reversed=queries.is_reversed(db, entry.id),
        producer=paid.producer_name,
        amount=paid.amount,
        date=entry.envelope.date,
    )


def _agrees(amount: int, digest: str, claims: Sequence[str]) -> bool:
    """Whether a code, and the amount where it is told, are those of the entry."""
    code = claims[-1].replace("-", "").lower()
    told = claims[0].replace(".", "") if len(claims) > 1 else str(amount)
    return len(code) >= SHORT_HASH and digest.startswith(code) and told == str(amount)
