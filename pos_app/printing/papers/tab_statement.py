"""The statement of a staff tab, for the staff member who asks what the tab consists of."""

from dataclasses import dataclass

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.printing.layout import Block, Column, Columns, Cut, Facts, Paper, Rule, Space, Table, Text
from pos_app.printing.papers.common import Issue, Letterhead, day_text, head, moment_text


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry on the tab: ISO date, number, what it was, rupiah."""

    date: str
    number: str
    what: str
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A tab since the ISO date ``since``; rupiah. The employee number is on no statement."""

    name: str
    unit: str
    limit: int
    since: str
    carried_over: int
    lines: tuple[StatementLine, ...]
    balance: int


def tab_statement(statement: Statement, letterhead: Letterhead, at: str) -> Paper:
    """What was carried over, every entry since, and what is owed now; ``at`` is when it was made (ISO)."""
    title = _("TAB STATEMENT")
    pairs = ((_("Name"), statement.name), (_("Unit"), statement.unit or "-"), (_("Made"), moment_text(at)))
    blocks: list[Block] = [
        *head(letterhead, Issue(at, "", ""), title=title),
        Facts(pairs),
        Rule(),
        Columns(_("Carried over before {date}").format(date=day_text(statement.since)), rupiah(statement.carried_over)),
    ]
    if statement.lines:
        rows = tuple(
            (f"{day_text(line.date)} {line.what}", line.number, thousands(line.amount)) for line in statement.lines
        )
        columns = (Column(_("Number")), Column(_("Amount"), beside_name=True))
        blocks += [Rule(), Table(_("Content"), columns, rows)]
    left = statement.limit - statement.balance
    blocks += [
        Rule(strong=True),
        Columns(_("ON THE TAB"), rupiah(statement.balance), bold=True, double=True),
        Columns(_("Tab limit"), rupiah(statement.limit)),
        Columns(_("Left") if left >= 0 else _("Over the limit"), rupiah(abs(left))),
        Space(),
        Text(_("This is no receipt. Repayments are confirmed by receipts of their own."), "centre", small=True),
        Cut(),
    ]
    return Paper("tab_statement", f"BON-{at[:10]}", title, tuple(blocks), size="sheet")
