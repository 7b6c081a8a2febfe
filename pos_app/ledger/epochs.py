"""Later epochs of a ledger's chain: where each begins, and which entry both histories had before it.

The first entry of an epoch follows ``entry.epoch_link`` instead of the hash before it. What diverged is entered again
right after that; such an entry tells its former place in the envelope (``was``).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pos_app.ledger.sqlite import Connection
from sync.protocol.entry import FIRST_EPOCH

if TYPE_CHECKING:
    from pos_app.ledger.ledger import Identity
    from sync.protocol.messages import EpochBegun

LAST = (
    "SELECT j.*, e.epoch, b.value FROM (SELECT seq, hash, recorded_at FROM journal ORDER BY seq DESC LIMIT 1) j"
    " JOIN (SELECT max(epoch) AS epoch FROM epochs) e LEFT JOIN meta b ON b.key = 'beginning'"
)
"""The last entry, with the epoch and the beginning of now: a worker may have taken back entries of later ones."""
NOW = "SELECT (SELECT max(epoch) FROM epochs), (SELECT value FROM meta WHERE key = 'beginning')"


def epochs_of(db: Connection) -> "tuple[EpochBegun, ...]":
    """The later epochs of a ledger, in order, with their approvals; none in the schemas before they were."""
    if db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'epochs'").fetchone() is None:
        return ()
    rows = db.execute("SELECT epoch, first_seq, base_seq, approval FROM epochs ORDER BY epoch").fetchall()
    if not rows:
        return ()
    from sync.protocol.messages import EpochBegun  # late: few tills ever have a later epoch

    return tuple(EpochBegun(*row) for row in rows)


def keep(db: Connection, begun: "EpochBegun") -> None:
    """Remember where an epoch begins, before its first entry is written; inside the caller's transaction."""
    row = (begun.epoch, begun.first_seq, begun.base_seq, begun.approval)
    db.execute("INSERT INTO epochs VALUES (?, ?, ?, ?)", row)


def told(who: "Identity", epoch: int | None, beginning: str | None) -> "Identity":
    """The identity with this epoch and this beginning, where they are known."""
    now = (epoch or FIRST_EPOCH, int(beginning or who.beginning))
    return who if now == (who.epoch, who.beginning) else replace(who, epoch=now[0], beginning=now[1])


def prev_at(db: Connection, begun: "Sequence[EpochBegun]", seq: int, genesis: bytes) -> bytes | None:
    """What entry ``seq`` follows; None where an entry before it is not there."""
    from sync.protocol.epochs import prev_of

    return prev_of(begun, seq, lambda wanted: hash_of(db, wanted, genesis))


def hash_of(db: Connection, seq: int, genesis: bytes) -> bytes | None:
    """The hash of entry ``seq``, the genesis for 0; None where it is not there."""
    if seq == 0:
        return genesis
    row = db.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()
    return row[0] if row else None
