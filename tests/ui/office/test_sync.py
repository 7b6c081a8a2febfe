"""What the Sync screen tells and does; the exchange itself is tested beside its client."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger.backup import backups_in
from pos_app.ledger.exchange import ExchangeState, LedgerStore
from pos_app.ledger.exchange_facts import put_facts
from pos_app.services import backing_up, exchange
from pos_app.services.exchange import ExchangeFailed
from pos_app.ui.screens.sync.presenter import SyncPresenter
from pos_app.ui.screens.sync.screen import SyncScreen
from pos_app.ui.status import Status
from pos_app.version import VERSION
from sync.protocol.messages import Quarantined
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
    assert "Belum bergabung" in presenter.nothing_listed()
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
        joined_at="2026-09-01T01:00:00+00:00",
        url="https://pojok.metrokota.go.id",
    )
    assert [fact.text for fact in SyncPresenter(corner.counter, lambda: state).connection(90)] == [
        "Diskoperin tersambung",
        "pojok.metrokota.go.id · bergabung 01/09/2026",
    ]


def joined(till: Till, **facts: str) -> SyncScreen:
    """The screen of a till that joined, with facts of its exchange; the centre is a port that nobody answers at."""
    known = {"device_id": "d", "url": "http://127.0.0.1:9", "timeline_id": "t", "centre_key": "00" * 32}
    with till.corner.ledger.write() as tx:
        put_facts(tx.db, known | facts)
    till.window.go("sync")
    return sync(till)


def test_what_the_centre_could_not_count_is_named_with_the_reason_in_words(office: Till) -> None:
    marked = msgspec.json.encode([Quarantined(3, "unknown_kind"), Quarantined(2, "never_heard_of")]).decode()
    screen = joined(office, quarantined="2", marked=marked)
    office.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert [row.content.split(" · ")[0] for row in screen.model.rows] == ["NT-MTR001A-000002", "NT-MTR001A-000001"]
    assert "belum mengenal jenis dokumen ini" in screen.model.rows[0].detail
    assert "(never_heard_of)" in screen.model.rows[1].detail
    office.press(Qt.Key.Key_Home)
    assert screen.detail.isVisible()
    assert "Data sudah diterima dan aman" in screen.detail.text()


def test_a_message_of_the_centre_is_read_by_keys_and_comes_back_when_it_changes(office: Till) -> None:
    def told(reason: str) -> None:
        body = {"kind": "proposal_refused", "code": "MTR001A-P01", "reason": reason, "at": "2026-10-01T08:00:00+07:00"}
        row = {"id": "proposal:MTR001A-P01", "corner": "MTR-001", "body": msgspec.json.encode(body).decode()}
        with office.corner.ledger.write() as tx:
            put_facts(tx.db, {"feed:messages:proposal:MTR001A-P01": msgspec.json.encode(row).decode()})

    told("sudah ada")
    screen = joined(office)
    assert screen.presenter.counts()["messages"] == 1
    office.press(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    office.press(Qt.Key.Key_Home)
    assert screen.detail.text().startswith("Diskoperin tidak memasukkan MTR001A-P01 ke daftarnya: sudah ada.")
    office.press(Qt.Key.Key_Return)
    assert screen.presenter.counts()["messages"] == 0
    assert [row.status for row in screen.model.rows] == ["Terbaca"]
    told("ganti alasan")
    assert screen.presenter.counts()["messages"] == 1


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("fork", "Tekan F12"),
        ("repair_waiting", "Menunggu persetujuan Diskoperin"),
        ("repair_refused", "menolak perbaikan"),
    ],
)
def test_histories_that_differ_are_one_clear_alarm_with_what_comes_next(office: Till, problem: str, words: str) -> None:
    screen = joined(office, problem=problem)
    assert screen.alarm_card.isVisible()
    assert words in screen.alarm_card.text.text()
    assert "penjualan tetap jalan" in screen.alarm_card.text.text().lower()


def test_an_approved_repair_is_run_by_a_manager_from_the_alarm(office: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []
    screen = joined(office, problem="repair_approved")
    screen._rejoin = lambda: begun.append(True)
    monkeypatch.setattr("pos_app.services.rejoining.state", lambda _ledger: "approved")
    screen.activated()
    assert "Disetujui" in screen.alarm_card.text.text()
    screen.alarm_card.run_button.click()
    assert begun == [True]


def test_without_a_fork_there_is_no_alarm(office: Till) -> None:
    screen = joined(office, problem="unreachable", problem_since="2026-10-01T07:41:00+07:00")
    assert not screen.alarm_card.isVisible()
    assert "Sejak 07.41" in screen.connection_facts.text()


def test_disk_program_and_oldest_unsent_are_told(office: Till) -> None:
    screen = joined(office)
    assert "Data tertua yang menunggu: 08.00" in screen.connection_facts.text()
    disk, program = (fact.text for fact in screen.presenter.computer())
    assert disk.startswith("Sisa disk ")
    assert program == f"Program {VERSION}"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (None, ("Menghubungi Diskoperin …", 0, 0)),
        (("entries", 500, 1_200), ("Mengirim data", 500, 1_200)),
        (("catalogue", 3_200, 0), ("Menerima barang  3.200", 0, 0)),
        (("made_up", 1, 2), ("Menerima", 1, 2)),
    ],
)
def test_progress_is_told_by_what_is_under_way(
    corner: Corner, step: tuple[str, int, int] | None, words: tuple[str, int, int]
) -> None:
    presenter = SyncPresenter(corner.counter, LedgerStore(corner.ledger).state)
    assert presenter.progress(step, running=True) == words
    assert presenter.progress(step, running=False) is None


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ({"status": "ok", "pushed": 12, "pulled": 3}, "mengonfirmasi 12 data; 3 diterima"),
        ({"status": "known", "pushed": 0, "pulled": 0}, "sudah pernah diimpor"),
        ({"status": "older", "pushed": 0, "pulled": 0}, "lebih lama"),
    ],
)
def test_an_imported_reply_says_what_it_did(corner: Corner, report: dict[str, object], words: str) -> None:
    assert words in SyncPresenter(corner.counter, LedgerStore(corner.ledger).state).imported_message(report).text


def test_what_does_not_fit_on_the_stick_is_told(corner: Corner) -> None:
    presenter = SyncPresenter(corner.counter, LedgerStore(corner.ledger).state)
    whole, part = ({"pushed": 200_000, "remaining": left} for left in (0, 1_500))
    assert "tidak muat" not in presenter.exported_message(whole).text
    assert "1.500 lagi tidak muat" in presenter.exported_message(part).text
