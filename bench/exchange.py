"""Goals 9 and 10: a till and a centre as two processes over loopback."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import msgspec

from bench.catalogue import Size, new_ledger, producer_rows, product_rows
from bench.generate import counter, generate
from bench.imports import HEADER, fields, write_csv
from bench.measure import Figure, bare_transaction, duration, paired, seconds_of
from bench.sale import CASH, baskets
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import connect
from pos_app.ledger.vault import Vault
from pos_app.services.checkout import sell
from sync.client.exchange import Exchange
from sync.client.till import CentreClient
from sync.client.transport import Answer, Transport
from sync.protocol.local import Report
from sync.protocol.registry_rows import ProducerRow
from sync.server import commands

PEER_NEW, PEER_NOTHING = (0.0088, 6), (0.0031, 3)
"""PouchDB, published: seconds and requests for one new document, and for nothing new."""
CORNER_HEADER = ["corner_code", "name", "kind", "address", "postcode", "staff_count"]
PRODUCER_HEADER = [name.rstrip("_") for name in ProducerRow.__struct_fields__]


class Counting(Transport):
    """Counts the requests."""

    requests = 0

    def __enter__(self) -> "Counting":
        return self

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.requests += 1
        return super().send(method, path, body, headers)


def figures(folder: Path, size: Size, *, rounds: int = 15, pairs: int = 5) -> list[Figure]:
    """One new sale, nothing new, and the first pull of the whole registry."""
    database = f"sqlite:///{folder / 'centre.db'}"
    commands.init(database)
    _import(folder, database, "corners", CORNER_HEADER, [["MTR-001", "Pojok Bench", "opd", "", "", "10"]])
    with served(database) as url:
        exchanges = _exchanges(folder, database, url, rounds)
    producers = [fields(row) for row in producer_rows(size.products)]
    products = [fields(row) for row in product_rows(size.products, size.products)]
    _import(folder, database, "producers", PRODUCER_HEADER, producers)
    _import(folder, database, "products", HEADER, products)
    with served(database) as url:
        return [*exchanges, _first_pull(folder, database, url, size.products, pairs)]


def _import(folder: Path, database: str, kind: str, header: Sequence[str], rows: list[list[str]]) -> None:
    path = folder / f"{kind}.csv"
    write_csv(path, header, rows)
    commands.import_registry(kind, path, database)


@contextmanager
def served(database: str) -> Iterator[str]:
    """The centre in a process of its own; its address."""
    command = [sys.executable, "-m", "pos_app", "serve", "--database", database, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip() if process.stdout else ""
        finally:
            process.terminate()


def _enrolled(ledger: Ledger, vault: Vault, database: str, url: str, till: str) -> LedgerStore:
    store = LedgerStore(ledger)
    code = commands.code(database, ledger.identity.corner, till)
    report = CentreClient().enrol(store, vault.signing_key(), url, code)
    _succeeded(report)
    return store


def _exchange(store: LedgerStore, vault: Vault, transport: Transport) -> Report:
    report = Exchange(store, vault.signing_key(), transport, _now).run()
    return _succeeded(report)


def _now() -> str:
    """What the till's clock says, which is right, as the peer's is: a wrong one is written down at the centre."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _succeeded(report: Report) -> Report:
    if report.status != "ok":
        raise RuntimeError(f"the exchange failed: {report}")
    return report


def _exchanges(folder: Path, database: str, url: str, rounds: int) -> list[Figure]:
    """The connection stays open between exchanges, as the peer's does."""
    size = Size(20, 240, 60, 240)
    ledger, vault = generate(folder, "9", size)
    store, till, wanted = _enrolled(ledger, vault, database, url, "A"), counter(ledger, vault), baskets(size)
    with Counting(url) as transport:
        _exchange(store, vault, transport)
        new: list[tuple[float, int]] = []
        nothing: list[tuple[float, int]] = []
        for _round in range(rounds):
            sell(till, next(wanted), [CASH])
            for found in (new, nothing):
                before = transport.requests
                seconds = seconds_of(lambda: _exchange(store, vault, transport))
                found.append((seconds, transport.requests - before))
    ledger.close()
    return [
        _against_peer("one new sale known to the centre", new, PEER_NEW),
        _against_peer("exchange with nothing new", nothing, PEER_NOTHING),
    ]


def _against_peer(name: str, found: list[tuple[float, int]], peer: tuple[float, int]) -> Figure:
    seconds, requests = [one for one, _requests in found], max(requests for _one, requests in found)
    ratios = [one / peer[0] for one in seconds]
    return Figure(
        "9",
        f"{name}, {requests} request{'s' if requests > 1 else ''}",
        duration(median(seconds)),
        f"PouchDB, published: {duration(peer[0])}, {peer[1]} requests",
        median(ratios),
        min(ratios),
        max(ratios),
        0.5 if requests == 1 else 0.0,
        "1 request, ≤ 0.5",
    )


def _first_pull(folder: Path, database: str, url: str, count: int, pairs: int) -> Figure:
    """Bare: one page of everything from a plain web server, and one insert a table."""
    rows = {"producers": producer_rows(count), "products": product_rows(count, count)}
    (folder / "plain").mkdir()
    (folder / "plain" / "all.json").write_bytes(msgspec.json.encode(rows))
    ledger, vault = new_ledger(folder, "a", 0, 0)
    _enrolled(ledger, vault, database, url, "A")
    ledger.close()

    def ours() -> float:
        fresh = shutil.copyfile(ledger.path, folder / "pulling.db")
        opened = Ledger.open(fresh)
        store = LedgerStore(opened)
        with Counting(url) as transport:
            seconds = seconds_of(lambda: _exchange(store, vault, transport))
        if opened.db.execute("SELECT count(*) FROM products").fetchone()[0] != count:
            raise RuntimeError("the pull is not complete")
        opened.close()
        fresh.unlink()
        return seconds

    with _plain_server(folder / "plain") as plain:
        pairs_found = paired(ours, lambda: seconds_of(lambda: _bare_pull(folder, f"{plain}/all.json")), pairs)
    return pairs_found.figure(
        "10", f"first pull of {count:,} producers and products", 2.0, "bare download and insert", "s"
    )


@contextmanager
def _plain_server(folder: Path) -> Iterator[str]:
    """Python's own web server in a process of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _await_port(port: int) -> None:
    for _attempt in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing listens on {port}")


def _bare_pull(folder: Path, url: str) -> None:
    fresh = folder / "bare-pull.db"
    fresh.unlink(missing_ok=True)
    db = connect(fresh)
    with urlopen(url) as answer:  # noqa: S310 - our own server on this machine
        tables = msgspec.json.decode(answer.read())
    with bare_transaction(db):
        for name, rows in tables.items():
            first, *others = rows[0]
            db.execute(f"CREATE TABLE {name} ({first} TEXT PRIMARY KEY, {', '.join(others)})")
            marks = ", ".join("?" * len(rows[0]))
            db.executemany(f"INSERT INTO {name} VALUES ({marks})", (tuple(row.values()) for row in rows))  # noqa: S608
    db.close()
