"""Documents: what they do to the books, what they refuse of themselves, and their bytes."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pos_app.ledger import queries
from sync.documents.base import FIGURES, Document, InvalidDocument, postings
from sync.documents.kinds import KINDS, UnknownKind, decode, encode
from sync.documents.money import Deduction, Settlement
from sync.documents.reversal import Reversal, check_undoes, opposite
from sync.protocol.entry import BrokenEntry, entry_hash, genesis, make_body, read_body
from tests.corner import PRODUCERS, PRODUCTS, STAFF, new_corner, register
from tests.ledger.make_fixture import every_kind


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    """One real document of every kind."""
    folder = tmp_path_factory.mktemp("corner")
    corner = new_corner(folder)
    register(corner, folder, PRODUCERS, PRODUCTS, STAFF)
    every_kind(corner)
    rows = corner.db.execute("SELECT seq FROM journal ORDER BY seq")
    found = [entry.document for row in rows if (entry := queries.entry_by_seq(corner.db, row[0]))]
    corner.ledger.close()
    return {document.KIND: document for document in found}


def test_every_kind_is_there(documents: dict[str, Document]) -> None:
    assert set(documents) == set(KINDS)
    prefixes = [kind.PREFIX for kind in KINDS.values()]
    assert len(set(prefixes)) == len(prefixes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_sums_to_zero_without_empty_legs(documents: dict[str, Document], kind: str) -> None:
    legs = documents[kind].effects().postings
    assert sum(amount for _account, amount in legs) == 0
    assert all(amount for _account, amount in legs)
    assert len({account for account, _amount in legs}) == len(legs)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_the_same_after_its_bytes(documents: dict[str, Document], kind: str) -> None:
    document = documents[kind]
    content = encode(document)
    again = decode(kind, 1, content)
    assert again == document
    assert encode(again) == content
    assert again.effects() == document.effects()


@pytest.mark.parametrize("kind", KINDS)
def test_figures_of_a_shift_are_the_known_ones(documents: dict[str, Document], kind: str) -> None:
    assert set(documents[kind].effects().figures) <= set(FIGURES)


@pytest.mark.parametrize("kind", KINDS)
def test_opposite_effects_undo_a_document(documents: dict[str, Document], kind: str) -> None:
    effects = documents[kind].effects()
    back = opposite(effects)
    assert not postings(*effects.postings, *back.postings)
    assert [m.quantity + n.quantity for m, n in zip(effects.movements, back.movements, strict=True)] == [0] * len(
        effects.movements
    )


def test_a_reversal_must_be_the_exact_opposite(documents: dict[str, Document]) -> None:
    reversal, original = documents["reversal"], documents["cash_move"]
    assert isinstance(reversal, Reversal)
    check_undoes(reversal, original.effects())
    with pytest.raises(InvalidDocument):
        check_undoes(reversal, documents["tab_payment"].effects())


def changed(document: Document, path: tuple[Any, ...], value: Any) -> bytes:
    content = json.loads(encode(document))
    place = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(content).encode()


WRONG = [
    ("sale", ("total",), 1),
    ("sale", ("rounding",), 1),
    ("sale", ("received",), 1),
    ("sale", ("lines",), []),
    ("sale", ("lines", 0, "share"), 1),
    ("sale", ("lines", 0, "total"), 1),
    ("sale", ("lines", 0, "quantity"), 0),
    ("sale", ("lines", 0, "quantity"), 2.5),
    ("sale", ("lines", 0, "discount"), 10**9),
    ("sale", ("lines", 0, "takes", 0, "quantity"), 1),
    ("sale", ("lines", 0, "sku"), ""),
    ("sale", ("tenders", 0, "staff"), "S1"),
    ("sale", ("tenders", 0, "kind"), "cheque"),
    ("sale", ("tenders", 0, "authorised"), "pin"),
    ("sale", ("tenders", 1, "authorised"), "nod"),
    ("sale", ("number",), "ST-1"),
    ("refund", ("total",), 1),
    ("refund", ("tender",), "tab"),
    ("refund", ("lines", 0, "takes"), []),
    ("goods_received", ("lines", 0, "cost"), 5),
    ("goods_received", ("lines", 0, "covers"), 10**9),
    ("goods_returned", ("lines", 0, "producer"), "P1"),
    ("goods_returned", ("lines", 0, "share"), 5),
    ("write_off", ("lines", 0, "borne_by"), "producer"),
    ("stock_count", ("lines", 0, "counted"), 99),
    ("settlement", ("amount",), 1),
    ("settlement", ("amount",), 0),
    ("settlement", ("earned",), 1),
    ("settlement", ("gross",), 1),
    ("settlement", ("commission",), 1),
    ("settlement", ("from_seq",), 99),
    ("tab_payment", ("amount",), 0),
    ("deduction_list", ("lines",), []),
    ("deduction_list", ("lines", 0, "amount"), 1),
    ("deduction_list", ("lines", 0, "entries", 0, "amount"), 0),
    ("deduction_list", ("month",), "2026-13"),
    ("deduction_list", ("through_seq",), 0),
    ("deduction_collected", ("lines",), []),
    ("deduction_collected", ("lines", 0, "amount"), 1),
    ("deduction_collected", ("left_out",), [{"staff": "S1"}]),
    ("deduction_collected", ("tender",), "qris"),
    ("qris_matched", ("lines",), []),
    ("qris_matched", ("lines", 0, "amount"), 1),
    ("qris_matched", ("lines", 0, "seq"), 10**6),
    ("qris_matched", ("received",), 6_000),
    ("qris_matched", ("fee",), -1),
    ("qris_matched", ("left",), [[3, 5], [2, 5]]),
    ("qris_matched", ("left",), [[10**6, 5]]),
    ("qris_matched", ("through_seq",), 1),
    ("cash_move", ("amount",), -5),
    ("cash_move", ("direction",), "sideways"),
    ("opening", ("payable", "P1"), "5000"),
    ("price_set", ("sell_price",), 0),
    ("shift_opened", ("float",), -1),
    ("shift_closed", ("expected",), 1),
    ("shift_closed", ("difference",), 1),
    ("shift_closed", ("deposit",), 10**6),
    ("shift_closed", ("figures", "tips"), 1),
    ("shift_closed", ("pieces",), {"500": 1}),
    ("reversal", ("figures", "tips"), 1),
    ("sale", ("note",), "a name in clear"),
    ("cash_move", ("amount",), 2**63),
]


@pytest.mark.parametrize(("kind", "path", "value"), WRONG, ids=lambda one: str(one)[:40])
def test_a_document_that_contradicts_itself_is_refused(
    documents: dict[str, Document], kind: str, path: tuple[Any, ...], value: Any
) -> None:
    with pytest.raises(InvalidDocument):
        decode(kind, 1, changed(documents[kind], path, value))


def test_a_settlement_keeps_no_more_than_is_owed_and_pays_nothing_only_where_all_is_kept(
    documents: dict[str, Document],
) -> None:
    paid = documents["settlement"]
    assert isinstance(paid, Settlement)
    due = paid.amount + paid.remaining
    assert b"deductions" not in encode(paid)

    def of(kept: int, amount: int, remaining: int) -> Settlement:
        deductions = (Deduction("packaging", kept),) if kept else ()
        return msgspec.structs.replace(paid, deductions=deductions, amount=amount, remaining=remaining)

    whole = of(due, 0, 0)
    assert decode("settlement", 1, encode(whole)) == whole
    assert dict(whole.effects().postings) == {f"payable:{paid.producer}": due, "other_income": -due}
    assert whole.effects().figures == {f"settlements_{paid.tender}": 0}
    for wrong in (of(0, 0, due), of(due + 100, 0, -100), of(due, 100, 0)):
        with pytest.raises(InvalidDocument):
            decode("settlement", 1, encode(wrong))


def test_a_reversal_that_does_not_sum_to_zero_is_refused(documents: dict[str, Document]) -> None:
    reversal = documents["reversal"]
    assert isinstance(reversal, Reversal)
    one_sided = msgspec.structs.replace(reversal, postings=(("cash", -5_000),), movements=(), figures={})
    with pytest.raises(InvalidDocument):
        decode("reversal", 1, encode(one_sided))


def test_unknown_kinds_and_later_versions_are_told_apart(documents: dict[str, Document]) -> None:
    with pytest.raises(UnknownKind):
        decode("raffle", 1, b"{}")
    with pytest.raises(UnknownKind):
        decode("sale", 2, encode(documents["sale"]))


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"x":' + b"[" * 100_000])
def test_bytes_that_are_no_document(content: bytes) -> None:
    with pytest.raises(InvalidDocument):
        decode("sale", 1, content)
    with pytest.raises(BrokenEntry):
        read_body(content)


def test_an_entry_keeps_the_bytes_of_its_document(documents: dict[str, Document]) -> None:
    at = "2026-10-01T08:00:00+07:00"
    body = make_body(
        documents["sale"], epoch=1, seq=7, document_id="x", at=at, date="2026-10-01", cashier="c", app="0.1.0"
    )
    envelope = read_body(body)
    assert (envelope.seq, envelope.id, envelope.kind, envelope.at) == (7, "x", "sale", at)
    assert envelope.document() == documents["sale"]
    assert encode(documents["sale"]) in body


def test_unknown_fields_of_later_versions_are_kept_out_of_the_way(documents: dict[str, Document]) -> None:
    content = json.loads(encode(documents["cash_move"])) | {"new": {"deep": [1]}}
    assert decode("cash_move", 1, json.dumps(content).encode()) == documents["cash_move"]


def test_the_chain_depends_on_ledger_corner_till_epoch_and_content() -> None:
    first = genesis("l", "MTR-001", "A", 1)
    others = {genesis("m", "MTR-001", "A", 1), genesis("l", "MTR-002", "A", 1), genesis("l", "MTR-001", "B", 1)}
    assert len({first, genesis("l", "MTR-001", "A", 2), *others}) == 5
    assert entry_hash(first, b"x") != entry_hash(first, b"y")
    assert len(entry_hash(first, b"")) == 32


def test_documents_name_nobody(documents: dict[str, Document], tmp_path: Path) -> None:
    everything = b"".join(msgspec.json.encode(document) for document in documents.values())
    for person in STAFF:
        assert str(person["name"]).encode() not in everything
