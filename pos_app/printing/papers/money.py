"""Slips for money without goods: tab payment, cash in and out; and for what was undone."""

from collections.abc import Mapping

from pos_app.domain.formats import quantity_text, rupiah
from pos_app.domain.terbilang import terbilang
from pos_app.i18n import _, mark
from pos_app.printing.layout import Block, Columns, Cut, Paper, Rule, Signatures, Space, Text
from pos_app.printing.papers.common import TENDERS, Issue, Letterhead, head, identity, proof, remarks, signed
from sync.documents.money import CashMove, TabPayment
from sync.documents.reversal import Reversal

KIND_NAMES = {
    "sale": mark("Receipt"),
    "refund": mark("Refund"),
    "goods_received": mark("Consignment note"),
    "goods_returned": mark("Return note"),
    "write_off": mark("Write-off"),
    "stock_count": mark("Stock count"),
    "settlement": mark("Producer payment"),
    "tab_payment": mark("Tab payment"),
    "deduction_list": mark("Deduction list"),
    "deduction_collected": mark("Salary deduction"),
    "cash_move": mark("Cash in or out"),
    "opening": mark("Opening balances"),
    "price_set": mark("Price"),
    "qris_matched": mark("QRIS matching"),
    "shift_opened": mark("Shift opened"),
    "shift_closed": mark("Shift closed"),
    "reversal": mark("Reversal"),
}

ACCOUNT_NAMES = {
    "cash": mark("Drawer"),
    "safe": mark("Safe"),
    "bank": mark("Bank"),
    "qris": mark("QRIS"),
    "fees": mark("Fees"),
    "tab": mark("Staff tab"),
    "payable": mark("Producer's share"),
    "commission": mark("Commission"),
    "discount": mark("Discount"),
    "other_income": mark("Other income"),
    "expenses": mark("Expenses"),
    "rounding": mark("Rounding"),
    "over_short": mark("Cash difference"),
    "shrinkage": mark("Losses"),
    "stock": mark("Bought goods"),
    "cost": mark("Cost of bought goods"),
    "sales": mark("Sales of bought goods"),
    "opening": mark("Opening balances"),
}


CASH_REASONS = {
    "supplies": mark("Supplies and refreshments"),
    "transport": mark("Transport"),
    "wages": mark("Wages and services"),
}
"""What cash is spent on, by the code in the document."""

OWED = {"payable", "commission", "other_income", "rounding", "over_short", "sales", "opening"}
"""Accounts that grow by a credit: on paper a smaller debt has a minus, whatever the books call it."""


def tab_payment_receipt(
    payment: TabPayment, issue: Issue, letterhead: Letterhead, staff_name: str, balance: int | None = None
) -> Paper:
    """The staff member's proof of payment; ``balance`` is what is left on the tab, where it is known."""
    title = _("TAB PAYMENT")
    way = _(TENDERS[payment.tender])
    if payment.reference:
        way = _("{tender} ref. {reference}").format(tender=way, reference=payment.reference)
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(payment.number, issue, (_("Received from"), staff_name), (_("Method"), way)),
        Columns(_("PAID"), rupiah(payment.amount), bold=True, double=True),
        Text(_("In words: {words}").format(words=terbilang(payment.amount))),
    ]
    if balance is not None:
        blocks.append(Columns(_("Left on the tab"), rupiah(balance)))
    blocks += [
        *remarks(issue),
        Space(),
        Signatures(_("Staff member"), _("Cashier"), staff_name, issue.cashier),
        *proof(payment.number, issue),
        Cut(),
    ]
    drawer = payment.tender == "cash" and not issue.copy
    return Paper("tab_payment", payment.number, title, tuple(blocks), drawer=drawer)


def cash_move_slip(move: CashMove, issue: Issue, letterhead: Letterhead, producer: str = "") -> Paper:
    """Why cash was put into or taken out of the drawer; ``producer`` is the name of who paid a debt."""
    title = _("CASH IN") if move.direction == "in" else _("CASH OUT")
    if move.reason == "safe":
        purpose = _("From the safe") if move.direction == "in" else _("To the safe")
    elif move.reason in CASH_REASONS:
        purpose = _(CASH_REASONS[move.reason])
    elif move.producer is not None:
        purpose = _("Debt of a producer")
    else:
        purpose = _("Other income") if move.direction == "in" else _("Expenses")
    payer = [(_("Received from"), f"{producer} ({move.producer})")] if move.producer is not None else []
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(move.number, issue, (_("Purpose"), purpose), *payer),
        Columns(_("AMOUNT"), rupiah(move.amount), bold=True, double=True),
        Text(_("In words: {words}").format(words=terbilang(move.amount))),
        *remarks(issue),
        Space(),
        Signatures(_("Paid by"), _("Manager"), producer, issue.approved_by or issue.cashier)
        if move.producer is not None
        else Signatures(_("Cashier"), _("Manager"), issue.cashier, issue.approved_by),
        *proof(move.number, issue),
        Cut(),
    ]
    return Paper("cash_move", move.number, title, tuple(blocks), drawer=not issue.copy)


def reversal_slip(reversal: Reversal, issue: Issue, letterhead: Letterhead, product_names: Mapping[str, str]) -> Paper:
    """Which document was undone and what that moved, in money and goods."""
    title = _("REVERSAL")
    kind = _(KIND_NAMES.get(reversal.original_kind, reversal.original_kind))
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(reversal.number, issue, (_("Undoes"), reversal.original_number), (_("Document"), kind)),
        *(_moved(account, amount) for account, amount in reversal.postings),
        *_goods(reversal, product_names),
        Rule(),
        *remarks(issue),
        Space(),
        Signatures(_("Cashier"), _("Manager"), issue.cashier, issue.approved_by),
        *proof(reversal.number, issue),
        Cut(),
    ]
    drawer = any(account == "cash" for account, _amount in reversal.postings) and not issue.copy
    return Paper("reversal", reversal.number, title, tuple(blocks), drawer=drawer)


def account_name(account: str) -> str:
    """``Producer's share P001`` for ``payable:P001``, in the user's language."""
    name, _colon, code = account.partition(":")
    return f"{_(ACCOUNT_NAMES.get(name, name))} {code}".rstrip()


def _moved(account: str, amount: int) -> Columns:
    return Columns(account_name(account), signed(-amount if account.partition(":")[0] in OWED else amount))


def _goods(reversal: Reversal, product_names: Mapping[str, str]) -> list[Block]:
    moved: dict[str, int] = {}
    for movement in reversal.effects().movements:
        moved[movement.sku] = moved.get(movement.sku, 0) + movement.quantity
    return [
        Columns(product_names.get(sku, sku), f"{'+' if quantity > 0 else ''}{quantity_text(quantity)}")
        for sku, quantity in moved.items()
    ]
