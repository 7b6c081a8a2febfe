"""Ledgers of any size for the benches: a catalogue, then days of deliveries, sales, settlements and closings.

The rows are made by the till's own rules and written a day at a time, so ``verify`` finds nothing to say. The last
shift is of today and stays open. The same size gives the same figures.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bench.catalogue import Size, new_ledger, product_rows
from pos_app.domain.dates import WIB
from pos_app.domain.errors import NoOpenShift
from pos_app.ledger import queries, registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.projections import Projection
from pos_app.ledger.vault import Vault
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7
from pos_app.version import VERSION
from sync.documents.arithmetic import split_line
from sync.documents.base import Document, Take
from sync.documents.goods import GoodsReceived, ReceivedLine
from sync.documents.money import SettledGoods, Settlement
from sync.documents.sale import Sale, SaleLine, Tender
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.protocol.entry import Head, entry_hash, make_body
from sync.protocol.registry_rows import ProductRow

SALES_PER_SHIFT = 200
LINES = 3
SETTLED_EVERY = 5
"""A producer is settled every so many shifts, so a settlement covers the same work in every ledger."""
DELIVERY, LOW, MOST = 60_000, 20_000, 2_000
"""Thousandths: a delivery of one product, what is left of it then, and the most that one line sells."""
FLOAT = 200_000
MANAGER = User("00000000-bench-manager", "pengelola", "Bench")
CACHE_KIB = 400_000


def generate(folder: Path, name: str, size: Size) -> tuple[Ledger, Vault]:
    """A ledger with ``size.sales`` sales and an open shift of today."""
    ledger, vault = new_ledger(folder, name, size.products, size.producers)
    ledger.db.execute("PRAGMA synchronous = OFF")
    ledger.db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    _Days(ledger, vault, size).write()
    ledger.close()
    return Ledger.open(ledger.path), vault


def counter(ledger: Ledger, vault: Vault) -> Counter:
    """A till at work whose clock goes on from the last entry, a second a question."""
    last = queries.last_recorded_at(ledger.db)
    moment = datetime.fromisoformat(last) if last else datetime.combine(date.today(), time(8), WIB)  # noqa: DTZ011
    return Counter(ledger, vault, _ticking(moment), uuid7, user=MANAGER)


def _ticking(moment: datetime) -> Callable[[], datetime]:
    ticks = iter(range(1, 10**9))
    return lambda: moment + timedelta(seconds=next(ticks) % 3_600)


@dataclass(slots=True)
class _Goods:
    """A product on the shelf: the lot in use first, and what happened since its producer's last settlement."""

    row: ProductRow
    lots: list[tuple[str, int]] = field(default_factory=list)
    left: int = 0
    start: int = 0
    received: int = 0
    sold: int = 0
    gross: int = 0
    share: int = 0


class _Journal:
    """Adds documents to an empty ledger as ``Transaction.append`` does, and writes their rows many at once.

    What the running tables say stays in memory, so nothing is read back between two documents.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.head = ledger.head()
        self._who = ledger.identity
        self._db = ledger.db
        self._projection = Projection(ledger.db)
        self._numbers: defaultdict[str, int] = defaultdict(int)
        self._entries: list[tuple[int, str, str, str, bytes, bytes, bytes]] = []

    def number(self, prefix: str) -> str:
        """The next number of its kind."""
        self._numbers[prefix] += 1
        return f"{prefix}-{self._who.series}-{self._numbers[prefix]:06d}"

    def payable(self, producer: str) -> int:
        """What the corner owes a producer now, in rupiah."""
        return -self._projection.standing.balances.get(f"payable:{producer}", (0, 0))[0]

    def append(self, document: Document, moment: datetime) -> None:
        """Add one document; its rows are written by ``flush``."""
        seq, document_id = self.head.seq + 1, uuid7(moment)
        at, day = moment.isoformat(timespec="seconds"), moment.date().isoformat()
        body = make_body(
            document,
            epoch=self._who.epoch,
            seq=seq,
            document_id=document_id,
            at=at,
            date=day,
            cashier=MANAGER.id,
            app=VERSION,
        )
        digest = entry_hash(self.head.hash, body)
        self._entries.append((seq, document_id, document.KIND, at, body, self.head.hash, digest))
        self._projection.standing.add(self._projection.rows, seq, document, document.effects(), at, day)
        self.head = Head(seq, digest)

    def flush(self) -> None:
        """Write what was added since, inside the caller's transaction."""
        self._db.executemany("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", self._entries)
        self._entries = []
        self._projection.flush()


class _Days:
    """Writes the journal."""

    def __init__(self, ledger: Ledger, vault: Vault, size: Size) -> None:
        self.ledger = ledger
        self.key = vault.signing_key()
        self.size = size
        self.random = random.Random(size.sales)
        self.goods = [_Goods(row) for row in product_rows(size.products, size.producers)[: size.sold]]
        self.popular = self.random.sample(self.goods, len(self.goods))
        self.by_producer: dict[str, list[_Goods]] = {}
        for one in self.goods:
            self.by_producer.setdefault(one.row.producer_code, []).append(one)
        self.settled: dict[str, tuple[int, str]] = {}
        self.at = datetime.now(UTC)
        self.journal = _Journal(ledger)
        self.names = {
            producer: registry.producer_name(ledger.db, producer) or producer for producer in self.by_producer
        }

    def write(self) -> None:
        sales = [SALES_PER_SHIFT] * (self.size.sales // SALES_PER_SHIFT)
        if self.size.sales % SALES_PER_SHIFT:
            sales.append(self.size.sales % SALES_PER_SHIFT)
        today = datetime.now(UTC).astimezone(WIB).date()
        for shift, count in enumerate(sales):
            self.at = datetime.combine(today - timedelta(days=len(sales) - 1 - shift), time(0, 0, 1), WIB)
            with self.ledger.write():
                self._day(shift, count, last=shift == len(sales) - 1)
                self.journal.flush()

    def _day(self, shift: int, count: int, *, last: bool) -> None:
        opened_at, first_seq = self.at.isoformat(timespec="seconds"), self.journal.head.seq + 1
        self._append(ShiftOpened(number=self.journal.number("BK"), float=FLOAT))
        for producer, goods in self.by_producer.items():
            self._deliver(producer, [one for one in goods if one.left < LOW])
        for _number in range(count):
            self._sell()
        for index, (producer, goods) in enumerate(self.by_producer.items()):
            if index % SETTLED_EVERY == shift % SETTLED_EVERY and not last:
                self._settle(producer, goods)
        if not last:
            self._close(opened_at, first_seq)

    def _append(self, document: Document) -> None:
        self.at += timedelta(milliseconds=40)
        self.journal.append(document, self.at)

    def _deliver(self, producer: str, goods: list[_Goods]) -> None:
        if not goods:
            return
        number = self.journal.number("NT")
        lines = []
        for index, one in enumerate(goods):
            row, batch = one.row, f"{number}.{index}"
            lines.append(
                ReceivedLine(
                    sku=row.sku,
                    name=row.name,
                    pricing=row.pricing,
                    quantity=DELIVERY,
                    sell_price=row.sell_price,
                    consign_price=row.consign_price,
                    commission_bp=row.commission_bp,
                    batch=batch,
                )
            )
            one.lots.append((batch, DELIVERY))
            one.left += DELIVERY
            one.received += DELIVERY
        self._append(GoodsReceived(number=number, producer=producer, lines=tuple(lines)))

    def _sell(self) -> None:
        wanted = self._basket()
        for one in wanted:
            if one.left < MOST:
                self._deliver(one.row.producer_code, [one])
        lines = tuple(self._line(one) for one in wanted)
        total = sum(line.total for line in lines)
        cash = self.random.random() < 0.7
        received = -(-total // 50_000) * 50_000 if cash else 0
        tender = Tender(kind="cash", amount=total) if cash else Tender(kind="qris", amount=total, reference="012345")
        self._append(
            Sale(
                number=self.journal.number("ST"),
                lines=lines,
                tenders=(tender,),
                total=total,
                received=received,
                change=received - total if cash else 0,
            )
        )

    def _basket(self) -> list[_Goods]:
        """Different goods; the n-th most popular is asked for in proportion to 1/n."""
        found: dict[int, _Goods] = {}
        while len(found) < LINES:
            place = int(len(self.goods) ** self.random.random()) - 1
            found[place] = self.popular[place]
        return list(found.values())

    def _line(self, one: _Goods) -> SaleLine:
        row = one.row
        quantity = self.random.choice((1_000, 1_000, MOST))
        split = split_line(
            pricing=row.pricing,
            quantity=quantity,
            sell_price=row.sell_price,
            consign_price=row.consign_price,
            commission_bp=row.commission_bp,
        )
        one.left -= quantity
        one.sold += quantity
        one.gross += split.total
        one.share += split.share
        return SaleLine(
            sku=row.sku,
            name=row.name,
            producer=row.producer_code,
            pricing=row.pricing,
            quantity=quantity,
            sell_price=row.sell_price,
            consign_price=row.consign_price,
            commission_bp=row.commission_bp,
            total=split.total,
            share=split.share,
            takes=tuple(_takes(one, quantity)),
        )

    def _settle(self, producer: str, goods: list[_Goods]) -> None:
        amount = self.journal.payable(producer)
        if amount <= 0:
            return
        through_seq, day = self.journal.head.seq, self.at.date().isoformat()
        from_seq, from_date = self.settled.get(producer, (0, None))
        lines = tuple(_settled(one) for one in goods)
        gross, earned = sum(line.gross for line in lines), sum(line.share for line in lines)
        self._append(
            Settlement(
                number=self.journal.number("BP"),
                producer=producer,
                producer_name=self.names[producer],
                tender="transfer",
                from_seq=from_seq,
                through_seq=through_seq,
                from_date=from_date,
                through_date=day,
                goods=lines,
                gross=gross,
                commission=gross - earned,
                earned=earned,
                amount=amount,
            )
        )
        self.settled[producer] = (through_seq, day)

    def _close(self, opened_at: str, first_seq: int) -> None:
        self.journal.flush()
        shift = queries.open_shift(self.ledger.db)
        if shift is None:
            raise NoOpenShift
        self._append(
            ShiftClosed(
                number=self.journal.number("TK"),
                shift=shift.number,
                opened_at=opened_at,
                first_seq=first_seq,
                head=self.journal.head.hash.hex(),
                float=FLOAT,
                figures=shift.figures,
                expected=shift.expected,
                counted=shift.expected,
                difference=0,
            )
        )
        head = self.journal.head
        public_key = self.key.public_key().public_bytes_raw()
        registry.keep_signed_head(self.ledger.db, head.seq, self.key.sign(head.hash), public_key)


def _takes(one: _Goods, quantity: int) -> Iterator[Take]:
    while quantity:
        batch, left = one.lots[0]
        taken = min(left, quantity)
        if taken == left:
            one.lots.pop(0)
        else:
            one.lots[0] = (batch, left - taken)
        quantity -= taken
        yield Take(batch, taken)


def _settled(one: _Goods) -> SettledGoods:
    line = SettledGoods(
        sku=one.row.sku,
        name=one.row.name,
        start=one.start,
        received=one.received,
        sold=one.sold,
        gross=one.gross,
        share=one.share,
    )
    one.start, one.received, one.sold, one.gross, one.share = one.left, 0, 0, 0, 0
    return line
