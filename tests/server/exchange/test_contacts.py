"""On which days a till called, also when it had nothing to send."""

from sync.server.database.dialect import reading
from sync.server.exchange import contacts
from tests.server.support import Journal


def days(centre, corner="MTR-001"):
    with reading(centre.engine) as db:
        return [(one.till, one.date, one.first_at[11:16], one.last_at[11:16]) for one in contacts.days(db, corner)]


def test_every_day_with_a_call_is_kept_with_its_first_and_last_one(centre, caller, journal, clock):
    caller.push(journal.add_moves(1))
    clock.pass_(hours=3)
    nothing = journal.batch(3)
    assert caller.push(journal, nothing).is_success
    assert days(centre) == [("A", "2026-10-01", "01:00", "04:00")]
    clock.pass_(days=2)
    assert caller.push(journal, nothing).is_success
    assert days(centre) == [("A", "2026-10-03", "04:00", "04:00"), ("A", "2026-10-01", "01:00", "04:00")]
    assert days(centre, "MTR-002") == []


def test_a_day_is_one_of_the_corners(centre, caller, journal, clock):
    clock.pass_(hours=15, minutes=30)  # 23.30 WIB
    caller.push(journal.add_moves(1))
    clock.pass_(hours=1)
    caller.push(journal, journal.batch(3))
    assert [date for _till, date, *_times in days(centre)] == ["2026-10-02", "2026-10-01"]


def test_tills_of_a_corner_stand_beside_each_other_and_the_newest_are_shown(centre, caller, journal, clock):
    other = Journal(till="B", ledger_id="22" * 16).enrol_at(centre)
    for _day in range(3):
        for one in (journal, other):
            caller.push(one, one.batch())
        clock.pass_(days=1)
    assert [row[:2] for row in days(centre)][:3] == [("A", "2026-10-03"), ("B", "2026-10-03"), ("A", "2026-10-02")]
    with reading(centre.engine) as db:
        assert len(contacts.days(db, "MTR-001", 4)) == 4
