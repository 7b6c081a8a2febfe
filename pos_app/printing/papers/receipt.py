"""The receipt of a sale (struk) and the slip of a refund."""

from collections.abc import Mapping

from pos_app.domain.formats import rupiah, thousands, times_text
from pos_app.i18n import _, mark
from pos_app.printing.layout import Block, Columns, Cut, Item, Paper, Rule, Signatures, Space
from pos_app.printing.papers.common import (
    TENDERS,
    Issue,
    Letterhead,
    check_code,
    head,
    identity,
    proof,
    quantity_with_unit,
    remarks,
    signed,
    thanks,
)
from sync.documents.base import TakeBackReason
from sync.documents.refund import Refund
from sync.documents.sale import Sale, SaleLine, Tender

REASONS: Mapping[TakeBackReason, str] = {
    "damaged": mark("Damaged"),
    "expired": mark("Expired"),
    "wrong_goods": mark("Wrong goods"),
    "changed_mind": mark("Changed mind"),
    "wrong_tender": mark("Wrong payment method"),
    "mistyped": mark("Mistyped"),
    "other": mark("Other"),
}
"""Why goods come back or a document is undone; the same words on paper and on the screen."""


def receipt(sale: Sale, issue: Issue, letterhead: Letterhead, staff_names: Mapping[str, str]) -> Paper:
    """The buyer's receipt. ``staff_names`` gives the name to each staff code that pays by tab."""
    discounts = sum(line.discount for line in sale.lines)
    office = ((_("For the office"), sale.buyer.unit),) if sale.buyer.kind == "office" else ()
    blocks: list[Block] = [*head(letterhead, issue), *identity(sale.number, issue, *office)]
    for line in sale.lines:
        blocks += _line(line)
    blocks.append(Rule())
    if discounts or sale.rounding:
        blocks.append(Columns(_("Subtotal"), thousands(sale.total + discounts)))
    if discounts:
        blocks.append(Columns(_("Discount"), thousands(-discounts)))
    if sale.rounding:
        blocks.append(Columns(_("Rounding"), signed(sale.rounding)))
    blocks.append(Columns(_("TOTAL"), rupiah(sale.total + sale.rounding), bold=True, double=True))
    blocks += [_tender(tender, staff_names) for tender in sale.tenders]
    if sale.received:
        blocks.append(Columns(_("Cash received"), thousands(sale.received)))
        blocks.append(Columns(_("Change"), thousands(sale.change), bold=True))
    blocks += remarks(issue)
    if any(tender.kind == "tab" and tender.authorised != "pin" for tender in sale.tenders):
        blocks += [Space(), Signatures(_("Staff member"))]
    blocks += proof(sale.number, issue)
    if letterhead.check_code:
        blocks += check_code(sale.number, sale.total + sale.rounding, issue, letterhead)
    blocks += [*thanks(letterhead), Cut()]
    return Paper("receipt", sale.number, _("Receipt"), tuple(blocks), drawer=sale.received > 0 and not issue.copy)


def _line(line: SaleLine) -> list[Block]:
    detail = f"{quantity_with_unit(line.quantity, line.unit)} x {thousands(line.sell_price)}"
    blocks: list[Block] = [Item(line.name, detail, thousands(line.total + line.discount))]
    if line.discount:
        blocks.append(Columns(f"  {_('Discount')}", thousands(-line.discount)))
    return blocks


def _tender(tender: Tender, staff_names: Mapping[str, str]) -> Columns:
    label = _(TENDERS[tender.kind])
    if tender.staff:
        label = f"{label}: {staff_names.get(tender.staff, tender.staff)}"
    elif tender.reference:
        label = _("{tender} ref. {reference}").format(tender=label, reference=tender.reference)
    return Columns(label, thousands(tender.amount))


def refund_slip(refund: Refund, issue: Issue, letterhead: Letterhead, staff_names: Mapping[str, str]) -> Paper:
    """What was taken back and how the money was returned; the buyer signs for it."""
    title = _("REFUND")
    blocks = head(letterhead, issue, title=title)
    blocks += identity(refund.number, issue, (_("Of receipt"), refund.sale_number))
    for line in refund.lines:
        blocks.append(Item(line.name, times_text(line.quantity, line.total, line.unit), thousands(line.total)))
    way = _(TENDERS[refund.tender])
    if refund.staff:
        way = f"{way}: {staff_names.get(refund.staff, refund.staff)}"
    blocks += [
        Rule(),
        Columns(_("RETURNED"), rupiah(refund.total), bold=True, double=True),
        Columns(_("Method"), way),
        *([Columns(_("Reason"), _(REASONS[refund.reason]))] if refund.reason else []),
        *remarks(issue),
        Space(),
        Signatures(_("Buyer"), _("Cashier"), right_name=issue.cashier),
        *proof(refund.number, issue),
        Cut(),
    ]
    drawer = refund.tender == "cash" and not issue.copy
    return Paper("refund", refund.number, title, tuple(blocks), drawer=drawer)
