"""Sums that no engine can hold: the entry that would make one is set aside, and whatever follows it is taken."""

import sqlalchemy as sa

from sync.documents.base import LIMIT
from sync.documents.goods import GoodsReceived, ReceivedLine
from sync.server import commands
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.projecting.storing import HEAVY, MOST
from tests.server.support import Journal

LINES = 2_000
OF_ONE = LINES * LIMIT
"""Thousandths that the heaviest delivery brings."""


def delivery(number: int, lines: int = LINES, quantity: int = LIMIT) -> GoodsReceived:
    name = f"NT-MTR001A-{number:06}"
    brought = [
        ReceivedLine(sku="S", name="x", quantity=quantity, batch=f"{name}.{place}", pricing="titip", sell_price=1)
        for place in range(lines)
    ]
    return GoodsReceived(number=name, producer="P", lines=tuple(brought))


def kept(centre: Centre) -> tuple[dict[int, str], int]:
    """Reasons by entry of what is in quarantine, and the stock."""
    with reading(centre.engine) as db:
        table = schema.quarantine
        reasons = {row.seq: row.reason for row in db.execute(sa.select(table.c.seq, table.c.reason))}
        return reasons, db.execute(sa.select(schema.stock.c.quantity)).scalar_one()


def test_an_entry_that_would_make_a_sum_too_large_is_stored_and_set_aside_and_the_next_are_taken(
    database: str, centre: Centre, caller, journal: Journal
) -> None:
    journal.add_moves(1)
    for number in range(1, 5):
        journal.add(delivery(number))
    journal.add_moves(1)
    journal.add(delivery(9, 1, 5_000))
    assert 2 * OF_ONE < MOST < 3 * OF_ONE
    for first, last in ((1, 3), (4, 6), (7, 8)):
        assert caller.push(journal, journal.batch(first, last)).status_code == 200
    expected = ({5: "overflow", 6: "overflow"}, 2 * OF_ONE + 5_000)
    assert kept(centre) == expected
    assert commands.verify(database)["entries"] == 8
    assert commands.rebuild(database)["quarantined"] == 2
    assert kept(centre) == expected
    assert commands.state(database)["journal"]["entries"] == 8
    assert caller.client.get("/").status_code == 200


def test_the_same_entries_are_set_aside_however_they_are_cut_into_batches(
    database: str, centre: Centre, caller, journal: Journal
) -> None:
    journal.add_moves(1)
    for number, quantity in enumerate((LIMIT, HEAVY, LIMIT, LIMIT // 2, 1, LIMIT // 3), 1):
        journal.add(delivery(number, quantity=quantity))
    for seq in range(1, len(journal.bodies) + 1):
        assert caller.push(journal, journal.batch(seq, seq)).status_code == 200
    one_by_one = kept(centre)
    assert one_by_one[0] == {6: "overflow", 8: "overflow"}
    assert commands.rebuild(database)["quarantined"] == 2
    assert kept(centre) == one_by_one
