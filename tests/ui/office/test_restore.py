"""A new computer: a till comes back from its backup at the first start, with its names or without."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app import bootstrap, coming_back
from pos_app.i18n import set_language
from pos_app.ledger import recovery
from pos_app.ledger.backup import back_up
from pos_app.ledger.exchange_facts import put_facts
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.registry import staff_members
from pos_app.ledger.sqlite import connect_plainly
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.restore_presenter import find
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.theme import Theme
from tests.corner import MORNING, Corner
from tests.ui.conftest import Till
from tests.ui.test_looks import clipped


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folders of the new computer."""
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "new-home"))
    return tmp_path / "new-home"


@pytest.fixture
def code(open_corner: Corner) -> str:
    return recovery.make(open_corner.ledger, open_corner.counter.vault)


@pytest.fixture
def stick(open_corner: Corner, code: str, tmp_path: Path) -> Path:
    """Two backups in a folder of the stick, one damaged, and a file that is something else."""
    folder = tmp_path / "usb" / "pojok"
    folder.mkdir(parents=True)
    back_up(open_corner.ledger, folder, MORNING)
    open_corner.sell("T1", "2")
    newest = back_up(open_corner.ledger, folder, MORNING.replace(hour=17))
    damaged = folder / "pojok-MTR001A-20261001-180000.db"
    shutil.copy(newest, damaged)
    with damaged.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40_000)
    (folder / "photos.db").write_bytes(b"no ledger at all")
    return folder.parent


@pytest.fixture
def window(qapp: QApplication, qtbot: QtBot, home: Path) -> Iterator[FirstRunWindow]:
    set_language("id")
    theme = Theme()
    theme.apply(qapp)
    presenter = FirstRunPresenter(home, bootstrap.vault_for, lambda: MORNING, coming_back.restored_in_window)
    made = FirstRunWindow(presenter, theme)
    made.resize(1366, 697)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete.value)


def look(window: FirstRunWindow, place: Path, qtbot: QtBot) -> None:
    """By keyboard: the way, the folder, Enter."""
    window.mode_chips.button("restore").click()
    assert window.focusWidget() is window.restore_page.folder.field
    QTest.keyClicks(window.restore_page.folder.field, str(place))
    QTest.keyClick(window.restore_page.folder.field, Qt.Key.Key_Return)
    qtbot.waitUntil(window.main_button.isEnabled)


def restore(window: FirstRunWindow, qtbot: QtBot) -> Path:
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.presenter.is_ready)
    assert window.presenter.made is not None
    return window.presenter.made


def test_backups_are_listed_newest_first_and_what_is_none_is_named_last(stick: Path) -> None:
    candidates = find(stick)
    good = [one.found.made_at.hour for one in candidates if one.found is not None]
    assert good[:2] == [17, 8]
    rest = {one.path.name: one.foreign for one in candidates if one.found is None}
    assert rest == {"photos.db": True, "pojok-MTR001A-20261001-180000.db": False}


def test_a_till_comes_back_with_its_names_and_new_numbers(
    window: FirstRunWindow, stick: Path, code: str, open_corner: Corner, qtbot: QtBot
) -> None:
    look(window, stick, qtbot)
    assert window.restore_page.table.current_row() == 0
    window.restore_page.code_field.setText(code.lower().replace("-", " "))
    path = restore(window, qtbot)
    words = window.done_page.facts.text()
    assert "ST-MTR001A2-000001" in words
    assert "hanya ada di kertas" in words
    assert "Nama tetap berupa kode" not in words
    ledger = Ledger.open(path)
    assert ledger.head() == open_corner.ledger.head()
    vault = bootstrap.vault_for(ledger.identity)
    assert [member.name for member in staff_members(ledger.db, vault.unseal)] == ["Pegawai Dua", "Pegawai Satu"]
    ledger.close()
    with qtbot.waitSignal(window.finished):
        QTest.keyClick(window, Qt.Key.Key_F12)


def test_a_till_that_had_joined_is_told_to_fetch_before_anything_is_entered_again(
    window: FirstRunWindow, stick: Path, open_corner: Corner, qtbot: QtBot
) -> None:
    known = {"device_id": "d", "url": "http://127.0.0.1:9", "timeline_id": "t", "centre_key": "00" * 32}
    with open_corner.ledger.write() as tx:
        put_facts(tx.db, known)
    back_up(open_corner.ledger, stick, MORNING + timedelta(days=9))
    look(window, stick, qtbot)
    restore(window, qtbot)
    words = window.done_page.facts.text()
    assert words.index("Ambil dulu dari Diskoperin") < words.index("Baru sesudahnya catat yang masih kurang")
    assert "hanya ada di kertas" not in words


def test_the_code_may_wait_and_names_stay_codes(window: FirstRunWindow, stick: Path, qtbot: QtBot) -> None:
    look(window, stick, qtbot)
    path = restore(window, qtbot)
    assert "Nama tetap berupa kode" in window.done_page.facts.text()
    ledger = Ledger.open(path)
    vault = bootstrap.vault_for(ledger.identity)
    assert [member.name for member in staff_members(ledger.db, vault.unseal)] == ["S1", "S2"]
    assert recovery.is_locked(ledger, vault)
    ledger.close()


def test_a_mistyped_code_and_the_code_of_another_till_restore_nothing(
    window: FirstRunWindow, stick: Path, code: str, home: Path, qtbot: QtBot
) -> None:
    look(window, stick, qtbot)
    window.restore_page.code_field.setText(code[:-1] + ("0" if code[-1] != "0" else "1"))
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert "salah" in window.strip.text()
    window.restore_page.code_field.setText("00000-00000-00000-00000-00000-00000")
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.main_button.isEnabled() and "tidak cocok" in window.strip.text())
    assert not window.presenter.is_ready
    assert list(home.glob("*.db")) == []


def test_a_backup_that_turns_out_damaged_sends_to_the_next_one(
    window: FirstRunWindow, stick: Path, qtbot: QtBot
) -> None:
    newest = next(one.path for one in find(stick) if one.found is not None)
    plain = connect_plainly(str(newest))
    plain.execute("UPDATE balances SET amount = amount + 1")
    plain.close()
    look(window, stick, qtbot)
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: window.strip.text().startswith("Cadangan ini rusak. Pilih yang berikutnya"))


def test_what_cannot_be_restored_says_why_and_is_never_chosen(
    window: FirstRunWindow, stick: Path, qtbot: QtBot
) -> None:
    look(window, stick, qtbot)
    table = window.restore_page.table
    bad = next(row for row, one in enumerate(window.restore_page.model.rows) if one.found is None)
    table.select_row(bad)
    assert "photos.db bukan cadangan" in window.strip.text()
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.strip.text() == "Pilih cadangan dalam daftar."


def test_an_empty_folder_asks_for_another_one(window: FirstRunWindow, tmp_path: Path, qtbot: QtBot) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    look(window, empty, qtbot)
    assert window.strip.text().startswith("Tidak ada cadangan di sana.")
    assert window.main_button.text() == "Cari cadangan"
    window.restore_page.folder.set_path(empty / "none")
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.strip.text() == "Pilih USB atau folder tempat cadangan."


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_nothing_is_clipped(window: FirstRunWindow, stick: Path, qtbot: QtBot, scale: int) -> None:
    window.theme.set_scale(scale)
    look(window, stick, qtbot)
    QApplication.processEvents()
    till = Till.__new__(Till)
    till.window = window  # type: ignore[assignment]  # a window is a window to what looks for clipped words
    assert clipped(till) == []
    assert (window.width(), window.height()) == (1366, 697)


def test_the_way_is_chosen_by_keyboard(window: FirstRunWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F12)
    window.mode_chips.button("new").setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(window.mode_chips.button("new"), Qt.Key.Key_Right)
    QTest.keyClick(window.mode_chips.button("join"), Qt.Key.Key_Right)
    assert window.presenter.mode == "restore"
    assert window.main_button.text() == "Cari cadangan"
