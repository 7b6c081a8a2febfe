"""Where a secret of a till is kept: the system's key store of the user, or a file that only the user may read.

A file that is there is used as it is and stays: moving a key into a store that a new password may empty would only
add a way to lose it. A key in the system's store leaves a note beside the locks: whoever finds the store closed is
told so, instead of being given a new key that splits the till in two.
"""

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from pos_app.domain.errors import DamagedKey, KeyStoreClosed
from pos_app.ledger.durable import sync_way
from pos_app.ledger.sqlite import faults

KEY_BYTES: Final = 32
SERVICE: Final = "pojok"
REAL: Final = 1
"""A backend of ``keyring`` below this priority keeps nothing safe, or nothing at all."""


class System(Protocol):
    """What is used of a ``keyring`` backend."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def system_store() -> System | None:
    """The user's key store of this system; None where there is no real one."""
    import keyring  # late: it takes 100 ms, and nothing before the PIN field needs a key

    backend = keyring.get_keyring()
    return backend if backend.priority >= REAL else None


class KeyStore:
    """The secrets of one ledger; ``folder`` is its own. ``find_system`` gives the system's store, None for files."""

    def __init__(self, folder: Path, find_system: Callable[[], System | None]) -> None:
        self.folder = folder
        self._find_system = find_system

    @cached_property
    def _system(self) -> System | None:
        return self._find_system()

    def get(self, name: str) -> bytes | None:
        """32 bytes, or None where this secret was never made. Raises ``DamagedKey`` and ``KeyStoreClosed``."""
        with faults(self.folder):
            if (self.folder / name).exists():
                return self._checked(name, (self.folder / name).read_bytes())
            if self._note(name).exists():
                return self._from_system(name, self._note(name).read_text(encoding="ascii", errors="replace").strip())
        return None

    def make(self, name: str) -> bytes:
        """The secret of this name, made now if it is not there; whoever makes it first wins."""
        found = self.get(name)
        if found is None:
            self.put(name, secrets.token_bytes(KEY_BYTES))
            found = self.get(name)
        if found is None:
            raise KeyStoreClosed
        return found

    def put(self, name: str, key: bytes) -> None:
        """Keep a secret under a name that is free; one that another process keeps meanwhile stays."""
        with faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            label = hashlib.sha256(b"pojok key:" + key).hexdigest()[:16]
            if self._to_system(name, label, key):
                if not _written(self._note(name), label.encode()) or (self.folder / name).exists():
                    self._forget(name, label)
            else:
                _written(self.folder / name, key)

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.kept"

    def _user(self, name: str, label: str) -> str:
        return f"{self.folder.name}/{name}/{label}"

    def _checked(self, name: str, key: bytes) -> bytes:
        if len(key) != KEY_BYTES:
            raise DamagedKey(str(self.folder / name))
        return key

    def _to_system(self, name: str, label: str, key: bytes) -> bool:
        """Whether the system's store keeps it: proved by reading it back."""
        if self._system is None:
            return False
        try:
            self._system.set_password(SERVICE, self._user(name, label), key.hex())
            return self._system.get_password(SERVICE, self._user(name, label)) == key.hex()
        except Exception:  # noqa: BLE001  a store that cannot be used, whatever its library raises: a file then
            return False

    def _from_system(self, name: str, label: str) -> bytes:
        if self._system is None:
            raise KeyStoreClosed
        try:
            text = self._system.get_password(SERVICE, self._user(name, label))
            key = bytes.fromhex(text or "")
        except Exception as error:  # locked, refused, gone: its library has an error for each system
            raise KeyStoreClosed from error
        if hashlib.sha256(b"pojok key:" + key).hexdigest()[:16] != label:
            raise KeyStoreClosed
        return self._checked(name, key)

    def _forget(self, name: str, label: str) -> None:
        """Another process was first: ours is of no use."""
        if self._note(name).read_text(encoding="ascii", errors="replace").strip() != label and self._system is not None:
            with suppress(Exception):
                self._system.delete_password(SERVICE, self._user(name, label))


def _written(path: Path, content: bytes) -> bool:
    """Write a file of mode 0600 whole or not at all, name included; False when it was there already."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # unlike a rename, never over what another process made meanwhile
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            if path.exists():
                return False
            fresh.replace(path)
        return True
    finally:
        fresh.unlink(missing_ok=True)
        sync_way(path.parent)
