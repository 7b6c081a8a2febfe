"""The twelve rules once more, written from their text alone, with fractions: to compare the till against.

It plays the same actions as the till, one call each; quantities are thousandths, money is rupiah.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Any


def rounded(value: Fraction) -> int:
    """Half up to whole rupiah."""
    return floor(value + Fraction(1, 2))


def times(price: int, quantity: int) -> int:
    return rounded(Fraction(price * quantity, 1000))


@dataclass
class Sold:
    """A line of a sale, and what came back of it."""

    sku: str
    quantity: int
    total: int
    share: int
    cost: int
    back: int = 0
    back_total: int = 0
    back_share: int = 0
    back_cost: int = 0


@dataclass
class ReferenceBooks:
    """What the till's state must be after every action."""

    goods: dict[str, dict[str, Any]]
    step: int = 100
    stock: dict[str, int] = field(default_factory=dict)
    lots: dict[str, list[list[int]]] = field(default_factory=dict)
    payable: dict[str, int] = field(default_factory=dict)
    tabs: dict[str, int] = field(default_factory=dict)
    tenders: dict[str, int] = field(default_factory=lambda: {"cash": 0, "qris": 0, "tab": 0})
    commission: int = 0
    margin: int = 0
    gross: int = 0
    drawer: int = 0
    sales: list[list[Sold]] = field(default_factory=list)

    def owe(self, sku: str, amount: int) -> None:
        producer = self.goods[sku]["producer_code"]
        self.payable[producer] = self.payable.get(producer, 0) + amount

    def move(self, sku: str, quantity: int) -> None:
        self.stock[sku] = self.stock.get(sku, 0) + quantity

    def take(self, sku: str, quantity: int) -> int:
        """Take bought pieces first in, first out; their cost."""
        cost = 0
        lots = self.lots.get(sku, [])
        while quantity:
            left, cost_left = lots[0]
            pieces = min(left, quantity)
            part = cost_left if pieces == left else rounded(Fraction(cost_left * pieces, left))
            cost, quantity = cost + part, quantity - pieces
            lots[0] = [left - pieces, cost_left - part]
            if not lots[0][0]:
                lots.pop(0)
        return cost

    def share(self, sku: str, quantity: int, total: int, discount: int = 0, borne_by: str = "corner") -> int:
        """Rules 2, 3 and 8; ``total`` is after the discount."""
        terms = self.goods[sku]
        if terms["pricing"] == "titip":
            consign = times(terms["consign_price"], quantity)
            return max(consign - discount, 0) if borne_by == "producer" else consign
        base = total if borne_by == "producer" else total + discount
        return base - rounded(Fraction(base * terms["commission_bp"], 10_000))

    def receive(self, sku: str, quantity: int) -> None:
        self.move(sku, quantity)
        if self.goods[sku]["pricing"] == "putus":
            cost = times(self.goods[sku]["consign_price"], quantity)
            self.lots.setdefault(sku, []).append([quantity, cost])
            self.owe(sku, cost)

    def sell(self, lines: Sequence[tuple[str, int, int, str]], others: Mapping[str, int], staff: str) -> int:
        """Record a sale; what remains after ``others`` is paid in cash. Returns the change-free cash due."""
        sale = []
        for sku, quantity, discount, borne_by in lines:
            total = times(self.goods[sku]["sell_price"], quantity) - discount
            self.move(sku, -quantity)
            if self.goods[sku]["pricing"] == "putus":
                sale.append(Sold(sku, quantity, total, 0, self.take(sku, quantity)))
                self.margin += total - sale[-1].cost
            else:
                sale.append(Sold(sku, quantity, total, self.share(sku, quantity, total, discount, borne_by), 0))
                self.owe(sku, sale[-1].share)
                self.commission += total - sale[-1].share
            self.gross += total
        self.sales.append(sale)
        due = sum(line.total for line in sale) - sum(others.values())
        cash = rounded(Fraction(due, self.step)) * self.step
        for kind, amount in [*others.items(), ("cash", cash)]:
            self.tenders[kind] += amount
        self.tabs[staff] = self.tabs.get(staff, 0) + others.get("tab", 0)
        self.drawer += cash
        return cash

    def refund(self, of: int, line: int, quantity: int) -> int:
        """Rule 5, in cash; returns what the buyer gets."""
        sold = self.sales[of][line]
        last = sold.back + quantity == sold.quantity

        def part(whole: int, already: int) -> int:
            return whole - already if last else rounded(Fraction(whole * quantity, sold.quantity))

        total, share = part(sold.total, sold.back_total), part(sold.share, sold.back_share)
        cost = part(sold.cost, sold.back_cost)
        sold.back, sold.back_total = sold.back + quantity, sold.back_total + total
        sold.back_share, sold.back_cost = sold.back_share + share, sold.back_cost + cost
        self.move(sold.sku, quantity)
        if self.goods[sold.sku]["pricing"] == "putus":
            self.lots.setdefault(sold.sku, []).insert(0, [quantity, cost])
            self.margin -= total - cost
        else:
            self.owe(sold.sku, -share)
            self.commission -= total - share
        self.gross -= total
        self.tenders["cash"] -= total
        self.drawer -= total
        return total

    def lose(self, sku: str, quantity: int, borne_by: str | None) -> None:
        """Rule 10; also what a count does not find."""
        self.move(sku, -quantity)
        if self.goods[sku]["pricing"] == "putus":
            self.take(sku, quantity)
        elif borne_by == "corner":
            self.owe(sku, self.share(sku, quantity, times(self.goods[sku]["sell_price"], quantity)))

    def settle(self, producer: str, tender: str, deducted: int = 0) -> int:
        """Rule 6, after what the corner keeps; what is paid. More than is owed cannot be kept."""
        owed = max(self.payable.get(producer, 0), 0)
        left = owed - deducted
        assert left >= 0
        paid = left // self.step * self.step if tender == "cash" else left
        if paid + deducted:
            self.payable[producer] -= paid + deducted
        self.drawer -= paid if tender == "cash" else 0
        return paid

    def deduct(self, staff: str, tender: str, *, left_out: bool) -> int:
        """The whole tab is taken from the salary, unless it is left out; what is brought."""
        brought = 0 if left_out else self.tabs.get(staff, 0)
        self.tabs[staff] = self.tabs.get(staff, 0) - brought
        self.drawer += brought if tender == "cash" else 0
        return brought
