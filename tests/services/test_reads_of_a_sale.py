"""A buyer waits for every statement of a sale, so their number is watched."""

from tests.corner import Corner

BARCODES = ("2000000000015", "2000000000022", "2000000000046")


def reads(corner: Corner, *codes: str) -> list[str]:
    """The tables that the questions of one sale begin with."""
    asked: list[str] = []
    corner.db.set_trace_callback(asked.append)
    corner.do(
        "sale",
        lines=[{"code": code, "quantity": "1"} for code in codes],
        tenders=[{"kind": "cash", "amount": 1_000_000}],
    )
    corner.db.set_trace_callback(None)
    return [statement.split("FROM ")[1].split()[0] for statement in asked if statement.lstrip().startswith("SELECT")]


def test_every_line_takes_one_read_more(open_corner: Corner) -> None:
    reads(open_corner, *BARCODES)
    one, three = reads(open_corner, BARCODES[0]), reads(open_corner, *BARCODES)
    assert len(three) == len(one) + 2
    assert three.count("products") == 3


def test_what_a_sale_reads_beside_its_lines(open_corner: Corner) -> None:
    assert sorted(reads(open_corner, BARCODES[0])) == [
        "balances",
        "counters",
        "journal",
        "products",
        "shifts",
        "shifts",
        "stock",
    ]
