"""Since when each producer waits to be paid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_app.ledger import listing, threads
from pos_app.ledger.queries import of_kind
from pos_app.ledger.settlements import STANDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pos_app.ledger.settlements import Payable
    from pos_app.ledger.sqlite import Connection


def since(db: Connection, found: Iterable[Payable]) -> dict[str, str]:
    """The date (ISO) from which each producer waits; nothing of who was never owed anything.

    That is the last payment, unless an older one was taken back since: then it is the one before that. Without any it
    is the first delivery, else the first entry that moved what is owed (an opening balance, goods sold ahead).
    Balances are one entry for all their producers: it is read once and not by the thread of each.
    """
    begun = _opened(db) | listing.first_delivery_dates(db)
    taken_back = _taken_back(db)
    dates = {}
    for one in found:
        last = _before(db, one.producer, taken_back[one.producer]) if one.producer in taken_back else one.since
        date = last or begun.get(one.producer) or (_first_change(db, one.producer) if one.amount > 0 else None)
        if date:
            dates[one.producer] = date
    return dates


def _opened(db: Connection) -> dict[str, str]:
    """By producer the date of the first balance taken over from the paper book."""
    rows = db.execute(
        "SELECT substr(p.value ->> 0, length('payable:') + 1), min(d.date)"
        " FROM documents d CROSS JOIN json_each(d.postings) p"
        f" WHERE {of_kind('opening', 'd.kind')} AND p.value ->> 0 GLOB 'payable:*' GROUP BY 1",
        ("opening",),
    )
    return dict(rows.fetchall())


def _taken_back(db: Connection) -> dict[str, int]:
    """By producer the oldest payment that was taken back when a newer one, the last that stands, was paid already."""
    last = f"(SELECT max(s.seq) FROM settled s WHERE s.producer = o.producer AND {STANDS})"
    rows = db.execute(
        "SELECT o.producer, min(o.seq) FROM reversed r CROSS JOIN journal n ON n.document_id = r.original_id"
        f" CROSS JOIN settled o ON o.seq = n.seq WHERE {last} BETWEEN o.seq AND r.seq GROUP BY o.producer"
    )
    return dict(rows.fetchall())


def _before(db: Connection, producer: str, seq: int) -> str | None:
    row = db.execute(
        f"SELECT through_date FROM settled s WHERE s.producer = ? AND s.seq < ? AND {STANDS}"
        " ORDER BY s.seq DESC LIMIT 1",
        (producer, seq),
    ).fetchone()
    return row[0] if row else None


def _first_change(db: Connection, producer: str) -> str | None:
    row = db.execute(
        f"{threads.POSTINGS} SELECT d.date FROM thread t CROSS JOIN documents d ON d.seq = t.seq"
        " ORDER BY t.seq LIMIT 1",
        {"account": f"payable:{producer}", "after": 0},
    ).fetchone()
    return row[0] if row else None
