"""Figures in memory follow the tables: what changed is read, whatever was held, and never half of it."""

from datetime import date, timedelta
from threading import Event, Thread, current_thread

import pytest
import sqlalchemy as sa

from sync.server.centre import Centre, open_centre, renew_timeline
from sync.server.database import tables_reports as tables
from sync.server.database.dialect import reading, writing
from sync.server.registry.duplicates import listed
from sync.server.registry.holding import lapsing_soon
from sync.server.reports import columns, view
from sync.server.reports.paying import paid_in_all
from sync.server.reports.reporter import catch_up
from sync.server.reports.scope import Scope
from sync.server.reports.selling import in_all, producers_new, sold
from sync.server.reports.shelves import moved
from sync.server.reports.warming import BY_DAY, Warming, warming
from sync.server.trust.replaying import rebuild
from tests.server.figures import Till, fill, push

AUGUST = Scope(first=date(2026, 8, 1), last=date(2026, 8, 31))
SEPTEMBER = Scope(first=date(2026, 9, 1), last=date(2026, 9, 30))
SUMMER = Scope(first=date(2026, 8, 3), last=date(2026, 9, 30))


@pytest.fixture
def tills(centre: Centre) -> list[Till]:
    return fill(centre, 2, 50, until=date(2026, 9, 30), sales=4)


def asked(centre: Centre, scope: Scope) -> int:
    with reading(centre.engine) as db:
        return in_all(db, scope).total


def by_hand(centre: Centre, scope: Scope) -> int:
    with reading(centre.engine) as db:
        rows = sa.select(sa.func.sum(tables.sold.c.total)).where(tables.sold.c.date.between(*scope.days))
        return int(db.execute(rows).scalar() or 0)


def trade(centre: Centre, till: Till, *days: date) -> None:
    for day in days:
        till.day(day, 4)
    push(centre, till.journal)
    catch_up(centre)


def test_late_documents_are_in_the_next_answer(centre: Centre, tills: list[Till]) -> None:
    before = asked(centre, SUMMER), asked(centre, AUGUST)
    trade(centre, tills[0], date(2026, 8, 20), date(2026, 9, 30))
    after = asked(centre, SUMMER), asked(centre, AUGUST)

    assert all(new > old for new, old in zip(after, before, strict=True))
    assert after == (by_hand(centre, SUMMER), by_hand(centre, AUGUST))


def test_a_month_read_by_a_request_that_began_earlier_is_brought_up_to_date(centre: Centre, tills: list[Till]) -> None:
    with reading(centre.engine) as old:
        view.view_of(old)
        trade(centre, tills[0], date(2026, 8, 20), date(2026, 9, 20))
        asked(centre, SEPTEMBER)
        in_all(old, AUGUST)

    assert asked(centre, AUGUST) == by_hand(centre, AUGUST)
    assert asked(centre, SEPTEMBER) == by_hand(centre, SEPTEMBER)


def test_one_request_sees_one_state(centre: Centre, tills: list[Till]) -> None:
    with reading(centre.engine) as db:
        before = in_all(db, SEPTEMBER)
        trade(centre, tills[0], date(2026, 9, 20))
        asked(centre, SEPTEMBER)
        assert in_all(db, SEPTEMBER) == before
        assert sum(row.total for row in sold(db, SEPTEMBER, "corner", "day")) == before.total


def test_a_till_made_anew_is_read_anew(centre: Centre, tills: list[Till]) -> None:
    right = asked(centre, SUMMER)
    c = tables.sold.c
    with writing(centre.engine) as db:
        db.execute(sa.update(tables.sold).where(c.device == tills[0].journal.device).values(total=c.total + 5))
        db.execute(sa.update(tables.reported).values(made=tables.reported.c.made + 1))
    assert asked(centre, SUMMER) > right
    rebuild(centre, tills[0].journal.corner)
    assert asked(centre, SUMMER) == right


def test_what_a_request_reads_that_began_before_tills_were_made_anew_is_its_own(
    centre: Centre, tills: list[Till]
) -> None:
    with writing(centre.engine) as db:
        db.execute(sa.update(tables.sold).values(total=tables.sold.c.total + 5))
    wrong = by_hand(centre, AUGUST)
    with reading(centre.engine) as old:
        view.view_of(old)
        rebuild(centre)
        asked(centre, SEPTEMBER)
        assert in_all(old, AUGUST).total == wrong

    assert asked(centre, AUGUST) == by_hand(centre, AUGUST) < wrong


def test_what_a_request_reads_that_began_before_a_centre_came_back_from_a_copy_is_its_own(
    centre: Centre, tills: list[Till]
) -> None:
    c = tables.sold.c
    with reading(centre.engine) as old:
        view.view_of(old)
        codes = set(old.execute(sa.select(c.producer).distinct()).scalars())
        with writing(centre.engine) as db:
            db.execute(sa.delete(tables.sold).where(c.date < "2026-09-01"))
        renew_timeline(centre)
        asked(centre, SEPTEMBER)
        assert in_all(old, AUGUST).total > 0
        assert producers_new(old, SEPTEMBER, codes) != codes

    assert asked(centre, AUGUST) == 0
    with reading(centre.engine) as db:
        assert producers_new(db, SEPTEMBER, codes) == codes


def test_sums_of_several_months_go_with_what_they_are_made_of(centre: Centre) -> None:
    fill(centre, 2, 150, until=date(2026, 9, 30), sales=2)
    long, held = Scope(first=date(2026, 5, 1), last=SEPTEMBER.last), columns.columns_of(centre.engine)
    for _time in range(3):
        with reading(centre.engine) as db:
            sold(db, long, "product")
        parts = {id(block) for blocks, _sum in held._runs.values() for block in blocks}
        assert parts
        assert parts <= {id(month.sums) for month in held._months.values()}
        with writing(centre.engine) as db:
            db.execute(sa.update(tables.reported).values(made=tables.reported.c.made + 1))
    held._most = 10
    with reading(centre.engine) as db:
        sold(db, long, "product")
    assert len(held._runs) <= 1


def test_what_another_process_reports_is_seen(database: str, centre: Centre, tills: list[Till]) -> None:
    other = open_centre(database, centre.clock)
    asked(other, SUMMER)
    trade(centre, tills[1], date(2026, 9, 22))
    found, expected = asked(other, SUMMER), by_hand(other, SUMMER)
    other.close()

    assert found == expected == asked(centre, SUMMER)


def test_little_room_makes_answers_slower_not_wrong(centre: Centre, tills: list[Till]) -> None:
    small = columns.Columns(most_rows=10)
    columns._held[centre.engine] = small
    for _again in range(2):
        assert asked(centre, SUMMER) == by_hand(centre, SUMMER)
        assert asked(centre, AUGUST) == by_hand(centre, AUGUST)
    trade(centre, tills[0], date(2026, 8, 21), date(2026, 9, 21))

    assert asked(centre, SUMMER) == by_hand(centre, SUMMER)
    assert len(small._months) <= 2


def test_a_producer_is_known_who_sold_earlier_in_a_late_document(centre: Centre, tills: list[Till]) -> None:
    c = tables.sold.c
    with reading(centre.engine) as db:
        codes = set(db.execute(sa.select(c.producer).distinct()).scalars())
        assert producers_new(db, AUGUST, codes) == codes
    trade(centre, tills[0], *(date(2026, 7, day) for day in (1, 2, 3)))
    with reading(centre.engine) as db:
        earlier = set(db.execute(sa.select(c.producer).where(c.date < "2026-08-01").distinct()).scalars())
        assert earlier
        assert producers_new(db, AUGUST, codes) == codes - earlier


def test_requests_of_many_threads_get_the_same_answers(centre: Centre, tills: list[Till]) -> None:
    expected, found = [by_hand(centre, SUMMER), by_hand(centre, AUGUST)], []

    def ask() -> None:
        found.append([asked(centre, SUMMER), asked(centre, AUGUST)])

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_a_process_that_starts_reads_this_year_and_the_last_behind_its_back(centre: Centre, tills: list[Till]) -> None:
    reading_ahead = Warming(centre)
    reading_ahead.round()
    held = columns.columns_of(centre.engine)._months

    assert min(month for _source, month in held) == "2025-01"
    with_days = [name for (source, name), month in held.items() if source == "sold" and month.days is not None]
    assert (min(with_days), max(with_days), len(with_days)) == ("2025-10", "2026-12", len(BY_DAY) + 2)
    trade(centre, tills[0], date(2026, 9, 30))
    reading_ahead.round()
    assert asked(centre, SUMMER) == by_hand(centre, SUMMER)


def test_what_else_a_process_keeps_is_read_behind_its_back_too(centre: Centre) -> None:
    Warming(centre, (lapsing_soon, listed)).round()
    assert [centre.stretches.get(name) is not None for name in ("lapsing", ("duplicates", "producer"))] == [True, True]


def test_a_page_that_comes_while_a_month_is_read_does_not_wait_for_it(
    centre: Centre, tills: list[Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading_ahead, begun, go_on, load = Warming(centre), Event(), Event(), columns._load

    def slowly(*args, **kwargs):
        if current_thread() is thread:
            begun.set()
            go_on.wait(60)
        return load(*args, **kwargs)

    monkeypatch.setattr(columns, "_load", slowly)
    thread = Thread(target=reading_ahead.round)
    thread.start()
    assert begun.wait(60)
    found, expected = [], [by_hand(centre, SUMMER), by_hand(centre, AUGUST)]
    page = Thread(target=lambda: found.extend([asked(centre, SUMMER), asked(centre, AUGUST)]))
    page.start()
    page.join(60)
    held = dict(columns.columns_of(centre.engine)._months)
    go_on.set()
    thread.join()

    assert found == expected
    assert not held
    assert not columns.columns_of(centre.engine).filling
    assert [asked(centre, SUMMER), asked(centre, AUGUST)] == expected


def test_a_process_that_read_ahead_asks_the_tables_no_more(centre: Centre, tills: list[Till]) -> None:
    Warming(centre).round()
    today, statements = date.fromisoformat(centre.today()), list[str]()
    sa.event.listen(centre.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    periods = [
        (today.replace(day=1), today),
        (today - timedelta(days=89), today),
        (today.replace(month=1, day=1), date(today.year, 12, 31)),
        (today - timedelta(days=364), today),
    ]
    for first, last in periods:
        with reading(centre.engine) as db:
            scope = Scope(first=first, last=last)
            fridays = tuple(day.isoformat() for day in days_of(first, last) if day.weekday() == 4)
            assert sold(db, scope, "day", "producer") is not None
            assert sold(db, scope, days=fridays)[0].total == sum(
                row.total for row in sold(db, scope, "day") if row.key[0] in fridays
            )
            moved(db, scope)
            paid_in_all(db, scope)

    assert not [one for one in statements if "FROM sold" in one or "FROM goods" in one]


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_an_answer_is_asked_for_once_as_long_as_nothing_changes(centre: Centre, tills: list[Till]) -> None:
    filtered = Scope(first=SUMMER.first, last=SUMMER.last, category="makanan", kind="opd")
    answers, found = columns.columns_of(centre.engine).answers, []
    for change in (None, None, tills[0], None):
        if change is not None:
            trade(centre, change, date(2026, 9, 30))
        with reading(centre.engine) as db:
            found.append((sold(db, filtered, "day"), sold(db, filtered, "producer"), len(answers)))

    assert found[0] == found[1]
    assert found[2][2] > found[1][2]
    assert found[2] == found[3]
    assert sum(row.total for row in found[2][0]) == sum(row.total for row in found[2][1]) >= 0


def test_it_ends_when_the_process_does(centre: Centre, tills: list[Till]) -> None:
    thread = warming(centre)
    thread.start()
    thread.stop()
    assert asked(centre, SUMMER) == by_hand(centre, SUMMER)
