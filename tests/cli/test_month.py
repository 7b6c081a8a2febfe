"""A month of 5,000 actions on the demo's goods plays through and stands up to verification."""

import json
import random
from collections.abc import Iterator
from typing import Any

from tests.corner import Corner

ACTIONS = 5_000
DAYS = 25


def month(goods: list[tuple[str, str, str, int]], producers: list[str], staff: list[str]) -> Iterator[dict[str, Any]]:
    """The same script on every run: deliveries in the morning, then sales, refunds and settlements."""
    chance = random.Random(2026)
    sold = 0
    for day in range(1, DAYS + 1):
        yield {"do": "open_shift", "at": f"2026-10-{day:02}T07:30:00+07:00", "float": 300_000}
        for producer in producers:
            own = [sku for sku, owner, _unit, _price in goods if owner == producer]
            yield {"do": "receive", "producer": producer, "lines": [{"sku": sku, "quantity": "5"} for sku in own]}
        first = sold
        for number in range(ACTIONS // DAYS - 2 - len(producers) - 4):
            sku, _owner, unit, price = chance.choice(goods)
            quantity = "0.375" if unit == "kg" else "2"
            tender = {"kind": "cash", "amount": 2 * price + 1_000}
            if number % 5 == 0 and unit != "kg":
                tender = {"kind": "qris", "amount": 2 * price, "reference": f"R{sold}"}
            yield {"do": "sale", "lines": [{"code": sku, "quantity": quantity}], "tenders": [tender]}
            sold += 1
        yield {"do": "refund", "of": first, "lines": [{"line": 0, "quantity": "0.375"}], "tender": "cash"}
        yield {"do": "refund", "of": first + 1, "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"}
        yield {"do": "tab_payment", "staff": chance.choice(staff), "amount": 1_000, "tender": "cash"}
        yield {"do": "settle", "producer": chance.choice(producers), "tender": "transfer"}
        yield {"do": "close_shift", "counted": 1_000_000}


def test_a_month_of_actions_plays_and_verifies(demo_corner: Corner) -> None:
    db = demo_corner.db
    goods = [tuple(row) for row in db.execute("SELECT sku, producer, unit, sell_price FROM products ORDER BY sku")]
    producers = sorted({owner for _sku, owner, _unit, _price in goods})
    staff = [row[0] for row in db.execute("SELECT code FROM staff ORDER BY code")]
    script = [json.dumps(action).encode() for action in month(goods, producers, staff)]
    answers = list(demo_corner.player.play(iter(script)))
    refused = [answer for answer in answers if not answer["ok"]]
    assert len(answers) == ACTIONS
    assert {answer["error"] for answer in refused} <= {"invalid_quantity", "not_refundable", "nothing_payable"}
    assert len(refused) < 2 * DAYS
    assert demo_corner.verify() == len(answers) - len(refused)
    assert db.execute("SELECT sum(amount) FROM balances").fetchone()[0] == 0
