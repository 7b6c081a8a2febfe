"""Guesses at passwords: counted, made to wait for each other, and traced in the audit.

Failures are counted for an account, and apart for each browser and each address that it signed in at before, so that
a stranger's guesses do not keep an officer out of his own. A name that is no account is counted just so.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from sync.server.access.officers import note
from sync.server.centre import Centre, stamp
from sync.server.database import schema
from sync.server.database.dialect import only_one
from sync.server.database.loading import put
from sync.server.errors import CentreError
from sync.server.limits import network_of

FREE = 5
"""So many wrong passwords in a row cost nothing but their own time."""
FIRST_WAIT = timedelta(seconds=30)
"""After the next one; it doubles with each."""
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=12)
MOST = 10_000
"""Counts that are kept; of more the longest silent are forgotten."""
TRACED_EVERY = timedelta(hours=1)
"""That somebody at an address tries names that are no accounts."""
SIGN_IN = "sign_in"
FAILED = "sign_in_failed"
LOCKED = "sign_in_locked"
MOST_NAMES = 8
"""Accounts that one browser is known to."""
HELD = re.compile(r"[0-9a-f]{32}(\.[0-9a-f]{32}){1,8}")
"""What a browser holds: a name of its own, and a mark for each account."""


def browser_of(secret: str, held: str, name: str) -> str:
    """The browser that holds ``held``, where ``name`` signed in there before; else empty."""
    if not HELD.fullmatch(held):
        return ""
    browser, *marks = held.split(".")
    return browser if any(hmac.compare_digest(mark, _mark(secret, browser, name)) for mark in marks) else ""


def held_after(secret: str, held: str, name: str) -> str:
    """What a browser holds from now on, ``name`` having signed in there."""
    if browser_of(secret, held, name):
        return held
    browser, *marks = held.split(".") if HELD.fullmatch(held) else [secrets.token_hex(16)]
    return ".".join([browser, *marks[1 - MOST_NAMES :], _mark(secret, browser, name)])


def _mark(secret: str, browser: str, name: str) -> str:
    told = f"browser\0{browser}\0{name}".encode("utf-8", "surrogatepass")
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()[:32]


def count(centre: Centre, db: Connection, name: str, address: str, browser: str) -> tuple[str, int]:
    """Count an attempt as one that failed: where it is counted, and how many failed in a row there with it.

    Raises ``CentreError`` ``wait`` where it comes too early.
    """
    attempts, now, key = schema.attempts, centre.clock(), _key(db, name, address, browser)
    only_one(db, "attempts")
    db.execute(sa.delete(attempts).where(attempts.c.last_at < stamp(now - FORGOTTEN_AFTER)))
    row = db.execute(sa.select(attempts).where(attempts.c.key == key)).one_or_none()
    if row is not None and stamp(now) < row.wait_until:
        left = datetime.fromisoformat(row.wait_until) - now
        raise CentreError("wait", minutes=max(1, -(-int(left.total_seconds()) // 60)))
    failures = (row.failures if row else 0) + 1
    wait = timedelta(0)
    if failures > FREE:
        wait = min(FIRST_WAIT * 2 ** min(failures - FREE - 1, 10), LONGEST_WAIT)
    put(db, attempts, [{"key": key, "failures": failures, "last_at": stamp(now), "wait_until": stamp(now + wait)}])
    too_old = sa.select(attempts.c.last_at).order_by(attempts.c.last_at.desc()).offset(MOST).limit(1)
    db.execute(sa.delete(attempts).where(attempts.c.last_at <= too_old.scalar_subquery()))
    return key, failures


def forget(db: Connection, key: str) -> None:
    """The password was right."""
    db.execute(sa.delete(schema.attempts).where(schema.attempts.c.key == key))


def forget_all(db: Connection, name: str) -> None:
    """An administrator lets an account in again, wherever its failures were counted."""
    db.execute(sa.delete(schema.attempts).where(schema.attempts.c.key.startswith(_hash(name))))


def trace(centre: Centre, db: Connection, name: str, address: str, failures: int, *, known: bool) -> None:
    """Note the first failure of a row, and each that begins a wait; of names that are no accounts, which may be
    anything, only that somebody at ``address`` tries them."""
    if known:
        if failures == 1 or failures > FREE:
            note(centre, db, "", FAILED if failures == 1 else LOCKED, name)
        return
    audit = schema.audit.c
    lately = (audit.what == FAILED, audit.of == "", audit.address == address)
    since = audit.at > stamp(centre.clock() - TRACED_EVERY)
    if not db.execute(sa.select(sa.exists().where(*lately, since))).scalar():
        note(centre, db, "", FAILED, "")


def _key(db: Connection, name: str, address: str, browser: str) -> str:
    """Begins with what stands for the account."""
    audit = schema.audit.c
    here = (audit.officer == name, audit.what == SIGN_IN, audit.address == address)
    if browser:
        place = f"browser {browser}"
    else:
        place = network_of(address) if db.execute(sa.select(sa.exists().where(*here))).scalar() else ""
    return _hash(name) + _hash(place)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
