"""Every page of the centre, behind what guards them all."""

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from sync.server.pages import (
    audit_page,
    board,
    catalogue,
    certificates,
    check_page,
    corner,
    duplicates,
    feeds_public,
    importing,
    login,
    merging_page,
    officers_page,
    outcomes,
    password,
    persons,
    producer_figures,
    producer_page,
    producers,
    products,
    program,
    proposals_page,
    quarantine,
    receipts,
    recomputed,
    repairs_page,
    revoked,
    stick_page,
    tills,
    trust,
)
from sync.server.pages.frame import STATIC
from sync.server.pages.security import forms, knowing, readable
from sync.server.pages.settings import Settings

HANDLERS = (
    *(*login.HANDLERS, *password.HANDLERS, *officers_page.HANDLERS, *audit_page.HANDLERS),
    *(*board.HANDLERS, *corner.HANDLERS, *tills.HANDLERS, *trust.HANDLERS, *stick_page.HANDLERS),
    *(*quarantine.HANDLERS, *recomputed.HANDLERS, *repairs_page.HANDLERS, *revoked.HANDLERS),
    *(*producers.HANDLERS, *products.HANDLERS, *certificates.HANDLERS, *proposals_page.HANDLERS),
    *(*merging_page.HANDLERS, *duplicates.HANDLERS, *importing.HANDLERS, *persons.HANDLERS),
    *(*program.HANDLERS, *outcomes.HANDLERS, *producer_figures.HANDLERS, *receipts.HANDLERS),
    *(*check_page.HANDLERS, *catalogue.HANDLERS, *feeds_public.HANDLERS, *producer_page.HANDLERS),
)
"""Of every subject; a page says by its guard who may see it."""
KEPT = CacheControlHeader(max_age=31_536_000, public=True, immutable=True)


def pages(settings: Settings) -> list[Router]:
    """The routers of all pages."""
    static = create_static_files_router("/static", [STATIC], cache_control=KEPT, guards=[readable], name="static")
    return [Router("/", route_handlers=HANDLERS, middleware=[knowing, forms(settings)]), static]
