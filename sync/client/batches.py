"""A till's entries as batches, and the acks that answer them: the same over the network and on a stick."""

from sync.client.caller import Ask, Stopped
from sync.protocol.batch import MAX_ENTRIES, Batch, chain, fitting
from sync.protocol.local import Kept, Link, LocalStore
from sync.protocol.messages import ACK, Ack
from sync.protocol.wire import Malformed, unseal


def next_batch(
    store: LocalStore, link: Link, first: int, size: int = MAX_ENTRIES, condition: Ask | None = None
) -> Batch:
    """At most ``size`` entries from ``first`` as a batch of this till; 0 makes one that only asks.

    It tells ``condition`` where there is one.

    Raises ``Stopped``: ``behind`` when the journal ends before ``first - 1``, ``damaged`` when the stored bytes do
    not give the stored hash.
    """
    till = store.till()
    entries = store.entries(first, size) if size else []
    entries = entries[: fitting([entry.body for entry in entries], size)] if entries else []
    prev = entries[0].prev if entries else store.hash_at(first - 1)
    if prev is None:
        raise Stopped("fork", "behind", f"the pointer stands at {first - 1}, the journal ends before")
    return Batch(
        device=link.device,
        ledger_id=till.ledger_id,
        corner=till.corner,
        till=till.till,
        epoch=till.epoch,
        first_seq=first,
        prev=prev,
        last_hash=_checked(first, prev, entries),
        entries=tuple(entry.body for entry in entries),
        condition=condition() if condition is not None else None,
    )


def _checked(first: int, prev: bytes, entries: list[Kept]) -> bytes:
    """The last hash. What a failing disk made of an entry must not reach the centre as the truth."""
    hashes = chain(prev, [entry.body for entry in entries])
    for seq, (entry, found) in enumerate(zip(entries, hashes, strict=True), start=first):
        if entry.hash != found:
            raise Stopped("stuck", "damaged", f"entry {seq} is not what was recorded")
    return hashes[-1] if hashes else prev


def checked_ack(store: LocalStore, link: Link, data: bytes, nonce: str, sent: Batch | None = None) -> Ack:
    """The ack in ``data``, if it is one of our centre for this till, and for a history that is ours.

    Raises ``Malformed``, ``Oversize``, ``BadSignature``, or ``Stopped`` with ``fork``.
    """
    ack = unseal(data, Ack, ACK, link.centre_key)
    till = store.till()
    if (ack.nonce, ack.device, ack.ledger_id, ack.epoch) != (nonce, link.device, till.ledger_id, till.epoch):
        raise Malformed("an ack for something else")
    ours = sent.last_hash if sent and sent.last_seq == ack.acked_seq else store.hash_at(ack.acked_seq)
    if ours is None:
        raise Stopped("fork", "behind", f"the centre has {ack.acked_seq} entries, this journal fewer")
    if ours != ack.head_hash:
        raise Stopped("fork", "fork", f"entry {ack.acked_seq} differs from the centre's")
    return ack
