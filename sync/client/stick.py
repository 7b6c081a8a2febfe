"""The exchange by file at the till: what is unsent goes out as a bundle, the centre's reply comes back."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from sync.client.batches import checked_ack, next_batch
from sync.client.caller import Clock, Stopped
from sync.protocol.batch import MAX_ENTRIES, pack_batch
from sync.protocol.bundle import (
    FILE_ROOM,
    MAX_BATCHES,
    MAX_FILE,
    REPLY_MARK,
    Bundle,
    open_reply,
    read_mark,
    write_bundle,
)
from sync.protocol.local import Link, LocalStore, Report
from sync.protocol.wire import BadSignature, Malformed, Oversize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def export_bundle(store: LocalStore, key: "Ed25519PrivateKey", path: Path, clock: Clock) -> Report:
    """Write everything unsent to ``path``; ``pushed`` counts the entries in the file. Raises ``OSError``."""
    standing = store.standing()
    if standing.link is None:
        return Report("not_enrolled", reason="not_enrolled")
    nonce = secrets.token_hex(16)
    try:
        batches, count = _batches(store, standing.link, standing.acked_seq + 1)
        write_bundle(
            path,
            key,
            Bundle(
                device=standing.link.device, nonce=nonce, made_at=clock(), batches=batches, cursors=standing.cursors
            ),
        )
    except Oversize as error:
        return Report("stuck", acked=standing.acked_seq, reason="oversize", detail=str(error))
    except Stopped as stop:
        return Report(stop.status, acked=standing.acked_seq, reason=stop.reason, detail=stop.detail)
    return Report("ok", count, standing.acked_seq)


def _batches(store: LocalStore, link: Link, first: int) -> tuple[tuple[bytes, ...], int]:
    """At least one batch: an empty one still asks for an ack and the feeds."""
    start, size, packed = first, MAX_ENTRIES, list[bytes]()
    room = MAX_FILE - FILE_ROOM
    while len(packed) < MAX_BATCHES:
        batch = next_batch(store, link, first, size)
        if packed and not batch.entries:
            break
        try:
            body = pack_batch(batch)
        except Oversize:
            if len(batch.entries) < 2:
                raise
            size = len(batch.entries) // 2
            continue
        room -= len(body)
        if packed and room < 0:
            break
        packed.append(body)
        first += len(batch.entries)
    return tuple(packed), first - start


def import_reply(store: LocalStore, path: Path, clock: Clock) -> Report:
    """Take the centre's reply from ``path``; loading one twice changes nothing. Raises ``OSError``."""
    standing = store.standing()
    link, before = standing.link, standing.acked_seq
    if link is None:
        return Report("not_enrolled", reason="not_enrolled")
    try:
        reply = open_reply(read_mark(path, REPLY_MARK), link.centre_key)
        if reply.device != link.device:
            raise Malformed("the reply is for another till")
        ack = checked_ack(store, link, reply.ack, reply.nonce)
        if ack.acked_seq >= before:
            store.accept_ack(ack, clock())
        pulled = sum(store.apply_page(page) for page in reply.pages if page.device == link.device)
    except (Malformed, Oversize, BadSignature) as error:
        return Report("unknown", acked=before, reason="nonsense", detail=str(error))
    except Stopped as stop:
        store.note_problem(stop.reason, stop.detail, clock())
        return Report(stop.status, acked=before, reason=stop.reason, detail=stop.detail)
    return Report("ok", max(0, ack.acked_seq - before), max(before, ack.acked_seq), pulled)
