"""``/program/terjual``: one table of sales, by whatever it is asked by, with its plot and its files."""

from typing import Any, Final, NamedTuple

from litestar import get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException

from sync.server.centre import Centre
from sync.server.corners.holidays import holidays_of
from sync.server.database.dialect import Database, reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import plots
from sync.server.pages.exports import exported
from sync.server.pages.frame import page_number, paged, rupiah
from sync.server.pages.programme.asked import Asked, Stretch
from sync.server.pages.programme.showing import (
    BY,
    TABLE,
    asked_by,
    axis,
    deeper,
    deeper_in_time,
    figures_page,
    named,
    over_time,
    paper_of,
    stretch_name,
)
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _, mark
from sync.server.reports.selling import Sold, counts_documents, sold

HEADINGS: Final = (
    mark("Sold in all"),
    mark("For the office"),
    mark("Private"),
    mark("Producers' share"),
    mark("Commission"),
)


class Line(NamedTuple):
    """A row of a table of sales; without ``href`` it leads nowhere."""

    name: str
    code: str
    href: str
    sold: Sold
    days: Stretch | None = None


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
            lines = time_lines(db, asked, columns)
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
            plot=plot_of(asked, columns, now) if by == "time" else None,
            number=at.number,
            last=at.last,
            more={"menurut": called},
        )


def _lines(db: Database, asked: Asked, by: str) -> list[Line]:
    return [line_of(asked, by, row) for row in sold(db, asked, by, days=asked.only)]


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


def line_of(asked: Asked, by: str, row: Sold) -> Line:
    """A group as a row."""
    key = row.key[0]
    name = named(by, key, row.name)
    return Line(
        name, key if name != key and by in ("corner", "producer", "product") else "", deeper(asked, by, key), row
    )


def time_lines(db: Database, asked: Asked, columns: list[tuple[Stretch, Sold]]) -> list[Line]:
    """The columns of a plot as rows; of days those on which offices were closed say so."""
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


def plot_of(asked: Asked, columns: list[tuple[Stretch, Sold]], now: Sold) -> Any:
    """Sales over time; ``now`` is what was sold in the whole period."""
    labels = [stretch_name(stretch, asked.grain) for stretch, _row in columns]
    series = [plots.Series(_("Private"), [row.personal for _stretch, row in columns])]
    series.append(plots.Series(_("For the office"), [row.office for _stretch, row in columns]))
    says = _("{total} in all, {office} of it for the office. Each column leads to what it is made of.").format(
        total=rupiah(now.total), office=rupiah(now.office)
    )
    links = [deeper_in_time(asked, stretch) for stretch, _row in columns]
    plot = plots.Plot("sold", _("Sales over time"), says, labels, series, links)
    return plots.columns(plot, figure=rupiah, axis=axis)


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


HANDLERS = (get_sold,)
