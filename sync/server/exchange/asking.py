"""Who asks: a till's requests are signed by its key, strangers are counted by their address."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from sqlalchemy.engine import Connection

from sync.protocol.problems import ExchangeProblem
from sync.protocol.request import PROTOCOL_HEADER, Credentials, check_request, credentials
from sync.protocol.wire import BadSignature, Malformed
from sync.server.centre import Centre, Device
from sync.server.database.dialect import reading
from sync.server.exchange.ingest import device_of, known_device, valid_device
from sync.server.limits import Limiter

AnyRequest = Request[Any, Any, Any]


def signed(request: AnyRequest, state: State, body: bytes) -> Credentials:
    """What the request claims, once its signature is that of the key it names; whether the key may speak is asked in
    the transaction that answers (``permitted``).

    Who does not hold the key counts as a stranger: a till's requests are not for others to use up.
    """
    try:
        claim = credentials(request.headers)
        check_request(_public(state.centre, claim.key), claim, request.method, path_of(request), body)
    except (BadSignature, ExchangeProblem):
        limit(state.strangers, address_of(request))
        raise
    limit(state.devices, claim.key)
    return claim


def _public(centre: Centre, key: str) -> bytes:
    """The public key called ``key``. Raises ``ExchangeProblem`` ``unknown_key``."""
    public = centre.publics.get(key)
    if public is None:
        with reading(centre.engine) as db:
            public = bytes(known_device(device_of(db, key)).public)
        centre.publics.put(key, public)
    return public


def permitted(centre: Centre, db: Connection, claim: Credentials, device: str, *, lock: bool = False) -> Device:
    """The till of the key, which must be the one in the path. ``centre`` notices what it reads of itself beside it.

    Raises ``ExchangeProblem``.
    """
    found = valid_device(device_of(db, claim.key, lock=lock))
    centre.notice(found.timeline)
    if found.device != device:
        raise ExchangeProblem("foreign_device", "The key is of another till")
    return found


def limit(limiter: Limiter, caller: str, cost: int = 1) -> None:
    """Count a request of ``caller``, or as many as it costs. Raises ``ExchangeProblem`` ``too_many_requests``."""
    wait = limiter.wait(caller, cost)
    if wait:
        raise ExchangeProblem("too_many_requests", "Too many requests", retry_after=wait)


def address_of(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """Where the request came from."""
    return request.client.host if request.client else ""


def path_of(request: AnyRequest) -> str:
    """Path and query as they were sent, which is what was signed."""
    path: str = request.scope["raw_path"].decode("latin-1").partition("?")[0]
    query = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def protocol_of(request: AnyRequest) -> int:
    """The version of the exchange that the program speaks. Raises ``Malformed``."""
    text = request.headers.get(PROTOCOL_HEADER, "1")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Malformed(f"{PROTOCOL_HEADER} is no number")
    return int(text)
