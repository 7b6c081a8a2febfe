"""A whole day at a corner as a script: deliveries, sales of all tenders, a refund, settlements, the closing.

The day is made from what lies on the shelf, with a fixed seed: the same shelf gives the same day.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from pos_app.domain.dates import WIB
from pos_app.domain.product import Product

SALES = 64
OPENING_FLOAT = 500_000
DEAREST = 30_000
LARGEST_TAB = 150_000
PAPER_BOOK = 5_425_000
"""What the old paper book owed the dearest artisan: its slip needs a duty stamp."""
MISSING = 2_000
CLOSING_NOTE = "salah kembalian siang hari"
CASH = [
    *((note, False) for note in (100_000, 50_000, 20_000, 10_000, 5_000, 2_000)),
    *((coin, True) for coin in (1_000, 500, 200, 100)),
]
SEED = 20221121  # the day the Pojok UMKM were announced

Action = dict[str, Any]


def last_working_day(today: date) -> date:
    """The weekday before ``today``: a demo day is over, so no entry lies in the future."""
    day = today - timedelta(days=1)
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    return day


@dataclass(slots=True)
class Day:
    """Builds the script. ``shelf`` are the products with pieces on hand; ``staff`` codes may buy on the tab."""

    day: date
    shelf: list[Product]
    staff: list[str]
    chance: Random = field(default_factory=lambda: Random(SEED))
    left: dict[str, int] = field(default_factory=dict)
    sales: list[Action] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = {product.sku: product.on_hand // 1000 for product in self.shelf}

    def best_stocked(self, number: int) -> list[Product]:
        """Products that the script may lose a piece of without running short."""
        return sorted(self.shelf, key=lambda product: -self.left[product.sku])[:number]

    def at(self, hour: int, minute: int) -> str:
        """A moment of the day with its offset."""
        return datetime.combine(self.day, time(hour, minute), WIB).isoformat()

    def script(self) -> Iterator[Action]:
        """Every action of the day in order."""
        artisan = max(self.shelf, key=lambda product: product.sell_price).producer
        yield {"do": "opening", "at": self.at(7, 15), "payable": {artisan: PAPER_BOOK}, "note": "buku lama"}
        yield {"do": "open_shift", "at": self.at(7, 30), "float": OPENING_FLOAT}
        yield from self._deliveries()
        yield {"do": "cash_move", "at": self.at(8, 5), "direction": "in", "amount": 100_000, "reason": "uang receh"}
        for number in range(SALES):
            moment = datetime.combine(self.day, time(8, 10), WIB) + timedelta(minutes=6 * number)
            sale = self._sale(number) | {"at": moment.isoformat()}
            self.sales.append(sale)
            yield sale
            yield from self._between(number, (moment + timedelta(minutes=2)).isoformat())
        yield from self._evening()

    def _deliveries(self) -> Iterator[Action]:
        """Three producers bring fresh goods in the morning."""
        producers = sorted({product.producer for product in self.shelf if product.shelf_life_days == 1})[:3]
        for minute, producer in enumerate(producers):
            lines: list[Action] = []
            for product in self.shelf:
                if product.producer == producer and product.shelf_life_days:
                    last_day = self.day + timedelta(days=product.shelf_life_days)
                    lines.append({"sku": product.sku, "quantity": "10", "expires_on": last_day.isoformat()})
                    self.left[product.sku] += 10
            yield {"do": "receive", "at": self.at(7, 40 + 5 * minute), "producer": producer, "lines": lines}

    def _sale(self, number: int) -> Action:
        lines: list[Action] = []
        total = 0
        available = [product for product in self.shelf if self.left[product.sku] >= 3 and product.sell_price <= DEAREST]
        for product in self.chance.sample(available, self.chance.choice((1, 1, 2, 2, 3, 4))):
            pieces = self.chance.choice((1, 1, 1, 2, 2, 3))
            self.left[product.sku] -= pieces
            line: Action = {"code": product.sku, "quantity": str(pieces)}
            amount = product.sell_price * pieces
            if number == 20 and not lines:
                line |= {"discount": 1_000, "borne_by": "corner"}
                amount -= 1_000
            lines.append(line)
            total += amount
        sale: Action = {"do": "sale", "lines": lines, "tenders": self._tenders(number, total)}
        if number == 30:
            sale["buyer"] = {"kind": "office", "unit": "Bagian Umum"}
        return sale

    def _tenders(self, number: int, total: int) -> list[Action]:
        """Cash most of the time, and every other way of paying in turn."""
        reference = f"{self.chance.randrange(10**4):04d}"
        match number % 8:
            case 1 | 5:
                return [{"kind": "qris", "amount": total, "reference": reference}]
            case 3 if total <= LARGEST_TAB:
                return [{"kind": "tab", "amount": total, "staff": self.staff[number % len(self.staff)]}]
            case 6 if total > 2_000:
                by_qris = total // 2_000 * 1_000
                return [
                    {"kind": "qris", "amount": by_qris, "reference": reference},
                    {"kind": "cash", "amount": _note_above(total - by_qris)},
                ]
            case 7 if number > 40:
                return [{"kind": "transfer", "amount": total, "reference": reference}]
        return [{"kind": "cash", "amount": _note_above(total)}]

    def _between(self, number: int, at: str) -> Iterator[Action]:
        """What else happens while the queue is short."""
        if number == 15:
            yield {"do": "refund", "at": at, "of": 8, "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"}
        if number == 25:
            yield {"do": "tab_payment", "at": at, "staff": self.staff[3], "amount": 10_000, "tender": "cash"}
        if number == 35:
            yield {"do": "cash_move", "at": at, "direction": "out", "amount": 20_000, "reason": "es batu"}
        if number == 45:
            product = next(one for one in self.shelf if self.left[one.sku] >= 4)
            self.left[product.sku] -= 1
            lines = [{"sku": product.sku, "quantity": "1", "reason": "damaged"}]
            yield {"do": "write_off", "at": at, "lines": lines, "note": "kemasan sobek"}

    def _evening(self) -> Iterator[Action]:
        """One producer takes goods back, two are paid."""
        sold = [line["code"] for sale in self.sales for line in sale["lines"]]
        by_sku = {product.sku: product for product in self.shelf}
        earned: Counter[str] = Counter()
        for sku in sold:
            earned[by_sku[sku].producer] += by_sku[sku].sell_price
        best = earned.most_common(1)[0][0]
        artisan = max(self.shelf, key=lambda product: product.sell_price).producer
        back = next(one for one in self.shelf if self.left[one.sku] >= 5)
        yield {
            "do": "return_goods",
            "at": self.at(15, 0),
            "producer": back.producer,
            "lines": [{"sku": back.sku, "quantity": "2", "reason": "unsold"}],
        }
        yield {"do": "settle", "at": self.at(15, 10), "producer": best, "tender": "cash"}
        yield {"do": "settle", "at": self.at(15, 15), "producer": artisan, "tender": "transfer"}


def pieces_of(amount: int) -> dict[tuple[int, bool], int]:
    """Notes and coins (value, is a coin) that make ``amount`` rupiah in as few pieces as can be."""
    pieces = {}
    for value, coin in CASH:
        pieces[value, coin], amount = divmod(amount, value)
    return pieces


def _note_above(amount: int) -> int:
    """What a buyer hands over: the next full ten thousand, or a hundred."""
    step = 100_000 if amount > 60_000 else 10_000
    return -(-amount // step) * step
