"""A paper of a document that was taken back says so, with the number of what took it back."""

import pytest

from pos_app.ledger import queries
from pos_app.printing.preview import preview
from pos_app.services.papers import document_paper
from tests.corner import Corner


def lines(corner: Corner, document_id: str, *, copy: bool) -> list[str]:
    paper = document_paper(corner.ledger, corner.counter.vault, document_id, copy=copy)
    return [line.strip() for line in preview(paper, 32)]


@pytest.mark.parametrize("kind", ["settlement", "goods_received", "goods_returned", "write_off", "sale"])
def test_what_was_taken_back_is_marked_on_every_paper_of_it(open_corner: Corner, kind: str) -> None:
    open_corner.sell("T1", "2")
    open_corner.do("settle", producer="P1", tender="cash")
    open_corner.receive("T1", "5")
    open_corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "1", "reason": "unsold"}])
    open_corner.do("write_off", lines=[{"sku": "K1", "quantity": "1", "reason": "damaged"}])
    if kind == "sale":
        open_corner.sell("K1")
    number = queries.recent(open_corner.db, kind)[0].number
    entry = queries.entry_by_number(open_corner.db, number)
    assert entry is not None
    assert "*** DIBATALKAN ***" not in lines(open_corner, entry.id, copy=True)
    taken_back = open_corner.do("reverse", of=number, reason="salah")["number"]
    for copy in (False, True):
        shown = lines(open_corner, entry.id, copy=copy)
        place = shown.index("*** DIBATALKAN ***")
        assert shown[place + 1] == f"oleh {taken_back}"
        assert ("*** SALINAN ***" in shown) is copy
