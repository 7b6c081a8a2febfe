"""A bounded memory for what can be made again."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """Keeps the last ``most`` values that were asked for; used by several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: Hashable) -> T | None:
        """The value kept under ``name``."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()

    def put(self, name: Hashable, value: T) -> None:
        """Keep ``value``; what was longest not asked for is forgotten."""
        with self._lock:
            self._kept[name] = value
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
