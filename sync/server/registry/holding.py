"""Which producers' papers hold, which lapse and who lacks one: conditions for queries, and the papers that lapse."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database import schema
from sync.server.database.tables_registry import certificates
from sync.server.registry.certificates import FOR_EVER, IN_FEED, KINDS, Certificate, standing

FOOD: Final = ("makanan", "minuman")


class Lapsing(NamedTuple):
    """Papers that lapse, and how many they are in all."""

    papers: list[Certificate]
    in_all: int


def lapsing(db: Connection, today: str, days: int, first: int = 0, most: int | None = None) -> Lapsing:
    """Certificates that have lapsed by ``today`` or will within ``days``, the soonest first: ``most`` from the one at
    ``first`` on."""
    until = (date.fromisoformat(today) + timedelta(days=days)).isoformat()
    found = sa.union_all(_written(until), *(_loose(kind, until) for kind in ("pirt", "halal"))).subquery()
    place = sa.case({kind: at for at, kind in enumerate(KINDS)}, value=found.c.kind)
    order = (found.c.expires, found.c.producer, place, found.c.number, found.c.under)
    query = sa.select(found, sa.func.count().over()).order_by(*order).offset(first).limit(most)
    rows = db.execute(query).all()
    count = rows[0][-1] if rows else db.execute(sa.select(sa.func.count()).select_from(found)).scalar_one()
    return Lapsing([Certificate(*row[:-1]) for row in rows], count)


def _written(until: str) -> sa.Select[Any]:
    """Papers that are written down, with the columns of ``Certificate``."""
    table, stands = schema.producers, sa.alias(schema.producers)
    of_number = sa.case((certificates.c.kind == "pirt", _year(certificates.c.number)))
    ends = sa.func.coalesce(certificates.c.expires, of_number)
    owners = certificates.join(table, table.c.code == certificates.c.producer).join(stands, stands.c.code == standing())
    names = (stands.c.code.label("producer"), stands.c.business_name, table.c.code.label("under"))
    told = (certificates.c.kind, certificates.c.number, ends.label("expires"))
    rest = (certificates.c.document, certificates.c.changed_at)
    query = sa.select(certificates.c.id, *names, *told, *rest).select_from(owners)
    return query.where(certificates.c.removed_at.is_(None), ends <= until)


def _loose(kind: str, until: str) -> sa.Select[Any]:
    """Numbers in the rows of ``producers`` that are written down nowhere else; what stands has the best of the codes
    that were merged into it, too, which counts once."""
    table, stands, merged = schema.producers, sa.alias(schema.producers), sa.alias(schema.producers)
    number = table.c[IN_FEED[kind]]
    none: sa.ColumnElement[str] = sa.literal_column("''")
    named: sa.ColumnElement[str] = sa.literal_column(f"'{kind}'")
    ends = table.c.halal_expires if kind == "halal" else _year(number)
    kept = (certificates.c.kind == kind, certificates.c.removed_at.is_(None))
    own = sa.select(certificates.c.producer, certificates.c.number).where(*kept)
    of_merged = sa.select(merged.c.alias_of, certificates.c.number).where(merged.c.alias_of > "", *kept)
    beside = of_merged.join_from(merged, certificates, certificates.c.producer == merged.c.code)
    in_rows = sa.select(merged.c.alias_of, merged.c[IN_FEED[kind]]).where(merged.c.alias_of > "")
    names = (stands.c.code.label("producer"), stands.c.business_name, table.c.code.label("under"))
    told = (named.label("kind"), number.label("number"), ends.label("expires"))
    query = sa.select(none.label("id"), *names, *told, none.label("document"), none.label("changed_at"))
    this = sa.tuple_(table.c.code, number)
    return query.select_from(table.join(stands, stands.c.code == standing())).where(
        number != "", ends != "", ends <= until, *(this.not_in(known) for known in (own, beside, in_rows))
    )


def lacking(kind: str, today: str) -> sa.ColumnElement[bool]:
    """Whether a row of ``producers`` has no certificate of ``kind`` that holds today, under none of its codes."""
    table, merged = schema.producers, sa.alias(schema.producers)
    of_merged = sa.select(merged.c.alias_of).where(merged.c.alias_of > "")  # few, and read once
    holds = _holding(kind, today)
    joined = of_merged.join_from(merged, certificates, certificates.c.producer == merged.c.code)
    found = [
        sa.exists().where(certificates.c.producer == table.c.code, *holds),
        table.c.code.in_(joined.where(*holds)),
    ]
    if kind in IN_FEED:
        found += [
            sa.and_(table.c.alias_of == "", _row_holds(table.c, kind, today)),
            table.c.code.in_(of_merged.where(_row_holds(merged.c, kind, today))),
        ]
    return sa.not_(sa.or_(*reversed(found)))


def _holding(kind: str, today: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What a row of ``certificates`` of this kind fulfils that holds today."""
    ends = sa.func.coalesce(certificates.c.expires, _year(certificates.c.number) if kind == "pirt" else FOR_EVER)
    return certificates.c.kind == kind, certificates.c.removed_at.is_(None), ends >= today


def _row_holds(row: Any, kind: str, today: str) -> sa.ColumnElement[bool]:
    """Whether the number in a producer's row holds today."""
    if kind == "halal":
        return sa.and_(row.halal_no != "", sa.func.coalesce(row.halal_expires, FOR_EVER) >= today)
    if kind == "pirt":
        return sa.and_(row.pirt != "", _year(row.pirt) >= today)
    return sa.and_(row[IN_FEED[kind]] != "")


def _year(number: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.literal("20") + sa.func.substr(number, sa.func.length(number) - 1, 2) + "-12-31"


def tkdn_lapsed(today: str) -> sa.Select[str]:
    """The producers whose TKDN certificates have all lapsed: the local content of their goods counts no longer. Who
    has none on record is believed."""
    joined = certificates.join(schema.producers, schema.producers.c.code == certificates.c.producer)
    ends = sa.func.max(sa.func.coalesce(certificates.c.expires, FOR_EVER))
    kept = sa.select(standing()).select_from(joined).where(*_holding("tkdn", "")).group_by(standing())
    return kept.having(ends < today)


def trading(categories: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a row of ``producers`` has goods of these categories."""
    goods = schema.products
    makers = sa.select(goods.c.producer).where(goods.c.category.in_(categories), goods.c.alias_of == "")
    return schema.producers.c.code.in_(makers)  # read once: there is no index by producer


def needing(kind: str) -> sa.ColumnElement[bool]:
    """Whether a row of ``producers`` has goods that need this paper; everybody needs a NIB, all food and drink halal
    (PP 42/2024 Ps 160)."""
    if kind == "nib":
        return sa.true()
    return schema.producers.c.code.in_(_makers(kind))


def in_need(db: Connection, kind: str, codes: Sequence[str]) -> set[str]:
    """Which of these producers, few enough for one query, have goods that need this paper: ``pirt`` or ``halal``."""
    return set(db.execute(_makers(kind).where(schema.products.c.producer.in_(codes))).scalars())


def _makers(kind: str) -> sa.Select[str]:
    goods = schema.products.c
    marked = goods.needs_pirt == 1 if kind == "pirt" else sa.or_(goods.needs_halal == 1, goods.category.in_(FOOD))
    return sa.select(goods.producer).where(marked, goods.alias_of == "")
