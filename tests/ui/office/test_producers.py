"""Seeing what producers are owed and paying them, at the real window."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import print_queue, queries, registry, transfers
from pos_app.printing.papers.common import short_hash
from pos_app.services.context import User
from pos_app.ui import settings_keys as keys
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from pos_app.ui.screens.producers.screen import ProducersScreen
from sync.documents.money import Settlement
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.held import Held


def producers(till: Till) -> ProducersScreen:
    screen = till.window.current
    assert isinstance(screen, ProducersScreen)
    return screen


def sums(screen: ProducersScreen) -> dict[str, str]:
    return {row.label: row.amount for row in (*screen.payment.sums.rows, *screen.payment.to_pay.rows)}


def choose(screen: ProducersScreen, code: str) -> None:
    screen.chips.button("all").click()
    screen.table.select_row(next(row for row, owed in enumerate(screen.model.rows) if owed.code == code))


def test_the_list_tells_who_is_owed_what(open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    presenter = ProducersPresenter(open_corner.counter)
    presenter.refresh()
    presenter.filter = "all"
    assert {row.code: row.amount for row in presenter.rows()} == {"P1": 28_800, "P2": 20_000}
    presenter.filter = "due"
    assert presenter.rows() == []
    open_corner.clock.now += timedelta(days=7)
    presenter.refresh()
    assert [row.code for row in presenter.rows()] == ["P1", "P2"]
    presenter.text = "satu"
    assert [row.code for row in presenter.rows()] == ["P1"]
    assert presenter.total() == (1, 28_800)


def test_a_producer_is_paid_after_a_second_look(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    screen = producers(till)
    choose(screen, "P1")
    assert sums(screen)["AKAN DIBAYAR"] == "Rp 28.800"
    assert any("BUKTI PEMBAYARAN PRODUSEN" in line for line in screen.payment.slip.text.text().splitlines())
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    assert open_corner.payable("P1") == 28_800
    till.press(Qt.Key.Key_F12)
    assert "Rp 28.800 dibayar" in till.said
    assert open_corner.payable("P1") == 0
    assert print_queue.waiting(open_corner.db)[-1].paper == "settlement"
    assert sums(screen)["AKAN DIBAYAR"] == "Rp 0"
    assert not screen.payment.main_button.isEnabled()


@pytest.mark.parametrize("tender", ["cash", "transfer"])
def test_another_amount_than_the_one_in_the_question_is_not_paid(
    bring: Callable[[str], Till], open_corner: Corner, tender: str
) -> None:
    open_corner.sell("T1", "1")
    till = bring("producers")
    screen = producers(till)
    choose(screen, "P1")
    screen.payment.tender_chips.button(tender).click()
    till.press(Qt.Key.Key_F12)
    open_corner.sell("T1", "1")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Hak Dapur Satu yang dapat dibayar berubah, kini Rp 28.800. Periksa daftarnya lagi."
    assert open_corner.payable("P1") == 28_800
    assert sums(screen)["AKAN DIBAYAR"] == "Rp 28.800"
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert open_corner.payable("P1") == 0


def test_what_is_shown_for_today_is_all_that_is_paid_whatever_the_clock_said_once(open_corner: Corner) -> None:
    open_corner.sell("T1", "1")
    right = open_corner.clock.now
    open_corner.clock.pass_by(days=2)
    open_corner.do("close_shift", counted=open_corner.state["drawer"])
    open_corner.do("open_shift", float=200_000)
    open_corner.sell("T1", "1")
    open_corner.clock.now = right
    presenter = ProducersPresenter(open_corner.counter)
    presenter.choose("P1")
    presenter.tender = "transfer"
    due = presenter.due()
    assert due is not None
    assert presenter.amount(due) == 28_800
    assert presenter.pay(28_800, None).kind == "S"
    assert open_corner.payable("P1") == 0


def test_escape_leaves_the_question_and_nothing_is_paid(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    choose(producers(till), "P1")
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Escape)
    assert not producers(till).gate.asking
    assert open_corner.payable("P1") == 28_800


def test_a_drawer_too_low_is_refused_with_its_figure(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "20")
    open_corner.do("cash_move", direction="out", amount=500_000, reason="setor")
    till = bring("producers")
    screen = producers(till)
    choose(screen, "P1")
    till.press(Qt.Key.Key_F12)
    assert till.said == "Kas laci Rp 20.000 tidak cukup. Pilih transfer atau batas tanggal lebih awal."
    assert not screen.gate.asking
    screen.payment.tender_chips.button("transfer").click()
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert open_corner.payable("P1") == 0


def test_an_earlier_cut_off_pays_less(open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    open_corner.clock.now += timedelta(days=1)
    open_corner.do("close_shift", counted=200_000 + 32_000)
    open_corner.do("open_shift", float=200_000)
    open_corner.sell("T1", "1")
    presenter = ProducersPresenter(open_corner.counter)
    presenter.choose("P1")
    presenter.through = presenter.today - timedelta(days=1)
    due = presenter.due()
    assert due is not None
    assert presenter.amount(due) == 28_800
    presenter.through = presenter.today
    due = presenter.due()
    assert due is not None
    assert presenter.amount(due) == 43_200


def test_a_cashier_pays_with_a_managers_pin(office: Till, cashier: User, open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    office.log_in(cashier)
    office.window.go("producers")
    choose(producers(office), "P1")
    office.press(Qt.Key.Key_F12)
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert open_corner.payable("P1") == 0


def test_nothing_is_paid_twice(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    choose(producers(till), "P1")
    for _ in range(3):
        till.press(Qt.Key.Key_F12)
    assert open_corner.payable("P1") == 0
    assert "Tidak ada yang dibayar" in till.said


def test_the_newest_slip_is_printed_again(bring: Callable[[str], Till], open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    choose(producers(till), "P1")
    till.press(Qt.Key.Key_F9)
    assert till.said == "Belum ada yang dapat dicetak ulang."
    number = open_corner.do("settle", producer="P1", tender="cash")["number"]
    for job in print_queue.waiting(open_corner.db):
        print_queue.claim(open_corner.db)
        print_queue.finish(open_corner.db, job.id, "2026-10-01T08:00:00+07:00")
    with open_corner.ledger.write() as tx:
        registry.set_setting(tx.db, keys.PRINTER_SHEETS, "folder")
    till.press(Qt.Key.Key_F9)
    assert till.said == f"{number} dicetak ulang."
    (job,) = print_queue.waiting(open_corner.db)
    assert (job.paper, job.copy_mark) == ("settlement", True)


class TestDeductions:
    """What the corner keeps of a payment: reason, amount, a live slip, and the books."""

    def test_they_are_taken_off_while_the_slip_follows(self, bring: Callable[[str], Till], open_corner: Corner) -> None:
        open_corner.sell("T1", "2")
        till = bring("producers")
        screen = producers(till)
        choose(screen, "P1")
        till.press(Qt.Key.Key_F4)
        till.type("2050")
        till.press(Qt.Key.Key_Return)
        screen.deductions.reasons.button("stand_fee").click()
        screen.deductions.amount.setFocus()
        till.type("1000")
        till.press(Qt.Key.Key_Return)
        paper = screen.payment.slip.text.text()
        assert "Potongan: Kemasan" in paper
        assert "Potongan: Sewa tempat" in paper
        till.press(Qt.Key.Key_F12)
        assert (sums(screen)["Potongan"], sums(screen)["AKAN DIBAYAR"]) == ("-Rp 3.050", "Rp 25.700")
        till.press(Qt.Key.Key_F12)
        till.press(Qt.Key.Key_F12)
        assert "Rp 25.700 dibayar" in till.said
        assert open_corner.payable("P1") == 50
        assert queries.balance(open_corner.db, "other_income") == -3_050
        assert screen.presenter.deductions == ()

    def test_more_than_is_owed_is_refused_and_one_can_be_removed(
        self, bring: Callable[[str], Till], open_corner: Corner
    ) -> None:
        open_corner.sell("T1", "1")
        till = bring("producers")
        screen = producers(till)
        choose(screen, "P1")
        till.press(Qt.Key.Key_F4)
        till.type("14401")
        till.press(Qt.Key.Key_Return)
        assert till.said == "Potongan Rp 14.401 melebihi hak produsen, Rp 14.400. Kurangi atau hapus satu."
        screen.deductions.amount.selectAll()
        till.type("14400")
        till.press(Qt.Key.Key_Return)
        assert sums_of(screen)["AKAN DIBAYAR"] == "Rp 0"
        till.press(Qt.Key.Key_F8)
        assert screen.presenter.deductions == ()
        till.press(Qt.Key.Key_Escape)
        assert screen.pages.currentIndex() == 0

    def test_all_of_it_may_be_kept_with_a_note_beside_the_books(
        self, bring: Callable[[str], Till], open_corner: Corner
    ) -> None:
        open_corner.sell("T1", "1")
        till = bring("producers")
        screen = producers(till)
        choose(screen, "P1")
        till.press(Qt.Key.Key_F4)
        till.type("14400")
        till.press(Qt.Key.Key_Return)
        screen.deductions.note.setText("uang muka Oktober")
        till.press(Qt.Key.Key_F12)
        till.press(Qt.Key.Key_F12)
        till.press(Qt.Key.Key_F12)
        entry = queries.entry_by_number(open_corner.db, "BP-MTR001A-000001")
        assert entry is not None
        assert isinstance(entry.document, Settlement)
        assert (entry.document.amount, entry.document.deducted) == (0, 14_400)
        assert entry.document.note is not None
        assert b"Oktober" not in b"".join(row[0] for row in open_corner.db.execute("SELECT body FROM journal"))


def sums_of(screen: ProducersScreen) -> dict[str, str]:
    return {row.label: row.amount for row in screen.deductions.sums.rows}


class TestSlips:
    """The slips of a producer: looked at, checked, taken back."""

    @pytest.fixture
    def paid(self, bring: Callable[[str], Till], open_corner: Corner) -> Till:
        open_corner.sell("T1", "2")
        open_corner.do("settle", producer="P1", tender="cash")
        open_corner.sell("T1", "1")
        open_corner.do("settle", producer="P1", tender="transfer")
        till = bring("producers")
        choose(producers(till), "P1")
        till.press(Qt.Key.Key_F5)
        return till

    def test_the_newest_comes_first_as_paper_and_agrees_with_the_journal(self, paid: Till, qtbot: QtBot) -> None:
        panel = producers(paid).slips
        assert [row.number for row in panel.model.rows] == ["BP-MTR001A-000002", "BP-MTR001A-000001"]
        qtbot.waitUntil(lambda: "BP-MTR001A-000002" in panel.slip.text.text())
        paid.press(Qt.Key.Key_Down)
        qtbot.waitUntil(lambda: "BP-MTR001A-000001" in panel.slip.text.text())
        assert panel.facts.text() == "Dihitung ulang dari penjualan, retur, dan kerugian: sama."

    def test_only_the_slip_that_is_chosen_is_shown_however_fast_the_arrow_keys_are(
        self, paid: Till, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        panel = producers(paid).slips
        qtbot.waitUntil(lambda: not panel.reading.busy)
        held = Held(paid, monkeypatch)
        paid.press(Qt.Key.Key_Down)
        assert (panel.slip.text.text().strip(), panel.facts.text()) == ("Memuat …", "")
        paid.press(Qt.Key.Key_Up)
        held.go_on()
        qtbot.waitUntil(lambda: not panel.reading.busy)
        assert "BP-MTR001A-000002" in panel.slip.text.text()

    def test_before_a_payment_on_a_list_for_the_bank_is_taken_back_that_is_told(
        self, paid: Till, open_corner: Corner
    ) -> None:
        with open_corner.ledger.write() as tx:
            transfers.note(tx.db, ["BP-MTR001A-000002"], "2026-10-01T09:00:00+07:00")
        told = "Ada di daftar transfer 01/10/2026: bank mungkin sudah membayarnya."
        question = producers(paid).gate.confirm_panel._lines
        paid.press(Qt.Key.Key_F12)
        assert told in question.text()
        paid.press(Qt.Key.Key_Escape)
        paid.press(Qt.Key.Key_Down)
        paid.press(Qt.Key.Key_F12)
        assert told not in question.text()

    def test_row_40_a_wrong_payout_is_taken_back_with_reason_and_is_due_again(
        self, paid: Till, open_corner: Corner
    ) -> None:
        drawer = open_corner.state["drawer"]
        panel = producers(paid).slips
        paid.press(Qt.Key.Key_Down)
        panel.note.setText("salah orang")
        paid.press(Qt.Key.Key_F12)
        assert producers(paid).gate.asking
        paid.press(Qt.Key.Key_F12)
        assert paid.said == "BT-MTR001A-000001: BP-MTR001A-000001 dibatalkan, Rp 28.800."
        assert open_corner.state["drawer"] == drawer + 28_800
        assert open_corner.payable("P1") == 28_800
        assert panel.model.rows[1].reversed
        assert not panel.main_button.isEnabled()
        entry = queries.entry_by_number(open_corner.db, "BT-MTR001A-000001")
        assert entry is not None
        assert entry.document.reason == "mistyped"  # type: ignore[attr-defined]
        paid.press(Qt.Key.Key_Escape)
        assert sums(producers(paid))["AKAN DIBAYAR"] == "Rp 28.800"
        assert sums(producers(paid))["Pembayaran dibatalkan"] == "Rp 28.800"
        open_corner.verify()

    def test_a_cashier_needs_a_managers_pin_to_take_a_payment_back(
        self, office: Till, cashier: User, open_corner: Corner
    ) -> None:
        open_corner.sell("T1", "2")
        open_corner.do("settle", producer="P1", tender="transfer")
        office.log_in(cashier)
        office.window.go("producers")
        choose(producers(office), "P1")
        office.press(Qt.Key.Key_F5)
        office.press(Qt.Key.Key_F12)
        office.type(MANAGER_PIN)
        office.press(Qt.Key.Key_Return)
        assert open_corner.payable("P1") == 28_800

    def test_a_scanned_slip_is_told_to_be_genuine_or_not(self, paid: Till, open_corner: Corner) -> None:
        entry = queries.entry_by_number(open_corner.db, "BP-MTR001A-000001")
        assert entry is not None
        code = f"POJOK-B BP-MTR001A-000001 28800 {entry.hash.hex()[:24].upper()}"
        screen = producers(paid)
        screen.take_scan(code)
        assert paid.said == "BP-MTR001A-000001: Dapur Satu, Rp 28.800 pada 01/10/2026. Kodenya asli."
        screen.take_scan(code.replace("28800", "38800"))
        assert paid.said == "BP-MTR001A-000001: jumlah atau kode tidak cocok dengan buku. Simpan slipnya."
        screen.take_scan(f"HTTPS://CENTRE.EXAMPLE.ID/C/BP-MTR001A-000001/28800/{entry.hash.hex()[:24].upper()}")
        assert paid.said.endswith("Kodenya asli.")
        screen.take_scan("BP-MTR009B-000001")
        assert paid.said.startswith("BP-MTR009B-000001 bukan slip dari kasir ini.")
        open_corner.do("reverse", of="BP-MTR001A-000001")
        screen.take_scan(code)
        assert paid.said.endswith("Kodenya asli. Pembayaran ini sudah dibatalkan.")

    def test_a_number_with_its_check_code_can_be_typed(self, paid: Till, open_corner: Corner) -> None:
        entry = queries.entry_by_number(open_corner.db, "BP-MTR001A-000002")
        assert entry is not None
        screen = producers(paid)
        screen.search.setText(f"bp-mtr001a-000002 {short_hash(entry.hash.hex())}")
        screen.search.returnPressed.emit()
        assert paid.said == "BP-MTR001A-000002: Dapur Satu, Rp 14.400 pada 01/10/2026. Kodenya asli."


@pytest.mark.parametrize(("key", "name"), [(Qt.Key.Key_F3, "settlement_run"), (Qt.Key.Key_F7, "producer_statement")])
def test_keys_lead_to_what_else_there_is(bring: Callable[[str], Till], key: Qt.Key, name: str) -> None:
    till = bring("producers")
    choose(producers(till), "P1")
    till.press(key)
    assert till.window.current.name == name


def test_every_link_leads_to_the_screen_of_its_name(bring: Callable[[str], Till]) -> None:
    till = bring("producers")
    for place in range(3, len(producers(till).more.buttons)):
        till.window.go("producers", "P1")
        till.press(Qt.Key.Key_F8)
        button = producers(till).more.buttons[place]
        button.click()
        assert till.window.current.name != "producers"
        assert button.text() == till.window.current.title()


def test_a_link_to_a_producer_chooses_it(bring: Callable[[str], Till]) -> None:
    till = bring("producers")
    till.window.go("producers", "P2")
    assert producers(till).presenter.producer == "P2"
    assert producers(till).payment.name_text.text() == "Dua"


def search(till: Till, text: str) -> None:
    till.press(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    till.type(text)


def test_a_search_looks_among_all_and_what_one_does_then_is_about_whom_it_found(
    bring: Callable[[str], Till], open_corner: Corner
) -> None:
    open_corner.sell("T1", "2")
    open_corner.clock.now += timedelta(days=7)
    open_corner.do("settle", producer="P2", tender="cash")
    till = bring("producers")
    screen = producers(till)
    screen.chips.button("due").click()
    assert [row.code for row in screen.model.rows] == ["P1"]
    search(till, "dua")
    assert [row.code for row in screen.model.rows] == ["P2"]
    assert screen.chips.code() == "all"
    assert screen.payment.name_text.text() == "Dua"
    till.press(Qt.Key.Key_F5)
    assert screen.slips.producer == "P2"
    till.press(Qt.Key.Key_Escape)
    screen.search.clear()
    assert screen.chips.code() == "due"
    assert screen.presenter.producer == "P1"


def test_where_a_search_finds_nobody_nothing_is_shown_and_nothing_is_done(
    bring: Callable[[str], Till], open_corner: Corner
) -> None:
    open_corner.sell("T1", "2")
    till = bring("producers")
    screen = producers(till)
    choose(screen, "P1")
    search(till, "nobody of that name")
    assert screen.model.rows == []
    assert screen.presenter.producer == ""
    payment = screen.payment
    assert (payment.name_text.text(), payment.sums.rows, payment.to_pay.rows) == ("", [], [])
    assert payment.goods.rows == []
    assert not screen.payment.main_button.isEnabled()
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F12):
        till.window.hush()
        till.press(key)
        assert till.said == "Pilih produsen di daftar."
        assert till.window.current is screen
        assert screen.pages.currentIndex() == 0
    assert open_corner.payable("P1") == 28_800


def test_a_filter_reads_what_is_owed_to_whom_it_shows_once(
    bring: Callable[[str], Till], open_corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_corner.sell("T1", "2")
    screen = producers(bring("producers"))
    choose(screen, "P2")
    read: list[str] = []
    due = screen.presenter.due
    monkeypatch.setattr(screen.presenter, "due", lambda: (read.append(screen.presenter.producer), due())[1])
    screen.chips.button("zero").click()
    screen.chips.button("all").click()
    assert len(read) == 2
