"""Events as table rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pos_app.domain.dates import short_moment
from pos_app.i18n import _, language
from pos_app.services.events import Event
from pos_app.ui.widgets.table import Cell, Column, RowsModel

TONES = {"pin": "danger", "removed": "warning", "discount": "warning", "drawer": "warning"}


class EventsModel(RowsModel[Event]):
    """When, who, what."""

    def __init__(self) -> None:
        super().__init__([Column(_("When and who"), 160), Column(_("Event"))])

    def cells(self, row: Event) -> Sequence[Cell]:
        when = short_moment(datetime.fromisoformat(row.at), language())
        what = Cell(row.what, row.detail, tone=TONES.get(row.kind, "text"), bold=True)
        return Cell(when, row.who), what
