"""Every page of the centre, behind what guards them all."""

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from sync.server.pages.access import audit, login, officers, password
from sync.server.pages.corners import board, corner, corner_end, holidays, repairs, revoked, stick, tills
from sync.server.pages.frame import STATIC
from sync.server.pages.programme import outcomes, overview, producer_figures, receipts, sold
from sync.server.pages.public import catalogue, check, feeds, own_page
from sync.server.pages.registry import (
    certificates,
    duplicates,
    importing,
    merging,
    persons,
    producers,
    products,
    proposals,
)
from sync.server.pages.security import forms, knowing, readable
from sync.server.pages.settings import Settings
from sync.server.pages.trust import attention, quarantine, recomputed

HANDLERS = (
    *(*login.HANDLERS, *password.HANDLERS, *officers.HANDLERS, *audit.HANDLERS),
    *(*board.HANDLERS, *corner.HANDLERS, *tills.HANDLERS, *attention.HANDLERS, *stick.HANDLERS),
    *(*corner_end.HANDLERS, *holidays.HANDLERS),
    *(*quarantine.HANDLERS, *recomputed.HANDLERS, *repairs.HANDLERS, *revoked.HANDLERS),
    *(*producers.HANDLERS, *products.HANDLERS, *certificates.HANDLERS, *proposals.HANDLERS),
    *(*merging.HANDLERS, *duplicates.HANDLERS, *importing.HANDLERS, *persons.HANDLERS),
    *(*overview.HANDLERS, *sold.HANDLERS, *outcomes.HANDLERS, *producer_figures.HANDLERS, *receipts.HANDLERS),
    *(*check.HANDLERS, *catalogue.HANDLERS, *feeds.HANDLERS, *own_page.HANDLERS),
)
"""Of every subject; a page says by its guard who may see it."""
KEPT = CacheControlHeader(max_age=31_536_000, public=True, immutable=True)


def pages(settings: Settings) -> list[Router]:
    """The routers of all pages."""
    static = create_static_files_router("/static", [STATIC], cache_control=KEPT, guards=[readable], name="static")
    return [Router("/", route_handlers=HANDLERS, middleware=[knowing, forms(settings)]), static]
