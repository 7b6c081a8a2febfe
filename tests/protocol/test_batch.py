"""A batch carries two hashes, the rest is recomputed; its bounds hold on both sides."""

import random
import secrets
import uuid

import msgspec
import pytest

from sync.documents.sale import Sale, SaleLine, Take, Tender
from sync.protocol.batch import MAX_ENTRIES, Batch, chain, fitting, pack_batch, read_batch
from sync.protocol.entry import BrokenEntry, genesis, make_body
from sync.protocol.wire import MAX_INFLATED, MAX_WIRE, Malformed, Oversize, deflate


def batch_of(bodies: list[bytes], **changed) -> Batch:
    prev = genesis("l", "MTR-001", "A", 1)
    hashes = chain(prev, bodies)
    plain = Batch(
        device="d",
        ledger_id="l",
        corner="MTR-001",
        till="A",
        epoch=1,
        first_seq=1,
        prev=prev,
        last_hash=hashes[-1] if hashes else prev,
        entries=tuple(bodies),
    )
    return msgspec.structs.replace(plain, **changed)


def sale_body(seq: int) -> bytes:
    def line(index: int) -> SaleLine:
        price = 12_000 + 500 * ((seq + index) % 9)
        return SaleLine(
            sku=f"MKN-{(seq * 7 + index) % 250:03}",
            name=f"Keripik Pisang {(seq * 7 + index) % 250}",
            producer=f"P{(seq + index) % 60:03}",
            pricing="titip",
            quantity=1_000,
            sell_price=price,
            consign_price=price - 1_500,
            total=price,
            share=price - 1_500,
            takes=(Take(f"NT-MTR001A-{(seq * 7 + index) % 60:06}/1", 1_000),),
        )

    lines = tuple(line(index) for index in range(3))
    total = sum(each.total for each in lines)
    document = Sale(
        number=f"ST-MTR001A-{seq:06}",
        lines=lines,
        tenders=(Tender(kind="cash", amount=total),),
        total=total,
        received=total,
    )
    document.check()
    return make_body(
        document,
        epoch=1,
        seq=seq,
        document_id=str(uuid.UUID(int=(0x019A1B2C << 96) + (seq << 80) + random.Random(seq).getrandbits(80))),
        at=f"2026-10-01T{8 + seq // 3600:02}:{seq // 60 % 60:02}:{seq % 60:02}+07:00",
        date="2026-10-01",
        cashier="k1",
        app="0.1.0",
    )


def test_a_batch_reads_as_it_was_packed():
    batch = batch_of([b'{"a":1}', b"", b"\xff"])
    assert read_batch(pack_batch(batch)) == batch
    assert batch.hashes() == chain(batch.prev, batch.entries)
    assert batch.last_seq == 3


def test_a_changed_entry_does_not_lead_to_the_last_hash():
    batch = batch_of([b"one", b"two", b"three"])
    for index in range(3):
        entries = list(batch.entries)
        entries[index] += b" "
        with pytest.raises(BrokenEntry):
            msgspec.structs.replace(batch, entries=tuple(entries)).hashes()
    with pytest.raises(BrokenEntry):
        batch_of([], last_hash=bytes(32)).hashes()


def test_an_empty_batch_ends_where_it_begins():
    assert batch_of([]).hashes() == []
    assert batch_of([], first_seq=8).last_seq == 7


@pytest.mark.parametrize(
    "field", [{"prev": b"short"}, {"first_seq": 0}, {"epoch": 0}, {"device": ""}, {"corner": "x" * 65}]
)
def test_a_misshapen_batch_is_refused(field):
    with pytest.raises(Malformed):
        read_batch(deflate(msgspec.msgpack.encode(batch_of([b"x"], **field))))


def test_more_entries_than_allowed_are_refused():
    with pytest.raises(Malformed):
        read_batch(pack_batch(batch_of([b"x"] * (MAX_ENTRIES + 1))))


def test_more_bytes_than_allowed_are_refused_by_both_sides():
    with pytest.raises(Oversize):
        pack_batch(batch_of([secrets.token_bytes(MAX_WIRE)]))
    with pytest.raises(Oversize):
        pack_batch(batch_of([bytes(MAX_INFLATED)]))
    with pytest.raises(Oversize):
        read_batch(bytes(MAX_WIRE + 1))


def test_only_as_many_entries_are_taken_as_fit():
    assert fitting([b"x"] * 700) == MAX_ENTRIES
    assert fitting([b"x"] * 700, 20) == 20
    assert fitting([]) == 0
    assert fitting([bytes(3 * 1024 * 1024)] * 5) == 2
    assert fitting([bytes(9 * 1024 * 1024)] * 2) == 1
    pack_batch(batch_of([bytes(3 * 1024 * 1024)] * 2))


def test_a_sale_of_three_lines_costs_at_most_ninety_bytes_in_a_full_batch():
    bodies = [sale_body(seq) for seq in range(1, MAX_ENTRIES + 1)]
    assert len(pack_batch(batch_of(bodies))) / MAX_ENTRIES <= 90
