"""Users of the till: PINs, log-in, and a manager's approval on top of a cashier's act."""

import re
from datetime import datetime

from pos_app.domain.errors import InvalidPin, ManagerNeeded, Misuse, WrongPin
from pos_app.i18n import _
from pos_app.ledger import registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.registry import SEALED, UserRow
from pos_app.ledger.vault import Vault, about
from pos_app.services import pins
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7

ROLES = ("kasir", "pengelola")
PIN_DIGITS = 6
_CODE = r"|(?=.*[0-9:])[A-Za-z0-9._:-]{1,64}"


def check_pin(pin: str) -> None:
    """Raise ``InvalidPin`` unless the PIN has six digits."""
    if not pins.has_digits(pin, PIN_DIGITS):
        raise InvalidPin


def add_user(ledger: Ledger, vault: Vault, *, name: str, pin: str, role: str, now: datetime) -> User:
    """Register a user with a PIN of six digits. Raises ``InvalidPin``."""
    check_pin(pin)
    user_id = uuid7(now)
    with ledger.write() as tx:
        registry.add_user(tx.db, user_id, role, pins.hashed(pin), name, vault.seal)
    return User(user_id, role, name)


def users(counter: Counter) -> list[User]:
    """Who may log in, by name."""
    return [User(row.id, row.role, row.name) for row in registry.users(counter.db, counter.vault.unseal)]


def read_again(counter: Counter) -> None:
    """Read the acting user anew: the name may have been locked, or corrected since."""
    if counter.user is not None:
        counter.user = next((user for user in users(counter) if user.id == counter.user.id), counter.user)


def former_users(counter: Counter) -> list[User]:
    """Who was deactivated and is not anonymised, by name: their data is still held."""
    return [User(row.id, row.role, row.name) for row in registry.former_users(counter.db, counter.vault.unseal)]


def hire(counter: Counter, name: str, role: str, pin: str, approved_by: str | None = None) -> User:
    """A manager lets one more person work at this till; it is logged.

    Raises ``Misuse`` for an empty name or one that is taken, and ``InvalidPin``.
    """
    name = " ".join(name.split())
    if not name:
        raise Misuse(_("Enter the user's name."))
    if any(user.name.casefold() == name.casefold() for user in users(counter)):
        raise Misuse(_("There is a user {name} already. Add a letter or a second name.").format(name=name))
    check_pin(pin)
    user = User(uuid7(counter.clock()), role, name)
    pin_hash = pins.hashed(pin)
    with counter.ledger.write() as tx:
        registry.add_user(tx.db, user.id, role, pin_hash, name, counter.vault.seal)
        counter.log(tx.db, "user_added", user.id, approved_by)
    return user


def change_pin(counter: Counter, user_id: str, pin: str, approved_by: str | None = None) -> None:
    """A manager gives a user another PIN; it is logged. Raises ``InvalidPin``."""
    check_pin(pin)
    pin_hash = pins.hashed(pin)
    with counter.ledger.write() as tx:
        registry.set_pin(tx.db, user_id, pin_hash)
        counter.log(tx.db, "user_pin_changed", user_id, approved_by)


def dismiss(counter: Counter, user_id: str, approved_by: str | None = None) -> None:
    """A manager takes a user off this till; it is logged. Raises ``Misuse`` for oneself and for the last manager."""
    if counter.user is not None and counter.user.id == user_id:
        raise Misuse(_("You are logged in yourself. Let another manager do it."))
    with counter.ledger.write() as tx:
        rows = registry.users(tx.db, counter.vault.unseal)
        if [row.id for row in rows if row.role == "pengelola"] == [user_id]:
            raise Misuse(_("This is the last manager. Add another one first."))
        registry.deactivate_user(tx.db, user_id)
        counter.log(tx.db, "user_deactivated", user_id, approved_by)


def log_in(counter: Counter, user_id: str, pin: str) -> User:
    """Check a PIN and make the user the acting one.

    Raises ``WrongPin`` with the tries left; after five the user waits a minute, also after a restart.
    """
    user = _checked(counter, [row for row in _rows(counter) if row.id == user_id], pin, user_id)
    counter.user = user
    return user


def approve(counter: Counter, pin: str, action: str, detail: str = "") -> str:
    """A manager allows one exception by PIN; returns the manager's pseudonym for ``approved_by``. It is logged.

    ``detail`` is a code, or the reason as it was typed, which is kept sealed.
    """
    managers = [row for row in _rows(counter) if row.role == "pengelola"]
    if not managers:
        raise ManagerNeeded(action)
    manager = _checked(counter, managers, pin, counter.who())
    log(counter, f"approved:{action}", typed(counter, detail), user=manager.id)
    return manager.id


def typed(counter: Counter, detail: str) -> str:
    """A detail for the log: codes as they are, anything else sealed."""
    if re.fullmatch(_CODE, detail):
        return detail
    return SEALED + counter.vault.seal(detail.encode(), about("activity")).hex()


def readable(counter: Counter, detail: str) -> str:
    """What ``typed`` was given; empty where the key is another one."""
    if not detail.startswith(SEALED):
        return detail
    plain = counter.vault.unseal(registry.sealed_detail(detail), about("activity"))
    return plain.decode() if plain else ""


def log(counter: Counter, action: str, detail: str = "", *, user: str | None = None) -> None:
    """Keep a trace of something that is no document: a removed line, a drawer opened."""
    with counter.ledger.write() as tx:
        counter.log(tx.db, action, detail, user)


def _rows(counter: Counter) -> list[UserRow]:
    return registry.users(counter.db, counter.vault.unseal)


def _checked(counter: Counter, candidates: list[UserRow], pin: str, who: str) -> User:
    """The candidate whose PIN this is. Every candidate that waits is passed over; ``who`` typed it."""
    now = counter.clock()
    waiting = {row.id: seconds for row in candidates if (seconds := pins.waits(row.locked_until, now))}
    free = [row for row in candidates if row.id not in waiting]
    if not free:
        raise WrongPin(0, min(waiting.values()))
    for row in free:
        if pins.matches(row.pin_hash, pin):
            if row.failures:
                with counter.ledger.write() as tx:
                    registry.record_attempt(tx.db, row.id, 0, None)
            return User(row.id, row.role, row.name)
    with counter.ledger.write() as tx:
        counter.log(tx.db, "pin_failed", "", who)
        for row in free:
            registry.record_attempt(tx.db, row.id, *pins.after_wrong(row.failures, now))
    left = pins.TRIES - 1 - max(row.failures for row in free)
    raise WrongPin(left, int(pins.WAIT.total_seconds()) if left <= 0 else 0)
