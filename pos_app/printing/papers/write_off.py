"""The write-off note: what got lost or spoiled, who bears each, and what the corner owes for it (rule 10)."""

from collections.abc import Mapping
from typing import Final

from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _, mark
from pos_app.printing.layout import Block, Columns, Cut, Item, Paper, Rule, Signatures, Space
from pos_app.printing.papers.common import (
    Issue,
    Letterhead,
    day_text,
    head,
    identity,
    proof,
    quantity_with_unit,
    remarks,
)
from pos_app.printing.papers.goods import REASONS
from sync.documents.goods import LeavingLine, WriteOff

BEARERS: Final = {"producer": mark("producer"), "corner": mark("corner")}


def write_off_note(note: WriteOff, issue: Issue, letterhead: Letterhead, producers: Mapping[str, str]) -> Paper:
    """Goods with reason and bearer, and what becomes payable to each producer; ``producers`` are names by code."""
    title = _("WRITE-OFF NOTE")
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(note.number, issue),
        *(_item(line, producers) for line in note.lines),
        Rule(),
        Columns(_("Pieces"), quantity_text(sum(line.quantity for line in note.lines)), bold=True),
        *_sums(note, producers),
        *remarks(issue),
        Space(),
        Signatures(_("Manager"), _("Producer or witness"), issue.approved_by or issue.cashier),
        *proof(note.number, issue),
        Cut(),
    ]
    return Paper("write_off", note.number, title, tuple(blocks), size="sheet")


def _item(line: LeavingLine, producers: Mapping[str, str]) -> Item:
    """The goods and whose they are; how many of which last day, why, who bears it; what that costs the corner."""
    days = ", ".join(day_text(day) for day in dict.fromkeys(take.expires_on for take in line.takes) if day)
    words = [quantity_with_unit(line.quantity, line.unit), _(REASONS[line.reason])]
    if days:
        words.append(_("until {days}").format(days=days))
    words.append(_("borne by {bearer}").format(bearer=_(BEARERS[line.borne_by])))
    name = f"{line.name} ({producers.get(line.producer, line.producer)})"
    charge = line.share + line.cost
    return Item(name, ", ".join(words), thousands(charge) if charge else "0")


def _sums(note: WriteOff, producers: Mapping[str, str]) -> list[Block]:
    """What the corner bears: shares by producer, and the cost of bought goods."""
    owed: dict[str, int] = {}
    for line in note.lines:
        if line.share:
            owed[line.producer] = owed.get(line.producer, 0) + line.share
    cost = sum(line.cost for line in note.lines)
    blocks: list[Block] = []
    if len(owed) > 1:
        blocks += [Columns(producers.get(code, code), rupiah(amount)) for code, amount in owed.items()]
    if owed:
        blocks.append(Columns(_("Owed to producers"), rupiah(sum(owed.values())), bold=True))
    if cost:
        blocks.append(Columns(_("Cost of bought goods"), rupiah(cost), bold=True))
    return blocks
