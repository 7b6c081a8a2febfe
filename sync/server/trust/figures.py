"""The centre's own figures, and whether they follow from the entries it keeps."""

from collections import defaultdict
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.state import JournalState, Shift, ShiftState, shift_state, state_of
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.errors import CentreError
from sync.server.projecting.checking import slips_of
from sync.server.projecting.storing import DOUBLE, Gathered
from sync.server.reports.verifying import Comparing, WrongReport
from sync.server.trust.replaying import name_of, replay


class Verified(NamedTuple):
    """How much was verified."""

    tills: int
    entries: int


def state(centre: Centre, corner: str | None = None, till: str | None = None) -> dict[str, Any]:
    """The figures of all tills, those of ``corner``, or one till's, in the form of ``pojok state``.

    For several tills everything is a sum, and ``journal.head`` is empty. Raises ``CentreError`` when no such
    till is enrolled.
    """
    table = schema.devices
    asked = ((table.c.corner, corner), (table.c.till, till))
    wanted = [column == value for column, value in asked if value is not None]
    with reading(centre.engine) as db:
        query = sa.select(table).where(*wanted).order_by(table.c.corner, table.c.till, table.c.enrolled_at)
        devices = db.execute(query).all()
        if not devices and wanted:
            raise CentreError("no_till", till=" ".join(filter(None, (corner, till))) or "MTR-…")
        return _state(db, devices)


def _state(db: Connection, devices: Any) -> dict[str, Any]:
    balances: dict[str, int] = defaultdict(int)
    stock: dict[str, int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    shifts: list[ShiftState] = []
    for device in devices:
        tables = _tables(db, device.device)
        for account, amount in tables["balances"].items():
            balances[account] += amount
        for sku, quantity in tables["stock"].items():
            stock[sku] += quantity
        for name, amount in ((name, amount) for (_, name), amount in tables["figures"].items()):
            totals[name] += amount
        shifts += _shift_states(tables)
    if len(devices) > 1:
        shifts.sort(key=lambda shift: shift.opened_at)
    entries = sum(device.head_seq for device in devices)
    head = devices[0].head_hash.hex() if len(devices) == 1 and entries else ""
    return state_of(balances, stock, shifts, totals, JournalState(entries, head, entries))


def _shift_states(tables: dict[str, dict[Any, Any]]) -> list[ShiftState]:
    by_shift: dict[int, dict[str, int]] = defaultdict(dict)
    for (seq, name), amount in tables["figures"].items():
        by_shift[seq][name] = amount
    return [shift_state(shift, by_shift[seq]) for seq, shift in sorted(tables["shifts"].items())]


def _tables(db: Connection, device: str) -> dict[str, dict[Any, Any]]:
    """The projections of one till as plain mappings."""

    def rows(table: sa.Table) -> Any:
        return db.execute(sa.select(table).where(table.c.device == device))

    return {
        "balances": {row.account: row.amount for row in rows(schema.balances)},
        "stock": {row.sku: row.quantity for row in rows(schema.stock)},
        "figures": {(row.shift, row.name): row.amount for row in rows(schema.figures)},
        "days": {(row.date, row.name): row.amount for row in rows(schema.days)},
        "shifts": {
            row.seq: Shift(row.number, row.opened_at, row.opening_float, row.expected, row.counted, row.difference)
            for row in rows(schema.shifts)
        },
        "quarantine": {(row.epoch, row.seq): row.reason for row in rows(schema.quarantine)},
        "slips": slips_of(db, device),
    }


def _mappings(gathered: Gathered) -> dict[str, dict[Any, Any]]:
    """``gathered`` in the shape of ``_tables``."""
    books = gathered.books
    return {
        "balances": books.balances,
        "stock": books.stock,
        "figures": {(shift, name): amount for shift, sums in books.figures.items() for name, amount in sums.items()},
        "days": {(date, name): amount for date, sums in books.days.items() for name, amount in sums.items()},
        "shifts": books.shifts(),
        "quarantine": {key: held.reason for key, held in gathered.held.items()},
        "slips": gathered.slips.slips(),
    }


def verify(centre: Centre) -> Verified:
    """Replay every till's entries and compare the chain and every figure, also those of the reports.

    Raises ``CentreError`` that names the first bad entry or table.
    """
    entries = 0
    with reading(centre.engine) as db:
        devices = db.execute(sa.select(schema.devices).order_by(schema.devices.c.corner, schema.devices.c.till)).all()
        for device in devices:
            entries += _verify_device(db, device)
    return Verified(len(devices), entries)


def _verify_device(db: Connection, device: Device) -> int:
    reports = Comparing(db, device.device)
    try:
        entries, expected = replay(db, device, _doubles(db, device.device), reports.add)
        reports.finish(expected.books, expected.slips.slips())
    except WrongReport as wrong:
        raise CentreError("wrong_report", till=name_of(device), what=wrong.what, difference=wrong.difference) from None
    found = _tables(db, device.device)
    for kind, mapping in _mappings(expected).items():
        if mapping != found[kind]:
            difference = _first_difference(mapping, found[kind])
            raise CentreError("wrong_figures", till=name_of(device), what=kind, difference=difference)
    return entries


def _doubles(db: Connection, device: str) -> set[int]:
    """Entries set aside because another entry had their document id first."""
    table = schema.quarantine
    wanted = (table.c.device == device, table.c.reason == DOUBLE)
    return set(db.execute(sa.select(table.c.seq).where(*wanted)).scalars())


def _first_difference(expected: dict[Any, Any], found: dict[Any, Any]) -> str:
    differing = [key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key)]
    key = min(differing, key=str)
    return f"{key} is {found.get(key)}, not {expected.get(key)}"
