"""Crash reports, the log, and the file for whoever helps: places and figures, nobody's data."""

import json
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pos_app import logbook
from pos_app.domain.errors import StorageFault, UnknownCode
from pos_app.ledger.sqlite import Error
from pos_app.services import diagnostics, people, privacy
from tests.corner import MORNING, ROOT, Corner, new_corner, register

MARKS = ("Wagiman", "Sutinah", "197509282000032901", "081299887766", "998877665544", "rahasia", "424242", "s3cr3t")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with its own reports and log."""
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(logbook, "_book", logbook.Logbook())
    yield tmp_path / "home"
    logbook.end()


@pytest.fixture
def marked(tmp_path: Path) -> Corner:
    """A ledger full of marks: names, numbers, notes, a PIN, a token of the centre."""
    made = new_corner(tmp_path)
    producer = {"producer_code": "P1", "business_name": "Warung Sutinah", "owner_name": "Sutinah"}
    producer |= {"phone": "081299887766", "bank_account": "998877665544"}
    product = {"sku": "T1", "name": "Keripik", "producer_code": "P1", "pricing": "titip"}
    staff = {"staff_code": "S1", "name": "Wagiman", "nip": "197509282000032901", "tab_limit": 100_000}
    register(made, tmp_path, [producer], [product | {"consign_price": 1000, "sell_price": 2000}], [staff])
    people.add_user(made.ledger, made.counter.vault, name="Wagiman", pin="424242", role="pengelola", now=MORNING)
    made.do("open_shift", float=100_000, note="rahasia Wagiman")
    made.receive("T1", "2")
    made.do(
        "sale",
        lines=[{"code": "T1", "quantity": "1"}],
        tenders=[{"kind": "tab", "staff": "S1", "amount": 2000}],
        note="rahasia Wagiman",
    )
    for key, value in (("url", "https://s3cr3t@centre"), ("problem", "Sutinah said"), ("problem_detail", "s3cr3t")):
        made.db.execute("INSERT INTO exchange VALUES (?, ?)", (key, value))
    made.db.execute(
        "INSERT INTO settings VALUES ('backup.folder', 'stick of Wagiman'), ('printer.device', 'Wagiman x')"
    )
    people.approve(made.counter, "424242", "cash_out", "untuk Wagiman")
    privacy.look(made.counter, "staff", "S1", "contact", approved_by="m1")
    return made


def caught(run: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as found:  # noqa: PT011  every kind of error is wanted
        run()
    return found.value


def nested() -> None:
    name = "Wagiman 197509282000032901"  # a local that no report may tell
    try:
        {}[name]
    except KeyError as error:
        raise ValueError(f"no {name}") from error


def crashes(corner: Corner) -> list[BaseException]:
    """Errors of many kinds whose messages quote what they should not."""
    row = corner.db.execute("SELECT * FROM staff").fetchone()
    return [
        caught(nested),
        caught(lambda: row["Wagiman"]),
        caught(lambda: corner.db.execute("SELECT Wagiman FROM staff")),
        caught(lambda: corner.db.execute("SELECT 'rahasia FROM staff")),
        caught(lambda: corner.db.execute("INSERT INTO staff (code) VALUES ('S1')")),
        caught(lambda: Path("/nowhere/Wagiman/s3cr3t").read_text(encoding="utf-8")),
        caught(lambda: int("081299887766 x")),
        caught(lambda: getattr(None, "Wagiman 424242")),
        caught(lambda: (_ for _ in ()).throw(UnknownCode("998877665544"))),
        caught(lambda: (_ for _ in ()).throw(StorageFault("rahasia"))),
        caught(lambda: (_ for _ in ()).throw(type("Sutinah424242", (Exception,), {})("rahasia"))),
    ][:-1]


def report_of(path: Path | None) -> Any:
    assert path is not None
    return json.loads(path.read_text(encoding="utf-8"))


# Reports ----------------------------------------------------------------------------------------------------------


def test_a_report_tells_the_places_of_the_error_and_of_what_led_to_it() -> None:
    report = report_of(diagnostics.record_crash(caught(nested)))
    assert [error["type"] for error in report["errors"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert report["errors"][0]["places"][-1].endswith(" nested")
    assert report["errors"][0]["places"][-1].startswith("test_diagnostics.py:")
    assert "message" not in report["errors"][0]
    assert (report["program"], report["where"]) == ("0.1.0", "main")


def test_a_report_tells_whose_till_and_where_the_journal_stands(marked: Corner) -> None:
    report = report_of(diagnostics.record_crash(caught(nested), marked.ledger))
    assert report["identity"] == {"corner": "MTR-001", "till": "A", "epoch": 1, "beginning": 1}
    assert (report["entries"], report["head"]) == (3, marked.ledger.head().hash.hex())


def test_places_of_the_program_are_told_from_its_package_on(marked: Corner) -> None:
    error = caught(lambda: people.check_pin(None))  # type: ignore[arg-type]
    places = report_of(diagnostics.record_crash(error))["errors"][0]["places"]
    assert places[-1].startswith("pos_app/services/pins.py:")
    assert not [place for place in places if place.startswith("/")]


def test_words_of_sqlite_and_of_python_are_kept_and_no_others(marked: Corner) -> None:
    known = caught(lambda: marked.db.execute("INSERT INTO staff (code) VALUES ('S1')"))
    assert isinstance(known, Error)
    assert report_of(diagnostics.record_crash(known))["errors"][0]["message"] == "UNIQUE constraint failed: staff.code"
    unknown = caught(lambda: marked.db.execute("SELECT Wagiman FROM staff"))
    assert "message" not in report_of(diagnostics.record_crash(unknown))["errors"][0]
    fault = report_of(diagnostics.record_crash(StorageFault("rahasia")))["errors"][0]
    assert (fault["name"], "message" in fault) == ("storage_fault", False)


def test_the_same_mistake_again_is_counted_and_fills_no_folder() -> None:
    errors = [caught(nested) for _time in range(3)]
    paths = {diagnostics.record_crash(error) for error in errors}
    assert len(paths) == 1
    assert report_of(paths.pop())["times"] == 3


def test_the_last_twenty_reports_are_kept() -> None:
    for number in range(25):
        diagnostics.record_crash(type(f"E{number}", (Exception,), {})())
    reports = diagnostics.crash_reports()
    assert len(reports) == 20
    assert [report_of(path)["errors"][0]["type"].rpartition(".")[2] for path in (reports[0], reports[-1])] == [
        "E5",
        "E24",
    ]


def test_a_report_that_cannot_be_written_is_no_second_error(home: Path) -> None:
    home.mkdir()
    (home / "reports").write_bytes(b"a file where the folder should be")
    assert diagnostics.record_crash(ValueError()) is None


def test_an_error_in_a_thread_leaves_a_report(marked: Corner, home: Path) -> None:
    before = threading.excepthook
    with diagnostics.watching(marked.ledger):
        thread = threading.Thread(target=nested)
        thread.start()
        thread.join()
    assert threading.excepthook is before
    events = [line.split(" ")[1] for line in (home / "logs" / "pojok.log").read_text(encoding="utf-8").splitlines()]
    assert [event for event in events if event != "slow_write"] == ["begin", "crash", "end"]  # a busy machine's disk
    (report,) = diagnostics.crash_reports()
    assert report_of(report)["where"] == "thread"


def test_a_hard_crash_leaves_its_places_for_the_next_start(home: Path) -> None:
    script = (
        "import ctypes\nfrom pos_app.services import diagnostics\nfrom pos_app.paths import home\n"
        "with diagnostics._places_of_a_hard_crash(home() / 'reports'):\n    ctypes.string_at(0)\n"
    )
    died = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False)
    assert died.returncode != 0
    assert "Fatal" in (home / "reports" / diagnostics.HARD).read_text(encoding="utf-8")
    with diagnostics._places_of_a_hard_crash(home / "reports"):
        pass
    (kept,) = diagnostics.crash_reports()
    text = kept.read_text(encoding="utf-8")
    assert "string_at" in text
    assert str(ROOT) not in text
    assert 'File "__init__.py", line' in text
    assert (home / "reports" / diagnostics.HARD).read_bytes() == b""


# The log ----------------------------------------------------------------------------------------------------------


def test_what_was_noted_before_the_file_was_open_is_in_it_too(home: Path) -> None:
    logbook.note("opened", entries=3)
    logbook.begin(home)
    logbook.note("backup", seconds=1.25)
    lines = (home / "logs" / "pojok.log").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 1)[1] for line in lines] == ["opened entries=3", "backup seconds=1.250"]


def test_a_line_is_written_once_however_often_the_file_is_opened(home: Path) -> None:
    logbook.note("backup", good=1)
    for _time in range(3):
        logbook.keep(home)
    logbook.begin(home)
    assert (home / "logs" / "pojok.log").read_text(encoding="utf-8").count("backup") == 1
    assert len(logbook.lines()) == 1


def test_the_log_takes_words_of_the_program_only(home: Path) -> None:
    logbook.note("exchange", reason="Ibu Ratna", phone="081299887766", state="waiting", version="0.1.0")
    (line,) = logbook.lines()
    assert line.endswith("exchange reason=? phone=? state=waiting version=0.1.0")
    logbook.note("Ibu Ratna")
    assert logbook.lines()[-1].endswith(" ?")


def test_the_log_rotates_and_never_grows_beyond_its_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "BYTES", 2_000)
    logbook.begin(home)
    for number in range(500):
        logbook.note("tick", number=number)
    files = sorted((home / "logs").iterdir())
    assert len(files) == logbook.FILES
    assert max(file.stat().st_size for file in files) <= 2_000
    assert "number=499" in (home / "logs" / "pojok.log").read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_stops_nothing(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "logs").write_bytes(b"")
    logbook.begin(home)
    logbook.note("opened")
    assert capfd.readouterr() == ("", "")


def test_a_start_imports_no_logging_handlers() -> None:
    script = "import sys, pos_app.bootstrap, pos_app.services.diagnostics; print('logging.handlers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# The file for whoever helps ---------------------------------------------------------------------------------------


def test_no_name_number_note_pin_or_token_is_in_the_file(marked: Corner, tmp_path: Path, home: Path) -> None:
    logbook.begin(home)
    for error in crashes(marked):
        diagnostics.record_crash(error, marked.ledger)
    assert len(diagnostics.crash_reports()) >= 8
    program = tmp_path / "Wagiman" / "pos_app" / "cli.py"
    places = f'Fatal Python error: Aborted\n\n  File "{program}", line 7 in main\n'
    for name in (diagnostics.HARD, "crash-20261001-080000-000000-hard.txt"):
        (home / "reports" / name).write_text(places, encoding="utf-8")
    path = diagnostics.collect(marked.ledger, tmp_path, MORNING)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        content = b"".join(archive.read(name) for name in names)
    assert {name.partition("/")[0] for name in names} == {"state.json", "log-now.txt", "reports", "logs"}
    assert not [mark for mark in MARKS if mark.encode() in content]
    assert not [mark for mark in MARKS if any(mark in name for name in names)]
    assert str(tmp_path).encode() not in content
    assert content.count(b'File "pos_app/cli.py", line 7 in main') == 2


def test_the_file_tells_how_the_ledger_stands(marked: Corner, tmp_path: Path) -> None:
    with zipfile.ZipFile(diagnostics.collect(marked.ledger, tmp_path, MORNING)) as archive:
        state = json.loads(archive.read("state.json"))
    told = state["ledger"]
    assert (told["entries"], told["unsent"], told["rows"]["journal"]) == (3, 3, 3)
    assert told["pragmas"]["synchronous"] == 2
    assert told["settings"] == {"printer.device": "?"}
    assert told["exchange"] == {"problem": "?"}
    assert state["free_bytes"] > 0


def test_without_a_ledger_the_file_tells_of_the_program(tmp_path: Path) -> None:
    with zipfile.ZipFile(diagnostics.collect(None, tmp_path, MORNING)) as archive:
        assert "ledger" not in json.loads(archive.read("state.json"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no mode bits")
def test_reports_are_for_their_user_alone() -> None:
    path = diagnostics.record_crash(ValueError())
    assert path is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
