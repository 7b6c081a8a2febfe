"""One corner under the state machine: each thing as it is done, and what must hold after it."""

import atexit
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis.stateful import RuleBasedStateMachine, invariant

from pos_app.domain.errors import CountAgain, InsufficientCash, NoOpenShift
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import count_posting, counting, settlement_run
from pos_app.services.context import Counter as Till
from pos_app.services.ids import uuid7
from tests.corner import STAFF, Corner, StillClock, new_corner, register
from tests.services.consignment_books import ConsignmentBooks, Due, Fact
from tests.services.consignment_proof import assert_the_centre_agrees, assert_the_journal_agrees

PRODUCERS = [
    {"producer_code": code, "business_name": f"Usaha {code}", "bank_name": "Bank Lampung", "bank_account": "0001234567"}
    for code in ("P1", "P2", "P3")
]
PRODUCTS: list[dict[str, Any]] = [
    {
        "sku": "T1",
        "name": "Keripik",
        "producer_code": "P1",
        "pricing": "titip",
        "consign_price": 14_401,
        "sell_price": 16_000,
    },
    {"sku": "W1", "name": "Telur", "producer_code": "P1", "unit": "kg", "pricing": "titip"}
    | {"consign_price": 28_333, "sell_price": 30_001},
    {
        "sku": "K1",
        "name": "Lapis",
        "producer_code": "P2",
        "pricing": "komisi",
        "commission_bp": 1_250,
        "sell_price": 7_777,
    },
    {"sku": "K2", "name": "Kopi", "producer_code": "P1", "unit": "kg", "pricing": "komisi"}
    | {"commission_bp": 333, "sell_price": 9_990},
    {"sku": "B1", "name": "Mi", "producer_code": "P2", "pricing": "putus", "consign_price": 1_999, "sell_price": 3_000},
    {"sku": "B2", "name": "Beras", "producer_code": "P3", "unit": "kg", "pricing": "putus"}
    | {"consign_price": 10_007, "sell_price": 12_345},
    {
        "sku": "X1",
        "name": "Kerupuk",
        "producer_code": "P3",
        "pricing": "titip",
        "consign_price": 505,
        "sell_price": 999,
    },
]
SKUS = tuple(str(one["sku"]) for one in PRODUCTS)
CODES = ("P1", "P2", "P3")
WEIGHED = {str(one["sku"]) for one in PRODUCTS if one.get("unit") == "kg"}
COUNTS = {"counted", "counted slowly"}
COUNTED_AFTER = COUNTS | {"returned", "lost"}
"""What a later count tells of: they are undone only before it."""
REVERSIBLE = {"delivery", "sale", "returned", "lost", "paid", "tab paid", "cash", "debt", "opening"} | COUNTS
NOTHING_LEFT = 10**9
Cart = tuple[str, int, int, int, str]
"""SKU, pieces, grams, discount in hundredths of the price, and who bears it."""


@cache
def template() -> Path:
    """A registered corner, made once and copied for every day."""
    folder = Path(tempfile.mkdtemp(prefix="pojok-proof-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    corner = new_corner(folder)
    register(corner, folder, PRODUCERS, PRODUCTS, STAFF)
    corner.counter.vault.signing_key()
    corner.ledger.close()
    return folder


def text(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03}"


class ConsignmentDay(RuleBasedStateMachine):
    """A till and the books of the rules beside it, from an empty ledger on; the rules come with the subclass."""

    EVERYTHING: ClassVar[frozenset[str]] = frozenset(
        {
            *(
                "delivery",
                "sale",
                "refund",
                "returned",
                "lost",
                "counted",
                "counted slowly",
                "price",
                "price confirmed",
            ),
            *("paid", "run", "debt", "tab paid", "cash", "opening", "shift opened", "shift closed"),
            *(f"{kind} undone" for kind in REVERSIBLE - {"opening"}),
        }
    )
    """What the machine must have done over many days."""
    taken: ClassVar[Counter[str]] = Counter()
    """What was recorded, and what was refused, over all days."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="pojok-day-"))
        shutil.copytree(template(), self.folder, dirs_exist_ok=True)
        self.clock = StillClock()
        self.corner = self._open()
        self.books = ConsignmentBooks({str(one["sku"]): one for one in PRODUCTS})
        self.shift_day: str | None = None
        self.last_at: datetime | None = None
        self.expiries: dict[str, set[str]] = {}
        self.counted: dict[str, int] | None = None
        """What is missing of each product, by the count that is under way."""
        self.sound = True
        """No step failed, so what stands at the end is worth a look."""

    @staticmethod
    def settled_template() -> None:
        """Make what every day begins with, before something is patched."""
        template()

    def _open(self) -> Corner:
        ledger = Ledger.open(self.folder / "till.db")
        return Corner(ledger, Till(ledger, Vault(self.folder / "keys"), self.clock, uuid7), self.clock)

    def teardown(self) -> None:
        try:
            if self.sound:
                assert_the_journal_agrees(self.corner, self.books)
                assert_the_centre_agrees(self.corner, self.folder)
                self._pay_everybody()
        finally:
            self.corner.ledger.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def today(self) -> str:
        return self.clock.now.date().isoformat()

    @property
    def plausible(self) -> bool:
        return self.last_at is None or timedelta(minutes=-2) <= self.clock.now - self.last_at <= timedelta(days=730)

    def play(self, fact: Fact | None, refusal: str | None, **action: Any) -> dict[str, Any] | None:
        """Do it at the till: it must be taken and do what ``fact`` says, or be refused by this name."""
        self.sound = False
        answer = self.corner.play(action)
        if not answer["ok"] or refusal:
            assert answer.get("error") == refusal, (action, answer, refusal)
            self.taken[f"{action['do']}: {refusal}"] += 1
            return None
        if fact is not None:
            self.books.enter(fact, answer, self.today)
            self.taken[fact.kind] += 1
        self.last_at = self.clock.now
        return answer

    def _no_shift(self, *, selling: bool = False) -> str | None:
        if self.shift_day is None:
            return "no_open_shift"
        return "stale_shift" if selling and self.shift_day != self.today and self.plausible else None

    def _short(self, needed: int) -> str | None:
        return "insufficient_cash" if needed > max(self.books.drawer, 0) else None

    @staticmethod
    def _quantity(sku: str, pieces: int, grams: int) -> int:
        return grams if sku in WEIGHED else pieces * 1_000

    def _receive(
        self, producer: str, lines: Sequence[tuple[str, int, int]], days: int | None, confirmed: int = 0
    ) -> None:
        expires = (self.clock.now.date() + timedelta(days=days)).isoformat() if days is not None else None
        goods = [(sku, self._quantity(sku, pieces, grams)) for sku, pieces, grams in lines]
        played = []
        for sku, quantity in goods:
            line = {"sku": sku, "quantity": text(quantity)}
            if expires and not self.books.bought(sku):
                line["expires_on"] = expires
                self.expiries.setdefault(sku, set()).add(expires)
            played.append(line)
        if confirmed:
            self._confirm(played[0], confirmed)
        self._numbered("delivery", lambda number: self.books.delivery(producer, goods, number))(
            do="receive", producer=producer, lines=played
        )

    def _confirm(self, line: dict[str, Any], more: int) -> None:
        """New prices of the goods of a line; they are a document of their own before the delivery."""
        known = self.books.terms(line["sku"])
        new = {"sell_price": known["sell_price"] + more}
        if known["pricing"] != "komisi":
            new["consign_price"] = known["consign_price"] + more
        line.update(new)
        known.update(new)
        head = self.corner.ledger.head().seq
        self.books.enter(Fact("price"), {"seq": head + 1, "number": ""}, self.today)
        self.taken["price confirmed"] += 1

    def _numbered(self, kind: str, fact_of: Any) -> Any:
        """For documents whose lots are named by their number, which the answer tells."""

        def play(**action: Any) -> dict[str, Any]:
            self.sound = False
            answer = self.corner.play(action)
            assert answer["ok"], (action, answer)
            self.books.enter(fact_of(answer["number"]), answer, self.today)
            self.taken[kind] += 1
            self.last_at = self.clock.now
            return answer

        return play

    def _ring_up(self, lines: list[Cart], other: str | None, approved: bool) -> None:
        """Discounts are a share in hundredths of the price; consigned goods are sold below zero, too."""
        left = dict(self.books.stock)
        wanted = []
        for sku, pieces, grams, percent, bearer in lines:
            quantity = self._quantity(sku, pieces, grams)
            if self.books.bought(sku):
                quantity = min(quantity, left[sku]) if sku in WEIGHED else min(quantity, left[sku] // 1000 * 1000)
            if quantity > 0:
                left[sku] -= quantity
                price = self.books.terms(sku)["sell_price"] * quantity // 1000
                wanted.append((sku, quantity, price * percent // 100, bearer))
        if wanted:
            self._sell(wanted, other, approved)

    def _sell(self, wanted: Sequence[tuple[str, int, int, str]], other: str | None, approved: bool) -> None:
        whole = sum(one.total for one in self.books.sale(wanted, {}, "S1").sold)
        kind = other.removeprefix("all ") if other else ""
        amount = whole if other and other.startswith("all") else whole * 7 // 20
        others = {kind: amount} if other and amount else {}
        fact = self.books.sale(wanted, others, "S1")
        tenders: list[dict[str, Any]] = [{"kind": "cash", "amount": fact.cash + 50_000}]
        if others:
            staff = {"staff": "S1"} if kind == "tab" else {"reference": "R1"}
            tenders.append({"kind": kind, "amount": amount, **staff})
        played = [
            {"code": sku, "quantity": text(quantity), "discount": discount, "borne_by": bearer}
            for sku, quantity, discount, bearer in wanted
        ]
        approval = {"approved_by": "Bu Rina"} if approved or others.get("tab") else {}
        refusal = self._no_shift(selling=True)
        if not refusal and not approval and self._expired_first({sku for sku, *_rest in wanted}):
            action = {"do": "sale", "lines": played, "tenders": tenders}
            before = self.corner.ledger.head().seq
            answer = self.corner.play(action)
            if answer["ok"]:
                self._sold(fact, answer)
            else:
                assert answer["error"] == "expired_goods"
                assert self.corner.ledger.head().seq == before
                self.taken["sale: expired_goods"] += 1
            return
        answer = self.play(fact, refusal, do="sale", lines=played, tenders=tenders, **approval)
        if answer:
            assert answer["total"] == whole
            assert answer["change"] == 50_000

    def _sold(self, fact: Fact, answer: Mapping[str, Any]) -> None:
        self.books.enter(fact, answer, self.today)
        self.taken["sale"] += 1
        self.last_at = self.clock.now

    def _expired_first(self, skus: set[str]) -> bool:
        """Whether a batch that is past its day may lie on the shelf."""
        return any(day < self.today for sku in skus for day in self.expiries.get(sku, ()))

    def _refund(self, of: Fact, index: int, quantity: int, tender: str) -> None:
        sold = of.sold[index]
        quantity = min(quantity, sold.quantity - sold.back)
        if tender == "tab" and not of.staff:
            tender = "cash"
        total = -self.books.refund(of, index, quantity, "cash", "").cash
        refusal = self._no_shift() or (self._short(total) if tender == "cash" else None)
        action = {"do": "refund", "of": of.number, "tender": tender}
        lines = [{"line": index, "quantity": text(quantity)}]
        if refusal:
            self.play(None, refusal, **action, lines=lines)
            return
        make = self._numbered("refund", lambda number: self.books.refund(of, index, quantity, tender, number))
        assert make(**action, lines=lines)["total"] == total

    def _leaving(self, lines: Sequence[tuple[str, int, int]]) -> tuple[list[tuple[str, int]], str | None]:
        """Quantities, and the refusal when they are more than is there."""
        left, wanted, refusal = dict(self.books.stock), [], None
        for sku, pieces, grams in lines:
            quantity = self._quantity(sku, pieces, grams)
            if quantity > left.get(sku, 0):
                refusal = "exceeds_stock"
            left[sku] = left.get(sku, 0) - quantity
            wanted.append((sku, quantity))
        return wanted, refusal

    def _count_one(self, sku: str, more: int) -> None:
        """One product is counted while the till goes on selling."""
        assert self.counted is not None
        there = self.books.stock[sku]
        found = max(there + more * (333 if sku in WEIGHED else 1_000), 0)
        if self.books.bought(sku):
            found = min(found, max(there, 0))
        if found <= there or not self.books.bought(sku):
            counting.put(self.corner.counter, sku, found)
            self.counted[sku] = there - found

    def _post_the_count(self) -> None:
        """Only the difference to what was there when it was counted is posted, whatever was sold since."""
        assert self.counted is not None
        missing = self.counted
        counting.leave_out(self.corner.counter, [one.sku for one in counting.left(self.corner.db)])
        self.sound = False
        if any(quantity > max(self.books.stock[sku], 0) for sku, quantity in missing.items() if quantity > 0):
            with pytest.raises(CountAgain):
                count_posting.post(self.corner.counter)
            counting.cancel(self.corner.counter)
        else:
            fact = self.books.lost([(sku, quantity, None) for sku, quantity in missing.items()], "counted slowly")
            recorded = count_posting.post(self.corner.counter)
            self.books.enter(fact, {"seq": recorded.seq, "number": recorded.number}, self.today)
            self.last_at = self.clock.now
            self.taken[fact.kind] += 1
        self.counted = None

    def settle_with(self, producer: str, tender: str, back: int | None, kept: int) -> None:
        """``back`` days ago is the cut-off; ``kept`` hundredths of what can be paid are kept by the corner."""
        through = (self.clock.now.date() - timedelta(days=back)).isoformat() if back is not None else None
        due = self.books.due(producer, through if back else None)
        kept = due.can_pay * kept // 100
        paid = max(due.can_pay - kept, 0)
        paid = paid // 100 * 100 if tender == "cash" else paid
        action: dict[str, Any] = {"do": "settle", "producer": producer, "tender": tender}
        action |= {"through": through} if through else {}
        action |= {"deductions": [{"reason": "packaging", "amount": kept}]} if kept else {}
        refusal = None
        if not due.can_pay or not (paid + kept):
            refusal = "nothing_payable"
        elif kept > due.can_pay:
            refusal = "deducted_too_much"
        elif tender == "cash" and paid:
            refusal = self._no_shift() or self._short(paid)
        fact = Fact("paid", cash=-paid if tender == "cash" else 0)
        answer = self.play(fact, refusal, **action)
        if answer:
            self.books.pay(producer, due, paid + kept, answer)
            assert answer["paid"] == paid
            self._check_slip(answer["seq"], due.owed - paid - kept, due)

    def pay_in_a_run(self, tenders: Mapping[str, str], back: int) -> None:
        """All who are owed something up to ``back`` days ago, in one transaction with one confirmation."""
        today = self.clock.now.date()
        through = today - timedelta(days=back)
        plan = settlement_run.prepare(self.corner.counter, through, today=today)
        dues = {code: self.books.due(code, None if back == 0 else through.isoformat()) for code in CODES}
        orders, paid = [], {}
        for row in plan.rows:
            whole = dues[row.code].can_pay
            amount = whole // 100 * 100 if tenders[row.code] == "cash" else whole
            one = settlement_run.order(plan, row, "cash" if tenders[row.code] == "cash" else "transfer")
            assert one.amount == amount
            if amount:
                orders.append(one)
                paid[row.code] = amount
        cash = sum(one.amount for one in orders if one.tender == "cash")
        if not orders:
            return
        self.sound = False
        if cash and (self._no_shift() or cash > self.books.drawer):
            with pytest.raises((NoOpenShift, InsufficientCash)):
                settlement_run.record(self.corner.counter, plan, orders)
            self.taken["run: refused"] += 1
            return
        last = settlement_run.record(self.corner.counter, plan, orders).seq
        for entry, one in zip(settlement_run.recorded(self.corner.db, last, len(orders)), orders, strict=True):
            fact = Fact("paid", cash=-one.amount if one.tender == "cash" else 0)
            answer = {"seq": entry.seq, "number": entry.document.number}
            self.books.enter(fact, answer, self.today)
            self.books.pay(one.producer, dues[one.producer], one.amount, answer)
            self._check_slip(entry.seq, dues[one.producer].owed - one.amount, dues[one.producer])
        self.last_at = self.clock.now
        self.taken["run"] += 1

    def _check_slip(self, seq: int, remaining: int, due: Due) -> None:
        body = self.corner.db.execute("SELECT body FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
        slip = json.loads(body)["doc"]
        told = [slip.get(name, 0) for name in ("from_seq", "through_seq", "earned", "other", "carried_over")]
        carried = due.owed - due.earned - due.other
        assert told == [due.from_seq, due.through_seq, due.earned, due.other, carried]
        assert slip.get("remaining", 0) == remaining
        names = ("received", "sold", "returned", "lost", "gross", "share")
        goods = {one["sku"]: {name: one[name] for name in names if one.get(name)} for one in slip.get("goods", ())}
        assert {k: v for k, v in goods.items() if v} == {k: v for k, v in due.goods.items() if v}
        for one in slip.get("goods", ()):
            assert one.get("start", 0) == self.books.stock_at(one["sku"], due.from_seq), one

    def _undo(self, fact: Fact) -> None:
        undone = fact.opposite()
        action = {"do": "reverse", "of": fact.number}
        if fact.undone or (fact.kind == "sale" and any(sold.back for sold in fact.sold)):
            self.play(None, "not_reversible", **action)
            return
        refusal = None
        if undone.cash or fact.kind == "sale":
            refusal = self._no_shift() or self._short(-undone.cash)
        if fact.kind in COUNTED_AFTER and self._counted_again(fact):
            refusal = "not_reversible"
        if not refusal and self._may_be_gone(fact):
            answer = self.corner.play(action)
            if not answer["ok"]:
                assert answer["error"] == "not_reversible"
                self.taken["reverse: not_reversible"] += 1
                return
            self.books.enter(undone, answer, self.today)
            self.taken[undone.kind] += 1
            self.last_at = self.clock.now
        elif not self.play(undone, refusal, **action):
            return
        fact.undone = True
        for sku in set(fact.stock) & set(self.counted or {}) if fact.kind in COUNTED_AFTER else ():
            self._count_one(sku, 0)
        if fact.kind == "paid":
            self.books.pay_back(next(one for one in self.books.payouts if one.number == fact.number))

    def _may_be_gone(self, fact: Fact) -> bool:
        """Whether pieces that a delivery brought or a count found may have left since: the books know no batches."""
        found = fact.kind in COUNTS and any(quantity > 0 for quantity in fact.stock.values())
        return (fact.kind == "delivery" or found) and self._moved_since(fact)

    def _counted_again(self, fact: Fact) -> bool:
        later = [one for one in self.books.facts if one.seq > fact.seq and one.kind in COUNTS and not one.undone]
        return any(set(one.stock) & set(fact.stock) for one in later)

    def _moved_since(self, delivery: Fact) -> bool:
        return any(
            fact.seq > delivery.seq and set(fact.stock) & set(delivery.stock) for fact in self.books.facts
        ) or any(self.books.stock_at(sku, delivery.seq - 1) < 0 for sku in delivery.stock)

    @invariant()
    def books_agree(self) -> None:
        state, books = self.corner.state, self.books
        assert _filled(state["payable"]) == _filled(books.payable)
        assert {sku: value for sku, value in state["stock"].items() if value != "0"} == {
            sku: _quantity_text(value) for sku, value in books.stock.items() if value
        }
        assert _filled(state["tabs"]) == _filled(books.tabs)
        assert state["drawer"] == books.drawer
        for name in ("commission", "margin", "gross", "sales", "refunds"):
            assert state[name] == books.sums[name], name
        for kind in ("cash", "qris", "tab", "transfer"):
            assert state["tenders"].get(kind, 0) == books.sums[kind], kind
        assert self.corner.db.execute("SELECT coalesce(sum(amount), 0) FROM balances").fetchone()[0] == 0

    @invariant()
    def every_line_is_paid_or_owed(self) -> None:
        for producer in CODES:
            unpaid = self.books.unpaid.get(producer, {})
            paid = list(self.books.paid_for(producer))
            assert len(paid) == len(set(paid))
            assert not set(paid) & set(unpaid)
            assert self.books.payable[producer] == sum(unpaid.values()) + self.books.carried(producer)
        self.sound = True

    def _pay_everybody(self) -> None:
        """At the end of all days everybody is paid by transfer: nothing is owed to anybody, and every line is paid."""
        for producer in CODES:
            due = self.books.due(producer, None)
            if due.can_pay:
                answer = self.corner.do("settle", producer=producer, tender="transfer")
                assert answer["paid"] == due.can_pay == due.owed
                self.books.pay(producer, due, due.can_pay, answer)
                assert not self.books.unpaid[producer]
                assert self.books.carried(producer) == 0
            assert self.corner.payable(producer) == min(due.payable, 0)


def _filled(sums: Mapping[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in sums.items() if amount}


def _quantity_text(value: int) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) / 1000:g}"
