"""Random scripts of every action: whatever is played, the books agree with the journal and with each other."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pos_app.ledger import queries
from pos_app.ledger.sqlite import Connection
from pos_app.services import slips
from sync.documents.base import FIGURES
from sync.documents.kinds import KINDS, decode, encode
from sync.documents.shift import expected_cash
from tests.corner import PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register

SKUS = ("T1", "K1", "B1", "W1")
OWNER = {"T1": "P1", "K1": "P2", "B1": "P2", "W1": "P1"}

skus = st.sampled_from(SKUS)
producers = st.sampled_from(("P1", "P2"))
pieces = st.integers(1, 6).map(str)
money = st.integers(1, 60_000)
bearers = st.sampled_from(("corner", "producer"))
managers = st.sampled_from((None, "Bu Rina"))
places = st.integers(0, 4)


@st.composite
def quantity_of(draw: st.DrawFn, sku: str) -> str:
    return draw(st.sampled_from(("0.375", "1.137", "0.001", "2"))) if sku == "W1" else draw(pieces)


@st.composite
def goods(draw: st.DrawFn, producer: str | None = None) -> list[dict[str, Any]]:
    chosen = draw(st.lists(skus.filter(lambda sku: producer in (None, OWNER[sku])), min_size=1, max_size=3))
    expires = draw(st.sampled_from((None, "2026-09-01", "2026-10-02", "2026-12-31")))
    lines = [{"sku": sku, "quantity": draw(quantity_of(sku))} for sku in chosen]
    return [{**line, "expires_on": expires} for line in lines] if expires and producer else lines


@st.composite
def sales(draw: st.DrawFn) -> dict[str, Any]:
    lines = [
        {"code": sku, "quantity": draw(quantity_of(sku)), "discount": draw(st.integers(0, 3)) * 250}
        | {"borne_by": draw(bearers)}
        for sku in draw(st.lists(skus, min_size=1, max_size=3))
    ]
    other = draw(st.sampled_from(("qris", "transfer", "tab", None)))
    tenders: list[dict[str, Any]] = [{"kind": "cash", "amount": 500_000}]
    if other:
        staff = {"staff": "S1"} if other == "tab" else {"reference": "R"}
        tenders.append({"kind": other, "amount": draw(st.integers(1, 9_000)), **staff})
    return {"do": "sale", "lines": lines, "tenders": tenders}


@st.composite
def refunds(draw: st.DrawFn) -> dict[str, Any]:
    lines = [{"line": draw(st.integers(0, 1)), "quantity": draw(st.sampled_from(("1", "2", "0.375")))}]
    tender = draw(st.sampled_from(("cash", "qris", "tab", "transfer")))
    return {"do": "refund", "of": draw(places), "lines": lines, "tender": tender}


@st.composite
def deliveries(draw: st.DrawFn) -> dict[str, Any]:
    producer = draw(producers)
    return {"do": "receive", "producer": producer, "lines": draw(goods(producer))}


@st.composite
def returns(draw: st.DrawFn) -> dict[str, Any]:
    producer = draw(producers)
    lines = [{"sku": line["sku"], "quantity": line["quantity"]} for line in draw(goods(producer))]
    return {"do": "return_goods", "producer": producer, "lines": lines}


def action(name: str, **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"do": st.just(name), **parts})


numbers = st.builds(
    lambda kind, place: f"{kind}-MTR001A-{place:06d}",
    st.sampled_from(("ST", "NT", "NR", "HR", "BP", "PB", "KK", "BT")),
    st.integers(1, 4),
)
counted = st.fixed_dictionaries({"sku": skus, "counted": st.integers(0, 12).map(str), "borne_by": bearers})
prices = st.integers(4, 9).map(lambda n: n * 4_000)
actions = st.one_of(
    sales(),
    sales(),
    deliveries(),
    deliveries(),
    refunds(),
    returns(),
    action("write_off", lines=goods(), borne_by=bearers),
    action("count", lines=st.lists(counted, min_size=1, max_size=2)),
    action("settle", producer=producers, tender=st.sampled_from(("cash", "transfer"))),
    action(
        "settle",
        producer=producers,
        tender=st.sampled_from(("cash", "transfer")),
        deductions=st.lists(
            st.fixed_dictionaries({"reason": st.sampled_from(("labels", "other")), "amount": st.integers(1, 20_000)}),
            min_size=1,
            max_size=2,
        ),
    ),
    action(
        "settle",
        producer=producers,
        tender=st.sampled_from(("cash", "transfer")),
        through=st.sampled_from(("2026-09-30", "2026-10-01", "2026-10-02")),
    ),
    action("tab_payment", staff=st.just("S1"), amount=money, tender=st.sampled_from(("cash", "qris"))),
    action("cash_move", direction=st.sampled_from(("in", "out")), amount=money, safe=st.booleans()),
    action("cash_move", direction=st.just("in"), amount=money, producer=producers),
    action("set_price", sku=skus, sell_price=prices, consign_price=st.sampled_from((None, 2_500, 14_000))),
    action("reverse", of=numbers),
    action("opening", payable=st.just({"P1": 5_050})),
    action("close_shift", counted=money),
    action("open_shift", float=money),
)
days = st.lists(st.tuples(actions, managers, st.integers(0, 5)), min_size=1, max_size=25)


def play(corner: Corner, day: list[tuple[dict[str, Any], str | None, int]]) -> list[dict[str, Any]]:
    answers = [corner.play({"do": "open_shift", "float": 100_000})]
    answers += [corner.play(receipt("P1", "T1")), corner.play(receipt("P2", "B1"))]
    for one, manager, hours in day:
        corner.clock.pass_by(hours=hours)
        answers.append(corner.play({**one, "approved_by": manager} if manager else one))
    return answers


def receipt(producer: str, sku: str) -> dict[str, Any]:
    return {"do": "receive", "producer": producer, "lines": [{"sku": sku, "quantity": "9"}]}


def documents(db: Connection) -> list[tuple[int, Any]]:
    entries = [queries.entry_by_seq(db, row[0]) for row in db.execute("SELECT seq FROM journal ORDER BY seq")]
    return [(entry.seq, entry.document) for entry in entries if entry]


def assert_documents_balance(corner: Corner) -> None:
    for _seq, document in documents(corner.db):
        assert sum(amount for _account, amount in document.effects().postings) == 0
        assert decode(document.KIND, 1, encode(document)) == document
        assert type(document) is KINDS[document.KIND]


def assert_numbers_are_gap_free(corner: Corner) -> None:
    seen: dict[str, int] = {}
    for _seq, document in documents(corner.db):
        prefix, series, number = document.number.split("-")
        assert (prefix, series) == (document.PREFIX, "MTR001A")
        seen[prefix] = seen.get(prefix, 0) + 1
        assert int(number) == seen[prefix]


def assert_drawer_is_the_shift_arithmetic(corner: Corner) -> None:
    shift = queries.open_shift(corner.db)
    assert queries.balance(corner.db, "cash") == (shift.expected if shift else 0) == corner.state["drawer"]
    for row in corner.db.execute("SELECT * FROM shifts WHERE closed_seq IS NOT NULL"):
        assert row["expected"] == expected_cash(row["opening_float"], {name: row[name] for name in FIGURES})


def assert_stock_is_in_less_out(corner: Corner) -> None:
    sums = dict(corner.db.execute("SELECT sku, sum(quantity) FROM stock_movements GROUP BY sku").fetchall())
    assert sums == queries.stock_sums(corner.db)
    cost = corner.db.execute("SELECT coalesce(sum(cost), 0) FROM stock").fetchone()[0]
    assert cost == queries.balance(corner.db, "stock")


def assert_payables_are_unsettled_lines(corner: Corner) -> None:
    """Rule 6, added up anew from the lines of the documents."""
    owed = {"P1": 0, "P2": 0}
    originals = {queries.entry_by_seq(corner.db, seq).id: document for seq, document in documents(corner.db)}
    for _seq, document in documents(corner.db):
        sign, source = 1, document
        if document.KIND == "reversal":
            sign, source = -1, originals[document.original_id]
        for producer, amount in shares(source):
            owed[producer] += sign * amount
    assert owed == {producer: queries.payable(corner.db, producer) for producer in owed}


def shares(document: Any) -> list[tuple[str, int]]:
    match document.KIND:
        case "sale" | "write_off":
            return [(line.producer, line.share) for line in document.lines]
        case "refund":
            return [(line.producer, -line.share) for line in document.lines]
        case "stock_count":
            return [(line.missing.producer, line.missing.share) for line in document.lines if line.missing]
        case "goods_received":
            return [(document.producer, line.cost) for line in document.lines]
        case "goods_returned":
            return [(document.producer, -line.cost) for line in document.lines]
        case "settlement":
            return [(document.producer, -document.amount - document.deducted)]
        case "cash_move":
            return [(document.producer, document.amount)] if document.producer else []
        case "opening":
            return list(document.payable.items())
    return []


def assert_slips_list_what_happened(corner: Corner) -> None:
    """The goods on a settlement slip end at what was on hand at its cut-off."""
    for _seq, document in documents(corner.db):
        for line in document.goods if document.KIND == "settlement" else ():
            left = corner.db.execute(
                "SELECT coalesce(sum(quantity), 0) FROM stock_movements WHERE sku = ? AND seq <= ?",
                (line.sku, document.through_seq),
            ).fetchone()[0]
            assert line.left == left


def assert_slips_follow_from_the_journal(corner: Corner) -> None:
    """Every slip, computed anew from its sales, refunds and losses, is what it was; and its lines make its sums."""
    for seq, document in documents(corner.db):
        if document.KIND == "settlement":
            assert slips.check(corner.db, document.number) == ()
            told = slips.explained(corner.db, seq, document)
            assert told.losses + told.bought + told.opening + told.debts_paid == document.other


@settings(max_examples=60)
@given(day=days)
def test_whatever_is_played_the_books_agree(day: list[tuple[dict[str, Any], str | None, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corner = new_corner(Path(folder))
        try:
            register(corner, Path(folder), PRODUCERS, PRODUCTS, STAFF)
            answers = play(corner, day)
            assert corner.verify() == sum(answer["ok"] for answer in answers)
            assert corner.db.execute("SELECT sum(amount) FROM balances").fetchone()[0] == 0
            assert_documents_balance(corner)
            assert_numbers_are_gap_free(corner)
            assert_drawer_is_the_shift_arithmetic(corner)
            assert_stock_is_in_less_out(corner)
            assert_payables_are_unsettled_lines(corner)
            assert_slips_list_what_happened(corner)
            assert_slips_follow_from_the_journal(corner)
            json.dumps(corner.state)
        finally:
            corner.ledger.close()
