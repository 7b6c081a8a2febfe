"""What made up the payable of a producer: the entries of its thread, and which of them are not paid yet.

Amounts are rupiah by which the payable grew: above zero what was earned, below what was paid, came back or was kept.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos_app.ledger import threads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def unpaid(db: Connection, producer: str, amount: int, after: int) -> Iterator[tuple[str, int]]:
    """Date and rupiah of the newest earnings that make up a payable of ``amount``, newest first.

    Payments clear the oldest first, a refund its own sale, and a reversal takes its document away with all it did. The
    walk ends where the payable is reached or at entry ``after``: what is left of it was earned up to there.
    """
    undone: set[str] = set()
    came_back: defaultdict[str, int] = defaultdict(int)
    rows = db.execute(_MOVED, {"account": f"payable:{producer}", "after": after})
    for _seq, kind, number, date, party, moved in rows:
        if kind == "reversal":
            undone.add(party)
        elif number in undone:
            continue
        elif kind == "refund":
            came_back[party] -= moved
        elif (left := moved - came_back[number]) > 0:
            yield date, min(left, amount)
            amount -= min(left, amount)
            if not amount:
                break
    rows.close()
