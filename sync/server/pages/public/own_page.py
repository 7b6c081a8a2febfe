"""``/p/{token}``: a producer's own page behind a private link, and what officers do about link, consent and picture.

Whoever has the link sees it, so it tells what the producer must know and nothing that identifies a person. It is in no
search engine, tells no other site where the reader came from, and is kept by no shared cache.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath
from markupsafe import Markup

from sync.server.centre import Centre
from sync.server.database.dialect import Database, reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest, address_of, limit
from sync.server.pages import frame
from sync.server.pages.programme.owed_line import owed_line
from sync.server.pages.public.open_to_all import FILE, OPEN, PAGE, costs, picture_path, product_path, site
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.public.catalogue import index_of
from sync.server.public.pictures import MOST_BYTES, digests_of, drawn, drop_picture, keep_picture
from sync.server.public.producer_accounts import (
    PAYMENTS,
    Account,
    Line,
    Place,
    account_of,
    month_of,
    movements,
    payments,
    sales,
    shelf,
)
from sync.server.public.producer_balances import balance
from sync.server.registry.consents import agree, withdraw
from sync.server.registry.producer_links import make_link, producer_by, revoke_link
from sync.server.reports.paying import Owed, owed
from sync.server.reports.scope import Scope

MONTHS = 12
"""Statements that are offered, the running month first."""
PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}
UPLOAD = MOST_BYTES + 64 * 1024
"""Of the request that brings a picture: the file and the form around it."""


def no_such_link(request: AnyRequest, _error: NotFoundException) -> Response[str]:
    """For who has a link that is unknown or was revoked: a producer, so nothing leads to where officers sign in."""
    sentence = _("This link is not valid. Ask Diskoperin for a new one.")
    answer = frame.page(request, "failed.html", status=404, sentence=sentence, alone=True)
    answer.headers |= PRIVATE
    return answer


UNKNOWN: dict[int | type[Exception], Any] = {NotFoundException: no_such_link}


@get("/p/{token:str}", guards=[costs(PAGE)], opt=OPEN, exception_handlers=UNKNOWN, sync_to_thread=True)
def get_own_page(request: AnyRequest, state: State, token: FromPath[str]) -> Response[Any]:
    """Where goods were sold and lie, what was paid and is owed."""
    centre: Centre = state.centre
    today = date.fromisoformat(centre.today())
    with reading(centre.engine) as db:
        account = _account(request, state, db, token)
        first, last = month_of(today)
        owing = _owing(db, account)
        sold_now = sales(db, account, first, last)
        answer = frame.page(
            request,
            "own_page.html",
            account=account,
            today=today,
            owing=owing,
            made_of=owed_line(db, Scope(first=first, last=last, producer=account.code), today),
            owed_in_all=sum(max(one.amount, 0) for one in owing),
            owes_in_all=-sum(min(one.amount, 0) for one in owing),
            sold=by_place(sold_now),
            sold_in_all=sum(line.share for line in sold_now),
            left=by_place(shelf(db, account)),
            payments=payments(db, account, most=PAYMENTS),
            months=[(f"{first:%Y-%m}", frame.month(first)) for first in _months(today)],
            token=token,
        )
    answer.headers |= PRIVATE
    return answer


@get("/p/{token:str}/{month:str}", guards=[costs(FILE)], opt=OPEN, exception_handlers=UNKNOWN, sync_to_thread=True)
def get_statement(request: AnyRequest, state: State, token: FromPath[str], month: FromPath[str]) -> Response[bytes]:
    """The statement of a month as PDF, at ``/p/TOKEN/rekap-2026-10.pdf``."""
    from sync.server.pages.public.statement_pdf import Statement, drawn_statement

    centre: Centre = state.centre
    try:
        named = date.fromisoformat(f"{month.removeprefix('rekap-').removesuffix('.pdf')}-01")
    except ValueError:
        raise NotFoundException from None
    today = date.fromisoformat(centre.today())
    if month != f"rekap-{named:%Y-%m}.pdf" or named not in _months(today):
        raise NotFoundException
    first, last = month_of(named)
    with reading(centre.engine) as db:
        account = _account(request, state, db, token)
        body = drawn_statement(
            Statement(
                account,
                first,
                min(last, today),
                centre.clock(),
                sales(db, account, first, last),
                movements(db, account, first, last),
                payments(db, account, first, last),
                balance(db, account.codes, first, last),
                _owing(db, account),
                site(request),
            )
        )
    name = f"rekap-{account.code}-{named:%Y-%m}.pdf".replace('"', "").encode("ascii", "replace").decode()
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/pdf", headers=headers)


def _account(request: AnyRequest, state: State, db: Database, token: str) -> Account:
    """Whose link it is. Who tries links that there are not is slowed down like who tries codes of papers."""
    code = producer_by(db, token)
    account = account_of(db, code) if code else None
    if account is None:
        limit(state.checkers, address_of(request))
        raise NotFoundException
    return account


def _owing(db: Database, account: Account) -> list[Owed]:
    """The tills that deal with the producer, and revoked ones that still owe or are owed something."""
    return [one for one in owed(db, account.code) if one.amount or not one.revoked]


def by_place(lines: list[Line]) -> list[tuple[Place, list[Line]]]:
    """Lines under the corner that they are of."""
    found: dict[Place, list[Line]] = {}
    for line in lines:
        found.setdefault(line.place, []).append(line)
    return list(found.items())


def _months(today: date) -> list[date]:
    """The first days of the running month and those before it."""
    return [
        date(today.year + (today.month - 1 - back) // 12, (today.month - 1 - back) % 12 + 1, 1)
        for back in range(MONTHS)
    ]


class Agreed(msgspec.Struct):
    """The form of a consent: the day on which the producer agreed."""

    tanggal: Annotated[str, msgspec.Meta(max_length=10)] = ""


@dataclass
class Uploaded:
    """The form of a picture."""

    gambar: UploadFile | None = None


@post("/produsen/{code:str}/tautan", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_link(request: AnyRequest, state: State, code: FromPath[str]) -> Response[Any]:
    """A new link, shown this once; the one before opens nothing any more."""
    with writing(state.centre.engine) as db:
        account = account_of(db, code)
        if account is None:
            raise NotFoundException
        token = make_link(state.centre, db, code, officer_of(request).name)
    address = f"{site(request)}/p/{token}"
    return frame.page(request, "new_link.html", account=account, address=address, code_picture=_qr(address))


@post("/produsen/{code:str}/tautan/cabut", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_revoke(request: AnyRequest, state: State, code: FromPath[str]) -> Response[str]:
    """Take the link away."""
    with writing(state.centre.engine) as db:
        gone = revoke_link(state.centre, db, code, officer_of(request).name)
    return frame.redirect(_of(code), said=_("The link opens nothing any more.") if gone else _("There was no link."))


@post("/produsen/{code:str}/kontak", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_consent(
    request: AnyRequest,
    state: State,
    code: FromPath[str],
    data: Annotated[Agreed, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[str]:
    """Record that the producer agreed to be named with its telephone number in the catalogue."""
    try:
        agreed_on = date.fromisoformat(data.tanggal)
        with writing(state.centre.engine) as db:
            agree(state.centre, db, code, agreed_on, officer_of(request).name)
    except ValueError:
        return frame.redirect(_of(code), refused=_("Not recorded: choose the day on which the producer agreed."))
    except CentreError as error:
        return frame.redirect(_of(code), refused=worded(error))
    return frame.redirect(_of(code), said=_("The catalogue tells the telephone number from now on."))


@post("/produsen/{code:str}/kontak/cabut", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_withdraw(request: AnyRequest, state: State, code: FromPath[str]) -> Response[str]:
    """Tell the number no more."""
    with writing(state.centre.engine) as db:
        withdraw(state.centre, db, code, officer_of(request).name)
    return frame.redirect(_of(code), said=_("The catalogue tells no telephone number of this producer any more."))


@get("/gambar/{sku:str}", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_picture_form(request: AnyRequest, state: State, sku: FromPath[str]) -> Response[str]:
    """The picture of a product, and the form for another one."""
    return _picture_form(request, state, sku)


@post(
    "/gambar/{sku:str}",
    guards=[open_to(Role.OFFICER)],
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=UPLOAD,
)
def post_picture(
    request: AnyRequest,
    state: State,
    sku: FromPath[str],
    data: Annotated[Uploaded, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Response[Any]:
    """Show another picture of a product in the catalogue."""
    try:
        if data.gambar is None:
            raise CentreError("no_picture")
        with data.gambar.file as file:
            picture = drawn(file.read(MOST_BYTES + 1))
        with writing(state.centre.engine) as db:
            keep_picture(state.centre, db, sku, picture, officer_of(request).name)
    except CentreError as error:
        return _picture_form(request, state, sku, worded(error))
    return frame.redirect(f"/gambar/{sku}", said=_("The catalogue shows this picture now."))


@post("/gambar/{sku:str}/hapus", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_no_picture(request: AnyRequest, state: State, sku: FromPath[str]) -> Response[str]:
    """Show no picture."""
    with writing(state.centre.engine) as db:
        drop_picture(state.centre, db, sku, officer_of(request).name)
    return frame.redirect(f"/gambar/{sku}", said=_("The catalogue shows no picture of it now."))


def _picture_form(request: AnyRequest, state: State, sku: str, error: str = "") -> Response[str]:
    with reading(state.centre.engine) as db:
        goods = index_of(state.centre, db).by_sku.get(sku)
        if goods is None:
            raise NotFoundException
        digest = digests_of(db, [sku]).get(sku, "")
    picture = picture_path(sku, digest, "small") if digest else ""
    shown_at = product_path(sku)
    return frame.page(request, "picture.html", goods=goods, picture=picture, shown_at=shown_at, error=error)


def _of(code: str) -> str:
    return f"/produsen/{code}"


def _qr(address: str) -> Markup:
    """A code to be scanned, with its quiet zone: black on white in the dark, too."""
    import segno

    return Markup(segno.make(address, error="m").svg_inline(scale=6, border=4, light="#fff"))  # noqa: S704 - ours


HANDLERS = (
    *(get_own_page, get_statement),
    *(post_link, post_revoke, post_consent, post_withdraw),
    *(get_picture_form, post_picture, post_no_picture),
)
