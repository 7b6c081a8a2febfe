"""Saves producers, goods or staff as a file that ``Import`` reads: which, in which form, into which folder.

``RegistryExport(theme, workers, counter, KINDS, require)``; with one kind there is nothing to choose. ``require`` asks
for a manager as ``Gate.require`` does: files about persons need one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos_app.i18n import N_, _
from pos_app.services import exporting
from pos_app.services.context import Counter
from pos_app.services.exporting import FORMATS, Exported, Kind, needs_manager
from pos_app.ui.save_box import SaveBox, Telling
from pos_app.ui.theme import Theme
from pos_app.ui.widgets.basic import Text
from pos_app.ui.widgets.facts import Facts
from pos_app.ui.widgets.fields import field_row
from pos_app.ui.widgets.forms import Choice
from pos_app.ui.widgets.pin import Approval
from pos_app.ui.worker import Tell, Workers

WORDS: Final[dict[Kind, str]] = {"products": N_("Goods"), "producers": N_("Producers"), "staff": N_("Staff")}
FORMS: Final = {"xlsx": N_("Excel (XLSX)"), "csv": "CSV"}
MOST_REMARKS: Final = 20

Require = Callable[[str, Approval, Callable[[str | None], None]], None]


class RegistryExport(QWidget):
    """See the module."""

    def __init__(
        self, theme: Theme, workers: Workers, counter: Counter, kinds: Sequence[Kind], require: Require
    ) -> None:
        super().__init__()
        self._counter = counter
        self._kinds = tuple(kinds)
        self._require = require
        self._approved: str | None = None
        self._exported: Exported | None = None
        self.kind_choice = Choice(theme, [(kind, _(WORDS[kind])) for kind in self._kinds])
        self.kind_choice.chosen.connect(self._on_chosen)
        self.form_choice = Choice(theme, [(form, _(FORMS[form])) for form in FORMATS])
        self.form_choice.chosen.connect(self._on_chosen)
        self._personal = Text(theme, _("Holds personal data: needs a manager, and is logged."), tone="muted")
        self._personal.setWordWrap(True)
        self.box = SaveBox(theme, workers, _("Save the file"), Telling(self._work))
        self.box.ask = self._ask
        self.box.saved.connect(self._on_saved)
        self.remarks = Facts(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if len(self._kinds) > 1:
            column.addWidget(field_row(theme, _("&What"), self.kind_choice))
        column.addWidget(field_row(theme, _("&Form of the file"), self.form_choice))
        for widget in (self._personal, self.box, self.remarks):
            column.addWidget(widget)
        self._on_chosen()

    @property
    def kind(self) -> Kind:
        """What is saved."""
        return next(kind for kind in self._kinds if kind == self.kind_choice.code())

    def clear(self) -> None:
        """Forgets what was told."""
        self.box.clear()
        self.remarks.show_facts([])

    def _on_chosen(self) -> None:
        self._personal.setVisible(needs_manager(self.kind))
        self.clear()

    def _ask(self) -> None:
        if not needs_manager(self.kind):
            self._start(None)
            return
        lines = (_(WORDS[self.kind]), _("The file holds personal data. Keep it safe, and delete it when it was used."))
        self._require("export_registry", Approval(_("Save the file"), lines), self._start)

    def _start(self, approved_by: str | None) -> None:
        self._approved = approved_by
        self.remarks.show_facts([])
        self.box.start()

    def _work(self, folder: Path) -> Callable[[Tell], Path]:
        counter, kind, approved = self._counter, self.kind, self._approved
        form = next(form for form in FORMATS if form == self.form_choice.code())
        self._approved = None

        def work(tell: Tell) -> Path:
            with closing(counter.ledger.another()) as own:
                own_counter = replace(counter, ledger=own)
                self._exported = exporting.export_into(own_counter, kind, folder, form, approved, tell)
            return self._exported.path

        return work

    def _on_saved(self) -> None:
        if self._exported is None:
            return
        found = [(words, "alert-outline", "warning") for words in exporting.remarks(self._exported)]
        more = len(found) - MOST_REMARKS
        shown = found[:MOST_REMARKS]
        if more > 0:
            shown.append((_("and {count} more").format(count=more), "information-outline", "muted"))
        self.remarks.show_facts(shown)
