"""A stock count while it is taken: what was counted so far, and what there is to count. Quantities in thousandths."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from pos_app.domain.product import Product
from pos_app.ledger.exchange import FULL, NORMAL
from pos_app.ledger.queries import PRODUCT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pos_app.ledger.ledger import Ledger, Transaction
    from pos_app.ledger.sqlite import Connection

State = Literal["counted", "again", "left_out"]
ScopeKind = Literal["all", "shelf", "category", "producer"]

_SCOPES: Final[dict[ScopeKind, str]] = {
    "all": ":which = :which",
    "shelf": "h.shelf = :which",
    "category": "p.category = :which",
    "producer": "p.producer = :which",
}
_GOODS: Final = (
    "SELECT p.sku, p.name, m.business_name, p.category, p.unit, coalesce(h.shelf, '')"
    " FROM products p JOIN producers m ON m.code = p.producer LEFT JOIN shelves h ON h.sku = p.sku"
)
_THERE: Final = (
    "p.sku IN (SELECT sku FROM stock GROUP BY sku HAVING sum(quantity) <> 0"
    " UNION ALL SELECT sku FROM neighbour_stock WHERE quantity <> 0)"
)
"""Goods of which there should be some, or which were sold below zero."""
_COLUMNS: Final = (
    "sku, state, expected, counted, at_seq, counted_at, counted_by, moved, earlier, earlier_by, borne_by, elsewhere,"
    " centre_at"
)


@dataclass(frozen=True, slots=True)
class CountRow:
    """What is known of one product in this count.

    ``expected`` was the stock right after entry ``at_seq``, ``elsewhere`` the part of it in other tills' books.
    ``centre_at`` is ``counted_at`` by the centre's clock as known then (``neighbours.by_centre``); 0 where nobody
    noted it. ``moved`` says that it changed between two scans. ``earlier`` is what the count before this one found.
    """

    sku: str
    state: State
    expected: int
    counted: int
    at_seq: int
    counted_at: str
    counted_by: str
    moved: bool = False
    earlier: int | None = None
    earlier_by: str = ""
    borne_by: str = ""
    elsewhere: int = 0
    centre_at: int = 0


@dataclass(frozen=True, slots=True)
class ScopeGoods:
    """Goods to count, without a figure: who counts does not see what is expected."""

    sku: str
    name: str
    producer_name: str
    category: str
    unit: str
    shelf: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The stock of one product, and the newest entry that moved it (0: none did)."""

    on_hand: int
    last_seq: int


@contextmanager
def quickly(ledger: Ledger) -> Iterator[Transaction]:
    """A transaction that does not wait for the disk: a killed program loses nothing of it, a power cut what came last.

    ``settle`` brings it onto the disk, and so does the next sale.
    """
    ledger.db.execute(f"PRAGMA synchronous = {NORMAL}")
    try:
        with ledger.write() as tx:
            yield tx
    finally:
        ledger.db.execute(f"PRAGMA synchronous = {FULL}")


def row(db: Connection, sku: str) -> CountRow | None:
    """What was counted of a product."""
    found = db.execute(f"SELECT {_COLUMNS} FROM counting WHERE sku = ?", (sku,)).fetchone()
    return _row(found) if found else None


def rows(db: Connection) -> dict[str, CountRow]:
    """All that was counted, by SKU."""
    return {found[0]: _row(found) for found in db.execute(f"SELECT {_COLUMNS} FROM counting")}


def _row(found: Iterable[object]) -> CountRow:
    values = list(found)
    values[7] = bool(values[7])
    return CountRow(*values)  # type: ignore[arg-type]


def keep(db: Connection, counted: Iterable[CountRow]) -> None:
    """Write rows in the place of those of the same goods."""
    places = ", ".join("?" * len(_COLUMNS.split(", ")))
    db.executemany(
        f"INSERT OR REPLACE INTO counting ({_COLUMNS}) VALUES ({places})",
        [
            (
                one.sku, one.state, one.expected, one.counted, one.at_seq, one.counted_at, one.counted_by,
                int(one.moved), one.earlier, one.earlier_by, one.borne_by, one.elsewhere,
                one.centre_at,
            )
            for one in counted
        ],
    )  # fmt: skip


def clear(db: Connection) -> None:
    """Forget all that was counted."""
    db.execute("DELETE FROM counting")


def how_many(db: Connection) -> int:
    """How many goods were counted or left out."""
    return int(db.execute("SELECT count(*) FROM counting WHERE state <> 'again'").fetchone()[0])


def left_out(db: Connection) -> int:
    """How many goods are not counted this time."""
    return int(db.execute("SELECT count(*) FROM counting WHERE state = 'left_out'").fetchone()[0])


def standing(db: Connection, sku: str) -> Standing:
    """Stock and newest movement of a product."""
    found = db.execute(
        "SELECT coalesce(sum(quantity), 0), coalesce(max(last_seq), 0) FROM stock WHERE sku = ?", (sku,)
    ).fetchone()
    return Standing(*found)


def goods(db: Connection, kind: ScopeKind, which: str) -> list[ScopeGoods]:
    """What there is to count in a scope, and what was counted beside it; by shelf and name."""
    found = db.execute(
        f"{_GOODS} WHERE ({_SCOPES[kind]} AND {_THERE}) OR p.sku IN (SELECT sku FROM counting)"
        " ORDER BY h.shelf IS NULL, h.shelf, p.name, p.sku",
        {"which": which},
    )
    return [ScopeGoods(*one) for one in found]


def one(db: Connection, sku: str) -> ScopeGoods | None:
    """One product as it stands in a list to count."""
    found = db.execute(f"{_GOODS} WHERE p.sku = ?", (sku,)).fetchone()
    return ScopeGoods(*found) if found else None


def uncounted(db: Connection, kind: ScopeKind, which: str) -> list[ScopeGoods]:
    """Goods of the scope that nobody counted or left out yet, by shelf and name."""
    found = db.execute(
        f"{_GOODS} WHERE {_SCOPES[kind]} AND {_THERE}"
        " AND p.sku NOT IN (SELECT sku FROM counting WHERE state <> 'again')"
        " ORDER BY h.shelf IS NULL, h.shelf, p.name, p.sku",
        {"which": which},
    )
    return [ScopeGoods(*one) for one in found]


def belongs(db: Connection, kind: ScopeKind, which: str, sku: str) -> bool:
    """Whether a product is of the scope."""
    sql = f"SELECT 1 FROM products p LEFT JOIN shelves h ON h.sku = p.sku WHERE p.sku = :sku AND {_SCOPES[kind]}"
    return db.execute(sql, {"sku": sku, "which": which}).fetchone() is not None


def categories(db: Connection) -> list[str]:
    """Categories of which there is something to count."""
    return [found[0] for found in db.execute(f"SELECT DISTINCT category FROM products p WHERE {_THERE} ORDER BY 1")]


def producers(db: Connection) -> list[tuple[str, str]]:
    """Code and name of producers of whose goods there is something to count, by name."""
    found = db.execute(
        "SELECT code, business_name FROM producers m"
        f" WHERE EXISTS (SELECT 1 FROM products p WHERE p.producer = m.code AND {_THERE}) ORDER BY 2, 1"
    )
    return [tuple(one) for one in found]


def products(db: Connection) -> list[Product]:
    """The goods that were counted or left out, with price and stock of now."""
    found = db.execute(f"{PRODUCT} WHERE p.sku IN (SELECT sku FROM counting)")
    return [Product(*one) for one in found]


def head(db: Connection) -> int:
    """The newest entry of the journal."""
    found = db.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    return int(found[0])


def forget(db: Connection, skus: Iterable[str]) -> None:
    """Take goods out of the count."""
    db.executemany("DELETE FROM counting WHERE sku = ?", [(sku,) for sku in skus])
