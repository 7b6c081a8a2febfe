"""``/program/produsen/{code}``: one producer's figures. What is owed where, what was sold where, what was paid."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from litestar import get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from sync.server.centre import Centre
from sync.server.database.dialect import reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.exports import Cell, Paper, day_cell, exported
from sync.server.pages.frame import moment
from sync.server.pages.programme.asked import Asked
from sync.server.pages.programme.outcomes import TERMS
from sync.server.pages.programme.owed_line import owed_line
from sync.server.pages.programme.showing import TABLE, asked_by, chosen, figures_page, named, share
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _
from sync.server.registry.listing import all_codes, rows_of, stands_for
from sync.server.reports.paying import owed, payments, together
from sync.server.reports.scope import Scope
from sync.server.reports.selling import in_all, sold
from sync.server.reports.shelves import moved

PAYMENTS = 10
"""The newest of the period."""


@get("/program/produsen/{code:str}", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_producer(request: AnyRequest, state: State, code: FromPath[str]) -> Any:
    """Figures of the business; who stands behind it is the registry's to tell."""
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        code = stands_for(db, "producer", code)
        row = rows_of(db, "producer", [code]).get(code)
        owing = owed(db, code)
        if row is None and not owing:
            raise NotFoundException
        headings = [_("Corner"), _("Name"), _("Till"), _("Owed now"), _("Last payment")]
        rows: Iterator[list[Cell]] = (
            [one.corner, one.name, one.till, one.amount, day_cell(one.paid_on)] for one in owing
        )
        name, owes = row.business_name if row else code, [one.amount for one in owing]
        told = [_("What corners owe now"), _("Made {moment}").format(moment=moment(centre.clock()))]
        paper = Paper(f"{name} ({code})", told, [_("In all"), "", "", sum(owes), ""])
        answer = exported(request, f"hak-{code}-{centre.today()}", headings, rows, paper)
        if answer is not None:
            return answer
        asked = asked_by(request, centre).but(producer=code)
        everywhere = Scope(first=asked.first, last=asked.last, producer=code)
        paid = payments(db, asked)
        both = together(paid)
        corners = [(one, named("corner", one.key[0], one.name)) for one in sold(db, asked, "corner")]
        return figures_page(
            request, db, "program_producer.html", asked,
            chosen=chosen(db, asked.but(producer=None), request.url.path), code=code, producer=row,
            name=name, terms=TERMS, tenders=words.TENDERS,
            made_of=owed_line(db, everywhere, date.fromisoformat(centre.today())),
            merged=[one for one in all_codes(db, "producer", code) if one != code],
            owing=owing, total_owed=sum(max(one, 0) for one in owes), owes=-sum(min(one, 0) for one in owes), paid=both,
            in_time=share(both.standing - both.late, both.standing), payments=paid[:PAYMENTS],
            more_payments=asked.address("/program/pembayaran"), in_all=in_all(db, asked),
            corners=[(one, name, _days(asked.but(corner=one.key[0]))) for one, name in corners],
            products=[(one, _days(asked.but(product=one.key[0]))) for one in sold(db, asked, "product")],
            over_time=_days(asked), goods=moved(db, asked)[0],
        )  # fmt: skip


def _days(asked: Asked) -> str:
    return asked.address(TABLE, menurut="waktu")


HANDLERS = (get_producer,)
