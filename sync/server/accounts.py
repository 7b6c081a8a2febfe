"""Accounts of officers: made, changed and closed by an administrator, opened by a password.

A password is kept as an argon2 hash. Whoever guesses waits longer each time; the wait is the same for an account that
does not exist, it ends by itself, and it is counted apart for the places an officer has signed in from before, so
that a stranger's guesses do not keep him out.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy.engine import Connection, Row

from sync.server import schema
from sync.server.centre import Centre, stamp
from sync.server.dialect import only_one, reading, writing
from sync.server.errors import CentreError
from sync.server.loading import put
from sync.server.officers import Role, note
from sync.server.sessions import begin, end_all

LONGEST_NAME = 60
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
FREE_FAILURES = 5
"""So many wrong passwords in a row cost nothing but their own time."""
FIRST_WAIT = timedelta(seconds=30)
"""After the next one; it doubles with each."""
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=12)
SIGN_IN = "sign_in"


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    """What the password of an account that does not exist is compared with: it takes as long as a real one."""
    return _hasher().hash(secrets.token_urlsafe(16))


def sign_in(centre: Centre, name: str, password: str, address: str) -> str:
    """The token of a new session. Raises ``CentreError`` ``wrong_password`` or ``wait``.

    The attempt is counted before the password is looked at, so that many at once are no way around the wait.
    """
    name, key = name.strip(), ""
    with writing(centre.engine) as db:
        key = _attempt_key(db, name, address)
        only_one(db, f"attempt:{key}")
        _count(centre, db, key)
        account = _account(db, name)
    hashed = account.password_hash if account else _nobodys()
    right = _matches(hashed, password)
    if account is None or account.disabled_at or not right:
        raise CentreError("wrong_password")
    fresh = _hasher().hash(password) if _hasher().check_needs_rehash(hashed) else hashed
    with writing(centre.engine) as db:
        db.execute(sa.delete(schema.attempts).where(schema.attempts.c.key == key))
        unchanged = (schema.officers.c.name == name, schema.officers.c.password_hash == hashed)
        if not db.execute(sa.update(schema.officers).where(*unchanged).values(password_hash=fresh)).rowcount:
            raise CentreError("wrong_password")  # it was changed in between
        note(centre, db, name, SIGN_IN, name)
        return begin(centre, db, name, address)


def make(centre: Centre, db: Connection, by: str, name: str, role: Role) -> str:
    """A new account: its one-time password. Raises ``CentreError``."""
    name = valid_name(name)
    if _account(db, name) is not None:
        raise CentreError("officer_exists", name=name)
    password = secrets.token_urlsafe(12)
    put(db, schema.officers, [_row(centre, name, role, password, must_change=True)])
    note(centre, db, by, "officer_made", name, role.code)
    return password


def put_officer(centre: Centre, db: Connection, name: str, role: Role, password: str) -> None:
    """Make an account or change it whole, from the command line; its sessions end, and nobody has to wait."""
    name = valid_name(name)
    put(db, schema.officers, [_row(centre, name, role, password, must_change=False)])
    db.execute(sa.delete(schema.attempts))
    end_all(db, name)
    note(centre, db, "", "officer_made", name, role.code)


def change_role(centre: Centre, db: Connection, by: str, name: str, role: Role) -> None:
    """Give an account another role; its sessions end. Raises ``CentreError``."""
    _known(db, by, name)
    _change(db, name, role=role.code)
    note(centre, db, by, "officer_role", name, role.code)


def disable(centre: Centre, db: Connection, by: str, name: str) -> None:
    """Close an account; its sessions end. Raises ``CentreError``."""
    _known(db, by, name)
    _change(db, name, disabled_at=centre.now())
    note(centre, db, by, "officer_disabled", name)


def enable(centre: Centre, db: Connection, by: str, name: str) -> None:
    """Open a closed account again. Raises ``CentreError``."""
    _known(db, by, name)
    _change(db, name, disabled_at=None)
    note(centre, db, by, "officer_enabled", name)


def new_password(centre: Centre, db: Connection, by: str, name: str) -> str:
    """A one-time password for somebody who forgot his; the sessions end. Raises ``CentreError``."""
    _known(db, by, name)
    password = secrets.token_urlsafe(12)
    _change(db, name, password_hash=_hasher().hash(password), must_change=1)
    note(centre, db, by, "officer_password", name)
    return password


def change_password(centre: Centre, name: str, old: str, new: str, address: str) -> str:
    """Change one's own password: the token of a new session, for all others end.

    Raises ``CentreError`` ``wrong_password``, ``wait``, ``short_password`` or ``same_password``.
    """
    if not SHORTEST_PASSWORD <= len(new) <= LONGEST_PASSWORD:
        raise CentreError("short_password", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    if new in (old, name):
        raise CentreError("same_password")
    with writing(centre.engine) as db:
        key = _attempt_key(db, name, address)
        only_one(db, f"attempt:{key}")
        _count(centre, db, key)
        account = _account(db, name)
    if account is None or not _matches(account.password_hash, old):
        raise CentreError("wrong_password")
    hashed = _hasher().hash(new)
    with writing(centre.engine) as db:
        db.execute(sa.delete(schema.attempts).where(schema.attempts.c.key == key))
        _change(db, name, password_hash=hashed, must_change=0)
        note(centre, db, name, "own_password", name)
        return begin(centre, db, name, address)


def listed(centre: Centre) -> list[Row[Any]]:
    """Every account: name, role, made_at, must_change, disabled_at, and when it signed in last (None: never)."""
    officers, audit = schema.officers.c, schema.audit.c
    last = sa.select(sa.func.max(audit.at)).where(audit.officer == officers.name, audit.what == SIGN_IN)
    columns = (officers.name, officers.role, officers.made_at, officers.must_change, officers.disabled_at)
    with reading(centre.engine) as db:
        query = sa.select(*columns, last.scalar_subquery().label("signed_in_at")).order_by(officers.name)
        return list(db.execute(query))


def valid_name(name: str) -> str:
    """The name without blanks around it. Raises ``CentreError`` ``no_name``."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise CentreError("no_name")
    return name


def _row(centre: Centre, name: str, role: Role, password: str, *, must_change: bool) -> dict[str, Any]:
    return {
        "name": name,
        "role": role.code,
        "password_hash": _hasher().hash(password),
        "made_at": centre.now(),
        "must_change": int(must_change),
        "disabled_at": None,
    }


def _account(db: Connection, name: str) -> Row[Any] | None:
    return db.execute(sa.select(schema.officers).where(schema.officers.c.name == name)).one_or_none()


def _known(db: Connection, by: str, name: str) -> None:
    """Raise ``CentreError`` unless ``name`` is an account, and not the own one: an administrator always remains."""
    if _account(db, name) is None:
        raise CentreError("no_officer", name=name)
    if by == name:
        raise CentreError("own_account")


def _change(db: Connection, name: str, **values: Any) -> None:
    db.execute(sa.update(schema.officers).where(schema.officers.c.name == name).values(**values))
    end_all(db, name)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def _attempt_key(db: Connection, name: str, address: str) -> str:
    """Failures are counted by account, and apart for an address from which it signed in before."""
    audit = schema.audit.c
    here = (audit.officer == name, audit.what == SIGN_IN, audit.address == address)
    known = db.execute(sa.select(sa.exists().where(*here))).scalar()
    told = f"{name}\0{address if known else ''}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _count(centre: Centre, db: Connection, key: str) -> None:
    """Count an attempt as one that failed. Raises ``CentreError`` ``wait`` where it comes too early."""
    attempts, now = schema.attempts, centre.clock()
    db.execute(sa.delete(attempts).where(attempts.c.last_at < stamp(now - FORGOTTEN_AFTER)))
    row = db.execute(sa.select(attempts).where(attempts.c.key == key)).one_or_none()
    if row is not None and stamp(now) < row.wait_until:
        left = datetime.fromisoformat(row.wait_until) - now
        raise CentreError("wait", minutes=max(1, -(-int(left.total_seconds()) // 60)))
    failures = (row.failures if row else 0) + 1
    wait = timedelta(0)
    if failures > FREE_FAILURES:
        wait = min(FIRST_WAIT * 2 ** min(failures - FREE_FAILURES - 1, 10), LONGEST_WAIT)
    put(db, attempts, [{"key": key, "failures": failures, "last_at": stamp(now), "wait_until": stamp(now + wait)}])
