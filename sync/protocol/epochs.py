"""Epochs of a till's journal: where each begins, and what its first entry follows.

Sequence numbers go on over epochs. The first epoch is 1 and begins with the genesis; the first entry of a later one
follows ``entry.epoch_link`` of the centre's head and of the last entry that both histories had.
"""

from collections.abc import Sequence

from sync.protocol.batch import chain
from sync.protocol.entry import FIRST_EPOCH, epoch_link
from sync.protocol.judging import HashAt
from sync.protocol.messages import Approval, EpochBegun, KeptEntries
from sync.protocol.wire import Signed, inflate, unpack


def epoch_of(epochs: Sequence[EpochBegun], seq: int) -> int:
    """The epoch of entry ``seq``; of the genesis (0), the first."""
    return max((begun.epoch for begun in epochs if begun.first_seq <= seq), default=FIRST_EPOCH)


def fork_before(epochs: Sequence[EpochBegun], common: int) -> int:
    """The last entry that both histories had before what one of them lacks, where ``common`` is the last they have.

    Epochs that begin after it came to nobody: what had diverged then is entered again once more, from the same fork.
    """
    return min([common, *(begun.base_seq for begun in epochs if begun.first_seq > common)])


def beginning_at(epochs: Sequence[EpochBegun], seq: int) -> EpochBegun | None:
    """The epoch that begins with entry ``seq``."""
    return next((begun for begun in epochs if begun.first_seq == seq), None)


def left_in_epoch(epochs: Sequence[EpochBegun], first: int, most: int) -> int:
    """How many entries from ``first``, at most ``most``, are of one epoch."""
    return min([most, *(begun.first_seq - first for begun in epochs if begun.first_seq > first)])


def prev_of(epochs: Sequence[EpochBegun], seq: int, hash_at: HashAt) -> bytes | None:
    """What entry ``seq`` has to follow, from the hashes of those before it; None when one of them is not there."""
    before = hash_at(seq - 1)
    begun = beginning_at(epochs, seq)
    if begun is None or before is None:
        return before
    base = hash_at(begun.base_seq)
    return None if base is None else epoch_link(begun.epoch, before, base)


def continues(kept: KeptEntries, hash_at: HashAt) -> bool:
    """Whether ``kept`` is whole, of one epoch, and follows the history whose hashes ``hash_at`` tells."""
    count = len(kept.entries)
    if left_in_epoch(kept.epochs, kept.first_seq, count) < count:
        return False
    if kept.epoch != epoch_of(kept.epochs, kept.first_seq if count else kept.first_seq - 1):
        return False
    prev = prev_of(kept.epochs, kept.first_seq, hash_at) if count else hash_at(kept.first_seq - 1)
    return prev == kept.prev and [kept.prev, *chain(kept.prev, kept.entries)][-1] == kept.last_hash


def read_approval(sealed: bytes) -> Approval:
    """The approval in ``sealed``. Its signature is for the centre to check: a till has it out of a sealed answer.

    Raises ``Malformed`` or ``Oversize``.
    """
    return unpack(inflate(unpack(sealed, Signed).payload), Approval)


def link_of(approval: Approval) -> bytes:
    """The ``prev`` of the first entry of the approved epoch."""
    return epoch_link(approval.epoch, approval.head_hash, approval.base_hash)
