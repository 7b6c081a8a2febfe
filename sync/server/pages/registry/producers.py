"""Producers: the list with its search, one producer with everything about it, and what officers change there."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from sync.protocol.registry_fields import KELURAHAN
from sync.server.access import reading_audit
from sync.server.database.dialect import Database, reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.audit_words import deed, detail
from sync.server.pages.deciding import refusal
from sync.server.pages.exports import exported
from sync.server.pages.frame import PAGE_ROWS, page, paged, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.registry import (
    certificates,
    changing,
    consents,
    deciding,
    duplicates,
    holding,
    listing,
    merging,
    persons,
    producer_links,
)

Short = Annotated[str, msgspec.Meta(max_length=200)]
MOST_GOODS = 200
"""Goods that the page of a producer names."""
MOST_CHANGES = 20


@get("/produsen", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_producers(
    request: AnyRequest,
    state: State,
    q: FromQuery[Short] = "",
    kelurahan: FromQuery[Short] = "",
    kelas: FromQuery[Short] = "",
    tanpa: FromQuery[Short] = "",
    jenis: FromQuery[Short] = "",
    halaman: FromQuery[int] = 1,
) -> Response[Any]:
    """All producers that stand for themselves, by name; found by code, name, kelurahan or NIB."""
    search, today = listing.Search(q, kelurahan, kelas, tanpa, jenis), state.centre.today()
    with reading(state.centre.engine) as db:
        found = listing.producers(state.centre, db, search)
        if request.query_params.get("format"):
            return _exported(request, found)
        at = paged(halaman, found.count)
        rows = list(found.rows(PAGE_ROWS, at.first))
        needs = {kind: holding.in_need(db, kind, [row.code for row in rows]) for kind in ("pirt", "halal")}
    return page(
        request,
        "producers.html",
        rows=rows,
        needs=needs,
        count=found.count,
        meant=found.meant,
        similar=found.similar,
        number=at.number,
        last=at.last,
        search=search,
        words=words,
        today=today,
        places=[("", _("Every kelurahan")), *((name, name) for name in sorted(KELURAHAN))],
        trades=[
            ("", _("All goods")),
            (listing.PANGAN, _("What needs halal")),
            *words.options(words.GOODS),
        ],
    )


def _exported(request: AnyRequest, found: listing.Listed) -> Response[Any]:
    """With headings that the import knows; of a person nothing."""
    headings = [name for name in changing.COLUMNS["producer"] if name not in persons.FIELDS]
    dates = ("halal_expires", "joined_on")
    rows = [
        [
            date.fromisoformat(value) if name in dates and value else value or ""
            for name, value in ((name, changing.shown(row)[name]) for name in headings)
        ]
        for row in found.rows()
    ]
    response = exported(request, _("producers"), [_(words.COLUMNS[name]) for name in headings], rows)
    return response or redirect("/produsen")


@get("/produsen/{code:str}", guards=[open_to(Role.VIEWER)], sync_to_thread=True)
def get_producer(
    request: AnyRequest, state: State, code: FromPath[str], sertifikat: FromQuery[Short] = ""
) -> Response[Any]:
    """Everything about one producer but the person behind it; with the form for correcting the certificate called
    ``sertifikat``."""
    with reading(state.centre.engine) as db:
        values = everything(db, code, state.centre.today())
    shown = next((_sheet(one) for one in values["certificates"] if one.id == sertifikat), {})
    return page(request, "producer.html", **values | ({"sheet": shown} if sertifikat and shown else {}))


def _sheet(one: certificates.Certificate) -> dict[str, str]:
    """A certificate as its form shows it: the end that the number says is not typed."""
    expires = "" if one.expires == certificates.year_of(one.kind, one.number) else one.expires
    return {"kind": one.kind, "number": one.number, "expires": expires, "id": one.id, "mark": one.mark}


def everything(db: Database, code: str, today: str) -> dict[str, Any]:
    """What the page of a producer shows. Raises ``CentreError`` where there is none."""
    row = deciding.row_of(db, "producer", code)
    return {
        "row": row,
        "path_of": f"/produsen/{quote(code, safe='')}",
        "certificates": certificates.of(db, code),
        "removed": certificates.removed(db, code),
        "goods": listing.goods_of(db, code, MOST_GOODS),
        "aliases": listing.merged_into(db, "producer", code),
        "person": persons.known(db, code),
        "changes": reading_audit.last_about(db, code, MOST_CHANGES),
        "link": producer_links.link_of(db, code),
        "consent": consents.consent_of(db, code),
        "words": words,
        "deed": deed,
        "detail": detail,
        "today": today,
        "shown_person": None,
        "wrong": {},
        "sheet": {"kind": "halal", "number": "", "expires": "", "id": "", "mark": ""},
    }


class ProducerForm(msgspec.Struct):
    """What the form of a producer sends, by the names of the spreadsheets."""

    producer_code: Short = ""
    business_name: Short = ""
    kelurahan: Short = ""
    class_: Short = msgspec.field(name="class", default="mikro")
    payout_terms: Short = "mingguan"
    joined_on: Short = ""
    mark: Short = ""
    other: Short = ""
    """Set by whoever saw the producers with names like this one, and says that it is another."""


@get("/produsen-baru", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_new(request: AnyRequest) -> Response[Any]:
    """The form for a new producer."""
    return _form(request, msgspec.to_builtins(ProducerForm()), {})


@post("/produsen-baru", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_new(
    request: AnyRequest, state: State, data: Annotated[ProducerForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Take a producer into the registry."""
    texts = msgspec.to_builtins(data)
    with writing(state.centre.engine) as db:
        alike = [] if data.other else duplicates.sounding(db, data.business_name)
        wrong = [] if alike else changing.add(state.centre, db, "producer", texts, officer_of(request).name)
    if alike:
        return _form(request, texts, {}, alike=alike)
    if wrong:
        return _form(request, texts, words.reasons(wrong))
    return redirect(_of(data.producer_code.strip()), said=_("The producer is in the registry; the tills hear of it."))


@get("/produsen/{code:str}/ubah", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_change(request: AnyRequest, state: State, code: FromPath[str]) -> Response[Any]:
    """The form for correcting a producer."""
    with reading(state.centre.engine) as db:
        row = deciding.row_of(db, "producer", code)
    return _form(request, changing.shown(row) | {"mark": changing.mark_of(row)}, {}, code)


@post("/produsen/{code:str}/ubah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_change(
    request: AnyRequest,
    state: State,
    code: FromPath[str],
    data: Annotated[ProducerForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Correct a producer; the tills hear of it."""
    texts = msgspec.to_builtins(data)
    try:
        with writing(state.centre.engine) as db:
            named = {name: text for name, text in texts.items() if name not in ("mark", "other", "producer_code")}
            wrong = changing.change(state.centre, db, "producer", code, named, officer_of(request).name, data.mark)
    except CentreError as error:
        return _form(request, texts, {}, code, worded(error))
    if wrong:
        return _form(request, texts, words.reasons(wrong), code)
    return redirect(_of(code), said=_("Changed. The tills hear of it with their next exchange."))


def _form(
    request: AnyRequest,
    texts: dict[str, str],
    wrong: dict[str, str],
    code: str = "",
    error: str = "",
    alike: Sequence[Any] = (),
) -> Response[str]:
    places = [("", _("Not in Metro, or not known")), *((name, name) for name in sorted(KELURAHAN))]
    values: dict[str, Any] = {
        "texts": texts,
        "wrong": wrong,
        "code": code,
        "error": error,
        "alike": alike,
        "places": places,
        "words": words,
    }
    return page(request, "producer_form.html", path_of=_of(code), **values)


@post("/produsen/{code:str}/pisah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=303)
def post_unmerge(request: AnyRequest, state: State, code: FromPath[str]) -> Response[Any]:
    """Part a producer from the one that it was merged into."""
    wrong = refusal(request, state, lambda db, by: merging.unmerge(state.centre, db, "producer", code, by))
    if wrong:
        return redirect(_of(code), refused=wrong)
    return redirect(_of(code), said=_("{code} stands for itself again, with its goods.").format(code=code))


def _of(code: str) -> str:
    return f"/produsen/{quote(code, safe='')}"


HANDLERS = (get_producers, get_producer, get_new, post_new, get_change, post_change, post_unmerge)
