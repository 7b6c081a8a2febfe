"""What a repair found, did and could not bring back, in sentences for the manager."""

from datetime import datetime

from pos_app.domain.dates import short_moment
from pos_app.i18n import _, language
from pos_app.services.repairing import Diagnosis, Lost, Repaired


def of_diagnosis(found: Diagnosis) -> str:
    """What is wrong."""
    if found.condition == "whole":
        return _("The ledger is whole: {count} entries.").format(count=found.entries)
    if found.condition == "projections":
        return _("The journal is whole ({count} entries); totals kept beside it differ from it: {reason}.").format(
            count=found.entries, reason=found.reason
        )
    if found.condition == "journal" and found.entry:
        return _("The journal is damaged from entry {entry}: {reason}.").format(entry=found.entry, reason=found.reason)
    return _("The file cannot be read as it is: {reason}.").format(reason=found.reason)


def of_repair(done: Repaired) -> list[str]:
    """What was found, done and lost."""
    told = [of_diagnosis(done.found)]
    if done.found.condition == "whole":
        return [*told, _("Nothing was changed.")]
    if done.backup is not None:
        told.append(
            _("Restored from {path}; {count} later entries were taken over from the damaged file.").format(
                path=done.backup, count=done.salvaged
            )
        )
    elif done.salvaged:
        told.append(_("{count} entries were taken over from the damaged file.").format(count=done.salvaged))
    else:
        told.append(_("All totals were worked out anew from the journal."))
    told.append(_("The ledger is whole again: {count} entries.").format(count=done.entries))
    if done.aside is not None:
        told.append(_("The damaged file is kept as {path}.").format(path=done.aside))
    if done.lost is not None:
        told.extend(of_loss(done.lost))
    elif done.backup is not None:
        told.append(_("Nothing is known to be lost."))
    return told


def of_loss(lost: Lost) -> list[str]:
    """What is missing, from when to when, and where it may still stand."""
    told = [_span(lost)]
    if lost.after or lost.before:
        told.append(
            _("They were recorded after {after}, up to {before}.").format(
                after=_moment(lost.after), before=_moment(lost.before)
            )
        )
    if lost.listed is not None:
        told.append(
            _("What can still be read of {count} of them is listed in {path}.").format(
                count=lost.readable, path=lost.listed
            )
        )
    told.append(_("Enter them again from their papers; what was sent, the centre still has."))
    return told


def _span(lost: Lost) -> str:
    if not lost.last:
        return _("Entries from {first} on may be lost; the file does not tell how many.").format(first=lost.first)
    count = lost.last - lost.first + 1
    return _("{count} entries are lost: {first} to {last}.").format(count=count, first=lost.first, last=lost.last)


def _moment(text: str) -> str:
    if not text:
        return _("an unknown time")
    return short_moment(datetime.fromisoformat(text), "en" if language() == "en" else "id")
