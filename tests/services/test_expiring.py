"""Goods near expiry: which batches, what they are worth, cheaper by the batch; what an expired sale asks for."""

from datetime import date, timedelta

import msgspec
import pytest

from pos_app.domain.cart import Cart, Part
from pos_app.domain.errors import InvalidAmount, ManagerNeeded, NotNext, UnknownCode
from pos_app.domain.tendering import Offer
from pos_app.printing.preview import preview
from pos_app.services import checkout, expiring, people, price_downs, tasks
from pos_app.services.context import User
from pos_app.services.goods import find_product
from pos_app.services.price_downs import left_to_corner, proposed
from tests.corner import MORNING, Corner

TODAY = date(2026, 10, 1)
CASH = [Offer("cash", 1_000_000)]


def states(corner: Corner) -> list[tuple[str, str, int]]:
    return [(one.batch.sku, one.state, one.worth) for one in expiring.listed(corner.db, TODAY)]


def keeps(corner: Corner, sku: str, days: int | None) -> None:
    """Sets the shelf life of some goods."""
    with corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET shelf_life_days = ? WHERE sku = ?", (days, sku))


def cashier_of(corner: Corner) -> User:
    return people.add_user(corner.ledger, corner.counter.vault, name="Sari", pin="111111", role="kasir", now=MORNING)


@pytest.fixture
def manager(open_corner: Corner) -> User:
    return people.add_user(
        open_corner.ledger, open_corner.counter.vault, name="Ratna", pin="123456", role="pengelola", now=MORNING
    )


class TestWhichBatches:
    @pytest.mark.parametrize(
        ("shelf_life", "days_left", "told"),
        [
            (1, 1, False),  # a cake of one day is told on its last day
            (1, 0, True),
            (3, 1, True),
            (3, 2, False),
            (7, 2, True),
            (7, 3, False),
            (14, 3, True),
            (14, 4, False),
            (30, 10, True),
            (30, 11, False),
            (180, 30, True),
            (180, 31, False),
            (None, 30, True),
            (None, 31, False),
        ],
    )
    def test_soon_is_a_third_of_the_shelf_life_at_most_3_or_30_days(
        self, open_corner: Corner, shelf_life: int | None, days_left: int, told: bool
    ) -> None:
        keeps(open_corner, "T1", shelf_life)
        open_corner.receive("T1", "2", (TODAY + timedelta(days=days_left)).isoformat())
        assert bool(expiring.listed(open_corner.db, TODAY)) is told
        counts = expiring.counts(open_corner.db, TODAY)
        assert (counts.today + counts.soon == 1) is told

    def test_worth_is_what_the_producer_would_get_or_the_cost_of_bought_goods(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", "2026-09-30")
        open_corner.receive("K1", "2", "2026-10-01")
        open_corner.receive("B1", "4", "2026-10-02")
        assert states(open_corner) == [
            ("T1", "expired", 43_200),
            ("K1", "today", 13_125),
            ("B1", "soon", 8_000),
        ]
        assert [one.batch.since for one in expiring.listed(open_corner.db, TODAY)] == ["2026-10-01"] * 3

    def test_what_was_sold_or_went_back_is_no_longer_listed(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", "2026-10-01")
        open_corner.sell("T1", "2")
        (left,) = expiring.listed(open_corner.db, TODAY)
        assert left.batch.quantity == 1_000
        open_corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "1", "reason": "expired"}])
        assert expiring.listed(open_corner.db, TODAY) == []

    def test_no_entry_of_the_journal_is_read(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", "2026-10-01")
        asked: list[str] = []
        open_corner.db.set_trace_callback(asked.append)
        expiring.listed(open_corner.db, TODAY)
        expiring.counts(open_corner.db, TODAY)
        open_corner.db.set_trace_callback(None)
        assert not any("journal" in statement or "stock_movements" in statement for statement in asked)

    def test_the_list_on_paper_is_by_shelf(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", "2026-09-30")
        open_corner.receive("K1", "2", "2026-10-01")
        with open_corner.ledger.write() as tx:
            tx.db.execute("INSERT INTO shelves VALUES ('K1', 'Etalase A')")
        rows = expiring.listed(open_corner.db, TODAY)
        text = "\n".join(preview(expiring.paper(open_corner.ledger, rows, TODAY, MORNING), 32))
        assert text.index("Rak Etalase A") < text.index("Lapis Legit Potong") < text.index("Tanpa rak")
        assert "turunkan" in text


class TestCheaperByTheBatch:
    def test_the_proposal_is_a_quarter_less_and_not_below_what_the_producer_gets(self, open_corner: Corner) -> None:
        titip, komisi, putus = (find_product(open_corner.db, sku) for sku in ("T1", "K1", "B1"))
        assert (proposed(titip), proposed(titip, "producer")) == (14_500, 12_000)
        assert (proposed(komisi), proposed(komisi, "producer")) == (7_000, 5_500)
        assert proposed(putus) == 2_000
        dear = msgspec.structs.replace(titip, sell_price=3_000, consign_price=2_700)
        assert (proposed(dear), proposed(dear, "producer")) == (None, 2_000)
        assert proposed(msgspec.structs.replace(titip, sell_price=500, consign_price=300), "producer") is None
        assert left_to_corner(titip, 12_000, "corner") == -2_400
        assert left_to_corner(titip, 12_000, "producer") == 1_600
        assert left_to_corner(putus, 2_000, "corner") == 0

    def test_only_pieces_of_the_batch_are_cheaper_and_the_price_of_the_goods_stays(self, open_corner: Corner) -> None:
        self._mark(open_corner, "T1", "3", 15_000)
        product = find_product(open_corner.db, "T1")
        assert product.sell_price == 16_000
        divide = price_downs.dividing(open_corner.db, TODAY)
        assert divide(product, 2_000, 0) == [Part(2_000, 2_000)]
        assert divide(product, 5_000, 0) == [Part(3_000, 3_000), Part(2_000)]
        assert divide(product, 2_000, 2_000) == [Part(1_000, 1_000), Part(1_000)]
        assert divide(find_product(open_corner.db, "K1"), 5_000, 0) == [Part(5_000)]

    def test_pieces_of_two_marks_and_of_none_are_three_lines_and_nobody_pays_for_anothers_label(
        self, open_corner: Corner
    ) -> None:
        """Two pieces at 12.000 for the producer's account, two at 10.000 for the corner's, the rest at 16.000."""
        corner = open_corner
        for day, price, bearer in (("02", 12_000, "producer"), ("03", 10_000, "corner")):
            number = corner.receive("T1", "2", f"2026-10-{day}")["number"]
            price_downs.set_price_down(corner.counter, "T1", f"{number}.0", price, bearer)  # type: ignore[arg-type]
        cart = Cart()
        product = find_product(corner.db, "T1")
        for _scan in range(5):
            cart.add(product, 1_000)
            cart.mark_down(price_downs.dividing(corner.db, TODAY))
        assert [(line.quantity, line.total, line.borne_by) for line in cart.lines] == [
            (2_000, 24_000, "producer"),
            (2_000, 20_000, "corner"),
            (1_000, 16_000, "corner"),
        ]
        corner.counter.user = cashier_of(corner)
        wanted = [checkout.Wanted("T1", line.quantity, line.discount, line.borne_by) for line in cart.lines]
        checkout.sell(corner.counter, wanted, CASH, expected_total=60_000)
        assert corner.payable("P1") == 5 * 14_400 - 2 * 4_000
        assert corner.verify()

    def test_a_mark_that_its_producer_bears_takes_nothing_off_the_share_of_other_pieces(
        self, open_corner: Corner
    ) -> None:
        """Two pieces for 1.000, of which their producer gets nothing; three at the usual price, 14.400 each."""
        number = open_corner.receive("T1", "2", "2026-10-02")["number"]
        price_downs.set_price_down(open_corner.counter, "T1", f"{number}.0", 1_000, "producer")
        product = find_product(open_corner.db, "T1")
        parts = price_downs.dividing(open_corner.db, TODAY)(product, 5_000, 0)
        open_corner.counter.user = cashier_of(open_corner)
        with pytest.raises(ManagerNeeded):
            checkout.sell(open_corner.counter, [checkout.Wanted("T1", 5_000, 30_000, "producer")], CASH)
        checkout.sell(open_corner.counter, [checkout.Wanted("T1", *part) for part in parts], CASH)
        assert open_corner.payable("P1") == 43_200

    def test_of_bought_goods_only_the_next_pieces_are_made_cheaper(self, open_corner: Corner) -> None:
        """They leave first in, first out: the till would take the price off pieces with another label."""
        open_corner.do("write_off", lines=[{"sku": "B1", "quantity": "10"}])
        older, newer = (open_corner.receive("B1", "2", day)["number"] for day in ("2026-10-09", "2026-10-03"))
        with pytest.raises(NotNext):
            price_downs.set_price_down(open_corner.counter, "B1", f"{newer}.0", 1_500, "corner")
        price_downs.set_price_down(open_corner.counter, "B1", f"{older}.0", 1_500, "corner")

    def test_the_till_takes_it_off_without_a_manager_and_no_more_than_that(self, open_corner: Corner) -> None:
        self._mark(open_corner, "T1", "3", 15_000)
        open_corner.counter.user = cashier_of(open_corner)
        with pytest.raises(ManagerNeeded):
            checkout.sell(open_corner.counter, [checkout.Wanted("T1", 3_000, 3_001)], CASH)
        with pytest.raises(ManagerNeeded):
            checkout.sell(open_corner.counter, [checkout.Wanted("T1", 3_000, 3_000, "producer")], CASH)
        sold = checkout.sell(open_corner.counter, [checkout.Wanted("T1", 3_000, 3_000)], CASH)
        assert sold.document.total == 45_000  # type: ignore[attr-defined]
        assert open_corner.payable("P1") == 43_200
        with pytest.raises(ManagerNeeded):  # the batch is gone
            checkout.sell(open_corner.counter, [checkout.Wanted("T1", 1_000, 1_000)], CASH)
        assert open_corner.verify()

    def test_it_ends_with_the_last_day_of_the_batch(self, open_corner: Corner) -> None:
        self._mark(open_corner, "T1", "3", 15_000)
        assert price_downs.marked(open_corner.db, date(2026, 10, 2))
        assert price_downs.marked(open_corner.db, date(2026, 10, 3)) == {}

    def test_another_price_takes_the_place_of_the_first(self, open_corner: Corner) -> None:
        batch = self._mark(open_corner, "T1", "3", 15_000)
        price_downs.set_price_down(open_corner.counter, "T1", batch, 14_500, "producer")
        (task,) = tasks.open_tasks(open_corner.db)
        assert (task.price, task.borne_by) == (14_500, "producer")
        price_downs.withdraw(open_corner.counter, "T1", batch)
        assert tasks.open_tasks(open_corner.db) == []

    def test_only_a_manager_sets_it_and_only_below_the_price(self, open_corner: Corner) -> None:
        open_corner.receive("T1", "3", "2026-10-02")
        batch = "NT-MTR001A-000005.0"
        for price in (0, 16_000):
            with pytest.raises(InvalidAmount):
                price_downs.set_price_down(open_corner.counter, "T1", batch, price, "corner")
        with pytest.raises(UnknownCode):
            price_downs.set_price_down(open_corner.counter, "T1", "NT-MTR001A-000009.0", 15_000, "corner")
        open_corner.counter.user = cashier_of(open_corner)
        with pytest.raises(ManagerNeeded):
            price_downs.set_price_down(open_corner.counter, "T1", batch, 15_000, "corner")

    @staticmethod
    def _mark(corner: Corner, sku: str, quantity: str, price: int) -> str:
        number = corner.receive(sku, quantity, "2026-10-02")["number"]
        price_downs.set_price_down(corner.counter, sku, f"{number}.0", price, "corner")
        return f"{number}.0"


class TestRow19:
    def test_row_19_an_expired_sale_that_a_manager_allows_raises_the_return_of_what_is_left(
        self, open_corner: Corner, manager: User
    ) -> None:
        number = open_corner.receive("K1", "4", "2026-09-30")["number"]
        open_corner.counter.user = cashier_of(open_corner)
        before = open_corner.ledger.head().seq
        checkout.sell(open_corner.counter, [checkout.Wanted("K1", 13_000)], CASH, approved_by=manager.id)
        assert open_corner.ledger.head().seq == before + 1
        (task,) = tasks.open_tasks(open_corner.db)
        assert (task.kind, task.sku, task.batch, task.due_on) == ("return", "K1", f"{number}.0", "2026-09-30")
        assert task.made_by == manager.id
        checkout.sell(open_corner.counter, [checkout.Wanted("K1", 1_000)], CASH, approved_by=manager.id)
        assert len(tasks.open_tasks(open_corner.db)) == 1

    def test_row_19_a_refused_sale_raises_nothing(self, open_corner: Corner) -> None:
        open_corner.receive("K1", "4", "2026-09-30")
        assert (
            open_corner.refused(
                "sale", lines=[{"code": "K1", "quantity": "13"}], tenders=[{"kind": "cash", "amount": 1}]
            )
            == "expired_goods"
        )
        assert tasks.open_tasks(open_corner.db) == []

    def test_row_19_an_implausible_clock_only_warns(self, open_corner: Corner) -> None:
        open_corner.receive("K1", "4", "2026-09-28")
        open_corner.clock.pass_by(days=-2)
        answer = open_corner.sell("K1", "13")
        assert "clock_implausible" in answer["warnings"]
        assert tasks.open_tasks(open_corner.db) == []

    def test_a_task_ends_with_the_return_and_comes_to_an_end_with_the_batch(self, open_corner: Corner) -> None:
        for _delivery in range(2):
            number = open_corner.receive("K1", "4", "2026-09-30")["number"]
            expiring.ask_return(open_corner.counter, "K1", f"{number}.0", "2026-09-30")
        assert not expiring.ask_return(open_corner.counter, "K1", f"{number}.0", "2026-09-30")
        assert len(tasks.open_tasks(open_corner.db)) == 2
        lines = [{"sku": "K1", "quantity": "4", "reason": "expired"}]
        open_corner.do("return_goods", producer="P2", lines=lines)
        assert len(tasks.open_tasks(open_corner.db)) == 1
        open_corner.do("write_off", lines=lines)
        assert tasks.open_tasks(open_corner.db) == []
        expiring.was_told(open_corner.counter, TODAY)
        (left,) = open_corner.db.execute("SELECT count(*) FROM tasks WHERE ended_at IS NULL").fetchone()
        assert left == 0
