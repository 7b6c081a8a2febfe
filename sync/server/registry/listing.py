"""Lists of the registry: producers and goods that stand for themselves, found by words; what codes are called."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.registry import aliases, holding
from sync.server.registry.certificates import KINDS
from sync.server.registry.deciding import LABELS, TABLES
from sync.server.registry.marks import papers_state
from sync.server.registry.near import FEW, Vocabulary, plain

MOST_WORDS = 8
"""Words of a search that count."""
MOST_SIMILAR = 10
"""Rows that only resemble what was typed, the nearest."""
AT_ONCE = 5_000
"""Rows that one query reads."""
PANGAN = "pangan"
"""Instead of a category: whatever needs halal, as the figures of the programme count it."""


class Search(msgspec.Struct, frozen=True):
    """What the list of producers is asked for; empty texts ask nothing."""

    q: str = ""
    kelurahan: str = ""
    kelas: str = ""
    tanpa: str = ""
    """A kind of certificate that the producer lacks."""
    jenis: str = ""
    """A category of goods, or ``PANGAN``."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a search found: ``count`` rows by name. ``meant`` are the words that were looked for instead, where nothing
    is called as they were typed; ``categories`` how many goods each has. Where few are found, ``similar`` are rows
    whose names only resemble the words, the nearest first."""

    db: Connection
    query: sa.Select[Any]
    codes: list[str]
    meant: str
    categories: dict[str, int]
    similar: tuple[Any, ...] = ()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.codes)

    def rows(self, most: int | None = None, first: int = 0) -> Iterator[Any]:
        """``most`` rows from the one at ``first`` on, or all."""
        wanted = self.codes[first:] if most is None else self.codes[first : first + most]
        for start in range(0, len(wanted), AT_ONCE):
            yield from _in_order(self.db, self.query, wanted[start : start + AT_ONCE])


class _Names(NamedTuple):
    """What stands for itself, by name: its code, in which category and whose it is, the plain text in which words are
    looked for, and the words of its name."""

    codes: list[str]
    categories: list[str]
    makers: list[str]
    texts: list[str]
    words: Vocabulary


def producers(centre: Centre, db: Connection, search: Search) -> Listed:
    """Producers, found by code, name, kelurahan or NIB."""
    table, names, those = schema.producers, _names(centre, db, "producer"), _those(centre, db, search)
    every = [place for place, code in enumerate(names.codes) if those is None or code in those]
    places, meant = _called(names, every, search.q)
    near = [] if meant else _similar(names, every, places, search.q)
    codes, similar = ([names.codes[place] for place in some] for some in (places, near))
    query = sa.select(table)
    return Listed(db, query, codes, meant, {}, tuple(_in_order(db, query, similar)))


def _those(centre: Centre, db: Connection, search: Search) -> set[str] | None:
    """The codes of whom the filters leave, from memory for the next page of the same; nothing where none filters."""
    table, today, feeds = schema.producers, centre.today(), schema.positions
    conditions = _wanted(search, today)
    if not conditions:
        return None
    goods = db.execute(sa.select(feeds.c.value).where(feeds.c.scope == "catalogue")).scalar_one()
    state = (msgspec.structs.replace(search, q=""), today, goods, *papers_state(db))
    query = sa.select(table.c.code).where(*conditions)
    found: set[str] = centre.stretches.made("those", state, lambda: set(db.execute(query).scalars()))
    return found


def _wanted(search: Search, today: str) -> list[sa.ColumnElement[bool]]:
    """What a row of ``producers`` must fulfil beside its words."""
    table, found = schema.producers, list[sa.ColumnElement[bool]]()
    if search.kelurahan:
        found.append(table.c.kelurahan == search.kelurahan)
    if search.kelas:
        found.append(table.c["class"] == search.kelas)
    if search.tanpa in KINDS:
        found.append(holding.lacking(search.tanpa, today))
    if search.jenis:
        found.append(holding.needing("halal") if search.jenis == PANGAN else holding.trading((search.jenis,)))
    return found


def goods(centre: Centre, db: Connection, q: str = "", category: str = "", producer: str = "") -> Listed:
    """Goods, found by code, name, barcode or ``maker``, which their rows have as well."""
    table, makers, names = schema.products, schema.producers, _names(centre, db, "product")
    every = [place for place, maker in enumerate(names.makers) if not producer or maker == producer]
    places, meant = _called(names, every, q)
    categories = Counter(names.categories[place] for place in places)
    if category:
        every, places = ([at for at in some if names.categories[at] == category] for some in (every, places))
    near = [] if meant else _similar(names, every, places, q)
    codes, similar = ([names.codes[place] for place in some] for some in (places, near))
    joined = table.outerjoin(makers, makers.c.code == table.c.producer)
    query = sa.select(table, makers.c.business_name.label("maker")).select_from(joined)
    return Listed(db, query, codes, meant if codes else "", categories, tuple(_in_order(db, query, similar)))


def _called(names: _Names, every: list[int], q: str) -> tuple[list[int], str]:
    """Those of ``every`` with every word of ``q`` somewhere, without accents and letter case, and ""; else those with
    the nearest words, and these. Signs count for nothing, and alone find nothing."""
    words = plain(q).split()
    if words or not q.strip():
        places = _with(names, every, [plain(word) for word in q.split()])  # a code with signs in it is looked for whole
        if places:
            return places, ""
    meant = names.words.corrected(words[:MOST_WORDS])
    places = _with(names, every, meant) if meant else []
    return places, " ".join(meant) if places else ""


def _similar(names: _Names, every: list[int], places: list[int], q: str) -> list[int]:
    """Where few ``places`` are called as somebody typed, others of ``every`` that resemble it, the nearest first."""
    if not 0 < len(places) < FEW:
        return []
    may = set(every).difference(places)
    return [place for place in names.words.resembling(plain(q).split()[:MOST_WORDS]) if place in may][:MOST_SIMILAR]


def _with(names: _Names, places: list[int], words: list[str]) -> list[int]:
    for word in words[:MOST_WORDS]:
        places = [place for place in places if word in names.texts[place]]
    return places


def _names(centre: Centre, db: Connection, kind: Kind) -> _Names:
    """From memory until the registry changes."""
    positions = schema.positions
    moved = sa.select(positions.c.scope, positions.c.value).where(positions.c.scope.in_(("producers", "catalogue")))
    state = sorted(tuple(row) for row in db.execute(moved))
    found: _Names = centre.stretches.made(("names", kind), state, lambda: _read_names(db, kind))
    return found


def _read_names(db: Connection, kind: Kind) -> _Names:
    """Ordered here, since engines order capitals and accents differently."""
    table, makers, none = schema.products, schema.producers, sa.literal("")
    if kind == "producer":
        table = makers
        query = sa.select(makers.c.code, makers.c.business_name, makers.c.kelurahan, makers.c.nib, none, none)
    else:
        maker = makers.c.business_name
        query = sa.select(table.c.sku, table.c.name, table.c.barcode, maker, table.c.category, table.c.producer)
        query = query.select_from(table.outerjoin(makers, makers.c.code == table.c.producer))
    there = db.execute(query.where(table.c.alias_of == ""))
    rows = sorted((plain(row[1]), *row) for row in there)
    return _Names(
        [code for _name, code, *_more in rows],
        [row[5] for row in rows],
        [row[6] for row in rows],
        [f"{name} {plain(' '.join(filter(None, (code, *more[:2]))))}" for name, code, _called, *more in rows],
        Vocabulary([name for name, *_more in rows]),
    )


def _in_order(db: Connection, query: sa.Select[Any], codes: list[str]) -> Iterator[Any]:
    """The rows of ``codes``, in their order."""
    key = query.selected_columns[0]
    found = {row[0]: row for row in db.execute(query.where(key.in_(codes)))} if codes else {}
    return (found[code] for code in codes if code in found)


def rows_of(db: Connection, kind: Kind, codes: Iterable[str]) -> dict[str, Any]:
    """The rows of those of ``codes`` that the registry has."""
    table, _scope = TABLES[kind]
    key = next(iter(table.primary_key))
    return {row[0]: row for row in db.execute(sa.select(table).where(key.in_(set(codes))))}


def names_by_code(db: Connection, kind: Kind, codes: Iterable[str]) -> dict[str, str]:
    """What the registry calls those of ``codes`` that it has."""
    table, _scope = TABLES[kind]
    key = next(iter(table.primary_key))
    query = sa.select(key, table.c[LABELS[kind]]).where(key.in_(set(codes)))
    return {row[0]: row[1] for row in db.execute(query)}


def merged_into(db: Connection, kind: Kind, code: str) -> dict[str, str]:
    """Codes that were merged into this one, with what they are called."""
    table, _scope = TABLES[kind]
    key = next(iter(table.primary_key))
    query = sa.select(key, table.c[LABELS[kind]]).where(table.c.alias_of == code).order_by(key)
    return {row[0]: row[1] for row in db.execute(query)}


def stands_for(db: Connection, kind: Kind, code: str) -> str:
    """What ``code`` is now: itself, or the end of its aliases; also of one that the registry does not have."""
    return aliases.standing(db, TABLES[kind][0], code)


def all_codes(db: Connection, kind: Kind, code: str) -> list[str]:
    """The code and whatever was merged into it, over all steps."""
    return sorted(aliases.all_names(db, TABLES[kind][0], [code]))


def last_merged(db: Connection, kind: Kind, most: int) -> list[Any]:
    """Rows that were merged, the newest first."""
    table, _scope = TABLES[kind]
    query = sa.select(table).where(table.c.alias_of != "").order_by(table.c.position.desc()).limit(most)
    return list(db.execute(query))


def goods_of(db: Connection, producer: str, most: int) -> list[Any]:
    """Rows of a producer's goods, by name."""
    table = schema.products
    return list(db.execute(sa.select(table).where(*_made_by(producer)).order_by(table.c.name, table.c.sku).limit(most)))


def goods_count(db: Connection, producer: str) -> int:
    """How many goods a producer has."""
    return db.execute(sa.select(sa.func.count()).select_from(schema.products).where(*_made_by(producer))).scalar_one()


def _made_by(producer: str) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.products
    return table.c.producer == producer, table.c.alias_of == ""


def kelurahan(db: Connection) -> list[str]:
    """Every kelurahan of a producer."""
    return _values(db, schema.producers.c.kelurahan)


def categories(db: Connection) -> list[str]:
    """Every category of goods."""
    return _values(db, schema.products.c.category)


def _values(db: Connection, column: sa.Column[str]) -> list[str]:
    """What stands in a column, each once, in order."""
    return [value for value in db.execute(sa.select(column).distinct().order_by(column)).scalars() if value]
