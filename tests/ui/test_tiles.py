"""Quick tiles at the real window: favourites that the manager chose, pictures of goods, pages, keys."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from pos_app.domain.errors import Misuse
from pos_app.ledger import tiles
from pos_app.services import pictures
from pos_app.services.context import User
from pos_app.services.picture_files import read_small
from pos_app.ui.screens.sell.goods_panel import GoodsPanel
from pos_app.ui.screens.sell.quick import QuickTiles
from pos_app.ui.widgets.tile_button import Tile
from tests.corner import Corner
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import T1, quantities

F3, ENTER, SHIFT = Qt.Key.Key_F3, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def office(till: Till, manager: User) -> Till:
    """The manager stands at the till."""
    till.log_in(manager)
    return till


def shown(till: Till) -> list[str]:
    return [button.tile.key for button in till.sell.tiles._buttons if button.isVisible()]


def panel_of(till: Till) -> GoodsPanel:
    assert till.sell.right_stack.currentWidget() is till.sell.side.panels.goods, till.said
    return till.sell.side.panels.goods.panel


def painted(path: Path, width: int, height: int, *, alpha: int = 255) -> Path:
    """A picture that does not pack well."""
    image = QImage(width, height, QImage.Format.Format_ARGB32)
    for x in range(width):
        for y in range(height):
            image.setPixelColor(x, y, QColor((x * 7919 + y * 104729) % 256, (x * y) % 256, (x * 31) % 256, alpha))
    if alpha == 255:
        image = image.convertToFormat(QImage.Format.Format_RGB32)
    assert image.save(str(path))
    return path


# What is shown at first ----------------------------------------------------------------------------------------------


def test_before_any_sale_what_is_on_the_shelf_stands_before_what_is_sold_out(corner: Corner) -> None:
    quick = QuickTiles(corner.counter)
    assert all(tile.dimmed for tile in quick.tiles(0))
    corner.receive("T1", "5")
    corner.receive("K1", "5")
    assert [tile.dimmed for tile in quick.tiles(0)][:3] == [False, False, True]


# Favourites ----------------------------------------------------------------------------------------------------------


def test_a_manager_makes_the_selected_line_a_favourite_and_it_stands_first(office: Till, qtbot: QtBot) -> None:
    office.scan("2000000000046")
    office.press(F3, SHIFT)
    office.press(ENTER)
    qtbot.waitUntil(lambda: office.sell.selling)
    assert office.said == "Telur Ayam kini favorit."
    assert tiles.favourites(office.corner.db) == ["W1"]
    assert shown(office)[0] == "W1"
    assert office.sell.tiles._buttons[0].accessibleName().endswith("favorit")
    assert office.sell.selling
    office.press(F3)
    office.press(F3, SHIFT)
    assert panel_of(office).main.text() == "Keluarkan dari favorit"
    office.press(ENTER)
    qtbot.waitUntil(lambda: tiles.favourites(office.corner.db) == [])


def test_a_hit_of_the_search_becomes_a_favourite(office: Till) -> None:
    office.type("lapis")
    office.press(F3, SHIFT)
    office.press(Qt.Key.Key_F12)
    assert tiles.favourites(office.corner.db) == ["K1"]


def test_favourites_stay_in_the_order_they_were_chosen(office: Till) -> None:
    for sku in ("W1", "B1", "W1", "T1"):
        pictures.pin(office.corner.counter, sku)
    office.sell.refresh_tiles()
    assert shown(office)[:4] == ["W1", "B1", "T1", "K1"]


def test_a_cashier_needs_the_managers_pin_to_choose_a_favourite(till: Till) -> None:
    till.scan(T1)
    till.press(F3, SHIFT)
    till.press(Qt.Key.Key_F12)
    assert tiles.favourites(till.corner.db) == []
    till.type(MANAGER_PIN)
    till.press(ENTER)
    assert tiles.favourites(till.corner.db) == ["T1"]
    logged = [row[0] for row in till.corner.db.execute("SELECT action FROM activity")]
    assert logged[-2:] == ["approved:favourite", "favourite_added"]


def test_without_goods_it_says_what_to_choose(office: Till) -> None:
    office.press(F3, SHIFT)
    assert office.said == "Pilih barang dahulu: tombol cepat, hasil cari, atau baris keranjang."
    assert office.sell.selling


# Pictures ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_a_picture_from_a_file_is_made_small_and_shown_on_the_tile(
    office: Till, tmp_path: Path, qtbot: QtBot, kind: str
) -> None:
    path = painted(tmp_path / f"foto.{kind}", 900, 600)
    office.scan(T1)
    office.press(F3, SHIFT)
    panel = panel_of(office)
    panel.ask_file = lambda: str(path)
    panel.choose_button.click()
    qtbot.waitUntil(lambda: office.sell.selling)
    assert office.said == "Gambar Keripik Pisang 200 g terpasang."
    kept = tiles.picture(office.corner.db, "T1")
    assert kept is not None
    assert len(kept) <= 24 * 1024
    image = QImage.fromData(kept)
    assert (image.width(), image.height()) in ((256, 170), (256, 171))
    assert next(button.tile for button in office.sell.tiles._buttons if button.tile.key == "T1").pictured
    office.sell.tiles.grab()
    qtbot.waitUntil(lambda: not office.sell.tiles.thumbnails.waiting)
    assert any(key[0] == "T1" and found is not None for key, found in office.sell.tiles.thumbnails._kept.items())


def test_only_tiles_that_are_seen_load_their_pictures(
    office: Till, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    thumbnails = office.sell.tiles.thumbnails
    monkeypatch.setattr(thumbnails, "_load", asked.append)
    office.sell.tiles.set_tiles([Tile(f"G{number}", f"Barang {number}", "1", pictured=True) for number in range(60)])
    office.sell.tiles.grab()
    qtbot.waitUntil(lambda: not thumbnails.waiting)
    assert len(asked) == len(shown(office)) - 1  # the last one turns the page
    office.sell.tiles.grab()
    assert not thumbnails.waiting


def test_a_transparent_picture_stays_a_png_or_lies_on_white(tmp_path: Path) -> None:
    plain = QImage(400, 400, QImage.Format.Format_ARGB32)
    plain.fill(QColor(10, 20, 30, 0))
    plain.save(str(tmp_path / "plain.png"))
    assert read_small(tmp_path / "plain.png").startswith(b"\x89PNG")
    noisy = read_small(painted(tmp_path / "noisy.png", 600, 600, alpha=128))
    assert noisy.startswith(b"\xff\xd8")
    assert len(noisy) <= 24 * 1024


def test_a_small_picture_is_not_blown_up(tmp_path: Path) -> None:
    assert QImage.fromData(read_small(painted(tmp_path / "kecil.png", 40, 30))).width() == 40


@pytest.mark.parametrize("content", [b"", b"bukan gambar", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a"])
def test_what_is_no_picture_is_refused(office: Till, tmp_path: Path, qtbot: QtBot, content: bytes) -> None:
    path = tmp_path / "berkas.png"
    path.write_bytes(content)
    office.scan(T1)
    office.press(F3, SHIFT)
    panel = panel_of(office)
    panel.field.setFocus()
    panel.field.setText(str(path))
    office.press(ENTER)
    qtbot.waitUntil(lambda: panel._error.text() == "Ini bukan gambar. Pilih berkas PNG, JPEG, atau WebP.")
    assert tiles.picture(office.corner.db, "T1") is None


def test_a_huge_picture_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "besar.png"
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    path.write_bytes(header + b"\x00" * 4)
    with pytest.raises(Misuse):
        read_small(path)


def test_a_file_that_is_not_there_is_named(office: Till, qtbot: QtBot) -> None:
    office.scan(T1)
    office.press(F3, SHIFT)
    panel = panel_of(office)
    panel.field.setText("/tidak/ada.png")
    panel.set_button.click()
    qtbot.waitUntil(lambda: panel._error.text() == "Berkas ini tidak ada. Pilih yang lain.")


def test_a_picture_is_taken_away_again(office: Till, tmp_path: Path) -> None:
    pictures.set_picture(office.corner.counter, "T1", read_small(painted(tmp_path / "a.png", 40, 40)))
    office.scan(T1)
    office.press(F3, SHIFT)
    panel = panel_of(office)
    assert panel.remove_button.isVisible()
    panel.remove_button.click()
    assert tiles.picture(office.corner.db, "T1") is None


# Pages and keys ------------------------------------------------------------------------------------------------------


def test_f3_arrows_and_enter_add_goods_and_f3_again_turns_to_the_next_tab(till: Till) -> None:
    till.press(F3)
    first = till.sell.tiles.focused
    assert first is not None
    till.press(Qt.Key.Key_Right)
    assert till.sell.tiles.focused is not first
    second = till.sell.tiles.focused
    assert second is not None
    till.press(ENTER)
    assert quantities(till) == [(second.key, 1000)]
    till.press(F3)
    assert till.sell.tiles.tabs.current() == 1
    assert till.sell.tiles.focused is not None
    till.press(Qt.Key.Key_Escape)
    assert till.window.focusWidget() is till.sell.field


@pytest.mark.parametrize(("scale", "size"), [(100, (1366, 697)), (200, (1366, 697)), (100, (1093, 543))])
def test_pages_are_turned_by_pgdn_and_by_the_arrows_over_the_edge(
    make_till: Callable[..., Till], open_corner: Corner, manager: User, scale: int, size: tuple[int, int]
) -> None:
    till = make_till(open_corner, scale=scale, size=size)
    till.log_in(manager)
    grid = till.sell.tiles
    grid.set_tiles([Tile(f"G{number}", f"Barang {number}", "1.000") for number in range(40)])
    till.press(F3)
    pages = grid.page[1]
    assert pages > 1
    till.press(Qt.Key.Key_PageDown)
    assert grid.page == (1, pages)
    assert grid.focused is not None
    till.press(Qt.Key.Key_Left)
    assert grid.page == (0, pages)
    till.press(Qt.Key.Key_Right)
    assert grid.page == (1, pages)
    till.press(Qt.Key.Key_PageUp)
    assert grid.page == (0, pages)
    first = grid.focused
    if scale > 100:
        return  # one row a page
    till.press(Qt.Key.Key_Down)
    below = grid._buttons.index(next(button for button in grid._buttons if button.hasFocus()))
    assert below == grid._columns
    assert grid.focused is not first


def test_sold_out_goods_are_dimmed_and_still_work(office: Till) -> None:
    office.corner.db.execute("DELETE FROM stock WHERE sku = 'K1'")
    office.sell.refresh_tiles()
    tile = next(button for button in office.sell.tiles._buttons if button.tile.key == "K1")
    assert (tile.tile.dimmed, tile.tile.stock) == (True, "Habis")
    tile.click()
    assert quantities(office) == [("K1", 1000)]
    assert office.said == "Stok tercatat habis; barang tetap ditambahkan. Hitung stok nanti."
