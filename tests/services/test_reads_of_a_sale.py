"""A buyer waits for every statement of a sale, so their number is watched."""

import re

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


def test_more_lines_take_no_more_reads(open_corner: Corner) -> None:
    one = reads(open_corner, BARCODES[0])
    assert sorted(reads(open_corner, *BARCODES)) == sorted(one)


def test_what_a_sale_reads(open_corner: Corner) -> None:
    assert sorted(reads(open_corner, BARCODES[0])) == [
        "balances",
        "barcodes",
        "documents",
        "journal",
        "shifts",
        "stock",
    ]
