"""Is this slip genuine? Asked by anybody who holds one, answered without a word about persons."""

import msgspec
import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from sync.documents.money import Settlement
from sync.documents.reversal import Reversal, opposite
from sync.protocol.entry import read_body
from sync.server import commands
from sync.server.app import create_app
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.errors import CentreError
from sync.server.limits import Rate
from sync.server.trust import figures
from tests.server.support import Journal

NO = {"genuine": False}


def slip(place: int, amount: int) -> Settlement:
    return Settlement(
        number=f"BP-MTR001A-{place:06d}", producer="P1", producer_name="Dapur Satu", tender="cash", from_seq=0,
        through_seq=place, through_date="2026-10-01", other=amount, amount=amount,
    )  # fmt: skip


@pytest.fixture
def paid(caller, journal: Journal) -> Journal:
    """Two slips; the second was taken back in a later batch."""
    journal.add_moves(1)
    journal.add(slip(1, 28_800))
    journal.add(slip(2, 14_400))
    assert caller.push(journal).status_code == 200
    undone = opposite(slip(2, 14_400).effects())
    journal.add(
        Reversal(
            number="BT-MTR001A-000001",
            original_id="11-d4",
            original_number="BP-MTR001A-000002",
            original_kind="settlement",
            postings=undone.postings,
            figures=undone.figures,
        )
    )
    assert caller.push(journal, journal.batch(5)).status_code == 200
    return journal


def ask(caller, number: str, code: str) -> dict[str, object]:
    answer = caller.client.get(f"/v1/slips/{number}", params={"code": code})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


@pytest.mark.parametrize("letters", [12, 24, 64])
def test_a_slip_is_genuine_by_its_number_and_the_beginning_of_its_hash(caller, paid: Journal, letters: int) -> None:
    code = paid.hashes[2].hex()[:letters]
    expected = {"genuine": True, "number": "BP-MTR001A-000001", "amount": 28_800, "date": "2026-10-01", "state": "paid"}
    for shown in (code, code.upper(), "-".join(code[at : at + 4] for at in range(0, letters, 4))):
        assert ask(caller, "bp-mtr001a-000001", shown) == expected


def test_a_payment_that_was_taken_back_says_so(caller, paid: Journal) -> None:
    assert ask(caller, "BP-MTR001A-000002", paid.hashes[3].hex()[:12])["state"] == "taken_back"


def test_a_wrong_code_and_an_unknown_number_get_the_same_answer(caller, paid: Journal) -> None:
    code = paid.hashes[2].hex()
    assert ask(caller, "BP-MTR001A-000001", paid.hashes[3].hex()[:12]) == NO
    assert ask(caller, "BP-MTR001A-000009", code[:12]) == NO
    assert ask(caller, "BP-MTR001A-000009", "0" * 12) == NO
    for wrong in ("", code[:11], code + "0", "zzzzzzzzzzzz", "é" * 12, code[:12] + "%"):
        assert ask(caller, "BP-MTR001A-000001", wrong) == NO


def test_a_slip_printed_before_its_entry_was_entered_again_is_genuine_by_both_codes(caller, journal: Journal) -> None:
    journal.add_moves(0)
    journal.add(slip(1, 28_800))
    former = ("ab" * 32, "cd" * 32)
    plain = journal.hashes.pop()
    again = msgspec.structs.replace(read_body(journal.bodies.pop()), was=1, was_hash=former)
    journal.add_bytes(msgspec.json.encode(again))
    assert caller.push(journal).status_code == 200
    for code in (journal.hashes[1].hex(), *former):
        assert ask(caller, "BP-MTR001A-000001", code[:12])["genuine"]
    for wrong in (plain.hex()[:12], "ab" * 30 + "cdcd", ""):
        assert ask(caller, "BP-MTR001A-000001", wrong) == NO


def test_only_slips_can_be_asked_for(caller, paid: Journal) -> None:
    assert ask(caller, "KK-MTR001A-000001", paid.hashes[1].hex()) == NO


def test_who_asks_too_often_is_told_when_to_come_back(database, clock, journal: Journal) -> None:
    app = create_app(database, clock=clock, per_checker=Rate(2, 0.01))
    with TestClient(app, raise_server_exceptions=False) as client:
        answers = [client.get("/v1/slips/BP-MTR001A-000001", params={"code": "0" * 12}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0


def test_the_commands_of_the_centre_answer_the_same(database, caller, paid: Journal) -> None:
    code = paid.hashes[2].hex()[:12]
    assert commands.check_slip(database, "BP-MTR001A-000001", code)["amount"] == 28_800
    assert commands.check_slip(database, "BP-MTR001A-000001", "0" * 12) == NO


def test_verify_compares_the_slips_with_their_entries(centre, caller, paid: Journal) -> None:
    figures.verify(centre)
    with writing(centre.engine) as db:
        db.execute(sa.update(schema.slips).values(amount=1))
    with pytest.raises(CentreError) as found:
        figures.verify(centre)
    assert found.value.data["what"] == "slips"
