"""The page of lost goods by producer: what, worth how much, who bore it; saved as a spreadsheet. Widgets only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.domain.dates import business_date
from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _
from pos_app.services import shrinkage
from pos_app.services.shrinkage import Shrinkage
from pos_app.services.workbooks import Kind
from pos_app.ui.messages import Message, failure
from pos_app.ui.reading import Reading
from pos_app.ui.save_box import SaveBox
from pos_app.ui.screen import Shell
from pos_app.ui.widgets.actions import ActionBar
from pos_app.ui.widgets.basic import padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import Choice, DateField
from pos_app.ui.widgets.side import SidePanel, TightColumns
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.widgets.table import Cell, Column, RowsModel, TwoLineTable


class LostModel(RowsModel[Shrinkage]):
    """Producers with what got lost of their goods."""

    def __init__(self) -> None:
        super().__init__(
            [
                Column(_("Producer")),
                Column(_("Lost"), 64, "right"),
                Column(_("Damaged"), 64, "right"),
                Column(_("Expired"), 84, "right"),
                Column(_("Found"), 84, "right"),
                Column(_("Value"), 110, "right"),
            ]
        )

    def cells(self, row: Shrinkage) -> Sequence[Cell]:
        parts = []
        if row.by_producer:
            parts.append(_("producer {amount}").format(amount=rupiah(row.by_producer)))
        if row.by_corner:
            parts.append(_("corner {amount}").format(amount=rupiah(row.by_corner)))
        pieces = (row.lost + row.other, row.damaged, row.expired, row.found)
        figures = [Cell(quantity_text(one)) if one else Cell("–", tone="muted") for one in pieces]
        return (Cell(row.name, " · ".join(parts), bold=True), *figures, Cell(thousands(row.value), bold=True))


@dataclass(frozen=True, slots=True)
class Lost:
    """What got lost from one day to another; days and rows stay together."""

    first: date
    last: date
    rows: list[Shrinkage]


class LostPage(QWidget):
    """``left`` when it is left."""

    left = Signal()

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        theme = shell.theme
        self.model = LostModel()
        self.reading = Reading(shell.workers)
        self.lost: Lost | None = None
        self.table = TwoLineTable(theme, self.model, empty=_("Nothing got lost in this period."))
        TightColumns(theme, self.table, (1, 2, 3, 4))
        back = KeyButton(theme, _("Back"), key="Esc", icon="arrow-left")
        back.clicked.connect(self.left)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.table, 1)
        column.addWidget(ActionBar(theme, [back]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(column, 1)
        row.addWidget(self._side())

    def _side(self) -> SidePanel:
        theme = self.shell.theme
        panel = SidePanel(theme, width=360, compact=320)
        card, column = padded_card()
        self.first_field = DateField(theme, self._today)
        self.last_field = DateField(theme, self._today)
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(field_row(theme, _("&First day"), self.first_field))
        pair.addWidget(field_row(theme, _("&Last day"), self.last_field))
        self.sums = Sums(theme)
        column.addLayout(pair)
        column.addWidget(self.sums)
        files, below = padded_card()
        self.kind = Choice(theme, [("xlsx", "Excel (XLSX)"), ("csv", "CSV")])
        self.box = SaveBox(theme, self.shell.workers, _("Save"), self._save_work)
        self.box.ask = self._save
        below.addWidget(field_row(theme, _("As &file"), self.kind))
        below.addWidget(self.box)
        panel.body.addWidget(card)
        panel.body.addWidget(files)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Show"), key="F12", kind="main")
        self.main_button.clicked.connect(self.load)
        panel.foot.addWidget(self.main_button)
        return panel

    def _today(self) -> date:
        return business_date(self.shell.counter.clock())

    def open(self) -> None:
        """This month."""
        today = self._today()
        self.first_field.set_value(today.replace(day=1))
        self.last_field.set_value(today)
        self.box.clear()
        self.load()
        self.first_field.setFocus()

    def load(self) -> None:
        """Reads the period anew, on a worker."""
        first, last = self.first_field.value(), self.last_field.value()
        if first is None or last is None or last < first:
            self.shell.say(Message("E", _("Enter the first and the last day.")))
            return
        counter = self.shell.counter

        def work(_tell: object) -> Lost:
            with closing(counter.ledger.another()) as own:
                return Lost(first, last, shrinkage.shrinkage(own.db, first, last))

        self.reading.begin((first, last), work, self._show, self._on_failed)

    def _save(self) -> None:
        if self.lost is not None:
            self.box.start()

    def _save_work(self, folder: Path) -> Callable[[], Path]:
        lost, kind = self.lost, cast(Kind, self.kind.code())
        if lost is None:
            raise AssertionError("saved before anything was read")
        return lambda: shrinkage.save(lost.rows, lost.first, lost.last, kind, folder)

    def _show(self, lost: Lost) -> None:
        self.lost, rows = lost, lost.rows
        self.model.set_rows(rows)
        self.sums.show_rows(
            [
                SumRow(_("Value at sell price"), rupiah(sum(one.value for one in rows)), bold=True),
                SumRow(_("Borne by producer"), rupiah(sum(one.by_producer for one in rows))),
                SumRow(_("Borne by corner"), rupiah(sum(one.by_corner for one in rows))),
                SumRow(_("Owed or paid by the corner"), rupiah(sum(one.owed for one in rows))),
                SumRow(_("Value found"), rupiah(sum(one.found_value for one in rows)), rule=True),
            ]
        )

    def _on_failed(self, error: Exception) -> None:
        self.shell.say(failure(error, str(self.shell.counter.ledger.path)))
