"""Shortening a name so that what tells goods apart stays: its size at the end. No Qt."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_SIZE: Final = re.compile(r"\s(\d[\d.,]*\s?\S{1,6})$")
_NUMBER: Final = re.compile(r"-(\d{6})$")
ELLIPSIS: Final = "…"
NO_BREAK: Final = "\u00a0"
LETTERS: Final = 3
"""Fewer letters of a word than these tell nothing."""


def whole_size(text: str) -> str:
    """The name with no-break spaces inside its size, so that ``100 g`` is never parted over two lines."""
    match = _SIZE.search(text)
    return text if match is None else f"{text[: match.start(1)]}{match[1].replace(' ', NO_BREAK)}"


def elide_keep_end(text: str, width: int, measure: Callable[[str], int]) -> str:
    """Shortens a name in the middle so that its size at the end stays: ``Keripik Singkong Bal… 250 g``.

    Where nothing of the word before the size would be left, the words before it give way, since it tells kinds apart:
    ``Kerip… Cokelat 200 g``. A document keeps its number: ``ST-…000065``.
    """
    if measure(text) <= width:
        return text
    match = _SIZE.search(text)
    tail = f"{ELLIPSIS} {match[1]}" if match else ELLIPSIS
    number = _NUMBER.search(text)
    if number is not None:
        match, tail = number, ELLIPSIS + number[1]
    head = text[: match.start()] if match else text
    kept = _longest(head, tail, width, measure)
    first, _space, last = head.rpartition(" ")
    if match is not None and number is None and first and kept <= len(first) + min(LETTERS, len(last)):
        end = f"{ELLIPSIS} {last} {match[1]}"
        start = _longest(first, end, width, measure)
        if start >= LETTERS:
            return first[:start].rstrip() + end
    return head[:kept].rstrip() + tail if kept else ELLIPSIS


def _longest(head: str, tail: str, width: int, measure: Callable[[str], int]) -> int:
    """How many letters of the head fit before the tail."""
    low, high = 0, len(head)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(head[:middle].rstrip() + tail) <= width:
            low = middle
        else:
            high = middle - 1
    return low
