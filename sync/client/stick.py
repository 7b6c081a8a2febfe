"""The exchange by file at the till: what is unsent goes out as a bundle, the centre's reply comes back."""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sync.client.batches import checked_ack, later_keys, next_batch, read_ack, telling
from sync.client.caller import Ask, Clock, Stopped
from sync.client.proposals import pack_proposals
from sync.protocol.batch import MAX_ENTRIES, Batch, pack_batch
from sync.protocol.bundle import (
    FILE_ROOM,
    MAX_BATCHES,
    MAX_FILE,
    REPLY_MARK,
    BadFile,
    Bundle,
    Reply,
    open_reply,
    read_mark,
    write_bundle,
)
from sync.protocol.local import Link, LocalStore, Report, Status
from sync.protocol.messages import Ack
from sync.protocol.wire import BadSignature, Malformed, Oversize, key_id

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KNOWN, OLDER = "known", "older"
"""Reasons of a reply that was taken and brought nothing: it was loaded before, or the till has heard more since."""
REFUSED = ("key_revoked", "unknown_key", "foreign_device")


def export_bundle(
    store: LocalStore, key: "Ed25519PrivateKey", path: Path, clock: Clock, condition: Ask | None = None
) -> Report:
    """Write what is unsent to ``path``, as much as one file holds; ``pushed`` counts the entries in it.

    The last batch tells ``condition``, unless that would pass its bounds.

    Raises ``OSError``; then there is no file under that name that was not there before.
    """
    standing = store.standing()
    link = standing.link
    if link is None:
        return Report("not_enrolled", reason="not_enrolled")
    try:
        batches, last = _batches(store, link, standing.acked_seq + 1)
        if condition is not None:
            with suppress(Oversize):
                batches[-1] = pack_batch(telling(store, last, condition))
        bundle = Bundle(
            device=link.device,
            nonce=secrets.token_hex(16),
            made_at=clock(),
            batches=tuple(batches),
            cursors=standing.cursors,
            centre_key=key_id(link.centre_key),
            proposals=pack_proposals(store, link, clock()),
        )
        store.await_reply(bundle.nonce)
        write_bundle(path, key, bundle)
    except Oversize as error:
        return Report("stuck", acked=standing.acked_seq, reason="oversize", detail=str(error))
    except Stopped as stop:
        return Report(stop.status, acked=standing.acked_seq, reason=stop.reason, detail=stop.detail)
    return Report("ok", last.last_seq - standing.acked_seq, standing.acked_seq)


def _batches(store: LocalStore, link: Link, first: int) -> tuple[list[bytes], Batch]:
    """At least one batch: an empty one still asks for an ack and the feeds. The last is given as it was read."""
    size, room, packed = MAX_ENTRIES, MAX_FILE - FILE_ROOM, list[bytes]()
    last = next_batch(store, link, first, 0)
    while len(packed) < MAX_BATCHES:
        batch = next_batch(store, link, last.last_seq + 1, size)
        if not batch.entries:
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
        last = batch
    return packed or [pack_batch(last)], last


def import_reply(store: LocalStore, path: Path, clock: Clock) -> Report:
    """Take the centre's reply from ``path``: whatever of it is new. Loading one twice changes nothing.

    The reason is that of ``bundle.BadFile`` for a file that is not taken, ``other_till`` for one of another till,
    ``KNOWN`` or ``OLDER`` beside the status ``ok``, or the problem that the centre tells. Raises ``OSError``.
    """
    standing = store.standing()
    link, before = standing.link, standing.acked_seq
    if link is None:
        return Report("not_enrolled", reason="not_enrolled")
    try:
        reply = open_reply(read_mark(path, REPLY_MARK), link.centre_key)
        if reply.device != link.device:
            return Report("unknown", acked=before, reason="other_till")
        return _take(store, link, reply, before, clock)
    except BadFile as error:
        return Report("unknown", acked=before, reason=error.name)
    except (Malformed, Oversize, BadSignature) as error:
        return Report("unknown", acked=before, reason="nonsense", detail=str(error))
    except Stopped as stop:
        store.note_problem(stop.reason, stop.detail, clock())
        return Report(stop.status, acked=before, reason=stop.reason, detail=stop.detail)


def _take(store: LocalStore, link: Link, reply: Reply, before: int, clock: Clock) -> Report:
    if not store.awaits(reply.nonce):
        return Report("ok", acked=before, reason=OLDER)
    if not reply.problem and _is_of_an_earlier_epoch(store, link, reply):
        return Report("ok", acked=before, reason=OLDER)
    ack = checked_ack(store, link, reply.ack, reply.nonce) if reply.ack else None
    if reply.problem:
        return _told(store, reply, ack, before, clock)
    if ack is None:
        raise Malformed("a reply without an ack")
    if ack.acked_seq >= before:
        store.accept_ack(ack, ack.server_time)
    for key in later_keys(link.centre_key, ack.rollover):
        store.save_centre_key(key)
    if reply.proposals is not None and reply.proposals.device == link.device:
        store.proposals_taken(reply.proposals)
    if reply.proposals_problem:
        store.hold_proposals(clock())
    pulled = sum(store.apply_page(page) for page in reply.pages if page.device == link.device)
    for scope in {page.scope for page in reply.pages}:
        if not store.agrees(scope, clock()):
            store.begin_anew(scope)  # the next file asks for all of it
    pushed = max(0, ack.acked_seq - before)
    nothing = "" if pushed or pulled else OLDER if ack.acked_seq < before else KNOWN
    return Report("ok", pushed, max(before, ack.acked_seq), pulled, nothing, detail=_untaken(reply))


def _untaken(reply: Reply) -> str:
    return f"proposals: {reply.proposals_problem}" if reply.proposals_problem else ""


def _is_of_an_earlier_epoch(store: LocalStore, link: Link, reply: Reply) -> bool:
    """Whether the till has begun another epoch since: what the ack confirms may be history that it left."""
    epochs = store.epochs()
    return bool(epochs) and read_ack(store, link, reply.ack, reply.nonce).epoch < epochs[-1].epoch


def _told(store: LocalStore, reply: Reply, ack: Ack | None, before: int, clock: Clock) -> Report:
    """What kept the centre from taking the bundle; what it lacks goes into the next one."""
    acked = before
    if reply.problem == "gap" and ack is not None and ack.acked_seq < before:
        acked = ack.acked_seq
        store.rewind(acked)
    store.note_problem(reply.problem, reply.detail, clock())
    status: Status = "fork" if reply.problem == "fork" else "refused" if reply.problem in REFUSED else "unknown"
    return Report(status, acked=acked, reason=reply.problem, detail=reply.detail)
