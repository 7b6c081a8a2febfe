"""What stands around every page: headers for the browser, tokens of forms, the reader's language and address.

Nothing of it touches what tills and monitoring ask for.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from sync.server.officers import asked_from
from sync.server.pages import texts
from sync.server.pages.settings import Settings, in_force

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = f"max-age={int(timedelta(days=365).total_seconds())}"
MACHINES = ("/v1/", "/health", "/metrics", "/openapi.json")
"""What programs ask for; everything else is for people."""

BeforeSend = Callable[[Message, Scope], Awaitable[None]]


def for_people(path: str) -> bool:
    """Whether what lies at ``path`` is a page."""
    return not path.startswith(MACHINES)


def sealing(settings: Settings) -> BeforeSend:
    """The hook that completes the headers of every page. A page that may be kept says so itself."""

    async def complete(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start" or not for_people(scope["path"]):
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        headers.setdefault("Cache-Control", "no-store")
        if settings.https:
            headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
            message["headers"] = [
                (name, value + b"; Secure" if name.lower() == b"set-cookie" and b"; Secure" not in value else value)
                for name, value in message["headers"]
            ]

    return complete


def forms(settings: Settings) -> DefineMiddleware:
    """Lets no form through that another site made (CSRF): its hidden token must be that of the cookie."""
    config = CSRFConfig(settings.secret, cookie_name=settings.form_cookie, cookie_httponly=True, cookie_samesite="lax")
    return DefineMiddleware(CSRFMiddleware, config=config)


def knowing(app: ASGIApp) -> ASGIApp:
    """Notes the language and the address of a request for whoever answers it."""

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        note_reader(scope)
        await app(scope, receive, send)

    return known


def note_reader(scope: Scope) -> None:
    """Take over language and address from a request, and the settings of the app."""
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    in_force.set(connection.app.state.settings)
    texts.speak(connection.cookies.get(texts.COOKIE))
    asked_from.set(connection.client.host if connection.client else "")
