"""How a ledger stands, for whoever helps: counts and states, no name, no amount, no text that somebody typed."""

from typing import Any, Final

from pos_app.ledger import print_queue, queries
from pos_app.ledger.sqlite import SETTINGS, Connection
from pos_app.logbook import plain

_EXCHANGE: Final = ("acked_seq", "last_ack_at", "clock_offset", "quarantined", "problem", "problem_at")
_SETTINGS: Final = ("demo", "backup.at", "printer.device", "printer.columns", "printer.sheets", "ui.text_scale")
"""Settings that hold words of the program only; folders, addresses and names stay out."""


def head(db: Connection) -> dict[str, Any]:
    """Schema, number of entries and the hash of the last one."""
    row = db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return {
        "schema": db.execute("PRAGMA user_version").fetchone()[0],
        "entries": row["seq"] if row else 0,
        "head": row["hash"].hex() if row else "",
    }


def figures(db: Connection) -> dict[str, Any]:
    """Everything that tells what may be wrong without asking for the books."""
    facts = head(db)
    exchange = dict(db.execute("SELECT key, value FROM exchange WHERE key NOT GLOB 'feed:*'").fetchall())
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    counted = [name for name in names if not name.startswith(("sqlite_", "product_search"))]
    shift = queries.open_shift(db)
    return {
        **facts,
        "unsent": max(facts["entries"] - queries.acked_seq(db), 0),
        "exchange": {key: plain(exchange[key]) for key in _EXCHANGE if exchange.get(key)},
        "joined": "device_id" in exchange,
        "last_recorded_at": queries.last_recorded_at(db),
        "shift_opened_at": shift.opened_at if shift else None,
        "papers": print_queue.counts(db),
        "settings": {key: plain(value) for key in _SETTINGS if (value := queries.setting(db, key, ""))},
        "rows": {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in counted},
        "pragmas": {name: db.execute(f"PRAGMA {name}").fetchone()[0] for name in SETTINGS},
        "free_pages": db.execute("PRAGMA freelist_count").fetchone()[0],
    }
