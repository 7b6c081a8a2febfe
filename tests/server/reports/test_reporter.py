"""Figures follow the ingest: they are the tills' own, on both engines, whatever was taken back or came twice."""

import threading
from datetime import date

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sync.documents.arithmetic import split_line
from sync.documents.base import Take
from sync.documents.goods import GoodsReceived, ReceivedLine
from sync.documents.money import Deduction, Settlement
from sync.documents.reversal import Reversal, undoing
from sync.documents.sale import Sale, SaleLine, Tender
from sync.server import commands
from sync.server.app import create_app
from sync.server.background import Pause
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import only_one, reading, writing
from sync.server.errors import CentreError
from sync.server.reports import reporter, storing
from sync.server.reports.facts import LIGHT
from sync.server.reports.paying import Paid, paid_in_all, payments, together
from sync.server.reports.reporter import Reporter, behind, catch_up, report
from sync.server.reports.scope import Scope
from sync.server.reports.selling import in_all, sold
from sync.server.trust import figures
from tests.server.figures import Till, fill, push
from tests.server.support import AT, DATE, ON_POSTGRES, Clock, Journal

REPORTS = (tables.sold, tables.times, tables.goods, tables.paid, tables.papers, tables.touched, tables.reported)
NAMES = ("sales", "refunds", "gross", "commission", "margin")


@pytest.fixture
def tills(centre: Centre) -> list[Till]:
    """Two corners that traded for seven weeks, in two stretches and more."""
    return fill(centre, 2, 50, until=date(2026, 9, 30))


def everything(centre: Centre) -> list[object]:
    """All reports, but how often they were made."""
    with reading(centre.engine) as db:
        every = [[column for column in table.c if column.name != "made"] for table in REPORTS]
        return [sorted(map(repr, db.execute(sa.select(*columns)))) for columns in every]


def total(centre: Centre, column: sa.ColumnElement[int], *where: sa.ColumnElement[bool]) -> int:
    with reading(centre.engine) as db:
        return int(db.execute(sa.select(sa.func.sum(column)).where(*where)).scalar() or 0)


def city(centre: Centre, name: str) -> int:
    return total(centre, (tables.times if name in tables.times.c else tables.sold).c[name])


def sale(number: int, total: int = 16_000, quantity: int = 1_000) -> Sale:
    split = split_line(
        pricing="titip", quantity=quantity, sell_price=total, consign_price=total // 2, commission_bp=None
    )
    line = SaleLine(
        sku="T1",
        name="Keripik",
        producer="P1",
        pricing="titip",
        quantity=quantity,
        sell_price=total,
        consign_price=total // 2,
        total=split.total,
        share=split.share,
        takes=(Take("", quantity),),
    )
    paid = (Tender(kind="qris", amount=split.total, reference="1"),)
    return Sale(number=f"ST-MTR001A-{number:06}", lines=(line,), tenders=paid, total=split.total)


def test_reports_equal_the_tills_own_figures(centre: Centre, tills: list[Till]) -> None:
    days = schema.days.c
    own = {name: total(centre, days.amount, days.name == name) for name in NAMES}
    assert all(own.values())
    assert own == {name: city(centre, "total" if name == "gross" else name) for name in NAMES}
    moved = total(centre, tables.goods.c.quantity) - total(centre, tables.sold.c.quantity)
    assert moved == total(centre, schema.stock.c.quantity)
    stands = total(centre, schema.slips.c.amount, schema.slips.c.taken_back == 0)
    assert total(centre, tables.paid.c.amount) == stands > 0
    assert total(centre, tables.reported.c.aside) == 0
    with reading(centre.engine) as db:
        assert behind(db) == 0
        kinds = set(db.execute(sa.select(tables.goods.c.what).distinct()).scalars())
    assert kinds == {"received", "returned", "written_off", "missing", "found"}
    figures.verify(centre)


def test_verify_names_a_report_that_was_changed_and_rebuild_mends_it(
    database: str, centre: Centre, tills: list[Till]
) -> None:
    before = everything(centre)
    for table, name in (
        *((tables.sold, "total"), (tables.goods, "quantity"), (tables.paid, "amount"), (tables.papers, "amount")),
        *((tables.times, "sales"), (tables.touched, "seq"), (tables.paid, "waited"), (tables.reported, "aside")),
    ):
        with writing(centre.engine) as db:
            some, column = next(iter(table.primary_key)), table.c[name]
            one = db.execute(sa.select(some).order_by(some.desc()).limit(1)).scalar()
            db.execute(sa.update(table).where(some == one).values({column: column + 1}))
        with pytest.raises(CentreError, match="pojok centre rebuild") as refused:
            figures.verify(centre)
        assert refused.value.code == "wrong_report"
        with writing(centre.engine) as db:
            db.execute(sa.update(table).where(some == one).values({column: column - 1}))
    figures.verify(centre)
    with writing(centre.engine) as db:
        db.execute(sa.delete(tables.goods))
    commands.rebuild(database)
    assert everything(centre) == before


def test_a_payment_waits_since_the_first_sale_whatever_stretches_the_two_came_in(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "AT_ONCE", 23)
    fill(centre, 2, 30, until=date(2026, 9, 30))
    figures.verify(centre)
    with reading(centre.engine) as db:
        waited = list(db.execute(sa.select(tables.paid.c.waited)).scalars())
    assert max(days for days in waited if days is not None) > 1


def test_rebuilding_one_till_leaves_the_reports_of_the_others(database: str, centre: Centre, tills: list[Till]) -> None:
    before = everything(centre)
    commands.rebuild(database, tills[0].journal.corner)
    assert everything(centre) == before


def test_an_entry_that_is_held_aside_or_there_twice_counts_nowhere(centre: Centre, journal: Journal) -> None:
    journal.add(sale(1), document_id="one")
    journal.add_bytes(b"unreadable")
    journal.add(sale(2), document_id="one")
    push(centre, journal)
    assert catch_up(centre) == 3
    assert (city(centre, "sales"), city(centre, "total")) == (1, 16_000)
    with reading(centre.engine) as db:
        assert [row.seq for row in db.execute(sa.select(tables.papers.c.seq))] == [1]
    figures.verify(centre)


def test_a_reversal_takes_its_sale_back_on_its_own_day_under_the_same_goods(centre: Centre, journal: Journal) -> None:
    sold = sale(1)
    journal.add(sold, document_id="s1")
    plain = {"original_id": "s1", "original_number": sold.number, "original_kind": "sale"}
    back = undoing(Reversal(number="BT-MTR001A-000001", postings=(), **plain), sold.effects())
    push(centre, journal)
    catch_up(centre)
    journal.add(back, at="2026-11-02T08:00:00+07:00", date="2026-11-02")
    push(centre, journal)
    catch_up(centre)
    with reading(centre.engine) as db:
        c = tables.sold.c
        rows = db.execute(sa.select(c.date, c.sku, c.lines, c.quantity, c.total, c.share).order_by(c.date)).all()
        assert list(map(tuple, rows)) == [
            (DATE, "T1", 1, 1_000, 16_000, 8_000),
            ("2026-11-02", "T1", -1, -1_000, -16_000, -8_000),
        ]
        paper = db.execute(sa.select(tables.papers).where(tables.papers.c.kind == "reversal")).one()
        assert paper.of == "s1"
    assert city(centre, "sales") == 0
    figures.verify(centre)


def test_a_payment_that_is_taken_back_stays_in_its_month_and_counts_negative_in_that_of_the_reversal(
    centre: Centre, journal: Journal
) -> None:
    plain = {"producer": "P1", "producer_name": "Usaha", "from_seq": 0, "through_seq": 1, "through_date": DATE}
    made = Settlement(
        number="BP-MTR001A-000001", tender="transfer", other=10_000, amount=9_000,
        deductions=(Deduction("labels", 1_000),), **plain,
    )  # fmt: skip
    journal.add(made, document_id="b1")
    push(centre, journal)
    catch_up(centre)
    october = Scope(first=date(2026, 10, 1), last=date(2026, 10, 31))
    november = Scope(first=date(2026, 11, 1), last=date(2026, 11, 30))
    with reading(centre.engine) as db:
        assert paid_in_all(db, october) == Paid(1, 1, 0, 0, 9_000, 1_000)
    plain = {"original_id": "b1", "original_number": made.number, "original_kind": "settlement"}
    back = undoing(Reversal(number="BT-MTR001A-000001", postings=(), **plain), made.effects())
    journal.add(back, at="2026-11-02T08:00:00+07:00", date="2026-11-02")
    push(centre, journal)
    catch_up(centre)
    with reading(centre.engine) as db:
        assert paid_in_all(db, october) == together(payments(db, october)) == Paid(1, 0, 0, 0, 9_000, 1_000)
        assert paid_in_all(db, november) == together(payments(db, november)) == Paid(0, 0, 0, 1, -9_000, -1_000)
        (undone,) = payments(db, november)
        assert (undone.number, undone.producer, undone.tender) == (back.number, "P1", "transfer")
    figures.verify(centre)


def test_a_reversal_that_does_not_fit_its_original_still_adds_up(centre: Centre, journal: Journal) -> None:
    other = sale(1, 9_000)
    plain = {"original_id": "nowhere", "original_number": other.number, "original_kind": "sale"}
    journal.add(undoing(Reversal(number="BT-MTR001A-000001", postings=(), **plain), other.effects()))
    push(centre, journal)
    catch_up(centre)
    assert (city(centre, "sales"), city(centre, "total"), city(centre, "share")) == (-1, -9_000, -4_500)
    figures.verify(centre)


def test_a_figure_beyond_any_counter_stays_out_and_stops_nobody(centre: Centre, journal: Journal) -> None:
    journal.add(sale(1, LIGHT + 2))
    line = ReceivedLine(sku="\\", name="x", quantity=10**15, batch="NT-MTR001A-000001.0", pricing="titip", sell_price=1)
    journal.add(GoodsReceived(number="NT-MTR001A-000001", producer="P", lines=(line,)))
    journal.add(sale(2))
    push(centre, journal)
    catch_up(centre)
    assert (city(centre, "sales"), city(centre, "total")) == (1, 16_000)
    assert total(centre, tables.reported.c.aside) == 2
    with reading(centre.engine) as db:
        counted = sa.select(tables.papers.c.counted).order_by(tables.papers.c.seq)
        assert list(db.execute(counted).scalars()) == [0, 0, 1]
    figures.verify(centre)


def test_an_entry_of_no_day_counts_in_no_month_either_and_is_told(centre: Centre, journal: Journal) -> None:
    for place, day in enumerate(("2026-02-31", "0000-00-00", "2026-13-01", "2026-02-28"), 1):
        journal.add(sale(place), date=day)
    push(centre, journal)
    catch_up(centre)
    february = Scope(first=date(2026, 2, 1), last=date(2026, 2, 28))
    with reading(centre.engine) as db:
        assert in_all(db, february).total == sum(row.total for row in sold(db, february, "day")) == 16_000
        left_out = reporter.left_out(db, 2)
        assert [(one.number, one.date) for one in left_out] == [
            ("ST-MTR001A-000003", "2026-13-01"),
            ("ST-MTR001A-000002", "0000-00-00"),
        ]
    assert total(centre, tables.reported.c.aside) == 3
    figures.verify(centre)


def test_what_is_not_in_yet_is_told_and_verify_compares_what_is(centre: Centre, journal: Journal) -> None:
    for number in range(1, 701):
        journal.add(sale(number))
    push(centre, journal)
    with reading(centre.engine) as db:
        assert behind(db) == 700
    assert report(centre, journal.device) == reporter.AT_ONCE
    with reading(centre.engine) as db:
        assert behind(db) == 200
    figures.verify(centre)
    assert catch_up(centre) == 200
    assert report(centre, journal.device) == 0
    assert city(centre, "sales") == 700


def test_who_comes_second_takes_nothing_in_twice(centre: Centre, journal: Journal) -> None:
    journal.add(sale(1))
    push(centre, journal)
    with reading(centre.engine) as db:
        last, facts = reporter.gather(db, journal.device, 0, reporter.AT_ONCE)
    catch_up(centre)
    with writing(centre.engine) as db:
        assert not storing.move_on(db, journal.device, 0, last, facts.aside)
    assert city(centre, "sales") == 1


@ON_POSTGRES
def test_one_worker_at_a_time_writes_reports(centre: Centre, journal: Journal) -> None:
    journal.add(sale(1))
    push(centre, journal)
    with reading(centre.engine) as db:
        only_one(db, storing.LOCK)
        assert report(centre, journal.device) == 0
    assert report(centre, journal.device) == 1


def test_a_serving_centre_keeps_its_reports_up_to_date(
    database: str, centre: Centre, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    real = Reporter.round

    def told(self: Reporter, pause: Pause) -> None:
        real(self, pause)
        with reading(centre.engine) as db:
            if behind(db) == 0:
                done.set()

    monkeypatch.setattr(Reporter, "round", told)
    monkeypatch.setattr("sync.server.app.following", lambda found: reporter.following(found, every=0.01))
    journal.add(sale(1), at=AT)
    push(centre, journal)
    with TestClient(create_app(database, reporting=True)):
        assert done.wait(60)
    assert city(centre, "sales") == 1


@pytest.mark.parametrize("error", [sa.exc.DataError("x", {}, Exception("out of range")), OverflowError("too large")])
def test_a_till_whose_stretch_fails_keeps_nobody_waiting_and_is_told(
    centre: Centre, clock: Clock, journal: Journal, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    other = Journal(corner="MTR-002", ledger_id="22" * 16).enrol_at(centre)
    for one, number in ((journal, 3), (other, 1)):
        for place in range(number):
            one.add(sale(place + 1))
        push(centre, one)
    gather, failing = reporter.gather, [True]

    def broken(db, device, *rest):
        if failing and device == journal.device:
            raise error
        return gather(db, device, *rest)

    monkeypatch.setattr(reporter, "gather", broken)
    began = centre.now()
    clock.pass_(minutes=11)
    following = Reporter(centre)
    following.round()
    with reading(centre.engine) as db:
        assert behind(db) == 3
        assert reporter.late(db, began) == []
        assert reporter.late(db, centre.now()) == [("MTR-001", "A", 3, began)]
    failing.clear()
    following.round()
    with reading(centre.engine) as db:
        assert (behind(db), reporter.late(db, centre.now())) == (0, [])
