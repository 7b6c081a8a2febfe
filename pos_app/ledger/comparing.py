"""What ``verify`` compares: rows in the order of the entries, running sums, and seals."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.standing import LAST_SEQ, Row, Rows, Standing
from pos_app.ledger.vouching import is_signed
from sync.documents.base import FIGURES
from sync.documents.state import OUTSIDE

STRAY_SHIFT = (
    "SELECT t.seq FROM shifts t WHERE t.seq <> 0 AND NOT EXISTS"
    " (SELECT 1 FROM documents d WHERE d.seq = t.seq AND d.kind = 'shift_opened')"
)


class InOrder:
    """Reads a projection in the order of the entries, beside what should stand there."""

    def __init__(self, db: Connection, table: str, key: str) -> None:
        self.table = table
        self._cursor = db.execute(f"SELECT * FROM {table} ORDER BY {key}")
        self._cursor.row_factory = None
        self._ahead: Row | None = self._cursor.fetchone()

    def compare(self, expected: list[Row], through: int) -> DamagedLedger | None:
        """The first difference to the rows of the next entries, the last of which is ``through``."""
        found = []
        if self._ahead:
            found = [self._ahead, *self._cursor.fetchmany(len(expected))] if expected else [self._ahead]
        self._ahead = found.pop() if len(found) > len(expected) else None
        if found == expected:
            return self.rest() if self._ahead and self._ahead[0] <= through else None
        differing = next((one, other) for one, other in zip_longest(found, expected) if one != other)
        return _damage(min(row[0] for row in differing if row is not None), self.table)

    def rest(self) -> DamagedLedger | None:
        """A row beyond the last entry."""
        return _damage(self._ahead[0], self.table) if self._ahead else None


class Sums:
    """Running sums. A wrong one names the entry that touched it last, a wrong shift the entry that opened it."""

    def __init__(self, db: Connection, standing: Standing) -> None:
        self._db = db
        self._standing = standing
        self._opened: dict[int, Row] = {}
        self._shifts = 0
        self._wrong: list[DamagedLedger] = []

    def move_shifts(self, rows: Rows) -> None:
        """Take in shifts opened; compare those closed, which nothing touches any more."""
        for opened in rows.opened:
            self._opened[opened[0]] = opened
        for closed_seq, expected, counted, difference, seq in rows.closed:
            self._check_shift(self._opened.pop(seq), (closed_seq, expected, counted, difference))
        rows.opened, rows.closed = [], []

    def first_wrong(self, last: int) -> DamagedLedger | None:
        """Compare all that is left; ``last`` is the last entry."""
        for shift in (*self._opened.values(), (OUTSIDE, "", "", "", 0)):
            self._check_shift(shift, (None, None, None, None))
        if self._db.execute("SELECT count(*) FROM shifts").fetchone()[0] != self._shifts:
            self._wrong += [_damage(row[0], "shifts") for row in self._db.execute(STRAY_SHIFT)]
        standing = self._standing
        balances = ((seq, (account, amount, seq)) for account, (amount, seq) in standing.balances.items())
        prices = ((seq, row) for row, seq in standing.prices.values())
        self._compare("balances", balances, 1, last)
        self._compare("stock", self._stock(), 2, last)
        self._compare("prices", prices, 1, last)
        return min(self._wrong, key=lambda one: one.entry, default=None)

    def _stock(self) -> Iterator[tuple[int, Row]]:
        for sku, goods in self._standing.goods.items():
            for batch, known in goods.batches.items():
                yield known[LAST_SEQ], (sku, batch, *known)

    def _check_shift(self, opened: Row, closing: Row) -> None:
        seq = opened[0]
        figures: Mapping[str, int] = self._standing.figures.pop(seq, {})
        expected = (*opened, *closing, *(figures.get(name, 0) for name in FIGURES))
        row = self._db.execute("SELECT * FROM shifts WHERE seq = ?", (seq,)).fetchone()
        self._shifts += row is not None
        if row is None or tuple(row) != expected:
            self._wrong.append(_damage(seq, "shifts"))

    def _compare(self, table: str, rows: Iterable[tuple[int, Row]], key: int, last: int) -> None:
        """Compare a whole table with its rows, each with the entry that touched it last."""
        expected = {row[:key]: (seq, row) for seq, row in rows}
        cursor = self._db.execute(f"SELECT * FROM {table}")
        cursor.row_factory = None
        for found in cursor:
            seq, row = expected.pop(found[:key], (last, None))
            if found != row:
                self._wrong.append(_damage(seq, table))
        self._wrong += [_damage(seq, table) for seq, _row in expected.values()]


class Seals:
    """The till's signatures over the hashes of its closings, and of all that it entered again."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._cursor = db.execute("SELECT seq, signature, public_key FROM signed_heads ORDER BY seq")
        self._cursor.row_factory = None

    def check(self, seq: int, digest: bytes) -> None:
        """The next seal is that of entry ``seq``. Raises ``DamagedLedger``."""
        row = self._cursor.fetchone()
        if row is None or row[0] > seq:
            raise DamagedLedger(seq, "the entry has no seal")
        if row[0] < seq:
            raise _seal_of_nothing(row[0])
        if not is_signed(digest, row[1], row[2]):
            raise DamagedLedger(seq, "the seal is not of this entry")

    def rest(self) -> DamagedLedger | None:
        """A seal after the last that belongs to an entry."""
        row = self._cursor.fetchone()
        return _seal_of_nothing(row[0]) if row else None


def _seal_of_nothing(seq: int) -> DamagedLedger:
    return DamagedLedger(max(seq, 1), "a seal belongs to no entry that has one")


def _damage(seq: int, table: str) -> DamagedLedger:
    return DamagedLedger(max(seq, 1), f"{table} does not follow from the journal")
