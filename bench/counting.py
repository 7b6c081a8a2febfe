"""A stock count of 2,000 lines: posted, against the same rows in a bare transaction; a scan while all are listed."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from bench import driven
from bench.catalogue import Size, product_rows
from bench.generate import counter, generate
from bench.measure import Figure, bare_transaction, frame_figure, paired, seconds_of
from bench.window import told_by
from pos_app import bootstrap
from pos_app.ledger import counting as kept
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import connect
from pos_app.ledger.vault import Vault
from pos_app.services import count_posting, counting, people
from pos_app.services.counting import Scope

LINES = 2_000
EVERY = 3
"""One line in so many differs, as in a corner where little is right."""
Rows = list[tuple[Any, ...]]


def figures(folder: Path, size: Size, *, pairs: int = 5, samples: int = 300) -> list[Figure]:
    """Every posting starts from the same ledger, in which everything is counted."""
    lines = min(LINES, size.products)
    ledger, vault = generate(folder, "c", replace(size, sold=lines))
    people.add_user(ledger, vault, name="Bench", pin=driven.PIN, role="pengelola", now=bootstrap.now())
    counting.begin(counter(ledger, vault), Scope())
    scanned = _scans(ledger, product_rows(lines, 1), samples)
    lines = _count_everything(ledger, vault)
    ledger.close()
    runs = paired(_posting(ledger.path, vault), _bare(ledger.path, _rows_of(ledger.path, vault)), pairs)
    return [
        runs.figure("", f"a stock count of {lines:,} lines posted", None, "bare transaction of the same rows"),
        frame_figure("", f"a counted scan, {lines:,} lines listed, p99", scanned),
    ]


def _scans(ledger: Ledger, goods: Sequence[Any], samples: int) -> list[float]:
    codes = [row.barcode for row in goods[:50]]
    found = told_by("-m", "bench.driven", "count", str(ledger.path), ",".join(codes), str(samples))
    return [float(one) for one in found["scan"]]


def _count_everything(ledger: Ledger, vault: Vault) -> int:
    """All goods of the scope as counted, some of them short or over; how many."""
    till = counter(ledger, vault)
    counting.cancel(till)
    counting.begin(till, Scope())
    counting.declare_zero(till, [goods.sku for goods in counting.left(ledger.db)])
    rows = sorted(kept.rows(ledger.db).values(), key=lambda row: row.sku)
    changes = [(number % 2 * 2 - 1) * 1_000 if number % EVERY == 0 else 0 for number in range(len(rows))]
    found = [replace(row, counted=max(row.expected + by, 0)) for row, by in zip(rows, changes, strict=True)]
    with ledger.write() as tx:
        kept.keep(tx.db, found)
    return len(found)


def _copies(path: Path) -> Callable[[], Path]:
    numbers = count()

    def copy() -> Path:
        return Path(shutil.copyfile(path, path.with_name(f"{path.stem}-{next(numbers)}.db")))

    return copy


def _posting(path: Path, vault: Vault) -> Callable[[], float]:
    copy = _copies(path)

    def run() -> float:
        ledger = Ledger.open(copy())
        till = counter(ledger, vault)
        seconds = seconds_of(lambda: count_posting.post(till))
        ledger.close()
        ledger.path.unlink()
        return seconds

    return run


def _rows_of(path: Path, vault: Vault) -> dict[str, Rows]:
    """The rows that a posting leaves, by table."""
    ledger = Ledger.open(Path(shutil.copyfile(path, path.with_name("count-rows.db"))))
    seq = count_posting.post(counter(ledger, vault)).seq
    wanted = {"journal": "seq", "documents": "seq", "stock": "last_seq"}
    found = {
        table: [tuple(row) for row in ledger.db.execute(f"SELECT * FROM {table} WHERE {key} = ?", (seq,))]  # noqa: S608
        for table, key in wanted.items()
    }
    ledger.close()
    return found


def _bare(path: Path, rows: dict[str, Rows]) -> Callable[[], float]:
    copy = _copies(path.with_name("bare.db"))
    shutil.copyfile(path, path.with_name("bare.db"))

    def work(db: Any) -> None:
        with bare_transaction(db):
            for table, found in rows.items():
                marks = ", ".join("?" * len(found[0]))
                db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", found)  # noqa: S608
            db.execute("DELETE FROM counting")
            db.execute("DELETE FROM drafts")

    def run() -> float:
        fresh = copy()
        db = connect(fresh)
        seconds = seconds_of(lambda: work(db))
        db.close()
        fresh.unlink()
        return seconds

    return run
