"""The exchange by file at the centre: a till's bundle in, a signed reply out, through the same ingest."""

from pathlib import Path
from typing import Any, NamedTuple

from sync.protocol.batch import read_batch
from sync.protocol.bundle import BUNDLE_MARK, Bundle, Reply, bundle_key, open_bundle, read_mark, write_reply
from sync.protocol.messages import ACK, SCOPES, Ack, Page
from sync.protocol.problems import ExchangeProblem
from sync.protocol.wire import BadSignature, Malformed, Oversize, seal
from sync.server.centre import Centre, Device
from sync.server.dialect import reading, writing
from sync.server.errors import CentreError
from sync.server.feeds import current_cursors, read_page
from sync.server.ingest import device_of, make_ack, mark_fork, take_batch, valid_device


class Loaded(NamedTuple):
    """What a bundle brought: entries that were new, and entries that the centre had already."""

    new: int
    known: int


def load_bundle(centre: Centre, path: Path, reply: Path) -> Loaded:
    """Take in the bundle at ``path`` and write the reply. Raises ``CentreError``; loading it again is harmless."""
    try:
        device, bundle = _open(centre, read_mark(path, BUNDLE_MARK))
        loaded, ack = _take(centre, device, bundle)
        pages = _pages(centre, device, bundle)
        answer = Reply(device=device.device, nonce=bundle.nonce, ack=seal(centre.key, ACK, ack), pages=tuple(pages))
        write_reply(reply, centre.key, answer)
    except ExchangeProblem as error:
        raise CentreError("bundle_refused", reason=error, name=error.name) from None
    except (Malformed, Oversize, BadSignature) as error:
        raise CentreError("no_bundle", path=path, reason=error) from None
    except OSError as error:
        raise CentreError("no_access", path=error.filename, reason=error.strerror) from None
    return loaded


def _open(centre: Centre, data: bytes) -> tuple[Device, Bundle]:
    with reading(centre.engine) as db:
        device = valid_device(device_of(db, bundle_key(data)))
    bundle = open_bundle(data, device.public)
    if bundle.device != device.device:
        raise ExchangeProblem("foreign_device", "The key is of another till")
    return device, bundle


def _take(centre: Centre, device: Device, bundle: Bundle) -> tuple[Loaded, Ack]:
    """All batches in one transaction."""
    new = known = 0
    try:
        with writing(centre.engine) as db:
            row = valid_device(device_of(db, device.key_id, lock=True))
            for packed in bundle.batches:
                taken = take_batch(centre, db, row, read_batch(packed))
                new, known, row = new + taken.new, known + taken.known, taken.device
            return Loaded(new, known), make_ack(centre, db, row, bundle.nonce)
    except ExchangeProblem as error:
        if error.name == "fork":
            with writing(centre.engine) as db:
                mark_fork(centre, db, device.device)
        raise


def _pages(centre: Centre, device: Device, bundle: Bundle) -> list[Page]:
    """Everything that is new since the cursors in the bundle."""
    pages: list[Page] = []
    with reading(centre.engine) as db:
        current: dict[str, Any] = current_cursors(centre, db)
        for scope in SCOPES:
            cursor = bundle.cursors.get(scope, "")
            while cursor != current[scope]:
                page = read_page(centre, db, device, scope, cursor, bundle.nonce)
                pages.append(page)
                cursor = page.cursor
    return pages
