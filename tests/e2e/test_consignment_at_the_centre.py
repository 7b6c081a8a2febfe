"""A day of consignment, with every kind of document about goods and producers: the centre's figures are the till's."""

from datetime import timedelta
from pathlib import Path

import pytest

from pos_app.services import count_posting, counting, refunding, settlement_run, settling
from pos_app.services.counting import Scope
from pos_app.services.settlement_run import Order
from sync.documents.money import Deduction
from tests.corner import Corner, line_of
from tests.e2e.support import CentreProcess, Till

BOSS = "boss"


@pytest.fixture
def till(tmp_path: Path, centre: CentreProcess, open_corner: Corner) -> Till:
    """The till of ``open_corner``, joined."""
    till = Till(tmp_path / "till")
    till.ledger.close()
    till.ledger, till.vault = open_corner.ledger, open_corner.counter.vault
    return till.enrol(centre)


def deliver_at_a_new_price(corner: Corner) -> None:
    """A price and a delivery in one transaction."""
    prices = {"sell_price": 17_000, "consign_price": 15_300}
    corner.do("receive", producer="P1", lines=[line_of("T1", "4", "2026-12-31") | prices])


def lose_and_return(corner: Corner) -> None:
    losses = [{"sku": "T1", "quantity": "2", "reason": "damaged", "borne_by": "corner"}]
    corner.do("write_off", lines=[*losses, {"sku": "B1", "quantity": "1", "reason": "lost"}])
    corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "1", "reason": "unsold"}])


def count_while_selling(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of two moments, one missing at the corner's cost and one found, posted as several documents at once."""
    monkeypatch.setattr(count_posting, "MOST_LINES", 2)
    counter = corner.counter
    counting.begin(counter, Scope())
    for sku, pieces in (("T1", 12), ("B1", 9)):
        counting.put(counter, sku, pieces * 1_000)
    counting.bear(counter, "T1", "corner")
    corner.sell("T1", "1")
    for sku, pieces in (("K1", 14), ("W1", 10)):
        counting.put(counter, sku, pieces * 1_000)
    count_posting.post(counter, approved_by=BOSS)


def pay_everybody(corner: Corner) -> None:
    """Two payments in one transaction, one with something kept and with a cut-off that lies back; one is taken back."""
    counter, today = corner.counter, corner.clock.now.date()
    plan = settlement_run.prepare(counter, today - timedelta(days=1), today=today)
    kept = {"P1": (Deduction("stand_fee", 1_500), Deduction("advance", 500))}
    orders = []
    for row in plan.rows:
        keep = kept.get(row.code, ())
        amount = row.due.amount("cash", counter.cash_step, sum(one.amount for one in keep))
        orders.append(Order(row.code, "cash", amount, keep))
    assert len(orders) == 2
    settlement_run.record(counter, plan, orders, approved_by=BOSS)
    last = settling.settle(counter, "P1", "cash", approved_by=BOSS)
    refunding.reverse(counter, last.number, approved_by=BOSS)


def test_a_day_of_consignment_is_the_same_at_the_centre_after_each_push(
    centre: CentreProcess, till: Till, open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    corner = open_corner

    def same() -> None:
        assert till.sync()["status"] == "ok"
        assert centre.state("MTR-001", "A") == corner.state

    corner.sell("T1", "4")
    corner.sell("K1", "2")
    deliver_at_a_new_price(corner)
    lose_and_return(corner)
    same()
    corner.do("close_shift", counted=corner.state["drawer"])
    corner.clock.pass_by(days=1)
    corner.do("open_shift", float=500_000)
    corner.sell("T1", "3")
    count_while_selling(corner, monkeypatch)
    same()
    pay_everybody(corner)
    corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    same()
    kinds = {kind for (kind,) in corner.db.execute("SELECT DISTINCT kind FROM journal")}
    assert {"price_set", "goods_returned", "write_off", "stock_count", "settlement", "reversal"} <= kinds
    corner.verify()
