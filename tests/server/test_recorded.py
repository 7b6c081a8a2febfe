"""Batches as each released version wrote them, and as a version to come might: all are taken, none is dropped."""

import json
from pathlib import Path

import msgspec
import pytest

from sync.protocol.batch import Batch, chain, read_batch
from sync.protocol.wire import deflate
from sync.server import commands
from tests.server.support import Journal

RECORDED = Path(__file__).parents[1] / "fixtures" / "batches"


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
