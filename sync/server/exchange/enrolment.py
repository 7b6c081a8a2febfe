"""Enrolment codes and the keys of tills: who may speak as which till."""

import hashlib
import re
import secrets
import uuid
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from sync.protocol.entry import FIRST_EPOCH, genesis
from sync.protocol.messages import Enrolment, EnrolRequest
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import key_id
from sync.server.centre import Centre, stamp
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.database.tables_corners import closed_corners
from sync.server.errors import CentreError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O, U: codes are read out over the telephone."""
GROUPS, GROUP = 4, 4
LIFETIME = timedelta(hours=24)
ENROLLING = "enrol"
"""What one transaction at a time does: making codes, joining with them, and ending codes, keys and corners. Who ends
them ends also what was just then joining, and nobody joins with what has ended."""


def code_hash(code: str) -> str:
    """What is stored of a code; case, blanks and dashes do not count."""
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()


def new_code(centre: Centre, db: Connection, corner: str, till: str) -> str:
    """A code for one till of ``corner``, good once and for a day; earlier unused ones for it end.

    Raises ``CentreError`` for a corner that the centre does not know, or that is closed.
    """
    only_one(db, ENROLLING)
    corners, closed = schema.corners, closed_corners
    if not db.execute(sa.select(corners.c.code).where(corners.c.code == corner)).first():
        raise CentreError("unknown_corner", corner=corner)
    if db.execute(sa.select(closed.c.code).where(closed.c.code == corner)).first():
        raise CentreError("corner_closed", corner=corner)
    if not (till.isascii() and till.isalpha() and till.isupper() and len(till) <= 2):
        raise CentreError("bad_till", till=till)
    table = schema.codes
    db.execute(sa.delete(table).where(table.c.corner == corner, table.c.till == till, table.c.key_id.is_(None)))
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS))
    expires = stamp(centre.clock() + LIFETIME)
    db.execute(sa.insert(table), {"code_hash": code_hash(code), "corner": corner, "till": till, "expires_at": expires})
    return code


def enrol(centre: Centre, db: Connection, request: EnrolRequest, nonce: str) -> Enrolment:
    """Bind the key in ``request`` to the till of its code; asked again with the same key, answer the same.

    A new code for a till revokes the keys it had. Raises ``ExchangeProblem`` ``bad_code``, ``wrong_corner``
    or ``key_revoked``.
    """
    only_one(db, ENROLLING)
    centre.ring.refresh(db)
    name = key_id(request.public_key)
    code = _usable_code(centre, db, request, name)
    if (request.corner or code.corner, request.till or code.till) != (code.corner, code.till):
        raise ExchangeProblem("wrong_corner", f"The code is for till {code.till} of {code.corner}")
    if code.key_id is None:
        _bind(centre, db, request, code, name)
    device = db.execute(
        sa.select(schema.devices, schema.keys.c.centre_key)
        .join(schema.keys, schema.keys.c.device == schema.devices.c.device)
        .where(schema.keys.c.key_id == name, schema.keys.c.revoked_at.is_(None))
    ).one_or_none()
    if device is None:
        raise ExchangeProblem("key_revoked", "The key of this till was revoked")
    corner = db.execute(sa.select(schema.corners.c.name).where(schema.corners.c.code == device.corner)).scalar()
    return Enrolment(
        nonce=nonce,
        device=device.device,
        ledger_id=device.ledger_id,
        corner=device.corner,
        corner_name=corner or device.corner,
        till=device.till,
        epoch=device.epoch,
        timeline=centre.timeline,
        centre_key=centre.ring.trusted("", device.centre_key).public,
        server_time=centre.now(),
        beginning=_beginning(db, device),
    )


def _beginning(db: Connection, device: Row[Any]) -> int:
    """The first beginning of numbers that no other ledger of this till is known to have used."""
    devices = schema.devices
    same_till = (devices.c.corner == device.corner, devices.c.till == device.till, devices.c.device != device.device)
    others = sa.select(devices.c.device).where(*same_till)
    used = db.execute(others.where(devices.c.head_seq > 0)).first() is not None
    series = re.compile(rf"(?:^|-){re.escape(device.corner.replace('-', ''))}{device.till}([0-9]{{0,9}})-")
    found = [1] if used else [0]
    for column in (schema.proposals.c.code, schema.shifts.c.number, schema.slips.c.number):
        texts = db.execute(sa.select(column).where(column.table.c.device.in_(others))).scalars()
        found += [int(match[1] or 1) for match in map(series.search, texts) if match]
    return max(found) + 1


def _usable_code(centre: Centre, db: Connection, request: EnrolRequest, name: str) -> Row[tuple[str, ...]]:
    row = db.execute(sa.select(schema.codes).where(schema.codes.c.code_hash == code_hash(request.code))).one_or_none()
    if row is None or row.key_id not in (None, name):
        raise ExchangeProblem("bad_code", "The code is unknown or was used")
    if row.key_id is None and row.expires_at < centre.now():
        raise ExchangeProblem("bad_code", "The code has expired")
    return row


def _bind(centre: Centre, db: Connection, request: EnrolRequest, code: Row[tuple[str, ...]], name: str) -> None:
    devices, keys = schema.devices, schema.keys
    known = db.execute(sa.select(devices).where(devices.c.ledger_id == request.ledger_id)).one_or_none()
    if known and (known.corner, known.till) != (code.corner, code.till):
        raise ExchangeProblem("wrong_corner", f"This ledger belongs to till {known.till} of {known.corner}")
    used_by = db.execute(sa.select(keys.c.device).where(keys.c.key_id == name)).scalar()
    if used_by is not None and (known is None or used_by != known.device):
        raise ExchangeProblem("key_revoked", "This key was used by another till")
    same_till = _held(db, code.corner, code.till)
    db.execute(
        sa.update(keys).where(keys.c.device.in_(same_till), keys.c.revoked_at.is_(None)).values(revoked_at=centre.now())
    )
    device = known.device if known else uuid.uuid4().hex
    if not known:
        db.execute(
            sa.insert(devices),
            {
                "device": device,
                "ledger_id": request.ledger_id,
                "corner": code.corner,
                "till": code.till,
                "epoch": FIRST_EPOCH,
                "head_hash": genesis(request.ledger_id, code.corner, code.till, FIRST_EPOCH),
                "enrolled_at": centre.now(),
            },
        )
    row = {
        "key_id": name,
        "device": device,
        "public": request.public_key,
        "made_at": centre.now(),
        "revoked_at": None,
        "centre_key": centre.ring.newest.id,
    }
    put(db, keys, [row])
    used = sa.update(schema.codes).where(schema.codes.c.code_hash == code.code_hash).values(key_id=name)
    db.execute(used)


class Waiting(NamedTuple):
    """A till that has a code and did not join yet; the code itself is kept nowhere."""

    till: str
    expires_at: str


def waiting(centre: Centre, db: Connection, corner: str) -> list[Waiting]:
    """Codes of a corner that are still good, by till."""
    table = schema.codes
    good = (table.c.corner == corner, table.c.key_id.is_(None), table.c.expires_at >= centre.now())
    return [Waiting(*row) for row in db.execute(sa.select(table.c.till, table.c.expires_at).where(*good))]


def _held(db: Connection, corner: str, till: str) -> list[str]:
    """The devices of a till. What they send now is stored before their keys are taken away; what comes later waits."""
    devices = schema.devices
    mine = sa.select(devices.c.device).where(devices.c.corner == corner, devices.c.till == till)
    return list(db.execute(mine.order_by(devices.c.device).with_for_update()).scalars())


def revoke(centre: Centre, db: Connection, corner: str, till: str) -> int:
    """Take the keys of a till away, lost or stolen; how many were good until now. A new code lets it join again.

    Codes that were not used yet end too. Raises ``CentreError`` ``no_till`` when no such till is enrolled.
    """
    only_one(db, ENROLLING)
    keys, codes = schema.keys, schema.codes
    mine = _held(db, corner, till)
    if not mine:
        raise CentreError("no_till", till=f"{corner} {till}")
    db.execute(sa.delete(codes).where(codes.c.corner == corner, codes.c.till == till, codes.c.key_id.is_(None)))
    good = sa.and_(keys.c.device.in_(mine), keys.c.revoked_at.is_(None))
    return db.execute(sa.update(keys).where(good).values(revoked_at=centre.now())).rowcount
