"""Questions of the counter do not slow down with the years: SQLite's plans, read back."""

import pytest

from pos_app.ledger import deductions, hot, listing, paper_facts, queries, staff
from pos_app.services.people import log
from pos_app.services.settling import due
from tests.corner import MORNING, Corner

HISTORY = ("journal", "documents", "postings", "stock_movements", "stock", "shifts", "activity", "print_jobs")


@pytest.fixture
def plans(open_corner: Corner) -> list[str]:
    """The plan of every statement run from now on that reads a table which grows with history."""
    found: list[str] = []

    def explain(statement: str) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "INSERT", "DELETE")):
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
    queries.best_sellers(open_corner.db, 3)
    listing.first_delivery_dates(open_corner.db)
    staff.moves_since(open_corner.db, "S1", "2026-10-01")
    deductions.open_entries(open_corner.db, "S1")
    deductions.list_for(open_corner.db, "2026-10", "")
    paper_facts.balance_after(open_corner.db, "tab:S1", 5)
    paper_facts.qris_entries(open_corner.db, 2, 6)
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
    allowed = ("ORDER BY seq DESC LIMIT 1", "coalesce(max(seq), 0)", "USING COVERING INDEX deliveries")
    assert [plan for plan in scans if not any(one in plan for one in allowed)] == []


def test_the_history_of_one_account_or_product_is_walked_from_row_to_row(plans: list[str]) -> None:
    threads = [plan for plan in plans if "RECURSIVE thread" in plan]
    for part in ("postings p ON p.seq = t.prior", "stock_movements m ON m.seq = t.seq"):
        steps = [plan for plan in threads if part in plan]
        assert any(plan.startswith("SEARCH d USING INTEGER PRIMARY KEY (rowid=?)") for plan in steps)
    walks = ("SCAN d", "SCAN b", "SCAN stock", "SEARCH d USING INTEGER PRIMARY KEY (rowid<?)")
    assert [plan for plan in threads if plan.startswith(walks)] == []


def test_a_settlement_does_not_walk_the_documents_before_it(plans: list[str]) -> None:
    settling = [plan for plan in plans if "-sum(t.amount)" in plan]
    assert any(plan.startswith("SEARCH d USING INTEGER PRIMARY KEY (rowid=?)") for plan in settling)
    assert [plan for plan in settling if "(rowid<?)" in plan.partition(":")[0]] == []


def test_first_deliveries_are_read_from_their_index_alone(plans: list[str]) -> None:
    asked = [plan for plan in plans if plan.endswith("GROUP BY party")]
    assert [plan.partition(":")[0] for plan in asked] == ["SEARCH documents USING COVERING INDEX deliveries (kind=?)"]


def test_goods_sold_lately_are_looked_up_and_not_compared_with_every_product(plans: list[str]) -> None:
    asked = [plan for plan in plans if "count(*) AS times" in plan]
    assert any(plan.startswith("SEARCH p USING INDEX sqlite_autoindex_products_1 (sku=?)") for plan in asked)
    assert [plan for plan in asked if plan.startswith("SCAN p")] == []


def test_batches_that_are_gone_leave_no_row(open_corner: Corner) -> None:
    query = "SELECT batch, quantity FROM stock WHERE sku = 'T1' ORDER BY batch"
    for _delivery in range(3):
        open_corner.receive("T1", "2")
    batches = [f"NT-MTR001A-{number:06d}.0" for number in (1, 5, 6, 7)]
    assert [row["batch"] for row in open_corner.db.execute(query)] == batches
    open_corner.sell("T1", "26")
    assert [tuple(row) for row in open_corner.db.execute(query)] == [("", 0)]
    assert open_corner.state["stock"]["T1"] == "0"
    open_corner.verify()


def test_a_batch_that_comes_back_stands_where_its_delivery_put_it(open_corner: Corner) -> None:
    query = "SELECT batch, quantity, position FROM stock WHERE sku = 'T1' AND quantity <> 0 ORDER BY position"
    newer = open_corner.receive("T1", "2")
    oldest, newest = open_corner.db.execute(query).fetchall()
    open_corner.sell("T1", "20")
    assert [tuple(row) for row in open_corner.db.execute(query)] == [tuple(newest)]
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "20"}], tender="cash")
    assert [tuple(row) for row in open_corner.db.execute(query)] == [tuple(oldest), tuple(newest)]
    assert newest["position"] == newer["seq"]
    open_corner.verify()


def test_numbers_go_on_after_the_last_of_six_digits(open_corner: Corner) -> None:
    """Texts of seven digits stand between those of six, so the last text is not the last number."""
    add = "INSERT INTO documents VALUES (?, ?, 'sale', '', 0, '', 0, '[]', '[]')"
    assert hot.last_number(open_corner.db, "ST-MTR001A") == 0
    for seq, number in enumerate((999_998, 999_999, 1_000_000, 1_000_001), start=900):
        open_corner.db.execute(add, (seq, f"ST-MTR001A-{number}"))
        open_corner.db.execute(add, (seq + 50, f"ST-MTR001A{seq}-000001"))
        assert hot.last_number(open_corner.db, "ST-MTR001A") == number
