"""A disk that hid whether something was recorded: what the person entered once is recorded once, and told."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from pos_app.domain.errors import PosError, Unsettled
from pos_app.ledger import drafts, queries, registry
from pos_app.services import people, shifts
from pos_app.services.context import User
from pos_app.ui.messages import Message
from pos_app.ui.screens.close_shift.cash_presenter import CashPresenter
from pos_app.ui.screens.close_shift.presenter import CloseShiftPresenter
from pos_app.ui.screens.goods_in.presenter import GoodsInPresenter
from pos_app.ui.screens.producers.presenter import ProducersPresenter
from pos_app.ui.screens.sell.held import CURRENT
from pos_app.ui.screens.sell.receipts import BackWanted, Receipts
from pos_app.ui.screens.shift_open.presenter import ShiftOpenPresenter
from pos_app.ui.screens.staff.presenter import StaffPresenter
from pos_app.ui.screens.stock.presenter import StockPresenter
from tests.corner import Corner, dump
from tests.failing import Unreachable, hide_commit
from tests.ui.conftest import CASHIER_PIN, Till
from tests.ui.test_selling import K1, T1

FIRST = "ST-MTR001A-000001"
LATE = f"{FIRST} ternyata sudah tercatat, satu kali. Jangan dimasukkan lagi."


def sales(corner: Corner) -> int:
    return len(queries.recent(corner.db, "sale", 9))


@pytest.fixture
def hide(open_corner: Corner, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Unreachable]:
    """The next commit fails, and the disk hides whether it took place."""

    def begin(*, committed: bool = True) -> Unreachable:
        return hide_commit(open_corner.ledger, monkeypatch, committed=committed)

    return begin


def pay_on_a_failing_disk(till: Till, hide: Callable[..., Unreachable], *, committed: bool = True) -> Unreachable:
    """A cart of one is paid, and nobody can tell whether the sale is there."""
    till.scan(T1)
    till.press(Qt.Key.Key_F12)
    disk = hide(committed=committed)
    till.press(Qt.Key.Key_Return)
    assert FIRST in till.said
    assert "belum bisa dibaca" in till.said
    assert not till.sell.side.is_paid
    return disk


def press_again(till: Till) -> None:
    """The button that the strip offers."""
    message = till.sell.strip.message
    assert message is not None
    assert message.action == "Coba lagi"
    assert message.run is not None
    message.run()


@pytest.mark.parametrize("committed", [True, False])
def test_trying_again_sells_the_cart_once_and_shows_it_as_paid(
    till: Till, hide: Callable[..., Unreachable], committed: bool
) -> None:
    disk = pay_on_a_failing_disk(till, hide, committed=committed)
    press_again(till)
    assert "belum bisa dibaca" in till.said
    disk.back = True
    press_again(till)
    assert till.sell.side.is_paid
    assert till.said == (LATE if committed else f"Nota {FIRST} selesai. Pindai barang untuk pembeli berikutnya.")
    assert sales(till.corner) == 1
    till.scan(K1)
    assert [line.product.sku for line in till.sell.presenter.cart.lines] == ["K1"]
    till.press(Qt.Key.Key_F12)
    till.press(Qt.Key.Key_Return)
    assert sales(till.corner) == 2


def test_the_next_scan_looks_first_and_is_not_added_to_a_cart_that_is_sold(
    till: Till, hide: Callable[..., Unreachable]
) -> None:
    disk = pay_on_a_failing_disk(till, hide)
    till.scan(K1)
    assert "belum bisa dibaca" in till.said
    disk.back = True
    till.scan(K1)
    assert till.sell.side.is_paid
    assert till.said == LATE
    till.scan(K1)
    assert [line.product.sku for line in till.sell.presenter.cart.lines] == ["K1"]
    assert sales(till.corner) == 1


@pytest.mark.parametrize("committed", [True, False])
def test_the_cart_cannot_be_left_before_it_is_known(
    till: Till, hide: Callable[..., Unreachable], committed: bool
) -> None:
    disk = pay_on_a_failing_disk(till, hide, committed=committed)
    till.press(Qt.Key.Key_Escape)
    assert not till.sell.selling
    disk.back = True
    till.press(Qt.Key.Key_Escape)
    assert till.sell.side.is_paid is committed
    assert till.sell.selling is not committed
    assert till.said == (LATE if committed else "")


def test_a_setting_and_a_log_in_in_between_take_nothing_from_the_cart(
    till: Till, hide: Callable[..., Unreachable], cashier: User
) -> None:
    disk = pay_on_a_failing_disk(till, hide)
    disk.back = True
    with till.corner.ledger.write() as tx:
        registry.set_setting(tx.db, "anything", "1")
    till.window.lock()
    people.log_in(till.corner.counter, cashier.id, CASHIER_PIN)
    till.log_in(cashier)
    assert till.sell.side.is_paid
    assert till.said == LATE
    assert sales(till.corner) == 1


@pytest.mark.parametrize("committed", [True, False])
def test_after_a_restart_the_cart_is_back_exactly_when_the_sale_is_not_there(
    till: Till, hide: Callable[..., Unreachable], cashier: User, make_till: Callable[[Corner], Till], committed: bool
) -> None:
    disk = pay_on_a_failing_disk(till, hide, committed=committed)
    disk.back = True
    till.sell.keeper.save()  # the timer, and leaving the screen
    till.sell.deactivated()
    corner = till.corner
    assert sales(corner) == committed
    assert (drafts.load(corner.db, CURRENT) is None) is committed
    corner.counter.left_open = ""  # the program ended and knows nothing of it
    again = make_till(corner)
    again.log_in(cashier)
    assert len(again.sell.presenter.cart.lines) == (0 if committed else 1)


def test_another_cart_is_never_taken_for_the_one_that_was_recorded(
    till: Till, hide: Callable[..., Unreachable]
) -> None:
    disk = pay_on_a_failing_disk(till, hide)
    disk.back = True
    till.sell.presenter.scan(K1)  # whatever way it got there
    press_again(till)
    assert till.said.startswith(f"{FIRST} ternyata sudah tercatat. Jangan dimasukkan lagi; cocokkan dulu")
    assert not till.sell.side.is_paid
    assert len(till.sell.presenter.cart.lines) == 2
    assert sales(till.corner) == 1


def test_a_refund_is_given_once(open_corner: Corner, hide: Callable[..., Unreachable]) -> None:
    number = open_corner.sell("T1", "2")["number"]
    receipts = Receipts(open_corner.counter)

    def give() -> str:
        return receipts.refund(number, BackWanted({0: 1000}, "cash", "damaged"), "U1").number

    disk = hide()
    with pytest.raises(Unsettled):
        give()
    disk.back = True
    assert give() == "PU-MTR001A-000001"
    assert open_corner.state["refunds"] == 1


def opens(corner: Corner) -> Callable[[], Message]:
    shifts.close_shift(corner.counter, 200_000)
    presenter = ShiftOpenPresenter(corner.counter)
    return lambda: presenter.open(150_000)


def moves_cash(corner: Corner) -> Callable[[], Message]:
    presenter = CashPresenter(corner.counter)
    return lambda: presenter.record("out", "other", 5_000, "es batu", "U1")


def closes(corner: Corner) -> Callable[[], Message]:
    presenter = CloseShiftPresenter(corner.counter)
    presenter.begin()
    presenter.set_pieces(100_000, 2, coin=False)
    return lambda: presenter.close("", 0, "U1")


def settles(corner: Corner) -> Callable[[], Message]:
    corner.sell("T1", "2")
    presenter = ProducersPresenter(corner.counter)
    presenter.refresh()
    presenter.producer = "P1"
    return lambda: presenter.pay(28_800, "U1")


def repays(corner: Corner) -> Callable[[], Message]:
    goods = [{"code": "T1", "quantity": "1"}]
    corner.do("sale", lines=goods, tenders=[{"kind": "tab", "staff": "S1", "amount": 16_000}])
    presenter = StaffPresenter(corner.counter)
    presenter.refresh()
    presenter.code = "S1"
    return lambda: presenter.repay(16_000, "")


def counts(corner: Corner) -> Callable[[], Message]:
    presenter = StockPresenter(corner.counter)
    presenter.sku = "T1"
    return lambda: presenter.count("3", "U1")


def prices(corner: Corner) -> Callable[[], Message]:
    presenter = StockPresenter(corner.counter)
    presenter.sku = "T1"
    return lambda: presenter.set_price(17_000, 15_000, "U1")


def receives(corner: Corner) -> Callable[[], Message]:
    presenter = GoodsInPresenter(corner.counter)
    presenter.take_code(T1)
    return lambda: presenter.record("U1")


def returns(corner: Corner) -> Callable[[], Message]:
    presenter = GoodsInPresenter(corner.counter)
    presenter.set_mode("return")
    presenter.take_code(T1)
    return lambda: presenter.record("U1")


@pytest.mark.parametrize("prepare", [opens, moves_cash, closes, settles, repays, counts, prices, receives, returns])
def test_every_form_becomes_one_document(
    open_corner: Corner, hide: Callable[..., Unreachable], prepare: Callable[[Corner], Callable[[], Message]]
) -> None:
    press = prepare(open_corner)
    before = open_corner.ledger.head().seq
    disk = hide()
    message = press()
    assert message.kind == "E"
    assert "belum bisa dibaca" in message.text
    disk.back = True
    message = press()
    assert message.kind == "S"
    assert "ternyata sudah tercatat, satu kali" in message.text
    assert open_corner.ledger.head().seq == before + 1


def test_a_delivery_that_was_recorded_after_all_leaves_no_draft(
    open_corner: Corner, hide: Callable[..., Unreachable]
) -> None:
    presenter = GoodsInPresenter(open_corner.counter)
    presenter.take_code(T1)
    disk = hide()
    presenter.record("U1")
    disk.back = True
    presenter.set_reference("17")  # kept nowhere while nobody knows
    assert GoodsInPresenter(open_corner.counter).body.lines == []
    presenter.set_reference("")
    presenter.record("U1")
    assert presenter.body.lines == []


def test_another_form_is_told_of_it_and_records_nothing_for_it(
    open_corner: Corner, hide: Callable[..., Unreachable]
) -> None:
    """Whoever records next hears it once, so that nobody who left the form is left in doubt."""
    press, count = moves_cash(open_corner), counts(open_corner)
    disk = hide()
    press()
    with pytest.raises(Unsettled):
        count()
    disk.back = True
    before = dump(open_corner.db)
    assert count().text.startswith("KK-MTR001A-000001 ternyata sudah tercatat. Jangan dimasukkan lagi; cocokkan dulu")
    assert dump(open_corner.db) == before
    assert count().kind == "S"
    assert "satu kali" in press().text


def test_a_read_says_what_is_left_open(open_corner: Corner, hide: Callable[..., Unreachable]) -> None:
    press = moves_cash(open_corner)
    hide()
    press()
    with pytest.raises(PosError) as told:
        open_corner.ledger.head()
    assert isinstance(told.value, Unsettled)
