"""The slip for a payment to a producer (bukti pembayaran produsen)."""

from dataclasses import dataclass

from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.domain.terbilang import terbilang
from pos_app.i18n import _, mark
from pos_app.printing.layout import (
    Block,
    Column,
    Columns,
    Cut,
    Paper,
    Rule,
    Signatures,
    Space,
    StampBox,
    Table,
    Text,
)
from pos_app.printing.papers.common import (
    TENDERS,
    Issue,
    Letterhead,
    day_text,
    head,
    identity,
    proof_words,
    remarks,
    slip_code,
)
from sync.documents.money import SettledGoods, Settlement

STAMP_ABOVE = 5_000_000
"""Duty stamp on papers for more than this, in rupiah; none at exactly this sum (UU 10/2020, article 3)."""

DEDUCTIONS = {
    "packaging": mark("Packaging"),
    "labels": mark("Labels"),
    "stand_fee": mark("Stand fee"),
    "delivery_cost": mark("Delivery cost"),
    "advance": mark("Advance paid back"),
    "loss": mark("Goods lost"),
    "other": mark("Other deduction"),
}
"""What the corner keeps of a payment, by the code in the document."""


def needs_stamp(amount: int) -> bool:
    """Whether a paper that confirms ``amount`` rupiah needs a duty stamp."""
    return amount > STAMP_ABOVE


@dataclass(frozen=True, slots=True)
class Explained:
    """What stands behind the sums of a slip, in rupiah as they change what is owed.

    ``came_back`` is inside the share: goods that an earlier slip paid and that buyers brought back (not negative).
    ``taken_back`` is inside what was carried over: payments that were reversed since the last slip. The others make up
    ``other`` of the document.
    """

    came_back: int = 0
    taken_back: int = 0
    losses: int = 0
    bought: int = 0
    opening: int = 0
    debts_paid: int = 0


NOTHING = Explained()


def settlement_slip(
    settlement: Settlement, issue: Issue, letterhead: Letterhead, explained: Explained = NOTHING
) -> Paper:
    """Goods, shares and payment since the last slip; signed by both, with room for the duty stamp where needed."""
    title = _("PRODUCER PAYMENT SLIP")
    blocks = head(letterhead, issue, title=title)
    blocks += identity(
        settlement.number,
        issue,
        (_("Paid to"), f"{settlement.producer_name} ({settlement.producer})"),
        (_("Period"), _period(settlement)),
    )
    if settlement.goods:
        blocks += [_goods(settlement.goods), Rule()]
    blocks += _sums(settlement, explained)
    blocks += [
        Rule(strong=True),
        Columns(_("PAID"), rupiah(settlement.amount), bold=True, double=True),
        Text(_("In words: {words}").format(words=terbilang(settlement.amount))),
        Columns(_("Method"), _(TENDERS[settlement.tender])),
        Columns(_("Stays payable"), rupiah(settlement.remaining)),
        *remarks(issue),
        Space(),
        Signatures(
            _("Received by"),
            _("Manager"),
            settlement.producer_name,
            issue.approved_by or issue.cashier,
            StampBox(_("Duty stamp Rp 10.000")) if needs_stamp(settlement.amount) else None,
            slip_code(settlement.number, settlement.amount, issue, letterhead),
            proof_words(settlement.number, issue),
            _("Scan to check this slip"),
        ),
        Cut(),
    ]
    drawer = settlement.tender == "cash" and settlement.amount > 0 and not issue.copy
    return Paper("settlement", settlement.number, title, tuple(blocks), size="sheet", drawer=drawer)


def beyond_the_share(other: int, explained: Explained) -> list[tuple[str, int]]:
    """What neither sales nor refunds explain, line by line; the last is what no line tells."""
    lines = [
        (_("Losses that the corner bears"), explained.losses),
        (_("Goods bought outright"), explained.bought),
        (_("Opening balance"), explained.opening),
        (_("Debts paid by the producer"), explained.debts_paid),
    ]
    rest = other - sum(amount for _words, amount in lines)
    return [line for line in (*lines, (_("Other"), rest)) if line[1]]


def _period(settlement: Settlement) -> str:
    until = day_text(settlement.through_date)
    if not settlement.from_date:
        return _("until {date}").format(date=until)
    return _("{first} to {last}").format(first=day_text(settlement.from_date), last=until)


def _goods(goods: tuple[SettledGoods, ...]) -> Table:
    columns = (
        Column(_("Start"), _("Start")),
        Column(_("In"), _("In")),
        Column(_("Sold"), _("Sold")),
        Column(_("Returned"), _("Ret.")),
        Column(_("Lost"), _("Lst.")),
        Column(_("Left"), _("Left")),
        Column(_("Sales"), beside_name=True),
    )
    rows = tuple(
        (
            line.name if line.unit == "pcs" else f"{line.name} ({line.unit})",
            quantity_text(line.start),
            quantity_text(line.received),
            quantity_text(line.sold),
            quantity_text(line.returned),
            quantity_text(line.lost),
            quantity_text(line.left),
            thousands(line.gross),
        )
        for line in goods
    )
    return Table(_("Goods"), columns, rows)


def _sums(settlement: Settlement, explained: Explained) -> list[Block]:
    blocks: list[Block] = [
        Columns(_("Sales"), rupiah(settlement.gross)),
        Columns(_("Commission"), rupiah(-settlement.commission)),
        Columns(_("Producer's share"), rupiah(settlement.earned), bold=True),
    ]
    if explained.came_back:
        blocks.append(Columns(_("Included: paid before, came back"), rupiah(-explained.came_back)))
    blocks += [Columns(words, rupiah(amount)) for words, amount in beyond_the_share(settlement.other, explained)]
    if carried := settlement.carried_over - explained.taken_back:
        before = _("Carried over") if carried > 0 else _("Refunds of goods already paid")
        blocks.append(Columns(before, rupiah(carried)))
    if explained.taken_back:
        blocks.append(Columns(_("Payments taken back"), rupiah(explained.taken_back)))
    kept = _("Kept: {what}")
    return blocks + [
        Columns(kept.format(what=_(DEDUCTIONS[one.reason])), rupiah(-one.amount)) for one in settlement.deductions
    ]
