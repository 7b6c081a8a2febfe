"""``/katalog``: the city's products for everybody, with prices and where to buy them; works without JavaScript."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from litestar import Response
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from sync.server.centre import Centre
from sync.server.database.dialect import Database, reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import frame
from sync.server.pages.public.open_to_all import (
    OPEN,
    PAGE,
    PICTURE,
    costs,
    looked_at,
    picture_path,
    product_path,
    site,
)
from sync.server.pages.registry_words import GOODS
from sync.server.pages.roles import recognise
from sync.server.pages.texts import _
from sync.server.public.catalogue import LONGEST_QUERY, Goods, index_of
from sync.server.public.offers import Range, corners_with, ranges
from sync.server.public.pictures import digests_of, jpeg_of, large_of
from sync.server.registry.consents import public_phones

ON_PAGE = 24
MORE = 6
"""Other goods of the same maker on a product's page."""
FOREVER = 31_536_000


class Card(NamedTuple):
    """A product in a list; ``price`` as it is shown, ``corners`` how many have it."""

    goods: Goods
    path: str
    price: str
    corners: int
    picture: str


class Pictured(NamedTuple):
    """The large picture of a product, and its size in pixels."""

    large: str
    width: int
    height: int


@looked_at("/katalog", guards=[costs(PAGE), recognise], opt=OPEN)
def get_catalogue(
    request: AnyRequest,
    state: State,
    q: FromQuery[str] = "",
    kategori: FromQuery[str] = "",
    produsen: FromQuery[str] = "",
    ada: FromQuery[str] = "",
    halaman: FromQuery[str] = "1",
) -> Response[str]:
    """Goods in pages of 24: found by words, category, maker, or what is on hand now."""
    centre: Centre = state.centre
    text = " ".join(q.split())[:LONGEST_QUERY]
    with reading(centre.engine) as db:
        index = index_of(centre, db)
        there = ranges(centre, db, index)
        found, resembling, similar = index.find(text, kategori, produsen)
        if ada:
            found, similar = ([one for one in some if one.sku in there] for some in (found, similar))
        if not text:
            found.sort(key=lambda one: one.sku not in there)
        at = frame.paged(frame.page_number(halaman), len(found), ON_PAGE)
        shown, near = cards(db, at.of(found), there), cards(db, similar, there)
    categories = [(name, _(GOODS.get(name, name)), count) for name, count in index.categories.items()]
    answer = frame.page(
        request,
        "catalogue.html",
        site=site(request),
        intro=_("Made by small businesses of the city. See what there is, what it costs, and where to buy it."),
        q=text,
        category=kategori if kategori in index.categories else "",
        categories=sorted(categories, key=lambda one: one[1]),
        now=bool(ada),
        maker=next((one.maker for one in found), "") if produsen else "",
        asked=bool(text or ada or produsen or at.number > 1),
        close=resembling and bool(found),
        total=len(found),
        cards=shown,
        similar=near,
        number=at.number,
        last=at.last,
    )
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@looked_at("/katalog/{sku:str}", guards=[costs(PAGE), recognise], opt=OPEN)
def get_product(request: AnyRequest, state: State, sku: FromPath[str]) -> Response[Any]:
    """One product with its share card. One that was merged leads to the one that stands for it."""
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        index = index_of(centre, db)
        if sku in index.stands_for:
            return Response(None, status_code=301, headers={"Location": product_path(index.stands_for[sku])})
        goods = index.by_sku.get(sku)
        if goods is None:
            raise NotFoundException
        corners = corners_with(db, index, sku)
        picture = _pictured(db, sku)
        phone = public_phones(db, [goods.producer]).get(goods.producer, "")
        there = ranges(centre, db, index)
        same = [one for one in index.find(producer=goods.producer).goods if one.sku != sku]
        others = cards(db, sorted(same, key=lambda one: one.sku not in there)[:MORE], there)
    prices = [corner.price for corner in corners] or [goods.price]
    shown = price_text(Range(min(prices), max(prices), len(corners)), goods)
    answer = frame.page(
        request,
        "product.html",
        site=site(request),
        path_of=product_path(sku),
        goods=goods,
        category=_(GOODS.get(goods.category, goods.category)),
        price=shown,
        lowest=min(prices),
        corners=corners,
        picture=picture,
        phone=phone,
        whatsapp=f"https://wa.me/{_international(phone)}?text={quote(goods.name)}" if phone else "",
        summary=_summary(goods, shown, len(corners)),
        others=others,
    )
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@looked_at("/katalog/{sku:str}/{name:str}", guards=[costs(PICTURE)], opt=OPEN)
def get_picture(state: State, sku: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A picture; its address changes with it, so it may be kept for ever, and shown on other sites."""
    digest, _dash, size = name.removesuffix(".jpg").partition("-")
    if size not in ("small", "large") or not name.endswith(".jpg"):
        raise NotFoundException
    with reading(state.centre.engine) as db:
        body = jpeg_of(db, sku, digest, size)
    if body is None:
        raise NotFoundException
    headers = {"Cache-Control": f"public, max-age={FOREVER}, immutable", "Cross-Origin-Resource-Policy": "cross-origin"}
    return Response(body, media_type="image/jpeg", headers=headers)


def cards(db: Database, found: Sequence[Goods], there: Any) -> list[Card]:
    """Goods as they stand in a list."""
    pictures = digests_of(db, [one.sku for one in found])
    return [
        Card(
            one,
            product_path(one.sku),
            price_text(there.get(one.sku), one),
            there[one.sku].corners if one.sku in there else 0,
            picture_path(one.sku, pictures[one.sku], "small") if one.sku in pictures else "",
        )
        for one in found
    ]


def price_text(known: Range | None, goods: Goods) -> str:
    """One price, or the lowest and the highest; the registry's where no corner has it."""
    lowest, highest = (known.lowest, known.highest) if known else (goods.price, goods.price)
    return frame.rupiah(lowest) if lowest == highest else f"{frame.rupiah(lowest)} – {frame.rupiah(highest)}"


def _summary(goods: Goods, price: str, corners: int) -> str:
    """What a share card says below the name."""
    text = _("{price} · by {maker}, Kota Metro.").format(price=price, maker=goods.maker or goods.producer)
    return f"{text} {_('At {count} Pojok UMKM now.').format(count=corners)}" if corners else text


def _pictured(db: Database, sku: str) -> Pictured | None:
    large = large_of(db, sku)
    return Pictured(picture_path(sku, large.digest, "large"), large.width, large.height) if large else None


def _international(phone: str) -> str:
    digits = "".join(letter for letter in phone if letter.isdigit())
    return f"62{digits[1:]}" if digits.startswith("0") else digits


HANDLERS = (get_catalogue, get_product, get_picture)
