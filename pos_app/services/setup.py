"""A first start: a new corner, or a demo corner with goods on its shelves.

Offices come from the packaged list. Nothing appears under the ledger's name before it is whole.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pos_app.domain.dates import business_date
from pos_app.domain.errors import LedgerExists, LedgerMissing, Misuse
from pos_app.domain.formats import parse_quantity
from pos_app.i18n import _
from pos_app.ledger import queries, registry
from pos_app.ledger.copying import give_name
from pos_app.ledger.durable import sync_way
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.paths import asset
from pos_app.services import people, receiving, registering
from pos_app.services.context import DEMO_SETTING, Counter
from pos_app.services.ids import uuid7
from pos_app.services.receiving import Delivered

VaultFor = Callable[[Identity], Vault]
"""Gives the keys of a ledger; the composition root knows where they live."""

DEMO_CORNER: Final = "MTR-001"
DEMO_TILL: Final = "A"
DEMO_FILE: Final = "pojok-demo.db"
"""Setting of a demo corner, ``1``: the window says so and tells the PINs."""
DEMO_MANAGER: Final = "Ratna Pengelola"
DEMO_MANAGER_PIN: Final = "123456"
DEMO_CASHIER: Final = "Sari Kasir"
DEMO_CASHIER_PIN: Final = "111111"
DEMO_QRIS: Final = (
    "00020101021126620016ID.CO.CONTOH.WWW011893600000000000001702090000000010303UMI51440014ID.CO.QRIS.WWW"
    "0215ID10000000000010303UMI5204549953033605802ID5921POJOK UMKM DISKOPERIN6005METRO61053411162070703A0163045111"
)
"""Synthetic: nobody gets paid."""


@dataclass(frozen=True, slots=True)
class Office:
    """An office that may have a corner."""

    code: str
    name: str
    address: str


def offices() -> list[Office]:
    """The packaged list of offices, in its order."""
    with asset("demo", "corners.csv").open(encoding="utf-8", newline="") as file:
        return [Office(row["corner_code"], row["name"], row["address"]) for row in csv.DictReader(file)]


def new_corner(  # noqa: PLR0913  a form's fields, each by its name
    path: Path,
    *,
    code: str,
    name: str,
    till: str,
    manager: str,
    pin: str,
    vault_for: VaultFor,
    now: datetime,
    beginning: int = 1,
    settings: Mapping[str, str] | None = None,
) -> Path:
    """An empty ledger at ``path`` with its first manager, whose numbers start at this ``beginning``.

    The address of a packaged office is taken over, and ``settings`` are there from the beginning. Raises ``Misuse``
    for an empty or impossible name, ``InvalidPin``, ``LedgerExists`` and the faults of the disk.
    """
    if not code.strip() or not name.strip():
        raise Misuse(_("Choose an office, or type its code and name."))
    if not manager.strip():
        raise Misuse(_("Enter the manager's name."))
    people.check_pin(pin)
    identity = replace(registering.new_identity(code.strip(), name.strip(), till), beginning=beginning)
    if path.exists():
        raise LedgerExists(str(path))
    unfinished = _unfinished(path)
    vault = vault_for(identity)
    ledger = Ledger.create(unfinished, identity)
    try:
        people.add_user(ledger, vault, name=manager.strip(), pin=pin, role="pengelola", now=now)
        address = next((office.address for office in offices() if office.code == identity.corner), "")
        with ledger.write() as tx:
            for key, value in {"corner.address": address, **(settings or {})}.items():
                if value:
                    registry.set_setting(tx.db, key, value)
    finally:
        ledger.close()
    give_name(unfinished, path)
    sync_way(path.parent)
    return path


def take_back(path: Path) -> bool:
    """Remove a ledger that was just made and has no entry yet; False where it has one, and stays."""
    ledger = Ledger.open(path)
    try:
        empty = ledger.head().seq == 0
    finally:
        ledger.close()
    if empty:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
        sync_way(path.parent)
    return empty


def demo_corner(folder: Path, now: datetime, vault_for: VaultFor) -> Path:
    """A ledger with the demo's producers, goods on hand, staff, a manager and a cashier; the shift is not open.

    The goods of the first delivery may be sold from today for as long as each of them keeps. Raises
    ``LedgerExists`` and the faults of the disk.
    """
    path = folder / DEMO_FILE
    if path.exists():
        raise LedgerExists(str(path))
    office = next(one for one in offices() if one.code == DEMO_CORNER)
    unfinished = new_corner(
        _unfinished(path),
        code=office.code,
        name=office.name,
        till=DEMO_TILL,
        manager=DEMO_MANAGER,
        pin=DEMO_MANAGER_PIN,
        vault_for=vault_for,
        now=now,
    )
    ledger = Ledger.open(unfinished)
    try:
        _fill(ledger, vault_for(ledger.identity), now)
    finally:
        ledger.close()
    give_name(unfinished, path)
    return path


def _fill(ledger: Ledger, vault: Vault, now: datetime) -> None:
    today = business_date(now)
    for kind in registering.KINDS:
        registering.import_file(ledger, vault, kind, asset("demo", f"{kind}.csv"), today, skip_bad=True)
    people.add_user(ledger, vault, name=DEMO_CASHIER, pin=DEMO_CASHIER_PIN, role="kasir", now=now)
    with ledger.write() as tx:
        registry.set_setting(tx.db, "qris.static", DEMO_QRIS)
        registry.set_setting(tx.db, "qris.dynamic", "1")
        registry.set_setting(tx.db, DEMO_SETTING, "1")
    counter = Counter(ledger, vault, lambda: now, uuid7, prints=False)
    counter.user = next(user for user in people.users(counter) if user.is_manager)
    for producer, lines in _first_deliveries(ledger, now).items():
        receiving.receive(counter, producer, lines)


def _first_deliveries(ledger: Ledger, now: datetime) -> dict[str, list[Delivered]]:
    today = business_date(now)
    found: dict[str, list[Delivered]] = defaultdict(list)
    with asset("demo", "opening_stock.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            product = queries.product(ledger.db, row["sku"])
            if product is None:
                continue
            days = product.shelf_life_days
            expires_on = (today + timedelta(days=days)).isoformat() if days else None
            found[row["producer_code"]].append(Delivered(product.sku, parse_quantity(row["quantity"]), expires_on))
    return found


def _unfinished(path: Path) -> Path:
    """Where a ledger is put together; leftovers of an interrupted attempt are removed."""
    if not path.parent.is_dir():
        raise LedgerMissing(str(path.parent))
    unfinished = path.with_name(f"{path.name}.setup")
    for name in (unfinished.name, f"{unfinished.name}-wal", f"{unfinished.name}-shm"):
        unfinished.with_name(name).unlink(missing_ok=True)
    return unfinished
