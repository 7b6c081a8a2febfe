"""The exchange by stick: an officer loads the file that a till exported, and takes the centre's reply back to it."""

import string
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from anyio import to_thread
from litestar import Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from sync.protocol.bundle import MAX_FILE
from sync.server.centre import Centre
from sync.server.database.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.exchange.asking import AnyRequest
from sync.server.exchange.stick import Loaded, keep_reply, load_bundle, loaded_files, reply_of
from sync.server.pages.frame import page, redirect
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _, ngettext, worded

SOUND = frozenset(f"{string.ascii_letters}{string.digits}-_")
"""Signs that a file may be called by everywhere."""
FORM_ROOM = 16_384
LONGEST_NAME = 120
SHOWN = 30


@get("/stik", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_stick(request: AnyRequest, state: State) -> Response[str]:
    """The form, and the files of before."""
    return _shown(request, state, "")


def _shown(request: AnyRequest, state: State, error: str) -> Response[str]:
    with reading(state.centre.engine) as db:
        files = loaded_files(db, SHOWN)
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
    with writing(centre.engine) as db:
        kept = keep_reply(centre, db, officer_of(request).name, name, said, answer)
    return redirect(f"/stik?baru={kept}", said=said)


def _told(loaded: Loaded) -> str:
    new = ngettext("{count} new document was taken in.", "{count} new documents were taken in.", loaded.new)
    told = new.format(count=loaded.new) if loaded.new else _("The centre had all of it already.")
    return f"{told} {_('Take the reply back to the till.')}"


@get("/stik/{name:str}", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_reply(state: State, name: FromPath[str]) -> Response[bytes]:
    """The reply, as a file for the till."""
    with reading(state.centre.engine) as db:
        reply = reply_of(db, name)
    if reply is None:
        raise NotFoundException
    stem = "".join(sign if sign in SOUND else "-" for sign in Path(reply.name).stem)
    headers = {"Content-Disposition": f'attachment; filename="{stem}-balasan.pojok"'}
    return Response(reply.body, media_type="application/octet-stream", headers=headers)


HANDLERS: tuple[Any, ...] = (get_stick, post_stick, get_reply)
