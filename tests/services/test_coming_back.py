"""A ledger that comes back gives no number again and nobody back, wherever the machine stops on the way."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pos_app import bootstrap, coming_back
from pos_app.domain.recovery_errors import WrongCode
from pos_app.ledger import backup, beginnings, recovery
from pos_app.ledger.backup import back_up
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.verify import verify
from pos_app.services import privacy
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7
from tests.corner import IDENTITY, MORNING, PRODUCERS, PRODUCTS, STAFF, Corner, new_corner, register
from tests.services.test_repairing_seals import blank_page_of

MANAGER = User("m", "pengelola")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Corner]:
    """A corner whose keys lie where those of a till do."""
    corner = new_corner(tmp_path)
    corner.counter = Counter(corner.ledger, bootstrap.vault_for(IDENTITY), corner.clock, uuid7, user=MANAGER)
    corner = Corner(corner.ledger, corner.counter, corner.clock)
    register(corner, tmp_path, PRODUCERS, PRODUCTS, STAFF)
    corner.do("open_shift", float=0)
    yield corner
    corner.ledger.close()


@pytest.fixture
def copy(till: Corner, tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return back_up(till.ledger, tmp_path / "stick", MORNING)


def series(path: Path) -> str:
    with closing(Ledger.open(path)) as ledger:
        return ledger.identity.series


class Killed(BaseException):
    """Nothing of the program runs any more."""


class TestNumbers:
    def test_one_backup_restored_again_and_again_begins_anew_each_time(self, copy: Path, tmp_path: Path) -> None:
        begun = []
        for number in range(3):
            coming_back.restored(copy, tmp_path / f"{number}.db").close()
            begun.append(series(tmp_path / f"{number}.db"))
        assert begun == ["MTR001A2", "MTR001A3", "MTR001A4"]

    @pytest.mark.parametrize("step", ["take", "begin_anew", "put_in_place", "give_name"])
    def test_a_restore_that_is_killed_leaves_no_ledger_with_numbers_of_before(
        self, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
    ) -> None:
        coming_back.restored(copy, tmp_path / "first.db").close()
        owner = {"take": beginnings, "begin_anew": Ledger, "put_in_place": backup, "give_name": backup}[step]

        def killed(*_parts: object) -> None:
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(owner, step, killed)
            with pytest.raises(Killed):
                coming_back.restored(copy, tmp_path / "second.db")
        assert not (tmp_path / "second.db").exists()
        coming_back.restored(copy, tmp_path / "third.db").close()
        assert series(tmp_path / "first.db") == "MTR001A2"
        assert series(tmp_path / "third.db") in ("MTR001A3", "MTR001A4")

    def test_the_beginning_is_on_its_disk_before_it_is_used(
        self, copy: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        noted: list[str] = []
        real = Ledger.begin_anew

        def begin_anew(ledger: Ledger, beginning: int) -> None:
            noted.append((bootstrap.vault_for(ledger.identity).folder / beginnings.NOTE).read_text())
            real(ledger, beginning)

        monkeypatch.setattr(Ledger, "begin_anew", begin_anew)
        coming_back.restored(copy, tmp_path / "new.db").close()
        assert noted == ["2"]

    @pytest.mark.parametrize("content", [b"", b"3x", b"\xff\xfe", b"9" * 40])
    @pytest.mark.parametrize("torn", ["beside the keys", "beside the backup"])
    def test_a_note_that_cannot_be_read_may_have_told_any_number(
        self, copy: Path, tmp_path: Path, content: bytes, torn: str
    ) -> None:
        for number in range(2):
            coming_back.restored(copy, tmp_path / f"{number}.db").close()
        own = bootstrap.vault_for(IDENTITY).folder / beginnings.NOTE
        (beside,) = copy.parent.glob(f"*.{beginnings.NOTE}")
        (own if torn == "beside the keys" else beside).write_bytes(content)
        coming_back.restored(copy, tmp_path / "third.db").close()
        coming_back.restored(copy, tmp_path / "fourth.db").close()
        third, fourth = (int(series(tmp_path / f"{name}.db").removeprefix("MTR001A")) for name in ("third", "fourth"))
        assert third > 400_000
        assert fourth == third + 1

    def test_another_computer_begins_after_what_is_noted_beside_the_backup(
        self, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        coming_back.restored(copy, tmp_path / "first.db").close()
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "another"))
        coming_back.restored(copy, tmp_path / "second.db").close()
        assert series(tmp_path / "second.db") == "MTR001A3"

    def test_a_new_epoch_takes_a_beginning_that_no_restore_had(self, tmp_path: Path) -> None:
        """Epoch 1 restored twice and epoch 2 restored once were both called 3."""
        again = Identity("a" * 32, "MTR-001", "Pasar", "A", epoch=1, beginning=3)
        forked = Identity("a" * 32, "MTR-001", "Pasar", "A", epoch=2, beginning=1)
        taken = [beginnings.take(who, tmp_path, None, MORNING) for who in (again, forked, forked)]
        assert taken == [4, 5, 6]

    def test_a_ledger_of_an_earlier_program_tells_how_often_it_was_restored(self, till: Corner) -> None:
        till.db.execute("DELETE FROM meta WHERE key = 'beginning'")
        till.db.execute("INSERT INTO meta VALUES ('restored', '2')")
        with closing(Ledger.open(till.ledger.path)) as ledger:
            assert ledger.identity.series == "MTR001A3"
            ledger.begin_anew(4)
        assert series(till.ledger.path) == "MTR001A4"

    def test_a_repair_from_a_backup_is_numbered_before_it_has_its_name(
        self, till: Corner, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        coming_back.restored(copy, tmp_path / "first.db").close()
        till.ledger.close()
        till.ledger.path.write_bytes(b"")
        coming_back.repaired(till.ledger.path, [copy.parent])
        assert series(till.ledger.path) == "MTR001A3"


class TestPersons:
    @pytest.mark.parametrize("table", ["staff", "balances"])
    def test_a_repair_brings_nobody_back_from_an_older_backup(self, till: Corner, copy: Path, table: str) -> None:
        privacy.anonymise(till.counter, "staff", "S2")
        till.ledger.close()
        blank_page_of(till.ledger.path, table)
        done = coming_back.repaired(till.ledger.path, [copy.parent])
        assert (done.lost, done.renumbered) == (None, False)
        db = connect_plainly(str(till.ledger.path))
        assert db.execute("SELECT personal FROM staff WHERE code = 'S2'").fetchone()[0] == b""
        db.close()

    def test_a_killed_restore_brings_nobody_back(
        self, till: Corner, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        privacy.anonymise(till.counter, "staff", "S2")
        seen: list[bytes] = []
        real = backup.put_in_place

        def put_in_place(unfinished: Path, path: Path, at: None) -> Path | None:
            db = connect_plainly(str(unfinished))
            seen.append(db.execute("SELECT personal FROM staff WHERE code = 'S2'").fetchone()[0])
            db.close()
            return real(unfinished, path, at)

        monkeypatch.setattr(backup, "put_in_place", put_in_place)
        coming_back.restored(copy, tmp_path / "new.db").close()
        assert seen == [b""]

    def test_a_wrong_recovery_code_repairs_nothing(self, till: Corner, copy: Path, tmp_path: Path) -> None:
        recovery.make(till.ledger, till.counter.vault)
        other = new_corner(_folder(tmp_path / "other"), Identity("f" * 32, "MTR-009", "Lain", "A"))
        wrong = recovery.make(other.ledger, other.counter.vault)
        other.ledger.close()
        till.db.execute("UPDATE balances SET amount = 7")
        till.ledger.close()
        before = till.ledger.path.read_bytes()
        with pytest.raises(WrongCode):
            coming_back.repaired(till.ledger.path, recovery_code=wrong)
        assert till.ledger.path.read_bytes() == before


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_repaired_ledger_verifies_with_the_till_s_own_key(till: Corner, copy: Path) -> None:
    till.clock.pass_by(hours=1)
    till.do("cash_move", direction="in", amount=1_000)
    till.do("close_shift", counted=0, note="x")
    entries = till.ledger.head().seq
    till.ledger.close()
    blank_page_of(till.ledger.path, "signed_heads")
    done = coming_back.repaired(till.ledger.path, [copy.parent])
    assert (done.entries, done.lost, done.sealed) == (entries, None, 1)
    with closing(Ledger.open(till.ledger.path)) as ledger:
        assert verify(ledger, trusted_key=till.counter.vault.known_public_key()).entries == entries
