"""Shifts that were closed: the cash that the till expected, against what follows from the projections."""

from collections import defaultdict
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.documents.base import FIGURES
from sync.documents.shift import ShiftClosed, expected_cash
from sync.server.database import schema
from sync.server.database.tables_corners import finding_remarks
from sync.server.database.tables_reports import papers
from sync.server.trust.remarks import DONE, last_state

SIGNS: Final = {name: sign for name in FIGURES if (sign := expected_cash(0, {name: 1}))}
"""How a figure of a shift moves the cash expected."""
MOST: Final = 10**17
"""A larger figure, which no counter has, counts as this much where differing closings are looked for, so that sums
fit in 64 bits."""


class Closing(NamedTuple):
    """A closed shift: the cash expected as the till told it and as it follows from the projections, what was counted
    and the difference told; rupiah. ``seq`` is the entry that closed it, None until the reports have it; ``done``
    whether an officer dealt with it."""

    corner: str
    till: str
    device: str
    seq: int | None
    number: str
    opened_at: str
    told: int
    found: int
    counted: int
    difference: int
    done: bool


class Counted(NamedTuple):
    """How many closings there are, how many differ, and how many of these nobody dealt with."""

    every: int
    differing: int
    open: int


def closings(
    db: Connection, since: str, *, differing: bool = False, first: int = 0, most: int = 50
) -> list[Closing]:  # fmt: skip
    """Shifts opened on date ``since`` or later and closed, newest first, or those of them that differ."""
    query, differs, _state = _closed(since)
    devices, shifts = schema.devices, schema.shifts
    query = query.where(differs) if differing else query
    query = query.order_by(shifts.c.opened_at.desc(), devices.c.corner, devices.c.till, shifts.c.seq)
    rows = db.execute(query.limit(most).offset(first)).all()
    figures = _figures(db, [(row.device, row.shift) for row in rows])
    return [
        Closing(
            row.corner,
            row.till,
            row.device,
            row.closed_by,
            row.number,
            row.opened_at,
            row.expected,
            expected_cash(row.opening_float, figures[row.device, row.shift]),
            row.counted,
            row.difference,
            row.state == DONE,
        )
        for row in rows
    ]


def counted(db: Connection, since: str) -> Counted:
    """How many there are."""
    query, differs, state = _closed(since)

    def number(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    columns = (sa.func.count(), number(differs), number(sa.and_(differs, state != DONE)))
    return Counted(*db.execute(query.with_only_columns(*columns)).one())


def _closed(since: str) -> tuple[sa.Select[Any], sa.ColumnElement[bool], sa.ColumnElement[str]]:
    shifts, figures, devices = schema.shifts, schema.figures, schema.devices
    bounded = sa.case((figures.c.amount > MOST, MOST), (figures.c.amount < -MOST, -MOST), else_=figures.c.amount)
    moved = sa.func.sum(sa.case(SIGNS, value=figures.c.name, else_=0) * bounded)
    mine = (figures.c.device == shifts.c.device, figures.c.shift == shifts.c.seq, figures.c.name.in_(SIGNS))
    found = shifts.c.opening_float + sa.func.coalesce(sa.select(moved).where(*mine).scalar_subquery(), 0)
    after = (papers.c.device == shifts.c.device, papers.c.seq > shifts.c.seq, papers.c.kind == ShiftClosed.KIND)
    closed_by = sa.select(papers.c.seq).where(*after).order_by(papers.c.seq).limit(1).scalar_subquery()
    of = (finding_remarks.c.device == shifts.c.device, finding_remarks.c.seq == closed_by)
    state = last_state(finding_remarks, *of)
    columns = (
        *(shifts.c[name] for name in ("device", "number", "opened_at", "opening_float", "expected")),
        *(shifts.c.seq.label("shift"), shifts.c.counted, shifts.c.difference),
        *(closed_by.label("closed_by"), state.label("state"), devices.c.corner, devices.c.till),
    )
    query = sa.select(*columns).select_from(shifts.join(devices, devices.c.device == shifts.c.device))
    return query.where(shifts.c.opened_at >= since, shifts.c.expected.is_not(None)), shifts.c.expected != found, state


def _figures(db: Connection, wanted: list[tuple[str, int]]) -> dict[tuple[str, int], dict[str, int]]:
    """The figures of these shifts."""
    table, found = schema.figures, defaultdict[tuple[str, int], dict[str, int]](dict)
    for device, shift in wanted:
        rows = db.execute(
            sa.select(table.c.name, table.c.amount).where(table.c.device == device, table.c.shift == shift)
        )
        found[device, shift] = {row.name: row.amount for row in rows}
    return found
