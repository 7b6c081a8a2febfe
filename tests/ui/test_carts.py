"""The cart at the real window: discounts, weighed goods, held carts, new goods, purchases for the office."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.ledger import queries
from pos_app.services import people
from pos_app.services.context import User
from pos_app.services.papers import document_paper
from sync.documents.sale import Sale
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import B1, K1, T1, last_sale, quantities

W1 = "2000000000046"
F4, F5, F6, F7, F8, F12 = (getattr(Qt.Key, f"Key_F{number}") for number in (4, 5, 6, 7, 8, 12))
ENTER = Qt.Key.Key_Return


@pytest.fixture
def office(till: Till, manager: User) -> Till:
    """The manager stands at the till."""
    till.log_in(manager)
    return till


def pay(till: Till) -> Sale:
    till.press(F12)
    till.press(ENTER)
    assert till.sell.side.is_paid, till.said
    return last_sale(till)


# Discounts -----------------------------------------------------------------------------------------------------------


def test_a_discount_in_percent_is_given_by_keys_and_shown_on_line_receipt_and_log(office: Till) -> None:
    office.scan(T1)
    office.press(F5)
    office.type("10%")
    office.press(Qt.Key.Key_C)
    office.press(ENTER)
    assert office.said == "Diskon Rp 1.600 untuk Keripik Pisang 200 g."
    cell = office.sell.model.cell(0, 1)
    assert cell.sub == "Dapur Satu · diskon -1.600"
    sale = pay(office)
    assert (sale.total, sale.lines[0].discount, sale.lines[0].borne_by, sale.lines[0].share) == (
        14_400,
        1_600,
        "corner",
        14_400,
    )
    entry = queries.entry_by_number(office.corner.db, sale.number)
    assert entry is not None
    words = str(document_paper(office.corner.ledger, office.corner.counter.vault, entry.id).blocks)
    assert "Diskon" in words
    assert "-1.600" in words
    rows = office.corner.db.execute("SELECT action, detail FROM activity").fetchall()
    assert [row[0] for row in rows] == ["approved:discount"]
    assert people.readable(office.corner.counter, rows[0][1]) == "T1 1600 corner damaged"


def test_a_discount_in_rupiah_that_the_producer_bears_lowers_the_share(office: Till) -> None:
    office.scan(T1)
    office.press(F5)
    office.type("2.000")
    for key in (Qt.Key.Key_K, Qt.Key.Key_U, ENTER):
        office.press(key)
    assert office.sell.model.cell(0, 1).sub.endswith("diskon -2.000, produsen menanggung")
    line = pay(office).lines[0]
    assert (line.total, line.share, line.borne_by) == (14_000, 12_400, "producer")


def test_a_price_that_fell_below_the_discount_is_shown_and_nothing_is_sold_unseen(office: Till) -> None:
    office.scan(K1)
    presenter = office.sell.presenter
    presenter.discount("line", 7_000, "corner", "promotion", None)
    office.press(F12)
    office.corner.do("set_price", sku="K1", sell_price=5_000)
    office.press(ENTER)
    assert "Rp 7.000" in office.said
    assert "Rp 5.000" in office.said
    line = presenter.cart.lines[0]
    assert (line.gross, line.discount, presenter.cart.total) == (5_000, 5_000, 0)
    assert queries.recent(office.corner.db, "sale", 1) == []


def test_no_discount_without_a_reason_and_none_above_the_price(office: Till) -> None:
    office.scan(T1)
    office.press(F5)
    office.type("50%")
    panel = office.sell.side.panels.discount
    assert not panel.main.isEnabled()
    office.press(Qt.Key.Key_P)
    office.press(Qt.Key.Key_Down)
    assert panel.main.isEnabled()
    panel.field.setText("16.001")
    assert not panel.main.isEnabled()
    panel.field.setText("101%")
    assert not panel.main.isEnabled()


def test_the_discount_says_what_is_missing_and_takes_letters_in_the_pin_too(till: Till) -> None:
    till.scan(T1)
    till.press(F5)
    panel = till.sell.side.panels.discount
    till.press(ENTER)
    assert panel._error.text() == "Isi diskon paling banyak sebesar harga, misalnya 10% atau 2.500."
    till.type("10%")
    till.press(ENTER)
    assert panel._error.text() == "Pilih alasan: C, K, P, L."
    panel.pin.setFocus()
    till.type("k")
    assert (panel.reason, panel.pin.text()) == ("near_expiry", "")
    till.press(F12)
    assert panel._error.text() == "Isi PIN pengelola."
    till.type("u")
    assert panel.borne_by == "producer"
    till.type(MANAGER_PIN)
    assert panel._error.isHidden()
    panel.bearers["corner"].setFocus()
    till.press(ENTER)
    assert till.sell.presenter.cart.lines[0].borne_by == "producer"
    assert till.sell.presenter.cart.total == 14_400


def test_goods_bought_outright_are_discounted_by_the_corner_alone(office: Till) -> None:
    office.scan(B1)
    office.press(F5)
    office.press(Qt.Key.Key_U)
    office.press(Qt.Key.Key_Down)
    panel = office.sell.side.panels.discount
    assert panel.borne_by == "corner"
    assert not panel.bearers["producer"].isEnabled()


def test_a_discount_on_the_whole_cart_is_spread_to_the_rupiah_and_undone_at_once(office: Till) -> None:
    for code in (T1, K1, B1):
        office.scan(code)
    office.press(F5)
    office.type("1000")
    for key in (Qt.Key.Key_A, Qt.Key.Key_P, ENTER):
        office.press(key)
    assert office.said == "Diskon Rp 1.000 untuk seluruh keranjang."
    assert [line.discount for line in office.sell.presenter.cart.lines] == [604, 283, 113]
    assert office.sell.presenter.cart.total == 25_500
    office.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert office.sell.presenter.cart.total == 26_500
    office.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert pay(office).total == 25_500
    assert office.corner.verify() > 0


# Weighed goods -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["0,25*", "0,250*", "0,25"])
def test_a_weight_is_typed_before_the_scan(till: Till, typed: str) -> None:
    till.type(typed)
    assert till.sell.multiplier.text() == "0,25 ×"
    till.scan(W1)
    assert quantities(till) == [("W1", 250)]
    assert till.sell.presenter.cart.total == 7_500
    assert till.sell.multiplier.text() == "1 ×"


def test_a_weight_is_typed_before_a_tile(till: Till) -> None:
    till.type("0,375*")
    next(button for button in till.sell.tiles._buttons if button.tile.key == "W1").click()
    assert quantities(till) == [("W1", 375)]


def test_a_typed_weight_and_enter_sets_the_selected_line(till: Till) -> None:
    till.scan(W1)
    till.type("0,250")
    till.press(ENTER)
    assert quantities(till) == [("W1", 250)]
    till.press(F4)
    till.type("1,5")
    till.press(ENTER)
    assert quantities(till) == [("W1", 1500)]
    assert pay(till).total == 45_000


def test_pieces_take_no_weight(till: Till) -> None:
    till.scan(T1)
    till.type("0,250")
    till.press(ENTER)
    assert quantities(till) == [("T1", 1000)]
    assert till.said == "Keripik Pisang 200 g dijual utuh, tanpa pecahan."


# Held carts ----------------------------------------------------------------------------------------------------------


def held(till: Till, *codes: str, label: str = "") -> None:
    for code in codes:
        till.scan(code)
    till.type(label)
    till.press(F6)


def test_several_held_carts_are_told_apart_and_a_number_key_takes_one_back(till: Till, qtbot: QtBot) -> None:
    held(till, T1)
    held(till, K1, K1, B1, label="baju merah")
    held(till, W1)
    till.press(F7)
    model = till.sell.side.panels.held.table.model()
    rows = [
        [str(model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)) for column in range(3)]
        for row in range(3)
    ]
    assert rows == [
        ["1", "Keripik Pisang 200 g · 08.00 · 1 macam", "16.000"],
        ["2", "baju merah · 08.00 · 2 macam", "18.000"],
        ["3", "Telur Ayam · 08.00 · 1 macam", "30.000"],
    ]
    till.press(Qt.Key.Key_2)
    qtbot.waitUntil(lambda: till.sell.selling)
    assert quantities(till) == [("K1", 2000), ("B1", 1000)]
    assert till.sell.held.count() == 2


def test_recall_is_off_while_nothing_is_held_and_its_key_says_so(till: Till) -> None:
    assert not till.sell.buttons["F7"].isEnabled()
    till.press(F7)
    assert till.sell.selling
    assert till.said == "Tidak ada keranjang tersimpan."
    held(till, T1)
    assert till.sell.buttons["F7"].isEnabled()


def test_the_band_of_the_header_goes_over_the_scroll_bar_too(till: Till) -> None:
    table = till.sell.table
    picture = table.grab().toImage()
    band = table.theme.color("surface2").rgb()
    row = table.horizontalHeader().height() - 3
    assert {picture.pixel(x, row) for x in range(picture.width() - 24, picture.width() - 2)} == {band}


def test_the_name_of_a_held_cart_is_sealed(till: Till) -> None:
    held(till, T1, label="Ibu Rahasia")
    body = till.corner.db.execute("SELECT body FROM drafts WHERE slot LIKE 'held:%'").fetchone()[0]
    assert "Rahasia" not in body
    assert [cart.label for cart in till.sell.held.listed()] == ["Ibu Rahasia"]


def test_row_18_a_parked_cart_asks_when_a_price_changed(till: Till, manager: User, cashier: User) -> None:
    held(till, T1)
    till.corner.counter.user = manager
    till.corner.do("set_price", sku="T1", sell_price=17_000)
    till.corner.counter.user = cashier
    till.press(F7)
    till.press(ENTER)
    assert till.said == "Harga berubah: Keripik Pisang 200 g 16.000 → 17.000. Pakai harga baru?"
    assert till.sell.total.amount.text() == "Rp 17.000"
    till.press(F6)
    assert till.sell.held.count() == 1
    till.press(F7)
    till.press(ENTER)
    till.press(ENTER, Qt.KeyboardModifier.ControlModifier)
    assert till.said == ""
    assert pay(till).total == 17_000


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from pos_app.ledger.ledger import Ledger
from pos_app.ledger.vault import Vault
from pos_app.domain.cart import CartLine
from pos_app.domain.dates import WIB
from pos_app.ledger import queries
from pos_app.services.context import Counter
from pos_app.services.ids import uuid7
from pos_app.ui.screens.sell.held import HeldCarts
from sync.documents.sale import Buyer
folder = Path(sys.argv[1])
ledger = Ledger.open(folder / "till.db")
counter = Counter(ledger, Vault(folder / "keys"), lambda: datetime(2026, 10, 1, 9, 0, tzinfo=WIB), uuid7)
carts = HeldCarts(counter)
setda = Buyer(kind="office", unit="Bagian Umum")
for sku in ("T1", "K1"):
    carts.hold((CartLine(queries.product(ledger.db, sku), 2000),), setda, "meja " + sku)
carts.save_current((CartLine(queries.product(ledger.db, "B1"), 3000),), Buyer())
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_row_22_held_carts_and_the_open_one_survive_a_process_that_is_killed(
    open_corner: Corner, make_till: Callable[[Corner], Till], manager: User, tmp_path: Path
) -> None:
    child = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    till = make_till(open_corner)
    till.log_in(manager)
    assert quantities(till) == [("B1", 3000)]
    assert till.said == "Aplikasi sempat berhenti. Keranjang 3 barang dipulihkan; periksa."
    pay(till)
    till.sell.side.new_sale()
    till.press(F7)
    assert [cart.label for cart in till.sell.held.listed()] == ["meja T1", "meja K1"]
    till.press(ENTER)
    assert quantities(till) == [("T1", 2000)]
    assert till.sell.presenter.buyer.unit == "Bagian Umum"


# Unknown barcodes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pricing", "terms", "unit"),
    [("titip", (9_000, None), "pcs"), ("komisi", (None, 1250), "kg"), ("putus", (9_000, None), "paket")],
)
def test_row_1_unknown_goods_are_registered_with_all_that_goods_in_needs(
    office: Till, pricing: str, terms: tuple[int | None, int | None], unit: str
) -> None:
    office.scan("8991234567891")
    assert office.said == "Barcode 8991234567891 belum terdaftar. Pindai lagi atau Daftarkan."
    assert quantities(office) == []
    office.press(ENTER, Qt.KeyboardModifier.ControlModifier)
    panel = office.sell.side.panels.register.panel
    form = panel.fields
    office.type("Kue Kering 250 g")
    form.producer.setText("Dua")
    form.pricing.choose(pricing)
    form.pricing.chosen.emit(pricing)
    form.unit.choose(unit)
    form.category.choose("batik")
    form.price.set_value(10_000)
    assert not panel.main.isEnabled()
    form.consign.set_value(terms[0])
    form.commission.setText("12,5" if terms[1] else "")
    form.days.setText("14")
    panel.main.click()
    product = queries.product(office.corner.db, "MTR001A-B001")
    assert product is not None
    assert (product.pricing, product.consign_price, product.commission_bp) == (pricing, *terms)
    assert (product.unit, product.category, product.shelf_life_days) == (unit, "batik", 14)
    assert quantities(office) == [("MTR001A-B001", 1000)]
    assert pay(office).total == 10_000
    assert office.corner.verify() > 0


@pytest.mark.parametrize("days", ["-1", "x", "99999", "0"])
def test_days_that_are_none_are_marked(office: Till, days: str) -> None:
    office.scan("8991234567891")
    office.press(ENTER, Qt.KeyboardModifier.ControlModifier)
    panel = office.sell.side.panels.register.panel
    office.type("Kue Kering 250 g")
    panel.fields.producer.setText("Dua")
    panel.fields.consign.set_value(9_000)
    panel.fields.price.set_value(10_000)
    assert panel.main.isEnabled()
    panel.fields.days.setText(days)
    assert panel.fields.days.property("wrong")
    assert not panel.main.isEnabled()


def test_row_4_a_barcode_of_two_producers_asks_and_the_owner_is_on_the_line(office: Till) -> None:
    office.corner.db.execute("INSERT INTO barcodes VALUES (?, 'K1')", (T1,))
    office.scan(T1)
    assert office.said == "Barcode ini dipakai beberapa produsen. Pilih barangnya."
    office.press(ENTER)
    assert quantities(office) == [("K1", 1000)]
    assert pay(office).lines[0].producer == "P2"


# For the office ------------------------------------------------------------------------------------------------------


def test_row_41_a_purchase_for_the_office_shows_its_unit_all_the_time_and_on_the_receipt(
    till: Till, qtbot: QtBot
) -> None:
    till.scan(T1)
    till.press(F8)
    till.press(Qt.Key.Key_K)
    qtbot.waitUntil(till.sell.side.panels.buyer.unit.hasFocus)
    till.type("Bagian Umum dan Perlengkapan")
    till.press(ENTER)
    assert till.sell.total.caption.text() == "TOTAL · Bagian Umum dan P…"
    till.press(F12)
    assert "Bagian Umum" in till.sell.total.caption.text()
    till.press(ENTER)
    sale = last_sale(till)
    assert (sale.buyer.kind, sale.buyer.unit) == ("office", "Bagian Umum dan Perlengkapan")
    entry = queries.entry_by_number(till.corner.db, sale.number)
    assert entry is not None
    words = str(document_paper(till.corner.ledger, till.corner.counter.vault, entry.id).blocks)
    assert "Bagian Umum dan Perlengkapan" in words
    till.sell.side.new_sale()
    assert till.sell.total.caption.text() == "TOTAL"


def test_a_unit_that_bought_before_is_chosen_by_the_arrows(till: Till, manager: User, qtbot: QtBot) -> None:
    till.corner.counter.user = manager
    for unit in ("Bappeda", "Setda"):
        till.corner.do(
            "sale",
            lines=[{"code": T1, "quantity": "1"}],
            tenders=[{"kind": "cash", "amount": 16_000}],
            buyer={"kind": "office", "unit": unit},
        )
    till.scan(T1)
    till.press(F8)
    till.press(Qt.Key.Key_K)
    qtbot.waitUntil(till.sell.side.panels.buyer.unit.hasFocus)
    till.press(Qt.Key.Key_Down)
    till.press(Qt.Key.Key_Down)
    till.press(ENTER)
    assert pay(till).buyer.unit == "Bappeda"
