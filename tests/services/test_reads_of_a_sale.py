"""A buyer waits for every statement of a sale, so their number is watched."""

import re

import pytest

from pos_app.services.goods import find_product
from tests.corner import Corner

BARCODES = ("2000000000015", "2000000000022", "2000000000046")
TABLE = re.compile(r"\bFROM (\w+)")


def reads(corner: Corner, *codes: str) -> list[str]:
    """The first table of every question that one sale asks."""
    asked: list[str] = []
    corner.db.set_trace_callback(asked.append)
    corner.do(
        "sale",
        lines=[{"code": code, "quantity": "1"} for code in codes],
        tenders=[{"kind": "cash", "amount": 1_000_000}],
    )
    corner.db.set_trace_callback(None)
    return [TABLE.findall(statement)[0] for statement in asked if statement.lstrip().startswith("SELECT")]


@pytest.mark.parametrize("code", ["T1", BARCODES[0]])
def test_a_scan_asks_once(open_corner: Corner, code: str) -> None:
    asked: list[str] = []
    open_corner.db.set_trace_callback(asked.append)
    find_product(open_corner.db, code)
    open_corner.db.set_trace_callback(None)
    assert len(asked) == 1


def test_more_lines_take_no_more_reads(open_corner: Corner) -> None:
    one = reads(open_corner, BARCODES[0])
    assert sorted(reads(open_corner, *BARCODES)) == sorted(one)


def test_what_a_sale_reads(open_corner: Corner) -> None:
    assert sorted(reads(open_corner, BARCODES[0])) == [
        "balances",
        "documents",
        "journal",
        "neighbour_stock",  # with the goods of these codes
        "shifts",
        "stock",
    ]
