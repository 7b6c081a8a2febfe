"""Reads for reports: a period of business dates. Amounts in rupiah, quantities in thousandths.

A period is the shifts that were opened on its dates: sales made after midnight count to the shift they belong to.
Sums come from the running totals of the shifts; what was sold, and when, is read entry by entry (``sold``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from pos_app.domain.corrections import Corrections
from pos_app.ledger import queries
from pos_app.ledger.queries import Entry
from pos_app.ledger.sqlite import Connection
from sync.documents.money import CashMove
from sync.documents.reversal import Reversal

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """Sums over the shifts of a period; tenders net of change and refunds."""

    shifts: int = 0
    sales: int = 0
    refunds: int = 0
    gross: int = 0
    commission: int = 0
    margin: int = 0
    cash: int = 0
    qris: int = 0
    tab: int = 0
    transfer: int = 0
    settled: int = 0
    over_short: int = 0


class SoldLine(msgspec.Struct, frozen=True):
    """What a report reads of a line sold or taken back."""

    sku: str
    name: str
    producer: str
    pricing: str
    quantity: int
    total: int
    unit: str = "pcs"
    share: int = 0

    @property
    def commission(self) -> int:
        """The corner's part; none of goods bought outright, whose gain is margin."""
        return 0 if self.pricing == "putus" else self.total - self.share


class _Document(msgspec.Struct, frozen=True):
    lines: tuple[SoldLine, ...] = ()
    original_id: str = ""
    original_kind: str = ""


class _Body(msgspec.Struct, frozen=True):
    at: str
    doc: _Document


@dataclass(frozen=True, slots=True)
class Sold:
    """Goods that were sold (``sign`` 1) or came back (-1). ``sales`` is 1 for a sale, -1 for a reversed one.

    ``at`` is the till's clock when it happened; for a reversal of something in the same period, when that had.
    """

    at: str
    sign: int
    sales: int
    lines: tuple[SoldLine, ...]


_bodies = msgspec.json.Decoder(_Body)


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


def by_day(db: Connection, first: str, last: str) -> dict[str, int]:
    """Rupiah sold by business date, for the dates that had a shift."""
    rows = db.execute(
        "SELECT date, sum(gross) FROM shifts WHERE seq > 0 AND date BETWEEN ? AND ? GROUP BY date ORDER BY date",
        (first, last),
    )
    return dict(rows.fetchall())


def spans(db: Connection, first: str, last: str) -> list[tuple[int, int]]:
    """The first and the last entry of each shift of a period."""
    rows = db.execute(
        "SELECT seq, coalesce(closed_seq, (SELECT max(seq) FROM journal)) FROM shifts"
        " WHERE seq > 0 AND date BETWEEN ? AND ? ORDER BY seq",
        (first, last),
    )
    return [(row[0], row[1]) for row in rows]


def sold(db: Connection, first_seq: int, last_seq: int, period_seq: int) -> Iterator[list[Sold]]:
    """What was sold and came back in a stretch of the journal, oldest first, a chunk of entries at a time.

    A reversal takes back what its original did: the running totals count it in its own shift, and so does this.
    ``period_seq`` is the first entry of the whole period.
    """
    start = first_seq
    while start <= last_seq:
        end = min(start + CHUNK - 1, last_seq)
        rows = db.execute(
            "SELECT kind, body FROM journal WHERE seq BETWEEN ? AND ? AND kind IN ('sale', 'refund', 'reversal')"
            " ORDER BY seq",
            (start, end),
        ).fetchall()
        yield [one for kind, body in rows if (one := _sold(db, kind, body, period_seq)) is not None]
        start = end + 1


def _sold(db: Connection, kind: str, body: bytes, period_seq: int) -> Sold | None:
    read = _bodies.decode(body)
    if kind != "reversal":
        return _of_kind(kind, read, read.at, 1)
    if read.doc.original_kind not in ("sale", "refund"):
        return None
    row = db.execute("SELECT seq, body FROM journal WHERE document_id = ?", (read.doc.original_id,)).fetchone()
    original = _bodies.decode(row[1])
    return _of_kind(read.doc.original_kind, original, original.at if row[0] >= period_seq else read.at, -1)


def _of_kind(kind: str, read: _Body, at: str, sign: int) -> Sold:
    return Sold(at, sign, sign, read.doc.lines) if kind == "sale" else Sold(at, -sign, 0, read.doc.lines)


def categories(db: Connection) -> dict[str, str]:
    """The category of every product in the registry."""
    return dict(db.execute("SELECT sku, category FROM products").fetchall())


def unpaid(db: Connection) -> int:
    """What the corner owes all producers now; what producers owe counts against it."""
    row = db.execute("SELECT coalesce(-sum(amount), 0) FROM balances WHERE account LIKE 'payable:%'").fetchone()
    return int(row[0])


def drops(db: Connection, first_seq: int, last_seq: int) -> int:
    """Rupiah taken from the drawer to the safe in a stretch of the journal, less what was taken back in it.

    What is taken back later counts where it is, as in the shift's figures: so a report of before says the same again.
    """
    rows = db.execute(
        f"SELECT seq FROM documents WHERE ({queries.of_kind('cash_move')}"
        f" OR ({queries.of_kind('reversal')} AND party GLOB 'KK-*')) AND seq BETWEEN ? AND ?",
        ("cash_move", "reversal", first_seq, last_seq),
    ).fetchall()
    return sum(_dropped(db, queries.entry_by_seq(db, seq)) for (seq,) in rows)


def _dropped(db: Connection, entry: Entry | None) -> int:
    match entry.document if entry is not None else None:
        case CashMove(direction="out", reason="safe", amount=amount):
            return amount
        case Reversal(original_id=original_id):
            return -_dropped(db, queries.entry_by_id(db, original_id))
    return 0


def corrections(db: Connection, first_seq: int, last_seq: int, until: str) -> Corrections:
    """What was put right in a stretch of the journal; the log counts from the time of its first entry to ``until``."""
    row = db.execute(
        "SELECT count(*), coalesce(sum(l.value ->> 'discount'), 0)"
        " FROM journal j, json_each(CAST(j.body AS TEXT), '$.doc.lines') l"
        " WHERE j.seq BETWEEN ? AND ? AND j.kind = 'sale' AND l.value ->> 'discount' > 0",
        (first_seq, last_seq),
    ).fetchone()
    reversals = db.execute(
        f"SELECT count(*) FROM documents WHERE {queries.of_kind('reversal')} AND seq BETWEEN ? AND ?",
        ("reversal", first_seq, last_seq),
    ).fetchone()[0]
    counted = dict(
        db.execute(
            "SELECT action, count(*) FROM activity WHERE at BETWEEN (SELECT recorded_at FROM journal WHERE seq = ?)"
            " AND ? GROUP BY action",
            (first_seq, until),
        ).fetchall()
    )
    return Corrections(
        reversals,
        row[0],
        row[1],
        counted.get("line_removed", 0),
        counted.get("drawer_opened", 0),
        drops(db, first_seq, last_seq),
    )
