"""Goal 15: the programme's page at a centre whose corners made 200,000 sales, and 2,000,000.

Ten times the sales come from ten times the corners, or from ten times the years; each is measured. The tables of
figures are filled as the reporter leaves them, a centre on PostgreSQL serves them, and an officer opens the page for
periods and filters that take turns.
"""

import random
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench.cores import cpu_seconds
from bench.measure import Figure, duration, percentile
from bench.postgres import Server, server
from bench.pushing import content_length
from bench.served import DURABLE, running
from sync.documents.arithmetic import split_line
from sync.server import commands
from sync.server.access import accounts, sessions
from sync.server.access.officers import Role
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import writing
from sync.server.database.loading import load
from sync.server.reports.facts import Amounts

OFFICER = "Bench"
PRODUCERS, PRODUCTS = 400, 2_000
SHELF = 60
"""Products of a corner."""
UNITS = ("Bagian Umum", "Sekretariat", "Bidang Satu")
KINDS = ("opd", "vertikal", "kecamatan", "kelurahan")
CATEGORIES = ("makanan", "minuman", "batik", "kerajinan", "fashion", "lainnya")
LIMIT = 0.2
"""Seconds."""
GROWTH = 1.3
PATIENCE, IDLE = 120.0, 0.3
"""Seconds, and of the processor in three of them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """So many corners, working days and sales of a corner a day."""

    name: str
    corners: int
    days: int
    sales: int

    @property
    def every(self) -> int:
        """Sales in all."""
        return self.corners * self.days * self.sales


FEW = Shape("few", 20, 250, 40)
WIDE = Shape("wide", 200, 250, 40)
LONG = Shape("long", 20, 2_500, 40)
TINY = (Shape("few", 2, 30, 4), Shape("wide", 4, 30, 4))


class Pages(NamedTuple):
    """Seconds of pages: the first one of a worker that just started, and those after it rests."""

    shape: Shape
    first: float
    others: list[float]

    @property
    def p95(self) -> float:
        """The 95th percentile."""
        return percentile(self.others, 0.95)


def figures(
    shapes: Sequence[Shape] = (FEW, WIDE, LONG), asked: int = 200, settings: Mapping[str, str] = DURABLE
) -> list[Figure]:
    """The 95th percentile of ``asked`` pages each, and how it grows. PostgreSQL has these ``settings`` beside its own;
    who measures with its own lets a worker that started come to rest first. Raises ``NoPostgres``."""
    with server(None, **settings) as postgres:
        few, *many = [_asked(postgres, shape, asked, rests=settings is DURABLE) for shape in shapes]
    found = [_page(one) for one in (few, *many)]
    for one in many:
        ratio = one.p95 / few.p95
        name = f"the same at ten times the {'corners' if one.shape.corners > few.shape.corners else 'years'}, by that"
        told = f"{one.shape.every:,} sales by {few.shape.every:,}"
        found.append(Figure("15", name, f"{ratio:.2f}", told, ratio, ratio, ratio, GROWTH, f"≤ {GROWTH}"))
    return found


def _page(pages: Pages) -> Figure:
    shape = pages.shape
    name = f"programme dashboard, {shape.corners:,} corners, {shape.every:,} sales in {shape.days:,} working days, p95"
    median = duration(percentile(pages.others, 0.5))
    text = f"{duration(pages.p95)} (median {median}; the first of a worker {duration(pages.first)})"
    ratio = pages.p95 / LIMIT
    return Figure("15", name, text, "200 ms", ratio, ratio, ratio, 1.0, "≤ 200 ms")


def _asked(postgres: Server, shape: Shape, asked: int, *, rests: bool) -> Pages:
    name = f"dashboard_{shape.name}"
    database = postgres.database(name)
    commands.init(database)
    centre = open_centre(database)
    try:
        token = fill(centre, shape)
    finally:
        centre.close()
    postgres.tool("vacuumdb", "--analyze", name)
    with running(database, workers=1) as serving:
        first = get(serving.port, "/program", token)
        if rests:
            until_idle(serving.pid, postgres.pid)
        others = [get(serving.port, address, token) for address in _addresses(asked)]
    postgres.drop(name)
    return Pages(shape, first, others)


def until_idle(*pids: int) -> None:
    """A worker that started reads this year and the last by itself; wait until it and its database rest."""
    before, end = -1.0, time.monotonic() + PATIENCE
    while (now := sum(map(cpu_seconds, pids))) > before + IDLE and time.monotonic() < end:
        before = now
        time.sleep(3.0)


def _addresses(count: int) -> Iterator[str]:
    """The page for this month, the month before, ninety days, a year, of everything or of one part; always the same."""
    chance, today = random.Random(15), date.today()  # noqa: DTZ011
    month, year = today.replace(day=1), today - timedelta(days=364)
    periods = ("", "masa=lalu", "masa=90", "masa=tahun", f"dari={year}&sampai={today}", f"dari={month}&sampai={today}")
    filters = ("", "", "", f"pojok={_corner(1)}", "jenis=opd", "kategori=batik", "kelas=mikro", "pembeli=office")
    for place in range(count):
        said = "&".join(filter(None, (periods[place % len(periods)], chance.choice(filters))))
        yield f"/program?{said}"


def get(port: int, path: str, token: str) -> float:
    """Seconds of a page that an officer opens, over a connection of its own. Raises ``RuntimeError`` for no page."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: sesi={token}\r\nConnection: close\r\n\r\n"
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(head.encode())
        with line.makefile("rb") as file:
            answer = b"".join(iter(file.readline, b"\r\n"))
            body = file.read(content_length(answer + b"\r\n"))
    seconds = time.perf_counter() - start
    if not answer.startswith(b"HTTP/1.1 200") or b"</html>" not in body:
        raise RuntimeError((answer + body)[:600].decode(errors="replace"))
    return seconds


def fill(centre: Centre, shape: Shape) -> str:
    """Figures as ``shape`` says, up to today; the token of an officer's session."""
    goods = _registry(centre, shape)
    with writing(centre.engine) as db:
        accounts.put_officer(centre, db, OFFICER, Role.VIEWER, "x" * 20)
        token = sessions.begin(centre, db, OFFICER, "127.0.0.1")
    for place in range(1, shape.corners + 1):
        with writing(centre.engine) as db:
            _trade(db, shape, place, goods)
    return token


def _corner(place: int) -> str:
    return f"MTR-{place:03}"


def _registry(centre: Centre, shape: Shape) -> list[dict[str, Any]]:
    products = [_product(number) for number in range(PRODUCTS)]
    producers = [
        {"code": f"K{number:05}", "business_name": f"Usaha {number}", "kelurahan": f"Kelurahan {number % 22}"}
        | {"class": ("mikro", "kecil", "menengah")[number % 3], "payout_terms": ("mingguan", "bulanan")[number % 2]}
        | {"position": number}
        for number in range(PRODUCERS)
    ]
    corners = [
        {"code": _corner(place), "name": f"Kantor {place}", "kind": KINDS[place % 4], "position": place}
        for place in range(1, shape.corners + 1)
    ]
    devices = [
        {"device": f"d{place:04}", "ledger_id": f"l{place}", "corner": _corner(place), "till": "A", "epoch": 1}
        | {"head_hash": b"", "enrolled_at": centre.now()}
        for place in range(1, shape.corners + 1)
    ]
    kept = ((schema.corners, corners), (schema.producers, producers), (schema.products, products))
    with writing(centre.engine) as db:
        for table, rows in (*kept, (schema.devices, devices)):
            db.execute(sa.insert(table), rows)
    return products


def _product(number: int) -> dict[str, Any]:
    price = 5_000 + number % 40 * 500
    return {
        "sku": f"BRG-{number:05}",
        "name": f"Barang {number}",
        "category": CATEGORIES[number % 6],
        "unit": "pcs",
        "producer": f"K{number % PRODUCERS:05}",
        "pricing": "titip",
        "consign_price": price * 9 // 10,
        "sell_price": price,
        "needs_pirt": number % 2,
        "needs_halal": number % 2,
        "position": number,
    }


def _trade(db: Connection, shape: Shape, place: int, goods: list[dict[str, Any]]) -> None:
    """What one corner sold, got and paid."""
    device, chance = f"d{place:04}", random.Random(place)
    shelf = chance.sample(goods, SHELF)
    sold: list[tuple[Any, ...]] = []
    moved: list[tuple[Any, ...]] = []
    paid: list[tuple[Any, ...]] = []
    papers: list[tuple[Any, ...]] = []
    times: list[tuple[Any, ...]] = []
    owed, since = Counter[str](), dict[str, str]()
    for day in reversed(_days(shape.days)):
        lines: dict[tuple[str, ...], Amounts] = {}
        for _sale in range(shape.sales):
            total = _sell(chance, shelf, lines)
            seq = len(papers) + 1
            number, at = f"ST-MTR{place:03}A-{seq:06}", f"{day}T10:00:00+07:00"
            papers.append((device, seq, 1, "sale", number, at, day, total, f"{device}-{seq}", "", 1))
        for key, sums in lines.items():
            sold.append((device, day, *key, *sums))
            owed[key[1]] += sums.share
            since.setdefault(key[1], day)
        times += [(device, day, buyer, shape.sales // 2, 0) for buyer in ("office", "personal")]
        brought = chance.sample(shelf, 4)
        moved += [(device, day, row["sku"], row["producer"], "received", "", 10_000) for row in brought]
        lost = chance.choice(shelf)
        moved.append((device, day, lost["sku"], lost["producer"], "returned", "unsold", -1_000))
        for producer in sorted(owed)[:2]:
            amount, seq = owed.pop(producer), len(papers) + len(paid) + 1
            dates = (day, None, day, "transfer")
            oldest = since.pop(producer)
            rest = (oldest, None, (date.fromisoformat(day) - date.fromisoformat(oldest)).days, 0)
            paid.append((device, seq, f"BP-{seq}", producer, *dates, amount, 0, amount, 0, amount, 0, *rest))
    seq = len(papers) + len(paid)
    still = [(device, producer, seq, since[producer], amount, 0) for producer, amount in owed.items()]
    touched = [(device, day, seq) for day in _days(shape.days)]
    of_till = ((tables.touched, touched), (tables.reported, [(device, seq, 0, 0)]))
    figures = ((tables.sold, sold), (tables.times, times), (tables.goods, moved), (tables.paid, paid))
    for table, rows in (*figures, (tables.owed_since, still), (tables.papers, papers), *of_till):
        load(db, table, tuple(column.name for column in table.columns), rows)


def _sell(chance: random.Random, shelf: list[dict[str, Any]], lines: dict[tuple[str, ...], Amounts]) -> int:
    """One sale of two lines added to the day's; its total."""
    whose = ("office", chance.choice(UNITS)) if chance.random() < 0.15 else ("personal", "")
    sum_of_lines = 0
    for row in (shelf[int(SHELF ** chance.random()) - 1], chance.choice(shelf)):
        prices = {name: row[name] for name in ("pricing", "sell_price", "consign_price")}
        split = split_line(quantity=1_000, commission_bp=None, **prices)
        line = Amounts(1, 1_000, 0, split.total, split.share, split.commission, 0)
        key = (row["sku"], row["producer"], *whose)
        before = lines.get(key)
        lines[key] = line if before is None else Amounts(*map(sum, zip(before, line, strict=True)))
        sum_of_lines += split.total
    return sum_of_lines


def _days(count: int) -> list[str]:
    """The last working days, today included whatever it is."""
    found, day = list[str](), date.today()  # noqa: DTZ011
    while len(found) < count:
        if day.weekday() < 5 or not found:
            found.append(day.isoformat())
        day -= timedelta(days=1)
    return found
