"""A till's entries as batches, and the acks that answer them: the same over the network and on a stick."""

from sync.client.caller import Stopped
from sync.protocol.batch import Batch, chain
from sync.protocol.local import Link, LocalStore
from sync.protocol.messages import ACK, Ack
from sync.protocol.wire import Malformed, unseal


def make_batch(store: LocalStore, link: Link, first: int, bodies: list[bytes]) -> Batch:
    """``bodies`` from ``first`` as a batch of this till."""
    till = store.till()
    prev = store.hash_at(first - 1)
    if prev is None:
        raise Stopped("fork", "behind", f"the pointer stands at {first - 1}, the journal ends before")
    hashes = chain(prev, bodies)
    return Batch(
        device=link.device,
        ledger_id=till.ledger_id,
        corner=till.corner,
        till=till.till,
        epoch=till.epoch,
        first_seq=first,
        prev=prev,
        last_hash=hashes[-1] if hashes else prev,
        entries=tuple(bodies),
    )


def checked_ack(store: LocalStore, link: Link, data: bytes, nonce: str) -> Ack:
    """The ack in ``data``, if it is one of our centre for this till, and for a history that is ours.

    Raises ``Malformed``, ``Oversize``, ``BadSignature``, or ``Stopped`` with ``fork``.
    """
    ack = unseal(data, Ack, ACK, link.centre_key)
    till = store.till()
    if (ack.nonce, ack.device, ack.ledger_id, ack.epoch) != (nonce, link.device, till.ledger_id, till.epoch):
        raise Malformed("an ack for something else")
    ours = store.hash_at(ack.acked_seq)
    if ours is None:
        raise Stopped("fork", "behind", f"the centre has {ack.acked_seq} entries, this journal fewer")
    if ours != ack.head_hash:
        raise Stopped("fork", "fork", f"entry {ack.acked_seq} differs from the centre's")
    return ack
