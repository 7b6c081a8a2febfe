"""A statement adds up: what was owed before, what changed it, what is owed after, to the rupiah and from postings."""

import random
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from sync.documents.base import Document, Take
from sync.documents.goods import GoodsReceived, GoodsReturned, LeavingLine, ReceivedLine, WriteOff
from sync.documents.money import CashMove, Deduction, Opening, Settlement
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal, undoing
from sync.documents.sale import Sale, SaleLine, Tender
from sync.documents.shift import ShiftOpened
from sync.server.database import schema
from sync.server.database.dialect import reading
from sync.server.public.producer_balances import ORDER, balance
from sync.server.reports.reporter import catch_up
from tests.server.figures import push
from tests.server.support import Journal

CODE = "P1"
FIRST = date(2026, 7, 1)
MONTHS = [(date(2026, month, 1), date(2026, month + 1, 1) - timedelta(days=1)) for month in range(6, 12)]


class Books:
    """A till that deals with one producer in every way there is, and what each document did to what is owed."""

    def __init__(self, till: str, seed: int) -> None:
        self.till, self.random = till, random.Random(seed)
        self.journal = Journal(till=till, ledger_id=till.lower().encode().hex() * 16, prefix=f"{till}-")
        self.moved: list[tuple[date, int]] = []
        self.undoable: list[tuple[str, Document]] = []

    def number(self, prefix: str) -> str:
        return f"{prefix}-MTR001{self.till}-{len(self.journal.bodies) + 1:06d}"

    def add(self, document: Document, day: date) -> None:
        name = f"{self.till}{len(self.journal.bodies) + 1}"
        text = day.isoformat()
        self.journal.add(document, document_id=name, at=f"{text}T09:00:00+07:00", date=text)
        legs = document.effects().postings
        self.moved.append((day, -sum(amount for account, amount in legs if account == f"payable:{CODE}")))
        if not isinstance(document, Reversal | ShiftOpened):
            self.undoable.append((name, document))

    def trade(self, days: int) -> None:
        day = FIRST
        self.add(ShiftOpened(number=self.number("BK"), float=0), day)
        ways = (self.sale, self.sale, self.sale, self.refund, self.bought, self.returned, self.lost, self.debt)
        for _step in range(days):
            day += timedelta(days=self.random.randint(0, 3))
            self.add(self.random.choice((*ways, self.opening, self.paid, self.undone))(), day)

    def sale(self) -> Sale:
        line = SaleLine(
            sku="KRP", name="Keripik", producer=CODE, pricing="titip", quantity=2_000, sell_price=10_000,
            consign_price=9_000, total=20_000, share=18_000, takes=(Take("", 2_000),),
        )  # fmt: skip
        tenders = (Tender(kind="qris", amount=20_000),)
        return Sale(number=self.number("ST"), lines=(line,), tenders=tenders, total=20_000)

    def refund(self) -> Refund:
        line = RefundLine(
            line=0, sku="KRP", name="Keripik", producer=CODE, pricing="titip", quantity=1_000, total=10_000,
            share=9_000, takes=(Take("", 1_000),),
        )  # fmt: skip
        number = self.number("ST")
        return Refund(number=self.number("PU"), sale_id=number, sale_number=number, lines=(line,), total=10_000,
                      tender="cash", elsewhere=True)  # fmt: skip

    def bought(self) -> GoodsReceived:
        number = self.number("NT")
        line = ReceivedLine(
            sku="BTK", name="Batik", pricing="putus", quantity=3_000, sell_price=9_000, consign_price=7_000,
            cost=21_000, batch=f"{number}.0",
        )  # fmt: skip
        return GoodsReceived(number=number, producer=CODE, lines=(line,))

    def returned(self) -> GoodsReturned:
        line = LeavingLine(sku="BTK", name="Batik", producer=CODE, pricing="putus", quantity=1_000, reason="unsold",
                           takes=(Take("x", 1_000, 7_000),))  # fmt: skip
        return GoodsReturned(number=self.number("NR"), producer=CODE, lines=(line,))

    def lost(self) -> WriteOff:
        line = LeavingLine(sku="KRP", name="Keripik", producer=CODE, pricing="titip", quantity=1_000, reason="damaged",
                           borne_by="corner", share=9_000, takes=(Take("", 1_000),))  # fmt: skip
        return WriteOff(number=self.number("HR"), lines=(line,))

    def debt(self) -> CashMove:
        return CashMove(number=self.number("KK"), direction="in", amount=4_000, reason="producer", producer=CODE)

    def opening(self) -> Opening:
        return Opening(number=self.number("SA"), payable={CODE: 70_000, "P2": 5_000})

    def paid(self) -> Settlement:
        return Settlement(
            number=self.number("BP"), producer=CODE, producer_name="Dapur", tender="cash", from_seq=0,
            through_seq=len(self.journal.bodies), through_date="2026-10-01", other=30_000, amount=25_000,
            deductions=(Deduction("stand_fee", 5_000),),
        )  # fmt: skip

    def undone(self) -> Document:
        """Something is cancelled; now and then by a document that does not say what the original said."""
        if not self.undoable:
            return self.sale()
        name, document = self.undoable.pop(self.random.randrange(len(self.undoable)))
        plain = Reversal(number=self.number("BT"), original_id=name, original_number=document.number,
                         original_kind=document.KIND, postings=())  # fmt: skip
        wrong = isinstance(document, Sale) and self.random.random() < 0.5
        return undoing(plain, (self.refund() if wrong else document).effects())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_month_adds_up_to_what_postings_say_and_follows_the_one_before(centre, clock, seed: int):
    clock.pass_(days=-30)
    books = [Books("A", seed), Books("B", seed + 100)]
    for one in books:
        one.journal.enrol_at(centre)
        one.trade(60)
        push(centre, one.journal)
        catch_up(centre)
        one.trade(5)  # what is not reported yet
        push(centre, one.journal)
    moved = [move for one in books for move in one.moved]
    before = 0
    with reading(centre.engine) as db:
        for first, last in MONTHS:
            found = balance(db, (CODE,), first, last)
            assert found.begin == before == sum(amount for day, amount in moved if day < first)
            assert found.end == sum(amount for day, amount in moved if day <= last)
            assert found.begin + sum(found.changes.values()) == found.end
            before = found.end
        table = schema.balances
        mine = sa.select(sa.func.sum(table.c.amount)).where(table.c.account == f"payable:{CODE}")
        assert before == -db.execute(mine).scalar_one()


def test_each_way_to_earn_or_lose_stands_under_its_name(centre):
    books, day = Books("A", 1), date(2026, 7, 10)
    ways = ("sale", "refund", "bought", "returned", "lost", "debt", "opening", "paid")
    for way in ways:
        books.add(getattr(books, way)(), day)
    name, paid = books.undoable[-1]
    plain = Reversal(number=books.number("BT"), original_id=name, original_number=paid.number, original_kind=paid.KIND,
                     postings=())  # fmt: skip
    books.add(undoing(plain, paid.effects()), day)
    push(centre, books.journal.enrol_at(centre))
    catch_up(centre)
    with reading(centre.engine) as db:
        found = balance(db, (CODE,), date(2026, 7, 1), date(2026, 7, 31))

    expected = {"earned": 9_000, "bought": 14_000, "losses": 9_000, "opening": 70_000, "debts": 4_000, "other": 0}
    expected |= {"paid": -25_000, "kept": -5_000, "cancelled": 30_000}
    assert (tuple(found.changes), found.changes) == (ORDER, expected)
