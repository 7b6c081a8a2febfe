"""A corner to test with: MTR-001 till A, a clock that stands still, and scripts played through the services."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pos_app.domain.dates import WIB
from pos_app.ledger import registry
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.vault import Vault
from pos_app.ledger.verify import verify
from pos_app.services import pins
from pos_app.services.context import Counter, User
from pos_app.services.figures import current_state
from pos_app.services.ids import uuid7
from pos_app.services.play import Player
from pos_app.services.registering import import_file
from pos_app.services.wording import describe

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "assets" / "demo"
VECTORS = ROOT / "tests" / "vectors"
MORNING = datetime(2026, 10, 1, 8, 0, tzinfo=WIB)
IDENTITY = Identity("0123456789abcdef0123456789abcdef", "MTR-001", "Dinas Koperasi", "A")

DEFAULTS: dict[str, dict[str, Any]] = {
    "producers": {"class": "mikro", "payout_terms": "mingguan"},
    "products": {"category": "makanan", "unit": "pcs"},
    "staff": {},
}

PRODUCERS = [{"producer_code": "P1", "business_name": "Dapur Satu"}, {"producer_code": "P2", "business_name": "Dua"}]
PRODUCTS = [
    {"sku": "T1", "barcode": "2000000000015", "name": "Keripik Pisang 200 g", "producer_code": "P1"}
    | {"pricing": "titip", "consign_price": 14400, "sell_price": 16000},
    {"sku": "K1", "barcode": "2000000000022", "name": "Lapis Legit Potong", "producer_code": "P2"}
    | {"pricing": "komisi", "commission_bp": 1250, "sell_price": 7500},
    {"sku": "B1", "barcode": "2000000000039", "name": "Mi Kering 400 g", "producer_code": "P2"}
    | {"pricing": "putus", "consign_price": 2000, "sell_price": 3000},
    {"sku": "W1", "barcode": "2000000000046", "name": "Telur Ayam", "producer_code": "P1", "unit": "kg"}
    | {"pricing": "titip", "consign_price": 28500, "sell_price": 30000},
]
STAFF = [
    {"staff_code": "S1", "name": "Pegawai Satu", "tab_limit": 100000},
    {"staff_code": "S2", "name": "Pegawai Dua", "tab_limit": 0},
]


class StillClock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **kwargs: float) -> None:
        self.now += timedelta(**kwargs)


def write_csv(path: Path, kind: str, rows: Iterable[Mapping[str, Any]]) -> Path:
    """A spreadsheet with all columns of ``kind``; what a row leaves out gets a plain default."""
    with (DEMO / f"{kind}.csv").open(encoding="utf-8") as demo:
        columns = next(csv.reader(demo))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({**DEFAULTS[kind], **row} for row in rows)
    return path


@dataclass
class Corner:
    """A counter over a real ledger, and a player that keeps count of its sales."""

    ledger: Ledger
    counter: Counter
    clock: StillClock
    player: Player = field(init=False)

    def __post_init__(self) -> None:
        self.player = Player(self.counter, describe)

    @property
    def db(self) -> Connection:
        return self.ledger.db

    @property
    def state(self) -> dict[str, Any]:
        return current_state(self.ledger)

    def play(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one action."""
        return self.line(json.dumps(action).encode())

    def line(self, line: bytes) -> dict[str, Any]:
        """The answer to one line of a script."""
        return next(self.player.play(iter([line])))

    def do(self, action: str, **parts: Any) -> dict[str, Any]:
        """Play an action that must be taken."""
        answer = self.play({"do": action, **parts})
        assert answer["ok"], answer
        return answer

    def refused(self, action: str, **parts: Any) -> str:
        """Play an action that must be refused and change nothing; its error's name."""
        before = dump(self.db)
        answer = self.play({"do": action, **parts})
        assert not answer["ok"], answer
        assert set(answer) == {"n", "ok", "error", "message"}
        assert answer["message"]
        assert dump(self.db) == before
        return str(answer["error"])

    def sell(self, code: str, quantity: str = "1", *, cash: int = 1_000_000, **line: Any) -> dict[str, Any]:
        """Sell one line for cash."""
        tenders = [{"kind": "cash", "amount": cash}]
        return self.do("sale", lines=[{"code": code, "quantity": quantity, **line}], tenders=tenders)

    def receive(self, sku: str, quantity: str, expires_on: str | None = None) -> dict[str, Any]:
        """Take goods in from their owner."""
        producer = self.db.execute("SELECT producer FROM products WHERE sku = ?", (sku,)).fetchone()[0]
        return self.do("receive", producer=producer, lines=[line_of(sku, quantity, expires_on)])

    def payable(self, producer: str) -> int:
        return int(self.state["payable"].get(producer, 0))

    def verify(self) -> int:
        return verify(self.ledger).entries


def line_of(sku: str, quantity: str, expires_on: str | None = None) -> dict[str, Any]:
    """A line of a delivery."""
    return {"sku": sku, "quantity": quantity} | ({"expires_on": expires_on} if expires_on else {})


def dump(db: Connection) -> list[tuple[Any, ...]]:
    """Every row of every table of the ledger."""
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    return [(table, *row) for table in tables for row in db.execute(f"SELECT * FROM {table}")]


hashed = cache(pins.hashed)
"""Of a PIN; each is hashed once for all tests, which takes longer than all else that a test begins with."""


def new_corner(folder: Path, identity: Identity = IDENTITY) -> Corner:
    """An empty ledger in ``folder`` with keys beside it."""
    return corner_of(Ledger.create(folder / "till.db", identity), folder)


def corner_of(ledger: Ledger, folder: Path) -> Corner:
    """A counter over a ledger whose keys are in ``folder``, in the morning."""
    clock = StillClock()
    return Corner(ledger, Counter(ledger, Vault(folder / "keys"), clock, uuid7), clock)


def register(
    corner: Corner,
    folder: Path,
    producers: Sequence[Mapping[str, Any]],
    products: Sequence[Mapping[str, Any]],
    staff: Sequence[Mapping[str, Any]],
) -> None:
    """Import what the corner deals in through real spreadsheets."""
    for kind, rows in (("producers", producers), ("products", products), ("staff", staff)):
        path = write_csv(folder / f"{kind}.csv", kind, rows)
        result = import_file(corner.ledger, corner.counter.vault, kind, path, date(2026, 10, 1))
        assert (result.imported, result.rejected) == (len(rows), [])


def add_user(corner: Corner, name: str, pin: str, role: str) -> User:
    """Register a user with a PIN, as ``people.add_user``."""
    user = User(uuid7(MORNING), role, name)
    with corner.ledger.write() as tx:
        registry.add_user(tx.db, user.id, role, hashed(pin), name, corner.counter.vault.seal)
    return user
