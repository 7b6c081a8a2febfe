"""Accounts of officers: made, changed and closed by an administrator, opened by a password.

Whoever guesses waits longer each time (``attempts``); the wait is the same for an account that does not exist, and it
ends by itself.
"""

import unicodedata
from datetime import timedelta
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from sync.server.access import attempts, passwords
from sync.server.access.attempts import SIGN_IN
from sync.server.access.officers import Role, note
from sync.server.access.sessions import begin, end, end_all
from sync.server.centre import Centre, stamp
from sync.server.database import schema
from sync.server.database.dialect import only_one, reading, writing
from sync.server.database.loading import put
from sync.server.errors import CentreError

LONGEST_NAME = 60
ONE_TIME_FOR = timedelta(hours=72)
"""How long a password that somebody else gave is good."""
MADE, GIVEN = "officer_made", "officer_password"


def sign_in(centre: Centre, name: str, password: str, address: str, *, browser: str = "", instead_of: str = "") -> str:
    """The token of a new session, for a ``browser`` that the account is known to (empty: none) and that held the
    session ``instead_of``, which ends.

    Raises ``CentreError`` ``wrong_password``, ``wait`` or ``one_time_ended``, and ``ExchangeProblem`` where too many
    sign in at once. The attempt is counted before the password is looked at, so that many at once are no way around
    the wait.
    """
    name = plain(name)
    with passwords.TURNS.one():
        with writing(centre.engine) as db:
            key, failures = attempts.count(centre, db, name, address, browser)
            account = _account(db, name)
        hashed = account.password_hash if account else passwords.nobodys()
        right = passwords.matches(hashed, password)
        if account is None or account.disabled_at or not right:
            _refuse(centre, name, address, failures, known=account is not None)
        fresh = passwords.made_anew(hashed, password)
    with writing(centre.engine) as db:
        if account.must_change and _given_at(db, name) < stamp(centre.clock() - ONE_TIME_FOR):
            raise CentreError("one_time_ended", hours=int(ONE_TIME_FOR.total_seconds()) // 3_600)
        _replace_hash(db, name, hashed, password_hash=fresh)
        attempts.forget(db, key)
        end(db, instead_of)
        note(centre, db, name, SIGN_IN, name)
        return begin(centre, db, name, address)


def make(centre: Centre, db: Connection, by: str, name: str, role: Role) -> str:
    """A new account: its one-time password. Raises ``CentreError``."""
    name = valid_name(name)
    _administrator(db, by)
    for there in db.execute(sa.select(schema.officers.c.name)).scalars():
        if there.casefold() == name.casefold():
            raise CentreError("officer_exists", name=there)
    password = passwords.one_time()
    put(db, schema.officers, [_row(centre, name, role, password, must_change=True)])
    note(centre, db, by, MADE, name, role.code)
    return password


def put_officer(
    centre: Centre, db: Connection, name: str, role: Role, password: str, *, must_change: bool = False
) -> None:
    """Make an account or change it whole, from the command line; its sessions end, and it has not to wait.

    ``must_change``: somebody else saw the password, so it is good for a first sign-in only. Raises ``CentreError``.
    """
    name = valid_name(name)
    for there in db.execute(sa.select(schema.officers.c.name)).scalars():
        if there != name and there.casefold() == name.casefold():
            raise CentreError("officer_exists", name=there)
    put(db, schema.officers, [_row(centre, name, role, password, must_change=must_change)])
    attempts.forget_all(db, name)
    end_all(db, name)
    note(centre, db, "", MADE, name, role.code)


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
    """Open a closed account again; it has not to wait. Raises ``CentreError``."""
    _known(db, by, name)
    _change(db, name, disabled_at=None)
    attempts.forget_all(db, name)
    note(centre, db, by, "officer_enabled", name)


def new_password(centre: Centre, db: Connection, by: str, name: str) -> str:
    """A one-time password for somebody who forgot his; the sessions end, and he has not to wait. Raises
    ``CentreError``."""
    _known(db, by, name)
    password = passwords.one_time()
    _change(db, name, password_hash=passwords.hash_of(password), must_change=1)
    attempts.forget_all(db, name)
    note(centre, db, by, GIVEN, name)
    return password


def change_password(centre: Centre, name: str, old: str, new: str, address: str, *, browser: str = "") -> str:
    """Change one's own password: the token of a new session, for all others end.

    Raises ``CentreError`` ``wrong_password``, ``wait``, ``short_password``, ``weak_password`` or ``same_password``, and
    ``ExchangeProblem`` where too many sign in at once.
    """
    passwords.check(new, name)
    if new == old:
        raise CentreError("same_password")
    with passwords.TURNS.one():
        with writing(centre.engine) as db:
            key, failures = attempts.count(centre, db, name, address, browser)
            account = _account(db, name)
        if account is None or not passwords.matches(account.password_hash, old):
            _refuse(centre, name, address, failures, known=account is not None)
        hashed = passwords.hash_of(new)
    with writing(centre.engine) as db:
        _replace_hash(db, name, account.password_hash, password_hash=hashed, must_change=0)
        attempts.forget(db, key)
        end_all(db, name)
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
    """The name as it is kept: composed letters, single blanks. Raises ``CentreError`` ``no_name``.

    Letters of other alphabets look like ours, so that two accounts would be told apart by nobody.
    """
    name = plain(name)
    if not name or len(name) > LONGEST_NAME or not all(map(_allowed, name)):
        raise CentreError("no_name")
    return name


def plain(name: str) -> str:
    """A name as it may be typed: composed letters, single blanks."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def _allowed(sign: str) -> bool:
    return " " <= sign <= "~" or unicodedata.name(sign, "").startswith("LATIN ")


def _row(centre: Centre, name: str, role: Role, password: str, *, must_change: bool) -> dict[str, Any]:
    return {
        "name": name,
        "role": role.code,
        "password_hash": passwords.hash_of(password),
        "made_at": centre.now(),
        "must_change": int(must_change),
        "disabled_at": None,
    }


def _account(db: Connection, name: str) -> Row[Any] | None:
    return db.execute(sa.select(schema.officers).where(schema.officers.c.name == name)).one_or_none()


def _administrator(db: Connection, by: str) -> None:
    """Raise ``CentreError`` unless ``by`` still is one; no other change to accounts goes on at the same moment."""
    only_one(db, "officers")
    account = _account(db, by)
    if account is None or account.disabled_at or account.role != Role.ADMIN.code:
        raise CentreError("unknown_officer", name=by, roles=Role.ADMIN.code)


def _known(db: Connection, by: str, name: str) -> None:
    """Raise ``CentreError`` unless ``name`` is an account, and not the own one: an administrator always remains."""
    _administrator(db, by)
    if _account(db, name) is None:
        raise CentreError("no_officer", name=name)
    if by == name:
        raise CentreError("own_account")


def _change(db: Connection, name: str, **values: Any) -> None:
    db.execute(sa.update(schema.officers).where(schema.officers.c.name == name).values(**values))
    end_all(db, name)


def _replace_hash(db: Connection, name: str, known: str, **values: Any) -> None:
    """Write ``values`` where the password still is the one that was compared. Raises ``CentreError``
    ``wrong_password`` where an administrator closed the account or gave another one in between."""
    officers = schema.officers
    same = (officers.c.name == name, officers.c.password_hash == known, officers.c.disabled_at.is_(None))
    if not db.execute(sa.update(officers).where(*same).values(**values)).rowcount:
        raise CentreError("wrong_password")


def _given_at(db: Connection, name: str) -> str:
    """When the one-time password of an account was made."""
    audit = schema.audit.c
    given = (audit.of == name, audit.what.in_((MADE, GIVEN)))
    return db.execute(sa.select(sa.func.max(audit.at)).where(*given)).scalar() or ""


def _refuse(centre: Centre, name: str, address: str, failures: int, *, known: bool) -> NoReturn:
    with writing(centre.engine) as db:
        attempts.trace(centre, db, name, address, failures, known=known)
    raise CentreError("wrong_password")
