"""Producers and goods that may be one and the same: merge them, or say that they are two."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery

from sync.protocol.facts import Kind
from sync.server.database.dialect import reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.deciding import refusal
from sync.server.pages.frame import page, paged, redirect
from sync.server.pages.registry.merging import Short, path_of
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _
from sync.server.registry import duplicates as rules
from sync.server.registry import listing, merging

PAGE = "/kembar"


KINDS: Final[dict[str, Kind]] = {"": "producer", "barang": "product"}
MERGED = 20
"""Codes that were merged last."""


class Two(msgspec.Struct):
    """A pair of codes."""

    satu: Short = ""
    dua: Short = ""
    jenis: Short = ""


Form = Annotated[Two, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get(PAGE, guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_pairs(
    request: AnyRequest, state: State, jenis: FromQuery[Short] = "", halaman: FromQuery[int] = 1
) -> Response[Any]:
    """Pairs that nobody decided about, the surest first, and what was merged last."""
    kind: Kind = KINDS.get(jenis, "producer")
    with reading(state.centre.engine) as db:
        found = rules.listed(state.centre, db, kind)
        at = paged(halaman, len(found))
        pairs = at.of(found)
        gone = listing.last_merged(db, kind, MERGED)
        codes = {code for pair in pairs for code in (pair.first, pair.second)} | {row.alias_of for row in gone}
        rows = listing.rows_of(db, kind, codes)
    shown: dict[str, Any] = {"pairs": pairs, "rows": rows, "merged": gone, "kind": kind}
    counts = {"count": len(found), "number": at.number, "last": at.last}
    return page(request, "duplicates.html", words=words, path_of=path_of, **shown, **counts)


@post(f"{PAGE}/pisah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_unmerge(request: AnyRequest, state: State, data: Form) -> Response[Any]:
    """Take a merging back."""
    kind = KINDS.get(data.jenis, "producer")
    wrong = refusal(request, state, lambda db, by: merging.unmerge(state.centre, db, kind, data.satu, by))
    if wrong:
        return redirect(_of(data), refused=wrong)
    return redirect(_of(data), said=_("{code} stands for itself again, with its goods.").format(code=data.satu))


@post(f"{PAGE}/beda", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_two(request: AnyRequest, state: State, data: Form) -> Response[Any]:
    """They are two, and are not listed again."""
    kind = KINDS.get(data.jenis, "producer")
    wrong = refusal(request, state, lambda db, by: rules.say_not_same(state.centre, db, data.satu, data.dua, by, kind))
    if wrong:
        return redirect(_of(data), refused=wrong)
    said = _("{one} and {other} are two. They are not listed again.").format(one=data.satu, other=data.dua)
    return redirect(_of(data), said=said)


def _of(data: Two) -> str:
    return f"{PAGE}?jenis=barang" if data.jenis == "barang" else PAGE


HANDLERS = (get_pairs, post_unmerge, post_two)
