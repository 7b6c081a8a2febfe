"""The centre as an ASGI app: what tills ask for (``routes_devices``), slips, health, and the first web page.

Handlers are plain functions on worker threads; each uses one or two short transactions.
"""

from typing import Any

from litestar import Litestar, Response, Router, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from sync.documents.readiness import get_ready
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import MAX_WIRE
from sync.server.centre import Clock, form_secret, open_centre, system_clock
from sync.server.database import schema
from sync.server.database.dialect import can_write, reading
from sync.server.database.migrating import revision_of
from sync.server.exchange.answers import RETRY_SECONDS
from sync.server.exchange.asking import AnyRequest, address_of, limit
from sync.server.exchange.routes_devices import (
    get_entries,
    get_page,
    post_enrol,
    post_entries,
    post_proposals,
    post_repair,
)
from sync.server.limits import PER_CHECKER, PER_DEVICE, PER_LOGIN, PER_READER, PER_STRANGER, Limiter, Rate
from sync.server.metrics import Metrics, get_metrics
from sync.server.openapi import openapi_route
from sync.server.pages.every import pages
from sync.server.pages.failing import answer
from sync.server.pages.security import sealing
from sync.server.pages.settings import Settings
from sync.server.projecting.checking import check
from sync.server.public.catalogue import index_of
from sync.server.registry.duplicates import listed
from sync.server.registry.holding import lapsing_soon
from sync.server.reports.reporter import following
from sync.server.reports.warming import warming
from sync.server.trust.rechecking import checking

OLDEST_PULL = 1
"""Tills that speak an older protocol are asked to update when they pull; a push is always taken."""


def create_app(  # noqa: PLR0913 - one rate for each kind of caller
    database_url: str,
    *,
    clock: Clock = system_clock,
    per_device: Rate = PER_DEVICE,
    per_stranger: Rate = PER_STRANGER,
    per_checker: Rate = PER_CHECKER,
    per_login: Rate = PER_LOGIN,
    per_reader: Rate = PER_READER,
    oldest_pull: int = OLDEST_PULL,
    address: str = "",
    reporting: bool = False,
) -> Litestar:
    """The app over an initialised database, which people reach at ``address``. Raises ``CentreError``.

    With ``reporting`` threads of this process keep the figures of the pages up to date and check what tills told, while
    the app runs.
    """
    centre, metrics = open_centre(database_url, clock), Metrics()
    settings = Settings(address, form_secret(centre))
    state = State(
        {
            "centre": centre,
            "devices": Limiter(per_device),
            "strangers": Limiter(per_stranger),
            "checkers": Limiter(per_checker),
            "logins": Limiter(per_login),
            "readers": Limiter(per_reader),
            "settings": settings,
            "oldest_pull": oldest_pull,
            "metrics": metrics,
        }
    )
    kept = (listed, index_of, lapsing_soon)
    threads = [following(centre), warming(centre, others=kept), checking(centre)] if reporting else []
    app = Litestar(
        route_handlers=[Router("/", route_handlers=HANDLERS), openapi_route(HANDLERS), *pages(settings)],
        exception_handlers={Exception: answer},
        before_send=[sealing(settings)],
        state=state,
        middleware=[metrics.counting],
        on_startup=[thread.start for thread in threads],
        on_shutdown=[*(thread.tell for thread in threads), *(thread.stop for thread in threads), centre.close],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=MAX_WIRE,
    )
    get_ready()
    return app


@get("/v1/slips/{number:str}", sync_to_thread=True)
def get_slip(
    request: AnyRequest, state: State, number: FromPath[str], code: FromQuery[str] = ""
) -> Response[dict[str, Any]]:
    """Whether a slip is genuine, for anybody who holds it; see ``checking``."""
    limit(state.checkers, address_of(request))
    with reading(state.centre.engine) as db:
        return Response(check(db, number, code), headers={"Cache-Control": "no-store"})


@get("/health", sync_to_thread=True)
def get_health(state: State) -> dict[str, str]:
    """Whether the database answers, has the tables of this program, and takes what tills send."""
    with reading(state.centre.engine) as db:
        if revision_of(db) != schema.REVISION:
            raise ExchangeProblem("unavailable", "The database is of another version", retry_after=RETRY_SECONDS)
    if not can_write(state.centre.engine):
        raise ExchangeProblem("unavailable", "The database is a copy that only reads", retry_after=RETRY_SECONDS)
    return {"status": "ok", "time": state.centre.now()}


HANDLERS = (
    *(post_enrol, post_entries, get_entries, post_repair, post_proposals, get_page),
    *(get_slip, get_health, get_metrics),
)
"""Every endpoint; ``openapi.CALLS`` says of each what goes in and out. They are handed to the app together, as a
router: of two on one path the app prepares the first twice when they come one by one.
"""
