"""Papers for salary deductions: the list for the treasurer, and the slip for what was brought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pos_app.domain.dates import MONTHS, business_date
from pos_app.domain.formats import rupiah, thousands
from pos_app.domain.terbilang import terbilang
from pos_app.i18n import _, language, mark
from pos_app.printing.layout import Block, Column, Columns, Cut, Facts, Paper, Rule, Signatures, Space, Table, Text
from pos_app.printing.papers.common import TENDERS, Issue, Letterhead, day_text, head, identity, proof, remarks
from sync.documents.deductions import DeductionCollected

REASONS = {
    "no_mandate": mark("No letter of authority"),
    "pay_too_low": mark("Pay too low"),
    "on_leave": mark("On leave"),
    "left_office": mark("Left the office"),
    "repaid": mark("Repaid meanwhile"),
    "other": mark("Other reason"),
}
"""Why nothing was deducted, by the code in the document."""


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One line for the treasurer; ``mandate`` tells whether the letter of authority lies here."""

    name: str
    nip: str
    amount: int
    mandate: bool


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """The list of a unit as it is printed; ``number`` is empty for a draft."""

    month: str
    unit: str
    cut_off: date
    people: tuple[ListedPerson, ...]
    number: str = ""

    @property
    def total(self) -> int:
        """All amounts together, in rupiah."""
        return sum(person.amount for person in self.people)


def month_text(month: str) -> str:
    """``November 2026`` of ``2026-11``."""
    return f"{MONTHS[language()][int(month[5:]) - 1]} {month[:4]}"


def long_date(day: date) -> str:
    """``21 November 2026``."""
    return f"{day.day} {MONTHS[language()][day.month - 1]} {day.year}"


def deduction_list(listed: ListedUnit, issue: Issue, letterhead: Letterhead) -> Paper:
    """Who is to be deducted what, with sum, words, place, date, two signatures, and the code of the entry."""
    title = _("SALARY DEDUCTION LIST") if listed.number else _("SALARY DEDUCTION LIST (DRAFT)")
    pairs = (
        (_("Month"), month_text(listed.month)),
        (_("Unit"), listed.unit or "-"),
        (_("Tabs up to"), day_text(listed.cut_off.isoformat())),
    )
    place = _("Metro, {date}").format(date=long_date(business_date(datetime.fromisoformat(issue.at))))
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *(identity(listed.number, issue, *pairs) if listed.number else (Facts(pairs), Rule())),
        _people(listed.people),
        Rule(strong=True),
        Columns(_("TOTAL of {count} staff").format(count=len(listed.people)), rupiah(listed.total), bold=True),
        Text(_("In words: {words}").format(words=terbilang(listed.total))),
        *_without_letter(listed.people),
        *remarks(issue),
        Space(),
        Text(place, "right"),
        Signatures(_("Treasurer"), _("Manager of the corner")),
    ]
    if listed.number:
        blocks += proof(listed.number, issue)
    return Paper("deduction_list", listed.number or "DRAF", title, (*blocks, Cut()), size="sheet")


def _people(people: Sequence[ListedPerson]) -> Table:
    rows = tuple(
        (f"{place}. {person.name}{'' if person.mandate else ' *'}", person.nip or "-", thousands(person.amount))
        for place, person in enumerate(people, start=1)
    )
    return Table(_("No. Name"), (Column(_("NIP")), Column(_("Amount"), beside_name=True)), rows)


def _without_letter(people: Sequence[ListedPerson]) -> list[Block]:
    if all(person.mandate for person in people):
        return []
    return [Text(_("* The letter of authority for deductions does not lie at the corner yet."), small=True)]


def deduction_slip(
    collected: DeductionCollected, issue: Issue, letterhead: Letterhead, names: Mapping[str, str]
) -> Paper:
    """What the treasurer brought, from whom, and of whom nothing was deducted."""
    title = _("SALARY DEDUCTION")
    way = _(TENDERS[collected.tender])
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(collected.number, issue, (_("For list"), collected.list_number), (_("Method"), way)),
        *(Columns(names.get(line.staff, line.staff), thousands(line.amount)) for line in collected.lines),
        Rule(),
        Columns(_("RECEIVED"), rupiah(collected.total), bold=True, double=True),
        Text(_("In words: {words}").format(words=terbilang(collected.total))),
        *(Columns(names.get(one.staff, one.staff), _(REASONS[one.reason])) for one in collected.left_out),
        *remarks(issue),
        Space(),
        Signatures(_("Treasurer"), _("Manager of the corner")),
        *proof(collected.number, issue),
        Cut(),
    ]
    drawer = collected.tender == "cash" and bool(collected.lines) and not issue.copy
    return Paper("deduction_collected", collected.number, title, tuple(blocks), size="sheet", drawer=drawer)
