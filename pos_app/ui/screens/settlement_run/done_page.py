"""After a run: its sums, the slips in one file, all of them to the printer, and the way to the list for the bank."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.ui.save_box import SaveBox, Telling
from pos_app.ui.screen import Shell
from pos_app.ui.screens.settlement_run.presenter import RunPresenter
from pos_app.ui.widgets.basic import Text, padded_card
from pos_app.ui.widgets.button import KeyButton
from pos_app.ui.widgets.forms import ChipRow
from pos_app.ui.widgets.side import SidePanel
from pos_app.ui.widgets.sums import SumRow, Sums
from pos_app.ui.worker import Tell


class DonePage(SidePanel):
    """See the module; ``left`` when the next run is looked at."""

    left = Signal()
    wants_list = Signal()
    wants_paper = Signal()

    def __init__(self, shell: Shell, presenter: RunPresenter) -> None:
        super().__init__(shell.theme, width=420, compact=360)
        theme = shell.theme
        self.presenter = presenter
        frame, column = padded_card()
        column.addWidget(Text(theme, _("Paid"), step="title", weight=700))
        self.sums = Sums(theme)
        column.addWidget(self.sums)
        self.body.addWidget(frame)
        files, column = padded_card()
        self.pages = ChipRow(theme, [("a5", _("A5")), ("a4", _("Two on A4"))])
        self.pages.setAccessibleName(_("Page"))
        self.box = SaveBox(theme, shell.workers, _("Slips as one PDF"), Telling(self._work))
        column.addWidget(self.pages)
        column.addWidget(self.box)
        self.body.addWidget(files)
        self.body.addStretch(1)
        self.list_button = KeyButton(theme, _("Transfer list"), key="F8", icon="file-document-outline")
        self.list_button.clicked.connect(self.wants_list)
        self.print_button = KeyButton(theme, _("Print all slips"), key="F9", icon="printer")
        self.print_button.clicked.connect(self.wants_paper)
        self.main_button = KeyButton(theme, _("Done"), key="F12", kind="main")
        self.main_button.clicked.connect(self.left)
        for button in (self.list_button, self.print_button, self.main_button):
            self.foot.addWidget(button)

    def open(self) -> None:
        """Shows the run that was just recorded."""
        done = self.presenter.done
        if done is None:
            return
        sums = done.sums
        self.sums.show_rows(
            [
                SumRow(_("{count} producers").format(count=thousands(sums.count)), rupiah(sums.total), bold=True),
                SumRow(_("Cash from the drawer"), rupiah(sums.cash)),
                SumRow(_("Transfer"), rupiah(sums.transfer)),
                SumRow(done.first),
                SumRow(done.last),
            ]
        )
        self.list_button.setEnabled(sums.transfers > 0)
        self.box.clear()

    def _work(self, folder: Path) -> Callable[[Tell], Path]:
        return self.presenter.slips_work(folder, two_up=self.pages.code() == "a4")
