"""Tills: a code to join with, moving to another corner, revoking; messages to all, and the oldest program to pull."""

from typing import Annotated, Any

import msgspec
import segno
from litestar import Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath
from markupsafe import Markup

from sync.server.access.officers import note_decision
from sync.server.centre import Centre
from sync.server.corners import moving, standing
from sync.server.corners.changing import find
from sync.server.corners.closing import open_corners
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange import announcing, enrolment
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import words
from sync.server.pages.deciding import refusal
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, worded

Short = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=2_000)]


class CodeForm(msgspec.Struct):
    """What asks for a code."""

    kasir: Short = ""


class MoveForm(msgspec.Struct):
    """What the form of a move sends."""

    pojok: Short = ""
    kasir: Short = ""
    tetap: Short = ""


class RevokeForm(msgspec.Struct):
    """What the form of revoking sends: the till's name, typed."""

    nama: Short = ""


class ToAllForm(msgspec.Struct):
    """What the form of a message to all sends."""

    pesan: Words = ""


class VersionForm(msgspec.Struct):
    """What the form of the oldest program sends."""

    versi: Short = ""


CodeBody = Annotated[CodeForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
MoveBody = Annotated[MoveForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
RevokeBody = Annotated[RevokeForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
ToAllBody = Annotated[ToAllForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
VersionBody = Annotated[VersionForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@post("/pojok/{code:str}/kode", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_code(request: AnyRequest, state: State, code: FromPath[str], data: CodeBody) -> Response[Any]:
    """Make a code and show it, this once."""
    centre: Centre = state.centre
    till = data.kasir.strip().upper()
    try:
        with writing(centre.engine) as db:
            note_decision(centre, db, officer_of(request).name, "code", f"{code} {till}")
            made = enrolment.new_code(centre, db, code, till)
    except CentreError as error:
        if error.code == "unknown_corner":
            raise NotFoundException from None
        return redirect(f"/pojok/{code}", refused=worded(error))
    return _shown(request, state, code, till, made)


def _shown(request: AnyRequest, state: State, corner: str, till: str, code: str, moved: str = "") -> Response[Any]:
    with reading(state.centre.engine) as db:
        row = find(db, corner)
        (expires,) = [one.expires_at for one in enrolment.waiting(state.centre, db, corner) if one.till == till]
        replaces = any(one.name == till for one in standing.tills(state.centre, db, corner) if one.lives)
    address = state.settings.address or str(request.base_url).rstrip("/")
    name = row.name if row is not None else corner
    facts: dict[str, Any] = {
        "corner": corner,
        "corner_name": name,
        "till": till,
        "code": code,
        "expires": expires,
        "moved": moved,
    }
    return page(request, "code.html", address=address, qr=qr(code), replaces=replaces and not moved, **facts)


def qr(text: str) -> Markup:
    """``text`` as a QR code, black on white."""
    made = segno.make_qr(text, error="m")
    return Markup(made.svg_inline(scale=8, border=4, dark="#000", light="#fff", omitsize=True))  # noqa: S704 - segno's own


@get("/pojok/{code:str}/kasir/{till:str}/pindah", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_move(request: AnyRequest, state: State, code: FromPath[str], till: FromPath[str]) -> Response[str]:
    """What moving means, and where to."""
    return _move_form(request, state, code, till, MoveForm(kasir="A"), "")


@post("/pojok/{code:str}/kasir/{till:str}/pindah", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_move(
    request: AnyRequest, state: State, code: FromPath[str], till: FromPath[str], data: MoveBody
) -> Response[Any]:
    """Revoke the till, and make the code with which its computer joins the other corner."""
    centre: Centre = state.centre
    to_till = data.kasir.strip().upper()
    try:
        with writing(centre.engine) as db:
            by = officer_of(request).name
            made = moving.move(centre, db, code, till, data.pojok, to_till, by, anyway=bool(data.tetap))
    except CentreError as error:
        sentence = worded(error)
        if error.code == "till_not_done":
            sentence = _("This till still has something to do here. Finish it, or tick the box below.")
        return _move_form(request, state, code, till, data, sentence)
    return _shown(request, state, data.pojok, to_till, made, moved=f"{code} {till}")


def _move_form(request: AnyRequest, state: State, code: str, till: str, data: MoveForm, error: str) -> Response[Any]:
    with reading(state.centre.engine) as db:
        try:
            behind = moving.leaves(db, code, till)
        except CentreError:
            raise NotFoundException from None
        corners = sorted((one.code, f"{one.code} · {one.name}") for one in open_corners(db) if one.code != code)
    facts: dict[str, Any] = {"corner": code, "till": till, "data": data, "error": error, "corners": corners}
    return page(request, "move.html", behind=behind, left=words.left(behind.why), **facts)


@get("/pojok/{code:str}/kasir/{till:str}/cabut", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_revoke(request: AnyRequest, state: State, code: FromPath[str], till: FromPath[str]) -> Response[str]:
    """What revoking means."""
    return _revoke_form(request, state, code, till, "", "")


@post("/pojok/{code:str}/kasir/{till:str}/cabut", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_revoke(
    request: AnyRequest, state: State, code: FromPath[str], till: FromPath[str], data: RevokeBody
) -> Response[Any]:
    """Take the till's keys away, once its name was typed."""
    centre: Centre = state.centre
    if " ".join(data.nama.split()).upper() != f"{code} {till}".upper():
        sentence = _("This is not the till's name. Type {name}.").format(name=f"{code} {till}")
        return _revoke_form(request, state, code, till, data.nama, sentence)
    try:
        with writing(centre.engine) as db:
            note_decision(centre, db, officer_of(request).name, "revoke", f"{code} {till}")
            enrolment.revoke(centre, db, code, till)
    except CentreError:
        raise NotFoundException from None
    return redirect(f"/pojok/{code}", said=_("Till {name} was revoked.").format(name=f"{code} {till}"))


def _revoke_form(request: AnyRequest, state: State, code: str, till: str, typed: str, error: str) -> Response[Any]:
    with reading(state.centre.engine) as db:
        try:
            behind = moving.leaves(db, code, till)
        except CentreError:
            raise NotFoundException from None
    facts: dict[str, Any] = {"corner": code, "till": till, "typed": typed, "error": error}
    return page(request, "revoke.html", behind=behind, left=words.left(behind.why), **facts)


@get("/pesan", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_messages(request: AnyRequest, state: State) -> Response[str]:
    """Messages of officers, and the oldest program that may pull."""
    return _messages(request, state)


def _messages(request: AnyRequest, state: State, **tried: str) -> Response[str]:
    centre: Centre = state.centre
    with reading(centre.engine) as db:
        sent, least = announcing.sent(db), announcing.required_version(db)
        tills = [till for till in standing.tills(centre, db) if till.lives and till.condition is not None]
    apps: dict[str, int] = {}
    for till in tills:
        app = till.condition.app if till.condition else ""
        apps[app] = apps.get(app, 0) + 1
    counted = [(app, count, announcing.is_older(app, least)) for app, count in sorted(apps.items(), reverse=True)]
    values = {"text": "", "error": "", "version": "" if least == announcing.ANY else least, "version_error": ""}
    shown: dict[str, Any] = values | tried
    return page(request, "messages.html", sent=sent, apps=counted, least=least, longest=announcing.LONGEST, **shown)


@post("/pesan", guards=[open_to(Role.OFFICER)], sync_to_thread=True, status_code=200)
def post_to_all(request: AnyRequest, state: State, data: ToAllBody) -> Response[Any]:
    """Send a message to every corner."""
    wrong = refusal(request, state, lambda db, by: announcing.send(state.centre, db, "", data.pesan, by))
    if wrong:
        return _messages(request, state, text=data.pesan, error=wrong)
    return redirect("/pesan", said=_("The message goes out to every corner with its next contact."))


@post("/versi", guards=[open_to(Role.ADMIN)], sync_to_thread=True, status_code=200)
def post_version(request: AnyRequest, state: State, data: VersionBody) -> Response[Any]:
    """Ask for a newer program; left empty, every one may pull."""
    version = data.versi.strip() or announcing.ANY
    wrong = refusal(request, state, lambda db, by: announcing.require_version(state.centre, db, version, by))
    if wrong:
        return _messages(request, state, version=data.versi, version_error=wrong)
    return redirect("/pesan", said=_("Saved. It holds from the tills' next contact on."))


HANDLERS: tuple[Any, ...] = (
    *(post_code, get_move, post_move, get_revoke, post_revoke),
    *(get_messages, post_to_all, post_version),
)
