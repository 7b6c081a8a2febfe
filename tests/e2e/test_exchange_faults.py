"""A bad network, a lying server, restored copies: nothing is lost, nothing counts twice, forks are seen."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pysqlite3
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.services.exchange import ExchangeFailed, export_bundle, import_reply, set_network, sync
from sync.client import stick
from sync.client.till import CentreClient
from sync.protocol.batch import read_batch
from sync.protocol.local import Network
from sync.protocol.messages import ACK, Ack
from sync.protocol.problems import encode_problem, problem_of
from sync.protocol.wire import Signed, inflate, seal
from sync.server import commands
from tests.client.support import Answer, Scripted, dripping, http, scripted, silent
from tests.e2e.support import HURRIED, CentreProcess, Till, forward


@pytest.fixture
def till(tmp_path: Path, shared_centre: CentreProcess) -> Iterator[Till]:
    till = Till(tmp_path).enrol(shared_centre)
    till.move_cash(5)
    yield till
    till.ledger.close()


def failed(till: Till) -> ExchangeFailed:
    with pytest.raises(ExchangeFailed) as failure:
        till.sync()
    assert till.exchange_state().problem == failure.value.reason
    return failure.value


def entries_at(centre: CentreProcess, till: Till) -> int:
    """How many entries the centre keeps of this ledger."""
    with closing(pysqlite3.connect(centre.path)) as db:
        query = "SELECT count(*), count(DISTINCT seq) FROM entries JOIN devices USING (device) WHERE ledger_id = ?"
        rows, distinct = db.execute(query, (till.ledger.identity.ledger_id,)).fetchone()
    assert rows == distinct
    return int(rows)


def relay(centre: CentreProcess, server: list[Scripted], change=lambda data: data, times: int = 1) -> Answer:
    """Brings the request to the centre, then answers with what ``change`` makes of the answer; None drops it."""

    def answer(connection, _stop) -> None:
        for _ in range(times):
            data = change(forward(centre.url, server[0].requests[-1]))
        if data is not None:
            connection.sendall(data)

    return answer


def test_an_ack_lost_after_the_commit_makes_no_double(shared_centre, till):
    servers: list[Scripted] = []
    with scripted(relay(shared_centre, servers, lambda _data: None), relay(shared_centre, servers)) as proxy:
        servers.append(proxy)
        till.go_through(proxy.url)
        assert failed(till).status == "unknown"
        assert till.unsent() == 5
        sent = till.sync()
    assert (sent["status"], sent["acked"]) == ("ok", 5)
    assert till.exchange_state().problem == ""
    assert entries_at(shared_centre, till) == 5


@pytest.mark.parametrize("cut", [1, 40, 200, -1])
def test_a_truncated_ack_counts_for_nothing(shared_centre, till, cut):
    servers: list[Scripted] = []
    with scripted(relay(shared_centre, servers, lambda data: data[:cut]), relay(shared_centre, servers)) as proxy:
        servers.append(proxy)
        till.go_through(proxy.url)
        assert failed(till).status == "unknown"
        assert till.unsent() == 5
        assert till.sync()["acked"] == 5


def test_a_request_that_arrives_twice_is_taken_once(shared_centre, till):
    servers: list[Scripted] = []
    with scripted(relay(shared_centre, servers, times=2)) as proxy:
        servers.append(proxy)
        till.go_through(proxy.url)
        assert till.sync()["acked"] == 5
    assert entries_at(shared_centre, till) == 5


@pytest.mark.parametrize(
    "answer",
    [
        http("200 OK", b"{}"),
        http("200 OK", b""),
        http("200 OK", b"<html>Selamat datang di hotspot</html>"),
        http("302 Found", b"", "Location: http://127.0.0.1:9/"),
        http("204 No Content"),
        http("201 Created", b"{}"),
        http("409 Conflict", b'{"type":"about:blank"}'),
        http("500 Internal Server Error", b"oops"),
        http("200 OK", b"half", length=4_000),
        b"",
        b"no http at all",
        silent,
        dripping(http("200 OK", bytes(2_000))),
    ],
)
def test_an_answer_that_is_no_ack_is_unknown_and_everything_stays_unsent(shared_centre, till, answer):
    till.client = CentreClient(None if isinstance(answer, bytes) else HURRIED)
    with scripted(answer) as server:
        till.go_through(server.url)
        assert failed(till).status == "unknown"
        assert server.heard()
        assert len(server.requests) == 1, "nothing is tried again by itself"
    assert till.unsent() == 5
    till.client = CentreClient()
    till.go_through(shared_centre.url)
    assert till.sync()["acked"] == 5


@pytest.mark.parametrize(
    ("status", "name", "outcome"),
    [
        ("401 Unauthorized", "unknown_key", "refused"),
        ("403 Forbidden", "key_revoked", "refused"),
        ("409 Conflict", "fork", "fork"),
        ("429 Too Many Requests", "too_many_requests", "busy"),
        ("503 Service Unavailable", "unavailable", "busy"),
        ("413 Content Too Large", "oversize", "stuck"),
        ("426 Upgrade Required", "outdated", "unknown"),
    ],
)
def test_every_refusal_is_told_apart_and_drops_nothing(till, status, name, outcome):
    body = encode_problem(problem_of(name, "why"))
    with scripted(http(status, body, "Retry-After: 77")) as server:
        till.go_through(server.url)
        failure = failed(till)
    assert failure.status == outcome
    assert failure.retry_after == (77 if outcome == "busy" else None)
    assert till.unsent() == 5


def test_what_an_unsigned_answer_says_is_kept_shortly(till):
    body = encode_problem(problem_of("unavailable", "x" * 1_000_000))
    with scripted(http("503 Service Unavailable", body)) as server:
        till.go_through(server.url)
        failed(till)
    assert len(till.exchange_state().problem_detail) <= 200


def test_an_ack_by_another_key_or_for_something_else_counts_for_nothing(shared_centre, till):
    def forged(data: bytes, **changed) -> bytes:
        _head, _, body = data.partition(b"\r\n\r\n")
        ack = msgspec.msgpack.decode(inflate(msgspec.msgpack.decode(body, type=Signed).payload), type=Ack)
        body = seal(Ed25519PrivateKey.generate(), ACK, msgspec.structs.replace(ack, **changed))
        return http("200 OK", body)

    servers: list[Scripted] = []
    with scripted(relay(shared_centre, servers, forged)) as proxy:
        servers.append(proxy)
        till.go_through(proxy.url)
        assert failed(till).reason == "nonsense"
    assert till.unsent() == 5


def test_the_answer_to_an_earlier_question_does_not_count(shared_centre, till):
    kept: list[bytes] = []
    servers: list[Scripted] = []

    def keep(data: bytes) -> bytes:
        kept.append(data)
        return data

    with scripted(relay(shared_centre, servers, keep)) as proxy:
        servers.append(proxy)
        till.go_through(proxy.url)
        till.sync()
    till.move_cash(2)
    with scripted(kept[0]) as replay:
        till.go_through(replay.url)
        assert failed(till).status == "unknown"
    assert till.unsent() == 2


def test_a_centre_that_is_down_costs_nothing_and_catches_up(shared_centre, till):
    till.client = CentreClient(keep_seconds=60)
    till.sync()
    shared_centre.stop()
    till.move_cash(3)
    assert failed(till).reason == "unreachable"
    till.move_cash(3)
    shared_centre.start()
    assert till.sync()["pushed"] == 6
    assert entries_at(shared_centre, till) == 11
    till.client.close()


def test_a_centre_restored_from_an_older_copy_is_sent_everything_again(tmp_path, shared_centre, till):
    till.sync()
    with closing(pysqlite3.connect(shared_centre.path)) as db:
        db.execute("VACUUM INTO ?", (str(tmp_path / "old.db"),))
    till.move_cash(4)
    till.sync()
    shared_centre.stop()
    shutil.copy(tmp_path / "old.db", shared_centre.path)
    shared_centre.start()
    till.move_cash(1)
    assert till.sync()["acked"] == 10
    assert entries_at(shared_centre, till) == 10


def restored(till: Till, copy: Path) -> None:
    """Put an older copy of the ledger in the place of the present one."""
    till.ledger.close()
    for leftover in ("-wal", "-shm"):
        till.path.with_name(till.path.name + leftover).unlink(missing_ok=True)
    shutil.copy(copy, till.path)
    till.ledger = Ledger.open(till.path)


@pytest.mark.parametrize("sold_since", [1, 9])
def test_a_till_restored_from_an_older_copy_that_sold_since_stops_and_asks_for_a_repair(
    tmp_path, shared_centre, till, sold_since
):
    till.sync()
    copy = tmp_path / "copy.db"
    till.ledger.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(till.path, copy)
    till.move_cash(4)
    till.sync()
    before = shared_centre.state("MTR-001")
    restored(till, copy)
    till.move_cash(sold_since, amount=777)
    failure = failed(till)
    assert (failure.status, failure.reason) == ("fork", "repair_waiting")
    assert shared_centre.state("MTR-001") == before
    assert till.ledger.head().seq == 5 + sold_since, "the till goes on selling"


def test_after_a_fork_the_till_only_asks_until_the_centre_agrees_again(shared_centre, till):
    with scripted(http("409 Conflict", encode_problem(problem_of("fork")))) as server:
        till.go_through(server.url)
        assert [failed(till).status for _ in range(2)] == ["fork", "fork"]
        pushes = [request for request in server.requests if request.startswith(b"POST")]
        sent = [read_batch(request.partition(b"\r\n\r\n")[2]).entries for request in pushes]
    assert [len(entries) for entries in sent] == [5, 0]
    till.go_through(shared_centre.url)
    assert till.sync()["acked"] == 5


def test_a_large_backlog_goes_in_batches_and_is_halved_when_it_is_too_large(shared_centre, till):
    till.move_cash(1_200)
    servers: list[Scripted] = []
    too_large = http("413 Content Too Large", encode_problem(problem_of("oversize")))
    with scripted(too_large, too_large, relay(shared_centre, servers)) as proxy:
        servers.append(proxy)
        till.go_through(proxy.url)
        sent = till.sync()
    assert (sent["pushed"], sent["acked"]) == (1_205, 1_205)
    assert len(proxy.requests) > 1_205 // 125


def test_an_entry_that_the_centre_cannot_read_is_told_to_the_till_and_blocks_nothing(shared_centre, till):
    till.sync()
    second = Till(till.path.parent / "second", till="B").enrol(shared_centre)
    with till.ledger.write() as tx:
        taken = tx.db.execute("SELECT document_id FROM journal WHERE seq = 2").fetchone()[0]
    second.move_cash(1)
    second.move_cash(1, document_id=taken)
    second.move_cash(1)
    assert second.sync()["acked"] == 3
    assert second.exchange_state().quarantined == 1
    second.ledger.close()


def test_two_tills_pushing_at_once_do_not_disturb_each_other(tmp_path, shared_centre):
    tills = [Till(tmp_path / name, corner="MTR-010", till=name).enrol(shared_centre) for name in ("A", "B")]
    for till in tills:
        till.move_cash(1_500)
    outcome: list[int] = []
    threads = [threading.Thread(target=lambda each=till: outcome.append(each.sync()["acked"])) for till in tills]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome == [1_500, 1_500]
    for till in tills:
        assert till.state() == shared_centre.state("MTR-010", till.ledger.identity.till)
        till.ledger.close()


def test_the_top_bar_knows_the_oldest_unsent_entry_and_the_clock_offset(shared_centre, till):
    state = till.exchange_state()
    assert (state.enrolled, state.unsent, state.quarantined) == (True, 5, 0)
    assert state.oldest_unsent_at == "2026-10-01T01:00:01+00:00"
    till.sync()
    state = till.exchange_state()
    assert (state.unsent, state.oldest_unsent_at, state.problem) == (0, "", "")
    assert abs(state.clock_offset) < 60
    assert state.last_ack_at


def test_a_centre_killed_amid_a_backlog_keeps_whole_batches_and_gets_the_rest(shared_centre, till):
    till.move_cash(1_995)
    servers: list[Scripted] = []
    killed: list[int] = []

    def kill(data: bytes) -> bytes:
        killed.append(len(data))
        if len(killed) == 2:
            shared_centre.kill()
        return data

    with scripted(relay(shared_centre, servers, kill)) as proxy:
        servers.append(proxy)
        till.go_through(proxy.url)
        assert failed(till).status == "unknown"
    shared_centre.start()
    assert entries_at(shared_centre, till) in range(1_000, 2_000, 500)
    till.go_through(shared_centre.url)
    assert till.sync()["acked"] == 2_000
    assert entries_at(shared_centre, till) == 2_000
    assert commands.verify(shared_centre.database)["status"] == "ok"


def test_two_programs_pushing_for_one_till_at_once_make_no_double_and_lose_nothing(shared_centre, till):
    till.move_cash(1_200)
    second = till.ledger.another()
    outcome: list[int] = []

    def push(ledger: Ledger) -> None:
        outcome.append(sync(ledger, till.vault, CentreClient())["acked"])

    threads = [threading.Thread(target=push, args=(ledger,)) for ledger in (till.ledger, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    assert outcome == [1_205, 1_205]
    assert entries_at(shared_centre, till) == 1_205
    assert till.unsent() == 0


def test_an_answer_that_comes_late_does_not_move_the_pointer_back(till):
    store = LedgerStore(till.ledger)

    def ack(seq: int) -> Ack:
        head = store.hash_at(seq)
        assert head is not None
        names = {"nonce": "n", "device": "d", "ledger_id": "l", "timeline": "t", "server_time": ""}
        return Ack(epoch=1, acked_seq=seq, head_hash=head, **names)

    store.accept_ack(ack(5), "2026-10-01T08:00:00+07:00")
    store.accept_ack(ack(3), "2026-10-01T08:00:00+07:00")
    assert store.standing().acked_seq == 5


def test_an_entry_that_the_disk_changed_is_not_sent_as_the_truth(shared_centre, till):
    db = till.ledger.db
    db.execute("DROP TRIGGER journal_no_update")
    db.execute("UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '1000', '9000') AS BLOB) WHERE seq = 3")
    failure = failed(till)
    assert (failure.status, failure.reason) == ("stuck", "damaged")
    assert "entry 3" in failure.detail
    assert entries_at(shared_centre, till) == 0


def test_a_bundle_takes_what_a_file_may_hold_and_the_next_one_the_rest(shared_centre, till, tmp_path, monkeypatch):
    till.move_cash(1_495)
    monkeypatch.setattr(stick, "MAX_FILE", stick.FILE_ROOM)
    out, reply = tmp_path / "till.pojok", tmp_path / "reply"
    for carried in (500, 1_000, 1_500):
        assert export_bundle(till.ledger, till.vault, till.client, out)["pushed"] == 500
        commands.bundle(out, shared_centre.database, reply)
        assert import_reply(till.ledger, till.client, reply)["acked"] == carried


def test_a_kept_connection_serves_the_next_round_until_it_was_idle_too_long(shared_centre, till):
    till.client = CentreClient(keep_seconds=60)
    till.sync()
    kept = till.client._kept
    till.move_cash(1)
    assert till.sync()["pushed"] == 1
    assert kept is not None
    assert till.client._kept.transport is kept.transport
    till.client._kept = kept._replace(used=kept.used - 61)
    assert till.sync()["status"] == "ok"
    assert till.client._kept.transport is not kept.transport
    till.client.close()
    assert till.client._kept is None


def test_the_network_of_the_office_is_a_setting_of_the_till(till, tmp_path):
    with scripted(http("502 Bad Gateway")) as proxy:
        till.go_through("http://centre.example")
        assert failed(till).reason == "unsafe_address"
        set_network(till.ledger, proxy=proxy.url, plain_http=True)
        assert failed(till).status == "unknown"
        assert proxy.requests[0].startswith(b"POST http://centre.example/v1/devices/")
    set_network(till.ledger, proxy="", plain_http=False)
    assert failed(till).reason == "unsafe_address"
    with pytest.raises(ExchangeFailed) as refused:
        set_network(till.ledger, ca_file=tmp_path / "none.pem")
    assert refused.value.reason == "no_ca_file"
    certificates = tmp_path / "ca.pem"
    certificates.write_text("")
    set_network(till.ledger, ca_file=certificates)
    assert LedgerStore(till.ledger).network().ca_file == str(certificates)
    set_network(till.ledger, ca_file=Path())
    assert LedgerStore(till.ledger).network() == Network()
