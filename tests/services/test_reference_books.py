"""Random days at the till and in the reference books: the same to the rupiah after every action."""

import random
from itertools import count
from typing import Any

import pytest

from tests.corner import MORNING, PRODUCTS, Corner
from tests.services.reference_books import ReferenceBooks

STEPS = 150
BEARERS = (None, "corner", "producer")


def text(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03}"


class Day:
    """Chooses the actions and plays them on both sides."""

    def __init__(self, corner: Corner, seed: int) -> None:
        self.corner = corner
        self.chance = random.Random(seed)
        self.years = count(2010)
        self.books = ReferenceBooks({str(one["sku"]): dict(one) for one in PRODUCTS})
        self.skus = sorted(self.books.goods)
        corner.do("open_shift", float=5_000_000)
        self.books.drawer = 5_000_000

    def quantity(self, sku: str, most: int | None = None) -> int:
        """Thousandths; 0 where there is nothing to take."""
        step = 1 if sku == "W1" else 1000
        highest = 6_000 if most is None else min(most, 6_000)
        return self.chance.randint(1, max(highest // step, 1)) * step if highest >= step else 0

    def bought(self, sku: str) -> bool:
        return self.books.goods[sku]["pricing"] == "putus"

    def receive(self) -> None:
        sku = self.chance.choice(self.skus)
        quantity = self.quantity(sku)
        self.corner.receive(sku, text(quantity))
        self.books.receive(sku, quantity)

    def sell(self) -> None:
        lines, left = [], dict(self.books.stock)
        for sku in self.chance.choices(self.skus, k=self.chance.randint(1, 4)):
            quantity = self.quantity(sku, max(left.get(sku, 0), 0) if self.bought(sku) else None)
            if quantity:
                left[sku] = left.get(sku, 0) - quantity
                price = self.books.goods[sku]["sell_price"] * quantity // 1000
                discount = self.chance.choice((0, 0, price // 7, price))
                lines.append((sku, quantity, discount, self.chance.choice(("corner", "producer"))))
        if not lines:
            return
        others = self.chance.choice(({}, {"qris": 1}, {"tab": 7, "qris": 3}, {"tab": 11}))
        whole = sum(self.books.goods[sku]["sell_price"] * q // 1000 - discount for sku, q, discount, _by in lines)
        others = {kind: share * whole // 20 for kind, share in others.items() if share * whole // 20}
        cash = self.books.sell(lines, others, "S1")
        handed = cash + self.chance.choice((0, 50_000))
        tenders: list[dict[str, Any]] = [{"kind": "cash", "amount": handed}]
        tenders += [
            {"kind": kind, "amount": amount} | ({"staff": "S1"} if kind == "tab" else {"reference": "R"})
            for kind, amount in others.items()
        ]
        played = [
            {"code": sku, "quantity": text(quantity), "discount": discount, "borne_by": by}
            for sku, quantity, discount, by in lines
        ]
        answer = self.corner.do("sale", lines=played, tenders=tenders, approved_by="manager")
        assert answer["change"] == handed - cash

    def refund(self) -> None:
        open_lines = [
            (of, line)
            for of, sale in enumerate(self.books.sales)
            for line, sold in enumerate(sale)
            if sold.back < sold.quantity
        ]
        if not open_lines:
            return
        of, line = self.chance.choice(open_lines)
        sold = self.books.sales[of][line]
        quantity = self.quantity(sold.sku, sold.quantity - sold.back)
        lines = [{"line": line, "quantity": text(quantity)}]
        answer = self.corner.do("refund", of=of, lines=lines, tender="cash")
        assert answer["total"] == self.books.refund(of, line, quantity)

    def lose(self) -> None:
        sku = self.chance.choice(self.skus)
        quantity = self.quantity(sku, max(self.books.stock.get(sku, 0), 0))
        if quantity:
            borne_by = self.chance.choice(BEARERS)
            line = {"sku": sku, "quantity": text(quantity)} | ({"borne_by": borne_by} if borne_by else {})
            self.corner.do("write_off", lines=[line])
            self.books.lose(sku, quantity, borne_by)

    def count(self) -> None:
        sku = self.chance.choice(self.skus)
        there = self.books.stock.get(sku, 0)
        found = self.quantity(sku) if not self.bought(sku) else there - self.quantity(sku, max(there, 0))
        borne_by = self.chance.choice(BEARERS)
        self.corner.do("count", lines=[{"sku": sku, "counted": text(found), "borne_by": borne_by}])
        if found < there:
            self.books.lose(sku, there - found, borne_by)
        else:
            self.books.move(sku, found - there)

    def take_back(self) -> None:
        sku = self.chance.choice([sku for sku in self.skus if not self.bought(sku)])
        quantity = self.quantity(sku, max(self.books.stock.get(sku, 0), 0))
        if quantity:
            producer = self.books.goods[sku]["producer_code"]
            lines = [{"sku": sku, "quantity": text(quantity)}]
            self.corner.do("return_goods", producer=producer, lines=lines)
            self.books.move(sku, -quantity)

    def settle(self) -> None:
        producer, tender = self.chance.choice(("P1", "P2")), self.chance.choice(("cash", "transfer"))
        owed = max(self.books.payable.get(producer, 0), 0)
        kept = self.chance.choice((0, 0, min(owed, 2_500), owed))
        paid = self.books.settle(producer, tender, kept)
        parts = {"deductions": [{"reason": "packaging", "amount": kept}]} if kept else {}
        if paid or kept:
            answer = self.corner.do("settle", producer=producer, tender=tender, **parts)
            assert (answer["paid"], answer.get("deducted", 0)) == (paid, kept)
        else:
            assert self.corner.refused("settle", producer=producer, tender=tender) == "nothing_payable"

    def pay_tab(self) -> None:
        amount = self.chance.randint(1, 20_000)
        self.corner.do("tab_payment", staff="S1", amount=amount, tender="cash")
        self.books.tabs["S1"] = self.books.tabs.get("S1", 0) - amount
        self.books.drawer += amount

    def deduct(self) -> None:
        """Hand over what is owed, leave S1 out now and then, and bring the money in either way."""
        month, tender = f"{next(self.years)}-10", self.chance.choice(("cash", "transfer"))
        today = MORNING.date().isoformat()
        if self.books.tabs.get("S1", 0) <= 0:
            assert self.corner.refused("deduction_list", month=month, cut_off=today) == "nothing_to_deduct"
            return
        listed = self.corner.do("deduction_list", month=month, cut_off=today)
        assert listed["total"] == self.books.tabs["S1"]
        left_out = {"S1": "on_leave"} if self.chance.random() < 0.3 else {}
        got = self.corner.do("deduction_collected", of=listed["number"], tender=tender, left_out=left_out)
        assert got["total"] == self.books.deduct("S1", tender, left_out=bool(left_out))

    def set_price(self) -> None:
        sku = self.chance.choice(self.skus)
        terms = self.books.goods[sku]
        terms["sell_price"] = self.chance.randint(2_501, 40_000)
        new: dict[str, int] = {"sell_price": terms["sell_price"]}
        if terms["pricing"] == "komisi":
            new["commission_bp"] = terms["commission_bp"] = self.chance.randint(0, 3_000)
        else:
            new["consign_price"] = terms["consign_price"] = self.chance.randint(1, terms["sell_price"])
        self.corner.do("set_price", sku=sku, **new)

    def step(self) -> None:
        acts = (self.receive, self.sell, self.refund, self.lose, self.count, self.take_back, self.settle, self.pay_tab)
        self.chance.choices((*acts, self.set_price, self.deduct), (4, 8, 4, 1, 1, 1, 2, 1, 1, 1))[0]()


def assert_same(corner: Corner, books: ReferenceBooks) -> None:
    state = corner.state
    for name in ("commission", "margin", "gross", "drawer", "tenders"):
        assert state[name] == getattr(books, name), name
    for name in ("payable", "tabs"):
        assert {key: value for key, value in state[name].items() if value} == {
            key: value for key, value in getattr(books, name).items() if value
        }, name
    stock = {sku: f"{quantity / 1000:g}" for sku, quantity in books.stock.items() if quantity}
    assert {sku: value for sku, value in state["stock"].items() if value != "0"} == stock


@pytest.mark.parametrize("seed", range(6))
def test_till_and_reference_books_agree_after_every_action(corner: Corner, seed: int) -> None:
    day = Day(corner, seed)
    for _ in range(STEPS):
        day.step()
        assert_same(corner, day.books)
    corner.verify()
