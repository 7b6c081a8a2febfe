"""Lists of the registry: producers and goods that stand for themselves, found by words; what codes are called."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.registry import aliases, holding
from sync.server.registry.certificates import KINDS
from sync.server.registry.deciding import LABELS, TABLES
from sync.server.registry.near import FEW, names_of, plain

MOST_WORDS = 8
"""Words of a search that count."""
MOST_SIMILAR, MOST_LIKENESSES = 10, 200
"""Rows that only resemble what was typed: told, and looked through."""
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
    whose names only resemble the words."""

    db: Connection
    query: sa.Select[Any]
    count: int
    meant: str
    categories: dict[str, int]
    similar: tuple[Any, ...] = ()

    def rows(self, most: int | None = None, first: int = 0) -> Iterator[Any]:
        """``most`` rows from the one at ``first`` on, or all."""
        return iter(self.db.execute(self.query.limit(most).offset(first)))


def producers(centre: Centre, db: Connection, search: Search) -> Listed:
    """Producers, found by code, name, kelurahan or NIB."""
    table, meant = schema.producers, ""
    counted = sa.select(sa.func.count()).select_from(table)
    conditions = _wanted(search, centre.today())
    count = db.execute(counted.where(*conditions)).scalar_one()
    if not count and search.q.strip():
        meant = _meant(centre, db, "producer", search.q)
        conditions = _wanted(msgspec.structs.replace(search, q=meant), centre.today()) if meant else conditions
        count = db.execute(counted.where(*conditions)).scalar_one()
    query = sa.select(table).where(*conditions).order_by(sa.func.lower(table.c.business_name), table.c.code)
    similar: tuple[Any, ...] = ()
    if 0 < count < FEW and search.q.strip() and not meant:
        others = _wanted(msgspec.structs.replace(search, q=""), centre.today())
        similar = _similar(centre, db, "producer", search.q, sa.select(table).where(*others), query)
    return Listed(db, query, count, meant if count else "", {}, similar)


def _wanted(search: Search, today: str) -> list[sa.ColumnElement[bool]]:
    """What a row of ``producers`` must fulfil."""
    table = schema.producers
    found = [table.c.alias_of == ""]
    if search.q.strip():
        found.append(_like(search.q, table.c.code, table.c.business_name, table.c.kelurahan, table.c.nib))
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
    table, makers, meant = schema.products, schema.producers, ""
    joined = table.outerjoin(makers, makers.c.code == table.c.producer)
    stands = _standing(q, producer)
    if q.strip() and db.execute(sa.select(table.c.sku).select_from(joined).where(*stands).limit(1)).first() is None:
        meant = _meant(centre, db, "product", q)
        stands = _standing(meant, producer) if meant else stands
    counted = sa.select(table.c.category, sa.func.count()).select_from(joined if q.strip() else table)
    found = {row[0]: row[1] for row in db.execute(counted.where(*stands).group_by(table.c.category))}
    chosen = [*stands, table.c.category == category] if category else stands
    query = sa.select(table, makers.c.business_name.label("maker")).select_from(joined).where(*chosen)
    count = found.get(category, 0) if category else sum(found.values())
    query = query.order_by(sa.func.lower(table.c.name), table.c.sku)
    similar: tuple[Any, ...] = ()
    if 0 < count < FEW and q.strip() and not meant:
        like = sa.select(table, makers.c.business_name.label("maker")).select_from(joined)
        like = like.where(*_standing("", producer), *([table.c.category == category] if category else []))
        similar = _similar(centre, db, "product", q, like, query)
    return Listed(db, query, count, meant if count else "", found, similar)


def _standing(q: str, producer: str) -> list[sa.ColumnElement[bool]]:
    """What a row of ``products``, beside its maker's, must fulfil."""
    table, makers = schema.products, schema.producers
    stands = [table.c.alias_of == ""]
    if producer:
        stands.append(table.c.producer == producer)
    if q.strip():
        stands.append(_like(q, table.c.sku, table.c.name, table.c.barcode, makers.c.business_name))
    return stands


def _like(text: str, *columns: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether every word of the text stands somewhere in one of the columns, in any letter case."""
    words = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_").split()[:MOST_WORDS]
    lowered = [sa.func.lower(column) for column in columns]
    return sa.and_(*(sa.or_(*(column.like(f"%{word}%", escape="!") for column in lowered)) for word in words))


def _meant(centre: Centre, db: Connection, kind: Kind, q: str) -> str:
    """Words as the names of the registry spell them."""
    table, scope = TABLES[kind]
    return " ".join(names_of(centre, db, table, table.c[LABELS[kind]], scope).words.corrected(plain(q).split()))


def _similar(
    centre: Centre, db: Connection, kind: Kind, q: str, rows: sa.Select[Any], found: sa.Select[Any]
) -> tuple[Any, ...]:
    """Those of ``rows`` whose names resemble the words and that were not ``found``, by name."""
    table, scope = TABLES[kind]
    names, key = names_of(centre, db, table, table.c[LABELS[kind]], scope), next(iter(table.primary_key))
    near = [names.codes[place] for place in names.words.resembling(plain(q).split()[:MOST_WORDS])]
    if not near:
        return ()
    there = {row[0] for row in db.execute(found)}
    some = [code for code in near if code not in there][:MOST_LIKENESSES]
    by_name = sa.func.lower(table.c[LABELS[kind]])
    return tuple(db.execute(rows.where(key.in_(some)).order_by(by_name, key).limit(MOST_SIMILAR)))


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
