"""The exchange by file at the till: what is unsent goes out as a bundle, the centre's reply comes back."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from sync.client.batches import checked_ack, make_batch
from sync.client.caller import Clock, Stopped
from sync.protocol.batch import MAX_ENTRIES, fitting, pack_batch
from sync.protocol.bundle import MAX_BATCHES, REPLY_MARK, Bundle, open_reply, read_mark, write_bundle
from sync.protocol.local import Link, LocalStore, Report
from sync.protocol.wire import BadSignature, Malformed, Oversize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def export_bundle(store: LocalStore, key: "Ed25519PrivateKey", path: Path, clock: Clock) -> Report:
    """Write everything unsent to ``path``; ``pushed`` counts the entries in the file. Raises ``OSError``."""
    link = store.link()
    if link is None:
        return Report("not_enrolled", reason="not_enrolled")
    nonce = secrets.token_hex(16)
    try:
        batches, count = _batches(store, link)
        write_bundle(
            path,
            key,
            Bundle(device=link.device, nonce=nonce, made_at=clock(), batches=batches, cursors=store.cursors()),
        )
    except (Stopped, Oversize) as error:
        return Report("stuck", acked=store.acked_seq(), reason="oversize", detail=str(error))
    return Report("ok", count, store.acked_seq())


def _batches(store: LocalStore, link: Link) -> tuple[tuple[bytes, ...], int]:
    """At least one batch: an empty one still asks for an ack and the feeds."""
    first, size, packed = store.acked_seq() + 1, MAX_ENTRIES, list[bytes]()
    start, head = first, store.head().seq
    while not packed or (first <= head and len(packed) < MAX_BATCHES):
        bodies = store.bodies(first, size)
        bodies = bodies[: fitting(bodies, size)]
        try:
            packed.append(pack_batch(make_batch(store, link, first, bodies)))
        except Oversize:
            if len(bodies) < 2:
                raise
            size = len(bodies) // 2
            continue
        first += len(bodies)
    return tuple(packed), first - start


def import_reply(store: LocalStore, path: Path, clock: Clock) -> Report:
    """Take the centre's reply from ``path``; loading one twice changes nothing. Raises ``OSError``."""
    link = store.link()
    if link is None:
        return Report("not_enrolled", reason="not_enrolled")
    before, pulled = store.acked_seq(), 0
    try:
        reply = open_reply(read_mark(path, REPLY_MARK), link.centre_key)
        if reply.device != link.device:
            raise Malformed("the reply is for another till")
        ack = checked_ack(store, link, reply.ack, reply.nonce)
        if ack.acked_seq >= before:
            store.accept_ack(ack, clock())
        for page in reply.pages:
            if page.device == link.device and store.cursors().get(page.scope) != page.cursor:
                pulled += store.apply_page(page)
    except (Malformed, Oversize, BadSignature) as error:
        return Report("unknown", acked=before, reason="nonsense", detail=str(error))
    except Stopped as stop:
        store.note_problem(stop.reason, stop.detail, clock())
        return Report(stop.status, acked=before, reason=stop.reason, detail=stop.detail)
    return Report("ok", max(0, ack.acked_seq - before), store.acked_seq(), pulled)
