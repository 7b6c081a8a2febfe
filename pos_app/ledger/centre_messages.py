"""Messages of the centre to this corner, as the feed brought them, and which of them somebody has read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from pos_app.ledger.feeds import NOTICE
from pos_app.ledger.sqlite import Connection

MESSAGES = f"{NOTICE}messages:"
READ = f"{NOTICE}read:"
"""Under this prefix and its id stands a message as it was read: one that changes is new again."""


@dataclass(frozen=True, slots=True)
class CentreMessage:
    """``facts`` are those of its ``kind`` (an officer's words: ``text``); ``at`` is empty where it tells no time."""

    id: str
    kind: str
    at: str
    facts: dict[str, str]
    read: bool


def messages(db: Connection) -> list[CentreMessage]:
    """All of them, unread ones first, the newest first."""
    rows = _under(db, MESSAGES)
    read = dict(_under(db, READ))
    found = [_message(key, value, read=read.get(key) == value) for key, value in rows]
    return sorted(sorted(found, key=lambda one: one.at, reverse=True), key=lambda one: one.read)


def unread(db: Connection) -> int:
    """How many nobody has read yet."""
    query = (
        "SELECT count(*) FROM exchange m LEFT JOIN exchange r ON r.key = ? || substr(m.key, ?)"
        " WHERE m.key > ? AND m.key < ? AND r.value IS NOT m.value"
    )
    found = db.execute(query, (READ, len(MESSAGES) + 1, MESSAGES, f"{MESSAGES[:-1]};")).fetchone()
    return int(found[0])


def mark_read(db: Connection, ids: Iterable[str]) -> None:
    """Note that these were read; inside the caller's transaction."""
    db.executemany(
        "INSERT INTO exchange SELECT ?, value FROM exchange WHERE key = ?"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [(READ + name, MESSAGES + name) for name in ids],
    )


def _under(db: Connection, prefix: str) -> list[tuple[str, str]]:
    rows = db.execute(
        "SELECT substr(key, ?), value FROM exchange WHERE key > ? AND key < ?",
        (len(prefix) + 1, prefix, f"{prefix[:-1]};"),
    )
    return [(key, value) for key, value in rows]


def facts_of(row: str) -> dict[str, str]:
    """What a row of the feed tells in its ``body``: JSON of texts, or plain words, which are the ``text`` then."""
    body = _texts(row).get("body", "")
    return _texts(body) or {"text": body}


def _message(name: str, row: str, *, read: bool) -> CentreMessage:
    facts = facts_of(row)
    return CentreMessage(name, facts.get("kind", ""), facts.get("at", ""), facts, read)


def _texts(data: str) -> dict[str, str]:
    try:
        found: dict[str, Any] = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {key: value if isinstance(value, str) else str(value) for key, value in found.items()}
