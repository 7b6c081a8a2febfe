"""Batches as each released version wrote them, and as a version to come might: all are taken, none is dropped."""

import json
from pathlib import Path

import msgspec
import pytest

from sync.protocol.batch import Batch, chain, read_batch
from sync.protocol.messages import ACK, PAGE, pull_path
from sync.protocol.request import PROTOCOL_HEADER
from sync.protocol.wire import deflate, inflate, public_bytes, unseal
from sync.server import commands
from tests.server.support import Journal

RECORDED = Path(__file__).parents[2] / "fixtures" / "batches"


@pytest.fixture
def recorded_till(centre) -> Journal:
    return Journal(ledger_id="ab" * 16).enrol_at(centre)


@pytest.mark.parametrize("version", ["v1"])
def test_a_recorded_batch_makes_the_recorded_figures(database, caller, recorded_till, version):
    batch = read_batch((RECORDED / f"{version}.zst").read_bytes())
    response = caller.push(recorded_till, msgspec.structs.replace(batch, device=recorded_till.device))
    assert response.status_code == 200
    assert commands.state(database, "MTR-001", "A") == json.loads((RECORDED / f"{version}.json").read_text())


def test_a_batch_of_the_next_version_is_stored_whole_and_only_what_is_new_to_us_waits(database, caller, recorded_till):
    batch = read_batch((RECORDED / "v1.zst").read_bytes())
    entries = []
    for body in batch.entries:
        later = msgspec.json.decode(body)
        later["weather"] = "hujan"
        later["doc"]["carbon"] = 12
        entries.append(msgspec.json.encode(later))
    new_kind = {**msgspec.json.decode(entries[-1]), "id": "later", "seq": len(entries) + 1, "kind": "loyalty_points"}
    entries.append(msgspec.json.encode(new_kind))
    hashes = chain(batch.prev, entries)
    plain = msgspec.structs.asdict(batch) | {"device": recorded_till.device, "colour": "blue"}
    packed = deflate(msgspec.msgpack.encode({**plain, "entries": entries, "last_hash": hashes[-1]}))
    assert isinstance(read_batch(packed), Batch)
    response = caller.call(recorded_till, "POST", f"/v1/devices/{recorded_till.device}/entries", packed)
    assert response.status_code == 200
    state = commands.state(database, "MTR-001", "A")
    expected = json.loads((RECORDED / "v1.json").read_text())
    assert state.pop("journal")["entries"] == expected.pop("journal")["entries"] + 1
    assert state == expected


class FirstAck(msgspec.Struct, kw_only=True):
    """The ack as the first version knew it."""

    nonce: str
    device: str
    ledger_id: str
    epoch: int
    timeline: str
    acked_seq: int
    head_hash: bytes
    server_time: str
    cursors: dict[str, str] = {}
    quarantined: tuple[tuple[int, str], ...] = ()
    quarantined_count: int = 0
    protocol: int = 1


class FirstPage(msgspec.Struct, kw_only=True):
    nonce: str
    device: str
    scope: str
    timeline: str
    after: str
    cursor: str
    block: bytes = b""
    more: bool = False
    restart: bool = False


class FirstRow(msgspec.Struct, array_like=True):
    key: str
    body: bytes


def test_a_till_of_the_first_version_reads_what_the_centre_says(centre, caller, recorded_till):
    batch = read_batch((RECORDED / "v1.zst").read_bytes())
    answer = caller.push(recorded_till, msgspec.structs.replace(batch, device=recorded_till.device))
    ack = unseal(answer.content, FirstAck, ACK, public_bytes(centre.key))
    assert (ack.acked_seq, ack.head_hash) == (batch.last_seq, batch.last_hash)
    first_scopes = {"producers", "catalogue", "corner", "messages", "program"}
    assert first_scopes <= ack.cursors.keys()
    for scope in first_scopes:
        answer = caller.call(recorded_till, "GET", pull_path(recorded_till.device, scope, ""))
        page = unseal(answer.content, FirstPage, PAGE, public_bytes(centre.key))
        rows = msgspec.msgpack.decode(inflate(page.block), type=list[FirstRow]) if page.block else []
        assert (page.cursor, page.more) == (ack.cursors[scope], False)
        assert [row.key for row in rows] == (["MTR-001"] if scope == "corner" else [])


@pytest.mark.parametrize("protocol", ["1", "2", "99999"])
def test_a_protocol_to_come_may_push_and_pull(caller, recorded_till, protocol):
    recorded_till.add_moves(1)
    assert caller.push(recorded_till, **{PROTOCOL_HEADER: protocol}).status_code == 200
    pull = pull_path(recorded_till.device, "corner", "")
    assert caller.call(recorded_till, "GET", pull, **{PROTOCOL_HEADER: protocol}).status_code == 200
