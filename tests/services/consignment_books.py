"""What a corner owes its producers, kept once more: who brought, sold, took back, lost and was paid.

Written from the text of the rules alone, with ``reference_books``'s rounding; it shares nothing with the program.
Everything that happened is a ``Fact`` in the order of the journal, so that any can be undone, summed up to an entry,
or looked for on a slip. Money is rupiah, quantities are thousandths.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.services.reference_books import ReferenceBooks, rounded, times

Where = tuple[int, int]
"""Entry and line: what a producer is paid for, once."""


@dataclass
class Sold:
    """A line of a sale and what came back of it; ``pieces`` are the lots that goods bought outright came from."""

    sku: str
    quantity: int
    total: int
    share: int
    pieces: list[tuple[str, int, int]]
    back: int = 0
    back_total: int = 0
    back_share: int = 0
    back_cost: int = 0

    @property
    def cost(self) -> int:
        return sum(cost for _lot, _quantity, cost in self.pieces)


@dataclass
class Fact:
    """What one document did. ``owed`` are the rupiah that its lines earned a producer, ``goods`` what a slip tells."""

    kind: str
    seq: int = 0
    number: str = ""
    day: str = ""
    cash: int = 0
    owed: list[tuple[str, int]] = field(default_factory=list)
    stock: Counter[str] = field(default_factory=Counter)
    tabs: Counter[str] = field(default_factory=Counter)
    sums: Counter[str] = field(default_factory=Counter)
    goods: dict[str, Counter[str]] = field(default_factory=dict)
    lots: list[tuple[str, str, int, int]] = field(default_factory=list)
    undone: bool = False
    needs_shift: bool = False
    sold: list[Sold] = field(default_factory=list)
    staff: str = ""
    back: tuple[Sold, int, int, int, int] | None = None

    def tell(self, sku: str, **amounts: int) -> None:
        self.goods.setdefault(sku, Counter()).update(amounts)

    def opposite(self) -> "Fact":
        def turned(some: Counter[str]) -> Counter[str]:
            return Counter({name: -amount for name, amount in some.items()})

        return Fact(
            f"{self.kind} undone",
            cash=-self.cash,
            owed=[(producer, -amount) for producer, amount in self.owed],
            stock=turned(self.stock),
            tabs=turned(self.tabs),
            sums=turned(self.sums),
            goods={sku: turned(one) for sku, one in self.goods.items()},
            lots=[(sku, lot, -quantity, -cost) for sku, lot, quantity, cost in self.lots],
        )


@dataclass
class Payout:
    """A settlement: the entries it spans, and the rupiah it took off what is owed (paid and kept)."""

    number: str
    seq: int
    producer: str
    from_seq: int
    through_seq: int
    taken: int
    pays_for: set[Where]
    stands: bool = True


@dataclass
class Due:
    """What a settlement must say."""

    from_seq: int
    through_seq: int
    earned: int
    other: int
    owed: int
    payable: int
    goods: dict[str, dict[str, int]]

    @property
    def can_pay(self) -> int:
        return max(min(self.owed, self.payable), 0)


class ConsignmentBooks:
    """The rules' figures after everything that was recorded."""

    def __init__(self, goods: Mapping[str, Mapping[str, Any]], step: int = 100) -> None:
        self.rules = ReferenceBooks({sku: dict(terms) for sku, terms in goods.items()}, step)
        self.step = step
        self.facts: list[Fact] = []
        self.payouts: list[Payout] = []
        self.drawer = 0
        self.lots: dict[str, dict[str, tuple[int, int]]] = {}
        self.place: dict[str, int] = {}
        self.stock: Counter[str] = Counter()
        self.tabs: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()
        self.payable: Counter[str] = Counter()
        self.unpaid: dict[str, dict[Where, int]] = {}
        self.agreed: dict[str, str] = {}
        """Who bears losses by the agreement with a producer."""

    def terms(self, sku: str) -> dict[str, Any]:
        return self.rules.goods[sku]

    def owner(self, sku: str) -> str:
        return str(self.terms(sku)["producer_code"])

    def bought(self, sku: str) -> bool:
        return bool(self.terms(sku)["pricing"] == "putus")

    # -- what is recorded --------------------------------------------------------------------------------------

    def enter(self, fact: Fact, answer: Mapping[str, Any], day: str) -> None:
        """The document was recorded: take what it did into the sums."""
        fact.seq, fact.number, fact.day = answer["seq"], answer["number"], day
        self.facts.append(fact)
        self.drawer += fact.cash
        for ours, more in ((self.stock, fact.stock), (self.tabs, fact.tabs), (self.sums, fact.sums)):
            ours.update(more)
        for line, (producer, amount) in enumerate(fact.owed):
            self.payable[producer] += amount
            self.unpaid.setdefault(producer, {})[fact.seq, line] = amount
        if fact.back:
            sold, quantity, total, share, cost = fact.back
            sold.back, sold.back_total = sold.back + quantity, sold.back_total + total
            sold.back_share, sold.back_cost = sold.back_share + share, sold.back_cost + cost
        for sku, lot, quantity, cost in fact.lots:
            self.place.setdefault(lot, len(self.place))
            held, worth = self.lots.setdefault(sku, {}).get(lot, (0, 0))
            self.lots[sku][lot] = held + quantity, worth + cost
            if self.lots[sku][lot] == (0, 0):
                del self.lots[sku][lot]

    def _pieces(self, sku: str, quantity: int, gone: dict[str, tuple[int, int]]) -> list[tuple[str, int, int]]:
        """Bought pieces, first in first out (rule 9). ``gone`` is what this document took of each lot, and its cost."""
        found = []
        for lot in sorted(self.lots.get(sku, {}), key=lambda one: self.place[one]):
            held, worth = self.lots[sku][lot]
            taken, cost = gone.get(lot, (0, 0))
            held, worth = held - taken, worth - cost
            pieces = min(held, quantity)
            if pieces:
                found.append((lot, pieces, self._part(worth, pieces, held)))
                gone[lot] = taken + pieces, cost + found[-1][2]
                quantity -= pieces
        assert not quantity, "the machine takes no more bought goods than there are"
        return found

    @staticmethod
    def _part(worth: int, pieces: int, held: int) -> int:
        return worth if pieces == held else rounded(Fraction(worth * pieces, held))

    # -- what a document does ----------------------------------------------------------------------------------

    def delivery(self, producer: str, lines: Iterable[tuple[str, int]], number: str) -> Fact:
        fact = Fact("delivery")
        for index, (sku, quantity) in enumerate(lines):
            fact.stock[sku] += quantity
            cost = times(self.terms(sku)["consign_price"], quantity) if self.bought(sku) else 0
            if self.bought(sku):
                fact.owed.append((producer, cost))
                fact.lots.append((sku, f"{number}.{index}", quantity, cost))
            else:
                fact.tell(sku, received=quantity)
        return fact

    def sale(self, lines: Iterable[tuple[str, int, int, str]], others: Mapping[str, int], staff: str) -> Fact:
        fact = Fact("sale", needs_shift=True, staff=staff if others.get("tab") else "")
        gone: dict[str, tuple[int, int]] = {}
        for sku, quantity, discount, bearer in lines:
            total = times(self.terms(sku)["sell_price"], quantity) - discount
            fact.stock[sku] -= quantity
            fact.sums["gross"] += total
            if self.bought(sku):
                pieces = self._pieces(sku, quantity, gone)
                sold = Sold(sku, quantity, total, 0, pieces)
                fact.lots += [(sku, lot, -taken, -cost) for lot, taken, cost in pieces]
                fact.sums["margin"] += total - sold.cost
            else:
                sold = Sold(sku, quantity, total, self.rules.share(sku, quantity, total, discount, bearer), [])
                fact.owed.append((self.owner(sku), sold.share))
                fact.sums["commission"] += total - sold.share
                fact.tell(sku, sold=quantity, gross=total, share=sold.share)
            fact.sold.append(sold)
        due = sum(sold.total for sold in fact.sold) - sum(others.values())
        cash = rounded(Fraction(due, self.step)) * self.step
        fact.cash = cash
        fact.sums.update({"sales": 1, "cash": cash, **others})
        fact.tabs[staff] += others.get("tab", 0)
        return fact

    def refund(self, of: Fact, line: int, quantity: int, tender: str, number: str) -> Fact:
        """Rule 5. The parts of a line never add up to more than the line."""
        sold = of.sold[line]
        last = sold.back + quantity == sold.quantity

        def part(whole: int, already: int) -> int:
            left = whole - already
            return left if last else min(rounded(Fraction(whole * quantity, sold.quantity)), left)

        total, share = part(sold.total, sold.back_total), part(sold.share, sold.back_share)
        cost = part(sold.cost, sold.back_cost)
        fact = Fact("refund", needs_shift=True, cash=-total if tender == "cash" else 0)
        fact.stock[sold.sku] += quantity
        fact.sums.update({"refunds": 1, "gross": -total, tender: -total})
        if tender == "tab":
            fact.tabs[of.staff] -= total
        if self.bought(sold.sku):
            fact.sums["margin"] -= total - cost
            fact.lots.append((sold.sku, f"{number}.{line}", quantity, cost))
            self.place[f"{number}.{line}"] = -1 - len(self.place)
        else:
            fact.sums["commission"] -= total - share
            fact.owed.append((self.owner(sold.sku), -share))
            fact.tell(sold.sku, sold=-quantity, gross=-total, share=-share)
        fact.back = (sold, quantity, total, share, cost)
        return fact

    def returned(self, producer: str, lines: Iterable[tuple[str, int]]) -> Fact:
        """Bought goods go back against what they cost."""
        fact = Fact("returned")
        gone: dict[str, tuple[int, int]] = {}
        for sku, quantity in lines:
            fact.stock[sku] -= quantity
            if self.bought(sku):
                pieces = self._pieces(sku, quantity, gone)
                fact.lots += [(sku, lot, -taken, -cost) for lot, taken, cost in pieces]
                fact.owed.append((producer, -sum(cost for _lot, _taken, cost in pieces)))
            else:
                fact.tell(sku, returned=quantity)
        return fact

    def lost(self, lines: Iterable[tuple[str, int, str | None]], kind: str = "lost") -> Fact:
        """Rule 10; negative quantities are what a count found more (rule 11)."""
        fact = Fact(kind)
        gone: dict[str, tuple[int, int]] = {}
        for sku, quantity, given in lines:
            fact.stock[sku] -= quantity
            bearer = given or self.agreed.get(self.owner(sku), "producer")
            if self.bought(sku):
                pieces = self._pieces(sku, quantity, gone)
                fact.lots += [(sku, lot, -taken, -cost) for lot, taken, cost in pieces]
                continue
            fact.tell(sku, lost=quantity)
            if bearer == "corner" and quantity > 0:
                whole = times(self.terms(sku)["sell_price"], quantity)
                fact.owed.append((self.owner(sku), self.rules.share(sku, quantity, whole)))
        return fact

    # -- paying ------------------------------------------------------------------------------------------------

    def due(self, producer: str, through: str | None) -> Due:
        """Rule 6, up to the end of a day, or everything."""
        standing = [one for one in self.payouts if one.stands and one.producer == producer]
        from_seq = standing[-1].through_seq if standing else 0
        head = self.facts[-1].seq if self.facts else 0
        cut = head if through is None else self._end_of(through)
        cut = max(cut, from_seq)
        window = [one for one in self.facts if from_seq < one.seq <= cut]
        mine = [
            (one, amount) for one in self.facts for owner, amount in one.owed if owner == producer and one.seq <= cut
        ]
        earned = sum(
            told["share"]
            for one in window
            for sku, told in one.goods.items()
            if self.owner(sku) == producer and not self.bought(sku)
        )
        came = sum(amount for one, amount in mine if one.seq > from_seq)
        owed = sum(amount for _one, amount in mine) - sum(one.taken for one in standing)
        return Due(from_seq, cut, earned, came - earned, owed, self.payable[producer], self._goods(producer, window))

    def _end_of(self, day: str) -> int:
        """The last entry of a day, whatever single dates are wrong: shifts tell about where, entries exactly where."""

        def ends(some: list[Fact]) -> list[int]:
            places = range(len(some) + 1)
            wrong = [sum((one.day > day) is (at < place) for at, one in enumerate(some)) for place in places]
            return [place for place in places if wrong[place] == min(wrong)]

        shifts = [one for one in self.facts if one.kind == "shift opened"]
        first, last = ends(shifts)[0], ends(shifts)[-1]
        after = shifts[first - 1].seq if first else 0
        until = shifts[last].seq - 1 if last < len(shifts) else max((one.seq for one in self.facts), default=0)
        around = [one for one in self.facts if after < one.seq <= until]
        place = ends(around)[-1]
        return around[place - 1].seq if place else after

    def _goods(self, producer: str, window: Iterable[Fact]) -> dict[str, dict[str, int]]:
        sums: dict[str, Counter[str]] = {}
        for fact in window:
            for sku, told in fact.goods.items():
                if self.owner(sku) == producer and not self.bought(sku):
                    sums.setdefault(sku, Counter()).update(told)
        return {sku: {name: n for name, n in told.items() if n} for sku, told in sums.items()}

    def stock_at(self, sku: str, seq: int) -> int:
        return sum(fact.stock[sku] for fact in self.facts if fact.seq <= seq)

    def pay(self, producer: str, due: Due, taken: int, answer: Mapping[str, Any]) -> None:
        """Everything that is unpaid up to the cut-off is paid by this one. It was never paid before."""
        unpaid = self.unpaid.setdefault(producer, {})
        covered = {where for where in unpaid if where[0] <= due.through_seq}
        window = {
            (fact.seq, line)
            for fact in self.facts
            if due.from_seq < fact.seq <= due.through_seq
            for line, (owner, _amount) in enumerate(fact.owed)
            if owner == producer
        }
        assert window <= covered, f"paid twice: {window - covered}"
        for where in covered:
            del unpaid[where]
        self.payable[producer] -= taken
        self.payouts.append(
            Payout(answer["number"], answer["seq"], producer, due.from_seq, due.through_seq, taken, covered)
        )

    def pay_back(self, payout: Payout) -> None:
        """The settlement is reversed: its lines are owed again."""
        payout.stands = False
        amounts = {(fact.seq, line): amount for fact in self.facts for line, (_p, amount) in enumerate(fact.owed)}
        self.unpaid[payout.producer].update({where: amounts[where] for where in payout.pays_for})
        self.payable[payout.producer] += payout.taken

    def carried(self, producer: str) -> int:
        """What standing settlements left of the lines that they pay for (below zero: they paid more)."""
        amounts = {(fact.seq, line): amount for fact in self.facts for line, (_p, amount) in enumerate(fact.owed)}
        standing = [one for one in self.payouts if one.stands and one.producer == producer]
        return sum(sum(amounts[where] for where in one.pays_for) - one.taken for one in standing)

    def paid_for(self, producer: str) -> Iterator[Where]:
        for payout in self.payouts:
            if payout.stands and payout.producer == producer:
                yield from payout.pays_for
