"""Starting the window: a second start, a start that fails, a till that was killed with a cart. Real processes."""

import os
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app import bootstrap, coming_back, start
from pos_app.domain.errors import LedgerBusy, LedgerMissing, NewerLedger, NotALedger
from pos_app.ledger.backup import put_aside, reading
from pos_app.ledger.migrations import SCHEMA_VERSION
from pos_app.ledger.sqlite import connect_plainly
from pos_app.services.context import Counter, User
from pos_app.services.setup import DEMO_FILE
from pos_app.ui import application, fault_window, first_start, upgrade_window
from pos_app.ui.fault_window import FaultWindow
from pos_app.ui.repair import window as repair_window
from pos_app.ui.repair.presenter import Look, Rehearse, Repair, RepairPresenter
from tests.corner import MORNING, ROOT, Corner
from tests.ui.conftest import Till
from tests.ui.test_selling import T1

PATIENCE = 60.0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys, locks and notes of this test alone."""
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def launched(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts ``python`` with these arguments beside the test."""
    begun: list[subprocess.Popen[str]] = []
    env = {**os.environ, "POJOK_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}

    def begin(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        begun.append(process)
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def wait_for(condition: Callable[[], bool]) -> None:
    patience = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < patience, "nothing came"
        time.sleep(0.02)


def test_a_second_start_brings_the_first_window_to_the_front(
    launched: Callable[..., subprocess.Popen[str]], open_corner: Corner, home: Path
) -> None:
    path = str(open_corner.ledger.path)
    first = launched("-m", "pos_app", "run", "--ledger", path)
    folder = bootstrap.vault_for(open_corner.ledger.identity).folder
    wait_for((folder / "till.lock").exists)
    wait_for((home / "last_ledger").exists)
    second = launched("-m", "pos_app", "run", "--ledger", path)
    assert second.wait(PATIENCE) == 0
    assert first.poll() is None
    assert not (folder / start.RAISE_REQUEST).exists()


@pytest.mark.qt_log_ignore("does not support raise")
@pytest.mark.parametrize("large", [True, False])
def test_a_minimised_window_comes_back_as_large_as_it_was(
    make_till: Callable[[Corner], Till], open_corner: Corner, tmp_path: Path, qapp: QApplication, large: bool
) -> None:
    window = make_till(open_corner).window
    if large:
        window.showMaximized()
    window.setWindowState(window.windowState() | Qt.WindowState.WindowMinimized)
    qapp.processEvents()
    request = tmp_path / "raise.request"
    application._come_forward(window, request)
    assert window.isMinimized()
    request.touch()
    application._come_forward(window, request)
    assert not request.exists()
    assert (window.isMinimized(), window.isMaximized(), window.isVisible()) == (False, large, True)


@pytest.fixture
def opened_with(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files that a window was opened on; the windows themselves stay away."""
    seen: list[str] = []

    def run(counter: Counter, request: Path) -> int:
        seen.append(counter.ledger.path.name)
        return 0

    monkeypatch.setattr(application, "run", run)
    return seen


def test_after_the_demo_the_next_start_still_offers_an_own_corner(
    home: Path, corner: Corner, opened_with: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []
    monkeypatch.setattr(first_start, "ask", lambda folder, *_, **_ways: asked.append(folder))
    start.run_window(None, demo=True)
    assert start.run_window(None) == 0
    assert (opened_with, asked) == ([DEMO_FILE], [home])
    start.run_window(corner.ledger.path)
    start.run_window(None, demo=True)
    start.run_window(None)
    assert opened_with[1:] == [corner.ledger.path.name, DEMO_FILE, corner.ledger.path.name]


def test_a_demo_remembered_by_an_older_program_is_not_opened_by_itself(home: Path) -> None:
    start.remember(start.demo_ledger())
    assert start.last_ledger() is None


def test_a_ledger_held_by_something_without_a_window_is_said_to_be_busy(
    open_corner: Corner, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "ANSWER_SECONDS", 0.1)
    with bootstrap.locked(open_corner.ledger), pytest.raises(LedgerBusy):
        start.run_window(open_corner.ledger.path)
    folder = bootstrap.vault_for(open_corner.ledger.identity).folder
    assert not (folder / start.RAISE_REQUEST).exists()


def missing(corner: Corner, folder: Path) -> Path:
    return folder / "none.db"


def no_ledger(corner: Corner, folder: Path) -> Path:
    path = folder / "notes.txt"
    path.write_text("belanja: gula, kopi")
    return path


def newer(corner: Corner, folder: Path) -> Path:
    path = corner.ledger.path
    corner.ledger.close()
    plain = connect_plainly(str(path))
    plain.execute("PRAGMA user_version = 9999")
    plain.close()
    return path


@pytest.mark.parametrize(
    ("make", "fault", "words"),
    [(missing, LedgerMissing, "tidak ada"), (no_ledger, NotALedger, "bukan"), (newer, NewerLedger, "lebih baru")],
)
def test_a_start_that_fails_shows_its_sentence_in_a_window(
    corner: Corner,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Corner, Path], Path],
    fault: type[Exception],
    words: str,
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(fault_window, "show", shown.append)
    with pytest.raises(fault):
        start.run_window(make(corner, tmp_path))
    assert len(shown) == 1
    assert words in shown[0]


def test_without_a_display_no_window_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert not start.has_display()


def test_the_window_of_a_failed_start_closes_with_enter(qtbot: QtBot, qapp: QApplication) -> None:
    def press() -> None:
        window = next(widget for widget in qapp.topLevelWidgets() if isinstance(widget, FaultWindow))
        assert window.sentence.text() == "till.db tidak dapat ditulis."
        assert window.button.width() >= window.button.sizeHint().width()
        QTest.keyClick(window, Qt.Key.Key_Return)

    QTimer.singleShot(0, press)
    fault_window.show("till.db tidak dapat ditulis.")


SCAN_AND_WAIT = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from PySide6.QtCore import QTimer
    from PySide6.QtTest import QTest
    from pos_app import bootstrap
    from pos_app.ledger import drafts
    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.vault import Vault
    from pos_app.services import people
    from pos_app.ui.application import Application, qt_application

    folder, code = Path(sys.argv[1]), sys.argv[2]
    app = qt_application()
    ledger = Ledger.open(folder / "till.db")
    counter = bootstrap.counter_for(ledger, vault=Vault(folder / "keys"))
    day = ledger.db.execute("SELECT max(recorded_at) FROM journal").fetchone()[0]
    counter.clock = lambda: bootstrap.datetime.fromisoformat(day)
    counter.user = people.users(counter)[0]
    window = Application(app, counter).window
    window.show()
    window.go("sell")
    for key in "2*":
        QTest.keyClick(window.focusWidget(), key)
    window.current.take_scan(code)

    def look():
        if drafts.load(ledger.db, "cart") is not None:
            print("kept", flush=True)
            looking.stop()

    looking = QTimer()
    looking.timeout.connect(look)
    looking.start(20)
    app.exec()
    """
)


def test_a_till_killed_with_an_unpaid_cart_opens_with_it_again(
    launched: Callable[..., subprocess.Popen[str]],
    make_till: Callable[[Corner], Till],
    open_corner: Corner,
    cashier: User,
    tmp_path: Path,
) -> None:
    process = launched("-c", SCAN_AND_WAIT, str(tmp_path), T1)
    assert process.stdout is not None
    assert process.stdout.readline() == "kept\n", process.communicate()
    process.kill()
    process.wait()
    before = open_corner.ledger.head().seq
    till = make_till(open_corner)
    till.log_in(cashier)
    assert [(line.product.sku, line.quantity) for line in till.sell.presenter.cart.lines] == [("T1", 2000)]
    assert till.said == "Aplikasi sempat berhenti. Keranjang 2 barang dipulihkan; periksa."
    assert open_corner.ledger.head().seq == before


# An upgrade waits for the lock -----------------------------------------------------------------------------------


@pytest.fixture
def old(home: Path, tmp_path: Path) -> Path:
    """A ledger of the first schema."""
    path = tmp_path / "old.db"
    shutil.copyfile(ROOT / "tests" / "fixtures" / "ledgers" / "v1.db", path)
    return path


def schema_of(path: Path) -> int:
    with closing(connect_plainly(str(path))) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_till_in_use_elsewhere_is_not_upgraded_by_a_second_start(
    old: Path, opened_with: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    upgraded: list[Path] = []
    monkeypatch.setattr(start, "ANSWER_SECONDS", 0.1)
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(fault_window, "show", lambda _sentence: None)
    monkeypatch.setattr(upgrade_window, "upgrade", upgraded.append)
    with reading(old) as ledger, bootstrap.locked(ledger), pytest.raises(LedgerBusy):
        start.run_window(old)
    assert (upgraded, opened_with, schema_of(old)) == ([], [], 1)
    assert start.run_window(old) == 0
    assert (upgraded, opened_with) == ([old], ["old.db"])


def test_an_older_ledger_of_an_unknown_start_is_not_upgraded_by_looking_for_one(
    old: Path, home: Path, opened_with: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir(exist_ok=True)
    lying = home / "pojok-MTR001A.db"
    shutil.copyfile(old, lying)
    monkeypatch.setattr(first_start, "ask", lambda *_things, **_more: None)
    assert start.run_window(None) == 0
    assert (opened_with, schema_of(lying)) == ([], 1)


def test_the_window_upgrades_under_the_lock(old: Path, opened_with: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[bool] = []

    def upgrade(path: Path) -> None:
        with reading(path) as ledger, pytest.raises(LedgerBusy), bootstrap.locked(ledger):
            pass
        held.append(True)

    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(upgrade_window, "upgrade", upgrade)
    start.run_window(old)
    assert (held, opened_with, schema_of(old)) == ([True], ["old.db"], SCHEMA_VERSION)


# A repair that was cut off ---------------------------------------------------------------------------------------


def test_a_ledger_put_aside_and_not_replaced_leads_to_the_repair_and_is_whole_again(
    open_corner: Corner, home: Path, opened_with: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, entries = open_corner.ledger.path, open_corner.ledger.head().seq
    start.remember(path)
    open_corner.db.execute("UPDATE balances SET amount = amount + 1 WHERE account = 'cash'")
    open_corner.ledger.close()
    aside = put_aside(path, MORNING)
    assert aside is not None
    repaired: list[int] = []

    def guide(damaged: Path, look: Look, rehearse: Rehearse, repair: Repair) -> bool:
        presenter = RepairPresenter(damaged, look, rehearse, repair)
        presenter.take(presenter.look_work()(lambda _done, _total: None))
        assert presenter.can_repair  # without a backup, too
        repaired.append(presenter.repair_work()(lambda _done, _total: None).entries)
        return True

    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(repair_window, "guide", guide)
    monkeypatch.setattr(first_start, "ask", lambda *_: pytest.fail("a new corner was offered"))
    assert start.run_window(None) == 0
    assert (repaired, opened_with) == ([entries], [path.name])
    assert aside.exists()


def test_a_ledger_that_is_gone_leads_to_the_repair_and_never_to_a_new_corner(
    open_corner: Corner, home: Path, opened_with: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = open_corner.ledger.path
    open_corner.ledger.close()
    assert start.run_window(path) == 0
    path.unlink()
    guided: list[Path] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(repair_window, "guide", lambda damaged, *_: guided.append(damaged))
    monkeypatch.setattr(first_start, "ask", lambda *_: pytest.fail("a new corner was offered"))
    assert start.run_window(None) == 1
    assert guided == [path.resolve()]


def test_a_ledger_whose_copy_has_no_name_yet_leads_to_the_repair(
    open_corner: Corner, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = open_corner.ledger.path
    start.remember(path)
    open_corner.ledger.close()
    path.rename(path.with_name(f"{path.name}.part"))
    guided: list[Path] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(repair_window, "guide", lambda damaged, *_: guided.append(damaged))
    assert start.run_window(None) == 1
    assert start.run_window(path) == 1
    assert guided == [path.resolve(), path]


def test_a_cut_off_repair_is_still_held_by_one_process(open_corner: Corner, home: Path) -> None:
    path = open_corner.ledger.path
    open_corner.ledger.close()
    put_aside(path, MORNING)
    with bootstrap.locked(open_corner.ledger), pytest.raises(LedgerBusy):
        coming_back.repaired(path)
