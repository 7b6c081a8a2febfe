"""A refund at another till counts for whom the sale was, in whatever order the tills are reported."""

from datetime import date
from itertools import permutations

import msgspec
import pytest
import sqlalchemy as sa

from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal, undoing
from sync.documents.sale import Buyer
from sync.server.centre import Centre
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import reading, writing
from sync.server.reports import receipts, storing
from sync.server.reports.reporter import report
from sync.server.reports.scope import Scope
from sync.server.reports.selling import in_all, sold
from sync.server.trust import figures
from sync.server.trust.replaying import rebuild
from tests.server.figures import push
from tests.server.reports.test_reporter import sale
from tests.server.support import Journal

OFFICE = Buyer(kind="office", unit="Bagian Umum")
DAY = date(2026, 10, 2)


def refund(of, name: str, number: int = 1) -> Refund:
    line = of.lines[0]
    plain = {each: getattr(line, each) for each in RefundLine.__struct_fields__ if each != "line"}
    return Refund(
        number=f"PU-MTR001B-{number:06}", sale_id=name, sale_number=of.number, total=of.total, tender="cash",
        lines=(RefundLine(line=0, **plain),), elsewhere=True,
    )  # fmt: skip


@pytest.fixture
def till_b(centre: Centre) -> Journal:
    return Journal(till="B", ledger_id="22" * 16).enrol_at(centre)


def office_and_people(centre: Centre) -> tuple[int, int]:
    with reading(centre.engine) as db:
        found = in_all(db, Scope(first=date(2026, 10, 1), last=DAY))
    return found.office, found.personal


def by_unit(centre: Centre) -> dict[str, tuple[int, int]]:
    with reading(centre.engine) as db:
        return {row.key[0]: (row.total, row.quantity) for row in sold(db, Scope(first=DAY, last=DAY), "unit")}


@pytest.mark.parametrize("by_paper", [False, True])
@pytest.mark.parametrize("order", list(permutations("AB")))
def test_an_office_sale_that_another_till_gives_back_is_no_office_sale(
    centre: Centre, journal: Journal, till_b: Journal, order: tuple[str, str], by_paper: bool
) -> None:
    of = msgspec.structs.replace(sale(1, 100_000), buyer=OFFICE)
    journal.add(of, document_id="s1")
    till_b.add(refund(of, of.number if by_paper else "s1"), date=DAY.isoformat())
    tills = {"A": journal, "B": till_b}
    for name in order:
        push(centre, tills[name])
        report(centre, tills[name].device)
        figures.verify(centre)
        office_and_people(centre)  # what a worker has read until now
    assert office_and_people(centre) == (0, 0)
    assert by_unit(centre)["Bagian Umum"] == (-100_000, -1_000)
    assert by_unit(centre).get("", (0, 0)) == (0, 0)
    with reading(centre.engine) as db:
        (paper,) = receipts.of_day(db, Scope(first=DAY, last=DAY)).papers
        assert (paper.office, paper.unit) == (True, "Bagian Umum")
        c = tables.times.c
        counted = db.execute(sa.select(c.buyer, c.refunds).where(c.date == DAY.isoformat(), c.refunds != 0)).all()
        assert list(map(tuple, counted)) == [("office", 1)]
    for till in ("A", "B", None):
        rebuild(centre, "MTR-001", till)
        figures.verify(centre)
        assert office_and_people(centre) == (0, 0)


def test_a_refund_counts_for_people_while_its_sale_is_not_known_and_when_its_till_is_made_anew(
    centre: Centre, journal: Journal, till_b: Journal
) -> None:
    of = msgspec.structs.replace(sale(1, 100_000), buyer=OFFICE)
    till_b.add(refund(of, of.number), document_id="r1", date=DAY.isoformat())
    push(centre, till_b)
    report(centre, till_b.device)
    assert office_and_people(centre) == (0, -100_000)
    back = refund(of, of.number)
    plain = {"original_id": "r1", "original_number": back.number, "original_kind": "refund"}
    journal.add(of, document_id="s1")
    push(centre, journal)
    report(centre, journal.device)
    assert office_and_people(centre) == (0, 0)
    till_b.add(
        undoing(Reversal(number="BT-MTR001B-000001", postings=(), **plain), back.effects()), date=DAY.isoformat()
    )
    push(centre, till_b)
    report(centre, till_b.device)
    assert office_and_people(centre) == (100_000, 0)
    with writing(centre.engine) as db:
        storing.forget(db, journal.device)
    assert office_and_people(centre) == (0, 0)
    with reading(centre.engine) as db:
        c = tables.sold.c
        assert set(db.execute(sa.select(c.buyer).where(c.device == till_b.device, c.total != 0)).scalars()) == set()
    report(centre, journal.device)
    assert office_and_people(centre) == (100_000, 0)
    figures.verify(centre)
