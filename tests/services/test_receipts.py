"""Finding receipts again, and refunding those that another till recorded."""

from dataclasses import replace
from datetime import date

import pytest

from pos_app.domain.errors import (
    EmptyDocument,
    InvalidAmount,
    InvalidQuantity,
    ManagerNeeded,
    NotRefundable,
    UnknownCode,
)
from pos_app.ledger.rebuild import rebuild
from pos_app.services import receipts, refunding
from pos_app.services.context import User
from pos_app.services.refunding import BackElsewhere
from sync.documents.refund import Refund
from tests.corner import IDENTITY, Corner

TODAY = date(2026, 10, 1)
OTHER = "ST-MTR001B-000005"


@pytest.mark.parametrize(
    ("text", "number", "origin"),
    [
        ("ST-MTR001A-000123", "ST-MTR001A-000123", "own"),
        (" st-mtr001a-123 ", "ST-MTR001A-000123", "own"),
        ("MTR001A2-7", "ST-MTR001A2-000007", "own"),
        ("STMTR001A000123", "ST-MTR001A-000123", "own"),
        ("ST-MTR001B-000005", OTHER, "sibling"),
        ("ST-MTR002A-000005", "ST-MTR002A-000005", "elsewhere"),
        ("ST-MTR001A-1234567", "ST-MTR001A-1234567", "own"),
    ],
)
def test_a_number_is_read_as_it_is_typed_or_scanned(text: str, number: str, origin: str) -> None:
    named = receipts.read_number(IDENTITY, text)
    assert named is not None
    assert (named.number, named.origin) == (number, origin)


@pytest.mark.parametrize("text", ["", "2000000000015", "KRP-001", "ST-", "ST-MTR001A-", "PU-MTR001A-000001", "ST-1-2"])
def test_what_is_no_receipt_number_is_none(text: str) -> None:
    assert receipts.read_number(IDENTITY, text) is None


def test_a_bare_number_finds_the_receipts_of_every_beginning(open_corner: Corner) -> None:
    first = open_corner.sell("T1")["number"]
    ledger = open_corner.ledger
    ledger.begin_anew(2)
    second = open_corner.sell("T1")["number"]
    assert (first, second) == ("ST-MTR001A-000001", "ST-MTR001A2-000001")
    found = receipts.by_number(ledger.db, ledger.identity, "1", TODAY)
    assert found == [second, first]
    assert receipts.by_number(ledger.db, replace(ledger.identity, till="B"), "000001", TODAY) == []


def test_a_day_without_a_year_is_the_latest_that_is_not_to_come(open_corner: Corner) -> None:
    open_corner.sell("T1")
    assert receipts.search(open_corner.db, "1/10", TODAY) == ["ST-MTR001A-000001"]
    assert receipts.search(open_corner.db, "2/10", TODAY) == []
    assert receipts.search(open_corner.db, "30/2", TODAY) == []


def test_a_refund_by_the_paper_of_another_till_needs_a_manager(open_corner: Corner) -> None:
    open_corner.counter.user = User("U1", "kasir")
    with pytest.raises(ManagerNeeded):
        refunding.refund_elsewhere(open_corner.counter, OTHER, [BackElsewhere("T1", 1000, 16_000)], "cash")


@pytest.mark.parametrize(
    ("goods", "tender", "error"),
    [
        ([], "cash", EmptyDocument),
        ([BackElsewhere("X", 1000, 1)], "cash", UnknownCode),
        ([BackElsewhere("T1", 500, 1)], "cash", InvalidQuantity),
        ([BackElsewhere("T1", 1000, 0)], "cash", InvalidAmount),
        ([BackElsewhere("T1", 1000, 10**15)], "cash", InvalidAmount),
        ([BackElsewhere("T1", 1000, 16_000)], "tab", NotRefundable),
    ],
)
def test_what_no_paper_can_show_is_refused(
    open_corner: Corner, goods: list[BackElsewhere], tender: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        refunding.refund_elsewhere(
            open_corner.counter,
            OTHER,
            goods,
            tender,  # type: ignore[arg-type]
            approved_by="U1",
        )
    assert open_corner.state["refunds"] == 0


def test_a_sale_of_this_till_is_refunded_by_its_lines_never_by_its_paper(open_corner: Corner) -> None:
    number = open_corner.sell("T1")["number"]
    goods = [BackElsewhere("T1", 1000, 16_000)]
    with pytest.raises(NotRefundable):
        refunding.refund_elsewhere(open_corner.counter, number, goods, "cash", approved_by="U1")


def test_a_refund_by_paper_balances_verifies_and_survives_a_rebuild(open_corner: Corner) -> None:
    goods = [BackElsewhere(sku, 1000, price) for sku, price in (("T1", 16_000), ("K1", 7_500), ("B1", 3_000))]
    recorded = refunding.refund_elsewhere(
        open_corner.counter, OTHER, goods, "transfer", reason="damaged", note="sobek", approved_by="U1"
    )
    document = recorded.document
    assert isinstance(document, Refund)
    assert [(line.total, line.share, line.cost) for line in document.lines] == [
        (16_000, 14_400, 0),
        (7_500, 6_562, 0),
        (3_000, 0, 2_000),
    ]
    assert refunding.refunded_before(open_corner.db, OTHER) == 26_500
    before = open_corner.state
    open_corner.verify()
    rebuild(open_corner.ledger)
    assert open_corner.state == before
    assert open_corner.verify() > 0
