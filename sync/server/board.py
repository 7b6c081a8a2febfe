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
    now, tills = centre.clock(), _tills(db, centre.today())
    by_corner: dict[str, list[_Till]] = {}
    for till in tills:
        if till.lives:
            by_corner.setdefault(till.corner, []).append(till)
    corners = [_corner(found, now) for found in by_corner.values()]
    corners.sort(key=lambda corner: (not corner["silent"], not corner["alarm"], corner["contact"], corner["code"]))
    waiting = db.execute(sa.select(sa.func.count()).select_from(schema.corners)).scalar_one() - len(corners)
    return environment.get_template("board.html").render(
        corners=corners,
        waiting=max(waiting, 0),
        sales=whole(sum(till.sales for till in tills)),
        gross=rupiah(sum(till.gross for till in tills)),
        now=moment(now),
    )


class _Till(NamedTuple):
    """One till: what it told last of itself (None: never), where a repair of its journal stands, today's sales.

    ``lives`` says that a key of it is good: one that was replaced or revoked is no till any more, but sold what it
    sold.
    """

    corner: str
    name: str
    lives: bool
    condition: Condition | None
    repair: str
    entries: int
    held: int
    contact: str
    forked: bool
    drift: int
    drifted: str
    sales: int
    gross: int


def living() -> sa.ColumnElement[bool]:
    """Whether a row of ``devices`` has a key that was not revoked."""
    keys = schema.keys
    return sa.exists().where(keys.c.device == schema.devices.c.device, keys.c.revoked_at.is_(None))


def _tills(db: Connection, today: str) -> list[_Till]:
    """Every till; what they told is added up in Python, whose numbers no till can make overflow."""
    devices, days, corners, repairs = schema.devices, schema.days, schema.corners, schema.repairs

    def of_today(name: str) -> sa.ColumnElement[int]:
        mine = (days.c.device == devices.c.device, days.c.date == today, days.c.name == name)
        return sa.func.coalesce(sa.select(days.c.amount).where(*mine).scalar_subquery(), 0)

    of_corner = corners.c.code == devices.c.corner
    tables = devices.outerjoin(corners, of_corner).outerjoin(repairs, repairs.c.device == devices.c.device)
    query = sa.select(
        devices.c.corner,
        sa.func.coalesce(corners.c.name, devices.c.corner),
        living(),
        devices.c.condition,
        sa.func.coalesce(repairs.c.state, ""),
        devices.c.head_seq,
        devices.c.held,
        sa.func.coalesce(devices.c.last_contact, ""),
        devices.c.forked_at.is_not(None),
        devices.c.drift,
        sa.func.coalesce(devices.c.drifted_at, ""),
        of_today("sales"),
        of_today("gross"),
    ).select_from(tables)
    found = [_Till(*row) for row in db.execute(query)]
    return [till._replace(condition=_condition(till.condition)) for till in found]


def _condition(told: Any) -> Condition | None:
    return msgspec.json.decode(told, type=Condition) if told else None


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


def _corner(tills: list[_Till], now: datetime) -> dict[str, Any]:
    """A corner with its tills, of which there is one at least."""
    last = max(till.contact for till in tills)
    contact = datetime.fromisoformat(last) if last else None
    silent = contact is None or now - contact > SILENT_AFTER
    forked, held = any(till.forked for till in tills), sum(till.held for till in tills)
    drifted = max(till.drifted for till in tills)
    return {
        **_told(tills),
        "code": tills[0].corner,
        "name": tills[0].name,
        "tills": len(tills),
        "entries": whole(sum(till.entries for till in tills)),
        "contact": last,
        "contact_text": moment(contact) if contact else "belum pernah",
        "sales": whole(sum(till.sales for till in tills)),
        "gross": rupiah(sum(till.gross for till in tills)),
        "held": held,
        "forked": forked,
        "silent": silent,
        "drifted": bool(drifted) and now - datetime.fromisoformat(drifted) < SILENT_AFTER,
        "alarm": silent or forked or bool(held),
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
    """A time that a till told, as people read it; a dash for none, the text itself where it is none here."""
    try:
        return moment(datetime.fromisoformat(text)) if text else "–"
    except (ValueError, OverflowError):
        return text
