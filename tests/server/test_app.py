"""The app: every answer is signed or a problem, and the key decides whose request it is."""

from contextlib import closing

import msgspec
import pysqlite3
import pytest
import sqlalchemy as sa
import zstandard

from sync.protocol.batch import pack_batch
from sync.protocol.messages import ACK, PAGE, Ack, Page, entries_path, pull_path
from sync.protocol.request import PROTOCOL_HEADER
from sync.protocol.wire import MAX_WIRE, deflate, key_id, public_bytes, unseal
from sync.server.app import create_app
from sync.server.database import dialect, schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.answers import answer_error
from sync.server.exchange.ingest import device_of
from sync.server.limits import Rate
from tests.server.support import ON_SQLITE, Caller, Journal, problem


def count(centre, table=schema.entries) -> int:
    with reading(centre.engine) as db:
        return db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_a_push_is_answered_by_a_signed_ack_with_the_position_of_every_feed(centre, caller, journal):
    journal.add_moves(4)
    response = caller.push(journal)
    assert response.status_code == 200
    ack = unseal(response.content, Ack, ACK, public_bytes(centre.key))
    assert (ack.acked_seq, ack.head_hash, ack.nonce) == (5, journal.hash_at(5), "abc")
    assert set(ack.cursors) == {"producers", "catalogue", "corner", "messages", "program"}


def test_a_fork_alarms_the_centre_and_a_good_push_clears_it(centre, caller, journal):
    def forked():
        with reading(centre.engine) as db:
            return db.execute(sa.select(schema.devices.c.forked_at)).scalar_one()

    journal.add_moves(4)
    caller.push(journal)
    other = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x").add_moves(6)
    assert problem(caller.push(other)) == "fork"
    assert forked()
    caller.push(journal)
    assert forked() is None


def test_a_till_that_only_asks_after_a_fork_leaves_the_alarm_on(centre, caller, journal):
    def forked():
        with reading(centre.engine) as db:
            return db.execute(sa.select(schema.devices.c.forked_at)).scalar_one()

    journal.add_moves(4)
    caller.push(journal)
    other = Journal(ledger_id=journal.ledger_id, device=journal.device, key=journal.key, prefix="x")
    for body in journal.bodies[:2]:
        other.add_bytes(body)
    other.add_moves(6)
    assert problem(caller.push(other)) == "fork"
    assert caller.push(other, other.batch(first=3, last=2)).status_code == 200, "what it asks from is still common"
    assert forked()
    assert caller.push(other, other.batch(first=1, last=2)).status_code == 200
    assert forked()
    caller.push(journal, journal.batch(first=6))
    assert forked() is None


def test_a_till_that_lost_its_last_entries_alarms_the_centre(centre, caller, journal):
    journal.add_moves(4)
    caller.push(journal)
    assert caller.push(journal, journal.batch(first=3, last=2)).status_code == 200
    with reading(centre.engine) as db:
        assert db.execute(sa.select(schema.devices.c.forked_at)).scalar_one()


def test_a_gap_says_which_entry_is_expected(caller, journal):
    journal.add_moves(4)
    response = caller.push(journal, journal.batch(first=3))
    assert problem(response) == "gap"
    assert (response.status_code, response.json()["expected_seq"]) == (409, 1)


def test_a_foreign_device_gets_403_and_writes_no_row(centre, caller, journal):
    journal.add_moves(2)
    thief = Journal(till="B", ledger_id="44" * 16).enrol_at(centre)
    path = entries_path(journal.device)
    stolen = caller.call(thief, "POST", path, pack_batch(journal.batch()))
    assert (stolen.status_code, problem(stolen)) == (403, "foreign_device")
    own_path = caller.call(thief, "POST", entries_path(thief.device), pack_batch(journal.batch()))
    assert (own_path.status_code, problem(own_path)) == (403, "foreign_device")
    pull = caller.call(thief, "GET", pull_path(journal.device, "producers", ""))
    assert (pull.status_code, problem(pull)) == (403, "foreign_device")
    assert count(centre) == 0


def test_an_unknown_key_and_an_unsigned_request_get_401(centre, caller, journal):
    stranger = Journal(device=journal.device).add_moves(1)
    assert (response := caller.push(stranger)).status_code == 401
    assert problem(response) == "unknown_key"
    bare = caller.client.post(entries_path(journal.device), content=pack_batch(stranger.batch()))
    assert (bare.status_code, problem(bare)) == (401, "bad_signature")
    assert count(centre) == 0


def test_a_changed_body_or_path_breaks_the_signature(centre, caller, journal):
    journal.add_moves(2)
    good = pack_batch(journal.batch())
    response = caller.push(journal)
    assert response.status_code == 200
    headers = dict(response.request.headers)
    tampered = caller.client.post(entries_path(journal.device), content=good + b"x", headers=headers)
    assert (tampered.status_code, problem(tampered)) == (401, "bad_signature")
    headers["pojok-signature"] = "AAAA"
    forged = caller.client.post(entries_path(journal.device), content=good, headers=headers)
    assert problem(forged) == "bad_signature"


def test_a_new_code_revokes_the_old_key(centre, caller, journal):
    journal.add_moves(2)
    caller.push(journal)
    replaced = Journal(bodies=journal.bodies, hashes=journal.hashes)
    replaced.enrol_at(centre)
    assert replaced.device == journal.device
    refused = caller.push(journal)
    assert (refused.status_code, problem(refused)) == (403, "key_revoked")
    assert caller.push(replaced).status_code == 200


def test_too_many_bytes_are_413(caller, journal):
    response = caller.call(journal, "POST", entries_path(journal.device), bytes(MAX_WIRE + 1))
    assert (response.status_code, problem(response)) == (413, "oversize")


def test_a_bomb_is_413_and_never_inflated(caller, journal):
    bomb = zstandard.ZstdCompressor(level=1).compress(bytes(200 * 1024 * 1024))
    assert len(bomb) < 100_000
    response = caller.call(journal, "POST", entries_path(journal.device), bomb)
    assert (response.status_code, problem(response)) == (413, "oversize")


@pytest.mark.parametrize(
    "body", [b"", b"nonsense", deflate(b"nonsense"), deflate(msgspec.msgpack.encode({"device": 1}))]
)
def test_nonsense_is_400(caller, journal, body):
    response = caller.call(journal, "POST", entries_path(journal.device), body)
    assert (response.status_code, problem(response)) == (400, "malformed")


def test_five_hundred_and_one_entries_are_refused(centre, caller, journal):
    journal.add_moves(500)
    response = caller.push(journal)
    assert (response.status_code, problem(response)) == (400, "malformed")
    assert count(centre) == 0


def test_an_old_program_may_push_but_is_asked_to_update_when_it_pulls(database, clock, journal):
    from litestar.testing import TestClient

    with TestClient(create_app(database, clock=clock, oldest_pull=2)) as client:
        caller = Caller(client)
        journal.add_moves(1)
        assert caller.push(journal, **{PROTOCOL_HEADER: "1"}).status_code == 200
        pull = caller.call(journal, "GET", pull_path(journal.device, "producers", ""), **{PROTOCOL_HEADER: "1"})
        assert (pull.status_code, problem(pull)) == (426, "outdated")


def test_a_till_that_asks_too_often_is_told_when_to_come_back(database, clock, journal):
    from litestar.testing import TestClient

    with TestClient(create_app(database, clock=clock, per_device=Rate(2, 0.01))) as client:
        caller = Caller(client)
        assert [caller.push(journal).status_code for _ in range(2)] == [200, 200]
        response = caller.push(journal)
        assert (response.status_code, problem(response)) == (429, "too_many_requests")
        assert int(response.headers["retry-after"]) in range(1, 101)


def test_a_locked_database_is_503_with_retry_after(caller, journal, monkeypatch):
    def locked(*_arguments):
        raise sa.exc.OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr("sync.server.exchange.routes_devices.take_batch", locked)
    response = caller.push(journal)
    assert (response.status_code, problem(response)) == (503, "unavailable")
    assert response.headers["retry-after"] == "5"


def test_while_another_program_holds_the_till_a_push_waits_and_then_is_503(
    database, centre, clock, journal, monkeypatch
):
    from litestar.testing import TestClient

    monkeypatch.setattr(dialect, "BUSY_MILLISECONDS", 50)
    journal.add_moves(1)
    with TestClient(create_app(database, clock=clock)) as client:
        caller = Caller(client)
        with writing(centre.engine) as other:
            device_of(other, key_id(public_bytes(journal.key)), lock=True)
            response = caller.push(journal)
            assert (response.status_code, problem(response)) == (503, "unavailable")
        assert caller.push(journal).status_code == 200, "the connection is not left inside a transaction"


def test_no_free_connection_is_503_too():
    assert answer_error(None, sa.exc.TimeoutError("QueuePool limit")).status_code == 503


@ON_SQLITE
def test_a_full_disk_is_503_and_takes_nothing(centre, database, caller, journal):
    journal.add_moves(400)
    with closing(pysqlite3.connect(database.removeprefix("sqlite:///"))) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]

    def full(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    app_centre = caller.client.app.state.centre
    sa.event.listen(app_centre.engine, "checkout", full)
    response = caller.push(journal)
    assert (response.status_code, problem(response)) == (503, "unavailable")
    assert count(centre) == 0
    sa.event.remove(app_centre.engine, "checkout", full)
    with app_centre.engine.connect() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert caller.push(journal).status_code == 200
    assert count(centre) == 401


def test_an_error_of_the_database_tells_no_log_what_was_to_be_stored(centre):
    def store_twice() -> None:
        with writing(centre.engine) as db:
            row = {"code": "P1", "personal": "08440000001"}
            db.execute(sa.insert(schema.producer_contacts), [row, row])

    with pytest.raises(sa.exc.IntegrityError) as failed:
        store_twice()
    assert "08440000001" not in str(failed.value)


def test_a_stranger_who_names_the_key_of_a_till_cannot_use_up_its_requests(database, clock, journal):
    from litestar.testing import TestClient

    rates = {"per_device": Rate(2, 0.01), "per_stranger": Rate(3, 0.01)}
    with TestClient(create_app(database, clock=clock, **rates)) as client:
        caller = Caller(client)
        journal.add_moves(1)
        headers = {"pojok-key": key_id(public_bytes(journal.key)), "pojok-signature": "AAAA"}
        refused = [caller.push(Journal(device=journal.device).add_moves(1), **headers) for _ in range(5)]
        assert [response.status_code for response in refused] == [401, 401, 401, 429, 429]
        assert caller.push(journal).status_code == 200


def test_a_failure_of_ours_is_a_problem_without_details(caller, journal, monkeypatch, caplog):
    def broken(*_arguments):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("sync.server.exchange.routes_devices.take_batch", broken)
    response = caller.push(journal)
    assert (response.status_code, problem(response)) == (500, "internal")
    assert "secret" not in response.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "name", "status"),
    [
        ("GET", "/nowhere", "not_found", 404),
        ("DELETE", "/v1/enrol", "method_not_allowed", 405),
        ("PUT", "/v1/devices/x/entries", "method_not_allowed", 405),
    ],
)
def test_every_other_error_is_a_problem_too(caller, method, path, name, status):
    response = caller.client.request(method, path)
    assert (response.status_code, problem(response)) == (status, name)


def test_a_pull_is_signed_and_answers_the_question(centre, caller, journal):
    response = caller.call(journal, "GET", pull_path(journal.device, "corner", ""))
    page = unseal(response.content, Page, PAGE, public_bytes(centre.key))
    assert [row.key for row in page.rows()] == ["MTR-001"]
    assert (page.nonce, page.scope, page.device) == ("abc", "corner", journal.device)


@pytest.mark.parametrize(
    ("path", "name"),
    [("nothing?after=", "not_found"), ("producers?after=x.y", "malformed"), ("corner?after=7", "malformed")],
)
def test_a_pull_of_nothing_known_is_refused(caller, journal, path, name):
    assert problem(caller.call(journal, "GET", f"/v1/devices/{journal.device}/pull/{path}")) == name


def test_health_answers_and_nobody_sees_a_corner_who_has_not_signed_in(caller, journal):
    caller.push(journal.add_moves(1))
    assert caller.client.get("/health").json()["status"] == "ok"
    for path in ("/", "/pojok", "/pojok/MTR-001"):
        page = caller.client.get(path)
        assert page.headers["content-type"].startswith("text/html")
        assert "Sekretariat Daerah" not in page.text
