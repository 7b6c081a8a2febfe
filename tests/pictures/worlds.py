"""The ledgers that the pictures are taken of: nothing yet, a normal day, long names, ten thousand rows.

Made once into a folder, each with its keys; a picture is taken of a copy. Clock, goods, sales and people are fixed, so
that a second run shows the same.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pos_app.demo.day import Day
from pos_app.domain.dates import WIB
from pos_app.ledger import exchange_facts, queries, registry
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import people, setup
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7
from pos_app.services.play import Player
from pos_app.services.printing import PrinterSettings, save_printer_settings
from pos_app.services.wording import describe
from tests.corner import Corner, register

MORNING: Final = datetime(2026, 11, 20, 7, 0, tzinfo=WIB)
NOON: Final = datetime(2026, 11, 20, 12, 5, tzinfo=WIB)
SALES_BY_NOON: Final = 40
UNSENT: Final = 3
MANY: Final = 10_000
MANY_STAFF: Final = 400
MANY_OWED: Final = 300
LEDGER: Final = "till.db"
CENTRE: Final = "https://pusat.contoh.id"

Make = Callable[[Path], None]


def vault_of(folder: Path) -> Vault:
    """Keys that lie in a folder."""
    return Vault(folder / "keys")


@contextmanager
def opened(folder: Path, now: datetime = NOON) -> Iterator[Counter]:
    """The till of a world, its manager at work; nothing is printed."""
    ledger = Ledger.open(folder / LEDGER)
    try:
        counter = Counter(ledger, vault_of(folder), lambda: now, uuid7, prints=False)
        counter.user = manager_of(counter)
        yield counter
    finally:
        ledger.close()


def manager_of(counter: Counter) -> User:
    """The first manager."""
    return next(user for user in people.users(counter) if user.is_manager)


def cashier_of(counter: Counter) -> User:
    """The first cashier."""
    return next(user for user in people.users(counter) if not user.is_manager)


def nothing(folder: Path) -> None:
    """A corner of this morning: a manager and a cashier, no goods, no shift."""
    _begun(folder, "Sekretariat Daerah", "Ratna Pengelola", "Sari Kasir")


def opened_shift(folder: Path) -> None:
    """The same with the shift open."""
    nothing(folder)
    with opened(folder, MORNING) as counter:
        _do(Player(counter, describe), {"do": "open_shift", "at": MORNING.isoformat(), "float": 300_000})


def normal_day(folder: Path) -> None:
    """The demo's day until noon: goods, forty sales of all tenders, a refund, a drawer at work."""
    folder.mkdir(parents=True)
    setup.demo_corner(folder, MORNING, lambda _identity: vault_of(folder)).rename(folder / LEDGER)
    with opened(folder, MORNING) as counter:
        shelf = [product for product in queries.all_products(counter.db, 1_000) if product.on_hand > 0]
        staff = [one.code for one in registry.staff_members(counter.db, counter.vault.unseal) if one.tab_limit]
        day = Day(MORNING.date(), shelf, sorted(staff)[:12])
        player = Player(counter, describe)
        for action in day.script():
            _do(player, action)
            if action["do"] == "sale" and len(day.sales) == SALES_BY_NOON:
                break
    _settle_in(folder)


def long_names(folder: Path) -> None:
    """Names as long as offices, people and goods have them, and the largest amounts."""
    office = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu"
    _begun(folder, office, "Hajjah Siti Nurhasanah Prawirasembodo, S.Sos., M.M.", "Muhammad Abdurrahman Wirakusumah")
    producers = [
        {"producer_code": f"P{n}", "business_name": f"Kelompok Wanita Tani Sumber Rejeki Makmur Sejahtera {n}"}
        for n in range(1, 13)
    ]
    products = [
        {
            "sku": f"T{n}",
            "barcode": "",
            "name": f"Keripik Singkong Balado Pedas Manis Istimewa Kemasan Ekonomis Isi Ulang {n}50 g",
            "producer_code": f"P{n}",
            "pricing": "titip",
            "consign_price": 99_000_000,
            "sell_price": 99_999_999,
        }
        for n in range(1, 13)
    ]
    staff = [
        {"staff_code": f"S{n}", "name": f"Raden Ajeng Kusumawardhani Prawiradirja Ke-{n}", "tab_limit": 999_999_999}
        | {"unit": "Bidang Pengendalian Pelaksanaan Penanaman Modal dan Informasi"}
        for n in range(1, 13)
    ]
    with opened(folder, MORNING) as counter:
        corner = Corner(counter.ledger, counter, lambda: MORNING)  # type: ignore[arg-type]
        register(corner, folder, producers, products, staff)
        player = Player(counter, describe)
        owed = {f"P{n}": 599_999_900 for n in range(1, 13)}
        tabs = {f"S{n}": 999_000_000 for n in range(1, 13)}
        _do(player, {"do": "opening", "at": MORNING.isoformat(), "payable": owed, "tabs": tabs})
        _do(player, {"do": "open_shift", "float": 99_999_000})
        for n in range(1, 13):
            lines = [{"sku": f"T{n}", "quantity": "999", "expires_on": "2026-11-24" if n % 3 else "2027-02-28"}]
            _do(player, {"do": "receive", "producer": f"P{n}", "lines": lines})
        at = (MORNING + timedelta(hours=2)).isoformat()
        tenders = [{"kind": "cash", "amount": 400_000_000}]
        _do(player, {"do": "sale", "at": at, "lines": [{"code": "T1", "quantity": "4"}], "tenders": tenders})
    _settle_in(folder)


def many_rows(folder: Path) -> None:
    """Ten thousand goods and producers, hundreds of staff, all of them owed or owing."""
    _begun(folder, "Sekretariat Daerah", "Ratna Pengelola", "Sari Kasir")
    producers = [{"producer_code": f"P{n:05d}", "business_name": f"Usaha Makmur {n:05d}"} for n in range(MANY)]
    products = [
        {
            "sku": f"BRG-{n:05d}",
            "barcode": "",
            "name": f"Barang Contoh {n:05d} {50 + n % 20 * 25} g",
            "producer_code": f"P{n:05d}",
            "pricing": "titip",
            "consign_price": 9_000 + n % 50 * 100,
            "sell_price": 10_000 + n % 50 * 100,
        }
        for n in range(MANY)
    ]
    staff = [
        {"staff_code": f"S{n:04d}", "name": f"Pegawai {n:04d}", "tab_limit": 500_000, "unit": "Bagian Umum"}
        for n in range(MANY_STAFF)
    ]
    with opened(folder, MORNING) as counter:
        corner = Corner(counter.ledger, counter, lambda: MORNING)  # type: ignore[arg-type]
        register(corner, folder, producers, products, staff)
        player = Player(counter, describe)
        owed = {f"P{n:05d}": 10_000 + n * 100 for n in range(MANY_OWED)}
        tabs = {f"S{n:04d}": 5_000 + n * 500 for n in range(MANY_STAFF)}
        _do(player, {"do": "opening", "at": MORNING.isoformat(), "payable": owed, "tabs": tabs})
        _do(player, {"do": "open_shift", "float": 500_000})
        for n in range(30):
            _do(player, {"do": "receive", "producer": f"P{n:05d}", "lines": [_brought(n)]})
    _settle_in(folder)


def _brought(number: int) -> dict[str, str]:
    return {"sku": f"BRG-{number:05d}", "quantity": str(3 + number % 20)}


MAKERS: Final[dict[str, Make]] = {
    "nothing": nothing,
    "opened_shift": opened_shift,
    "day": normal_day,
    "long": long_names,
    "many": many_rows,
}


class Worlds:
    """Makes each world when it is first asked for, and hands out copies."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._copies = 0

    def copy(self, name: str) -> Path:
        """A folder of its own with a copy of that world."""
        made = self._root / name
        if not made.exists():
            MAKERS[name](made)
        self._copies += 1
        return Path(shutil.copytree(made, self._root / f"{name}-{self._copies}"))


def go_offline(folder: Path) -> None:
    """The centre has not been reached since the morning."""
    with opened(folder) as counter:
        store = LedgerStore(counter.ledger)
        store.note_problem("unreachable", "", (NOON - timedelta(hours=4)).isoformat())
        store.rewind(counter.ledger.head().seq // 2)


def _begun(folder: Path, office: str, manager: str, cashier: str) -> None:
    folder.mkdir(parents=True)
    ledger = Ledger.create(folder / LEDGER, Identity("c0" * 16, "MTR-001", office, "A"))
    try:
        vault = vault_of(folder)
        for name, pin, role in ((manager, "123456", "pengelola"), (cashier, "111111", "kasir")):
            people.add_user(ledger, vault, name=name, pin=pin, role=role, now=MORNING)  # type: ignore[arg-type]
    finally:
        ledger.close()


def _settle_in(folder: Path) -> None:
    """What a till at work has: a printer, a backup of this morning, a centre that has nearly everything."""
    with opened(folder) as counter:
        ledger = counter.ledger
        save_printer_settings(ledger, PrinterSettings(device="network", target="192.168.1.50", columns=32))
        head = ledger.head().seq
        facts = {
            "url": CENTRE,
            "device_id": "d1",
            "timeline_id": "t1",
            "centre_key": "00" * 32,
            "acked_seq": str(max(head - UNSENT, 0)),
            "last_ack_at": (NOON - timedelta(minutes=2)).isoformat(),
        }
        with ledger.write() as tx:
            registry.set_setting(tx.db, "demo", "")
            registry.set_setting(tx.db, "backup.at", NOON.replace(hour=8, minute=12).isoformat())
            exchange_facts.put_facts(tx.db, facts)


def _do(player: Player, action: dict[str, Any]) -> None:
    answer = next(player.play(iter([json.dumps(action).encode()])))
    if not answer["ok"]:
        raise AssertionError([action, answer])
