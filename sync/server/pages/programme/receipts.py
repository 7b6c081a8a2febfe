"""``/program/nota``: the papers of one day, and a single one with its lines and its place in the chain."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from sync.documents.goods import GoodsReceived, GoodsReturned, WriteOff
from sync.documents.money import CashMove, Settlement, TabPayment
from sync.documents.refund import Refund
from sync.documents.reversal import Reversal
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed, ShiftOpened
from sync.server.centre import Centre
from sync.server.database.dialect import reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.exports import Cell, exported, moment_cell
from sync.server.pages.frame import day, page, page_number, paged, redirect
from sync.server.pages.programme.asked import Stretch
from sync.server.pages.programme.showing import DAY, TABLE, asked_by, deeper_in_time, figures_page, paper_of
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _
from sync.server.reports import receipts
from sync.server.reports.reporter import behind


@get(DAY, guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_papers(request: AnyRequest, state: State) -> Any:
    """Sales, refunds and cancellations of the first day that is asked for."""
    centre: Centre = state.centre
    asked, number = asked_by(request, centre), page_number(request.query_params.get("halaman", ""))
    asked = asked.but(last=asked.first)
    with reading(centre.engine) as db:
        found = receipts.of_day(db, asked)
        headings = [_("Number"), _("Kind"), _("Time"), _("Corner"), _("Till"), _("In rupiah"), _("Bought by")]
        rows: Iterator[list[Cell]] = (
            [one.number, words.kind(one.kind), moment_cell(one.at), one.corner, one.till, one.amount, _buyer(one)]
            for one in found.papers
        )
        total, title = sum(one.amount for one in found.papers if one.counted), _("Papers of {day}")
        sums: list[Cell] = [_("In all"), "", "", "", "", total, ""]
        paper = paper_of(db, centre, asked, title.format(day=day(asked.first)), sums, period=False)
        answer = exported(request, f"nota-{asked.days[0]}", headings, rows, paper)
        if answer is not None:
            return answer
        at, one_day = paged(number, len(found.papers)), timedelta(days=1)
        return figures_page(
            request, db, "program_papers_of_day.html", asked,
            papers=at.of(found.papers), count=len(found.papers), cut=found.cut,
            total=total, buyer=_buyer, kind=words.kind,
            before=deeper_in_time(asked, Stretch(asked.first - one_day, asked.first - one_day)),
            after=deeper_in_time(asked, Stretch(asked.first + one_day, asked.first + one_day)),
            number=at.number, last=at.last, by_corner=asked.address(TABLE),
        )  # fmt: skip


@get("/program/nota/{device:str}/{seq:int}", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_paper(request: AnyRequest, state: State, device: FromPath[str], seq: FromPath[int]) -> Any:
    """One entry: what stands on the paper, where it stands in the chain, and what became of it."""
    centre: Centre = state.centre
    if not 0 < seq < 2**62 or "\0" in device:
        raise NotFoundException
    with reading(centre.engine) as db:
        found = receipts.one(db, device, seq)
        if found is None:
            raise NotFoundException
        waiting = behind(db)
    return page(
        request,
        "program_paper.html",
        paper=found,
        document=found.document,
        kind=words.kind(found.envelope.kind if found.envelope else ""),
        kind_of=words.kind,
        lines=_lines(found.document),
        ways=_ways(found.document),
        state=_state(found),
        reason=words.reason(found.held) if found.held else "",
        waiting=waiting,
    )


@get("/program/nomor", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_by_number(request: AnyRequest, state: State) -> Any:
    """A paper by the number that stands on it."""
    centre: Centre = state.centre
    number = request.query_params.get("n", "").strip().upper()[:64]
    with reading(centre.engine) as db:
        found = receipts.found_by_number(db, number) if number and "\0" not in number else None
    if found is None:
        back = f"/program?{urlencode({'nota': number})}"
        return redirect(back, refused=_("The centre has no paper {number}.").format(number=number or "–"))
    return redirect(f"{DAY}/{found[0]}/{found[1]}")


def _buyer(one: receipts.Paper) -> str:
    return (one.unit or _("The office")) if one.office else _("Private")


def _lines(document: Any) -> list[tuple[str, str, int, str, int | None, int | None]]:
    """Name, producer, thousandths, unit, rupiah and the producer's share of each line."""
    match document:
        case Sale() | Refund():
            return [
                (line.name, line.producer, line.quantity, line.unit, line.total, line.share) for line in document.lines
            ]
        case GoodsReceived(producer=producer, lines=received):
            return [(line.name, producer, line.quantity, line.unit, None, None) for line in received]
        case GoodsReturned(lines=left) | WriteOff(lines=left):
            return [(line.name, line.producer, line.quantity, line.unit, None, line.share or None) for line in left]
        case Settlement(goods=goods, producer=producer):
            return [(line.name, producer, line.sold, line.unit, line.gross, line.share) for line in goods]
    return []


def _ways(document: Any) -> list[tuple[str, int]]:
    """What was paid in which way; of a closing what was in the drawer."""
    match document:
        case Sale():
            return [(_(words.TENDERS[tender.kind]), tender.amount) for tender in document.tenders]
        case Refund():
            return [(_(words.TENDERS[document.tender]), document.total)]
        case Settlement() | TabPayment():
            return [(_(words.TENDERS[document.tender]), document.amount)]
        case CashMove():
            return [(_("Cash in") if document.direction == "in" else _("Cash out"), document.amount)]
        case ShiftOpened():
            return [(_("Opening float"), document.float)]
        case ShiftClosed():
            names = (_("Opening float"), _("Cash expected"), _("Cash counted"), _("Difference"), _("Taken to the bank"))
            amounts = (document.float, document.expected, document.counted, document.difference, document.deposit)
            return list(zip(names, amounts, strict=True))
    return []


def _state(found: receipts.Whole) -> list[tuple[str, str]]:
    """Chips: what became of the paper."""
    by = [one for one in found.by if one.stands]
    kinds = {one.kind for one in by}
    chips = []
    if found.held:
        chips.append((_("Set aside"), "bad"))
    if Reversal.KIND in kinds:
        chips.append((_("Cancelled"), "warn"))
    if Refund.KIND in kinds:
        back = sum(one.amount for one in by if one.kind == Refund.KIND)
        whole = isinstance(found.document, Sale) and back >= found.document.total
        chips.append((_("Given back whole") if whole else _("Given back in part"), "warn"))
    return chips or [(_("Stands"), "ok")]


HANDLERS = (get_papers, get_by_number, get_paper)
