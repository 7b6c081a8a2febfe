"""Repairs that tills asked for: what both histories hold, and the decision."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from sync.server.database.dialect import reading
from sync.server.exchange import repairs
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.deciding import refusal
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, open_to
from sync.server.pages.texts import _
from sync.server.trust import attention

GUARDS = [open_to(Role.OFFICER)]


@get("/perbaikan", guards=GUARDS, sync_to_thread=True)
def get_repairs(request: AnyRequest, state: State) -> Response[str]:
    """Repairs that tills asked for, each with both histories in short."""
    return _repairs(request, state)


def _repairs(request: AnyRequest, state: State, error: str = "", of: str = "") -> Response[str]:
    with reading(state.centre.engine) as db:
        found = attention.histories(db)
    return page(request, "repairs.html", found=found, kind=words.kind, error=error, of=of, shown=attention.SHOWN)


@get("/perbaikan/{corner:str}/{till:str}/setujui", guards=GUARDS, sync_to_thread=True)
def get_approve(request: AnyRequest, state: State, corner: FromPath[str], till: FromPath[str]) -> Response[str]:
    """What an approval does, before it is given."""
    with reading(state.centre.engine) as db:
        found = [one for one in attention.histories(db) if (one.corner, one.till) == (corner, till)]
    if not found or found[0].state == "approved" or found[0].changed:
        raise NotFoundException
    return page(request, "approve.html", one=found[0])


@post("/perbaikan/{corner:str}/{till:str}/setujui", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_approve(request: AnyRequest, state: State, corner: FromPath[str], till: FromPath[str]) -> Response[Any]:
    """Let the till go on after the centre's history."""
    said = _("{name} may join its histories now. Its manager finds the button on the Sync screen.")
    return _decided(request, state, (corner, till), repairs.approve, said)


@post("/perbaikan/{corner:str}/{till:str}/tolak", guards=GUARDS, sync_to_thread=True, status_code=200)
def post_refuse(request: AnyRequest, state: State, corner: FromPath[str], till: FromPath[str]) -> Response[Any]:
    """Leave the histories apart."""
    return _decided(request, state, (corner, till), repairs.refuse, _("{name} was refused. Call the corner."))


def _decided(request: AnyRequest, state: State, till: tuple[str, str], decide: Any, said: str) -> Response[Any]:
    name = " ".join(till)
    wrong = refusal(request, state, lambda db, by: decide(state.centre, db, *till, by))
    if wrong:
        return _repairs(request, state, wrong, name)
    return redirect("/perbaikan", said=said.format(name=name))


HANDLERS: tuple[Any, ...] = (get_repairs, get_approve, post_approve, post_refuse)
