"""Entries that this till had sent and lost come back from the centre, byte for byte, with all that follows from them.

A restored backup is only behind: what the centre kept continues it. Notes and people that were added since stay lost:
the centre never had them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pos_app.ledger import registry
from pos_app.ledger.sqlite import Error, is_of_the_disk
from pos_app.ledger.stand_ins import stand_in
from sync.documents.base import InvalidDocument
from sync.documents.shift import ShiftClosed
from sync.protocol.batch import chain
from sync.protocol.entry import BrokenEntry, read_body
from sync.protocol.epochs import beginning_at, continues
from sync.protocol.messages import KeptEntries
from sync.protocol.wire import Malformed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from pos_app.ledger.ledger import Ledger, Transaction

SLICE = 25
"""Entries in one transaction: the counter waits no longer than for a page of the exchange."""
HashAt = Callable[[int], bytes | None]


def take_back(ledger: "Ledger", hash_at: HashAt, kept: KeptEntries, key: "Ed25519PrivateKey") -> int:
    """Append ``kept`` to the journal, in short transactions, and project it; how many entries.

    Entries that are here already are passed over. Closings, and what was entered again, are sealed with ``key``, the
    till's: who took them back answers for them. Raises ``Malformed`` where they do not continue the journal, also
    because something was recorded meanwhile, or cannot be projected; what the transactions before brought stays.
    """
    if not continues(kept, hash_at):
        raise Malformed("the entries do not continue this journal")
    hashes = chain(kept.prev, kept.entries)
    here = 0
    while here < len(hashes) and (known := hash_at(kept.first_seq + here)) is not None:
        if known != hashes[here]:
            raise Malformed(f"entry {kept.first_seq + here} differs")
        here += 1
    try:
        for start in range(here, len(hashes), SLICE):
            with ledger.write() as tx:
                bodies = kept.entries[start : start + SLICE]
                _append(tx, kept, kept.first_seq + start, bodies, hashes[start : start + SLICE], key)
    except (BrokenEntry, InvalidDocument, Error, OverflowError) as error:
        if is_of_the_disk(error):
            raise
        raise Malformed(str(error)) from error
    return len(hashes) - here


def _append(
    tx: "Transaction",
    kept: KeptEntries,
    first: int,
    bodies: tuple[bytes, ...],
    hashes: list[bytes],
    key: "Ed25519PrivateKey",
) -> None:
    """A slice that begins with entry ``first``."""
    if tx.last[0].seq + 1 != first:
        raise Malformed("something was recorded meanwhile")
    begun = beginning_at(kept.epochs, first)
    if begun is not None:
        tx.begin_epoch(begun)
    for body, digest in zip(bodies, hashes, strict=True):
        envelope = read_body(body)
        document = envelope.document()
        stand_in(tx.db, document, document.effects())
        entry = tx.keep(body, envelope)
        if entry.hash != digest or entry.seq != envelope.seq or envelope.epoch != tx.identity.epoch:
            raise Malformed(f"entry {entry.seq} does not continue the journal")
        if envelope.was or isinstance(document, ShiftClosed):
            registry.keep_signed_head(tx.db, entry.seq, key.sign(digest), key.public_key().public_bytes_raw())
        _begin_beyond(tx, document.number)


def _begin_beyond(tx: "Transaction", number: str) -> None:
    """Numbers go on under a beginning of which none came back: the till may have given more of it than it had sent."""
    who = tx.identity
    place = f"{who.corner.replace('-', '')}{who.till}"
    series = number.split("-")[1]
    told = series.removeprefix(place)
    if series.startswith(place) and (told.isdecimal() or not told) and int(told or 1) >= who.beginning:
        tx.begin_numbers_anew(int(told or 1) + 1)
