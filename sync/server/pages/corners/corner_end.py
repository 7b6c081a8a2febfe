"""The end of a corner: closing it and opening it again; removing one that never had a till."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath

from sync.server.corners import closing, standing
from sync.server.corners.changing import find, mark_of
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded

Short = Annotated[str, msgspec.Meta(max_length=200)]


class EndForm(msgspec.Struct):
    """What closes, opens or removes a corner: its code, typed, and the mark of what was seen."""

    kode: Short = ""
    mark: Short = ""


Form = Annotated[EndForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/pojok/{code:str}/tutup", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_close(request: AnyRequest, state: State, code: FromPath[str]) -> Response[str]:
    """What closing means."""
    return _asked(request, state, code, closes=True)


@post("/pojok/{code:str}/tutup", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_close(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """Close the corner."""
    try:
        with writing(state.centre.engine) as db:
            closing.close(state.centre, db, code, officer_of(request).name, data.mark)
    except CentreError as error:
        return _refused(request, state, code, error, closes=True)
    return redirect(_of(code), said=_("The corner is closed."))


@post("/pojok/{code:str}/buka", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_reopen(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """Open the corner again."""
    try:
        with writing(state.centre.engine) as db:
            closing.reopen(state.centre, db, code, officer_of(request).name, data.mark)
    except CentreError as error:
        if error.code == "unknown_corner":
            raise NotFoundException from None
        return redirect(_of(code), refused=worded(error))
    return redirect(_of(code), said=_("The corner is open again."))


@get("/pojok/{code:str}/hapus", guards=[open_to(Role.ADMIN)], sync_to_thread=True)
def get_remove(request: AnyRequest, state: State, code: FromPath[str]) -> Response[str]:
    """What removing means."""
    return _asked(request, state, code, closes=False)


@post("/pojok/{code:str}/hapus", guards=[open_to(Role.ADMIN)], sync_to_thread=True, status_code=200)
def post_remove(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """Remove the corner, once its code was typed."""
    if data.kode.strip().upper() != code.upper():
        sentence = _("This is not the corner's code. Type {code}.").format(code=code)
        return _asked(request, state, code, closes=False, typed=data.kode, error=sentence)
    try:
        with writing(state.centre.engine) as db:
            closing.remove(state.centre, db, code, officer_of(request).name, data.mark)
    except CentreError as error:
        return _refused(request, state, code, error, closes=False)
    return redirect("/pojok", said=_("Corner {code} was removed.").format(code=code))


def _refused(request: AnyRequest, state: State, code: str, error: CentreError, *, closes: bool) -> Response[Any]:
    if error.code == "corner_changed":
        return _asked(request, state, code, closes=closes, error=worded(error))
    if error.code == "unknown_corner":
        raise NotFoundException
    return redirect(_of(code), refused=worded(error))


def _asked(
    request: AnyRequest, state: State, code: str, *, closes: bool, typed: str = "", error: str = ""
) -> Response[Any]:
    with reading(state.centre.engine) as db:
        row, one = find(db, code), standing.corner(state.centre, db, code)
        joined_once = closing.had_tills(db, code)
    if row is None or one is None:
        raise NotFoundException
    if closes != joined_once or (closes and one.closed):  # another officer was here first
        return redirect(_of(code))
    facts: dict[str, Any] = {"corner": one, "closes": closes, "mark": mark_of(row), "typed": typed, "error": error}
    return page(request, "corner_end.html", **facts)


def _of(code: str) -> str:
    return f"/pojok/{quote(code, safe='')}"


HANDLERS: tuple[Any, ...] = (get_close, post_close, post_reopen, get_remove, post_remove)
