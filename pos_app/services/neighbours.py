"""What this till was told of the corner's other tills, in words; and what must be told once of it.

Both tills sold the last piece, or both gave back the same goods: neither could know, and neither is refused afterwards.
It is told once at each of them, and stays to be seen where goods and receipts are shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from pos_app.domain.dates import short_moment
from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import _, language, ngettext
from pos_app.ledger import neighbours, queries, registry

if TYPE_CHECKING:
    from pos_app.domain.product import Product
    from pos_app.ledger.neighbours import Share
    from pos_app.ledger.registry import StaffMember
    from pos_app.ledger.sqlite import Connection
    from pos_app.services.context import Counter

TOLD: Final = "neighbours_told"
"""The setting that holds what was told and still is so."""
SHORT, TWICE = "short:", "twice:"


def shelf_words(db: Connection, product: Product) -> str:
    """Whose stock makes up what lies on the shelves: ``3 here · 2 at till B``; empty where no other till has any."""
    shares = neighbours.stock(db, product.sku)
    if not any(share.amount for share in shares):
        return ""
    return _parts(quantity_text(product.on_hand), [(share.till, quantity_text(share.amount)) for share in shares])


def tab_words(db: Connection, member: StaffMember) -> str:
    """At which tills a tab stands; empty where it stands at this one alone."""
    shares: Sequence[Share] = neighbours.tabs(db, member.code)
    return _parts(rupiah(member.tab), [(one.till, rupiah(one.amount)) for one in shares]) if shares else ""


def _parts(here: str, others: Sequence[tuple[str, str]]) -> str:
    found = [_("{figure} here").format(figure=here)]
    found += [_("{figure} at till {till}").format(figure=figure, till=till) for till, figure in others]
    return " · ".join(found)


def heard(db: Connection) -> str:
    """Up to when the other tills are known, and of whom nothing more comes; empty where there is none."""
    found, others = [], neighbours.others(db)
    for one in neighbours.neighbours(db):
        when = short_moment(datetime.fromisoformat(one.told_at), language()) if one.told_at else "–"
        found.append(_("till {till} up to {when}").format(till=one.till, when=when))
    words = [_("With {tills}.").format(tills=", ".join(found))] if found else []
    words += [
        _("Till {till} was taken off: its last figures count.").format(till=one.till)
        for one in others
        if one.state == "gone"
    ]
    words += [
        _("Till {till} is not counted: ten others are, at most.").format(till=one.till)
        for one in others
        if one.state == "left_out"
    ]
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class News:
    """What was not told yet: names of goods below zero with how many (thousandths), and sales given back twice."""

    short: tuple[tuple[str, int], ...]
    twice: tuple[tuple[str, int], ...]

    def words(self) -> str:
        """All of it as sentences that say what to do."""
        found = []
        for name, quantity in self.short[:3]:
            text = _("{item}: the corner sold {count} more than came in. Count the shelf.")
            found.append(text.format(item=name, count=quantity_text(-quantity)))
        if len(self.short) > 3:
            found.append(below_zero_too(len(self.short) - 3))
        for number, excess in self.twice:
            text = _("{number}: two tills gave back the same goods, {amount} too much. Ask the buyer.")
            found.append(text.format(number=number, amount=rupiah(excess)))
        return " ".join(found)


def below_zero_too(count: int) -> str:
    """How many goods beside those that were named lie below zero."""
    text = ngettext(
        "{count} more item is below zero; see Stock.", "{count} more items are below zero; see Stock.", count
    )
    return text.format(count=count)


def news(counter: Counter) -> News | None:
    """What is to be told now; None for nothing."""
    db = counter.db
    short, twice = neighbours.below_zero(db), neighbours.given_back_twice(db)
    if not short and not twice:
        return None
    told = set(json.loads(queries.setting(db, TOLD, "[]")))
    found = News(
        tuple((_name(db, sku), quantity) for sku, quantity in short.items() if f"{SHORT}{sku}" not in told),
        tuple((number, excess) for number, excess in twice.items() if f"{TWICE}{number}" not in told),
    )
    return found if found.short or found.twice else None


def was_told(counter: Counter) -> None:
    """Whatever is so now was told; what ends and comes back is told anew."""
    with counter.ledger.write() as tx:
        present = [f"{SHORT}{sku}" for sku in neighbours.below_zero(tx.db)]
        present += [f"{TWICE}{number}" for number in neighbours.given_back_twice(tx.db)]
        registry.set_setting(tx.db, TOLD, json.dumps(present))


def _name(db: Connection, sku: str) -> str:
    product = queries.product(db, sku)
    return product.name if product is not None else sku
