"""A document that pays something a second time balances and projects like any other: only the replay finds it."""

from typing import Any

import msgspec
import pytest

from pos_app.domain.errors import DamagedLedger
from pos_app.ledger import queries
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.verify import verify
from pos_app.services import deductions, matching, refunding
from pos_app.services.ids import uuid7
from sync.documents.base import Document, InvalidDocument
from sync.documents.deductions import DeductionCollected, DeductionList, LeftOut, StaffDeduction, TabEntry
from sync.documents.qris_matched import MatchedEntry, QrisMatched
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal, opposite
from tests.corner import MORNING, Corner, line_of

MONTH = "2026-10"


def forge(corner: Corner, document: Document) -> int:
    """Write what no service would, as somebody does who has read the protocol; its entry."""
    at = corner.clock()
    with corner.ledger.write() as tx:
        return tx.append(document, document_id=uuid7(at), at=at, cashier="").seq


def assert_found(corner: Corner, seq: int, reason: str) -> None:
    for check in (verify, rebuild):
        with pytest.raises(DamagedLedger) as error:
            check(corner.ledger)
        assert error.value.entry == seq
        assert reason in error.value.reason


def document_of(corner: Corner, number: str) -> tuple[str, Any]:
    entry = queries.entry_by_number(corner.db, number)
    assert entry is not None
    return entry.id, entry.document


def like(document: Any, **changed: Any) -> Any:
    """The same under the next number of its kind."""
    series, _hyphen, last = document.number.rpartition("-")
    return msgspec.structs.replace(document, **{"number": f"{series}-{int(last) + 1:06d}", **changed})


def undoing(corner: Corner, number: str, at: int = 1) -> Reversal:
    """A reversal that is right in itself."""
    entry_id, document = document_of(corner, number)
    effects = opposite(document.effects())
    return Reversal(
        number=f"BT-MTR001A-{at:06d}",
        original_id=entry_id,
        original_number=number,
        original_kind=document.KIND,
        postings=effects.postings,
        movements=tuple((m.sku, m.batch, m.quantity, m.cost, m.expires_on) for m in effects.movements),
        figures=effects.figures,
    )


def paid_by(corner: Corner, kind: str, pieces: int = 1) -> dict[str, Any]:
    tender = {"kind": kind, "amount": 16_000 * pieces} | ({"staff": "S1"} if kind == "tab" else {})
    return corner.do("sale", lines=[{"code": "T1", "quantity": str(pieces)}], tenders=[tender])


# QRIS money ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def matched(open_corner: Corner) -> Corner:
    """Three sales by QRIS at the entries 6 to 8, of which the second was found at the bank at 9."""
    for _number in range(3):
        paid_by(open_corner, "qris")
    matching.match(open_corner.counter, [7], 15_900)
    return open_corner


def match_of(*seqs: int, through: int, left: tuple[tuple[int, int], ...] = (), amount: int = 16_000) -> QrisMatched:
    lines = tuple(MatchedEntry(seq=seq, number=f"ST-MTR001A-{seq - 5:06d}", amount=amount) for seq in seqs)
    gross = amount * len(lines)
    return QrisMatched(
        number="CQ-MTR001A-000002", through_seq=through, lines=lines, left=left, gross=gross, received=gross
    )


@pytest.mark.parametrize(
    ("match", "reason"),
    [
        (match_of(7, through=8, left=((6, 16_000), (8, 16_000))), "matches money that is not unmatched"),
        (match_of(6, through=8, left=((8, 16_000),), amount=8_000), "matches money that is not unmatched"),
        (match_of(6, through=8), "what is left is not what is unmatched"),
        (match_of(6, through=8, left=((8, 9_000),)), "what is left is not what is unmatched"),
        (match_of(6, through=6), "matches beyond its place"),
        (match_of(6, through=99, left=((8, 16_000),)), "matches beyond its place"),
        (
            msgspec.structs.replace(
                match_of(8, through=8, left=((6, 16_000),)),
                lines=(MatchedEntry(seq=8, number="ST-MTR001A-000001", amount=16_000),),
            ),
            "matches a document of another number",
        ),
    ],
    ids=["twice", "in part", "one is lost", "one is less", "backwards", "of what is to come", "under another number"],
)
def test_a_forged_match_is_found(matched: Corner, match: QrisMatched, reason: str) -> None:
    assert_found(matched, forge(matched, match), reason)


def test_a_match_that_is_not_the_newest_is_taken_back(matched: Corner) -> None:
    matching.match(matched.counter, [6, 8], 32_000)
    assert_found(matched, forge(matched, undoing(matched, "CQ-MTR001A-000001")), "not the newest")


def test_matches_taken_back_and_made_anew_are_whole(matched: Corner) -> None:
    second = matching.match(matched.counter, [8], 16_000)
    refunding.reverse(matched.counter, second.number)
    refunding.reverse(matched.counter, "CQ-MTR001A-000001")
    matched.do("reverse", of="ST-MTR001A-000002")
    matching.match(matched.counter, [6], 16_000)
    matching.match(matched.counter, [7, 8, matched.ledger.head().seq - 1], 16_000)
    assert matching.unmatched(matched.db) == []
    matched.verify()
    assert rebuild(matched.ledger) == matched.ledger.head().seq


# Staff tabs ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def listed(open_corner: Corner) -> Corner:
    """Two sales on the tab of S1 at the entries 6 and 7, and a list of both."""
    paid_by(open_corner, "tab")
    paid_by(open_corner, "tab", 2)
    deductions.hand_over(open_corner.counter, MONTH, "", cut_off=MORNING.date())
    return open_corner


def deduction(*entries: tuple[int, int]) -> StaffDeduction:
    return StaffDeduction(
        staff="S1",
        amount=sum(amount for _seq, amount in entries),
        entries=tuple(TabEntry(seq, amount) for seq, amount in entries),
    )


def the_list(corner: Corner) -> tuple[str, DeductionList]:
    entry_id, document = document_of(corner, "DP-MTR001A-000001")
    assert isinstance(document, DeductionList)
    return entry_id, document


def collection(corner: Corner, *lines: StaffDeduction, left_out: tuple[LeftOut, ...] = ()) -> DeductionCollected:
    list_id, document = the_list(corner)
    return DeductionCollected(
        number="PG-MTR001A-000001",
        list_id=list_id,
        list_number=document.number,
        tender="transfer",
        lines=lines,
        left_out=left_out,
    )


def test_a_forged_list_of_what_waits_already(listed: Corner) -> None:
    _id, document = the_list(listed)
    assert_found(listed, forge(listed, like(document, month="2026-11")), "waits on another list")


def test_a_forged_list_of_more_than_went_on_the_tab(open_corner: Corner) -> None:
    seq = int(paid_by(open_corner, "tab")["seq"])
    forged = DeductionList(
        number="DP-MTR001A-000001",
        month=MONTH,
        cut_off="2026-10-01",
        through_seq=seq,
        lines=(deduction((seq, 17_000)),),
    )
    assert_found(open_corner, forge(open_corner, forged), "more than an entry put on the tab")


def test_a_forged_list_of_what_was_collected_before(listed: Corner) -> None:
    deductions.collect(listed.counter, "DP-MTR001A-000001", "transfer")
    _id, document = the_list(listed)
    assert_found(listed, forge(listed, like(document, month="2026-11")), "more than an entry put on the tab")


def test_a_list_that_is_forged_as_collected_twice(listed: Corner) -> None:
    collected = deductions.collect(listed.counter, "DP-MTR001A-000001", "transfer").document
    assert_found(listed, forge(listed, like(collected)), "does not wait")


@pytest.mark.parametrize(
    ("lines", "left_out", "reason"),
    [
        ((deduction((6, 16_000), (7, 33_000)),), (), "collects more than is listed"),
        ((deduction((5, 16_000)),), (), "collects more than is listed"),
        ((), (LeftOut(staff="S2"),), "collects from others"),
        ((deduction((6, 16_000)),), (LeftOut(staff="S2"),), "collects from others"),
    ],
)
def test_a_forged_collection_is_found(
    listed: Corner, lines: tuple[StaffDeduction, ...], left_out: tuple[LeftOut, ...], reason: str
) -> None:
    assert_found(listed, forge(listed, collection(listed, *lines, left_out=left_out)), reason)


def test_a_collected_list_that_is_forged_as_undone(listed: Corner) -> None:
    deductions.collect(listed.counter, "DP-MTR001A-000001", "transfer")
    assert_found(listed, forge(listed, undoing(listed, "DP-MTR001A-000001")), "does not wait")


def test_two_tabs_in_one_sale_are_listed_and_collected_each(open_corner: Corner) -> None:
    """What is taken of the one says nothing of the other."""
    tenders = [{"kind": "tab", "staff": "S1", "amount": 2_000}, {"kind": "tab", "staff": "S2", "amount": 30_000}]
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "2"}], tenders=tenders, approved_by="M")
    deductions.hand_over(open_corner.counter, MONTH, "", cut_off=MORNING.date())
    deductions.collect(open_corner.counter, "DP-MTR001A-000001", "transfer", left_out={"S1": "on_leave"})
    deductions.hand_over(open_corner.counter, "2026-11", "", cut_off=MORNING.date())
    second = deductions.collect(open_corner.counter, "DP-MTR001A-000002", "transfer")
    refunding.reverse(open_corner.counter, second.number)
    deductions.collect(open_corner.counter, "DP-MTR001A-000002", "transfer")
    assert open_corner.state["tabs"] == {"S1": 0, "S2": 0}
    open_corner.verify()


# Refunds and reversals -----------------------------------------------------------------------------------------------


@pytest.fixture
def refunded(open_corner: Corner) -> Corner:
    """One of three pieces came back."""
    open_corner.sell("T1", "3")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    return open_corner


def more(refund: Refund, **changed: Any) -> Refund:
    line = msgspec.structs.replace(refund.lines[0], **changed)
    forged = like(refund, lines=(line,), total=line.total)
    assert isinstance(forged, Refund)
    return forged


@pytest.mark.parametrize(
    "changed",
    [
        {"quantity": 3_000, "total": 48_000},
        {"total": 40_000},
        {"share": 40_000},
        {"line": 1},
        {"sku": "W1"},
        {"producer": "P2"},
    ],
    ids=["pieces", "money", "share", "line", "goods", "producer"],
)
def test_a_forged_refund_of_more_than_was_sold(refunded: Corner, changed: dict[str, Any]) -> None:
    _id, refund = document_of(refunded, "PU-MTR001A-000001")
    if "quantity" in changed:
        changed = {**changed, "takes": (msgspec.structs.replace(refund.lines[0].takes[0], quantity=3_000),)}
    assert_found(
        refunded, forge(refunded, more(refund, **changed)), "the sale has not" if "line" in changed else "more"
    )


def test_a_forged_refund_of_a_reversed_sale(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    open_corner.sell("T1", "3")
    open_corner.do("refund", of=1, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    open_corner.do("reverse", of=0)
    sale_id, sale = document_of(open_corner, "ST-MTR001A-000001")
    _id, refund = document_of(open_corner, "PU-MTR001A-000001")
    forged = like(refund, sale_id=sale_id, sale_number=sale.number)
    assert_found(open_corner, forge(open_corner, forged), "refunds a sale that is not there")


def test_a_forged_reversal_of_a_refunded_sale(refunded: Corner) -> None:
    assert_found(refunded, forge(refunded, undoing(refunded, "ST-MTR001A-000001")), "something came back")


def test_a_forged_settlement_of_what_is_to_come(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    open_corner.do("settle", producer="P1", tender="cash")
    open_corner.sell("T1", "3")
    _id, paid = document_of(open_corner, "BP-MTR001A-000001")
    seq = forge(open_corner, like(paid, from_seq=paid.through_seq, through_seq=99))
    assert_found(open_corner, seq, "settles what comes after it")


def test_a_forged_settlement_of_what_was_paid_before(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    open_corner.do("settle", producer="P1", tender="cash")
    open_corner.sell("T1", "3")
    _id, paid = document_of(open_corner, "BP-MTR001A-000001")
    assert_found(open_corner, forge(open_corner, like(paid)), "does not begin where the payment before ended")


def test_a_forged_settlement_of_more_than_is_owed(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    open_corner.do("settle", producer="P1", tender="cash")
    _id, paid = document_of(open_corner, "BP-MTR001A-000001")
    seq = forge(open_corner, like(paid, from_seq=paid.through_seq))
    assert_found(open_corner, seq, "pays more than is owed")


def test_a_settlement_that_was_taken_back_may_be_paid_again(open_corner: Corner) -> None:
    open_corner.sell("T1", "3")
    for _round in range(2):
        number = open_corner.do("settle", producer="P1", tender="cash")["number"]
        open_corner.do("reverse", of=number)
    open_corner.do("settle", producer="P1", tender="cash")
    open_corner.verify()


def test_a_refund_of_the_other_tills_receipt_is_none_of_this_tills(refunded: Corner) -> None:
    refunding.refund_elsewhere(
        refunded.counter, "ST-MTR001B-000001", [refunding.BackElsewhere("T1", 1_000, 16_000)], "cash"
    )
    refunded.verify()
    _id, refund = document_of(refunded, "PU-MTR001A-000002")
    with pytest.raises(InvalidDocument):
        forge(refunded, like(refund, sale_id="ST-MTR001A-000001", sale_number="ST-MTR001A-000001"))


def test_what_services_record_of_every_kind_is_whole(refunded: Corner) -> None:
    refunded.do("receive", producer="P1", lines=[line_of("T1", "2")])
    refunded.do("settle", producer="P1", tender="cash")
    refunded.do("refund", of=0, lines=[{"line": 0, "quantity": "2"}], tender="cash")
    refunding.refund_elsewhere(
        refunded.counter, "ST-MTR001B-000001", [refunding.BackElsewhere("T1", 1_000, 16_000)], "cash"
    )
    refunded.verify()
