"""Deliveries with prices confirmed at the counter, returns by batch, and deliveries taken back."""

from datetime import datetime

import pytest

from pos_app.domain.dates import WIB
from pos_app.domain.errors import CommissionOutOfRange, GoodsGone, InvalidAmount, ShareAbovePrice, TermsDiffer
from pos_app.ledger import print_queue, queries
from pos_app.services import receiving, refunding, tasks
from pos_app.services.receiving import Delivered, Leaving
from pos_app.services.wording import describe
from sync.documents.goods import GoodsReceived, GoodsReturned
from sync.documents.money import PriceSet
from tests.corner import MORNING, Corner

AT = datetime(2026, 10, 1, 9, tzinfo=WIB)


def newest(corner: Corner, count: int) -> list[object]:
    head = corner.ledger.head().seq
    entries = [queries.entry_by_seq(corner.db, seq) for seq in range(head - count + 1, head + 1)]
    return [entry.document for entry in entries if entry is not None]


def received(corner: Corner) -> GoodsReceived:
    document = newest(corner, 1)[0]
    assert isinstance(document, GoodsReceived)
    return document


def test_a_new_price_is_recorded_before_the_delivery_that_brought_it(open_corner: Corner) -> None:
    line = Delivered("T1", 2_000, sell_price=17_000, consign_price=15_000)
    receiving.receive(open_corner.counter, "P1", [line], approved_by="U1")
    price, delivery = newest(open_corner, 2)
    assert isinstance(price, PriceSet)
    assert (price.sku, price.sell_price, price.consign_price, price.approved_by) == ("T1", 17_000, 15_000, "U1")
    assert isinstance(delivery, GoodsReceived)
    assert (delivery.lines[0].sell_price, delivery.lines[0].consign_price) == (17_000, 15_000)
    open_corner.sell("T1")
    assert open_corner.payable("P1") == 15_000
    open_corner.verify()


def test_a_confirmed_price_that_is_as_before_sets_none(open_corner: Corner) -> None:
    before = open_corner.ledger.head().seq
    line = Delivered("T1", 1_000, sell_price=16_000, consign_price=14_400)
    receiving.receive(open_corner.counter, "P1", [line], approved_by="U1")
    assert open_corner.ledger.head().seq == before + 1


def test_one_new_commission_holds_for_every_batch_of_the_goods(open_corner: Corner) -> None:
    lines = [
        Delivered("K1", 1_000, "2026-10-05", commission_bp=1_500),
        Delivered("K1", 2_000, "2026-10-09"),
    ]
    receiving.receive(open_corner.counter, "P2", lines, approved_by="U1")
    price, delivery = newest(open_corner, 2)
    assert isinstance(price, PriceSet)
    assert (price.sell_price, price.commission_bp, price.consign_price) == (7_500, 1_500, None)
    assert isinstance(delivery, GoodsReceived)
    assert [line.commission_bp for line in delivery.lines] == [1_500, 1_500]
    assert len({line.batch for line in delivery.lines}) == 2


def test_bought_goods_are_owed_at_the_cost_that_was_confirmed(open_corner: Corner) -> None:
    before = open_corner.payable("P2")
    receiving.receive(open_corner.counter, "P2", [Delivered("B1", 10_000, consign_price=2_200)], approved_by="U1")
    assert received(open_corner).lines[0].cost == 22_000
    assert open_corner.payable("P2") == before + 22_000
    open_corner.verify()


@pytest.mark.parametrize(
    ("line", "error", "words"),
    [
        (Delivered("T1", 1_000, consign_price=16_500), ShareAbovePrice, "di atas harga jual Rp 16.000"),
        (Delivered("T1", 1_000, sell_price=14_000), ShareAbovePrice, "Rp 14.400"),
        (Delivered("T1", 1_000, sell_price=0), InvalidAmount, "0"),
        (Delivered("W1", 1_000, consign_price=0), InvalidAmount, "0"),
    ],
)
def test_prices_that_cannot_be_are_refused_in_one_sentence_and_nothing_is_recorded(
    open_corner: Corner, line: Delivered, error: type[Exception], words: str
) -> None:
    before = open_corner.ledger.head()
    fine = Delivered("W1" if line.code == "T1" else "T1", 1_000, sell_price=31_000)
    with pytest.raises(error) as raised:
        receiving.receive(open_corner.counter, "P1", [fine, line], approved_by="U1")
    assert words in describe(raised.value)  # type: ignore[arg-type]
    assert open_corner.ledger.head() == before


def test_a_commission_is_a_part_of_the_price(open_corner: Corner) -> None:
    line = Delivered("K1", 1_000, commission_bp=10_001)
    with pytest.raises(CommissionOutOfRange):
        receiving.receive(open_corner.counter, "P2", [line], approved_by="U1")
    whole = Delivered("K1", 1_000, commission_bp=10_000)
    receiving.receive(open_corner.counter, "P2", [whole], approved_by="U1")


def test_goods_have_one_price_in_a_delivery(open_corner: Corner) -> None:
    lines = [Delivered("T1", 1_000, sell_price=17_000), Delivered("T1", 1_000, sell_price=18_000)]
    with pytest.raises(TermsDiffer):
        receiving.receive(open_corner.counter, "P1", lines, approved_by="U1")


def test_a_fault_after_the_price_leaves_neither_price_nor_delivery(
    open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("the program dies here")

    before = open_corner.ledger.head()
    monkeypatch.setattr(print_queue, "enqueue", broken)
    open_corner.counter.prints = True
    with pytest.raises(RuntimeError):
        receiving.receive(open_corner.counter, "P1", [Delivered("T1", 1_000, sell_price=17_000)], approved_by="U1")
    assert open_corner.ledger.head() == before
    product = queries.product(open_corner.db, "T1")
    assert product is not None
    assert product.sell_price == 16_000


def test_a_script_confirms_prices_too(open_corner: Corner) -> None:
    line = {"sku": "T1", "quantity": "1", "sell_price": 17_000, "consign_price": 15_500}
    open_corner.do("receive", producer="P1", lines=[line])
    assert received(open_corner).lines[0].consign_price == 15_500
    assert open_corner.refused("receive", producer="P1", lines=[line | {"consign_price": 18_000}]) == "invalid_amount"


def test_no_paper_where_none_is_wanted(open_corner: Corner) -> None:
    open_corner.counter.prints = True
    before = len(print_queue.waiting(open_corner.db))
    receiving.receive(open_corner.counter, "P1", [Delivered("T1", 1_000)], approved_by="U1", print_note=False)
    assert len(print_queue.waiting(open_corner.db)) == before


# Returns -------------------------------------------------------------------------------------------------------------


def two_batches(corner: Corner, sku: str, producer: str) -> None:
    """Two pieces that are good for long, then three that expire sooner."""
    corner.do("receive", producer=producer, lines=[{"sku": sku, "quantity": "2", "expires_on": "2026-12-01"}])
    corner.do("receive", producer=producer, lines=[{"sku": sku, "quantity": "3", "expires_on": "2026-10-03"}])
    corner.clock.pass_by(days=3)


@pytest.mark.parametrize(("sku", "producer"), [("W1", "P1"), ("B1", "P2")])
def test_what_expired_leaves_first_whatever_the_order_of_the_lines(corner: Corner, sku: str, producer: str) -> None:
    two_batches(corner, sku, producer)
    lines = [Leaving(sku, 1_000, "unsold"), Leaving(sku, 3_000, "expired")]
    receiving.return_goods(corner.counter, producer, lines, approved_by="U1")
    document = newest(corner, 1)[0]
    assert isinstance(document, GoodsReturned)
    assert [line.reason for line in document.lines] == ["unsold", "expired"]
    assert {take.expires_on for take in document.lines[1].takes} == {"2026-10-03"}
    corner.verify()


def test_a_batch_that_goes_back_whole_ends_its_task_and_others_stay(corner: Corner) -> None:
    two_batches(corner, "W1", "P1")
    batches = {lot.expires_on: lot.batch for lot in queries.lots(corner.db, "W1")}
    with corner.ledger.write() as tx:
        for day, batch in batches.items():
            tasks.raise_task(tx.db, "return", "W1", batch, str(day), at=MORNING, by="U1")
    receiving.return_goods(corner.counter, "P1", [Leaving("W1", 1_000, "expired")], approved_by="U1")
    assert len(tasks.open_tasks(corner.db, "return")) == 2
    receiving.return_goods(corner.counter, "P1", [Leaving("W1", 2_000, "expired")], approved_by="U1")
    assert [task.batch for task in tasks.open_tasks(corner.db, "return")] == [batches["2026-12-01"]]


# Taken back ----------------------------------------------------------------------------------------------------------


def test_a_delivery_of_which_pieces_were_sold_says_how_many_and_what_to_do(open_corner: Corner) -> None:
    number = open_corner.receive("K1", "5")["number"]
    open_corner.sell("K1", "30")
    with pytest.raises(GoodsGone) as raised:
        refunding.reverse(open_corner.counter, number, approved_by="U1")
    assert raised.value.brought == 5_000
    words = describe(raised.value)
    assert number in words
    assert f"{raised.value.gone // 1000} dari 5" in words
    assert open_corner.refused("reverse", of=number) == "not_reversible"


def test_a_delivery_taken_back_leaves_the_price_that_it_brought(open_corner: Corner) -> None:
    line = Delivered("T1", 1_000, sell_price=17_000)
    number = receiving.receive(open_corner.counter, "P1", [line], approved_by="U1").number
    refunding.reverse(open_corner.counter, number, code="mistyped", approved_by="U1")
    product = queries.product(open_corner.db, "T1")
    assert product is not None
    assert (product.sell_price, product.on_hand) == (17_000, 20_000)
    open_corner.verify()
