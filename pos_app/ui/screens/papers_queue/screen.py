"""Papers: what waits for the printer, what is in doubt, what came out; print, answer, give up, print again.

Opened from the printer's chip. The queue lies in the ledger, so it outlives a crash. Widgets only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos_app.i18n import _
from pos_app.printing import virtual
from pos_app.services import printing
from pos_app.ui.messages import Message, failure
from pos_app.ui.screen import Command, Screen, Shell
from pos_app.ui.screens.papers_queue.presenter import PaperRow, QueuePresenter, View
from pos_app.ui.screens.papers_queue.table_model import PapersModel
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.paper import Grey, PaperPicture
from pos_app.ui.widgets.side import ScrollArea, SidePanel, TightColumns
from pos_app.ui.widgets.table import TwoLineTable

if TYPE_CHECKING:
    from pos_app.ui.print_worker import PrintWorker

DRAW_MS = 150
"""A paper is drawn when the row has been looked at this long."""
PAPER_WIDTH, PAPER_HEIGHT = 320, 300


class PapersQueueScreen(Screen):
    """See the module."""

    name = "papers_queue"

    def __init__(self, shell: Shell, worker: PrintWorker | None) -> None:
        super().__init__(shell)
        self.presenter = QueuePresenter(shell.counter, worker)
        self.model = PapersModel(self.presenter)
        empty = _("Nothing waits. Papers that the printer could not take stand here.")
        self.table = TwoLineTable(self.theme, self.model, empty=empty, empty_icon="printer-check")
        self.table.row_changed.connect(self._on_row_changed)
        TightColumns(self.theme, self.table, (0, 2))
        self.chips = ChipRow(self.theme, [("open", _("To print")), ("closed", _("Printed"))])
        self.chips.chosen.connect(self._on_view)
        left = QVBoxLayout()
        left.setSpacing(8)
        for widget in (self.strip, self.chips):
            left.addWidget(widget)
        left.addWidget(self.table, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(left, 1)
        row.addWidget(self._side())
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DRAW_MS)
        self._delay.timeout.connect(self._draw)
        if worker is not None:
            worker.changed.connect(self._on_changed)

    def _side(self) -> QWidget:
        theme = self.theme
        panel = SidePanel(theme, width=380, compact=350)
        facts, column = padded_card()
        self.number_text = Text(theme, step="row", weight=700)
        self.number_text.setWordWrap(True)
        self.facts = Facts(theme)
        column.addWidget(self.number_text)
        column.addWidget(self.facts)
        self.buttons = {
            "yes": KeyButton(theme, _("It is printed"), key="F5", icon="check-circle-outline"),
            "no": KeyButton(theme, _("It is not: print again"), key="F6", icon="printer-alert"),
            "again": KeyButton(theme, _("Print again"), key="F9", icon="printer-check"),
            "cancel": KeyButton(theme, _("Do not print"), key="Del", icon="close"),
            "window": KeyButton(theme, _("Look at the papers"), key="F8"),
            "settings": KeyButton(theme, _("Printer settings"), key="F7", icon="cog-outline"),
        }
        runs = {
            "yes": partial(self._answer, True),
            "no": partial(self._answer, False),
            "again": self._print_again,
            "cancel": self._cancel,
            "window": self._open_window,
            "settings": partial(self.shell.go, "settings"),
        }
        for name, button in self.buttons.items():
            button.clicked.connect(runs[name])
            column.addWidget(button)
        self.picture = PaperPicture()
        self.area = ScrollArea(self.picture)
        self.area.setWidgetResizable(False)
        self.area.setFixedHeight(PAPER_HEIGHT)
        panel.body.addWidget(facts)
        panel.body.addWidget(self.area)
        panel.body.addStretch(1)
        self.main_button = KeyButton(theme, _("Print now"), key="F12", kind="main")
        self.main_button.clicked.connect(self.main_action)
        panel.foot.addWidget(self.main_button)
        return panel

    # The window ----------------------------------------------------------------------------------------------------

    def title(self) -> str:
        return _("Papers")

    def commands(self) -> Sequence[Command]:
        return (
            Command("F5", _("It is printed"), partial(self._press, "yes")),
            Command("F6", _("It is not: print again"), partial(self._press, "no")),
            Command("F7", _("Printer settings"), partial(self._press, "settings")),
            Command("F8", _("Look at the papers"), partial(self._press, "window")),
            Command("F9", _("Print again"), partial(self._press, "again")),
            Command("Del", _("Do not print"), partial(self._press, "cancel")),  # bound by keyPressEvent
            Command("Ctrl+T", _("To print, or printed"), self._other_view),
        )

    def activated(self) -> None:
        self._show_list()
        if self.table.current_row() < 0:
            self.table.select_row(0)
        self.restore_focus()

    def default_focus(self) -> QWidget:
        return self.table

    def take_scan(self, code: str) -> None:
        """A receipt's code chooses its paper."""
        rows = self.model.rows
        place = next((place for place, row in enumerate(rows) if row.number == code), None)
        if place is None:
            self.shell.say(Message("E", _("{number} is not in this list.").format(number=code)))
            return
        self.table.select_row(place)
        self.shell.say(Message("S", code))

    def main_action(self) -> None:
        self._say(self.presenter.print_now())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._press("cancel")
            return
        super().keyPressEvent(event)

    # What happens --------------------------------------------------------------------------------------------------

    def row(self) -> PaperRow | None:
        """The paper that is chosen."""
        place = self.table.current_row()
        return self.model.rows[place] if 0 <= place < len(self.model.rows) else None

    def _press(self, name: str) -> None:
        button = self.buttons[name]
        if button.isVisibleTo(self):
            button.click()

    def _answer(self, printed: bool) -> None:
        row = self.row()
        if row is not None:
            self._say(self.presenter.answer(row.job, printed=printed))

    def _print_again(self) -> None:
        row = self.row()
        if row is not None:
            self._say(self.presenter.print_again(row.job))

    def _cancel(self) -> None:
        row = self.row()
        if row is not None:
            self._say(self.presenter.cancel(row.job))

    def _open_window(self) -> None:
        from pos_app.ui.virtual_printer.window import show_or_close

        counter = self.shell.counter
        columns = printing.printer_settings(counter.db).columns
        show_or_close(self, self.theme, self.shell.workers, virtual.folder_beside(counter.ledger.path), columns)

    def _say(self, message: Message) -> None:
        self._show_list()
        self.shell.refresh_state()
        self.shell.say(message)

    def _on_view(self, view: str) -> None:
        self.presenter.view = cast(View, view)
        self._show_list()
        self.table.select_row(0)

    def _other_view(self) -> None:
        view = "closed" if self.presenter.view == "open" else "open"
        self.chips.choose(view)
        self._on_view(view)

    def _on_changed(self) -> None:
        if self.isVisible():
            self._show_list()

    def _show_list(self) -> None:
        self.model.set_rows(self.presenter.rows())
        self.chips.show_counts(self.presenter.counts())
        if self.table.current_row() < 0:
            self.table.select_row(0)
        self._show_row()

    def _on_row_changed(self, _place: int) -> None:
        self._show_row()

    def _show_row(self) -> None:
        row = self.row()
        state = row.job.state if row is not None else ""
        self.number_text.setText(f"{row.number} · {row.kind}" if row is not None else _("No paper chosen"))
        facts = []
        if row is not None:
            words, tone, icon = self.presenter.state(row.job)
            facts.append((words, icon, tone))
        trouble = self.presenter.trouble()
        if trouble is not None:
            facts.append((trouble.text, "printer-alert", "danger"))
        self.facts.show_facts(facts)
        self.buttons["yes"].setVisible(state == "unsure")
        self.buttons["no"].setVisible(state == "unsure")
        self.buttons["again"].setVisible(state in ("failed", "done", "cancelled"))
        self.buttons["cancel"].setVisible(state in ("waiting", "unsure", "failed"))
        device = printing.printer_settings(self.shell.counter.db).device
        self.buttons["window"].setVisible(device == "virtual")
        self.area.hide()
        self._delay.start()

    def _draw(self) -> None:
        row = self.row()
        if row is None or not self.isVisible():
            return
        self.shell.workers.run(self.presenter.picture_work(row.job), partial(self._on_drawn, row), self._on_failed)

    def _on_drawn(self, row: PaperRow, picture: tuple[int, int, bytes]) -> None:
        now = self.row()
        if now is not None and now.job.id == row.job.id:
            self.picture.show_grey(Grey(*picture), row.number, fitting=PAPER_WIDTH)
            self.area.show()

    def _on_failed(self, error: Exception) -> None:
        """A paper that cannot be made has no picture; its row says why."""
        failure(error, str(self.shell.counter.ledger.path))
