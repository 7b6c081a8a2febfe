"""The way to the centre in Settings: kept with Save by a manager, tried with what is typed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger.exchange_facts import put_facts
from pos_app.services import exchange
from pos_app.ui.screens.settings.network_card import NetworkCard
from pos_app.ui.screens.settings.screen import SettingsScreen
from sync.protocol.local import Network
from tests.client.support import http, scripted
from tests.ui.conftest import Till


@pytest.fixture
def till(office: Till) -> Till:
    """A manager at a till that joined."""
    known = {"device_id": "d", "url": "https://pojok.metrokota.go.id", "timeline_id": "t", "centre_key": "00" * 32}
    with office.corner.ledger.write() as tx:
        put_facts(tx.db, known)
    office.window.go("settings")
    return office


def card(till: Till) -> NetworkCard:
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    return screen.cards.network


def test_proxy_certificates_and_address_are_kept_with_save(till: Till, tmp_path: Path) -> None:
    ca_file = tmp_path / "kantor.pem"
    ca_file.write_text("certificates")
    fields = card(till)
    assert fields.address_field.text() == "https://pojok.metrokota.go.id"
    fields.choose_file = lambda: str(ca_file)
    fields.file_button.click()
    fields.proxy_field.setText("http://proksi:3128")
    fields.address_field.setText("pojok.baru.go.id")
    till.press(Qt.Key.Key_F12)
    ledger = till.corner.ledger
    assert exchange.network(ledger) == Network("http://proksi:3128", str(ca_file), plain_http=False)
    assert exchange.centre_address(ledger) == "https://pojok.baru.go.id"
    fields.proxy_field.clear()
    fields.ca_field.clear()
    till.press(Qt.Key.Key_F12)
    assert exchange.network(ledger) == Network()


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        (lambda fields: fields.address_field.setText("http://10.0.0.1"), "https://"),
        (lambda fields: fields.ca_field.setText("/no/such.pem"), "Berkas sertifikat tidak ada"),
        (lambda fields: fields.proxy_field.setText("proksi:3128"), "http://proksi:port"),
    ],
    ids=["plain http", "no file", "proxy without scheme"],
)
def test_what_cannot_work_is_not_kept(till: Till, fill: Callable[[NetworkCard], None], words: str) -> None:
    before = exchange.network(till.corner.ledger)
    fill(card(till))
    till.press(Qt.Key.Key_F12)
    assert words in till.said
    assert exchange.network(till.corner.ledger) == before


def test_plain_http_is_kept_where_a_manager_allows_it(till: Till) -> None:
    card(till).address_field.setText("http://10.0.0.1")
    card(till).plain_tick.setChecked(True)
    till.press(Qt.Key.Key_F12)
    assert exchange.centre_address(till.corner.ledger) == "http://10.0.0.1"


def test_a_trial_uses_what_is_typed_and_keeps_nothing(till: Till, qtbot: QtBot) -> None:
    fields = card(till)
    with scripted(http("200 OK", b'{"status": "ok"}')) as server:
        fields.address_field.setText(server.url)
        fields.try_button.click()
        qtbot.waitUntil(lambda: till.said == "Diskoperin menjawab di alamat ini.")
    fields.address_field.setText("http://127.0.0.1:9")
    fields.try_button.click()
    qtbot.waitUntil(lambda: "tidak menerima sambungan" in till.said)
    assert fields.try_button.isEnabled()
    assert exchange.centre_address(till.corner.ledger) == "https://pojok.metrokota.go.id"


def test_what_was_joined_meanwhile_is_shown_and_what_was_typed_stays(till: Till) -> None:
    with till.corner.ledger.write() as tx:
        put_facts(tx.db, {"url": "https://lain.go.id"})
    till.window.go("sell")
    till.window.go("settings")
    assert card(till).address_field.text() == "https://lain.go.id"
    card(till).proxy_field.setText("http://proksi:1")
    till.window.go("sell")
    till.window.go("settings")
    assert card(till).proxy_field.text() == "http://proksi:1"
