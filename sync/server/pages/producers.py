"""Producers: the list with its search, one producer with everything about it, and what officers change there."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
import sqlalchemy as sa
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery
from sqlalchemy.engine import Connection

from sync.protocol.registry_fields import KELURAHAN
from sync.server.database import schema
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.audit_words import deed, detail
from sync.server.pages.exports import exported
from sync.server.pages.frame import PAGE_ROWS, page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.registry import (
    certificates,
    changing,
    consents,
    deciding,
    duplicates,
    holding,
    merging,
    persons,
    producer_links,
)
from sync.server.registry.near import names_of, plain
from sync.server.reports import coverage

Short = Annotated[str, msgspec.Meta(max_length=200)]
MOST_WORDS = 8
"""Words of a search that count."""
MOST_GOODS = 200
"""Goods that the page of a producer names."""


class Search(msgspec.Struct):
    """What the list is asked for; empty texts ask nothing."""

    q: str = ""
    kelurahan: str = ""
    kelas: str = ""
    tanpa: str = ""
    """A kind of certificate that the producer lacks."""
    jenis: str = ""
    """A category of goods, or ``pangan`` for whatever needs halal, as the figures of the programme count it."""


def wanted(search: Search, today: str) -> list[sa.ColumnElement[bool]]:
    """What a row of ``producers`` must fulfil."""
    table = schema.producers
    found = [table.c.alias_of == ""]
    if search.q.strip():
        found.append(like(search.q, table.c.code, table.c.business_name, table.c.kelurahan, table.c.nib))
    if search.kelurahan:
        found.append(table.c.kelurahan == search.kelurahan)
    if search.kelas:
        found.append(table.c["class"] == search.kelas)
    if search.tanpa in certificates.KINDS:
        found.append(holding.lacking(search.tanpa, today))
    if search.jenis:
        pangan = search.jenis == "pangan"
        found.append(coverage.needing("halal") if pangan else holding.trading((search.jenis,)))
    return found


def like(text: str, *columns: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether every word of the text stands somewhere in one of the columns, in any letter case."""
    words = text.lower().replace("!", "!!").replace("%", "!%").replace("_", "!_").split()[:MOST_WORDS]
    lowered = [sa.func.lower(column) for column in columns]
    return sa.and_(*(sa.or_(*(column.like(f"%{word}%", escape="!") for column in lowered)) for word in words))


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
    search, table, today = Search(q, kelurahan, kelas, tanpa, jenis), schema.producers, state.centre.today()
    counted, meant = sa.select(sa.func.count()).select_from(table), ""
    with reading(state.centre.engine) as db:
        conditions = wanted(search, today)
        count = db.execute(counted.where(*conditions)).scalar_one()
        if not count and q.strip():
            meant = " ".join(
                names_of(state.centre, db, table, table.c.business_name, "producers").corrected(plain(q).split())
            )
            conditions = wanted(msgspec.structs.replace(search, q=meant), today) if meant else conditions
            count = db.execute(counted.where(*conditions)).scalar_one()
        query = sa.select(table).where(*conditions).order_by(sa.func.lower(table.c.business_name), table.c.code)
        if request.query_params.get("format"):
            return _exported(request, db, query)
        last = max(1, -(-count // PAGE_ROWS))
        number = min(max(halaman, 1), last)
        rows = db.execute(query.limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)).all()
    return page(
        request,
        "producers.html",
        rows=rows,
        count=count,
        meant=meant if count else "",
        number=number,
        last=last,
        search=search,
        words=words,
        today=today,
        places=[("", _("Every kelurahan")), *((name, name) for name in sorted(KELURAHAN))],
        trades=[
            ("", _("All goods")),
            ("pangan", _("What needs halal")),
            *words.options(words.GOODS),
        ],
    )


def _exported(request: AnyRequest, db: Connection, query: sa.Select[Any]) -> Response[Any]:
    """With headings that the import knows; of a person nothing."""
    headings = [name for name in changing.COLUMNS["producer"] if name not in persons.FIELDS]
    dates = ("halal_expires", "joined_on")
    rows = [
        [
            date.fromisoformat(value) if name in dates and value else value or ""
            for name, value in ((name, changing.shown(row)[name]) for name in headings)
        ]
        for row in db.execute(query)
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
        try:
            values = everything(db, code, state.centre.today())
        except CentreError as error:
            return page(request, "failed.html", status=404, sentence=worded(error))
    shown = next((_sheet(one) for one in values["certificates"] if one.id == sertifikat), {})
    return page(request, "producer.html", **values | ({"sheet": shown} if sertifikat and shown else {}))


def _sheet(one: certificates.Certificate) -> dict[str, str]:
    """A certificate as its form shows it: the end that the number says is not typed."""
    expires = "" if one.expires == certificates.year_of(one.kind, one.number) else one.expires
    return {"kind": one.kind, "number": one.number, "expires": expires, "id": one.id, "mark": one.mark}


def everything(db: Connection, code: str, today: str) -> dict[str, Any]:
    """What the page of a producer shows. Raises ``CentreError`` where there is none."""
    row = deciding.row_of(db, "producer", code)
    goods, table = schema.products, schema.producers
    of_it = sa.select(goods).where(goods.c.producer == code, goods.c.alias_of == "").order_by(goods.c.name)
    aliases = sa.select(table.c.code, table.c.business_name).where(table.c.alias_of == code).order_by(table.c.code)
    audit = schema.audit
    changes = sa.select(audit).where(audit.c.of == code).order_by(audit.c.at.desc()).limit(20)
    return {
        "row": row,
        "path_of": f"/produsen/{quote(code, safe='')}",
        "certificates": certificates.of(db, code),
        "removed": certificates.removed(db, code),
        "goods": db.execute(of_it.limit(MOST_GOODS)).all(),
        "aliases": db.execute(aliases).all(),
        "person": persons.known(db, code),
        "changes": db.execute(changes).all(),
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
        try:
            row = deciding.row_of(db, "producer", code)
        except CentreError as error:
            return page(request, "failed.html", status=404, sentence=worded(error))
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
    try:
        with writing(state.centre.engine) as db:
            merging.unmerge(state.centre, db, "producer", code, officer_of(request).name)
    except CentreError as error:
        return redirect(_of(code), refused=worded(error))
    return redirect(_of(code), said=_("{code} stands for itself again, with its goods.").format(code=code))


def _of(code: str) -> str:
    return f"/produsen/{quote(code, safe='')}"


HANDLERS = (get_producers, get_producer, get_new, post_new, get_change, post_change, post_unmerge)
