"""The recovery code: how a new computer reads the names in a backup.

The data keys lie in the ledger file, and so in every backup, wrapped with a key made from the code. The code is
130 random bits, so it needs no slow derivation as a password would: HKDF-SHA256 turns it into the wrapping key, and
ChaCha20-Poly1305 wraps. Thirty characters in six groups, in Crockford's alphabet without I, L, O and U; the last
four are a Reed-Solomon check sum over GF(32), which tells up to four wrong characters, swaps included.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Final

from pos_app.domain.errors import DamagedLedger
from pos_app.domain.recovery_errors import MistypedCode, NamesLocked, NoRecoveryCode, WrongCode
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import Connection
from pos_app.ledger.vault import KEY_BYTES, NONCE_BYTES, Vault

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": "", "\u2013": "", "_": "", ".": ""})
DATA_SYMBOLS: Final = 26
CHECK_SYMBOLS: Final = 4
SYMBOLS: Final = DATA_SYMBOLS + CHECK_SYMBOLS
GROUP: Final = 5
WRAPS: Final = "recovery"
"""Row of ``meta``: a list of wraps, newest first."""

FIELD: Final = 0b100101
"""x⁵ + x² + 1 makes GF(32)."""
ROOTS: Final = (2, 4, 8, 16)
"""Of the generator: the first four powers of 2 in this field."""


@dataclass(frozen=True, slots=True)
class Wrap:
    """Data keys wrapped by one code: which ``keys`` (their prints), and salt, nonce and what is sealed in base64.

    ``lost`` is a person's word that this code is gone; whoever finds it after all still opens its names.
    """

    keys: tuple[str, ...]
    parts: tuple[str, ...]
    lost: bool = False


def make(ledger: Ledger, vault: Vault, *, older_is_lost: bool = False) -> str:
    """A new recovery code for this ledger; later backups open with it and no longer with an older one.

    Raises ``NamesLocked`` where only an older code opens some names: whoever threw that one away would lose them.
    ``older_is_lost`` is a person's word that nobody has it; its wrap stays, because it holds a key that this computer
    does not have. The code itself is kept nowhere.
    """
    value = secrets.randbits(5 * DATA_SYMBOLS)
    data = [value >> (5 * place) & 31 for place in reversed(range(DATA_SYMBOLS))]
    symbols = [*data, *_check_symbols(data)]
    keys = vault.data_keys()
    wrap = _wrap(_bytes_of(symbols), keys, ledger.identity.ledger_id)
    with ledger.write() as tx:
        if is_locked(ledger, vault) and not older_is_lost:
            raise NamesLocked
        older = [replace(one, lost=True) for one in _closed(ledger, vault)]
        wraps = json.dumps([asdict(one) for one in (wrap, *older)])
        tx.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (WRAPS, wraps))
    return _text_of(symbols)


def unlock(ledger: Ledger, vault: Vault, code: str) -> None:
    """Give ``vault`` the data keys of this ledger; what was sealed here meanwhile stays readable.

    Raises ``MistypedCode``, ``WrongCode`` or ``NoRecoveryCode``; nothing is changed then.
    """
    vault.take_data_keys(opened(ledger.db, ledger.identity.ledger_id, code))


def opened(db: Connection, ledger_id: str, code: str) -> list[bytes]:
    """The data keys in an open ledger or backup. Raises as ``unlock`` does."""
    symbols = _symbols_of(code)
    wraps = _wraps(db)
    if not wraps:
        raise NoRecoveryCode
    for wrap in wraps:
        keys = _unwrapped(_bytes_of(symbols), wrap, ledger_id)
        if keys:
            return keys
    raise WrongCode


def check(code: str) -> None:
    """Raise ``MistypedCode`` for what cannot be a recovery code."""
    _symbols_of(code)


def covers(ledger: Ledger, vault: Vault) -> bool:
    """Whether the newest code opens all that this computer can read; if not, a new one is due."""
    wraps = _wraps(ledger.db)
    return bool(wraps) and {_print_of(key) for key in vault.data_keys()} <= set(wraps[0].keys)


def is_locked(ledger: Ledger, vault: Vault) -> bool:
    """Whether a recovery code is wanted: it alone brings names back, and nobody said that it is lost."""
    return any(not wrap.lost for wrap in _closed(ledger, vault))


def may_unlock(ledger: Ledger, vault: Vault) -> bool:
    """Whether a recovery code, lost or not, would bring names back."""
    return bool(_closed(ledger, vault))


def _closed(ledger: Ledger, vault: Vault) -> list[Wrap]:
    """The wraps that hold a key which this computer lacks."""
    wraps = _wraps(ledger.db)
    known = {_print_of(key) for key in vault.data_keys()} if wraps else set()
    return [wrap for wrap in wraps if not set(wrap.keys) <= known]


# The wrap --------------------------------------------------------------------------------------------------------


def _wraps(db: Connection) -> list[Wrap]:
    row = db.execute("SELECT value FROM meta WHERE key = ?", (WRAPS,)).fetchone()
    if row is None:
        return []
    try:
        return [
            Wrap(tuple(map(str, one["keys"])), tuple(map(str, one["parts"])), bool(one.get("lost")))
            for one in json.loads(row[0])
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedLedger(0, f"meta: {error}") from None


def _wrap(secret: bytes, keys: Sequence[bytes], ledger_id: str) -> Wrap:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(NONCE_BYTES)
    sealed = ChaCha20Poly1305(_derived(secret, salt)).encrypt(nonce, b"".join(keys), ledger_id.encode())
    parts = tuple(base64.b64encode(part).decode() for part in (salt, nonce, sealed))
    return Wrap(tuple(_print_of(key) for key in keys), parts)


def _unwrapped(secret: bytes, wrap: Wrap, ledger_id: str) -> list[bytes]:
    """The keys in one wrap; none where the code is another one or the wrap is damaged."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        salt, nonce, sealed = (base64.b64decode(part) for part in wrap.parts)
        joined = ChaCha20Poly1305(_derived(secret, salt)).decrypt(nonce, sealed, ledger_id.encode())
    except (InvalidTag, ValueError):
        return []
    return [joined[start : start + KEY_BYTES] for start in range(0, len(joined), KEY_BYTES)]


def _derived(secret: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, b"pojok recovery code 1").derive(secret)


def _print_of(key: bytes) -> str:
    """Tells keys apart; of 32 random bytes it gives nothing away."""
    return hashlib.sha256(b"pojok data key:" + key).hexdigest()[:16]


# The characters --------------------------------------------------------------------------------------------------


def _text_of(symbols: Sequence[int]) -> str:
    text = "".join(ALPHABET[symbol] for symbol in symbols)
    return "-".join(text[start : start + GROUP] for start in range(0, SYMBOLS, GROUP))


def _symbols_of(code: str) -> list[int]:
    """The symbols of a typed code: small letters, spaces and look-alikes are understood. Raises ``MistypedCode``."""
    text = "".join(code.split()).upper().translate(LOOK_ALIKES)
    strange = next((place for place, letter in enumerate(text) if letter not in ALPHABET), None)
    if strange is not None:
        raise MistypedCode(strange // GROUP + 1)
    if len(text) != SYMBOLS:
        raise MistypedCode(0)
    symbols = [ALPHABET.index(letter) for letter in text]
    if any(_syndromes(symbols)):
        raise MistypedCode(_group_of_one_error(symbols))
    return symbols


def _bytes_of(symbols: Sequence[int]) -> bytes:
    return bytes(symbols[:DATA_SYMBOLS])


def _times(one: int, other: int) -> int:
    product = 0
    for bit in range(5):
        if other >> bit & 1:
            product ^= one << bit
    for bit in reversed(range(5, 9)):
        if product >> bit & 1:
            product ^= FIELD << (bit - 5)
    return product


def _syndromes(symbols: Sequence[int]) -> list[int]:
    """The code word's polynomial at the roots of the generator: all zero for a code without errors."""
    found = []
    for root in ROOTS:
        value = 0
        for symbol in symbols:
            value = _times(value, root) ^ symbol
        found.append(value)
    return found


def _check_symbols(data: Sequence[int]) -> list[int]:
    """Remainder of the data's polynomial by the generator, whose roots are ``ROOTS``."""
    generator = [1]
    for root in ROOTS:
        longer = [*generator, 0]
        for place, factor in enumerate(generator):
            longer[place + 1] ^= _times(factor, root)
        generator = longer
    rest = [*data, *[0] * CHECK_SYMBOLS]
    for place in range(DATA_SYMBOLS):
        lead = rest[place]
        for offset, factor in enumerate(generator):
            rest[place + offset] ^= _times(factor, lead)
    return rest[DATA_SYMBOLS:]


def _group_of_one_error(symbols: Sequence[int]) -> int:
    """The group of the one character that is wrong; 0 where more than one is."""
    found = _syndromes(symbols)
    locator = 1
    for place in reversed(range(SYMBOLS)):
        if all(_times(one, locator) == following for one, following in pairwise(found)):
            return place // GROUP + 1 if all(found) else 0
        locator = _times(locator, 2)
    return 0
