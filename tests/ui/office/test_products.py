"""The list of goods at the window: registering, correcting, sizes, barcodes, prices with their history, a file."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.domain.certificates import Need, needed
from pos_app.domain.dates import business_date
from pos_app.ledger import goods, queries, registry
from pos_app.services import products
from pos_app.services.context import User
from pos_app.services.products import NewGoods
from pos_app.ui.screens.products.screen import ProductsScreen
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.hands import Hands
from tests.ui.test_selling import T1

Key = Qt.Key
FREE = "8991234567891"


def screen_of(till: Till) -> ProductsScreen:
    screen = till.window.current
    assert isinstance(screen, ProductsScreen)
    return screen


@pytest.fixture
def screen(bring: Callable[[str], Till]) -> ProductsScreen:
    return screen_of(bring("products"))


@pytest.fixture
def hands(office: Till, qtbot: QtBot) -> Hands:
    return Hands(office, qtbot)


def look_at(till: Till, sku: str, page: int = 0) -> ProductsScreen:
    till.window.go("products", sku)
    screen = screen_of(till)
    screen.tabs.choose(page)
    return screen


def logged(till: Till) -> list[tuple[str, str]]:
    return [tuple(row) for row in till.corner.db.execute("SELECT action, detail FROM activity ORDER BY id")]


# Registering ---------------------------------------------------------------------------------------------------------


def test_goods_are_registered_by_keyboard_alone_with_all_that_is_known(screen: ProductsScreen, hands: Hands) -> None:
    hands.press(Key.Key_F3)
    hands.type("Kopi Robusta 200 g")
    hands.press(Key.Key_Tab)
    hands.type("dap")
    hands.press(Key.Key_Return)
    assert screen.form.fields.producer.text() == "Dapur Satu"
    hands.tab_to("Harga titip")
    hands.type("22500")
    hands.tab_to("Harga jual")
    hands.type("25000")
    hands.tab_to("Tahan")
    hands.type("365")
    hands.scan(FREE)
    assert screen.form.fields.barcode.text() == FREE
    hands.tab_to("Semua isian")
    hands.press(Key.Key_Space)
    hands.tab_to("Rak")
    hands.type("Rak 2")
    hands.tab_to("Stok minimum")
    hands.type("6")
    hands.tab_to("TKDN %")
    hands.type("87,5")
    hands.press(Key.Key_F12)
    assert hands.said == "Kopi Robusta 200 g terdaftar sebagai MTR001A-B001."
    db = hands.till.corner.db
    card, product = goods.card(db, "MTR001A-B001"), queries.product(db, "MTR001A-B001")
    assert card is not None
    assert product is not None
    assert (product.producer, product.consign_price, product.sell_price) == ("P1", 22_500, 25_000)
    assert (card.shelf, card.min_stock, card.shelf_life_days, card.tkdn_bp) == ("Rak 2", 6_000, 365, 8_750)
    assert (card.needs_pirt, card.needs_halal) == (True, True), "food needs both unless somebody says otherwise"
    assert registry.barcodes(db, product.sku) == [FREE]
    assert ("goods_registered", "MTR001A-B001") in logged(hands.till)
    assert screen.presenter.sku == "MTR001A-B001"


def test_what_is_missing_is_told_and_found(screen: ProductsScreen, office: Till) -> None:
    office.press(Key.Key_F3)
    office.press(Key.Key_F12)
    assert screen.form.fields.name.hasFocus()
    assert screen.form._error.text() == "Isi nama barang."
    office.type("Kopi")
    screen.form.fields.producer.setText("nobody")
    office.press(Key.Key_F12)
    assert screen.form.fields.producer.hasFocus()
    assert screen.form.fields.producer.property("wrong")


def test_an_unknown_scan_leads_to_the_form(screen: ProductsScreen, office: Till) -> None:
    office.scan(FREE)
    assert office.said == f"Barcode {FREE} belum terdaftar. Pindai lagi atau Daftarkan."
    office.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert screen.form.isVisible()
    assert screen.form.fields.barcode.text() == FREE
    office.press(Key.Key_Escape)
    assert not screen.form.isVisible()
    assert screen.table.isEnabled()


def test_esc_says_once_what_would_be_lost(screen: ProductsScreen, office: Till) -> None:
    office.press(Key.Key_F3)
    office.type("Kopi")
    office.press(Key.Key_Escape)
    assert screen.form.isVisible()
    assert screen.form._error.text() == "Belum disimpan. Esc sekali lagi untuk keluar."
    office.type(" R")
    office.press(Key.Key_Escape)
    assert screen.form.isVisible(), "typing on takes the word back"
    office.press(Key.Key_Escape)
    assert not screen.form.isVisible()


def test_the_certificates_that_goods_need_are_told_with_how_they_stand(office: Till) -> None:
    with office.corner.ledger.write() as tx:
        tx.db.execute("UPDATE producers SET halal_no = 'ID18995365881415497' WHERE code = 'P1'")
        tx.db.execute("UPDATE products SET needs_pirt = 1, needs_halal = 1 WHERE sku = 'T1'")
    screen = look_at(office, "T1")
    rows = {row.label: (row.amount, row.tone) for row in screen.data.facts.rows}
    assert rows["Halal"] == ("ada", "text")
    assert rows["P-IRT"] == ("belum ada", "warning")


def test_a_cashier_registers_with_a_managers_pin_only(office: Till, cashier: object) -> None:
    office.log_in(cashier)  # type: ignore[arg-type]
    screen = look_at(office, "T1")
    office.press(Key.Key_F3)
    form = screen.form.fields
    office.type("Kopi")
    form.producer.setText("Dua")
    form.consign.set_value(9_000)
    form.price.set_value(10_000)
    office.press(Key.Key_F12)
    office.type("000000")
    office.press(Key.Key_Return)
    assert queries.product(office.corner.db, "MTR001A-B001") is None
    office.type(MANAGER_PIN)
    office.press(Key.Key_Return)
    assert queries.product(office.corner.db, "MTR001A-B001") is not None


# Correcting ----------------------------------------------------------------------------------------------------------


def test_goods_that_moved_keep_owner_unit_and_way_of_supply_and_are_found_under_a_new_name(office: Till) -> None:
    screen = look_at(office, "T1")
    office.press(Key.Key_F12)
    form = screen.form.fields
    closed = (form.producer, form.unit, form.pricing, form.consign, form.price, form.min_stock)
    assert not any(field.isEnabled() for field in closed)
    assert "Barang sudah bergerak" in screen.form._remark.text()
    form.name.setText("Keripik Nangka 200 g")
    form.shelf.setText("Rak 1")
    office.press(Key.Key_F12)
    assert office.said == "Keripik Nangka 200 g tersimpan."
    assert [one.sku for one in queries.search_products(office.corner.db, "nangka")] == ["T1"]
    assert queries.search_products(office.corner.db, "pisang") == []
    assert goods.shelves(office.corner.db) == ["Rak 1"]
    assert ("goods_changed", "T1") in logged(office)


def test_of_the_centres_goods_only_what_is_the_corners_own_is_open(office: Till) -> None:
    with office.corner.ledger.write() as tx:
        tx.db.execute("UPDATE products SET version = 1 WHERE sku = 'T1'")
    screen = look_at(office, "T1")
    office.press(Key.Key_F12)
    form = screen.form.fields
    assert not any(field.isEnabled() for field in (form.name, form.category, form.days, form.needs_halal, form.tkdn))
    assert all(field.isEnabled() for field in (form.shelf, form.family, form.size_text, form.katalog_number))
    assert "Diskoperin" in screen.form._remark.text()
    form.shelf.setText("Rak 3")
    office.press(Key.Key_F12)
    assert office.said == "Keripik Pisang 200 g tersimpan."


def test_the_form_says_which_goods_need_halal_by_law_and_asks_about_the_others(office: Till) -> None:
    """What the board tells and what can be ticked never differ."""
    screen = look_at(office, "T1")
    form, corner = screen.form.fields, office.corner
    for moment, by_law in ((0, False), (30, True)):
        corner.clock.pass_by(days=moment)
        office.press(Key.Key_F12)
        form.more.setChecked(True)
        form.category.choose("makanan")
        form._on_category()
        assert form.halal_words.isVisible() == by_law
        assert form.needs_halal.isVisible() != by_law
        form.category.choose("sembako")
        form._on_category()
        assert form.needs_halal.isVisible()
        assert form.needs_halal.isChecked()
        form.needs_halal.setChecked(False)
        office.press(Key.Key_Escape)
        office.press(Key.Key_Escape)
    assert form._presenter.halal_since("makanan") == "17/10/2026"
    today = business_date(corner.clock())
    assert needed(Need("makanan", False, False, 30), today) == ("halal",)
    assert needed(Need("sembako", False, False, 30), today) == ()


# Sizes ---------------------------------------------------------------------------------------------------------------


def test_another_size_copies_all_but_size_price_and_barcode_and_stands_with_the_others(office: Till) -> None:
    screen = look_at(office, "T1", 1)
    office.press(Key.Key_F12)
    form = screen.form.fields
    assert (form.family.text(), form.size_text.text(), form.name.text()) == ("Keripik Pisang", "", "")
    office.type("1 kg")
    assert form.name.text() == "Keripik Pisang 1 kg"
    assert (form.producer.text(), form.pricing.code(), form.price.value()) == ("Dapur Satu", "titip", None)
    form.consign.set_value(60_000)
    form.price.set_value(70_000)
    office.press(Key.Key_F12)
    assert office.said == "Keripik Pisang 1 kg terdaftar sebagai MTR001A-B001."
    assert [row.size for row in screen.sizes.model.rows] == ["200 g", "1 kg"]
    screen.sizes.table.select_row(0)
    screen.sizes.table.row_activated.emit(0)
    assert screen.presenter.sku == "T1"


# Barcodes ------------------------------------------------------------------------------------------------------------


def test_a_barcode_is_added_by_scan_and_removed_after_a_question(office: Till) -> None:
    screen = look_at(office, "T1", 2)
    office.scan(FREE)
    office.press(Key.Key_F12)
    assert office.said == f"{FREE} ditambah."
    assert registry.barcodes(office.corner.db, "T1") == [T1, FREE]
    screen.codes.table.select_row(1)
    screen.codes.table.setFocus()
    office.press(Key.Key_Delete)
    assert screen.gate.asking
    assert registry.barcodes(office.corner.db, "T1") == [T1, FREE], "nothing goes before it is confirmed"
    office.press(Key.Key_F12)
    assert office.said == f"{FREE} dihapus."
    assert registry.barcodes(office.corner.db, "T1") == [T1]


def test_row_4_a_barcode_shared_by_two_producers_is_allowed_and_told(office: Till) -> None:
    screen = look_at(office, "K1", 2)
    office.scan(T1)
    office.press(Key.Key_F12)
    assert "Keripik Pisang 200 g" in office.said
    assert "Keripik Pisang 200 g (Dapur Satu)" in screen.codes.model.rows[0][1]
    office.window.go("sell")
    office.scan(T1)
    assert office.said == "Barcode ini dipakai beberapa produsen. Pilih barangnya."


@pytest.mark.parametrize("code", ["8991234567890", "T1", "ab"])
def test_what_is_no_barcode_is_refused(office: Till, code: str) -> None:
    screen = look_at(office, "K1", 2)
    screen.codes.field.setText(code)
    before = registry.barcodes(office.corner.db, "K1")
    office.press(Key.Key_F12)
    assert registry.barcodes(office.corner.db, "K1") == before
    assert office.window.current.strip.message.kind == "E"  # type: ignore[union-attr]


# Prices --------------------------------------------------------------------------------------------------------------


def test_a_new_price_is_a_document_and_the_history_tells_who_and_when(office: Till, qtbot: QtBot) -> None:
    screen = look_at(office, "T1", 3)
    qtbot.waitUntil(lambda: [step.sell_price for step in screen.prices.model.rows] == [16_000])
    screen.prices.sell_field.set_value(17_000)
    screen.prices.consign_field.set_value(15_000)
    screen.prices.least_field.setText("8")
    office.press(Key.Key_F12)
    assert office.said == "Keripik Pisang 200 g kini Rp 17.000. Penjualan lama tetap dengan harganya."
    qtbot.waitUntil(lambda: len(screen.prices.model.rows) == 2)
    newest, first = screen.prices.model.rows
    assert (newest.sell_price, newest.consign_price, newest.min_stock, newest.by) == (17_000, 15_000, 8_000, "Ratna")
    assert (first.sell_price, first.consign_price, first.at) == (16_000, 14_400, "")
    assert [bar.figure for bar in screen.prices.chart.bars] == ["16.000", "17.000"]
    assert office.corner.verify() > 0


def test_a_commission_is_set_in_percent(office: Till) -> None:
    screen = look_at(office, "K1", 3)
    screen.prices.commission_field.setText("15,25")
    office.press(Key.Key_F12)
    product = queries.product(office.corner.db, "K1")
    assert product is not None
    assert product.commission_bp == 1_525
    screen.prices.commission_field.setText("x")
    office.press(Key.Key_F12)
    assert office.said == "Isi komisi dalam persen, 0 sampai 100."


def test_a_question_about_a_price_ends_with_the_choice_of_other_goods(office: Till, cashier: object) -> None:
    office.log_in(cashier)  # type: ignore[arg-type]
    screen = look_at(office, "T1", 3)
    screen.search.clear()
    screen._on_search("")
    screen.prices.sell_field.set_value(17_000)
    office.press(Key.Key_F12)
    assert screen.gate.asking
    screen.table.select_row(0 if screen.table.current_row() else 1)
    assert not screen.gate.asking


# The list ------------------------------------------------------------------------------------------------------------


def test_a_scan_of_a_shared_barcode_lists_all_that_carry_it(screen: ProductsScreen, office: Till) -> None:
    products.add_barcode(office.corner.counter, "K1", T1)
    office.scan(T1)
    assert office.said == "Barcode ini dipakai beberapa produsen. Pilih barangnya."
    assert [row.sku for row in screen.model.rows] == ["K1", "T1"]


def test_chips_cut_the_list_down(screen: ProductsScreen, office: Till) -> None:
    with office.corner.ledger.write() as tx:
        tx.db.execute("DELETE FROM barcodes WHERE sku = 'K1'")
    office.press(Key.Key_F5)
    assert screen.chips.button("no_barcode").text() == "Tanpa barcode 1"
    screen.chips.button("no_barcode").click()
    assert [row.sku for row in screen.model.rows] == ["K1"]


def test_every_chip_tells_how_many_goods_its_list_has(screen: ProductsScreen, office: Till) -> None:
    with office.corner.ledger.write() as tx:
        tx.db.execute("DELETE FROM barcodes WHERE sku = 'K1'")
        tx.db.execute("INSERT INTO pictures VALUES ('K1', x'00'), ('GONE', x'00')")
        tx.db.execute("UPDATE products SET e_katalog = 1, version = 3 WHERE sku = 'T1'")
    office.press(Key.Key_F5)
    told = screen.presenter.counts()
    assert 0 < told["no_picture"] < told["all"] > told["own"]
    for which, count in told.items():
        screen.chips.button(which).click()
        assert len(screen.model.rows) == count, which


def test_a_search_shows_sizes_in_their_order(screen: ProductsScreen, office: Till) -> None:
    for size in ("1 kg", "50 g", "500 g"):
        new = NewGoods("", f"Keripik Pisang {size}", "makanan", "P1", 1_000, 2_000, family="Keripik Pisang", size=size)
        products.register_goods(office.corner.counter, new)
    office.type("keripik pisang")
    names = [row.name for row in screen.model.rows if row.on_hand <= 0]
    assert names == ["Keripik Pisang 50 g", "Keripik Pisang 500 g", "Keripik Pisang 1 kg"]


def test_labels_of_these_goods_are_on_the_list_of_labels(office: Till) -> None:
    look_at(office, "T1")
    office.press(Key.Key_F6)
    assert office.window.current is not None
    assert office.window.current.name == "labels"


def test_all_goods_are_saved_as_a_file_that_an_import_reads(
    screen: ProductsScreen, office: Till, qtbot: QtBot, tmp_path: Path
) -> None:
    office.press(Key.Key_F9)
    screen.export.form_choice.choose("csv")
    screen.export.box.folder.field.setText(str(tmp_path))
    office.press(Key.Key_F12)
    qtbot.waitUntil(lambda: ".csv" in screen.export.box.facts.text())
    (file,) = tmp_path.glob("products-MTR-001-*.csv")
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert [row["sku"] for row in rows] == ["B1", "K1", "T1", "W1"]
    assert ("registry_exported", "products") in logged(office)


def test_a_picture_is_set_and_removed(office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (600, 400), "red").save(tmp_path / "foto.png")
    screen = look_at(office, "T1", 4)
    screen.picture.field.setText(str(tmp_path / "foto.png"))
    office.press(Key.Key_F12)
    qtbot.waitUntil(lambda: office.said == "Gambar Keripik Pisang 200 g terpasang.")
    assert screen.presenter.picture() is not None
    screen.picture.remove_button.click()
    assert screen.presenter.picture() is None


def test_at_the_largest_text_three_goods_are_seen_and_a_list_takes_the_place_of_the_chips(
    make_till: Callable[..., Till], open_corner: Corner, manager: User
) -> None:
    till = make_till(open_corner, scale=200, size=(1366, 697))
    till.log_in(manager)
    till.window.go("products")
    screen = till.window.current
    assert isinstance(screen, ProductsScreen)
    assert screen.table.viewport().height() >= 3 * screen.table.rowHeight(0)
    choice = screen.list.filter_choice

    def shown() -> tuple[bool, bool]:
        return screen.chips.isVisible(), choice.isVisible()

    assert shown() == (False, True)
    choice.setFocus()
    till.press(Key.Key_Down)
    till.press(Key.Key_Down)
    assert screen.presenter.filter == screen.chips.code() == "no_picture"
    till.theme.set_scale(100)
    assert shown() == (True, False)


def test_from_stock_the_whole_list_is_there_with_the_goods_chosen(bring: Callable[[str], Till]) -> None:
    till = bring("stock")
    till.press(Qt.Key.Key_Down)
    till.press(Qt.Key.Key_F3)
    screen = till.window.current
    assert isinstance(screen, ProductsScreen)
    assert screen.search.text() == ""
    assert len(screen.model.rows) > 1
    assert screen.model.rows[screen.table.current_row()].sku == screen.presenter.sku


@pytest.mark.parametrize("name", ["products", "labels", "stock_count", "producer_data"])
def test_esc_leads_back_to_where_one_came_from(office: Till, qtbot: QtBot, name: str) -> None:
    for came_from in ("stock", "producers", "goods_in"):
        office.window.go(came_from)
        office.window.go(name)
        qtbot.waitUntil(lambda: not office.window.workers.busy)
        for _press in range(4):
            current = office.window.current
            assert current is not None
            if current.name != name:
                break
            office.press(Qt.Key.Key_Escape)
        assert office.window.current is not None
        assert office.window.current.name == came_from


def test_esc_never_leads_round_in_a_circle(office: Till, qtbot: QtBot) -> None:
    for name in ("stock", "products", "labels", "products"):
        office.window.go(name)
    for _press in range(4):
        office.press(Qt.Key.Key_Escape)
    assert office.window.current is not None
    assert office.window.current.name in ("stock", "sell")
