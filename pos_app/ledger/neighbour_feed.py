"""The scope ``neighbours`` at the till: entries of the corner's other tills, page by page, and what follows from them.

The centre signs the page; the till asks that each till's sequence numbers follow one another, so that a lost row is
never a lost sale: when one does not, all of it is fetched anew.
"""

from collections.abc import Iterable
from typing import NamedTuple

from pos_app.ledger import corner_sales, neighbours
from pos_app.ledger.neighbours import UNREAD, Neighbour
from pos_app.ledger.sqlite import Connection
from pos_app.version import VERSION
from sync.documents.base import Document, InvalidDocument
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.documents.state import TAB
from sync.protocol.entry import BrokenEntry, read_body
from sync.protocol.messages import Row
from sync.protocol.wire import Malformed

SCOPE = "neighbours"


class Told(NamedTuple):
    """An entry of another till; its body is empty where the centre could not project it."""

    device: str
    till: str
    seq: int
    body: bytes


def read(rows: Iterable[Row]) -> list[Told]:
    """The rows of a page. Raises ``Malformed``."""
    found = []
    for row in rows:
        device, _, rest = row.key.partition("/")
        till, _, seq = rest.partition("/")
        if not (device and till and seq.isascii() and seq.isdigit() and len(seq) < 19):
            raise Malformed("a row of no neighbour")
        found.append(Told(device, till, int(seq), row.body))
    return found


def take(db: Connection, rows: Iterable[Told], *, anew: bool) -> bool:
    """Take in entries that follow those known, in the caller's transaction; known ones change nothing.

    ``anew``: the feed begins from its start, so what was told before is forgotten. False when an entry does not follow
    the one before it: then everything is forgotten, to be fetched anew.
    """
    if anew:
        neighbours.forget(db)
    ends = {one.device: one for one in neighbours.neighbours(db)}
    sums = _Sums()
    for row in rows:
        end = ends.get(row.device, Neighbour(row.device, row.till, 0, ""))
        if row.seq <= end.seq:
            continue
        if row.seq != end.seq + 1:
            neighbours.forget(db)
            return False
        ends[row.device] = Neighbour(row.device, row.till, row.seq, sums.add(row) or end.told_at)
    db.executemany("INSERT OR REPLACE INTO neighbours VALUES (?, ?, ?, ?)", ends.values())
    sums.write(db)
    corner_sales.look_again(db, sums.sales)
    return True


class _Sums:
    """What follows from entries, until it is written."""

    def __init__(self) -> None:
        self.stock: dict[tuple[str, str], int] = {}
        self.tabs: dict[tuple[str, str], int] = {}
        self.entries: list[tuple[str, str, int, str, bytes]] = []
        self.sales: dict[str, None] = {}
        """Numbers of the sales that something was told about."""
        self.unread = False

    def add(self, row: Told) -> str:
        """Take in one entry; when it was recorded, as far as it can be read."""
        if not row.body:
            return ""
        try:
            envelope = read_body(row.body)
            document = envelope.document()
            effects = document.effects()
        except (BrokenEntry, InvalidDocument):
            self.unread = True
            return ""
        for movement in effects.movements:
            goods = row.device, movement.sku
            self.stock[goods] = self.stock.get(goods, 0) + movement.quantity
        for account, amount in effects.postings:
            if account.startswith(TAB):
                tab = row.device, account.removeprefix(TAB)
                self.tabs[tab] = self.tabs.get(tab, 0) + amount
        if number := _sale_of(document):
            self.sales[number] = None
            self.entries.append((envelope.id, row.device, row.seq, number, row.body))
        return envelope.at

    def write(self, db: Connection) -> None:
        """Add it to what is known."""
        neighbours.doubt(db, {sku for _device, sku in self.stock})
        db.executemany(
            "INSERT INTO neighbour_stock VALUES (?, ?, ?)"
            " ON CONFLICT (device, sku) DO UPDATE SET quantity = quantity + excluded.quantity",
            [(*goods, quantity) for goods, quantity in self.stock.items()],
        )
        db.executemany(
            "INSERT INTO neighbour_tabs VALUES (?, ?, ?)"
            " ON CONFLICT (device, staff) DO UPDATE SET amount = amount + excluded.amount",
            [(*tab, amount) for tab, amount in self.tabs.items()],
        )
        db.executemany("INSERT OR IGNORE INTO neighbour_entries VALUES (?, ?, ?, ?, ?)", self.entries)
        if self.unread:
            db.execute("INSERT OR REPLACE INTO exchange VALUES (?, ?)", (UNREAD, VERSION))


def _sale_of(document: Document) -> str:
    """The number of the sale that a sale, a refund or a reversal is about; empty for another document."""
    match document:
        case Sale():
            return document.number
        case Refund():
            return document.sale_number
        case Reversal() if document.original_kind == Sale.KIND:
            return document.original_number
    return ""
