"""The board of corners: who went silent, how every corner stands, and the offices by kelurahan."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromQuery

from sync.server.centre import WIB, Centre
from sync.server.corners import standing
from sync.server.corners.standing import CornerStanding
from sync.server.database.dialect import reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.frame import day, page, redirect, whole
from sync.server.pages.roles import Role, open_to, signed_in
from sync.server.pages.texts import _, ngettext

SHOWN = ("all", "silent", "look", "none", "closed")
"""What the table shows: corners with a till, silent ones, those somebody has to look at, those without a till, closed
ones."""


@get("/pojok", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_board(request: AnyRequest, state: State, tampil: FromQuery[str] = "all") -> Response[str]:
    """Every corner with how its tills are."""
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        corners = standing.corners(centre, db)
    now = centre.clock()
    shown = tampil if tampil in SHOWN else "all"
    return page(
        request,
        "board.html",
        now=now,
        shown=shown,
        counts={name: len(_of(corners, name)) for name in SHOWN},
        corners=_of(corners, shown),
        silent=_of(corners, "silent"),
        places=by_kelurahan(corners),
        sales=sum(one.sales for one in corners),
        gross=sum(one.gross for one in corners),
        joined=sum(one.counts for one in corners),
        chips=chips,
        tone=tone,
        ago=lambda text: ago(text, now),
        brief=lambda text: brief(text, now),
        span=span,
        size=size,
    )


@get("/", sync_to_thread=True)
def get_first(request: AnyRequest) -> Response[Any]:
    """The first page: the board for who is signed in, else the place to sign in."""
    return redirect("/pojok" if signed_in(request) else "/masuk")


def _of(corners: list[CornerStanding], shown: str) -> list[CornerStanding]:
    match shown:
        case "silent":
            return [one for one in corners if one.silent]
        case "look":
            return [one for one in corners if one.alarm or (one.counts and not one.well)]
        case "none":
            return [one for one in corners if not (one.joined or one.closed)]
        case "closed":
            return [one for one in corners if one.closed]
        case _:
            return [one for one in corners if one.counts]


def by_kelurahan(corners: list[CornerStanding]) -> list[tuple[str, list[CornerStanding]]]:
    """The corners of each kelurahan that are not closed, in the order of their codes; those of none (empty) last."""
    places: dict[str, list[CornerStanding]] = {}
    for one in sorted(corners, key=lambda one: one.code):
        if not one.closed:
            places.setdefault(one.kelurahan, []).append(one)
    return sorted(places.items(), key=lambda place: (not place[0], place[0]))


def chips(one: CornerStanding) -> list[tuple[str, str]]:
    """What there is to tell of a corner, each with its tone."""
    told = []
    if one.forked:
        words = {"waiting": _("repair waits for a decision"), "approved": _("repair approved")}.get(one.repair, "")
        told.append((" · ".join(filter(None, (_("Records differ"), words))), "bad"))
    if one.held:
        text = ngettext("{count} document set aside", "{count} documents set aside", one.held)
        told.append((text.format(count=whole(one.held)), "bad"))
    if one.closed:
        told.append((_("Closed"), "plain"))
        return told
    if one.silent:
        told.append((_("Silent"), "warn"))
    if one.drift:
        told.append((_("Clock off by {span}").format(span=span(one.drift)), "warn"))
    if one.low_disk:
        told.append((_("Disk nearly full"), "warn"))
    if one.old_backup:
        told.append((_("No backup") if not one.backup_at else _("Backup is old"), "warn"))
    if not one.joined:
        told.append((_("No till yet"), "plain"))
    return told or [(_("All well"), "ok")]


def tone(one: CornerStanding) -> str:
    """The gravest tone of a corner."""
    tones = {kind for _text, kind in chips(one)}
    return next(kind for kind in ("bad", "warn", "plain", "ok") if kind in tones)


def span(seconds: int) -> str:
    """A stretch of time in the largest unit of which there are two at least."""
    minutes = abs(seconds) // 60
    if minutes < 120:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=whole(minutes))
    hours = minutes // 60
    if hours < 48:
        return ngettext("{count} hour", "{count} hours", hours).format(count=whole(hours))
    return ngettext("{count} day", "{count} days", hours // 24).format(count=whole(hours // 24))


def size(mebibytes: int) -> str:
    """Room on a disk, in whole GB where there is one at least."""
    return f"{whole(mebibytes // 1024)}\u00a0GB" if mebibytes >= 1024 else f"{whole(mebibytes)}\u00a0MB"


def brief(text: str, now: datetime) -> str:
    """A moment for a narrow column: ``1 Okt, 08.00``, of another year its day alone; a dash for none."""
    try:
        at = datetime.fromisoformat(text).astimezone(WIB)
    except (ValueError, OverflowError):
        return "–"
    date = day(at.date())
    short = date.removesuffix(f" {at.year}").replace(" ", "\u00a0")
    return f"{short}, {at:%H.%M}" if at.year == now.astimezone(WIB).year else date


def ago(text: str, now: datetime) -> str:
    """How long a moment is ago, in whole days or hours; empty for none."""
    try:
        past = now - datetime.fromisoformat(text)
    except (ValueError, OverflowError, TypeError):
        return ""
    if past >= timedelta(days=1):
        return ngettext("{count} day ago", "{count} days ago", past.days).format(count=past.days)
    hours = max(int(past / timedelta(hours=1)), 0)
    return ngettext("{count} hour ago", "{count} hours ago", hours).format(count=hours) if hours else _("just now")


HANDLERS: tuple[Any, ...] = (get_first, get_board)
