"""The windows before a till opens, and the crash page: whole texts and buttons at every size, language and theme."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos_app import bootstrap, coming_back
from pos_app.domain.errors import NoUsableBackup
from pos_app.i18n import language, set_language
from pos_app.ledger import registry
from pos_app.ledger.backup import back_up
from pos_app.ledger.verify import Progress
from pos_app.services.exchange import ExchangeFailed
from pos_app.services.rejoining import Rejoined
from pos_app.services.repairing import Diagnosis, Lost, Repaired
from pos_app.ui import settings_keys as keys
from pos_app.ui.application import Application
from pos_app.ui.guide_window import theme_for
from pos_app.ui.rejoin.fetch_presenter import FetchPresenter
from pos_app.ui.rejoin.fetch_window import FetchWindow
from pos_app.ui.rejoin.presenter import RejoinPresenter
from pos_app.ui.rejoin.window import RejoinWindow
from pos_app.ui.repair.presenter import Looked, RepairPresenter, find_backups
from pos_app.ui.repair.window import RepairWindow
from pos_app.ui.screens.first_run.presenter import FirstRunPresenter
from pos_app.ui.screens.first_run.screen import FirstRunWindow
from pos_app.ui.theme import Theme
from pos_app.ui.upgrade_window import UpgradeWindow
from pos_app.ui.widgets.button import KeyButton
from tests.corner import MORNING, Corner
from tests.pictures.looking import cut_off, main_buttons
from tests.pictures.windows import REJOINED
from tests.ui.test_looks import clipped_in
from tests.ui.test_notices import application as application  # noqa: PLC0414  the same fixture

LOOKS = [((1366, 697), 100), ((1093, 543), 100), ((1366, 768), 150), ((1366, 768), 200)]

Show = Callable[[Callable[[Theme], QWidget]], QWidget]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("POJOK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(params=["id", "en"])
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("id")


@pytest.fixture(params=LOOKS, ids=[f"{w}x{h}@{scale}" for (w, h), scale in LOOKS])
def show(
    request: pytest.FixtureRequest, spoken: str, qapp: QApplication, qtbot: QtBot
) -> Iterator[Callable[[Callable[[Theme], QWidget]], QWidget]]:
    """Shows a window in one of the looks, the larger ones dark."""
    (size, scale), made = request.param, list[QWidget]()

    def begin(make: Callable[[Theme], QWidget]) -> QWidget:
        theme = Theme(dark=scale > 100, scale=scale)
        theme.apply(qapp)
        window = make(theme)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        settle()
        assert language() == spoken
        assert (window.width(), window.height()) == size
        made.append(window)
        return window

    yield begin
    for window in made:
        for button in window.findChildren(KeyButton):
            button.setEnabled(True)
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete.value)


def settle() -> None:
    for _time in range(5):
        QApplication.processEvents()


def test_the_repair_is_whole_at_every_step(show: Show, open_corner: Corner, tmp_path: Path) -> None:
    path = open_corner.ledger.path
    presenter = RepairPresenter(path, coming_back.diagnosed, coming_back.rehearsed, coming_back.repaired)
    window = show(lambda theme: RepairWindow(theme, presenter))
    assert isinstance(window, RepairWindow)
    size = window.size()
    back_up(open_corner.ledger, tmp_path, MORNING)
    ours = open_corner.ledger.identity.ledger_id
    for found in (
        Diagnosis("projections", 12_345, 3, "balances: cash", ours),
        Diagnosis("journal", 12_345, 3, "hash of the body", ours),
        Diagnosis("unreadable", reason="database disk image is malformed"),
    ):
        for backups in ([], find_backups(path, ours, [tmp_path])):
            window._on_looked(Looked(found, backups))
            settle()
            assert clipped_in(window) == [], found
            window._on_failed(NoUsableBackup(str(path)))
            settle()
            assert clipped_in(window) == [], found
            if presenter.may_do_without:
                window.without_tick.click()
                settle()
                assert clipped_in(window) == [], found
    lost = Lost(12_000, 12_345, MORNING.isoformat(), MORNING.isoformat(), 3, path.with_name("till.db.lost.jsonl"))
    window._on_repaired(Repaired(found, 11_999, path.with_name("till.db.damaged"), tmp_path / "copy.db", 7, lost))
    settle()
    assert clipped_in(window) == []
    assert window.size() == size


def test_joining_again_is_whole_at_every_step_and_the_pin_is_seen(show: Show, tmp_path: Path) -> None:
    def rehearse(_path: Path, _tell: Progress, twice: Collection[str]) -> Rejoined:
        return replace(REJOINED, twice=tuple(twice))

    presenter = RejoinPresenter(tmp_path / "till.db", rehearse, rehearse, lambda _path, _pin: None)
    window = show(lambda theme: RejoinWindow(theme, presenter))
    assert isinstance(window, RejoinWindow)
    size = window.size()
    window._on_failed(ExchangeFailed("unknown", "unreachable"))
    settle()
    assert cut_off(window) == []
    window._on_rehearsed(REJOINED)
    settle()
    assert cut_off(window) == []
    assert [key for _words, key in main_buttons(window)] == ["F12"]
    assert window.to_do.frame.isAncestorOf(window.twice_box)
    window.main_action()
    settle()
    assert cut_off(window) == []
    assert [key for _words, key in main_buttons(window)] == ["Enter"]
    assert window.area.verticalScrollBar().maximum() == 0, "all that is asked is seen"
    window.pin_panel.cancelled.emit()
    window._on_joined(replace(REJOINED, aside=tmp_path / "till.db.forked-20261120-120500"))
    settle()
    assert cut_off(window) == []
    assert not window.back_button.isVisible()
    assert window.size() == size


def test_fetching_first_is_whole_before_while_and_after(show: Show, tmp_path: Path) -> None:
    window = show(lambda theme: FetchWindow(theme, FetchPresenter(tmp_path / "till.db", lambda *_: 0)))
    assert isinstance(window, FetchWindow)
    assert cut_off(window) == []
    window._on_failed(ExchangeFailed("refused", "unknown_key"))
    settle()
    assert cut_off(window) == []
    window._on_progress(66_000, 136_642)
    settle()
    assert cut_off(window) == []
    window._on_came(1)
    settle()
    assert cut_off(window) == []


def test_the_upgrade_is_whole(show: Show) -> None:
    window = show(lambda theme: UpgradeWindow(theme, lambda _tell: None))
    assert isinstance(window, UpgradeWindow)
    window._on_progress(66_000, 136_642)
    settle()
    assert clipped_in(window) == []


def test_the_restore_is_whole_while_it_is_chosen_and_after(show: Show, open_corner: Corner, tmp_path: Path) -> None:
    presenter = FirstRunPresenter(
        tmp_path / "till", bootstrap.vault_for, lambda: MORNING, coming_back.restored_in_window
    )
    window = show(lambda theme: FirstRunWindow(presenter, theme))
    assert isinstance(window, FirstRunWindow)
    window.mode_chips.choose("restore")
    window.mode_chips.chosen.emit("restore")
    settle()
    assert clipped_in(window) == []
    copy = back_up(open_corner.ledger, tmp_path, MORNING)
    restoring = presenter.restoring
    restoring.take(restoring.look_work(copy)())
    settle()
    assert clipped_in(window) == []
    restoring.restored = restoring.restore_work("")(lambda _done, _total: None)
    window._on_restored()
    settle()
    assert clipped_in(window) == []


def test_joining_in_the_first_setup_is_whole_and_enter_brings_each_field_into_view(show: Show, tmp_path: Path) -> None:
    presenter = FirstRunPresenter(
        tmp_path / "till", bootstrap.vault_for, lambda: MORNING, coming_back.restored_in_window
    )
    window = show(lambda theme: FirstRunWindow(presenter, theme))
    assert isinstance(window, FirstRunWindow)
    window.mode_chips.button("join").click()
    window.corner_page.finder.close()
    fields = window.corner_page.fields()
    fields[1].setFocus()
    for field in fields[1:]:
        settle()
        assert field.hasFocus()
        assert field.visibleRegion().boundingRect() == field.rect(), field.accessibleName()
        assert cut_off(window) == []
        if field is not fields[-1]:
            QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_crash_page_is_whole_in_english_and_dark_too(application: Application) -> None:
    assert application.crash_page.language == "id"
    set_language("en")
    for scale, size in ((100, (1093, 543)), (200, (1366, 768))):
        application.theme.set_dark(True)
        application.theme.set_scale(scale)
        application.window.rebuild()
        try:
            raise ValueError("x")
        except ValueError as error:
            application.on_error(type(error), error, error.__traceback__)
        application.window.resize(*size)
        settle()
        assert "The books are safe" in application.crash_page.facts.text()
        assert clipped_in(application.window) == []
    set_language("id")


def test_a_guide_speaks_and_looks_as_the_ledger_asks_even_when_it_is_damaged(open_corner: Corner) -> None:
    with open_corner.ledger.write() as tx:
        for key, value in ((keys.LANGUAGE, "en"), (keys.DARK, "1"), (keys.TEXT_SCALE, "150")):
            registry.set_setting(tx.db, key, value)
    open_corner.db.execute("DROP TABLE balances")
    path = open_corner.ledger.path
    open_corner.ledger.close()
    theme = theme_for(path)
    assert (theme.dark, theme.wanted_scale, language()) == (True, 150, "en")
    path.write_bytes(b"\x00" * 5_000)
    theme = theme_for(path)
    assert (theme.dark, theme.wanted_scale, language()) == (False, 100, "id")
    assert theme_for(path.with_name("none.db")).scale == 100
