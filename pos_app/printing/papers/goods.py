"""Notes for goods: received on consignment (nota titip), taken back by their producer (nota retur)."""

from collections.abc import Sequence

from pos_app.domain.formats import quantity_text, rupiah, thousands
from pos_app.i18n import _, mark
from pos_app.printing.layout import Block, Column, Columns, Cut, Paper, Rule, Signatures, Space, Table
from pos_app.printing.papers.common import (
    Issue,
    Letterhead,
    day_text,
    head,
    identity,
    percent_text,
    proof,
    quantity_with_unit,
    remarks,
)
from sync.documents.arithmetic import commission_of, priced
from sync.documents.goods import GoodsReceived, GoodsReturned, LeavingLine, ReceivedLine

REASONS = {
    "unsold": mark("unsold"),
    "expired": mark("expired"),
    "damaged": mark("damaged"),
    "withdrawn": mark("withdrawn"),
    "lost": mark("lost"),
    "other": mark("other"),
}


def producer_price(line: ReceivedLine) -> int:
    """What the producer gets for one unit, in rupiah; for a commission it is the price less the commission."""
    if line.pricing == "komisi":
        return line.sell_price - commission_of(line.sell_price, line.commission_bp or 0)
    return line.consign_price or 0


def goods_received_note(note: GoodsReceived, issue: Issue, letterhead: Letterhead, producer_name: str) -> Paper:
    """The producer's proof of what was left at the corner, with both prices and the last day of sale."""
    title = _("CONSIGNMENT NOTE")
    columns = (
        Column(_("Quantity"), _("Qty")),
        Column(_("Consign price"), _("Consign")),
        Column(_("Sell price"), _("Sell")),
        Column(_("Sell until"), _("Until")),
    )
    rows = tuple(
        (
            _received_name(line, note.lines[: place + 1], note.lines),
            quantity_with_unit(line.quantity, line.unit),
            thousands(producer_price(line)),
            thousands(line.sell_price),
            day_text(line.expires_on) if line.expires_on else "-",
        )
        for place, line in enumerate(note.lines)
    )
    consigned = sum(priced(producer_price(line), line.quantity) for line in note.lines)
    selling = sum(priced(line.sell_price, line.quantity) for line in note.lines)
    facts = [(_("Producer"), f"{producer_name} ({note.producer})")]
    if note.reference:
        facts.append((_("Producer's note"), note.reference))
    blocks = head(letterhead, issue, title=title)
    blocks += [
        *identity(note.number, issue, *facts),
        Table(_("Goods"), columns, rows),
        Rule(),
        Columns(_("Pieces"), quantity_text(sum(line.quantity for line in note.lines))),
        Columns(_("Consign value"), rupiah(consigned), bold=True),
        Columns(_("Sell value"), rupiah(selling)),
        *remarks(issue),
    ]
    bought = sum(line.cost for line in note.lines)
    if bought:
        blocks.append(Columns(_("Bought outright"), rupiah(bought)))
    blocks += [
        Space(),
        Signatures(_("Consignor"), _("Received by"), producer_name, issue.cashier),
        *proof(note.number, issue),
        Cut(),
    ]
    return Paper("goods_received", note.number, title, tuple(blocks), size="sheet")


def _received_name(line: ReceivedLine, until: Sequence[ReceivedLine], lines: Sequence[ReceivedLine]) -> str:
    """The goods and how they are supplied; which lot of them it is where several came, ``until`` this line."""
    words = []
    if line.pricing == "komisi":
        words.append(_("commission {percent}").format(percent=percent_text(line.commission_bp or 0)))
    if line.pricing == "putus":
        words.append(_("bought"))
    if sum(one.sku == line.sku for one in lines) > 1:
        words.append(_("lot {count}").format(count=sum(one.sku == line.sku for one in until)))
    return f"{line.name} ({', '.join(words)})" if words else line.name


def goods_returned_note(note: GoodsReturned, issue: Issue, letterhead: Letterhead, producer_name: str) -> Paper:
    """What the producer takes back unsold, and why."""
    title = _("RETURN NOTE")
    cost = sum(line.cost for line in note.lines)
    blocks: list[Block] = [
        *head(letterhead, issue, title=title),
        *identity(note.number, issue, (_("Producer"), f"{producer_name} ({note.producer})")),
        *_leaving(note.lines),
        *([Columns(_("Off what is owed (bought goods)"), rupiah(cost))] if cost else []),
        *remarks(issue),
        Space(),
        Signatures(_("Consignor"), _("Handed over by"), producer_name, issue.cashier),
        *proof(note.number, issue),
        Cut(),
    ]
    return Paper("goods_returned", note.number, title, tuple(blocks), size="sheet")


def _leaving(lines: tuple[LeavingLine, ...]) -> list[Block]:
    columns = (Column(_("Quantity"), _("Qty"), beside_name=True), Column(_("Reason"), beside_name=True))
    rows = tuple(
        (_leaving_name(line), quantity_with_unit(line.quantity, line.unit), _(REASONS[line.reason])) for line in lines
    )
    return [
        Table(_("Goods"), columns, rows),
        Rule(),
        Columns(_("Pieces"), quantity_text(sum(line.quantity for line in lines)), bold=True),
    ]


def _leaving_name(line: LeavingLine) -> str:
    """The goods, and the last days of what goes back because it expired."""
    days = sorted({take.expires_on for take in line.takes if take.expires_on})
    if line.reason != "expired" or not days:
        return line.name
    return _("{name} (until {days})").format(name=line.name, days=", ".join(day_text(day) for day in days))
