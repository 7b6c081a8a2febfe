"""A till's entries as batches, and the acks that answer them: the same over the network and on a stick."""

from collections.abc import Sequence

from msgspec.structs import replace

from sync.client.caller import Ask, Stopped
from sync.protocol.batch import MAX_ENTRIES, Batch, chain, fitting
from sync.protocol.epochs import beginning_at, epoch_of, left_in_epoch
from sync.protocol.judging import Behind, Fork, judge_ack
from sync.protocol.local import Kept, Link, LocalStore
from sync.protocol.messages import ACK, ROLLOVER, Ack, Rollover
from sync.protocol.wire import Malformed, unseal


def next_batch(store: LocalStore, link: Link, first: int, size: int = MAX_ENTRIES) -> Batch:
    """At most ``size`` entries from ``first``, all of one epoch, as a batch of this till; 0 makes one that only asks.

    The first batch of a later epoch carries its approval.

    Raises ``Stopped``: ``behind`` when the journal ends before ``first - 1``, ``damaged`` when the stored bytes do
    not give the stored hash.
    """
    till, epochs = store.till(), store.epochs()
    size = left_in_epoch(epochs, first, size)
    entries = store.entries(first, size) if size else []
    entries = entries[: fitting([entry.body for entry in entries], size)] if entries else []
    prev = entries[0].prev if entries else store.hash_at(first - 1)
    if prev is None:
        raise Stopped("fork", "behind", f"the pointer stands at {first - 1}, the journal ends before")
    begun = beginning_at(epochs, first) if entries else None
    return Batch(
        device=link.device,
        ledger_id=till.ledger_id,
        corner=till.corner,
        till=till.till,
        epoch=epoch_of(epochs, first if entries else first - 1),
        first_seq=first,
        prev=prev,
        last_hash=_checked(first, prev, entries),
        entries=tuple(entry.body for entry in entries),
        approval=store.approval(begun.epoch) if begun else b"",
    )


def telling(store: LocalStore, batch: Batch, condition: Ask) -> Batch:
    """``batch`` with how the till is now. What it tells as unsent is all that follows what the batch follows."""
    told, before = condition(), batch.first_seq - 1 - store.standing().acked_seq
    return replace(batch, condition=replace(told, unsent=max(0, told.unsent - before)))


def _checked(first: int, prev: bytes, entries: list[Kept]) -> bytes:
    """The last hash. What a failing disk made of an entry must not reach the centre as the truth."""
    hashes = chain(prev, [entry.body for entry in entries])
    for seq, (entry, found) in enumerate(zip(entries, hashes, strict=True), start=first):
        if entry.hash != found:
            raise Stopped("stuck", "damaged", f"entry {seq} is not what was recorded")
    return hashes[-1] if hashes else prev


def checked_ack(store: LocalStore, link: Link, data: bytes, nonce: str, sent: Batch | None = None) -> Ack:
    """The ack in ``data``, if it is one of our centre for this till, and for a history that is ours.

    It covers what was ``sent``; where that is not told (a file may come late) it may confirm less than the centre had
    confirmed before. Raises ``Malformed``, ``Oversize``, ``BadSignature``, or ``Stopped`` with ``fork``.
    """
    ack = read_ack(store, link, data, nonce)

    def hash_at(seq: int) -> bytes | None:
        return sent.last_hash if sent and sent.last_seq == seq else store.hash_at(seq)

    match judge_ack(ack.acked_seq, ack.head_hash, hash_at, sent.last_seq if sent else 0):
        case Behind(seq):
            raise Stopped("fork", "behind", f"the centre has {seq} entries, this journal fewer")
        case Fork(seq):
            raise Stopped("fork", "fork", f"entry {seq} differs from the centre's")
        case None:
            raise Malformed("an ack that covers less than was sent")
    if ack.epoch != epoch_of(store.epochs(), ack.acked_seq):
        raise Malformed("an ack of another epoch")
    return ack


def read_ack(store: LocalStore, link: Link, data: bytes, nonce: str) -> Ack:
    """The ack in ``data``, if it is our centre's answer to this till; what it confirms is not looked at.

    Raises ``Malformed``, ``Oversize`` or ``BadSignature``.
    """
    ack = unseal(data, Ack, ACK, link.centre_key)
    if (ack.nonce, ack.device, ack.ledger_id) != (nonce, link.device, store.till().ledger_id):
        raise Malformed("an ack for something else")
    return ack


def later_keys(known: bytes, rollovers: Sequence[bytes]) -> list[bytes]:
    """The public keys of the centre after ``known``, each handed over to by the one before; it signs with the last.

    Raises ``Malformed``, ``Oversize`` or ``BadSignature``.
    """
    keys: list[bytes] = []
    for sealed in rollovers:
        keys.append(unseal(sealed, Rollover, ROLLOVER, keys[-1] if keys else known).new_key)
    return keys
