"""Lost and spoiled goods at the window: who bears them, said before it is recorded; notes, reprints, reversals."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import agreements, print_queue, queries
from pos_app.ledger.agreements import Agreement
from pos_app.services.context import User
from pos_app.ui.screens.losses.screen import LossesScreen
from sync.documents.goods import WriteOff
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import T1

B1 = "2000000000039"


@pytest.fixture
def at(office: Till) -> Till:
    """A manager at an empty note."""
    office.window.go("losses")
    return office


def screen_of(till: Till) -> LossesScreen:
    screen = till.window.current
    assert isinstance(screen, LossesScreen)
    return screen


def newest(corner: Corner) -> WriteOff:
    (listed,) = queries.recent(corner.db, "write_off", 1)
    entry = queries.entry_by_seq(corner.db, listed.seq)
    assert entry is not None
    assert isinstance(entry.document, WriteOff)
    return entry.document


def write_off(till: Till) -> None:
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)


def test_what_is_scanned_is_the_producers_loss_by_rule_10(at: Till) -> None:
    screen = screen_of(at)
    at.scan(T1)
    at.scan(T1)
    assert [screen.model.cell(0, column).text for column in range(5)] == [
        "Keripik Pisang 200 g",
        "2",
        "Rusak",
        "Produsen",
        "–",
    ]
    assert screen.card.rule_text.text() == "Menurut aturan, barang titipan ditanggung produsen."
    assert screen.facts.text() == "Ditanggung produsen: hanya stok yang berubah."
    write_off(at)
    assert at.said.startswith(f"{newest(at.corner).number} tercatat. Belum ada printer")
    assert at.corner.state["stock"]["T1"] == "18"
    assert at.corner.payable("P1") == 0
    assert at.corner.verify()


def test_what_the_corner_bears_is_said_before_it_is_recorded(at: Till) -> None:
    screen = screen_of(at)
    at.scan(T1)
    at.scan(T1)
    screen.card.bearer_chips.button("corner").click()
    assert screen.facts.text() == "Pojok menanggung: Rp 28.800 menjadi hak produsen."
    at.press(Qt.Key.Key_F12)
    assert "Pojok menanggung: Rp 28.800 menjadi hak produsen." in screen.gate.confirm_panel._lines.text()
    assert queries.recent(at.corner.db, "write_off") == []
    at.press(Qt.Key.Key_F12)
    assert at.corner.payable("P1") == 28_800
    assert newest(at.corner).lines[0].borne_by == "corner"


def test_an_agreement_names_the_bearer_and_the_screen_says_so(at: Till) -> None:
    with at.corner.ledger.write() as tx:
        agreements.keep(tx.db, Agreement("P1", date(2026, 10, 1), "mingguan", "cash", "corner", 3, 30))
    screen = screen_of(at)
    at.scan(T1)
    assert screen.card.bearer_chips.code() == "corner"
    assert screen.card.rule_text.text() == "Menurut perjanjian dengan produsen ini, pojok menanggung."
    screen.card.reason_choice.choose("expired")
    screen.card.reason_choice.chosen.emit("expired")
    assert screen.card.bearer_chips.code() == "producer"


def test_bought_goods_are_always_the_corners(at: Till) -> None:
    screen = screen_of(at)
    at.scan(B1)
    assert not screen.card.bearer_chips.isEnabled()
    assert screen.facts.text() == "Pojok menanggung: barang beli putus Rp 2.000."
    write_off(at)
    assert at.corner.state["stock"]["B1"] == "9"


def test_only_what_has_expired_is_written_off_as_expired(at: Till) -> None:
    at.corner.receive("T1", "3", "2026-09-30")
    screen = screen_of(at)
    for _piece in range(4):
        at.scan(T1)
    screen.card.reason_choice.choose("expired")
    screen.card.reason_choice.chosen.emit("expired")
    words = "Baru 3 Keripik Pisang 200 g yang sampai tanggal akhirnya. Pilih kirimannya, atau alasan lain."
    assert screen.model.cell(0, 0).sub == words
    at.press(Qt.Key.Key_F12)
    assert at.said == words
    at.press(Qt.Key.Key_F4)
    at.type("3")
    at.press(Qt.Key.Key_Return)
    assert screen.model.cell(0, 0).sub == "tanggal akhir 30/09/2026 · sisa 23 · Dapur Satu"
    write_off(at)
    (line,) = newest(at.corner).lines
    assert [take.batch for take in line.takes] == ["NT-MTR001A-000005.0"]


def test_a_batch_is_chosen_and_the_others_stay(at: Till) -> None:
    at.corner.receive("T1", "5", "2026-12-01")
    screen = screen_of(at)
    at.scan(T1)
    choice = screen.card.batch_choice
    assert [choice.itemText(place) for place in range(choice.count())][:2] == [
        "otomatis: yang lebih dulu kedaluwarsa",
        "01/12/2026 · sisa 5",
    ]
    choice.choose("=NT-MTR001A-000001.0")
    choice.chosen.emit(choice.code())
    write_off(at)
    assert [take.batch for take in newest(at.corner).lines[0].takes] == ["NT-MTR001A-000001.0"]


def test_more_than_is_in_stock_is_refused_with_the_figure(at: Till) -> None:
    at.scan(T1)
    at.press(Qt.Key.Key_F4)
    at.type("21")
    at.press(Qt.Key.Key_Return)
    at.press(Qt.Key.Key_F12)
    assert "20" in at.said
    assert not screen_of(at).gate.asking


def test_several_goods_and_a_remark_make_one_note(at: Till) -> None:
    screen = screen_of(at)
    at.scan(T1)
    at.scan(B1)
    at.type("telur")
    at.press(Qt.Key.Key_Return)
    screen.note_field.setText("jatuh dari rak")
    write_off(at)
    assert [line.sku for line in newest(at.corner).lines] == ["T1", "B1", "W1"]
    assert newest(at.corner).note is not None
    assert b"jatuh" not in b"".join(row[0] for row in at.corner.db.execute("SELECT body FROM journal"))
    assert screen.note_field.text() == ""
    assert screen.model.rows == []


def test_two_lines_of_the_same_goods_share_what_is_there(at: Till) -> None:
    screen = screen_of(at)
    at.scan(T1)
    at.press(Qt.Key.Key_F7)
    assert [line.sku for line in screen.presenter.lines] == ["T1", "T1"]
    screen.presenter.set_quantity(0, "15")
    screen.presenter.set_quantity(1, "6")
    assert [bool(one.wrong) for one in screen.presenter.shown()] == [False, True]


def test_the_note_survives_a_power_cut(at: Till) -> None:
    at.scan(T1)
    at.scan(T1)
    screen_of(at).note_field.setFocus()
    at.type("kata Bu Sari jatuh")
    at.press(Qt.Key.Key_F2)
    (body,) = at.corner.db.execute("SELECT body FROM drafts WHERE slot = 'losses'").fetchone()
    assert "Sari" not in body
    at.window.rebuild()
    at.window.go("losses")
    assert screen_of(at).note_field.text() == "kata Bu Sari jatuh"
    assert [(line.sku, line.quantity) for line in screen_of(at).presenter.lines] == [("T1", 2_000)]
    write_off(at)
    assert at.corner.db.execute("SELECT count(*) FROM drafts WHERE slot = 'losses'").fetchone()[0] == 0


def test_a_cashier_drafts_and_a_manager_allows_it(at: Till, cashier: User, manager: User) -> None:
    at.log_in(cashier)
    at.window.go("losses")
    at.scan(T1)
    at.press(Qt.Key.Key_F12)
    assert queries.recent(at.corner.db, "write_off") == []
    at.type(MANAGER_PIN)
    at.press(Qt.Key.Key_Return)
    assert newest(at.corner).approved_by == manager.id


def test_a_note_is_printed_again_and_reversed_with_its_reason(at: Till, qtbot: QtBot) -> None:
    screen = screen_of(at)
    at.scan(T1)
    screen.card.bearer_chips.button("corner").click()
    write_off(at)
    assert at.corner.payable("P1") == 14_400
    at.press(Qt.Key.Key_F9)
    assert screen.on_notes
    assert screen.notes_page.number_text.text() == "HR-MTR001A-000001"
    at.press(Qt.Key.Key_F12)
    assert [job.paper for job in print_queue.open_jobs(at.corner.db)][-1] == "write_off"
    at.press(Qt.Key.Key_F6)
    assert screen.notes_page.gate.asking  # mistyped, unless another reason is chosen
    screen.notes_page.reasons.button("other").click()
    assert not screen.notes_page.gate.asking
    at.press(Qt.Key.Key_F6)
    assert at.said == "Tulis mengapa dibatalkan."
    screen.notes_page.remark_field.setText("ternyata ada")
    at.press(Qt.Key.Key_F6)
    at.press(Qt.Key.Key_F12)
    assert "dibatalkan dengan" in at.said
    assert at.corner.payable("P1") == 0
    assert at.corner.state["stock"]["T1"] == "20"
    (undone,) = queries.recent(at.corner.db, "reversal")
    assert queries.entry_by_seq(at.corner.db, undone.seq).document.reason == "other"  # type: ignore[union-attr]
    assert screen.notes_page.model.cell(0, 2).text == "Dibatalkan"
    at.press(Qt.Key.Key_F6)
    assert at.said == "HR-MTR001A-000001 sudah dibatalkan."
    at.press(Qt.Key.Key_Escape)
    assert not screen.on_notes
    assert at.corner.verify()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete])
def test_del_takes_a_line_off(at: Till, key: Qt.Key) -> None:
    screen = screen_of(at)
    at.scan(T1)
    at.scan(B1)
    screen.table.setFocus()
    at.press(key)
    assert [line.sku for line in screen.presenter.lines] == ["T1"]


def test_the_screen_is_reached_from_the_list_of_what_expires(bring: Callable[[str], Till]) -> None:
    till = bring("expiring")
    till.corner.receive("K1", "4", "2026-10-01")
    till.press(Qt.Key.Key_F5)
    till.rest()
    till.press(Qt.Key.Key_F7)
    assert [line.batch for line in screen_of(till).presenter.lines] == ["NT-MTR001A-000005.0"]


def test_coming_from_stock_nothing_is_written_off_that_nobody_chose(office: Till) -> None:
    office.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    office.press(Qt.Key.Key_F8)
    assert screen_of(office).model.rows == []


def test_the_goods_chosen_in_stock_come_along_once(office: Till) -> None:
    for _ in range(2):
        office.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        office.scan(T1)
        office.press(Qt.Key.Key_F8)
        (row,) = screen_of(office).model.rows
        assert (row.line.sku, row.line.quantity) == ("T1", 1_000)
    office.press(Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    office.press(Qt.Key.Key_Escape)
    office.press(Qt.Key.Key_Down)
    office.press(Qt.Key.Key_F8)
    assert [one.line.quantity for one in screen_of(office).model.rows] == [1_000, 1_000]
