"""Documents set aside: why, what to do first, and what became of them."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath, FromQuery

from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.frame import PAGE_ROWS, page, paged, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.trust import attention, journals, remarks

GUARDS = [open_to(Role.OFFICER)]


class RemarkForm(msgspec.Struct):
    """What the form of a remark sends."""

    catatan: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    beres: Annotated[str, msgspec.Meta(max_length=10)] = ""


RemarkBody = Annotated[RemarkForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/karantina", guards=GUARDS, sync_to_thread=True)
def get_quarantine(
    request: AnyRequest, state: State, kasir: FromQuery[str] = "", halaman: FromQuery[int] = 1
) -> Response[str]:
    """Entries in quarantine, of one till where its id is named."""
    with reading(state.centre.engine) as db:
        counted = attention.counted(db, kasir or None)
        at = paged(halaman, counted.every)
        found = attention.quarantined(db, kasir or None, first=at.first, most=PAGE_ROWS)
    facts: dict[str, Any] = {"reason": words.reason, "kind": words.kind, "one_till": bool(kasir)}
    return page(request, "quarantine.html", found=found, counted=counted, number=at.number, last=at.last, **facts)


@get("/karantina/{device:str}/{epoch:int}/{seq:int}", guards=GUARDS, sync_to_thread=True)
def get_aside(
    request: AnyRequest, state: State, device: FromPath[str], epoch: FromPath[int], seq: FromPath[int]
) -> Response[str]:
    """One of them."""
    return _aside(request, state, (device, epoch, seq))


def _aside(
    request: AnyRequest, state: State, key: tuple[str, int, int], text: str = "", error: str = ""
) -> Response[str]:
    device, epoch, seq = key
    if not storable(device, epoch, seq):
        raise NotFoundException
    with reading(state.centre.engine) as db:
        one = attention.quarantined_one(db, device, epoch, seq)
        stored = journals.stored(db, device, seq)
    if one is None or stored is None:
        raise NotFoundException
    return page(
        request,
        "aside.html",
        one=one,
        stored=stored,
        reason=words.reason,
        doing=words.doing,
        kind=words.kind,
        longest=remarks.LONGEST,
        text=text,
        error=error,
    )


def storable(text: str, *numbers: int) -> bool:
    """Whether the database can be asked for what stands in a path."""
    return "\0" not in text and all(0 <= number < 2**62 for number in numbers)


@post("/karantina/{device:str}/{epoch:int}/{seq:int}", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_aside(
    request: AnyRequest, state: State, device: FromPath[str], epoch: FromPath[int], seq: FromPath[int], data: RemarkBody
) -> Response[Any]:
    """Say what became of it."""
    if not storable(device, epoch, seq):
        raise NotFoundException
    try:
        with writing(state.centre.engine) as db:
            by, done = officer_of(request).name, data.beres == "ya"
            attention.remark(state.centre, db, device, epoch, seq, data.catatan, by, done=done)
    except CentreError as error:
        if error.code == "no_quarantined":
            raise NotFoundException from None
        return _aside(request, state, (device, epoch, seq), data.catatan, worded(error))
    return redirect("/karantina", said=_("Noted."))


HANDLERS: tuple[Any, ...] = (get_quarantine, get_aside, post_aside)
