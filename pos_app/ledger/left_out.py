"""Rows of the centre's registry that this ledger left out: it cannot hold them, or gave their code to something else.

One bad row keeps no other back, and the token of each counts as if it were here. Kept in ``exchange`` until the feed
brings the row in another form.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from pos_app.ledger.sqlite import Connection

Why = Literal["refused", "other_ledger"]
PREFIX: Final = "feed:left:"
SCOPES: Final = ("producers", "catalogue")
_UNDER: Final = "key > :prefix AND key < :prefix || '\U0010ffff'"


class Left(NamedTuple):
    """A row that is left out, by its key; ``body`` as the feed brought it, empty where it did not yet."""

    key: str
    why: Why
    body: bytes


class Listed(NamedTuple):
    """What a screen tells of one."""

    scope: str
    key: str
    why: Why
    name: str


class _Note(msgspec.Struct, frozen=True):
    token: int
    why: Why
    body: str


def put(db: Connection, scope: str, rows: Iterable[tuple[Left, int]]) -> None:
    """Keep rows with their tokens."""
    db.executemany(
        "INSERT INTO exchange VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [
            (f"{PREFIX}{scope}:{one.key}", _encode(_Note(token, one.why, one.body.decode("utf-8", "replace"))))
            for one, token in rows
        ],
    )


def drop(db: Connection, scope: str, keys: Iterable[str]) -> None:
    """These came in a form that can be kept, or are gone."""
    db.executemany("DELETE FROM exchange WHERE key = ?", [(f"{PREFIX}{scope}:{key}",) for key in keys])


def taken_out(db: Connection, scope: str, key: str) -> tuple[bytes, int]:
    """Body and token of a row that is left out; it is no longer."""
    (value,) = db.execute("DELETE FROM exchange WHERE key = ? RETURNING value", (f"{PREFIX}{scope}:{key}",)).fetchone()
    note = msgspec.json.decode(value, type=_Note)
    return note.body.encode(), note.token


def of_others(db: Connection, scope: str) -> set[str]:
    """Codes that this ledger gave and the centre knows as something else."""
    rows = _notes(db, scope)
    return {key for key, note in rows if note.why == "other_ledger"}


def any_in(db: Connection, scope: str) -> bool:
    """Whether any row of a feed is left out."""
    query = f"SELECT EXISTS (SELECT 1 FROM exchange WHERE {_UNDER})"
    return bool(db.execute(query, {"prefix": f"{PREFIX}{scope}:"}).fetchone()[0])


def doubt(db: Connection, scope: str) -> None:
    """The feed is about to be fetched anew: only what it brings again counts."""
    notes = _notes(db, scope)
    drop(db, scope, [key for key, note in notes if note.why == "refused"])
    put(db, scope, [(Left(key, note.why, b""), 0) for key, note in notes if note.why == "other_ledger" and note.token])


def tokens(db: Connection, scope: str) -> list[int]:
    """Tokens of the rows of a feed that were left out."""
    return [note.token for _key, note in _notes(db, scope) if note.token]


def listed(db: Connection) -> list[Listed]:
    """All of them, by scope and key."""
    return [Listed(scope, key, note.why, _name(note)) for scope in SCOPES for key, note in _notes(db, scope)]


def _notes(db: Connection, scope: str) -> Sequence[tuple[str, _Note]]:
    prefix = f"{PREFIX}{scope}:"
    rows = db.execute(f"SELECT key, value FROM exchange WHERE {_UNDER} ORDER BY key", {"prefix": prefix}).fetchall()
    return [(key.removeprefix(prefix), msgspec.json.decode(value, type=_Note)) for key, value in rows]


def _name(note: _Note) -> str:
    try:
        found = msgspec.json.decode(note.body)
        return str(found.get("business_name") or found.get("name") or "")
    except (msgspec.DecodeError, AttributeError, RecursionError):
        return ""


def _encode(note: _Note) -> str:
    return msgspec.json.encode(note).decode()
