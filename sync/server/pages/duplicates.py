"""Producers that may be one and the same: merge them, or say that they are two."""

from typing import Annotated, Any

import msgspec
import sqlalchemy as sa
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery

from sync.server import duplicates as rules
from sync.server import merging, schema
from sync.server.asking import AnyRequest
from sync.server.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.pages import registry_words as words
from sync.server.pages.frame import PAGE_ROWS, page, redirect
from sync.server.pages.producers import Short
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded

PAGE = "/kembar"


class Two(msgspec.Struct):
    """A pair of codes; the first is merged into the second."""

    satu: Short = ""
    dua: Short = ""


Form = Annotated[Two, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get(PAGE, guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_pairs(request: AnyRequest, state: State, halaman: FromQuery[int] = 1) -> Response[Any]:
    """Pairs that nobody decided about, the surest first, and what was merged last."""
    table = schema.producers
    with reading(state.centre.engine) as db:
        found = rules.listed(state.centre, db)
        last = max(1, -(-len(found) // PAGE_ROWS))
        number = min(max(halaman, 1), last)
        pairs = found[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
        codes = {code for pair in pairs for code in (pair.first, pair.second)}
        rows = {row.code: row for row in db.execute(sa.select(table).where(table.c.code.in_(codes)))}
        merged = sa.select(table).where(table.c.alias_of != "").order_by(table.c.position.desc()).limit(20)
        values: dict[str, Any] = {
            "merged": db.execute(merged).all(),
            "count": len(found),
            "number": number,
            "last": last,
        }
    return page(request, "duplicates.html", pairs=pairs, rows=rows, words=words, **values)


@post(f"{PAGE}/gabung", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_merge(request: AnyRequest, state: State, data: Form) -> Response[Any]:
    """The first is the second."""
    try:
        with writing(state.centre.engine) as db:
            into = merging.merge(state.centre, db, "producer", data.satu, data.dua, officer_of(request).name)
    except CentreError as error:
        return redirect(PAGE, said=worded(error))
    return redirect(PAGE, said=_("{code} is {into} from now on.").format(code=data.satu, into=into))


@post(f"{PAGE}/pisah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_unmerge(request: AnyRequest, state: State, data: Form) -> Response[Any]:
    """Take a merging back."""
    try:
        with writing(state.centre.engine) as db:
            merging.unmerge(state.centre, db, "producer", data.satu, officer_of(request).name)
    except CentreError as error:
        return redirect(PAGE, said=worded(error))
    return redirect(PAGE, said=_("{code} stands for itself again, with its goods.").format(code=data.satu))


@post(f"{PAGE}/beda", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_two(request: AnyRequest, state: State, data: Form) -> Response[Any]:
    """They are two, and are not listed again."""
    try:
        with writing(state.centre.engine) as db:
            rules.say_not_same(state.centre, db, data.satu, data.dua, officer_of(request).name)
    except CentreError as error:
        return redirect(PAGE, said=worded(error))
    said = _("{one} and {other} are two. They are not listed again.").format(one=data.satu, other=data.dua)
    return redirect(PAGE, said=said)


HANDLERS = (get_pairs, post_merge, post_unmerge, post_two)
