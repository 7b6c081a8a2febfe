"""A stream of everything a counter does, the same for the same seed; most of it is taken, some of it refused."""

import random
from collections.abc import Callable
from typing import Any

Action = dict[str, Any]

SKUS = ("T1", "K1", "B1", "W1")
OWNER = {"T1": "P1", "K1": "P2", "B1": "P2", "W1": "P1"}
KIND = {
    "open_shift": "shift_opened",
    "close_shift": "shift_closed",
    "receive": "goods_received",
    "sale": "sale",
    "refund": "refund",
    "tab_payment": "tab_payment",
    "cash_move": "cash_move",
    "return_goods": "goods_returned",
    "write_off": "write_off",
    "count": "stock_count",
    "set_price": "price_set",
    "settle": "settlement",
    "reverse": "reversal",
    "opening": "opening",
}
"""The kind of document that an action leaves."""
PREFIX = {
    "open_shift": "BK",
    "close_shift": "TK",
    "receive": "NT",
    "sale": "ST",
    "refund": "PU",
    "tab_payment": "PB",
    "cash_move": "KK",
    "return_goods": "NR",
    "write_off": "HR",
    "count": "SO",
    "set_price": "PH",
    "settle": "BP",
    "reverse": "BT",
    "opening": "SA",
}
"""What its number begins with."""
NOBODYS = "ST-MTR001A-999999"
"""A number that no sale bears."""
REMEMBERED = 40


class Stream:
    """Actions one after the other. ``heard`` tells it the numbers that came back, for refunds and reversals."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.receipts: list[str] = []
        self.others: list[str] = []
        self.begun = False
        self._acts: list[tuple[int, Callable[[], Action]]] = [
            (50, self._sale),
            (10, self._receive),
            (8, self._cash_move),
            (6, self._refund),
            (5, self._open_shift),
            (4, self._count),
            (4, self._write_off),
            (4, self._return_goods),
            (4, self._tab_payment),
            (4, self._set_price),
            (4, self._settle),
            (3, self._reverse),
            (2, self._close_shift),
        ]
        self._weights = [weight for weight, _act in self._acts]

    def first(self) -> list[Action]:
        """What a new ledger begins with."""
        books: Action = {"do": "opening", "payable": {"P1": 50_000}, "tabs": {"S1": 20_000}}
        return [books, self._open_shift(), *(self._delivery(sku, "40") for sku in SKUS)]

    def take(self, count: int) -> list[Action]:
        """The next ``count`` actions; the shift is opened first, should it be closed."""
        acts = self.rng.choices(self._acts, self._weights, k=count - 1)
        return [self._open_shift(), *(act() for _weight, act in acts)]

    def heard(self, action: Action, number: str) -> None:
        """An action was taken under this number."""
        kept = self.receipts if action["do"] == "sale" else self.others
        kept.append(number)
        del kept[:-REMEMBERED]

    def _quantity(self, sku: str) -> str:
        return self.rng.choice(("0.375", "1.137", "2")) if sku == "W1" else str(self.rng.randint(1, 4))

    def _delivery(self, sku: str, quantity: str) -> Action:
        return {"do": "receive", "producer": OWNER[sku], "lines": [{"sku": sku, "quantity": quantity}]}

    def _open_shift(self) -> Action:
        return {"do": "open_shift", "float": 500_000}

    def _close_shift(self) -> Action:
        return {"do": "close_shift", "counted": self.rng.randint(0, 2_000) * 500, "note": "hitungan"}

    def _receive(self) -> Action:
        sku = self.rng.choice(SKUS)
        return self._delivery(sku, self._quantity(sku))

    def _sale(self) -> Action:
        rng = self.rng
        chosen = rng.choices(SKUS, k=rng.randint(1, 3))
        lines: list[Action] = [{"code": sku, "quantity": self._quantity(sku)} for sku in chosen]
        if rng.random() < 0.2:
            lines[0] |= {"discount": 500, "borne_by": rng.choice(("corner", "producer"))}
        tenders: list[Action] = [{"kind": "cash", "amount": 1_000_000}]
        other = rng.random()
        if other < 0.15:
            tenders.append({"kind": "qris", "amount": 1_000, "reference": f"R{rng.randrange(10**6)}"})
        elif other < 0.3:
            tenders.append({"kind": "tab", "amount": 1_000, "staff": "S1"})
        action: Action = {"do": "sale", "lines": lines, "tenders": tenders}
        if rng.random() < 0.1:
            action["buyer"] = {"kind": "office", "unit": "Umum"}
        return action

    def _refund(self) -> Action:
        of = self.rng.choice(self.receipts) if self.receipts else NOBODYS
        tender = self.rng.choice(("cash", "cash", "cash", "qris", "tab"))
        return {"do": "refund", "of": of, "lines": [{"line": 0, "quantity": "1"}], "tender": tender}

    def _tab_payment(self) -> Action:
        tender = self.rng.choice(("cash", "cash", "qris", "transfer"))
        return {"do": "tab_payment", "staff": "S1", "amount": self.rng.randint(1, 5) * 1_000, "tender": tender}

    def _cash_move(self) -> Action:
        way = self.rng.choice(("in", "in", "out"))
        action: Action = {"do": "cash_move", "direction": way, "amount": self.rng.randint(1, 50) * 1_000}
        return action | ({"safe": True} if self.rng.random() < 0.3 else {"reason": "es batu"})

    def _return_goods(self) -> Action:
        sku = self.rng.choice(SKUS)
        return {"do": "return_goods", "producer": OWNER[sku], "lines": [{"sku": sku, "quantity": "1"}]}

    def _write_off(self) -> Action:
        line = {"sku": self.rng.choice(SKUS), "quantity": "1", "reason": self.rng.choice(("damaged", "expired"))}
        if self.rng.random() < 0.4:
            line["borne_by"] = self.rng.choice(("corner", "producer"))
        return {"do": "write_off", "lines": [line]}

    def _count(self) -> Action:
        return {"do": "count", "lines": [{"sku": self.rng.choice(SKUS), "counted": str(self.rng.randint(0, 30))}]}

    def _set_price(self) -> Action:
        price = 16_000 + self.rng.randint(0, 4) * 500
        if self.rng.random() < 0.3:
            return {"do": "set_price", "sku": "K1", "sell_price": price // 2, "commission_bp": price % 1_700}
        return {"do": "set_price", "sku": "T1", "sell_price": price, "consign_price": 14_400}

    def _settle(self) -> Action:
        tender = self.rng.choice(("cash", "transfer"))
        return {"do": "settle", "producer": self.rng.choice(("P1", "P2")), "tender": tender}

    def _reverse(self) -> Action:
        known = self.others[-6:] + self.receipts[-2:]
        return {"do": "reverse", "of": self.rng.choice(known) if known else NOBODYS, "reason": "salah ketik"}
