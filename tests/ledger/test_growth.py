"""Questions of the counter do not slow down with the years: SQLite's plans, read back."""

import pytest

from pos_app.ledger import queries
from pos_app.services.people import log
from pos_app.services.settling import due
from tests.corner import MORNING, Corner

HISTORY = ("journal", "documents", "postings", "stock_movements", "stock", "shifts", "activity", "print_jobs")


@pytest.fixture
def plans(open_corner: Corner) -> list[str]:
    """The plan of every statement run from now on that reads a table which grows with history."""
    found: list[str] = []

    def explain(statement: str) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "INSERT", "DELETE")):
            statements.append(statement)

    statements: list[str] = []
    open_corner.sell("T1", "2")
    open_corner.db.set_trace_callback(explain)
    open_corner.sell("T1", "2")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    open_corner.receive("T1", "5")
    queries.product(open_corner.db, "T1")
    queries.products_by_code(open_corner.db, "2000000000015")
    due(open_corner.db, "P1", MORNING.date(), head=open_corner.ledger.head().seq)
    log(open_corner.counter, "line_removed", "T1")
    open_corner.do("close_shift", counted=0)
    open_corner.db.set_trace_callback(None)
    for statement in statements:
        rows = open_corner.db.execute(f"EXPLAIN QUERY PLAN {statement}")
        found += [f"{row['detail']}: {statement}" for row in rows]
    return found


def test_no_table_of_the_history_is_scanned(plans: list[str]) -> None:
    assert plans
    scans = [plan for plan in plans if any(plan.startswith(f"SCAN {table}") for table in (*HISTORY, "s", "j", "d"))]
    # These begin at the newest entry and stop at the first row that fits.
    allowed = ("ORDER BY seq DESC LIMIT 1", "coalesce(max(seq), 0)")
    assert [plan for plan in scans if not any(one in plan for one in allowed)] == []


def test_batches_that_are_gone_are_not_looked_at(plans: list[str]) -> None:
    assert any("USING INDEX stock_live (sku=?)" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith(("SEARCH s USING PRIMARY", "SEARCH stock USING PRIMARY"))] == []
