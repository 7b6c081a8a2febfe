"""The state machine of ``test_consignment_machine``: what can happen at a corner, in any order."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from pos_app.ledger import agreements
from pos_app.ledger.agreements import Agreement
from pos_app.services import counting
from tests.services.consignment_books import Fact
from tests.services.consignment_day import CODES, NOTHING_LEFT, REVERSIBLE, SKUS, WEIGHED, Cart, ConsignmentDay, text

sku_of = st.sampled_from(SKUS)
producer_of = st.sampled_from(CODES)
amount_of = st.integers(1, 9)
grams_of = st.sampled_from((1, 7, 125, 333, 375, 500, 1_000, 1_137, 2_000, 2_999))
bearer_of = st.sampled_from((None, "corner", "producer"))
given_bearer = st.sampled_from(("corner", "producer"))
which_of = st.integers(0, 40)
tender_of = st.sampled_from(("cash", "cash", "qris", "transfer", "tab"))
line_of = st.tuples(sku_of, amount_of, grams_of)
lines_of = st.lists(line_of, min_size=1, max_size=4)
few_of = st.lists(st.tuples(sku_of, st.integers(1, 3), grams_of), min_size=1, max_size=3)
cart_of = st.lists(
    st.tuples(sku_of, amount_of, grams_of, st.sampled_from((0, 0, 3, 40, 100)), given_bearer), min_size=1, max_size=4
)
other_of = st.sampled_from((None, None, "qris", "tab", "transfer", "all tab", "all qris"))


class ConsignmentMachine(ConsignmentDay):
    """One corner, from an empty book on."""

    @initialize(opening=st.booleans(), amount=st.integers(0, 70_000), debt=st.integers(-9_999, 60_000))
    def begin(self, opening: bool, amount: int, debt: int) -> None:
        if opening:
            payable = {"P1": amount, "P2": debt}
            fact = Fact("opening", owed=list(payable.items()), tabs=Counter({"S1": 20_000}))
            self.play(fact, None, do="opening", payable=payable, tabs={"S1": 20_000})
        self.open_shift(1_500_000)
        lines = [(sku, 4 if sku not in WEIGHED else 1, 2_999) for sku in SKUS]
        for producer in CODES:
            self._receive(producer, [one for one in lines if self.books.owner(one[0]) == producer], None)
        for sku in ("B1", "B2"):
            self._receive(self.books.owner(sku), [(sku, 5, 2_003)], None, 117)
        self.agree("P2", "corner")

    @precondition(lambda self: self.shift_day is None)
    @rule(opening_float=st.sampled_from((0, 50_000, 1_500_000)))
    def open_shift(self, opening_float: int) -> None:
        fact = Fact("shift opened", cash=opening_float)
        if self.play(fact, None, do="open_shift", float=opening_float):
            self.shift_day = self.today

    @precondition(lambda self: self.shift_day is not None)
    @rule(over=st.sampled_from((0, 0, 500, -2_000)), next_day=st.sampled_from((True, True, True, False)))
    def close_shift(self, over: int, next_day: bool) -> None:
        counted = max(self.books.drawer + over, 0)
        answer = self.play(Fact("shift closed", cash=-self.books.drawer), None, do="close_shift", counted=counted)
        assert answer is not None
        assert (answer["counted"], answer["expected"]) == (counted, answer["counted"] - answer["difference"])
        self.shift_day = None
        if next_day:
            self.clock.pass_by(hours=18)
            self.open_shift(800_000)

    @rule(minutes=st.sampled_from((1, 30, 300)))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_by(minutes=minutes)

    @rule(days=st.sampled_from((-400, -2, -1, 1, 2, 40, 900)))
    def clock_jumps(self, days: int) -> None:
        """A battery dies, or somebody sets the wrong year and mends it later."""
        if abs((self.clock.now + timedelta(days=days)).year - 2026) < 4:
            self.clock.pass_by(days=days)

    @rule()
    def program_starts_anew(self) -> None:
        self.corner.ledger.close()
        self.corner = self._open()

    @rule(producer=producer_of, bearer=given_bearer)
    def agree(self, producer: str, bearer: Any) -> None:
        """An agreement says who bears losses where nobody says so at the time."""
        with self.corner.ledger.write() as tx:
            agreements.keep(tx.db, Agreement(producer, date(2026, 10, 1), "mingguan", "cash", bearer, 7, 30))
        self.books.agreed[producer] = bearer

    @rule(
        producer=producer_of,
        lines=lines_of,
        days=st.sampled_from((None, -3, 0, 2, 30)),
        confirmed=st.sampled_from((0, 0, 0, 1, 250)),
    )
    def deliver(self, producer: str, lines: list[tuple[str, int, int]], days: int | None, confirmed: int) -> None:
        """``confirmed`` rupiah are added to the first line's price, and with it to the price of these goods."""
        own = [one for one in lines if self.books.owner(one[0]) == producer]
        if own:
            self._receive(producer, own, days, confirmed)

    @rule(lines=cart_of, other=other_of, approved=st.booleans())
    def sell(self, lines: list[Cart], other: str | None, approved: bool) -> None:
        self._ring_up(lines, other, approved)

    @rule(carts=st.lists(st.tuples(cart_of, other_of), min_size=1, max_size=4))
    def sell_to_several(self, carts: list[tuple[list[Cart], str | None]]) -> None:
        for lines, other in carts:
            self._ring_up(lines, other, approved=True)

    @rule(lines=cart_of, tender=st.sampled_from(("cash", "transfer")))
    def buyers_bring_back_what_was_paid_out(self, lines: list[Cart], tender: str) -> None:
        """Sold, paid to the producer, and then the first line comes back: the producer owes the corner."""
        before = len(self.books.facts)
        self._ring_up(lines, None, approved=True)
        if len(self.books.facts) > before:
            self.settle_with(self.books.owner(self.books.facts[-1].sold[0].sku), tender, None, 0)
            self._refund(self.books.facts[before], 0, NOTHING_LEFT, "transfer")

    @rule(which=which_of, pieces=amount_of, grams=grams_of, rest=st.booleans(), tender=tender_of)
    def refund(self, which: int, pieces: int, grams: int, rest: bool, tender: str) -> None:
        open_lines = [
            (fact, index)
            for fact in self.books.facts
            if fact.kind == "sale" and not fact.undone
            for index, sold in enumerate(fact.sold)
            if sold.back < sold.quantity
        ]
        if not open_lines:
            return
        of, index = open_lines[-1 - which % len(open_lines)]
        quantity = NOTHING_LEFT if rest else self._quantity(of.sold[index].sku, pieces, grams)
        self._refund(of, index, quantity, tender)

    @rule(which=which_of, grams=st.sampled_from((1, 333, 499)), tender=st.sampled_from(("cash", "transfer")))
    def refund_bit_by_bit(self, which: int, grams: int, tender: str) -> None:
        """A whole line comes back in parts of one size, the last one is what is left."""
        sales = [one for one in self.books.facts if one.kind == "sale" and not one.undone]
        if sales:
            of = sales[-1 - which % len(sales)]
            for index, sold in enumerate(of.sold):
                part = 1_000 if sold.sku not in WEIGHED else max(grams, sold.quantity // 4)
                while sold.back < sold.quantity and not (self._no_shift() or self._short(sold.total)):
                    self._refund(of, index, part, tender)

    @rule(producer=producer_of, lines=few_of, reason=st.sampled_from(("unsold", "expired", "damaged", "withdrawn")))
    def give_back(self, producer: str, lines: list[tuple[str, int, int]], reason: str) -> None:
        wanted, refusal = self._leaving([one for one in lines if self.books.owner(one[0]) == producer])
        if wanted:
            played = [{"sku": sku, "quantity": text(quantity), "reason": reason} for sku, quantity in wanted]
            fact = None if refusal else self.books.returned(producer, wanted)
            self.play(fact, refusal, do="return_goods", producer=producer, lines=played)

    @rule(lines=few_of, bearer=bearer_of, reason=st.sampled_from(("expired", "damaged", "lost")))
    def lose(self, lines: list[tuple[str, int, int]], bearer: str | None, reason: str) -> None:
        wanted, refusal = self._leaving(lines)
        named = {"borne_by": bearer} if bearer else {}
        played = [{"sku": sku, "quantity": text(quantity), "reason": reason, **named} for sku, quantity in wanted]
        if reason == "expired" and not refusal and not bearer:
            bearer = "producer"  # an agreement is about what the corner loses or damages
        fact = None if refusal else self.books.lost((sku, quantity, bearer) for sku, quantity in wanted)
        self.play(fact, refusal, do="write_off", lines=played)

    @rule(lines=st.lists(st.tuples(sku_of, st.integers(-4, 4)), min_size=1, max_size=4), bearer=bearer_of)
    def count(self, lines: list[tuple[str, int]], bearer: str | None) -> None:
        """Less or more is found than the books say; of bought goods never more."""
        found, differs = {}, []
        for sku, more in lines:
            there = self.books.stock[sku]
            step = 333 if sku in WEIGHED else 1_000
            counted = max(there + more * step, 0)
            if sku not in found and not (self.books.bought(sku) and counted > there):
                found[sku] = counted
                differs.append((sku, there - counted, bearer))
        if found:
            named = {"borne_by": bearer} if bearer else {}
            played = [{"sku": sku, "counted": text(quantity), **named} for sku, quantity in found.items()]
            self.play(self.books.lost(differs, "counted"), None, do="count", lines=played)

    @precondition(lambda self: self.counted is None)
    @rule()
    def begin_counting(self) -> None:
        counting.begin(self.corner.counter, counting.Scope())
        self.counted = {}

    @precondition(lambda self: self.counted is not None)
    @rule(sku=sku_of, more=st.integers(-3, 2))
    def count_one(self, sku: str, more: int) -> None:
        self._count_one(sku, more)

    @rule(sku=sku_of, more=st.integers(-3, 2), lines=cart_of)
    def count_and_sell_and_post(self, sku: str, more: int, lines: list[Cart]) -> None:
        if self.counted is None:
            self.begin_counting()
        self._count_one(sku, more)
        self._ring_up(lines, None, approved=True)
        if self.counted:
            self._post_the_count()

    @rule(sku=sku_of, price=st.integers(1, 40_000), terms=st.integers(0, 10_000))
    def set_price(self, sku: str, price: int, terms: int) -> None:
        known = self.books.terms(sku)
        new: dict[str, int] = {"sell_price": price}
        if known["pricing"] == "komisi":
            new["commission_bp"] = terms
        else:
            new["consign_price"] = max(price * terms // 10_000, 1)
        if self.play(Fact("price"), None, do="set_price", sku=sku, **new):
            known.update(new)

    @rule(
        producer=producer_of,
        tender=st.sampled_from(("cash", "transfer")),
        back=st.sampled_from((None, None, 0, 1, 2, 30)),
        kept=st.sampled_from((0, 0, 0, 1, 40, 100, 150)),
    )
    def settle(self, producer: str, tender: str, back: int | None, kept: int) -> None:
        self.settle_with(producer, tender, back, kept)

    @rule(lines=cart_of, producer=producer_of, tender=st.sampled_from(("cash", "transfer")))
    def settle_until_yesterday(self, lines: list[Cart], producer: str, tender: str) -> None:
        """What is sold today is left to the next settlement, also when the first one turns out to be wrong."""
        self._ring_up(lines, None, approved=True)
        if self.shift_day is not None:
            self.close_shift(0, next_day=True)
        self._ring_up(lines, None, approved=True)
        self.settle_with(producer, tender, 1, 0)
        paid = self.books.facts[-1]
        self._ring_up(lines, None, approved=True)
        if paid.kind == "paid":
            self._undo(paid)
        self.settle_with(producer, tender, None, 0)

    @rule(
        tenders=st.fixed_dictionaries(dict.fromkeys(CODES, st.sampled_from(("cash", "transfer")))),
        back=st.sampled_from((0, 0, 1, 2)),
    )
    def settle_everybody(self, tenders: dict[str, str], back: int) -> None:
        self.pay_in_a_run(tenders, back)

    @precondition(lambda self: min(self.books.payable.values(), default=0) < 0)
    @rule(producer=producer_of, part=st.sampled_from((1, 2, 3)))
    def pay_debt(self, producer: str, part: int) -> None:
        """A producer who was paid for goods that came back pays in cash."""
        owing = [code for code in CODES if self.books.payable[code] < 0]
        producer = producer if producer in owing else owing[0]
        debt = -self.books.payable[producer]
        amount = max(debt // part, 1)
        fact = Fact("debt", cash=amount, owed=[(producer, amount)])
        self.play(fact, self._no_shift(), do="cash_move", direction="in", amount=amount, producer=producer)

    @rule(amount=st.integers(1, 30_000), tender=st.sampled_from(("cash", "qris", "transfer")))
    def pay_tab(self, amount: int, tender: str) -> None:
        fact = Fact("tab paid", cash=amount if tender == "cash" else 0, tabs=Counter({"S1": -amount}))
        self.play(fact, self._no_shift(), do="tab_payment", staff="S1", amount=amount, tender=tender)

    @rule(amount=st.integers(1, 200_000), way=st.sampled_from(("in", "out")), safe=st.booleans())
    def move_cash(self, amount: int, way: str, safe: bool) -> None:
        refusal = self._no_shift() or ("insufficient_cash" if way == "out" and amount > self.books.drawer else None)
        fact = Fact("cash", cash=amount if way == "in" else -amount)
        self.play(fact, refusal, do="cash_move", direction=way, amount=amount, safe=safe)

    @rule(kind=st.sampled_from(sorted(REVERSIBLE)), which=st.integers(0, 5))
    def undo(self, kind: str, which: int) -> None:
        """Any document that can be reversed; one that was reversed is refused."""
        some = [one for one in self.books.facts if one.kind == kind]
        if some:
            self._undo(some[-1 - which % len(some)])

    @rule()
    def undo_the_last(self) -> None:
        if self.books.facts[-1].kind in REVERSIBLE:
            self._undo(self.books.facts[-1])
