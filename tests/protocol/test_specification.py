"""The worked example of ``docs/protocol.md``, recomputed."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.batch import Batch, read_batch
from sync.protocol.entry import entry_hash, epoch_link, genesis, read_body
from sync.protocol.messages import ACK, SCOPES, Ack, entries_path
from sync.protocol.problems import STATUS
from sync.protocol.request import canonical, check_request, credentials, signed_headers
from sync.protocol.wire import inflate, key_id, public_bytes, unseal

PAGE = (Path(__file__).resolve().parents[2] / "docs/protocol.md").read_text(encoding="utf-8")
EXAMPLE = dict(line.split(": ", 1) for line in PAGE.rpartition("## An example")[2].split("```")[1].strip().splitlines())
TILL = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(EXAMPLE["till's private key"]))
CENTRE = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(EXAMPLE["centre's private key"]))


def raw(name: str) -> bytes:
    return bytes.fromhex(EXAMPLE[name])


def test_the_entry_is_chained_as_told():
    body = EXAMPLE["body"].encode()
    assert genesis("11" * 16, "MTR-001", "A", 1) == raw("genesis")
    assert entry_hash(raw("genesis"), body) == raw("hash")
    assert read_body(body).document().KIND == "shift_opened"
    assert epoch_link(2, raw("hash"), raw("genesis")) == raw("epoch link")


def test_the_batch_is_packed_as_told():
    batch = read_batch(raw("frame"))
    assert inflate(raw("frame")) == raw("message") == msgspec.msgpack.encode(batch)
    assert batch == Batch(
        device="d1",
        ledger_id="11" * 16,
        corner="MTR-001",
        till="A",
        epoch=1,
        first_seq=1,
        prev=raw("genesis"),
        last_hash=raw("hash"),
        entries=(EXAMPLE["body"].encode(),),
    )


def test_the_request_is_signed_as_told():
    assert public_bytes(TILL) == raw("till's public key")
    assert key_id(public_bytes(TILL)) == EXAMPLE["till's key id"]
    method, path, _digest, key, nonce, time = EXAMPLE["signed"].split("\\n")
    assert (method, path, key) == ("POST", entries_path("d1"), EXAMPLE["till's key id"])
    frame = raw("frame")
    assert canonical(method, path, frame, key, nonce, time).decode() == EXAMPLE["signed"].replace("\\n", "\n")
    headers = signed_headers(TILL, method, path, frame, nonce=nonce, time=time)
    assert headers["Pojok-Signature"] == EXAMPLE["Pojok-Signature"]
    check_request(public_bytes(TILL), credentials(headers), method, path, frame)


def test_the_answer_is_sealed_as_told():
    ack = unseal(raw("ack"), Ack, ACK, public_bytes(CENTRE))
    assert (ack.device, ack.epoch, ack.acked_seq, ack.head_hash) == ("d1", 1, 1, raw("hash"))
    assert ack.nonce == EXAMPLE["signed"].split("\\n")[4]


def test_every_problem_and_every_scope_is_told():
    assert [name for name in (*STATUS, *SCOPES) if f"`{name}`" not in PAGE] == []
