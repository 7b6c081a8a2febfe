"""The audit: who did what, and who looked at personal data."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromQuery

from sync.server import reading_audit
from sync.server.asking import AnyRequest
from sync.server.centre import WIB
from sync.server.dialect import reading
from sync.server.pages.exports import Cell, exported
from sync.server.pages.frame import PAGE_ROWS, page
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _, mark
from sync.server.reading_audit import Wanted

DEEDS = {
    "sign_in": mark("signed in"),
    "sign_in_failed": mark("somebody typed a wrong password"),
    "sign_in_locked": mark("has to wait after wrong passwords"),
    "sign_out": mark("signed out"),
    "sign_out_everywhere": mark("signed out everywhere"),
    "audit_exported": mark("saved the audit as a file"),
    "own_password": mark("changed the own password"),
    "officer_made": mark("made an account"),
    "officer_role": mark("changed a role"),
    "officer_disabled": mark("closed an account"),
    "officer_enabled": mark("opened an account again"),
    "officer_password": mark("gave a one-time password"),
    "confirm": mark("confirmed a proposal"),
    "merge": mark("merged codes"),
    "unmerge": mark("took a merging back"),
    "decline": mark("declined a proposal"),
    "approve": mark("approved a repair"),
    "refuse": mark("refused a repair"),
    "revoke": mark("took the key of a till away"),
    "key": mark("changed the centre's key"),
    "producer_added": mark("took a producer in"),
    "producer_changed": mark("corrected a producer"),
    "product_added": mark("took goods in"),
    "product_changed": mark("corrected goods"),
    "import": mark("imported a spreadsheet"),
    "not_same": mark("told two producers apart"),
    "certificate": mark("wrote a certificate down"),
    "certificate_removed": mark("removed a certificate"),
    "document_seen": mark("saved a document"),
    "person_seen": mark("looked at a person's data"),
    "person_corrected": mark("corrected a person's data"),
    "person_erased": mark("erased a person's data"),
    "person_request": mark("wrote a request down"),
    "person_answered": mark("answered a request"),
    "breach": mark("wrote a breach down"),
}
"""What was done, in words; a page that notes something else adds its line, until then its code is shown."""
MOST_EXPORTED = 100_000
HEADINGS = (mark("Time"), mark("Officer"), mark("Action"), mark("About"), mark("Detail"), mark("Address"))


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
            return file
        count = reading_audit.count(db, wanted)
        last = max(-(-count // PAGE_ROWS), 1)
        number = min(max(halaman, 1), last)
        rows = reading_audit.read(db, wanted, PAGE_ROWS, (number - 1) * PAGE_ROWS)
        names, deeds = reading_audit.known(db)
    return page(
        request,
        "audit.html",
        rows=[(row, deed(row.what)) for row in rows],
        wanted=wanted,
        names=[(name, name) for name in names],
        deeds=[(code, deed(code)) for code in deeds],
        count=count,
        number=number,
        last=last,
        headings=[_(heading) for heading in HEADINGS],
    )


def deed(code: str) -> str:
    """What was done, in words."""
    return _(DEEDS[code]) if code in DEEDS else code


def _rows(db: Any, wanted: Wanted) -> Iterator[tuple[Cell, ...]]:
    for row in reading_audit.read(db, wanted, MOST_EXPORTED):
        at = datetime.fromisoformat(row.at).astimezone(WIB)
        yield at, row.officer, deed(row.what), row.of, row.detail, row.address


def _date(text: str) -> date | None:
    """What is no date filters nothing."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


HANDLERS = (get_audit,)
