"""The exchange by stick between a real till and a real centre: what is refused, and with which sentence."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.i18n import set_language
from pos_app.ledger.exchange import LedgerStore
from pos_app.services import exchange
from pos_app.services.exchange import ExchangeFailed
from pos_app.version import VERSION
from sync.client import stick
from sync.client.batches import next_batch
from sync.protocol.batch import pack_batch
from sync.protocol.wire import key_id, public_bytes
from sync.server import commands
from sync.server.errors import CentreError
from tests.e2e.support import CentreProcess, Till


@pytest.fixture
def till(tmp_path: Path, shared_centre: CentreProcess) -> Iterator[Till]:
    made = Till(tmp_path / "till").enrol(shared_centre)
    made.move_cash(5)
    yield made
    made.ledger.close()


def export(till: Till, path: Path) -> dict[str, object]:
    return exchange.export_bundle(till.ledger, till.vault, till.client, path)


def take_home(till: Till, path: Path) -> dict[str, object]:
    return exchange.import_reply(till.ledger, till.client, path)


def refused(act: Callable[[], object]) -> str:
    """The reason and, in the user's language, the sentence of what a till did not take."""
    with pytest.raises(ExchangeFailed) as failed:
        act()
    assert str(failed.value)
    return failed.value.reason


def trip(till: Till, centre: CentreProcess, folder: Path, name: str = "trip") -> Path:
    """Out and to the centre; the reply."""
    out, reply = folder / f"{name}.pojok", folder / f"{name}-reply.pojok"
    export(till, out)
    commands.bundle(out, centre.database, reply)
    return reply


def test_a_stick_brings_everything_and_loading_its_reply_twice_says_so(
    till: Till, shared_centre: CentreProcess, tmp_path
):
    reply = trip(till, shared_centre, tmp_path)
    first = take_home(till, reply)
    assert (first["status"], first["pushed"], till.unsent()) == ("ok", 5, 0)
    before = dict(till.ledger.db.execute("SELECT key, value FROM exchange").fetchall())
    assert take_home(till, reply)["status"] == "known"
    assert dict(till.ledger.db.execute("SELECT key, value FROM exchange").fetchall()) == before


def test_a_reply_to_an_older_file_changes_nothing_once_the_till_has_heard_more(till, shared_centre, tmp_path):
    reply = trip(till, shared_centre, tmp_path)
    till.move_cash(2)
    till.sync()
    assert take_home(till, reply)["status"] == "older"
    assert till.unsent() == 0


def test_a_reply_to_an_older_file_confirms_what_it_knows(till, shared_centre, tmp_path):
    reply = trip(till, shared_centre, tmp_path)
    till.move_cash(2)
    export(till, tmp_path / "newer.pojok")
    assert take_home(till, reply)["pushed"] == 5
    assert till.unsent() == 2


def test_a_reply_from_before_a_repair_raises_no_alarm(till, shared_centre, tmp_path):
    reply = trip(till, shared_centre, tmp_path)
    with till.ledger.write() as tx:
        tx.db.execute("INSERT INTO epochs VALUES (2, 4, 3, x'00')")
    assert take_home(till, reply)["status"] == "older"
    assert till.exchange_state().problem == ""


def test_an_ack_that_came_by_stick_says_nothing_about_the_clock(till, shared_centre, tmp_path):
    take_home(till, trip(till, shared_centre, tmp_path))
    assert till.exchange_state().clock_offset == 0


def test_a_reply_by_stick_does_not_say_that_the_way_to_the_centre_is_open(till, shared_centre, tmp_path):
    LedgerStore(till.ledger).note_problem("unreachable", "no route", "2026-10-01T07:41:00+00:00")
    take_home(till, trip(till, shared_centre, tmp_path))
    state = exchange.exchange_state(till.ledger)
    assert (state.unsent, state.problem, state.problem_since) == (0, "unreachable", "2026-10-01T07:41:00+00:00")
    LedgerStore(till.ledger).note_problem("gap", "", "2026-10-01T07:41:00+00:00")
    till.move_cash(1)
    take_home(till, trip(till, shared_centre, tmp_path, "again"))
    assert exchange.exchange_state(till.ledger).problem == "", "what the reply itself answers ends"


def test_what_the_till_does_not_take_has_a_sentence_each(till, shared_centre, tmp_path):
    whole = trip(till, shared_centre, tmp_path).read_bytes()
    other = Till(tmp_path / "other", "MTR-002").enrol(shared_centre)
    other.move_cash(1)
    cases = {
        "no_bundle": b"a letter",
        "other_way": (tmp_path / "trip.pojok").read_bytes(),
        "newer_file": whole.replace(b"REPLY-1", b"REPLY-2", 1),
        "cut_off": whole[: len(whole) // 2],
        "changed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "other_till": trip(other, shared_centre, tmp_path, "other").read_bytes(),
    }
    path, before, sentences = tmp_path / "case", till.unsent(), set()
    for reason, content in cases.items():
        path.write_bytes(content)
        assert refused(lambda: take_home(till, path)) == reason
        for language in ("id", "en"):
            set_language(language)
            sentences.add(str(ExchangeFailed("unknown", reason, during="reply")))
        set_language("id")
    assert len(sentences) == 2 * len(cases)
    assert refused(lambda: take_home(till, tmp_path / "gone")) == "unreadable"
    assert till.unsent() == before
    other.ledger.close()


def test_a_reply_of_another_centre_is_told_apart(till, shared_centre, tmp_path):
    reply = trip(till, shared_centre, tmp_path)
    with till.ledger.write() as tx:
        tx.db.execute("UPDATE exchange SET value = ? WHERE key = 'centre_key'", ("11" * 32,))
    assert refused(lambda: take_home(till, reply)) == "other_key"


def test_what_the_centre_does_not_take_has_a_sentence_each(till, shared_centre, tmp_path):
    out = tmp_path / "out.pojok"
    export(till, out)
    whole = out.read_bytes()
    stranger = Till(tmp_path / "stranger", "MTR-003").enrol(shared_centre)
    stranger.vault = type(stranger.vault)(tmp_path / "new keys")
    stranger.move_cash(1)
    export(stranger, tmp_path / "stranger.pojok")
    cases = {
        "file_no_bundle": b"a letter",
        "file_other_way": b"POJOK-REPLY-1\nx",
        "file_newer_file": whole.replace(b"BUNDLE-1", b"BUNDLE-2", 1),
        "file_cut_off": whole[:-20],
        "file_changed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "bundle_unknown": (tmp_path / "stranger.pojok").read_bytes(),
    }
    path, reply, sentences = tmp_path / "case", tmp_path / "case-reply", set()
    entries = shared_centre.state("MTR-001")["journal"]["entries"]
    for code, content in cases.items():
        path.write_bytes(content)
        with pytest.raises(CentreError) as failed:
            commands.bundle(path, shared_centre.database, reply)
        assert failed.value.code == code
        sentences.add(str(failed.value))
        assert not reply.exists()
    assert len(sentences) == len(cases)
    assert shared_centre.state("MTR-001")["journal"]["entries"] == entries
    stranger.ledger.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_one_changed_byte_anywhere_in_a_reply_changes_nothing_at_the_till(till, shared_centre, tmp_path, data):
    reply = tmp_path / "reply.pojok"
    if not reply.exists():
        trip(till, shared_centre, tmp_path).rename(reply)
        (tmp_path / "whole").write_bytes(reply.read_bytes())
    whole = (tmp_path / "whole").read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    flip = data.draw(st.integers(1, 255))
    reply.write_bytes(whole[:place] + bytes([whole[place] ^ flip]) + whole[place + 1 :])
    before = dict(till.ledger.db.execute("SELECT key, value FROM exchange").fetchall())
    refused(lambda: take_home(till, reply))
    assert dict(till.ledger.db.execute("SELECT key, value FROM exchange").fetchall()) == before


def test_a_gap_is_told_on_the_reply_and_the_next_file_begins_there(till, shared_centre, tmp_path):
    with till.ledger.write() as tx:
        tx.db.execute("INSERT OR REPLACE INTO exchange VALUES ('acked_seq', '3')")
    export(till, tmp_path / "out")
    with pytest.raises(CentreError) as failed:
        commands.bundle(tmp_path / "out", shared_centre.database, tmp_path / "reply")
    assert (failed.value.code, failed.value.data["expected"]) == ("bundle_gap", 1)
    assert refused(lambda: take_home(till, tmp_path / "reply")) == "gap"
    assert till.unsent() == 5
    assert take_home(till, trip(till, shared_centre, tmp_path))["pushed"] == 5
    assert till.exchange_state().problem == ""


def test_a_fork_that_a_stick_brought_is_told_to_the_till_too(till, shared_centre, tmp_path):
    take_home(till, trip(till, shared_centre, tmp_path))
    older = tmp_path / "older.db"
    with sqlite3.connect(till.path) as db, sqlite3.connect(older) as copy:
        db.backup(copy)
    copy.close()
    db.close()
    till.move_cash(3)
    take_home(till, trip(till, shared_centre, tmp_path, "second"))
    till.ledger.close()
    older.replace(till.path)
    for beside in ("-wal", "-shm"):
        till.path.with_name(till.path.name + beside).unlink(missing_ok=True)
    till.ledger = type(till.ledger).open(till.path)
    till.move_cash(4)
    export(till, tmp_path / "forked")
    with pytest.raises(CentreError) as failed:
        commands.bundle(tmp_path / "forked", shared_centre.database, tmp_path / "reply")
    assert failed.value.code == "bundle_fork"
    assert refused(lambda: take_home(till, tmp_path / "reply")) == "fork"
    assert till.exchange_state().problem == "fork"
    assert till.unsent() == 4, "nothing is taken for sent"


def test_a_revoked_till_learns_it_from_the_reply(till, shared_centre, tmp_path):
    export(till, tmp_path / "out")
    Till(tmp_path / "replacement").enrol(shared_centre).ledger.close()
    with sqlite3.connect(shared_centre.path) as db:
        db.execute("UPDATE keys SET revoked_at = 'now' WHERE key_id = ?", (exchange_key(till),))
    db.close()
    with pytest.raises(CentreError) as failed:
        commands.bundle(tmp_path / "out", shared_centre.database, tmp_path / "reply")
    assert failed.value.code == "bundle_revoked"
    assert refused(lambda: take_home(till, tmp_path / "reply")) == "key_revoked"


def exchange_key(till: Till) -> str:
    return key_id(public_bytes(till.vault.signing_key()))


def test_what_one_file_cannot_hold_goes_with_the_next_trips(till, shared_centre, tmp_path, monkeypatch):
    monkeypatch.setattr(stick, "MAX_BATCHES", 2)
    monkeypatch.setattr(stick, "MAX_ENTRIES", 2)
    report = export(till, tmp_path / "first")
    assert (report["pushed"], report["remaining"]) == (4, 1)
    assert take_home(till, trip(till, shared_centre, tmp_path))["pushed"] == 4
    assert export(till, tmp_path / "second")["remaining"] == 0


def test_a_till_that_never_joined_is_told_so(tmp_path):
    till = Till(tmp_path / "till")
    assert refused(lambda: export(till, tmp_path / "out")) == "not_enrolled"
    till.ledger.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_stick_and_one_that_is_gone_are_told_apart(till, tmp_path):
    (tmp_path / "out.pojok.part").symlink_to("/dev/full")
    assert refused(lambda: export(till, tmp_path / "out.pojok")) == "stick_full"
    assert refused(lambda: export(till, tmp_path / "no such stick" / "out.pojok")) == "unwritable"
    assert not (tmp_path / "out.pojok").exists()


def told_by(till: Till, centre: CentreProcess) -> dict[str, object]:
    """What the centre keeps of how a till is."""
    with sqlite3.connect(centre.path) as db:
        (kept,) = db.execute(
            "SELECT condition FROM devices WHERE ledger_id = ?", (till.ledger.identity.ledger_id,)
        ).fetchone()
    db.close()
    found: dict[str, object] = json.loads(kept or "{}")
    return found


def test_the_condition_of_the_till_travels_with_the_stick(till, shared_centre, tmp_path):
    trip(till, shared_centre, tmp_path)
    told = told_by(till, shared_centre)
    assert told["app"] == VERSION
    assert "unsent" not in told, "the five that it told of are here now"


@pytest.mark.parametrize(("batches", "unsent"), [(400, 0), (2, 1)])
def test_a_file_of_many_batches_tells_what_is_unsent_beyond_it(
    till, shared_centre, tmp_path, monkeypatch, batches, unsent
):
    monkeypatch.setattr(stick, "MAX_BATCHES", batches)
    monkeypatch.setattr(stick, "MAX_ENTRIES", 2)
    trip(till, shared_centre, tmp_path)
    told = told_by(till, shared_centre)
    assert told["app"] == VERSION
    assert told.get("unsent", 0) == unsent


def test_a_batch_that_fills_its_bounds_goes_without_the_condition(till, shared_centre, tmp_path, monkeypatch):
    store = LedgerStore(till.ledger)
    link = store.standing().link
    assert link is not None
    monkeypatch.setattr("sync.protocol.batch.MAX_WIRE", len(pack_batch(next_batch(store, link, 1))))
    trip(till, shared_centre, tmp_path)
    assert told_by(till, shared_centre) == {}
    assert take_home(till, tmp_path / "trip-reply.pojok")["pushed"] == 5
