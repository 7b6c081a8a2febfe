"""What stands around every page: headers for the browser, tokens of forms, the reader's language and address.

Of it only what every answer says touches what tills and monitoring ask for.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict, MutableScopeHeaders
from litestar.exceptions import ClientException, NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from sync.protocol.wire import MAX_WIRE
from sync.server.access.officers import asked_from
from sync.server.pages import texts
from sync.server.pages.frame import asked_language
from sync.server.pages.settings import Settings, in_force

SNIFFING = {"X-Content-Type-Options": "nosniff"}
"""For everything that the centre answers."""
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STRICT_TRANSPORT = f"max-age={int(timedelta(days=365).total_seconds())}"
MACHINES = ("/v1/", "/health", "/metrics", "/openapi.json")
"""What programs ask for; everything else is for people."""

LONGEST_PATH = 200
"""Of a file."""

BeforeSend = Callable[[Message, Scope], Awaitable[None]]


def for_people(path: str) -> bool:
    """Whether what lies at ``path`` is a page."""
    return not path.startswith(MACHINES)


def sealing(settings: Settings) -> BeforeSend:
    """The hook that completes the headers of every answer. A page that may be kept says so itself."""
    always = SNIFFING | ({"Strict-Transport-Security": STRICT_TRANSPORT} if settings.https else {})
    of_pages = always | HEADERS | {"Cache-Control": "no-store"}

    async def complete(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in (of_pages if for_people(scope["path"]) else always).items():
            headers.setdefault(name, value)
        if settings.https:
            message["headers"] = [
                (name, value + b"; Secure" if name.lower() == b"set-cookie" and b"; Secure" not in value else value)
                for name, value in message["headers"]
            ]

    return complete


def forms(settings: Settings) -> DefineMiddleware:
    """Lets no form through that another site made (CSRF): its hidden token must be that of the cookie.

    A form that may bring a large file is not even read unless its page is open to who sends it.
    """
    config = CSRFConfig(settings.secret, cookie_name=settings.form_cookie, cookie_httponly=True, cookie_samesite="lax")
    return DefineMiddleware(_Forms, config=config)


class _Forms(CSRFMiddleware):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":  # type: ignore[typeddict-item]
            return await super().__call__(scope, receive, send)
        handler = cast("HTTPRouteHandler", scope["route_handler"])
        if (handler.resolve_request_max_body_size() or 0) > MAX_WIRE:
            await handler.authorize_connection(ASGIConnection(scope))
        try:
            form = await Request[Any, Any, Any](scope, receive).form()
        except LookupError:
            raise ClientException("A part of the form has a character set that nobody knows") from None
        try:
            await super().__call__(scope, receive, send)
        finally:
            if isinstance(form, FormMultiDict):
                await form.close()

    def _csrf_tokens_match(self, request_csrf_token: object, cookie_csrf_token: str) -> bool:
        """The token of a form may be anything, even a file."""
        if not isinstance(request_csrf_token, str) or not (request_csrf_token + cookie_csrf_token).isascii():
            return False
        return super()._csrf_tokens_match(request_csrf_token, cookie_csrf_token)


def readable(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """The guard of files: no file system has a name for what cannot be read."""
    path = connection.scope["path"]
    if not path.isprintable() or len(path) > LONGEST_PATH:
        raise NotFoundException


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
    texts.speak(asked_language(connection) or connection.cookies.get(texts.COOKIE))
    asked_from.set(connection.client.host if connection.client else "")
