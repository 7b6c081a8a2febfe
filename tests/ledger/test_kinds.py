"""A flipped bit that makes a text of bytes, or bytes of a text, is damage like any other."""

from pathlib import Path

import pytest

from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.verify import checked
from sync.protocol.entry import BrokenEntry, genesis
from tests.corner import Corner

COLUMNS = ("document_id", "kind", "recorded_at", "body", "prev", "hash")


def flip_kind(path: Path, column: str, seq: int) -> None:
    """Flip the lowest bit of a cell's serial type in the record of an entry: BLOB <-> TEXT."""
    db = connect_plainly(str(path))
    cells = tuple(db.execute(f"SELECT {', '.join(COLUMNS)} FROM journal WHERE seq = ?", (seq,)).fetchone())
    db.close()
    types = [13 + 2 * len(cell.encode()) if isinstance(cell, str) else 12 + 2 * len(cell) for cell in cells]
    encoded = [_varint(one) for one in types]
    header = bytes([sum(map(len, encoded)) + 2]) + b"\0" + b"".join(encoded)
    content = bytearray(path.read_bytes())
    at = content.find(header + cells[0].encode())
    assert at > 0
    while at > 0:
        content[at + 1 + sum(map(len, encoded[: COLUMNS.index(column) + 1]))] ^= 1
        at = content.find(header + cells[0].encode(), at + 1)
    path.write_bytes(content)


def _varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([0x80 | number >> 7, number & 127])


@pytest.mark.parametrize("column", ["body", "prev", "hash"])
def test_a_text_in_the_place_of_bytes_is_no_entry(open_corner: Corner, column: str) -> None:
    who = open_corner.ledger.identity
    row = list(open_corner.db.execute("SELECT * FROM journal WHERE seq = 1").fetchone())
    prev = genesis(who.ledger_id, who.corner, who.till, who.epoch)
    assert checked(row, 1, prev).seq == 1
    place = 1 + COLUMNS.index(column)
    row[place] = row[place].decode("latin-1")
    with pytest.raises(BrokenEntry):
        checked(row, 1, prev)
