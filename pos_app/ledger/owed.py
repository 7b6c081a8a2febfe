"""What made up the payable of a producer: the entries of its thread, and which of them are not paid yet.

Amounts are rupiah by which the payable grew: above zero what was earned, below what was paid, came back or was kept.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos_app.ledger import settlements, threads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pos_app.ledger.sqlite import Connection

_MOVED = f"""{threads.POSTINGS}
SELECT t.seq, d.kind, d.number, d.date, d.party, -t.amount FROM thread t CROSS JOIN documents d ON d.seq = t.seq
"""
BALANCES = """
SELECT m.code, m.business_name, coalesce(a.payout_terms, m.payout_terms), -b.amount
FROM balances b JOIN producers m ON m.code = substr(b.account, length('payable:') + 1)
LEFT JOIN agreements a ON a.producer = m.code
WHERE b.account GLOB 'payable:*' AND b.amount <> 0 ORDER BY m.business_name, m.code
"""

_TAKEN_BACK = f"""
SELECT o.producer, o.seq, o.through_seq, r.seq FROM reversed r
CROSS JOIN journal n ON n.document_id = r.original_id CROSS JOIN settled o ON o.seq = n.seq
WHERE (SELECT max(s.seq) FROM settled s WHERE s.producer = o.producer AND {settlements.STANDS}) BETWEEN o.seq AND r.seq
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """One entry that changed a payable; ``party`` is the sale of a refund and the original of a reversal."""

    seq: int
    kind: str
    number: str
    date: str
    party: str
    amount: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A producer with a payable that is not zero; below zero the producer owes. Terms as agreed, else as registered."""

    producer: str
    name: str
    payout_terms: str
    amount: int


@dataclass(frozen=True, slots=True)
class OwedAgain:
    """What a payment had paid that was taken back: the earnings of ``after`` < seq <= ``through``, and the rupiah."""

    after: int
    through: int
    amount: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A document in a list: entry, kind, number, ISO date."""

    seq: int
    kind: str
    number: str
    date: str


def moves(db: Connection, producer: str, after: int, through: int) -> list[Moved]:
    """What changed the payable in the entries ``after`` < seq <= ``through``, oldest first."""
    rows = db.execute(
        f"{_MOVED} WHERE t.seq <= :through ORDER BY t.seq",
        {"account": f"payable:{producer}", "after": after, "through": through},
    )
    return [Moved(*row) for row in rows]


def documents(db: Connection, seqs: Iterable[int]) -> list[Recorded]:
    """The documents of these entries in the order of the journal."""
    rows = db.execute(
        "SELECT d.seq, d.kind, d.number, d.date FROM json_each(?) j CROSS JOIN documents d ON d.seq = j.value"
        " ORDER BY d.seq",
        (json.dumps(sorted(set(seqs))),),
    )
    return [Recorded(*row) for row in rows]


def balances(db: Connection) -> list[Owed]:
    """Every payable that is not zero, by name."""
    return [Owed(*row) for row in db.execute(BALANCES)]


def total(db: Connection) -> int:
    """All payables together, whoever they belong to."""
    row = db.execute("SELECT coalesce(-sum(amount), 0) FROM balances WHERE account GLOB 'payable:*'").fetchone()
    return int(row[0])


def owed_again(db: Connection) -> dict[str, list[OwedAgain]]:
    """By producer, the payments that were taken back after a newer one that stands, and were not made up for since."""
    found: defaultdict[str, list[OwedAgain]] = defaultdict(list)
    for producer, seq, through, undone in db.execute(_TAKEN_BACK).fetchall():
        before = settlements.last_before(db, producer, seq)
        amount = settlements.payable_change(db, producer, undone - 1, undone)
        found[producer].append(OwedAgain(before.through_seq if before else 0, through, amount))
    return found


def unpaid(
    db: Connection, producer: str, amount: int, after: int, again: Sequence[OwedAgain] = ()
) -> Iterator[tuple[str, int]]:
    """Date and rupiah of the earnings that make up a payable of ``amount``, newest first.

    Payments clear the oldest first, a refund its own sale, and a reversal takes its document away with all it did: a
    payment taken back (``again``) leaves what it had paid. The walk ends where the payable is reached or at entry
    ``after``: what is left of it was earned up to there.
    """
    undone: set[str] = set()
    came_back: defaultdict[str, int] = defaultdict(int)
    windows = [(range(one.after + 1, one.through + 1), one.amount) for one in again]
    windows.append((range(after + 1, sys.maxsize), max(amount - sum(one.amount for one in again), 0)))
    rows = db.execute(_MOVED, {"account": f"payable:{producer}", "after": after})
    for seq, kind, number, date, party, moved in rows:
        if kind == "reversal":
            undone.add(party)
        elif number in undone:
            continue
        elif kind == "refund":
            came_back[party] -= moved
        elif (left := moved - came_back[number]) > 0:
            for place, (window, wanted) in enumerate(windows):
                part = min(left, wanted, amount) if seq in window else 0
                windows[place] = window, wanted - part
                left, amount = left - part, amount - part
                if part:
                    yield date, part
            if not amount:
                break
    rows.close()
