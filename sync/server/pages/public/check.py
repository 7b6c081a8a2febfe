"""``/periksa``: anybody checks a paper of a till by its number and its check code.

The address may carry both (``?n=NUMBER&k=CODE``); a code on paper is an address below ``/C``, so a telephone's camera
is enough.
"""

from typing import Any, NamedTuple

from litestar import Response
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery

from sync.documents.base import Document
from sync.documents.money import CashMove, Settlement, TabPayment
from sync.documents.paper_code import SLIP
from sync.documents.refund import Refund
from sync.documents.sale import Sale
from sync.documents.shift import ShiftClosed
from sync.server.database.dialect import reading
from sync.server.exchange.asking import AnyRequest, address_of, limit
from sync.server.pages import frame, words
from sync.server.pages.public.open_to_all import looked_at
from sync.server.pages.roles import recognise
from sync.server.pages.texts import _, mark
from sync.server.projecting.checking import LEAST_CODE
from sync.server.trust.verdicts import Claim, Verdict, read_claim, verdict

LONGEST = 200
KINDS = words.KINDS | {
    "settlement": mark("Payment slip of a producer"),
    "shift_closed": mark("Z report"),
}


class Shown(NamedTuple):
    """An amount in rupiah under its label; ``main`` is the one that people look for."""

    label: str
    amount: int
    main: bool = False


class Item(NamedTuple):
    """A line of a receipt or a refund: quantity in thousandths, rupiah."""

    name: str
    unit: str
    quantity: int
    total: int


@looked_at("/periksa", guards=[recognise])
def get_check(request: AnyRequest, state: State, n: FromQuery[str] = "", k: FromQuery[str] = "") -> Response[str]:
    """The form, and the answer where a number is given."""
    number, code = n[:LONGEST], k[:LONGEST]
    if not number.strip():
        return _page(request, Claim(number, code))
    claim = read_claim(number, code)
    if len(claim.code) < LEAST_CODE:  # said of any number, so it tells nothing
        return _page(request, claim, error=_("The code is not complete: it has 12 letters and digits."))
    return _answered(request, state, claim)


@looked_at("/C/{number:str}/{amount:str}/{code:str}", guards=[recognise])
def get_scanned(
    request: AnyRequest, state: State, number: FromPath[str], amount: FromPath[str], code: FromPath[str]
) -> Response[str]:
    """The answer to a code on paper that a telephone scanned, see ``paper_code``."""
    text = f"{SLIP} {number} {amount} {code}"
    return _answered(request, state, read_claim(text[:LONGEST]))


def _answered(request: AnyRequest, state: State, claim: Claim) -> Response[str]:
    """What is behind a claim. Asking is counted; opening the empty form is not."""
    limit(state.checkers, address_of(request))
    with reading(state.centre.engine) as db:
        found = verdict(db, claim)
    return _page(request, claim, asked=True, found=found, shown=told(found) if found else None)


def _page(request: AnyRequest, claim: Claim, **values: Any) -> Response[str]:
    shown = {"number": claim.number, "code": claim.code, "asked": False, "found": None, "shown": None, "error": ""}
    answer = frame.page(request, "check.html", **{**shown, **values})
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


class Told(NamedTuple):
    """What the page says of a genuine paper; labels are messages, ``state`` is one of the chips of ``check.html``."""

    kind: str
    state: str
    amounts: tuple[Shown, ...]
    items: tuple[Item, ...]
    ways: tuple[str, ...]
    office: bool
    period: tuple[str, str] | None


def told(found: Verdict) -> Told:
    """What a paper says without naming anybody: neither buyer, staff, cashier nor producer."""
    document = found.document
    period = None
    if isinstance(document, Settlement):
        period = (document.from_date or "", document.through_date)
    return Told(
        KINDS.get(document.KIND, mark("Document")),
        _state(found),
        _amounts(document, found.refunded),
        _items(document),
        _ways(document),
        isinstance(document, Sale) and document.buyer.kind == "office",
        period,
    )


def _state(found: Verdict) -> str:
    if found.reversed:
        return "reversed"
    if isinstance(found.document, Sale) and found.refunded:
        return "refunded" if found.refunded >= found.document.total else "partly"
    return "held" if found.held else "stands"


def _amounts(document: Document, refunded: int) -> tuple[Shown, ...]:
    match document:
        case Sale():
            total = document.total + document.rounding
            back = (Shown(mark("Given back"), refunded), Shown(mark("Still stands"), document.total - refunded))
            return (Shown(mark("Total"), total, True), *(back if refunded else ()))
        case Refund():
            return (Shown(mark("Given back"), document.total, True),)
        case Settlement():
            kept = (Shown(mark("Kept by the corner"), document.deducted),) if document.deducted else ()
            left = Shown(mark("Stayed payable"), document.remaining)
            return (Shown(mark("Paid"), document.amount, True), *kept, left)
        case ShiftClosed():
            return (
                Shown(mark("Sales"), document.figures.get("gross", 0), True),
                Shown(mark("Cash that should be there"), document.expected),
                Shown(mark("Cash counted"), document.counted),
                Shown(mark("Difference"), document.difference),
            )
        case TabPayment() | CashMove():
            return (Shown(mark("Amount"), document.amount, True),)
        case _:
            return ()


def _items(document: Document) -> tuple[Item, ...]:
    if isinstance(document, (Sale, Refund)):
        return tuple(Item(line.name, line.unit, line.quantity, line.total) for line in document.lines)
    return ()


def _ways(document: Document) -> tuple[str, ...]:
    match document:
        case Sale():
            return tuple(dict.fromkeys(words.TENDERS[tender.kind] for tender in document.tenders))
        case Refund() | Settlement() | TabPayment():
            return (words.TENDERS[document.tender],)
        case _:
            return ()


HANDLERS = (get_check, get_scanned)
