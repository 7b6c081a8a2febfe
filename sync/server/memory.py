"""A bounded memory for what can be made again."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """Keeps the last ``most`` values that were asked for; used by several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()
        self._making = defaultdict[Hashable, threading.Lock](threading.Lock)

    def get(self, name: Hashable) -> T | None:
        """The value kept under ``name``."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def made(self, name: Hashable, state: Any, make: Callable[[], Any]) -> Any:
        """What ``make`` made when all was as ``state`` tells; whoever asks while somebody makes it waits for that."""
        with self._lock:
            making = self._making[name]
        with making:
            known: Any = self.get(name)
            if known is None or known[0] != state:
                known = (state, make())
                self.put(name, known)
        return known[1]

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
