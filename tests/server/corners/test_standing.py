"""How corners stand: what their tills told, who went silent and since when, and in which kelurahan the office is."""

import re
from datetime import date, datetime

import msgspec
import pytest
import sqlalchemy as sa

from sync.protocol.batch import Condition
from sync.server.corners import holidays
from sync.server.corners.standing import corner, corners, daily, deliveries, kelurahan_of, quiet_since
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import enrolment
from sync.server.registry import spreadsheets as registry
from tests.server.registry_support import audited, officer
from tests.server.support import AT, Journal

WELL = Condition(
    app="0.6.0",
    unsent=4,
    oldest_unsent_at=AT,
    backup_at="2026-09-30T16:00:00+07:00",
    free_mib=120_000,
    shift_opened_at=AT,
)


def push(caller, journal, **told):
    changed = {field: getattr(WELL, field) for field in WELL.__struct_fields__} | told
    assert caller.push(journal, journal.batch(1, told.pop("last", None), condition=Condition(**changed))).is_success


def board(centre):
    with reading(centre.engine) as db:
        return corners(centre, db)


def one(centre, code="MTR-001"):
    with reading(centre.engine) as db:
        found = corner(centre, db, code)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("address", "kelurahan"),
    [
        ("Jl. AH Nasution, Kel. Imopuro, Kec. Metro Pusat", "Imopuro"),
        ("Jl. Jenderal Sudirman, Kelurahan  Ganjar   Agung", "Ganjar Agung"),
        ("kel. Metro", "Metro"),
        ("Lapas Kelas IIA Metro", ""),
        ("", ""),
    ],
)
def test_the_kelurahan_of_an_office_stands_in_its_address(address, kelurahan):
    assert kelurahan_of(address) == kelurahan


def test_a_corner_tells_what_its_till_told(centre, caller, journal):
    push(caller, journal.add_moves(3), unsent=4)
    found = one(centre)
    assert (found.unsent, found.apps, found.free_mib, found.open_shifts) == (0, ("0.6.0",), 120_000, 1)
    assert (found.backup_at, found.joined, found.silent, found.well) == (WELL.backup_at, True, False, True)


def test_silent_corners_come_first_the_longest_silent_at_the_top(centre, caller, journal, clock):
    other = Journal(corner="MTR-002", ledger_id="22" * 16, prefix="b").enrol_at(centre).add_moves(1)
    caller.push(other)
    clock.pass_(hours=5)
    caller.push(journal.add_moves(1))
    assert [found.silent for found in board(centre)] == [False, False]
    clock.pass_(days=5)
    assert [(found.code, found.silent) for found in board(centre)] == [("MTR-002", True), ("MTR-001", True)]
    caller.push(other.add_moves(1), other.batch(3))
    assert [(found.code, found.silent) for found in board(centre)] == [("MTR-001", True), ("MTR-002", False)]


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        ("2026-10-01T08:00+07:00", "2026-09-29T08:00+07:00"),  # Thursday, Tuesday
        ("2026-10-02T23:59+07:00", "2026-09-30T23:59+07:00"),  # Friday, Wednesday
        ("2026-10-04T12:00+07:00", "2026-10-01T00:00+07:00"),  # Sunday: as at the end of Friday
        ("2026-10-05T08:00+07:00", "2026-10-01T08:00+07:00"),  # Monday, Thursday
        ("2026-10-05T01:00+00:00", "2026-10-01T08:00+07:00"),
        ("2026-10-06T00:00+07:00", "2026-10-02T00:00+07:00"),  # Tuesday, Friday
    ],
)
def test_saturdays_and_sundays_are_no_silence(now, quiet):
    assert quiet_since(datetime.fromisoformat(now), ()) == datetime.fromisoformat(quiet)


@pytest.mark.parametrize(
    ("now", "holidays", "quiet"),
    [
        ("2026-10-01T08:00+07:00", ["2026-09-30"], "2026-09-28T08:00+07:00"),  # Thursday, Monday
        ("2026-10-01T08:00+07:00", ["2026-10-01"], "2026-09-29T00:00+07:00"),  # as at the end of Wednesday
        ("2026-10-05T08:00+07:00", ["2026-10-03", "2026-10-02"], "2026-09-30T08:00+07:00"),  # one is a Saturday
        ("2026-10-05T08:00+07:00", ["2026-10-06", "2025-10-05"], "2026-10-01T08:00+07:00"),
    ],
)
def test_holidays_are_no_silence_either(now, holidays, quiet):
    days = {date.fromisoformat(day) for day in holidays}
    assert quiet_since(datetime.fromisoformat(now), days) == datetime.fromisoformat(quiet)


def test_a_corner_is_not_silent_over_the_holidays_that_officers_keep(centre, caller, journal, clock):
    by = officer(centre)
    caller.push(journal.add_moves(1))
    clock.pass_(days=5)
    assert one(centre).silent
    with writing(centre.engine) as db:
        assert holidays.add(centre, db, "2026-10-02", "2026-10-05", "Cuti bersama", by) == 4
    assert not one(centre).silent
    with writing(centre.engine) as db:
        assert holidays.remove(centre, db, "2026-10-05", "", by) == 1
        assert holidays.add(centre, db, "2026-10-04", "", "Hari TNI", by) == 1
        assert [str(found.day) for found in holidays.listed(db, 2026)] == ["2026-10-02", "2026-10-03", "2026-10-04"]
        assert holidays.listed(db, 2027) == []
    assert [told[1:] for told in audited(centre)] == [
        ("holiday", "2026-10-02 – 2026-10-05", "Cuti bersama"),
        ("holiday_removed", "2026-10-05", "Cuti bersama"),
        ("holiday", "2026-10-04", "Cuti bersama > Hari TNI"),
    ]


@pytest.mark.parametrize(
    ("first", "last", "name", "code"),
    [
        ("2026-10-05", "2026-10-02", "Libur", "bad_holiday"),
        ("2026-10-01", "2026-11-01", "Libur", "bad_holiday"),
        ("5 Oktober", "", "Libur", "bad_day"),
        ("1026-10-05", "", "Libur", "bad_day"),
        ("2026-10-05", "", " ", "no_holiday_name"),
        ("2026-10-05", "", "L" * 101, "no_holiday_name"),
        ("2026-10-05", "", "Li\0bur", "no_holiday_name"),
    ],
)
def test_what_is_no_holiday_is_refused(centre, first, last, name, code):
    by = officer(centre)
    with writing(centre.engine) as db, pytest.raises(CentreError) as refused:
        holidays.add(centre, db, first, last, name, by)
    assert refused.value.code == code


def test_a_day_that_is_no_holiday_cannot_be_taken_out(centre):
    by = officer(centre)
    with writing(centre.engine) as db, pytest.raises(CentreError) as refused:
        holidays.remove(centre, db, "2026-10-05", "", by)
    assert refused.value.code == "no_holiday"


def test_a_year_of_holidays_comes_from_a_spreadsheet_whole_or_not_at_all(centre, tmp_path):
    by, file = officer(centre), tmp_path / "libur.csv"

    def load(*rows, correct=False):
        file.write_text("\n".join(["Tanggal,Nama", *rows]))
        names = {"tanggal": "date", "nama": "name"}
        found = registry.import_file(centre, "holidays", file, correct=correct, names=names, by=by)
        return found["imported"], found["corrected"], [(one["line"], one["field"]) for one in found["rejected"]]

    assert load("2026-12-25,Natal", "26/12/2026,", "kapan,Libur", "2026-12-25,Natal lagi", "2026-12-27,Li\0bur") == (
        0,
        0,
        [(3, "name"), (4, "date"), (5, "date"), (6, "name")],
    )
    assert load("2026-12-25,Natal", "17 Agustus 2026,Kemerdekaan") == (2, 0, [])
    assert load("2026-12-25,Hari Natal") == (0, 0, [(2, "date")])
    assert load("2026-12-25,Hari Natal", "2026-08-17,Kemerdekaan", correct=True) == (2, 1, [])
    with reading(centre.engine) as db:
        assert holidays.holidays_of(db) == {date(2026, 12, 25): "Hari Natal", date(2026, 8, 17): "Kemerdekaan"}
    assert ("import", "holidays", "2") in [row[1:] for row in audited(centre)]


def test_a_corner_without_a_till_is_not_silent_and_comes_last(centre, caller, journal):
    caller.push(journal.add_moves(1))
    assert [(found.code, found.joined, found.silent) for found in board(centre)] == [
        ("MTR-001", True, False),
        ("MTR-002", False, False),
    ]


def test_a_till_that_enrolled_and_never_called_is_silent(centre, journal):
    assert one(centre).silent


def test_two_tills_of_a_corner_are_told_as_one(centre, caller, journal):
    other = Journal(till="B", ledger_id="22" * 16, prefix="b").enrol_at(centre).add_moves(1)
    push(caller, journal.add_moves(3), unsent=9)
    push(caller, other, unsent=2, app="0.5.0", backup_at="", free_mib=400, shift_opened_at="")
    found = one(centre)
    assert (found.unsent, found.apps, found.backup_at) == (5, ("0.5.0", "0.6.0"), "")
    assert (found.free_mib, found.low_disk, found.old_backup, found.open_shifts) == (400, True, True, 1)


def test_a_till_that_told_nothing_leaves_all_unknown(centre, caller, journal):
    caller.push(journal.add_moves(1))
    found = one(centre)
    assert (found.unsent, found.apps, found.backup_at, found.free_mib) == (None, (), None, None)


def test_a_till_that_was_revoked_is_no_alarm_and_sold_what_it_sold(centre, caller, journal):
    journal.add_moves(1).add_bytes(b"unreadable")
    caller.push(journal)
    assert one(centre).held == 1
    with writing(centre.engine) as db:
        days = [{"device": journal.device, "date": "2026-10-01", "name": "gross", "amount": 12_500}]
        db.execute(sa.insert(schema.days), days)
        enrolment.revoke(centre, db, "MTR-001", "A")
    found = one(centre)
    assert (found.joined, found.held, found.alarm, found.gross) == (False, 0, False, 12_500)


def test_sums_of_two_tills_that_no_engine_can_hold_are_told(centre, journal):
    other = Journal(till="B", ledger_id="22" * 16, prefix="b").enrol_at(centre)
    rows = [
        {"device": till.device, "date": "2026-10-01", "name": "gross", "amount": 2**63 - 1} for till in (journal, other)
    ]
    with writing(centre.engine) as db:
        db.execute(sa.insert(schema.days), rows)
    assert one(centre).gross == 2 * (2**63 - 1)


def test_a_time_that_is_none_counts_as_long_ago(centre, caller, journal):
    push(caller, journal.add_moves(1), backup_at="kemarin")
    assert (one(centre).backup_at, one(centre).old_backup) == ("kemarin", True)


def test_nobody_knows_a_corner_that_is_not_there(centre):
    with reading(centre.engine) as db:
        assert corner(centre, db, "MTR-099") is None


def told(centre):
    with reading(centre.engine) as db:
        return [tuple(row) for row in db.execute(sa.select(schema.devices))]


def test_a_till_that_tells_nothing_new_within_a_minute_writes_nothing(centre, caller, journal):
    push(caller, journal.add_moves(1))
    before = told(centre)
    assert caller.push(journal, journal.batch(first=3)).status_code == 200
    assert told(centre) == before


def test_a_till_that_exchanges_often_and_brings_nothing_is_written_once_a_minute_unless_it_tells_of_more(
    caller, journal, clock, centre
):
    def kept():
        found = one(centre)
        return found.contact, found.free_mib

    def call(**changed):
        condition = msgspec.structs.replace(WELL, unsent=0, oldest_unsent_at="", **changed)
        assert caller.push(journal, journal.batch(3, condition=condition)).status_code == 200

    journal.add_moves(1)
    push(caller, journal, unsent=0, oldest_unsent_at="")
    first = kept()
    for seconds in (20, 20):
        clock.pass_(seconds=seconds)
        call(free_mib=119_000)
        assert kept() == first
    call(free_mib=119_000, backup_at=AT)
    assert kept()[1] == 119_000
    clock.pass_(seconds=61)
    call(free_mib=118_000, backup_at=AT)
    assert kept()[1] == 118_000


def test_a_till_that_was_revoked_is_in_no_figure_for_monitoring(centre, caller, journal):
    journal.add_moves(1).add_bytes(b"unreadable")
    caller.push(journal)
    caller.push(Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x").add_moves(3))
    with writing(centre.engine) as db:
        enrolment.revoke(centre, db, "MTR-001", "A")
    caller.push(Journal(till="B", ledger_id="22" * 16, prefix="b").enrol_at(centre).add_moves(1))
    metrics = caller.client.get("/metrics").text
    names = ("tills", "quarantined_entries", "forked_tills", "silent_tills", "waiting_repairs")
    assert [float(re.search(rf"^pojok_{name} (.*)$", metrics, re.MULTILINE)[1]) for name in names] == [1, 0, 0, 0, 0]


def test_a_repair_that_waits_for_an_officer_is_told(centre, caller, journal):
    caller.push(journal.add_moves(3))
    values = {"device": journal.device, "asked_at": AT, "state": "waiting"}
    values |= dict.fromkeys(("base_seq", "own_seq", "head_seq"), 1) | dict.fromkeys(
        ("base_hash", "own_hash", "head_hash"), bytes(32)
    )
    with writing(centre.engine) as db:
        db.execute(sa.insert(schema.repairs), [values])
        db.execute(sa.update(schema.devices).values(forked_at=AT))
    assert (one(centre).forked, one(centre).repair) == (True, "waiting")


def test_deliveries_and_days_of_a_corner_are_told_newest_first(centre, caller, journal, clock):
    caller.push(journal.add_moves(2), journal.batch(1, 2))
    clock.pass_(hours=1)
    caller.push(journal, journal.batch(3))
    rows = [("2026-09-30", "sales", 2), ("2026-09-30", "gross", 9_000), ("2026-10-01", "gross", 1_000)]
    with writing(centre.engine) as db:
        table = schema.days
        db.execute(
            sa.insert(table),
            [{"device": journal.device, "date": day, "name": name, "amount": amount} for day, name, amount in rows],
        )
    with reading(centre.engine) as db:
        found = deliveries(db, "MTR-001")
        assert [(found_one.count, found_one.first, found_one.last) for found_one in found] == [(1, 3, 3), (2, 1, 2)]
        assert daily(db, "MTR-001", "2026-09-30") == [("2026-10-01", 0, 1_000), ("2026-09-30", 2, 9_000)]
        assert daily(db, "MTR-001", "2026-10-01") == [("2026-10-01", 0, 1_000)]
