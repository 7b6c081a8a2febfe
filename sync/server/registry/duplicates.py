"""Producers and goods of the registry that may be one and the same, and what officers said about it.

Numbers say most (NIK, NIB, bank account, mobile phone; of goods the barcode); names are compared as they sound: letter
case, legal forms, old spellings and the *e* that people leave out do not count, one sign more or less is allowed. Names
of goods say something within one producer only.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, Final, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind
from sync.server.access.officers import note
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.loading import put_new
from sync.server.database.tables_registry import not_same
from sync.server.registry import deciding

SCORES: Final = {
    "nik": 100, "nib": 95, "barcode": 95, "bank_account": 85, "phone": 75, "same_name": 70, "like_name": 50,
}  # fmt: skip
"""What each reason is worth, of 100; a second reason adds ``MORE`` each, the same kelurahan ``NEAR`` to a name's."""
MORE: Final = 10
NEAR: Final = 15
OF_PERSON: Final = ("nik", "bank_account", "phone")
MOST_ALIKE: Final = 30
"""Producers that share a number or a name and are compared; more share what says nothing, such as ``Kue Basah``."""
SHORTEST: Final = 6
"""Letters of a name that may differ by one."""
_LEGAL: Final = frozenset({"ud", "cv", "pt", "kub", "kwt", "toko", "umkm", "ukm", "usaha", "kelompok"})
_OLD: Final = (("oe", "u"), ("tj", "c"), ("dj", "j"), ("sj", "sy"), ("nj", "ny"))
_WORDS: Final = re.compile(r"[a-z0-9]+")
_TWICE: Final = re.compile(r"(.)\1+")


class Of(NamedTuple):
    """What is compared of one producer or product; the numbers of the person stay inside this module. ``maker`` is the
    producer of goods."""

    code: str
    name: str
    kelurahan: str
    numbers: dict[str, str]
    maker: str = ""


class Pair(NamedTuple):
    """Two codes that may be one, the smaller first; ``reasons`` are keys of ``SCORES``, ``score`` of 100."""

    first: str
    second: str
    reasons: tuple[str, ...]
    score: int


def find(producers: Sequence[Of]) -> list[Pair]:
    """All pairs that share a number or sound alike, the surest first."""
    reasons: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in ("nik", "nib", "bank_account", "phone", "barcode"):
        for one, other in _sharing((each.numbers.get(name, ""), each.code) for each in producers):
            reasons[one, other].add(name)
    sounds = {each.code: sound(each.name) for each in producers}
    makers = {each.code: each.maker for each in producers}
    for one, other in _sharing(((makers[code], spoken) if spoken else "", code) for code, spoken in sounds.items()):
        reasons[one, other].add("same_name")
    spread = (((makers[code], part), code) for code, spoken in sounds.items() for part in _shortened(spoken))
    for one, other in _sharing(spread):
        if sounds[one] != sounds[other]:
            reasons[one, other].add("like_name")
    near = {each.code: each.kelurahan for each in producers}
    pairs = [_judged(one, other, found, near) for (one, other), found in reasons.items()]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first, pair.second))


def sound(name: str) -> str:
    """A name as it sounds: ``UD. Keripik Ranoe`` and ``kripik ranu`` are one."""
    text = name.lower()
    for old, new in _OLD:
        text = text.replace(old, new)
    words = [word for word in _WORDS.findall(text) if word not in _LEGAL]
    return "".join(sorted(_TWICE.sub(r"\1", word[:1] + word[1:].replace("e", "")) for word in words))


def _shortened(spoken: str) -> set[str]:
    """The name, and the name without any one of its signs: two that are one sign apart have one of these in common."""
    if len(spoken) < SHORTEST:
        return set()
    return {spoken, *(spoken[:at] + spoken[at + 1 :] for at in range(len(spoken)))}


def _sharing(keyed: Iterable[tuple[Hashable, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of codes with the same key; an empty key says nothing."""
    alone, together = dict[Hashable, str](), dict[Hashable, list[str]]()
    for key, code in keyed:
        other = alone.setdefault(key, code)
        if other != code and key != "":
            together.setdefault(key, [other]).append(code)
    for found in together.values():
        if len(found) <= MOST_ALIKE:
            yield from combinations(sorted(found), 2)


def _judged(one: str, other: str, found: set[str], near: dict[str, str]) -> Pair:
    ordered = sorted(found, key=lambda reason: -SCORES[reason])
    score = SCORES[ordered[0]] + MORE * (len(ordered) - 1)
    if ordered[0].endswith("name") and near[one] and near[one] == near[other]:
        score += NEAR
    return Pair(one, other, tuple(ordered), min(score, 100))


def listed(centre: Centre, db: Connection, kind: Kind = "producer") -> list[Pair]:
    """Pairs that nobody decided about. Finding them in 20,000 takes a second, so it is remembered until the registry
    changes."""
    positions = schema.positions
    scope = "producers" if kind == "producer" else "catalogue"
    state: tuple[Any, ...] = (db.execute(sa.select(positions.c.value).where(positions.c.scope == scope)).scalar_one(),)
    if kind == "producer":
        state += (db.execute(sa.select(sa.func.count()).select_from(schema.producer_contacts)).scalar_one(),)
    read = _read if kind == "producer" else _read_goods
    found: list[Pair] = centre.stretches.made(("duplicates", kind), state, lambda: find(read(db)))
    said = {(row.first, row.second) for row in db.execute(sa.select(not_same.c.first, not_same.c.second))}
    return [pair for pair in found if (pair.first, pair.second) not in said]


def _read(db: Connection) -> list[Of]:
    table, contacts = schema.producers, schema.producer_contacts
    joined = table.outerjoin(contacts, contacts.c.code == table.c.code)
    columns = (table.c.code, table.c.business_name, table.c.kelurahan, table.c.nib, contacts.c.personal)
    query = sa.select(*columns).select_from(joined).where(table.c.alias_of == "").order_by(table.c.code)
    return [
        Of(row.code, row.business_name, row.kelurahan, {"nib": row.nib, **_numbers(row.personal)})
        for row in db.execute(query)
    ]


def _read_goods(db: Connection) -> list[Of]:
    table = schema.products
    columns = (table.c.sku, table.c.name, table.c.barcode, table.c.producer)
    query = sa.select(*columns).where(table.c.alias_of == "").order_by(table.c.sku)
    return [Of(row.sku, row.name, "", {"barcode": row.barcode}, row.producer) for row in db.execute(query)]


def sounding(db: Connection, name: str) -> list[Any]:
    """Producers whose names sound like this one, or are one sign apart, at most ``MOST_ALIKE``."""
    table, spoken = schema.producers, sound(name)
    parts = _shortened(spoken) | {spoken}
    rows = db.execute(sa.select(table).where(table.c.alias_of == "").order_by(table.c.code))
    heard = ((row, sound(row.business_name)) for row in rows)
    return [row for row, its in heard if spoken and parts & (_shortened(its) | {its})][:MOST_ALIKE]


def _numbers(personal: str | None) -> dict[str, str]:
    plain: dict[str, Any] = msgspec.json.decode(personal) if personal else {}
    return {name: str(plain.get(name) or "") for name in OF_PERSON}


def say_not_same(centre: Centre, db: Connection, one: str, other: str, by: str, kind: Kind = "producer") -> None:
    """Remember that two are two. Raises ``CentreError`` for one that is not in the registry."""
    for code in (one, other):
        deciding.row_of(db, kind, code)
    first, second = sorted((one, other))
    note(centre, db, by, "not_same", first, second)
    put_new(db, not_same, [{"first": first, "second": second, "at": centre.now(), "by": by}])
