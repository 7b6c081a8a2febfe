"""QR codes with a fixed mask, for papers that are drawn by the hundred: the same modules that segno makes, sooner.

ISO/IEC 18004, error correction M, mask 0, capital letters and digits (its alphanumeric mode), versions 1 to 6. What is
fixed of a version (its patterns and format bits) is asked of segno once; a code then takes a tenth of a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
BLOCKS: Final = {1: (1, 16, 10), 2: (1, 28, 16), 3: (1, 44, 26), 4: (2, 32, 18), 5: (2, 43, 24), 6: (4, 27, 16)}
"""Version: how many blocks, and the bytes of data and of correction in each (ISO/IEC 18004, table 9)."""
PADDING: Final = (0xEC, 0x11)
FIELD: Final = 0x11D
"""The polynomial of the field of 256 in which the correction is computed."""
MODE_BITS, COUNT_BITS, PAIR_BITS, SINGLE_BITS, END_BITS = 4, 9, 11, 6, 4
ALPHANUMERIC: Final = 0b0010
TIMING: Final = 6
"""Row and column of the modules by which a reader counts."""
FINDER: Final = 8
"""As far a corner reaches, with its margin."""
SIDE_WITHOUT_ALIGNMENT, ALIGNMENT_FROM_END, ALIGNMENT_REACH = 21, 7, 2


def quick_rows(payload: str) -> list[list[bool]] | None:
    """The modules, black is true, without the quiet zone; None where the payload is none for this module."""
    if not payload or payload.isdecimal() or any(sign not in SIGNS for sign in payload):
        return None
    values = [SIGNS.index(sign) for sign in payload]
    needed = MODE_BITS + COUNT_BITS + len(values) // 2 * PAIR_BITS + len(values) % 2 * SINGLE_BITS
    version = next((one for one, (count, data, _more) in BLOCKS.items() if needed <= count * data * 8), None)
    if version is None:
        return None
    form = _form(version)
    stream = f"{int.from_bytes(_codewords(values, needed, version), 'big') ^ form.mask:0{form.bits}b}"
    modules = form.arrange([False, True, *(bit == "1" for bit in stream), *form.rest])
    return [list(modules[start : start + form.side]) for start in range(0, len(modules), form.side)]


def _codewords(values: list[int], needed: int, version: int) -> bytes:
    """Data and correction of all blocks, a byte of each in turn."""
    count, data, more = BLOCKS[version]
    bits = ALPHANUMERIC << COUNT_BITS | len(values)
    for first, second in zip(values[::2], values[1::2], strict=False):
        bits = bits << PAIR_BITS | first * len(SIGNS) + second
    if len(values) % 2:
        bits = bits << SINGLE_BITS | values[-1]
    ended = min(needed + END_BITS, count * data * 8)
    length = min(ended // 8 + 1, count * data)  # one more where it ends even, as segno does
    content = bytearray((bits << length * 8 - needed).to_bytes(length, "big"))
    content.extend(PADDING[place % 2] for place in range(count * data - length))
    blocks = [bytes(content[start : start + data]) for start in range(0, count * data, data)]
    corrections = [_correction(block, more) for block in blocks]
    return bytes(byte for part in (blocks, corrections) for turn in zip(*part, strict=True) for byte in turn)


def _correction(block: bytes, size: int) -> bytes:
    """The remainder of the block divided by the generator of this size."""
    steps, top, whole = _steps(size), 8 * (size - 1), (1 << 8 * size) - 1
    rest = 0
    for byte in block:
        rest = (rest << 8 & whole) ^ steps[byte ^ rest >> top]
    return rest.to_bytes(size, "big")


@cache
def _steps(size: int) -> list[int]:
    """What one byte of the quotient takes off the remainder."""
    generator, root = [1], 1
    for _place in range(size):
        shifted, scaled = [*generator, 0], [0, *(_times(one, root) for one in generator)]
        generator = [left ^ right for left, right in zip(shifted, scaled, strict=True)]
        root = _times(root, 2)
    return [int.from_bytes(bytes(_times(factor, one) for one in generator[1:]), "big") for factor in range(256)]


def _times(one: int, other: int) -> int:
    product = 0
    while other:
        if other & 1:
            product ^= one
        one = one << 1 ^ (FIELD if one & 0x80 else 0)
        other >>= 1
    return product


@dataclass(frozen=True, slots=True)
class _Form:
    """A version. ``arrange`` puts white, black and the stream's bits row by row; ``rest`` are bits that say nothing.

    ``mask`` turns the stream's ``bits`` as mask 0 does.
    """

    side: int
    bits: int
    mask: int
    rest: tuple[bool, ...]
    arrange: Callable[[list[bool]], tuple[bool, ...]]


@cache
def _form(version: int) -> _Form:
    import segno

    symbol = segno.make("A", version=version, error="m", micro=False, boost_error=False, mask=0)
    taken = [[int(bool(module)) for module in row] for row in symbol.matrix]
    side = len(taken)
    way = [(row, column) for row, column in _way(side) if not _fixed(row, column, side)]
    for place, (row, column) in enumerate(way, start=2):
        taken[row][column] = place
    turned = ["01"[(row + column) % 2 == 0] for row, column in way]
    count, data, more = BLOCKS[version]
    bits = count * (data + more) * 8
    return _Form(
        side,
        bits,
        int("".join(turned[:bits]), 2),
        tuple(bit == "1" for bit in turned[bits:]),
        itemgetter(*(source for row in taken for source in row)),
    )


def _fixed(row: int, column: int, side: int) -> bool:
    """Whether the module belongs to a pattern or tells the format."""
    far, middle = side - FINDER, side - ALIGNMENT_FROM_END
    if TIMING in (row, column):
        return True
    if (row <= FINDER and (column <= FINDER or column >= far)) or (row >= far and column <= FINDER):
        return True
    return side > SIDE_WITHOUT_ALIGNMENT and max(abs(row - middle), abs(column - middle)) <= ALIGNMENT_REACH


def _way(side: int) -> Iterator[tuple[int, int]]:
    """The way of the stream: two columns at a time from the right, upwards and downwards by turns."""
    upwards = True
    for right in [*range(side - 1, TIMING, -2), *range(TIMING - 1, 0, -2)]:
        for row in range(side - 1, -1, -1) if upwards else range(side):
            yield row, right
            yield row, right - 1
        upwards = not upwards
