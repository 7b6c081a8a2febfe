"""What Goods In tells of a producer's batches that are to go back (``ledger.tasks``). No Qt."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Final

from pos_app.domain.formats import quantity_text
from pos_app.i18n import _, ngettext
from pos_app.ledger import tasks
from pos_app.ledger.sqlite import Connection
from pos_app.ui.screens.goods_in.checks import Check
from pos_app.ui.screens.goods_in.draft import Body

MOST: Final = 4


def reminders(db: Connection, body: Body) -> list[Check]:
    """A delivery is told how many batches go back with its producer, a return which goods are still missing."""
    asked = tasks.to_return(db, body.producer) if body.producer else []
    if not asked:
        return []
    if body.mode == "receive":
        text = ngettext("{count} batch to be returned (F6)", "{count} batches to be returned (F6)", len(asked))
        return [Check(False, text.format(count=len(asked)))]
    typed: Tally[str] = Tally()
    for line in body.lines:
        typed[line.sku] += line.quantity
    wanted: Tally[str] = Tally()
    for sku, _name, quantity, _day in asked:
        wanted[sku] += quantity
    names = {sku: name for sku, name, _quantity, _day in asked}
    missing = [(names[sku], wanted[sku] - typed[sku]) for sku in wanted if wanted[sku] > typed[sku]]
    if not missing:
        return [Check(True, _("All that is to be returned is listed"))]
    told = [Check(False, _("To be returned: {item}").format(item=name), quantity_text(q)) for name, q in missing[:MOST]]
    if len(missing) > MOST:
        told.append(Check(False, _("and {count} more lines").format(count=len(missing) - MOST)))
    return told
