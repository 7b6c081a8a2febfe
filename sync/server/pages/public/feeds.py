"""The catalogue for programs: ``/katalog.json``, ``/katalog.csv``, the sitemap, and what the fields mean.

Made once for all askers and named by its content, so a marketplace that asks again every hour gets nothing it has.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape

import msgspec
from litestar import Response
from litestar.datastructures import State

from sync.server.centre import Centre
from sync.server.database.dialect import Database, reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import frame
from sync.server.pages.exports import csv_text
from sync.server.pages.public.open_to_all import FILE, OPEN, costs, kept, looked_at, picture_path, product_path, site
from sync.server.pages.roles import recognise
from sync.server.pages.texts import mark
from sync.server.public.catalogue import Index, index_of
from sync.server.public.offers import Range, ranges
from sync.server.public.pictures import digests_of, state_of

SECONDS = 300
FIELDS: Final = {
    "sku": mark("Code of the product; it never changes."),
    "name": mark("Name."),
    "category": mark("makanan, minuman, kerajinan, batik, tapis, sembako, atk or perawatan."),
    "unit": mark("What the price is for: pcs, kg or paket."),
    "barcode": mark("Barcode, where it has one."),
    "price_min": mark("Lowest price over the corners that have it, in whole rupiah; else the price of reference."),
    "price_max": mark("Highest price, likewise."),
    "currency": mark("Always IDR."),
    "availability": mark("in_stock where a corner has it now, else out_of_stock."),
    "corners": mark("How many corners have it now."),
    "producer": mark("Code of the maker."),
    "maker": mark("Business name of the maker."),
    "kelurahan": mark("Kelurahan of the maker."),
    "halal": mark("true where the maker has a halal certificate that holds today."),
    "e_katalog": mark("true where it is in the e-Katalog."),
    "tkdn_percent": mark("Share of local content (TKDN) in percent, with a point; empty where it is not known."),
    "url": mark("Its page."),
    "image_url": mark("Its picture (JPEG, at most 1,200 pixels), where there is one."),
}
Maker = Callable[[str, Iterator[dict[str, Any]]], bytes]


@looked_at("/katalog.json", guards=[costs(FILE)], opt=OPEN)
def get_json(request: AnyRequest, state: State) -> Response[Any]:
    """All products as JSON: ``{"source": …, "count": …, "products": [{…}]}``."""
    return kept(request, _made(request, state, "json", _json), "application/json", SECONDS)


@looked_at("/katalog.csv", guards=[costs(FILE)], opt=OPEN)
def get_csv(request: AnyRequest, state: State) -> Response[Any]:
    """All products as CSV (RFC 4180, UTF-8), one line of names first."""
    answer = kept(request, _made(request, state, "csv", _csv), "text/csv; charset=utf-8; header=present", SECONDS)
    answer.headers["Content-Disposition"] = 'attachment; filename="katalog-umkm-metro.csv"'
    return answer


@looked_at("/sitemap.xml", guards=[costs(FILE)], opt=OPEN)
def get_sitemap(request: AnyRequest, state: State) -> Response[Any]:
    """The pages that search engines may list."""
    return kept(request, _made(request, state, "sitemap", _sitemap), "application/xml", SECONDS)


@looked_at("/robots.txt", opt=OPEN)
def get_robots(request: AnyRequest) -> Response[str]:
    """The catalogue may be read by machines, nothing else. A private page that somebody linked to says itself that it
    is to be listed nowhere, which only who may read it learns."""
    rules = "User-agent: *\nAllow: /katalog\nAllow: /static/\nAllow: /p/\nDisallow: /\n"
    text = f"{rules}Sitemap: {site(request)}/sitemap.xml\n"
    return Response(text, media_type="text/plain", headers={"Cache-Control": "public, max-age=3600"})


@looked_at("/katalog/umpan", guards=[recognise], opt=OPEN)
def get_about(request: AnyRequest) -> Response[str]:
    """What the fields of the feeds mean."""
    return frame.page(request, "feeds.html", site=site(request), fields=FIELDS)


def rows(db: Database, index: Index, there: Mapping[str, Range], address: str) -> Iterator[dict[str, Any]]:
    """Every product with the fields of ``FIELDS``, in the order of names."""
    pictures = digests_of(db)
    for one in index.goods:
        known = there.get(one.sku)
        picture = pictures.get(one.sku)
        yield {
            "sku": one.sku,
            "name": one.name,
            "category": one.category,
            "unit": one.unit,
            "barcode": one.barcode,
            "price_min": known.lowest if known else one.price,
            "price_max": known.highest if known else one.price,
            "currency": "IDR",
            "availability": "in_stock" if known else "out_of_stock",
            "corners": known.corners if known else 0,
            "producer": one.producer,
            "maker": one.maker,
            "kelurahan": one.kelurahan,
            "halal": one.halal,
            "e_katalog": one.e_katalog,
            "tkdn_percent": None if one.tkdn_bp is None else one.tkdn_bp / 100,
            "url": f"{address}{product_path(one.sku)}",
            "image_url": f"{address}{picture_path(one.sku, picture, 'large')}" if picture else "",
        }


def _made(request: AnyRequest, state: State, kind: str, make: Maker) -> bytes:
    """What ``make`` makes of all products, from memory where nothing has changed since."""
    centre: Centre = state.centre
    address = site(request)
    with reading(centre.engine) as db:
        index = index_of(centre, db)
        there = ranges(centre, db, index)
        mark_of = (index.state, id(there), state_of(db), address)
        known: tuple[Any, Mapping[str, Range], bytes] | None = centre.stretches.get(("feed", kind))
        if known is None or known[0] != mark_of:
            known = (mark_of, there, make(address, rows(db, index, there, address)))
            centre.stretches.put(("feed", kind), known)
        return known[2]


def _json(address: str, found: Iterator[dict[str, Any]]) -> bytes:
    products = list(found)
    told = {"source": f"{address}/katalog", "fields": f"{address}/katalog/umpan", "count": len(products)}
    return msgspec.json.encode(told | {"products": products})


def _csv(_address: str, found: Iterator[dict[str, Any]]) -> bytes:
    return csv_text(list(FIELDS), ([_cell(value) for value in row.values()] for row in found)).encode()


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _sitemap(address: str, found: Iterator[dict[str, Any]]) -> bytes:
    pages = [f"{address}/katalog", *(row["url"] for row in found)]
    lines = "".join(f"<url><loc>{escape(page)}</loc></url>\n" for page in pages[:50_000])
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return f"{head}{lines}</urlset>\n".encode()


HANDLERS = (get_json, get_csv, get_sitemap, get_robots, get_about)
