"""What tills record before they join, and what has to be in the books afterwards."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from pos_app.ledger.exchange import LedgerStore
from pos_app.services import rejoining
from sync.documents.state import Books
from tests.corner import Corner
from tests.services.forked_corner import Forked

Script = Callable[[Corner], Any]
DRAWER = ("cash", "safe", "over_short")


def sums(books: Books | Mapping[str, int]) -> dict[str, int]:
    """Balances, those of the drawer and the safe in one: putting shifts in order moves money between them."""
    found = {name: amount for name, amount in dict(books).items() if amount and name not in DRAWER}
    return found | {"drawer and safe": sum(dict(books).get(name, 0) for name in DRAWER)}


def check_joined(both: Forked, expected: Books, drawer: int) -> None:
    """Everything that the documents of both histories say is in the books, once."""
    till, state = both.till, both.till.state
    balances = dict(till.db.execute("SELECT account, amount FROM balances").fetchall())
    assert sums(balances) == sums(expected.balances)
    stock = till.db.execute("SELECT sku, sum(quantity) FROM stock GROUP BY sku").fetchall()
    assert {sku: amount for sku, amount in stock if amount} == {k: v for k, v in expected.stock.items() if v}
    figures = [figures for _date, figures in expected.days.items()]
    for name in ("sales", "refunds", "gross", "commission", "margin"):
        assert state[name] == sum(day.get(name, 0) for day in figures), name
    assert state["drawer"] == drawer
    assert till.verify() == till.ledger.head().seq
    assert LedgerStore(till.ledger).standing().acked_seq == both.centre.ledger.head().seq


def join(both: Forked) -> rejoining.Rejoined:
    """Repair, and check all sums against those of the documents."""
    expected, drawer = both.books(), both.till.state["drawer"]
    done = both.rejoin()
    check_joined(both, expected, drawer)
    return done


def qris_sale(corner: Corner) -> dict[str, Any]:
    tenders = [{"kind": "qris", "amount": 16_000}]
    return corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders)


def tab_sale(corner: Corner, staff: str = "S1") -> dict[str, Any]:
    tenders = [{"kind": "tab", "staff": staff, "amount": 7_500}]
    return corner.do("sale", lines=[{"code": "K1", "quantity": "1"}], tenders=tenders)


def settle(corner: Corner) -> None:
    corner.sell("T1", "2")
    corner.do("settle", producer="P1", tender="cash")


def close(corner: Corner) -> None:
    corner.sell("K1")
    corner.do("close_shift", counted=corner.state["drawer"] - 1_500)


def close_and_open(corner: Corner) -> None:
    close(corner)
    corner.clock.pass_by(minutes=2)
    corner.do("open_shift", float=150_000)
    corner.sell("B1", "2")


def sell(corner: Corner) -> None:
    corner.sell("T1", "3")
    corner.sell("K1", "1", cash=7_500)


def everything(corner: Corner) -> None:
    """A document of nearly every kind, those that refer to others included."""
    first = corner.sell("T1", "3")
    corner.do("refund", of=first["number"], lines=[{"line": 0, "quantity": "1"}], tender="cash")
    wrong = corner.sell("K1")
    corner.do("reverse", of=wrong["number"], reason="wrong tender")
    tab_sale(corner)
    corner.do("tab_payment", staff="S1", amount=2_500, tender="cash")
    corner.do("cash_move", direction="out", amount=10_000, reason="es batu")
    corner.receive("B1", "4")
    corner.do("return_goods", producer="P1", lines=[{"sku": "W1", "quantity": "2", "reason": "unsold"}])
    corner.do("write_off", lines=[{"sku": "K1", "quantity": "1", "reason": "damaged"}])
    corner.do("set_price", sku="T1", sell_price=17_000, consign_price=15_000)
    corner.do("settle", producer="P1", tender="cash")
    corner.sell("T1")
    corner.do("settle", producer="P2", tender="transfer")


SCRIPTS: dict[str, Script] = {
    "sells": sell,
    "settles": settle,
    "closes": close,
    "closes and opens": close_and_open,
    "does everything": everything,
}


def everything_again(corner: Corner) -> None:
    corner.clock.pass_by(minutes=5)
    corner.receive("T1", "10")
    sell(corner)
    corner.sell("T1", "10")
    tab_sale(corner, "S1")
    corner.do("count", lines=[{"sku": "T1", "counted": "2"}, {"sku": "K1", "counted": "1"}])
    corner.do("settle", producer="P1", tender="transfer")
    close_and_open(corner)


def at_random(seed: int, *, counts: bool) -> Script:
    """Twenty actions of a counter; what is refused there is left out."""

    def run(corner: Corner) -> None:
        chance = random.Random(seed)
        sold: list[str] = []
        for _step in range(20):
            corner.clock.pass_by(minutes=1)
            sku = chance.choice(("T1", "K1", "B1"))
            pieces = str(chance.randint(1, 6))
            tender = chance.choice(("cash", "cash", "qris", "tab"))
            amount = int(pieces) * {"T1": 16_000, "K1": 7_500, "B1": 3_000}[sku]
            tenders = [{"kind": tender, "amount": amount} | ({"staff": "S1"} if tender == "tab" else {})]
            owner = "P1" if sku == "T1" else "P2"
            actions: list[dict[str, Any]] = [
                {"do": "sale", "lines": [{"code": sku, "quantity": pieces}], "tenders": tenders, "approved_by": "m"},
                {"do": "receive", "producer": owner, "lines": [{"sku": sku, "quantity": pieces}]},
                {"do": "settle", "producer": owner, "tender": chance.choice(("cash", "transfer"))},
                {
                    "do": "write_off",
                    "lines": [{"sku": sku, "quantity": "1", "reason": "damaged", "borne_by": "corner"}],
                },
                {"do": "return_goods", "producer": owner, "lines": [{"sku": sku, "quantity": "1", "reason": "unsold"}]},
                {"do": "tab_payment", "staff": "S1", "amount": 1_000, "tender": "cash"},
                {"do": "close_shift", "counted": max(corner.state["drawer"] - 500, 0)},
                {"do": "open_shift", "float": 100_000},
            ]
            if sold:
                of = chance.choice(sold)
                actions.append({"do": "refund", "of": of, "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"})
                actions.append({"do": "reverse", "of": of, "reason": "wrong tender"})
            if counts:
                line = {"sku": sku, "counted": pieces, "borne_by": chance.choice(("corner", "producer"))}
                actions += [{"do": "count", "lines": [line]}] * 2
            answer = corner.play(chance.choice(actions))
            if answer["ok"] and answer["number"].startswith("ST"):
                sold.append(answer["number"])

    return run
