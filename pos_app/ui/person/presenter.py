"""Rules of the panel about one person: covered by default, shown for a reason, exported, anonymised. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pos_app.domain.errors import PosError
from pos_app.i18n import N_, _
from pos_app.ledger import persons
from pos_app.ledger.persons import Kind
from pos_app.services import privacy
from pos_app.services.context import Counter
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure

if TYPE_CHECKING:
    from pos_app.services.privacy import Anonymised, Person

SHOWN_SECONDS: Final = 30
LABELS: Final = {
    "name": N_("Name"),
    "nip": N_("NIP"),
    "owner_name": N_("Owner"),
    "phone": N_("Phone"),
    "nik": N_("NIK"),
    "npwp": N_("NPWP"),
    "address": N_("Address"),
    "bank_name": N_("Bank"),
    "bank_account": N_("Bank account"),
}
LOOKS: Final = ("payment", "contact", "correction", "request", "check")
"""Reasons that somebody at the window may give; the others are given by the program itself."""


class PersonPresenter:
    """One person of a kind at a time. ``shown`` is the plain person while it is uncovered."""

    def __init__(self, counter: Counter, kind: Kind) -> None:
        self.counter = counter
        self.kind = kind
        self.code = ""
        self.shown: Person | None = None

    def choose(self, code: str) -> None:
        """Another person, covered."""
        self.code = code
        self.shown = None

    def person(self) -> Person | None:
        """Who is chosen: plain while uncovered, else masked."""
        if self.shown is not None:
            return self.shown
        try:
            return privacy.masked(self.counter, self.kind, self.code)
        except PosError:
            return None

    def rows(self) -> list[tuple[str, str]]:
        """What is known, as label and value."""
        person = self.person()
        if person is None:
            return []
        known = {**dict.fromkeys(self._fields(), ""), **person.personal}
        return [(_(LABELS[name]), known[name] or "-") for name in known if name in LABELS]

    def _fields(self) -> tuple[str, ...]:
        if self.kind == "producer":
            return ("owner_name", "phone", "nik", "npwp", "address", "bank_name", "bank_account")
        return ("name", "nip") if self.kind == "staff" else ("name",)

    def remark(self) -> tuple[str, str, str]:
        """Why there is little to see, or how long it stays: text, icon, tone."""
        person = self.person()
        if person is None or person.erased:
            return _("Anonymised: nothing is known of the person any more."), "account-outline", "muted"
        if not person.readable:
            text = _("Locked: enter the recovery code in Settings, Data safety.")
            return text, "lock-outline", "warning"
        if self.shown is not None:
            text = _("Covered again after {seconds} seconds. The look is noted.").format(seconds=SHOWN_SECONDS)
            return text, "alert-outline", "warning"
        return _("Covered. Whoever looks is noted with the reason."), "lock-outline", "muted"

    @property
    def may_show(self) -> bool:
        """Whether there is something to uncover."""
        person = self.person()
        return person is not None and person.readable and not person.erased

    @property
    def may_export(self) -> bool:
        """Whether anything is held."""
        person = self.person()
        return person is not None and not person.erased

    @property
    def may_erase(self) -> bool:
        """Whether something is left to destroy, pages that an interrupted attempt left included."""
        return self.may_export or persons.rewrite_due(self.counter.db)

    def purposes(self) -> list[tuple[str, str]]:
        """Reasons to look: code and words."""
        return [(code, _(privacy.PURPOSES[code])) for code in LOOKS]

    def show(self, purpose: str, approved_by: str | None) -> Message | None:
        """Uncovers; the look is kept first. What forbids it, else None."""
        try:
            self.shown = privacy.look(self.counter, self.kind, self.code, purpose, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        return None

    def cover(self) -> None:
        """Masked again."""
        self.shown = None

    # Export and erasure ----------------------------------------------------------------------------------------------

    def export_work(self, folder: Path, approved_by: str | None) -> Callable[[], Path]:
        """What a worker does to write everything held as files; it raises what the service does."""
        kind, code = self.kind, self.code

        def work() -> Path:
            own = self._own()
            with closing(own.ledger):
                return privacy.export_person(own, kind, code, folder, approved_by)

        return work

    def obstacle(self, typed: str) -> Message | None:
        """Why the person cannot be anonymised yet, as far as this panel knows."""
        if typed.strip().casefold() != self.confirmation.casefold():
            return Message("W", _("Type {code} to confirm.").format(code=self.confirmation))
        return None

    @property
    def confirmation(self) -> str:
        """What is typed to confirm: the code; for a user, whose code nobody knows, the name."""
        person = self.person()
        return person.name if self.kind == "user" and person is not None else self.code

    def anonymise_work(self, approved_by: str | None) -> Callable[[], Anonymised]:
        """What a worker does: the whole file is written anew."""
        kind, code = self.kind, self.code

        def work() -> Anonymised:
            own = self._own()
            try:
                return privacy.anonymise(own, kind, code, approved_by)
            finally:
                own.ledger.close()

        return work

    def anonymised(self, result: Anonymised) -> Message:
        """After it was done; older copies still hold the sealed data."""
        self.shown = None
        text = _("{code} is anonymised. The books are unchanged.").format(code=self.confirmation)
        if not result.complete:
            text += " " + _(privacy.UNFINISHED)
        if result.copies:
            text += " " + _("Delete the older copies beside the ledger: {names}.").format(
                names=", ".join(path.name for path in result.copies)
            )
        text += " " + _("Older backups still hold the sealed data until they are replaced.")
        return Message("S", text)

    def failed(self, error: Exception) -> Message:
        """Why it was not done."""
        return failure(error, str(self.counter.ledger.path))

    def _own(self) -> Counter:
        return replace(self.counter, ledger=self.counter.ledger.another())
