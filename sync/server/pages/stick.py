"""The exchange by stick: an officer loads the file that a till exported, and takes the centre's reply back to it."""

import secrets
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from anyio import to_thread
from litestar import Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from sync.protocol.bundle import MAX_FILE
from sync.server.access.officers import note
from sync.server.centre import Centre, stamp
from sync.server.database.dialect import reading, writing
from sync.server.database.tables_corners import stick_files
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.exchange.stick import Loaded, load_bundle
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, ngettext, worded

REPLY_KEPT = timedelta(days=7)
"""A reply is fetched at once; a till takes none that is older than what it asked."""
FORM_ROOM = 16_384
LONGEST_NAME = 120
SHOWN = 30


@get("/stik", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_stick(request: AnyRequest, state: State) -> Response[str]:
    """The form, and the files of before."""
    return _shown(request, state, "")


def _shown(request: AnyRequest, state: State, error: str) -> Response[str]:
    table = stick_files
    columns = (table.c.id, table.c.at, table.c.officer, table.c.name, table.c.said)
    query = sa.select(*columns, table.c.reply.is_not(None).label("has_reply"))
    with reading(state.centre.engine) as db:
        files = db.execute(query.order_by(table.c.at.desc()).limit(SHOWN)).all()
    return page(request, "stick.html", files=files, error=error, last=request.query_params.get("baru", ""))


@post(
    "/stik",
    guards=[open_to(Role.OFFICER)],
    status_code=200,
    request_max_body_size=MAX_FILE + FORM_ROOM,
)
async def post_stick(request: AnyRequest, state: State) -> Response[Any]:
    """Take the file in; the reply is there also where it was not taken."""
    form = await request.form()
    sent = form.get("berkas")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return await to_thread.run_sync(_shown, request, state, _("Choose the file that the till exported."))
    data, name = await sent.read(), Path(sent.filename.replace("\\", "/")).name[:LONGEST_NAME]
    return await to_thread.run_sync(_load, request, state, name, data)


def _load(request: AnyRequest, state: State, name: str, data: bytes) -> Response[Any]:
    centre: Centre = state.centre
    with TemporaryDirectory() as folder:
        path, reply = Path(folder) / "bundle", Path(folder) / "reply"
        path.write_bytes(data)
        try:
            said = _told(load_bundle(centre, path, reply))
        except CentreError as error:
            said = worded(error).replace(str(path), name)
        answer = reply.read_bytes() if reply.exists() else None
    if answer is None:
        return _shown(request, state, said)
    row = {"id": secrets.token_hex(16), "at": centre.now(), "officer": officer_of(request).name, "name": name}
    with writing(centre.engine) as db:
        note(centre, db, row["officer"], "stick", name)
        past = stamp(centre.clock() - REPLY_KEPT)
        db.execute(sa.update(stick_files).where(stick_files.c.at < past).values(reply=None))
        db.execute(sa.insert(stick_files), row | {"said": said, "reply": answer})
    return redirect(f"/stik?baru={row['id']}", said=said)


def _told(loaded: Loaded) -> str:
    new = ngettext("{count} new document was taken in.", "{count} new documents were taken in.", loaded.new)
    told = new.format(count=loaded.new) if loaded.new else _("The centre had all of it already.")
    return f"{told} {_('Take the reply back to the till.')}"


@get("/stik/{name:str}", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_reply(state: State, name: FromPath[str]) -> Response[bytes]:
    """The reply, as a file for the till."""
    with reading(state.centre.engine) as db:
        row = db.execute(sa.select(stick_files).where(stick_files.c.id == name)).one_or_none()
    if row is None or row.reply is None:
        raise NotFoundException
    stem = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in Path(row.name).stem)
    headers = {"Content-Disposition": f'attachment; filename="{stem}-balasan.pojok"'}
    return Response(bytes(row.reply), media_type="application/octet-stream", headers=headers)


HANDLERS: tuple[Any, ...] = (get_stick, post_stick, get_reply)
