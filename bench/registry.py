"""The registry at 20,000 producers and 20,000 products: its lists, searches, papers, duplicates and a producer's page.

A centre on PostgreSQL serves them to an officer, kinds of pages by turns, once the worker has read ahead. The first
page of each kind is told apart: a worker then reads what else it keeps in memory until the registry changes.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from bench.cores import cpu_seconds
from bench.dashboard import get, until_idle
from bench.measure import Figure, duration, percentile
from bench.postgres import Server, server
from bench.served import DURABLE, running
from sync.protocol.registry_fields import KELURAHAN
from sync.protocol.registry_rows import CATEGORIES
from sync.server import commands
from sync.server.access import accounts, sessions
from sync.server.access.officers import Role
from sync.server.centre import Centre, open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.database.loading import load
from sync.server.database.tables_registry import certificates

OFFICER = "Bench"
MANY: Final = 20_000
"""Producers, and products."""
ASKED: Final = 60
"""Pages of each kind."""
LIMIT: Final = 0.1
"""Seconds."""
SEED: Final = 20_261_122
_KINDS: Final = ("Dapur", "Keripik", "Batik", "Kopi", "Roti", "Sambal", "Tapis", "Kerajinan", "Warung", "Katering")
_OPEN: Final = ("Ba", "Ci", "Da", "Fa", "Gi", "Ha", "Ja", "Ku", "La", "Ma", "Nu", "Pa", "Ra", "Sa", "Tu", "Wi")
_MIDDLE: Final = ("", "ndi", "rma", "lasta", "wati", "ngga", "stika", "hayu", "mbara", "ntoso", "dhi", "rina")
_END: Final = ("na", "ri", "ti", "wan", "yanto", "sih", "ni", "jaya", "kti", "lia")


class Page(NamedTuple):
    """Seconds until a page was there, and of the processors in centre and database together (in hundredths)."""

    waited: float
    worked: float


class Pages(NamedTuple):
    """Pages of one kind: the first, and those after it."""

    kind: str
    first: Page
    others: list[Page]


def figures(many: int = MANY, asked: int = ASKED, settings: Mapping[str, str] = DURABLE) -> list[Figure]:
    """The 95th percentile of ``asked`` pages of every kind, PostgreSQL with ``settings``. Raises ``NoPostgres``."""
    with server(None, **settings) as postgres:
        found = _asked(postgres, many, asked)
    return [_figure(one, many) for one in found]


def _figure(pages: Pages, many: int) -> Figure:
    waited, worked = (sorted(column) for column in zip(*pages.others, strict=True))
    p95, cpu = percentile(waited, 0.95), percentile(worked, 0.95)
    rest = f"median {duration(percentile(waited, 0.5))}; the first {duration(pages.first.waited)}"
    text = f"{duration(p95)} ({rest}); of the processors {duration(cpu)}, the first {duration(pages.first.worked)}"
    ratio, name = p95 / LIMIT, f"registry of {many:,} producers and products: {pages.kind}, p95"
    return Figure("", name, text, "100 ms", ratio, ratio, ratio, 1.0, "≤ 100 ms")


def _asked(postgres: Server, many: int, asked: int) -> list[Pages]:
    database = postgres.database("registry")
    commands.init(database)
    centre = open_centre(database)
    try:
        names, token = fill(centre, many)
    finally:
        centre.close()
    postgres.tool("vacuumdb", "--analyze", "registry")
    kinds = _kinds(names, many)
    found = {kind: list[Page]() for kind in kinds}
    with running(database, workers=1) as serving:
        get(serving.port, "/produsen/P00000/ubah", token)  # what templates and modules cost is no list's
        until_idle(serving.pid, postgres.pid)
        for _turn in range(asked + 1):
            for kind, address in kinds.items():
                before = cpu_seconds(serving.pid) + cpu_seconds(postgres.pid)
                waited = get(serving.port, address(), token)
                worked = cpu_seconds(serving.pid) + cpu_seconds(postgres.pid) - before
                found[kind].append(Page(waited, worked))
    postgres.drop("registry")
    return [Pages(kind, first, others) for kind, (first, *others) in found.items()]


def _kinds(names: list[str], many: int) -> dict[str, Callable[[], str]]:
    """Addresses of each kind of page, always the same."""
    chance = random.Random(SEED)
    pages = many // 50

    def word() -> str:
        return chance.choice(chance.choice(names).split()[1:])

    def mistyped() -> str:
        text = word()
        place = chance.randrange(1, len(text))
        return text[:place] + chance.choice("aiueo") + text[place + 1 :] + chance.choice(("", "h", "t"))

    return {
        "list of producers": lambda: f"/produsen?halaman={chance.randint(1, pages)}",
        "list of goods": lambda: f"/produk?halaman={chance.randint(1, pages)}",
        "producers by a word": lambda: f"/produsen?q={quote(word())}",
        "producers by two words": lambda: f"/produsen?q={quote(f'{word()} {word()}')}",
        "producers by a mistyped word": lambda: f"/produsen?q={quote(mistyped())}",
        "goods by a word": lambda: f"/produk?q={quote(word())}",
        "goods by a mistyped word": lambda: f"/produk?q={quote(mistyped())}",
        "producers without halal": lambda: f"/produsen?jenis=pangan&tanpa=halal&halaman={chance.randint(1, 20)}",
        "certificates that lapse": lambda: f"/sertifikat?dalam=90&halaman={chance.randint(1, 20)}",
        "duplicates": lambda: f"/kembar?halaman={chance.randint(1, 5)}",
        "page of a producer": lambda: f"/produsen/P{chance.randrange(many):05}",
        "public catalogue by a mistyped word": lambda: f"/katalog?q={quote(mistyped())}",
    }


def fill(centre: Centre, many: int) -> tuple[list[str], str]:
    """A registry with ``many`` producers and products: the names of the producers, and the token of an officer."""
    chance, today = random.Random(SEED), date.fromisoformat(centre.today())
    names = [f"{chance.choice(_KINDS)} {_word(chance)} {_word(chance)}" for _producer in range(many)]
    with writing(centre.engine) as db:
        accounts.put_officer(centre, db, OFFICER, Role.OFFICER, "x" * 20)
        token = sessions.begin(centre, db, OFFICER, "127.0.0.1")
        for table, rows in (
            (schema.producers, _producers(chance, names, today)),
            (schema.products, _products(chance, many)),
            (certificates, _papers(chance, many, today)),
        ):
            told = list(rows)
            load(db, table, tuple(told[0]), [tuple(row.values()) for row in told])
        for scope in ("producers", "catalogue"):
            moved = schema.positions.update().where(schema.positions.c.scope == scope)
            db.execute(moved.values(value=many))
    return names, token


def _word(chance: random.Random) -> str:
    return chance.choice(_OPEN) + chance.choice(_MIDDLE) + chance.choice(_END)


def _day(chance: random.Random, today: date) -> str:
    return (today + timedelta(days=chance.randrange(-200, 900))).isoformat()


def _producers(chance: random.Random, names: list[str], today: date) -> Iterator[dict[str, Any]]:
    places = sorted(KELURAHAN)
    for number, name in enumerate(names):
        halal = f"ID18110{number:012}" if chance.random() < 0.5 else ""
        yield {
            "code": f"P{number:05}",
            "business_name": name,
            "kelurahan": chance.choice(places),
            "class": chance.choice(("mikro", "mikro", "kecil", "menengah")),
            "payout_terms": chance.choice(("mingguan", "bulanan")),
            "nib": f"9{number:012}" if chance.random() < 0.8 else "",
            "pirt": f"2101872{number:06}-{chance.randrange(25, 32)}" if chance.random() < 0.5 else "",
            "halal_no": halal,
            "halal_expires": _day(chance, today) if halal else None,
            "alias_of": "",
            "position": number + 1,
        }


def _products(chance: random.Random, many: int) -> Iterator[dict[str, Any]]:
    for number in range(many):
        category, price = chance.choice(CATEGORIES), chance.randrange(5_000, 90_000, 500)
        food = int(category in ("makanan", "minuman"))
        yield {
            "sku": f"BRG-{number:05}",
            "barcode": f"2{number:012}",
            "name": f"{chance.choice(_KINDS)} {_word(chance)} {chance.choice((100, 250, 500))} g",
            "category": category,
            "unit": "pcs",
            "producer": f"P{chance.randrange(many):05}",
            "pricing": "titip",
            "consign_price": price * 9 // 10,
            "sell_price": price,
            "min_stock": 0,
            "needs_pirt": food,
            "needs_halal": food,
            "e_katalog": 0,
            "alias_of": "",
            "position": number + 1,
        }


def _papers(chance: random.Random, many: int, today: date) -> Iterator[dict[str, Any]]:
    for number in range(0, many, 2):
        yield {
            "id": f"{number:016x}",
            "producer": f"P{number:05}",
            "kind": chance.choice(("halal", "merek", "bpom", "tkdn")),
            "number": f"N{number:09}",
            "expires": _day(chance, today),
            "document": "",
            "changed_at": f"{today}T08:00:00+07:00",
            "changed_by": OFFICER,
        }
