"""What tills propose: producers and goods that a corner registered, for officers to decide about (``deciding``).

A till proposes codes of its own only. What identifies a person stays sealed until an officer confirms it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import FACTS, Kind, ProducerFacts, ProductFacts, is_own_code
from sync.protocol.messages import PROPOSALS, Proposal, Proposals, ProposalsTaken
from sync.protocol.problems import ExchangeProblem
from sync.protocol.sealing import open_sealed, public_of, sealing_key
from sync.protocol.soundness import unsound
from sync.protocol.wire import Malformed, inflate, unpack
from sync.server.centre import Centre, Device
from sync.server.database import schema
from sync.server.database.loading import put, put_new
from sync.server.exchange.feeds import take_positions
from sync.server.keys import read_keys

WAITING, CONFIRMED, MERGED, REFUSED = "waiting", "confirmed", "merged", "refused"
CHANGEABLE = (WAITING, REFUSED)
"""States in which a till may still correct what it proposed; a refused one stays refused until an officer says else."""
ERASED = "{}"
"""The contacts of a producer whose person was erased: nothing fills them in again."""
MOST_OF_A_TILL = 1_000
"""Proposals of one till that wait; more come later."""


def take_packed(centre: Centre, db: Connection, device: Device, data: bytes, nonce: str) -> ProposalsTaken:
    """``take`` of a packed message, as it comes in a request or a bundle. Raises ``Malformed`` or ``Oversize`` too."""
    return take(centre, db, device, unpack(inflate(data), Proposals), nonce)


def take(centre: Centre, db: Connection, device: Device, message: Proposals, nonce: str) -> ProposalsTaken:
    """Take in what ``device`` proposes, all or nothing; taking it in again changes nothing.

    What was decided is not opened again, and not listed as refused either: the till need not send it again. Nor need it
    send a code that another ledger of it proposed first: one code, one thing; the corner is told. Where too many wait,
    what is new is not taken. Raises ``ExchangeProblem`` ``foreign_device`` for another till's code, and ``Malformed``.
    """
    new = {one.code: (one, _checked(device, one)) for one in message.proposals}
    known = _known(db, list(new))
    room = MOST_OF_A_TILL - _count(db, device)
    rows, taken, given = [], [], []
    for code, (one, facts) in new.items():
        before = known.get(code)
        if before is None:
            if room <= 0:
                continue
            room -= 1
        taken.append((code, one.mark))
        if before is not None and before.device != device.device:
            if before.facts != facts:
                given.append(code)
                _tell_given(centre, db, device, code)
        elif before is not None and before.state == REFUSED and has_person(db, code):
            continue  # declined, and the person erased: nothing fills it in again
        elif before is None or (before.state in CHANGEABLE and (before.facts != facts or one.sealed)):
            rows.append(_row(centre, device, one, facts, before))
        elif before.state == CONFIRMED and one.sealed and not has_person(db, code):
            keep_person(db, device.device, code, one.sealed)
    put(db, schema.proposals, rows)
    key = public_of(sealing_key(centre.ring.newest.private))
    return ProposalsTaken(nonce=nonce, device=device.device, taken=tuple(taken), seal_key=key, given=tuple(given))


def _checked(device: Device, one: Proposal) -> str:
    """The facts of a proposal as they are kept: those that this program knows."""
    if not is_own_code(device.corner, device.till, one.kind, one.code):
        raise ExchangeProblem("foreign_device", f"{one.code} is no code that this till gives")
    facts = read_facts(one.kind, one.facts)
    if key_of(facts) != one.code or facts.alias_of:
        raise Malformed(f"{one.code}: these facts are of something else")
    if name := unsound(facts):
        raise Malformed(f"{one.code}: {name} cannot be this")
    return msgspec.json.encode(facts).decode()


def read_facts(kind: Kind, data: bytes | str) -> ProducerFacts | ProductFacts:
    """The facts in a proposal. Raises ``Malformed``."""
    try:
        return msgspec.json.decode(data, type=FACTS[kind])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(str(error)) from None


def key_of(facts: ProducerFacts | ProductFacts) -> str:
    """The code that facts are about."""
    return facts.code if isinstance(facts, ProducerFacts) else facts.sku


def _known(db: Connection, codes: Sequence[str]) -> dict[str, Any]:
    table = schema.proposals
    rows = db.execute(sa.select(table).where(table.c.code.in_(codes)).order_by(table.c.code).with_for_update())
    return {row.code: row for row in rows}


def has_person(db: Connection, code: str) -> bool:
    """Whether the centre knows who is behind a producer."""
    return db.execute(sa.select(schema.producer_contacts.c.code).filter_by(code=code)).first() is not None


def keep_person(db: Connection, device: str, code: str, sealed: bytes) -> bool:
    """Open what identifies a person and keep it where such data are kept; whether it could be opened. What is there
    stays: it may have been corrected, or erased."""
    for key in reversed(read_keys(db)):
        try:
            plain = open_sealed(sealing_key(key.private), sealed, PROPOSALS, device, code).decode()
        except (Malformed, UnicodeDecodeError):
            continue
        if "\0" in plain:
            break
        put_new(db, schema.producer_contacts, [{"code": code, "personal": plain}])
        return True
    return False


def _tell_given(centre: Centre, db: Connection, device: Device, code: str) -> None:
    """A message to the corner, once, that its ledgers gave ``code`` to two things."""
    table, name = schema.messages, f"proposal:{code}:{device.device}"
    if db.execute(sa.select(table.c.id).where(table.c.id == name)).first() is None:
        body = msgspec.json.encode({"kind": "proposal_given", "code": code, "at": centre.now()}).decode()
        row = {"id": name, "corner": device.corner, "body": body, "position": take_positions(db, "messages", 1)}
        put(db, table, [row])


def _row(centre: Centre, device: Device, one: Proposal, facts: str, before: Any | None) -> dict[str, Any]:
    """Data about a person that came once stay, when the till could not read them later; of what was declined none are
    kept."""
    sealed = one.sealed or (bytes(before.sealed) if before is not None else b"")
    return {
        "code": one.code,
        "kind": one.kind,
        "device": device.device,
        "facts": facts,
        "sealed": b"" if before is not None and before.state == REFUSED else sealed,
        "received_at": centre.now(),
        "state": before.state if before is not None else WAITING,
        "target": "",
        "decided_at": before.decided_at if before is not None else None,
        "decided_by": before.decided_by if before is not None else None,
    }


def _count(db: Connection, device: Device) -> int:
    table = schema.proposals
    mine = (table.c.device == device.device, table.c.state == WAITING)
    return int(db.execute(sa.select(sa.func.count()).select_from(table).where(*mine)).scalar_one())
