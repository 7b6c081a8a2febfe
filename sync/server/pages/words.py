"""Words that several pages about corners and tills share: kinds of documents, reasons, figures."""

from sync.server.pages.texts import _, mark

KINDS = {
    "sale": mark("Receipt"),
    "refund": mark("Refund"),
    "goods_received": mark("Goods received"),
    "goods_returned": mark("Goods returned"),
    "settlement": mark("Payment to a producer"),
    "tab_payment": mark("Payment of a tab"),
    "cash_move": mark("Cash in or out"),
    "stock_count": mark("Stock count"),
    "write_off": mark("Write-off"),
    "price_set": mark("New price"),
    "opening": mark("Opening balance"),
    "shift_opened": mark("Till opened"),
    "shift_closed": mark("Till closed (Z)"),
    "reversal": mark("Cancellation"),
    "deduction_list": mark("List for salary deduction"),
    "deduction_collected": mark("Salary deduction collected"),
    "qris_matched": mark("QRIS matched"),
}
CORNER_KINDS = {
    "opd": mark("City office (OPD)"),
    "vertikal": mark("National agency"),
    "kecamatan": mark("Kecamatan"),
    "kelurahan": mark("Kelurahan"),
}
REASONS = {
    "unreadable": mark("It arrived damaged: nobody can read what it says."),
    "misplaced": mark("It bears another number than the place at which it came."),
    "unknown_kind": mark("This centre does not know this kind of document yet."),
    "invalid_document": mark("Something in it is missing, or contradicts the rest."),
    "unbalanced": mark("Its amounts do not add up."),
    "duplicate_document": mark("The same document came before."),
    "overflow": mark("An amount in it is larger than any counter can have."),
}
"""Why an entry is in quarantine, for who decides."""
DOING = {
    "unreadable": mark(
        "Ask the corner which paper it has from that time. If it is missing here, let the corner enter it again; then "
        "write its new number below. Send the technical details to whoever looks after the program."
    ),
    "misplaced": mark(
        "Let the till exchange once more. If nothing changes, send the technical details to whoever looks after the "
        "program, before the corner enters anything again."
    ),
    "unknown_kind": mark(
        "Nothing is to do at the corner: its till has a newer program. Have the centre updated and its figures made "
        "anew; the document counts then."
    ),
    "invalid_document": mark(
        "Compare with the paper at the corner. If it happened as the paper says, let the corner enter it again; then "
        "write its new number below. Send the technical details to whoever looks after the program."
    ),
    "unbalanced": mark(
        "Compare with the paper at the corner, let the corner enter it again, and write its new number below."
    ),
    "duplicate_document": mark(
        "Look whether the paper with this number counts already. If so, nothing is to enter: say so below."
    ),
    "overflow": mark(
        "Somebody mistyped an amount. Ask the corner to cancel it and to enter it again with the right one."
    ),
}
"""What to do first about an entry in quarantine, by the reason."""
WHATS = {
    "sales": mark("receipts"),
    "refunds": mark("refunds"),
    "gross": mark("takings"),
    "commission": mark("commission"),
    "margin": mark("margin"),
    "rounding": mark("rounding"),
    "cash_received": mark("cash received"),
    "change": mark("change"),
    "refunds_cash": mark("refunds in cash"),
    "tender_cash": mark("paid in cash"),
    "tender_qris": mark("paid by QRIS"),
    "tender_tab": mark("put on tabs"),
    "tender_transfer": mark("paid by transfer"),
    "tab_payments_cash": mark("tabs paid in cash"),
    "tab_payments_other": mark("tabs paid otherwise"),
    "cash_in": mark("cash in"),
    "cash_out": mark("cash out"),
    "settlements_cash": mark("producers paid in cash"),
    "settlements_transfer": mark("producers paid by transfer"),
    "float": mark("opening float"),
    "expected": mark("cash expected"),
    "from_seq": mark("first entry paid"),
    "carried_over": mark("carried over"),
    "since": mark("owed since the last payment"),
}
TENDERS = {"cash": mark("Cash"), "qris": mark("QRIS"), "tab": mark("Staff tab"), "transfer": mark("Transfer")}
LEFT = {
    "unsent": mark("documents that were not sent"),
    "shift_open": mark("an open till"),
    "owed": mark("money owed to producers"),
    "tabs": mark("tabs of staff"),
    "goods": mark("goods on the shelf"),
}
COUNTS = ("sales", "refunds", "from_seq")
"""Figures that are no rupiah."""


def kind(name: str) -> str:
    """A kind of document in words; one that is not known by its name."""
    return _(KINDS[name]) if name in KINDS else name or _("Unreadable")


def reason(name: str) -> str:
    """Why an entry is in quarantine."""
    return _(REASONS[name]) if name in REASONS else name


def doing(name: str) -> str:
    """What to do first about an entry in quarantine."""
    return _(DOING.get(name, DOING["unreadable"]))


def what(name: str) -> str:
    """A figure of a closing or a settlement."""
    return _(WHATS[name]) if name in WHATS else name


def left(names: tuple[str, ...]) -> str:
    """What a till would leave behind, in one row."""
    return ", ".join(_(LEFT[name]) for name in names)
