"""What leaves the centre: sealed messages, and every error as a problem (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
from litestar import Request, Response
from litestar.exceptions import HTTPException

from sync.protocol.problems import STATUS, TYPE, ExchangeProblem, Problem, encode_problem, problem_of
from sync.protocol.wire import MESSAGE_TYPE, PROBLEM_TYPE, BadSignature, Malformed, Oversize, seal
from sync.server.faults import unavailable
from sync.server.keys import CentreKey

log = logging.getLogger(__name__)

AnyRequest = Request[Any, Any, Any]
RETRY_SECONDS = 5
NAMES_OF_STATUS = {
    400: "malformed",
    404: "not_found",
    405: "method_not_allowed",
    413: "oversize",
    429: "too_many_requests",
    500: "internal",
    503: "unavailable",
}


def sealed(key: CentreKey, purpose: str, message: Any) -> Response[bytes]:
    """A message of the centre, signed with the key that its reader trusts (``Centre.signer``)."""
    return Response(seal(key.private, purpose, message), media_type=MESSAGE_TYPE)


def answer_error(_request: AnyRequest, error: Exception) -> Response[bytes]:
    """The one place where an exception becomes an answer."""
    match error:
        case ExchangeProblem():
            return _answer(error.problem, error.retry_after)
        case BadSignature():
            return _answer(problem_of("bad_signature", f"The signature of the {error} is wrong"))
        case Oversize():
            return _answer(problem_of("oversize", str(error)))
        case Malformed() | UnicodeDecodeError():
            return _answer(problem_of("malformed", str(error)))
        case sa.exc.DataError():
            return _answer(problem_of("malformed", "A text or a number that the centre cannot keep"))
        case sa.exc.SQLAlchemyError() if unavailable(error):
            log.warning("database: %s", error)
            return _answer(problem_of("unavailable", "The centre cannot write right now"), RETRY_SECONDS)
        case HTTPException():
            return _answer(_of_status(error), dict(error.headers or {}))
        case _:
            log.error("unhandled error", exc_info=error)
            return _answer(problem_of("internal", "The centre failed; send the same again later"))


def _of_status(error: HTTPException) -> Problem:
    name = NAMES_OF_STATUS.get(error.status_code)
    if name and STATUS[name] == error.status_code:
        return problem_of(name, error.detail)
    status = HTTPStatus(error.status_code)
    return Problem(type=f"{TYPE}http", title=status.phrase, status=status.value, detail=error.detail)


def _answer(problem: Problem, extra: int | dict[str, str] | None = None) -> Response[bytes]:
    headers = {"Retry-After": str(extra)} if isinstance(extra, int) else extra or {}
    return Response(encode_problem(problem), media_type=PROBLEM_TYPE, status_code=problem.status, headers=headers)
