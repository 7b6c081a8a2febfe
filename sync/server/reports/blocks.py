"""Rows of figures as columns of numbers, to be added up many at a time. Whole numbers only, in 64 bits.

A row says where (a till), of what (an item: SKU and producer), in which way (a mark: for whom, why) and how much. Texts
are numbered as they come (``Numbered``); blocks never change once they are made, so threads share them.
"""

import threading
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
"""Whole numbers of 8, 16 or 32 bits."""
Values = npt.NDArray[Any]
"""Whole numbers of 32 or 64 bits."""
Chosen = npt.NDArray[np.bool_]
FACES: Final = {frozenset[str](): "city", frozenset({"device"}): "device", frozenset({"item"}): "item"}
"""Which sums a question needs that touches these sides; the rows themselves where it touches both."""
ROWS: Final = "rows"
DENSE: Final = 4
"""Places for each row that are worth counting in instead of sorting."""
NARROW: Final = 2**31

Text = TypeVar("Text", bound=Hashable)


class Numbered(Generic[Text]):
    """Texts by the order in which they came."""

    def __init__(self) -> None:
        self.known: list[Text] = []
        self._places: dict[Text, int] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.known)

    def __contains__(self, text: object) -> bool:
        return text in self._places

    def of(self, text: Text) -> int:
        """The number of ``text``, a new one where it is new."""
        place = self._places.get(text)
        if place is None:
            with self._lock:
                place = self._places.get(text, len(self.known))
                if place == len(self.known):
                    self.known.append(text)
                    self._places[text] = place
        return place


class Block:
    """Rows: numbers of tills, items and marks, and the figures of each, one line of ``values`` a figure."""

    __slots__ = ("__weakref__", "_faces", "device", "item", "mark", "values")

    def __init__(self, device: Codes, item: Codes, mark: Codes, values: Values) -> None:
        self.device, self.item, self.mark = device, item, mark
        small = values.dtype == np.int32 or not values.size or max(-int(values.min()), int(values.max())) < NARROW
        self.values = values.astype(np.int32 if small else np.int64, copy=False)
        self._faces: dict[str, Block] = {}

    def __len__(self) -> int:
        return len(self.device)

    def where(self, chosen: Chosen) -> "Block":
        """The rows that are chosen."""
        places = np.flatnonzero(chosen)
        return Block(self.device[places], self.item[places], self.mark[places], self.values[:, places])

    def negative(self) -> "Block":
        """What takes these rows away again."""
        return Block(self.device, self.item, self.mark, -self.values.astype(np.int64))

    def face(self, name: str) -> "Block":
        """The rows added up over what a question does not touch, see ``FACES``; made once."""
        if name == ROWS:
            return self
        found = self._faces.get(name)
        if found is None:
            none = np.zeros(len(self), np.int32)
            device = self.device if name == "device" else none
            found = self._faces[name] = added_up(device, self.item if name == "item" else none, self.mark, self.values)
        return found


def empty(figures: int) -> Block:
    """A block without rows."""
    none = np.zeros(0, np.int32)
    return Block(none, none, none, np.zeros((figures, 0), np.int64))


def together(blocks: Sequence[Block]) -> Block:
    """The rows of several blocks in one, at least one."""
    if len(blocks) == 1:
        return blocks[0]
    names = ("device", "item", "mark")
    device, item, mark = (np.concatenate([getattr(one, name) for one in blocks]) for name in names)
    return Block(device, item, mark, np.concatenate([one.values for one in blocks], axis=1))


def summed(block: Block) -> Block:
    """The same figures with one row for each till, item and mark."""
    return added_up(block.device, block.item, block.mark, block.values)


def added_up(device: Codes, item: Codes, mark: Codes, values: Values) -> Block:
    """Equal rows as one."""
    if not len(device):
        return Block(device, item, mark, values)
    items, marks = int(item.max()) + 1, int(mark.max()) + 1
    keys = (device.astype(np.int64) * items + item) * marks + mark
    found, places = distinct(keys, (int(device.max()) + 1) * items * marks)
    rest, marked = np.divmod(found, marks)
    tills, goods = np.divmod(rest, items)
    sums = sums_at(places, values, len(found))
    return Block(tills.astype(np.int32), goods.astype(np.int32), marked.astype(np.int32), sums)


def distinct(keys: Whole, size: int) -> tuple[Whole, Whole]:
    """The different ``keys`` (0 to ``size`` - 1) in their order, and which of them each key is."""
    if size > DENSE * len(keys) + 10_000:
        found, places = np.unique(keys, return_inverse=True)
        return found, places
    there = np.zeros(size, np.bool_)
    there[keys] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[keys]


def sums_at(places: Whole, values: Values, size: int) -> Whole:
    """Each line of ``values`` added up by place."""
    sums = np.zeros((len(values), size), np.int64)
    for into, line in zip(sums, values, strict=True):
        np.add.at(into, places, line.astype(np.int64, copy=False))
    return sums


def narrow(column: Codes) -> Codes:
    """Numbers from zero on in as little room as they need."""
    most = int(column.max(initial=0))
    return column.astype(next(kind for kind in (np.int8, np.int16, np.int32) if most <= np.iinfo(kind).max))


def codes(numbers: Iterable[int]) -> Codes:
    """Numbers as a column."""
    return np.fromiter(numbers, np.int32)
