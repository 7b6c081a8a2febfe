"""Names and employee numbers for a deduction list: only paper and spreadsheet have them, no document."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from pos_app.ledger import registry, staff
from pos_app.printing.papers.deductions import ListedPerson, ListedUnit
from sync.documents.deductions import DeductionList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pos_app.ledger.sqlite import Connection
    from pos_app.ledger.vault import Vault


class Deducted(Protocol):
    """A line of a list: a code and rupiah."""

    @property
    def staff(self) -> str: ...
    @property
    def amount(self) -> int: ...


def people_of(db: Connection, vault: Vault, lines: Iterable[Deducted]) -> tuple[ListedPerson, ...]:
    """The lines with names, employee numbers and letters of authority, by name."""
    known = {member.code: member for member in registry.staff_members(db, vault.unseal)}
    letters = staff.mandates(db)
    people = []
    for line in lines:
        member = known.get(line.staff)
        name, nip = (member.name, member.nip) if member else (line.staff, "")
        people.append(ListedPerson(name, nip, line.amount, line.staff in letters))
    return tuple(sorted(people, key=lambda person: (person.name, person.nip)))


def recorded_list(db: Connection, vault: Vault, document: DeductionList) -> ListedUnit:
    """A list as it was handed over."""
    people = people_of(db, vault, document.lines)
    return ListedUnit(document.month, document.unit, date.fromisoformat(document.cut_off), people, document.number)
