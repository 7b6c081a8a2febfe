"""init, import, play, state, verify, backup, restore: results, exit statuses and sentences."""

import json
import os
from pathlib import Path

import pytest

from pos_app.ledger.migrations import SCHEMA_VERSION
from pos_app.ledger.sqlite import connect_plainly
from tests.cli.conftest import Pojok
from tests.corner import DEMO, PRODUCERS, write_csv

CORNERS = f"{DEMO / 'corners.csv'}:MTR-001"
SALE = {
    "do": "sale",
    "lines": [{"code": "T1", "quantity": "2"}],
    "tenders": [{"kind": "cash", "amount": 50_000}],
}


def script(folder: Path, *actions: object) -> Path:
    path = folder / "day.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in actions) + "\n", encoding="utf-8")
    return path


def assert_one_sentence(text: str) -> None:
    assert text.count("\n") == 1
    assert "Traceback" not in text
    assert text.strip().endswith((".", "%"))


class TestInit:
    def test_a_new_ledger_with_its_first_manager(self, pojok: Pojok, tmp_path: Path) -> None:
        path = tmp_path / "till.db"
        made = pojok(
            "init", "--ledger", path, "--corner", CORNERS, "--till", "A", "--manager", "Bu Rina", "--pin", "123456"
        )
        assert (made.status, made.err) == (0, "")
        assert pojok("verify", "--ledger", path, "--json").json == {"entries": 0, "head": ""}

    @pytest.mark.parametrize(
        "wrong",
        [
            ("--corner", f"{DEMO / 'corners.csv'}:XYZ-999", "--till", "A"),
            ("--corner", "corners.csv", "--till", "A"),
            ("--corner", "nowhere.csv:MTR-001", "--till", "A"),
            ("--corner", CORNERS, "--till", "a1"),
            ("--corner", CORNERS, "--till", "A", "--manager", "Bu Rina"),
            ("--corner", CORNERS, "--till", "A", "--manager", "Bu Rina", "--pin", "12345"),
        ],
    )
    def test_what_cannot_be_is_one_sentence_and_makes_no_file(
        self, pojok: Pojok, tmp_path: Path, wrong: tuple[str, ...]
    ) -> None:
        failed = pojok("init", "--ledger", tmp_path / "till.db", *wrong)
        assert (failed.status, failed.out) == (1, "")
        assert_one_sentence(failed.err)
        assert not (tmp_path / "till.db").exists()

    def test_a_ledger_is_never_made_over_another(self, pojok: Pojok, till: Path) -> None:
        before = pojok("state", "--ledger", till).json
        failed = pojok("init", "--ledger", till, "--corner", CORNERS, "--till", "B")
        assert failed.status == 1
        assert pojok("state", "--ledger", till).json == before


class TestImport:
    def fresh(self, pojok: Pojok, folder: Path) -> Path:
        path = folder / "fresh.db"
        assert pojok("init", "--ledger", path, "--corner", CORNERS, "--till", "A").status == 0
        return path

    def test_the_demo_files_go_in_whole(self, pojok: Pojok, tmp_path: Path) -> None:
        path = self.fresh(pojok, tmp_path)
        for kind, rows in (("producers", 60), ("products", 250), ("staff", 80)):
            done = pojok("import", kind, DEMO / f"{kind}.csv", "--ledger", path, "--json")
            assert (done.status, done.json["imported"], done.json["rejected"]) == (0, rows, [])

    def test_semicolons_and_a_byte_order_mark(self, pojok: Pojok, tmp_path: Path) -> None:
        path = self.fresh(pojok, tmp_path)
        sheet = write_csv(tmp_path / "producers.csv", "producers", PRODUCERS)
        text = "\ufeff" + sheet.read_text(encoding="utf-8").replace(",", ";").replace("\n", "\r\n")
        sheet.write_text(text, encoding="utf-8", newline="")
        assert pojok("import", "producers", sheet, "--ledger", path, "--json").json["imported"] == 2

    def test_one_bad_row_keeps_the_whole_file_out(self, pojok: Pojok, tmp_path: Path) -> None:
        path = self.fresh(pojok, tmp_path)
        rows = [*PRODUCERS, {"producer_code": "P3", "business_name": ""}, {**PRODUCERS[0]}]
        sheet = write_csv(tmp_path / "producers.csv", "producers", rows)
        refused = pojok("import", "producers", sheet, "--ledger", path, "--json")
        assert refused.status == 1
        assert refused.json["imported"] == 0
        assert [(one["line"], one["field"]) for one in refused.json["rejected"]] == [
            (4, "business_name"),
            (5, "producer_code"),
        ]
        named = pojok("import", "producers", sheet, "--ledger", path)
        assert named.status == 1
        assert len(named.err.splitlines()) == 3
        assert pojok("import", "producers", sheet, "--ledger", path, "--skip-bad", "--json").json["imported"] == 2

    def test_a_file_that_cannot_be_read(self, pojok: Pojok, till: Path, tmp_path: Path) -> None:
        (tmp_path / "noise.csv").write_bytes(b"\x00\x80\xff\xfe" * 40)
        for path in (tmp_path / "none.csv", tmp_path / "noise.csv", tmp_path):
            failed = pojok("import", "staff", path, "--ledger", till)
            assert failed.status == 1
            assert_one_sentence(failed.err)


class TestPlay:
    def test_one_answer_a_line_and_the_state_after_it(self, pojok: Pojok, till: Path, tmp_path: Path) -> None:
        day = script(
            tmp_path,
            {"do": "open_shift", "at": "2026-10-01T07:30:00+07:00", "float": 200_000},
            {"do": "receive", "producer": "P1", "lines": [{"sku": "T1", "quantity": "12"}]},
            SALE,
            {"do": "sale", "lines": [{"code": "NOPE", "quantity": "1"}], "tenders": []},
            {"do": "settle", "producer": "P1", "tender": "cash"},
        )
        played = pojok("play", day, "--ledger", till)
        assert (played.status, played.err) == (0, "")
        assert [(one["n"], one["ok"]) for one in played.answers] == [
            (0, True),
            (1, True),
            (2, True),
            (3, False),
            (4, True),
        ]
        sold = played.answers[2]
        assert (sold["number"], sold["seq"]) == ("ST-MTR001A-000001", 3)
        assert (sold["total"], sold["rounding"], sold["change"]) == (32_000, 0, 18_000)
        assert played.answers[3]["error"] == "unknown_code"
        assert played.answers[4]["paid"] == 28_800
        state = pojok("state", "--ledger", till).json
        assert state["stock"] == {"T1": "10"}
        assert state["payable"] == {"P1": 0}
        assert state["tabs"] == {}
        assert state["tenders"] == {"cash": 32_000, "qris": 0, "tab": 0}
        assert state["shifts"] == [
            {"opened_at": "2026-10-01T07:30:00+07:00", "expected": 203_200, "counted": None, "difference": None}
        ]
        assert [state[name] for name in ("sales", "refunds", "gross", "commission", "margin", "drawer")] == [
            1,
            0,
            32_000,
            3_200,
            0,
            203_200,
        ]
        assert state["journal"]["entries"] == 4
        assert state["journal"]["acked"] == 0
        verified = pojok("verify", "--ledger", till, "--json")
        assert verified.json == {"entries": 4, "head": state["journal"]["head"]}

    def test_strict_stops_at_the_first_refusal(self, pojok: Pojok, till: Path, tmp_path: Path) -> None:
        day = script(tmp_path, {"do": "open_shift", "float": 0}, {"do": "dance"}, SALE)
        played = pojok("play", day, "--ledger", till, "--strict")
        assert played.status == 1
        assert [one["ok"] for one in played.answers] == [True, False]

    def test_a_second_script_goes_on_where_the_first_ended(self, pojok: Pojok, till: Path, tmp_path: Path) -> None:
        at = {"at": "2026-10-01T08:00:00+07:00"}
        pojok("play", script(tmp_path, {"do": "open_shift", "float": 0, **at}, {**SALE, **at}), "--ledger", till)
        back = {"of": "ST-MTR001A-000001", "lines": [{"line": 0, "quantity": "1"}], "tender": "cash"}
        again = pojok("play", script(tmp_path, {"do": "refund", **back, **at}), "--ledger", till)
        assert again.answers[0]["total"] == 16_000

    def test_a_script_that_is_not_there(self, pojok: Pojok, till: Path, tmp_path: Path) -> None:
        failed = pojok("play", tmp_path / "none.jsonl", "--ledger", till)
        assert failed.status == 1
        assert_one_sentence(failed.err)


class TestVerifyAndBackup:
    def test_a_tampered_ledger_names_the_entry_and_fails(self, pojok: Pojok, till: Path, tmp_path: Path) -> None:
        at = {"at": "2026-10-01T08:00:00+07:00"}
        pojok("play", script(tmp_path, {"do": "open_shift", "float": 0, **at}, SALE, SALE), "--ledger", till)
        db = connect_plainly(str(till))
        db.execute("UPDATE documents SET postings = replace(postings, 'cash', 'till') WHERE seq = 2")
        db.close()
        failed = pojok("verify", "--ledger", till)
        assert (failed.status, failed.out) == (1, "")
        assert " 2" in failed.err
        assert_one_sentence(failed.err)

    def test_backup_and_restore(self, pojok: Pojok, till: Path, tmp_path: Path) -> None:
        stick = tmp_path / "stick"
        stick.mkdir()
        copied = pojok("backup", "--ledger", till, "--to", stick)
        assert copied.status == 0
        restored = pojok("restore", copied.out.strip(), "--ledger", tmp_path / "new.db")
        assert restored.status == 0
        assert pojok("state", "--ledger", tmp_path / "new.db").json == pojok("state", "--ledger", till).json
        failed = pojok("backup", "--ledger", till, "--to", tmp_path / "none")
        assert failed.status == 1
        assert_one_sentence(failed.err)

    def test_numbers_of_a_backup_restored_twice_are_never_the_same(
        self, pojok: Pojok, till: Path, tmp_path: Path
    ) -> None:
        copied = pojok("backup", "--ledger", till, "--to", tmp_path).out.strip()
        numbers = []
        for name in ("first.db", "second.db"):
            assert pojok("restore", copied, "--ledger", tmp_path / name).status == 0
            day = script(tmp_path, {"do": "open_shift", "float": 0})
            numbers.append(pojok("play", day, "--ledger", tmp_path / name).answers[0]["number"])
        assert numbers == ["BK-MTR001A2-000001", "BK-MTR001A3-000001"]


class TestSentences:
    @pytest.mark.parametrize("command", ["state", "verify"])
    def test_no_ledger(self, pojok: Pojok, tmp_path: Path, command: str) -> None:
        failed = pojok(command, "--ledger", tmp_path / "none.db")
        assert failed.status == 1
        assert_one_sentence(failed.err)
        assert not list(tmp_path.iterdir())

    def test_no_ledger_at_all_but_a_picture(self, pojok: Pojok, tmp_path: Path) -> None:
        (tmp_path / "photo.jpg").write_bytes(b"JFIF" * 100)
        failed = pojok("state", "--ledger", tmp_path / "photo.jpg")
        assert failed.status == 1
        assert_one_sentence(failed.err)

    def test_names_of_files_in_any_bytes(self, pojok: Pojok, tmp_path: Path) -> None:
        for name in ("Kas Pojok ü?#%.db", os.fsdecode(b"kas\xff.db")):
            path = tmp_path / name
            failed = pojok("state", "--ledger", path)
            assert failed.status == 1
            assert_one_sentence(failed.err)
            assert pojok("init", "--ledger", path, "--corner", CORNERS, "--till", "A").status == 0
            copied = pojok("backup", "--ledger", path, "--to", tmp_path)
            assert copied.status == 0, copied.err
            assert pojok("verify", "--ledger", path).status == 0

    @pytest.mark.parametrize("code", ["mtr-001", "MTR 001", "MTR-É", "ABCDEFGHIJKLMNOPQRS-1", "---"])
    def test_a_corner_whose_code_no_number_can_carry(self, pojok: Pojok, tmp_path: Path, code: str) -> None:
        sheet = tmp_path / "corners.csv"
        sheet.write_text(f"corner_code,name,kind,address,postcode,staff_count\n{code},Kantor,opd,Jl,34111,3\n")
        failed = pojok("init", "--ledger", tmp_path / "till.db", "--corner", f"{sheet}:{code}", "--till", "A")
        assert failed.status == 1
        assert_one_sentence(failed.err)
        assert not (tmp_path / "till.db").exists()

    def test_a_home_that_cannot_be_written_leaves_no_half_made_ledger(
        self, pojok: Pojok, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("POJOK_HOME", str(tmp_path / "file"))
        manager = ("--manager", "Bu Rina", "--pin", "123456")
        failed = pojok("init", "--ledger", tmp_path / "till.db", "--corner", CORNERS, "--till", "A", *manager)
        assert failed.status == 1
        assert_one_sentence(failed.err)
        assert [path.name for path in tmp_path.iterdir()] == ["file"]

    def test_a_newer_ledger(self, pojok: Pojok, till: Path, english: None) -> None:
        db = connect_plainly(str(till))
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        db.close()
        failed = pojok("state", "--ledger", till)
        assert failed.status == 1
        assert "newer program" in failed.err
        assert_one_sentence(failed.err)

    @pytest.mark.parametrize(
        "usage",
        [
            (),
            ("dance",),
            ("init",),
            ("play", "x.jsonl"),
            ("import", "goods", "x.csv", "--ledger", "x.db"),
            ("state", "--ledger", "x.db", "--colour"),
        ],
    )
    def test_wrong_usage_is_status_2(self, pojok: Pojok, usage: tuple[str, ...]) -> None:
        failed = pojok(*usage)
        assert failed.status == 2
        assert "usage: pojok" in failed.err

    def test_help_is_status_0(self, pojok: Pojok) -> None:
        shown = pojok("--help")
        assert shown.status == 0
        assert "verify" in shown.out
