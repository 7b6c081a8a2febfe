"""Who may see a page: ``guards=[open_to(Role.OFFICER)]`` stands at every handler that is not public."""

from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from sync.server.access import attempts, sessions
from sync.server.access.accounts import plain
from sync.server.access.officers import Role
from sync.server.access.sessions import Officer
from sync.server.centre import Centre
from sync.server.database.dialect import reading, writing
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.settings import Settings

__all__ = ["AnyConnection", "Guard", "MustChangePassword", "NotAllowed", "NotSignedIn", "Officer", "Role", "officer_of"]
__all__ += ["open_to", "recognise", "signed_in", "token_of"]

BY_ITSELF = "X-Pojok-Anew"
"""The header with which a page that lies open renews itself: nobody is at work, so the session is not kept alive."""
AnyConnection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[AnyConnection, BaseRouteHandler], None]


class NotSignedIn(Exception):
    """Nobody is signed in, or not any more."""


class NotAllowed(Exception):
    """The account may not see this page."""


class MustChangePassword(Exception):
    """The password was given by somebody else and has to be changed first."""


def open_to(role: Role, *, with_any_password: bool = False) -> Guard:
    """A guard that lets in who is signed in and has ``role`` or a higher one.

    ``with_any_password`` lets in somebody who must change his password first too.
    """

    def guard(connection: AnyConnection, _handler: BaseRouteHandler) -> None:
        officer = signed_in(connection)
        if officer is None:
            raise NotSignedIn
        if officer.must_change and not with_any_password:
            raise MustChangePassword
        if officer.role < role:
            raise NotAllowed

    guard.role = role  # type: ignore[attr-defined]
    return guard


def recognise(connection: AnyConnection, _handler: BaseRouteHandler) -> None:
    """The guard of a page that is open to all and shows the frame of who is signed in."""
    signed_in(connection)


def signed_in(connection: AnyConnection) -> Officer | None:
    """Whose session the request carries; None for nobody's."""
    token = token_of(connection)
    if not token:
        return None
    centre: Centre = connection.app.state.centre
    with reading(centre.engine) as db:
        found = sessions.find(centre, db, token)
    if found is None:
        return None
    officer, stale = found
    if stale and BY_ITSELF not in connection.headers:
        with writing(centre.engine) as db:
            sessions.seen(centre, db, token)
    connection.scope["user"] = officer
    return officer


def token_of(connection: AnyConnection) -> str:
    """What the browser holds of its session; empty for nothing."""
    settings: Settings = connection.app.state.settings
    return connection.cookies.get(settings.session_cookie, "")


def browser_of(request: AnyRequest, name: str) -> str:
    """The browser, where ``name`` signed in at it before; else empty."""
    settings: Settings = request.app.state.settings
    return attempts.browser_of(settings.secret, request.cookies.get(settings.browser_cookie, ""), plain(name))


def officer_of(request: AnyRequest) -> Officer:
    """Who asks; for handlers that a guard stands before."""
    officer: Officer = request.scope["user"]
    return officer
