"""The small parts of the window: worker, sounds, names, states, tables, messages."""

import wave
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from pos_app.domain.dates import WIB
from pos_app.domain.formats import split_multiplier
from pos_app.i18n import set_language
from pos_app.paths import asset
from pos_app.ui.elide import elide_keep_end, whole_size
from pos_app.ui.messages import TABLE, numbered
from pos_app.ui.sounds import TONES, Player, write_sounds
from pos_app.ui.status import Status
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.fields import AmountField
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable
from pos_app.ui.widgets.tabs import Tabs
from pos_app.ui.widgets.tile_button import Tile
from pos_app.ui.widgets.tiles import TileGrid
from pos_app.ui.worker import Workers

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=WIB)


@pytest.fixture(autouse=True)
def indonesian() -> None:
    set_language("id")


def test_slow_work_runs_elsewhere_and_answers_here(qtbot: QtBot) -> None:
    workers = Workers()
    here, answers = QThread.currentThread(), []
    workers.run(lambda: QThread.currentThread() is here, lambda same: answers.append((same, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [(False, here)]
    assert workers.finish()


def test_a_failure_of_slow_work_comes_back_as_it_is(qtbot: QtBot) -> None:
    workers = Workers()
    failures: list[Exception] = []
    fault = OSError("disk")

    def fail() -> None:
        raise fault

    with qtbot.waitSignals([workers.busy_changed, workers.busy_changed]):
        workers.run(fail, lambda _result: None, failures.append)
    assert failures == [fault]


def test_nothing_is_answered_to_a_screen_that_is_gone(qtbot: QtBot) -> None:
    class Asker(QObject):
        def on_done(self, _number: int, result: str) -> None:
            self.setObjectName(result)  # fails where the object is gone

        def on_failed(self, error: Exception) -> None:
            self.setObjectName(str(error))

    workers = Workers()
    asker = Asker()
    workers.run(lambda: "late", partial(asker.on_done, 1))
    workers.run(lambda: 1 // 0, asker.on_done, asker.on_failed)
    delete(asker)
    qtbot.waitUntil(lambda: not workers.busy)


def test_sounds_are_short_mono_files(tmp_path: Path) -> None:
    write_sounds(tmp_path)
    for name, tones in TONES.items():
        with wave.open(str(tmp_path / f"{name}.wav")) as file:
            assert file.getnchannels() == 1
            assert file.getnframes() * 1000 // file.getframerate() in range(sum(t.ms for t in tones) - 2, 500)
        assert (asset("sounds") / f"{name}.wav").read_bytes() == (tmp_path / f"{name}.wav").read_bytes()


def test_a_missing_sound_is_silence(tmp_path: Path) -> None:
    Player(tmp_path).play("error")


@pytest.mark.parametrize(
    ("name", "width", "shown"),
    [
        ("Keripik Singkong Balado 250 g", 40, "Keripik Singkong Balado 250 g"),
        ("Keripik Singkong Balado 250 g", 22, "Keripi… Balado 250 g"),
        ("Minyak Goreng Kelapa 1 l", 14, "Minyak Go… 1 l"),
        ("Beras Medium Timbang", 10, "Beras Med…"),
        ("ST-MTR001A-000065", 12, "ST-MT…000065"),
    ],
)
def test_a_long_name_keeps_its_size(name: str, width: int, shown: str) -> None:
    short = elide_keep_end(name, width, len)
    assert len(short) <= width
    assert short[-1] == shown[-1]
    assert short.split("…")[-1] == shown.rsplit("…", maxsplit=1)[-1]


def test_two_kinds_of_the_same_goods_never_shrink_to_the_same_words() -> None:
    kinds = ("Keripik Pisang Cokelat 200 g", "Keripik Pisang Keju 200 g")
    assert [elide_keep_end(name, 21, len) for name in kinds] == ["Keripi… Cokelat 200 g", "Keripik P… Keju 200 g"]


@pytest.mark.parametrize("chosen", range(6))
def test_category_tabs_show_whole_words_or_wait_beside_the_chosen_one(qtbot: QtBot, chosen: int) -> None:
    words = ["Favorit", "Makanan", "Minuman", "Kerajinan", "Sembako", "ATK"]
    theme = Theme(scale=200)
    tabs = Tabs(theme, words)
    qtbot.addWidget(tabs)
    tabs.resize(420, 80)
    tabs.show()
    tabs.choose(chosen)
    shown = [number for number, tab in enumerate(tabs._tabs) if tab.isVisible()]
    assert chosen in shown
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert {max(0, chosen - 1), min(5, chosen + 1)} <= set(shown)
    needed = sum(theme.metrics("caption", 700).horizontalAdvance(words[number]) for number in shown)
    assert needed <= tabs.width()


def test_a_size_is_never_parted_over_two_lines() -> None:
    assert whole_size("Abon Lele Pedas 100 g").split(" ") == ["Abon", "Lele", "Pedas", "100\u00a0g"]


@pytest.mark.parametrize(
    ("text", "quantity", "rest"),
    [
        ("5*", 5000, ""),
        ("5*kopi", 5000, "kopi"),
        ("1,5*", 1500, ""),
        ("0.25 x telur", 250, "telur"),
        ("0*", None, ""),
        ("kopi", None, "kopi"),
        ("2001872000011", None, "2001872000011"),
    ],
)
def test_a_multiplier_stands_before_what_it_multiplies(text: str, quantity: int | None, rest: str) -> None:
    assert split_multiplier(text) == (quantity, rest)


def test_every_numbered_message_is_worded_in_indonesian() -> None:
    values = {name: "x" for _kind, text in TABLE.values() for name in _placeholders(text)}
    for number in range(1, 26):
        kind, english = TABLE[number]
        message = numbered(number, **values)
        assert message.kind == kind
        assert message.text != english.format(**values)


def _placeholders(text: str) -> list[str]:
    return [part.split("}")[0] for part in text.split("{")[1:]]


def test_states_change_words_and_tone() -> None:
    quiet = {chip.name: chip for chip in Status(now=NOON, printer="ready", backup_at=NOON).chips()}
    assert (quiet["unsent"].text, quiet["unsent"].tone) == ("Semua terkirim", "success")
    assert quiet["backup"].text == "Cadangan 12.00"
    late = Status(now=NOON, unsent=12, offline=True, printer="paper", backup_at=NOON - timedelta(days=3))
    loud = {chip.name: chip for chip in late.chips()}
    assert (loud["unsent"].text, loud["unsent"].icon) == ("12 belum terkirim", "cloud-off-outline")
    assert (loud["printer"].text, loud["printer"].tone) == ("Kertas habis", "danger")
    assert loud["backup"].text == "Cadangan 3 hari lalu"
    failed = {chip.name: chip for chip in Status(now=NOON, backup_at=NOON, backup_failed=True).chips()}
    assert (failed["backup"].text, failed["backup"].tone) == ("Cadangan gagal", "warning")


class Names(RowsModel[str]):
    def __init__(self) -> None:
        super().__init__([Column("Nama"), Column("Harga", 80, "right", editable=True)])
        self.asked = 0

    def cells(self, row: str) -> Sequence[Cell]:
        self.asked += 1
        return Cell(row, "lama"), Cell("0")

    def edit(self, row: int, column: int, text: str) -> bool:
        self.rows[row] = text
        return column == 1


def test_a_table_of_ten_thousand_rows_asks_only_for_those_it_shows(qtbot: QtBot) -> None:
    model = Names()
    table = TwoLineTable(Theme(), model, empty="Belum ada.")
    qtbot.addWidget(table)
    table.resize(400, 400)
    model.set_rows([f"Barang {number}" for number in range(10_000)])
    table.show()
    table.grab()
    assert 0 < model.asked < 40


def test_rows_that_stay_keep_the_selection(qtbot: QtBot) -> None:
    model = Names()
    table = TwoLineTable(Theme(), model)
    qtbot.addWidget(table)
    model.set_rows(["a", "b"])
    table.select_row(1)
    model.set_rows(["a", "c", "d"])
    assert table.current_row() == 1
    assert model.data(model.index(1, 0)) == "c"


def test_an_edited_cell_is_taken_by_the_model() -> None:
    model = Names()
    model.set_rows(["a"])
    assert model.setData(model.index(0, 1), "z")
    assert model.rows == ["z"]


def test_an_amount_is_grouped_while_it_is_typed(qtbot: QtBot) -> None:
    field = AmountField(Theme())
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field, "1x50.00a0")
    assert field.text() == "150.000"
    assert field.value() == 150_000
    field.press("back")
    field.press("000")
    assert field.value() == 15_000_000


def test_tiles_that_do_not_fit_turn_the_page(qtbot: QtBot) -> None:
    grid = TileGrid(Theme())
    qtbot.addWidget(grid)
    grid.set_categories(["Favorit", "Makanan"])
    grid.resize(480, 200)
    grid.show()
    grid.set_tiles([Tile(str(number), f"Barang {number}", "1.000") for number in range(20)])
    shown = [button for button in grid._buttons if button.isVisible()]
    assert shown[-1].tile.key == ""
    shown[-1].click()
    assert grid._buttons[0].tile.key == str(len(shown) - 1)
    with qtbot.waitSignal(grid.picked) as caught:
        grid._buttons[0].click()
    assert caught.args == [grid._buttons[0].tile.key]


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("scale", [100, 200])
def test_the_pop_up_of_a_choice_shows_seven_entries_whole(qtbot: QtBot, qapp: QApplication, scale: int) -> None:
    theme = Theme(scale=scale)
    theme.apply(qapp)
    choice = Choice(theme, [(str(place), f"Pilihan {place}") for place in range(7)])
    qtbot.addWidget(choice)
    choice.show()
    choice.showPopup()
    view = choice.view()
    last = view.visualRect(choice.model().index(6, 0))
    assert view.viewport().rect().contains(last)
    choice.hidePopup()
    Theme().apply(qapp)
