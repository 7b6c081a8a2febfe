"""What a till keeps of its neighbours: the sums of their documents, whatever pages they came in."""

from collections import Counter as Tally
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.ledger import corner_sales, neighbours
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.verify import verify
from pos_app.services import refunding
from pos_app.services.refunding import Back, BackElsewhere
from sync.protocol.entry import read_body
from sync.protocol.messages import Row
from sync.protocol.wire import Malformed
from tests.corner import Corner
from tests.two_tills import DEVICE, apply, cursor, page_of, rows_of, tell, till_of, told

SOLD = "ST-MTR001B-000001"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Corner]:
    found = till_of(tmp_path, "A")
    yield found
    found.ledger.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Corner]:
    found = busy(till_of(tmp_path, "B"))
    yield found
    found.ledger.close()


def busy(till: Corner) -> Corner:
    """A till that did a bit of everything."""
    till.receive("T1", "10", "2026-10-09")
    till.receive("B1", "4")
    till.sell("T1", "3")
    till.do(
        "sale",
        lines=[{"code": "T1", "quantity": "1"}, {"code": "W1", "quantity": "0.750"}],
        tenders=[{"kind": "tab", "staff": "S1", "amount": 38_500}],
    )
    till.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    till.do("tab_payment", staff="S1", amount=8_500, tender="cash")
    till.do("write_off", lines=[{"sku": "B1", "quantity": "1", "reason": "damaged"}])
    till.sell("K1", "2")
    till.do("reverse", of=f"ST-MTR001{till.ledger.identity.till}-000003", reason="salah")
    return till


def sums(tellers: list[Corner]) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Stock and tabs by the documents alone."""
    stock: Tally[tuple[str, str]] = Tally()
    tabs: Tally[tuple[str, str]] = Tally()
    for teller in tellers:
        device = DEVICE[teller.ledger.identity.till]
        for row in rows_of(teller):
            effects = read_body(row.body).document().effects()
            for movement in effects.movements:
                stock[device, movement.sku] += movement.quantity
            for account, amount in effects.postings:
                if account.startswith("tab:"):
                    tabs[device, account[4:]] += amount
    return stock, tabs


def kept(db: object) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    rows = [list(db.execute(f"SELECT * FROM {table}")) for table in ("neighbour_stock", "neighbour_tabs")]
    stock, tabs = ({(row[0], row[1]): row[2] for row in found} for found in rows)
    return stock, tabs


def test_stock_and_tabs_are_the_sums_of_the_documents(here: Corner, there: Corner) -> None:
    tell(here, there)
    assert kept(here.db) == sums([there])
    assert neighbours.on_hand(here.db, "T1") == 7_000
    assert [tuple(share) for share in neighbours.stock(here.db, "T1")] == [("B", 7_000)]
    assert neighbours.tab(here.db, "S1") == 30_000
    newest = there.db.execute("SELECT max(recorded_at) FROM journal").fetchone()[0]
    assert [tuple(one) for one in neighbours.neighbours(here.db)] == [(DEVICE["B"], "B", len(rows_of(there)), newest)]
    verify(here.ledger)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_any_pages_repeats_and_restarts_give_the_same_sums(here: Corner, there: Corner, data: st.DataObject) -> None:
    rows = rows_of(there)
    with here.ledger.write() as tx:
        neighbours.forget(tx.db)
        tx.db.execute("DELETE FROM exchange WHERE key LIKE 'cursor:%'")
    at = steps = 0
    while at < len(rows):
        what = data.draw(st.sampled_from(["next", "next", "next", "again", "restart", "stale", "gap"]))
        size = data.draw(st.integers(1, len(rows)))
        steps += 1
        if what == "next":
            apply(here, rows[at : at + size], str(at + size + 1000 * steps))
            at = min(at + size, len(rows))
        elif what == "again":
            before = told(here.db)
            apply(here, rows[max(0, at - size) : at], str(at + 1000 * steps))
            assert told(here.db) == before
        elif what == "restart":
            apply(here, rows[:size], str(size + 1000 * steps), restart=True)
            at = min(size, len(rows))
        elif what == "stale":
            before = told(here.db)
            assert LedgerStore(here.ledger).apply_page(page_of(rows[at:], "elsewhere", "x")) == 0
            assert told(here.db) == before
        elif at + 1 < len(rows):
            apply(here, rows[at + 1 :], str(7 + 1000 * steps))
            assert (told(here.db), cursor(here)) == ([], "")
            at = 0
    assert kept(here.db) == sums([there])
    assert len(told(here.db)) == len(set(told(here.db)))


def test_a_gap_is_never_applied_and_everything_is_fetched_anew(here: Corner, there: Corner) -> None:
    rows = rows_of(there)
    apply(here, rows[:3], "three")
    assert apply(here, rows[4:], "all") == 0
    store = LedgerStore(here.ledger)
    assert (told(here.db), cursor(here)) == ([], "")
    assert not store.agrees("neighbours", "2026-10-01T08:00:00+07:00")
    store.begin_anew("neighbours")
    apply(here, rows, "all")
    assert store.agrees("neighbours", "2026-10-01T08:00:00+07:00")
    assert kept(here.db) == sums([there])


def test_a_neighbour_that_went_is_forgotten(here: Corner, there: Corner, tmp_path: Path) -> None:
    third = busy(till_of(tmp_path, "C"))
    tell(here, there, third)
    assert kept(here.db) == sums([there, third])
    apply(here, rows_of(there), "without C", restart=True)
    assert kept(here.db) == sums([there])
    assert [one.till for one in neighbours.neighbours(here.db)] == ["B"]
    third.ledger.close()


def test_an_entry_in_quarantine_counts_in_the_order_and_in_no_figure(here: Corner, there: Corner) -> None:
    rows = rows_of(there)
    sale = next(place for place, row in enumerate(rows) if read_body(row.body).kind == "sale")
    apply(here, [*rows[:sale], Row(rows[sale].key, b""), *rows[sale + 1 :]], "all")
    assert neighbours.neighbours(here.db)[0].seq == len(rows)
    assert neighbours.on_hand(here.db, "T1") == 7_000 + 3_000
    assert corner_sales.find(here.db, SOLD) is None


def test_what_this_program_cannot_read_is_fetched_anew_by_a_later_one(
    here: Corner, there: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(there)
    strange = Row(f"{DEVICE['B']}/B/{len(rows) + 1}", rows[0].body.replace(b'"shift_opened"', b'"loyalty_points"'))
    apply(here, [*rows, strange], "all")
    assert kept(here.db) == sums([there])
    assert not LedgerStore(here.ledger).compare_due("neighbours", "")
    monkeypatch.setattr(neighbours, "VERSION", "99.0.0")
    assert LedgerStore(here.ledger).compare_due("neighbours", "")
    assert not LedgerStore(here.ledger).agrees("neighbours", "")


@pytest.mark.parametrize("key", ["", "b", "b/B", "b/B/x", "/B/1", "b//1", "b/B/-1", "b/B/" + "9" * 19])
def test_a_row_of_no_neighbour_is_refused_and_changes_nothing(here: Corner, there: Corner, key: str) -> None:
    tell(here, there)
    before = told(here.db)
    with pytest.raises(Malformed):
        apply(here, [Row(key, b"")], "bad")
    assert told(here.db) == before


def test_goods_of_which_both_sold_the_last_piece_are_below_zero_together(here: Corner, there: Corner) -> None:
    here.receive("K1", "1")
    here.sell("K1", "1")
    there.sell("K1", "1")
    tell(here, there)
    assert neighbours.below_zero(here.db) == {"K1": -1_000, "W1": -750}


def test_looking_for_goods_below_zero_reads_only_what_is_below_zero(here: Corner, there: Corner) -> None:
    """It is asked every second, on the thread of the window."""
    tell(here, there)
    asked: list[str] = []
    here.db.set_trace_callback(asked.append)
    neighbours.below_zero(here.db)
    here.db.set_trace_callback(None)
    plan = [row[3] for row in here.db.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    scans = [step for step in plan if step.startswith("SCAN") and "w" not in step.split()]
    assert scans == [
        "SCAN stock USING INDEX stock_below_zero",
        "SCAN neighbour_stock USING INDEX neighbour_stock_below_zero",
    ], plan


def test_a_sale_given_back_at_both_tills_is_known_at_both(here: Corner, there: Corner) -> None:
    number = there.sell("T1", "1")["number"]
    tell(here, there)
    tell(there, here)
    refunding.refund(here.counter, number, [Back(0, 1_000)], "cash", approved_by="boss")
    there.do("refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    tell(here, there)
    tell(there, here)
    for till in (here, there):
        assert neighbours.given_back_twice(till.db) == {number: 16_000}
        verify(till.ledger)


def test_a_refund_by_the_paper_counts_for_lines_of_the_same_goods(here: Corner, there: Corner) -> None:
    refunding.refund_elsewhere(here.counter, SOLD, [BackElsewhere("T1", 1_000, 16_000)], "cash", approved_by="boss")
    tell(here, there)
    found = corner_sales.find(here.db, SOLD)
    assert found is not None
    assert (found.own, found.came_back) == (False, {0: (2_000, 32_000, 28_800, 0)})
    tell(there, here)
    assert [(left.quantity, left.total) for left in refunding.refundable(there.db, SOLD)] == [(1_000, 16_000)]
    assert neighbours.given_back_twice(there.db) == {}


def test_a_refund_by_the_paper_finds_its_goods_on_whatever_line_they_stand(here: Corner, there: Corner) -> None:
    number = "ST-MTR001B-000002"
    goods = [BackElsewhere("W1", 500, 30_000)]
    refunding.refund_elsewhere(here.counter, number, goods, "cash", approved_by="boss")
    tell(here, there)
    tell(there, here)
    for till in (here, there):
        found = corner_sales.find(till.db, number)
        assert found is not None
        assert found.came_back == {1: (500, 15_000, 14_250, 0)}
        assert [left.quantity for left in refunding.refundable(till.db, number)] == [1_000, 250]
