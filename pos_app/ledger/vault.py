"""Keys of one ledger, kept outside the ledger file and outside its backups.

The signing key speaks for the till; the data key seals personal data. Both are files that only the user
may read, in a folder per ``ledger_id``. A copied ledger can neither speak as the till nor tell names.
"""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pos_app.domain.errors import DamagedKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32
NONCE_BYTES = 12


class Vault:
    """The keys in ``folder``; they are made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def _data_key(self) -> bytes:
        return self._secret("data.key")

    def signing_key(self) -> "Ed25519PrivateKey":
        """The till's Ed25519 key."""
        return self._signing_key

    @cached_property
    def _signing_key(self) -> "Ed25519PrivateKey":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return Ed25519PrivateKey.from_private_bytes(self._secret("signing.key"))

    def public_key(self) -> bytes:
        """The 32 raw bytes of the till's public key."""
        return self.signing_key().public_key().public_bytes_raw()

    def seal(self, plain: bytes) -> bytes:
        """Encrypt personal data (ChaCha20-Poly1305, nonce in front)."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + ChaCha20Poly1305(self._data_key).encrypt(nonce, plain, None)

    def unseal(self, sealed: bytes) -> bytes | None:
        """Decrypt what ``seal`` made; ``None`` where the key is another one."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        try:
            return ChaCha20Poly1305(self._data_key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except InvalidTag:
            return None

    def _secret(self, name: str) -> bytes:
        """32 random bytes in a file of mode 0600, made whole or not at all. Raises ``DamagedKey``."""
        path = self.folder / name
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._make(path)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise DamagedKey(str(path))
        return key

    @staticmethod
    def _make(path: Path) -> None:
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # unlike a rename, never over the key that another process made meanwhile
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            fresh.replace(path)
        fresh.unlink(missing_ok=True)
