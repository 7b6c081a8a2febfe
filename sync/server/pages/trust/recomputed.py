"""What tills told at closings and on payments, against what follows; checks of tills, and what became of it."""

from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from sync.server.centre import Centre
from sync.server.corners import standing
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.frame import PAGE_ROWS, page, paged, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, ngettext, worded
from sync.server.pages.trust.quarantine import RemarkBody, storable
from sync.server.trust import closings, findings, rechecking, recomputing, remarks

DAYS = timedelta(days=31)
"""How far back closings are listed."""
GUARDS = [open_to(Role.OFFICER)]


def since(centre: Centre) -> str:
    """The first day whose closings are listed."""
    return (date.fromisoformat(centre.today()) - DAYS).isoformat()


@get("/hitung-ulang", guards=GUARDS, sync_to_thread=True)
def get_recomputed(
    request: AnyRequest, state: State, tampil: FromQuery[str] = "beda", halaman: FromQuery[int] = 1
) -> Response[str]:
    """Closings of the last month against the projections, and the last check of every till."""
    centre, differing = state.centre, tampil != "semua"
    with reading(centre.engine) as db:
        counted = closings.counted(db, since(centre))
        at = paged(halaman, counted.differing if differing else counted.every)
        closed = closings.closings(db, since(centre), differing=differing, first=at.first, most=PAGE_ROWS)
        checks, asked, done = recomputing.kept(db), rechecking.asked(db), findings.dealt_with(db)
        tills = sorted(standing.tills(centre, db), key=lambda till: (till.corner, till.name, till.enrolled_at))
    return page(
        request,
        "recomputed.html",
        closed=closed,
        number=at.number,
        last=at.last,
        shown="beda" if differing else "semua",
        counts={"semua": counted.every, "beda": counted.differing},
        tills=[till for till in tills if till.entries],
        checks=checks,
        asked=asked,
        to_look_at=lambda till: len(findings.to_look_at(till.device, checks[till.device].checked, done)),
        fault=lambda kept: fault(kept.checked),
    )


def fault(checked: recomputing.Checked) -> str:
    """Why a check could not go to the end, as a sentence; empty where it did."""
    return worded(CentreError(checked.fault, **checked.fault_data)) if checked.fault else ""


@post("/hitung-ulang", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_recompute_all(request: AnyRequest, state: State) -> Response[Any]:
    """Have every till checked."""
    return _asked(request, state, None, "/hitung-ulang#kasir")


@post("/hitung-ulang/{device:str}", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_recompute(request: AnyRequest, state: State, device: FromPath[str]) -> Response[Any]:
    """Have one till checked."""
    if not storable(device):
        raise NotFoundException
    return _asked(request, state, device, f"/hitung-ulang/{device}")


def _asked(request: AnyRequest, state: State, device: str | None, back: str) -> Response[Any]:
    try:
        with writing(state.centre.engine) as db:
            count = rechecking.ask(state.centre, db, officer_of(request).name, device)
    except CentreError:
        raise NotFoundException from None
    said = ngettext(
        "{count} till waits for its check. The centre goes on with it in the background.",
        "{count} tills wait for their check. The centre goes on with them in the background.",
        count,
    )
    waits = _("The check was asked for already. The centre goes on with it in the background.")
    return redirect(back, said=said.format(count=count) if count else waits)


@get("/hitung-ulang/{device:str}", guards=GUARDS, sync_to_thread=True)
def get_check(request: AnyRequest, state: State, device: FromPath[str]) -> Response[str]:
    """What the last check of a till found."""
    if not storable(device):
        raise NotFoundException
    with reading(state.centre.engine) as db:
        row = rechecking.till(db, device)
        kept, asked = recomputing.kept(db, device).get(device), rechecking.asked(db).get(device)
        done = findings.dealt_with(db)
    if row is None:
        raise NotFoundException
    checked = kept.checked if kept else recomputing.Checked()
    documents: dict[int, list[recomputing.Finding]] = {}
    for one in checked.findings:
        documents.setdefault(one.seq, []).append(one)
    return page(
        request,
        "check_of_till.html",
        device=row,
        kept=kept,
        asked=asked,
        fault=fault(checked),
        documents=documents,
        open=findings.to_look_at(device, checked, done),
        kind=words.kind,
        what=words.what,
        counts=words.COUNTS,
        most=recomputing.MOST_FINDINGS,
    )


@get("/hitung-ulang/{device:str}/{seq:int}", guards=GUARDS, sync_to_thread=True)
def get_finding(request: AnyRequest, state: State, device: FromPath[str], seq: FromPath[int]) -> Response[str]:
    """A document whose figures do not follow, what to do first, and what became of it."""
    return _finding(request, state, device, seq)


def _finding(
    request: AnyRequest, state: State, device: str, seq: int, text: str = "", error: str = ""
) -> Response[str]:
    if not storable(device, seq):
        raise NotFoundException
    with reading(state.centre.engine) as db:
        row = rechecking.till(db, device)
        document = findings.document(db, device, seq)
        kept = recomputing.kept(db, device).get(device)
        said = findings.remarks_on(db, device, seq)
    if row is None or document is None:
        raise NotFoundException
    return page(
        request,
        "finding.html",
        device=row,
        document=document,
        found=[one for one in kept.checked.findings if one.seq == seq] if kept else [],
        kept=kept,
        said=said,
        done=bool(said) and said[-1].state == remarks.DONE,
        kind=words.kind,
        what=words.what,
        counts=words.COUNTS,
        longest=remarks.LONGEST,
        text=text,
        error=error,
    )


@post("/hitung-ulang/{device:str}/{seq:int}", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_finding(
    request: AnyRequest, state: State, device: FromPath[str], seq: FromPath[int], data: RemarkBody
) -> Response[Any]:
    """Say what became of it."""
    if not storable(device, seq):
        raise NotFoundException
    try:
        with writing(state.centre.engine) as db:
            by, done = officer_of(request).name, data.beres == "ya"
            findings.remark(state.centre, db, device, seq, data.catatan, by, done=done)
    except CentreError as error:
        if error.code == "no_finding":
            raise NotFoundException from None
        return _finding(request, state, device, seq, data.catatan, worded(error))
    return redirect(f"/hitung-ulang/{device}", said=_("Noted."))


HANDLERS: tuple[Any, ...] = (
    *(get_recomputed, post_recompute_all, post_recompute),
    *(get_check, get_finding, post_finding),
)
