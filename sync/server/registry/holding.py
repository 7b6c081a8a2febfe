"""Which producers' papers hold, which lapse and who lacks one: conditions for queries, and the papers that lapse."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.tables_registry import certificates
from sync.server.registry.certificates import FOR_EVER, IN_FEED, KINDS, Certificate, standing
from sync.server.registry.marks import papers_state

FOOD: Final = ("makanan", "minuman")
LONGEST: Final = 365
"""Days ahead that officers look for papers that lapse."""


def lapsing_soon(centre: Centre, db: Connection, days: int = LONGEST) -> list[Certificate]:
    """``lapsing``, today and with at most ``LONGEST`` days, from memory until producers or their papers change."""
    today = centre.today()
    state = (today, *papers_state(db))
    found: list[Certificate] = centre.stretches.made("lapsing", state, lambda: lapsing(db, today, LONGEST))
    return found[: bisect_right(found, _after(today, days), key=attrgetter("expires"))]


def lapsing(db: Connection, today: str, days: int) -> list[Certificate]:
    """Certificates that have lapsed by ``today`` or will within ``days``, the soonest first."""
    until, stands = _after(today, days), schema.producers
    found = sa.union_all(_written(until), *(_loose(kind, until) for kind in ("pirt", "halal"))).subquery()
    place = sa.case({kind: at for at, kind in enumerate(KINDS)}, value=found.c.kind)
    told = [stands.c.business_name if name == "name" else found.c[name] for name in Certificate._fields]
    query = sa.select(*told).select_from(found.join(stands, stands.c.code == found.c.producer))
    order = (found.c.expires, found.c.producer, place, found.c.number, found.c.under)
    return [Certificate(*row) for row in db.execute(query.order_by(*order))]


def _after(today: str, days: int) -> str:
    return (date.fromisoformat(today) + timedelta(days=days)).isoformat()


def _written(until: str) -> sa.Select[Any]:
    """Papers that are written down, with the columns of ``Certificate`` but the name."""
    table = schema.producers
    of_number = sa.case((certificates.c.kind == "pirt", _year(certificates.c.number)))
    ends = sa.func.coalesce(certificates.c.expires, of_number)
    owners = certificates.join(table, table.c.code == certificates.c.producer)
    names = (standing().label("producer"), table.c.code.label("under"))
    told = (certificates.c.kind, certificates.c.number, ends.label("expires"))
    rest = (certificates.c.document, certificates.c.changed_at)
    query = sa.select(certificates.c.id, *names, *told, *rest).select_from(owners)
    return query.where(certificates.c.removed_at.is_(None), ends <= until)


def _loose(kind: str, until: str) -> sa.Select[Any]:
    """Numbers in the rows of ``producers`` that are written down nowhere else; what stands has the best of the codes
    that were merged into it, too, which counts once."""
    table, merged = schema.producers, sa.alias(schema.producers)
    number = table.c[IN_FEED[kind]]
    none: sa.ColumnElement[str] = sa.literal_column("''")
    named: sa.ColumnElement[str] = sa.literal_column(f"'{kind}'")
    ends = table.c.halal_expires if kind == "halal" else _year(number)
    kept = (certificates.c.kind == kind, certificates.c.removed_at.is_(None))
    own = sa.select(certificates.c.producer, certificates.c.number).where(*kept)
    of_merged = sa.select(merged.c.alias_of, certificates.c.number).where(merged.c.alias_of > "", *kept)
    beside = of_merged.join_from(merged, certificates, certificates.c.producer == merged.c.code)
    in_rows = sa.select(merged.c.alias_of, merged.c[IN_FEED[kind]]).where(merged.c.alias_of > "")
    names = (standing().label("producer"), table.c.code.label("under"))
    told = (named.label("kind"), number.label("number"), ends.label("expires"))
    query = sa.select(none.label("id"), *names, *told, none.label("document"), none.label("changed_at"))
    this = sa.tuple_(table.c.code, number)
    beside_none = (this.not_in(known) for known in (own, beside, in_rows))
    return query.where(number != "", ends != "", ends <= until, *beside_none)


def lacking(kind: str, today: str) -> sa.ColumnElement[bool]:
    """Whether a row of ``producers`` has no certificate of ``kind`` that holds today, under none of its codes."""
    table, merged = schema.producers, sa.alias(schema.producers)
    of_merged = sa.select(merged.c.alias_of).where(merged.c.alias_of > "")  # few, and read once
    holds = _holding(kind, today)
    joined = of_merged.join_from(merged, certificates, certificates.c.producer == merged.c.code)
    found: list[sa.ColumnElement[bool]] = [
        table.c.code.in_(sa.select(certificates.c.producer).where(*holds)),  # not EXISTS: PostgreSQL would compile it
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
