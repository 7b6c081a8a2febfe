"""verify, backup, backups, restore, recovery-code and repair as people call them."""

import getpass
import io
import json
import shutil
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pos_app import bootstrap
from pos_app.ledger import registry
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.sqlite import connect_plainly
from pos_app.services import backing_up, backup_note, people
from tests.cli.conftest import Pojok
from tests.corner import ROOT

AT = {"at": "2026-10-01T08:00:00+07:00"}
SALE = {**AT, "do": "sale", "lines": [{"code": "T1", "quantity": "1"}], "tenders": [{"kind": "cash", "amount": 20000}]}


def play(pojok: Pojok, till: Path, *actions: dict[str, object]) -> list[str]:
    script = till.with_name("day.jsonl")
    script.write_text("".join(json.dumps(action) + "\n" for action in actions))
    ran = pojok("play", script, "--ledger", till)
    assert ran.status == 0, ran.out
    return [str(answer["number"]) for answer in ran.answers]


def change(path: Path, statement: str) -> None:
    db = connect_plainly(str(path))
    trigger = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'journal_no_update'").fetchone()[0]
    for one in ("DROP TRIGGER journal_no_update", statement, trigger):
        db.execute(one)
    db.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def worked(pojok: Pojok, till: Path) -> Path:
    """A till with a shift and two sales."""
    play(pojok, till, {"do": "open_shift", "float": 0, **AT}, SALE, SALE)
    return till


@pytest.mark.usefixtures("english")
class TestVerify:
    def test_the_first_bad_entry_is_named_to_people_and_programs(self, pojok: Pojok, worked: Path) -> None:
        assert pojok("verify", "--ledger", worked).out.startswith("3 entries, all whole.")
        change(worked, "UPDATE journal SET hash = zeroblob(32) WHERE seq = 2")
        failed = pojok("verify", "--ledger", worked, "--json")
        assert (failed.status, failed.json["error"], failed.json["entry"]) == (1, "damaged_ledger", 2)
        assert failed.err.startswith("Ledger damaged from entry 2")

    def test_a_file_copied_from_another_computer_is_told_with_what_to_do(
        self, pojok: Pojok, worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        play(pojok, worked, {**AT, "do": "close_shift", "counted": 0, "note": "x"})
        assert pojok("verify", "--ledger", worked).status == 0
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "new computer"))
        with closing(Ledger.open(worked)) as ledger:
            bootstrap.vault_for(ledger.identity).signing_key()
        failed = pojok("verify", "--ledger", worked, "--json")
        assert (failed.status, failed.json["error"]) == (1, "foreign_seal")
        assert failed.err.startswith("Entry 4 was sealed by another computer's key. If the file was copied from there")
        assert pojok("restore", worked, "--ledger", tmp_path / "here.db").status == 0
        assert pojok("verify", "--ledger", tmp_path / "here.db").status == 0

    @pytest.mark.parametrize("command", [["verify"], ["recovery-code"], ["person", "show", "staff", "S1"]])
    def test_a_schema_that_is_no_text_is_a_sentence(self, pojok: Pojok, worked: Path, command: list[str]) -> None:
        worked.write_bytes(worked.read_bytes().replace(b"CREATE TABLE journal", b"CREATE TA\xff\xfe\xfd journal"))
        failed = pojok(*command, "--ledger", worked)
        assert (failed.status, failed.err.count("\n")) == (1, 1)
        assert failed.err.startswith("Ledger damaged")


@pytest.mark.usefixtures("english")
class TestBackup:
    def test_to_the_folders_of_the_settings(self, pojok: Pojok, worked: Path, stick: Path, tmp_path: Path) -> None:
        assert pojok("backup", "--ledger", worked).err == "No folder for backups is chosen. Name one with --to.\n"
        ledger = Ledger.open(worked)
        backing_up.set_folders(ledger, [tmp_path / "none", stick])
        ledger.close()
        ran = pojok("backup", "--ledger", worked)
        assert ran.status == 1
        assert Path(ran.out.strip()).parent == stick
        assert "is not there. Insert the stick" in ran.err

    def test_what_lies_in_folders_is_listed_newest_first(self, pojok: Pojok, worked: Path, stick: Path) -> None:
        (stick / "rubbish.db").write_bytes(b"SQLite format 3\0" * 400)
        pojok("backup", "--ledger", worked, "--to", stick)
        play(pojok, worked, SALE)
        newest = pojok("backup", "--ledger", worked, "--to", stick).out.strip()
        damaged = stick / "pojok-MTR001A-20261001-180000.db"
        damaged.write_bytes(Path(newest).read_bytes()[:9000])
        listed = pojok("backups", stick, "--json").answers
        assert [(one["path"], one["error"]) for one in listed[2:]] == [
            (str(damaged), "damaged_ledger"),
            (str(stick / "rubbish.db"), "not_a_ledger"),
        ]
        assert f"{damaged}: Damaged: it cannot be restored." in pojok("backups", stick).out.splitlines()
        assert [(one["entries"], one["corner"], one["till"], one["verified"]) for one in listed[:2]] == [
            (4, "MTR-001", "A", True),
            (3, "MTR-001", "A", True),
        ]
        assert listed[0]["path"] == newest
        first = pojok("backups", stick).out.splitlines()[0]
        assert ("4 entries" in first, "checked when it was made" in first) == (True, True)

    def test_a_till_does_not_work_in_a_backup(self, pojok: Pojok, worked: Path, stick: Path) -> None:
        copy = pojok("backup", "--ledger", worked, "--to", stick).out.strip()
        failed = pojok("play", worked.with_name("day.jsonl"), "--ledger", copy)
        assert failed.status == 1
        assert failed.err == f"{copy} is a backup. Restore it under another name; a till cannot work in it.\n"
        assert pojok("verify", "--ledger", copy).status == 0


@pytest.mark.usefixtures("english")
class TestRestore:
    def test_the_newest_of_a_folder(self, pojok: Pojok, worked: Path, stick: Path, tmp_path: Path) -> None:
        pojok("backup", "--ledger", worked, "--to", stick)
        play(pojok, worked, SALE)
        pojok("backup", "--ledger", worked, "--to", stick)
        ran = pojok("restore", stick, "--ledger", tmp_path / "new.db")
        assert ran.out.startswith(f"{tmp_path / 'new.db'} restored with 4 entries.")

    def test_a_ledger_that_is_there_is_put_aside_when_asked_for(
        self, pojok: Pojok, worked: Path, stick: Path, tmp_path: Path
    ) -> None:
        copy = pojok("backup", "--ledger", worked, "--to", stick).out.strip()
        change(worked, "UPDATE journal SET body = x'78' WHERE seq = 2")
        damaged = worked.read_bytes()
        refused = pojok("restore", copy, "--ledger", worked)
        assert (refused.status, "--replace" in refused.err) == (1, True)
        assert worked.read_bytes() == damaged
        assert pojok("restore", copy, "--ledger", worked, "--replace").status == 0
        (aside,) = tmp_path.glob("till.db.damaged-*")
        assert aside.read_bytes() == damaged
        assert pojok("verify", "--ledger", worked).status == 0

    def test_a_till_that_is_at_work_is_not_replaced(self, pojok: Pojok, worked: Path, stick: Path) -> None:
        copy = pojok("backup", "--ledger", worked, "--to", stick).out.strip()
        with bootstrap.opened(worked):
            failed = pojok("restore", copy, "--ledger", worked, "--replace")
        assert (failed.status, "already running" in failed.err) == (1, True)

    def test_a_damaged_a_foreign_and_a_newer_backup_are_refused(
        self, pojok: Pojok, worked: Path, stick: Path, tmp_path: Path
    ) -> None:
        copy = Path(pojok("backup", "--ledger", worked, "--to", stick).out.strip())
        other = tmp_path / "other.db"
        corners = ROOT / "assets" / "demo" / "corners.csv"
        pojok("init", "--ledger", other, "--corner", f"{corners}:MTR-002", "--till", "A")
        before = other.read_bytes()
        refused = pojok("restore", copy, "--ledger", other, "--replace")
        assert refused.err == f"{copy} belongs to another till. Choose a backup of this one; nothing was changed.\n"
        assert other.read_bytes() == before
        for statement, name in (
            ("UPDATE journal SET body = x'78' WHERE seq = 2", "damaged"),
            ("PRAGMA user_version = 99", "newer program"),
        ):
            bad = stick / "bad.db"
            shutil.copy(copy, bad)
            change(bad, statement)
            refused = pojok("restore", bad, "--ledger", tmp_path / "new.db")
            assert (refused.status, name in refused.err, len(refused.err.splitlines())) == (1, True, 1)
        assert sorted(one.name for one in tmp_path.glob("new.db*")) == []

    def test_a_backup_of_the_first_release_is_upgraded_on_the_way(self, pojok: Pojok, tmp_path: Path) -> None:
        old = tmp_path / "old.db"  # a copy: a restore leaves its note beside a backup
        shutil.copy(ROOT / "tests" / "fixtures" / "ledgers" / "v1.db", old)
        before = old.read_bytes()
        assert pojok("restore", old, "--ledger", tmp_path / "new.db").status == 0
        assert pojok("verify", "--ledger", tmp_path / "new.db").status == 0
        assert old.read_bytes() == before
        assert sorted(one.name for one in tmp_path.glob("new.db*")) == ["new.db"]

    def test_on_two_computers_the_second_knows_of_the_first(
        self, pojok: Pojok, worked: Path, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy = pojok("backup", "--ledger", worked, "--to", stick).out.strip()
        numbers = []
        for computer in ("one", "two"):
            monkeypatch.setenv("POJOK_HOME", str(tmp_path / computer))
            path = tmp_path / f"{computer}.db"
            assert pojok("restore", copy, "--ledger", path).status == 0
            numbers += play(pojok, path, SALE)
        assert numbers == ["ST-MTR001A2-000001", "ST-MTR001A3-000001"]

    def test_papers_that_waited_are_asked_about_and_carts_are_dropped(
        self, pojok: Pojok, worked: Path, stick: Path, tmp_path: Path
    ) -> None:
        db = connect_plainly(str(worked))
        db.execute("INSERT INTO drafts VALUES ('sell', '', '{}')")
        db.execute(
            "INSERT INTO print_jobs (document_id, paper, copies, state, created_at)"
            " VALUES ('x', 'receipt', 1, 'waiting', '')"
        )
        db.close()
        copy = pojok("backup", "--ledger", worked, "--to", stick).out.strip()
        pojok("restore", copy, "--ledger", tmp_path / "new.db")
        db = connect_plainly(str(tmp_path / "new.db"))
        assert [tuple(row) for row in db.execute("SELECT state FROM print_jobs")] == [("unsure",)]
        assert db.execute("SELECT count(*) FROM drafts").fetchone()[0] == 0
        db.close()


@pytest.mark.usefixtures("english")
class TestRecoveryCode:
    @pytest.fixture
    def code(self, pojok: Pojok, worked: Path) -> str:
        ran = pojok("recovery-code", "--ledger", worked)
        assert ran.status == 0
        return ran.out.strip()

    @pytest.fixture
    def copy(self, pojok: Pojok, worked: Path, stick: Path, code: str) -> str:
        ledger = Ledger.open(worked)
        vault = bootstrap.vault_for(ledger.identity)
        people.add_user(ledger, vault, name="Bu Rina", pin="123456", role="pengelola", now=bootstrap.now())
        ledger.close()
        return pojok("backup", "--ledger", worked, "--to", stick).out.strip()

    def names(self, path: Path) -> list[str]:
        ledger = Ledger.open(path)
        try:
            return [row.name for row in registry.users(ledger.db, bootstrap.vault_for(ledger.identity).unseal)]
        finally:
            ledger.close()

    def test_a_new_computer_reads_names_again(
        self, pojok: Pojok, copy: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "new computer"))
        ran = pojok("restore", copy, "--ledger", tmp_path / "new.db", "--recovery-code", code.lower())
        assert ran.status == 0
        assert "hidden" not in ran.out
        assert self.names(tmp_path / "new.db") == ["Bu Rina"]

    def test_the_code_is_typed_unseen(
        self, pojok: Pojok, copy: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "new computer"))
        typed = io.StringIO()
        typed.isatty = lambda: True  # type: ignore[method-assign]
        monkeypatch.setattr(sys, "stdin", typed)
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: f" {code} ")
        assert pojok("restore", copy, "--ledger", tmp_path / "new.db", "--recovery-code").status == 0
        assert self.names(tmp_path / "new.db") == ["Bu Rina"]
        before_the_file = ("restore", "--ledger", tmp_path / "other.db", "--recovery-code", copy)
        assert pojok(*before_the_file).status == 0
        assert self.names(tmp_path / "other.db") == ["Bu Rina"]

    def test_without_the_code_all_else_works(
        self, pojok: Pojok, copy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "new computer"))
        ran = pojok("restore", copy, "--ledger", tmp_path / "new.db")
        assert ran.out.endswith("Names are hidden until the recovery code is given; all else works.\n")
        assert self.names(tmp_path / "new.db") != ["Bu Rina"]
        assert play(pojok, tmp_path / "new.db", SALE) == ["ST-MTR001A2-000001"]

    def test_a_mistyped_and_a_wrong_code_restore_nothing(
        self, pojok: Pojok, copy: str, code: str, worked: Path, tmp_path: Path
    ) -> None:
        other = pojok("recovery-code", "--ledger", worked, "--pin", "123456").out.strip()
        typed = code[:2] + ("2" if code[2] != "2" else "3") + code[3:]
        refused = pojok("restore", copy, "--ledger", tmp_path / "new.db", "--recovery-code", typed)
        assert refused.err == ("The recovery code is mistyped, most likely in group 1. Compare it with the paper.\n")
        refused = pojok("restore", copy, "--ledger", tmp_path / "new.db", "--recovery-code", other)
        assert (refused.status, "does not fit this backup" in refused.err) == (1, True)
        assert not (tmp_path / "new.db").exists()

    def test_a_till_with_managers_asks_for_the_pin_of_one_and_notes_who_it_was(
        self, pojok: Pojok, copy: str, worked: Path
    ) -> None:
        assert copy
        refused = pojok("recovery-code", "--ledger", worked)
        assert (refused.status, refused.out) == (1, "")
        assert refused.err.strip() == "This needs a manager. Ask for the manager's PIN."
        assert pojok("recovery-code", "--ledger", worked, "--pin", "000000").status == 1
        assert pojok("recovery-code", "--ledger", worked, "--pin", "123456").status == 0
        db = connect_plainly(str(worked))
        (manager,) = db.execute("SELECT id FROM users").fetchone()
        made = db.execute("SELECT user FROM activity WHERE action = 'recovery_code_made' ORDER BY id").fetchall()
        db.close()
        assert [row["user"] for row in made] == ["command-line", manager]

    def test_while_names_are_locked_no_useless_code_is_made(
        self, pojok: Pojok, copy: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "new computer"))
        new = tmp_path / "new.db"
        pojok("restore", copy, "--ledger", new)
        refused = pojok("recovery-code", "--ledger", new, "--pin", "123456")
        assert (refused.status, refused.out) == (1, "")
        assert refused.err.startswith("Names are locked, and a new recovery code would not open them.")
        made = pojok("recovery-code", "--ledger", new, "--pin", "123456", "--old-is-lost")
        assert (made.status, "if the old code is found, keep it, too" in made.err) == (0, True)
        again = pojok("backup", "--ledger", new, "--to", tmp_path).out.strip()
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "third computer"))
        ran = pojok("restore", again, "--ledger", tmp_path / "third.db", "--recovery-code", made.out.strip())
        assert "Some names need a second recovery code" in ran.out
        ran = pojok("restore", again, "--ledger", tmp_path / "fourth.db", "--recovery-code", code)
        assert self.names(tmp_path / "third.db") == ["Bu Rina"]

    def test_the_paper_as_a_pdf(self, pojok: Pojok, worked: Path, tmp_path: Path) -> None:
        path = tmp_path / "code.pdf"
        assert pojok("recovery-code", "--ledger", worked, "--pdf", path).status == 0
        assert path.read_bytes().startswith(b"%PDF")
        assert pojok("recovery-code", "--ledger", worked, "--pdf", path).status == 1


@pytest.mark.usefixtures("english")
class TestRepair:
    def test_a_whole_ledger(self, pojok: Pojok, worked: Path) -> None:
        ran = pojok("repair", "--ledger", worked)
        assert (ran.status, ran.out) == (0, "The ledger is whole: 3 entries.\nNothing was changed.\n")

    def test_projections(self, pojok: Pojok, worked: Path) -> None:
        change(worked, "UPDATE balances SET amount = 1")
        ran = pojok("repair", "--ledger", worked)
        assert ran.status == 0
        assert "All totals were worked out anew from the journal." in ran.out
        assert pojok("verify", "--ledger", worked).status == 0

    def test_what_is_lost_is_said_and_in_the_exit_status(self, pojok: Pojok, worked: Path, stick: Path) -> None:
        pojok("backup", "--ledger", worked, "--to", stick)
        play(pojok, worked, SALE, SALE)
        change(worked, "UPDATE journal SET body = x'78' WHERE seq = 4")
        ran = pojok("repair", "--ledger", worked, "--backups", stick)
        assert ran.status == 3
        assert "2 entries are lost: 4 to 5." in ran.out
        assert pojok("verify", "--ledger", worked).status == 0
        assert play(pojok, worked, SALE) == ["ST-MTR001A2-000001"]

    def test_its_own_backup_folders_are_looked_in(self, pojok: Pojok, worked: Path, stick: Path) -> None:
        ledger = Ledger.open(worked)
        backing_up.set_folders(ledger, [stick])
        ledger.close()
        pojok("backup", "--ledger", worked)
        change(worked, "UPDATE journal SET body = x'78' WHERE seq = 2")
        ran = pojok("repair", "--ledger", worked, "--json")
        assert (ran.status, ran.json["entries"], ran.json["lost"]) == (0, 3, None)

    def test_without_a_backup_it_says_what_is_needed(self, pojok: Pojok, worked: Path) -> None:
        change(worked, "UPDATE journal SET body = x'78' WHERE seq = 2")
        ran = pojok("repair", "--ledger", worked)
        assert (ran.status, "cannot be repaired without a backup" in ran.err) == (1, True)
        assert pojok("repair", "--ledger", worked, "--without-backup").status == 3
        assert pojok("verify", "--ledger", worked, "--json").json["entries"] == 1

    def test_a_ledger_that_is_gone_comes_back_from_the_folders_that_are_known(
        self, pojok: Pojok, worked: Path, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
        ledger = Ledger.open(worked)
        backing_up.set_folders(ledger, [stick])
        backup_note.keep(ledger)
        ledger.close()
        pojok("backup", "--ledger", worked)
        worked.unlink()
        ran = pojok("repair", "--ledger", worked)
        assert ran.out.startswith("The file of the books is gone: ")
        assert "Restored from" in ran.out
        assert "damaged" not in ran.out
        assert pojok("verify", "--ledger", worked, "--json").json["entries"] == 3

    def test_where_nothing_helps_a_ledger_is_made_anew_beside_what_is_left(
        self, pojok: Pojok, worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
        init = ["init", "--ledger", worked, "--corner", f"{ROOT / 'assets' / 'demo' / 'corners.csv'}:MTR-001"]
        whole = worked.read_bytes()
        assert pojok(*init, "--till", "A", "--anew").status == 1
        assert worked.read_bytes() == whole
        worked.write_bytes(b"\0" * 5000)
        ran = pojok("repair", "--ledger", worked)
        assert (ran.status, "--backups" in ran.err, "--anew" in ran.err) == (1, True, True)
        ran = pojok(*init, "--till", "A", "--anew")
        assert (ran.status, "ST-MTR001A2-000001" in ran.err) == (0, True)
        (aside,) = worked.parent.glob("till.db.damaged-*")
        assert aside.read_bytes() == b"\0" * 5000

    def test_a_ledger_made_where_a_till_worked_gives_none_of_its_numbers_again(
        self, pojok: Pojok, worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
        with bootstrap.opened(worked) as ledger:
            backup_note.keep(ledger)
        worked.unlink()
        init = ("--corner", f"{ROOT / 'assets' / 'demo' / 'corners.csv'}:MTR-001", "--till", "A")
        assert "both give the same numbers" in pojok("init", "--ledger", tmp_path / "other.db", *init).err
        assert "ST-MTR001A2-000001" in pojok("init", "--ledger", worked, *init).err

    def test_a_till_that_is_at_work_is_left_alone(self, pojok: Pojok, worked: Path) -> None:
        with bootstrap.opened(worked):
            assert "already running" in pojok("repair", "--ledger", worked).err
