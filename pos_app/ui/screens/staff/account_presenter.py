"""Rules of the panel about one tab: its limit, the PIN for purchases, and the letter of authority. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pos_app.domain.dates import short_date
from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ledger import registry, staff
from pos_app.services import tabs
from pos_app.services.context import Counter
from pos_app.services.wording import describe
from pos_app.ui.messages import Message


@dataclass(frozen=True, slots=True)
class Typed:
    """What the fields hold; the letter's date is None while it is no date."""

    limit: int | None
    pin: str
    again: str
    has_letter: bool
    letter: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about a tab."""

    limit: int
    has_pin: bool
    letter: date | None


class AccountPresenter:
    """One staff member at a time."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.code = ""
        self.name = ""

    def kept(self) -> Kept:
        """What the ledger holds now."""
        given_on = staff.mandates(self.counter.db).get(self.code)
        return Kept(
            registry.tab_limit(self.counter.db, self.code) or 0,
            tabs.staff_has_pin(self.counter, self.code),
            date.fromisoformat(given_on) if given_on else None,
        )

    def obstacle(self, typed: Typed) -> Message | None:
        """Why nothing can be kept yet."""
        if typed.limit is None:
            return Message("E", _("Enter the limit; 0 means that there is no tab."))
        if typed.pin != typed.again:
            return Message("E", _("The two PINs differ. Type them again."))
        if typed.pin and len(typed.pin) != tabs.STAFF_PIN_DIGITS:
            return Message("E", _("A staff PIN has four digits."))
        if typed.has_letter and typed.letter is None:
            return Message("E", _("Enter the day on which the letter was signed."))
        if not self.changes(typed):
            return Message("I", _("Nothing to change."))
        return None

    def changes(self, typed: Typed) -> list[str]:
        """What would be kept, in words."""
        kept = self.kept()
        found = []
        if typed.limit is not None and typed.limit != kept.limit:
            found.append(_("Limit {before} → {after}").format(before=rupiah(kept.limit), after=rupiah(typed.limit)))
        if typed.pin:
            found.append(_("New PIN") if kept.has_pin else _("First PIN"))
        if self._letter(typed) != kept.letter:
            found.append(
                _("Letter of authority of {date}").format(date=short_date(typed.letter))
                if typed.has_letter and typed.letter
                else _("Letter of authority withdrawn")
            )
        return found

    def save(self, typed: Typed, approved_by: str | None) -> Message:
        """Keeps what differs."""
        kept = self.kept()
        try:
            if typed.limit is not None and typed.limit != kept.limit:
                tabs.set_limit(self.counter, self.code, typed.limit, approved_by)
            if typed.pin:
                tabs.set_staff_pin(self.counter, self.code, typed.pin, approved_by)
            if self._letter(typed) != kept.letter:
                tabs.set_mandate(self.counter, self.code, self._letter(typed), approved_by)
        except PosError as error:
            return Message("E", describe(error))
        return Message("S", _("The tab of {name} is changed.").format(name=self.name))

    def _letter(self, typed: Typed) -> date | None:
        return typed.letter if typed.has_letter else None
