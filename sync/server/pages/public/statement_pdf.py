"""A producer's statement of a month as PDF (A4), over all corners."""

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sync.server.pages.frame import day, moment, month, quantity, rupiah
from sync.server.pages.paper import BOLD, REGULAR, load_letters
from sync.server.pages.texts import _, mark
from sync.server.public.producer_accounts import Account, Line, Movement, Payment
from sync.server.public.producer_balances import Balance
from sync.server.reports.paying import Owed

WHAT = {
    "received": mark("Brought"),
    "returned": mark("Taken back"),
    "written_off": mark("Lost or spoiled"),
    "missing": mark("Missing at a count"),
    "found": mark("Found at a count"),
    "corrected": mark("Corrected"),
}
"""Goods that moved otherwise than by a sale."""
CHANGES = {
    "earned": mark("Your share of sales, less what came back"),
    "bought": mark("Bought from you outright"),
    "losses": mark("Goods lost, borne by the corner"),
    "opening": mark("Owed in the books before"),
    "debts": mark("Debts that you paid"),
    "other": mark("Corrected otherwise"),
    "paid": mark("Paid to you"),
    "kept": mark("Kept by the corners"),
    "cancelled": mark("Payments that were cancelled"),
}
"""What changes what a producer is owed."""
ALWAYS = ("earned", "paid")
INK, GREY, LINE = "#16202E", "#4B586B", "#D5DBE5"
MARGIN = 45
"""Points, to which reportlab adds 6: 18 mm in all."""


class Statement(NamedTuple):
    """What a statement tells: a month, what was sold and moved and paid in it, what was owed before and after it and
    why, and what each till owes now."""

    account: Account
    first: date
    last: date
    made_at: datetime
    sold: list[Line]
    moved: list[Movement]
    paid: list[Payment]
    balance: Balance
    owed: list[Owed]
    source: str


def drawn_statement(told: Statement) -> bytes:
    """The file's bytes."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    load_letters()
    out = io.BytesIO()
    title = _("Statement {month}").format(month=month(told.first))
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"{title} – {told.account.name}",
        author="Pojok UMKM Kota Metro",
        invariant=1,
    )
    document.build(list(_content(told, title)), onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _content(told: Statement, title: str) -> Iterator[Any]:
    yield _text("POJOK UMKM KOTA METRO", 9, grey=True)
    yield _text(title, 18, bold=True)
    yield _text(f"{told.account.name} ({told.account.code})", 12)
    period = _("{first} to {last}; made {moment}").format(
        first=day(told.first), last=day(told.last), moment=moment(told.made_at)
    )
    yield _text(period, 9, grey=True, after=12)
    sums = [
        (_("Owed to you before"), rupiah(told.balance.begin)),
        *(
            (_(CHANGES[what]), rupiah(amount))
            for what, amount in told.balance.changes.items()
            if amount or what in ALWAYS
        ),
        (_("Owed to you on {day}").format(day=day(told.last)), rupiah(told.balance.end)),
    ]
    yield _table([], sums, (380, 113), last_bold=True)
    yield _text(_("Sold"), 13, bold=True, before=14)
    yield from _sold(told.sold)
    if told.moved:
        yield _text(_("Brought, taken back, lost"), 13, bold=True, before=14)
        rows = [
            (one.place.name, one.name, _(WHAT.get(one.what, one.what)), _pieces(one.quantity, one.unit))
            for one in told.moved
        ]
        yield _table([_("Corner"), _("Goods"), _("What happened"), _("Quantity")], rows, (150, 168, 105, 70))
    yield _text(_("Payments"), 13, bold=True, before=14)
    if told.paid:
        rows = [(day(one.date), one.place.name, _slip(one), rupiah(one.amount)) for one in told.paid]
        yield _table([_("Day"), _("Corner"), _("Slip"), _("Paid")], rows, (75, 168, 150, 100))
    else:
        yield _text(_("None in this period."), 10)
    yield _text(_("Owed on the day this was made"), 13, bold=True, before=14)
    owing = [(one.name or one.corner, moment(one.heard), rupiah(one.amount)) for one in told.owed]
    together = (_("Together"), "", rupiah(sum(one.amount for one in told.owed)))
    headings = [_("Corner"), _("As its till told on"), _("Owed")]
    yield _table(headings, [*owing, together], (240, 140, 113), last_bold=True)
    note = _("Figures as the tills told them to Diskoperin. Every payment has a slip; check one at {address}.")
    yield _text(note.format(address=f"{told.source}/periksa"), 8, grey=True, before=14)


def _sold(lines: Sequence[Line]) -> Iterator[Any]:
    if not lines:
        yield _text(_("Nothing in this period."), 10)
        return
    rows = [
        (line.place.name, line.name, _pieces(line.quantity, line.unit), rupiah(line.gross), _share(line))
        for line in lines
    ]
    gross, share = sum(line.gross for line in lines), sum(line.share for line in lines)
    rows.append((_("Together"), "", "", rupiah(gross), rupiah(share)))
    headings = [_("Corner"), _("Goods"), _("Quantity"), _("Sales"), _("Your share")]
    yield _table(headings, rows, (130, 143, 60, 80, 80), right=3, last_bold=True)


def _share(line: Line) -> str:
    return _("bought outright") if line.bought else rupiah(line.share)


def _slip(one: Payment) -> str:
    told = _("Cancelled") if one.taken_back else _("Cancels a payment") if one.takes_back else ""
    return f"{one.number} ({told})" if told else one.number


def _pieces(thousandths: int, unit: str) -> str:
    return quantity(thousandths) if unit == "pcs" else f"{quantity(thousandths)} {unit}"


def _text(words: str, size: int, *, bold: bool = False, grey: bool = False, before: int = 0, after: int = 3) -> Any:
    from xml.sax.saxutils import escape

    from reportlab.lib.colors import HexColor
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "text",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.3,
        textColor=HexColor(GREY if grey else INK),
        spaceBefore=before,
        spaceAfter=after,
        keepWithNext=bold,
    )
    return Paragraph(escape(words), style)


def _table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    *,
    right: int = 1,
    last_bold: bool = False,
) -> Any:
    """A table whose last ``right`` columns are figures; its head stands on every page."""
    from reportlab.platypus import Table, TableStyle

    texts = [[_text(cell, 9, after=0) for cell in row[:-right]] + list(row[-right:]) for row in rows]
    made = Table([list(headings), *texts] if headings else texts, widths, repeatRows=1 if headings else 0)
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 9),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("ALIGN", (-right, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
    if headings:
        style += [("FONT", (0, 0), (-1, 0), BOLD, 9), ("TEXTCOLOR", (0, 0), (-1, 0), GREY)]
    if last_bold:
        style.append(("FONT", (-right, -1), (-1, -1), BOLD, 9))
    made.setStyle(TableStyle(style))
    return made


def _foot(canvas: Any, document: Any) -> None:
    canvas.setFont(REGULAR, 8)
    canvas.setFillColor(GREY)
    canvas.drawRightString(document.pagesize[0] - MARGIN, MARGIN / 2, _("Page {number}").format(number=document.page))
