"""Writes the rows that follow from documents: of one that is appended, of a thousand when the journal is replayed."""

from collections.abc import Sequence

from pos_app.ledger.hot import OpenShift
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.standing import Found, Goods, Row, Rows, Standing
from sync.documents.base import Document, Effects
from sync.documents.money import PriceSet

LOOK_UP = "SELECT seq, kind FROM documents WHERE number = ? AND seq < ?"
PRICE = "SELECT sku, sell_price, consign_price, commission_bp, min_stock FROM prices WHERE sku = ?"

SET_BALANCE = (
    "INSERT INTO balances VALUES (?, ?, ?)"
    " ON CONFLICT (account) DO UPDATE SET amount = excluded.amount, last_seq = excluded.last_seq"
)
MOVE_BALANCE = "UPDATE balances SET amount = ?, last_seq = ? WHERE account = ?"
SET_STOCK = (
    "INSERT INTO stock VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sku, batch) DO UPDATE SET"
    " quantity = excluded.quantity, cost = excluded.cost, expires_on = excluded.expires_on,"
    " position = excluded.position, last_seq = excluded.last_seq"
)
MOVE_STOCK = (
    "UPDATE stock SET quantity = ?, cost = ?, expires_on = ?, position = ?, last_seq = ? WHERE sku = ? AND batch = ?"
)
SET_PRICE = (
    "INSERT INTO prices VALUES (?, ?, ?, ?, ?) ON CONFLICT (sku) DO UPDATE SET sell_price = excluded.sell_price,"
    " consign_price = excluded.consign_price, commission_bp = excluded.commission_bp, min_stock = excluded.min_stock"
)
OPEN = "INSERT INTO shifts (seq, number, opened_at, date, opening_float) VALUES (?, ?, ?, ?, ?)"
CLOSE = "UPDATE shifts SET closed_seq = ?, expected = ?, counted = ?, difference = ? WHERE seq = ?"


def project(
    db: Connection, seq: int, document: Document, *, at: str, date: str, open_shifts: Sequence[OpenShift]
) -> None:
    """Add the effects of one document to every projection; runs inside the caller's transaction.

    ``open_shifts`` are those before it.
    """
    projection = Projection(db)
    projection.standing.open_shifts = {shift.seq: shift.number for shift in open_shifts}
    effects = document.effects()
    _load(db, projection, document, effects)
    projection.add(seq, document, effects, at=at, date=date)
    projection.flush()


def look_up(db: Connection, number: str, before: int) -> Found | None:
    """The document with this number among the entries before one."""
    row = db.execute(LOOK_UP, (number, before)).fetchone()
    return Found(*row) if row else None


def _load(db: Connection, projection: "Projection", document: Document, effects: Effects) -> None:
    """What the running tables say of all that one document touches."""
    standing, cursor = projection.standing, db.cursor()
    cursor.row_factory = None
    if effects.postings:
        accounts = [account for account, _amount in effects.postings]
        found = cursor.execute(f"SELECT * FROM balances WHERE account IN ({_marks(accounts)})", accounts)
        standing.balances = {account: (amount, last_seq) for account, amount, last_seq in found}
        projection.accounts.update(standing.balances)
    if effects.movements:
        skus = list({movement.sku for movement in effects.movements})
        for row in cursor.execute(f"SELECT * FROM stock WHERE sku IN ({_marks(skus)})", skus):
            _put(standing.goods, row)
            projection.goods.add(row[:2])
    if type(document) is PriceSet:
        price = cursor.execute(PRICE, (document.sku,)).fetchone()
        if price:
            standing.prices[document.sku] = (price, 0)


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _put(goods: dict[str, Goods], row: Row) -> None:
    sku, batch, quantity, cost, expires_on, position, last_seq = row
    one = goods.get(sku)
    if one is None:
        one = goods[sku] = Goods()
    one.last_seq = max(one.last_seq, last_seq)
    one.batches[batch] = [quantity, cost, expires_on, position, last_seq]


class Projection:
    """Collects the rows of documents; ``flush`` writes them. After an error of SQLite it is not to be used.

    ``accounts`` and ``goods`` are keys of rows known to be there: changing these is half the work of putting them.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self.standing = Standing(self._look_up)
        self.rows = Rows()
        self.accounts: set[str] = set()
        self.goods: set[tuple[str, str]] = set()

    def add(self, seq: int, document: Document, effects: Effects, *, at: str, date: str) -> None:
        """Take in one document; the entries come in order. Raises ``InvalidDocument``."""
        self.standing.add(self.rows, seq, document, effects, at, date)

    def _look_up(self, number: str, before: int) -> Found | None:
        self._flush_documents()
        return look_up(self._db, number, before)

    def _flush_documents(self) -> None:
        self._db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", self.rows.documents)
        self.rows.documents = []

    def flush(self) -> None:
        """Write what was collected."""
        rows = self.rows
        self._flush_documents()
        if rows.accounts:
            self._flush_balances(rows.accounts)
        if rows.goods:
            self._flush_stock(rows.goods)
        self._flush_kinds(rows)
        self._flush_shifts(rows)
        self.rows = Rows()

    def _flush_balances(self, moved: dict[str, None]) -> None:
        there, new, balances = [], [], self.standing.balances
        for account in moved:
            if account in self.accounts:
                there.append((*balances[account], account))
            else:
                new.append((account, *balances[account]))
        if there:
            self._db.executemany(MOVE_BALANCE, there)
        if new:
            self._db.executemany(SET_BALANCE, new)

    def _flush_stock(self, moved: dict[tuple[str, str], None]) -> None:
        gone, there, new = [], [], []
        for key in moved:
            known = self.standing.goods[key[0]].batches.get(key[1])
            if known is None:
                gone.append(key)
            elif key in self.goods:
                there.append((*known, *key))
            else:
                new.append((*key, *known))
        if there:
            self._db.executemany(MOVE_STOCK, there)
        if new:
            self._db.executemany(SET_STOCK, new)
        if gone:
            self._db.executemany("DELETE FROM stock WHERE sku = ? AND batch = ?", gone)

    def _flush_kinds(self, rows: Rows) -> None:
        """What only some kinds of documents leave behind."""
        db = self._db
        if rows.refunded:
            db.executemany("INSERT INTO refunded VALUES (?, ?, ?, ?, ?, ?, ?)", rows.refunded)
        if rows.reversed:
            db.executemany("INSERT INTO reversed VALUES (?, ?) ON CONFLICT (original_id) DO NOTHING", rows.reversed)
        if rows.settled:
            db.executemany("INSERT INTO settled VALUES (?, ?, ?, ?)", rows.settled)
        if rows.priced:
            db.executemany(SET_PRICE, [self.standing.prices[sku][0] for sku in rows.priced])

    def _flush_shifts(self, rows: Rows) -> None:
        if rows.opened:
            self._db.executemany(OPEN, rows.opened)
        for shift, figures in self.standing.figures.items():
            added = {name: amount for name, amount in figures.items() if amount}
            if added:
                sums = ", ".join(f"{name} = {name} + ?" for name in added)
                self._db.execute(f"UPDATE shifts SET {sums} WHERE seq = ?", (*added.values(), shift))
        self.standing.figures.clear()
        if rows.closed:
            self._db.executemany(CLOSE, rows.closed)
