"""What to tell about the fields of a producer while they are typed: one sentence each. A remark never blocks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from pos_app.domain.certificates import PIRT_LAST_DAY, PIRT_YEARS, Certificate, Kind, last_day, lasts_too_long, state
from pos_app.domain.dates import short_date
from pos_app.i18n import N_, _
from sync.documents import identifiers
from sync.protocol.registry_fields import KELURAHAN

if TYPE_CHECKING:
    from pos_app.services.producers import Entry

_FORMS: Final[tuple[tuple[str, identifiers.Kind, str], ...]] = (
    ("nib", "nib", N_("An NIB has 13 digits. Compare it with the paper.")),
    ("pirt", "pirt", N_("A P-IRT has 13 digits, a dash and the year, for example 2101872010001-30.")),
    ("halal_no", "halal", N_("A halal certificate is ID and 14 to 17 digits; a KH number is none.")),
    ("phone", "phone", N_("A mobile phone begins with 08 and has 10 to 13 digits.")),
    ("nik", "nik", N_("A NIK has 16 digits with the birth date in it. Compare it with the KTP.")),
    ("npwp", "npwp", N_("An NPWP has 15 or 16 digits and a check digit. Compare it with the card.")),
)


def remarks(entry: Entry, today: date, pirt_last_day: tuple[int, int] = PIRT_LAST_DAY) -> dict[str, str]:
    """A sentence for every field that is doubtful, by the name of the field."""
    found = {}
    for name, kind, words in _FORMS:
        value = getattr(entry, name).strip()
        if value and not identifiers.check(kind, value).valid:
            found[name] = _(words)
    if entry.kelurahan.strip() and entry.kelurahan.strip() not in KELURAHAN:
        found["kelurahan"] = _("This is none of the 22 kelurahan of Metro.")
    account = entry.bank_account.strip()
    if account and not identifiers.is_digits(account):
        found["bank_account"] = _("An account number has digits only.")
    elif account and not entry.bank_name.strip():
        found["bank_name"] = _("Enter the bank of this account.")
    held: tuple[tuple[str, Kind, str], ...] = (("pirt", "pirt", entry.pirt), ("halal_no", "halal", entry.halal_no))
    for name, kind_of, number in held:
        if name not in found and number.strip():
            expires = entry.halal_expires if kind_of == "halal" else None
            one = Certificate(kind_of, number.strip(), expires)
            if words := lapsing(one, today, pirt_last_day):
                found["halal_expires" if expires else name] = words
    return found


def lapsing(one: Certificate, today: date, pirt_last_day: tuple[int, int] = PIRT_LAST_DAY) -> str:
    """That a certificate has lapsed, will soon, or would hold too long to be true; empty where it holds."""
    last = last_day(one, pirt_last_day)
    if last is not None and lasts_too_long(one, today, pirt_last_day):
        text = _("A P-IRT holds {years} years: {date} is doubtful. Compare it with the paper.")
        return text.format(years=PIRT_YEARS, date=short_date(last))
    standing = state(one, today, pirt_last_day=pirt_last_day)
    if last is None or standing == "valid":
        return ""
    if standing == "lapsed":
        return _("Lapsed on {date}. Ask for the new one.").format(date=short_date(last))
    return _("Holds until {date} only. Ask for the new one.").format(date=short_date(last))
