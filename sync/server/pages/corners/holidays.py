"""Days on which offices are closed: the list of a year, and what officers add and take out."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery

from sync.protocol.registry_fields import EARLIEST, LATEST
from sync.server.corners.holidays import add, listed, remove
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.exports import exported
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, ngettext, worded

Short = Annotated[str, msgspec.Meta(max_length=200)]


class HolidayForm(msgspec.Struct):
    """What adds days or takes them out; ``sampai`` may be empty."""

    dari: Short = ""
    sampai: Short = ""
    nama: Short = ""


Form = Annotated[HolidayForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/libur", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_holidays(request: AnyRequest, state: State, tahun: FromQuery[int] = 0) -> Response[Any]:
    """The holidays of a year."""
    return _listed(request, state, HolidayForm(), "", tahun)


@post("/libur", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_holiday(request: AnyRequest, state: State, data: Form) -> Response[Any]:
    """Keep a day, or all from one to another."""
    try:
        with writing(state.centre.engine) as db:
            count = add(state.centre, db, data.dari, data.sampai, data.nama, officer_of(request).name)
    except CentreError as error:
        return _listed(request, state, data, worded(error))
    said = ngettext("{count} day was added.", "{count} days were added.", count).format(count=count)
    return redirect(_of_year(data.dari), said=said)


@post("/libur/hapus", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_removal(request: AnyRequest, state: State, data: Form) -> Response[Any]:
    """Take a day out."""
    try:
        with writing(state.centre.engine) as db:
            remove(state.centre, db, data.dari, data.sampai, officer_of(request).name)
    except CentreError as error:
        return redirect(_of_year(data.dari), refused=worded(error))
    return redirect(_of_year(data.dari), said=_("The day counts as an office day again."))


def _of_year(day: str) -> str:
    year = day.strip()[:4]
    return f"/libur?tahun={year}" if year.isascii() and year.isdigit() else "/libur"


def _listed(request: AnyRequest, state: State, data: HolidayForm, error: str, year: int = 0) -> Response[Any]:
    shown = year if EARLIEST.year <= year <= LATEST.year else date.fromisoformat(state.centre.today()).year
    with reading(state.centre.engine) as db:
        days = listed(db, shown)
    if request.query_params.get("format"):
        headings = [_(words.COLUMNS[name]) for name in ("date", "name")]
        rows: list[list[Any]] = [[one.day, one.name] for one in days]
        return exported(request, f"{_('Holidays')} {shown}", headings, rows) or redirect("/libur")
    facts: dict[str, Any] = {"days": days, "year": shown, "data": data, "error": error}
    return page(request, "holidays.html", first=EARLIEST.year, last=LATEST.year, **facts)


HANDLERS: tuple[Any, ...] = (get_holidays, post_holiday, post_removal)
