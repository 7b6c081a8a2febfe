"""What a lost till owed, and that the ledger after it took it over: nobody is owed the same money twice."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from sync.documents.money import Opening
from sync.protocol.entry import read_body
from sync.server.centre import WIB
from sync.server.corners import taking_over
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.database.loading import put
from sync.server.errors import CentreError
from sync.server.exchange.enrolment import revoke
from sync.server.public import producer_accounts
from sync.server.public.producer_balances import balance
from sync.server.registry import persons
from sync.server.reports import paying
from sync.server.reports.reporter import catch_up
from tests.server.support import Journal
from tests.server.trust.test_trust import OFFICER, officer  # noqa: F401 - a fixture

P001 = {"code": "P001", "business_name": "Dapur Bu Tini", "class": "mikro", "payout_terms": "harian", "position": 1}


@pytest.fixture
def tills(centre, caller):
    """A till that was lost, owing 45.000, and the ledger of the same letter that took it over."""
    with writing(centre.engine) as db:
        put(db, schema.producers, [{"kelurahan": "", "nib": "", "pirt": "", "halal_no": "", "alias_of": ""} | P001])
    found = []
    for ledger, owed in (("11", 45_000), ("22", 45_000)):
        journal = Journal(ledger_id=ledger * 16).enrol_at(centre)
        journal.add(Opening(number="SA-MTR001A-000001", payable={"P001": owed}))
        assert caller.push(journal).is_success
        found.append(journal)
        if len(found) == 1:
            with writing(centre.engine) as db:
                revoke(centre, db, "MTR-001", "A")
    return found


def owed(centre):
    """On the producer's statement, by till, in all, by corner, by producer; and at how many tills something is open."""
    with reading(centre.engine) as db:
        account = producer_accounts.account_of(db, "P001")
        return (
            balance(db, account.codes, date(2026, 1, 1), date(2026, 12, 31)).end,
            [(one.till, one.amount, one.revoked) for one in paying.owed(db, "P001")],
            paying.owed_in_all(db, None),
            [amount for *_rest, amount in paying.owed_by_corner(db, None)],
            [amount for *_rest, amount in paying.owed_by_producer(db, None)],
            persons.open_tills(db, ["P001"]),
        )


def take(centre, old, new):
    with writing(centre.engine) as db:
        taking_over.take_over(centre, db, old.device, new.device, OFFICER)


def test_what_a_lost_till_owed_stands_apart_and_counts_no_more_once_another_took_it_over(centre, tills):
    old, new = tills
    assert owed(centre) == (90_000, [("A", 45_000, False), ("A", 45_000, True)], 90_000, [90_000], [90_000], 2)
    take(centre, old, new)
    assert owed(centre) == (45_000, [("A", 45_000, False)], 45_000, [45_000], [45_000], 1)
    with reading(centre.engine) as db:
        (one,) = taking_over.revoked(db, "MTR-001")
        assert (one.till, one.owed, one.producers, one.by, one.officer) == ("A", 45_000, 1, "A", OFFICER)
        assert taking_over.revoked(db, "MTR-002") == []
    with writing(centre.engine) as db:
        taking_over.give_back(centre, db, old.device, OFFICER)
    assert owed(centre)[2] == 90_000
    with reading(centre.engine) as db:
        noted = db.execute(sa.select(schema.audit.c.what, schema.audit.c.of).order_by(schema.audit.c.what)).all()
    assert noted == [("give_back", "MTR-001 A"), ("take_over", "MTR-001 A > MTR-001 A")]


def test_a_till_that_joins_again_owes_by_itself_again(centre, tills):
    old, new = tills
    take(centre, old, new)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.keys).where(schema.keys.c.device == old.device).values(revoked_at=None))
    assert owed(centre)[2] == 90_000


@pytest.mark.parametrize("reported", [True, False])
def test_what_was_taken_over_is_owed_once_from_the_day_it_came_in_whenever_the_officer_says_so(
    centre, clock, tills, reported
):
    if reported:
        catch_up(centre)
    clock.pass_(days=95)
    take(centre, *tills)
    with reading(centre.engine) as db:
        (day,) = {entry.date for till in tills for entry in map(read_body, till.bodies)}
        first = date.fromisoformat(day)
        came_in = balance(db, ("P001",), first, first)
        later = balance(db, ("P001",), first + timedelta(days=1), first + timedelta(days=120))
    assert (came_in.begin, came_in.changes["opening"], came_in.end) == (0, 45_000, 45_000)
    assert (later.begin, later.changes["opening"], later.end) == (45_000, 0, 45_000)


def test_what_nobody_entered_at_the_other_till_ends_when_the_officer_says_so(centre, clock, caller, tills):
    old, _new = tills
    other = Journal(corner="MTR-002", ledger_id="33" * 16).enrol_at(centre)
    before = (centre.clock().astimezone(WIB) - timedelta(days=300)).date()
    entered = Opening(number="SA-MTR002A-000001", payable={"P001": 10_000})
    other.add(entered, at=f"{before}T09:00:00+07:00", date=before.isoformat())
    assert caller.push(other).is_success
    catch_up(centre)
    clock.pass_(days=95)
    take(centre, old, other)
    said = centre.clock().astimezone(WIB).date()
    with reading(centre.engine) as db:
        assert balance(db, ("P001",), before, before).end == 10_000
        assert balance(db, ("P001",), said, said)[::2] == (100_000, 55_000)


def test_goods_on_the_shelf_of_a_lost_till_keep_nobody_from_being_erased(centre, caller, tills):
    old, new = tills
    with writing(centre.engine) as db:
        row = {"sku": "T1", "name": "Tahu", "category": "makanan", "unit": "pcs", "producer": "P001",
               "pricing": "titip", "sell_price": 1_000, "position": 1}  # fmt: skip
        db.execute(sa.insert(schema.products), row)
        db.execute(sa.delete(schema.balances))
        db.execute(sa.insert(schema.stock), {"device": old.device, "sku": "T1", "quantity": 4_000})
    assert owed(centre)[-1] == 1
    take(centre, old, new)
    assert owed(centre)[-1] == 0


@pytest.mark.parametrize(
    ("old", "new", "code"), [("new", "new", "not_revoked"), ("old", "old", "other_till"), ("x", "new", "no_till")]
)
def test_only_a_till_that_sells_takes_over_and_only_from_one_that_does_not(centre, tills, old, new, code):
    names = {"old": tills[0].device, "new": tills[1].device, "x": "x"}
    with pytest.raises(CentreError) as refused, writing(centre.engine) as db:
        taking_over.take_over(centre, db, names[old], names[new], OFFICER)
    assert refused.value.code == code


def test_what_was_not_taken_over_is_not_given_back(centre, tills):
    with pytest.raises(CentreError) as refused, writing(centre.engine) as db:
        taking_over.give_back(centre, db, tills[0].device, OFFICER)
    assert refused.value.code == "nothing_taken"


def test_a_name_that_means_several_lost_tills_asks_which(centre, tills):
    old, new = tills
    with writing(centre.engine) as db:
        assert taking_over.till_named(db, "MTR-001", "A", dead=False) == new.device
        assert taking_over.till_named(db, "MTR-001", "A", dead=True) == old.device
        revoke(centre, db, "MTR-001", "A")
        assert taking_over.till_named(db, "MTR-001", "A", dead=True, device=old.device) == old.device
        for till, code in (("A", "which_till"), ("B", "no_till")):
            with pytest.raises(CentreError) as refused:
                taking_over.till_named(db, "MTR-001", till, dead=True)
            assert refused.value.code == code
