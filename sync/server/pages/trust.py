"""Trust: entries set aside, journals that differ or wait, and what tills reported against what follows from it."""

from datetime import date, timedelta
from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath, FromQuery

from sync.server import journals, recomputing, repairs, schema, standing, trust
from sync.server.asking import AnyRequest
from sync.server.centre import Centre
from sync.server.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.pages import words
from sync.server.pages.frame import PAGE_ROWS, page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded

DAYS = timedelta(days=31)
"""How far back closings are listed."""
GUARDS = [open_to(Role.OFFICER)]
Words = Annotated[str, msgspec.Meta(max_length=2_000)]


class RemarkForm(msgspec.Struct):
    """What the form of a remark sends."""

    catatan: Words = ""
    beres: Annotated[str, msgspec.Meta(max_length=10)] = ""


RemarkBody = Annotated[RemarkForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/kepercayaan", guards=GUARDS, sync_to_thread=True)
def get_trust(request: AnyRequest, state: State) -> Response[str]:
    """What has to be looked at, in numbers, and where."""
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        tills = standing.tills(centre, db)
        aside = [one for one in trust.quarantined(db) if not one.done]
        waiting = [one for one in trust.histories(db) if one.state == "waiting"]
        closed = recomputing.closings(db, _since(centre))
        checks, begun = recomputing.kept(db), trust.begun(db)
    return page(
        request,
        "trust.html",
        aside=len(aside),
        waiting=len(waiting),
        forked=[till for till in tills if till.lives and till.forked_at],
        late=trust.late(centre, tills),
        wrong=sum(one.told != one.found for one in closed),
        closed=len(closed),
        found=sum(len(_to_look_at(kept)) for kept in checks.values()),
        checked=len(checks),
        begun=begun,
    )


def _since(centre: Centre) -> str:
    return (date.fromisoformat(centre.today()) - DAYS).isoformat()


def _to_look_at(kept: recomputing.Kept) -> list[recomputing.Finding]:
    """Differences that the order of a repair does not explain."""
    return [one for one in kept.checked.findings if not one.again]


@get("/karantina", guards=GUARDS, sync_to_thread=True)
def get_quarantine(request: AnyRequest, state: State, kasir: FromQuery[str] = "") -> Response[str]:
    """Entries in quarantine, of one till where its id is named."""
    with reading(state.centre.engine) as db:
        found = trust.quarantined(db, kasir or None)
    return page(request, "quarantine.html", found=found, reason=words.reason, one_till=bool(kasir))


@get("/karantina/{device:str}/{epoch:int}/{seq:int}", guards=GUARDS, sync_to_thread=True)
def get_aside(
    request: AnyRequest, state: State, device: FromPath[str], epoch: FromPath[int], seq: FromPath[int]
) -> Response[str]:
    """One of them, as it is stored."""
    return _aside(request, state, (device, epoch, seq))


def _aside(
    request: AnyRequest, state: State, key: tuple[str, int, int], text: str = "", error: str = ""
) -> Response[str]:
    device, epoch, seq = key
    with reading(state.centre.engine) as db:
        found = [one for one in trust.quarantined(db, device) if (one.epoch, one.seq) == (epoch, seq)]
        stored = journals.stored(db, device, seq)
    if not found or stored is None:
        raise NotFoundException
    return page(
        request,
        "aside.html",
        one=found[0],
        stored=stored,
        reason=words.reason,
        longest=trust.LONGEST_REMARK,
        text=text,
        error=error,
    )


@post(
    "/karantina/{device:str}/{epoch:int}/{seq:int}",
    guards=GUARDS,
    sync_to_thread=True,
    status_code=200,
)
def post_aside(
    request: AnyRequest, state: State, device: FromPath[str], epoch: FromPath[int], seq: FromPath[int], data: RemarkBody
) -> Response[Any]:
    """Say what became of it."""
    try:
        with writing(state.centre.engine) as db:
            by, done = officer_of(request).name, data.beres == "ya"
            trust.remark(state.centre, db, device, epoch, seq, data.catatan, by, done=done)
    except CentreError as error:
        if error.code == "no_quarantined":
            raise NotFoundException from None
        return _aside(request, state, (device, epoch, seq), data.catatan, worded(error))
    return redirect("/karantina", said=_("Noted."))


@get("/perbaikan", guards=GUARDS, sync_to_thread=True)
def get_repairs(request: AnyRequest, state: State) -> Response[str]:
    """Repairs that tills asked for, with both histories."""
    return _repairs(request, state)


def _repairs(request: AnyRequest, state: State, error: str = "", of: str = "") -> Response[str]:
    with reading(state.centre.engine) as db:
        found = trust.histories(db)
    return page(request, "repairs.html", found=found, kind=words.kind, error=error, of=of, shown=trust.SHOWN)


@post("/perbaikan/{corner:str}/{till:str}/setujui", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_approve(request: AnyRequest, state: State, corner: FromPath[str], till: FromPath[str]) -> Response[Any]:
    """Let the till go on after the centre's history."""
    said = _("{name} may join its histories now. Its manager finds the button on the Sync screen.")
    return _decided(request, state, (corner, till), repairs.approve, said)


@post("/perbaikan/{corner:str}/{till:str}/tolak", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_refuse(request: AnyRequest, state: State, corner: FromPath[str], till: FromPath[str]) -> Response[Any]:
    """Leave the histories apart."""
    return _decided(request, state, (corner, till), repairs.refuse, _("{name} was refused. Call the corner."))


def _decided(request: AnyRequest, state: State, till: tuple[str, str], decide: Any, said: str) -> Response[Any]:
    name = " ".join(till)
    try:
        with writing(state.centre.engine) as db:
            decide(state.centre, db, *till, officer_of(request).name)
    except CentreError as error:
        return _repairs(request, state, worded(error), name)
    return redirect("/perbaikan", said=said.format(name=name))


@get("/hitung-ulang", guards=GUARDS, sync_to_thread=True)
def get_recomputed(
    request: AnyRequest, state: State, tampil: FromQuery[str] = "beda", halaman: FromQuery[int] = 1
) -> Response[str]:
    """Closings of the last month against the projections, and the last check of every till."""
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        closed, checks = recomputing.closings(db, _since(centre)), recomputing.kept(db)
        tills = sorted(standing.tills(centre, db), key=lambda till: (till.corner, till.name, till.enrolled_at))
    differing = [one for one in closed if one.told != one.found]
    shown = closed if tampil == "semua" else differing
    last = max(1, -(-len(shown) // PAGE_ROWS))
    number = min(max(halaman, 1), last)
    return page(
        request,
        "recomputed.html",
        closed=shown[(number - 1) * PAGE_ROWS : number * PAGE_ROWS],
        number=number,
        last=last,
        shown="semua" if tampil == "semua" else "beda",
        counts={"semua": len(closed), "beda": len(differing)},
        tills=[till for till in tills if till.entries],
        checks=checks,
        to_look_at=_to_look_at,
    )


@post("/hitung-ulang/{device:str}", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_recompute(request: AnyRequest, state: State, device: FromPath[str]) -> Response[Any]:
    """Compute a till's closings and settlements anew from its entries."""
    centre: Centre = state.centre
    table = schema.devices
    try:
        with reading(centre.engine) as db:
            row = db.execute(sa.select(table).where(table.c.device == device)).one_or_none()
            if row is None:
                raise NotFoundException
            checked = recomputing.recompute(db, row)
    except CentreError as error:
        return redirect("/hitung-ulang", said=worded(error))
    with writing(centre.engine) as db:
        recomputing.keep(centre, db, device, checked, officer_of(request).name)
    return redirect(f"/hitung-ulang/{device}")


@get("/hitung-ulang/{device:str}", guards=GUARDS, sync_to_thread=True)
def get_check(request: AnyRequest, state: State, device: FromPath[str]) -> Response[str]:
    """What the last check of a till found."""
    with reading(state.centre.engine) as db:
        kept = recomputing.kept(db).get(device)
        table = schema.devices
        row = db.execute(sa.select(table).where(table.c.device == device)).one_or_none()
    if kept is None or row is None:
        raise NotFoundException
    return page(
        request,
        "check_of_till.html",
        corner=row.corner,
        till=row.till,
        kept=kept,
        kind=words.kind,
        what=words.what,
        counts=words.COUNTS,
        most=recomputing.MOST_FINDINGS,
    )


HANDLERS: tuple[Any, ...] = (
    *(get_trust, get_quarantine, get_aside, post_aside, get_repairs, post_approve, post_refuse),
    *(get_recomputed, post_recompute, get_check),
)
