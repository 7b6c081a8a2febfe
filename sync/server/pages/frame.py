"""What every page is made with: templates, filters for figures, the navigation, and sentences for the next page."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.utils.scope.state import ScopeState

from sync.server.access.officers import Role
from sync.server.access.sessions import Officer
from sync.server.centre import WIB
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import texts
from sync.server.pages.settings import in_force
from sync.server.pages.texts import _, mark

HERE = Path(__file__).parent
STATIC = HERE / "static"
LONGEST_SAID = 400
PRIVATE = "/p/"
"""Where pages lie whose addresses are secrets: no other address names them, so they change their language in place."""
PAGE_ROWS = 50
"""Rows of a table on one page."""
MONTHS = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


ROLE_NAMES = {Role.VIEWER: mark("viewer"), Role.OFFICER: mark("officer"), Role.ADMIN: mark("admin")}


class Entry(NamedTuple):
    """A line of the navigation: where it leads, its name (a message id), and the least role that sees it.

    ``owns`` are other paths that it is marked on.
    """

    path: str
    name: str
    role: Role
    owns: tuple[str, ...] = ()

    def holds(self, path: str) -> bool:
        """Whether the page at ``path`` belongs to it."""
        return any(path == one or path.startswith(f"{one}/") for one in (self.path, *self.owns))


OPEN_PAGES: tuple[Entry, ...] = (
    Entry("/periksa", mark("Check a paper"), Role.VIEWER),
    Entry("/katalog", mark("Catalogue"), Role.VIEWER),
)
"""What everybody may open: in the navigation of who is signed in, in the bar for all others."""
NAV: tuple[Entry, ...] = (
    Entry("/pojok", mark("Corners"), Role.VIEWER, ("/libur",)),
    Entry("/program", mark("Programme"), Role.VIEWER),
    Entry("/kepercayaan", mark("Checks"), Role.OFFICER, ("/karantina", "/hitung-ulang", "/perbaikan", "/stik")),
    Entry("/pesan", mark("Messages and versions"), Role.OFFICER),
    Entry("/produsen", mark("Producers"), Role.VIEWER, ("/kembar", "/impor", "/produsen-baru")),
    Entry("/produk", mark("Goods"), Role.VIEWER, ("/produk-baru", "/gambar")),
    Entry("/sertifikat", mark("Certificates"), Role.VIEWER),
    Entry("/usulan", mark("Proposals"), Role.OFFICER),
    Entry("/data-pribadi", mark("Personal data"), Role.OFFICER),
    *OPEN_PAGES,
    Entry("/petugas", mark("Officers"), Role.ADMIN),
    Entry("/jejak", mark("Audit"), Role.ADMIN),
)
"""In the order in which they stand."""


def page(request: AnyRequest, template: str, /, *, status: int = 200, **values: Any) -> Response[str]:
    """The page that ``template`` makes of ``values``, in the reader's language, inside ``base.html``.

    It knows ``officer`` (None on a public page), ``nav``, ``path``, ``said``, ``language`` and the filters below.
    """
    officer: Officer | None = request.scope.get("user")
    cookie = in_force.get().said_cookie
    said = request.cookies.get(cookie, "")
    look, _space, sentence = _unpacked(said).partition(" ")
    known: dict[str, Any] = {
        "officer": officer,
        "nav": [entry for entry in NAV if officer and officer.role >= entry.role and not officer.must_change],
        "open_pages": OPEN_PAGES,
        "role_names": {role: _(name) for role, name in ROLE_NAMES.items()},
        "path": request.url.path,
        "language_path": lambda language: _language_path(request, language),
        "with_query": lambda **changes: with_query(request, **changes),
        "said": sentence,
        "said_look": look,
        "language": texts.language(),
        "form_token": ScopeState.from_scope(request.scope).csrf_token or "",
    }
    text = environment().get_template(template).render(known | values)
    response = Response(text, media_type="text/html", status_code=status)
    if said:
        response.delete_cookie(cookie)
    if asked_language(request):
        response.set_cookie(language_cookie(texts.language()))
    return response


Row = TypeVar("Row")


def page_number(text: str) -> int:
    """Which page of a table an address asks for; the first where it is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


class Paged(NamedTuple):
    """A page of a long table: which one, from 1 on, and which is the last."""

    number: int
    last: int
    size: int

    @property
    def first(self) -> int:
        """How many rows stand before it."""
        return (self.number - 1) * self.size

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Its rows, of all ``rows`` of the table."""
        return rows[self.first : self.first + self.size]


def paged(asked: int, count: int, size: int = PAGE_ROWS) -> Paged:
    """Where page ``asked`` of a table of ``count`` rows is asked for: the nearest that there is."""
    last = max(1, -(-count // size))
    return Paged(min(max(asked, 1), last), last, size)


def asked_language(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The language that the address of a private page asks for; empty for none."""
    asked = connection.query_params.get(texts.COOKIE, "") if connection.url.path.startswith(PRIVATE) else ""
    return asked if asked in texts.LANGUAGES else ""


def language_cookie(language: str) -> Cookie:
    """What keeps the reader's language for a year."""
    return Cookie(texts.COOKIE, value=language, max_age=31_536_000, httponly=True, samesite="lax")


def redirect(path: str, said: str = "", *, refused: str = "") -> Response[str]:
    """See Other ``path``, a page of ours; ``said`` is shown there once, and ``refused`` as what was not done."""
    response = Response("", media_type="text/html", status_code=303, headers={"Location": path if local(path) else "/"})
    if said or refused:
        look = "alert" if refused else "said"
        name, value = in_force.get().said_cookie, _packed(f"{look} {(refused or said)[:LONGEST_SAID]}")
        response.set_cookie(Cookie(name, value=value, max_age=60, httponly=True, samesite="lax"))
    return response


def local(path: str) -> bool:
    """Whether ``path`` leads to a page of ours and nowhere else."""
    return (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and path.isascii()
        and path.isprintable()
    )


def here(request: AnyRequest) -> str:
    """Path and query of this page."""
    query = request.scope["query_string"].decode("latin-1")
    path: str = quote(request.url.path)
    return f"{path}?{query}" if query else path


def _language_path(request: AnyRequest, language: str) -> str:
    if request.url.path.startswith(PRIVATE):
        return with_query(request, bahasa=language)
    return f"/bahasa/{language}?ke={quote(here(request), safe='')}"


def with_query(request: AnyRequest, **changes: object) -> str:
    """This page with other values in its query; None takes one away."""
    known = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    wanted = {name: str(value) for name, value in (known | changes).items() if value is not None}
    path = quote(request.url.path)
    return f"{path}?{urlencode(wanted)}" if wanted else path


@cache
def environment() -> Environment:
    """The templates with their filters; a name that a page does not know is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"_": _, "ngettext": texts.ngettext, "asset": asset, "Role": Role}
    for filter_ in (rupiah, whole, quantity, day, moment, percent):
        made.filters[filter_.__name__] = filter_
    return made


@cache
def asset(name: str) -> str:
    """Where a static file is found; the address changes with its content, so browsers keep it for long."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def whole(number: int) -> str:
    """``12500`` as ``12.500``, in English ``12,500``."""
    text = f"{int(number):,}"
    return text if texts.language() == "en" else text.replace(",", ".")


def rupiah(amount: int) -> str:
    """``12500`` as ``Rp 12.500``, which does not break at a line's end."""
    return f"{'-' if amount < 0 else ''}Rp\u00a0{whole(abs(amount))}"


def quantity(thousandths: int) -> str:
    """``2000`` as ``2``, ``1234500`` as ``1.234,5``."""
    units, rest = divmod(abs(thousandths), 1_000)
    sign, tail = "-" if thousandths < 0 else "", f"{rest:03}".rstrip("0")
    return f"{sign}{whole(units)}" + (f"{_comma()}{tail}" if tail else "")


def percent(basis_points: int) -> str:
    """``1250`` as ``12,5 %``."""
    return f"{quantity(basis_points * 10)}\u00a0%"


def day(at: date | str | None) -> str:
    """A date (``2026-10-01``) as ``1 Okt 2026``; a dash for none."""
    if not at:
        return "–"
    try:
        found = date.fromisoformat(at[:10]) if isinstance(at, str) else at
    except ValueError:
        return str(at)
    return f"{found.day} {MONTHS[texts.language()][found.month - 1]} {found.year}"


def month(first: date) -> str:
    """The month of a date as ``Okt 2026``."""
    return f"{MONTHS[texts.language()][first.month - 1]} {first.year}"


def moment(at: datetime | str | None) -> str:
    """A moment as ``1 Okt 2026, 08.00 WIB``; a dash for none."""
    if not at:
        return "–"
    try:
        local_time = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(WIB)
    except (ValueError, OverflowError):
        return str(at)
    return f"{day(local_time.date())}, {local_time:%H.%M} WIB"


def _comma() -> str:
    return "." if texts.language() == "en" else ","


def _packed(said: str) -> str:
    """The sentence with a signature: no neighbouring site and nobody on the line puts words into the centre's mouth."""
    packed = urlsafe_b64encode(said.encode())
    return f"{packed.decode()}.{_signature(packed)}"


def _unpacked(held: str) -> str:
    packed, _dot, signature = held.encode("ascii", "replace").partition(b".")
    if not hmac.compare_digest(signature, _signature(packed).encode()):
        return ""
    return urlsafe_b64decode(packed).decode()


def _signature(packed: bytes) -> str:
    return hmac.new(in_force.get().secret.encode(), b"said\0" + packed, hashlib.sha256).hexdigest()
