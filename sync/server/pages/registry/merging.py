"""Merging two codes of the registry: both side by side first, then the merging, which can be taken back at once."""

from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from sync.protocol.facts import Kind
from sync.server.database.dialect import Database, reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.registry import certificates, deciding, listing, merging
from sync.server.reports.selling import ever_sold

Short = Annotated[str, msgspec.Meta(max_length=200)]
LISTS: Final[dict[Kind, str]] = {"producer": "/produsen", "product": "/produk"}


class Into(msgspec.Struct):
    """The code that another one is found to be."""

    kode: Short = ""


class Side(NamedTuple):
    """One of the two, with what tells it from the other: its papers and goods, and what it sold in rupiah."""

    code: str
    name: str
    row: Any
    papers: list[certificates.Certificate]
    goods: int
    sold: int


Form = Annotated[Into, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/produsen/{code:str}/gabung", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_producers(request: AnyRequest, state: State, code: FromPath[str], kode: FromQuery[Short] = "") -> Response[Any]:
    """This producer beside the one that it is said to be."""
    return _asked(request, state, "producer", code, kode)


@post("/produsen/{code:str}/gabung", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_producers(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """Say that this producer is another one."""
    return _merged(request, state, "producer", code, data.kode)


@get("/produk/{sku:str}/gabung", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_products(request: AnyRequest, state: State, sku: FromPath[str], kode: FromQuery[Short] = "") -> Response[Any]:
    """These goods beside those that they are said to be."""
    return _asked(request, state, "product", sku, kode)


@post("/produk/{sku:str}/gabung", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_products(request: AnyRequest, state: State, sku: FromPath[str], data: Form) -> Response[Any]:
    """Say that these goods are other ones."""
    return _merged(request, state, "product", sku, data.kode)


def _asked(request: AnyRequest, state: State, kind: Kind, code: str, into: str, error: str = "") -> Response[Any]:
    """Both sides; the form for the other code where there is none of it, with what was typed."""
    into, other = into.strip(), None
    with reading(state.centre.engine) as db:
        mine = _side(db, kind, code)
        try:
            other = _side(db, kind, deciding.standing(db, kind, into)) if into else None
        except CentreError:
            error = _("There is no {code} in the registry. Look the code up in the list, then type it here.").format(
                code=into
            )
    if mine.row.alias_of:
        return redirect(path_of(kind, code))
    if other and other.code == code:
        error, other = _("This is {code} itself. Choose another code.").format(code=code), None
    values: dict[str, Any] = {"mine": mine, "other": other, "into": into, "error": error, "kind": kind}
    return page(request, "merge.html", **values, words=words, path_of=path_of, list_of=LISTS[kind])


def _merged(request: AnyRequest, state: State, kind: Kind, code: str, into: str) -> Response[Any]:
    try:
        with writing(state.centre.engine) as db:
            target = merging.merge(state.centre, db, kind, code, into.strip(), officer_of(request).name)
    except CentreError as error:
        return _asked(request, state, kind, code, into, worded(error))
    return redirect(path_of(kind, code), said=_("{code} is {into} from now on.").format(code=code, into=target))


def _side(db: Database, kind: Kind, code: str) -> Side:
    row = deciding.row_of(db, kind, code)
    codes = listing.all_codes(db, kind, code)
    if kind == "product":
        return Side(code, row.name, row, [], 0, ever_sold(db, "sku", codes))
    papers, goods = certificates.of(db, code), listing.goods_count(db, code)
    return Side(code, row.business_name, row, papers, goods, ever_sold(db, "producer", codes))


def path_of(kind: Kind, code: str) -> str:
    """The page of a code."""
    return f"{LISTS[kind]}/{quote(code, safe='')}"


HANDLERS = (get_producers, post_producers, get_products, post_products)
