"""What was sold, by whatever it is asked by, from the figures in memory (``columns``).

A question touches sides: where it was sold (corner, its kind and kelurahan), whose goods they are (producer,
kelurahan, class) and what they are (category, product).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.database import tables_reports as tables
from sync.server.reports.attributes import SIDES
from sync.server.reports.blocks import Block
from sync.server.reports.fetching import SOLD, TIMES
from sync.server.reports.grouping import TIME, UNIT, grouped, marked, sides
from sync.server.reports.scope import Scope
from sync.server.reports.view import View, view_of

MARKS: Final = ("tkdn", "ekatalog")
"""Groups of goods by what counts for P3DN: the name of the mark, or nothing."""
OFFICE: Final = "office"
SUMS: Final = ("sales", "refunds", "quantity", *tables.MONEY)
_TOTAL: Final = 2 + tables.MONEY.index("total")
"""Where it stands among the figures of ``sold``: lines and quantity come first."""


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
    view = view_of(db)
    found = grouped(view, SOLD, scope, by, _with_office(view), days)
    papers = grouped(view, TIMES, scope, by, _plain, days) if counts_documents(scope, *by) else None
    if not by:
        found.setdefault((), [0] * (1 + len(SOLD.figures)))
    timed = [place for place, name in enumerate(by) if name in TIME]

    def order(key: tuple[str, ...]) -> tuple[list[str], int, tuple[str, ...]]:
        return [key[place] for place in timed], -found[key][1 + _TOTAL], key

    name = view.attributes.name
    return [
        Sold(
            key, name(by[-1], key[-1]) if by else "", found[key][0], *_counted(papers, key, found[key]), *found[key][2:]
        )
        for key in sorted(found, key=order)[skip : None if most is None else skip + most]
    ]


def _with_office(view: View) -> Callable[[Block], Any]:
    """The figures of rows, and before them what of the total was bought for the office."""

    def measured(block: Block) -> Any:
        office = marked(view, SOLD, 0, OFFICE)[block.mark]
        return np.vstack([block.values[_TOTAL] * office, block.values])

    return measured


def _plain(block: Block) -> Any:
    return block.values


def _counted(
    papers: Mapping[tuple[str, ...], list[int]] | None, key: tuple[str, ...], sums: list[int]
) -> tuple[int, int]:
    if papers is None:
        return sums[1], 0
    sales, refunds = papers.get(key, (0, 0))
    return sales, refunds


def in_all(db: Connection, scope: Scope) -> Sold:
    """Everything in ``scope`` as one sum."""
    return sold(db, scope)[0]


def counts_documents(scope: Scope, *by: str) -> bool:
    """Whether ``sales`` of this question are documents, not lines of them."""
    return sides(scope, by) <= {"device"} and UNIT not in (*by, *scope.filters)


def producers_new(db: Connection, scope: Scope, codes: Iterable[str]) -> set[str]:
    """Which of ``codes`` sold nothing anywhere before the period."""
    view, asked = view_of(db), set(codes)
    names = {code: now for code, now in view.attributes.producers.items() if now in asked}
    names |= {code: code for code in asked - names.keys()}
    firsts = view.firsts(names)
    return asked - {names[code] for code, first in firsts.items() if first and first < scope.days[0]}


def devices_of(db: Connection, scope: Scope) -> list[str] | None:
    """The tills that the filters leave; None where they leave all."""
    filters = tuple((by, value) for by, value in scope.filters.items() if SIDES.get(by) == "device")
    return view_of(db).attributes.tills(filters) if filters else None


def ever_sold(db: Connection, by: str, codes: Iterable[str]) -> int:
    """Rupiah that goods of these producers, or under these SKUs (``by``: ``producer`` or ``sku``), ever sold for, net
    of what came back."""
    table = tables.sold
    total = sa.select(sa.func.coalesce(sa.func.sum(table.c.total), 0)).where(table.c[by].in_(list(codes)))
    return int(db.execute(total).scalar_one())
