"""Rows of the registry as feeds bring them, written many with one statement: a first pull brings forty thousand."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pos_app.ledger.sqlite import Connection
from sync.protocol.facts import ProducerFacts, ProductFacts

AT_ONCE: Final = 50
"""Rows that one statement inserts: SQLite makes ready for a statement once what it checks of every row."""
_MAYBE = "nullif(?, '')"
"""For what may be missing: the binding looks a microsecond for an adapter of None."""


class _Statement(NamedTuple):
    """``row`` is the place of one row in it; ``otherwise`` says what becomes of a row that is there."""

    insert: str
    row: str
    otherwise: str = ""


_PRODUCERS: Final = _Statement(
    insert="INSERT INTO producers (code, business_name, kelurahan, class, payout_terms, nib, pirt, halal_no,"
    " halal_expires, joined_on, version) VALUES",
    row=f"(?, ?, ?, ?, ?, ?, ?, ?, {_MAYBE}, {_MAYBE}, ?)",
    otherwise=" ON CONFLICT (code) DO UPDATE SET business_name = excluded.business_name,"
    " kelurahan = excluded.kelurahan, class = excluded.class, payout_terms = excluded.payout_terms,"
    " nib = excluded.nib, pirt = excluded.pirt, halal_no = excluded.halal_no, halal_expires = excluded.halal_expires,"
    " joined_on = excluded.joined_on, version = excluded.version",
)
_PRODUCTS: Final = _Statement(
    insert="INSERT INTO products (sku, name, category, unit, producer, pricing, consign_price, commission_bp,"
    " sell_price, shelf_life_days, min_stock, needs_pirt, needs_halal, e_katalog, tkdn_bp, version) VALUES",
    row=f"(?, ?, ?, ?, ?, ?, {_MAYBE}, {_MAYBE}, ?, {_MAYBE}, ? * 1000, ?, ?, ?, {_MAYBE}, ?)",
    otherwise=" ON CONFLICT (sku) DO UPDATE SET name = excluded.name, category = excluded.category,"
    " unit = excluded.unit, producer = excluded.producer, shelf_life_days = excluded.shelf_life_days,"
    " needs_pirt = excluded.needs_pirt, needs_halal = excluded.needs_halal, e_katalog = excluded.e_katalog,"
    " tkdn_bp = excluded.tkdn_bp, version = excluded.version",
)
_BARCODES: Final = _Statement("INSERT OR IGNORE INTO barcodes VALUES", "(?, ?)")


def put_producers(db: Connection, rows: Sequence[tuple[ProducerFacts, int]]) -> None:
    """Write producers with their tokens; the person behind one that is there stays."""
    _put(db, _PRODUCERS, [_producer(row, token) for row, token in rows])


def put_products(db: Connection, rows: Sequence[tuple[ProductFacts, int]]) -> None:
    """Write goods with their tokens; price, terms and minimum stock of those that are there stay the corner's."""
    _put(db, _PRODUCTS, [_product(row, token) for row, token in rows])


def put_barcodes(db: Connection, rows: Sequence[tuple[str, str]]) -> None:
    """Write barcodes with their goods."""
    _put(db, _BARCODES, rows)


def _put(db: Connection, statement: _Statement, rows: Sequence[tuple[str | int, ...]]) -> None:
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        values: list[Any] = [value for row in some for value in row]
        places = ", ".join([statement.row] * len(some))
        db.execute(f"{statement.insert} {places}{statement.otherwise}", values)


def _producer(row: ProducerFacts, token: int) -> tuple[str | int, ...]:
    return (
        *(row.code, row.business_name, row.kelurahan, row.class_, row.payout_terms, row.nib, row.pirt, row.halal_no),
        *(row.halal_expires or "", row.joined_on or "", token),
    )


def _product(row: ProductFacts, token: int) -> tuple[str | int, ...]:
    return (
        *(row.sku, row.name, row.category, row.unit, row.producer, row.pricing),
        "" if row.consign_price is None else row.consign_price,
        "" if row.commission_bp is None else row.commission_bp,
        row.sell_price,
        "" if row.shelf_life_days is None else row.shelf_life_days,
        *(row.min_stock, int(row.needs_pirt), int(row.needs_halal), int(row.e_katalog)),
        "" if row.tkdn_bp is None else row.tkdn_bp,
        token,
    )
