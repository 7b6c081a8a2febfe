"""The guided repair: what is wrong in plain words, the first thing that helps, what it costs, and no dead end."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app import bootstrap, coming_back, start
from pos_app.domain.errors import DamagedLedger, ForeignSeal, LedgerExists, NotALedger, NoUsableBackup
from pos_app.i18n import set_language
from pos_app.ledger import queries
from pos_app.ledger.backup import back_up
from pos_app.ledger.ledger import Identity, Ledger
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ledger.verify import verify
from pos_app.services import backing_up, backup_note, repair_wording, shifts
from pos_app.services.context import Counter
from pos_app.services.repairing import Diagnosis, Lost, Repaired
from pos_app.services.wording import describe
from pos_app.ui import application, first_start, upgrade_window
from pos_app.ui.repair import window as repair_window
from pos_app.ui.repair.presenter import Looked, RepairPresenter
from pos_app.ui.repair.window import RepairWindow
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter, Typed
from pos_app.ui.theme import Theme
from pos_app.ui.upgrade_window import UpgradeWindow
from tests.corner import MORNING, ROOT, Corner


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys, locks and notes of this test alone."""
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot) -> Iterator[Callable[[Path], RepairWindow]]:
    made: list[RepairWindow] = []

    def begin(path: Path) -> RepairWindow:
        set_language("id")
        theme = Theme()
        theme.apply(qapp)
        window = RepairWindow(
            theme, RepairPresenter(path, coming_back.diagnosed, coming_back.rehearsed, coming_back.repaired)
        )
        window.resize(1366, 697)
        with qtbot.waitExposed(window):
            window.show()
        window.look()
        qtbot.waitUntil(lambda: window.presenter.looked is not None)
        made.append(window)
        return window

    yield begin
    for window in made:
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


def closed(corner: Corner) -> Path:
    corner.ledger.close()
    return corner.ledger.path


def break_sums(corner: Corner) -> Path:
    corner.db.execute("UPDATE balances SET amount = amount + 1 WHERE account = 'cash'")
    return closed(corner)


def break_journal(corner: Corner, entry: int) -> Path:
    path = closed(corner)
    plain = connect_plainly(str(path))
    for (name,) in plain.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        plain.execute(f"DROP TRIGGER {name}")
    plain.execute(
        "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), '2026', '2027') AS BLOB) WHERE seq = ?", (entry,)
    )
    plain.close()
    return path


def break_file(path: Path) -> Path:
    path.write_bytes(b"\x00" * 5_000)
    return path


def whole(path: Path) -> int:
    ledger = Ledger.open(path)
    try:
        return verify(ledger).entries
    finally:
        ledger.close()


def test_wrong_sums_are_rebuilt_from_the_journal_and_nothing_is_lost(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, qtbot: QtBot
) -> None:
    entries = open_corner.ledger.head().seq
    window = open_window(break_sums(open_corner))
    assert "Jurnal utuh" in window.wrong.text()
    assert "Tidak ada yang hilang" in window.plan.text()
    assert window.main_button.text() == "Bangun ulang dari jurnal"
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    assert f"Catatan utuh kembali: {entries} entri." in window.result.text()
    assert window.main_button.text() == "Buka aplikasi kasir"
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.wish == "open"
    assert whole(open_corner.ledger.path) == entries


def test_a_damaged_journal_takes_the_newest_backup_that_is_found_and_keeps_the_file(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, tmp_path: Path, qtbot: QtBot
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    backing_up.set_folders(open_corner.ledger, [stick])
    back_up(open_corner.ledger, stick, MORNING)
    saved = open_corner.ledger.head().seq
    open_corner.sell("T1", "1")
    window = open_window(break_journal(open_corner, saved))
    assert f"Entri {saved} dalam jurnal" in window.wrong.text()
    assert f"dengan {saved} entri dipakai, ditambah 1 entri berikutnya" in window.plan.text()
    assert "Tidak ada yang hilang." in window.plan.text()
    assert str(stick) in window.backups.text()
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    repaired = window.presenter.repaired
    assert repaired is not None
    assert repaired.aside is not None
    assert repaired.aside.exists()
    assert str(repaired.aside) in window.result.text()
    assert whole(open_corner.ledger.path) >= saved


def test_without_a_backup_it_asks_for_another_folder_and_goes_on_from_there(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, tmp_path: Path, qtbot: QtBot
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    back_up(open_corner.ledger, stick, MORNING)
    entries = open_corner.ledger.head().seq
    path = break_file(closed(open_corner))
    window = open_window(path)
    assert "tidak terbaca" in window.wrong.text()
    assert "Perlu cadangan" in window.plan.text()
    assert str(path) in window.plan.text()
    assert not window.main_button.isEnabled()
    assert window.focusWidget() is window.folder.field
    QTest.keyClicks(window.folder.field, str(stick))
    QTest.keyClick(window.folder.field, Qt.Key.Key_Return)
    qtbot.waitUntil(window.main_button.isEnabled)
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    assert whole(path) == entries


def test_of_a_file_that_tells_nothing_the_folders_of_its_backups_are_still_known(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    backing_up.set_folders(open_corner.ledger, [stick])
    backup_note.keep(open_corner.ledger)
    back_up(open_corner.ledger, stick, MORNING)
    window = open_window(break_file(closed(open_corner)))
    assert window.presenter.can_repair
    assert str(stick) in window.backups.text()


def test_a_damaged_note_of_the_folders_is_passed_over(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    (home / backup_note.FILE).write_bytes(b"\xff{")
    assert backup_note.of(tmp_path / "till.db") == backup_note.Noted()


def test_a_whole_ledger_is_simply_opened(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, qtbot: QtBot
) -> None:
    window = open_window(closed(open_corner))
    assert "Catatan utuh" in window.wrong.text()
    assert window.main_button.text() == "Buka aplikasi kasir"
    with qtbot.waitSignal(window.closed):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.wish == ""


def test_a_repair_that_fails_keeps_the_window_and_says_where_the_file_is(
    qapp: QApplication, qtbot: QtBot, open_corner: Corner
) -> None:
    def refuse(*_: object, **_more: object) -> Repaired:
        raise DamagedLedger(0, "the stick went away")

    path = break_sums(open_corner)
    window = RepairWindow(Theme(), RepairPresenter(path, coming_back.diagnosed, coming_back.rehearsed, refuse))
    qtbot.addWidget(window)
    window.look()
    qtbot.waitUntil(lambda: window.presenter.can_repair)
    window.main_action()
    qtbot.waitUntil(lambda: str(path) in window.strip.text())
    assert window.main_button.isEnabled()
    assert window.back_button.isEnabled()


# The start -------------------------------------------------------------------------------------------------------


def test_a_start_on_a_damaged_ledger_leads_to_the_repair_and_then_opens(
    open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed(open_corner)
    kept = path.read_bytes()
    break_file(path)
    path.write_bytes(kept[:100] + b"\x00" * 4_000)
    opened: list[str] = []

    def guide(damaged: Path, *_: object) -> bool:
        damaged.write_bytes(kept)
        return True

    def run(counter: Counter, _request: Path) -> int:
        opened.append(counter.ledger.path.name)
        return 0

    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(repair_window, "guide", guide)
    monkeypatch.setattr(application, "run", run)
    assert start.run_window(path) == 0
    assert opened == [path.name]


def test_a_start_on_a_ledger_whose_schema_is_no_text_leads_to_the_repair(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed(open_corner)
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE journal", b"CREATE TA\xff\xfe\xfd journal"))
    guided: list[Path] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(repair_window, "guide", lambda damaged, *_: guided.append(damaged))
    assert start.run_window(path) == 1
    assert guided == [path]
    assert "Berkas catatan tidak terbaca" in open_window(path).wrong.text()


def test_the_remembered_ledger_is_repaired_even_when_nothing_of_it_is_left(
    open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = closed(open_corner)
    start.remember(path)
    break_file(path)
    guided: list[Path] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(repair_window, "guide", lambda damaged, *_: guided.append(damaged))
    assert start.run_window(None) == 1
    assert guided == [path.resolve()]


def test_the_repair_asked_for_in_the_window_begins_when_the_till_is_closed(
    open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(application, "run", lambda *_: steps.append("till"))
    monkeypatch.setattr(repair_window, "guide", lambda *_: steps.append("repair"))
    assert start.run_window(closed(open_corner)) == 1
    assert steps == ["till", "repair"]


def test_a_ledger_that_is_gone_comes_back_from_the_backups_that_are_known(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, tmp_path: Path, qtbot: QtBot
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    backing_up.set_folders(open_corner.ledger, [stick])
    back_up(open_corner.ledger, stick, MORNING)
    backup_note.keep(open_corner.ledger)
    entries = open_corner.ledger.head().seq
    path = closed(open_corner)
    path.unlink()
    window = open_window(path)
    assert "Berkas catatan tidak ada" in window.wrong.text()
    assert "rusak" not in window.wrong.text() + window.plan.text()
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    assert "rusak" not in window.result.text()
    assert "Dipulihkan dari" in window.result.text()
    assert whole(path) == entries


def test_without_file_and_backup_an_empty_ledger_is_made_that_gives_no_number_again(
    open_window: Callable[[Path], RepairWindow],
    open_corner: Corner,
    home: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start.remember(open_corner.ledger.path)
    backup_note.keep(open_corner.ledger)
    path = break_file(closed(open_corner))
    damaged = path.read_bytes()
    window = open_window(path)
    assert not window.main_button.isEnabled()
    window.anew_button.click()
    assert (window.wish, window.isVisible()) == ("", True)
    window.anew_field.setText("mulai baru")
    window.anew_button.click()
    assert window.wish == "anew"

    def ask(folder: Path, *rest: object, **_ways: object) -> Path | None:
        presenter = FirstRunPresenter(folder, *rest)  # type: ignore[arg-type]
        assert presenter.lost is not None
        typed = Typed(presenter.lost.corner, presenter.lost.corner_name, presenter.lost.till, "Rina", *2 * ["246810"])
        assert presenter.make_new(typed).kind == "S"
        return presenter.made

    opened: list[str] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(repair_window, "guide", lambda *_: "anew")
    monkeypatch.setattr(first_start, "ask", ask)
    monkeypatch.setattr(
        application, "run", lambda counter, _request: opened.append(counter.ledger.identity.series) or 0
    )
    assert start.run_window(None) == 0
    assert opened == ["MTR001A2"]
    (aside,) = path.parent.glob(f"{path.name}.damaged-*")
    assert aside.read_bytes() == damaged


def test_a_file_that_tells_whose_it_is_makes_no_room_for_an_empty_ledger(open_corner: Corner) -> None:
    path = closed(open_corner)
    with pytest.raises(LedgerExists):
        coming_back.put_lost_aside(path)
    assert path.exists()


def test_guiding_waits_for_the_person(open_corner: Corner, qapp: QApplication) -> None:
    path = closed(open_corner)

    def answer() -> None:
        window = next(one for one in qapp.topLevelWidgets() if isinstance(one, RepairWindow))
        if window.presenter.is_whole and window.isVisible():
            QTest.keyClick(window, Qt.Key.Key_F12)
        else:
            QTimer.singleShot(10, answer)

    QTimer.singleShot(10, answer)
    assert repair_window.guide(path, coming_back.diagnosed, coming_back.rehearsed, coming_back.repaired) == "open"


def test_an_old_ledger_is_upgraded_behind_a_window_with_progress(
    qapp: QApplication, qtbot: QtBot, open_corner: Corner
) -> None:
    window = UpgradeWindow(Theme(), lambda tell: tell(3, 10))
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.closed):
        window.start()
    assert window.progress.text() == "Memperbarui …  30 %"
    assert window.error is None
    upgrade_window.upgrade(closed(open_corner))


def test_a_ledger_of_the_first_schema_is_upgraded_by_the_window_and_whole(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "till.db"
    shutil.copyfile(ROOT / "tests" / "fixtures" / "ledgers" / "v1.db", path)
    assert bootstrap._is_old(path)
    upgrade_window.upgrade(path)
    assert not bootstrap._is_old(path)
    assert whole(path) > 0


def test_an_upgrade_that_fails_is_raised(open_corner: Corner) -> None:
    path = break_file(closed(open_corner))
    with pytest.raises(NotALedger):
        upgrade_window.upgrade(path)


def test_only_a_ledger_of_an_older_program_is_upgraded_behind_a_window(open_corner: Corner) -> None:
    path = closed(open_corner)
    assert not bootstrap._is_old(path)
    plain = connect_plainly(str(path))
    plain.execute("PRAGMA user_version = 1")
    plain.close()
    assert bootstrap._is_old(path)
    assert not bootstrap._is_old(path.with_name("none.db"))


# Without a backup ------------------------------------------------------------------------------------------------


def test_a_damaged_journal_whose_entries_can_all_be_read_needs_no_backup(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, qtbot: QtBot
) -> None:
    entries = open_corner.ledger.head().seq
    path = closed(open_corner)
    plain = connect_plainly(str(path))
    plain.execute("DROP TRIGGER journal_no_update")
    plain.execute("UPDATE journal SET hash = zeroblob(32) WHERE seq = 2")
    plain.close()
    window = open_window(path)
    assert f"Berkas baru dibuat dari {entries} entri" in window.plan.text()
    assert "Tidak ada yang hilang." in window.plan.text()
    assert "Nomor berlanjut" in window.plan.text()
    assert window.main_button.text() == "Perbaiki catatan"
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    assert "Tidak diketahui ada yang hilang." in window.result.text()
    assert whole(path) == entries


def test_the_plan_is_what_was_rehearsed_also_where_entries_will_be_lost(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "stick").mkdir()
    backing_up.set_folders(open_corner.ledger, [tmp_path / "stick"])
    back_up(open_corner.ledger, tmp_path / "stick", MORNING)
    for _sale in range(3):
        open_corner.sell("T1", "1")
    path = break_journal(open_corner, open_corner.ledger.head().seq - 1)
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    window = open_window(path)
    planned = window.plan.text()
    assert "ditambah 1 entri berikutnya" in planned
    assert "2 entri hilang: 7 sampai 8." in planned
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    assert "2 entri hilang: 7 sampai 8." in window.result.text()


def test_without_any_backup_the_entries_before_the_damage_are_kept_when_a_person_says_so(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, qtbot: QtBot
) -> None:
    last = open_corner.ledger.head().seq
    path = break_journal(open_corner, last)
    window = open_window(path)
    assert str(path) in window.plan.text()
    assert "tidak ada cadangan yang cocok" in window.plan.text()
    assert not window.main_button.isEnabled()
    assert window.focusWidget() is window.folder.field
    window.without_tick.click()
    assert "Hanya yang sebelum kerusakan" in window.plan.text()
    assert window.main_button.text() == "Perbaiki tanpa cadangan"
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    words = window.result.text()
    assert f"1 entri hilang: {last} sampai {last}." in words
    assert "Dokumen baru mulai dengan nomor baru" in words
    assert window.main_button.text() == "Buka aplikasi kasir"
    assert whole(path) == last - 1


def test_a_backup_that_is_found_after_all_takes_back_the_word_that_there_is_none(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, tmp_path: Path, qtbot: QtBot
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    back_up(open_corner.ledger, stick, MORNING)
    last = open_corner.ledger.head().seq
    path = break_journal(open_corner, last)
    window = open_window(path)
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.refused)
    window.without_tick.click()
    window.folder.set_path(stick)
    window.folder.entered.emit()
    qtbot.waitUntil(lambda: not window.presenter.refused)
    assert window.without_tick.isHidden()
    assert not window.without_tick.isChecked()
    assert window.main_button.text() == "Perbaiki catatan"
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    assert whole(path) == last


def test_backups_of_several_tills_are_told_apart_where_the_file_tells_nothing(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner, tmp_path: Path, qtbot: QtBot
) -> None:
    stick, elsewhere = tmp_path / "stick", tmp_path / "elsewhere"
    for folder in (stick, elsewhere):
        folder.mkdir()
    other = Ledger.create(elsewhere / "other.db", Identity("f" * 32, "MTR-002", "Dinas Lain", "B"))
    back_up(other, stick, MORNING)
    other.close()
    back_up(open_corner.ledger, stick, MORNING)
    entries = open_corner.ledger.head().seq
    window = open_window(break_file(closed(open_corner)))
    window.folder.set_path(stick)
    window.folder.entered.emit()
    qtbot.waitUntil(lambda: window.presenter.must_choose)
    assert "milik beberapa kasir" in window.plan.text()
    assert not window.main_button.isEnabled()
    ours = open_corner.ledger.identity.ledger_id
    assert ("f" * 32, "MTR-002 B · Dinas Lain") in window.presenter.tills()
    window.till_choice.choose(ours)
    window.till_choice.chosen.emit(ours)
    assert str(stick) in window.backups.text()
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.repaired is not None)
    assert whole(open_corner.ledger.path) == entries


def test_seals_by_another_key_are_told_by_the_window_too(
    open_window: Callable[[Path], RepairWindow], open_corner: Corner
) -> None:
    shifts.close_shift(open_corner.counter, queries.balance(open_corner.db, "cash"))
    strange = bootstrap.vault_for(open_corner.ledger.identity)
    assert strange.public_key() != open_corner.counter.vault.public_key()
    seq = open_corner.ledger.head().seq
    window = open_window(closed(open_corner))
    assert window.presenter.is_whole
    assert "Catatan utuh" in window.wrong.text()
    assert describe(ForeignSeal(seq)) in window.wrong.text()
    assert window.main_button.isEnabled()


# The sentences ---------------------------------------------------------------------------------------------------

FOUND = [
    Diagnosis("whole", 7),
    Diagnosis("whole", 7, foreign=6),
    Diagnosis("projections", 7, reason="balances"),
    Diagnosis("journal", 7, 3, "hash", "L1"),
    Diagnosis("journal", 7, 0, "no such table", "L1"),
    Diagnosis("unreadable", 7, reason="malformed", ledger_id="L1"),
    Diagnosis("unreadable"),
    Diagnosis("missing"),
]


@pytest.mark.parametrize("found", FOUND, ids=lambda found: f"{found.condition}-{found.entries}-{found.entry}")
def test_every_diagnosis_has_a_sentence_and_something_to_do(found: Diagnosis, tmp_path: Path) -> None:
    def never(*_: object, **_more: object) -> Repaired:
        raise AssertionError

    presenter = RepairPresenter(tmp_path / "till.db", coming_back.diagnosed, never, never)
    presenter.take(Looked(found, []))
    words = presenter.wrong()[0][0]
    assert "entri 0" not in words.lower()
    assert words == repair_wording.of_diagnosis(found)
    assert presenter.is_whole or presenter.plan()
    assert presenter.main_words()
    if not presenter.is_whole:
        presenter.failed(NoUsableBackup("till.db"))
        assert not presenter.can_repair
        assert presenter.plan()
        assert presenter.may_do_without == bool(found.ledger_id)


@pytest.mark.parametrize("found", FOUND, ids=lambda found: f"{found.condition}-{found.entries}-{found.entry}")
@pytest.mark.parametrize("backup", [None, Path("stick/copy.db")])
@pytest.mark.parametrize("lost", [None, Lost(5, 0, "", ""), Lost(5, 6, "2026-10-01T08:00:00+07:00", "", 1, Path("l"))])
def test_every_outcome_is_told_with_the_same_sentences_as_on_the_command_line(
    found: Diagnosis, backup: Path | None, lost: Lost | None
) -> None:
    done = Repaired(found, 4, Path("till.db.damaged"), backup, 2, lost)
    presenter = RepairPresenter(Path("till.db"), coming_back.diagnosed, coming_back.rehearsed, coming_back.repaired)
    presenter.repaired = done
    told = [text for text, _icon, _tone in presenter.result()]
    assert all(told)
    assert not any("{" in text or "None" in text for text in told)
    if found.condition != "whole":
        assert set(told) <= set(repair_wording.of_repair(done))


def test_what_is_lost_is_told_with_where_it_still_stands(tmp_path: Path) -> None:
    known = repair_wording.of_loss(Lost(41, 43, "2026-10-01T08:00:00+07:00", "", 2, tmp_path / "lost.jsonl"))
    assert known[0] == "3 entri hilang: 41 sampai 43."
    assert known[1] == "Dicatat setelah 01/10/2026 08.00, sampai waktu yang tidak diketahui."
    assert known[2].startswith("Yang masih terbaca dari 2 di antaranya")
    assert known[3].startswith("Masukkan lagi dari kertasnya")
    unknown = repair_wording.of_loss(Lost(61, 0, "2026-10-01T08:00:00+07:00", ""))
    assert unknown[0] == "Entri mulai 61 mungkin hilang; berkas tidak memberi tahu berapa banyak."
    assert unknown[1] == "Entri terakhir yang ada dicatat 01/10/2026 08.00."
