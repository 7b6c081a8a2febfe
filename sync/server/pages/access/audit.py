"""The audit: who did what, and who looked at personal data."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromQuery

from sync.server.access import reading_audit
from sync.server.access.officers import note
from sync.server.access.reading_audit import Wanted
from sync.server.centre import WIB
from sync.server.database.dialect import Database, reading, writing
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.audit_words import about, deed, detail
from sync.server.pages.exports import Cell, exported
from sync.server.pages.frame import PAGE_ROWS, page, paged
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, mark

MOST_EXPORTED = 100_000
LONGEST_DETAIL = 300
HEADINGS = (mark("Time"), mark("Officer"), mark("Action"), mark("About"), mark("Detail"), mark("Network address"))


@get("/jejak", guards=[open_to(Role.ADMIN)], sync_to_thread=True)
def get_audit(
    request: AnyRequest,
    state: State,
    petugas: FromQuery[str] = "",
    tindakan: FromQuery[str] = "",
    tentang: FromQuery[str] = "",
    dari: FromQuery[str] = "",
    sampai: FromQuery[str] = "",
    halaman: FromQuery[int] = 1,
) -> Response[Any]:
    """The newest first, and all that fits the filters as a file."""
    wanted = Wanted(petugas, tindakan, tentang.strip(), _date(dari), _date(sampai))
    with reading(state.centre.engine) as db:
        file = exported(request, "jejak", [_(heading) for heading in HEADINGS], _rows(db, wanted))
    if file is not None:
        with writing(state.centre.engine) as db:
            note(state.centre, db, officer_of(request).name, "audit_exported", "", request.url.query[:LONGEST_DETAIL])
        return file
    with reading(state.centre.engine) as db:
        count = reading_audit.count(db, wanted)
        at = paged(halaman, count)
        rows = reading_audit.read(db, wanted, PAGE_ROWS, at.first)
        names, deeds = reading_audit.known(db)
    return page(
        request,
        "audit.html",
        rows=[(row, deed(row.what), about(row), detail(row)) for row in rows],
        wanted=wanted,
        names=[(name, name) for name in names],
        deeds=sorted(((code, deed(code)) for code in deeds), key=lambda one: one[1]),
        count=count,
        number=at.number,
        last=at.last,
        headings=[_(heading) for heading in HEADINGS],
    )


def _rows(db: Database, wanted: Wanted) -> Iterator[tuple[Cell, ...]]:
    for row in reading_audit.read(db, wanted, MOST_EXPORTED):
        at = datetime.fromisoformat(row.at).astimezone(WIB)
        yield at, row.officer, deed(row.what), about(row), detail(row), row.address


def _date(text: str) -> date | None:
    """What is no date filters nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


HANDLERS = (get_audit,)
