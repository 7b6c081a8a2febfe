"""Returns, and notes looked at again, undone and typed once more, at the real window."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from pos_app.domain.errors import Unsettled
from pos_app.ledger import drafts, print_queue, queries
from pos_app.ledger.goods_notes import Note
from pos_app.services import refunding, tasks
from pos_app.services.context import User
from pos_app.ui.screens.goods_in.draft import SLOT
from pos_app.ui.screens.goods_in.screen import GoodsInScreen
from pos_app.ui.screens.goods_in.table_model import QUANTITY
from sync.documents.goods import GoodsReturned
from sync.documents.reversal import Reversal
from tests.corner import MORNING, Corner
from tests.ui.conftest import MANAGER_PIN, Till

PISANG = "2000000000015"


def goods_in(till: Till) -> GoodsInScreen:
    screen = till.window.current
    assert isinstance(screen, GoodsInScreen)
    return screen


def in_history(screen: GoodsInScreen) -> bool:
    return screen.in_history


def newest(corner: Corner) -> object:
    entry = queries.entry_by_seq(corner.db, corner.ledger.head().seq)
    return entry.document if entry else None


def deliver(till: Till, count: int) -> str:
    """Scans and receives; the number of the note."""
    for _ in range(count):
        till.scan(PISANG)
    till.press(Qt.Key.Key_F12)
    return till.said.split()[0]


def test_row_40_a_mistyped_delivery_is_undone_and_only_the_wrong_number_typed_again(
    bring: Callable[[str], Till],
) -> None:
    till = bring("goods_in")
    number = deliver(till, 3)
    screen = goods_in(till)
    till.press(Qt.Key.Key_F9)
    assert in_history(screen)
    assert screen.past.page.model.cell(0, 0).text == number
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    till.press(Qt.Key.Key_F12)
    assert not in_history(screen)
    assert "menjadi draf" in till.said
    reversal = newest(till.corner)
    assert isinstance(reversal, Reversal)
    assert (reversal.original_number, reversal.reason) == (number, "mistyped")
    assert till.corner.state["stock"]["T1"] == "20"
    assert [(line.sku, line.quantity) for line in screen.presenter.body.lines] == [("T1", 3_000)]
    assert screen.model.setData(screen.model.index(0, QUANTITY), "30")
    before = till.corner.ledger.head().seq
    till.press(Qt.Key.Key_F12)
    assert till.corner.ledger.head().seq == before + 1, "the price is as it was: none is set"
    assert till.corner.state["stock"]["T1"] == "50"
    till.corner.verify()


def test_a_cashier_undoes_nothing_without_the_managers_pin(office: Till, cashier: User) -> None:
    office.window.go("goods_in")
    deliver(office, 1)
    office.log_in(cashier)
    office.window.go("goods_in")
    screen = goods_in(office)
    office.press(Qt.Key.Key_F9)
    before = office.corner.ledger.head()
    office.press(Qt.Key.Key_F6)
    assert screen.gate.asking
    assert office.corner.ledger.head() == before
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    assert isinstance(newest(office.corner), Reversal)
    assert in_history(screen)
    assert "dibatalkan" in screen.past.page.model.cell(0, 0).sub
    assert drafts.load(office.corner.db, SLOT) is None


def test_a_delivery_of_which_something_was_sold_says_so_before_anybody_presses(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    number = deliver(till, 2)
    till.corner.sell("T1", "21")
    screen = goods_in(till)
    till.press(Qt.Key.Key_F9)
    words = screen.past.side.state.text()
    assert words.startswith(f"{number} tidak bisa dibatalkan: 1 dari 2 Keripik Pisang 200 g")
    assert not screen.past.side.main_button.isEnabled()
    before = till.corner.ledger.head()
    till.press(Qt.Key.Key_F12)
    assert not screen.gate.asking
    assert till.corner.ledger.head() == before


def test_another_reason_is_written_down(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    deliver(till, 1)
    screen = goods_in(till)
    till.press(Qt.Key.Key_F9)
    screen.past.side.reasons.choose("other")
    till.press(Qt.Key.Key_F6)
    assert till.said == "Tulis alasannya."
    assert screen.past.side.remark.hasFocus()
    till.type("salah produsen")
    till.press(Qt.Key.Key_F6)
    till.press(Qt.Key.Key_F12)
    reversal = newest(till.corner)
    assert isinstance(reversal, Reversal)
    assert (reversal.reason, reversal.note is not None) == ("other", True)


def test_an_open_draft_is_never_replaced(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    deliver(till, 1)
    till.scan(PISANG)
    screen = goods_in(till)
    till.press(Qt.Key.Key_F9)
    till.press(Qt.Key.Key_F12)
    assert "Masih ada draf" in till.said
    assert not screen.gate.asking
    till.press(Qt.Key.Key_Escape)
    assert len(screen.presenter.body.lines) == 1


def test_the_history_is_of_one_producer_of_all_or_of_a_day(bring: Callable[[str], Till], office: Till) -> None:
    till = bring("goods_in")
    screen = goods_in(till)
    screen.presenter.choose_producer("P2")
    till.press(Qt.Key.Key_F9)
    page = screen.past.page
    assert {row.note.producer for row in page.model.rows} == {"P2"}
    till.press(Qt.Key.Key_F8)
    assert {row.note.producer for row in page.model.rows} == {"P1", "P2"}
    screen.past.head.day.setText("30/09/2026")
    screen.past.head.day.editingFinished.emit()
    assert page.model.rows == []
    screen.past.head.day.setText("")
    screen.past.head.day.editingFinished.emit()
    assert len(page.model.rows) == 4


def test_a_note_is_looked_at_as_paper_and_printed_again_as_a_copy(bring: Callable[[str], Till], office: Till) -> None:
    office.corner.counter.prints = True
    till = bring("goods_in")
    number = deliver(till, 2)
    while (job := print_queue.claim(till.corner.db)) is not None:
        print_queue.finish(till.corner.db, job.id, "2026-10-01T08:01:00+07:00")
    till.press(Qt.Key.Key_F9)
    screen = goods_in(till)
    text = screen.past.side.slip.text.text()
    assert "NOTA TITIP BARANG" in text
    assert number in text
    till.press(Qt.Key.Key_F9)
    assert number in till.said
    assert print_queue.waiting(till.corner.db)[-1].copy_mark


def test_all_that_expired_goes_back_by_one_key_and_ends_its_tasks(bring: Callable[[str], Till], office: Till) -> None:
    corner = office.corner
    office.receive("T1", "4", "2026-10-03")
    batch = next(lot.batch for lot in queries.lots(corner.db, "T1") if lot.expires_on)
    with corner.ledger.write() as tx:
        tasks.raise_task(tx.db, "return", "T1", batch, "2026-10-03", at=MORNING, by="U1")
    corner.clock.pass_by(days=4)
    till = bring("goods_in")
    till.press(Qt.Key.Key_F6)
    screen = goods_in(till)
    screen.presenter.choose_producer("P1")
    till.press(Qt.Key.Key_F7)
    assert [(line.sku, line.quantity, line.reason) for line in screen.presenter.body.lines] == [
        ("T1", 4_000, "expired")
    ]
    till.press(Qt.Key.Key_F12)
    note = newest(corner)
    assert isinstance(note, GoodsReturned)
    assert [take.batch for take in note.lines[0].takes] == [batch]
    assert tasks.open_tasks(corner.db) == []
    corner.verify()


def test_all_that_is_left_goes_back_by_one_key(bring: Callable[[str], Till], office: Till) -> None:
    office.receive("T1", "4", "2026-10-03")
    office.corner.clock.pass_by(days=4)
    till = bring("goods_in")
    till.press(Qt.Key.Key_F6)
    screen = goods_in(till)
    till.press(Qt.Key.Key_F5)
    assert till.said == "Pilih produsen, lalu pindai."
    screen.presenter.choose_producer("P1")
    till.press(Qt.Key.Key_F5)
    assert [(line.sku, line.quantity, line.reason) for line in screen.presenter.body.lines] == [
        ("T1", 4_000, "expired"),
        ("T1", 20_000, "unsold"),
        ("W1", 10_000, "unsold"),
    ]
    till.press(Qt.Key.Key_F12)
    assert (till.corner.state["stock"]["T1"], till.corner.state["stock"]["W1"]) == ("0", "0")


def test_two_lines_of_the_same_goods_never_exceed_the_shelf_together(
    bring: Callable[[str], Till], office: Till
) -> None:
    office.receive("T1", "4", "2026-10-03")
    office.corner.clock.pass_by(days=4)
    till = bring("goods_in")
    till.press(Qt.Key.Key_F6)
    screen = goods_in(till)
    screen.presenter.choose_producer("P1")
    till.press(Qt.Key.Key_F5)
    screen.model.setData(screen.model.index(1, QUANTITY), "21")
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("Sisa Keripik Pisang 200 g hanya 24.")
    assert screen.side.checks.rows[0].tone == "warning"


def test_bought_goods_go_back_against_their_cost(bring: Callable[[str], Till]) -> None:
    till = bring("goods_in")
    before = till.corner.payable("P2")
    till.press(Qt.Key.Key_F6)
    screen = goods_in(till)
    screen.scan_field.setText("4*")
    till.scan("2000000000039")
    till.press(Qt.Key.Key_F12)
    assert till.said.startswith("NR-MTR001A-")
    assert till.corner.payable("P2") == before - 8_000


def test_a_scan_of_the_note_leads_to_it_however_old(bring: Callable[[str], Till], office: Till) -> None:
    till = bring("goods_in")
    number = deliver(till, 1)
    for _ in range(21):
        office.receive("T1", "1")
    office.corner.clock.pass_by(days=1)
    office.receive("T1", "1")
    till.scan(number)
    screen = goods_in(till)
    assert in_history(screen)
    chosen = screen.past.page.current()
    assert chosen is not None
    assert chosen.note.number == number
    assert number in screen.past.side.slip.text.text()
    assert screen.presenter.body.lines == []


def test_what_the_disk_hid_of_an_undone_note_is_found_and_not_done_twice(
    bring: Callable[[str], Till], office: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = bring("goods_in")
    number = deliver(till, 2)
    screen = goods_in(till)
    till.press(Qt.Key.Key_F9)
    reverse = refunding.reverse

    def hidden(*arguments: object, **named: object) -> object:
        recorded = reverse(*arguments, **named)  # type: ignore[arg-type]
        till.corner.counter.left_open = recorded.id
        raise Unsettled(recorded.number, recorded.id)

    monkeypatch.setattr(refunding, "reverse", hidden)
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_F12)
    assert in_history(screen)
    monkeypatch.undo()
    before = till.corner.ledger.head()
    till.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert till.corner.ledger.head() == before
    assert not in_history(screen)
    assert [line.quantity for line in screen.presenter.body.lines] == [2_000], number


def test_only_notes_that_are_seen_are_decoded(bring: Callable[[str], Till], office: Till) -> None:
    for _ in range(60):
        office.receive("T1", "1")
    till = bring("goods_in")
    screen = goods_in(till)
    sized: list[str] = []
    size = screen.past.history.size

    def counted(note: Note) -> tuple[str, str]:
        sized.append(note.number)
        return size(note)

    screen.past.page.model._size = counted
    till.press(Qt.Key.Key_F9)
    screen.past.head.day.set_value(screen.presenter.today)
    screen.past.head.day.editingFinished.emit()
    till.window.grab()
    assert len(screen.past.page.model.rows) > 60
    assert 0 < len(set(sized)) <= 30
    assert len(sized) == len(set(sized))
