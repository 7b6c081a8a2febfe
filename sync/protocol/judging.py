"""Who is right when histories meet: pure decisions on sequence numbers and hashes, the same wherever they are taken.

The hash of an entry binds everything before it, so two histories that agree on one hash agree up to there. What each
rule alone would miss:

- A centre that skips what it has by number loses the sales of a till that went another way: hashes are compared.
- Hashes of the overlap alone miss a till that came back from an old copy and grew past the centre's head unseen: the
  entry before the first new one must be the centre's head.
- The centre cannot see that a till forgot: the till takes an ack only when its hash is one of the till's own, and
  looks for what it lacks when the ack is beyond its head.
"""

from collections.abc import Callable, Sequence

import msgspec

HashAt = Callable[[int], bytes | None]
"""The hash of the entry with a sequence number, of the genesis for 0; None when there is no such entry."""

Learned = Callable[[int, int], None]
"""Hears the last entry that is known to be common, and the last that may be."""


class Take(msgspec.Struct, frozen=True, gc=False):
    """The first ``known`` entries are there already; what follows is appended. ``begins`` an epoch when it says so."""

    known: int
    begins: bool = False


class Gap(msgspec.Struct, frozen=True, gc=False):
    """Entries from ``expected`` on are missing before the first that was sent."""

    expected: int


class Fork(msgspec.Struct, frozen=True, gc=False):
    """The histories differ at ``seq`` or before."""

    seq: int


class Accept(msgspec.Struct, frozen=True, gc=False):
    """The centre has our entries up to ``seq``."""

    seq: int


class Rewind(msgspec.Struct, frozen=True, gc=False):
    """The centre has our entries up to ``seq`` only: send what follows again."""

    seq: int


class Behind(msgspec.Struct, frozen=True, gc=False):
    """The centre has entries up to ``seq``, beyond our end: they are to be looked at before anything is sent."""

    seq: int


def judge_batch(
    *,
    head_seq: int,
    head_hash: bytes,
    head_epoch: int,
    stored: HashAt,
    first_seq: int,
    prev: bytes,
    hashes: Sequence[bytes],
    epoch: int,
    link: bytes | None = None,
) -> Take | Gap | Fork:
    """What the centre, whose journal of the till ends with ``head_*``, does with entries from ``first_seq`` on.

    ``hashes`` are recomputed from ``prev`` and the bodies; none: the till only asks, and ``prev`` is its hash of
    ``first_seq - 1``. ``stored`` is asked for ``overlap`` only. ``link`` is the ``prev`` that an approval allows to an
    entry which begins the next epoch (``judge_approval``).
    """
    if first_seq > head_seq + 1:
        return Gap(head_seq + 1)
    if not hashes:
        return Take(0) if stored(first_seq - 1) == prev else Fork(first_seq - 1)
    known = min(len(hashes), head_seq - first_seq + 1)
    for index in range(known):
        if stored(first_seq + index) != hashes[index]:
            return Fork(first_seq + index)
    if known == len(hashes):
        return Take(known)
    if epoch != head_epoch:
        begins = not known and epoch == head_epoch + 1 and link is not None and prev == link
        return Take(0, begins=True) if begins else Fork(head_seq + 1)
    return Take(known) if known or prev == head_hash else Fork(head_seq)


def overlap(head_seq: int, first_seq: int, count: int) -> range:
    """The sequence numbers that ``judge_batch`` asks ``stored`` for; the genesis (0) may be the only one."""
    if count == 0:
        return range(first_seq - 1, first_seq) if first_seq <= head_seq + 1 else range(0)
    return range(first_seq, min(first_seq + count - 1, head_seq) + 1)


def judge_ack(acked_seq: int, head_hash: bytes, hash_at: HashAt, sent: int) -> Accept | Behind | Fork | None:
    """What the till makes of the centre's word that it has entries up to ``acked_seq``, ending in ``head_hash``.

    ``hash_at`` tells the till's own hashes, ``sent`` the last entry that it had sent, or the one before those that it
    would send next. None: nonsense, for whoever took a batch has all of it. Only a gap leads back (``judge_gap``).
    """
    ours = hash_at(acked_seq)
    if ours is None:
        return Behind(acked_seq)
    if ours != head_hash:
        return Fork(acked_seq)
    return Accept(acked_seq) if acked_seq >= sent else None


def judge_gap(expected_seq: int, first_seq: int) -> Rewind | None:
    """Where the till goes back to when the centre expects ``expected_seq`` instead of ``first_seq``; None: nonsense."""
    return Rewind(expected_seq - 1) if 1 <= expected_seq < first_seq else None


def judge_approval(
    *,
    approved_epoch: int,
    approved_head: tuple[int, bytes],
    base: tuple[int, bytes],
    head_epoch: int,
    head: tuple[int, bytes],
    stored: HashAt,
) -> bool:
    """Whether an approval holds where the journal stands at ``head`` (sequence number and hash) of ``head_epoch``.

    It names the head after which the epoch begins and the last common entry; both must be the centre's own, now.
    """
    if approved_epoch != head_epoch + 1 or approved_head != head:
        return False
    return base[0] <= head[0] and stored(base[0]) == base[1]


def find_base(most: int, ours: HashAt, theirs: HashAt, common: int = 0, learned: Learned | None = None) -> int:
    """The last entry, of those up to ``most``, that both histories have: binary search, about log2(``most``) questions
    to each side. The genesis (0) is common by itself: who differs there is not the same till.

    ``common`` is known to be in both; ``learned`` hears after each question where the search stands.
    """
    low, high = common, most
    while low < high:
        middle = (low + high + 1) // 2
        ours_there = ours(middle)
        if ours_there is not None and ours_there == theirs(middle):
            low = middle
        else:
            high = middle - 1
        if learned is not None:
            learned(low, high)
    return low
