"""What joining the centre's history again did, or would do, in sentences: the same at the window and on the command
line.
"""

from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _, ngettext
from pos_app.services.neighbours import below_zero_too
from pos_app.services.rejoining import Rejoined
from sync.documents.deductions import DeductionCollected

MOST = 6
"""Numbers that one sentence names."""


def of_joining(done: Rejoined) -> list[str]:
    """What came, what was entered again, and how the shifts stand now."""
    entered = done.entered
    taken = ngettext(
        "{count} entry of Diskoperin's is in the ledger, byte for byte.",
        "{count} entries of Diskoperin's are in the ledger, byte for byte.",
        done.taken,
    )
    again = ngettext(
        "{count} document of this till is entered again, with its number.",
        "{count} documents of this till are entered again, with their numbers.",
        len(entered.numbers),
    )
    told = [taken.format(count=thousands(done.taken)), again.format(count=thousands(len(entered.numbers)))]
    if entered.there:
        there = ngettext(
            "{count} document is there already; it is not entered twice.",
            "{count} documents are there already; they are not entered twice.",
            len(entered.there),
        )
        told.append(there.format(count=thousands(len(entered.there))))
    if entered.closed:
        told.append(
            _("The shift that was open at Diskoperin's end is closed by {number}, as if counted right.").format(
                number=entered.closed
            )
        )
    if entered.opened:
        told.append(
            _("What this till sold since stands in a shift of its own, {number}.").format(number=entered.opened)
        )
    return [*told, _("All of it is verified: {count} entries.").format(count=thousands(done.entries))]


def to_do(done: Rejoined) -> list[str]:
    """What remains for people."""
    told = []
    entered = done.entered
    for producer, amount in done.owing:
        text = (
            _("{producer} is paid in both histories and owes {amount}. The next slip takes it off; tell the producer.")
            if producer in done.paid_twice
            else _("{producer} owes {amount}. The next slip takes it off.")
        )
        told.append(text.format(producer=producer, amount=rupiah(amount)))
    if entered.recount:
        text = _(
            "Both histories moved goods that were counted: {goods}. Count them again; less was booked where unsure."
        )
        told.append(text.format(goods=_named(list(entered.recount.values()))))
    told += [
        _("More of {number} came back than was sold: both histories refunded it. Compare goods and cash.").format(
            number=number
        )
        for number in done.returned[:MOST]
    ]
    told += [
        _("{staff} paid {amount} more than was on the tab. Give it back, or leave it for the next purchase.").format(
            staff=staff, amount=rupiah(amount)
        )
        for staff, amount in done.overpaid[:MOST]
    ]
    told += [_done_in_both(done, number, original) for number, original in list(entered.undone.items())[:MOST]]
    for number, originals in list(entered.matched.items())[:MOST]:
        text = _(
            "{originals} are matched in both histories: {number} matches nothing now. Match its other sales again."
        )
        told.append(text.format(number=number, originals=_named(originals)))
    for old, new in list(entered.renumbered.items())[:MOST]:
        told.append(_("{old} is {new} now: Diskoperin has another document of that number.").format(old=old, new=new))
    if len(entered.renumbered) > MOST:
        more = len(entered.renumbered) - MOST
        text = ngettext("{count} more document has a new number.", "{count} more documents have new numbers.", more)
        told.append(text.format(count=thousands(more)))
    told += [
        _("{item} lies below zero by {count}. Count the shelf.").format(item=name, count=quantity_text(-quantity))
        for name, quantity in done.short[:MOST]
    ]
    if len(done.short) > MOST:
        told.append(below_zero_too(len(done.short) - MOST))
    if done.left > 0:
        text = _("{number} counted {amount} out that nobody took out: it shows as too much at the next closing.")
        told.append(text.format(number=entered.closed, amount=rupiah(done.left)))
    if entered.closed or entered.opened:
        told.append(_("Compare the drawer with the cash on hand when the shift is closed next."))
    return told


def kept(done: Rejoined) -> str | None:
    """Where the old file lies."""
    if done.aside is None:
        return None
    return _("The old file is kept as {path}.").format(path=done.aside)


def _named(numbers: list[str]) -> str:
    told = ", ".join(numbers[:MOST])
    return f"{told} +{len(numbers) - MOST}" if len(numbers) > MOST else told


def _done_in_both(done: Rejoined, number: str, original: str) -> str:
    collected, counts = number.startswith(DeductionCollected.PREFIX), number in done.twice
    match collected, counts:
        case True, True:
            text = _("The list {original} is collected in both histories, and {number} counts, too. Count the cash.")
        case True, False:
            text = _(
                "The list {original} is collected in both histories; it counts once, {number} moves nothing."
                " Was it brought twice?"
            )
        case False, True:
            text = _(
                "{original} is taken back in both histories, and {number} counts, too. Count these goods and the cash."
            )
        case _:
            text = _(
                "{original} is taken back in both histories; it counts once, {number} moves nothing. Was it done twice?"
            )
    return text.format(number=number, original=original)
