"""The scope ``neighbours``: what the other tills of a corner recorded, for a till that shares its shelves with them.

A neighbour is another till of the same corner. One whose key was revoked stays: its goods are on the shelf all the
same. Its entries are rows of the feed, keyed ``device/till/seq``, as they are stored; one in quarantine, which counts
in no figure of the centre either, comes with an empty body, so that the sequence has no holes. Nothing is written for
this: the cursor is the timeline, a check, and one sequence number for each neighbour in the order of their enrolment.
The check is of whose numbers follow, of the entry that has each, and of what stood in quarantine up to it: when one of
these changes, by a rebuild or in a centre restored from a copy, the feed begins anew.
"""

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.batch import Condition
from sync.protocol.messages import OtherTill, Page, Row, pack_rows
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import MIB
from sync.server.centre import Centre, Device
from sync.server.database import schema

SCOPE = "neighbours"
PAGE_ROWS = 5_000
PAGE_BYTES = 4 * MIB
"""A page ends before the row that would pass this; a larger entry stands alone."""
MOST = 10
"""Neighbours whose numbers a cursor holds; a corner has two or three tills. The ack tells of others."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Place(NamedTuple):
    """What is known of a journal up to an entry: its hash, and the sum of the numbers that are in quarantine."""

    hash: bytes = b""
    aside: int = 0


class Neighbour(NamedTuple):
    """Another till: its device, its letter, where its journal ends, and how it is (JSON of ``Condition`` or empty).

    Without a valid key it does not ``live``.
    """

    device: str
    till: str
    head_seq: int
    end: Place
    lives: bool
    condition: str


class Ends(NamedTuple):
    """Where the feeds end: positions by scope, and all tills that the corner has or had."""

    positions: dict[str, int]
    others: tuple[Neighbour, ...]

    @property
    def neighbours(self) -> tuple[Neighbour, ...]:
        """Those whose entries are told."""
        return self.others[:MOST]


def ends(db: Connection, device: Device) -> Ends:
    """Where all feeds end for ``device``, asked at once."""
    positions, found = dict[str, int](), list[Neighbour]()
    for name, value, till, hash_, aside, lives, condition in db.execute(
        _ends(), {"corner": device.corner, "asking": device.device}
    ):
        if till:
            end = Place(bytes(hash_), int(aside or 0)) if value else Place()
            found.append(Neighbour(name, till, value, end, bool(lives), condition or ""))
        else:
            positions[name] = value
    return Ends(positions, tuple(found))


@cache
def _ends() -> sa.Select[Any]:
    devices, keys, positions, aside = schema.devices, schema.keys, schema.positions, schema.quarantine
    feeds = sa.select(
        positions.c.scope.label("name"),
        positions.c.value.label("value"),
        sa.literal("").label("till"),
        sa.null().label("hash"),
        sa.null().label("aside"),
        sa.literal(True).label("lives"),
        sa.null().label("condition"),
        sa.literal("").label("since"),
    ).where(positions.c.scope != SCOPE)
    lives = sa.exists().where(keys.c.device == devices.c.device, keys.c.revoked_at.is_(None))
    held = sa.select(sa.func.sum(aside.c.seq)).where(aside.c.device == devices.c.device).scalar_subquery()
    ours = devices.c
    others = sa.select(
        ours.device, ours.head_seq, ours.till, ours.head_hash, held, lives, ours.condition, ours.enrolled_at
    ).where(ours.corner == sa.bindparam("corner"), ours.device != sa.bindparam("asking"))
    both = sa.union_all(feeds, others).subquery().c
    columns = (both.name, both.value, both.till, both.hash, both.aside, both.lives, both.condition)
    return sa.select(*columns).order_by(both.since, both.name)


def cursors(centre: Centre, found: Ends) -> dict[str, str]:
    """Where this scope ends; nothing where the corner never had another till, so that it is not asked for."""
    ends = [(one.head_seq, one.end) for one in found.neighbours]
    return {SCOPE: _cursor(centre, found.neighbours, ends)} if found.others else {}


def told(found: Ends) -> tuple[OtherTill, ...] | msgspec.UnsetType:
    """Who the other tills are, and until when all they recorded is here; nothing where there never was one."""
    tills = (
        OtherTill(one.device, one.till, _heard(one.condition), "" if one.lives else "gone") if place < MOST
        else OtherTill(one.device, one.till, 0, "left_out")
        for place, one in enumerate(found.others)
    )  # fmt: skip
    return tuple(tills) or msgspec.UNSET


def _heard(condition: str) -> int:
    known = msgspec.json.decode(condition, type=Condition) if condition else Condition()
    return 0 if known.unsent else known.at


def read_page(centre: Centre, db: Connection, device: Device, after: str, nonce: str) -> Page:
    """The entries of the neighbours of ``device`` that follow the cursor ``after``. Raises ``ExchangeProblem``."""
    others = ends(db, device).neighbours
    known, restart = _numbers(centre, db, others, after)
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
        cursor=_cursor(centre, others, _places(db, others, places)),
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


def _numbers(centre: Centre, db: Connection, others: Sequence[Neighbour], after: str) -> tuple[list[int], bool]:
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
    fits = fits and all(0 <= number <= one.head_seq for number, one in zip(numbers, others, strict=False))
    fits = fits and check == _check(others, _places(db, others, numbers))
    return (numbers, False) if fits else ([], True)


def _places(db: Connection, others: Sequence[Neighbour], numbers: Sequence[int]) -> list[tuple[int, Place]]:
    """For each number what the journal of its neighbour is up to there."""
    return [(number, _place(db, one, number)) for number, one in zip(numbers, others, strict=False)]


def _place(db: Connection, one: Neighbour, number: int) -> Place:
    if number in (0, one.head_seq):
        return one.end if number else Place()
    entries, aside = schema.entries.c, schema.quarantine.c
    held = sa.select(sa.func.sum(aside.seq)).where(aside.device == one.device, aside.seq <= number).scalar_subquery()
    found = db.execute(sa.select(entries.hash, held).where(entries.device == one.device, entries.seq == number)).one()
    return Place(bytes(found[0]), int(found[1] or 0))


def _cursor(centre: Centre, others: Sequence[Neighbour], places: Sequence[tuple[int, Place]]) -> str:
    return f"{centre.timeline}.{_check(others, places)}.{'-'.join(_text(number) for number, _place in places)}"


def _check(others: Sequence[Neighbour], places: Sequence[tuple[int, Place]]) -> str:
    """Eight digits that change with whose the numbers are, and with what the journals are up to them."""
    parts = (
        f"{one.device}/{number}/{place.hash.hex()}/{place.aside}"
        for (number, place), one in zip(places, others, strict=False)
    )
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:8]


def _text(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text or "0"
