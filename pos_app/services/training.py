"""The training: a throwaway ledger with the corner's goods and invented people, that nothing real comes near.

Its numbers read ``ST-LATIHANA-000001``, every paper says that it is none, nothing is exchanged or backed up, no drawer
opens. Its file and its keys lie in one folder, which is removed at the end and, after a kill, at the next start.
"""

import shutil
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

from pos_app.domain.dates import business_date
from pos_app.i18n import _, language
from pos_app.ledger import queries, registry
from pos_app.ledger import training as goods
from pos_app.ledger.backup import reading
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.vault import Vault
from pos_app.services import people, receiving, registering
from pos_app.services.context import DEMO_SETTING, TRAINING_SETTING, Counter
from pos_app.services.ids import uuid7
from pos_app.services.receiving import Delivered
from pos_app.services.setup import (
    DEMO_CASHIER,
    DEMO_CASHIER_PIN,
    DEMO_MANAGER,
    DEMO_MANAGER_PIN,
    DEMO_QRIS,
)
from sync.documents.sale import Sale
from sync.protocol.registry_rows import StaffRow

CORNER: Final = "LATIHAN"
FILE: Final = "latihan.db"
KEYS: Final = "keys"
STOCKED: Final = 200
"""Goods that lie on the shelf; the others can be sold below zero."""
PIECES: Final = 50_000
"""Of each, in thousandths."""
STAFF: Final = 5
TAB_LIMIT: Final = 500_000
KEPT: Final = (
    "cash_step",
    "ui.text_scale",
    "ui.dark",
    "printer.device",
    "printer.target",
    "printer.columns",
    "printer.cutter",
    "printer.baud",
    "printer.codes",
    "printer.plain",
    "scanner.gap_ms",
    "scanner.ending",
    "scanner.prefix",
    "scanner.suffix",
)
"""Settings of the real till that hold here, too; the drawer is not among them."""
TASKS: Final = ("open", "three", "cash", "refund", "close")
SALES: Final = 50


def remove(folder: Path) -> None:
    """Takes away what a training left, keys included."""
    shutil.rmtree(folder, ignore_errors=True)


def vault_in(folder: Path) -> Vault:
    """The keys of a training lie beside it, never in the system's store."""
    return Vault(folder / KEYS)


def make(real: Path, folder: Path, now: datetime) -> Path:
    """A training ledger in ``folder``, of what ``real`` sells; ``real`` is only read. Raises the faults of the disk."""
    remove(folder)
    folder.mkdir(parents=True, mode=0o700)
    with reading(real) as source:
        name = _("TRAINING · {corner}").format(corner=source.identity.corner_name)
        ledger = Ledger.create(folder / FILE, registering.new_identity(CORNER, name, "A"))
        try:
            _fill(ledger, source.db, vault_in(folder), now)
        finally:
            ledger.close()
    return folder / FILE


def _fill(ledger: Ledger, source: Connection, vault: Vault, now: datetime) -> None:
    with ledger.write() as tx:
        goods.copy_goods(source, tx.db, _("Training producer"))
        registry.add_staff(tx.db, _staff(min(STAFF, max(1, goods.staff_count(source)))), vault.seal)
        for key in KEPT:
            value = queries.setting(source, key, "")
            if value:
                registry.set_setting(tx.db, key, value)
        for key, value in {
            "ui.language": language(),
            "qris.static": DEMO_QRIS,
            "qris.dynamic": "1",
            DEMO_SETTING: "1",
            TRAINING_SETTING: "1",
        }.items():
            registry.set_setting(tx.db, key, value)
    for who, pin, role in ((DEMO_MANAGER, DEMO_MANAGER_PIN, "pengelola"), (DEMO_CASHIER, DEMO_CASHIER_PIN, "kasir")):
        people.add_user(ledger, vault, name=who, pin=pin, role=role, now=now)
    counter = Counter(ledger, vault, lambda: now, uuid7, prints=False)
    counter.user = next(user for user in people.users(counter) if user.is_manager)
    today = business_date(now)
    stocked = sorted(queries.all_products(ledger.db, STOCKED), key=lambda one: one.producer)
    for producer, products in groupby(stocked, key=lambda one: one.producer):
        lines = [
            Delivered(
                one.sku,
                PIECES,
                (today + timedelta(days=one.shelf_life_days)).isoformat() if one.shelf_life_days else None,
            )
            for one in products
        ]
        receiving.receive(counter, producer, lines)


def _staff(count: int) -> list[StaffRow]:
    return [
        StaffRow(
            staff_code=f"S{number:03d}",
            name=_("Training staff {number}").format(number=number),
            nip="",
            unit=_("Training unit"),
            tab_limit=TAB_LIMIT,
        )
        for number in range(1, count + 1)
    ]


def progress(db: Connection) -> dict[str, bool]:
    """Which of the ``TASKS`` are done, told by the documents of the training ledger."""
    sales = [queries.entry_by_seq(db, one.seq) for one in queries.recent(db, "sale", SALES)]
    sold = [one.document for one in sales if one is not None and isinstance(one.document, Sale)]
    return {
        "open": bool(queries.recent(db, "shift_opened", 1)),
        "three": any(sum(max(1000, line.quantity) for line in sale.lines) >= 3_000 for sale in sold),
        "cash": any(tender.kind == "cash" for sale in sold for tender in sale.tenders),
        "refund": bool(queries.recent(db, "refund", 1)),
        "close": bool(queries.recent(db, "shift_closed", 1)),
    }
