"""The sheet for counting on paper first: goods by shelf or category with an empty box each, and no figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pos_app.i18n import _
from pos_app.printing.layout import Block, Column, Cut, Facts, Paper, Rule, Signatures, Space, Table, Text
from pos_app.printing.papers.common import Letterhead, moment_text
from pos_app.printing.papers.shift_sections import heading

BOX = "[       ]"


@dataclass(frozen=True, slots=True)
class ToCount:
    """Goods on a sheet: under which heading, their name with unit, and whose they are."""

    group: str
    name: str
    producer: str


def count_sheet(goods: Sequence[ToCount], scope: str, letterhead: Letterhead, *, at: str, sheet: bool = False) -> Paper:
    """``goods`` come in the order in which they are told; ``scope`` says what is counted."""
    title = _("COUNT SHEET")
    blocks: list[Block] = [
        *heading(letterhead, title),
        Facts(
            (
                (_("To count"), scope),
                (_("Printed"), moment_text(at)),
                (_("Till"), f"{letterhead.corner_code} / {letterhead.till}"),
            )
        ),
    ]
    for group in dict.fromkeys(one.group for one in goods):
        columns = (Column(_("Counted"), beside_name=not sheet),)
        rows = tuple((_name(one, sheet=sheet), BOX) for one in goods if one.group == group)
        blocks += [Rule(), *([Text(group, bold=True)] if group else []), Table(_("Goods"), columns, rows)]
    if not goods:
        blocks.append(Text(_("There is nothing to count here.")))
    blocks += [Space(), Signatures(_("Counted by"), _("Checked by")), Space(), Cut()]
    return Paper("count_sheet", f"SO-{at[:10]}", title, tuple(blocks), size="sheet" if sheet else "roll")


def _name(one: ToCount, *, sheet: bool) -> str:
    return f"{one.name} · {one.producer}" if sheet else one.name
