"""How long the counter may have to wait for the write lock while a large pull is applied beside it."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import msgspec

from bench.catalogue import Size, new_ledger
from bench.generate import counter
from bench.measure import Figure, frame_figure
from pos_app.ledger.exchange import CURSOR, LedgerStore
from pos_app.ledger.ledger import Ledger, Transaction
from pos_app.services.shifts import open_shift
from sync.protocol.messages import Page, Row, pack_rows


def figures(folder: Path, size: Size) -> list[Figure]:
    """The centre renames every producer and product of a till at work: how long its transactions hold the lock."""
    ledger, vault = new_ledger(folder, "d1", size.products, size.producers)
    open_shift(counter(ledger, vault), 200_000)
    held: list[float] = []
    genuine = ledger.write
    ledger.write = lambda: _timed(genuine(), held)  # type: ignore[method-assign]
    store = LedgerStore(ledger)
    for scope, rows in (("producers", _producers(ledger)), ("catalogue", _products(ledger))):
        after = ledger.db.execute("SELECT value FROM exchange WHERE key = ?", (f"{CURSOR}{scope}",)).fetchone()
        store.apply_page(
            Page(
                nonce="n",
                device="d",
                scope=scope,
                timeline="t",
                after=after[0] if after else "",
                cursor="t.1",
                block=pack_rows(rows),
            )
        )
    ledger.close()
    return [frame_figure("10", "write lock held by a pull beside the counter", held)]


@contextmanager
def _timed(transaction: AbstractContextManager[Transaction], held: list[float]) -> Iterator[Transaction]:
    start = time.perf_counter()
    with transaction as tx:
        yield tx
    held.append(time.perf_counter() - start)


def _producers(ledger: Ledger) -> list[Row]:
    rows = ledger.db.execute("SELECT code, business_name || ' Baru' AS business_name FROM producers").fetchall()
    return [Row(row["code"], msgspec.json.encode(dict(row))) for row in rows]


def _products(ledger: Ledger) -> list[Row]:
    rows = ledger.db.execute(
        "SELECT sku, name || ' Baru' AS name, category, unit, producer, pricing, consign_price, commission_bp,"
        " sell_price FROM products"
    ).fetchall()
    return [Row(row["sku"], msgspec.json.encode(dict(row))) for row in rows]
