"""What the Sync screen tells and does; the exchange itself is tested beside its client."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.ledger.ledger import Ledger
from pos_app.services import backing_up
from pos_app.services.exchange import ExchangeFailed
from pos_app.ui.screens.sync.screen import SyncScreen
from tests.corner import Corner
from tests.ui.conftest import Till


def sync(till: Till) -> SyncScreen:
    screen = till.window.current
    assert isinstance(screen, SyncScreen)
    return screen


def test_everything_unsent_is_listed_newest_first(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("sync")
    screen = sync(till)
    assert screen.waiting_tile.figure.text() == "6"
    newest = screen.model.rows[0]
    assert newest.kind == "Penjualan"
    assert newest.content.startswith("ST-MTR001A-")
    assert newest.amount == 32_000
    screen.search.setText("barang masuk")
    assert [row.kind for row in screen.model.rows] == ["Barang masuk"] * 4


def test_without_a_centre_it_says_how_to_join(bring: Callable[[str], Till]) -> None:
    till = bring("sync")
    till.press(Qt.Key.Key_F12)
    assert "Gabung dulu" in till.said
    assert "Belum bergabung" in sync(till).connection_facts.text()
    assert not sync(till).export_button.isEnabled()


def test_a_centre_that_does_not_answer_loses_nothing(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("sync")
    screen = sync(till)
    screen.url_field.setText("http://127.0.0.1:9")
    screen.code_field.setText("ABCD-EFGH")
    with qtbot.waitSignal(screen.sync.changed, timeout=10_000):
        screen.join_button.click()
    assert till.said.startswith("Luring. Penjualan tetap jalan;")
    assert screen.main_button.isEnabled()


def test_problems_of_the_exchange_are_worded(bring: Callable[[str], Till]) -> None:
    presenter = sync(bring("sync")).presenter
    message = presenter.failed_message(ExchangeFailed("refused", "key_revoked"))
    assert message.kind == "W"
    assert "mencabut" in message.text


def test_a_backup_is_made_where_the_folder_is_chosen(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("sync")
    screen = sync(till)
    stick = tmp_path / "stick"
    stick.mkdir()
    screen.choose_folder = lambda: str(stick)
    screen.backup_button.click()
    qtbot.waitUntil(lambda: "Dicadangkan dan diperiksa" in till.said)
    copy = next(stick.glob("pojok-*.db"))
    restored = Ledger.open(copy)
    assert restored.head() == open_corner.ledger.head()
    restored.close()
    assert queries.setting(open_corner.db, backing_up.FOLDER, "") == str(stick)
    assert queries.setting(open_corner.db, backing_up.AT, "").startswith("2026-10-01")


def test_a_missing_stick_is_named(bring: Callable[[str], Till], qtbot: QtBot, tmp_path: Path) -> None:
    till = bring("sync")
    screen = sync(till)
    screen.choose_folder = lambda: str(tmp_path / "gone")
    screen.folder_button.click()
    qtbot.waitUntil(lambda: "gone" in till.said)
    assert screen.strip.message is not None
    assert screen.strip.message.kind == "E"


def test_a_clock_before_the_last_entry_looks_wrong(bring: Callable[[str], Till], open_corner: Corner) -> None:
    screen = sync(bring("sync"))
    assert "Wajar" in screen.clock_facts.text()
    open_corner.clock.pass_by(days=-3)
    assert screen.presenter.clock().tone == "danger"
