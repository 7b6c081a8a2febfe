"""Every question of the programme's page takes every filter, and adds up to the tills' own figures."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import reading
from sync.server.reports.paying import owed_in_all, payments
from sync.server.reports.scope import FILTERS, Scope, field_of
from sync.server.reports.selling import in_all
from sync.server.reports.shelves import BASIS_POINTS, REASONS, moved
from tests.server.figures import fill

SOME = {
    "corner": "MTR-001",
    "kind": "opd",
    "place": "Imopuro",
    "kelurahan": "Yosodadi",
    "class": "kecil",
    "category": "makanan",
    "buyer": "office",
}
OF_GOODS = {"category", "product", "buyer", "unit"}
"""Filters that payments know nothing of."""


@pytest.fixture
def traded(centre: Centre) -> Centre:
    fill(centre, 2, 40, until=date(2026, 9, 30))
    return centre


def test_every_question_takes_every_filter(traded: Centre) -> None:
    with reading(traded.engine) as db:
        products, sold_by = schema.products.c, schema.producers.c
        some = {
            **SOME,
            "product": db.execute(sa.select(sa.func.min(products.sku))).scalar_one(),
            "producer": db.execute(sa.select(sa.func.min(sold_by.code))).scalar_one(),
            "unit": "Sekretariat",
        }
        period = {"first": date(2026, 8, 20), "last": date(2026, 9, 30)}
        every = Scope(**period)
        paid, whole = payments(db, every), in_all(db, every)
        assert paid
        for name in FILTERS:
            one = Scope(**period, **{field_of(name): some[name]})
            assert 0 <= in_all(db, one).total <= whole.total
            assert moved(db, one)[0].received <= moved(db, every)[0].received
            found = payments(db, one)
            assert found == paid if name in OF_GOODS else set(found) <= set(paid)


def test_no_more_is_left_unsold_than_was_there(traded: Centre) -> None:
    """Of what lay there when the period began and came since; a day without deliveries divides by no small number."""
    with reading(traded.engine) as db:
        table, shares = tables.goods.c, list[int | None]()
        sums = sa.select(schema.stock.c.sku, sa.func.sum(schema.stock.c.quantity)).group_by(schema.stock.c.sku)
        stock = dict(map(tuple, db.execute(sums)))
        for day in (date(2026, 9, 1) + timedelta(days=n) for n in range(30)):
            for by in ((), ("corner",), ("producer",), ("product",), ("corner", "product"), ("kelurahan",)):
                shares += [one.unsold_bp for one in moved(db, Scope(first=day, last=day), *by)]
        assert max(one for one in shares if one is not None) > 0
        assert all(one is None or 0 <= one <= BASIS_POINTS for one in shares)
        later = moved(db, Scope(first=date(2026, 10, 1), last=date(2026, 10, 31)), "product")
        assert {one.key[0]: one.begin for one in later} == {sku: left for sku, left in stock.items() if left}
        left = table.reason.in_(REASONS) & table.date.startswith("2026-09")
        every = moved(db, Scope(first=date(2026, 9, 1), last=date(2026, 9, 30)))[0]
        assert (
            every.unsold + every.expired == -db.execute(sa.select(sa.func.sum(table.quantity)).where(left)).scalar_one()
        )


def test_payments_and_debts_are_those_of_the_tills(traded: Centre) -> None:
    with reading(traded.engine) as db:
        paid = payments(db, Scope(first=date(2026, 8, 1), last=date(2026, 9, 30)))
        slips, balances = schema.slips, schema.balances
        standing = sa.select(sa.func.sum(slips.c.amount)).where(slips.c.taken_back == 0)
        assert sum(one.amount for one in paid) == db.execute(standing).scalar()
        mine = balances.c.account.startswith("payable:") & (balances.c.amount < 0)
        owed = db.execute(sa.select(sa.func.sum(balances.c.amount)).where(mine)).scalar()
        assert owed_in_all(db, None) == -owed
