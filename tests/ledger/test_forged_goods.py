"""Forged documents about goods and payments that balance and project like any other: every replay finds them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from pos_app.ledger import agreements, queries
from pos_app.ledger.agreements import Agreement
from pos_app.ledger.rebuild import rebuild
from pos_app.services import losses, settling
from pos_app.services.losses import Lost
from sync.documents.base import InvalidDocument, Take
from sync.documents.goods import (
    CountedLine,
    GoodsReceived,
    GoodsReturned,
    LeavingLine,
    ReceivedLine,
    StockCount,
    WriteOff,
)
from sync.documents.money import CashMove, Deduction, SettledGoods, Settlement
from tests.corner import MORNING, Corner, line_of
from tests.ledger.test_claims import assert_found, document_of, forge, like

BOSS = "boss"
SOLD = 43_200
"""What P1 earned with three pieces of T1."""


@pytest.fixture
def sold(open_corner: Corner) -> Corner:
    """Three of twenty pieces of T1 are sold."""
    open_corner.sell("T1", "3")
    return open_corner


def lost(corner: Corner, sku: str = "T1", **changed: Any) -> LeavingLine:
    """One piece of T1 that got lost, borne by its producer."""
    quantity = changed.get("quantity", 1_000)
    cost = changed.pop("cost", 0)
    takes = (Take(queries.lots(corner.db, sku)[0].batch, quantity, cost),)
    line = LeavingLine(sku=sku, name="x", producer="P1", pricing="titip", quantity=1_000, reason="lost", takes=takes)
    return msgspec.structs.replace(line, **changed)


def written_off(*lines: LeavingLine) -> WriteOff:
    return WriteOff(number="HR-MTR001A-000001", lines=lines)


def counted(corner: Corner, *lines: CountedLine) -> StockCount:
    return StockCount(number="SO-MTR001A-000001", at_seq=corner.ledger.head().seq, lines=lines)


def brought(**changed: Any) -> ReceivedLine:
    number = "NT-MTR001A-000009"
    line = ReceivedLine(
        sku="T1",
        name="x",
        pricing="titip",
        quantity=5_000,
        sell_price=16_000,
        consign_price=14_400,
        batch=f"{number}.0",
    )
    return msgspec.structs.replace(line, **changed)


def delivered(line: ReceivedLine, producer: str = "P1") -> GoodsReceived:
    return GoodsReceived(number="NT-MTR001A-000009", producer=producer, lines=(line,))


# What a document says of itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda corner: counted(
                corner, CountedLine(sku="K1", name="k", expected=10_000, counted=9_000, missing=lost(corner))
            ),
            "other goods",
        ),
        (
            lambda corner: counted(
                corner, *(CountedLine(sku="T1", name="k", expected=17_000, counted=16_000, missing=lost(corner)),) * 2
            ),
            "counted twice",
        ),
        (lambda corner: written_off(lost(corner, borne_by="corner", share=144_000, **terms())), "share of a loss"),
        (lambda corner: written_off(lost(corner, borne_by="corner", share=0, **terms())), "share of a loss"),
        (
            lambda corner: written_off(
                lost(corner, "B1", producer="P2", pricing="putus", borne_by="corner", share=5_000, cost=2_000)
            ),
            "bought goods",
        ),
        (lambda _corner: delivered(brought(batch="NT-MTR001A-000001.0")), "not named by its delivery"),
    ],
    ids=["other goods", "twice", "share too high", "share too low", "bought goods", "batch of another delivery"],
)
def test_a_forged_document_that_contradicts_itself_is_never_taken_in(
    sold: Corner, make: Callable[[Corner], Any], reason: str
) -> None:
    with pytest.raises(InvalidDocument, match=reason):
        forge(sold, make(sold))


def terms(**changed: Any) -> dict[str, Any]:
    return {"sell_price": 16_000, "consign_price": 14_400} | changed


def test_a_loss_of_the_corner_says_the_prices_it_was_worked_out_by(sold: Corner) -> None:
    lines = [Lost("T1", 2_000, borne_by="corner"), Lost("K1", 1_000, borne_by="corner"), Lost("T1", 1_000)]
    sheet = losses.write_off(sold.counter, lines, approved_by=BOSS).document
    assert [(one.share, one.sell_price, one.consign_price) for one in sheet.lines[::2]] == [
        (28_800, 16_000, 14_400),
        (0, None, None),
    ]
    assert sheet.lines[1].commission_bp is not None
    sold.verify()


def test_a_loss_of_before_that_says_no_prices_stays_whole_and_is_found_after_one_that_does(sold: Corner) -> None:
    forge(sold, written_off(lost(sold, borne_by="corner", share=14_400)))
    sold.verify()
    losses.write_off(sold.counter, [Lost("T1", 1_000, borne_by="corner")], approved_by=BOSS)
    _id, sheet = document_of(sold, "HR-MTR001A-000002")
    seq = forge(sold, like(sheet, lines=(lost(sold, borne_by="corner", share=15_000),)))
    assert_found(sold, seq, "a loss without its prices")


# What it says of earlier ones ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda corner: written_off(lost(corner, producer="P2", borne_by="corner", share=14_400, **terms())),
            "another producer of the goods",
        ),
        (
            lambda corner: GoodsReturned(
                number="NR-MTR001A-000001", producer="P1", lines=(lost(corner, "B1", pricing="putus", cost=2_000),)
            ),
            "another producer of the goods",
        ),
        (lambda _corner: delivered(brought(), "P2"), "another producer of the goods"),
        (lambda corner: written_off(lost(corner, borne_by="corner", share=16_001)), "more than the goods ever cost"),
        (
            lambda corner: written_off(
                lost(corner, borne_by="corner", share=1_440_000, **terms(consign_price=1_440_000))
            ),
            "more than the goods ever cost",
        ),
        (
            lambda corner: counted(
                corner,
                CountedLine(
                    sku="T1",
                    name="k",
                    expected=17_000,
                    counted=16_000,
                    missing=lost(corner, borne_by="corner", share=144_000),
                ),
            ),
            "more than the goods ever cost",
        ),
        (lambda corner: written_off(lost(corner, quantity=18_000)), "more leaves than is there"),
        (lambda corner: written_off(*(lost(corner, quantity=9_000),) * 2), "more leaves than is there"),
        (lambda _corner: delivered(brought(covers=5_000)), "covers more than was sold"),
        (
            lambda _corner: CashMove(
                number="KK-MTR001A-000001", direction="in", amount=99_999, reason="producer", producer="P1"
            ),
            "pays more than the debt",
        ),
    ],
    ids=[
        "loss",
        "return",
        "delivery",
        "dear",
        "dear by its prices",
        "dear in a count",
        "too much lost",
        "too much in two lines",
        "covers",
        "a debt that is not there",
    ],
)
def test_a_forged_document_about_goods_is_found(sold: Corner, make: Callable[[Corner], Any], reason: str) -> None:
    assert_found(sold, forge(sold, make(sold)), reason)


def test_a_sale_that_is_forged_to_pay_another_producer(sold: Corner) -> None:
    _id, sale = document_of(sold, "ST-MTR001A-000001")
    line = msgspec.structs.replace(sale.lines[0], producer="P2")
    assert_found(sold, forge(sold, like(sale, lines=(line,))), "another producer of the goods")


def test_goods_that_moved_to_another_producer_once_are_whole(sold: Corner) -> None:
    """What an earlier pull from the centre did to the registry while goods were on the shelf."""
    with sold.ledger.write() as tx:
        tx.db.execute("UPDATE products SET producer = 'P2' WHERE sku = 'T1'")
    sold.sell("T1", "2")
    losses.write_off(sold.counter, [Lost("T1", 1_000, borne_by="corner")], approved_by=BOSS)
    sold.verify()
    assert rebuild(sold.ledger) == sold.ledger.head().seq


def test_a_delivery_covers_what_was_sold_before_it_came_in_several_lines(open_corner: Corner) -> None:
    open_corner.sell("T1", "25")
    lines = [line_of("T1", "3"), line_of("T1", "4", "2026-12-31")]
    open_corner.do("receive", producer="P1", lines=lines)
    open_corner.verify()


# Payments to producers -----------------------------------------------------------------------------------------------


def paid(corner: Corner, **changed: Any) -> Settlement:
    """The payment that would be right, with something else on it."""
    owed = settling.due(corner.db, "P1", MORNING.date(), head=corner.ledger.head().seq, everything=True)
    right = settling.settlement(owed, "transfer", SOLD, number="BP-MTR001A-000001")
    return msgspec.structs.replace(right, **changed)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"goods": (), "gross": 0, "commission": 0, "earned": 0, "other": SOLD}, "earned is not what sales brought"),
        (
            {
                "goods": (SettledGoods(sku="T1", name="x", sold=3_000, gross=48_000, share=48_000),),
                "commission": 0,
                "earned": 48_000,
                "other": SOLD - 48_000,
            },
            "earned is not what sales brought",
        ),
        ({"other": -1_000, "carried_over": 1_000}, "other is not what else became payable"),
        ({"carried_over": 1_000_000, "remaining": 1_000_000}, "what is due is not what was owed"),
        (
            {"through_seq": 0, "goods": (), "gross": 0, "commission": 0, "earned": 0, "carried_over": SOLD},
            "what is due is not what was owed",
        ),
    ],
    ids=["no goods", "other shares", "something else", "an invented debt", "a cut-off before the sales"],
)
def test_a_forged_slip_is_found(sold: Corner, changed: dict[str, Any], reason: str) -> None:
    assert_found(sold, forge(sold, paid(sold, **changed)), reason)


def test_the_right_slip_is_whole(sold: Corner) -> None:
    forge(sold, paid(sold))
    sold.verify()


def test_a_forged_slip_with_a_cut_off_that_lies_back_is_found(sold: Corner) -> None:
    cut_off = sold.ledger.head().seq
    right = paid(sold)
    sold.sell("T1", "5")
    sold.do("refund", of=1, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    forge(sold, right)
    sold.verify()
    sold.do("reverse", of=right.number)
    assert right.through_seq == cut_off
    seq = forge(sold, like(right, carried_over=5 * 14_400, remaining=5 * 14_400))
    assert_found(sold, seq, "what is due is not what was owed")


def test_payments_of_every_lawful_kind_are_whole(open_corner: Corner) -> None:
    """Cut-offs back, deductions, losses of the corner, refunds after payment, debts paid, older slips taken back."""
    corner, counter = open_corner, open_corner.counter
    with corner.ledger.write() as tx:
        agreements.keep(tx.db, Agreement("P1", date(2026, 9, 1), "mingguan", "cash", "corner", 7, 30))
    corner.sell("T1", "6")
    corner.do("close_shift", counted=corner.state["drawer"])
    corner.clock.pass_by(days=1)
    corner.do("open_shift", float=200_000)
    corner.sell("T1", "2")
    first = settling.settle(counter, "P1", "cash", through=MORNING.date(), approved_by=BOSS)
    corner.do("refund", of=0, lines=[{"line": 0, "quantity": "5"}], tender="cash")
    settling.take_debt(counter, "P1", 20_000, approved_by=BOSS)
    losses.write_off(counter, [Lost("T1", 4_000)], approved_by=BOSS)
    kept = [Deduction("stand_fee", 1_000)]
    settling.settle(counter, "P1", "transfer", deductions=kept, approved_by=BOSS)
    corner.sell("T1", "1")
    corner.do("reverse", of=first.number)
    yesterday = corner.clock.now.date() - timedelta(days=1)
    settling.settle(counter, "P1", "transfer", through=yesterday, approved_by=BOSS)
    settling.settle(counter, "P1", "transfer", approved_by=BOSS)
    corner.verify()
    assert rebuild(corner.ledger) == corner.ledger.head().seq
