"""``python -m tests.server.exchange.cursor``: a million rows by 32 writers on PostgreSQL while readers pull them.

Beside it a shorter run with the naive cursor, whose numbers are given out before the rows are there: it must miss some.
"""

import argparse
import itertools
import random
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.wire import key_id, public_bytes
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.feeds import read_page, take_positions
from sync.server.exchange.ingest import device_of
from tests import proving
from tests.postgres import made_from, throwaway
from tests.proving import CURSOR, Stopwatch
from tests.server.support import Clock, Journal, new_centre
from tests.torture.kept import Ran

WRITERS = 32
WORKERS = 4
"""Centres over the same database, as several processes of it would be: each has eight connections."""
READERS = 3
SCOPE = "messages"
Take = Callable[[Centre, Connection, int], int]


class Pulled(NamedTuple):
    """``written`` rows, and how many of them a reader never got, got twice, or got out of order."""

    written: int
    pulls: int
    missed: int
    doubled: int


def careful(_other_centre: Centre, db: Connection, count: int) -> int:
    """As the centre takes its positions: in the transaction that writes."""
    return take_positions(db, SCOPE, count)


def naive(other_centre: Centre, _db: Connection, count: int) -> int:
    """As a serial column does: at once, whenever the rows are committed."""
    with writing(other_centre.engine) as other:
        return take_positions(other, SCOPE, count)


def write_and_pull(database: str, rows: int, take: Take, most: int) -> Pulled:
    """``rows`` rows by ``WRITERS`` threads, at most ``most`` in a transaction, and what ``READERS`` saw of them."""
    centre, *workers = [open_centre(database, Clock()) for _ in range(1 + WORKERS)]
    till = Journal().enrol_at(centre)
    numbers, done = itertools.count(), threading.Event()
    left = iter(_shares(rows, most))
    lock = threading.Lock()

    def write(writer: int) -> None:
        while True:
            with lock:
                count = next(left, 0)
                names = [next(numbers) for _row in range(count)]
            if not count:
                return
            with writing(workers[writer % WORKERS].engine) as db:
                first = take(centre, db, count)
                values = [
                    {"id": f"m{name}", "corner": "", "body": "{}", "position": first + n}
                    for n, name in enumerate(names)
                ]
                db.execute(sa.insert(schema.messages), values)

    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        readers = [pool.submit(_pull, centre, till, done) for _reader in range(READERS)]
        try:
            for writer in [pool.submit(write, number) for number in range(WRITERS)]:
                writer.result()
        finally:
            done.set()
        seen = [reader.result() for reader in readers]
    for one in (centre, *workers):
        one.close()
    missed = sum(rows - len(set(keys)) for keys, _pulls in seen)
    doubled = sum(len(keys) - len(set(keys)) for keys, _pulls in seen)
    return Pulled(rows, sum(pulls for _keys, pulls in seen), missed, doubled)


def _shares(rows: int, most: int) -> list[int]:
    chance, shares = random.Random(rows), []
    while rows:
        shares.append(min(rows, chance.randint(1, most)))
        rows -= shares[-1]
    return shares


def _pull(centre: Centre, till: Journal, done: threading.Event) -> tuple[list[str], int]:
    """Every key that a till gets which pulls all the time, and once more when all is written."""
    keys: list[str] = []
    cursor, pulls = "", 0
    while True:
        last = done.is_set()
        with reading(centre.engine) as db:
            device: Any = device_of(db, key_id(public_bytes(till.key)))
            page = read_page(centre, db, device, SCOPE, cursor, "n")
        keys += [row.key for row in page.rows()]
        cursor, pulls = page.cursor, pulls + 1
        if last and not page.more:
            return keys, pulls


def main(arguments: Sequence[str]) -> int:
    """0 when no row was missed or doubled and the naive cursor missed some."""
    parser = argparse.ArgumentParser(prog="python -m tests.server.exchange.cursor", description=__doc__)
    parser.add_argument("--count", type=int, default=CURSOR.goal, help="how many rows (a million)")
    parser.add_argument("--no-count", dest="keep", action="store_false", help="leave docs/reliability.* alone")
    options = parser.parse_args(arguments)
    watch = Stopwatch(options.count, None)
    with throwaway() as running:
        server = running.url("postgres")
        found = write_and_pull(_database(server), options.count, careful, 200)
        plainly = write_and_pull(_database(server), min(options.count, 20_000), naive, 4)
    ran = Ran(rounds=1, failures=int(bool(found.missed or found.doubled)), seconds=watch.seconds)
    ran.tally.update({"rows": found.written, "pulls": found.pulls, "missed": found.missed})
    ran.tally.update({"rows under the naive cursor": plainly.written, "missed by it": plainly.missed})
    proving.tell(CURSOR, ran)
    if options.keep:
        proving.count(CURSOR, ran, "tests.server.exchange.cursor", arguments)
    return int(bool(ran.failures) or not plainly.missed)


def _database(server: str) -> str:
    database = made_from(server, "template0")
    new_centre(database, Clock()).close()
    return database


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
