"""Journals of tills for the benches of the centre: real documents in memory, chained, packed and signed ahead.

A day is a shift: opened, deliveries in the morning, sales of one to three lines, cash put in now and then, closed.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.catalogue import product_rows
from pos_app.domain.dates import WIB
from pos_app.services.ids import uuid7
from pos_app.version import VERSION
from sync.documents.arithmetic import split_line
from sync.documents.base import Document, Take
from sync.documents.goods import GoodsReceived, ReceivedLine
from sync.documents.money import CashMove
from sync.documents.sale import Sale, SaleLine, Tender
from sync.documents.shift import ShiftClosed, ShiftOpened, expected_cash
from sync.protocol.batch import MAX_ENTRIES, Batch, pack_batch
from sync.protocol.entry import entry_hash, genesis, make_body
from sync.protocol.messages import entries_path
from sync.protocol.registry_rows import ProductRow
from sync.protocol.request import PROTOCOL_HEADER, signed_headers
from sync.protocol.wire import MESSAGE_TYPE, PROTOCOL

PRODUCTS, PRODUCERS = 60, 12
PER_DAY = 80
FLOAT, DELIVERY, STEP = 200_000, 60_000, 50_000
FIRST_DAY = datetime(2026, 10, 1, 7, 30, tzinfo=WIB)
GOODS = product_rows(PRODUCTS, PRODUCERS)
QUANTITIES = (1_000, 1_000, 2_000)


@dataclass(slots=True)
class Journal:
    """One till's entries. ``device`` is what the centre calls it; empty before it enrolled."""

    corner: str
    till: str
    seed: int
    device: str = ""
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    ledger_id: str = ""
    bodies: list[bytes] = field(default_factory=list)
    hashes: list[bytes] = field(default_factory=list)
    _day: "_Day | None" = None
    _random: random.Random = field(init=False)
    _numbers: Counter[str] = field(default_factory=Counter)
    _lots: dict[str, tuple[str, int]] = field(default_factory=dict)
    _days: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self.ledger_id = self.ledger_id or f"{self._random.getrandbits(128):032x}"

    def hash_at(self, seq: int) -> bytes:
        """The hash of entry ``seq``; of the genesis for 0."""
        return self.hashes[seq - 1] if seq else genesis(self.ledger_id, self.corner, self.till, 1)

    def grow(self, entries: int) -> "Journal":
        """Add so many entries; days go on where they stood."""
        wanted = len(self.bodies) + entries
        while len(self.bodies) < wanted:
            self._next()
        return self

    def batch(self, first: int, size: int = MAX_ENTRIES) -> Batch:
        """At most ``size`` entries from ``first``."""
        bodies = tuple(self.bodies[first - 1 : first - 1 + size])
        last = first - 1 + len(bodies)
        return Batch(
            device=self.device,
            ledger_id=self.ledger_id,
            corner=self.corner,
            till=self.till,
            epoch=1,
            first_seq=first,
            prev=self.hash_at(first - 1),
            last_hash=self.hash_at(last),
            entries=bodies,
        )

    def request(self, batch: Batch, nonce: str) -> bytes:
        """A push as it goes over the wire, head and body, signed."""
        body, path = pack_batch(batch), entries_path(self.device)
        signed = signed_headers(self.key, "POST", path, body, nonce=nonce, time=FIRST_DAY.isoformat())
        headers = {
            "Host": "centre",
            "Content-Type": MESSAGE_TYPE,
            "Accept": MESSAGE_TYPE,
            PROTOCOL_HEADER: str(PROTOCOL),
            "Content-Length": str(len(body)),
            **signed,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def _next(self) -> None:
        day = self._day
        if day is None:
            self._open()
        elif day.entries >= PER_DAY - 1:
            self._close(day)
        elif self._random.random() < 0.03:
            amount = self._random.randint(1, 50) * 1_000
            day.figures["cash_in"] += amount
            self._append(CashMove(number=self._number("KK"), direction="in", amount=amount))
        else:
            self._sell(day)

    def _open(self) -> None:
        at = FIRST_DAY + timedelta(days=next(self._days))
        self._day = _Day(at, at.isoformat(timespec="seconds"), len(self.bodies) + 1, self._number("BK"))
        self._append(ShiftOpened(number=self._day.number, float=FLOAT))

    def _close(self, day: "_Day") -> None:
        figures = {name: amount for name, amount in day.figures.items() if amount}
        expected = expected_cash(FLOAT, figures)
        self._append(
            ShiftClosed(
                number=self._number("TK"),
                shift=day.number,
                opened_at=day.opened_at,
                first_seq=day.first_seq,
                head=self.hash_at(len(self.bodies)).hex(),
                float=FLOAT,
                figures=figures,
                expected=expected,
                counted=expected,
                difference=0,
            )
        )
        self._day = None

    def _sell(self, day: "_Day") -> None:
        rows = self._random.sample(GOODS, self._random.randint(1, 3))
        short = next((row for row in rows if self._lots.get(row.sku, ("", 0))[1] < QUANTITIES[-1]), None)
        if short is not None:
            self._deliver(short.producer_code)
            return
        lines = tuple(self._line(row) for row in rows)
        total = sum(line.total for line in lines)
        cash = self._random.random() < 0.7
        received = -(-total // STEP) * STEP if cash else 0
        tender = Tender(kind="cash", amount=total) if cash else Tender(kind="qris", amount=total, reference="012345")
        sale = Sale(
            number=self._number("ST"),
            lines=lines,
            tenders=(tender,),
            total=total,
            received=received,
            change=received - total if cash else 0,
        )
        day.figures.update(sale.effects().figures)
        self._append(sale)

    def _deliver(self, producer: str) -> None:
        number = self._number("NT")
        rows = [row for row in GOODS if row.producer_code == producer]
        lines = tuple(_received(row, f"{number}.{place}") for place, row in enumerate(rows))
        self._lots |= {line.sku: (line.batch, DELIVERY) for line in lines}
        self._append(GoodsReceived(number=number, producer=producer, lines=lines))

    def _line(self, row: ProductRow) -> SaleLine:
        quantity = self._random.choice(QUANTITIES)
        batch, left = self._lots[row.sku]
        self._lots[row.sku] = (batch, left - quantity)
        prices = _prices(row)
        split = split_line(quantity=quantity, **prices)
        return SaleLine(
            sku=row.sku,
            name=row.name,
            producer=row.producer_code,
            quantity=quantity,
            total=split.total,
            share=split.share,
            takes=(Take(batch, quantity),),
            **prices,
        )

    def _number(self, prefix: str) -> str:
        self._numbers[prefix] += 1
        return f"{prefix}-{self.corner.replace('-', '')}{self.till}-{self._numbers[prefix]:06d}"

    def _append(self, document: Document) -> None:
        day = self._day
        if day is None:
            raise ValueError("no shift is open")
        day.entries += 1
        moment = day.at + timedelta(minutes=6 * day.entries)
        body = make_body(
            document,
            epoch=1,
            seq=len(self.bodies) + 1,
            document_id=uuid7(moment),
            at=moment.isoformat(timespec="seconds"),
            date=moment.date().isoformat(),
            cashier="k1",
            app=VERSION,
        )
        self.hashes.append(entry_hash(self.hash_at(len(self.bodies)), body))
        self.bodies.append(body)


@dataclass(slots=True)
class _Day:
    """A shift that is open, and what came of it so far."""

    at: datetime
    opened_at: str
    first_seq: int
    number: str
    entries: int = 0
    figures: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """The time of the entry that opens it."""
        self.opened_at = (self.at + timedelta(minutes=6)).isoformat(timespec="seconds")


def _prices(row: ProductRow) -> dict[str, Any]:
    return {
        "pricing": row.pricing,
        "sell_price": row.sell_price,
        "consign_price": row.consign_price,
        "commission_bp": row.commission_bp,
    }


def _received(row: ProductRow, batch: str) -> ReceivedLine:
    return ReceivedLine(sku=row.sku, name=row.name, quantity=DELIVERY, batch=batch, **_prices(row))


def tills(many: int, seed: int = 0) -> list[tuple[str, str]]:
    """Corner and till of so many tills, none twice: six at a corner."""
    return [(f"MTR-{number // 6 + 1 + seed:03}", "ABCDEF"[number % 6]) for number in range(many)]


def requests(journal: Journal, first: int, sizes: Sequence[int]) -> list[bytes]:
    """Pushes that follow one another from entry ``first``, with so many entries each."""
    found = []
    for size in sizes:
        found.append(journal.request(journal.batch(first, size), f"{first:032x}"))
        first += size
    return found
