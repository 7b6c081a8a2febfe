"""Where epochs begin, and what continues a journal."""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.batch import chain
from sync.protocol.entry import epoch_link, genesis
from sync.protocol.epochs import beginning_at, continues, epoch_of, left_in_epoch, link_of, prev_of, read_approval
from sync.protocol.messages import Approval, EpochBegun, KeptEntries
from sync.protocol.wire import Malformed, seal

EPOCHS = (EpochBegun(2, 4, 2), EpochBegun(3, 6, 5))


def test_every_entry_is_of_one_epoch():
    assert [epoch_of(EPOCHS, seq) for seq in range(8)] == [1, 1, 1, 1, 2, 2, 3, 3]
    assert epoch_of((), 99) == 1
    assert [begun and begun.epoch for begun in (beginning_at(EPOCHS, seq) for seq in (3, 4, 6))] == [None, 2, 3]


def test_entries_are_counted_up_to_the_next_epoch():
    assert [left_in_epoch(EPOCHS, first, 500) for first in (1, 3, 4, 5, 6, 7)] == [3, 1, 2, 1, 500, 500]
    assert left_in_epoch(EPOCHS, 1, 2) == 2
    assert left_in_epoch(EPOCHS, 3, 0) == 0


def journal() -> list[bytes]:
    """Hashes of a genesis and of six entries in three epochs; the body of entry ``n`` is ``n``."""
    hashes = [genesis("l", "MTR-001", "A", 1)]
    for seq in range(1, 7):
        prev = prev_of(EPOCHS, seq, hashes.__getitem__)
        assert prev is not None
        hashes += chain(prev, [b"%d" % seq])
    return hashes


def test_the_first_entry_of_a_later_epoch_follows_head_and_base():
    hashes = journal()
    assert prev_of(EPOCHS, 4, hashes.__getitem__) == epoch_link(2, hashes[3], hashes[2])
    assert prev_of(EPOCHS, 5, hashes.__getitem__) == hashes[4]
    assert prev_of(EPOCHS, 6, {5: hashes[5]}.get) == epoch_link(3, hashes[5], hashes[5])
    assert prev_of(EPOCHS, 4, {3: hashes[3]}.get) is None, "without the base nobody can tell"


def kept(first: int, last: int, **changed) -> KeptEntries:
    hashes = journal()
    prev = prev_of(EPOCHS, first, hashes.__getitem__) if last >= first else hashes[first - 1]
    assert prev is not None
    plain = KeptEntries(
        nonce="n",
        device="d",
        ledger_id="l",
        epoch=epoch_of(EPOCHS, first if last >= first else first - 1),
        first_seq=first,
        prev=prev,
        last_hash=hashes[last] if last >= first else prev,
        entries=tuple(b"%d" % seq for seq in range(first, last + 1)),
        head_epoch=3,
        head_seq=6,
        head_hash=hashes[6],
        epochs=EPOCHS,
    )
    return msgspec.structs.replace(plain, **changed)


@pytest.mark.parametrize(("first", "last"), [(1, 3), (2, 3), (4, 5), (5, 5), (6, 6), (7, 6), (4, 3), (1, 0)])
def test_whole_entries_of_one_epoch_continue_the_journal_that_ends_before_them(first, last):
    hashes = dict(enumerate(journal()[:first]))
    assert continues(kept(first, last), hashes.get)


@pytest.mark.parametrize(
    "changed",
    [
        {"prev": bytes(32)},
        {"last_hash": bytes(32)},
        {"entries": (b"4", b"x")},
        {"epoch": 1},
        {"epochs": ()},
        {"epochs": (EpochBegun(2, 4, 1), EpochBegun(3, 6, 5))},
        {"epochs": (EpochBegun(2, 4, 2), EpochBegun(3, 5, 4))},
        {"first_seq": 5},
    ],
)
def test_anything_else_does_not(changed):
    assert not continues(kept(4, 5, **changed), dict(enumerate(journal())).get)


def test_an_approval_names_the_link_of_its_epoch():
    approval = Approval(
        device="d",
        ledger_id="l",
        epoch=2,
        head_seq=3,
        head_hash=b"h" * 32,
        base_seq=2,
        base_hash=b"b" * 32,
        approved_at="2026-10-01T01:00:00+00:00",
    )
    assert read_approval(seal(Ed25519PrivateKey.generate(), "epoch", approval)) == approval
    assert link_of(approval) == epoch_link(2, b"h" * 32, b"b" * 32)
    with pytest.raises(Malformed):
        read_approval(b"nothing of the kind")
