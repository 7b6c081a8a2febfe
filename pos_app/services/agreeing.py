"""The consignment agreement with a producer: its terms, which other use cases read, and its paper.

The paper alone carries who the owner is (NIK, address); it is made when somebody asks for it, which is a look, and
neither a document nor the print queue ever holds it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from pos_app.domain.dates import business_date
from pos_app.domain.errors import Misuse
from pos_app.i18n import _
from pos_app.ledger import agreements, producers
from pos_app.ledger.agreements import Agreement
from pos_app.printing.papers.agreement import Party, Supply, Terms, agreement_paper
from pos_app.services import people, privacy
from pos_app.services.papers import letterhead, marked
from pos_app.services.producers import PAYOUT_TERMS, known

if TYPE_CHECKING:
    from pathlib import Path

    from pos_app.ledger.ledger import Ledger
    from pos_app.ledger.sqlite import Connection
    from pos_app.printing.layout import Paper
    from pos_app.services.context import Counter

COLLECT_DAYS: Final = 7
NOTICE_DAYS: Final = 30
"""Proposals for a new agreement: agreements in use name a week for unsold goods and a month before a price changes."""
MOST_DAYS: Final = 365


def proposal(counter: Counter, code: str) -> Agreement:
    """What an agreement with this producer would begin with. Raises ``UnknownProducer``."""
    row = known(counter.db, code)
    terms = row.payout_terms if row.payout_terms in PAYOUT_TERMS else PAYOUT_TERMS[1]
    return Agreement(code, business_date(counter.clock()), terms, "cash", "producer", COLLECT_DAYS, NOTICE_DAYS)


def agree(counter: Counter, terms: Agreement, approved_by: str | None = None) -> None:
    """Record an agreement in the place of the earlier one, for a manager; it is logged.

    Payments, losses and counts go by it from now on; what is recorded stays as it is. Raises ``ManagerNeeded``,
    ``UnknownProducer``, and ``Misuse`` for an anonymised producer or days that are not possible.
    """
    counter.require_manager("agreement", approved_by)
    if known(counter.db, terms.producer).erased:
        raise Misuse(_("{code} is anonymised already.").format(code=terms.producer))
    days = (terms.collect_days, terms.notice_days)
    if terms.payout_terms not in PAYOUT_TERMS or not all(0 <= one <= MOST_DAYS for one in days):
        raise Misuse(_("Days are whole numbers from 0 to {most}.").format(most=MOST_DAYS))
    if terms.agreed_on > business_date(counter.clock()):
        raise Misuse(_("The day of the agreement has not come yet."))
    with counter.ledger.write() as tx:
        agreements.keep(tx.db, terms)
        counter.log(tx.db, "agreement_recorded", f"producer:{terms.producer}", approved_by)


@dataclass(frozen=True, slots=True)
class AgreementIssuer:
    """Gives the paper out, from a worker: it opens a connection of its own. Both ways are a look, kept first.

    Raises ``ManagerNeeded`` and ``Misuse`` where nothing is agreed yet.
    """

    counter: Counter
    code: str
    approved_by: str | None = None

    def print_it(self) -> bool:
        """To the printer of sheets, else of rolls; false where the till has none. Raises ``PrinterFault``."""
        from pos_app.services import printing

        with closing(self.counter.ledger.another()) as own:
            return printing.print_now(own, self._paper(own))

    def save(self, folder: Path) -> Path:
        """As an A4 file in this folder, never over another; its path."""
        from pos_app.printing.pdf import to_pdf
        from pos_app.services.private_files import write_new

        with closing(self.counter.ledger.another()) as own:
            paper = self._paper(own)
        day = business_date(self.counter.clock())
        return write_new(folder, f"perjanjian-{self.code}-{day}", "pdf", to_pdf(paper, "a4"))

    def _paper(self, ledger: Ledger) -> Paper:
        terms = agreements.agreement(ledger.db, self.code)
        if terms is None:
            raise Misuse(_("Nothing is agreed with {code} yet. Save the terms first.").format(code=self.code))
        row = known(ledger.db, self.code)
        if row.erased:
            raise Misuse(_("{code} is anonymised already.").format(code=self.code))
        own = replace(self.counter, ledger=ledger)
        person = privacy.look(own, "producer", self.code, "agreement", self.approved_by)
        party = Party(
            row.business_name,
            person.personal.get("owner_name", ""),
            person.personal.get("nik", ""),
            person.personal.get("address", ""),
            row.kelurahan,
            row.nib,
        )
        head = letterhead(ledger)
        account = person.personal.get("bank_account", "")
        bank = f"{person.personal.get('bank_name', '')} {privacy.masked_text('bank_account', account)}".strip()
        agreed = Terms(**asdict(terms))
        paper = agreement_paper(
            agreed, party, _supplies(ledger.db, self.code), head, manager=self._manager(own), bank=bank
        )
        return marked(paper, head)

    def _manager(self, own: Counter) -> str:
        """Who signs for the corner: who acts, or the manager who approved."""
        if own.user is not None and own.user.is_manager:
            return own.user.name
        return next((user.name for user in people.users(own) if user.id == self.approved_by), "")


def _supplies(db: Connection, code: str) -> list[Supply]:
    return [Supply(*row) for row in producers.supplies(db, code)]
