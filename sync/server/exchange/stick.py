"""The exchange by file at the centre: a till's bundle in, a signed reply out, through the same ingest.

What keeps the centre from taking a bundle is told to its till too: the reply says so, with what the centre has.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import Connection

from sync.protocol.batch import read_batch
from sync.protocol.bundle import (
    BUNDLE_MARK,
    FILE_ROOM,
    MAX_FILE,
    BadFile,
    Bundle,
    Reply,
    bundle_key,
    open_bundle,
    read_mark,
    write_reply,
)
from sync.protocol.messages import ACK, SCOPES, Ack, Page, ProposalsTaken
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import Malformed, Oversize, seal
from sync.server.access.officers import note
from sync.server.centre import Centre, Device, stamp
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_corners import stick_files
from sync.server.errors import CentreError
from sync.server.exchange.feeds import read_page
from sync.server.exchange.ingest import device_of, known_device, make_ack, mark_fork, take_batch, valid_device
from sync.server.exchange.proposals import take_packed

TOLD = {"fork": "bundle_fork", "gap": "bundle_gap", "key_revoked": "bundle_revoked"}
"""Problems that have a sentence of their own at the centre."""
REPLY_KEPT: Final = timedelta(days=7)
"""A reply is fetched at once; a till takes none that is older than what it asked."""


class Loaded(NamedTuple):
    """What a bundle brought: entries that were new, and entries that the centre had already. ``proposals`` is the
    problem with proposals that were not taken."""

    new: int
    known: int
    proposals: str = ""


def load_bundle(centre: Centre, path: Path, reply: Path) -> Loaded:
    """Take in the bundle at ``path`` and write the reply. Loading it again is harmless.

    Raises ``CentreError``; where the bundle is the till's and could not be taken, the reply is there all the same.
    """
    try:
        device, bundle = _open(centre, path)
        loaded, answer, problem = _answer(centre, device, bundle)
        write_reply(reply, _signer(centre, device, bundle), answer)
    except BadFile as error:
        raise CentreError(f"file_{error.name}", path=path) from None
    except ExchangeProblem as error:
        raise CentreError("bundle_unknown", path=path, name=error.name) from None
    except Oversize as error:
        raise CentreError("bundle_refused", reason=error, name="oversize") from None
    except OSError as error:
        raise CentreError("no_access", path=error.filename or reply, reason=error.strerror) from None
    if problem is not None:
        code = TOLD.get(problem.name, "bundle_refused")
        expected = problem.problem.expected_seq
        raise CentreError(
            code, reason=problem, name=problem.name, till=f"{device.corner}-{device.till}", expected=expected
        )
    return loaded


def _open(centre: Centre, path: Path) -> tuple[Device, Bundle]:
    """The bundle, and the till whose key signed it, also when that key was revoked."""
    data = read_mark(path, BUNDLE_MARK)
    with reading(centre.engine) as db:
        device = known_device(device_of(db, bundle_key(data)))
    bundle = open_bundle(data, device.public)
    if bundle.device != device.device:
        raise ExchangeProblem("foreign_device", "The key is of another till")
    return device, bundle


def _answer(centre: Centre, device: Device, bundle: Bundle) -> tuple[Loaded, Reply, ExchangeProblem | None]:
    """What became of the bundle, what the till is told, and what kept the centre from taking it."""
    try:
        loaded, ack = _take(centre, device, bundle)
    except (ExchangeProblem, Malformed, Oversize) as error:
        problem = error if isinstance(error, ExchangeProblem) else ExchangeProblem("malformed", str(error))
        return Loaded(0, 0), _refusal(centre, device, bundle, problem), problem
    pages, more = _pages(centre, device, bundle, ack.cursors)
    proposals, why = _proposals(centre, device, bundle)
    reply = Reply(
        device=device.device,
        nonce=bundle.nonce,
        ack=seal(_signer(centre, device, bundle), ACK, ack),
        pages=pages,
        more=more,
        proposals=proposals,
        proposals_problem=why,
    )
    return loaded._replace(proposals=why), reply, None


def _proposals(centre: Centre, device: Device, bundle: Bundle) -> tuple[ProposalsTaken | None, str]:
    """What became of the proposals, and the problem with those that cannot be taken: they hold nothing else up, the
    till keeps them."""
    if not bundle.proposals:
        return None, ""
    try:
        with writing(centre.engine) as db:
            row = valid_device(device_of(db, device.key_id, lock=True))
            return take_packed(centre, db, row, bundle.proposals, bundle.nonce), ""
    except ExchangeProblem as error:
        return None, error.name
    except (Malformed, Oversize) as error:
        return None, type(error).__name__.lower()


def _signer(centre: Centre, device: Device, bundle: Bundle) -> Ed25519PrivateKey:
    """The key that the till trusts."""
    return centre.ring.trusted(bundle.centre_key, device.centre_key).private


def _take(centre: Centre, device: Device, bundle: Bundle) -> tuple[Loaded, Ack]:
    """All batches in one transaction."""
    new = known = 0
    with writing(centre.engine) as db:
        row = valid_device(device_of(db, device.key_id, lock=True))
        for packed in bundle.batches:
            taken = take_batch(centre, db, row, read_batch(packed), by_file=True)
            new, known, row = new + taken.new, known + taken.known, taken.device
        return Loaded(new, known), make_ack(centre, db, row, bundle.nonce, bundle.centre_key)


def _refusal(centre: Centre, device: Device, bundle: Bundle, problem: ExchangeProblem) -> Reply:
    """The reply to a bundle that was not taken; a fork is remembered as one that came over the network."""
    ack = b""
    with writing(centre.engine) as db:
        if problem.name == "fork":
            mark_fork(centre, db, device.device)
        row = device_of(db, device.key_id)
        if row is not None and row.revoked_at is None:
            ack = seal(_signer(centre, device, bundle), ACK, make_ack(centre, db, row, bundle.nonce, bundle.centre_key))
    detail = str(problem)[:400]
    return Reply(device=device.device, nonce=bundle.nonce, ack=ack, problem=problem.name, detail=detail)


def _pages(centre: Centre, device: Device, bundle: Bundle, current: dict[str, str]) -> tuple[tuple[Page, ...], bool]:
    """What is new since the cursors in the bundle, as much as one file holds; whether there is more."""
    pages: list[Page] = []
    room = MAX_FILE - FILE_ROOM
    with reading(centre.engine) as db:
        for scope in SCOPES:
            wanted, cursor = current.get(scope), bundle.cursors.get(scope, "")
            while wanted is not None and cursor != wanted:
                page = read_page(centre, db, device, scope, cursor, bundle.nonce)
                room -= len(page.block)
                if pages and room < 0:
                    return tuple(pages), True
                pages.append(page)
                cursor = page.cursor
                if not page.more:
                    break
    return tuple(pages), False


def keep_reply(centre: Centre, db: Connection, officer: str, name: str, said: str, reply: bytes) -> str:
    """Keep the reply to a file that an officer loaded, with what was ``said`` of it; the name it is fetched by. Replies
    that are older than ``REPLY_KEPT`` go."""
    note(centre, db, officer, "stick", name)
    past = stamp(centre.clock() - REPLY_KEPT)
    db.execute(sa.update(stick_files).where(stick_files.c.at < past).values(reply=None))
    row = {"id": secrets.token_hex(16), "at": centre.now(), "officer": officer, "name": name}
    db.execute(sa.insert(stick_files), row | {"said": said, "reply": reply})
    return row["id"]


def loaded_files(db: Connection, most: int) -> list[Any]:
    """Files that officers loaded, the newest first: ``id``, ``at``, ``officer``, ``name``, ``said``, ``has_reply``."""
    table = stick_files
    columns = (table.c.id, table.c.at, table.c.officer, table.c.name, table.c.said)
    query = sa.select(*columns, table.c.reply.is_not(None).label("has_reply"))
    return list(db.execute(query.order_by(table.c.at.desc()).limit(most)))


class KeptReply(NamedTuple):
    """A reply, and the name of the file that it answers."""

    name: str
    body: bytes


def reply_of(db: Connection, name: str) -> KeptReply | None:
    """The reply that is fetched by ``name``; None where there is none any more."""
    row = db.execute(sa.select(stick_files).where(stick_files.c.id == name)).one_or_none()
    return KeptReply(row.name, bytes(row.reply)) if row and row.reply is not None else None
