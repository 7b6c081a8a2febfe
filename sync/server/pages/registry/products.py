"""Products of the catalogue and their categories: the list, one product, and what officers change there."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from sync.protocol.registry_fields import percent
from sync.protocol.registry_reasons import Problem
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.deciding import refusal
from sync.server.pages.exports import exported
from sync.server.pages.frame import PAGE_ROWS, page, paged, redirect
from sync.server.pages.registry.producers import Short
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.registry import changing, deciding, listing, merging


@get("/produk", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_products(
    request: AnyRequest,
    state: State,
    q: FromQuery[Short] = "",
    kategori: FromQuery[Short] = "",
    produsen: FromQuery[Short] = "",
    halaman: FromQuery[int] = 1,
) -> Response[Any]:
    """All goods that stand for themselves, by name, with how many each category has."""
    with reading(state.centre.engine) as db:
        found = listing.goods(state.centre, db, q, kategori, produsen)
        if request.query_params.get("format"):
            columns = changing.COLUMNS["product"]
            rows = ([_cell(name, changing.shown(row)[name]) for name in columns] for row in found.rows())
            headings = [_(words.COLUMNS[name]) for name in columns]
            return exported(request, _("products"), headings, rows) or redirect("/produk")
        at = paged(halaman, found.count)
        shown = list(found.rows(PAGE_ROWS, at.first))
    values: dict[str, Any] = {"rows": shown, "count": found.count, "number": at.number, "last": at.last}
    values |= {"meant": found.meant, "similar": found.similar, "categories": found.categories}
    return page(request, "products.html", q=q, kategori=kategori, produsen=produsen, words=words, **values)


NUMBERS = ("consign_price", "commission_bp", "sell_price", "shelf_life_days", "min_stock")


def _cell(name: str, text: str) -> str | int:
    """Prices and counts are numbers in a spreadsheet."""
    return int(text) if name in NUMBERS and text else text


@get("/produk/{sku:str}", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_product(request: AnyRequest, state: State, sku: FromPath[str]) -> Response[Any]:
    """One product."""
    with reading(state.centre.engine) as db:
        row = deciding.row_of(db, "product", sku)
        maker = deciding.row_of(db, "producer", row.producer)
        aliases = listing.merged_into(db, "product", sku)
    return page(request, "registry_product.html", row=row, maker=maker, aliases=aliases, path_of=_of(sku), words=words)


class ProductForm(msgspec.Struct):
    """What the form of a product sends, by the names of the spreadsheets; but the commission as people say it, in
    percent."""

    sku: Short = ""
    barcode: Short = ""
    name: Short = ""
    category: Short = "makanan"
    unit: Short = "pcs"
    producer_code: Short = ""
    pricing: Short = "titip"
    consign_price: Short = ""
    commission: Short = ""
    sell_price: Short = ""
    shelf_life_days: Short = ""
    min_stock: Short = ""
    needs_pirt: Short = ""
    needs_halal: Short = ""
    e_katalog: Short = ""
    tkdn_percent: Short = ""
    mark: Short = ""


@get("/produk-baru", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_new(request: AnyRequest, produsen: FromQuery[Short] = "") -> Response[Any]:
    """The form for new goods."""
    return _form(request, msgspec.to_builtins(ProductForm(producer_code=produsen)), {})


@post("/produk-baru", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_new(
    request: AnyRequest, state: State, data: Annotated[ProductForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Take goods into the catalogue."""
    texts, wrong_share = _texts(data)
    if wrong_share:
        return _form(request, texts, wrong_share)
    with writing(state.centre.engine) as db:
        wrong = changing.add(state.centre, db, "product", texts, officer_of(request).name)
    if wrong:
        return _form(request, texts, words.reasons(wrong))
    return redirect(_of(data.sku.strip()), said=_("The goods are in the registry; the tills hear of them."))


@get("/produk/{sku:str}/ubah", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_change(request: AnyRequest, state: State, sku: FromPath[str]) -> Response[Any]:
    """The form for correcting goods."""
    with reading(state.centre.engine) as db:
        row = deciding.row_of(db, "product", sku)
    points = row.commission_bp
    share = "" if points is None else f"{points // 100},{points % 100:02}".removesuffix(",00")
    return _form(request, changing.shown(row) | {"commission": share, "mark": changing.mark_of(row)}, {}, sku)


@post("/produk/{sku:str}/ubah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_change(
    request: AnyRequest,
    state: State,
    sku: FromPath[str],
    data: Annotated[ProductForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Correct goods; the tills hear of it."""
    texts, wrong_share = _texts(data)
    if wrong_share:
        return _form(request, texts, wrong_share, sku)
    try:
        with writing(state.centre.engine) as db:
            named = {name: text for name, text in texts.items() if name not in ("mark", "sku", "commission")}
            wrong = changing.change(state.centre, db, "product", sku, named, officer_of(request).name, data.mark)
    except CentreError as error:
        return _form(request, texts, {}, sku, worded(error))
    if wrong:
        return _form(request, texts, words.reasons(wrong), sku)
    return redirect(_of(sku), said=_("Changed. The tills hear of it with their next exchange."))


@post("/produk/{sku:str}/pisah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_unmerge(request: AnyRequest, state: State, sku: FromPath[str]) -> Response[Any]:
    """Part goods from those that they were merged into."""
    wrong = refusal(request, state, lambda db, by: merging.unmerge(state.centre, db, "product", sku, by))
    if wrong:
        return redirect(_of(sku), refused=wrong)
    return redirect(_of(sku), said=_("{code} stands for itself again.").format(code=sku))


def _texts(form: ProductForm) -> tuple[dict[str, str], dict[str, str]]:
    """The texts of a form with its commission in hundredths of a percent, and what is wrong with that."""
    texts = msgspec.to_builtins(form)
    texts["tkdn_percent"] = _percentage(form.tkdn_percent)
    try:
        share = _percentage(form.commission)
        return texts | {"commission_bp": str(percent(share)) if share else ""}, {}
    except Problem:
        return texts, {"commission_bp": _("Write the commission in percent, from 0 to 100: 10 or 7,5.")}


def _percentage(text: str) -> str:
    """A percentage as spreadsheets write it."""
    return text.replace("%", "").replace(",", ".").strip()


def _form(
    request: AnyRequest, texts: dict[str, str], wrong: dict[str, str], sku: str = "", error: str = ""
) -> Response[str]:
    values: dict[str, Any] = {"texts": texts, "wrong": wrong, "sku": sku, "error": error, "words": words}
    return page(
        request, "product_form.html", path_of=_of(sku), yes=[("", _("No, it is not")), ("yes", _("Yes"))], **values
    )


def _of(sku: str) -> str:
    return f"/produk/{quote(sku, safe='')}"


HANDLERS = (get_products, get_product, get_new, post_new, get_change, post_change, post_unmerge)
