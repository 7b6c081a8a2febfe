"""What producers were paid and are owed, what was left unsold, and who lacks a paper: tables behind the programme."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final, NamedTuple

from litestar import get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException

from sync.server.centre import Centre
from sync.server.database.dialect import reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.exports import Cell, day_cell, decimal_cell, exported
from sync.server.pages.frame import page_number, paged
from sync.server.pages.programme.asked import NAMES, Asked
from sync.server.pages.programme.owed_line import owed_line
from sync.server.pages.programme.showing import BY, TABLE, asked_by, figures_page, named, paper_of, share
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _, mark
from sync.server.reports.coverage import of_goods_without, of_producers, selling_producers, without
from sync.server.reports.paying import Payment, owed_by_corner, owed_by_producer, payments, together
from sync.server.reports.selling import MARKS, sold
from sync.server.reports.shelves import Moved, moved

LONGEST_SEARCH: Final = 64
SHELVES: Final = ("produsen", "pojok", "lokasi", "kategori", "barang", "kelurahan", "kelas")
LACKING: Final = {
    "nib": (mark("Without NIB"), mark("Producers without NIB that sold in this period")),
    "pirt": (mark("Without P-IRT"), mark("Food producers without P-IRT that sold in this period")),
    "halal": (mark("Without halal"), mark("Food producers without a halal certificate that sold in this period")),
    "tkdn": (mark("Without TKDN"), mark("Goods without TKDN that sold in this period")),
    "ekatalog": (mark("Outside e-Katalog"), mark("Goods outside e-Katalog that sold in this period")),
}
"""By the paper: what the choice is called, and its page."""
TERMS: Final = {"harian": mark("every day"), "mingguan": mark("every week"), "bulanan": mark("every month")}


class Owing(NamedTuple):
    """A corner that owes, or a producer who is owed; rupiah."""

    code: str
    name: str
    amount: int
    href: str


@get("/program/pembayaran", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_paid(request: AnyRequest, state: State) -> Any:
    """Every payment of the period, what was cancelled in it, and how many were in time."""
    centre: Centre = state.centre
    asked, number = asked_by(request, centre), page_number(request.query_params.get("halaman", ""))
    with reading(centre.engine) as db:
        found = payments(db, asked)
        headings = [_("Date"), _("Slip"), _("Corner"), _("Producer"), _("Paid"), _("Kept"), _("Way"), _("Days waited")]
        headings.append(_("In time"))
        rows: Iterator[list[Cell]] = (
            [day_cell(one.date), one.number, one.corner_name or one.corner, one.name or one.producer, one.amount,
             one.deducted, _(words.TENDERS[one.tender]), one.waited if one.stands else None, _in_time(one)]
            for one in found
        )  # fmt: skip
        paid = together(found)
        sums: list[Cell] = [_("In all"), "", "", "", paid.amount, paid.deducted, "", "", ""]
        paper = paper_of(db, centre, asked, _("Paid to producers"), sums)
        answer = exported(request, _name("pembayaran", asked), headings, rows, paper)
        if answer is not None:
            return answer
        at = paged(number, len(found))
        return figures_page(
            request, db, "program_paid.html", asked,
            payments=at.of(found), paid=paid,
            in_time=share(paid.standing - paid.late, paid.standing), tenders=words.TENDERS, terms=TERMS,
            number=at.number, last=at.last,
        )  # fmt: skip


def _in_time(one: Payment) -> str:
    if not one.stands:
        return _("cancels a payment") if one.takes_back else _("cancelled")
    return _("no") if one.late else _("yes")


@get("/program/hak", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_owed(request: AnyRequest, state: State) -> Any:
    """What producers are owed now, by corner or by producer."""
    centre: Centre = state.centre
    asked, number = asked_by(request, centre), page_number(request.query_params.get("halaman", ""))
    called, text = "produsen" if request.query_params.get("menurut") == "produsen" else "pojok", ""
    with reading(centre.engine) as db:
        if called == "produsen":
            found = [Owing(*row, f"/program/produsen/{row[0]}") for row in owed_by_producer(db, asked)]
            text = request.query_params.get("cari", "").strip()[:LONGEST_SEARCH]
            found = [one for one in found if text.casefold() in f"{one.name}\n{one.code}".casefold()]
        else:
            found = [
                Owing(*row, asked.but(corner=row[0]).address("/program/hak", menurut="produsen"))
                for row in owed_by_corner(db, asked)
            ]
        rows: Iterator[list[Cell]] = ([one.code, one.name, one.amount] for one in found)
        total, headings = sum(one.amount for one in found), [_("Code"), _("Name"), _("Owed now")]
        paper = paper_of(db, centre, asked, _("What producers are owed"), [_("In all"), "", total], period=False)
        answer = exported(request, f"hak-produsen-{centre.today()}", headings, rows, paper)
        if answer is not None:
            return answer
        at = paged(number, len(found))
        made_of = [] if text else owed_line(db, asked, date.fromisoformat(centre.today()))
        return figures_page(
            request, db, "program_owed.html", asked, made_of=made_of,
            lines=at.of(found), most=max((one.amount for one in found), default=0),
            total=total, called=called, title=_(BY[called][1]),
            number=at.number, last=at.last, more={"menurut": called}, text=text,
            kept={"menurut": called} | {NAMES[name]: value for name, value in asked.filters.items()},
        )  # fmt: skip


@get("/program/barang", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_goods(request: AnyRequest, state: State) -> Any:
    """What was there and came, and what left unsold or expired, by what ``menurut`` says."""
    centre: Centre = state.centre
    asked, number = asked_by(request, centre), page_number(request.query_params.get("halaman", ""))
    called = request.query_params.get("menurut", SHELVES[0])
    if called not in SHELVES:
        raise NotFoundException
    by = BY[called][0]
    with reading(centre.engine) as db:
        found = moved(db, asked, by)
        headings = [_("Code"), _("Name"), *(_(text) for text in (mark("On hand before"), mark("Came")))]
        headings += [_("Came otherwise"), _("Unsold"), _("Expired"), _("Left otherwise")]
        headings += [_("Unsold and expired, percent of what was there")]
        rows: Iterator[list[Cell]] = ([one.key[0], named(by, one.key[0], one.name), *_pieces(one)] for one in found)
        total = moved(db, asked)[0]
        paper = paper_of(db, centre, asked, _("Left unsold"), [_("In all"), "", *_pieces(total)])
        answer = exported(request, _name(f"barang-{called}", asked), headings, rows, paper)
        if answer is not None:
            return answer
        at = paged(number, len(found))
        return figures_page(
            request, db, "program_goods.html", asked,
            lines=[
                (named(by, one.key[0], one.name), _inside(asked, by, one.key[0]), one)
                for one in at.of(found)
            ],
            total=total, called=called, names=[(key, _(BY[key][1])) for key in SHELVES],
            number=at.number, last=at.last, more={"menurut": called},
        )  # fmt: skip


@get("/program/sertifikat", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_lacking(request: AnyRequest, state: State) -> Any:
    """Producers or goods that sold in the period and lack a paper, those who sold most first."""
    centre: Centre = state.centre
    asked, number = asked_by(request, centre), page_number(request.query_params.get("halaman", ""))
    kind = request.query_params.get("kurang", "halal")
    if kind not in LACKING:
        raise NotFoundException
    of_goods, today = kind in MARKS, centre.today()
    with reading(centre.engine) as db:
        if of_goods:
            every = [row for row in sold(db, asked, "product") if row.total > 0 and row.key[0]]
            missing, needed = of_goods_without(db, [row.key[0] for row in every], kind, today), len(every)
        else:
            every = selling_producers(db, asked)
            codes = [row.key[0] for row in every]
            missing = without(db, codes, kind, today)
            needed = next(one.needed for one in of_producers(db, codes, today) if one.kind == kind)
        found = [row for row in every if row.key[0] in missing]
        rows: Iterator[list[Cell]] = ([row.key[0], row.name, row.total] for row in found)
        sums: list[Cell] = [_("In all"), "", sum(row.total for row in found)]
        headings, paper = (
            [_("Code"), _("Name"), _("Sold in all")],
            paper_of(db, centre, asked, _(LACKING[kind][1]), sums),
        )
        answer = exported(request, _name(f"tanpa-{kind}", asked), headings, rows, paper)
        if answer is not None:
            return answer
        at = paged(number, len(found))
        lines = [
            (row.key[0], row.name or row.key[0], row.total, _leads(asked, row.key[0], of_goods=of_goods))
            for row in at.of(found)
        ]
        return figures_page(
            request, db, "program_papers.html", asked,
            lines=lines, kind=kind, kinds=[(key, _(short)) for key, (short, _long) in LACKING.items()],
            title=_(LACKING[kind][1]), count=len(found), of=needed, of_goods=of_goods,
            number=at.number, last=at.last, more={"kurang": kind},
        )  # fmt: skip


def _leads(asked: Asked, code: str, *, of_goods: bool) -> str:
    if of_goods:
        return asked.but(product=code).address(TABLE, menurut="waktu")
    return f"/program/produsen/{code}"


def _inside(asked: Asked, by: str, key: str) -> str:
    """Where a group of goods leads: to what it is made of, what was sold of goods."""
    inside = asked.but(**{by: key})
    if by == "product":
        return inside.address(TABLE, menurut="waktu")
    return inside.address("/program/barang", menurut="barang" if by in ("producer", "category") else "produsen")


def _pieces(one: Moved) -> Iterator[Cell]:
    """Pieces, and the percent of them that left unsold or expired."""
    yield from (decimal_cell(number, 3) for number in one[2:])
    yield None if one.unsold_bp is None else decimal_cell(one.unsold_bp, 2)


def _name(what: str, asked: Asked) -> str:
    return f"{what}-{asked.days[0]}-{asked.days[1]}"


HANDLERS = (get_paid, get_owed, get_goods, get_lacking)
