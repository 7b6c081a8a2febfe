"""What a repair found, did and could not bring back, in sentences: the same at the window and on the command line."""

from contextlib import suppress
from datetime import datetime

from pos_app.domain.dates import short_moment
from pos_app.domain.errors import ForeignSeal
from pos_app.domain.formats import thousands
from pos_app.i18n import _, language
from pos_app.services.repairing import Diagnosis, Lost, Repaired
from pos_app.services.wording import describe


def of_diagnosis(found: Diagnosis) -> str:
    """What is wrong."""
    count = thousands(found.entries)
    if found.condition == "whole":
        return _("The ledger is whole: {count} entries.").format(count=count)
    if found.condition == "projections":
        return _("The journal is whole ({count} entries), but totals made from it are wrong.").format(count=count)
    if found.condition == "journal" and found.entry:
        text = _("Entry {entry} of the journal was changed or damaged; {count} entries can be read.")
        return text.format(entry=thousands(found.entry), count=count)
    if found.condition == "missing":
        return _("The file of the books is gone: it was deleted or moved, or its disk is not plugged in.")
    if found.entries:
        return _("The file of the books is damaged; {count} entries can be read.").format(count=count)
    return _("The file of the books cannot be read.")


def of_seals(found: Diagnosis) -> str | None:
    """What to know of a closing that another computer's key sealed; no damage, but somebody should be asked."""
    return describe(ForeignSeal(found.foreign)) if found.foreign else None


def for_support(found: Diagnosis) -> str | None:
    """The technical reason, for whoever helps."""
    return _("For support: {reason}").format(reason=found.reason) if found.reason else None


def of_repair(done: Repaired) -> list[str]:
    """What was found, done and lost."""
    seals = of_seals(done.found)
    told = [of_diagnosis(done.found), *([seals] if seals else [])]
    if done.found.condition == "whole":
        return [*told, _("Nothing was changed.")]
    reason = for_support(done.found)
    told += [reason] if reason else []
    told += [way_of(done), _("The ledger is whole again: {count} entries.").format(count=thousands(done.entries))]
    told += of_loss(done.lost) if done.lost is not None else [_("Nothing is known to be lost.")]
    return [*told, *after(done)]


def way_of(done: Repaired) -> str:
    """How it was made whole."""
    if done.backup is not None and done.found.condition == "missing":
        return _("Restored from {path}.").format(path=done.backup)
    if done.backup is not None:
        text = _("Restored from {path}; {count} later entries were taken over from the damaged file.")
        return text.format(path=done.backup, count=thousands(done.salvaged))
    if done.salvaged or done.found.condition != "projections":
        text = _("{count} entries were taken over from the damaged file.")
        return text.format(count=thousands(done.salvaged))
    return _("All totals were worked out anew from the journal.")


def after(done: Repaired) -> list[str]:
    """What to know from now on."""
    told = [sealed_again(done)] if done.sealed else []
    if done.renumbered:
        told.append(_("New documents begin with new numbers, so that none is printed twice."))
    if done.aside is not None:
        told.append(_("The damaged file is kept as {path}.").format(path=done.aside))
    return told


def sealed_again(done: Repaired) -> str:
    """What became of closings whose seals could not be read."""
    text = _("The seals of {count} closings cannot be read; the entries are whole, and this till seals them anew.")
    return text.format(count=thousands(done.sealed))


def of_loss(lost: Lost) -> list[str]:
    """What is missing, from when to when, and where it may still stand."""
    told = [span(lost)]
    if lost.last and (lost.after or lost.before):
        text = _("They were recorded after {after}, up to {before}.")
        told.append(text.format(after=_moment(lost.after), before=_moment(lost.before)))
    elif lost.after:
        told.append(_("The last entry that is here was recorded {after}.").format(after=_moment(lost.after)))
    if lost.listed is not None:
        text = _("What can still be read of {count} of them is listed in {path}.")
        told.append(text.format(count=thousands(lost.readable), path=lost.listed))
    told.append(
        _("Enter them again from their papers, with the old number as reference. A centre has what it was sent.")
    )
    return told


def span(lost: Lost) -> str:
    """Which entries are missing."""
    first, last = thousands(lost.first), thousands(lost.last)
    if not lost.last:
        return _("Entries from {first} on may be lost; the file does not tell how many.").format(first=first)
    count = thousands(lost.last - lost.first + 1)
    return _("{count} entries are lost: {first} to {last}.").format(count=count, first=first, last=last)


def _moment(text: str) -> str:
    """As the damaged file tells it, which may be anything."""
    with suppress(ValueError):
        return short_moment(datetime.fromisoformat(text), language())
    return _("an unknown time")
