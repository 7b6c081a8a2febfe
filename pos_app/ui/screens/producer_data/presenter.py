"""Rules of the Producer data screen: who is found, what is known of one, registering and correcting. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Final

from pos_app.domain.dates import business_date, short_date
from pos_app.domain.errors import PosError, UnknownProducer
from pos_app.i18n import N_, _
from pos_app.ledger import agreements
from pos_app.ledger import producers as rows
from pos_app.ledger.producers import Listed, Producer
from pos_app.services import certificate_board, privacy, producers
from pos_app.services.alias_words import now_called, once_called
from pos_app.services.certificate_board import HeldLine
from pos_app.services.context import Counter
from pos_app.services.producer_remarks import remarks
from pos_app.services.producers import Entry, Index, Likeness
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, failure
from pos_app.ui.person.presenter import LABELS
from pos_app.ui.screens.producer_data.words import BEARERS, CLASSES, TENDERS, TERMS

MOST_LIKE: Final = 3
REASONS: Final = {
    "phone": N_("the same phone"),
    "nib": N_("the same NIB"),
    "name": N_("nearly the same name"),
}


class ProducerDataPresenter:
    """The list, the chosen producer, and the form about a new or a known one. ``editing`` is None while no form is
    open, empty for a new producer, else a code."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.text = ""
        self.code = ""
        self.index: Index | None = None
        self.editing: str | None = None
        self.entry = Entry()
        self.approved_by: str | None = None
        self._before = Entry()
        self._slot = ""
        """Where the draft lies; that of whoever began, also when another user came meanwhile."""

    @property
    def today(self) -> date:
        """The business date."""
        return business_date(self.counter.clock())

    # The list --------------------------------------------------------------------------------------------------------

    def index_work(self) -> Callable[[], Index]:
        """What a worker does to unseal owners and phones for the search."""
        ledger, vault = self.counter.ledger, self.counter.vault

        def work() -> Index:
            with closing(ledger.another()) as own:
                return producers.read_index(own, vault)

        return work

    def forget(self) -> None:
        """Nothing of persons stays in memory."""
        self.index = None

    def listed(self) -> list[Listed]:
        """What the search finds; persons only once they are unsealed."""
        return self.index.find(self.text) if self.index is not None else producers.find(self.counter.db, self.text)

    def count_words(self, shown: int) -> str:
        """How many are shown of how many."""
        known = rows.count(self.counter.db)
        if shown < producers.FOUND:
            return _("{shown} of {known} producers").format(shown=shown, known=f"{known:,}".replace(",", "."))
        words = _("The first {shown} of {known} producers; type more to find others.")
        return words.format(shown=shown, known=f"{known:,}".replace(",", "."))

    # The chosen one --------------------------------------------------------------------------------------------------

    def producer(self) -> Producer | None:
        """Who is chosen."""
        return rows.producer(self.counter.db, self.code) if self.code else None

    def facts(self, row: Producer) -> list[tuple[str, str]]:
        """What lies open of a producer: label and value."""
        halal = row.halal_no
        if halal and row.halal_expires:
            halal = _("{number} until {date}").format(number=halal, date=short_date(row.halal_expires))
        return [
            (_("Code"), once_called(self.counter.db, "producer", row.code) or row.code),
            (_("Class"), _(CLASSES.get(row.class_, row.class_))),
            (_("Kelurahan"), row.kelurahan or "-"),
            (_("Payout terms"), _(TERMS.get(row.payout_terms, row.payout_terms))),
            (_("NIB"), row.nib or "-"),
            (_("P-IRT"), row.pirt or "-"),
            (_("Halal"), halal or "-"),
            (_("Known since"), short_date(row.joined_on) if row.joined_on else "-"),
        ]

    def person(self, row: Producer) -> list[tuple[str, str]]:
        """Who is behind it, covered: label and value."""
        if row.erased:
            return []
        try:
            held = privacy.masked(self.counter, "producer", row.code)
        except UnknownProducer:
            return []
        if not held.readable:
            return []
        names = ("owner_name", "phone", "nik", "npwp", "address", "bank_name", "bank_account")
        return [(_(LABELS[name]), held.personal.get(name) or "-") for name in names]

    def remark(self, row: Producer) -> tuple[str, str, str]:
        """What may be corrected here: text, icon, tone."""
        if row.erased:
            return _("Anonymised: nothing is known of the person any more."), "account-outline", "muted"
        if row.sealed and not privacy.masked(self.counter, "producer", row.code).readable:
            return _("Locked: enter the recovery code in Settings, Data safety."), "lock-outline", "warning"
        told = now_called(self.counter.db, "producer", row.code)
        if told:
            return _("{told}. The code stays on documents and labels.").format(told=told), "link-variant", "muted"
        if row.is_own:
            return _("Registered at this corner: everything can be corrected here."), "pencil-outline", "muted"
        words = _("From Diskoperin's list: only person, bank, agreement and certificates are kept here.")
        return words, "cloud-check-outline", "muted"

    def certificates(self) -> list[HeldLine]:
        """What the chosen producer holds."""
        return certificate_board.held_by(self.counter.db, self.code, self.today)

    def certificate_facts(self) -> list[tuple[str, str, str]]:
        """Certificates in words: text, icon, tone."""
        return [(certificate_words(line), *STATE_LOOK[line.state]) for line in self.certificates()] or [
            (_("No certificates yet."), "information-outline", "muted")
        ]

    def agreement_fact(self) -> tuple[str, str, str]:
        """The agreement in words: text, icon, tone."""
        terms = agreements.agreement(self.counter.db, self.code)
        if terms is None:
            words = _("No agreement recorded yet: losses follow the usual rule.")
            return words, "alert-outline", "warning"
        words = _("Agreed on {date}: paid {terms}, {tender}; {bearer}.").format(
            date=short_date(terms.agreed_on),
            terms=_(TERMS[terms.payout_terms]).lower(),
            tender=_(TENDERS[terms.pays_by]).lower(),
            bearer=_(BEARERS[terms.loss_bearer]).lower(),
        )
        return words, "check-circle-outline", "success"

    # The form --------------------------------------------------------------------------------------------------------

    def begin_new(self) -> Message | None:
        """An empty form, or what was typed before; then that is told."""
        return self._begin("", Entry(), None)

    def begin_correction(self, approved_by: str | None) -> Message | None:
        """The form with all that is known of the chosen one, which is a look; why that is not possible else."""
        try:
            entry = producers.opened(self.counter, self.code, approved_by)
        except PosError as error:
            return Message("E", describe(error))
        return self._begin(self.code, entry, approved_by)

    def _begin(self, code: str, entry: Entry, approved_by: str | None) -> Message | None:
        self._slot = producers.slot(self.counter, code)
        kept = producers.draft(self.counter, self._slot)
        self.editing, self.entry, self.approved_by = code, kept or entry, approved_by
        self._before = entry
        if kept is None or kept == entry:
            return None
        return Message("I", _("What was typed before is here again. Go on, or start over."))

    def start_over(self) -> Message | None:
        """Forgets what was typed: an empty form, or what is known."""
        if self.editing is None:
            return None
        producers.drop_draft(self.counter, self._slot)
        return self.begin_new() if not self.editing else self.begin_correction(self.approved_by)

    def leave(self) -> None:
        """No form any more; the draft stays."""
        self.editing = None
        self.approved_by = None

    @property
    def may_change_facts(self) -> bool:
        """Whether the form takes more than the personal data."""
        row = rows.producer(self.counter.db, self.editing) if self.editing else None
        return row is None or row.is_own

    def typed(self, entry: Entry) -> dict[str, str]:
        """Takes what the form holds; a sentence for every doubtful field."""
        self.entry = entry
        return remarks(entry, self.today, certificate_board.pirt_last_day(self.counter.db))

    def keep(self) -> None:
        """Keeps what is typed, so that a power cut takes nothing."""
        if self.editing is not None and self.entry != Entry():
            producers.keep_draft(self.counter, self._slot, self.entry)

    def obstacle(self) -> Message | None:
        """Why it cannot be saved yet."""
        if not self.entry.business_name.strip():
            return Message("W", _("Enter the name of the business."))
        return None

    @property
    def may_be_another(self) -> bool:
        """Whether what tells producers apart was typed or changed: name, NIB or phone."""
        now, before = self.entry, self._before
        return (now.business_name, now.nib, now.phone) != (before.business_name, before.nib, before.phone)

    def likeness_work(self) -> Callable[[], list[Likeness]]:
        """What a worker does to find producers who may be the same."""
        ledger, vault, entry, code = self.counter.ledger, self.counter.vault, self.entry, self.editing or ""

        def work() -> list[Likeness]:
            with closing(ledger.another()) as own:
                return producers.likenesses(own, vault, entry, code)

        return work

    def question(self, found: list[Likeness]) -> str:
        """Whether it is really another producer."""
        named = ", ".join(
            _("{name} ({code}): {reason}").format(name=one.name, code=one.code, reason=_(REASONS[one.reason]))
            for one in found[:MOST_LIKE]
        )
        return _("Registered already? {named}. Save all the same, or look at it first.").format(named=named)

    def save(self, approved_by: str | None) -> Message:
        """Registers or corrects; the producer is chosen then."""
        code = self.editing
        try:
            if not code:
                self.code = producers.register(self.counter, self.entry, approved_by or self.approved_by)
                text = _("{name} registered as {code}. Goods can be taken in now.")
                message = Message("S", text.format(name=self.entry.business_name.strip(), code=self.code))
            elif producers.correct(self.counter, code, self.entry, approved_by or self.approved_by):
                message = Message("S", _("The data of {code} is corrected.").format(code=code))
            else:
                message = Message("I", _("Nothing was changed."))
        except PosError as error:
            return Message("E", describe(error))
        self.leave()
        return message

    def failed(self, error: Exception) -> Message:
        """Why slow work was not done."""
        return failure(error, str(self.counter.ledger.path))


STATE_LOOK: Final[dict[str, tuple[str, str]]] = {
    "valid": ("check-circle-outline", "success"),
    "doubtful": ("alert-outline", "warning"),
    "soon": ("clock-alert-outline", "warning"),
    "lapsed": ("alert-circle-outline", "danger"),
    "missing": ("alert-outline", "warning"),
}


def certificate_words(line: HeldLine) -> str:
    """``P-IRT 2101…-30 · Keripik · berlaku sampai 31/12/2030``."""
    held = line.certificate
    parts = [f"{_(certificate_board.NAMES[held.kind])} {held.number}"]
    if line.goods:
        parts.append(line.goods)
    state = _(certificate_board.STATES[line.state])
    parts.append(_("{state}, until {date}").format(state=state, date=short_date(line.last)) if line.last else state)
    return " · ".join(parts)
