"""Personal data of producers (UU 27/2022): uncovered with a purpose, corrected, erased; requests and breaches."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery

from sync.protocol.registry_reasons import REASONS
from sync.server.centre import WIB, Centre
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.audit_words import deed, detail
from sync.server.pages.deciding import refusal
from sync.server.pages.frame import page, redirect
from sync.server.pages.registry import person_copy
from sync.server.pages.registry.producers import Short, everything
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded
from sync.server.registry import duties
from sync.server.registry import persons as rules
from sync.server.registry.listing import names_by_code
from sync.server.registry.person_exports import export

PAGE = "/data-pribadi"
Long = Annotated[str, msgspec.Meta(max_length=2_000)]


class Purpose(msgspec.Struct):
    """What an officer needs a person's data for."""

    purpose: Short = ""


class CopyFor(msgspec.Struct):
    """What a copy for the person is made for."""

    copy_for: Short = ""


class PersonForm(msgspec.Struct):
    """What identifies a person, as the officer who sees it corrects it."""

    purpose: Short = ""
    mark: Short = ""
    owner_name: Short = ""
    phone: Short = ""
    nik: Short = ""
    address: Short = ""
    npwp: Short = ""
    bank_name: Short = ""
    bank_account: Short = ""


class Erasure(msgspec.Struct):
    """The code once more, and why."""

    again: Short = ""
    reason: Short = ""


class Asked(msgspec.Struct):
    """What a person asked."""

    kode: Short = ""
    what: Short = "access"
    asked_at: Short = ""


class Answer(msgspec.Struct):
    """How it was met."""

    answer: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class Breach(msgspec.Struct):
    """What leaked, and who was told; ``id`` names one that is known."""

    id: Short = ""
    mark: Short = ""
    noticed_at: Short = ""
    what: Long = ""
    whose: Long = ""
    measures: Long = ""
    persons_told_at: Short = ""
    authority_told_at: Short = ""


@post("/produsen/{code:str}/orang", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_look(
    request: AnyRequest,
    state: State,
    code: FromPath[str],
    data: Annotated[Purpose, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """The producer's page with the person uncovered; that somebody looked, and what for, is kept."""
    try:
        with writing(state.centre.engine) as db:
            person = rules.look(state.centre, db, code, data.purpose, officer_of(request).name)
            seen = rules.mark(db, code)
    except CentreError as error:
        return _producer(request, state.centre, code, wrong={"purpose": worded(error)})
    shown = {"shown_person": person, "person_mark": seen, "purpose": data.purpose.strip()}
    return _producer(request, state.centre, code, **shown)


@post("/produsen/{code:str}/orang/salinan", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_copy(
    request: AnyRequest,
    state: State,
    code: FromPath[str],
    data: Annotated[CopyFor, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """All that is held about the person, for that person: to be read with ``?format=pdf``, else for machines."""
    try:
        with writing(state.centre.engine) as db:
            found = export(state.centre, db, code, data.copy_for, officer_of(request).name)
    except CentreError as error:
        return _producer(request, state.centre, code, wrong={"copy_for": worded(error)})
    return person_copy.made(request, found)


@post("/produsen/{code:str}/orang/betulkan", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_correct(
    request: AnyRequest,
    state: State,
    code: FromPath[str],
    data: Annotated[PersonForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Put right what identifies a person."""
    texts: dict[str, str] = msgspec.to_builtins(data)
    purpose, seen = texts.pop("purpose"), texts.pop("mark")
    try:
        with writing(state.centre.engine) as db:
            wrong = rules.correct(state.centre, db, code, texts, officer_of(request).name, seen)
    except CentreError as error:
        return redirect(_of(code), refused=worded(error))
    if wrong:
        told = {name: _(REASONS[why]).format(limit=rules.LONGEST) for name, why in wrong.items()}
        shown = {"shown_person": texts, "person_mark": seen, "purpose": purpose, "wrong": told}
        return _producer(request, state.centre, code, **shown)
    return redirect(_of(code), said=_("The person's data are corrected."))


@post("/produsen/{code:str}/orang/hapus", guards=[open_to(Role.ADMIN)], sync_to_thread=True, status_code=200)
def post_erase(
    request: AnyRequest,
    state: State,
    code: FromPath[str],
    data: Annotated[Erasure, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Erase the person behind a producer for good."""
    if data.again.strip() != code:
        wrong = {"again": _("This is not the code. Nothing was erased.")}
        return _producer(request, state.centre, code, wrong=wrong | {"reason": " "})
    refused = refusal(request, state, lambda db, by: rules.erase(state.centre, db, code, data.reason, by))
    if refused:
        return _producer(request, state.centre, code, wrong={"reason": refused})
    with reading(state.centre.engine) as db:
        there = names_by_code(db, "producer", [code])
    to = _of(code) if there else "/usulan?semua=1"  # what was declined has no page
    return redirect(to, said=_("The person's data are erased. The books stay, by code."))


def _producer(request: AnyRequest, centre: Centre, code: str, **shown: Any) -> Response[Any]:
    with reading(centre.engine) as db:
        values = everything(db, code, centre.today())
    return page(request, "producer.html", **values | shown)


@get(PAGE, guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_persons(
    request: AnyRequest, state: State, kode: FromQuery[Short] = "", kebocoran: FromQuery[Short] = ""
) -> Response[Any]:
    """Requests that wait, what was answered, and breaches; of one producer the looks too."""
    breach = Breach()
    if kebocoran:
        with reading(state.centre.engine) as db:
            known = next((one for one in duties.breach_list(db) if one.id == kebocoran), None)
        breach = _typed(known) if known else breach
    return _persons(request, state.centre, Asked(kode=kode), breach)


def _typed(row: Any) -> Breach:
    """A breach as its form shows it: moments as they are at the corners."""

    def local(at: str | None) -> str:
        return datetime.fromisoformat(at).astimezone(WIB).strftime("%Y-%m-%dT%H:%M") if at else ""

    return Breach(
        id=row.id,
        mark=duties.breach_mark(row),
        noticed_at=local(row.noticed_at),
        what=row.what,
        whose=row.whose,
        measures=row.measures,
        persons_told_at=local(row.persons_told_at),
        authority_told_at=local(row.authority_told_at),
    )


@post(f"{PAGE}/permintaan", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_request(
    request: AnyRequest, state: State, data: Annotated[Asked, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Write down what a person asked."""
    try:
        with writing(state.centre.engine) as db:
            duties.ask(state.centre, db, data.kode.strip(), data.what, data.asked_at, officer_of(request).name)
    except CentreError as error:
        field = "asked_at" if error.code == "bad_moment" else "kode"
        return _persons(request, state.centre, data, Breach(), {field: worded(error)})
    return redirect(PAGE, said=_("The request is written down. It has to be met within 3 × 24 hours."))


@post(f"{PAGE}/permintaan/{{name:str}}", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_answer(
    request: AnyRequest,
    state: State,
    name: FromPath[str],
    data: Annotated[Answer, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Write down how a request was met."""
    refused = refusal(request, state, lambda db, by: duties.answer(state.centre, db, name, data.answer, by))
    if refused:
        return _persons(request, state.centre, Asked(), Breach(), {name: refused})
    return redirect(PAGE, said=_("The answer is written down."))


@post(f"{PAGE}/kebocoran", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_breach(
    request: AnyRequest, state: State, data: Annotated[Breach, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Write a breach down, or what became of it."""
    told: dict[str, str] = msgspec.to_builtins(data)
    name = told.pop("id")
    try:
        with writing(state.centre.engine) as db:
            duties.record_breach(state.centre, db, told, officer_of(request).name, name)
    except CentreError as error:
        field = "what" if error.code == "no_breach" else "noticed_at"
        return _persons(request, state.centre, Asked(), data, {f"breach_{field}": worded(error)})
    return redirect(PAGE, said=_("The breach is written down."))


def _persons(
    request: AnyRequest, centre: Centre, asked: Asked, breach: Breach, wrong: dict[str, str] | None = None
) -> Response[Any]:
    with reading(centre.engine) as db:
        values: dict[str, Any] = {
            "requests": duties.requests(db)[:200],
            "breaches": duties.breach_list(db)[:100],
            "looks": rules.looks(db, asked.kode)[:200] if asked.kode else [],
        }
    shown: dict[str, Any] = {
        "asked": asked,
        "breach": breach,
        "wrong": wrong or {},
        "words": words,
        "now": centre.now(),
    }
    return page(request, "persons.html", quoted=_of, deed=deed, detail=detail, **values, **shown)


def _of(code: str) -> str:
    return f"/produsen/{quote(code, safe='')}"


HANDLERS = (post_look, post_copy, post_correct, post_erase, get_persons, post_request, post_answer, post_breach)
