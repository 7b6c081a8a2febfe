"""Rules of the Staff screen: who owes what on the tab, and taking a repayment. No Qt."""

from __future__ import annotations

from typing import Literal

from pos_app.domain.dates import business_date
from pos_app.domain.errors import PosError
from pos_app.domain.formats import rupiah
from pos_app.i18n import _
from pos_app.ledger import deductions, queries, registry
from pos_app.ledger.registry import StaffMember
from pos_app.printing.papers.tab_statement import StatementLine
from pos_app.services import neighbours, tab_statements, tabs
from pos_app.services.context import Counter
from pos_app.services.once import Once
from pos_app.services.wording import describe
from pos_app.ui.messages import Message, numbered, of_recorded

Tender = Literal["cash", "qris", "transfer"]
Filter = Literal["tab", "all"]


class StaffPresenter:
    """The staff, the one chosen and the repayment being typed."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.once = Once(counter)
        """The repayment."""
        self.filter: Filter = "tab"
        self.text = ""
        self.code = ""
        self.tender: Tender = "cash"
        self._all: list[StaffMember] = []

    def refresh(self) -> None:
        """Reads staff and tabs anew; staff are few and decrypted into memory."""
        self._all = registry.staff_members(self.counter.db, self.counter.vault.unseal)

    def rows(self) -> list[StaffMember]:
        """What filter and search leave; who owes most comes first."""
        words = self.text.lower().split()
        found = [
            one
            for one in self._all
            if (self.filter == "all" or one.tab or one.next_door)
            and all(word in f"{one.name} {one.nip} {one.unit} {one.code}".lower() for word in words)
        ]
        return sorted(found, key=lambda one: (-one.owes, one.name)) if self.filter == "tab" else found

    def counts(self) -> dict[str, int]:
        """How many each filter leaves."""
        return {"tab": sum(bool(one.tab or one.next_door) for one in self._all), "all": len(self._all)}

    def outstanding(self) -> int:
        """All tabs at this till together: the float that it carries, in rupiah."""
        return sum(one.tab for one in self._all)

    def next_door(self) -> int:
        """All tabs at the corner's other tills together, as far as they are known."""
        return sum(one.next_door for one in self._all)

    def heard(self) -> str:
        """Up to when the other tills are known; empty where there is none."""
        return neighbours.heard(self.counter.db)

    def where(self, member: StaffMember) -> str:
        """At which tills the tab stands; empty where it stands at this one alone."""
        return neighbours.tab_words(self.counter.db, member)

    def member(self) -> StaffMember | None:
        """Who is chosen."""
        return next((one for one in self._all if one.code == self.code), None)

    def find_card(self, code: str) -> bool:
        """Chooses by code or NIP, as on a card; False when nobody has it."""
        found = next((one for one in self._all if code in (one.code, one.nip)), None)
        if found is None:
            return False
        self.code = found.code
        self.filter = "all"
        self.text = ""
        return True

    def history(self) -> list[StatementLine]:
        """What moved the chosen tab this month, newest first, and last what was carried over."""
        since = business_date(self.counter.clock()).replace(day=1)
        found = tab_statements.lines_since(self.counter.db, self.code, since)
        lines = list(reversed(found.lines))
        if found.carried_over:
            lines.append(StatementLine(since.isoformat(), "", _("Carried over"), found.carried_over))
        return lines

    def repay(self, amount: int | None, reference: str) -> Message:
        """Takes a repayment."""
        member = self.member()
        if member is None:
            return Message("W", _("Choose a person in the list."))
        if not amount:
            return Message("E", _("Enter the amount that is repaid."))
        if amount > max(member.tab, 0) and not self.once.is_open:
            text = _("The tab is only {amount}. Enter that or less.")
            if member.next_door:
                text = _("At this till the tab is only {amount}. Enter that or less; take the rest at the other till.")
            return Message("E", text.format(amount=rupiah(max(member.tab, 0))))
        if queries.open_shift(self.counter.db) is None:
            return numbered(15)
        try:
            recorded = self.once.record(
                (member.code, amount, self.tender, reference.strip()),
                lambda: tabs.pay_tab(self.counter, member.code, amount, self.tender, reference=reference.strip()),
            )
        except PosError as error:
            return Message("E", describe(error))
        self.refresh()
        text = _("{number}: {name} repaid {amount}.")
        said = text.format(number=recorded.number, name=member.name, amount=rupiah(amount))
        if number := self._waiting_list(member.code):
            said += " " + _("The tab stands on {number}: tell the treasurer that less is to be deducted.").format(
                number=number
            )
        return of_recorded(recorded, said)

    def _waiting_list(self, code: str) -> str:
        """A deduction list with this tab on it that is not collected."""
        found = deductions.waiting(self.counter.db)
        return next((number for (staff, _seq), number in found.items() if staff == code), "")
