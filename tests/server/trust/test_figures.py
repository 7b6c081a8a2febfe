"""The centre's figures follow from its entries, and it notices when they do not."""

import stat
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa

from sync.documents.money import CashMove
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.protocol.batch import pack_batch
from sync.protocol.bundle import Bundle, open_reply, read_mark, write_bundle
from sync.protocol.wire import public_bytes
from sync.server import commands
from sync.server.corners.standing import corner, corners
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import drift
from sync.server.limits import Limiter, Rate
from tests.server.support import AT, ON_SQLITE, Journal


@pytest.fixture
def busy(centre, caller, journal):
    """A till with a closed shift, an open one and an entry in quarantine."""
    journal.add_moves(2, amount=5_000)
    journal.add_bytes(b"unreadable")
    figures = {"cash_in": 10_000}
    journal.add(
        ShiftClosed(
            number="TK-MTR001A-000001",
            shift="BK-MTR001A-000001",
            opened_at=AT,
            first_seq=1,
            head="0" * 64,
            float=200_000,
            figures=figures,
            expected=210_000,
            counted=209_000,
            difference=-1_000,
        )
    )
    assert caller.push(journal, journal.batch(last=4)).status_code == 200
    journal.add(
        ShiftOpened(number="BK-MTR001A-000002", float=50_000), at="2026-10-02T08:00:00+07:00", date="2026-10-02"
    )
    journal.add_moves(1, amount=700)
    assert caller.push(journal, journal.batch(first=5)).status_code == 200
    return journal


def test_the_state_tells_closed_shifts_first_and_the_drawer_of_the_open_one(database, busy):
    state = commands.state(database, "MTR-001", "A")
    assert state["shifts"] == [
        {"opened_at": AT, "expected": 210_000, "counted": 209_000, "difference": -1_000},
        {"opened_at": "2026-10-02T08:00:00+07:00", "expected": 50_700, "counted": None, "difference": None},
    ]
    assert state["drawer"] == 50_700
    assert state["tenders"] == {"cash": 0, "qris": 0, "tab": 0}
    assert state["journal"] == {"entries": 7, "head": busy.hash_at(7).hex(), "acked": 7}


def test_an_empty_till_has_empty_books(database, journal):
    state = commands.state(database)
    assert (state["stock"], state["payable"], state["shifts"], state["drawer"]) == ({}, {}, [], 0)
    assert state["journal"] == {"entries": 0, "head": "", "acked": 0}


def test_a_till_that_is_not_enrolled_is_named(database, journal):
    with pytest.raises(CentreError, match="MTR-077"):
        commands.state(database, "MTR-077", "A")


def test_verify_replays_everything(database, busy):
    assert commands.verify(database) == {"status": "ok", "tills": 1, "entries": 7}


@pytest.mark.parametrize(
    ("table", "values", "named"),
    [
        (schema.balances, {"amount": 1}, "balances"),
        (schema.figures, {"amount": 1}, "figures"),
        (schema.days, {"amount": 1}, "days"),
        (schema.shifts, {"opening_float": 1}, "shifts"),
        (schema.quarantine, {"reason": "x"}, "quarantine"),
        (schema.entries, {"body": b"{}"}, "entry 1"),
        (schema.entries, {"prev": bytes(32)}, "entry 1"),
        (schema.devices, {"head_seq": 6}, "entry 7"),
    ],
)
def test_verify_names_what_was_changed_by_hand(database, centre, busy, table, values, named):
    with writing(centre.engine) as db:
        db.execute(sa.update(table).values(values))
    with pytest.raises(CentreError, match=named):
        commands.verify(database)


def test_verify_sees_a_missing_entry(database, centre, busy):
    with writing(centre.engine) as db:
        db.execute(sa.delete(schema.entries).where(schema.entries.c.seq == 3))
    with pytest.raises(CentreError, match="entry 3"):
        commands.verify(database)


def bundle_of(path, journal, *batches, key=None):
    bundle = Bundle(device=journal.device, nonce="n", made_at=AT, batches=tuple(pack_batch(batch) for batch in batches))
    write_bundle(path, key or journal.key, bundle)
    return path


def test_a_bundle_of_several_batches_is_taken_whole_or_not_at_all(database, centre, journal, tmp_path):
    journal.add_moves(8)
    reply = tmp_path / "reply"
    gap = bundle_of(tmp_path / "gap", journal, journal.batch(last=3), journal.batch(first=6))
    with pytest.raises(CentreError) as refused:
        commands.bundle(gap, database, reply)
    assert (refused.value.code, refused.value.data["expected"]) == ("bundle_gap", 4)
    assert commands.state(database)["journal"]["entries"] == 0
    told = open_reply(read_mark(reply, b"POJOK-REPLY-1\n"), public_bytes(centre.key))
    assert (told.problem, told.pages) == ("gap", ())
    whole = bundle_of(tmp_path / "whole", journal, journal.batch(last=3), journal.batch(first=4))
    assert commands.bundle(whole, database, reply) == {"status": "ok", "new": 9, "known": 0}
    assert commands.bundle(whole, database, reply) == {"status": "known", "new": 0, "known": 9}
    answer = open_reply(read_mark(reply, b"POJOK-REPLY-1\n"), public_bytes(centre.key))
    assert (answer.device, answer.nonce) == (journal.device, "n")
    assert [page.scope for page in answer.pages] == ["producers", "catalogue", "corner", "messages", "program"]


def test_a_bundle_by_another_key_or_for_another_till_is_refused(database, centre, journal, tmp_path):
    journal.add_moves(2)
    other = Journal(till="B", ledger_id="22" * 16).enrol_at(centre)
    path = tmp_path / "bundle"
    for forged in (
        lambda: bundle_of(path, journal, journal.batch(), key=other.key),
        lambda: bundle_of(path, other, journal.batch()),
        lambda: bundle_of(path, journal, journal.batch(), key=Journal().key),
        lambda: path.write_bytes(b"POJOK-BUNDLE-1\nnonsense"),
        lambda: path.write_bytes(b"anything"),
        path.unlink,
    ):
        forged()
        with pytest.raises(CentreError):
            commands.bundle(path, database, tmp_path / "reply")
    assert commands.state(database)["journal"]["entries"] == 0


def test_a_fork_by_stick_alarms_the_centre_too(database, centre, caller, journal, tmp_path):
    caller.push(journal.add_moves(3))
    other = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x").add_moves(5)
    with pytest.raises(CentreError) as refused:
        commands.bundle(bundle_of(tmp_path / "b", other, other.batch()), database, tmp_path / "reply")
    assert refused.value.code == "bundle_fork"
    assert corner_of(centre).forked


def corner_of(centre, code="MTR-001"):
    with reading(centre.engine) as db:
        found = corner(centre, db, code)
    assert found is not None
    return found


def test_corners_with_an_alarm_come_before_those_without(centre, caller, busy, clock):
    fine = Journal(corner="MTR-002", ledger_id="22" * 16).enrol_at(centre).add_moves(1)
    caller.push(fine)
    with reading(centre.engine) as db:
        found = corners(centre, db)
    assert [(one.code, one.held) for one in found] == [("MTR-001", 1), ("MTR-002", 0)]
    clock.pass_(days=5)
    caller.push(fine)
    assert corner_of(centre, "MTR-002").contact == centre.now()


@pytest.mark.parametrize("hours", [-72, 24 * 365 * 10])
def test_a_wrong_clock_is_marked_and_refuses_nothing(database, centre, caller, journal, hours):
    off = (centre.clock() + timedelta(hours=hours)).isoformat()
    journal.add_moves(1)
    journal.add(CashMove(number="KK-MTR001A-000009", direction="in", amount=1), at=off)
    journal.add_moves(1)
    assert caller.push(journal).status_code == 200
    assert corner_of(centre).drift
    assert commands.state(database)["drawer"] == 202_001


def test_a_clock_that_is_wrong_when_the_till_calls_is_marked(centre, caller, journal, clock):
    caller.push(journal)
    assert not corner_of(centre).drift
    caller.push(journal, at=(clock.now - timedelta(days=3)).isoformat())
    assert corner_of(centre).drift
    clock.pass_(days=5)
    caller.push(journal, at=clock.now.isoformat())
    assert not corner_of(centre).drift


def test_an_idle_till_whose_clock_is_as_wrong_as_it_was_costs_a_write_a_minute(centre, caller, journal, clock):
    def ask(**ahead: int):
        asking = journal.batch(len(journal.bodies) + 1)
        assert caller.push(journal, asking, at=(clock.now + timedelta(**ahead)).isoformat()).is_success
        found = corner_of(centre)
        return found.contact, round(found.drift / 86_400)

    journal.add_moves(1)
    caller.push(journal, at=(clock.now + timedelta(days=3)).isoformat())
    first = centre.now()
    clock.pass_(seconds=59)
    assert ask(days=3, minutes=4) == (first, 3)
    assert ask(days=-3) == (centre.now(), -3), "it is wrong in another way now"
    first = centre.now()
    clock.pass_(seconds=30)
    assert ask(days=-3) == (first, -3)
    clock.pass_(seconds=30)
    assert ask(days=-3) == (centre.now(), -3)
    with reading(centre.engine) as db:
        assert db.execute(sa.select(schema.devices.c.drifted_at)).scalar_one() == centre.now()


@pytest.mark.parametrize("told", ["", "nonsense", "2026-10-01T01:04:59+00:00", "2030-01-01T00:00:00"])
def test_a_time_that_says_nothing_is_no_drift(clock, told):
    assert drift.at_contact(told, clock.now) == 0
    assert drift.in_entries([told, "2026-10-01T01:04:00+00:00", told]) == 0


def test_an_account_gets_a_hashed_password(database, centre):
    password = commands.officer(database, "ratna", "petugas")
    assert len(password) >= 12
    with centre.engine.connect() as db:
        row = db.execute(sa.select(schema.officers)).one()
    assert row.role == "petugas"
    assert row.password_hash.startswith("$argon2id$")
    assert row.must_change, "whoever made the account saw it printed"
    assert commands.officer(database, "ratna", "admin", "rahasia sekali") == "rahasia sekali"
    with centre.engine.connect() as db:
        assert not db.execute(sa.select(schema.officers.c.must_change)).scalar_one()
    for name, role in (("", "admin"), ("x", "raja")):
        with pytest.raises(CentreError):
            commands.officer(database, name, role)


@ON_SQLITE
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_its_user_may_read_the_database_because_it_holds_the_signing_key(database, tmp_path):
    assert stat.S_IMODE((tmp_path / "centre.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql://x", "postgresql+asyncpg://x/y", "mysql://x"],
)
def test_a_database_that_cannot_be_used_is_one_sentence(url):
    with pytest.raises(CentreError):
        commands.init(url)


def test_a_file_that_is_no_centre_is_refused(tmp_path):
    missing = f"sqlite:///{tmp_path / 'none.db'}"
    with pytest.raises(CentreError, match="centre init"):
        commands.state(missing)
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "text.db").write_text("not a database, " * 100)
    for command in (commands.state, commands.init):
        with pytest.raises(CentreError):
            command(f"sqlite:///{tmp_path / 'text.db'}")


def test_a_bucket_fills_again_with_time():
    now = [0.0]
    limiter = Limiter(Rate(2, 0.5), lambda: now[0])
    assert [limiter.wait("a") for _ in range(3)] == [0, 0, 2]
    assert limiter.wait("b") == 0
    now[0] = 2.0
    assert [limiter.wait("a") for _ in range(2)] == [0, 2]
