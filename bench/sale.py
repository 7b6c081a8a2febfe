"""Goal 1: a durable sale of three lines against a bare transaction of as many rows with the same settings."""

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

from bench.catalogue import Size, product_rows
from bench.generate import LINES, MOST, counter, generate
from bench.measure import Figure, Timed, bare_transaction, paired, seconds_of
from pos_app.domain.tendering import Offer
from pos_app.ledger.sqlite import connect
from pos_app.services.checkout import Wanted, sell
from pos_app.services.context import Counter

CASH = Offer("cash", 1_000_000)
BARE = "CREATE TABLE bare (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER NOT NULL) STRICT"


def baskets(size: Size) -> Iterator[list[Wanted]]:
    """Three lines each, by barcode as a scanner gives them, over the goods on the shelf; they lie far apart in it."""
    shelf = [row.barcode or row.sku for row in product_rows(size.products, size.producers)[: size.sold]]
    codes = cycle(random.Random(0).sample(shelf, len(shelf)))
    while True:
        yield [Wanted(next(codes), MOST // 2) for _line in range(LINES)]


def sales(till: Counter, size: Size, block: int) -> Timed:
    """A run of ``block`` sales; the seconds of one."""
    wanted = baskets(size)

    def run() -> float:
        return seconds_of(lambda: [sell(till, next(wanted), [CASH]) for _sale in range(block)]) / block

    return run


def bare_transactions(path: Path, rows: int, block: int) -> Timed:
    """A run of ``block`` transactions of ``rows`` narrow rows; the seconds of one."""
    db = connect(path)
    db.execute(BARE)
    ids = count()

    def one() -> int:
        with bare_transaction(db):
            values = [(next(ids), 7, 14_400) for _row in range(rows)]
            return db.executemany("INSERT INTO bare VALUES (?, ?, ?)", values).rowcount

    return lambda: seconds_of(lambda: [one() for _transaction in range(block)]) / block


def rows_of_a_sale(till: Counter, size: Size) -> int:
    """Rows that one sale inserts and updates, as SQLite counts them."""
    before = till.db.total_changes
    sell(till, next(baskets(size)), [CASH])
    return till.db.total_changes - before


def figures(folder: Path, size: Size, *, block: int = 100, pairs: int = 5) -> list[Figure]:
    """The sale against the bare transaction; and the syncs of a sale where strace can count them."""
    ledger, vault = generate(folder, "a1", size)
    till = counter(ledger, vault)
    rows = rows_of_a_sale(till, size)
    runs = paired(sales(till, size, block), bare_transactions(folder / "bare.db", rows, block), pairs)
    found = [runs.figure("1", f"durable sale of {LINES} lines", 1.5, f"bare transaction of {rows} rows")]
    ledger.close()
    found.append(_syncs(folder / "a1.db", block))
    return found


def _syncs(path: Path, sales_made: int) -> Figure:
    """Syncs of a sale. A process that opens the ledger and sells nothing is the part that is not the sale's."""
    name = "syncs of a sale, checkpoints included"
    if not shutil.which("strace"):
        return Figure("1", name, "not counted", "needs strace")
    selling, idle = (_count_syncs(path, number) for number in (sales_made, 0))
    each = (selling - idle) / sales_made
    return Figure("1", name, f"{each:.2f}", "one", each, each, each, 1.1, "one (≤ 1.1)")


def _count_syncs(path: Path, sales_made: int) -> int:
    command = ["strace", "-f", "-c", "-e", "trace=fsync,fdatasync", sys.executable, "-m", "bench.sale", str(path)]
    run = subprocess.run([*command, str(sales_made)], capture_output=True, text=True, check=True)
    table = [line.split() for line in run.stderr.splitlines() if line.endswith("sync")]
    return sum(int(columns[3]) for columns in table)


def _sell_some(path: Path, number: int) -> None:
    """In a process of its own, for strace: make ``number`` sales."""
    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.vault import Vault

    ledger = Ledger.open(path)
    products = ledger.db.execute("SELECT count(*) FROM products").fetchone()[0]
    producers = ledger.db.execute("SELECT count(*) FROM producers").fetchone()[0]
    sold = ledger.db.execute("SELECT count(DISTINCT sku) FROM stock").fetchone()[0]
    till = counter(ledger, Vault(path.parent / "home" / "ledgers" / ledger.identity.ledger_id))
    sales(till, Size(0, products, producers, sold), number)() if number else None
    ledger.close()


if __name__ == "__main__":
    _sell_some(Path(sys.argv[1]), int(sys.argv[2]))
