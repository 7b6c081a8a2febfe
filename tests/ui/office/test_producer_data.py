"""Producers' data at the real window: found by any part, registered, corrected, certified, agreed with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos_app.ledger import agreements, drafts
from pos_app.ledger import producers as rows
from pos_app.ledger.vault import Vault
from pos_app.services import privacy, producers
from pos_app.services.context import User
from pos_app.ui.screens.producer_data.screen import NEW, ProducerDataScreen
from tests.corner import Corner
from tests.services.test_producers import ENTRY, the_centre_brings
from tests.ui.conftest import MANAGER_PIN, Till


def shown(till: Till) -> ProducerDataScreen:
    screen = till.window.current
    assert isinstance(screen, ProducerDataScreen)
    return screen


def codes(till: Till) -> list[str]:
    return [row.code for row in shown(till).model.rows]


def save(till: Till, qtbot: QtBot, code: str) -> None:
    """F12, and the search for producers who are alike ends."""
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: rows.producer(till.corner.db, code) is not None)


def fill(screen: ProducerDataScreen, **texts: str) -> None:
    for name, text in texts.items():
        screen.form.fields[name].setText(text)


def test_a_producer_is_registered_by_keyboard_alone(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner
) -> None:
    till = bring("producer_data")
    till.press(Qt.Key.Key_F3)
    till.type("Kripik Ranusari")
    for text in ("", "", "", "9901234567890"):  # class, kelurahan, payout terms, NIB
        till.press(Qt.Key.Key_Tab)
        till.type(text)
    save(till, qtbot, "MTR001A-P01")
    row = producers.known(open_corner.db, "MTR001A-P01")
    assert (row.business_name, row.nib, row.class_) == ("Kripik Ranusari", "9901234567890", "mikro")
    assert "terdaftar dengan kode MTR001A-P01" in till.said
    assert shown(till).facts.title.text() == "Kripik Ranusari"
    assert shown(till).focusWidget() is shown(till).table


def test_a_doubtful_number_is_told_under_its_field_and_saved_all_the_same(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner
) -> None:
    till = bring("producer_data")
    till.press(Qt.Key.Key_F3)
    screen = shown(till)
    fill(screen, business_name="Batik Siger", nib="123", nik="1872", pirt="2101872010001-25")
    assert screen.form.remark("nib") == "NIB terdiri dari 13 digit. Cocokkan dengan dokumennya."
    assert "KTP" in screen.form.remark("nik")
    assert screen.form.remark("pirt") == "Habis berlaku 31/12/2025. Minta yang baru."
    assert screen.form.remark("phone") == ""
    save(till, qtbot, "MTR001A-P01")
    assert producers.known(open_corner.db, "MTR001A-P01").nib == "123"


def test_a_doubtful_number_is_never_shown_as_one_that_holds(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner
) -> None:
    till = bring("producer_data")
    till.press(Qt.Key.Key_F3)
    screen = shown(till)
    fill(screen, business_name="Batik Siger", pirt="2101872010001-99", halal_no="ID12")
    assert screen.form.remark("pirt") == "P-IRT berlaku 5 tahun: 31/12/2099 diragukan. Cocokkan dengan kertasnya."
    assert screen.form.remark("halal_no") != ""
    save(till, qtbot, "MTR001A-P01")
    screen.presenter.code = "MTR001A-P01"
    facts = screen.presenter.certificate_facts()
    assert len(facts) == 2
    for words, _icon, tone in facts:
        assert "nomor diragukan" in words
        assert tone == "warning"


def test_without_a_name_nothing_is_saved(bring: Callable[[str], Till]) -> None:
    till = bring("producer_data")
    till.press(Qt.Key.Key_F3)
    till.press(Qt.Key.Key_F12)
    assert till.said == "Isi nama usaha."


def test_the_same_producer_is_asked_about_and_may_be_registered_all_the_same(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner
) -> None:
    till = bring("producer_data")
    till.press(Qt.Key.Key_F3)
    fill(shown(till), business_name="UD Dapur Satu")
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Sudah terdaftar?" in till.said)
    assert "Dapur Satu (P1): nama hampir sama" in till.said
    assert rows.count(open_corner.db) == 2
    till.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert producers.known(open_corner.db, "MTR001A-P01").business_name == "UD Dapur Satu"


def test_looking_at_the_other_one_first_keeps_what_was_typed(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner
) -> None:
    till = bring("producer_data")
    till.press(Qt.Key.Key_F3)
    fill(shown(till), business_name="Dapur Satu", owner_name="Siti")
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "Sudah terdaftar?" in till.said)
    till.press(Qt.Key.Key_F9)
    assert shown(till).presenter.code == "P1"
    assert shown(till).pages.currentWidget() is shown(till).facts
    assert shown(till).search.text() == "P1"
    till.press(Qt.Key.Key_F3)
    assert shown(till).form.fields["owner_name"].text() == "Siti"
    assert rows.count(open_corner.db) == 2


def test_what_is_typed_survives_a_power_cut(
    make_till: Callable[[Corner], Till], open_corner: Corner, manager: User, qtbot: QtBot
) -> None:
    till = make_till(open_corner)
    till.log_in(manager)
    till.window.go("producer_data", NEW)
    fill(shown(till), business_name="Tapis Jaya", phone="08412345678")
    shown(till).form._timer.setInterval(1)
    fill(shown(till), owner_name="Siti Aminah")
    slot = producers.slot(open_corner.counter)
    qtbot.waitUntil(lambda: drafts.load(open_corner.db, slot) is not None)
    again = make_till(open_corner)
    again.log_in(manager)
    again.window.go("producer_data", NEW)
    assert shown(again).form.fields["phone"].text() == "08412345678"
    assert "Isian sebelumnya ada kembali" in again.said
    kept = drafts.load(open_corner.db, slot)
    assert kept is not None
    assert "Siti" not in kept.body


def test_what_somebody_typed_about_a_new_producer_opens_for_nobody_else(
    office: Till, cashier: User, manager: User
) -> None:
    office.log_in(cashier)
    office.window.go("producer_data", NEW)
    fill(shown(office), business_name="Tapis Jaya", owner_name="Siti Aminah")
    office.window.lock()
    office.log_in(manager)
    office.window.go("producer_data", NEW)
    assert shown(office).form.fields["owner_name"].text() == ""
    fill(shown(office), owner_name="Budi")
    office.window.lock()
    for user, name in ((cashier, "Siti Aminah"), (manager, "Budi")):
        office.log_in(user)
        office.window.go("producer_data", NEW)
        assert shown(office).form.fields["owner_name"].text() == name
        office.window.lock()


@pytest.mark.parametrize("text", ["ranusari", "yosodadi", "99012345", "id123456", "siti aminah", "08412345"])
def test_a_producer_is_found_by_any_part(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner, manager: User, text: str
) -> None:
    open_corner.counter.user = manager
    code = producers.register(open_corner.counter, ENTRY)
    till = bring("producer_data")
    qtbot.waitUntil(lambda: shown(till).presenter.index is not None)
    till.press(Qt.Key.Key_F2)
    till.type(text)
    assert codes(till) == [code]
    assert shown(till).facts.title.text() == "Kripik Ranusari"


def test_owners_leave_the_memory_with_the_screen(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner, manager: User
) -> None:
    open_corner.counter.user = manager
    producers.register(open_corner.counter, ENTRY)
    till = bring("producer_data")
    screen = shown(till)
    qtbot.waitUntil(lambda: screen.presenter.index is not None)
    till.window.go("sell")
    assert screen.presenter.index is None
    assert screen.form.fields["owner_name"].text() == ""


def test_a_correction_shows_the_person_and_keeps_the_look(
    bring: Callable[[str], Till], qtbot: QtBot, open_corner: Corner, manager: User
) -> None:
    open_corner.counter.user = manager
    code = producers.register(open_corner.counter, ENTRY)
    till = bring("producer_data")
    till.window.go("producer_data", code)
    covered = {row.label: row.amount for row in shown(till).facts.person.rows}
    assert covered["Rekening bank"] == "****4567"
    assert covered["NIK"] == "187202******9002"
    till.press(Qt.Key.Key_F12)
    screen = shown(till)
    account = screen.form.fields["bank_account"]
    assert account.text() == "0001234567"
    assert account.displayText() != "0001234567", "covered until somebody shows it"
    screen.form.account_tick.click()
    assert account.displayText() == "0001234567"
    fill(screen, bank_account="0009998887", business_name="Kripik Ranusari Jaya")
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "dibetulkan" in till.said)
    assert [look.purpose for look in privacy.looks(open_corner.counter)] == ["correction"]
    assert producers.known(open_corner.db, code).business_name == "Kripik Ranusari Jaya"
    assert privacy.look(open_corner.counter, "producer", code, "check").personal["bank_account"] == "0009998887"
    actions = [row[0] for row in open_corner.db.execute("SELECT action FROM activity")]
    assert "corrected" in actions


def test_a_correction_of_the_bank_asks_nothing_about_other_producers(
    bring: Callable[[str], Till], open_corner: Corner, manager: User
) -> None:
    open_corner.counter.user = manager
    producers.register(open_corner.counter, producers.Entry(business_name="Dapur Satu"))
    till = bring("producer_data")
    till.window.go("producer_data", "P1")
    till.press(Qt.Key.Key_F12)
    fill(shown(till), bank_name="BRI")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Data P1 dibetulkan."


def test_of_a_producer_of_the_centre_only_person_and_bank_are_open(
    bring: Callable[[str], Till], open_corner: Corner
) -> None:
    the_centre_brings(open_corner, "P9", "Dari Pusat")
    till = bring("producer_data")
    till.window.go("producer_data", "P9")
    assert "Dari daftar Diskoperin" in shown(till).facts.remark.text()
    till.press(Qt.Key.Key_F12)
    form = shown(till).form
    assert not form.fields["business_name"].isEnabled()
    assert not form.class_choice.isEnabled()
    assert form.fields["owner_name"].hasFocus()
    assert "tertimpa" in form.note.text()


def test_a_person_whose_key_is_missing_is_told_and_not_written_over(
    bring: Callable[[str], Till], open_corner: Corner, tmp_path: Path
) -> None:
    open_corner.counter.vault = Vault(tmp_path / "another computer")
    till = bring("producer_data")
    till.window.go("producer_data", "P1")
    assert "kode pemulihan" in shown(till).facts.remark.text()
    till.press(Qt.Key.Key_F12)
    assert till.said == "Data P1 tidak dapat dibaca, jadi tidak dapat dibetulkan."
    assert shown(till).pages.currentWidget() is shown(till).facts


def test_an_anonymised_producer_cannot_be_filled_again(
    bring: Callable[[str], Till], open_corner: Corner, manager: User
) -> None:
    open_corner.counter.user = manager
    code = producers.register(open_corner.counter, ENTRY)
    privacy.anonymise(open_corner.counter, "producer", code)
    till = bring("producer_data")
    till.window.go("producer_data", code)
    assert not shown(till).facts.main_button.isEnabled()
    till.press(Qt.Key.Key_F12)
    assert shown(till).pages.currentWidget() is shown(till).facts


def test_a_cashier_may_type_and_needs_a_manager_to_save(
    office: Till, cashier: User, qtbot: QtBot, open_corner: Corner
) -> None:
    office.log_in(cashier)
    office.window.go("producer_data", NEW)
    fill(shown(office), business_name="Kopi Lumaksa")
    office.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: shown(office).gate.asking)
    assert rows.count(open_corner.db) == 2
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert producers.known(open_corner.db, "MTR001A-P01").business_name == "Kopi Lumaksa"


def test_a_certificate_is_recorded_replaced_and_removed(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("producer_data")
    till.window.go("producer_data", "P1")
    till.press(Qt.Key.Key_F7)
    panel = shown(till).certificates
    till.press(Qt.Key.Key_F12)
    assert till.said == "Isi nomor sertifikat."
    panel.kind_choice.choose("bpom")
    panel.number_field.setText("MD 12")
    assert "BPOM tidak lazim" in panel.remark.text()
    panel.number_field.setText("MD123456789012")
    panel.last_field.setText("31/12/2026")
    panel.goods_choice.choose("T1")
    till.press(Qt.Key.Key_F12)
    (held,) = rows.certificates(open_corner.db, ["P1"])["P1"]
    assert (held.kind, held.number, held.sku) == ("bpom", "MD123456789012", "T1")
    assert "dicatat" in till.said
    panel.table.setFocus()
    panel.table.select_row(0)
    assert panel.number_field.text() == "MD123456789012"
    till.press(Qt.Key.Key_Delete)
    assert rows.certificates(open_corner.db, ["P1"])["P1"] == []
    till.press(Qt.Key.Key_Escape)
    assert shown(till).pages.currentWidget() is shown(till).facts


def test_an_agreement_is_recorded_and_its_paper_saved(
    bring: Callable[[str], Till], open_corner: Corner, qtbot: QtBot, tmp_path: Path
) -> None:
    till = bring("producer_data")
    till.window.go("producer_data", "P1")
    till.press(Qt.Key.Key_F8)
    panel = shown(till).agreement
    assert not panel.print_button.isEnabled(), "nothing is agreed yet"
    panel.bearer_choice.choose("corner")
    panel.collect_field.set_value(5)
    till.press(Qt.Key.Key_F12)
    terms = agreements.agreement(open_corner.db, "P1")
    assert terms is not None
    assert (terms.loss_bearer, terms.collect_days) == ("corner", 5)
    assert "ditanggung pojok" in panel.state.text()
    folder = tmp_path / "stick"
    folder.mkdir()
    panel.box.folder.set_path(folder)
    panel.box.button.click()
    qtbot.waitUntil(lambda: "Tersimpan" in panel.box.facts.text())
    assert [path.suffix for path in folder.iterdir()] == [".pdf"]
    assert [look.purpose for look in privacy.looks(open_corner.counter)] == ["agreement"]
    till.press(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: "printer" in till.said)


def test_another_producer_ends_the_question_and_the_page(bring: Callable[[str], Till], open_corner: Corner) -> None:
    till = bring("producer_data")
    till.window.go("producer_data", "P1")
    shown(till).search.clear()
    till.press(Qt.Key.Key_F7)
    screen = shown(till)
    screen.table.select_row(next(row for row, one in enumerate(screen.model.rows) if one.code == "P2"))
    assert screen.pages.currentWidget() is screen.facts
    assert screen.facts.title.text() == "Dua"


def test_the_field_to_type_into_is_in_view(bring: Callable[[str], Till], open_corner: Corner) -> None:
    the_centre_brings(open_corner, "P9", "Dari Pusat")
    till = bring("producer_data")
    till.window.go("producer_data", "P9")
    till.press(Qt.Key.Key_F12)
    QApplication.processEvents()
    form = shown(till).form
    owner = form.fields["owner_name"]
    view = form.area.viewport()
    assert 0 <= owner.mapTo(view, owner.rect().topLeft()).y() <= view.height() - owner.height()


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_the_agreement_stays_inside_its_column_and_what_it_tells_comes_into_view(
    make_till: Callable[..., Till], qtbot: QtBot, open_corner: Corner, manager: User, scale: int
) -> None:
    till = make_till(open_corner, scale=scale)
    till.log_in(manager)
    till.window.go("producer_data", "P1")
    till.press(Qt.Key.Key_F8)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    panel = shown(till).agreement
    area = panel.area
    inner = area.widget()
    assert inner.minimumSizeHint().width() <= area.viewport().width()
    area.verticalScrollBar().setValue(0)
    panel.box.start()
    facts = panel.box.facts
    assert facts.text().startswith("Pilih folder")

    def seen() -> bool:
        top = facts.mapTo(area.viewport(), facts.rect().topLeft()).y()
        return top >= 0 and top + facts.height() <= area.viewport().height()

    qtbot.waitUntil(seen)


def test_a_producer_is_shown_in_the_whole_list(office: Till) -> None:
    office.window.go("producer_data", "P2")
    screen = office.window.current
    assert isinstance(screen, ProducerDataScreen)
    assert screen.search.text() == ""
    assert len(screen.model.rows) > 1
    assert screen.model.rows[screen.table.current_row()].code == "P2"
