"""From a document to the projections: the same code when a document is appended and when the journal is replayed."""

from typing import Any

from pos_app.ledger.sqlite import Connection
from sync.documents.base import Document, InvalidDocument, Movement
from sync.documents.goods import GoodsReceived, GoodsReturned
from sync.documents.money import CashMove, PriceSet, Settlement, TabPayment
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened

OUTSIDE = 0
"""The row of ``shifts`` for documents recorded while no shift was open."""
LOOKING_BACK = (Refund, Reversal)
"""Kinds whose effects depend on what the projections say of earlier documents."""
MOVING_SHIFTS = (ShiftOpened, ShiftClosed, Reversal)


def open_shift_seq(db: Connection) -> int:
    """Sequence number of the entry that opened the current shift; ``OUTSIDE`` when there is none."""
    row = db.execute("SELECT seq FROM shifts WHERE closed_seq IS NULL AND seq > 0").fetchone()
    return row[0] if row else OUTSIDE


def project(db: Connection, seq: int, document: Document, *, at: str, date: str) -> None:
    """Add the effects of one document to every projection; runs inside the caller's transaction."""
    projection = Projection(db)
    projection.add(seq, document, at=at, date=date)
    projection.flush()


class Projection:
    """Adds documents to the projections, one or many: what they add is written by ``flush``.

    A replay flushes once in a thousand entries; sums of rows that many documents touch are then written once.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._shift: int | None = None
        self._clear()

    def _clear(self) -> None:
        self._documents: list[tuple[int, str, str, str, int, str, int]] = []
        self._counters: dict[str, int] = {}
        self._postings: list[tuple[str, int, int]] = []
        self._balances: dict[str, int] = {}
        self._movements: list[tuple[str, int, str, int, int]] = []
        self._stock: dict[tuple[str, str], list[Any]] = {}
        self._figures: dict[int, dict[str, int]] = {}

    def add(self, seq: int, document: Document, *, at: str, date: str) -> None:
        """Take in one document; the entries come in order."""
        if isinstance(document, LOOKING_BACK):
            self.flush()
        if self._shift is None:
            self._shift = open_shift_seq(self._db)
        shift = seq if isinstance(document, ShiftOpened) else self._shift
        effects = document.effects()
        _project_kind(self._db, seq, document, at, date)
        if isinstance(document, MOVING_SHIFTS):
            self._shift = None
        number = document.number
        self._documents.append((seq, number, document.KIND, date, amount_of(document), party_of(document), shift))
        series, _, count = number.rpartition("-")
        self._counters[series] = max(int(count), self._counters.get(series, 0))
        for account, amount in effects.postings:
            self._postings.append((account, seq, amount))
            self._balances[account] = self._balances.get(account, 0) + amount
        for movement in effects.movements:
            self._move(seq, movement)
        figures = self._figures.setdefault(shift, {})
        for name, amount in effects.figures.items():
            if amount:
                figures[name] = figures.get(name, 0) + amount

    def _move(self, seq: int, movement: Movement) -> None:
        sku, batch, quantity, cost, expires_on, place = movement
        self._movements.append((sku, seq, batch, quantity, cost))
        known = self._stock.get((sku, batch))
        if known:
            known[2] += quantity
            known[3] += cost
        else:
            self._stock[sku, batch] = [sku, batch, quantity, cost, expires_on, seq if place == "back" else -seq]

    def flush(self) -> None:
        """Write what was taken in, in order of the keys, which is worth much in a large batch.

        After an error of SQLite the projections are not to be used.
        """
        db = self._db
        db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", self._documents)
        db.executemany(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET last = max(last, excluded.last)",
            self._counters.items(),
        )
        db.executemany("INSERT INTO postings VALUES (?, ?, ?)", sorted(self._postings))
        db.executemany(
            "INSERT INTO balances VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET amount = amount + excluded.amount",
            self._balances.items(),
        )
        if self._movements:
            self._flush_goods()
        for shift, figures in self._figures.items():
            if figures:
                sums = ", ".join(f"{name} = {name} + ?" for name in figures)
                db.execute(f"UPDATE shifts SET {sums} WHERE seq = ?", (*figures.values(), shift))
        self._clear()

    def _flush_goods(self) -> None:
        self._db.executemany(
            "INSERT INTO stock_movements VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku, seq, batch)"
            " DO UPDATE SET quantity = quantity + excluded.quantity, cost = cost + excluded.cost",
            sorted(self._movements),
        )
        self._db.executemany(
            "INSERT INTO stock VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sku, batch)"
            " DO UPDATE SET quantity = quantity + excluded.quantity, cost = cost + excluded.cost",
            self._stock.values(),
        )


def _project_kind(db: Connection, seq: int, document: Document, at: str, date: str) -> None:
    match document:
        case ShiftOpened():
            db.execute(
                "INSERT INTO shifts (seq, number, opened_at, date, opening_float) VALUES (?, ?, ?, ?, ?)",
                (seq, document.number, at, date, document.float),
            )
        case ShiftClosed():
            db.execute(
                "UPDATE shifts SET closed_seq = ?, expected = ?, counted = ?, difference = ?"
                " WHERE closed_seq IS NULL AND seq > 0 AND number = ?",
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
    sale = db.execute("SELECT seq FROM documents WHERE number = ?", (refund.sale_number,)).fetchone()
    if sale is None:
        raise InvalidDocument("refunds a sale that is not there")
    db.executemany(
        "INSERT INTO refunded VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sale_seq, line) DO UPDATE SET"
        " quantity = quantity + excluded.quantity, total = total + excluded.total,"
        " share = share + excluded.share, cost = cost + excluded.cost",
        [(sale[0], line.line, line.quantity, line.total, line.share, line.cost) for line in refund.lines],
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
