"""The scope ``neighbours``: what the other tills of a corner recorded, for a till that shares its shelves with them.

A neighbour is another till of the same corner with a key that was not revoked; a replaced till has none. Its entries
are rows of the feed, keyed ``device/till/seq``, as they are stored; one in quarantine, which counts in no figure of the
centre either, comes with an empty body, so that the sequence has no holes. Nothing is written for this: the cursor is
the timeline, a check of whose numbers follow, and one sequence number for each neighbour in the order of their
enrolment. Who enrols later stands at the end; when one goes, the check differs and the feed begins anew.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.messages import Page, Row, pack_rows
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import MIB
from sync.server import schema
from sync.server.centre import Centre, Device

SCOPE = "neighbours"
PAGE_ROWS = 5_000
PAGE_BYTES = 4 * MIB
"""A page ends before the row that would pass this; a larger entry stands alone."""
MOST = 10
"""Neighbours whose numbers a cursor holds; a corner has two or three tills."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Neighbour(NamedTuple):
    """Another till: its device, its letter, and where its journal ends."""

    device: str
    till: str
    head_seq: int


class Ends(NamedTuple):
    """Where the feeds end: positions by scope, and the neighbours; ``shared``: the corner has had several tills."""

    positions: dict[str, int]
    neighbours: tuple[Neighbour, ...]
    shared: bool


def ends(db: Connection, device: Device) -> Ends:
    """Where all feeds end for ``device``, asked at once."""
    positions, found, shared = dict[str, int](), list[Neighbour](), False
    for name, value, till, lives in db.execute(_ends(), {"corner": device.corner, "asking": device.device}):
        if not till:
            positions[name] = value
            continue
        shared = True
        if lives:
            found.append(Neighbour(name, till, value))
    return Ends(positions, tuple(found[:MOST]), shared)


@cache
def _ends() -> sa.Select[Any]:
    devices, keys, positions = schema.devices, schema.keys, schema.positions
    feeds = sa.select(
        positions.c.scope.label("name"),
        positions.c.value.label("value"),
        sa.literal("").label("till"),
        sa.literal(True).label("lives"),
        sa.literal("").label("since"),
    ).where(positions.c.scope != SCOPE)
    lives = sa.exists().where(keys.c.device == devices.c.device, keys.c.revoked_at.is_(None))
    others = sa.select(devices.c.device, devices.c.head_seq, devices.c.till, lives, devices.c.enrolled_at).where(
        devices.c.corner == sa.bindparam("corner"), devices.c.device != sa.bindparam("asking")
    )
    both = sa.union_all(feeds, others).subquery()
    columns = (both.c.name, both.c.value, both.c.till, both.c.lives)
    return sa.select(*columns).order_by(both.c.since, both.c.name)


def cursors(centre: Centre, found: Ends) -> dict[str, str]:
    """Where this scope ends; nothing where the corner never had another till, so that it is not asked for."""
    return (
        {SCOPE: _cursor(centre, found.neighbours, [one.head_seq for one in found.neighbours])} if found.shared else {}
    )


def read_page(centre: Centre, db: Connection, device: Device, after: str, nonce: str) -> Page:
    """The entries of the neighbours of ``device`` that follow the cursor ``after``. Raises ``ExchangeProblem``."""
    others = ends(db, device).neighbours
    known, restart = _numbers(centre, others, after)
    places = [*known, *(0 for _ in others[len(known) :])]
    rows, size = list[Row](), 0
    for place, neighbour in enumerate(others):
        for row in _rows(db, neighbour, places[place], PAGE_ROWS - len(rows)):
            size += len(row.body)
            if rows and size > PAGE_BYTES:
                break
            rows.append(row)
            places[place] += 1
        if places[place] < neighbour.head_seq:
            break
    return Page(
        nonce=nonce,
        device=device.device,
        scope=SCOPE,
        timeline=centre.timeline,
        after=after,
        cursor=_cursor(centre, others, places),
        block=pack_rows(rows),
        more=any(place < one.head_seq for place, one in zip(places, others, strict=True)),
        restart=restart,
    )


def _rows(db: Connection, neighbour: Neighbour, after: int, limit: int) -> Iterator[Row]:
    """Entries of one till after one of them, at most ``limit``; a sequence number goes on from epoch to epoch."""
    values = {"of": neighbour.device, "after": after, "head": neighbour.head_seq, "most": limit}
    with db.execute(_entries(), values) as found:
        for seq, body, held in found:
            yield Row(f"{neighbour.device}/{neighbour.till}/{seq}", b"" if held else bytes(body))


@cache
def _entries() -> sa.Select[Any]:
    entries, aside = schema.entries, schema.quarantine
    same = (aside.c.device == entries.c.device, aside.c.epoch == entries.c.epoch, aside.c.seq == entries.c.seq)
    wanted = (
        entries.c.device == sa.bindparam("of"),
        entries.c.seq > sa.bindparam("after"),
        entries.c.seq <= sa.bindparam("head"),
    )
    columns = (entries.c.seq, entries.c.body, aside.c.seq.label("held"))
    found = sa.select(*columns).select_from(entries.outerjoin(aside, sa.and_(*same))).where(*wanted)
    return found.order_by(entries.c.seq).limit(sa.bindparam("most")).execution_options(yield_per=200)


def _numbers(centre: Centre, others: Sequence[Neighbour], after: str) -> tuple[list[int], bool]:
    """The sequence numbers in a cursor, and whether it fits these neighbours no more (then: from the start)."""
    if not after:
        return [], False
    timeline, _, rest = after.partition(".")
    check, _, texts = rest.partition(".")
    try:
        numbers = [int(text, len(DIGITS)) for text in texts.split("-")] if texts else []
    except ValueError:
        raise ExchangeProblem("malformed", "This is no cursor") from None
    fits = timeline == centre.timeline and len(numbers) <= len(others)
    fits = fits and check == _check(others[: len(numbers)])
    fits = fits and all(0 <= number <= one.head_seq for number, one in zip(numbers, others, strict=False))
    return (numbers, False) if fits else ([], True)


def _cursor(centre: Centre, others: Sequence[Neighbour], places: Sequence[int]) -> str:
    return f"{centre.timeline}.{_check(others)}.{'-'.join(_text(place) for place in places)}"


def _check(others: Sequence[Neighbour]) -> str:
    return hashlib.sha256("/".join(one.device for one in others).encode()).hexdigest()[:8]


def _text(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text or "0"
