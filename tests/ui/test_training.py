"""The training at the window: it cannot be mistaken, nothing of it is real, and the real till comes back after it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_app import bootstrap, start
from pos_app.domain.errors import DiskFull, LedgerBusy
from pos_app.i18n import set_language
from pos_app.ledger import queries
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.verify import verify
from pos_app.services import people, training
from pos_app.services.context import Counter, User
from pos_app.services.ids import uuid7
from pos_app.services.setup import DEMO_MANAGER_PIN
from pos_app.ui import application as program
from pos_app.ui import fault_window
from pos_app.ui.application import Application
from pos_app.ui.screens.close_shift.screen import CloseShiftScreen
from pos_app.ui.screens.login.screen import LoginScreen
from pos_app.ui.screens.training.screen import TrainingScreen
from pos_app.ui.training_frame import Stripe
from tests.corner import MORNING, Corner
from tests.ui.conftest import Till
from tests.ui.test_looks import clipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "training"


@pytest.fixture
def learning(open_corner: Corner, folder: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Application]:
    """The window over a training of the open corner, as ``start`` opens it."""
    set_language("id")
    open_corner.ledger.close()
    path = training.make(open_corner.ledger.path, folder, MORNING)
    ledger = Ledger.open(path)
    made = Application(qapp, Counter(ledger, training.vault_in(folder), lambda: MORNING, uuid7))
    made.window.resize(1366, 697)
    made.window.show()
    made.window.activateWindow()
    qtbot.waitActive(made.window)
    made.scanner.watch(made.window.windowHandle())
    made.window.go("login")
    made.begin()
    yield made
    made.stop()
    made.window.close()
    made.end()
    QCoreApplication.sendPostedEvents(made.window, QEvent.Type.DeferredDelete.value)
    ledger.close()


def till_of(application: Application) -> Till:
    counter = application.counter
    corner = Corner(counter.ledger, counter, lambda: MORNING)  # type: ignore[arg-type]
    return Till(application.window, corner, application.theme, application.scanner)


def log_in(application: Application) -> Till:
    """With the PIN that the log-in shows."""
    till = till_of(application)
    login = application.window.current
    assert isinstance(login, LoginScreen)
    login.fill()
    assert DEMO_MANAGER_PIN in login.hint.text()
    assert login.training_button.isHidden()
    till.log_in(next(user for user in people.users(application.counter) if user.is_manager))
    return till


def test_the_window_is_framed_and_named(learning: Application) -> None:
    picture = learning.window.grab().toImage()
    accent = learning.theme.color("accent").name()
    for x, y in ((1, 300), (picture.width() - 2, 300), (700, picture.height() - 2), (4, 4)):
        assert picture.pixelColor(x, y).name() == accent
    assert "LATIHAN" in learning.window.windowTitle()


def test_the_tasks_are_ticked_as_the_day_goes(learning: Application) -> None:
    till = log_in(learning)
    assert learning.frame.tasks.accessibleName() == "Langkah 1 dari 5: Buka kasir"
    till.corner.do("open_shift", float=100_000)
    learning.frame.look()
    assert learning.frame.tasks.accessibleName() == "Langkah 2 dari 5: Jual 3 barang"
    learning.window.go("sell")
    for _scan in range(3):
        till.scan("2000000000015")
    for key in (Qt.Key.Key_F12, Qt.Key.Key_Return):
        till.press(key)
    learning.frame.look()
    assert learning.frame.tasks.accessibleName() == "Langkah 4 dari 5: Retur satu (F9)"
    (sale,) = queries.recent(learning.counter.db, "sale", 1)
    assert sale.number == "ST-LATIHANA-000001"


def test_nothing_is_exchanged_or_backed_up(learning: Application) -> None:
    log_in(learning)
    for name in ("sync", "safety", "setup", "opening", "labels", "training"):
        before = learning.window.current
        learning.window.go(name)
        assert learning.window.current is before
        assert before is not None
        assert before.strip.text().startswith("Latihan tidak punya halaman ini")
    assert learning.window.top_bar.chip("backup").isHidden()
    assert learning.window.top_bar.chip("unsent").isHidden()
    assert "backup" not in learning.__dict__
    assert not learning.sync._timer.isActive()


def test_after_the_last_task_it_says_that_it_is_over_and_a_key_ends_it(learning: Application) -> None:
    till = log_in(learning)
    sku = queries.all_products(learning.counter.db, 1)[0].sku
    till.corner.do("open_shift", float=100_000)
    sale = till.corner.sell(sku, "3")
    till.corner.do("refund", of=sale["number"], lines=[{"line": 0, "quantity": "1"}], tender="cash")
    learning.frame.look()
    assert learning.frame.over_text.isHidden()
    till.corner.do("close_shift", counted=till.corner.state["drawer"])
    learning.frame.look()
    assert learning.frame.over_text.isVisible()
    assert learning.frame.over_text.text().startswith("Latihan selesai")
    assert learning.frame.end_button.accessibleName() == "Akhiri latihan (Ctrl+Q)"
    assert clipped(till) == []
    till.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not learning.window.isVisible()


def test_the_last_page_of_a_closing_tells_of_no_centre_and_no_backup(learning: Application) -> None:
    log_in(learning)
    screen = learning.window.open_screen("close_shift")
    assert isinstance(screen, CloseShiftScreen)
    assert screen.backup is None
    assert screen.sync is None, "nothing is said of sending"
    assert "Diskoperin" not in screen.presenter.report_words()


def test_every_other_window_has_the_stripe(learning: Application, qtbot: QtBot) -> None:
    other = QWidget()
    qtbot.addWidget(other)
    other.resize(640, 480)
    other.show()
    (stripe,) = other.findChildren(Stripe)
    assert stripe.width() == 640
    other.resize(800, 480)
    assert stripe.width() == 800


@pytest.mark.parametrize(("size", "scale"), [((1366, 697), 100), ((1093, 543), 100), ((1366, 768), 200)])
def test_the_frame_clips_nothing(learning: Application, size: tuple[int, int], scale: int) -> None:
    learning.window.resize(*size)
    learning.theme.set_scale(scale)
    till = log_in(learning)
    till.corner.do("open_shift", float=100_000)
    for name in ("goods_in", "stock", "producers", *(["sell"] if scale == 100 else [])):
        learning.window.go(name)
        for _round in range(4):
            QApplication.processEvents()
        assert (learning.window.width(), learning.window.height()) == size
        assert clipped(till) == [], name


def test_the_real_till_comes_back_untouched_and_nothing_is_left(
    open_corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    open_corner.ledger.close()
    path = open_corner.ledger.path
    seen: list[tuple[str, str]] = []
    wishes: list[object] = ["training", 0, 0]

    def digest() -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def run(counter: Counter, _request: Path) -> object:
        series = counter.ledger.identity.series
        if series == "LATIHANA":
            counter.user = next(user for user in people.users(counter) if user.is_manager)
            corner = Corner(counter.ledger, counter, lambda: MORNING)  # type: ignore[arg-type]
            corner.do("open_shift", float=1_000)
            assert corner.verify() > 0
            with pytest.raises(LedgerBusy), bootstrap.held(open_corner.ledger.identity.ledger_id, path):
                pass  # row 28: a second start finds the till taken, and brings the training to the front
        seen.append((series, digest()))
        return wishes.pop(0)

    monkeypatch.setattr(program, "run", run)
    assert start.run_window(path) == 0
    assert [series for series, _hash in seen] == ["MTR001A", "LATIHANA", "MTR001A"]
    assert len({found for _series, found in seen} | {digest()}) == 1
    assert not start._training_folder(open_corner.ledger.identity.ledger_id).exists()
    assert start.last_ledger() == path.resolve()
    ledger = Ledger.open(path)
    assert verify(ledger).entries == ledger.head().seq > 0
    ledger.close()


def test_a_training_that_cannot_be_made_is_told_and_the_till_comes_back(
    open_corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    answers = iter(["training", 0])

    def full(*_arguments: object) -> Path:
        raise DiskFull("latihan.db")

    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    open_corner.ledger.close()
    monkeypatch.setattr(training, "make", full)
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(fault_window, "show", told.append)
    monkeypatch.setattr(program, "run", lambda _counter, _request: next(answers))
    assert start.run_window(open_corner.ledger.path) == 0
    assert len(told) == 1
    assert next(answers, None) is None, "the real till was shown again"


def test_what_a_killed_training_left_is_removed_at_the_next_start(
    open_corner: Corner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    open_corner.ledger.close()
    leftover = start._training_folder(open_corner.ledger.identity.ledger_id)
    training.make(open_corner.ledger.path, leftover, MORNING)
    monkeypatch.setattr(program, "run", lambda *_: 0)
    assert start.run_window(open_corner.ledger.path) == 0
    assert not leftover.exists()


def test_the_training_is_offered_at_the_log_in(
    open_corner: Corner, manager: User, qapp: QApplication, qtbot: QtBot
) -> None:
    set_language("id")
    open_corner.counter.user = None
    real = Application(qapp, open_corner.counter)
    real.window.show()
    qtbot.waitActive(real.window)
    try:
        real.window.go("login")
        login = real.window.current
        assert isinstance(login, LoginScreen)
        login.fill()
        login.training_button.click()
        assert isinstance(real.window.current, TrainingScreen)
        assert real.window.rail.isHidden()
        hands = Till(real.window, Corner.__new__(Corner), real.theme, real.scanner)
        hands.press(Qt.Key.Key_Escape)
        assert isinstance(real.window.current, LoginScreen)
        real.window.go("training")
        hands.press(Qt.Key.Key_F12)
        assert real.training_wanted
        assert not real.window.isVisible()
    finally:
        real.stop()
        real.end()
