"""Facts about the exchange: rows of ``exchange`` by key. What ``feeds`` keeps there stands beside them."""

from typing import Final

from pos_app.ledger.sqlite import Connection

APPROVAL: Final = "approval"
"""The fact that holds, in hex, the approval of an epoch that this ledger has not begun yet."""
RESTORED: Final = "restored_seq"
"""The fact that holds the last entry of a till that came back from a backup and has not heard of its centre since."""
SEARCH: Final = "search"
"""The fact that holds, as JSON, what is known of where this history and the centre's part (``local.Search``)."""
BEGINNING: Final = "beginning"
"""The fact that holds the beginning of numbers before which another ledger of this till gave them."""
AWAITED: Final = "awaited"
"""The fact that holds, as JSON, the nonces of the newest files that went to the centre since the pointer moved back
or the centre's timeline changed."""


def read_facts(db: Connection) -> dict[str, str]:
    """All facts, without what ``feeds`` keeps beside them."""
    return dict(db.execute("SELECT key, value FROM exchange WHERE key < 'feed:' OR key >= 'feed;'").fetchall())


def read_fact(db: Connection, key: str, default: str = "") -> str:
    """One fact."""
    row = db.execute("SELECT value FROM exchange WHERE key = ?", (key,)).fetchone()
    return row[0] if row else default


def joined_centre(db: Connection) -> str:
    """The address of the centre that the till joined; empty for one that joined none."""
    return read_fact(db, "url") if read_fact(db, "device_id") else ""


def put_facts(db: Connection, facts: dict[str, str]) -> None:
    """Write facts, in the caller's transaction."""
    db.executemany(
        "INSERT INTO exchange VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", list(facts.items())
    )


def drop_facts(db: Connection, *keys: str) -> None:
    """Forget facts, in the caller's transaction."""
    db.executemany("DELETE FROM exchange WHERE key = ?", [(key,) for key in keys])
