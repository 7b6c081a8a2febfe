"""What a person sees when something does not work: one sentence, and where to go on."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response
from litestar.exceptions import HTTPException

from sync.protocol.problems import ExchangeProblem
from sync.server.errors import CentreError
from sync.server.exchange.answers import answer_error
from sync.server.exchange.asking import AnyRequest
from sync.server.pages.frame import here, page, redirect
from sync.server.pages.roles import MustChangePassword, NotAllowed, NotSignedIn
from sync.server.pages.security import for_people, note_reader
from sync.server.pages.texts import _, mark, worded

SENTENCES = {
    400: mark("This cannot be read. Go back, check what you filled in, and send it again."),
    403: mark("Your account may not do this. Ask an administrator."),
    404: mark("There is no such page. Check the address, or begin at the first page."),
    405: mark("This page does not take that. Begin at the first page."),
    413: mark("This is too large. Send a smaller file."),
    429: mark("Too many requests. Wait a minute, then try again."),
    500: mark("The centre failed. Nothing was half done; try again later."),
    503: mark("The centre cannot write right now. Wait a minute, then try again."),
}
NOWHERE = ("not_in_registry", "no_document")
"""What a rule refuses because there is no such thing."""
STALE_FORM = mark("This form was open for too long, or cookies are off. Open the page again and send it once more.")


def answer(request: AnyRequest, error: Exception) -> Response[Any]:
    """A problem for programs (``answers``), a page for people."""
    if not for_people(request.url.path) or _of_a_program(request, error):
        return answer_error(request, error)
    note_reader(request.scope)
    match error:
        case NotSignedIn():
            return _to_sign_in(request)
        case MustChangePassword():
            return redirect("/sandi", refused=_("Choose a password of your own first."))
        case NotAllowed():
            return _page(request, 403)
        case HTTPException() if error.status_code == 403:
            return _page(request, 403, STALE_FORM)
        case OverflowError():  # a number in an address that no column holds
            return _page(request, 400)
        case CentreError():
            return _page(request, 404 if error.code in NOWHERE else 409, worded(error))
        case ExchangeProblem():
            return _page(request, error.problem.status, headers=_retry(error.retry_after))
    told = answer_error(request, error)  # logs what is a fault of ours
    return _page(request, told.status_code or 500, headers=dict(told.headers))


def _of_a_program(request: AnyRequest, error: Exception) -> bool:
    """Whether what is nowhere was asked for by something that reads no pages."""
    nowhere = isinstance(error, HTTPException) and error.status_code in (404, 405)
    return nowhere and "text/html" not in request.headers.get("accept", "")


def _to_sign_in(request: AnyRequest) -> Response[str]:
    if request.method == "GET":
        first = here(request)
        return redirect("/masuk" if first == "/" else f"/masuk?{urlencode({'ke': first})}")
    return redirect("/masuk", refused=_("Your session has ended. Sign in, then do it again."))


def _retry(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _page(request: AnyRequest, status: int, sentence: str = "", headers: dict[str, str] | None = None) -> Response[str]:
    text = sentence or SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])
    made = page(request, "failed.html", status=status, sentence=_(text))
    made.headers |= headers or {}
    return made
