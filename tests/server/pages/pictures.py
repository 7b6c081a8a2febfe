"""Takes the pictures of the centre's pages that ``docs/pusat.md`` shows: ``python -m tests.server.pages.pictures``.

A centre with a month of trade, its clock standing still; the pages are those of a real Chromium. A page joins by a row
in ``SCENES`` and a line in the manual.
"""

import csv
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa
from PIL import Image, ImageDraw

from sync.protocol.batch import Condition
from sync.server.access import accounts, sessions
from sync.server.access.officers import Role
from sync.server.app import create_app
from sync.server.centre import WIB, Centre, stamp
from sync.server.corners.changing import save_corner
from sync.server.database import schema
from sync.server.database.dialect import writing
from sync.server.database.tables_reports import paid
from sync.server.public.pictures import drawn, keep_picture
from sync.server.registry.consents import agree
from sync.server.registry.producer_links import make_link
from sync.server.reports.reporter import catch_up
from tests.server.figures import DEMO, Till, enrolled, push
from tests.server.pages.browsing import DESKTOP, PHONE, ROOT, chromium, served
from tests.server.pages.support import NAMES, PASSWORD
from tests.server.support import Clock, new_centre

KEPT = ROOT / "docs" / "pusat"
TALLEST, COLOURS = 1_000, 64
"""Pixels from the top that a picture shows."""
DAYS = 28
SILENT_SINCE = {f"MTR-{number:03}": date(2026, 10, day) for number, day in enumerate((23, 21, 20, 16, 14), 1)}
"""The last day that a corner traded and called."""
SHADES = ("#B86428", "#D2A040", "#6E8C46", "#96463C", "#46608C", "#E0C080")


class Scene(NamedTuple):
    """A picture: what page it shows, of what width; ``role`` None is somebody who has not signed in.

    ``{…}`` in a path is a fact of the centre: see ``facts``.
    """

    name: str
    path: str
    role: Role | None = Role.OFFICER
    size: tuple[int, int] = DESKTOP


SCENES = (
    Scene("pojok", "/pojok"),
    Scene("program", "/program"),
    Scene("penjualan-satu-pojok", "/program?pojok={corner}"),
    Scene("hak", "/program/hak"),
    Scene("hak-produsen", "/program/produsen/{producer}"),
    Scene("sertifikat", "/program/sertifikat"),
    Scene("halal", "/produsen?jenis=pangan&tanpa=halal"),
    Scene("produsen", "/produsen"),
    Scene("kepercayaan", "/kepercayaan"),
    Scene("periksa", "/periksa?n={slip}&k={code}", None, PHONE),
    Scene("katalog", "/katalog?ada=1", None, PHONE),
    Scene("katalog-barang", "/katalog/{sku}", None, PHONE),
    Scene("halaman-produsen", "/p/{token}", None, PHONE),
    Scene("gambar", "/gambar/{sku}"),
)


@contextmanager
def world(folder: Path) -> Iterator[tuple[Centre, Clock, str]]:
    """A centre on the evening of a day of trade, four weeks after eight corners joined; five of them are silent.

    Every till calls when it has closed, up to the last day that it trades: ``SILENT_SINCE``.
    """
    clock, database = Clock(), f"sqlite:///{folder / 'centre.db'}"
    centre = new_centre(database, clock)
    with writing(centre.engine) as db:
        for role, name in NAMES.items():
            accounts.put_officer(centre, db, name, role, PASSWORD)
        for facts in _offices():
            save_corner(centre, db, facts, NAMES[Role.OFFICER], new=False)
    tills = enrolled(centre, corners=8)
    clock.pass_(hours=9)
    for past in range(DAYS):
        clock.pass_(days=past > 0)
        trade(centre, tills, clock)
    catch_up(centre)
    yield centre, clock, database
    centre.close()


def trade(centre: Centre, tills: list[Till], clock: Clock) -> None:
    """A working day of the tills that still trade: what they call with when they have closed."""
    today = clock.now.astimezone(WIB).date()
    for till in tills if today.weekday() < 5 else []:
        if today <= SILENT_SINCE.get(till.journal.corner, today):
            till.day(today, sales=5)
            backup = stamp(clock.now - timedelta(minutes=20))
            push(centre, till.journal, Condition(app="0.1.0", backup_at=backup, free_mib=61_440))


def _offices() -> Iterator[dict[str, str]]:
    """The two corners that every centre of the tests begins with, with all that an office is known by."""
    with (DEMO / "corners.csv").open(encoding="utf-8", newline="") as file:
        yield from islice(csv.DictReader(file), 2)


def facts(centre: Centre) -> dict[str, str]:
    """What the paths of the scenes name: the newest slip with its code, its producer, goods with a picture."""
    entries, stock = schema.entries, schema.stock
    with writing(centre.engine) as db:
        slip = db.execute(sa.select(paid).order_by(paid.c.date.desc(), paid.c.number).limit(1)).one()
        digest = db.execute(sa.select(entries.c.hash).where(entries.c.device == slip.device, entries.c.seq == slip.seq))
        skus = db.execute(sa.select(stock.c.sku).where(stock.c.quantity > 0).order_by(stock.c.sku).limit(40)).scalars()
        shown = list(dict.fromkeys(skus))
        for place, sku in enumerate(shown):
            keep_picture(centre, db, sku, drawn(_drawing(place)), NAMES[Role.OFFICER])
        maker = db.execute(sa.select(schema.products.c.producer).where(schema.products.c.sku == shown[0])).scalar_one()
        agree(centre, db, maker, date(2026, 9, 1), NAMES[Role.OFFICER])
        balances = schema.balances
        query = sa.select(balances.c.account).where(balances.c.account.like("payable:%")).group_by(balances.c.account)
        owed = db.execute(query.order_by(sa.func.sum(balances.c.amount)).limit(1)).scalar_one()
        token = make_link(centre, db, owed.removeprefix("payable:"), NAMES[Role.OFFICER])
        corner = db.execute(sa.select(schema.devices.c.corner).where(schema.devices.c.device == slip.device))
        return {
            "slip": slip.number,
            "code": bytes(digest.scalar_one()).hex()[:12],
            "producer": owed.removeprefix("payable:"),
            "corner": corner.scalar_one(),
            "sku": shown[0],
            "token": token,
        }


def _drawing(place: int) -> bytes:
    picture = Image.new("RGB", (800, 800), SHADES[place % len(SHADES)])
    ImageDraw.Draw(picture).ellipse((160, 160, 640, 640), fill="#F6E6BE")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def take(folder: Path) -> list[str]:
    """Draw every scene into ``folder``; the names of the pictures."""
    from playwright.sync_api import sync_playwright

    names = []
    with tempfile.TemporaryDirectory() as place, world(Path(place)) as (centre, clock, database):
        known = facts(centre)
        with served(create_app(database, clock=clock)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            for scene in SCENES:
                width, height = scene.size
                context = browser.new_context(
                    base_url=address, viewport={"width": width, "height": height}, locale="id-ID"
                )
                if scene.role is not None:
                    with writing(centre.engine) as db:
                        session = sessions.begin(centre, db, NAMES[scene.role], "")
                    context.add_cookies([{"name": "sesi", "value": session, "url": address}])
                page = context.new_page()
                answer = page.goto(scene.path.format(**known))
                assert answer is not None, scene.name
                assert answer.status == 200, f"{scene.name}: {answer.status}"
                height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
                page.set_viewport_size({"width": width, "height": height})
                _keep(page.screenshot(animations="disabled"), folder / f"{scene.name}.png")
                names.append(scene.name)
                context.close()
            browser.close()
    return names


def _keep(picture: bytes, path: Path) -> None:
    """In few colours: a page has few, and the repository keeps every picture for ever."""
    with Image.open(io.BytesIO(picture)) as seen:
        seen.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> int:
    """Take all pictures anew; those that no scene makes any more go."""
    if not chromium():
        sys.stderr.write("Chromium is not installed: the pictures of the centre's pages stay as they are.\n")
        return 0
    KEPT.mkdir(exist_ok=True)
    names = take(KEPT)
    for old in KEPT.glob("*.png"):
        if old.stem not in names:
            old.unlink()
    sys.stdout.write(f"{len(names)} pictures are in {KEPT.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
