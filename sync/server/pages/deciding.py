"""What officers decide on a page: one transaction, or one sentence that says why not."""

from collections.abc import Callable

from litestar.datastructures import State

from sync.server.database.dialect import Database, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.roles import officer_of
from sync.server.pages.texts import worded


def refusal(request: AnyRequest, state: State, rule: Callable[[Database, str], object]) -> str:
    """Do ``rule`` in the name of who is signed in; why it is refused, as a sentence, empty where it is done."""
    try:
        with writing(state.centre.engine) as db:
            rule(db, officer_of(request).name)
    except CentreError as error:
        return worded(error)
    return ""
