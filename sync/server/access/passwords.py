"""Passwords of officers: kept as argon2 hashes, and refused where they are easy to guess (NIST SP 800-63B, 3.1.1.2).

A hash takes 64 MiB for a tenth of a second, so few are made at once.
"""

import secrets
import unicodedata
from functools import cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from sync.server.errors import CentreError
from sync.server.limits import Turns

SHORTEST = 10
LONGEST = 200
TURNS = Turns(at_once=2, waiting=12, seconds=5)
LEAST_SIGNS = 5
"""Different ones."""
LEAST_LETTERS = 4
"""Beside a common word or the name."""
SHORTEST_NAME = 3
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
"""Of a keyboard."""
COMMON = (
    *("password", "passw0rd", "katasandi", "katakunci", "rahasia", "sandi", "admin", "administrator", "superadmin"),
    *("welcome", "selamatdatang", "letmein", "iloveyou", "akucintakamu", "sayangku", "sayang", "cinta", "princess"),
    *("bismillah", "alhamdulillah", "assalamualaikum", "insyaallah", "subhanallah", "muhammad"),
    *("indonesia", "merdeka", "pancasila", "garuda", "jakarta", "lampung", "bandarlampung", "kotametro", "metro"),
    *("diskoperin", "pojokumkm", "pojok", "umkm", "dinas", "koperasi", "petugas", "pemantau", "qwerty", "dragon"),
    *("monkey", "football", "baseball", "sunshine", "superman", "persib", "persija", "changeme", "default"),
)
"""What is tried first."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def nobodys() -> str:
    """What the password of an account that does not exist is compared with: it takes as long as a real one."""
    return hash_of(one_time())


def one_time() -> str:
    """A password that nobody guesses."""
    return secrets.token_urlsafe(12)


def hash_of(password: str) -> str:
    """How a password is kept."""
    return _hasher().hash(password)


def matches(hashed: str, password: str) -> bool:
    """Whether it is the password of a hash."""
    try:
        return _hasher().verify(hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def made_anew(hashed: str, password: str) -> str:
    """The hash as this version of the program makes it."""
    return hash_of(password) if _hasher().check_needs_rehash(hashed) else hashed


def check(password: str, name: str) -> None:
    """Raise ``CentreError`` ``short_password`` or ``weak_password`` for a password that ``name`` should not take."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise CentreError("short_password", least=SHORTEST, most=LONGEST)
    plain = "".join(unicodedata.normalize("NFKC", password).casefold().split())
    if len(set(plain)) < LEAST_SIGNS or _repeats(plain) or _runs(plain) or _says_little(plain, name):
        raise CentreError("weak_password")


def _repeats(text: str) -> bool:
    """``abcdabcdab`` is a part over and over."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _runs(text: str) -> bool:
    """``1234567890``, ``abcdefg321`` and ``qwertyuiop`` go from sign to sign by one step mostly."""
    steps = sum(_next(one, other) for one, other in pairwise(text))
    return steps * 4 >= (len(text) - 1) * 3


def _next(one: str, other: str) -> bool:
    near = any(one + other in row or other + one in row for row in ROWS)
    return near or abs(ord(one) - ord(other)) <= 1


def _says_little(text: str, name: str) -> bool:
    """Beside common words and the name there is next to nothing."""
    parts = name.casefold().split()
    words = [word for word in ("".join(parts), *parts) if len(word) >= SHORTEST_NAME]
    rest = text
    for word in sorted((*COMMON, *words), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != text and sum(map(str.isalpha, rest)) < LEAST_LETTERS
