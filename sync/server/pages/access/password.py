"""The own account: who one is here, another password, and signing out everywhere."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body

from sync.server.access import accounts, passwords
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest, address_of, limit
from sync.server.pages.access.login import with_session
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, browser_of, officer_of, open_to
from sync.server.pages.texts import _, worded

Secret = Annotated[str, msgspec.Meta(max_length=passwords.LONGEST)]
OWN = open_to(Role.VIEWER, with_any_password=True)
OLD = ("wrong_password", "wait")
"""What is said of the old password; all else is said of the new one."""


class Change(msgspec.Struct):
    """What the form of ``/sandi`` sends."""

    lama: Secret = ""
    baru: Secret = ""
    ulang: Secret = ""


@get("/sandi", guards=[OWN], sync_to_thread=True)
def get_password(request: AnyRequest) -> Response[Any]:
    """The own account."""
    return page(request, "password.html", errors={})


@post("/sandi", guards=[OWN], sync_to_thread=True, status_code=200)
def post_password(
    request: AnyRequest, state: State, data: Annotated[Change, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Change the own password; every other session of the account ends."""
    limit(state.logins, address_of(request))
    if data.baru != data.ulang:
        return page(request, "password.html", errors={"ulang": _("The two are not the same. Type them again.")})
    name, address = officer_of(request).name, address_of(request)
    try:
        browser = browser_of(request, name)
        token = accounts.change_password(state.centre, name, data.lama, data.baru, address, browser=browser)
    except CentreError as error:
        return page(request, "password.html", errors={"lama" if error.code in OLD else "baru": worded(error)})
    said = _("Your password is changed. All your other sessions have ended.")
    return with_session(state, redirect("/sandi", said=said), token)


HANDLERS = (get_password, post_password)
