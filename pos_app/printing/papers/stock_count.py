"""The slip of a stock count: what differed, who bears what is missing, two signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos_app.domain.formats import quantity_text, rupiah
from pos_app.i18n import _
from pos_app.printing.layout import Block, Column, Columns, Cut, Paper, Rule, Signatures, Space, Table, Text
from pos_app.printing.papers.common import Issue, Letterhead, head, identity, proof, remarks

if TYPE_CHECKING:
    from sync.documents.goods import CountedLine, StockCount


def stock_count_slip(count: StockCount, issue: Issue, letterhead: Letterhead) -> Paper:
    """Goods that differed; those that agreed are a number."""
    title = _("STOCK COUNT")
    missing = [line for line in count.lines if line.missing]
    found = [line for line in count.lines if line.counted > line.expected]
    agreed = len(count.lines) - len(missing) - len(found)
    owed = sum(line.missing.share for line in missing if line.missing)
    cost = sum(line.missing.cost for line in missing if line.missing)
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(count.number, issue),
        Columns(_("Goods counted"), str(len(count.lines))),
        Columns(_("As expected"), str(agreed)),
        *_part(_("Missing"), missing),
        *_part(_("Found more"), found),
        Rule(),
    ]
    if not missing and not found:
        blocks.append(Text(_("Everything was there.")))
    if owed:
        blocks.append(Columns(_("Owed to producers"), rupiah(owed), bold=True))
    if cost:
        blocks.append(Columns(_("Cost of bought goods"), rupiah(cost)))
    unheard = ", ".join(one.till for one in count.others if one.unheard)
    if unheard:
        blocks.append(Text(_("Not known: till {tills}").format(tills=unheard)))
    blocks += [
        *remarks(issue),
        Space(),
        Signatures(_("Counted by"), _("Manager"), issue.cashier, issue.approved_by),
        *proof(count.number, issue),
        Cut(),
    ]
    return Paper("stock_count", count.number, title, tuple(blocks), size="sheet")


def _part(title: str, lines: list[CountedLine]) -> list[Block]:
    if not lines:
        return []
    columns = (
        Column(_("Expected"), _("Exp.")),
        Column(_("Counted"), _("Cnt.")),
        Column(_("Difference"), _("Diff.")),
        Column(_("Borne by"), _("By")),
    )
    return [Rule(), Text(title, bold=True), Table(_("Goods"), columns, tuple(_row(line) for line in lines))]


def _row(line: CountedLine) -> tuple[str, ...]:
    bearer = "-"
    if line.missing:
        bearer = _("corner") if line.missing.borne_by == "corner" else _("producer")
    difference = line.counted - line.expected
    sign = "+" if difference > 0 else "-"
    return (
        line.name,
        quantity_text(line.expected),
        quantity_text(line.counted),
        f"{sign}{quantity_text(abs(difference))}",
        bearer,
    )
