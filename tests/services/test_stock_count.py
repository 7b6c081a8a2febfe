"""A stock count that takes hours while the till goes on selling."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos_app.domain.errors import CountAgain, CountUnderWay, DamagedLedger, ManagerNeeded, NoCount, NotCounted
from pos_app.ledger import agreements, goods_claims, queries, registry, shelves
from pos_app.ledger import counting as kept
from pos_app.ledger.agreements import Agreement
from pos_app.ledger.rebuild import rebuild
from pos_app.ledger.verify import verify
from pos_app.services import count_posting, counting
from pos_app.services.context import User
from pos_app.services.counting import Scope
from pos_app.services.ids import uuid7
from pos_app.ui.worker import Stopped
from sync.documents.base import InvalidDocument
from sync.documents.goods import MOST_LINES, StockCount
from sync.protocol.registry_rows import ProductRow
from tests.corner import MORNING, PRODUCERS, PRODUCTS, ROOT, STAFF, Corner, new_corner, register

ALL = Scope()
BY = "M"
CASHIER = User("0199", "kasir")


@pytest.fixture
def counted(open_corner: Corner) -> Iterator[Corner]:
    """Everything is being counted; at the end the whole journal must prove itself."""
    counting.begin(open_corner.counter, ALL)
    yield open_corner
    open_corner.verify()


def find_all(corner: Corner, **found: int) -> None:
    """Pieces found of each product; of the others as many as should be there."""
    stock = {"T1": 20, "K1": 12, "B1": 10, "W1": 10} | found
    for sku, pieces in stock.items():
        counting.put(corner.counter, sku, pieces * 1000)


def posted(corner: Corner) -> StockCount:
    recorded = count_posting.post(corner.counter, approved_by=BY)
    assert isinstance(recorded.document, StockCount)
    return recorded.document


def test_what_is_sold_between_counting_and_posting_is_neither_lost_nor_counted_twice(counted: Corner) -> None:
    find_all(counted, T1=18)
    counted.sell("T1", "3")
    counted.receive("K1", "5")
    line = next(line for line in posted(counted).lines if line.sku == "T1")
    assert (line.expected, line.counted) == (20_000, 18_000)
    assert line.missing is not None
    assert line.missing.quantity == 2_000
    assert counted.state["stock"] == {"T1": "15", "K1": "17", "B1": "10", "W1": "10"}


def test_goods_counted_after_a_sale_are_compared_with_what_was_left_by_it(counted: Corner) -> None:
    find_all(counted)
    counted.sell("T1", "3")
    counting.put(counted.counter, "T1", 17_000)
    document = posted(counted)
    assert all(line.missing is None for line in document.lines)
    lines = {line.sku: line for line in document.lines}
    assert lines["T1"].at_seq == lines["K1"].at_seq + 1
    assert counted.state["stock"]["T1"] == "17"


def test_the_count_is_one_document_and_is_over_then(counted: Corner) -> None:
    find_all(counted, T1=19, K1=14)
    before = counted.ledger.head().seq
    posted(counted)
    assert counted.ledger.head().seq == before + 1
    assert counting.session(counted.db) is None
    assert kept.rows(counted.db) == {}
    with pytest.raises(NoCount):
        count_posting.post(counted.counter, approved_by=BY)


def test_goods_that_nobody_counted_are_never_taken_for_anything(counted: Corner) -> None:
    counting.put(counted.counter, "T1", 20_000)
    assert [goods.sku for goods in counting.left(counted.db)] == ["K1", "B1", "W1"]
    with pytest.raises(NotCounted) as error:
        posted(counted)
    assert error.value.left == 3
    counting.declare_zero(counted.counter, ["B1"])
    counting.leave_out(counted.counter, ["K1", "W1"])
    document = posted(counted)
    assert {line.sku for line in document.lines} == {"T1", "B1"}
    assert counted.state["stock"] == {"T1": "20", "K1": "12", "B1": "0", "W1": "10"}


def test_more_missing_than_is_there_now_must_be_counted_again_the_rest_is_unaffected(counted: Corner) -> None:
    find_all(counted, T1=2, K1=11)
    counted.sell("T1", "15")
    with pytest.raises(CountAgain) as error:
        posted(counted)
    assert error.value.goods == "Keripik Pisang 200 g"
    assert [one.row.sku for one in count_posting.differences(counted.db) if one.again] == ["T1"]
    counting.put(counted.counter, "T1", 5_000)
    posted(counted)
    assert counted.state["stock"] == {"T1": "5", "K1": "11", "B1": "10", "W1": "10"}


def test_goods_sold_between_two_scans_of_them_must_be_counted_again(counted: Corner) -> None:
    find_all(counted)
    counting.again(counted.counter, ["T1"])
    counting.add(counted.counter, "T1", 1_000)
    counted.sell("T1")
    assert counting.add(counted.counter, "T1", 1_000).moved
    with pytest.raises(CountAgain):
        posted(counted)
    counting.put(counted.counter, "T1", 19_000)
    posted(counted)
    assert counted.state["stock"]["T1"] == "19"


def test_scans_add_up_and_a_typed_number_replaces_them(counted: Corner) -> None:
    for _scan in range(3):
        counting.add(counted.counter, "T1", 1_000)
    assert counting.put(counted.counter, "T1", 12_000).earlier == 3_000
    row = kept.row(counted.db, "T1")
    assert row is not None
    assert (row.counted, row.earlier) == (12_000, 3_000)


def test_a_recount_begins_at_nothing_and_keeps_what_the_first_one_found(counted: Corner) -> None:
    counting.put(counted.counter, "T1", 18_000)
    counting.again(counted.counter, ["T1"])
    assert "T1" in {goods.sku for goods in counting.left(counted.db)}
    row = counting.add(counted.counter, "T1", 1_000)
    assert (row.counted, row.earlier) == (1_000, 18_000)


def test_a_till_has_one_count_at_a_time(counted: Corner) -> None:
    with pytest.raises(CountUnderWay):
        counting.begin(counted.counter, Scope("category", "makanan"))


def test_a_cancelled_count_is_logged_and_changes_nothing(counted: Corner) -> None:
    find_all(counted, T1=1)
    stock = counted.state["stock"]
    counted.counter.user = CASHIER
    with pytest.raises(ManagerNeeded):
        counting.cancel(counted.counter)
    counting.cancel(counted.counter, approved_by=BY)
    assert counted.state["stock"] == stock
    assert counting.session(counted.db) is None
    traced = counted.db.execute("SELECT user, action, detail FROM activity ORDER BY id DESC LIMIT 1").fetchone()
    assert tuple(traced) == ("M", "count_cancelled", "4")


def test_who_has_no_manager_counts_but_does_not_post(counted: Corner) -> None:
    counted.counter.user = CASHIER
    find_all(counted)
    with pytest.raises(ManagerNeeded):
        count_posting.post(counted.counter)


def test_missing_goods_are_borne_by_rule_by_agreement_or_as_named(counted: Corner) -> None:
    terms = Agreement("P1", MORNING.date(), "mingguan", "cash", "corner", 7, 30)
    agreements.keep(counted.db, terms)
    find_all(counted, T1=19, K1=11, B1=9, W1=9)
    counting.bear(counted.counter, "W1", "producer")
    document = posted(counted)
    assert {line.sku: line.missing.borne_by for line in document.lines if line.missing} == {
        "T1": "corner",
        "K1": "producer",
        "B1": "corner",
        "W1": "producer",
    }
    assert counted.payable("P1") == 14_400


def test_found_more_changes_stock_only(counted: Corner) -> None:
    payable = counted.state["payable"]
    find_all(counted, T1=22)
    posted(counted)
    assert counted.state["stock"]["T1"] == "22"
    assert counted.state["payable"] == payable


@pytest.mark.parametrize(
    ("scope", "skus"),
    [
        (Scope("producer", "P2"), {"K1", "B1"}),
        (Scope("category", "makanan"), {"T1", "K1", "B1", "W1"}),
        (Scope("shelf", "Rak 1"), {"T1"}),
    ],
)
def test_a_scope_is_a_shelf_a_category_or_a_producer(open_corner: Corner, scope: Scope, skus: set[str]) -> None:
    shelves.put(open_corner.db, "T1", "Rak 1")
    counting.begin(open_corner.counter, scope)
    assert {goods.sku for goods in counting.left(open_corner.db)} == skus


def test_a_stop_leaves_nothing_half_done(counted: Corner) -> None:
    find_all(counted, T1=1)
    state = counted.state

    def stop(_done: int, _total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        count_posting.post(counted.counter, approved_by=BY, tell=stop)
    assert counted.state == state
    assert kept.how_many(counted.db) == 4


@pytest.mark.parametrize("sold", [4, 5, 6])
def test_a_count_of_several_parts_is_within_reach_to_its_last_part(
    counted: Corner, monkeypatch: pytest.MonkeyPatch, sold: int
) -> None:
    """Counted after entry 5 and posted as four documents: with five sales between, the last is the 9th after it."""
    for module in (count_posting, goods_claims):
        monkeypatch.setattr(module, "COUNT_REACH", 9)
    monkeypatch.setattr(count_posting, "MOST_LINES", 1)
    find_all(counted, T1=18)
    for _sale in range(sold):
        counted.sell("K1")
    if sold > 5:
        with pytest.raises(CountAgain):
            posted(counted)
        find_all(counted, T1=18, K1=12 - sold)
    posted(counted)
    assert counted.db.execute("SELECT count(*) FROM documents WHERE kind = 'stock_count'").fetchone()[0] == 4
    assert counted.state["stock"]["T1"] == "18"


def test_a_count_of_more_goods_than_a_document_holds_becomes_several_and_a_replay_proves_them(
    open_corner: Corner,
) -> None:
    many = [f"M{number:04}" for number in range(MOST_LINES + 50)]
    rows = [
        ProductRow(
            sku=sku,
            barcode=None,
            name=sku,
            category="makanan",
            unit="pcs",
            producer_code="P1",
            pricing="titip",
            consign_price=900,
            commission_bp=None,
            sell_price=1_000,
            shelf_life_days=None,
            min_stock=0,
            needs_pirt=False,
            needs_halal=False,
            e_katalog=False,
            tkdn_bp=None,
        )
        for sku in many
    ]
    with open_corner.ledger.write() as tx:
        registry.add_products(tx.db, rows)
    for sku in many[:3]:
        open_corner.receive(sku, "5")
    counting.begin(open_corner.counter, ALL)
    find_all(open_corner)
    counting.declare_zero(open_corner.counter, many)
    open_corner.sell("T1")
    recorded = count_posting.post(open_corner.counter, approved_by=BY)
    assert recorded.number == "SO-MTR001A-000002"
    assert open_corner.state["stock"] | dict.fromkeys(many[:3], "0") == open_corner.state["stock"]
    open_corner.verify()


def test_the_note_of_a_count_lies_sealed_in_its_draft(counted: Corner) -> None:
    counting.change(counted.counter, note="hilang dari tas Bu Sri")
    kept_body = counted.db.execute("SELECT body FROM drafts WHERE slot = ?", (counting.SLOT,)).fetchone()[0]
    assert "Sri" not in kept_body
    under_way = counting.change(counted.counter, done=True)
    assert counting.note_of(counted.counter, under_way) == "hilang dari tas Bu Sri"
    assert counting.note_of(counted.counter, counting.change(counted.counter, note="")) == ""
    find_all(counted)
    posted(counted)


def forge(corner: Corner, document: StockCount) -> int:
    at = corner.clock()
    with corner.ledger.write() as tx:
        return tx.append(document, document_id=uuid7(at), at=at, cashier="").seq


@pytest.mark.parametrize("which", ["another stock", "another entry", "a later entry"])
def test_a_replay_proves_that_what_was_expected_was_there(open_corner: Corner, which: str) -> None:
    counting.begin(open_corner.counter, ALL)
    find_all(open_corner)
    open_corner.sell("T1", "3")
    document = posted(open_corner)
    line = next(line for line in document.lines if line.sku == "T1")
    number = "SO-MTR001A-000002"
    match which:
        case "another stock":
            forged = msgspec.structs.replace(line, expected=21_000, counted=21_000)
        case "another entry":
            forged = msgspec.structs.replace(line, at_seq=line.at_seq + 1)
        case _:
            forged = msgspec.structs.replace(line, at_seq=99, expected=17_000, counted=17_000)
    changed = msgspec.structs.replace(document, number=number, lines=(forged,))
    if which == "a later entry":
        with pytest.raises(InvalidDocument):
            changed.check()
        changed = msgspec.structs.replace(changed, at_seq=99)
    seq = forge(open_corner, changed)
    for check in (verify, rebuild):
        with pytest.raises(DamagedLedger) as error:
            check(open_corner.ledger)
        assert error.value.entry == seq


def test_a_count_of_a_script_says_what_it_always_did(open_corner: Corner) -> None:
    number = open_corner.do("count", lines=[{"sku": "T1", "counted": "18"}])["number"]
    entry = queries.entry_by_number(open_corner.db, number)
    assert entry is not None
    assert b"at_seq" not in msgspec.json.encode(entry.document.lines)  # type: ignore[attr-defined]
    open_corner.verify()


KILLED = """
import os, signal, sys
from pathlib import Path
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.services import count_posting, counting
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from tests.corner import StillClock

path = Path(sys.argv[1])
counter = Counter(Ledger.open(path), Vault(path.parent / "keys"), StillClock(), uuid7)
for _scan in range(7):
    counting.add(counter, "T1", 1_000)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_every_scan_outlives_a_killed_program(counted: Corner) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(counted.ledger.path)], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    row = kept.row(counted.db, "T1")
    assert row is not None
    assert (row.counted, row.moved) == (7_000, False)


SKUS = ("T1", "K1", "B1", "W1")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("sell", "receive", "count", "count", "again", "write_off")),
        st.sampled_from(SKUS),
        st.integers(0, 25),
    ),
    max_size=25,
)


@given(steps=STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_moves_meanwhile_the_stock_ends_at_what_was_counted_and_what_moved_since(
    steps: list[tuple[str, str, int]], tmp_path: Path
) -> None:
    with TemporaryDirectory(dir=tmp_path) as name:
        corner = new_corner(Path(name))
        register(corner, Path(name), PRODUCERS, PRODUCTS, STAFF)
        corner.do("open_shift", float=0)
        stock = dict.fromkeys(SKUS, 20)
        for sku in SKUS:
            corner.receive(sku, "20")
        counting.begin(corner.counter, ALL)
        off: dict[str, int] = {}
        for what, sku, pieces in steps:
            match what:
                case "sell" if pieces:
                    corner.sell(sku, str(pieces), cash=10_000_000)
                    stock[sku] -= pieces
                case "receive" if pieces:
                    corner.receive(sku, str(pieces))
                    stock[sku] += pieces
                case "write_off" if 0 < pieces <= stock[sku]:
                    corner.do("write_off", lines=[{"sku": sku, "quantity": str(pieces)}])
                    stock[sku] -= pieces
                case "count":
                    counting.put(corner.counter, sku, pieces * 1_000)
                    off[sku] = pieces - stock[sku]
                case "again":
                    counting.again(corner.counter, [sku])
                    off.pop(sku, None)
        left = [sku for sku in SKUS if sku not in off]
        counting.leave_out(corner.counter, left)
        impossible = {sku for sku, by in off.items() if -by > max(stock[sku], 0)}
        assert {one.row.sku for one in count_posting.differences(corner.db) if one.again} == impossible
        counting.leave_out(corner.counter, sorted(impossible))
        if set(off) - impossible:
            count_posting.post(corner.counter, approved_by=BY)
            for sku in set(off) - impossible:
                stock[sku] += off[sku]
        assert corner.state["stock"] == {sku: str(stock[sku]) for sku in SKUS}
        corner.verify()
        corner.ledger.close()
