"""Certificates: those of a producer with their documents, and those that lapse."""

from typing import Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from sync.protocol.wire import MIB
from sync.server.access.officers import note
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.deciding import refusal
from sync.server.pages.exports import exported
from sync.server.pages.frame import page, paged, redirect
from sync.server.pages.registry.producers import everything
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.pages.uploads import WithFile, file_of, text_of
from sync.server.registry import certificate_files, holding
from sync.server.registry import certificates as rules

UPLOAD = certificate_files.MOST_BYTES + MIB
"""A form with its document; what is larger is not read at all."""
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
PERIODS = (0, 30, 90, 180, holding.LONGEST)


@get("/sertifikat", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_lapsing(
    request: AnyRequest, state: State, dalam: FromQuery[int] = 90, halaman: FromQuery[int] = 1
) -> Response[Any]:
    """Certificates that have lapsed, or will within so many days, in pages; a file has all."""
    today, days = state.centre.today(), dalam if dalam in PERIODS else 90
    with reading(state.centre.engine) as db:
        found = holding.lapsing_soon(state.centre, db, days)
    at = paged(halaman, len(found))
    shown = found if request.query_params.get("format") else found[at.first : at.first + at.size]
    headings = [_("Producer"), _("Code"), _("Certificate"), _("Number"), _("Holds until")]
    rows = [[one.name, one.producer, _(words.CERTIFICATES[one.kind]), one.number, one.expires] for one in shown]
    return exported(request, _("certificates"), headings, rows) or page(
        request,
        "certificates.html",
        found=shown,
        count=len(found),
        number=at.number,
        last=at.last,
        days=days,
        periods=PERIODS,
        today=today,
        words=words,
        quoted=_of,
    )


@post(
    "/produsen/{code:str}/sertifikat",
    guards=[open_to(Role.OFFICER)],
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=UPLOAD,
)
def post_certificate(request: AnyRequest, state: State, code: FromPath[str], data: WithFile) -> Response[Any]:
    """Write a certificate of a producer down, or correct the one that ``id`` names."""
    typed = {name: text_of(data, name) for name in ("kind", "number", "expires")}
    document, by = file_of(data, "document"), officer_of(request).name
    seen = rules.Seen(text_of(data, "id"), text_of(data, "mark"))
    try:
        judged = certificate_files.judged(document) if document else None
        with writing(state.centre.engine) as db:
            rules.save(state.centre, db, code, **typed, document=judged, by=by, seen=seen if seen.id else None)
    except CentreError as error:
        return _again(request, state, code, typed | {"id": seen.id, "mark": seen.mark}, error)
    return redirect(f"{_of(code)}#sertifikat", said=_("The certificate is kept."))


def _again(request: AnyRequest, state: State, code: str, typed: dict[str, str], error: CentreError) -> Response[Any]:
    field = "number" if error.code.endswith("_number") else {"bad_day": "expires"}.get(error.code, "document")
    with reading(state.centre.engine) as db:
        values = everything(db, code, state.centre.today())
    return page(request, "producer.html", **values | {"wrong": {field: worded(error)}, "sheet": typed})


@post(
    "/produsen/{code:str}/sertifikat/{name:str}/hapus",
    guards=[open_to(Role.OFFICER)],
    sync_to_thread=True,
    status_code=303,
)
def post_remove(request: AnyRequest, state: State, code: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Take a certificate back."""
    wrong = refusal(request, state, lambda db, by: rules.remove(state.centre, db, code, name, by))
    if wrong:
        return redirect(_of(code), refused=wrong)
    said = _("The certificate is removed, with its document. For 30 days “Put back” below brings both back.")
    return redirect(f"{_of(code)}#sertifikat", said=said)


@post(
    "/produsen/{code:str}/sertifikat/{name:str}/pulihkan",
    guards=[open_to(Role.OFFICER)],
    sync_to_thread=True,
    status_code=303,
)
def post_put_back(request: AnyRequest, state: State, code: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Put a certificate back that was taken back."""
    wrong = refusal(request, state, lambda db, by: rules.put_back(state.centre, db, code, name, by))
    if wrong:
        return redirect(_of(code), refused=wrong)
    return redirect(f"{_of(code)}#sertifikat", said=_("The certificate is back, with its document."))


@get("/dokumen/{name:str}", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_document(request: AnyRequest, state: State, name: FromPath[str]) -> Response[Any]:
    """A document, to be saved and not shown: what somebody uploaded never runs as a page of ours. The look is kept,
    since such papers name persons."""
    with writing(state.centre.engine) as db:
        found = certificate_files.document(db, name)
        note(state.centre, db, officer_of(request).name, "document_seen", found.producer, name)
    file = f"sertifikat-{name[:8]}.{ENDINGS[found.media]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{file}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(bytes(found.body), media_type=found.media, headers=headers)


def _of(code: str) -> str:
    return f"/produsen/{quote(code, safe='')}"


HANDLERS = (get_lapsing, post_certificate, post_remove, post_put_back, get_document)
