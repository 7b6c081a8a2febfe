"""Whether two businesses may be the same one: their names written a little differently."""

from __future__ import annotations

from typing import Final

_ALIKE: Final = 80
"""Percent of the pairs of letters that two names share, from which on they are asked about."""
_SHORTEST: Final = 4
_LONG: Final = 8
"""From so many letters on, one slip of the pen is taken for one."""
_OF_NO_WEIGHT: Final = frozenset(
    {"ud", "cv", "pt", "umkm", "ukm", "usaha", "toko", "bu", "ibu", "pak", "bapak", "kelompok"}
)


def plain_name(name: str) -> str:
    """A name without what does not tell businesses apart: case, signs, blanks, order of words, UD and its like."""
    words = "".join(sign if sign.isalnum() else " " for sign in name.casefold()).split()
    telling = [word for word in words if word not in _OF_NO_WEIGHT] or words
    return "".join(sorted(telling))


def pairs_of(plain: str) -> frozenset[str]:
    """The pairs of neighbouring letters of a plain name."""
    return frozenset(plain[place : place + 2] for place in range(len(plain) - 1))


def alike(one: str, other: str, pairs: frozenset[str] | None = None) -> bool:
    """Whether two plain names are nearly the same; ``pairs`` are those of ``one``, where many are compared with it."""
    if one == other:
        return bool(one)
    if min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > max(len(one), len(other)) // 3:
        return False
    if min(len(one), len(other)) >= _LONG and _one_slip(one, other):
        return True
    mine = pairs_of(one) if pairs is None else pairs
    theirs = pairs_of(other)
    return 200 * len(mine & theirs) >= _ALIKE * (len(mine) + len(theirs))


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was changed, left out or added, or two neighbours were swapped."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    mine, theirs = one[start:], other[start:]
    if len(mine) == len(theirs):
        return mine[1:] == theirs[1:] or (mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:])
    return mine[1:] == theirs if len(mine) > len(theirs) else mine == theirs[1:]
