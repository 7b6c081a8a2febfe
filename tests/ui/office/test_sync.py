"""What the Sync screen tells and does; the exchange itself is tested beside its client."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger.backup import backups_in
from pos_app.ledger.exchange import ExchangeState
from pos_app.services import backing_up, exchange
from pos_app.services.exchange import ExchangeFailed
from pos_app.ui.screens.sync.presenter import SyncPresenter
from pos_app.ui.screens.sync.screen import SyncScreen
from pos_app.ui.status import Status
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
    assert till.said.startswith("Diskoperin tidak dapat dihubungi. Belum bergabung;")
    assert screen.main_button.isEnabled()


def test_problems_of_the_exchange_are_worded(bring: Callable[[str], Till]) -> None:
    presenter = sync(bring("sync")).presenter
    message = presenter.failed_message(ExchangeFailed("refused", "key_revoked"))
    assert message.kind == "W"
    assert "mencabut" in message.text


def test_the_backup_of_the_sync_screen_goes_to_every_folder(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    backing_up.set_folders(open_corner.ledger, [tmp_path])
    till = bring("sync")
    screen = sync(till)
    assert str(tmp_path) in screen.backup_facts.text()
    screen.backup_button.click()
    qtbot.waitUntil(lambda: till.said == "Dicadangkan dan diperiksa di 1 folder.")
    assert "Cadangan terakhir 01/10/2026" in screen.backup_facts.text()
    (copy,) = backups_in(tmp_path)
    assert copy.head == open_corner.ledger.head().hash.hex()


def test_without_a_folder_the_backup_leads_to_where_they_are_chosen(bring: Callable[[str], Till]) -> None:
    till = bring("sync")
    sync(till).backup_button.click()
    assert till.window.current is not None
    assert till.window.current.name == "safety"


def test_a_missing_stick_is_named(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    backing_up.set_folders(open_corner.ledger, [tmp_path / "gone"])
    till = bring("sync")
    screen = sync(till)
    screen.backup_button.click()
    qtbot.waitUntil(lambda: "gone" in till.said)
    assert screen.strip.message is not None
    assert screen.strip.message.kind == "E"


def test_a_clock_before_the_last_entry_looks_wrong(bring: Callable[[str], Till], open_corner: Corner) -> None:
    screen = sync(bring("sync"))
    assert "Wajar" in screen.clock_facts.text()
    open_corner.clock.pass_by(days=-3)
    assert screen.presenter.clock().tone == "danger"


def test_enter_in_the_code_joins(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("sync")
    screen = sync(till)
    screen.url_field.setText("127.0.0.1:9")
    screen.url_field.setFocus()
    till.press(Qt.Key.Key_Return)
    assert screen.code_field.hasFocus()
    till.type("ABCD-EFGH")
    with qtbot.waitSignal(screen.sync.changed, timeout=10_000):
        till.press(Qt.Key.Key_Return)
    assert till.said.startswith("Diskoperin tidak dapat dihubungi. Belum bergabung;")


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("localhost", "http://localhost"),
        ("[::1]:80", "http://[::1]:80"),
        (" pojok.metrokota.go.id ", "https://pojok.metrokota.go.id"),
        ("http://10.0.0.1", "http://10.0.0.1"),
        ("[::", "[::"),
    ],
)
def test_an_address_may_be_typed_without_its_scheme(typed: str, full: str) -> None:
    assert exchange.full_address(typed) == full


@pytest.mark.parametrize(
    ("during", "reason", "words"),
    [
        ("join", "nonsense", "bukan Diskoperin. Belum bergabung"),
        ("join", "bad_code", "Kode pendaftaran tidak dikenal"),
        ("join", "teapot", "belum menerima kasir ini (teapot)"),
        ("reply", "nonsense", "Berkas ini bukan jawaban Diskoperin untuk kasir ini"),
        ("reply", "teapot", "teapot"),
        ("exchange", "nonsense", "data dikirim nanti"),
    ],
)
def test_a_problem_is_worded_by_what_was_tried(during: exchange.During, reason: str, words: str) -> None:
    assert words in str(ExchangeFailed("unknown", reason, during=during))


def test_a_corner_that_never_joined_is_not_said_to_have_sent_all(corner: Corner) -> None:
    state = ExchangeState(
        enrolled=False,
        unsent=0,
        oldest_unsent_at="",
        last_ack_at="",
        quarantined=0,
        clock_offset=0,
        problem="",
        problem_detail="",
    )
    presenter = SyncPresenter(corner.counter, lambda: state)
    assert (presenter.waiting().remark, presenter.waiting().tone) == ("Belum bergabung", "warning")
    assert "Belum bergabung" in presenter.nothing_waits()
    chip = next(Status(now=corner.clock(), joined=False).chips())
    assert (chip.text, chip.tone) == ("Belum bergabung", "idle")


def test_no_next_try_is_announced_when_all_is_sent(corner: Corner) -> None:
    state = ExchangeState(
        enrolled=True,
        unsent=0,
        oldest_unsent_at="",
        last_ack_at="2026-10-01T08:00:00+07:00",
        quarantined=0,
        clock_offset=0,
        problem="",
        problem_detail="",
    )
    assert [fact.text for fact in SyncPresenter(corner.counter, lambda: state).connection(90)] == [
        "Diskoperin tersambung"
    ]
