"""What a feed may change of goods, and what stays because documents say it."""

from collections.abc import Callable

import pytest

from pos_app.ledger import centre_messages, feeds, queries
from pos_app.ledger.exchange import ExchangeState
from pos_app.ledger.exchange_facts import read_facts
from pos_app.ledger.sqlite import Connection
from pos_app.services import settling, slips
from pos_app.ui.screens.sync.presenter import SyncPresenter
from sync.protocol.facts import ProducerFacts, ProductFacts
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


def test_goods_that_moved_to_what_their_producer_became_are_no_difference(open_corner: Corner) -> None:
    """Either feed may be the first to tell of a merge."""
    pull(open_corner, producer="P9")
    assert feeds.kept(open_corner.db) == ["T1"]
    with open_corner.ledger.write() as tx:
        feeds.apply(tx.db, "producers", [(ProducerFacts(code="P1", business_name="K", alias_of="P9"), 8)])
    assert feeds.kept(open_corner.db) == []
    pull(open_corner, producer="P9")
    assert feeds.kept(open_corner.db) == []
    assert place_of(open_corner) == ("Keripik Baru", "P1", "pcs")
    pull(open_corner, producer="P9", unit="kg")
    assert feeds.kept(open_corner.db) == ["T1"]


def test_goods_with_other_terms_than_the_centre_proposes_are_counted_and_listed(open_corner: Corner) -> None:
    assert (feeds.count_differing(open_corner.db), feeds.differing(open_corner.db)) == (0, [])
    for share, price in ((None, 17_000), (None, 17_500), (None, 16_000)):
        facts = ProductFacts(
            sku="T1", name="K", category="makanan", unit="pcs", producer="P1", pricing="titip", consign_price=14_400,
            commission_bp=share, sell_price=price,
        )  # fmt: skip
        with open_corner.ledger.write() as tx:
            feeds.apply(tx.db, "catalogue", [(facts, 9)])
        wanted = [] if price == 16_000 else [("T1", "K", (14_400, None, 16_000), (14_400, None, price))]
        found = [(one.sku, one.name, one.own, one.proposed) for one in feeds.differing(open_corner.db)]
        assert found == wanted
        assert feeds.count_differing(open_corner.db) == len(wanted)


@pytest.mark.parametrize("read", [read_facts, centre_messages.unread])
def test_what_is_asked_every_other_second_does_not_read_what_feeds_keep(
    open_corner: Corner, read: Callable[[Connection], object]
) -> None:
    """By SQLite's own plan: parts of the index are searched, the table is never read through."""
    plans = []
    with open_corner.ledger.write() as tx:
        tx.db.set_trace_callback(plans.append)
        read(tx.db)
        tx.db.set_trace_callback(None)
        for query in plans:
            steps = [row[3] for row in tx.db.execute(f"EXPLAIN QUERY PLAN {query}")]
            assert steps
            assert not any("SCAN" in step for step in steps), steps
