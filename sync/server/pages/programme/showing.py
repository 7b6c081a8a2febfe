"""What pages of the programme share: the form of period and filters, names of groups, and where a figure leads."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from markupsafe import Markup

from sync.protocol.facts import Kind
from sync.server.centre import Centre
from sync.server.corners import changing
from sync.server.corners.standing import kelurahan_of
from sync.server.database.dialect import Database
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words, words
from sync.server.pages.exports import Cell, Paper
from sync.server.pages.frame import MONTHS, day, moment, page, percent, whole
from sync.server.pages.plots import bar, legend
from sync.server.pages.programme.asked import NAMES, ORDER, OTHER, REACH, UNREAD, Asked, Stretch, asked_of, weekday_of
from sync.server.pages.texts import _, language, mark
from sync.server.registry import listing
from sync.server.reports.reporter import behind
from sync.server.reports.selling import SUMS, Sold, sold
from sync.server.reports.shelves import share_of

TABLE, DAY = "/program/terjual", "/program/nota"
BY = {
    "waktu": ("time", mark("Over time")),
    "pojok": ("corner", mark("Corner")),
    "jenis": ("kind", mark("Kind of office")),
    "lokasi": ("place", mark("Office's kelurahan")),
    "bagian": ("unit", mark("Unit that bought")),
    "kategori": ("category", mark("Category")),
    "barang": ("product", mark("Goods")),
    "produsen": ("producer", mark("Producer")),
    "kelurahan": ("kelurahan", mark("Producer's kelurahan")),
    "kelas": ("class", mark("UMKM class")),
}
"""How addresses call the groups of a table, what ``selling`` calls them, and their name."""
CALLED = {by: called for called, (by, _name) in BY.items()}
PERIOD_NAMES = {
    "ini": mark("This month"),
    "lalu": mark("Last month"),
    "90": mark("Last 90 days"),
    "tahun": mark("This year"),
    "lain": mark("Other dates"),
}
BUYERS = {"personal": mark("People, for themselves"), "office": mark("The office")}
NAMED: dict[str, dict[str, str]] = {
    "kind": words.CORNER_KINDS,
    "category": registry_words.GOODS,
    "class": registry_words.CLASSES,
    "buyer": BUYERS,
}
"""Groups that have words of their own."""
WEEKDAY_NAMES = {
    "senin": mark("Monday"),
    "selasa": mark("Tuesday"),
    "rabu": mark("Wednesday"),
    "kamis": mark("Thursday"),
    "jumat": mark("Friday"),
    "sabtu": mark("Saturday"),
    "minggu": mark("Sunday"),
}
FAULTS = {
    UNREAD: mark("A part of the address could not be read and was left out."),
    ORDER: mark("The first day comes after the last one. These are the figures of this month: correct the days."),
    REACH: mark("Choose days of at most ten years, from 2000 to 2099. These are the figures of this month."),
}
KINDS: dict[str, Kind] = {"producer": "producer", "product": "product"}
"""Filters that name a code of the registry."""
Choices = tuple[tuple[str, str], ...]
"""Value and text."""
MILLION, THOUSAND = 1_000_000, 1_000
TENTHS = 10


class Chosen(NamedTuple):
    """A filter that is set: its name and value in words, and the page without it."""

    name: str
    value: str
    without: str


def asked_by(request: AnyRequest, centre: Centre, *, weekdays: bool = False) -> Asked:
    """What the address of a page of figures asks for; ``weekdays``: the page can tell days of the week apart."""
    query = {name: value for name, value in request.query_params.items() if isinstance(value, str)}
    asked = asked_of(query, date.fromisoformat(centre.today()))
    return weekday_of(query, asked) if weekdays else asked


def figures_page(request: AnyRequest, db: Database, template: str, asked: Asked, **values: Any) -> Any:
    """A page with the form of ``asked`` above its figures; ``more`` are hidden fields that the form keeps."""
    return page(
        request,
        template,
        asked=asked,
        periods=[(name, _(text)) for name, text in PERIOD_NAMES.items()],
        days=asked.typed if any(asked.typed) else asked.days if asked.period == OTHER else ("", ""),
        fault=_(FAULTS[asked.fault]) if asked.fault else "",
        choices=choices(db),
        span=span_of(asked.first, asked.reached),
        waiting=behind(db),
        bar=bar,
        legend=legend([_("Private"), _("For the office")]),
        options=options,
        **{"more": {}, "chosen": chosen(db, asked, request.url.path), **values},
    )


def paper_of(
    db: Database, centre: Centre, asked: Asked, title: str, sums: Sequence[Cell] = (), *, period: bool = True
) -> Paper:
    """What a PDF of figures says around them: what, of which days and filters, when it was made."""
    told = [span_of(asked.first, asked.reached)] if period else []
    told += [f"{one.name}: {one.value}" for one in chosen(db, asked, "")]
    return Paper(title, [*told, _("Made {moment}").format(moment=moment(centre.clock()))], sums)


def choices(db: Database) -> dict[str, Choices]:
    """What the lists of the form offer, by the name in the address: value and text."""
    corners = changing.every(db)
    places = sorted({kelurahan_of(row.address) for row in corners} - {""})
    kinds = sorted({row.kind for row in corners if row.kind})
    found: dict[str, Iterable[tuple[str, str]]] = {
        "pojok": [(row.code, row.name) for row in corners],
        "jenis": [(kind, named("kind", kind)) for kind in kinds],
        "lokasi": [(name, name) for name in places],
        "kategori": [(name, named("category", name)) for name in listing.categories(db)],
        "kelurahan": [(name, name) for name in listing.kelurahan(db)],
        "kelas": [(name, _(text)) for name, text in registry_words.CLASSES.items()],
        "pembeli": [(name, _(text)) for name, text in BUYERS.items()],
    }
    return {name: tuple(some) for name, some in found.items()}


@lru_cache(maxsize=256)
def options(choices: Choices, value: str) -> Markup:
    """The entries of a list of the form; ``value`` is the one that is chosen. They are kept: every page offers all
    corners."""
    entry, selected = Markup('<option value="{}"{}>{}</option>'), Markup(" selected")
    return Markup("\n").join(entry.format(key, selected if key == value else "", text) for key, text in choices)


def chosen(db: Database, asked: Asked, path: str) -> list[Chosen]:
    """The filters that are set."""
    found = []
    for name, value in asked.filters.items():
        text = ""
        if name == "corner":
            corner = changing.find(db, value)
            text = corner.name if corner else ""
        elif name in KINDS:
            text = listing.names_by_code(db, KINDS[name], [value]).get(value, "")
        label = _("Bought by") if name == "buyer" else _(BY[NAMES[name]][1])
        found.append(Chosen(label, named(name, value, text), asked.but(**{name: None}).address(path)))
    if asked.weekday:
        found.append(Chosen(_("Only on"), _(WEEKDAY_NAMES[asked.weekday]), asked.but(weekday=None).address(path)))
    return found


def named(by: str, key: str, name: str = "") -> str:
    """A group as people call it; ``name`` is the one that the registry has."""
    if not key:
        return _("No unit named") if by == "unit" else _("Not known")
    table = NAMED.get(by, {})
    return _(table[key]) if key in table else name or key


def deeper(asked: Asked, by: str, key: str) -> str:
    """Where a figure of the group leads: to what it is made of; nowhere what no filter tells apart."""
    if by == "unit" and not key:
        return ""
    inside = asked.but(**{by: key}) if key else asked
    if by == "producer" and not (asked.filters or asked.weekday):
        return f"/program/produsen/{key}"
    if by in ("product", "producer", "unit"):
        return inside.address(TABLE, menurut="waktu")
    into = {"corner": "produsen", "kind": "pojok", "place": "pojok", "category": "barang"}.get(by, "produsen")
    return inside.address(TABLE, menurut=into)


def deeper_in_time(asked: Asked, stretch: Stretch) -> str:
    """Where a column of a plot leads: a day to its papers, else to its days."""
    inside = asked.but(first=stretch.first, last=stretch.last)
    if stretch.first == stretch.last:
        return inside.address(DAY)
    return inside.address(TABLE, menurut="waktu")


def over_time(db: Database, asked: Asked, today: str) -> list[tuple[Stretch, Sold]]:
    """What was sold in each column of a plot; days that are still to come are left out while nothing is dated so."""
    by = "month" if asked.grain == "month" else "day"
    known = {row.key[0]: row for row in sold(db, asked, by, days=asked.only)}
    return without_future([(stretch, _within(known, stretch, by)) for stretch in asked.stretches()], today)


def without_future(columns: list[tuple[Stretch, Sold]], today: str) -> list[tuple[Stretch, Sold]]:
    """The columns up to today, and later ones as far as something is dated so."""
    last = max(
        (place for place, (stretch, row) in enumerate(columns) if stretch.first.isoformat() <= today or row.total),
        default=-1,
    )
    return columns[: last + 1]


def stretch_name(stretch: Stretch, grain: str) -> str:
    """``3 Nov``, ``3–9 Nov`` or ``Nov 2026``."""
    month = MONTHS[language()]
    if grain == "month":
        return f"{month[stretch.first.month - 1]} {stretch.first.year}"
    if stretch.first == stretch.last:
        return f"{stretch.first.day} {month[stretch.first.month - 1]}"
    begin = "" if stretch.first.month == stretch.last.month else f" {month[stretch.first.month - 1]}"
    return f"{stretch.first.day}{begin}–{stretch.last.day} {month[stretch.last.month - 1]}"


def span_of(first: date, last: date) -> str:
    """A period in words."""
    return day(first) if first == last else _("{first} to {last}").format(first=day(first), last=day(last))


def axis(amount: int) -> str:
    """Rupiah at an axis: ``1,5 jt``, rounded half up."""
    unit, text = (MILLION, _("{amount} m")) if abs(amount) >= MILLION else (THOUSAND, _("{amount} k"))
    return text.format(amount=_tenths(half_up(amount * TENTHS, unit))) if abs(amount) >= THOUSAND else str(amount)


def half_up(amount: int, of: int) -> int:
    """``amount / of`` as a whole number, a half away from zero."""
    rounded = (2 * abs(amount) + of) // (2 * of)
    return rounded if amount >= 0 else -rounded


def change_of(now: int, before: int) -> int | None:
    """Basis points by which a figure grew; None where there was nothing."""
    return half_up((now - before) * 10_000, before) if before > 0 else None


def share(some: int, of: int) -> str:
    """A share in percent; a dash of nothing."""
    found = share_of(max(some, 0), of)
    return percent(found) if found is not None else "–"


class Compared(NamedTuple):
    """The days that a period is compared with, basis points by which it grew (None: nothing was sold then), and
    rupiah of the period that are dated later than today: they are compared with nothing."""

    days: Stretch
    change: int | None
    later: int


def compared(db: Database, asked: Asked, now: Sold) -> Compared:
    """``now`` is what was sold in the whole period."""
    days, later = asked.before(), 0
    if asked.reached < asked.last:
        later = sold(db, asked.but(first=asked.reached + timedelta(days=1)))[0].total
    before = sold(db, asked.but(first=days.first, last=days.last))[0]
    return Compared(days, change_of(now.total - later, before.total), later)


def add_up(rows: Iterable[Sold]) -> Sold:
    """Several groups as one sum."""
    every = list(rows)
    return Sold((), "", **{name: sum(getattr(row, name) for row in every) for name in ("office", *SUMS)})


def _within(known: dict[str, Sold], stretch: Stretch, by: str) -> Sold:
    if by == "month":
        return known.get(stretch.first.isoformat()[:7], Sold((), ""))
    days = range(stretch.first.toordinal(), stretch.last.toordinal() + 1)
    names = (date.fromordinal(number).isoformat() for number in days)
    return add_up(known[name] for name in names if name in known)


def _tenths(number: int) -> str:
    units, rest = divmod(abs(number), 10)
    comma = "." if language() == "en" else ","
    return f"{'-' if number < 0 else ''}{whole(units)}{f'{comma}{rest}' if rest else ''}"
