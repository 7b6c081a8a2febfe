"""The centre's signing keys: the newest seals what it says to whoever trusts it, older ones go on for tills that do not
know it yet, and each hands over to the next.
"""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import Connection

from sync.protocol.messages import ROLLOVER, Rollover
from sync.protocol.wire import Signed, key_id, public_bytes, seal, unpack
from sync.server.database import schema
from sync.server.database.dialect import only_one


class CentreKey(NamedTuple):
    """A key of the centre; ``rollover`` is sealed by the key before and empty for the first."""

    id: str
    private: Ed25519PrivateKey
    rollover: bytes

    @property
    def public(self) -> bytes:
        """The raw public half (32 bytes)."""
        return public_bytes(self.private)


class KeyRing:
    """All keys of the centre, oldest first; another process may add one at any time."""

    def __init__(self, keys: Sequence[CentreKey]) -> None:
        self._keys = tuple(keys)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def newest(self) -> CentreKey:
        """The key that signs from now on."""
        return self._keys[-1]

    def refresh(self, db: Connection, count: int | None = None) -> None:
        """Read the keys again, unless there are still ``count`` of them."""
        with self._lock:
            if count != len(self._keys):
                self._keys = tuple(read_keys(db))

    def get(self, name: str) -> CentreKey | None:
        """The key with this id."""
        return next((key for key in self._keys if key.id == name), None)

    def of(self, public: bytes) -> CentreKey:
        """The key with this public half. Raises ``KeyError``."""
        found = self.get(key_id(public))
        if found is None:
            raise KeyError(key_id(public))
        return found

    def trusted(self, named: str, enrolled_with: str) -> CentreKey:
        """The key that a till trusts: the one it names, else the one that was told when its key enrolled."""
        return self.get(named) or self.get(enrolled_with) or self._keys[0]

    def rollovers(self, since: CentreKey) -> tuple[bytes, ...]:
        """What leads from ``since`` to the newest key."""
        keys = self._keys
        names = [key.id for key in keys]
        return tuple(key.rollover for key in keys[names.index(since.id) + 1 :])


def read_keys(db: Connection) -> list[CentreKey]:
    """All keys, each after the one that handed over to it."""
    rows = db.execute(sa.select(schema.centre_keys)).all()
    keys = [CentreKey(row.key_id, _private(row.private), bytes(row.rollover or b"")) for row in rows]
    following = {unpack(key.rollover, Signed).key if key.rollover else "": key for key in keys}
    ordered, name = list[CentreKey](), ""
    while name in following:
        ordered.append(following.pop(name))
        name = ordered[-1].id
    return ordered


def _private(raw: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes(raw))


def new_key(at: str, before: CentreKey | None = None) -> dict[str, str | bytes | None]:
    """The row of a new key, made at ``at`` (ISO text), to which ``before`` hands over."""
    key = Ed25519PrivateKey.generate()
    public = public_bytes(key)
    rollover = seal(before.private, ROLLOVER, Rollover(new_key=public, since=at)) if before else None
    return {"key_id": key_id(public), "private": key.private_bytes_raw(), "made_at": at, "rollover": rollover}


def roll_key(db: Connection, ring: KeyRing, at: str) -> str:
    """Make a new key that signs from now on; its id. Tills hear of it with their next ack."""
    only_one(db, "keys")
    ring.refresh(db)
    row = new_key(at, ring.newest)
    db.execute(sa.insert(schema.centre_keys), row)
    ring.refresh(db)
    return str(row["key_id"])
