"""Two tills of one corner and a real centre: what each knows of the other after their exchanges (lesson 26)."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos_app import bootstrap
from pos_app.ledger import neighbours, queries
from pos_app.ledger.ledger import Ledger
from pos_app.paths import asset
from pos_app.services.neighbours import news
from sync.server.centre import open_centre
from sync.server.database import schema
from sync.server.database.dialect import writing
from tests.e2e.support import CentreProcess, pojok, printed

AT = "2026-10-01T09:00:00+07:00"
OPEN = {"do": "open_shift", "float": 200_000}
PRICE = 16_000
TAB = {"kind": "tab", "staff": "S001"}


class Counter:
    """A till through its command line."""

    def __init__(self, folder: Path, centre: CentreProcess, till: str) -> None:
        self.folder = folder
        self.path = folder / f"{till}.db"
        corners = f"{asset('demo', 'corners.csv')}:MTR-001"
        assert pojok(folder, "init", "--ledger", self.path, "--corner", corners, "--till", till).returncode == 0
        for kind in ("producers", "products", "staff"):
            done = pojok(folder, "import", kind, asset("demo", f"{kind}.csv"), "--ledger", self.path)
            assert done.returncode == 0, done.stderr
        code = centre.code("MTR-001", till)
        done = pojok(folder, "enrol", "--ledger", self.path, "--centre", centre.url, "--code", code)
        assert done.returncode == 0, done.stderr
        self.do(OPEN)

    def do(self, *actions: dict[str, Any]) -> list[dict[str, Any]]:
        text = "\n".join(json.dumps({"at": AT, **action}) for action in actions)
        return [
            json.loads(line)
            for line in pojok(self.folder, "play", "-", "--ledger", self.path, text=text).stdout.splitlines()
        ]

    def sell(self, quantity: int = 1, tender: dict[str, Any] | None = None) -> dict[str, Any]:
        paid = {**(tender or {"kind": "cash"}), "amount": PRICE * quantity}
        return self.do({"do": "sale", "lines": [{"code": "MKN-001", "quantity": str(quantity)}], "tenders": [paid]})[0]

    def refund(self, number: str, quantity: int = 1) -> dict[str, Any]:
        lines = [{"line": 0, "quantity": str(quantity)}]
        return self.do({"do": "refund", "of": number, "lines": lines, "tender": "cash"})[0]

    def receive(self, quantity: int) -> None:
        lines = [{"sku": "MKN-001", "quantity": str(quantity)}]
        assert self.do({"do": "receive", "producer": "P001", "lines": lines})[0]["ok"]

    def sync(self) -> dict[str, Any]:
        return printed(pojok(self.folder, "sync", "--ledger", self.path))

    def verify(self) -> None:
        assert pojok(self.folder, "verify", "--ledger", self.path).returncode == 0

    def shelf(self) -> tuple[int, int]:
        """Own and the other tills' pieces."""
        with closing(Ledger.open(self.path)) as ledger:
            product = queries.product(ledger.db, "MKN-001")
            assert product is not None
            return product.on_hand // 1_000, product.next_door // 1_000

    def tab(self) -> int:
        with closing(Ledger.open(self.path)) as ledger:
            return neighbours.tab(ledger.db, "S001")


@pytest.fixture
def tills(tmp_path: Path, centre: CentreProcess) -> tuple[Counter, Counter]:
    return Counter(tmp_path, centre, "A"), Counter(tmp_path, centre, "B")


def both_sync(a: Counter, b: Counter) -> None:
    """Each sends, and each hears what the other sent."""
    for till in (a, b, a):
        till.sync()


def test_stock_tab_and_receipts_of_one_till_are_known_at_the_other(tills: tuple[Counter, Counter]) -> None:
    a, b = tills
    a.receive(10)
    number = a.sell(3)["number"]
    assert a.sell(18, TAB)["ok"], "288.000 of 300.000"
    assert b.refund(number)["error"] == "not_refundable"
    both_sync(a, b)
    assert (a.shelf(), b.shelf()) == ((-11, 0), (0, -11))
    assert (a.tab(), b.tab()) == (0, 288_000)
    assert b.sell(1, TAB)["error"] == "tab_limit_exceeded"
    assert b.refund(number, 2)["total"] == 2 * PRICE
    both_sync(a, b)
    assert a.refund(number, 2)["error"] == "not_refundable"
    assert a.refund(number, 1)["ok"]
    both_sync(a, b)
    assert b.refund(number, 1)["error"] == "not_refundable"
    a.verify()
    b.verify()


def test_both_sell_the_last_piece_offline_and_the_centre_says_so_too(
    tills: tuple[Counter, Counter], centre: CentreProcess
) -> None:
    a, b = tills
    a.receive(1)
    both_sync(a, b)
    assert b.shelf() == (0, 1)
    assert a.sell()["ok"]
    assert b.sell()["ok"]
    both_sync(a, b)
    assert (a.shelf(), b.shelf()) == ((0, -1), (-1, 0))
    assert centre.state("MTR-001")["stock"]["MKN-001"] == "-1"
    for till in (a, b):
        with closing(Ledger.open(till.path)) as ledger:
            told = news(bootstrap.counter_for(ledger))
        assert told is not None
        assert [quantity for _name, quantity in told.short] == [-1_000]


def test_both_give_back_the_same_piece_offline_and_neither_is_refused(tills: tuple[Counter, Counter]) -> None:
    a, b = tills
    number = a.sell()["number"]
    both_sync(a, b)
    assert a.refund(number)["ok"]
    assert b.refund(number)["ok"]
    both_sync(a, b)
    for till in (a, b):
        with closing(Ledger.open(till.path)) as ledger:
            assert neighbours.given_back_twice(ledger.db) == {number: PRICE}
        till.verify()


def test_nothing_new_at_either_till_brings_nothing(tills: tuple[Counter, Counter]) -> None:
    a, b = tills
    both_sync(a, b)
    assert [(one["pushed"], one["pulled"]) for one in (a.sync(), b.sync(), a.sync())] == [(0, 0)] * 3


def test_by_stick_a_till_hears_of_the_other_as_well(tills: tuple[Counter, Counter], centre: CentreProcess) -> None:
    a, b = tills
    a.receive(4)
    a.sync()
    out, reply = a.folder / "out.pojok", a.folder / "reply.pojok"
    printed(pojok(a.folder, "bundle", "export", "--ledger", b.path, "--to", out))
    printed(pojok(a.folder, "centre", "bundle", out, "--database", centre.database, "--reply", reply))
    printed(pojok(a.folder, "bundle", "import", reply, "--ledger", b.path))
    assert b.shelf() == (0, 4)


def test_a_count_of_the_shared_shelf_waits_until_both_tills_exchanged(tills: tuple[Counter, Counter]) -> None:
    a, b = tills
    a.receive(10)
    both_sync(b, b)
    lines = [{"sku": "MKN-001", "counted": "7"}]
    refused = b.do({"do": "count", "lines": lines})[0]
    assert refused["error"] == "neighbours_unheard"
    assert "Kasir A" in refused["message"]
    assert a.sell(3)["ok"]
    both_sync(a, b)
    assert b.do({"do": "count", "lines": lines})[0]["ok"]
    assert b.shelf() == (0, 7), "nothing was gained or lost"
    a.verify()
    b.verify()


def test_a_revoked_till_keeps_its_goods_and_goes_on_when_it_joins_again(
    tills: tuple[Counter, Counter], centre: CentreProcess
) -> None:
    a, b = tills
    b.receive(5)
    both_sync(a, b)
    assert a.shelf() == (0, 5)
    with closing(open_centre(centre.database)) as opened, writing(opened.engine) as db:
        gone = schema.devices.select().where(schema.devices.c.till == "B")
        device = db.execute(gone).one().device
        keys = schema.keys
        db.execute(keys.update().where(keys.c.device == device).values(revoked_at=opened.now()))
    a.sync()
    assert a.shelf() == (0, 5)
    code = centre.code("MTR-001", "B")
    assert pojok(b.folder, "enrol", "--ledger", b.path, "--centre", centre.url, "--code", code).returncode == 0
    b.sync()
    a.sync()
    assert a.shelf() == (0, 5)
