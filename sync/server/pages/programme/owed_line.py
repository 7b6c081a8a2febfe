"""What makes up what is owed, as a sum in one line: ``Rp 40.000 owed before 1 Nov + … − … = Rp 30.000 owed now``."""

from datetime import date
from typing import Final, NamedTuple

from sync.server.database.dialect import Database
from sync.server.pages.frame import day, rupiah
from sync.server.pages.texts import _, mark
from sync.server.reports.owing import statement
from sync.server.reports.scope import Scope

CHANGES: Final = {
    "earned": mark("producers' share of sales, less what came back"),
    "bought": mark("bought outright"),
    "losses": mark("goods lost, borne by corners"),
    "opening": mark("opening balances"),
    "debts": mark("debts that producers paid"),
    "other": mark("corrected otherwise"),
    "paid": mark("paid"),
    "kept": mark("kept by corners"),
}
ALWAYS: Final = ("earned", "paid")


class Part(NamedTuple):
    """An amount with its sign, and what it is."""

    sign: str
    amount: str
    text: str


def owed_line(db: Database, scope: Scope, today: date) -> list[Part]:
    """Of the tills and producers of ``scope``, from before its days to now; empty where nothing was ever owed."""
    found = statement(db, scope, today)
    changes = [(found.changes[what], what == "paid", _(text)) for what, text in CHANGES.items()]
    changes.append((found.since, False, _("after {day}").format(day=day(scope.last))))
    changes.append((found.fresh, False, _("not in the figures yet")))
    if not any((found.begin, found.owed, found.owes, *(amount for amount, *_told in changes))):
        return []
    now, told = found.owed - found.owes, _("owed now")
    if found.owes:
        told = _("owed now: {owed}, less {owes} that producers owe").format(
            owed=rupiah(found.owed), owes=rupiah(found.owes)
        )
    always = {_(CHANGES[what]) for what in ALWAYS}
    return [
        Part("−" * (found.begin < 0), rupiah(abs(found.begin)), _("owed before {day}").format(day=day(scope.first))),
        *(
            Part("−" if amount < 0 or (less and not amount) else "+", rupiah(abs(amount)), text)
            for amount, less, text in changes
            if amount or text in always
        ),
        Part("= −" if now < 0 else "=", rupiah(abs(now)), told),
    ]
