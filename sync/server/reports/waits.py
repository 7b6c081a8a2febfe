"""How long producers waited for a payment: what is owed at each till, since when, and what cleared it, in tables.

A debt that a dead till had and a living one took over is as old as at the dead one: an opening balance there counts as
that till's newest earnings. An officer says so, or no more, at any time; ``put_right`` follows.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.corners.taking_over import is_dead
from sync.server.database import schema
from sync.server.database.loading import load, put
from sync.server.database.tables_corners import taken_over
from sync.server.database.tables_reports import cleared, owed_since, paid, reported
from sync.server.reports.clearing import NOTHING, Account, Lot, Moved, Wait

AT_ONCE = 500
TABLES = (owed_since, cleared)
_COLUMNS = tuple(owed_since.c.keys())
Waits = dict[tuple[str, int], Wait]
"""By producer and entry."""


def follow(db: Connection, device: str, moved: Sequence[Moved]) -> Waits:
    """Bring the tables on by what a stretch of a till's entries moved; since when was owed what each cleared."""
    if not moved:
        return {}
    every = {one.producer for one in moved}
    clearing = {one.producer for one in moved if one.amount < 0 or one.of}
    known = [*_rows(db, device, clearing), *_rows(db, device, every - clearing, over=True)]
    clearing.update(row.producer for row in known)
    _earn(db, device, [one for one in moved if one.producer not in clearing])
    return _clear(db, device, known, [one for one in moved if one.producer in clearing]) if clearing else {}


def _earn(db: Connection, device: str, moved: Iterable[Moved]) -> None:
    """Of producers who are owed more and had nothing that this could clear."""
    sums: dict[tuple[str, int], tuple[str, int, int]] = {}
    for one in moved:
        before = sums.get((one.producer, one.seq))
        sums[one.producer, one.seq] = one.date, one.amount + (before[1] if before else 0), int(one.opening)
    load(db, owed_since, _COLUMNS, [(device, *key, *lot) for key, lot in sums.items() if lot[1]])


def _clear(db: Connection, device: str, known: Iterable[Any], moved: Sequence[Moved]) -> Waits:
    """Of producers of whom all that is ``known`` that may be cleared or waits to clear."""
    before = {name: Account(partial(_recall, db, device, name)) for name in {one.producer for one in moved}}
    for row in known:
        account = before[row.producer]
        if row.seq < 0:
            account.over[-row.seq] = -row.amount
        else:
            account.owed[row.seq] = Lot(row.date, row.amount, bool(row.opening))
    kept = {(name, *row) for name, account in before.items() for row in rows_of(account)}
    waits = clear(db, device, before, moved)
    after = {(name, *row) for name, account in before.items() for row in rows_of(account)}
    _replace(db, device, kept, after)
    what = [(name, seq, packed) for name, account in before.items() for seq, packed in sorted(account.cleared.items())]
    put(db, cleared, [_named(cleared, (device, *row)) for row in what])
    return waits


def clear(db: Connection, device: str, accounts: Mapping[str, Account], moved: Iterable[Moved]) -> Waits:
    """Bring ``accounts`` on, by producer; since when was owed what each entry cleared."""
    every = list(moved)
    places = _places(db, device, {one.of for one in every if one.of})
    waits = [(one, accounts[one.producer].add(one, places.get(one.of, 0))) for one in every]
    return {(one.producer, one.seq): wait for one, wait in waits if wait.since}


def rows_of(account: Account) -> Iterator[tuple[int, str, int, int]]:
    """What ``owed_since`` holds of an account: entry, date, amount, whether it is an opening balance; what was cleared
    beyond all that is owed under the negative number of the entry that did."""
    for seq, lot in account.owed.items():
        yield seq, lot.date, lot.amount, int(lot.opening)
    for seq, amount in account.over.items():
        yield -seq, "", -amount, 0


def told(db: Connection, device: str, row: Mapping[str, Any], wait: Wait) -> dict[str, Any]:
    """What a payment's row tells of its wait."""
    known = {"since": wait.since, "opened": wait.opened}
    return known | {"waited": _days(db, device, row["producer"], row["date"], wait)}


def taken_over_so_far(db: Connection) -> list[Any]:
    """What the waits for debts that were taken over depend on, beside the tills' own entries."""
    query = sa.select(taken_over, is_dead(taken_over.c.device), reported.c.seq, reported.c.made)
    joined = taken_over.outerjoin(reported, reported.c.device == taken_over.c.device)
    return [tuple(row) for row in db.execute(query.select_from(joined).order_by(taken_over.c.device))]


def put_right(db: Connection) -> None:
    """Let the waits for opening balances be what is known now of debts that were taken over. What changes is of entries
    that processes may have read, so all is read again."""
    changed = set()
    for row in db.execute(sa.select(paid).where(paid.c.opened.is_not(None))).all():
        waited = _days(db, row.device, row.producer, row.date, Wait(row.since, row.opened))
        if waited != row.waited:
            mine = (paid.c.device == row.device, paid.c.seq == row.seq)
            db.execute(sa.update(paid).where(*mine).values(waited=waited))
            changed.add(row.device)
    if changed:
        anew = sa.update(reported).where(reported.c.device.in_(sorted(changed)))
        db.execute(anew.values(made=reported.c.made + 1))


def _days(db: Connection, device: str, producer: str, date: str, wait: Wait) -> int | None:
    """Days that were waited; None where nothing was owed, or where a clock says that it was not yet."""
    since = wait.since
    if since and wait.opened:
        since = min(since, _since_at_dead_tills(db, device, producer, wait.opened) or since)
    if since is None or since > date:
        return None
    return (dt.date.fromisoformat(date) - dt.date.fromisoformat(since)).days


def _since_at_dead_tills(db: Connection, device: str, producer: str, amount: int) -> str | None:
    """Since when the oldest of the newest ``amount`` is owed that ``device`` took over; of less, of all."""
    found = None
    for day, part in _taken_over_by(db, device, producer, (device,)):
        found = day
        amount -= part
        if amount <= 0:
            break
    return found


def _taken_over_by(db: Connection, device: str, producer: str, through: tuple[str, ...]) -> list[tuple[str, int]]:
    """Days and rupiah that dead tills owe whose debts ``device`` took over, the newest first, and theirs before."""
    mine = (taken_over.c.by_device == device, taken_over.c.device.not_in(through), is_dead(taken_over.c.device))
    found = []
    for old in db.execute(sa.select(taken_over.c.device).where(*mine)).scalars().all():
        for row in _rows(db, old, [producer], over=False):
            left = row.amount
            for day, amount in _taken_over_by(db, old, producer, (*through, old)) if row.opening else ():
                part = min(left, amount)
                found.append((day, part))
                left -= part
            found.append((row.date, left))
    return sorted((one for one in found if one[1]), reverse=True)


def _rows(db: Connection, device: str, producers: Collection[str], over: bool | None = None) -> Iterator[Any]:
    """What is owed and what was cleared beyond that; one of the two where ``over`` says which."""
    every = sorted(producers)
    for first in range(0, len(every), AT_ONCE):
        yield from db.execute(_of_producers(over), {"whose": device, "names": every[first : first + AT_ONCE]}).all()


@cache
def _of_producers(over: bool | None) -> sa.Select[Any]:
    c = owed_since.c
    query = sa.select(owed_since).where(c.device == sa.bindparam("whose"))
    query = query.where(c.producer.in_(sa.bindparam("names", expanding=True)))
    return query if over is None else query.where(c.seq < 0 if over else c.seq > 0)


def _recall(db: Connection, device: str, producer: str, seq: int) -> bytes:
    mine = (cleared.c.device == device, cleared.c.producer == producer, cleared.c.seq == seq)
    found: bytes | None = db.execute(sa.select(cleared.c.what).where(*mine)).scalar()
    return NOTHING if found is None else found


def _places(db: Connection, device: str, names: Collection[str]) -> dict[str, int]:
    """The entries of a till that hold these documents."""
    ids, every, found = schema.document_ids, sorted(one for one in names if "\0" not in one), dict[str, int]()
    for first in range(0, len(every), AT_ONCE):
        mine = (ids.c.device == device, ids.c.document_id.in_(every[first : first + AT_ONCE]))
        found |= {row.document_id: row.seq for row in db.execute(sa.select(ids).where(*mine))}
    return found


def _replace(db: Connection, device: str, before: set[tuple[Any, ...]], after: set[tuple[Any, ...]]) -> None:
    """Write the rows (producer, entry …) that changed."""
    gone = {row[:2] for row in before} - {row[:2] for row in after}
    if gone:
        c = owed_since.c
        mine = (c.device == device, c.producer == sa.bindparam("whose"), c.seq == sa.bindparam("at"))
        db.execute(sa.delete(owed_since).where(*mine), [{"whose": whose, "at": at} for whose, at in sorted(gone)])
    put(db, owed_since, [_named(owed_since, (device, *row)) for row in sorted(after - before)])


def _named(table: sa.Table, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(table.c.keys(), row, strict=True))
