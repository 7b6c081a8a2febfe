"""A slice of a feed goes into the ledger: no bad row holds another up, and no code of this ledger is overwritten."""

from typing import TYPE_CHECKING

import msgspec

from pos_app.ledger import digests, feeds, left_out
from pos_app.ledger.left_out import Left
from pos_app.ledger.sqlite import REFUSALS, Connection, savepoint
from sync.protocol.messages import Row

if TYPE_CHECKING:
    from pos_app.ledger.feeds import Brought


def take(db: Connection, scope: str, rows: "list[Brought]") -> None:
    """Store what ``feeds.read_rows`` gave; inside the caller's transaction. Applying rows again changes nothing.

    A row that the ledger cannot hold is left out, and so is one whose code, or whose producer's, this ledger gave to
    something else, as far as the centre knows it.
    """
    if scope not in feeds.DECODERS:
        feeds.apply(db, scope, rows)
        return
    rows = _not_ours(db, scope, rows)
    try:
        with savepoint(db):
            feeds.apply(db, scope, rows)
    except REFUSALS:
        for row in rows:
            try:
                with savepoint(db):
                    feeds.apply(db, scope, [row])
            except REFUSALS:
                feeds.apply(db, scope, [_left(scope, row, "refused")])


def given_here(db: Connection, scope: str) -> set[str]:
    """Codes that this ledger gave and that are not known to be its own at the centre."""
    table = digests.TABLES[scope]
    waiting = db.execute(
        f"SELECT p.code FROM proposed p JOIN {table.name} t ON t.{table.key} = p.code"
        " WHERE p.kind = ? AND p.state = 'waiting' AND t.version = 0",
        (table.kind,),
    )
    return {code for (code,) in waiting} | left_out.of_others(db, scope)


def note_taken(db: Connection, taken: "tuple[tuple[str, str], ...]", given: "tuple[str, ...]") -> None:
    """The centre answered proposals: ``given`` are codes under which it knows something else; what the feed brought
    under the others is this ledger's and is taken now."""
    for scope, table in digests.TABLES.items():
        own = f"SELECT {table.key} FROM {table.name} WHERE {table.key} IN (SELECT value FROM json_each(?))"
        found = db.execute(f"{own} AND version = 0", (msgspec.json.encode(given).decode(),)).fetchall()
        known = left_out.of_others(db, scope)
        left_out.put(db, scope, [(Left(code, "other_ledger", b""), 0) for (code,) in found if code not in known])
        for code in known & {code for code, _mark in taken} - set(given):
            body, token = left_out.taken_out(db, scope, code)
            if body:
                take(db, scope, [(feeds.readable(feeds.DECODERS[scope], Row(code, body)), token)])


def _not_ours(db: Connection, scope: str, rows: "list[Brought]") -> "list[Brought]":
    ours = given_here(db, scope)
    makers = given_here(db, "producers") if scope == "catalogue" else set[str]()
    if not ours and not makers:
        return rows
    key, found = digests.TABLES[scope].key, list["Brought"]()
    for facts, token in rows:
        if token and not isinstance(facts, Left):
            foreign = getattr(facts, key) in ours or getattr(facts, "producer", "") in makers
            found.append(_left(scope, (facts, token), "other_ledger") if foreign else (facts, token))
        elif token or facts not in ours:
            found.append((facts, token))
        else:
            left_out.drop(db, scope, [facts])
    return found


def _left(scope: str, row: "Brought", why: left_out.Why) -> "Brought":
    """A row as one that is left out; one that the feed lists no more stays as it is."""
    facts, token = row
    if not token:
        return row
    return Left(getattr(facts, digests.TABLES[scope].key), why, msgspec.json.encode(facts)), token
