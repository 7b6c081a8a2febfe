"""From a document to the projections: the same code when a document is appended and when the journal is replayed."""

from pos_app.ledger.sqlite import Connection
from sync.documents.base import Document, Effects, Movement, Posting
from sync.documents.goods import GoodsReceived, GoodsReturned
from sync.documents.money import CashMove, PriceSet, Settlement, TabPayment
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened

OUTSIDE = 0
"""The row of ``shifts`` for documents recorded while no shift was open."""


def open_shift_seq(db: Connection) -> int:
    """Sequence number of the entry that opened the current shift; ``OUTSIDE`` when there is none."""
    row = db.execute("SELECT seq FROM shifts WHERE closed_seq IS NULL AND seq > 0").fetchone()
    return row[0] if row else OUTSIDE


def project(db: Connection, seq: int, document: Document, *, at: str, date: str) -> None:
    """Add the effects of one document to every projection; runs inside the caller's transaction."""
    shift = open_shift_seq(db)
    effects = document.effects()
    _project_kind(db, seq, document, at, date)
    if isinstance(document, ShiftOpened):
        shift = seq
    db.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
        (seq, document.number, document.KIND, date, amount_of(document), party_of(document), shift),
    )
    series, _, number = document.number.rpartition("-")
    db.execute(
        "INSERT INTO counters VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET last = max(last, excluded.last)",
        (series, int(number)),
    )
    _project_money(db, seq, effects.postings)
    _project_goods(db, seq, effects.movements)
    _project_figures(db, shift, effects)


def _project_money(db: Connection, seq: int, postings: tuple[Posting, ...]) -> None:
    db.executemany("INSERT INTO postings VALUES (?, ?, ?)", [(account, seq, amount) for account, amount in postings])
    db.executemany(
        "INSERT INTO balances VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET amount = amount + excluded.amount",
        postings,
    )


def _project_goods(db: Connection, seq: int, movements: tuple[Movement, ...]) -> None:
    if not movements:
        return
    db.executemany(
        "INSERT INTO stock_movements VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku, seq, batch)"
        " DO UPDATE SET quantity = quantity + excluded.quantity, cost = cost + excluded.cost",
        [(m.sku, seq, m.batch, m.quantity, m.cost) for m in movements],
    )
    db.executemany(
        "INSERT INTO stock VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sku, batch)"
        " DO UPDATE SET quantity = quantity + excluded.quantity, cost = cost + excluded.cost",
        [(m.sku, m.batch, m.quantity, m.cost, m.expires_on, seq if m.place == "back" else -seq) for m in movements],
    )


def _project_figures(db: Connection, shift: int, effects: Effects) -> None:
    changed = {name: amount for name, amount in effects.figures.items() if amount}
    if changed:
        sums = ", ".join(f"{name} = {name} + ?" for name in changed)
        db.execute(f"UPDATE shifts SET {sums} WHERE seq = ?", (*changed.values(), shift))


def _project_kind(db: Connection, seq: int, document: Document, at: str, date: str) -> None:
    match document:
        case ShiftOpened():
            db.execute(
                "INSERT INTO shifts (seq, number, opened_at, date, opening_float) VALUES (?, ?, ?, ?, ?)",
                (seq, document.number, at, date, document.float),
            )
        case ShiftClosed():
            db.execute(
                "UPDATE shifts SET closed_seq = ?, expected = ?, counted = ?, difference = ? WHERE number = ?",
                (seq, document.expected, document.counted, document.difference, document.shift),
            )
        case Refund():
            _project_refund(db, document)
        case Reversal():
            db.execute("INSERT INTO reversed VALUES (?, ?)", (document.original_id, seq))
            db.execute(
                "DELETE FROM settled WHERE seq = (SELECT seq FROM documents WHERE number = ?)",
                (document.original_number,),
            )
        case PriceSet():
            db.execute(
                "INSERT INTO prices VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku) DO UPDATE SET"
                " sell_price = excluded.sell_price, consign_price = coalesce(excluded.consign_price, consign_price),"
                " commission_bp = coalesce(excluded.commission_bp, commission_bp),"
                " min_stock = coalesce(excluded.min_stock, min_stock)",
                (document.sku, document.sell_price, document.consign_price, document.commission_bp, document.min_stock),
            )
        case Settlement():
            db.execute(
                "INSERT INTO settled VALUES (?, ?, ?, ?)",
                (document.producer, seq, document.through_seq, document.through_date),
            )


def _project_refund(db: Connection, refund: Refund) -> None:
    sale_seq = db.execute("SELECT seq FROM documents WHERE number = ?", (refund.sale_number,)).fetchone()[0]
    db.executemany(
        "INSERT INTO refunded VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sale_seq, line) DO UPDATE SET"
        " quantity = quantity + excluded.quantity, total = total + excluded.total,"
        " share = share + excluded.share, cost = cost + excluded.cost",
        [(sale_seq, line.line, line.quantity, line.total, line.share, line.cost) for line in refund.lines],
    )


def amount_of(document: Document) -> int:
    """The amount by which a document is listed, in rupiah; 0 where none is natural."""
    match document:
        case Sale():
            return document.total + document.rounding
        case Refund():
            return document.total
        case Settlement() | TabPayment() | CashMove():
            return document.amount
        case ShiftOpened():
            return document.float
        case ShiftClosed():
            return document.counted
    return 0


def party_of(document: Document) -> str:
    """The producer or staff member a document is about; empty where there is none."""
    match document:
        case GoodsReceived() | GoodsReturned() | Settlement():
            return document.producer
        case TabPayment():
            return document.staff
        case Sale():
            return next((tender.staff for tender in document.tenders if tender.staff), "")
        case Refund():
            return document.sale_number
        case Reversal():
            return document.original_number
    return ""
