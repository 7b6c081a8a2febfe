"""One corner: its tills, figures, messages and what it sent; and the forms that make and change corners."""

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath

from sync.protocol.registry_reasons import REASONS, Rejection
from sync.server.centre import Centre
from sync.server.corners import standing, taking_over
from sync.server.corners.changing import FIELDS, find, mark_of, save_corner, unlike
from sync.server.corners.closing import had_tills
from sync.server.corners.standing import CornerStanding
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import announcing, contacts, enrolment
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.corners.board import ago, chips, size, span
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded

DAYS = timedelta(days=14)
Short = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=2_000)]


class CornerForm(msgspec.Struct):
    """What the form of a corner sends."""

    corner_code: Short = ""
    name: Short = ""
    kind: Short = ""
    address: Short = ""
    postcode: Short = ""
    staff_count: Short = ""
    mark: Short = ""
    sure: Short = ""


class MessageForm(msgspec.Struct):
    """What the form of a message sends."""

    pesan: Words = ""


Corner = Annotated[CornerForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Message = Annotated[MessageForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/pojok/{code:str}", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_corner(request: AnyRequest, state: State, code: FromPath[str]) -> Response[str]:
    """One corner."""
    return show(request, state, code)


def show(request: AnyRequest, state: State, code: str, text: str = "", error: str = "") -> Response[str]:
    """The page of a corner, with a message that was not sent where there is one."""
    centre: Centre = state.centre
    since = (date.fromisoformat(centre.today()) - DAYS).isoformat()
    with reading(centre.engine) as db:
        one = standing.corner(centre, db, code)
        if one is None:
            raise NotFoundException
        days, sent = standing.daily(db, code, since), announcing.sent(db, code, 10)
        deliveries, waiting = standing.deliveries(db, code), enrolment.waiting(centre, db, code)
        least, revoked = announcing.required_version(db), taking_over.revoked(db, code)
        called, row, joined_once = contacts.days(db, code), find(db, code), had_tills(db, code)
        open_ones = any(till.owed and not till.by for till in revoked)
        openings = taking_over.opening_balances(db, code) if open_ones else {}
    now = centre.clock()
    return page(
        request,
        "corner.html",
        corner=one,
        kind=_(words.CORNER_KINDS[one.kind]) if one.kind in words.CORNER_KINDS else "",
        chips=chips(one),
        today=centre.today(),
        days=days,
        sent=sent,
        deliveries=deliveries,
        called=called,
        mark=mark_of(row) if row is not None else "",
        joined_once=joined_once,
        revoked=revoked,
        openings=openings,
        waiting=waiting,
        next_till=next_till(one),
        ago=lambda at: ago(at, now),
        span=span,
        size=size,
        outdated=lambda app: announcing.is_older(app, least),
        text=text,
        error=error,
        longest=announcing.LONGEST,
    )


def next_till(one: CornerStanding) -> str:
    """The first letter that no till of the corner has."""
    used = {till.name for till in one.tills}
    return next((letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in used), "")


@post("/pojok/{code:str}/pesan", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_message(request: AnyRequest, state: State, code: FromPath[str], data: Message) -> Response[Any]:
    """Send a message to this corner."""
    try:
        with writing(state.centre.engine) as db:
            announcing.send(state.centre, db, code, data.pesan, officer_of(request).name)
    except CentreError as error:
        if error.code == "unknown_corner":
            raise NotFoundException from None
        return show(request, state, code, data.pesan, worded(error))
    return redirect(f"/pojok/{code}", said=_("The message goes out with the corner's next contact."))


@get("/pojok/baru", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_new(request: AnyRequest) -> Response[str]:
    """The form of a new corner."""
    return _form(request, CornerForm(kind="opd"), (), new=True)


@post("/pojok/baru", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_new(request: AnyRequest, state: State, data: Corner) -> Response[Any]:
    """Make a corner, once a code unlike the others was sent twice: it stays for ever."""
    code = data.corner_code.strip()
    with reading(state.centre.engine) as db:
        other = unlike(db, code)
    if code and other and data.sure != code:
        asked = _("Other corners have codes like {code}, and a code never changes. Is it right? Then send it again.")
        return _form(
            request, msgspec.structs.replace(data, sure=code), (), new=True, code_error=asked.format(code=other)
        )
    return _save(request, state, data, new=True)


@get("/pojok/{code:str}/ubah", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_edit(request: AnyRequest, state: State, code: FromPath[str]) -> Response[str]:
    """The form of a corner."""
    with reading(state.centre.engine) as db:
        row = find(db, code)
    if row is None:
        raise NotFoundException
    facts = CornerForm(
        row.code, row.name, row.kind, row.address, row.postcode, str(row.staff_count or ""), mark_of(row)
    )
    return _form(request, facts, (), new=False)


@post("/pojok/{code:str}/ubah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_edit(request: AnyRequest, state: State, code: FromPath[str], data: Corner) -> Response[Any]:
    """Change a corner; its code stays."""
    return _save(request, state, msgspec.structs.replace(data, corner_code=code), new=False)


def _save(request: AnyRequest, state: State, data: CornerForm, *, new: bool) -> Response[Any]:
    facts = {name: getattr(data, name) for name in FIELDS}
    try:
        with writing(state.centre.engine) as db:
            refused = save_corner(state.centre, db, facts, officer_of(request).name, new=new, mark=data.mark)
            if refused:
                db.rollback()
    except CentreError as error:
        if error.code == "unknown_corner":
            raise NotFoundException from None
        if error.code == "corner_changed":
            return _form(request, data, (), new=new, error=worded(error))
        raise
    if refused:
        return _form(request, data, refused, new=new)
    said = (
        _("The corner was made. Enrol its first till now.") if new else _("Saved. It goes out to the corner's tills.")
    )
    return redirect(f"/pojok/{data.corner_code.strip()}", said=said)


def _form(
    request: AnyRequest,
    data: CornerForm,
    refused: tuple[Rejection, ...],
    *,
    new: bool,
    error: str = "",
    code_error: str = "",
) -> Response[str]:
    errors = {"corner_code": code_error} | {one.field: why(one) for one in refused}
    kinds = [(name, _(text)) for name, text in words.CORNER_KINDS.items()]
    return page(request, "corner_form.html", data=data, errors=errors, error=error, kinds=kinds, new=new)


def why(refused: Rejection) -> str:
    """Why a field is refused, as a sentence."""
    text = _(REASONS[refused.code]).format(**refused.data)
    return f"{text[:1].upper()}{text[1:]}."


HANDLERS: tuple[Any, ...] = (get_corner, post_message, get_new, post_new, get_edit, post_edit)
