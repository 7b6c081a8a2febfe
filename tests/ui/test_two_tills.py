"""What people see of the corner's other till: its goods, its receipts, its tabs, and what both did unknowingly."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from pos_app.domain.tendering import Offer
from pos_app.ledger import queries
from pos_app.services import checkout
from pos_app.services.checkout import Wanted
from pos_app.services.context import User
from pos_app.ui.notices import Notices
from pos_app.ui.screens.staff.screen import StaffScreen
from pos_app.ui.screens.stock.screen import StockScreen
from sync.documents.goods import StockCount
from sync.documents.refund import Refund
from sync.protocol.messages import OtherTill
from tests.corner import Corner
from tests.two_tills import ack, tell, till_of
from tests.two_tills import other as heard_as
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_notices import Backups, Printer
from tests.ui.test_paying_on_a_tab import choose_tab

T1 = "2000000000015"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Corner]:
    """Till B, with a shift open."""
    found = till_of(tmp_path, "B")
    yield found
    found.ledger.close()


@pytest.fixture
def office(make_till: Callable[[Corner], Till], open_corner: Corner, cashier: User, manager: User) -> Till:
    made = make_till(open_corner)
    made.log_in(manager)
    return made


def on_tab(till: Corner, quantity: int) -> None:
    offers = [Offer("tab", 16_000 * quantity, staff="S1")]
    checkout.sell(till.counter, [Wanted("T1", 1_000 * quantity)], offers, approved_by="boss")


def rows_of(till: Till, screen: StockScreen | StaffScreen) -> str:
    model = screen.model
    return " | ".join(
        f"{model.cell(row, column).text} {model.cell(row, column).sub}"
        for row in range(model.rowCount())
        for column in range(model.columnCount())
    )


# Stock ----------------------------------------------------------------------------------------------------------------


def test_stock_tells_own_goods_and_those_of_the_other_till_apart(office: Till, other: Corner) -> None:
    other.receive("T1", "2")
    tell(office.corner, other)
    office.window.go("stock")
    screen = office.window.current
    assert isinstance(screen, StockScreen)
    office.scan(T1)
    assert "20 di sini · 2 di Kasir B" in rows_of(office, screen)
    shown = [f"{row.label} {row.amount}" for row in screen.facts.rows]
    assert shown[:3] == [
        "Sisa 22",
        "20 di sini · 2 di Kasir B ",
        "Dengan Kasir B sampai 01/10/2026 08.00. ",
    ]


def test_stock_looks_as_before_where_there_is_no_other_till(office: Till) -> None:
    office.window.go("stock")
    screen = office.window.current
    assert isinstance(screen, StockScreen)
    office.scan(T1)
    assert "di sini" not in rows_of(office, screen)
    assert next(row.label for row in screen.facts.rows) == "Sisa"


def test_row_26_the_last_piece_sold_at_both_tills_is_minus_one_and_told_once(office: Till, other: Corner) -> None:
    office.corner.sell("T1", "20")
    other.sell("T1")
    notices = Notices(
        office.corner.counter,
        Printer(),
        Backups(),
        go=office.window.go,
        say=lambda _message: None,
        refresh=lambda: None,
    )
    assert all(notice.topic != "neighbours" for notice in pending(notices))
    tell(office.corner, other)
    told = [notice for notice in pending(notices) if notice.topic == "neighbours"]
    assert [notice.message().text for notice in told] == [
        "Keripik Pisang 200 g: pojok ini menjual 1 lebih banyak daripada yang masuk. Hitung raknya."
    ]
    assert all(notice.topic != "neighbours" for notice in pending(notices))
    office.window.go("stock")
    screen = office.window.current
    assert isinstance(screen, StockScreen)
    office.scan(T1)
    assert [f"{row.label} {row.amount}".strip() for row in screen.facts.rows][:2] == [
        "Sisa -1",
        "0 di sini · -1 di Kasir B",
    ]
    assert "di bawah nol: hitung" in rows_of(office, screen)


def test_row_26_both_tills_that_sold_the_last_piece_say_so_once_at_their_windows(
    make_till: Callable[[Corner], Till], office: Till, other: Corner
) -> None:
    office.corner.sell("T1", "19")
    tell(office.corner, other)
    tell(other, office.corner)
    office.corner.sell("T1")
    other.sell("T1")
    next_door = make_till(other)
    next_door.log_in(User("boss", "pengelola", "Rina"))
    for till in (office, next_door):
        watch(till)
        assert "lebih banyak" not in " ".join(said_beside_the_work(till)), "neither can know before an exchange"
    tell(office.corner, other)
    tell(other, office.corner)
    for till in (office, next_door):
        assert said_beside_the_work(till) == [
            "Keripik Pisang 200 g: pojok ini menjual 1 lebih banyak daripada yang masuk. Hitung raknya."
        ]
        assert said_beside_the_work(till) == []
        till.window.current.strip.run_action()
        assert isinstance(till.window.current, StockScreen)
        till.scan(T1)
        assert "di bawah nol: hitung" in rows_of(till, till.window.current)


def watch(till: Till) -> None:
    """From now on the window tells what it notices."""
    window = till.window
    window.notices = Notices(
        till.corner.counter, Printer(), Backups(), go=window.go, say=window.say, refresh=window.refresh_state
    )


def said_beside_the_work(till: Till) -> list[str]:
    """What the window says by itself until it has nothing left; each stands long enough to be read."""
    said = []
    while till.window.notices.due() is not None:
        till.window.hush()
        till.window.tell_notices()
        said.append(till.said)
    return said


def pending(notices: Notices) -> list[object]:
    """All that is to be told now, told."""
    found = []
    while (notice := notices.due()) is not None:
        found.append(notice)
        notices.told(notice)
    return found


def test_a_count_that_differs_asks_for_the_other_till_first_and_goes_on_knowingly(office: Till, other: Corner) -> None:
    tell(office.corner, other)
    office.window.go("stock")
    screen = office.window.current
    assert isinstance(screen, StockScreen)
    office.scan(T1)
    screen.count_field.setText("18")
    office.press(Qt.Key.Key_F12)
    assert office.said.startswith("Sinkronkan dulu kedua kasir: Kasir B, lalu kasir ini.")
    assert queries.entry_by_number(office.corner.db, "SO-MTR001A-000001") is None
    office.window.current.strip.run_action()
    assert "Kasir B" in screen.gate.confirm_panel._lines.text()
    office.press(Qt.Key.Key_F12)
    entry = queries.entry_by_number(office.corner.db, "SO-MTR001A-000001")
    assert entry is not None
    document = entry.document
    assert isinstance(document, StockCount)
    assert [(one.till, one.unheard) for one in document.others] == [("B", True)]


def test_the_other_till_that_was_taken_off_and_one_too_many_are_told(office: Till, other: Corner) -> None:
    other.receive("T1", "2")
    tell(office.corner, other)
    ack(office.corner, heard_as(other, "gone"), OtherTill("c" * 32, "L", state="left_out"))
    office.window.go("stock")
    screen = office.window.current
    assert isinstance(screen, StockScreen)
    office.scan(T1)
    told = " ".join(row.label for row in screen.facts.rows)
    assert "Kasir B sudah dicabut: angka terakhirnya tetap dihitung." in told
    assert "Kasir L tidak ikut dihitung: paling banyak sepuluh kasir lain." in told


# Sell -----------------------------------------------------------------------------------------------------------------


def test_selling_goods_of_the_other_till_warns_below_the_sum_and_says_whose_they_were(
    till: Till, other: Corner
) -> None:
    till.corner.sell("T1", "20")
    other.receive("T1", "1")
    tell(till.corner, other)
    till.scan(T1)
    assert "ditambahkan" in till.said
    assert "Stok" not in till.said
    till.scan(T1)
    assert till.said == (
        "Stok semua kasir habis (0 di sini · 1 di Kasir B); barang tetap ditambahkan. Hitung stok nanti."
    )


def test_a_receipt_of_the_other_till_opens_with_its_lines_and_is_given_back(till: Till, other: Corner) -> None:
    other.do(
        "sale",
        lines=[{"code": "T1", "quantity": "2"}, {"code": "K1", "quantity": "1"}],
        tenders=[{"kind": "cash", "amount": 50_000}],
    )
    tell(till.corner, other)
    till.scan("ST-MTR001B-000001")
    side = till.sell.side.panels.receipt
    assert till.sell.right_stack.currentWidget() is side, till.said
    panel = side.panel
    assert "Dicatat di Kasir B." in panel.facts.text()
    assert not panel.reverse_button.isEnabled()
    assert not panel.pay_anew_button.isEnabled()
    assert not panel.reprint_button.isEnabled()
    till.scan(T1)
    till.press(Qt.Key.Key_S)
    till.press(Qt.Key.Key_F12)
    till.type(MANAGER_PIN)
    till.press(Qt.Key.Key_Return)
    entry = queries.entry_by_number(till.corner.db, "PU-MTR001A-000001")
    assert entry is not None
    refund = entry.document
    assert isinstance(refund, Refund)
    assert (refund.sale_number, refund.elsewhere, refund.total) == ("ST-MTR001B-000001", True, 16_000)
    till.scan("ST-MTR001B-000001")
    assert [(row.quantity, row.total) for row in panel.table.model().rows] == [(1_000, 16_000), (1_000, 7_500)]
    till.corner.verify()


def test_a_receipt_of_the_other_till_is_found_by_its_typed_number(till: Till, other: Corner) -> None:
    other.sell("T1")
    tell(till.corner, other)
    till.press(Qt.Key.Key_F9)
    found = till.sell.side.receipts.receipts.by_number("MTR001B-1")
    assert [(one.number, one.till) for one in found] == [("ST-MTR001B-000001", "B")]


def test_a_receipt_given_back_at_both_tills_says_so(till: Till, other: Corner) -> None:
    number = other.sell("T1")["number"]
    tell(till.corner, other)
    till.corner.counter.user = None
    till.corner.do("refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash", approved_by="boss")
    other.do("refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    tell(till.corner, other)
    till.scan(number)
    text = till.sell.side.panels.receipt.panel.facts.text()
    assert "Dua kasir mengembalikan uang barang yang sama: kelebihan Rp 16.000." in text


# Staff ----------------------------------------------------------------------------------------------------------------


def test_staff_tells_at_which_till_a_tab_stands_and_what_the_limit_leaves(office: Till, other: Corner) -> None:
    on_tab(office.corner, 1)
    on_tab(other, 3)
    tell(office.corner, other)
    office.window.go("staff")
    screen = office.window.current
    assert isinstance(screen, StaffScreen)
    assert [(row.label, row.amount) for row in screen.facts.rows] == [
        ("Batas bon", "Rp 100.000"),
        ("Sudah terpakai", "Rp 64.000"),
        ("Rp 16.000 di sini · Rp 48.000 di Kasir B", ""),
        ("Sisa", "Rp 36.000"),
    ]
    assert [(row.label, row.amount) for row in screen.total.rows] == [
        ("Bon belum tertagih di kasir ini", "Rp 16.000"),
        ("Di kasir lain", "Rp 48.000"),
        ("Dengan Kasir B sampai 01/10/2026 08.00.", ""),
    ]


def test_more_than_the_own_tab_is_repaid_at_the_other_till(office: Till, other: Corner) -> None:
    on_tab(other, 3)
    tell(office.corner, other)
    office.window.go("staff")
    screen = office.window.current
    assert isinstance(screen, StaffScreen)
    assert "48.000" in rows_of(office, screen)
    message = screen.presenter.repay(48_000, "")
    assert message.text == "Bon di kasir ini hanya Rp 0. Isi sebanyak itu atau kurang; sisanya dilunasi di kasir lain."


def test_paying_on_a_tab_shows_and_counts_what_stands_at_the_other_till(till: Till, other: Corner) -> None:
    on_tab(other, 6)
    tell(till.corner, other)
    choose_tab(till)
    page = till.sell.side.panels.pay.tab
    assert page._figures["used"].text() == "Rp 96.000"
    problem = page.problem()
    assert problem is not None
    assert problem.number == 13
