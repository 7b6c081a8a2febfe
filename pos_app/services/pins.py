"""PINs of users and of staff: how they are kept, and how long wrong ones make somebody wait."""

from datetime import datetime, timedelta

TRIES = 5
WAIT = timedelta(minutes=1)


def hashed(pin: str) -> str:
    """argon2 of a PIN; takes about 20 ms."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(pin)


def matches(pin_hash: str, pin: str) -> bool:
    """Whether ``pin_hash`` was made of this PIN."""
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        return PasswordHasher().verify(pin_hash, pin)
    except VerificationError:
        return False


def has_digits(pin: str, digits: int) -> bool:
    """Whether a PIN has this many plain digits."""
    return len(pin) == digits and pin.isascii() and pin.isdigit()


def waits(locked_until: str | None, now: datetime) -> int:
    """Seconds to wait after too many wrong PINs, 0 for none.

    Nobody waits longer than ``WAIT``: a later end was written by a clock that ran ahead.
    """
    if not locked_until or not now < (end := datetime.fromisoformat(locked_until)) <= now + WAIT:
        return 0
    return int((end - now).total_seconds()) + 1


def after_wrong(failures: int, now: datetime) -> tuple[int, str | None]:
    """Failures and end of waiting to be kept after one more wrong PIN."""
    failures += 1
    return (0, (now + WAIT).isoformat()) if failures >= TRIES else (failures, None)
