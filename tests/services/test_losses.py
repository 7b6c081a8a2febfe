"""Rule 10 at the service: which pieces are written off, who bears them, what becomes payable; and rule 9 and 11's
bought goods that a count finds again."""

from datetime import date

import pytest

from pos_app.domain.errors import ExceedsStock, NotExpired
from pos_app.ledger import agreements, queries
from pos_app.ledger.agreements import Agreement
from pos_app.services import losses
from pos_app.services.losses import Lost
from sync.documents.goods import WriteOff
from sync.documents.sale import Sale
from tests.corner import Corner

TODAY = date(2026, 10, 1)


def agree(corner: Corner, producer: str, bearer: str) -> None:
    terms = Agreement(producer, TODAY, "mingguan", "cash", bearer, 3, 30)  # type: ignore[arg-type]
    with corner.ledger.write() as tx:
        agreements.keep(tx.db, terms)


def batches(corner: Corner) -> list[list[str]]:
    """The batches of each line of the newest write-off."""
    (listed,) = queries.recent(corner.db, "write_off", 1)
    entry = queries.entry_by_seq(corner.db, listed.seq)
    assert entry is not None
    assert isinstance(entry.document, WriteOff)
    return [[take.batch for take in line.takes] for line in entry.document.lines]


class TestWhoBears:
    def test_rule_10_the_producer_bears_what_was_consigned_and_the_corner_what_it_bought(
        self, open_corner: Corner
    ) -> None:
        planned = losses.plan(open_corner.db, [Lost("T1", 1_000), Lost("K1", 1_000), Lost("B1", 1_000)], TODAY)
        assert [(line.borne_by, line.share, line.cost) for line in planned] == [
            ("producer", 0, 0),
            ("producer", 0, 0),
            ("corner", 0, 2_000),
        ]

    def test_an_agreement_puts_the_loss_on_the_corner_and_a_word_at_the_time_goes_above_it(
        self, open_corner: Corner
    ) -> None:
        agree(open_corner, "P1", "corner")
        lines = [Lost("T1", 2_000), Lost("T1", 1_000, borne_by="producer"), Lost("T1", 1_000, "lost")]
        planned = losses.plan(open_corner.db, lines, TODAY)
        assert [(line.borne_by, line.share) for line in planned] == [
            ("corner", 28_800),
            ("producer", 0),
            ("corner", 14_400),
        ]
        losses.write_off(open_corner.counter, lines)
        assert open_corner.payable("P1") == 43_200
        assert open_corner.verify()

    def test_what_expired_is_the_producers_whatever_was_agreed_about_losses(self, open_corner: Corner) -> None:
        agree(open_corner, "P1", "corner")
        open_corner.receive("T1", "2", "2026-09-30")
        (line,) = losses.plan(open_corner.db, [Lost("T1", 2_000, "expired")], TODAY)
        assert (line.borne_by, line.share) == ("producer", 0)

    def test_bought_goods_stay_the_corners_whatever_was_agreed(self, open_corner: Corner) -> None:
        agree(open_corner, "P2", "producer")
        (line,) = losses.plan(open_corner.db, [Lost("B1", 1_000)], TODAY)
        assert (line.borne_by, line.cost) == ("corner", 2_000)

    def test_a_count_that_finds_less_follows_the_agreement_too(self, open_corner: Corner) -> None:
        agree(open_corner, "P1", "corner")
        open_corner.do("count", lines=[{"sku": "T1", "counted": "19"}])
        assert open_corner.payable("P1") == 14_400

    def test_a_write_off_that_is_reversed_gives_back_goods_and_debt(self, open_corner: Corner) -> None:
        before = open_corner.state
        number = losses.write_off(open_corner.counter, [Lost("T1", 2_000, borne_by="corner"), Lost("B1", 1_000)]).number
        open_corner.do("reverse", of=number)
        after = open_corner.state
        assert (after["stock"], after["payable"]["P1"]) == (before["stock"], 0)


class TestWhichPieces:
    def test_what_expired_leaves_the_expired_batches_only(self, open_corner: Corner) -> None:
        number = open_corner.receive("T1", "3", "2026-09-30")["number"]
        with pytest.raises(NotExpired) as caught:
            losses.write_off(open_corner.counter, [Lost("T1", 4_000, "expired")])
        assert caught.value.expired == 3_000
        losses.write_off(open_corner.counter, [Lost("T1", 3_000, "expired")])
        assert batches(open_corner) == [[f"{number}.0"]]

    def test_bought_goods_that_expired_leave_their_own_lot_at_its_own_cost(self, open_corner: Corner) -> None:
        open_corner.do("set_price", sku="B1", sell_price=3_000, consign_price=2_500)
        number = open_corner.receive("B1", "4", "2026-09-30")["number"]
        (line,) = losses.plan(open_corner.db, [Lost("B1", 2_000, "expired")], TODAY)
        assert ([take.batch for take in line.takes], line.cost) == ([f"{number}.0"], 5_000)
        (line,) = losses.plan(open_corner.db, [Lost("B1", 2_000)], TODAY)
        assert line.cost == 4_000  # rule 9: first in, first out

    def test_goods_on_their_last_day_may_be_thrown_away_that_evening(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", TODAY.isoformat())
        losses.write_off(open_corner.counter, [Lost("T1", 3_000, "expired")])

    def test_a_named_batch_is_the_one_that_goes_and_no_more_than_it_holds(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", "2026-11-30")
        first = "NT-MTR001A-000001.0"
        with pytest.raises(ExceedsStock) as caught:
            losses.write_off(open_corner.counter, [Lost("T1", 21_000, batch=first)])
        assert caught.value.on_hand == 20_000
        losses.write_off(open_corner.counter, [Lost("T1", 2_000, batch=first)])
        assert batches(open_corner) == [[first]]
        with pytest.raises(ExceedsStock):
            losses.write_off(open_corner.counter, [Lost("T1", 1_000, batch="NT-MTR001A-000099.0")])

    def test_a_script_names_a_batch_and_may_write_off_fresh_pieces_as_expired(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", "2026-11-30")
        lines = [
            {"sku": "T1", "quantity": "1", "reason": "expired"},
            {"sku": "T1", "quantity": "1", "batch": "NT-MTR001A-000001.0"},
        ]
        open_corner.do("write_off", lines=lines)
        assert batches(open_corner) == [["NT-MTR001A-000005.0"], ["NT-MTR001A-000001.0"]]
        lines = [{"sku": "T1", "quantity": "3", "batch": "NT-MTR001A-000005.0"}]
        assert open_corner.refused("write_off", lines=lines) == "exceeds_stock"

    def test_what_cannot_be_written_off_is_told_line_by_line(self, open_corner: Corner) -> None:
        told = losses.plan_each(open_corner.db, [Lost("T1", 15_000), Lost("T1", 6_000), Lost("K1", 1_000)], TODAY)
        assert [isinstance(one, ExceedsStock) for one in told] == [False, True, False]


class TestBoughtGoodsFoundAgain:
    """Pieces sold below zero cost what the next ones would; a count that finds more brings pieces and no cost."""

    def sold(self, corner: Corner, quantity: str) -> int:
        corner.sell("B1", quantity)
        (listed,) = queries.recent(corner.db, "sale", 1)
        entry = queries.entry_by_seq(corner.db, listed.seq)
        assert entry is not None
        assert isinstance(entry.document, Sale)
        return entry.document.lines[0].cost

    def test_no_sale_has_a_cost_below_zero(self, open_corner: Corner) -> None:
        assert self.sold(open_corner, "12") == 20_000 + 4_000  # two more than there were
        open_corner.receive("B1", "10")
        open_corner.do("count", lines=[{"sku": "B1", "counted": "12"}])  # there are 8
        assert self.sold(open_corner, "2") == 0  # those that were found
        assert self.sold(open_corner, "10") == 20_000
        assert open_corner.state["margin"] == 24 * 3_000 - 20_000 - 4_000 - 20_000
        assert open_corner.verify()

    def test_no_loss_has_a_cost_below_zero(self, open_corner: Corner) -> None:
        self.sold(open_corner, "12")
        open_corner.do("count", lines=[{"sku": "B1", "counted": "3"}])
        (line,) = losses.plan(open_corner.db, [Lost("B1", 3_000)], TODAY)
        assert line.cost == 0
        losses.write_off(open_corner.counter, [Lost("B1", 3_000)])
        assert open_corner.verify()

    def test_a_refund_of_such_a_sale_brings_no_cost_back(self, open_corner: Corner) -> None:
        self.sold(open_corner, "12")
        open_corner.do("count", lines=[{"sku": "B1", "counted": "2"}])
        self.sold(open_corner, "2")
        margin = open_corner.state["margin"]
        open_corner.do("refund", of=1, lines=[{"line": 0, "quantity": "1"}], tender="cash")
        assert open_corner.state["margin"] == margin - 3_000
        assert open_corner.verify()
