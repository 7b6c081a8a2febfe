"""Goal 5: what a question costs in a ledger of many sales against one of a thousand."""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

from bench.catalogue import Size, product_rows
from bench.generate import FLOAT, counter
from bench.measure import Figure, Timed, paired, seconds_of
from bench.sale import sales
from pos_app.ledger import queries
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.services.context import Counter
from pos_app.services.goods import find_product
from pos_app.services.settling import settle
from pos_app.services.shifts import close_shift, open_shift

SMALL = 1_000
BETWEEN = 100_000
Task = Callable[[Counter, int], Timed]


def figures(
    larger: dict[int, tuple[Ledger, Vault]],
    few: tuple[Ledger, Vault],
    size: Size,
    *,
    block: int = 100,
    pairs: int = 9,
) -> list[Figure]:
    """Sale, scan, start, closing and settlement: the same work by turns in ``few`` and in each ledger of ``larger``.

    ``larger`` by number of sales; ``size`` tells the catalogue, which is the same in all.
    """
    tasks: list[tuple[str, Task, float]] = [
        ("a sale", lambda till, times: sales(till, size, times), 1.2),
        ("a scan", lambda till, times: _scans(till, size, times * 10), 1.2),
        ("opening the ledger", lambda till, times: _starts(till.ledger.path, max(times // 10, 1)), 1.5),
        ("settling a producer", _settlements, 1.5),
        ("closing and opening a shift", _closings, 1.5),
    ]
    small = counter(*few)
    tills = {number: counter(*ledger) for number, ledger in larger.items()}
    found = []
    for name, task, goal in tasks:
        for number, till in tills.items():
            runs = paired(task(till, block), task(small, block), pairs)
            found.append(runs.figure("5", f"{name} at {number:,} sales", goal, f"at {SMALL:,} sales"))
    return found


def _scans(till: Counter, size: Size, times: int) -> Timed:
    codes = cycle([row.barcode or row.sku for row in product_rows(size.products, size.producers)[::7]])
    return lambda: seconds_of(lambda: [find_product(till.db, next(codes)) for _scan in range(times)]) / times


def _starts(path: Path, times: int) -> Timed:
    def start() -> int:
        ledger = Ledger.open(path)
        queries.open_shift(ledger.db)
        ledger.head()
        queries.setting(ledger.db, "cash_step", "100")
        ledger.close()
        return ledger.identity.epoch

    return lambda: seconds_of(lambda: [start() for _start in range(times)]) / times


def _owed(till: Counter) -> Iterator[str]:
    """Producers in a fixed order that have something to get; the journal's generator settles them by turns."""
    rows = till.db.execute("SELECT DISTINCT producer FROM settled ORDER BY producer").fetchall()
    for row in rows:
        if queries.payable(till.db, row[0]) > 0:
            yield row[0]


def _settlements(till: Counter, times: int) -> Timed:
    owed, each = _owed(till), max(times // 20, 1)

    def run() -> float:
        wanted = [next(owed) for _producer in range(each)]
        return seconds_of(lambda: [settle(till, producer, "transfer") for producer in wanted]) / each

    return run


def _closings(till: Counter, times: int) -> Timed:
    each = max(times // 20, 1)

    def close_and_open() -> str:
        shift = queries.open_shift(till.db)
        close_shift(till, shift.expected if shift else 0)
        return open_shift(till, FLOAT).id

    return lambda: seconds_of(lambda: [close_and_open() for _shift in range(each)]) / each
