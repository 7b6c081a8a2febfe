"""The guide that puts both histories together: what happened, what will be done, what remains; and no dead end."""

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app import coming_back, start
from pos_app.i18n import set_language
from pos_app.ledger.backup import back_up
from pos_app.ledger.exchange import LedgerStore
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.rejoining import Entered
from pos_app.ledger.verify import Progress
from pos_app.services import people
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.rejoining import Rejoined
from pos_app.ui import application
from pos_app.ui.rejoin import fetch_window as fetch_module
from pos_app.ui.rejoin import window as rejoin_window
from pos_app.ui.rejoin.fetch_presenter import FetchBack, FetchPresenter
from pos_app.ui.rejoin.fetch_window import FetchWindow
from pos_app.ui.rejoin.presenter import Join, Rehearse, RejoinPresenter
from pos_app.ui.rejoin.window import RejoinWindow
from pos_app.ui.theme import Theme
from sync.documents.money import CashMove
from sync.protocol.messages import Enrolment
from tests.corner import MORNING, Corner
from tests.services.forked_corner import Forked, forked

PIN = "123456"
ENROLMENT = Enrolment(
    nonce="n",
    device="d",
    ledger_id="0123456789abcdef0123456789abcdef",
    corner="MTR-001",
    corner_name="Dinas Koperasi",
    till="A",
    epoch=1,
    timeline="t",
    centre_key=bytes(32),
    server_time="2026-10-01T08:00:00+07:00",
)
Open = Callable[[Rehearse, Join], RejoinWindow]


@pytest.fixture
def both(open_corner: Corner, tmp_path: Path) -> Forked:
    """A till that was approved to join again; a producer is paid in both histories."""
    vault = open_corner.counter.vault
    people.add_user(open_corner.ledger, vault, name="Ratna", pin=PIN, role="pengelola", now=MORNING)
    open_corner.sell("T1", "5")

    def settles(one: Corner) -> None:
        one.do("settle", producer="P1", tender="transfer")
        one.sell("T1")

    found = forked(open_corner, tmp_path, settles, settles)
    found.approve()
    return found


@pytest.fixture
def open_window(qapp: QApplication, qtbot: QtBot, both: Forked) -> Iterator[Open]:
    made: list[RejoinWindow] = []

    def begin(rehearse: Rehearse, join: Join) -> RejoinWindow:
        set_language("id")
        theme = Theme()
        theme.apply(qapp)
        window = RejoinWindow(theme, RejoinPresenter(both.till.ledger.path, rehearse, join, start._allowed))
        window.resize(1366, 697)
        with qtbot.waitExposed(window):
            window.show()
        window.look()
        qtbot.waitUntil(window.main_button.isEnabled)
        made.append(window)
        return window

    yield begin
    for window in made:
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


def give(window: RejoinWindow, pin: str) -> None:
    """A person types a PIN."""
    QTest.keyClicks(window.pin_panel.pin_field, pin)
    QTest.keyClick(window.pin_panel.pin_field, Qt.Key.Key_Return)


def test_it_is_rehearsed_agreed_to_done_and_told(both: Forked, open_window: Open, qtbot: QtBot) -> None:
    repair = both.repair()
    both.till.ledger.close()
    window = open_window(lambda _path, _tell, _twice: repair.rehearse(), lambda _path, _tell, _twice: repair.run())
    assert "2 catatan milik Diskoperin" in window.plan.text()
    assert "P1 dibayar di kedua riwayat dan berutang Rp 43.200" in window.to_do.text()
    assert window.main_button.text() == "Satukan"
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.pin_panel.pin_field.hasFocus(), "as for joining the centre; nobody has logged in"
    give(window, "654321")
    assert window.presenter.done is None
    assert window.pin_panel.isVisible()
    QTest.keyClick(window.pin_panel.pin_field, Qt.Key.Key_Escape)
    assert window.isVisible()
    assert window.plan.frame.isVisible()
    assert not list(repair.path.parent.glob("*.forked-*"))
    QTest.keyClick(window, Qt.Key.Key_F12)
    give(window, PIN)
    qtbot.waitUntil(lambda: window.presenter.done is not None)
    assert "Berkas lama disimpan" in window.result.text()
    assert window.main_button.text() == "Buka aplikasi kasir"
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert not window.isVisible()


def test_what_both_histories_took_back_counts_once_until_a_manager_says_that_it_was_done_twice(
    both: Forked, open_window: Open, qtbot: QtBot
) -> None:
    twice = frozenset({"BT-MTR001A2-000001"})
    asked: list[Collection[str]] = []

    def rehearse(_path: Path, _tell: Progress, chosen: Collection[str]) -> Rejoined:
        asked.append(chosen)
        entered = Entered(undone={"BT-MTR001A2-000001": "ST-MTR001A-000001"})
        return Rejoined(1, 1, entered, twice=tuple(chosen))

    window = open_window(rehearse, rehearse)
    assert "dihitung sekali, BT-MTR001A2-000001 tidak mengubah apa pun" in window.to_do.text()
    window.twice_box.setFocus()
    QTest.keyClick(window.twice_box, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(asked) == 2 and window.main_button.isEnabled())
    assert "ikut dihitung" in window.to_do.text()
    QTest.keyClick(window, Qt.Key.Key_F12)
    give(window, PIN)
    qtbot.waitUntil(lambda: window.presenter.done is not None)
    assert asked == [frozenset(), twice, twice]
    assert not window.twice_box.isVisible()


def test_offline_it_says_so_and_can_be_tried_again(open_window: Open, qtbot: QtBot) -> None:
    asked: list[Path] = []

    def offline(path: Path, _tell: Progress, _twice: Collection[str]) -> Rejoined:
        asked.append(path)
        raise ExchangeFailed("unknown", "unreachable")

    window = open_window(offline, offline)
    assert "tidak dapat dihubungi" in window.strip.text()
    assert window.main_button.text() == "Coba lagi"
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: len(asked) == 2 and window.main_button.isEnabled())
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def opened(steps: list[str]) -> Callable[..., int]:
    """A till that is closed at once."""

    def run(*_arguments: object) -> int:
        steps.append("till")
        return 0

    return run


def test_a_start_offers_it_once_and_opens_the_till_after_it(both: Forked, monkeypatch: pytest.MonkeyPatch) -> None:
    path = both.till.ledger.path
    both.till.ledger.close()
    steps: list[str] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(rejoin_window, "guide", lambda *_: steps.append("guide"))
    monkeypatch.setattr(application, "run", opened(steps))
    assert start.run_window(path) == 0
    assert steps == ["guide", "till"]


def test_the_screen_of_the_exchange_closes_the_till_into_it(both: Forked, monkeypatch: pytest.MonkeyPatch) -> None:
    path = both.till.ledger.path
    both.till.ledger.close()
    steps: list[str] = []
    answers = iter([None, 0])

    def run(*_arguments: object) -> int | None:
        steps.append("till")
        return next(answers)

    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(rejoin_window, "guide", lambda *_: steps.append("guide"))
    monkeypatch.setattr(application, "run", run)
    assert start.run_window(path) == 0
    assert steps == ["guide", "till", "guide", "till"]


# Fetching first, after a restore ---------------------------------------------------------------------------------


@pytest.fixture
def restored(open_corner: Corner, tmp_path: Path) -> Path:
    """A till that had joined the centre and came back from a backup."""
    LedgerStore(open_corner.ledger).save_link("https://pusat.example", ENROLMENT)
    copy = back_up(open_corner.ledger, tmp_path, MORNING)
    open_corner.ledger.close()
    coming_back.restored(copy, tmp_path / "again.db").close()
    return tmp_path / "again.db"


@pytest.fixture
def fetch_window(qapp: QApplication, qtbot: QtBot, restored: Path) -> Iterator[Callable[[FetchBack], FetchWindow]]:
    made: list[FetchWindow] = []

    def begin(fetch: FetchBack) -> FetchWindow:
        set_language("id")
        theme = Theme()
        theme.apply(qapp)
        window = FetchWindow(theme, FetchPresenter(restored, fetch))
        with qtbot.waitExposed(window):
            window.show()
        made.append(window)
        return window

    yield begin
    for window in made:
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


def test_a_restored_till_is_offered_to_fetch_first(
    fetch_window: Callable[[FetchBack], FetchWindow], qtbot: QtBot
) -> None:
    codes: list[str] = []

    def fetch(_path: Path, code: str, _tell: Progress) -> int:
        codes.append(code)
        if not code:
            raise ExchangeFailed("refused", "unknown_key")
        return 12

    window = fetch_window(fetch)
    assert window.main_button.text() == "Ambil dulu dari Diskoperin"
    assert "harus menyetujui perbaikan" in window.facts.text()
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "belum mengenal komputer ini" in window.strip.text())
    window.code_field.setText("ABCD-EFGH")
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "12 catatan kembali" in window.facts.text())
    assert codes == ["", "ABCD-EFGH"]
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert not window.isVisible()


def test_a_wrong_code_is_said_to_be_wrong(fetch_window: Callable[[FetchBack], FetchWindow], qtbot: QtBot) -> None:
    def fetch(_path: Path, _code: str, _tell: Progress) -> int:
        raise ExchangeFailed("refused", "bad_code", during="join")

    window = fetch_window(fetch)
    window.code_field.setText("ABCD-EFGH")
    QTest.keyClick(window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Kode pendaftaran tidak dikenal" in window.strip.text())


def test_a_start_offers_to_fetch_until_something_is_recorded_or_the_centre_answered(
    restored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(start, "has_display", lambda: True)
    monkeypatch.setattr(fetch_module, "guide", lambda *_: steps.append("fetch"))
    monkeypatch.setattr(application, "run", opened(steps))
    for _start in range(2):
        assert start.run_window(restored) == 0
    assert steps == ["fetch", "till", "fetch", "till"]
    with closing(Ledger.open(restored)) as ledger, ledger.write() as tx:
        tx.append(
            CashMove(number=tx.next_number("KK"), direction="in", amount=5), document_id="x", at=MORNING, cashier=""
        )
    assert start.run_window(restored) == 0
    assert steps[4:] == ["till"]


def test_a_repair_cut_off_between_two_names_leaves_the_old_ledger(
    both: Forked, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = both.till.ledger.path
    both.till.ledger.close()
    path.rename(path.with_name(f"{path.name}.forked-20261002-080000"))
    path.with_name(f"{path.name}.rejoining").touch()
    monkeypatch.setattr(application, "run", lambda *_: 0)
    assert start.run_window(path) == 0
    assert path.exists()
