"""Spreadsheets of the registry: all rows of a file or none, every bad row by its line."""

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Final

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromQuery

from sync.protocol.registry_reasons import FILE_REASONS, UnreadableFile
from sync.protocol.wire import MIB
from sync.server.exchange.asking import AnyRequest
from sync.server.pages import registry_words as words
from sync.server.pages.frame import page
from sync.server.pages.roles import Role, officer_of, open_to
from sync.server.pages.texts import _
from sync.server.pages.uploads import WithFile, file_of, text_of
from sync.server.registry import spreadsheets as registry

MOST_BYTES = 16 * MIB
MOST_UNPACKED = 32 * MIB
"""Of a workbook; one that says more is no list."""
MOST_ROWS = 50_000
"""Of a file; the city has 20,000 producers. The command line takes more."""
MOST_SHOWN = 200


@get("/impor", guards=[open_to(Role.OFFICER)], sync_to_thread=True)
def get_import(request: AnyRequest, jenis: FromQuery[str] = "") -> Response[Any]:
    """The form, for the list that the officer comes from."""
    return _page(request, jenis if jenis in registry.KINDS else "producers")


@post(
    "/impor",
    guards=[open_to(Role.OFFICER)],
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=MOST_BYTES + MIB,
)
def post_import(request: AnyRequest, state: State, data: WithFile) -> Response[Any]:
    """Take a file in, or say of each bad row why none was taken."""
    named, content = text_of(data, "kind"), file_of(data, "file")
    kind = named if named in registry.KINDS else "producers"
    if not content:
        return _page(request, kind, error=_("Choose a file first."))
    if len(content) > MOST_BYTES or _unpacked(content) > MOST_UNPACKED:
        return _page(
            request,
            kind,
            error=_("The file is larger than {mib} MiB, so it is no list. Choose the right file.").format(
                mib=MOST_BYTES // MIB
            ),
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content)
        try:
            result = registry.import_file(
                state.centre,
                kind,
                path,
                correct=bool(text_of(data, "correct")),
                names=words.columns_by_name(),
                word=words.reason,
                by=officer_of(request).name,
                most=MOST_ROWS,
            )
        except UnreadableFile as error:
            told = {name: value for name, value in error.data.items() if name != "path"}
            return _page(request, kind, error=_(FILE_REASONS[error.code]).format(path=_("chosen"), **told))
    return _page(request, kind, result=result, correct=bool(text_of(data, "correct")))


def _unpacked(content: bytes) -> int:
    """How large a workbook says it is inside; 0 for any other file."""
    if not content.startswith(b"PK"):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return sum(one.file_size for one in book.infolist())
    except zipfile.BadZipFile:
        return 0


LISTS: Final = {"producers": "/produsen", "products": "/produk", "corners": "/pojok", "holidays": "/libur"}
"""Where what came in is seen."""


def _page(
    request: AnyRequest, kind: str, *, error: str = "", result: dict[str, Any] | None = None, correct: bool = False
) -> Response[Any]:
    kinds = [
        ("producers", _("Producers")),
        ("products", _("Goods")),
        ("corners", _("Corners")),
        ("holidays", _("Holidays")),
    ]
    shown: dict[str, Any] = {"kind": kind, "kinds": kinds, "error": error, "result": result, "correct": correct}
    return page(request, "import.html", **shown, most=MOST_SHOWN, to=LISTS[kind], columns=words.COLUMNS)


HANDLERS = (get_import, post_import)
