"""What a feed may change of goods, and what stays because documents say it."""

import pytest

from pos_app.ledger import feeds, queries
from pos_app.ledger.exchange import ExchangeState
from pos_app.services import settling, slips
from pos_app.ui.screens.sync.presenter import SyncPresenter
from sync.protocol.facts import ProductFacts
from tests.corner import Corner

BOSS = "boss"


def pull(corner: Corner, **changed: str) -> None:
    """The centre's catalogue brings T1."""
    facts = {"sku": "T1", "name": "Keripik Baru", "category": "makanan", "unit": "pcs", "producer": "P1"} | changed
    with corner.ledger.write() as tx:
        feeds.apply(tx.db, "catalogue", [(ProductFacts(pricing="titip", sell_price=16_000, **facts), 7)])


def place_of(corner: Corner, sku: str = "T1") -> tuple[str, str, str]:
    product = queries.product(corner.db, sku)
    assert product is not None
    return product.name, product.producer, product.unit


def test_goods_on_the_shelf_keep_producer_and_unit_and_take_everything_else(open_corner: Corner) -> None:
    pull(open_corner, producer="P2", unit="kg")
    assert place_of(open_corner) == ("Keripik Baru", "P1", "pcs")
    assert feeds.kept(open_corner.db) == ["T1"]


def test_goods_that_no_document_names_move_to_another_producer(corner: Corner) -> None:
    pull(corner, producer="P2")
    assert place_of(corner) == ("Keripik Baru", "P2", "pcs")
    assert feeds.kept(corner.db) == []


def test_the_notice_ends_when_the_centre_names_the_producer_again(open_corner: Corner) -> None:
    pull(open_corner, producer="P2")
    pull(open_corner, producer="P2")
    assert feeds.kept(open_corner.db) == ["T1"]
    pull(open_corner)
    assert feeds.kept(open_corner.db) == []


def test_what_is_sold_after_such_a_pull_is_owed_to_who_brought_it(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    paid = settling.settle(open_corner.counter, "P1", "transfer", approved_by=BOSS)
    open_corner.sell("T1", "2")
    other = open_corner.payable("P2")
    pull(open_corner, producer="P2")
    open_corner.sell("T1", "5")
    assert (open_corner.payable("P1"), open_corner.payable("P2")) == (7 * 14_400, other)
    assert slips.check(open_corner.db, paid.number) == ()
    again = settling.settle(open_corner.counter, "P1", "transfer", approved_by=BOSS)
    assert (again.document.earned, again.document.other) == (7 * 14_400, 0)
    open_corner.verify()


@pytest.mark.parametrize(("producer", "facts"), [("P2", 1), ("P1", 0)])
def test_the_sync_screen_tells_of_it(open_corner: Corner, producer: str, facts: int) -> None:
    pull(open_corner, producer=producer)
    state = ExchangeState(True, 0, "", "2026-10-01T08:00:00+07:00", 0, 0, "", "")
    told = [one.text for one in SyncPresenter(open_corner.counter, lambda: state).connection(90) if "T1" in one.text]
    assert len(told) == facts
