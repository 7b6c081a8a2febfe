"""Whatever happens in a corner: statements end where the ledger stands, and ages make the balances."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings

from pos_app.ledger import queries
from pos_app.services import ageing, producer_board, producer_statements
from tests.corner import PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register
from tests.services.test_random_days import days, play


def assert_statements_add_up(corner: Corner) -> None:
    """For every period: opening and changes make the closing payable, and goods end at what is on the shelf."""
    today, head = corner.clock().date(), corner.ledger.head().seq
    for producer in ("P1", "P2"):
        for period in ("payment", "week", "month", "range"):
            span = producer_statements.span_of(corner.db, producer, period, today, head)
            told = producer_statements.statement(corner.db, producer, span)
            assert told.faults == ()
            assert told.closing == queries.payable(corner.db, producer)
            assert sum(amount for _document, amount in told.documents) == told.closing - told.opening


def assert_periods_follow_one_another(corner: Corner) -> None:
    """A statement cut in two at any day ends and begins with the same payable."""
    today, head = corner.clock().date(), corner.ledger.head().seq
    yesterday = today - timedelta(days=1)
    for producer in ("P1", "P2"):
        spans = [
            producer_statements.span_of(corner.db, producer, "range", today, head, None, yesterday),
            producer_statements.span_of(corner.db, producer, "range", today, head, today, today),
        ]
        before, after = (producer_statements.statement(corner.db, producer, span) for span in spans)
        assert before.closing == after.opening
        assert before.faults == after.faults == ()


def assert_ages_are_the_balances(corner: Corner) -> None:
    for later in (0, 9, 20, 45):
        found = ageing.ageing(corner.db, corner.clock().date() + timedelta(days=later))
        assert found.unexplained == 0
        for one in found.owed:
            assert sum(one.spans) == one.amount == queries.payable(corner.db, one.producer)
            assert 0 <= one.overdue <= one.amount
            assert all(amount >= 0 for amount in one.spans)
        assert {one.producer for one in found.owing} == {
            producer for producer in ("P1", "P2") if queries.payable(corner.db, producer) < 0
        }


def assert_the_board_counts_what_is_there(corner: Corner) -> None:
    board = producer_board.board(corner.db, corner.clock().date())
    stock = queries.stock_sums(corner.db)
    assert {line.sku: line.left for line in board.lines if line.left} == {
        sku: left for sku, left in stock.items() if left
    }
    for line in board.lines:
        assert line.suggestion >= 0
        assert line.suggestion % 1000 == 0
        assert line.days <= len(board.counted)


@settings(max_examples=40, deadline=None)
@given(day=days)
def test_whatever_is_played_statements_and_ages_agree_with_the_ledger(
    day: list[tuple[dict[str, Any], str | None, int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corner = new_corner(Path(folder))
        try:
            register(corner, Path(folder), PRODUCERS, PRODUCTS, STAFF)
            play(corner, day)
            assert_statements_add_up(corner)
            assert_periods_follow_one_another(corner)
            assert_ages_are_the_balances(corner)
            assert_the_board_counts_what_is_there(corner)
        finally:
            corner.ledger.close()
