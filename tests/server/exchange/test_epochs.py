"""A till's own entries, the repair of a history that differs, and the epochs that follow."""

from dataclasses import dataclass

import msgspec
import pytest
import sqlalchemy as sa

from sync.documents.money import CashMove
from sync.protocol.batch import pack_batch
from sync.protocol.bundle import Bundle, write_bundle
from sync.protocol.entry import entry_hash, epoch_link
from sync.protocol.epochs import continues, link_of, read_approval
from sync.protocol.messages import (
    ACK,
    EPOCH,
    KEPT,
    REPAIR,
    Ack,
    Approval,
    KeptEntries,
    Repair,
    RepairRequest,
    kept_path,
    repair_path,
)
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import deflate, public_bytes, seal, unseal
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.database.loading import put
from sync.server.errors import CentreError
from sync.server.exchange.repairs import approve, refuse, repairs
from sync.server.exchange.stick import load_bundle
from sync.server.keys import roll_key
from sync.server.trust.figures import verify
from tests.server.exchange.test_ingest import push
from tests.server.support import Journal, problem


@dataclass
class Repaired(Journal):
    """A journal in its second epoch, which begins after ``head`` entries and whose first entry follows ``link``."""

    head: int = 0
    link: bytes = b""

    def add_bytes(self, body: bytes) -> None:
        seq = len(self.bodies)
        self.hashes.append(entry_hash(self.link if seq == self.head else self.hash_at(seq), body))
        self.bodies.append(body)

    def hash_at(self, seq: int) -> bytes:
        return self.hashes[seq - 1] if seq else Journal.hash_at(Journal(ledger_id=self.ledger_id), 0)

    def second(self, approval: bytes, first: int | None = None, **changed):
        """The batch of the second epoch."""
        first = first or self.head + 1
        prev = self.link if first == self.head + 1 else self.hash_at(first - 1)
        sent = approval if first == self.head + 1 else b""
        return self.batch(first, **({"prev": prev, "last_hash": self.hashes[-1], "approval": sent} | changed))

    def first(self, first: int = 1):
        """The batch of the first epoch."""
        return self.batch(first, self.head, epoch=1)


def diverged(centre: Centre, journal: Journal) -> Journal:
    """The centre has 6 entries of ``journal``; the till came back with 3 of them and went another way."""
    journal.add_moves(5)
    push(centre, journal)
    other = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x")
    for body in journal.bodies[:3]:
        other.add_bytes(body)
    other.add_moves(2, amount=7)
    return other


def request(journal: Journal, other: Journal, **changed) -> RepairRequest:
    plain = RepairRequest(
        base_seq=3,
        base_hash=journal.hash_at(3),
        own_seq=len(other.bodies),
        own_hash=other.hashes[-1],
        head_seq=len(journal.bodies),
        head_hash=journal.hashes[-1],
    )
    return msgspec.structs.replace(plain, **changed)


def officer(centre: Centre, name: str = "Ibu Sari", role: str = "petugas") -> str:
    with writing(centre.engine) as db:
        put(db, schema.officers, [{"name": name, "role": role, "password_hash": "x", "made_at": centre.now()}])
    return name


def ask(caller, centre: Centre, journal: Journal, wanted: RepairRequest) -> Repair:
    answer = caller.call(journal, "POST", repair_path(journal.device), deflate(msgspec.msgpack.encode(wanted)))
    assert answer.status_code == 200, answer.text
    return unseal(answer.content, Repair, REPAIR, public_bytes(centre.key))


def approved(caller, centre: Centre, journal: Journal) -> tuple[Repaired, bytes]:
    """A till whose repair was approved, with the divergent documents entered again; and the approval."""
    other = diverged(centre, journal)
    ask(caller, centre, other, request(journal, other))
    name = officer(centre)
    with writing(centre.engine) as db:
        approve(centre, db, "MTR-001", "A", name)
    sealed = ask(caller, centre, other, request(journal, other)).approval
    again = Repaired(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, epoch=2, head=6, prefix="x")
    again.link = link_of(read_approval(sealed))
    again.bodies, again.hashes = list(journal.bodies), list(journal.hashes)
    for number in (4, 5):
        again.add(CashMove(number=f"KK-MTR001A2-{number:06}", direction="in", amount=7), document_id=f"11-x{number}")
    return again, sealed


def kept(caller, centre: Centre, journal: Journal, after: int, limit: int) -> KeptEntries:
    answer = caller.call(journal, "GET", kept_path(journal.device, after, limit))
    assert answer.status_code == 200, answer.text
    return unseal(answer.content, KeptEntries, KEPT, public_bytes(centre.key))


def test_a_till_is_given_its_own_entries_byte_for_byte(centre, caller, journal):
    journal.add_moves(5)
    push(centre, journal)
    page = kept(caller, centre, journal, 2, 3)
    assert (page.first_seq, page.epoch, page.entries) == (3, 1, tuple(journal.bodies[2:5]))
    assert (page.prev, page.last_hash) == (journal.hash_at(2), journal.hash_at(5))
    assert (page.head_epoch, page.head_seq, page.head_hash) == (1, 6, journal.hash_at(6))
    assert continues(page, journal.hash_at)
    assert kept(caller, centre, journal, 6, 500).entries == ()


@pytest.mark.parametrize("seq", [0, 1, 4, 6])
def test_no_entries_tell_the_hash_where_the_till_asks(centre, caller, journal, seq):
    journal.add_moves(5)
    push(centre, journal)
    page = kept(caller, centre, journal, seq, 0)
    assert (page.entries, page.prev, page.last_hash) == ((), journal.hash_at(seq), journal.hash_at(seq))


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("after=7&limit=1", "gap"),
        ("after=-1&limit=1", "malformed"),
        ("after=0&limit=501", "malformed"),
        ("after=0&limit=-1", "malformed"),
        (f"after={2**70}&limit=1", "malformed"),
        ("after=x&limit=1", "malformed"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(centre, caller, journal, query, refused):
    journal.add_moves(5)
    push(centre, journal)
    answer = caller.call(journal, "GET", f"/v1/devices/{journal.device}/entries?{query}")
    assert problem(answer) == refused


def test_another_tills_entries_are_nobodys_business(centre, caller, journal):
    journal.add_moves(5)
    push(centre, journal)
    second = Journal(till="B", ledger_id="33" * 16).enrol_at(centre)
    assert problem(caller.call(second, "GET", kept_path(journal.device, 0, 5))) == "foreign_device"
    body = deflate(msgspec.msgpack.encode(request(journal, journal)))
    assert problem(caller.call(second, "POST", repair_path(journal.device), body)) == "foreign_device"


def test_a_page_is_bounded_by_its_bytes(centre, caller, journal):
    for _ in range(3):
        journal.add_bytes(bytes(3 * 1024 * 1024))
    for first in (1, 2, 3):
        push(centre, journal, journal.batch(first, first))
    assert len(kept(caller, centre, journal, 0, 3).entries) == 2


def test_a_repair_waits_until_an_officer_decides_and_asking_again_changes_nothing(centre, caller, journal):
    other = diverged(centre, journal)
    assert [ask(caller, centre, other, request(journal, other)).state for _ in range(2)] == ["waiting", "waiting"]
    with reading(centre.engine) as db:
        (found,) = repairs(db)
        assert db.execute(sa.select(schema.devices.c.forked_at)).scalar_one()
    assert (found.corner, found.till, found.base_seq, found.own_seq, found.head_seq) == ("MTR-001", "A", 3, 5, 6)
    other.add_moves(1)
    assert ask(caller, centre, other, request(journal, other)).state == "waiting", "the till sells on meanwhile"
    with reading(centre.engine) as db:
        assert repairs(db)[0].own_seq == 6


@pytest.mark.parametrize(
    "changed",
    [
        {"base_hash": bytes(32)},
        {"base_seq": 4},
        {"base_seq": 99},
        {"head_seq": 5},
        {"head_hash": bytes(32)},
    ],
)
def test_a_repair_on_a_wrong_footing_is_refused(centre, caller, journal, changed):
    other = diverged(centre, journal)
    body = deflate(msgspec.msgpack.encode(request(journal, other, **changed)))
    assert problem(caller.call(other, "POST", repair_path(other.device), body)) == "fork"
    with reading(centre.engine) as db:
        assert repairs(db) == []


def test_an_officer_may_refuse_and_think_again(centre, caller, journal):
    other = diverged(centre, journal)
    ask(caller, centre, other, request(journal, other))
    name = officer(centre)
    with writing(centre.engine) as db:
        refuse(centre, db, "MTR-001", "A", name)
    assert ask(caller, centre, other, request(journal, other)).state == "refused"
    with writing(centre.engine) as db:
        approve(centre, db, "MTR-001", "A", name)
    answer = ask(caller, centre, other, request(journal, other))
    approval = unseal(answer.approval, Approval, EPOCH, public_bytes(centre.key))
    assert (answer.state, approval.epoch, approval.head_seq, approval.base_seq) == ("approved", 2, 6, 3)
    assert (approval.head_hash, approval.base_hash) == (journal.hash_at(6), journal.hash_at(3))


@pytest.mark.parametrize(
    ("name", "till", "code"),
    [("nobody", "A", "unknown_officer"), ("Pak Made", "A", "unknown_officer"), ("Ibu Sari", "B", "no_repair")],
)
def test_only_an_officer_with_the_right_decides_and_only_what_waits(centre, caller, journal, name, till, code):
    other = diverged(centre, journal)
    ask(caller, centre, other, request(journal, other))
    officer(centre)
    officer(centre, "Pak Made", "pemantau")
    with pytest.raises(CentreError) as refused, writing(centre.engine) as db:
        approve(centre, db, "MTR-001", till, name)
    assert refused.value.code == code


def test_when_the_head_has_moved_the_till_has_to_ask_anew(centre, caller, journal):
    other = diverged(centre, journal)
    ask(caller, centre, other, request(journal, other))
    journal.add_moves(1)
    push(centre, journal)
    name = officer(centre)
    with pytest.raises(CentreError) as refused, writing(centre.engine) as db:
        approve(centre, db, "MTR-001", "A", name)
    assert refused.value.code == "repair_moved"
    assert ask(caller, centre, other, request(journal, other)).state == "waiting"


def test_an_approved_epoch_begins_with_its_first_batch(centre, caller, journal):
    again, approval = approved(caller, centre, journal)
    answer = caller.push(again, again.second(approval))
    ack = unseal(answer.content, Ack, ACK, public_bytes(centre.key))
    assert (ack.epoch, ack.acked_seq, ack.head_hash, ack.quarantined) == (2, 8, again.hashes[-1], ())
    with reading(centre.engine) as db:
        row = db.execute(sa.select(schema.epochs)).one()
        assert (row.epoch, row.first_seq, row.base_seq, bytes(row.approval)) == (2, 7, 3, approval)
        assert db.execute(sa.select(schema.devices.c.forked_at)).scalar_one() is None
        assert repairs(db) == []
        assert (
            db.execute(sa.select(schema.balances.c.amount).where(schema.balances.c.account == "cash")).scalar()
            == 205_014
        )
    assert verify(centre).entries == 8


def test_the_epoch_goes_on_like_any_other_journal(centre, caller, journal):
    again, approval = approved(caller, centre, journal)
    assert caller.push(again, again.second(approval)).status_code == 200
    assert push(centre, again, again.second(approval))[0] == (0, 2), "the lost answer is asked for again"
    assert push(centre, again, again.first(5))[0] == (0, 2), "entries of the epoch before are compared"
    again.add_moves(3)
    assert push(centre, again, again.second(b"", first=8))[0] == (3, 1)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, again, again.batch(11, first_seq=13))
    assert refused.value.problem.expected_seq == 12
    for first, limit, entries, epoch in [(4, 500, 2, 1), (6, 500, 5, 2), (8, 2, 2, 2)]:
        page = kept(caller, centre, again, first, limit)
        assert (len(page.entries), page.epoch, page.head_epoch) == (entries, epoch, 2)
        assert continues(page, again.hash_at)
        assert page.epochs[0].approval == approval
    assert verify(centre).entries == 11


def test_an_old_epoch_is_over(centre, caller, journal):
    again, approval = approved(caller, centre, journal)
    push(centre, again, again.second(approval))
    journal.add_moves(3)
    for batch in (
        journal.batch(7),
        journal.batch(1),
        again.batch(9, epoch=1, entries=(b"x",), last_hash=entry_hash(again.hashes[-1], b"x")),
    ):
        with pytest.raises(ExchangeProblem) as refused:
            push(centre, again, batch)
        assert refused.value.name == "fork"


def forged(centre: Centre, journal: Journal, **changed) -> bytes:
    plain = Approval(
        device=journal.device,
        ledger_id=journal.ledger_id,
        epoch=2,
        head_seq=6,
        head_hash=journal.hashes[5],
        base_seq=3,
        base_hash=journal.hashes[2],
        approved_at=centre.now(),
    )
    key = changed.pop("key", centre.key)
    return seal(key, changed.pop("purpose", EPOCH), msgspec.structs.replace(plain, **changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"purpose": "ack"},
        {"key": Journal().key},
        {"device": "another"},
        {"ledger_id": "44" * 16},
        {"epoch": 3},
        {"epoch": 1},
        {"head_seq": 5},
        {"head_hash": bytes(32)},
        {"base_seq": 2},
        {"base_seq": 99},
        {"base_hash": bytes(32)},
    ],
)
def test_an_approval_that_is_not_of_this_centre_for_this_till_begins_nothing(centre, caller, journal, changed):
    again, _approval = approved(caller, centre, journal)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, again, again.second(forged(centre, again, **changed)))
    assert refused.value.name == "fork"
    assert push(centre, again, again.second(forged(centre, again)))[0] == (2, 0)


@pytest.mark.parametrize("approval", [b"", b"nonsense"])
def test_an_epoch_without_its_approval_is_a_fork(centre, caller, journal, approval):
    again, _approval = approved(caller, centre, journal)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, again, again.second(approval))
    assert refused.value.name == "fork"


def test_a_first_entry_that_does_not_follow_the_link_is_a_fork(centre, caller, journal):
    again, approval = approved(caller, centre, journal)
    again.hashes, again.bodies, again.link = again.hashes[:6], again.bodies[:6], epoch_link(2, bytes(32), bytes(32))
    again.add_moves(1)
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, again, again.second(approval))
    assert refused.value.name == "fork"


@pytest.mark.parametrize("left", [0, 2, 6])
def test_a_restored_centre_takes_both_epochs_again(centre, caller, journal, left):
    """Its copy is from before the epoch; the approval, sealed before, begins it anew, also after a new key."""
    again, approval = approved(caller, centre, journal)
    push(centre, again, again.second(approval))
    with writing(centre.engine) as db:
        for table in (schema.entries, schema.document_ids, schema.epochs):
            db.execute(sa.delete(table).where((table.c.first_seq if table is schema.epochs else table.c.seq) > left))
        head = {"epoch": 1, "head_seq": left, "head_hash": again.hash_at(left), "open_shift": 0}
        db.execute(sa.update(schema.devices).values(**head))
        roll_key(db, centre.ring, centre.now())
    refusals: list[int | None] = []
    with pytest.raises(ExchangeProblem) as refused:
        push(centre, again, again.second(approval, first=8))
    refusals.append(refused.value.problem.expected_seq)
    if left < 6:
        with pytest.raises(ExchangeProblem) as refused:
            push(centre, again, again.second(approval))
        refusals.append(refused.value.problem.expected_seq)
        push(centre, again, again.first(left + 1))
    assert set(refusals) == {left + 1}
    _taken, ack = push(centre, again, again.second(approval))
    assert (ack.epoch, ack.acked_seq, ack.head_hash) == (2, 8, again.hashes[-1])


def test_what_was_approved_cannot_be_refused_any_more(centre, caller, journal):
    """The till may have joined with it, and no one may say that it did not."""
    again, approval = approved(caller, centre, journal)
    with pytest.raises(CentreError) as error, writing(centre.engine) as db:
        refuse(centre, db, "MTR-001", "A", "Ibu Sari")
    assert error.value.code == "repair_approved"
    ack = unseal(caller.push(again, again.second(approval)).content, Ack, ACK, public_bytes(centre.key))
    assert (ack.epoch, ack.acked_seq) == (2, 8)


@pytest.mark.parametrize("differs", [True, False])
def test_an_old_file_without_news_says_nothing_of_where_its_till_stands(centre, caller, journal, tmp_path, differs):
    def alarmed():
        with reading(centre.engine) as db:
            return db.execute(sa.select(schema.devices.c.forked_at)).scalar_one() is not None

    journal.add_moves(3)
    push(centre, journal)
    old = [journal.batch(), journal.batch(len(journal.bodies) + 1)]
    if differs:
        other = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x")
        other.add_bytes(journal.bodies[0])
        other.add_moves(3, amount=7)
        assert problem(caller.push(other, other.batch())) == "fork"
    else:
        journal.add_moves(2)
        push(centre, journal)
    for number, batch in enumerate(old):
        path = tmp_path / str(number)
        bundle = Bundle(device=journal.device, nonce="n", made_at="x", batches=(pack_batch(batch),))
        write_bundle(path, journal.key, bundle)
        load_bundle(centre, path, tmp_path / "reply")
        assert alarmed() is differs


def test_another_copy_of_the_till_asks_for_itself(centre, caller, journal):
    """An officer allowed one history; a copy that has less, or something else, was not looked at."""
    other = diverged(centre, journal)
    ask(caller, centre, other, request(journal, other))
    name = officer(centre)
    with writing(centre.engine) as db:
        approve(centre, db, "MTR-001", "A", name)
    other.add_moves(1, amount=7)
    assert ask(caller, centre, other, request(journal, other)).state == "approved", "it sold on"
    copy = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="y")
    for body in journal.bodies[:3]:
        copy.add_bytes(body)
    copy.add_moves(3, amount=9)
    answer = ask(caller, centre, copy, request(journal, copy))
    assert (answer.state, answer.approval) == ("waiting", b"")


def test_that_another_copy_was_approved_once_is_told_until_the_centres_journal_goes_on(centre, caller, journal):
    """Whoever has that approval may still join with it, whatever is decided about the copy that asks now."""

    def told() -> list[tuple[str, str]]:
        with reading(centre.engine) as db:
            return [(one.state, one.approved_at) for one in repairs(db)]

    again, approval = approved(caller, centre, journal)
    at = centre.now()
    assert told() == [("approved", at)]
    copy = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="y")
    for body in journal.bodies[:2]:
        copy.add_bytes(body)
    copy.add_moves(3, amount=9)
    wanted = request(journal, copy, base_seq=2, base_hash=journal.hash_at(2))
    assert ask(caller, centre, copy, wanted).state == "waiting"
    assert told() == [("waiting", at)]
    with writing(centre.engine) as db:
        refuse(centre, db, "MTR-001", "A", "Ibu Sari")
    assert told() == [("refused", at)]
    push(centre, again, again.second(approval))
    head = {"head_seq": len(again.bodies), "head_hash": again.hashes[-1]}
    assert ask(caller, centre, copy, msgspec.structs.replace(wanted, **head)).state == "waiting"
    assert told() == [("waiting", "")]
