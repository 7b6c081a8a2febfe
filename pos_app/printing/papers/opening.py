"""The balances taken over from the paper book, to be signed beside it: who is owed what, who owes what."""

from collections.abc import Mapping

from pos_app.domain.formats import rupiah, thousands
from pos_app.i18n import _
from pos_app.printing.layout import Block, Columns, Cut, Paper, Rule, Signatures, Space, Text
from pos_app.printing.papers.common import Issue, Letterhead, head, identity, proof, remarks
from sync.documents.money import Opening


def opening_slip(
    opening: Opening, issue: Issue, letterhead: Letterhead, producers: Mapping[str, str], staff: Mapping[str, str]
) -> Paper:
    """``producers`` and ``staff`` give the names by code; a code without a name stands for itself."""
    title = _("OPENING BALANCES")
    blocks: list[Block] = [*head(letterhead, issue, title=title), *identity(opening.number, issue)]
    for words, total, amounts, names in (
        (_("Producers are owed"), _("Total owed to producers"), opening.payable, producers),
        (_("Owed by staff (tabs)"), _("Total owed by staff"), opening.tabs, staff),
    ):
        if amounts:
            blocks.append(Text(words, bold=True))
            blocks += [Columns(f"{code} {names.get(code, '')}".rstrip(), thousands(amounts[code])) for code in amounts]
            blocks += [Rule(), Columns(total, rupiah(sum(amounts.values())), bold=True), Space()]
    blocks += [
        Text(_("Taken over from the paper book, before the first sale. A mistake is reversed by a paper of its own.")),
        *remarks(issue),
        Space(),
        Signatures(_("Manager"), _("Witness"), issue.approved_by or issue.cashier),
        *proof(opening.number, issue),
        Cut(),
    ]
    return Paper("opening", opening.number, title, tuple(blocks))
