"""Tills that were revoked: which other one owes to producers now what they owed."""

from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath

from sync.server.corners import taking_over
from sync.server.database.dialect import writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.frame import redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.pages.trust.quarantine import storable


class TakenForm(msgspec.Struct):
    """Which till took over what was owed; empty takes it back."""

    oleh: Annotated[str, msgspec.Meta(max_length=200)] = ""


TakenBody = Annotated[TakenForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post("/pojok/{code:str}/dicabut/{device:str}", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_taken_over(
    request: AnyRequest, state: State, code: FromPath[str], device: FromPath[str], data: TakenBody
) -> Response[Any]:
    """Say which till owes it now, or take that back."""
    by = officer_of(request).name
    if not storable(device) or not storable(data.oleh):
        raise NotFoundException
    try:
        with writing(state.centre.engine) as db:
            if data.oleh:
                taking_over.take_over(state.centre, db, device, data.oleh, by)
            else:
                taking_over.give_back(state.centre, db, device, by)
    except CentreError as error:
        if error.code == "no_till":
            raise NotFoundException from None
        return redirect(f"/pojok/{code}#dicabut", refused=worded(error))
    said = _("Noted. What the revoked till owed counts nowhere any more.") if data.oleh else _("Taken back.")
    return redirect(f"/pojok/{code}#dicabut", said=said)


HANDLERS: tuple[Any, ...] = (post_taken_over,)
