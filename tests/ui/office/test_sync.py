"""What the Sync screen tells and does; the exchange itself is tested beside its client."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.ledger import centre_messages, feeds
from pos_app.ledger.backup import backups_in
from pos_app.ledger.exchange import ExchangeState, LedgerStore
from pos_app.ledger.exchange_facts import put_facts
from pos_app.services import backing_up, exchange
from pos_app.services.context import User
from pos_app.services.exchange import ExchangeFailed
from pos_app.ui.screens.settings.screen import SettingsScreen
from pos_app.ui.screens.sync.presenter import SyncPresenter
from pos_app.ui.screens.sync.screen import SyncScreen
from pos_app.ui.screens.sync.table_model import AMOUNT, CONTENT, TIME
from pos_app.ui.status import Status
from pos_app.ui.widgets.basic import Text
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
    with qtbot.waitSignal(screen.sync.changed):
        screen.main_button.click()
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


def test_a_clock_that_is_wrong_comes_before_what_can_wait(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("sync")
    screen = sync(till)
    assert "Wajar" in screen.side.computer_facts.text()
    assert not screen.side.clock_card.isVisible()
    open_corner.clock.pass_by(days=-3)
    till.press(Qt.Key.Key_F5)
    assert screen.presenter.clock().tone == "danger"
    assert screen.side.clock_card.isVisible()
    assert screen.clock_facts.text().startswith("Tidak wajar")
    assert screen.side.clock_card.y() < screen.export_button.mapTo(screen.side, QPoint()).y()
    assert "Tidak wajar" not in screen.side.computer_facts.text()


def test_enter_in_the_code_joins(bring: Callable[[str], Till], qtbot: QtBot) -> None:
    till = bring("sync")
    screen = sync(till)
    screen.url_field.setText("127.0.0.1:9")
    screen.url_field.setFocus()
    till.press(Qt.Key.Key_Return)
    assert screen.code_field.hasFocus()
    till.type("ABCD-EFGH")
    with qtbot.waitSignal(screen.sync.changed):
        till.press(Qt.Key.Key_Return)
    assert till.said.startswith("Diskoperin tidak dapat dihubungi. Belum bergabung;")


def test_f12_joins_while_the_till_has_not_joined_and_while_the_form_is_open_again(office: Till, qtbot: QtBot) -> None:
    office.window.go("sync")
    screen = sync(office)
    assert screen.main_button.text() == "Gabung sekarang"
    joined(office)
    assert screen.main_button.text() == "Kirim sekarang"
    screen.again_button.click()
    assert screen.main_button.text() == "Gabung sekarang"
    screen.code_field.setText("ABCD-EFGH")
    with qtbot.waitSignal(screen.sync.changed):
        office.press(Qt.Key.Key_F12)
    assert office.said.startswith("Diskoperin tidak dapat dihubungi. Belum bergabung;")
    office.press(Qt.Key.Key_Escape)
    assert screen.main_button.text() == "Kirim sekarang"


def test_f12_without_a_code_asks_for_what_is_missing(bring: Callable[[str], Till]) -> None:
    till = bring("sync")
    screen = sync(till)
    till.press(Qt.Key.Key_F12)
    assert screen.url_field.hasFocus()
    till.type("127.0.0.1:9")
    till.press(Qt.Key.Key_F12)
    assert screen.code_field.hasFocus()


def test_the_file_for_the_stick_gets_its_ending_and_is_named(corner: Corner) -> None:
    presenter = SyncPresenter(corner.counter, LedgerStore(corner.ledger).state)
    assert presenter.bundle_path("/usb/oktober 1.2") == Path("/usb/oktober 1.2.pojok")
    assert presenter.bundle_path("/usb/a.POJOK") == Path("/usb/a.POJOK")
    assert "3 catatan ada di a.pojok." in presenter.exported_message({"pushed": 3, "remaining": 0}, "a.pojok").text


def test_the_network_settings_open_at_their_card_and_no_filter_stays(office: Till) -> None:
    screen = joined(office)
    screen.search.setText("xyz")
    office.window.go("settings")
    settings = office.window.current
    assert isinstance(settings, SettingsScreen)
    settings.search_field.setText("printer")
    office.window.go("sync")
    assert screen.search.text() == ""
    screen.side.network_button.click()
    card = settings.cards.network
    QApplication.processEvents()
    assert office.window.current is settings
    assert settings.search_field.text() == ""
    assert card.address_field.hasFocus()
    assert settings.area.viewport().rect().contains(card.address_field.mapTo(settings.area.viewport(), QPoint(1, 1)))


def test_what_was_said_of_an_act_is_gone_when_somebody_comes_back(office: Till, qtbot: QtBot) -> None:
    screen = joined(office)
    with qtbot.waitSignal(screen.sync.changed):
        office.press(Qt.Key.Key_F12)
    assert office.said
    office.window.go("sell")
    office.window.go("sync")
    assert office.said == ""


def test_a_next_try_that_is_due_comes_soon(corner: Corner) -> None:
    state = ExchangeState(True, 3, "2026-10-01T08:00:00+07:00", "", 0, 0, "unreachable", "")
    told = [fact.text for fact in SyncPresenter(corner.counter, lambda: state).connection(0)]
    assert told[-1] == "Coba lagi otomatis: sebentar lagi"


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
    below = [screen.model.cell(row, CONTENT).sub for row in (0, 1)]
    assert "belum mengenal jenis dokumen ini" in below[0]
    assert "(never_heard_of)" in below[1]
    assert all("Catatan ini sudah diterima dan aman" in words for words in below)


def told(till: Till, name: str, **facts: str) -> None:
    """The feed brought a message."""
    row = {"id": name, "corner": "MTR-001", "body": msgspec.json.encode(facts).decode()}
    with till.corner.ledger.write() as tx:
        put_facts(tx.db, {f"{centre_messages.MESSAGES}{name}": msgspec.json.encode(row).decode()})


def proposed(till: Till, price: int) -> None:
    """The centre proposes another price than the corner's for the banana crisps."""
    with till.corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET version = 1 WHERE sku = ?", ("T1",))
        put_facts(tx.db, {f"{feeds.PRICED}T1": msgspec.json.encode((12_000, None, price)).decode()})


def refused(till: Till, reason: str) -> None:
    at = "2026-09-30T08:00:00+07:00"
    told(till, "proposal:P01", kind="proposal_refused", code="P01", reason=reason, at=at)


def test_a_code_that_the_centre_knows_of_an_earlier_ledger_is_told_with_what_to_do(office: Till) -> None:
    told(office, "proposal:P01:d2", kind="proposal_given", code="P01", at="2026-09-30T08:00:00+07:00")
    screen = joined(office)
    office.press(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    shown = screen.model.cell(0, CONTENT).text
    assert shown == "Diskoperin mengenal P01 sebagai hal lain, dari buku kasir ini yang terdahulu. Daftarkan lagi."


def test_a_message_of_the_centre_is_read_by_keys_and_comes_back_when_it_changes(office: Till) -> None:
    refused(office, "sudah ada")
    screen = joined(office)
    office.press(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    shown = screen.model.cell(0, CONTENT)
    assert shown.text.startswith("Diskoperin tidak memasukkan P01 ke daftarnya: sudah ada.")
    assert (shown.sub, shown.bold, shown.sub_tone) == ("Baru · 30/09/2026 08.00", True, "primary")
    office.press(Qt.Key.Key_Return)
    assert screen.presenter.counts()["messages"] == 0
    shown = screen.model.cell(0, CONTENT)
    assert (shown.sub, shown.bold, shown.tone) == ("Terbaca · 30/09/2026 08.00", False, "muted")
    assert not screen.read_button.isVisible()
    refused(office, "ganti alasan")
    assert screen.presenter.counts()["messages"] == 1


def test_enter_after_enter_reads_every_message(office: Till) -> None:
    for name in ("m1", "m2", "m3"):
        told(office, name, text=f"Kabar {name}", at=f"2026-09-30T08:0{name[1]}:00+07:00")
    screen = joined(office)
    office.press(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    for left in (2, 1, 0):
        assert screen.read_button.isVisible()
        office.press(Qt.Key.Key_Return)
        assert screen.presenter.counts()["messages"] == left
    assert {row.status for row in screen.model.rows} == {"Terbaca"}


def test_a_message_longer_than_the_list_is_read_on_with_down_before_the_next_is_chosen(office: Till) -> None:
    told(office, "m1", text="Bazar di halaman Setda. " * 120, at="2026-09-30T08:02:00+07:00")
    told(office, "m2", text="Kabar", at="2026-09-30T08:01:00+07:00")
    screen = joined(office)
    office.press(Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    table = screen.table
    below = table.rowHeight(0) - table.viewport().height()
    assert below > 0
    office.press(Qt.Key.Key_Down)
    assert (table.current_row(), table.verticalScrollBar().value() > 0) == (0, True)
    while table.verticalScrollBar().value() < below:
        office.press(Qt.Key.Key_Down)
        assert table.current_row() == 0
    office.press(Qt.Key.Key_Down)
    assert table.current_row() == 1


def test_a_price_that_differs_shows_both_prices_and_which_one_holds(office: Till) -> None:
    proposed(office, 17_500)
    screen = joined(office)
    office.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    shown = screen.model.cell(0, CONTENT)
    assert shown.text.startswith("Harga · ")
    assert "Pojok Rp 16.000 (14.400)" in shown.sub
    assert "Diskoperin Rp 17.500 (12.000)" in shown.sub
    assert "Harga pojok yang berlaku" in shown.sub


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
    assert "berbeda" not in screen.connection_facts.text(), "the alarm says it once"
    assert "Diskoperin" not in screen.connection_facts.text()
    assert words in screen.alarm_card.text.text()
    assert "penjualan tetap jalan" in screen.alarm_card.text.text().lower()
    assert "MTR-001 · A" in screen.alarm_card.title.text(), "for the telephone"


def test_an_approved_repair_is_run_by_a_manager_from_the_alarm(office: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []
    screen = joined(office, problem="repair_approved")
    screen._rejoin = lambda: begun.append(True)
    monkeypatch.setattr("pos_app.services.rejoining.state", lambda _ledger: "approved")
    screen.activated()
    assert "Disetujui: pengelola menekan F12" in screen.alarm_card.text.text()
    assert screen.main_button.text() == "Mulai perbaikan"
    office.press(Qt.Key.Key_F12)
    assert begun == []
    office.press(Qt.Key.Key_F12)
    assert begun == [True]


def test_without_a_fork_there_is_no_alarm(office: Till) -> None:
    screen = joined(office, problem="unreachable", problem_since="2026-10-01T07:41:00+07:00")
    assert not screen.alarm_card.isVisible()
    assert "Sejak 07.41" in screen.connection_facts.text()


def test_disk_program_and_oldest_unsent_are_told(office: Till) -> None:
    screen = joined(office)
    assert "Catatan tertua yang menunggu: 08.00" in screen.connection_facts.text()
    clock, disk, program = (fact.text for fact in screen.presenter.computer())
    assert clock.startswith("Wajar")
    assert disk.startswith("Sisa disk ")
    assert program == f"Program {VERSION}"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (None, ("Menghubungi Diskoperin …", 0, 0)),
        (("entries", 500, 1_200), ("Mengirim catatan", 500, 1_200)),
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
        ({"status": "ok", "pushed": 12, "pulled": 3}, "mengonfirmasi 12 catatan; 3 diterima"),
        ({"status": "known", "pushed": 0, "pulled": 0}, "sudah pernah diimpor"),
        ({"status": "older", "pushed": 0, "pulled": 0}, "lebih lama"),
    ],
)
def test_an_imported_reply_says_what_it_did(corner: Corner, report: dict[str, object], words: str) -> None:
    assert words in SyncPresenter(corner.counter, LedgerStore(corner.ledger).state).imported_message(report).text


def test_what_does_not_fit_on_the_stick_is_told(corner: Corner) -> None:
    presenter = SyncPresenter(corner.counter, LedgerStore(corner.ledger).state)
    whole, part = ({"pushed": 200_000, "remaining": left} for left in (0, 1_500))
    assert "tidak muat" not in presenter.exported_message(whole, "a.pojok").text
    assert "1.500 lagi tidak muat" in presenter.exported_message(part, "a.pojok").text


ROOMS = [((1366, 697), scale) for scale in (100, 125, 140, 150, 200)] + [((1093, 543), scale) for scale in (100, 200)]


@pytest.fixture(params=ROOMS, ids=[f"{width}x{height}@{scale}" for (width, height), scale in ROOMS])
def sized(request: pytest.FixtureRequest, make_till: Callable[..., Till], open_corner: Corner, manager: User) -> Till:
    """A manager at a till of some size of window and text."""
    size, scale = request.param
    till = make_till(open_corner, size=size, scale=scale)
    till.log_in(manager)
    return till


def pressed_together(screen: SyncScreen) -> list[str]:
    """Wrapped sentences that have less height than their lines take; a pixel of the leading may go."""
    for _ in range(3):
        QApplication.processEvents()
    labels = [label for label in screen.findChildren(Text) if label.isVisible() and label.wordWrap() and label.text()]
    return [label.text() for label in labels if label.height() + 1 < label.heightForWidth(label.width())]


@pytest.mark.parametrize("problem", ["fork", "repair_waiting", "repair_approved", "untrusted", ""])
def test_no_sentence_is_cut_at_any_size_of_window_and_text(sized: Till, problem: str) -> None:
    screen = joined(sized, problem=problem, problem_since="2026-10-01T07:41:00+07:00")
    assert pressed_together(screen) == []
    assert screen.table.geometry().bottom() < screen.table.parentWidget().height(), "the list begins to scroll instead"


def test_rows_hold_every_word_of_reasons_prices_and_messages(sized: Till) -> None:
    proposed(sized, 17_500)
    told(sized, "m1", text="Bazar Jumat di halaman Setda mulai pukul 08.00. " * 6, at="2026-09-30T08:00:00+07:00")
    marked = msgspec.json.encode([Quarantined(3, "unknown_kind")]).decode()
    screen = joined(sized, quarantined="1", marked=marked)
    sized.corner.clock.pass_by(days=1)
    for key in (Qt.Key.Key_2, Qt.Key.Key_4):
        sized.press(key, Qt.KeyboardModifier.AltModifier)
        table, theme = screen.table, sized.theme
        wide = table.columnWidth(CONTENT) - 16
        assert wide > 0.4 * table.viewport().width()
        for number in range(len(screen.model.rows)):
            cell = screen.model.cell(number, CONTENT)
            steps = ((cell.text, theme.metrics("row", 700 if cell.bold else 400)), (cell.sub, theme.metrics("caption")))
            room = QRect(0, 0, wide, 100_000)
            lines = [metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, words) for words, metrics in steps]
            assert sum(line.height() for line in lines) <= table.rowHeight(number)
            assert all(line.width() <= wide for line in lines)


def test_days_and_amounts_are_whole(sized: Till) -> None:
    screen = joined(sized)
    sized.corner.clock.pass_by(days=1)
    sized.press(Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    cell, small = screen.model.cell(0, TIME), sized.theme.metrics("caption")
    assert cell.sub == "01/10/2026"
    if screen.table.isColumnHidden(TIME):
        assert sized.theme.scale > 140
        return
    assert small.horizontalAdvance(cell.sub) <= screen.table.columnWidth(TIME) - 16
    assert small.height() + sized.theme.metrics("row").height() <= screen.table.rowHeight(0) + 2
    assert small.horizontalAdvance("99.999.999") <= screen.table.columnWidth(AMOUNT) - 16


@pytest.mark.parametrize("problem", ["", "unreachable", "repair_waiting"])
def test_all_cards_of_the_side_are_seen_without_scrolling(office: Till, problem: str) -> None:
    screen = joined(office, problem=problem, problem_since="2026-10-01T07:41:00+07:00" if problem else "")
    for _ in range(3):
        QApplication.processEvents()
    assert screen.side.area.verticalScrollBar().maximum() == 0


def test_the_room_of_messages_holds_the_alarm_or_quiet_words(office: Till) -> None:
    screen = joined(office)
    assert screen.strip._quiet.text().startswith("Penjualan tetap berjalan")
    joined(office, problem="repair_waiting")
    office.press(Qt.Key.Key_F5)
    QApplication.processEvents()
    assert not screen.strip.isVisible()
    assert screen.alarm_card.mapTo(screen, QPoint()).y() <= 12
    office.scan("2000000000015")
    assert screen.strip.isVisible()
    assert "tidak" in office.said.lower()
    screen.strip.clear()
    assert not screen.strip.isVisible()
