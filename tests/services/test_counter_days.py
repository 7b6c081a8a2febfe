"""What the counter does on real days, headless."""

import hashlib
from datetime import timedelta

import pytest

from pos_app.domain.errors import (
    AmbiguousCode,
    DifferenceNeedsNote,
    ExpiredGoods,
    InvalidPin,
    ManagerNeeded,
    NoOpenShift,
    PriceChanged,
    StaleShift,
    TabLimitExceeded,
    WrongCheckDigit,
    WrongPin,
)
from pos_app.domain.tendering import Offer
from pos_app.ledger import queries
from pos_app.ledger.vault import about
from pos_app.services import checkout, losses, people, receiving, refunding, settling, shifts, tabs
from pos_app.services.checkout import Wanted
from pos_app.services.context import User
from pos_app.services.goods import find_product
from sync.documents.money import Settlement
from sync.documents.sale import Buyer, Sale
from sync.documents.shift import ShiftClosed
from tests.corner import MORNING, Corner, dump

CASH = [Offer("cash", 10**6)]
CASHIER = User("cashier-1", "kasir")


def document(corner: Corner, number: str) -> object:
    entry = queries.entry_by_number(corner.db, number)
    assert entry is not None
    return entry.document


def test_a_truncated_scan_is_told_from_an_unknown_code(open_corner: Corner) -> None:
    with pytest.raises(WrongCheckDigit):
        find_product(open_corner.db, "2000000000016")


def test_a_barcode_of_two_producers_asks_which_goods_are_meant(open_corner: Corner) -> None:
    open_corner.db.execute("INSERT INTO barcodes VALUES ('2000000000015', 'K1')")
    with pytest.raises(AmbiguousCode) as error:
        find_product(open_corner.db, "2000000000015")
    assert error.value.skus == ("K1", "T1")
    sold = checkout.sell(open_corner.counter, [Wanted("K1", 1000)], CASH).document
    assert isinstance(sold, Sale)
    assert sold.lines[0].producer == "P2"
    delivery = {"producer": "P1", "lines": [{"sku": "2000000000015", "quantity": "1"}]}
    assert open_corner.do("receive", **delivery)["ok"]


def test_split_tenders_sum_exactly_and_change_is_from_cash(open_corner: Corner) -> None:
    tenders = [
        {"kind": "qris", "amount": 5_123, "reference": "R1"},
        {"kind": "tab", "amount": 4_000, "staff": "S1"},
        {"kind": "cash", "amount": 10_000},
    ]
    answer = open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders)
    assert (answer["total"], answer["rounding"], answer["change"]) == (16_000, 23, 3_100)
    assert open_corner.state["tenders"] == {"cash": 6_900, "qris": 5_123, "tab": 4_000}


def test_the_rounding_line_is_the_same_in_drawer_and_z(open_corner: Corner) -> None:
    open_corner.sell("W1", "0.411", cash=12_300)
    drawer = open_corner.state["drawer"]
    z = document(open_corner, open_corner.do("close_shift", counted=drawer)["number"])
    assert isinstance(z, ShiftClosed)
    assert (z.figures["gross"], z.figures["rounding"], z.figures["tender_cash"]) == (12_330, -30, 12_300)
    assert z.expected == drawer == 212_300


def test_a_tab_over_its_limit_is_refused_even_when_part_is_paid_another_way(open_corner: Corner) -> None:
    offers = [Offer("tab", 101_000, "S1"), Offer("cash", 100_000)]
    with pytest.raises(TabLimitExceeded) as error:
        checkout.sell(open_corner.counter, [Wanted("T1", 8_000)], offers)
    assert error.value.excess == 1_000


def test_a_manager_may_allow_a_tab_over_its_limit(open_corner: Corner, manager: User) -> None:
    approved = people.approve(open_corner.counter, "123456", "tab_limit", "S1")
    sold = checkout.sell(
        open_corner.counter, [Wanted("T1", 8_000)], [Offer("tab", 128_000, "S1")], approved_by=approved
    )
    assert sold.document.approved_by == manager.id
    log = [tuple(row) for row in open_corner.db.execute("SELECT user, action, detail FROM activity")]
    assert log == [(manager.id, "approved:tab_limit", "S1")]


def test_refunding_a_tab_sale_never_meets_the_limit(open_corner: Corner) -> None:
    tenders = [{"kind": "tab", "amount": 96_000, "staff": "S1"}]
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "6"}], tenders=tenders)
    open_corner.do("tab_payment", staff="S1", amount=96_000, tender="cash")
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "6"}], tender="tab")
    assert open_corner.state["tabs"]["S1"] == -96_000
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "6"}], tenders=tenders)
    assert open_corner.state["tabs"]["S1"] == 0


def test_a_tab_paid_too_much_is_a_credit_that_the_next_purchase_uses(open_corner: Corner) -> None:
    open_corner.do("tab_payment", staff="S2", amount=20_000, tender="cash")
    assert open_corner.state["tabs"] == {"S2": -20_000}
    tenders = [{"kind": "tab", "amount": 16_000, "staff": "S2"}]
    open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders)
    assert open_corner.state["tabs"] == {"S2": -4_000}


def test_voiding_a_paid_sale_is_a_document_of_its_own_with_a_reason(open_corner: Corner) -> None:
    before = open_corner.state
    number = open_corner.sell("T1", "2")["number"]
    sold = document(open_corner, number)
    answer = open_corner.do("reverse", of=number, reason="salah tender")
    assert answer["number"].startswith("BT-MTR001A-")
    after = open_corner.state
    assert document(open_corner, number) == sold
    for book in ("drawer", "payable", "stock", "sales", "gross", "commission", "tenders"):
        assert after[book] == (before[book] if book != "payable" else {"P1": 0, "P2": 20_000})
    open_corner.verify()


def test_a_sale_on_the_tab_is_undone_on_the_tab(open_corner: Corner) -> None:
    tenders = [{"kind": "tab", "amount": 16_000, "staff": "S1"}]
    number = open_corner.do("sale", lines=[{"code": "T1", "quantity": "1"}], tenders=tenders)["number"]
    open_corner.do("reverse", of=number)
    assert open_corner.state["tabs"] == {"S1": 0}


def test_what_only_a_manager_may_do_asks_a_cashier_for_the_pin(open_corner: Corner) -> None:
    number = open_corner.sell("T1")["number"]
    counter = open_corner.counter
    counter.user = CASHIER
    acts = {
        "refund": lambda: refunding.refund(counter, number, [refunding.Back(0, 1000)], "cash"),
        "reverse": lambda: refunding.reverse(counter, number),
        "discount": lambda: checkout.sell(counter, [Wanted("T1", 1000, 500)], CASH),
        "receive": lambda: receiving.receive(counter, "P1", [receiving.Delivered("T1", 1000)]),
        "settle": lambda: settling.settle(counter, "P1", "cash"),
        "cash_move": lambda: shifts.move_cash(counter, "out", 1_000),
        "write_off": lambda: losses.write_off(counter, [losses.Lost("T1", 1000)]),
        "large_difference": lambda: shifts.close_shift(counter, 0, note="hilang"),
        "opening": lambda: tabs.take_over(counter, {"P1": 1}, {}),
    }
    before = dump(open_corner.db)
    for action, act in acts.items():
        with pytest.raises(ManagerNeeded) as error:
            act()
        assert error.value.action == action
    assert dump(open_corner.db) == before
    assert checkout.sell(counter, [Wanted("T1", 1000)], CASH).number == "ST-MTR001A-000002"


def test_a_refund_days_later_leaves_the_drawer_of_today(open_corner: Corner) -> None:
    number = open_corner.sell("T1", "2", cash=32_000)["number"]
    open_corner.do("close_shift", counted=232_000)
    open_corner.clock.pass_by(days=4)
    with pytest.raises(NoOpenShift):
        refunding.refund(open_corner.counter, number, [refunding.Back(0, 1000)], "cash")
    open_corner.do("open_shift", float=100_000)
    open_corner.do("refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    state = open_corner.state
    assert state["drawer"] == 84_000
    assert state["shifts"][0]["expected"] == 232_000
    remaining = refunding.refundable(open_corner.db, number)[0]
    assert (remaining.quantity, remaining.total) == (1_000, 16_000)


def test_a_refund_after_payout_makes_the_payable_negative_and_is_netted(open_corner: Corner) -> None:
    open_corner.sell("T1", "2")
    assert open_corner.do("settle", producer="P1", tender="cash")["paid"] == 28_800
    open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    assert open_corner.payable("P1") == -14_400
    assert open_corner.refused("settle", producer="P1", tender="transfer") == "nothing_payable"
    open_corner.sell("T1", "3")
    slip = document(open_corner, open_corner.do("settle", producer="P1", tender="cash")["number"])
    assert isinstance(slip, Settlement)
    assert (slip.amount, slip.earned, slip.carried_over) == (28_800, 28_800, 0)
    assert (slip.goods[0].sold, slip.goods[0].start, slip.goods[0].left) == (2_000, 18_000, 16_000)


def test_goods_taken_back_are_never_more_than_on_hand(open_corner: Corner) -> None:
    open_corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "20", "reason": "expired"}])
    lines = [{"sku": "T1", "quantity": "1"}]
    assert open_corner.refused("return_goods", producer="P1", lines=lines) == "exceeds_stock"
    assert open_corner.payable("P1") == 0


class TestSettlement:
    def test_a_cut_off_pays_what_was_sold_until_then(self, open_corner: Corner) -> None:
        self.two_days(open_corner)
        answer = open_corner.do("settle", producer="P1", tender="cash", through="2026-10-01")
        assert (answer["paid"], answer["remaining"]) == (28_800, 0)
        slip = document(open_corner, answer["number"])
        assert isinstance(slip, Settlement)
        assert (slip.goods[0].sold, slip.goods[0].received, slip.goods[0].left) == (2_000, 20_000, 18_000)
        assert open_corner.payable("P1") == 14_400

    def test_a_second_settlement_of_the_same_cut_off_pays_nothing(self, open_corner: Corner) -> None:
        self.two_days(open_corner)
        open_corner.do("settle", producer="P1", tender="cash", through="2026-10-01")
        again = {"producer": "P1", "tender": "cash", "through": "2026-10-01"}
        assert open_corner.refused("settle", **again) == "nothing_payable"
        slip = document(open_corner, open_corner.do("settle", producer="P1", tender="cash")["number"])
        assert isinstance(slip, Settlement)
        assert (slip.amount, slip.earned, slip.carried_over) == (14_400, 14_400, 0)

    def test_a_refund_after_the_cut_off_is_never_paid(self, open_corner: Corner) -> None:
        open_corner.sell("T1", "2")
        self.next_day(open_corner)
        number = "ST-MTR001A-000001"
        open_corner.do("refund", of=number, lines=[{"line": 0, "quantity": "1"}], tender="cash")
        answer = open_corner.do("settle", producer="P1", tender="transfer", through="2026-10-01")
        assert (answer["paid"], answer["remaining"]) == (14_400, 14_400)
        assert open_corner.payable("P1") == 0
        assert open_corner.refused("settle", producer="P1", tender="transfer") == "nothing_payable"

    def test_a_settlement_that_was_undone_is_listed_anew(self, open_corner: Corner) -> None:
        open_corner.sell("T1", "2")
        first = open_corner.do("settle", producer="P1", tender="cash")
        drawer = open_corner.state["drawer"]
        open_corner.do("reverse", of=first["number"], reason="salah orang")
        assert (open_corner.payable("P1"), open_corner.state["drawer"]) == (28_800, drawer + 28_800)
        slip = document(open_corner, open_corner.do("settle", producer="P1", tender="cash")["number"])
        assert isinstance(slip, Settlement)
        assert (slip.amount, slip.earned, slip.carried_over, slip.other) == (28_800, 28_800, 0, 0)
        assert slip.goods[0].sold == 2_000
        open_corner.verify()

    def test_what_a_wrong_clock_dated_in_the_future_is_paid_all_the_same(self, open_corner: Corner) -> None:
        open_corner.clock.pass_by(days=40)
        open_corner.do("close_shift", counted=200_000)
        open_corner.do("open_shift", float=100_000)
        open_corner.sell("T1")
        open_corner.clock.now = MORNING
        assert open_corner.do("settle", producer="P1", tender="cash")["paid"] == 14_400

    def test_losses_opening_and_bought_goods_stand_apart_from_what_was_earned(self, corner: Corner) -> None:
        corner.do("opening", payable={"P2": 1_000})
        corner.do("open_shift", float=200_000)
        corner.receive("B1", "10")
        corner.receive("K1", "5")
        corner.sell("K1", "2")
        corner.do("write_off", lines=[{"sku": "K1", "quantity": "1", "borne_by": "corner"}])
        slip = document(corner, corner.do("settle", producer="P2", tender="transfer")["number"])
        assert isinstance(slip, Settlement)
        assert (slip.gross, slip.commission, slip.earned) == (15_000, 1_875, 13_125)
        assert slip.other == 1_000 + 20_000 + 6_562
        assert [line.sku for line in slip.goods] == ["K1"]

    def next_day(self, corner: Corner) -> None:
        corner.do("close_shift", counted=corner.state["drawer"])
        corner.clock.pass_by(days=1)
        corner.do("open_shift", float=200_000)

    def two_days(self, corner: Corner) -> None:
        corner.sell("T1", "2")
        self.next_day(corner)
        corner.sell("T1", "1")


def test_a_price_changed_today_touches_no_earlier_sale(open_corner: Corner) -> None:
    open_corner.sell("T1")
    open_corner.do("set_price", sku="T1", sell_price=20_000, consign_price=18_000)
    assert open_corner.payable("P1") == 14_400
    refund = open_corner.do("refund", of=0, lines=[{"line": 0, "quantity": "1"}], tender="cash")
    assert refund["total"] == 16_000
    assert open_corner.payable("P1") == 0
    assert open_corner.sell("T1")["total"] == 20_000


def test_a_cart_with_an_old_price_is_not_charged_differently(open_corner: Corner) -> None:
    open_corner.do("set_price", sku="T1", sell_price=20_000)
    with pytest.raises(PriceChanged) as error:
        checkout.sell(open_corner.counter, [Wanted("T1", 1000)], CASH, expected_total=16_000)
    assert error.value.total == 20_000


class TestExpiry:
    def only_expired(self, corner: Corner) -> None:
        corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "20"}])
        corner.receive("T1", "2", "2026-09-30")

    def test_expired_goods_are_blocked(self, open_corner: Corner) -> None:
        self.only_expired(open_corner)
        with pytest.raises(ExpiredGoods):
            checkout.sell(open_corner.counter, [Wanted("T1", 1000)], CASH)

    def test_the_last_day_of_sale_is_a_day_of_sale(self, open_corner: Corner) -> None:
        open_corner.do("return_goods", producer="P1", lines=[{"sku": "T1", "quantity": "20"}])
        open_corner.receive("T1", "1", "2026-10-01")
        assert open_corner.sell("T1")["ok"]

    def test_a_managers_exception_stands_in_the_document(self, open_corner: Corner) -> None:
        self.only_expired(open_corner)
        sold = checkout.sell(open_corner.counter, [Wanted("T1", 1000)], CASH, approved_by="manager-1")
        assert sold.document.approved_by == "manager-1"

    def test_while_the_clock_is_implausible_expiry_only_warns(self, open_corner: Corner) -> None:
        self.only_expired(open_corner)
        open_corner.clock.now = MORNING + timedelta(days=1000)
        answer = open_corner.sell("T1")
        assert {"clock_implausible", "stale_shift"} <= set(answer["warnings"])


def test_a_sale_below_zero_warns_and_the_next_delivery_covers_it(open_corner: Corner) -> None:
    answer = open_corner.sell("T1", "23")
    assert answer["warnings"] == ["below_stock"]
    assert open_corner.state["stock"]["T1"] == "-3"
    open_corner.receive("T1", "10")
    assert open_corner.state["stock"]["T1"] == "7"
    assert sum(lot.quantity for lot in queries.lots(open_corner.db, "T1")) == 7_000
    assert all(lot.quantity > 0 for lot in queries.lots(open_corner.db, "T1"))


def test_a_delivery_that_only_covers_can_be_undone(open_corner: Corner) -> None:
    open_corner.sell("T1", "23")
    number = open_corner.receive("T1", "2")["number"]
    assert open_corner.state["stock"]["T1"] == "-1"
    open_corner.do("reverse", of=number)
    assert open_corner.state["stock"]["T1"] == "-3"
    open_corner.verify()


def test_a_mistyped_delivery_is_undone_by_a_document_of_its_own(open_corner: Corner) -> None:
    number = open_corner.receive("B1", "100")["number"]
    assert open_corner.payable("P2") == 220_000
    open_corner.do("reverse", of=number, reason="salah ketik")
    assert (open_corner.payable("P2"), open_corner.state["stock"]["B1"]) == (20_000, "10")


def test_two_lines_of_one_document_share_the_pieces_of_a_batch(open_corner: Corner) -> None:
    lines = [{"code": "T1", "quantity": "15"}, {"code": "2000000000015", "quantity": "15"}]
    answer = open_corner.do("sale", lines=lines, tenders=[{"kind": "cash", "amount": 10**6}])
    assert answer["warnings"] == ["below_stock"]
    assert open_corner.state["stock"]["T1"] == "-10"
    open_corner.do("refund", of=0, lines=[{"line": 1, "quantity": "15"}, {"line": 0, "quantity": "1"}], tender="cash")
    assert open_corner.state["stock"]["T1"] == "6"
    open_corner.verify()


class TestClosing:
    def test_a_difference_needs_a_note_and_stays_a_difference(self, open_corner: Corner) -> None:
        counter = open_corner.counter
        with pytest.raises(DifferenceNeedsNote) as error:
            shifts.close_shift(counter, 198_000)
        assert error.value.difference == -2_000
        closed = shifts.close_shift(counter, 198_000, note="kembalian kurang").document
        assert isinstance(closed, ShiftClosed)
        assert closed.difference == -2_000
        assert queries.balance(open_corner.db, "over_short") == 2_000

    def test_the_note_itself_stays_beside_the_journal(self, open_corner: Corner) -> None:
        done = shifts.close_shift(open_corner.counter, 198_000, note="Bu Sari lupa")
        row = open_corner.db.execute("SELECT salt, sealed FROM notes WHERE document_id = ?", (done.id,)).fetchone()
        assert open_corner.counter.vault.unseal(row["sealed"], about("note", done.id)) == b"Bu Sari lupa"
        assert done.document.note == hashlib.sha256(row["salt"] + b"Bu Sari lupa").hexdigest()
        body = open_corner.db.execute("SELECT body FROM journal WHERE seq = ?", (done.seq,)).fetchone()[0]
        assert b"Sari" not in body

    def test_the_z_counts_notes_and_coins(self, open_corner: Corner) -> None:
        closed = shifts.close_shift(open_corner.counter, 200_000, pieces={100_000: 1, 50_000: 2, 500: 0}).document
        assert isinstance(closed, ShiftClosed)
        assert closed.pieces == {"100000": 1, "50000": 2}

    def test_the_z_is_signed_by_the_till(self, open_corner: Corner) -> None:
        done = shifts.close_shift(open_corner.counter, 200_000)
        row = open_corner.db.execute("SELECT * FROM signed_heads WHERE seq = ?", (done.seq,)).fetchone()
        key = open_corner.counter.vault.signing_key().public_key()
        key.verify(row["signature"], done.hash)
        assert row["public_key"] == key.public_bytes_raw()

    def test_cash_to_the_bank_and_the_rest_to_the_safe(self, open_corner: Corner) -> None:
        shifts.close_shift(open_corner.counter, 200_000, deposit=150_000)
        balances = queries.balances(open_corner.db)
        assert (balances["cash"], balances["bank"], balances["safe"]) == (0, 150_000, -150_000)


def test_yesterdays_shift_is_closed_before_anything_is_sold(open_corner: Corner) -> None:
    open_corner.clock.pass_by(hours=20)
    with pytest.raises(StaleShift):
        checkout.sell(open_corner.counter, [Wanted("T1", 1000)], CASH)
    open_corner.do("close_shift", counted=200_000)
    open_corner.do("open_shift", float=0)
    assert open_corner.sell("T1")["ok"]


def test_five_days_are_five_zs_in_order(corner: Corner) -> None:
    corner.receive("T1", "20")
    for day in range(5):
        corner.do("open_shift", float=100_000)
        corner.sell("T1", str(day + 1))
        corner.do("close_shift", counted=100_000 + 16_000 * (day + 1))
        corner.clock.pass_by(days=1)
    shifts_told = corner.state["shifts"]
    assert [shift["counted"] for shift in shifts_told] == [116_000, 132_000, 148_000, 164_000, 180_000]
    assert [shift["opened_at"][:10] for shift in shifts_told] == [f"2026-10-0{day}" for day in range(1, 6)]


def test_a_clock_set_back_three_days_warns_and_the_sequence_goes_on(open_corner: Corner) -> None:
    open_corner.clock.pass_by(days=-3)
    answer = open_corner.sell("T1")
    assert "clock_implausible" in answer["warnings"]
    assert answer["seq"] == 6
    assert open_corner.verify() == 6


def test_a_purchase_for_the_office_names_its_unit(open_corner: Corner) -> None:
    sold = checkout.sell(open_corner.counter, [Wanted("T1", 1000)], CASH, buyer=Buyer(kind="office", unit="Umum"))
    assert isinstance(sold.document, Sale)
    assert sold.document.buyer == Buyer(kind="office", unit="Umum")


def test_names_never_reach_the_journal(open_corner: Corner, manager: User) -> None:
    open_corner.player.__post_init__()
    open_corner.do("cash_move", direction="in", amount=5_000, reason="titipan Bu Rina", approved_by="Bu Rina")
    bodies = b"".join(row[0] for row in open_corner.db.execute("SELECT body FROM journal"))
    assert b"Rina" not in bodies
    assert manager.id.encode() in bodies


def test_only_a_managers_pin_approves(open_corner: Corner) -> None:
    counter = open_corner.counter
    add = {"now": MORNING, "role": "kasir"}
    with pytest.raises(InvalidPin):
        people.add_user(open_corner.ledger, counter.vault, name="Budi", pin="12345", **add)
    people.add_user(open_corner.ledger, counter.vault, name="Budi", pin="222222", **add)
    with pytest.raises(ManagerNeeded):
        people.approve(counter, "222222", "tab_limit")
    people.add_user(open_corner.ledger, counter.vault, name="Rina", pin="123456", now=MORNING, role="pengelola")
    with pytest.raises(WrongPin):
        people.approve(counter, "222222", "tab_limit")
    assert people.approve(counter, "123456", "tab_limit")


def test_a_line_removed_before_payment_leaves_a_trace(open_corner: Corner) -> None:
    open_corner.counter.user = CASHIER
    people.log(open_corner.counter, "line_removed", "T1 x 2")
    row = open_corner.db.execute("SELECT at, user, action, detail FROM activity").fetchone()
    assert tuple(row) == ("2026-10-01T08:00:00+07:00", "cashier-1", "line_removed", "T1 x 2")


def test_five_wrong_pins_wait_a_minute_also_after_a_restart(open_corner: Corner, manager: User) -> None:
    counter = open_corner.counter
    left = []
    for _ in range(5):
        with pytest.raises(WrongPin) as error:
            people.log_in(counter, manager.id, "000000")
        left.append(error.value.tries_left)
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(WrongPin) as error:
        people.log_in(counter, manager.id, "123456")
    assert 0 < error.value.wait_seconds <= 61
    open_corner.clock.pass_by(seconds=61)
    assert people.log_in(counter, manager.id, "123456") == manager
