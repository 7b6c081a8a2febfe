"""Deliveries and returns found again: of everybody, of a producer, of a day; through an index, however many."""

import pytest

from pos_app.ledger import goods_notes
from tests.corner import Corner


def told(corner: Corner, producer: str = "", day: str = "") -> list[tuple[str, str]]:
    return [(note.producer, note.at[:10]) for note in goods_notes.notes(corner.db, producer, day)]


def test_notes_are_of_everybody_of_a_producer_or_of_a_day_the_newest_first(corner: Corner) -> None:
    corner.receive("T1", "5")
    corner.receive("B1", "5")
    corner.clock.pass_by(days=1)
    corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "1", "reason": "unsold"}])
    corner.receive("T1", "2")
    first, second = "2026-10-01", "2026-10-02"
    assert told(corner) == [("P1", second), ("P1", second), ("P2", first), ("P1", first)]
    assert told(corner, producer="P1") == [("P1", second), ("P1", second), ("P1", first)]
    assert told(corner, day=first) == [("P2", first), ("P1", first)]
    assert told(corner, producer="P1", day=first) == [("P1", first)]
    assert told(corner, producer="P9") == told(corner, day="2026-10-03") == []
    kinds = [note.kind for note in goods_notes.notes(corner.db, limit=2)]
    assert kinds == ["goods_received", "goods_returned"]


@pytest.mark.parametrize("kind", goods_notes.KINDS)
@pytest.mark.parametrize(
    ("producer", "day", "by"),
    [
        ("", "", "COVERING INDEX documents_by_kind (kind=?)"),
        ("P1", "", "COVERING INDEX deliveries (kind=? AND party=?)"),
        ("", "2026-10-01", "COVERING INDEX deliveries (kind=?)"),
        ("P1", "2026-10-01", "COVERING INDEX deliveries (kind=? AND party=? AND date=?)"),
    ],
)
def test_no_page_of_a_document_is_read_to_find_notes(
    corner: Corner, kind: str, producer: str, day: str, by: str
) -> None:
    sql, given = goods_notes.newest_of(kind, producer, day)
    plan = [row[3] for row in corner.db.execute(f"EXPLAIN QUERY PLAN {sql}", (*given, 20))]
    assert plan[0] == f"SEARCH documents USING {by}"
