"""What corners proposed, as an inbox: confirm, correct, merge or decline; always the state that the officer saw."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from sync.protocol.facts import Kind
from sync.server.database.dialect import Database, reading
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.deciding import refusal
from sync.server.pages.frame import PAGE_ROWS, page, paged, redirect
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _
from sync.server.registry import deciding, merging
from sync.server.registry.listing import names_by_code

Short = Annotated[str, msgspec.Meta(max_length=200)]
INBOX = "/usulan"


class Decision(msgspec.Struct):
    """What the forms of a proposal send; ``mark`` names the state that was shown."""

    mark: Annotated[str, msgspec.Meta(max_length=16)] = ""
    nama: Short = ""
    kode: Short = ""
    alasan: Annotated[str, msgspec.Meta(max_length=500)] = ""


Form = Annotated[Decision, Body(media_type=RequestEncodingType.URL_ENCODED)]


Rule = Callable[[Database, str], None]
"""A decision, by an officer."""


@get(INBOX, guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_proposals(
    request: AnyRequest,
    state: State,
    semua: FromQuery[Short] = "",
    pojok: FromQuery[Short] = "",
    halaman: FromQuery[int] = 1,
) -> Response[Any]:
    """What waits, the oldest first; or everything with what became of it, the newest first."""
    return _inbox(request, state, everything=bool(semua), corner=pojok, number=halaman)


def _inbox(
    request: AnyRequest,
    state: State,
    *,
    everything: bool = False,
    corner: str = "",
    number: int = 1,
    wrong: tuple[str, str] = ("", ""),
    typed: Decision | None = None,
) -> Response[Any]:
    """``wrong`` names a proposal and says what is wrong with what was ``typed`` there."""
    with reading(state.centre.engine) as db:
        found = deciding.listed(db, everything=everything, corner=corner)
    if everything:
        found.reverse()
    if wrong[0]:  # on the page where it stands
        number = next((n // PAGE_ROWS + 1 for n, one in enumerate(found) if one["code"] == wrong[0]), 1)
    at = paged(number, len(found))
    rows = at.of(found)
    with reading(state.centre.engine) as db:
        names = _names(db, rows)
    values: dict[str, Any] = {
        "rows": rows,
        "count": len(found),
        "number": at.number,
        "last": at.last,
        "everything": everything,
        "names": names,
    }
    return page(request, "proposals.html", words=words, wrong=wrong, typed=typed or Decision(), to=_to, **values)


def _names(db: Database, rows: Sequence[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """What the registry calls the codes that these proposals name, by kind and code."""
    named = {(one["kind"], code) for one in rows for code in (*one["alike"], one["target"])}
    named |= {("producer", one["facts"]["producer"]) for one in rows if one["kind"] == "product"}
    kinds: tuple[Kind, ...] = ("producer", "product")
    return {
        (kind, code): name
        for kind in kinds
        for code, name in names_by_code(db, kind, [code for its, code in named if its == kind]).items()
    }


@post(INBOX + "/{code:str}/terima", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_confirm(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """Into the registry, under its code; with a corrected name where one was typed."""

    def rule(db: Database, by: str) -> None:
        changes = deciding.renamed(db, code, data.nama)
        deciding.confirm(state.centre, db, code, changes, by, data.mark)

    said = _("{code} is in the registry; every till hears of it.").format(code=code)
    return _ruled(request, state, rule, code, data, said)


@post(INBOX + "/{code:str}/gabung", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_merge(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """It is a code of the registry."""
    into = data.kode.strip()

    def rule(db: Database, by: str) -> None:
        merging.merge_proposed(state.centre, db, code, into, by, data.mark)

    said = _("{code} is {into} from now on.").format(code=code, into=into)
    return _ruled(request, state, rule, code, data, said)


@post(INBOX + "/{code:str}/pisah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_unmerge(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """Take a merging back."""

    def rule(db: Database, by: str) -> None:
        merging.unmerge(state.centre, db, deciding.kind_of(db, code), code, by)

    said = _("{code} stands for itself again.").format(code=code)
    return _ruled(request, state, rule, code, data, said)


@post(INBOX + "/{code:str}/tolak", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_decline(request: AnyRequest, state: State, code: FromPath[str], data: Form) -> Response[Any]:
    """Not into the registry; the corner reads why."""

    def rule(db: Database, by: str) -> None:
        deciding.decline(state.centre, db, code, data.alasan, by, data.mark)

    return _ruled(request, state, rule, code, data, _("{code} is declined; the corner reads why.").format(code=code))


def _ruled(request: AnyRequest, state: State, rule: Rule, code: str, data: Decision, said: str) -> Response[Any]:
    wrong = refusal(request, state, rule)
    if wrong:
        return _inbox(request, state, wrong=(code, wrong), typed=data)
    return redirect(INBOX, said=said)


def _to(kind: str, code: str) -> str:
    """The page of a code of the registry."""
    return f"/{'produsen' if kind == 'producer' else 'produk'}/{quote(code, safe='')}"


HANDLERS = (get_proposals, post_confirm, post_merge, post_unmerge, post_decline)
