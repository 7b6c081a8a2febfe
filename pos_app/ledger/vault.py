"""Keys of one ledger, kept outside the ledger file and outside its backups (``keystore`` says where).

The signing key speaks for the till; the data keys seal personal data: the first of them seals, all of them open,
so that a recovery code can bring back an older one. A copied ledger can neither speak as the till nor tell names.
What is sealed is bound to what it is ``about``: in another place of the ledger it does not open.
"""

import secrets
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pos_app.ledger.keystore import KEY_BYTES, KeyStore, system_store
from pos_app.ledger.sqlite import faults

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ("KEY_BYTES", "NONCE_BYTES", "Vault", "about")

NONCE_BYTES: Final = 12
SIGNING: Final = "signing.key"
DATA: Final = "data.key"
OLDER_DATA: Final = "data.{number}.key"
BOUND: Final = "bound"
"""A file beside the keys: everything in the ledger is bound, so nothing unbound is opened any more."""


def about(kind: str, code: str = "") -> bytes:
    """What a blob is bound to: the kind of its row and the row's key."""
    return f"{kind}:{code}".encode()


class Vault:
    """The keys of the ledger whose ``folder`` this is; they are made when first asked for.

    With ``in_system`` new keys go into the key store of the user's system where there is one, else into files.
    """

    def __init__(self, folder: Path, *, in_system: bool = False) -> None:
        self.folder = folder
        self._in_system = in_system

    @cached_property
    def _store(self) -> KeyStore:
        return KeyStore(self.folder, system_store if self._in_system else lambda: None)

    @cached_property
    def _data_keys(self) -> list[bytes]:
        keys = [self._store.make(DATA)]
        while (older := self._store.get(OLDER_DATA.format(number=len(keys)))) is not None:
            keys.append(older)
        return keys

    def data_keys(self) -> list[bytes]:
        """The keys of personal data, 32 bytes each; the first one seals."""
        return list(self._data_keys)

    def take_data_keys(self, keys: Sequence[bytes]) -> None:
        """Open with these keys too, from now on. On a computer that has none yet the first of them seals."""
        if self._store.get(DATA) is None and keys:
            self._store.put(DATA, keys[0])
        self.__dict__.pop("_data_keys", None)
        for key in keys:
            if key not in self._data_keys:
                self._store.put(OLDER_DATA.format(number=len(self._data_keys)), key)
                del self._data_keys

    def signing_key(self) -> "Ed25519PrivateKey":
        """The till's Ed25519 key."""
        return self._signing_key

    @cached_property
    def _signing_key(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._store.make(SIGNING))

    def public_key(self) -> bytes:
        """The 32 raw bytes of the till's public key."""
        return self.signing_key().public_key().public_bytes_raw()

    def known_public_key(self) -> bytes | None:
        """The public key of a till that has one on this computer; None is made for a ledger that is only looked at."""
        return self.public_key() if self._store.get(SIGNING) is not None else None

    @cached_property
    def bound_only(self) -> bool:
        """Whether blobs of older programs, which say of nobody whose they are, stay closed."""
        return (self.folder / BOUND).exists()

    def open_bound_only(self) -> None:
        """From now on: every blob of the ledger is bound (``binding.bind``)."""
        with faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self.folder / BOUND).touch()
        self.__dict__.pop("bound_only", None)

    def seal(self, plain: bytes, bound_to: bytes) -> bytes:
        """Encrypt personal data (ChaCha20-Poly1305, nonce in front); ``bound_to`` says what it is ``about``."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + ChaCha20Poly1305(self._data_keys[0]).encrypt(nonce, plain, bound_to)

    def unseal(self, sealed: bytes, bound_to: bytes) -> bytes | None:
        """Decrypt what ``seal`` made; ``None`` where the key is another one, or the blob is about something else.

        What an older program sealed is opened until the ledger is known to hold no such blob.
        """
        plain = self._opened(sealed, bound_to)
        return plain if plain is not None or self.bound_only else self._opened(sealed, None)

    def bound(self, sealed: bytes, bound_to: bytes) -> bytes | None:
        """The same data bound: the blob itself where it is, a new one where it was not; ``None`` where no key fits."""
        if self._opened(sealed, bound_to) is not None:
            return sealed
        plain = self._opened(sealed, None)
        return None if plain is None else self.seal(plain, bound_to)

    def _opened(self, sealed: bytes, bound_to: bytes | None) -> bytes | None:
        if len(sealed) < NONCE_BYTES:
            return None
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        for key in self._data_keys:
            try:
                return ChaCha20Poly1305(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
            except InvalidTag:
                continue
        return None
