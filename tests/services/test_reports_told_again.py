"""A report that is printed again says what it said, whatever was taken back since."""

from pos_app.ledger import queries, reports
from pos_app.printing.layout import Paper
from pos_app.services import matching, refunding
from pos_app.services.papers import document_paper
from tests.corner import Corner


def closed(corner: Corner) -> str:
    """Close the shift with what should be there; the id of the closing."""
    return str(corner.do("close_shift", counted=corner.state["drawer"])["id"])


def z(corner: Corner, closing: str) -> Paper:
    return document_paper(corner.ledger, corner.counter.vault, closing)


def next_day(corner: Corner) -> int:
    """The entry that opens the shift of the next day."""
    corner.clock.pass_by(days=1)
    return int(corner.do("open_shift", float=100_000)["seq"])


def test_a_drop_that_is_taken_back_the_next_day_changes_no_report_of_the_day_before(open_corner: Corner) -> None:
    dropped = open_corner.do("cash_move", direction="out", amount=50_000, safe=True)["number"]
    closing = closed(open_corner)
    before = z(open_corner, closing)
    opened = next_day(open_corner)
    open_corner.do("reverse", of=dropped)
    assert z(open_corner, closing) == before
    head = open_corner.ledger.head().seq
    shift = queries.open_shift(open_corner.db)
    assert shift is not None
    assert reports.drops(open_corner.db, opened, head) == shift.figures["cash_out"] == -50_000, "nothing was spent"


def test_a_drop_that_is_taken_back_in_its_shift_is_none(open_corner: Corner) -> None:
    dropped = open_corner.do("cash_move", direction="out", amount=50_000, safe=True)["number"]
    open_corner.do("cash_move", direction="out", amount=20_000, safe=True)
    spent = open_corner.do("cash_move", direction="out", amount=5_000)["number"]
    open_corner.do("reverse", of=dropped)
    open_corner.do("reverse", of=spent)
    assert reports.drops(open_corner.db, 1, open_corner.ledger.head().seq) == 20_000


def test_a_match_that_is_taken_back_later_changes_no_report_of_before(open_corner: Corner) -> None:
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[{"kind": "qris", "amount": 16_000}])
    [item] = matching.unmatched(open_corner.db)
    match = matching.match(open_corner.counter, item.seqs, 16_000)
    closing = closed(open_corner)
    before = z(open_corner, closing)
    next_day(open_corner)
    refunding.reverse(open_corner.counter, match.number)
    assert z(open_corner, closing) == before
