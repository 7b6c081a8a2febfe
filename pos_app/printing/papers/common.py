"""What every paper carries: letterhead, number, time, cashier, the mark of a copy, the short hash."""

from dataclasses import dataclass
from datetime import date, datetime

from pos_app.domain.dates import short_date, short_moment
from pos_app.domain.formats import percent_number, quantity_text, thousands
from pos_app.i18n import _, language, mark
from pos_app.printing.layout import QR, Barcode, Block, Facts, Picture, Rule, Space, Text
from sync.documents.paper_code import RECEIPT, SLIP, codes_at, paper_code

SHORT_HASH = 12
"""Letters of the hash on a paper; enough to find the entry and to see that it is the same."""

TENDERS = {
    "cash": mark("Cash"),
    "qris": mark("QRIS"),
    "tab": mark("Staff tab"),
    "transfer": mark("Transfer"),
}


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who issues the paper. ``logo`` is a PNG of one bit; ``footer`` may have two lines.

    With ``check_code`` a receipt carries a code by which somebody else can check it later. ``centre`` is the address of
    the till's centre, empty without one: codes lead there.
    """

    corner_name: str
    corner_code: str
    till: str
    address: str = ""
    footer: str = ""
    logo: bytes = b""
    check_code: bool = False
    training: bool = False
    """Of a training: every paper says that it is none."""
    centre: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """The entry behind the paper: ``at`` with its offset (ISO 8601), ``cashier`` by name, ``hash`` in hexadecimal.

    ``copy`` marks a reprint; ``note`` is the free note kept beside the journal; ``approved_by`` the manager's name;
    ``reversed_by`` the number of what took the document back.
    """

    at: str
    cashier: str
    hash: str
    copy: bool = False
    note: str = ""
    approved_by: str = ""
    reversed_by: str = ""


def short_hash(digest: str) -> str:
    """``a1b2-c3d4-e5f6``: the beginning of the entry's hash."""
    return "-".join(digest[start : start + 4] for start in range(0, min(SHORT_HASH, len(digest)), 4))


def moment_text(at: str) -> str:
    """``21/11/2026 14.05 WIB`` of a time with its offset."""
    return f"{short_moment(datetime.fromisoformat(at), language())} WIB"


def day_text(day: str) -> str:
    """``21/11/2026`` of an ISO date."""
    return short_date(date.fromisoformat(day))


def quantity_with_unit(quantity: int, unit: str) -> str:
    """``12`` pieces, ``0,375 kg``: pieces need no word."""
    text = quantity_text(quantity)
    return text if unit == "pcs" else f"{text} {unit}"


def percent_text(basis_points: int) -> str:
    """``12,5%`` of 1250 basis points."""
    return f"{percent_number(basis_points)}%"


def signed(amount: int) -> str:
    """``-2.800`` or ``+2.800``; ``0`` without a sign."""
    return f"+{thousands(amount)}" if amount > 0 else thousands(amount)


def head(letterhead: Letterhead, issue: Issue, *, title: str = "") -> list[Block]:
    """Corner, title, SALINAN on reprints, and DIBATALKAN where it was taken back."""
    blocks: list[Block] = [training_mark()] if letterhead.training else []
    if letterhead.logo:
        blocks.append(Picture(letterhead.logo))
    blocks += [
        Text(_("POJOK UMKM"), "centre", bold=True, double=True),
        Text(letterhead.corner_name, "centre", bold=True),
    ]
    if letterhead.address:
        blocks.append(Text(letterhead.address, "centre", small=True))
    blocks.append(Rule(strong=True))
    if title:
        blocks.append(Text(title, "centre", bold=True))
    if issue.copy:
        blocks.append(Text(_("*** COPY ***"), "centre", bold=True))
    if issue.reversed_by:
        blocks.append(Text(_("*** CANCELLED ***"), "centre", bold=True))
        blocks.append(Text(_("by {number}").format(number=issue.reversed_by), "centre", bold=True))
    if title or issue.copy or issue.reversed_by:
        blocks.append(Space())
    return blocks


def training_mark() -> Block:
    """What makes a paper of a training worthless."""
    return Text(_("TRAINING - NOT A RECEIPT"), "centre", bold=True, double=True)


def identity(number: str, issue: Issue, *more: tuple[str, str]) -> list[Block]:
    """Number, time and cashier, and ``more`` labels with what they say."""
    pairs = ((_("Number"), number), (_("Time"), moment_text(issue.at)), (_("Cashier"), issue.cashier), *more)
    return [Facts(pairs), Rule()]


def remarks(issue: Issue) -> list[Block]:
    """The note and the manager's approval, where there are any."""
    blocks: list[Block] = []
    if issue.note:
        blocks.append(Text(_("Note: {note}").format(note=issue.note)))
    if issue.approved_by:
        blocks.append(Text(_("Approved by: {name}").format(name=issue.approved_by)))
    return blocks


def proof(number: str, issue: Issue) -> list[Block]:
    """The number to scan and the short hash; closes a paper."""
    return [Space(), Barcode(number), *(Text(words, "centre") for words in proof_words(number, issue))]


def proof_words(number: str, issue: Issue) -> tuple[str, str]:
    """The number and the short hash."""
    return number, _("Check code {code}").format(code=short_hash(issue.hash))


def check_code(number: str, total: int, issue: Issue, letterhead: Letterhead) -> list[Block]:
    """A code with number, total in rupiah and the entry's hash: enough to find the sale in the journal and compare."""
    payload = paper_code(RECEIPT, number, total, issue.hash, letterhead.centre)
    words = (
        _("Scan to check this receipt")
        if codes_at(letterhead.centre)
        else _("Scan to check this receipt at the office")
    )
    return [Space(), QR(payload), Text(words, "centre", small=True)]


def slip_code(number: str, amount: int, issue: Issue, letterhead: Letterhead) -> QR:
    """A code with number, rupiah and the beginning of the hash: till and centre tell whether it is genuine."""
    return QR(paper_code(SLIP, number, amount, issue.hash, letterhead.centre), quick=True)


def thanks(letterhead: Letterhead) -> list[Block]:
    """The last lines of a receipt."""
    lines = letterhead.footer.splitlines() or [_("Thank you")]
    return [Text(line, "centre") for line in lines if line.strip()]
