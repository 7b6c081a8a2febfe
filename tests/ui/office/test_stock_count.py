"""A stock count at the window: blind, in the middle of selling, by scanner and keyboard, over kills and counters."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import counting as kept
from pos_app.ledger import print_queue, queries, shelves
from pos_app.ledger.ledger import Ledger
from pos_app.printing.preview import preview
from pos_app.services import count_sheets, counting, people
from pos_app.services.context import User
from pos_app.services.counting import Scope
from pos_app.ui.screens.stock_count.screen import StockCountScreen
from tests.corner import Corner
from tests.failing import Unreachable, hide_commit
from tests.ui.conftest import MANAGER_PIN, Till

T1, K1, B1, W1 = "2000000000015", "2000000000022", "2000000000039", "2000000000046"
CONTROL = Qt.KeyboardModifier.ControlModifier


def count_screen(till: Till, qtbot: QtBot) -> StockCountScreen:
    """The screen, with its list read."""
    till.window.go("stock_count")
    screen = till.window.current
    assert isinstance(screen, StockCountScreen)
    qtbot.waitUntil(lambda: not till.window.workers.busy)
    return screen


def counting_all(till: Till, qtbot: QtBot) -> StockCountScreen:
    """Everything is being counted."""
    screen = count_screen(till, qtbot)
    till.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not till.window.workers.busy)
    assert screen.page == "count"
    return screen


def idle(till: Till, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not till.window.workers.busy)


def words_on(screen: StockCountScreen) -> str:
    """Everything that the list of goods shows."""
    model = screen.count_page.model
    cells = (model.cell(row, column) for row in range(model.rowCount()) for column in range(model.columnCount()))
    return " ".join(f"{cell.text} {cell.sub}" for cell in cells)


def found(till: Till, sku: str) -> int | None:
    row = kept.row(till.corner.db, sku)
    return row.counted if row is not None else None


def type_count(till: Till, code: str, pieces: str) -> None:
    """Choose goods by their barcode, and type how many there are."""
    screen = till.window.current
    assert isinstance(screen, StockCountScreen)
    place = next(place for place, line in enumerate(screen.count_page.model.rows) if line.goods.sku == code)
    screen.count_page.table.select_row(place)
    till.press(Qt.Key.Key_F4)
    till.type(pieces)
    till.press(Qt.Key.Key_Return)


def test_a_scope_is_chosen_by_keyboard_and_counted_by_scans(office: Till, qtbot: QtBot) -> None:
    screen = counting_all(office, qtbot)
    for _scan in range(3):
        office.scan(T1)
    assert found(office, "T1") == 3_000
    assert screen.count_page.current() == screen.presenter.line("T1")
    assert "Keripik Pisang 200 g: 3" in office.said
    office.type("12*")
    office.scan(K1)
    assert found(office, "K1") == 12_000


def test_who_counts_never_sees_what_is_expected(till: Till, qtbot: QtBot) -> None:
    screen = counting_all(till, qtbot)
    office_figures = ("20", "12", "10")
    shown = words_on(screen)
    assert not any(figure in shown.split() for figure in office_figures)
    till.scan(T1)
    assert not any(figure in words_on(screen).split() for figure in office_figures)


def test_a_cashier_counts_and_a_manager_approves_by_pin(till: Till, qtbot: QtBot) -> None:
    screen = counting_all(till, qtbot)
    for sku, pieces in (("T1", "19"), ("K1", "12"), ("B1", "10"), ("W1", "10")):
        type_count(till, sku, pieces)
    till.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    idle(till, qtbot)
    assert screen.page == "differences"
    assert [one.row.sku for one in screen.difference_page.model.rows] == ["T1"]
    till.press(Qt.Key.Key_F12)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: screen.page == "done")
    assert till.corner.state["stock"]["T1"] == "19"
    entry = queries.entry_by_number(till.corner.db, "SO-MTR001A-000001")
    assert entry is not None
    till.corner.verify()


def test_selling_in_between_changes_neither_the_difference_nor_the_sale(office: Till, qtbot: QtBot) -> None:
    screen = counting_all(office, qtbot)
    for sku, pieces in (("T1", "18"), ("K1", "12"), ("B1", "10"), ("W1", "10")):
        type_count(office, sku, pieces)
    office.corner.sell("T1", "3")
    office.press(Qt.Key.Key_F12)
    idle(office, qtbot)
    one = screen.difference_page.model.rows[0]
    assert (one.row.sku, one.difference, one.since) == ("T1", -2_000, -3_000)
    assert "sejak itu -3" in screen.difference_page.model.cells(one)[0].sub
    office.press(Qt.Key.Key_F12)
    assert screen.gate.asking
    office.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: screen.page == "done")
    assert office.corner.state["stock"]["T1"] == "15"
    assert "SO-MTR001A-000001" in office.said
    office.corner.verify()


def test_goods_nobody_counted_are_asked_about_and_never_taken_for_anything(office: Till, qtbot: QtBot) -> None:
    screen = counting_all(office, qtbot)
    type_count(office, "T1", "20")
    office.press(Qt.Key.Key_F12)
    assert screen.page == "count"
    assert "3 belum dihitung" in office.said
    assert {line.goods.sku for line in screen.count_page.model.rows} == {"K1", "B1", "W1"}
    screen.count_page.table.select_row(0)
    office.press(Qt.Key.Key_F7)
    office.press(Qt.Key.Key_F12)
    assert "2 belum dihitung" in office.said
    office.press(Qt.Key.Key_F5)
    idle(office, qtbot)
    assert screen.page == "differences"
    states = {sku: row.state for sku, row in kept.rows(office.corner.db).items()}
    assert sorted(states.values()) == ["counted", "counted", "left_out", "left_out"]


def test_the_count_is_there_again_after_a_kill(
    office: Till, make_till: Callable[[Corner], Till], manager: User, qtbot: QtBot
) -> None:
    counting_all(office, qtbot)
    office.scan(T1)
    office.scan(T1)
    second = make_till(office.corner)
    second.log_in(manager)
    screen = count_screen(second, qtbot)
    assert screen.page == "count"
    assert "masih berjalan" in second.said
    assert screen.presenter.line("T1") is not None
    assert found(second, "T1") == 2_000
    second.scan(T1)
    assert found(second, "T1") == 3_000


def test_a_recount_by_somebody_else_is_shown_beside_the_first(office: Till, cashier: User, qtbot: QtBot) -> None:
    office.log_in(cashier)
    screen = counting_all(office, qtbot)
    type_count(office, "T1", "18")
    manager = next(user for user in counting_people(office) if user.is_manager)
    office.log_in(manager)
    screen = count_screen(office, qtbot)
    type_count(office, "T1", "19")
    row = kept.row(office.corner.db, "T1")
    assert row is not None
    assert (row.counted, row.earlier, row.earlier_by, row.counted_by) == (19_000, 18_000, cashier.id, manager.id)
    counting.leave_out(office.corner.counter, ["K1", "B1", "W1"])
    screen.presenter.refresh_all()
    office.press(Qt.Key.Key_F12)
    idle(office, qtbot)
    assert ("Hitungan pertama", "18 · Sari") in [(row.label, row.amount) for row in screen.difference_page.facts.rows]


def counting_people(till: Till) -> list[User]:
    return people.users(till.corner.counter)


def test_goods_sold_between_two_scans_must_be_counted_again(office: Till, qtbot: QtBot) -> None:
    counting_all(office, qtbot)
    office.scan(T1)
    office.corner.sell("T1")
    office.scan(T1)
    assert "hitung ulang dari awal" in office.said
    office.press(Qt.Key.Key_F6)
    row = kept.row(office.corner.db, "T1")
    assert row is not None
    assert row.state == "again"


def test_goods_of_elsewhere_are_counted_only_when_somebody_says_so(office: Till, qtbot: QtBot) -> None:
    shelves.put(office.corner.db, "T1", "Rak 1")
    screen = count_screen(office, qtbot)
    office.scan(T1)
    assert screen.scope_page.current() is not None
    office.press(Qt.Key.Key_F12)
    idle(office, qtbot)
    assert [line.goods.sku for line in screen.presenter.lines] == ["T1"]
    office.scan(K1)
    assert found(office, "K1") is None
    assert "bukan bagian" in office.said
    office.press(Qt.Key.Key_Return, CONTROL)
    assert found(office, "K1") == 1_000


def test_the_bearer_is_named_on_a_line(office: Till, qtbot: QtBot) -> None:
    screen = counting_all(office, qtbot)
    for sku, pieces in (("T1", "19"), ("K1", "12"), ("B1", "10"), ("W1", "10")):
        type_count(office, sku, pieces)
    office.press(Qt.Key.Key_F12)
    idle(office, qtbot)
    screen.difference_page.bearer_chips.button("corner").click()
    office.press(Qt.Key.Key_F12)
    office.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: screen.page == "done")
    assert office.corner.payable("P1") == 14_400


def test_a_cancelled_count_leaves_everything_as_it_was(office: Till, qtbot: QtBot) -> None:
    screen = counting_all(office, qtbot)
    office.scan(T1)
    office.press(Qt.Key.Key_Delete, CONTROL)
    assert screen.gate.asking
    office.press(Qt.Key.Key_F12)
    assert counting.session(office.corner.db) is None
    assert office.corner.state["stock"]["T1"] == "20"
    assert "Tidak ada stok yang diubah" in office.said


def test_a_mistyped_count_is_found_again_printed_and_taken_back_by_keyboard(office: Till, qtbot: QtBot) -> None:
    corner = office.corner
    corner.do("count", lines=[{"sku": "T1", "counted": "10", "borne_by": "corner"}])
    screen = count_screen(office, qtbot)
    office.press(Qt.Key.Key_F4)
    assert screen.page == "history"
    assert screen.notes_page.number_text.text() == "SO-MTR001A-000001"
    assert "Keripik Pisang 200 g" in screen.notes_page.model.cell(0, 0).sub
    office.press(Qt.Key.Key_F12)
    assert [job.paper for job in print_queue.open_jobs(corner.db)][-1] == "stock_count"
    office.press(Qt.Key.Key_F6)
    assert screen.notes_page.gate.asking
    office.press(Qt.Key.Key_F12)
    assert "stok seperti tanpa opname itu" in office.said
    assert corner.state["stock"]["T1"] == "20"
    assert corner.payable("P1") == 0
    (undone,) = queries.recent(corner.db, "reversal")
    assert queries.entry_by_seq(corner.db, undone.seq).document.reason == "mistyped"  # type: ignore[union-attr]
    office.press(Qt.Key.Key_F6)
    assert office.said == "SO-MTR001A-000001 sudah dibatalkan."
    office.press(Qt.Key.Key_Escape)
    assert screen.page == "scope"
    corner.verify()


def test_a_count_whose_goods_were_counted_again_says_why_it_stands(office: Till, qtbot: QtBot) -> None:
    for pieces in ("10", "20"):
        office.corner.do("count", lines=[{"sku": "T1", "counted": pieces}])
    screen = count_screen(office, qtbot)
    office.press(Qt.Key.Key_F4)
    office.press(Qt.Key.Key_Down)
    assert screen.notes_page.number_text.text() == "SO-MTR001A-000001"
    office.press(Qt.Key.Key_F6)
    assert not screen.notes_page.gate.asking
    assert "SO-MTR001A-000001" in office.said
    assert queries.recent(office.corner.db, "reversal") == []


def test_what_was_asked_for_one_count_never_fills_another(office: Till, qtbot: QtBot) -> None:
    """The first one's list is still being read when it is cancelled and a shelf is counted."""
    shelves.put(office.corner.db, "K1", "Rak 1")
    screen = count_screen(office, qtbot)
    screen.presenter.begin(Scope())
    screen.open_page("count")
    counting.cancel(office.corner.counter, approved_by="M")
    screen.presenter.begin(Scope("shelf", "Rak 1"))
    screen.open_page("count")
    idle(office, qtbot)
    assert [line.goods.sku for line in screen.presenter.lines] == ["K1"]


def test_goods_are_put_on_a_shelf_by_scanning_them(office: Till, qtbot: QtBot) -> None:
    screen = count_screen(office, qtbot)
    office.press(Qt.Key.Key_F6)
    assert screen.page == "shelves"
    office.type("Rak 2")
    office.press(Qt.Key.Key_Return)
    office.scan(T1)
    office.scan(K1)
    assert shelves.shelves(office.corner.db) == [("Rak 2", 2)]
    office.press(Qt.Key.Key_F8)
    assert shelves.shelves(office.corner.db) == [("Rak 2", 1)]
    office.press(Qt.Key.Key_Escape)
    assert screen.page == "scope"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_lost_goods_are_told_by_producer_and_saved(office: Till, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    office.corner.do("write_off", lines=[{"sku": "T1", "quantity": "2", "reason": "damaged"}])
    office.corner.do(
        "count", lines=[{"sku": "K1", "counted": "11", "borne_by": "corner"}, {"sku": "B1", "counted": "12"}]
    )
    screen = count_screen(office, qtbot)
    office.press(Qt.Key.Key_F7)
    idle(office, qtbot)
    rows = {row.producer: row for row in screen.lost_page.model.rows}
    assert (rows["P1"].damaged, rows["P1"].by_producer) == (2_000, 32_000)
    assert (rows["P2"].lost, rows["P2"].by_corner, rows["P2"].owed, rows["P2"].found) == (1_000, 7_500, 6_562, 2_000)
    folder = tmp_path / "out"
    folder.mkdir()
    screen.lost_page.kind.choose(kind)
    screen.lost_page.box.folder.field.setText(str(folder))
    screen.lost_page.box.start()
    idle(office, qtbot)
    assert [path.suffix for path in folder.iterdir()] == [f".{kind}"]


def test_a_file_of_lost_goods_is_named_by_the_days_that_it_tells_of(office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    office.corner.do("write_off", lines=[{"sku": "T1", "quantity": "2", "reason": "damaged"}])
    screen = count_screen(office, qtbot)
    office.press(Qt.Key.Key_F7)
    idle(office, qtbot)
    page = screen.lost_page
    day = page.first_field.value()
    assert day is not None
    for field in (page.first_field, page.last_field):
        field.set_value(day - timedelta(days=30))
    folder = tmp_path / "out"
    folder.mkdir()
    page.kind.choose("csv")
    page.box.folder.field.setText(str(folder))
    page.load()
    page.box.start()
    idle(office, qtbot)
    page.box.start()
    idle(office, qtbot)
    told = {path.name: "Dapur Satu" in path.read_text("utf-8-sig") for path in folder.iterdir()}
    assert sorted(told.values()) == [False, True]
    assert told[f"susut-{day}-{day}.csv"]


def test_posting_can_be_stopped_and_leaves_nothing_half_done(office: Till, qtbot: QtBot) -> None:
    screen = counting_all(office, qtbot)
    counting.declare_zero(office.corner.counter, ["T1", "K1", "B1", "W1"])
    screen.presenter.refresh_all()
    office.press(Qt.Key.Key_F12)
    idle(office, qtbot)
    before = office.corner.ledger.head().seq
    office.press(Qt.Key.Key_F12)
    with closing(office.corner.ledger.another()) as other, other.write():  # the posting waits for its turn
        screen.gate.accept()
        assert screen.difference_page.stop_button.isVisible()
        office.press(Qt.Key.Key_Escape)
    idle(office, qtbot)
    assert office.corner.ledger.head().seq == before
    assert "Tidak ada yang dicatat" in office.said
    assert counting.session(office.corner.db) is not None


def test_a_sheet_to_count_on_is_saved_without_figures(office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    screen = count_screen(office, qtbot)
    screen.scope_page.save_box.folder.field.setText(str(tmp_path))
    screen.scope_page.save_box.start()
    idle(office, qtbot)
    assert [path.name for path in tmp_path.glob("*.pdf")] == ["lembar-hitung-2026-10-01.pdf"]
    paper = count_sheets.sheet_of(office.corner.ledger, Scope(), "Semua", office.corner.clock())
    text = "\n".join(preview(paper, 32))
    assert "Keripik Pisang 200 g   [       ]" in text
    assert "Telur Ayam (kg)" in text


@pytest.mark.parametrize("committed", [True, False])
def test_a_disk_that_hides_whether_it_was_posted_is_asked_again_and_it_is_posted_once(
    office: Till, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    screen = counting_all(office, qtbot)
    for sku, pieces in (("T1", "19"), ("K1", "12"), ("B1", "10"), ("W1", "10")):
        type_count(office, sku, pieces)
    office.press(Qt.Key.Key_F12)
    idle(office, qtbot)
    office.press(Qt.Key.Key_F12)
    disk = hide_on_a_worker(office, monkeypatch, committed=committed)
    screen.gate.accept()
    idle(office, qtbot)
    assert "SO-MTR001A-000001" in office.said
    assert screen.page == "differences"
    disk[0].back = True
    office.press(Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: screen.page == "done")
    assert len(queries.recent(office.corner.db, "stock_count")) == 1
    assert office.corner.state["stock"]["T1"] == "19"
    assert counting.session(office.corner.db) is None
    office.corner.verify()


def hide_on_a_worker(till: Till, monkeypatch: pytest.MonkeyPatch, *, committed: bool) -> list[Unreachable]:
    """The next commit of a worker fails, and the disk hides from then on whether it took place."""
    another = Ledger.another
    disk: list[Unreachable] = []

    def failing(ledger: Ledger) -> Ledger:
        own = another(ledger)
        if not disk:
            disk.append(hide_commit(own, monkeypatch, committed=committed))
        return own

    monkeypatch.setattr(Ledger, "another", failing)
    return disk
