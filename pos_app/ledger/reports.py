"""Reads for reports: a period of business dates. Amounts in rupiah, quantities in thousandths.

A period is the shifts that were opened on its dates: sales made after midnight count to the shift they belong to.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pos_app.ledger import queries
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """Sums over the shifts of a period; tenders net of change and refunds."""

    shifts: int
    sales: int
    refunds: int
    gross: int
    commission: int
    margin: int
    cash: int
    qris: int
    tab: int
    transfer: int
    settled: int
    over_short: int


def figures(db: Connection, first: str, last: str) -> PeriodFigures:
    """The running totals of the shifts opened from ``first`` to ``last`` (ISO dates)."""
    row = db.execute(
        "SELECT count(*), coalesce(sum(sales), 0), coalesce(sum(refunds), 0), coalesce(sum(gross), 0),"
        " coalesce(sum(commission), 0), coalesce(sum(margin), 0), coalesce(sum(tender_cash), 0),"
        " coalesce(sum(tender_qris), 0), coalesce(sum(tender_tab), 0), coalesce(sum(tender_transfer), 0),"
        " coalesce(sum(settlements_cash + settlements_transfer), 0), coalesce(sum(difference), 0)"
        " FROM shifts WHERE seq > 0 AND date BETWEEN ? AND ?",
        (first, last),
    ).fetchone()
    return PeriodFigures(*row)


def entry_span(db: Connection, first: str, last: str) -> tuple[int, int]:
    """The first and the last entry of the shifts of a period; ``(0, -1)`` when there is none."""
    row = db.execute(
        "SELECT min(seq), max(coalesce(closed_seq, (SELECT max(seq) FROM journal)))"
        " FROM shifts WHERE seq > 0 AND date BETWEEN ? AND ?",
        (first, last),
    ).fetchone()
    return (row[0], row[1]) if row[0] is not None else (0, -1)


def sales_per_hour(db: Connection, first_seq: int, last_seq: int) -> dict[int, int]:
    """Rupiah sold by the hour of the till's clock."""
    rows = db.execute(
        "SELECT CAST(substr(j.recorded_at, 12, 2) AS INTEGER) AS hour, sum(d.amount) FROM documents d"
        " JOIN journal j ON j.seq = d.seq WHERE d.kind = 'sale' AND d.seq BETWEEN ? AND ?"
        " AND NOT EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id) GROUP BY hour ORDER BY hour",
        (first_seq, last_seq),
    )
    return dict(rows.fetchall())


def goods_entries(db: Connection, first_seq: int, last_seq: int) -> Iterator[Entry]:
    """Sales and refunds of a span that were not reversed, oldest first."""
    for kind in ("sale", "refund"):
        rows = db.execute(
            "SELECT d.seq FROM documents d JOIN journal j ON j.seq = d.seq"
            f" WHERE {queries.of_kind(kind, 'd.kind')} AND d.seq BETWEEN ? AND ?"
            " AND NOT EXISTS (SELECT 1 FROM reversed r WHERE r.original_id = j.document_id) ORDER BY d.seq",
            (kind, first_seq, last_seq),
        ).fetchall()
        for (seq,) in rows:
            entry = queries.entry_by_seq(db, seq)
            if entry is not None:
                yield entry


def unpaid(db: Connection) -> int:
    """What the corner owes all producers now; what producers owe counts against it."""
    row = db.execute("SELECT coalesce(-sum(amount), 0) FROM balances WHERE account LIKE 'payable:%'").fetchone()
    return int(row[0])
