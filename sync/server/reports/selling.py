"""What was sold, by whatever it is asked by: one question over ``totals``, or over ``sold`` where filters cross.

A question touches sides: where it was sold (corner, its kind), whose goods they are (producer, kelurahan, class) and
what they are (category, product). Of one side alone ``totals`` answers, whole months as months and the days at the ends
as days, however much was sold. Of two sides ``sold`` answers, whose rows are days, tills and goods.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server import schema
from sync.server.aliases import all_names
from sync.server.reports import tables
from sync.server.reports.scope import Scope

SIDES: Final = {
    "corner": "device",
    "kind": "device",
    "producer": "producer",
    "kelurahan": "producer",
    "class": "producer",
    "category": "sku",
    "product": "sku",
    "tkdn": "sku",
    "ekatalog": "sku",
}
MARKS: Final = ("tkdn", "ekatalog")
"""Groups of goods by what counts for P3DN: the name of the mark, or nothing."""
TIMES: Final = ("day", "month")
CITY: Final = "city"
OFFICE: Final = "office"
SUMS: Final = ("sales", "refunds", "quantity", *tables.MONEY)
MOST_ASKED: Final = 1_000
"""Codes that are looked up at once."""
_EMPTY: Final[sa.ColumnElement[str]] = sa.literal_column("''", sa.Text)
"""Written out: a group is what it was selected by, also to an engine that compares parameters by their place."""


class Sold(NamedTuple):
    """Sums of one group. ``key`` is what it was asked by, in that order, ``name`` that of the last of it.

    ``total`` is net of refunds and reversals, ``office`` the part of it that was bought for the office. ``sales`` and
    ``refunds`` count documents, but lines of them where ``counts_documents`` says no.
    """

    key: tuple[str, ...]
    name: str
    office: int = 0
    sales: int = 0
    refunds: int = 0
    quantity: int = 0
    discount: int = 0
    total: int = 0
    share: int = 0
    commission: int = 0
    margin: int = 0

    @property
    def personal(self) -> int:
        """Bought by people for themselves, in rupiah: no realisation of P3DN."""
        return self.total - self.office


def sold(
    db: Connection,
    scope: Scope,
    *by: str,
    most: int | None = None,
    skip: int = 0,
    days: Sequence[str] | None = None,
) -> list[Sold]:
    """What was sold in groups of ``by``: ``day``, ``month``, ``unit`` or a key of ``SIDES``; times in their order, then
    the largest first. ``most`` groups after ``skip``; ``days``: only of these business dates."""
    rows = _rows(db, scope, by, days)
    columns = [rows.columns[name] for name in by]
    named = sa.func.max(rows.names.get(by[-1], _EMPTY) if by else _EMPTY)
    office = sa.case((rows.c.buyer == OFFICE, rows.c.total), else_=0)
    query = sa.select(*columns, named, _sum(office), *(_sum(rows.c[name]) for name in SUMS))
    query = query.select_from(rows.joined).where(*rows.conditions)
    if by:
        timed = [column for column, name in zip(columns, by, strict=True) if name in TIMES]
        query = query.group_by(*columns).order_by(*timed, _sum(rows.c.total).desc(), *columns)
    if most is not None:
        query = query.limit(most).offset(skip)
    width = len(by)
    return [Sold(tuple(row[:width]), row[width] or "", *map(int, row[width + 1 :])) for row in db.execute(query)]


def in_all(db: Connection, scope: Scope) -> Sold:
    """Everything in ``scope`` as one sum."""
    return sold(db, scope)[0]


def groups(db: Connection, scope: Scope, *by: str) -> int:
    """How many groups ``sold`` has."""
    rows = _rows(db, scope, by, None)
    query = sa.select(*(rows.columns[name] for name in by)).select_from(rows.joined).where(*rows.conditions)
    return int(db.execute(sa.select(sa.func.count()).select_from(query.distinct().subquery())).scalar_one())


def counts_documents(scope: Scope, *by: str) -> bool:
    """Whether ``sales`` of this question are documents, not lines of them."""
    return _sides(scope, by) <= {"device"} and "unit" not in by and not scope.unit


def producers_new(db: Connection, scope: Scope, codes: Iterable[str]) -> set[str]:
    """Which of ``codes`` sold nothing anywhere before the period."""
    names, table = all_names(db, schema.producers, codes), tables.sold
    known, wanted = set[str](), sorted(names)
    for first in range(0, len(wanted), MOST_ASKED):
        data = [(code,) for code in wanted[first : first + MOST_ASKED]]
        asked = sa.values(sa.column("code", sa.Text), name="asked").data(data).cte()
        earlier = sa.exists().where(table.c.producer == asked.c.code, table.c.date < scope.days[0])
        known |= {names[code] for (code,) in db.execute(sa.select(asked.c.code).where(earlier))}
    return set(names.values()) - known


def devices_of(db: Connection, scope: Scope) -> list[str] | None:
    """The tills that the filters leave; None where they leave all."""
    if not scope.corner and not scope.kind:
        return None
    devices, corners = schema.devices, schema.corners
    query = sa.select(devices.c.device)
    if scope.corner:
        query = query.where(devices.c.corner == scope.corner)
    if scope.kind:
        query = query.join(corners, corners.c.code == devices.c.corner).where(corners.c.kind == scope.kind)
    return list(db.execute(query).scalars())


class Rows:
    """Where a question is read: rows with the registry beside them, as far as the question needs that.

    ``at`` says in which column a device, a producer or a SKU stands.
    """

    def __init__(self, source: sa.FromClause, at: Mapping[str, sa.ColumnElement[str]]) -> None:
        self.c = source.c
        self.at = at
        self.joined: Any = source
        self.conditions: list[sa.ColumnElement[bool]] = []
        day = source.c.start if "start" in source.c else source.c.date
        month = sa.func.substr(day, sa.literal_column("1"), sa.literal_column("7"))
        self.columns: dict[str, sa.ColumnElement[str]] = {"day": day, "month": month}
        self.names: dict[str, sa.ColumnElement[str]] = {}
        self.terms: sa.ColumnElement[str] = _EMPTY
        if "unit" in source.c:
            self.columns["unit"] = source.c.unit

    def with_corners(self) -> None:
        devices, corners = schema.devices, schema.corners
        self.joined = self.joined.join(devices, devices.c.device == self.at["device"])
        self.joined = self.joined.outerjoin(corners, corners.c.code == devices.c.corner)
        self.columns |= {"corner": devices.c.corner, "kind": sa.func.coalesce(corners.c.kind, _EMPTY)}
        self.names |= {"corner": corners.c.name}

    def with_producers(self) -> None:
        code, stands = self._standing(schema.producers, self.at["producer"])
        self.columns |= {
            "producer": code,
            "kelurahan": sa.func.coalesce(stands.c.kelurahan, _EMPTY),
            "class": sa.func.coalesce(stands.c["class"], _EMPTY),
        }
        self.names |= {"producer": stands.c.business_name}
        self.terms = stands.c.payout_terms

    def with_products(self) -> None:
        code, stands = self._standing(schema.products, self.at["sku"])
        listed = sa.case((stands.c.e_katalog == 1, sa.literal_column("'ekatalog'")), else_=_EMPTY)
        measured = sa.case((stands.c.tkdn_bp.is_not(None), sa.literal_column("'tkdn'")), else_=_EMPTY)
        self.columns |= {"product": code, "category": sa.func.coalesce(stands.c.category, _EMPTY)}
        self.columns |= {"tkdn": measured, "ekatalog": listed}
        self.names |= {"product": stands.c.name}

    def _standing(self, table: sa.Table, named: sa.ColumnElement[str]) -> tuple[sa.ColumnElement[str], sa.FromClause]:
        """What a code of a document is now, two merges deep, and its row of the registry."""
        key = next(iter(table.primary_key)).name
        own, into, stands = table.alias(), table.alias(), table.alias()
        merged = sa.func.nullif(own.c.alias_of, _EMPTY)
        code = sa.func.coalesce(sa.func.nullif(into.c.alias_of, _EMPTY), merged, named)
        self.joined = (
            self.joined.outerjoin(own, own.c[key] == named)
            .outerjoin(into, into.c[key] == merged)
            .outerjoin(stands, stands.c[key] == code)
        )
        return code, stands


def narrow(db: Connection, rows: Rows, scope: Scope, by: Iterable[str]) -> None:
    """Put the registry beside ``rows`` as far as ``by`` and the filters need it, and leave what the filters do; the
    period and for whom something was sold are not asked here. Payments are of no goods: filters of goods leave all."""
    filters = {name: value for name, value in scope.filters.items() if SIDES.get(name, "device") in rows.at}
    devices = devices_of(db, scope)
    if {"corner", "kind"} & set(by):
        rows.with_corners()
    if {"producer", "kelurahan", "class"} & set(by):
        rows.with_producers()
    if {"product", "category", *MARKS} & set(by):
        rows.with_products()
    if devices is not None:
        rows.conditions.append(rows.at["device"].in_(devices))
    if scope.producer:
        names = all_names(db, schema.producers, [scope.producer])
        rows.conditions.append(rows.at["producer"].in_(sorted(names)))
    if "product" in filters:
        rows.conditions.append(rows.at["sku"].in_(sorted(all_names(db, schema.products, [scope.product]))))
    for name, table in (("kelurahan", schema.producers), ("class", schema.producers), ("category", schema.products)):
        if name in filters:
            rows.conditions.append(rows.at[SIDES[name]].in_(_codes(table, name, filters[name])))


def _codes(table: sa.Table, column: str, value: str) -> sa.Select[tuple[str]]:
    """The codes of rows that agree, and of those merged into one of them, so that each is looked up in ``totals``."""
    key = next(iter(table.primary_key)).name
    own, into, stands = table.alias(), table.alias(), table.alias()
    merged = sa.func.nullif(own.c.alias_of, _EMPTY)
    code = sa.func.coalesce(sa.func.nullif(into.c.alias_of, _EMPTY), merged, own.c[key])
    joined = own.outerjoin(into, into.c[key] == merged).join(stands, stands.c[key] == code)
    return sa.select(own.c[key]).select_from(joined).where(stands.c[column] == value)


def _rows(db: Connection, scope: Scope, by: tuple[str, ...], days: Sequence[str] | None) -> Rows:
    sides = _sides(scope, by)
    if len(sides) > 1 or "unit" in by or scope.unit:
        rows = _crossed(db, scope, days)
    else:
        rows = _summed(scope, next(iter(sides), CITY), by, days)
    narrow(db, rows, scope, by)
    if scope.buyer:
        rows.conditions.append(rows.c.buyer == scope.buyer)
    if scope.unit:
        rows.conditions.append(rows.c.unit == scope.unit)
    return rows


def _crossed(db: Connection, scope: Scope, days: Sequence[str] | None) -> Rows:
    """Rows of ``sold``. Its key begins with the till, so all tills are named where nothing else leads to the rows."""
    table = tables.sold
    source = sa.select(
        *(table.c[name] for name in ("device", "sku", "producer", "buyer", "unit", "quantity", *tables.MONEY)),
        table.c.date.label("start"),
        table.c.lines.label("sales"),
        sa.literal_column("0", sa.Integer).label("refunds"),
    ).where(_within(table.c.date, scope.days, days))
    if not (scope.corner or scope.kind or scope.producer):
        source = source.where(table.c.device.in_(db.execute(sa.select(schema.devices.c.device)).scalars().all()))
    rows = source.subquery("rows")
    return Rows(rows, {"device": rows.c.device, "producer": rows.c.producer, "sku": rows.c.sku})


def _summed(scope: Scope, kept_by: str, by: tuple[str, ...], days: Sequence[str] | None) -> Rows:
    """Rows of ``totals``, added up over the period before the registry is put beside them: few are looked up then."""
    table = tables.totals
    parts = [("day", *scope.days)] if "day" in by or days is not None else _parts(scope)
    selects = [
        sa.select(*(table.c[name] for name in ("start", "key", "buyer", *SUMS))).where(
            table.c.by == kept_by, table.c.span == span, _within(table.c.start, (first, last), days)
        )
        for span, first, last in parts
    ]
    kept = (sa.union_all(*selects) if len(selects) > 1 else selects[0]).subquery("kept")
    timed = set(TIMES) & set(by)
    start = kept.c.start if timed else _EMPTY.label("start")
    added = sa.select(start, kept.c.key, kept.c.buyer, *(_sum(kept.c[name]).label(name) for name in SUMS))
    rows = added.group_by(kept.c.key, kept.c.buyer, *([kept.c.start] if timed else [])).subquery("rows")
    return Rows(rows, dict.fromkeys(("device", "producer", "sku"), rows.c.key))


def _within(column: sa.Column[str], ends: tuple[str, str], days: Sequence[str] | None) -> sa.ColumnElement[bool]:
    return column.in_(days) if days is not None else column.between(*ends)


def _parts(scope: Scope) -> list[tuple[str, str, str]]:
    """The period as whole months and the days at its ends."""
    begin = scope.first if scope.first.day == 1 else _after(scope.first)
    end = scope.last if (scope.last + _DAY).day == 1 else scope.last.replace(day=1) - _DAY
    if begin > end:
        return [("day", *scope.days)]
    parts = [("month", begin.isoformat()[:7], end.isoformat()[:7])]
    if scope.first < begin:
        parts.append(("day", scope.days[0], (begin - _DAY).isoformat()))
    if end < scope.last:
        parts.append(("day", (end + _DAY).isoformat(), scope.days[1]))
    return parts


_DAY: Final = timedelta(days=1)


def _after(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _sides(scope: Scope, by: Iterable[str]) -> set[str]:
    return {SIDES[name] for name in (*by, *scope.filters) if name in SIDES}


def _sum(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(column), 0)
