"""The list for the bank: whole accounts only there, each slip once, nobody without a usable account."""

import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest

from pos_app.domain.errors import EmptyDocument, ManagerNeeded, PosError, ReadOnlyLedger
from pos_app.ledger.registry import ProducerPersonal
from pos_app.ledger.vault import about
from pos_app.services import privacy, transfer_list
from pos_app.services.context import User
from pos_app.services.transfer_list import AccountChanged, Line, SlipListed, SlipTakenBack
from tests.corner import MORNING, Corner, dump

TODAY = MORNING.date()
BOSS = "boss"


def give_account(corner: Corner, producer: str, number: str, bank: str = "Bank Lampung", owner: str = "Siti") -> None:
    personal = ProducerPersonal(owner_name=owner, bank_name=bank, bank_account=number)
    sealed = corner.counter.vault.seal(msgspec.json.encode(personal), about("producer", producer))
    with corner.ledger.write() as tx:
        tx.db.execute("UPDATE producers SET personal = ? WHERE code = ?", (sealed, producer))


@pytest.fixture
def paid(open_corner: Corner) -> Corner:
    """P1 and P2 paid by transfer; P1 has an account."""
    open_corner.sell("T1", "2")
    give_account(open_corner, "P1", "0001-234.567", owner="=Siti\nAminah")
    for producer in ("P1", "P2"):
        open_corner.do("settle", producer=producer, tender="transfer")
    return open_corner


def lines(corner: Corner) -> list[Line]:
    return transfer_list.of_days(corner.counter, TODAY, TODAY)


def listed(corner: Corner, folder: Path) -> str:
    path = transfer_list.write(corner.counter, lines(corner), folder, approved_by=BOSS)
    return path.read_bytes().decode()


def test_it_tells_account_holder_bank_amount_and_slip_and_leaves_out_who_has_no_account(
    paid: Corner, tmp_path: Path
) -> None:
    assert [(line.slip.producer, line.account, line.usable) for line in lines(paid)] == [
        ("P1", "****4567", True),
        ("P2", "", False),
    ]
    assert listed(paid, tmp_path).splitlines() == [
        "No. rekening;Nama pemilik rekening;Bank;Jumlah;Nomor slip",
        "0001234567;Siti Aminah;Bank Lampung;28800;BP-MTR001A-000001",
    ]
    transfer_list.set_separator(paid.counter, ",")
    assert listed(paid, tmp_path).splitlines()[1].split(",")[3:] == ["28800", "BP-MTR001A-000001"]


def test_the_kind_of_file_is_kept_for_the_till(paid: Corner) -> None:
    for mark in ("xlsx", ",", ";"):
        transfer_list.set_separator(paid.counter, mark)
        assert transfer_list.separator(paid.counter) == mark


def test_a_slip_on_a_list_is_told_the_next_time(paid: Corner, tmp_path: Path) -> None:
    assert [line.listed_at for line in lines(paid)] == [None, None]
    listed(paid, tmp_path)
    assert [line.listed_at for line in lines(paid)] == ["2026-10-01T08:00:00+07:00", None]


def test_a_list_that_could_not_be_written_lists_nothing(paid: Corner, tmp_path: Path) -> None:
    with pytest.raises(ReadOnlyLedger):
        transfer_list.write(paid.counter, lines(paid), tmp_path / "gone", approved_by=BOSS)
    assert [line.listed_at for line in lines(paid)] == [None, None]


def test_the_file_is_for_this_user_alone_and_the_look_at_each_account_is_kept(paid: Corner, tmp_path: Path) -> None:
    path = transfer_list.write(paid.counter, lines(paid), tmp_path, approved_by=BOSS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [(look.code, look.purpose) for look in privacy.looks(paid.counter)] == [("P1", "payment")]
    actions = [row[0] for row in paid.db.execute("SELECT action FROM activity ORDER BY id")]
    assert actions[-1] == "transfer_list"


def test_a_cashier_needs_a_manager_and_an_empty_list_is_none(paid: Corner, tmp_path: Path) -> None:
    cashier = replace(paid.counter, user=User("c1", "kasir"))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ManagerNeeded):
        transfer_list.write(cashier, lines(paid), tmp_path)
    with pytest.raises(EmptyDocument):
        transfer_list.write(paid.counter, lines(paid)[1:], tmp_path, approved_by=BOSS)
    assert sorted(tmp_path.iterdir()) == before


def test_cash_and_payments_taken_back_are_no_transfers(paid: Corner) -> None:
    paid.sell("T1", "1")
    paid.do("settle", producer="P1", tender="cash")
    paid.do("reverse", of="BP-MTR001A-000001")
    assert [line.slip.number for line in lines(paid)] == ["BP-MTR001A-000002"]
    first = paid.db.execute("SELECT min(seq), max(seq) FROM settled").fetchone()
    assert [line.slip.number for line in transfer_list.of_run(paid.counter, *first)] == ["BP-MTR001A-000002"]
    assert transfer_list.of_days(paid.counter, date(2026, 9, 1), date(2026, 9, 30)) == []


class TestWhatWasLookedAt:
    """A list is written as it was looked at, or not at all."""

    @pytest.fixture
    def seen(self, paid: Corner) -> list[Line]:
        give_account(paid, "P2", "0009999999")
        return lines(paid)

    def refuses(self, paid: Corner, seen: list[Line], folder: Path, why: type[PosError]) -> None:
        before = dump(paid.db)
        with pytest.raises(why):
            transfer_list.write(paid.counter, seen, folder, approved_by=BOSS)
        assert dump(paid.db) == before
        assert not list(folder.glob("transfer-*"))

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "stick").mkdir()
        return tmp_path / "stick"

    def test_a_payment_taken_back_meanwhile_is_not_listed(self, paid: Corner, seen: list[Line], folder: Path) -> None:
        paid.do("reverse", of="BP-MTR001A-000001")
        self.refuses(paid, seen, folder, SlipTakenBack)

    def test_a_slip_listed_meanwhile_is_not_listed_twice(self, paid: Corner, seen: list[Line], tmp_path: Path) -> None:
        transfer_list.write(paid.counter, seen[1:], tmp_path, approved_by=BOSS)
        (tmp_path / "again").mkdir()
        self.refuses(paid, seen, tmp_path / "again", SlipListed)

    @pytest.mark.parametrize(
        ("number", "bank"), [("0005555555", "Bank Lampung"), ("1119999999", "Bank Lampung"), ("0009999999", "BRI")]
    )
    def test_another_account_is_looked_at_again(
        self, paid: Corner, seen: list[Line], folder: Path, number: str, bank: str
    ) -> None:
        give_account(paid, "P2", number, bank)
        self.refuses(paid, seen, folder, AccountChanged)

    def test_an_account_that_is_gone_lists_nothing(self, paid: Corner, seen: list[Line], folder: Path) -> None:
        give_account(paid, "P2", "")
        self.refuses(paid, seen, folder, AccountChanged)
        assert [line.listed_at for line in lines(paid)] == [None, None]


@pytest.mark.parametrize(
    ("number", "bank"), [("12345", "BRI"), ("12345678", ""), ("1234567x", "BRI"), ("1" * 21, "BRI")]
)
def test_an_account_that_no_bank_could_take_is_named(paid: Corner, number: str, bank: str) -> None:
    give_account(paid, "P1", number, bank)
    assert not lines(paid)[0].usable
