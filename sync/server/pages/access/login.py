"""Signing in and out, and the language of the pages."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie, State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from sync.server.access import accounts, attempts, sessions
from sync.server.access.officers import note
from sync.server.database.dialect import writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest, address_of, limit
from sync.server.pages import texts
from sync.server.pages.frame import language_cookie, local, page, redirect
from sync.server.pages.roles import Role, browser_of, officer_of, open_to, signed_in, token_of
from sync.server.pages.texts import _, worded

Short = Annotated[str, msgspec.Meta(max_length=200)]
Path = Annotated[str, msgspec.Meta(max_length=2_000)]
KNOWN_SECONDS = 180 * 86_400
"""How long a browser is known to who signed in there."""


class SignIn(msgspec.Struct):
    """What the form of ``/masuk`` sends."""

    nama: Short = ""
    sandi: Short = ""
    ke: Path = "/"


@get("/masuk", sync_to_thread=True)
def get_login(request: AnyRequest, ke: FromQuery[str] = "/") -> Response[Any]:
    """Name and password."""
    if signed_in(request):
        return redirect(ke)
    return page(request, "login.html", name="", goes_to=ke if local(ke) else "/", error="")


@post("/masuk", sync_to_thread=True, status_code=200)
def post_login(
    request: AnyRequest, state: State, data: Annotated[SignIn, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Begin a session."""
    limit(state.logins, address_of(request))
    goes_to = data.ke if local(data.ke) else "/"
    try:
        browser, old = browser_of(request, data.nama), token_of(request)
        token = accounts.sign_in(
            state.centre, data.nama, data.sandi, address_of(request), browser=browser, instead_of=old
        )
    except CentreError as error:
        status = 429 if error.code == "wait" else 200
        return page(request, "login.html", status=status, name=data.nama, goes_to=goes_to, error=worded(error))
    held = request.cookies.get(state.settings.browser_cookie, "")
    response = with_session(state, redirect(goes_to), token)
    known = Cookie(
        state.settings.browser_cookie,
        value=attempts.held_after(state.settings.secret, held, accounts.plain(data.nama)),
        max_age=KNOWN_SECONDS,
        httponly=True,
        samesite="lax",
    )
    response.set_cookie(known)
    return response


@post("/keluar", guards=[open_to(Role.VIEWER, with_any_password=True)], sync_to_thread=True, status_code=303)
def post_logout(request: AnyRequest, state: State) -> Response[str]:
    """End this session."""
    name = officer_of(request).name
    with writing(state.centre.engine) as db:
        sessions.end(db, token_of(request))
        note(state.centre, db, name, "sign_out", name)
    return _without_session(state, redirect("/masuk", said=_("You have signed out.")))


@post("/keluar/semua", guards=[open_to(Role.VIEWER, with_any_password=True)], sync_to_thread=True, status_code=303)
def post_logout_everywhere(request: AnyRequest, state: State) -> Response[str]:
    """End all sessions of the account."""
    name = officer_of(request).name
    with writing(state.centre.engine) as db:
        sessions.end_all(db, name)
        note(state.centre, db, name, "sign_out_everywhere", name)
    return _without_session(state, redirect("/masuk", said=_("You have signed out everywhere.")))


@get("/bahasa/{language:str}", sync_to_thread=True)
def get_language(language: FromPath[str], ke: FromQuery[str] = "/") -> Response[str]:
    """Read the pages in another language from now on."""
    response = redirect(ke)
    wanted = language if language in texts.LANGUAGES else "id"
    response.set_cookie(language_cookie(wanted))
    return response


def with_session(state: State, response: Response[str], token: str) -> Response[str]:
    """The answer that lets the browser hold a session; the cookie ends with the browser."""
    response.set_cookie(Cookie(state.settings.session_cookie, value=token, httponly=True, samesite="lax"))
    return response


def _without_session(state: State, response: Response[str]) -> Response[str]:
    response.delete_cookie(state.settings.session_cookie)
    return response


HANDLERS = (get_login, post_login, post_logout, post_logout_everywhere, get_language)
