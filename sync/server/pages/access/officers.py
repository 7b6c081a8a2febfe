"""The accounts of officers, for administrators."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body

from sync.server.access import accounts
from sync.server.access.officers import ROLES
from sync.server.database.dialect import writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.deciding import refusal
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded

PATH = "/petugas"
GUARDS = [open_to(Role.ADMIN)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Code = Annotated[str, msgspec.Meta(max_length=20)]


class New(msgspec.Struct):
    """A new account."""

    nama: Name = ""
    peran: Code = "petugas"


class Of(msgspec.Struct):
    """An account, and the role it gets."""

    nama: Name = ""
    peran: Code = ""


@get(PATH, guards=GUARDS, sync_to_thread=True)
def get_officers(request: AnyRequest, state: State) -> Response[Any]:
    """Every account."""
    return _page(request, state)


@post(PATH, guards=GUARDS, sync_to_thread=True, status_code=200)
def post_officer(
    request: AnyRequest, state: State, data: Annotated[New, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Make an account; its first password is shown once, on the page that answers."""
    by = officer_of(request).name
    try:
        with writing(state.centre.engine) as db:
            password = accounts.make(state.centre, db, by, data.nama, _role(data.peran))
    except CentreError as error:
        return _page(request, state, filled=data, error=worded(error))
    return _page(request, state, told=(accounts.valid_name(data.nama), password))


@post(f"{PATH}/peran", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_role(
    request: AnyRequest, state: State, data: Annotated[Of, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Give an account another role."""
    wrong = refusal(
        request, state, lambda db, by: accounts.change_role(state.centre, db, by, data.nama, _role(data.peran))
    )
    if wrong:
        return _page(request, state, refused=wrong)
    return redirect(PATH, said=_("{name} has another role now, and has to sign in again.").format(name=data.nama))


@post(f"{PATH}/tutup", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_disable(
    request: AnyRequest, state: State, data: Annotated[Of, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Close an account."""
    wrong = refusal(request, state, lambda db, by: accounts.disable(state.centre, db, by, data.nama))
    if wrong:
        return _page(request, state, refused=wrong)
    return redirect(PATH, said=_("The account {name} is closed.").format(name=data.nama))


@post(f"{PATH}/buka", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_enable(
    request: AnyRequest, state: State, data: Annotated[Of, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Open a closed account again."""
    wrong = refusal(request, state, lambda db, by: accounts.enable(state.centre, db, by, data.nama))
    if wrong:
        return _page(request, state, refused=wrong)
    return redirect(PATH, said=_("The account {name} is open again.").format(name=data.nama))


@post(f"{PATH}/sandi", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_new_password(
    request: AnyRequest, state: State, data: Annotated[Of, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """A one-time password, shown once, on the page that answers."""
    by = officer_of(request).name
    try:
        with writing(state.centre.engine) as db:
            password = accounts.new_password(state.centre, db, by, data.nama)
    except CentreError as error:
        return _page(request, state, refused=worded(error))
    return _page(request, state, told=(data.nama, password))


def _role(code: str) -> Role:
    if code not in ROLES:
        raise CentreError("unknown_role", role=code, roles=", ".join(ROLES))
    return ROLES[code]


def _page(
    request: AnyRequest,
    state: State,
    *,
    filled: New | None = None,
    error: str = "",
    refused: str = "",
    told: tuple[str, str] | None = None,
) -> Response[str]:
    """``told``: an account and its one-time password. ``refused``: why a change to an account was not made."""
    return page(
        request,
        "officers.html",
        accounts=accounts.listed(state.centre),
        filled=filled or New(),
        error=error,
        refused=refused,
        told=told,
        codes=ROLES,
    )


HANDLERS = (get_officers, post_officer, post_role, post_disable, post_enable, post_new_password)
