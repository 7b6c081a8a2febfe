"""Every question of the programme's page takes every filter, and adds up to the tills' own figures."""

from datetime import date

import pytest
import sqlalchemy as sa

from sync.server import schema
from sync.server.centre import Centre
from sync.server.dialect import reading
from sync.server.reports.paying import owed_in_all, payments
from sync.server.reports.scope import FILTERS, Scope, field_of
from sync.server.reports.selling import in_all
from sync.server.reports.shelves import moved
from tests.pages.figures import fill

SOME = {
    "corner": "MTR-001",
    "kind": "opd",
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


def test_payments_and_debts_are_those_of_the_tills(traded: Centre) -> None:
    with reading(traded.engine) as db:
        paid = payments(db, Scope(first=date(2026, 8, 1), last=date(2026, 9, 30)))
        slips, balances = schema.slips, schema.balances
        standing = sa.select(sa.func.sum(slips.c.amount)).where(slips.c.taken_back == 0)
        assert sum(one.amount for one in paid) == db.execute(standing).scalar()
        mine = balances.c.account.startswith("payable:") & (balances.c.amount < 0)
        owed = db.execute(sa.select(sa.func.sum(balances.c.amount)).where(mine)).scalar()
        assert owed_in_all(db, None) == -owed
