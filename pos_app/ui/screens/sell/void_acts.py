"""Undoing other documents than sales at the counter: their paper is scanned, a manager says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from pos_app.domain.dates import short_moment
from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _, language
from pos_app.ledger import queries, registry
from pos_app.ledger.queries import Entry
from pos_app.ledger.standing import amount_of, party_of
from pos_app.services import refunding
from pos_app.services.once import Once
from pos_app.ui.messages import Message, of_recorded
from pos_app.ui.widgets.pin import Approval
from sync.documents.sale import Sale

if TYPE_CHECKING:
    from pos_app.ui.screens.sell.side_flow import SideFlow
    from pos_app.ui.screens.sell.void_panel import VoidSide

_NUMBER: Final = re.compile(r"([A-Z]{2})-([A-Z0-9]{2,24})-(\d{1,12})")


class VoidActs(QObject):
    """Opens the panel and carries out what it decides; ``refused`` says what forbids it."""

    def __init__(self, flow: SideFlow, refused: Callable[[PosError], None]) -> None:
        super().__init__(flow)
        self.flow = flow
        self.screen = flow.screen
        self._refused = refused
        self.once = Once(flow.screen.shell.counter)

    def wire(self, side: VoidSide) -> None:
        """Connects the panel that was just built."""
        side.panel.accepted.connect(self.press_main)
        side.panel.cancelled.connect(self.flow.close)
        side.panel.reprint_wanted.connect(self.reprint)

    def document(self, code: str) -> Entry | None:
        """The document of this till, other than a sale, that a code names and that can be undone."""
        match = _NUMBER.fullmatch(code.strip().upper())
        if match is None:
            return None
        number = f"{match[1]}-{match[2]}-{int(match[3]):06d}"
        entry = queries.entry_by_number(self.screen.shell.counter.db, number)
        undoable = tuple(kind for kind in refunding.REVERSIBLE if kind is not Sale)
        return entry if entry is not None and isinstance(entry.document, undoable) else None

    def open(self, entry: Entry) -> None:
        """The document with what it was about."""
        from pos_app.printing.papers.money import KIND_NAMES  # late: selling needs no papers

        counter = self.screen.shell.counter
        side = self.flow.panels.void
        self.screen.shell.hush()
        self.screen.show_side(side)
        document = entry.document
        party = party_of(document)
        facts = [
            _(KIND_NAMES.get(document.KIND, document.KIND)),
            short_moment(datetime.fromisoformat(entry.envelope.at), language()),
            registry.producer_name(counter.db, party) or party,
        ]
        if queries.is_reversed(counter.db, entry.id):
            facts.append(_("undone"))
        amount = amount_of(document)
        words = "\n".join(fact for fact in facts if fact)
        side.panel.ask(document.number, entry.id, words, rupiah(amount) if amount else "")

    def reprint(self) -> None:
        """F9: its paper again."""
        panel = self.flow.panels.void.panel
        self.flow.receipts.reprint(panel.document_id, panel.number)

    def press_main(self) -> None:
        """F12: undoes it, after one more F12 or a manager's PIN."""
        side = self.flow.panels.void
        panel = side.panel
        if side.asking:
            side.accept()
            return
        if panel.missing():
            self.screen.shell.say(Message("E", panel.missing()))
            return
        self.screen.shell.hush()
        approval = Approval(
            _("Undo {number}?").format(number=panel.number), [_("The document stays; another undoes it.")]
        )
        side.require("reverse", approval, self._undo, label=_("Void"))

    def _undo(self, manager: str | None) -> None:
        panel, counter = self.flow.panels.void.panel, self.screen.shell.counter
        number, reason, note = panel.number, panel.reason, panel.why
        approved_by = manager or self.screen.presenter.approval("reverse", None, number)
        try:
            recorded = self.once.record(
                (number, reason),
                lambda: refunding.reverse(counter, number, reason=note or None, code=reason, approved_by=approved_by),
            )
        except PosError as error:
            self._refused(error)
            return
        self.screen.tiles_changed()
        self.flow.close()
        text = _("{number} undone by {reversal}.").format(number=number, reversal=recorded.number)
        self.screen.shell.say(of_recorded(recorded, text))
        self.screen.shell.refresh_state()
