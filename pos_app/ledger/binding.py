"""Sealed data bound to its row, so that what is known of one person cannot be put in the place of another's.

Blobs of older programs were sealed without saying whose they are. They are bound once, where the keys are at hand;
from then on (``Vault.bound_only``) nothing unbound is opened any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pos_app.ledger.registry import SEALED, sealed_detail
from pos_app.ledger.sqlite import faults
from pos_app.ledger.vault import about

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.sqlite import Connection
    from pos_app.ledger.vault import Vault

SLICE: Final = 100
"""Rows in one transaction: the counter waits no longer than for a page of the exchange."""

_PLACES: Final = {
    "staff": ("staff", "code", "personal"),
    "producer": ("producers", "code", "personal"),
    "user": ("users", "id", "personal"),
    "note": ("notes", "document_id", "sealed"),
    "activity": ("activity", "id", "detail"),
}
"""Table, key and column of everything that is sealed, by what it is about."""


def bind(ledger: Ledger, vault: Vault, *, again: bool = False) -> int:
    """Bind what is not bound yet; how many blobs. What no key of this computer opens is left as it is.

    Done before, it is only done ``again`` for data that came from elsewhere: a backup. Raises the faults of the disk.
    """
    if vault.bound_only and not again:
        return 0
    with faults(ledger.path):
        found = list(_sealed(ledger.db))
    unbound, closed = [], 0
    for kind, key, old in found:
        new = vault.bound(_bytes(old), _about(kind, key))
        if new is None:
            closed += 1
        elif new != _bytes(old):
            unbound.append((kind, key, old, new))
    for start in range(0, len(unbound), SLICE):
        with ledger.write() as tx:
            for kind, key, old, new in unbound[start : start + SLICE]:
                _put(tx.db, kind, key, old, new)
    if not closed:
        vault.open_bound_only()
    return len(unbound)


def _sealed(db: Connection) -> Iterator[tuple[str, str | int, bytes | str]]:
    for kind, (table, key, column) in _PLACES.items():
        wanted = f"{column} GLOB '{SEALED}*'" if kind == "activity" else f"length({column}) > 0"
        for row in db.execute(f"SELECT {key}, {column} FROM {table} WHERE {wanted}"):
            yield kind, row[0], row[1]


def _put(db: Connection, kind: str, key: str | int, old: bytes | str, new: bytes) -> None:
    """In the place of what was read, unless that was changed or erased meanwhile."""
    table, key_column, column = _PLACES[kind]
    content = SEALED + new.hex() if isinstance(old, str) else new
    db.execute(f"UPDATE {table} SET {column} = ? WHERE {key_column} = ? AND {column} = ?", (content, key, old))


def _bytes(content: bytes | str) -> bytes:
    return sealed_detail(content) if isinstance(content, str) else content


def _about(kind: str, key: str | int) -> bytes:
    return about(kind) if kind == "activity" else about(kind, str(key))
