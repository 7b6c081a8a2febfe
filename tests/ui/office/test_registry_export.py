"""Export of the registry in Settings: who may take personal data away, and what is told of the file."""

import csv
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pos_app.services import exporting, products, workbooks
from pos_app.services.context import User
from pos_app.ui.screens.settings.export_card import ExportCard
from pos_app.ui.screens.settings.screen import SettingsScreen
from tests.ui.conftest import MANAGER_PIN, Till
from tests.ui.test_selling import T1


def card_of(till: Till, folder: Path, kind: str) -> ExportCard:
    till.window.go("settings")
    screen = till.window.current
    assert isinstance(screen, SettingsScreen)
    card = screen.findChild(ExportCard)
    assert isinstance(card, ExportCard)
    card.export.kind_choice.choose(kind)
    card.export.kind_choice.chosen.emit(kind)
    card.export.form_choice.choose("csv")
    card.export.box.folder.field.setText(str(folder))
    return card


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(("kind", "rows"), [("products", 4), ("producers", 2), ("staff", 2)])
def test_a_manager_saves_each_part_of_the_registry(
    office: Till, qtbot: QtBot, tmp_path: Path, kind: str, rows: int
) -> None:
    card = card_of(office, tmp_path, kind)
    card.export.box.button.click()
    qtbot.waitUntil(lambda: ".csv" in card.export.box.facts.text())
    (file,) = tmp_path.glob(f"{kind}-*.csv")
    assert len(rows_of(file)) == rows


def test_a_cashier_takes_personal_data_away_with_a_managers_pin_only(
    office: Till, cashier: User, qtbot: QtBot, tmp_path: Path
) -> None:
    office.log_in(cashier)
    card = card_of(office, tmp_path, "staff")
    card.export.box.button.click()
    assert list(tmp_path.glob("staff-*.csv")) == []
    office.type("000000")
    office.press(Qt.Key.Key_Return)
    assert list(tmp_path.glob("staff-*.csv")) == []
    office.type(MANAGER_PIN)
    office.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ".csv" in card.export.box.facts.text())
    (file,) = tmp_path.glob("staff-*.csv")
    assert [row["name"] for row in rows_of(file)] == ["Pegawai Satu", "Pegawai Dua"]
    actions = [row[0] for row in office.corner.db.execute("SELECT action FROM activity")]
    assert actions.count("look:export") == 2
    assert {"registry_exported", "approved:export_registry"} <= set(actions)


def test_an_export_is_stopped_at_the_window(
    office: Till, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, cells = Event(), workbooks.cells

    def cells_once_stopped(sheet: Any, values: Any) -> Any:
        assert stopped.wait(60)
        return cells(sheet, values)

    monkeypatch.setattr(exporting, "TOLD_EVERY", 1)
    monkeypatch.setattr(workbooks, "cells", cells_once_stopped)
    card = card_of(office, tmp_path, "products")
    card.export.form_choice.choose("xlsx")
    card.export.box.button.click()
    assert card.export.box.stop_button.isVisibleTo(card)
    card.export.box.stop_button.click()
    stopped.set()
    qtbot.waitUntil(lambda: card.export.box.facts.text() == "Dihentikan. Tidak ada yang disimpan.")
    assert list(tmp_path.glob("products-*")) == []
    assert card.export.box.button.isEnabled()
    assert not card.export.box.stop_button.isVisibleTo(card)


def test_a_barcode_that_finds_no_room_in_the_file_is_told(office: Till, qtbot: QtBot, tmp_path: Path) -> None:
    products.add_barcode(office.corner.counter, "K1", T1)
    card = card_of(office, tmp_path, "products")
    card.export.box.button.click()
    qtbot.waitUntil(lambda: ".csv" in card.export.box.facts.text())
    assert card.export.remarks.text() == "1 barcode lain tidak ada di berkas: tempatnya satu per barang."
