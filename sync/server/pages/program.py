"""``/program``: how the programme does. Sales over time and by everything they are asked by, producers and what they
were paid, what was left unsold, batik on Fridays, papers; every figure leads to what it is made of.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from litestar import get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException

from sync.server.centre import Centre
from sync.server.corners.holidays import holidays_of
from sync.server.database.dialect import Database, reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import plots
from sync.server.pages.asked import Asked, Stretch
from sync.server.pages.exports import exported
from sync.server.pages.frame import page_number, paged, percent, rupiah, whole
from sync.server.pages.roles import Role, open_to
from sync.server.pages.showing import (
    BY,
    CALLED,
    TABLE,
    Compared,
    asked_by,
    axis,
    compared,
    deeper,
    deeper_in_time,
    figures_page,
    named,
    over_time,
    paper_of,
    span_of,
    stretch_name,
)
from sync.server.pages.texts import _, mark, ngettext
from sync.server.reports.coverage import of_goods, of_producers, selling_producers
from sync.server.reports.paying import owed_in_all, paid_in_all
from sync.server.reports.selling import Sold, counts_documents, in_all, producers_new, sold
from sync.server.reports.shelves import moved, share_of

TOP: Final = 8
"""Groups of each kind on the first page."""
BATIK, FRIDAY = "batik", "jumat"
PAPERS: Final = {
    "nib": mark("Producers with NIB"),
    "pirt": mark("Food producers with P-IRT"),
    "halal": mark("Food producers with a halal certificate"),
    "tkdn": mark("Sold of goods with TKDN"),
    "ekatalog": mark("Sold of goods in e-Katalog"),
}
HEADINGS: Final = (
    mark("Sold in all"),
    mark("For the office"),
    mark("Private"),
    mark("Producers' share"),
    mark("Commission"),
)


class Tile(NamedTuple):
    """A figure with its name, what stands below it, and where it leads."""

    name: str
    value: str
    note: str
    href: str


class Line(NamedTuple):
    """A row of a table of sales; without ``href`` it leads nowhere."""

    name: str
    code: str
    href: str
    sold: Sold
    days: Stretch | None = None


class Group(NamedTuple):
    """The first rows of a table of sales, and where the whole of it is."""

    key: str
    name: str
    lines: list[Line]
    most: int
    href: str


@get("/program", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_program(request: AnyRequest, state: State) -> Any:
    """The whole programme on one page."""
    centre: Centre = state.centre
    asked, today = asked_by(request, centre), centre.today()
    with reading(centre.engine) as db:
        columns = over_time(db, asked, today)
        now = in_all(db, asked)
        producers = selling_producers(db, asked)
        papers = [*of_producers(db, [row.key[0] for row in producers], today), *of_goods(db, asked, today)]
        return figures_page(
            request,
            db,
            "program.html",
            asked,
            typed=request.query_params.get("nota", "")[:64],
            tiles=_tiles(db, asked, now, producers),
            plot=_plot(asked, columns, now),
            columns=_time_lines(db, asked, columns),
            whole_table=asked.address(TABLE, menurut="waktu"),
            legend=_legend(),
            groups=[_group(db, asked, by, producers) for by in ("corner", "producer", "category")]
            + [_group(db, asked, by, producers) for by in ("kind", "place", "kelurahan", "class")],
            papers=[
                (
                    _(PAPERS[one.kind]),
                    one,
                    share_of(one.have, one.needed),
                    asked.address("/program/sertifikat", kurang=one.kind),
                )
                for one in papers
            ],
        )


@get(TABLE, guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_sold(request: AnyRequest, state: State) -> Any:
    """One table of sales, by what ``menurut`` says, with its plot and its files."""
    centre: Centre = state.centre
    asked = asked_by(request, centre, weekdays=True)
    called = request.query_params.get("menurut", "pojok")
    if called not in BY:
        raise NotFoundException
    by, number = BY[called][0], page_number(request.query_params.get("halaman", ""))
    with reading(centre.engine) as db:
        columns = over_time(db, asked, centre.today()) if by == "time" else []
        if by == "time":
            lines = _time_lines(db, asked, columns)
        else:
            lines = _unit_lines(db, asked) if by == "unit" else _lines(db, asked, by)
        now, title = sold(db, asked, days=asked.only)[0], _("Sales: {by}").format(by=_(BY[called][1]))
        paper = paper_of(db, centre, asked, title, [_("In all"), "", *_figures(now)])
        cells = (_cells(one) for one in lines)
        answer = exported(request, _file_name(called, asked), _headings(asked, by), cells, paper)
        if answer is not None:
            return answer
        at = paged(number, 1 if by == "time" else len(lines))
        shown = lines if by == "time" else at.of(lines)
        return figures_page(
            request,
            db,
            "program_sold.html",
            asked,
            called=called,
            by_names=[(key, _(text)) for key, (_by, text) in BY.items()],
            title=title,
            lines=shown,
            most=max((line.sold.total for line in shown), default=0),
            documents=counts_documents(asked, *([] if by == "time" else [by])),
            in_all=now,
            plot=_plot(asked, columns, now) if by == "time" else None,
            legend=_legend(),
            number=at.number,
            last=at.last,
            more={"menurut": called},
        )


def _tiles(db: Database, asked: Asked, now: Sold, producers: Sequence[Sold]) -> list[Tile]:
    than = compared(db, asked, now)
    paid, goods = paid_in_all(db, asked), moved(db, asked)[0]
    codes = [row.key[0] for row in producers]
    fresh = len(producers_new(db, asked, codes))
    fridays = asked.but(category=BATIK, weekday=FRIDAY)
    batik = sold(db, fridays, days=fridays.only)[0]
    office = asked.but(buyer="office")
    by_day = asked.address(TABLE, menurut="waktu")
    documents = counts_documents(asked)
    return [
        Tile(_("Sold in all"), rupiah(now.total), _since(than), by_day),
        Tile(
            _("Bought for the office"), rupiah(now.office),
            _("{share} of what was sold; counts for P3DN").format(share=part(now.office, now.total)),
            office.address(TABLE, menurut="bagian"),
        ),
        Tile(
            _("Bought by people for themselves"), rupiah(now.personal), _("does not count for P3DN"),
            asked.but(buyer="personal").address(TABLE, menurut="waktu"),
        ),
        Tile(
            _("Receipts") if documents else _("Lines of receipts"), whole(now.sales),
            ngettext("{count} refund", "{count} refunds", now.refunds).format(count=whole(now.refunds)) * documents,
            by_day,
        ),
        Tile(
            _("Producers who sold"), whole(len(codes)), _("{count} for the first time").format(count=whole(fresh)),
            asked.address(TABLE, menurut="produsen"),
        ),
        Tile(
            _("Paid to producers"), rupiah(paid.amount),
            _("{share} of {count} payments in time").format(
                share=part(paid.standing - paid.late, paid.standing), count=whole(paid.standing)
            ),
            asked.address("/program/pembayaran"),
        ),
        Tile(
            _("Owed to producers now"), rupiah(owed_in_all(db, asked)), _("whatever the period is"),
            asked.address("/program/hak"),
        ),
        Tile(
            _("Left unsold"), percent(goods.unsold_bp) if goods.unsold_bp is not None else "–",
            _("of what was there or came; {share} expired").format(share=percent(goods.expired_bp))
            if goods.expired_bp is not None else _("nothing was there in this period"),
            asked.address("/program/barang"),
        ),
        Tile(
            _("Batik on Fridays"), rupiah(batik.total), _("{share} of all batik").format(
                share=part(batik.total, in_all(db, asked.but(category=BATIK)).total)
                if not asked.category or asked.category == BATIK else "–"
            ),
            fridays.address(TABLE, menurut="waktu"),
        ),
    ]  # fmt: skip


def part(some: int, of: int) -> str:
    """A share in percent; a dash of nothing."""
    found = share_of(max(some, 0), of)
    return percent(found) if found is not None else "–"


def signed(basis_points: int) -> str:
    """``+12,5 %``; the minus is in the figure."""
    return f"+{percent(basis_points)}" if basis_points > 0 else percent(basis_points)


def _since(than: Compared) -> str:
    """How sales grew since the days before."""
    period = span_of(*than.days)
    change = _("{change} against {period}") if than.change is not None else _("nothing was sold {period}")
    told = change.format(change=signed(than.change or 0), period=period)
    if not than.later:
        return told
    return f"{told}; {_('{amount} of it is dated later than today').format(amount=rupiah(than.later))}"


def _group(db: Database, asked: Asked, by: str, producers: list[Sold]) -> Group:
    found = producers[:TOP] if by == "producer" else sold(db, asked, by, most=TOP)
    lines = [_line(asked, by, row) for row in found]
    called = CALLED[by]
    return Group(
        called,
        _(BY[called][1]),
        lines,
        max((line.sold.total for line in lines), default=0),
        asked.address(TABLE, menurut=called),
    )


def _lines(db: Database, asked: Asked, by: str) -> list[Line]:
    return [_line(asked, by, row) for row in sold(db, asked, by, days=asked.only)]


def _unit_lines(db: Database, asked: Asked) -> list[Line]:
    """The units of offices that bought, and people as one line of their own."""
    people = asked.but(buyer="personal")
    lines = _lines(db, asked.but(buyer="office"), "unit") if asked.buyer != "personal" else []
    if asked.buyer != "office" and not asked.unit:
        row = sold(db, people, days=asked.only)[0]._replace(key=("",))
        lines += (
            [Line(named("buyer", "personal"), "", people.address(TABLE, menurut="waktu"), row)] if any(row[2:]) else []
        )
    return sorted(lines, key=lambda line: -line.sold.total)


def _line(asked: Asked, by: str, row: Sold) -> Line:
    key = row.key[0]
    name = named(by, key, row.name)
    return Line(
        name, key if name != key and by in ("corner", "producer", "product") else "", deeper(asked, by, key), row
    )


def _time_lines(db: Database, asked: Asked, columns: list[tuple[Stretch, Sold]]) -> list[Line]:
    """The columns as rows; of days those on which offices were closed say so."""
    days = holidays_of(db) if asked.grain == "day" else {}
    told = {day: _("holiday: {name}").format(name=name) for day, name in days.items()}
    return [
        Line(
            stretch_name(stretch, asked.grain),
            told.get(stretch.first, ""),
            deeper_in_time(asked, stretch),
            row,
            stretch,
        )
        for stretch, row in columns
    ]


def _plot(asked: Asked, columns: list[tuple[Stretch, Sold]], now: Sold) -> Any:
    labels = [stretch_name(stretch, asked.grain) for stretch, _row in columns]
    series = [plots.Series(_("Private"), [row.personal for _stretch, row in columns])]
    series.append(plots.Series(_("For the office"), [row.office for _stretch, row in columns]))
    says = _("{total} in all, {office} of it for the office. Each column leads to what it is made of.").format(
        total=rupiah(now.total), office=rupiah(now.office)
    )
    links = [deeper_in_time(asked, stretch) for stretch, _row in columns]
    plot = plots.Plot("sold", _("Sales over time"), says, labels, series, links)
    return plots.columns(plot, figure=rupiah, axis=axis)


def _legend() -> Any:
    return plots.legend([_("Private"), _("For the office")])


def _file_name(called: str, asked: Asked) -> str:
    return f"terjual-{called}-{asked.days[0]}-{asked.days[1]}"


def _headings(asked: Asked, by: str) -> list[str]:
    first = [_("First day"), _("Last day")] if by == "time" else [_("Code"), _("Name")]
    counted = _("Receipts") if counts_documents(asked, *([] if by == "time" else [by])) else _("Lines of receipts")
    return [*first, *(_(text) for text in HEADINGS), counted]


def _cells(line: Line) -> list[Any]:
    first = [line.days.first, line.days.last] if line.days else [line.sold.key[0], line.name]
    return [*first, *_figures(line.sold)]


def _figures(row: Sold) -> list[Any]:
    return [row.total, row.office, row.personal, row.share, row.commission, row.sales]


HANDLERS = (get_program, get_sold)
