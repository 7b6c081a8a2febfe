"""What tills propose: producers and goods that a corner registered, for officers to decide about (``deciding``).

A till proposes codes of its own only. What identifies a person stays sealed until an officer confirms it.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.protocol.facts import Kind, ProducerFacts, ProductFacts, is_own_code
from sync.protocol.messages import Proposal, Proposals, ProposalsTaken
from sync.protocol.problems import ExchangeProblem
from sync.protocol.sealing import public_of, sealing_key
from sync.protocol.wire import Malformed, inflate, unpack
from sync.server import schema
from sync.server.centre import Centre, Device
from sync.server.dialect import put
from sync.server.feeds import take_positions

WAITING, CONFIRMED, MERGED, REFUSED = "waiting", "confirmed", "merged", "refused"
CHANGEABLE = (WAITING, REFUSED)
"""States in which a till may still correct what it proposed; a refused one stays refused until an officer says else."""
MOST_OF_A_TILL = 5_000
"""Proposals of one till that wait; more come later."""
RETRY_SECONDS = 3_600
FACTS: dict[Kind, type[ProducerFacts] | type[ProductFacts]] = {"producer": ProducerFacts, "product": ProductFacts}


def take_packed(centre: Centre, db: Connection, device: Device, data: bytes, nonce: str) -> ProposalsTaken:
    """``take`` of a packed message, as it comes in a request or a bundle. Raises ``Malformed`` or ``Oversize`` too."""
    return take(centre, db, device, unpack(inflate(data), Proposals), nonce)


def take(centre: Centre, db: Connection, device: Device, message: Proposals, nonce: str) -> ProposalsTaken:
    """Take in what ``device`` proposes, all or nothing; taking it in again changes nothing.

    What was decided is not opened again, and not listed as refused either: the till need not send it again. Nor need it
    send a code that another ledger of it proposed first: one code, one thing; the corner is told. Raises
    ``ExchangeProblem`` ``foreign_device`` for another till's code, ``too_many_requests``, and ``Malformed``.
    """
    new = {one.code: one for one in message.proposals}
    for one in new.values():
        _check(device, one)
    known = _known(db, list(new))
    rows, taken = [], []
    for code, one in new.items():
        before = known.get(code)
        taken.append((code, one.mark))
        if before is not None and before.device != device.device:
            if before.facts != one.facts.decode():
                _tell_given(centre, db, device, code)
        elif before is None or (before.state in CHANGEABLE and _differs(before, one)):
            rows.append(_row(centre, device, one, before))
    if rows and _count(db, device) + len(rows) > MOST_OF_A_TILL:
        raise ExchangeProblem("too_many_requests", "Too many proposals wait", retry_after=RETRY_SECONDS)
    put(db, schema.proposals, rows)
    key = public_of(sealing_key(centre.ring.newest.private))
    return ProposalsTaken(nonce=nonce, device=device.device, taken=tuple(taken), seal_key=key)


def _check(device: Device, one: Proposal) -> None:
    if not is_own_code(device.corner, device.till, one.kind, one.code):
        raise ExchangeProblem("foreign_device", f"{one.code} is no code that this till gives")
    facts = read_facts(one.kind, one.facts)
    if key_of(facts) != one.code or facts.alias_of:
        raise Malformed(f"{one.code}: these facts are of something else")


def read_facts(kind: Kind, data: bytes | str) -> ProducerFacts | ProductFacts:
    """The facts in a proposal. Raises ``Malformed``, also for the one sign that no database takes."""
    try:
        facts = msgspec.json.decode(data, type=FACTS[kind])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(str(error)) from None
    if any("\0" in value for value in msgspec.structs.astuple(facts) if isinstance(value, str)):
        raise Malformed("a text with a zero sign")
    return facts


def key_of(facts: ProducerFacts | ProductFacts) -> str:
    """The code that facts are about."""
    return facts.code if isinstance(facts, ProducerFacts) else facts.sku


def _known(db: Connection, codes: Sequence[str]) -> dict[str, Any]:
    table = schema.proposals
    rows = db.execute(sa.select(table).where(table.c.code.in_(codes)).order_by(table.c.code).with_for_update())
    return {row.code: row for row in rows}


def _differs(before: Any, one: Proposal) -> bool:
    return bool(before.facts != one.facts.decode() or one.sealed)


def _tell_given(centre: Centre, db: Connection, device: Device, code: str) -> None:
    """A message to the corner, once, that its ledgers gave ``code`` to two things."""
    table, name = schema.messages, f"proposal:{code}:{device.device}"
    if db.execute(sa.select(table.c.id).where(table.c.id == name)).first() is None:
        body = msgspec.json.encode({"kind": "proposal_given", "code": code, "at": centre.now()}).decode()
        row = {"id": name, "corner": device.corner, "body": body, "position": take_positions(db, "messages", 1)}
        put(db, table, [row])


def _row(centre: Centre, device: Device, one: Proposal, before: Any | None) -> dict[str, Any]:
    """Data about a person that came once stay, when the till could not read them later."""
    return {
        "code": one.code,
        "kind": one.kind,
        "device": device.device,
        "facts": one.facts.decode(),
        "sealed": one.sealed or (bytes(before.sealed) if before is not None else b""),
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
