"""The statement of a producer adds up: to the ledger, to the goods on the shelf and to the slips."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pos_app.domain.errors import UnknownProducer
from pos_app.ledger import queries
from pos_app.services import producer_papers
from pos_app.services import producer_statements as statements
from pos_app.services.producer_statements import ProducerStatement
from tests.corner import MORNING, VECTORS, Corner, new_corner, register

TODAY = MORNING.date()


def of(corner: Corner, producer: str, period: statements.Period = "range", **days: date) -> ProducerStatement:
    head = corner.ledger.head().seq
    span = statements.span_of(corner.db, producer, period, corner.clock().date(), head, **days)
    return statements.statement(corner.db, producer, span)


@pytest.fixture
def shop(open_corner: Corner) -> Corner:
    """Two sold, one of them brought back, one lost at the corner's cost; P1 supplies T1."""
    open_corner.sell("T1", "2")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    open_corner.do("write_off", lines=[{"sku": "T1", "quantity": "1", "reason": "damaged", "borne_by": "corner"}])
    return open_corner


def test_sales_refunds_and_losses_make_what_is_owed(shop: Corner) -> None:
    told = of(shop, "P1")
    assert told.changes == {"sold": 28_800, "refunded": -14_400, "lost": 14_400}
    assert (told.opening, told.closing) == (0, 28_800)
    assert told.closing == queries.payable(shop.db, "P1")
    assert told.faults == ()


def test_every_product_tells_what_came_went_and_is_left(shop: Corner) -> None:
    line = next(line for line in of(shop, "P1").goods if line.sku == "T1")
    assert (line.sold, line.lost, line.gross, line.share) == (1_000, 1_000, 16_000, 14_400)
    assert line.left == queries.stock_sums(shop.db)["T1"]


def test_a_payment_is_listed_with_its_slip_and_what_was_kept(shop: Corner) -> None:
    kept = [{"reason": "labels", "amount": 800}]
    shop.do("settle", producer="P1", tender="cash", deductions=kept)
    told = of(shop, "P1")
    assert [(one.number, one.amount, one.deductions) for one in told.payments] == [
        ("BP-MTR001A-000001", 28_000, (("labels", 800),))
    ]
    assert (told.changes["paid"], told.changes["deducted"]) == (-28_000, -800)
    assert (told.closing, told.faults) == (0, ())


def test_a_reversed_payment_is_listed_with_what_undid_it(shop: Corner) -> None:
    slip = shop.do("settle", producer="P1", tender="cash")["number"]
    shop.do("reverse", of=slip, reason="wrong payout")
    told = of(shop, "P1")
    assert [(one.amount, one.undoes) for one in told.payments] == [(28_800, ""), (-28_800, slip)]
    assert (told.changes["paid"], told.closing, told.faults) == (0, 28_800, ())


def test_since_the_last_payment_begins_after_its_slip(shop: Corner) -> None:
    shop.do("settle", producer="P1", tender="cash")
    shop.clock.pass_by(hours=2)
    shop.sell("T1")
    told = of(shop, "P1", "payment")
    assert told.span.payment == "BP-MTR001A-000001"
    assert (told.opening, told.changes, told.closing) == (0, {"sold": 14_400}, 14_400)
    assert told.faults == ()


def test_since_a_payment_with_a_cut_off_begins_at_the_cut_off(shop: Corner) -> None:
    shop.do("close_shift", counted=0)
    shop.clock.pass_by(days=1)
    shop.do("open_shift", float=500_000)
    shop.sell("T1", "2")
    shop.do("settle", producer="P1", tender="cash", through=TODAY.isoformat())
    shop.sell("T1")
    told = of(shop, "P1", "payment")
    assert (told.opening, told.changes, told.closing) == (0, {"sold": 43_200}, 43_200)
    assert (told.payments, told.faults) == ((), ())
    assert [(line.sold, line.share) for line in told.goods if line.sku == "T1"] == [(3_000, 43_200)]
    assert sum(amount for _document, amount in told.documents) == 43_200


def test_a_producer_who_was_never_paid_has_everything_since_the_beginning(shop: Corner) -> None:
    told = of(shop, "P1", "payment")
    assert (told.span.first, told.span.after, told.closing) == (None, 0, 28_800)


def test_a_past_period_ends_with_what_was_owed_then(shop: Corner) -> None:
    shop.clock.pass_by(days=1)
    shop.do("close_shift", counted=0)
    shop.do("open_shift", float=0)
    shop.sell("T1")
    yesterday = of(shop, "P1", first=TODAY, last=TODAY)
    assert (yesterday.opening, yesterday.closing) == (0, 28_800)
    after = of(shop, "P1", first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=1))
    assert (after.opening, after.changes, after.closing) == (28_800, {"sold": 14_400}, 43_200)
    assert (yesterday.faults, after.faults) == ((), ())
    line = next(line for line in after.goods if line.sku == "T1")
    assert line.left == queries.stock_sums(shop.db)["T1"]


def test_goods_that_lay_there_without_moving_are_told_too(shop: Corner) -> None:
    shop.clock.pass_by(days=1)
    told = of(shop, "P1", first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=1))
    left = {line.sku: line.left for line in told.goods}
    assert left["T1"] == queries.stock_sums(shop.db)["T1"]
    assert told.changes == {}


def test_the_documents_listed_make_the_change_of_the_payable(shop: Corner) -> None:
    shop.do("settle", producer="P1", tender="cash")
    told = of(shop, "P1")
    assert sum(amount for _document, amount in told.documents) == told.closing - told.opening
    numbers = [document.number for document, _amount in told.documents]
    assert {"ST-MTR001A-000001", "PU-MTR001A-000001", "HR-MTR001A-000001", "BP-MTR001A-000001"} <= set(numbers)


def test_goods_bought_outright_are_owed_when_they_come(shop: Corner) -> None:
    before = of(shop, "P2").closing
    shop.receive("B1", "3")
    told = of(shop, "P2")
    assert told.closing - before == 6_000
    assert "B1" not in {line.sku for line in told.goods}
    assert told.faults == ()


def test_what_does_not_agree_with_the_ledger_is_told(shop: Corner) -> None:
    with shop.ledger.write() as tx:
        tx.db.execute("UPDATE stock SET quantity = quantity + 1000 WHERE sku = 'T1'")
    assert of(shop, "P1").goods[0].sku == "T1"
    with shop.ledger.write() as tx:
        tx.db.execute("UPDATE products SET pricing = 'putus' WHERE sku = 'T1'")
    shop.do("count", lines=[{"sku": "T1", "counted": "99"}])
    assert "T1" in of(shop, "P1").faults


def test_a_long_name_makes_no_file_name_that_a_disk_refuses(shop: Corner, tmp_path: Path) -> None:
    with shop.ledger.write() as tx:
        tx.db.execute("UPDATE producers SET business_name = ? WHERE code = 'P1'", ("Kelompok Wanita Tani " * 20,))
    paper = producer_papers.statement_paper(shop.ledger, of(shop, "P1"), shop.clock(), full=True)
    folder = tmp_path / "out"
    folder.mkdir()
    assert len(paper.save(folder).name) == len("rekap--2026-10-01.pdf") + 60
    assert len(list(folder.iterdir())) == 3


def test_an_unknown_producer_is_refused(shop: Corner) -> None:
    with pytest.raises(UnknownProducer):
        of(shop, "P9")


CASES = json.loads((VECTORS / "settlement_case.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_worked_cases_give_statements_that_add_up(case: dict[str, Any], tmp_path: Path) -> None:
    corner = new_corner(tmp_path)
    register(corner, tmp_path, case["producers"], case["products"], case.get("staff", []))
    payables: dict[str, int] = {}
    for step in case["steps"]:
        corner.play({"approved_by": "Bu Rina", **{key: value for key, value in step.items() if key != "after"}})
        payables = step.get("after", {}).get("payable", payables)
        for row in case["producers"]:
            code = row["producer_code"]
            for period in ("range", "payment", "week"):
                told = of(corner, code, period)
                assert told.faults == ()
                assert told.closing == queries.payable(corner.db, code)
    for code, amount in payables.items():
        assert of(corner, code).closing == amount
    corner.ledger.close()
