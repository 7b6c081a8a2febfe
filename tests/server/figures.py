"""A centre with figures, quickly: real entries of many tills through the real ingest, months of them in seconds.

``fill`` gives the demo's registry and tills that trade every working day: deliveries, sales (some for the office, some
at a discount), refunds, a reversal now and then, goods returned, written off and counted, producers paid.
"""

import hashlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from sync.documents.arithmetic import priced, split_line
from sync.documents.base import Document, Take
from sync.documents.goods import (
    CountedLine,
    GoodsReceived,
    GoodsReturned,
    LeavingLine,
    ReceivedLine,
    StockCount,
    WriteOff,
)
from sync.documents.money import SettledGoods, Settlement
from sync.documents.refund import Refund, RefundLine
from sync.documents.reversal import Reversal, undoing
from sync.documents.sale import Buyer, Sale, SaleLine, Tender
from sync.documents.shift import ShiftClosed, ShiftOpened, expected_cash
from sync.protocol.batch import MAX_ENTRIES, Condition
from sync.protocol.wire import key_id, public_bytes
from sync.server.centre import Centre
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.exchange.ingest import device_of, take_batch, valid_device
from sync.server.registry import spreadsheets as registry
from sync.server.reports.reporter import catch_up
from tests.server.support import Journal

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo"
GOODS = 16
"""Products on the shelf of a corner."""
FLOAT, DELIVERY, LOW = 200_000, 40_000, 6_000
UNITS = ("Bagian Umum", "Bidang Koperasi", "Sekretariat")
EVERY = {"harian": 1, "mingguan": 5, "bulanan": 21}
"""Working days between two payments."""


def fill(
    centre: Centre, corners: int = 5, days: int = 30, *, sales: int = 8, until: date | None = None, seed: int = 7
) -> list["Till"]:
    """Trade at the first ``corners`` corners of the demo on the working days of the last ``days`` days.

    A till makes about ``sales`` sales a day. ``until`` is the last day (the centre's today). Figures are caught up.
    """
    last = until or date.fromisoformat(centre.today())
    dates = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    tills = enrolled(centre, corners, seed)
    for till in tills:
        for one in dates:
            if one.weekday() < 5:
                till.day(one, sales)
        push(centre, till.journal)
    catch_up(centre)
    return tills


def enrolled(centre: Centre, corners: int, seed: int = 7) -> list["Till"]:
    """Tills of the first ``corners`` corners of the demo that joined now and have not traded yet."""
    known = _registry(centre)
    tills = [Till(code, seed + place, *known) for place, code in enumerate(_corners(centre)[:corners])]
    for till in tills:
        till.journal.enrol_at(centre)
    return tills


def push(centre: Centre, journal: Journal, condition: Condition | None = None) -> None:
    """Hand the centre what it does not have of a till, and how the till is."""
    key = key_id(public_bytes(journal.key))
    with writing(centre.engine) as db:
        device = valid_device(device_of(db, key, lock=True))
        for first in range(device.head_seq + 1, len(journal.bodies) + 1, MAX_ENTRIES):
            batch = journal.batch(first, first + MAX_ENTRIES - 1, condition=condition)
            take_batch(centre, db, device, batch)
            device = valid_device(device_of(db, key))


def _registry(centre: Centre) -> tuple[list[Any], dict[str, str]]:
    """The demo's, with what every producer may sell and how it is paid."""
    for kind in ("corners", "producers", "products"):
        registry.import_file(centre, kind, DEMO / f"{kind}.csv", skip_bad=True)
    with reading(centre.engine) as db:
        products = db.execute(sa.select(schema.products).order_by(schema.products.c.sku)).all()
        producers = schema.producers.c
        terms = {row.code: row.payout_terms for row in db.execute(sa.select(producers.code, producers.payout_terms))}
    return list(products), terms


def _corners(centre: Centre) -> list[str]:
    with reading(centre.engine) as db:
        return list(db.execute(sa.select(schema.corners.c.code).order_by(schema.corners.c.code)).scalars())


@dataclass
class Shelf:
    """A product at a corner: its row, its batches with what is left, and what its producer is owed for."""

    row: Any
    bought: bool = False
    """Outright, by the corner: so says the delivery, whatever the registry does."""
    lots: list[list[Any]] = field(default_factory=list)
    sold: int = 0
    gross: int = 0
    share: int = 0

    @property
    def left(self) -> int:
        return sum(left for _batch, left in self.lots)

    @property
    def prices(self) -> dict[str, Any]:
        row = self.row
        if self.bought:
            price = row.sell_price
            return {"pricing": "putus", "sell_price": price, "consign_price": price * 4 // 5, "commission_bp": None}
        names = ("pricing", "sell_price", "consign_price", "commission_bp")
        return {name: getattr(row, name) for name in names}

    def take(self, quantity: int) -> tuple[Take, ...]:
        """The oldest pieces; bought ones at their cost."""
        takes = []
        while quantity:
            batch, left = self.lots[0]
            taken = min(quantity, left)
            takes.append(Take(batch, taken, self.cost(taken)))
            quantity -= taken
            self.lots[0][1] -= taken
            if not self.lots[0][1]:
                del self.lots[0]
        return tuple(takes)

    def put_back(self, takes: Sequence[Take]) -> None:
        self.lots[:0] = [[take.batch, take.quantity] for take in takes]

    def cost(self, quantity: int) -> int:
        return priced(self.prices["consign_price"], quantity) if self.bought else 0


class Till:
    """Till A of a corner, its journal and what lies on its shelves."""

    def __init__(self, corner: str, seed: int, products: list[Any], terms: dict[str, str]) -> None:
        self.random = random.Random(seed)
        ledger = hashlib.md5(f"{corner}{seed}".encode(), usedforsecurity=False).hexdigest()
        self.journal = Journal(corner=corner, ledger_id=ledger, prefix=f"{corner}-{seed}-")
        rows = self.random.sample(products, GOODS)
        self.shelves = [Shelf(row, bought=place == 0) for place, row in enumerate(rows)]
        self.terms = terms
        self.numbers = Counter[str]()
        self.owed = Counter[str]()
        self.carried = Counter[str]()
        self.paid_through: dict[str, tuple[int, str]] = {}
        self.figures = Counter[str]()
        self.sales: list[tuple[str, Sale]] = []
        self.payments: list[tuple[str, Settlement]] = []
        self.at = ""
        self.date = ""
        self.days = 0

    def day(self, when: date, sales: int) -> None:
        """Open, trade and close."""
        self.days, self.date, self.figures = self.days + 1, when.isoformat(), Counter()
        self.at = f"{self.date}T07:30:00+07:00"
        opened_at, first_seq, shift = self.at, len(self.journal.bodies) + 1, self.number("BK")
        self.add(ShiftOpened(number=shift, float=FLOAT))
        self.deliver()
        for place in range(sales + self.random.randint(-sales // 4, sales // 4)):
            self.at = f"{self.date}T{8 + place % 8:02}:{self.random.randint(0, 59):02}:00+07:00"
            self.sell()
        self.corrections()
        self.losses()
        self.settle()
        self.at = f"{self.date}T16:30:00+07:00"
        self.close(shift, opened_at, first_seq)

    def number(self, prefix: str) -> str:
        self.numbers[prefix] += 1
        return f"{prefix}-{self.journal.corner.replace('-', '')}{self.journal.till}-{self.numbers[prefix]:06}"

    def add(self, document: Document) -> str:
        """Record a document; its id."""
        effects = document.effects()
        self.figures.update(effects.figures)
        for account, amount in effects.postings:
            if account.startswith("payable:"):
                self.owed[account.removeprefix("payable:")] -= amount
        name = f"{self.journal.prefix}{len(self.journal.bodies) + 1}"
        self.journal.add(document, document_id=name, at=self.at, date=self.date)
        return name

    def deliver(self) -> None:
        """What is low, one delivery for each producer."""
        low: dict[str, list[Shelf]] = {}
        for shelf in self.shelves:
            if shelf.left < LOW:
                low.setdefault(shelf.row.producer, []).append(shelf)
        for producer, shelves in low.items():
            number = self.number("NT")
            lines = []
            for place, shelf in enumerate(shelves):
                row, batch = shelf.row, f"{number}.{place}"
                shelf.lots.append([batch, DELIVERY])
                plain = {"sku": row.sku, "name": row.name, "unit": row.unit, **shelf.prices}
                lines.append(ReceivedLine(**plain, quantity=DELIVERY, batch=batch, cost=shelf.cost(DELIVERY)))
            self.add(GoodsReceived(number=number, producer=producer, lines=tuple(lines)))

    def sell(self) -> None:
        shelves = [shelf for shelf in self.random.sample(self.shelves, 3) if shelf.left >= LOW // 2]
        if not shelves:
            return
        office = self.random.random() < 0.15
        lines = tuple(self.line(shelf, 3_000 if office else 1_000) for shelf in shelves[: self.random.randint(1, 3)])
        total = sum(line.total for line in lines)
        kind = self.random.choice(("cash", "cash", "qris", "transfer"))
        cash = {"received": total, "change": 0} if kind == "cash" else {}
        buyer = Buyer(kind="office", unit=self.random.choice(UNITS)) if office else Buyer()
        tenders = (Tender(kind=kind, amount=total),)
        sale = Sale(number=self.number("ST"), lines=lines, tenders=tenders, total=total, buyer=buyer, **cash)
        self.sales.append((self.add(sale), sale))

    def line(self, shelf: Shelf, quantity: int) -> SaleLine:
        row = shelf.row
        discount = row.sell_price // 10 if self.random.random() < 0.05 else 0
        split = split_line(quantity=quantity, discount=discount, **shelf.prices)
        self.earned(row.sku, quantity, split.total, split.share)
        plain = {"sku": row.sku, "name": row.name, "unit": row.unit, "producer": row.producer, **shelf.prices}
        money = {"discount": discount, "total": split.total, "share": split.share}
        return SaleLine(**plain, **money, quantity=quantity, takes=shelf.take(quantity))

    def earned(self, sku: str, quantity: int, gross: int, share: int) -> None:
        shelf = self.shelf(sku)
        shelf.sold, shelf.gross, shelf.share = shelf.sold + quantity, shelf.gross + gross, shelf.share + share

    def shelf(self, sku: str) -> Shelf:
        return next(shelf for shelf in self.shelves if shelf.row.sku == sku)

    def corrections(self) -> None:
        """Some sales are taken back, whole or the first line; each at most once."""
        if self.sales and self.random.random() < 0.3:
            self.refund(*self.sales.pop(self.random.randrange(len(self.sales))))
        if self.sales and self.random.random() < 0.1:
            self.reverse(*self.sales.pop(self.random.randrange(len(self.sales))))
        del self.sales[:-20]

    def refund(self, name: str, sale: Sale) -> None:
        line = sale.lines[0]
        plain = {part: getattr(line, part) for part in RefundLine.__struct_fields__ if part != "line"}
        back = RefundLine(line=0, **plain)
        self.earned(line.sku, -line.quantity, -line.total, -line.share)
        self.shelf(line.sku).put_back(line.takes)
        number = self.number("PU")
        self.add(
            Refund(
                number=number,
                sale_id=name,
                sale_number=sale.number,
                lines=(back,),
                total=line.total,
                tender="cash",
                reason="damaged",
            )
        )

    def reverse(self, name: str, sale: Sale) -> None:
        for line in sale.lines:
            self.earned(line.sku, -line.quantity, -line.total, -line.share)
            self.shelf(line.sku).put_back(line.takes)
        plain = {"original_id": name, "original_number": sale.number, "original_kind": "sale", "reason": "mistyped"}
        self.add(undoing(Reversal(number=self.number("BT"), postings=(), **plain), sale.effects()))

    def losses(self) -> None:
        """Every week something is returned, every second one something is lost, every month there is a count."""
        if self.days % 5 == 0:
            number, shelf = self.number("NR"), self.some()
            lines = (self.leaving(shelf, self.random.choice(("unsold", "unsold", "expired"))),)
            self.add(GoodsReturned(number=number, producer=shelf.row.producer, lines=lines))
        if self.days % 10 == 0:
            reason = self.random.choice(("damaged", "expired", "lost"))
            self.add(WriteOff(number=self.number("HR"), lines=(self.leaving(self.some(), reason),)))
        if self.days % 20 == 0:
            self.count(self.some())

    def some(self) -> Shelf:
        return self.random.choice([shelf for shelf in self.shelves if shelf.left >= 2_000])

    def leaving(self, shelf: Shelf, reason: Any) -> LeavingLine:
        row, quantity = shelf.row, self.random.choice((1_000, 2_000))
        plain = {"sku": row.sku, "name": row.name, "unit": row.unit, "producer": row.producer}
        return LeavingLine(
            **plain, pricing=shelf.prices["pricing"], quantity=quantity, reason=reason, takes=shelf.take(quantity)
        )

    def count(self, shelf: Shelf) -> None:
        expected, found = shelf.left, self.random.random() < 0.5
        plain = {"sku": shelf.row.sku, "name": shelf.row.name, "expected": expected}
        if found:
            line = CountedLine(**plain, counted=expected + 1_000)
            shelf.lots.append(["", 1_000])
        else:
            missing = self.leaving(shelf, "lost")
            line = CountedLine(**plain, counted=expected - missing.quantity, missing=missing)
        self.add(StockCount(number=self.number("SO"), at_seq=len(self.journal.bodies), lines=(line,)))

    def settle(self) -> None:
        """Pay who is due, by transfer."""
        for producer in sorted({shelf.row.producer for shelf in self.shelves}):
            every = EVERY[self.terms.get(producer, "mingguan")]
            if self.days % every == 0 and self.owed[producer] > 0:
                self.pay(producer)

    def pay(self, producer: str) -> None:
        goods = tuple(self.settled(producer))
        gross, earned = sum(line.gross for line in goods), sum(line.share for line in goods)
        amount, seq = self.owed[producer], len(self.journal.bodies)
        begun, since = self.paid_through.get(producer, (0, self.date))
        paid = Settlement(
            number=self.number("BP"),
            producer=producer,
            producer_name=producer,
            tender="transfer",
            from_seq=begun,
            through_seq=seq,
            from_date=since,
            through_date=self.date,
            goods=goods,
            gross=gross,
            commission=gross - earned,
            earned=earned,
            other=amount - earned,
            amount=amount,
        )
        self.payments.append((self.add(paid), paid))
        self.paid_through[producer] = (seq, self.date)

    def settled(self, producer: str) -> Iterator[SettledGoods]:
        for shelf in self.shelves:
            if shelf.row.producer == producer and shelf.sold:
                yield SettledGoods(
                    sku=shelf.row.sku, name=shelf.row.name, sold=shelf.sold, gross=shelf.gross, share=shelf.share
                )
            if shelf.row.producer == producer:
                shelf.sold = shelf.gross = shelf.share = 0

    def close(self, shift: str, opened_at: str, first_seq: int) -> None:
        figures = {name: amount for name, amount in self.figures.items() if amount}
        expected = expected_cash(FLOAT, figures)
        plain = {"shift": shift, "opened_at": opened_at, "first_seq": first_seq, "float": FLOAT, "figures": figures}
        head = self.journal.hashes[-1].hex()
        cash = {"expected": expected, "counted": max(expected, 0), "difference": max(expected, 0) - expected}
        self.add(ShiftClosed(number=self.number("TK"), head=head, **plain, **cash))
