"""A code that the centre found to be another one: it stays where it is, and leads to the other."""

import pytest

from pos_app.ledger import aliases, digests, feeds, listing, proposed, queries
from pos_app.ledger import producers as rows
from pos_app.services import alias_words, products, settling
from pos_app.services.products import NewGoods
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.screens.producer_data.presenter import ProducerDataPresenter
from pos_app.ui.screens.producer_data.table_model import ProducersModel
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from sync.protocol.facts import ProducerFacts, ProductFacts
from tests.corner import Corner

BOSS = "boss"


def merge(corner: Corner, code: str, target: str, token: int = 5) -> None:
    """The centre says that a producer is another."""
    with corner.ledger.write() as tx:
        feeds.apply(tx.db, "producers", [(ProducerFacts(code=code, business_name="X", alias_of=target), token)])


def merge_goods(corner: Corner, sku: str, target: str) -> None:
    facts = ProductFacts(
        sku=sku, name="X", category="makanan", unit="pcs", producer="P1", pricing="titip", sell_price=1, alias_of=target
    )
    with corner.ledger.write() as tx:
        feeds.apply(tx.db, "catalogue", [(facts, 6)])


def test_the_code_stays_with_all_that_was_known_of_it(corner: Corner) -> None:
    before = rows.producer(corner.db, "P2")
    merge(corner, "P2", "P1")
    after = rows.producer(corner.db, "P2")
    assert before is not None
    assert after is not None
    assert (after.business_name, after.sealed) == (before.business_name, before.sealed)
    assert not after.is_own, "the centre has decided about it"
    assert aliases.target(corner.db, "producer", "P2") == "P1"


def test_an_alias_counts_as_a_row_of_the_feed_and_the_row_here_does_not(corner: Corner) -> None:
    merge(corner, "P2", "P1", token=5)
    merge(corner, "MTR009A-P01", "P1", token=(1 << 62) - 1)
    assert digests.totals(corner.db, "producers") == (2, (5 + (1 << 62) - 1) % (1 << 62))


def test_who_was_merged_by_mistake_stands_for_itself_again(corner: Corner) -> None:
    merge(corner, "P2", "P1")
    with corner.ledger.write() as tx:
        feeds.apply(tx.db, "producers", [(ProducerFacts(code="P2", business_name="Batik Baru"), 9)])
    assert aliases.target(corner.db, "producer", "P2") == "P2"
    assert digests.totals(corner.db, "producers") == (1, 9)


def test_a_code_that_became_another_and_another_leads_to_the_last(corner: Corner) -> None:
    merge(corner, "MTR009A-P01", "P2")
    merge(corner, "P2", "P1")
    assert aliases.target(corner.db, "producer", "MTR009A-P01") == "P1"
    assert aliases.targets(corner.db, "producer") == {"MTR009A-P01": "P1", "P2": "P1"}


def test_codes_that_point_at_each_other_end_the_search(corner: Corner) -> None:
    merge(corner, "P2", "P1")
    merge(corner, "P1", "P2")
    assert aliases.target(corner.db, "producer", "P1") in ("P1", "P2")
    assert set(aliases.targets(corner.db, "producer")) == {"P1", "P2"}


def test_searching_the_old_code_finds_the_new_one_and_says_so(corner: Corner) -> None:
    merge(corner, "MTR009A-P01", "P1")
    assert [code for code, _name, _place in listing.producers_matching(corner.db, "MTR009A-P01")] == ["P1"]
    assert [one.code for one, text in rows.texts(corner.db) if "MTR009A-P01" in text] == ["P1"]
    assert GoodsInPresenter(corner.counter).matching_producers("mtr009a-p01")[0][2] == "MTR009A-P01 sekarang P1"


def test_the_lists_of_producers_say_what_a_code_is_now(corner: Corner) -> None:
    merge(corner, "P2", "P1")
    presenter = ProducerDataPresenter(corner.counter)
    model = ProducersModel()
    told = {one.code: model.cells(one)[0].sub for one in presenter.listed()}
    assert told["P2"] == "P2 sekarang P1"
    assert told["P1"] == "P1"
    presenter.code = "P2"
    chosen = presenter.producer()
    assert chosen is not None
    assert presenter.remark(chosen)[0].startswith("P2 sekarang P1")


def test_taking_goods_in_proposes_the_code_that_holds(corner: Corner) -> None:
    merge(corner, "P2", "P1")
    presenter = GoodsInPresenter(corner.counter)
    assert presenter.choose_producer("P1") is None
    message = presenter.choose_producer("P2")
    assert message is not None
    assert "P2 sekarang P1" in message.text
    assert presenter.producer == "P2", "its own goods still come under its own code"


def test_goods_registered_under_an_alias_are_proposed_for_the_one_it_is(corner: Corner) -> None:
    merge(corner, "P2", "P1")
    goods = NewGoods("", "Keripik Talas", "makanan", "P2", 9_000, 10_000)
    sku = products.register_goods(corner.counter, goods, BOSS).sku
    (one,) = proposed.waiting(corner.db, 10, lambda _code, _sealed: b"")
    assert (one.code, b'"producer":"P1"' in one.facts) == (sku, True)


def test_what_is_owed_under_the_old_code_is_paid_under_it_and_the_screen_says_so(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    owed = open_corner.payable("P1")
    assert owed > 0
    merge(open_corner, "P1", "P2")
    presenter = ProducersPresenter(open_corner.counter)
    presenter.choose("P1")
    due, told = presenter.due(), presenter.told()
    assert due is not None
    assert told is not None
    assert presenter.payee(due).endswith("(sekarang P2)")
    assert "P1 sekarang P2" in told.text
    settling.settle(open_corner.counter, "P1", "transfer", approved_by=BOSS)
    assert open_corner.payable("P1") == 0
    presenter.choose("P2")
    assert presenter.told() is None
    open_corner.verify()


def test_merged_goods_are_still_sold_by_their_label_and_code(open_corner: Corner) -> None:
    merge_goods(open_corner, "T1", "K1")
    before = open_corner.payable("P1")
    open_corner.sell("T1", "1")
    assert open_corner.payable("P1") == before + 14_400
    assert alias_words.now_called(open_corner.db, "product", "T1").startswith("T1 sekarang K1")
    open_corner.verify()


def test_a_code_of_goods_that_are_not_here_finds_what_they_are_now(corner: Corner) -> None:
    merge_goods(corner, "MTR009A-B001", "T1")
    assert [one.sku for one in queries.products_by_code(corner.db, "MTR009A-B001")] == ["T1"]


@pytest.mark.parametrize("code", ["P1", "P9"])
def test_a_code_that_stands_for_itself_says_nothing(corner: Corner, code: str) -> None:
    assert alias_words.now_called(corner.db, "producer", code) == ""
    assert alias_words.owed_under(corner.db, code) == ""
