"""``/program``: how the programme does. Sales over time and by everything they are asked by, producers and what they
were paid, what was left unsold, batik on Fridays, papers; every figure leads to what it is made of.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from litestar import get
from litestar.datastructures import State

from sync.server.centre import Centre
from sync.server.database.dialect import Database, reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.frame import percent, rupiah, whole
from sync.server.pages.programme.asked import Asked
from sync.server.pages.programme.showing import (
    BY,
    CALLED,
    TABLE,
    Compared,
    asked_by,
    compared,
    figures_page,
    over_time,
    share,
    span_of,
)
from sync.server.pages.programme.sold import Line, line_of, plot_of, time_lines
from sync.server.pages.roles import Role, open_to
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


class Tile(NamedTuple):
    """A figure with its name, what stands below it, and where it leads."""

    name: str
    value: str
    note: str
    href: str


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
            plot=plot_of(asked, columns, now),
            columns=time_lines(db, asked, columns),
            whole_table=asked.address(TABLE, menurut="waktu"),
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


def _tiles(db: Database, asked: Asked, now: Sold, producers: Sequence[Sold]) -> list[Tile]:
    return [*_sales_tiles(db, asked, now), *_producer_tiles(db, asked, producers), *_goods_tiles(db, asked)]


def _sales_tiles(db: Database, asked: Asked, now: Sold) -> list[Tile]:
    documents, by_day = counts_documents(asked), asked.address(TABLE, menurut="waktu")
    return [
        Tile(_("Sold in all"), rupiah(now.total), _since(compared(db, asked, now)), by_day),
        Tile(
            _("Bought for the office"), rupiah(now.office),
            _("{share} of what was sold; counts for P3DN").format(share=share(now.office, now.total))
            if now.total > 0 else _("counts for P3DN"),
            asked.but(buyer="office").address(TABLE, menurut="bagian"),
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
    ]  # fmt: skip


def _producer_tiles(db: Database, asked: Asked, producers: Sequence[Sold]) -> list[Tile]:
    codes, paid = [row.key[0] for row in producers], paid_in_all(db, asked)
    return [
        Tile(
            _("Producers who sold"), whole(len(codes)),
            _("{count} for the first time").format(count=whole(len(producers_new(db, asked, codes)))),
            asked.address(TABLE, menurut="produsen"),
        ),
        Tile(
            _("Paid to producers"), rupiah(paid.amount),
            _("{share} of {count} payments in time").format(
                share=share(paid.standing - paid.late, paid.standing), count=whole(paid.standing)
            ) if paid.standing else _("nobody was paid in this period"),
            asked.address("/program/pembayaran"),
        ),
        Tile(
            _("Owed to producers now"), rupiah(owed_in_all(db, asked)), _("whatever the period is"),
            asked.address("/program/hak"),
        ),
    ]  # fmt: skip


def _goods_tiles(db: Database, asked: Asked) -> list[Tile]:
    goods, fridays = moved(db, asked)[0], asked.but(category=BATIK, weekday=FRIDAY)
    batik = sold(db, fridays, days=fridays.only)[0]
    every_batik = in_all(db, asked.but(category=BATIK)).total
    return [
        Tile(
            _("Left unsold"), percent(goods.unsold_bp) if goods.unsold_bp is not None else _("None"),
            _("of what was there or came; {share} expired").format(share=percent(goods.expired_bp))
            if goods.expired_bp is not None else _("nothing was there in this period"),
            asked.address("/program/barang"),
        ),
        Tile(
            _("Batik on Fridays"), rupiah(batik.total),
            _("{share} of all batik").format(share=share(batik.total, every_batik))
            if every_batik > 0 else _("no batik was sold in this period"),
            fridays.address(TABLE, menurut="waktu"),
        ),
    ]  # fmt: skip


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
    lines = [line_of(asked, by, row) for row in found]
    called = CALLED[by]
    return Group(
        called,
        _(BY[called][1]),
        lines,
        max((line.sold.total for line in lines), default=0),
        asked.address(TABLE, menurut=called),
    )


HANDLERS = (get_program,)
