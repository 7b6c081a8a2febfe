"""Codes that the centre found to be another one.

A code stays in documents, on labels and on the shelf; whoever looks for it is led to the one that it is now.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from pos_app.ledger.sqlite import Connection

if TYPE_CHECKING:
    from sync.protocol.facts import Kind

FARTHEST: Final = 20
"""Steps from a code to the one that stands for itself, at most."""
_THESE: Final = "(SELECT value FROM json_each(?))"


def put(db: Connection, kind: "Kind", rows: Iterable[tuple[str, str, int]]) -> None:
    """Keep codes with their targets and the tokens of their rows."""
    db.executemany(
        f"INSERT INTO aliases VALUES ('{kind}', ?, ?, ?)"
        " ON CONFLICT (kind, code) DO UPDATE SET target = excluded.target, token = excluded.token",
        rows,
    )


def drop(db: Connection, kind: "Kind", codes: str) -> None:
    """These stand for themselves again, or are gone; ``codes`` is a JSON list."""
    db.execute(f"DELETE FROM aliases WHERE kind = ? AND code IN {_THESE}", (kind, codes))


def target(db: Connection, kind: "Kind", code: str) -> str:
    """What ``code`` is now; itself where it stands for itself."""
    found = code
    for _step in range(FARTHEST):
        row = db.execute("SELECT target FROM aliases WHERE kind = ? AND code = ?", (kind, found)).fetchone()
        if row is None:
            break
        found = str(row[0])
    return found


def targets(db: Connection, kind: "Kind") -> dict[str, str]:
    """Every alias and what it is now."""
    direct = {row[0]: row[1] for row in db.execute("SELECT code, target FROM aliases WHERE kind = ?", (kind,))}
    found = dict(direct)
    for _step in range(FARTHEST):
        farther = {code: direct[now] for code, now in found.items() if now in direct}
        if not farther:
            break
        found |= farther
    return found


def codes_of(db: Connection, kind: "Kind", code: str) -> list[str]:
    """The codes that are ``code`` now."""
    rows = db.execute("SELECT code FROM aliases WHERE kind = ? AND target = ? ORDER BY code", (kind, code))
    return [str(row[0]) for row in rows]


def doubt(db: Connection, kind: "Kind") -> None:
    """The feed is about to be fetched anew: only aliases that it tells again are the centre's."""
    db.execute("UPDATE aliases SET token = 0 WHERE kind = ? AND token <> 0", (kind,))
