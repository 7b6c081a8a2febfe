"""The first web page: every corner with how its tills are and today's sales. Figures only, no person's data."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader
from sqlalchemy.engine import Connection

from sync.protocol.batch import Condition
from sync.server import schema
from sync.server.centre import WIB, Centre

TEMPLATES = Path(__file__).parent / "templates"
SILENT_AFTER = timedelta(days=2)
LOW_MIB = 1_000
REPAIRS = ("waiting", "approved")
"""States of a repair that somebody still has to act on."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def board_page(centre: Centre, db: Connection) -> str:
    """The page as HTML, in Indonesian."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    now = centre.clock()
    tills = _tills(db)
    corners = [_corner(row, tills[row.corner], now) for row in _rows(db, centre.today())]
    corners.sort(key=lambda corner: (not corner["silent"], not corner["alarm"], corner["contact"], corner["code"]))
    waiting = db.execute(sa.select(sa.func.count()).select_from(schema.corners)).scalar_one() - len(corners)
    return environment.get_template("board.html").render(
        corners=corners,
        waiting=max(waiting, 0),
        sales=sum(corner["sales"] for corner in corners),
        gross=rupiah(sum(corner["gross_amount"] for corner in corners)),
        now=moment(now),
    )


def _rows(db: Connection, today: str) -> list[Any]:
    devices, days, quarantine, corners = schema.devices, schema.days, schema.quarantine, schema.corners

    def of_today(name: str) -> Any:
        return (
            sa.select(days.c.amount)
            .where(days.c.device == devices.c.device, days.c.date == today, days.c.name == name)
            .scalar_subquery()
        )

    held = sa.select(sa.func.count()).where(quarantine.c.device == devices.c.device).scalar_subquery()
    total = sa.func.sum
    query = (
        sa.select(
            devices.c.corner,
            sa.func.coalesce(sa.func.max(corners.c.name), devices.c.corner).label("name"),
            sa.func.count().label("tills"),
            total(devices.c.head_seq).label("entries"),
            sa.func.max(devices.c.last_contact).label("contact"),
            sa.func.count(devices.c.forked_at).label("forked"),
            sa.func.max(devices.c.drifted_at).label("drifted"),
            total(held).label("held"),
            total(sa.func.coalesce(of_today("sales"), 0)).label("sales"),
            total(sa.func.coalesce(of_today("gross"), 0)).label("gross"),
        )
        .select_from(devices.outerjoin(corners, corners.c.code == devices.c.corner))
        .group_by(devices.c.corner)
    )
    return list(db.execute(query))


class _Till(NamedTuple):
    """One till of a corner: what it told last of itself (None: never), and where a repair of its journal stands."""

    condition: Condition | None
    drift: int
    repair: str


def _tills(db: Connection) -> dict[str, list[_Till]]:
    """The tills of each corner."""
    devices, repairs = schema.devices, schema.repairs
    query = sa.select(devices.c.corner, devices.c.condition, devices.c.drift, repairs.c.state).select_from(
        devices.outerjoin(repairs, repairs.c.device == devices.c.device)
    )
    found: dict[str, list[_Till]] = {}
    for row in db.execute(query):
        told = msgspec.json.decode(row.condition, type=Condition) if row.condition else None
        found.setdefault(row.corner, []).append(_Till(told, row.drift, row.state or ""))
    return found


def _told(tills: list[_Till]) -> dict[str, Any]:
    """What the tills of a corner told of themselves, as one: sums, the oldest times, the least room."""
    told = [till.condition for till in tills if till.condition is not None]
    free = [one.free_mib for one in told if one.free_mib is not None]
    unsent = sum(one.unsent for one in told)
    return {
        "unsent": whole(unsent) if told else "–",
        "oldest": _moment(min((one.oldest_unsent_at for one in told if one.oldest_unsent_at), default="")),
        "app": ", ".join(sorted({one.app for one in told if one.app})) or "–",
        "backup": _moment(
            "" if any(not one.backup_at for one in told) else min((one.backup_at for one in told), default="")
        ),
        "no_backup": any(not one.backup_at for one in told),
        "free": f"{whole(min(free))} MiB" if free else "–",
        "low_disk": bool(free) and min(free) < LOW_MIB,
        "open": sum(bool(one.shift_opened_at) for one in told),
        "since": _moment(min((one.shift_opened_at for one in told if one.shift_opened_at), default="")),
        "drift": max((till.drift for till in tills), key=abs, default=0),
        "repair": next((till.repair for till in tills if till.repair in REPAIRS), ""),
    }


def _corner(row: Any, tills: list[_Till], now: datetime) -> dict[str, Any]:
    contact = datetime.fromisoformat(row.contact) if row.contact else None
    silent = contact is None or now - contact > SILENT_AFTER
    return {
        **_told(tills),
        "code": row.corner,
        "name": row.name,
        "tills": row.tills,
        "entries": whole(row.entries),
        "contact": row.contact or "",
        "contact_text": moment(contact) if contact else "belum pernah",
        "sales": int(row.sales),
        "gross": rupiah(int(row.gross)),
        "gross_amount": int(row.gross),
        "held": int(row.held),
        "forked": bool(row.forked),
        "silent": silent,
        "drifted": bool(row.drifted) and now - datetime.fromisoformat(row.drifted) < SILENT_AFTER,
        "alarm": silent or bool(row.forked) or bool(row.held),
    }


def whole(number: int) -> str:
    """``12500`` as ``12.500``."""
    return f"{int(number):,}".replace(",", ".")


def rupiah(amount: int) -> str:
    """``12500`` as ``Rp 12.500``."""
    return f"-Rp {whole(-amount)}" if amount < 0 else f"Rp {whole(amount)}"


def moment(at: datetime) -> str:
    """A moment in Western Indonesian time, as people read it."""
    local = at.astimezone(WIB)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H.%M} WIB"


def _moment(text: str) -> str:
    """A time that a till told, as people read it; a dash for none, the text itself where it is no time."""
    try:
        return moment(datetime.fromisoformat(text)) if text else "–"
    except ValueError:
        return text
