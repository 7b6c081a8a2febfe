"""What pages that everybody may see have in common: their addresses, how long they may be kept, no cookies of forms."""

import hashlib
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from litestar import HttpMethod, Response, route
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from sync.server.exchange.asking import AnyRequest, address_of, limit

looked_at = partial(route, http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=True)
"""The decorator of a handler that also answers who asks for the headers alone, as those do who preview a link."""
OPEN: Final = {"exclude_from_csrf": True}
"""For ``opt`` of a handler without a form that changes anything: it sets no cookie, so caches may keep what it says."""

PICTURE, PAGE, FILE = 1, 10, 60
"""What a reader's request costs, see ``limits.PER_READER``: a page of the catalogue with its pictures 34."""


def costs(units: int) -> Guard:
    """The guard that counts how much an address makes the centre do. Raises ``ExchangeProblem``
    ``too_many_requests``."""

    def count(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        limit(connection.app.state.readers, address_of(connection), units)

    return count


def site(request: AnyRequest) -> str:
    """Where people reach the centre, without a slash at its end: as it was set, else as it was asked."""
    address: str = request.app.state.settings.address or str(request.base_url)
    return address.rstrip("/")


def product_path(sku: str) -> str:
    """The page of a product."""
    return f"/katalog/{quote(sku, safe='')}"


def picture_path(sku: str, digest: str, size: str) -> str:
    """A product's picture, ``small`` or ``large``; another picture has another address."""
    return f"{product_path(sku)}/{digest}-{size}.jpg"


def kept(request: AnyRequest, body: bytes, media_type: str, seconds: int) -> Response[Any]:
    """``body`` with what names it (ETag), or that what the asker has is still the same."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={seconds}"}
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(b"", status_code=304, headers=headers, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)
